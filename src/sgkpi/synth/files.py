"""Write the files of a synthetic extract, with faults: CSV and, for one table without faults, Parquet."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sgkpi.model.catalogue import Catalogue
from sgkpi.synth.faults import Damage, Faults

Row = tuple[str, ...]
Write = Callable[[Row], object]
ROWS_IN_A_BATCH = 50_000
HEALTH_PASSPORTS = ("passport_id", "person_id", "issued_on")


class Files:
    """Opens the files of tables in a folder."""

    def __init__(self, folder: Path, seed: int, catalogue: Catalogue | None, faults: Faults | None) -> None:
        self._folder = folder
        self._seed = seed
        self._catalogue = catalogue
        self._faults = faults

    @contextmanager
    def open(self, table: str, header: Row, *, encoding: str = "utf-8") -> Iterator[Write]:
        """Open the CSV file of a table; yield a function that writes its rows."""
        faults, catalogue = self._faults, self._catalogue
        written_in = (faults.encoding if faults else None) or encoding
        path = self._folder / f"{table}.csv"
        with path.open("w", encoding=written_in, errors="replace", newline="") as file:
            writer = csv.writer(file, lineterminator="\n", delimiter=faults.delimiter if faults else ",")
            if faults is None or catalogue is None:
                writer.writerow(header)
                yield writer.writerow
                return
            damage = Damage(faults, catalogue.tables[table], header, catalogue, self._seed)
            writer.writerow(damage.header)
            yield lambda row: writer.writerows(damage.pass_on(row))

    @contextmanager
    def open_passports(self) -> Iterator[Write]:
        """Open `health_passports` as Parquet, which has real dates, or as CSV if cells may have faults."""
        if self._faults is not None:
            with self.open("health_passports", HEALTH_PASSPORTS) as write:
                yield write
            return
        with _PassportFile(self._folder / "health_passports.parquet") as parquet:
            yield parquet.add


class _PassportFile:
    """Write `health_passports.parquet` in batches."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        kinds: dict[str, pa.DataType] = {"passport_id": pa.string(), "person_id": pa.string(), "issued_on": pa.date32()}
        self._schema = pa.schema(kinds)
        self._writer: Any = pq.ParquetWriter(path, self._schema)
        self._rows: list[dict[str, str | date | None]] = []

    def add(self, row: Row) -> None:
        passport, person, issued = row
        day = date.fromisoformat(issued) if issued else None
        self._rows.append({"passport_id": passport, "person_id": person, "issued_on": day})
        if len(self._rows) >= ROWS_IN_A_BATCH:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
            self._rows = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._flush()
        self._writer.close()
