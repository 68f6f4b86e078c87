"""Write a synthetic extract to a folder, completely or not at all."""

import csv
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date
from itertools import chain
from math import isfinite
from pathlib import Path

from sgkpi.extracts.scratch import remove, temporary_folder
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import UsageError
from sgkpi.synth.common import EXTRACTED_AT, FIRST_DAY, stream
from sgkpi.synth.contacts import CONTACTS, contact_rows
from sgkpi.synth.declared import declared_rows
from sgkpi.synth.faults import Damage, Faults
from sgkpi.synth.leavers import HEADERS, HEALTH_PASSPORTS, Leaver, leavers, leavers_at, rows_of
from sgkpi.synth.missing import MISSING_EPISODES, missing_rows
from sgkpi.synth.people import CHILDREN, People, Row, family_rows, runaway_rows
from sgkpi.synth.story import TABLES, make_story
from sgkpi.synth.story.stage import cell_text

Write = Callable[[Iterable[Row]], object]
PREFIX = ".synth-"  # of the folder in which an extract is written
ROWS_IN_A_BATCH = 50_000
SMALLEST_STORY = 0.01
# Tables without rows that ended before the first day.
COVERED = ("contacts", "missing_episodes", "care_leavers", "accommodation")
# The tables of the inspection's story, with their columns.
STORY = {"contacts": CONTACTS, "missing_episodes": MISSING_EPISODES, **HEADERS}


def write_extract(
    directory: Path,
    *,
    seed: int,
    scale: float = 1.0,
    catalogue: Catalogue | None = None,
    faults: Faults | None = None,
    whole_story: bool = False,
) -> tuple[Path, ...]:
    """Write a synthetic extract to a folder; return its files, sorted by name.

    The same seed and scale give the same bytes. `scale` multiplies the volumes: 1 is some 500 contacts
    a month, 1000 half a million. Files of the same names are replaced once all are written; others stay.

    The extract has the tables of the inspection's story; with `whole_story` it has all that a story about the whole
    service needs, which go together and need a catalogue that declares them. Tables that only the `catalogue` declares
    are made from their declarations; all are, where it lacks a table or column of the inspection's story. `faults`
    are put into the rows on the way, and need a catalogue. Raises UsageError for a scale that is not positive, a rate
    outside 0 to 1, or a catalogue without a table or column of the whole story.
    """
    _check(scale, catalogue, faults)
    if whole_story and catalogue is None:
        raise UsageError("the whole story is told in the tables of a catalogue: a catalogue is needed")
    if whole_story and scale < SMALLEST_STORY:
        raise UsageError(f"the whole story needs a scale of at least {SMALLEST_STORY}: it would have too few people")
    tables = {} if catalogue is None else catalogue.tables
    story = catalogue is None or all(
        name in tables and set(header) <= set(tables[name].columns) for name, header in STORY.items()
    )
    directory.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        scratch = temporary_folder(directory, PREFIX)
        stack.callback(remove, scratch)
        folder = scratch / "files"
        folder.mkdir()
        files = _Files(folder, seed, catalogue, faults)
        made: Collection[str] = ()
        covered: Mapping[str, date] = {}
        if whole_story and catalogue is not None:
            _write_story(files, catalogue, seed, scale)
            made = TABLES
            covered = {name: first_day for name, first_day in TABLES.items() if first_day}
        elif story:
            _write_tables(files, seed, scale)
            made, covered = TABLES, dict.fromkeys(COVERED, FIRST_DAY)
        for name, table in tables.items():
            if catalogue is not None and name not in made:
                with files.open(name, tuple(table.columns)) as write:
                    write(declared_rows(table, catalogue, seed=seed, scale=scale))
        _write_description(folder / "extract.toml", seed, scale, covered, whole_story=whole_story)
        written = sorted(path.name for path in folder.iterdir())
        for name in written:  # an earlier run may have written the same table in the other format
            other = ".parquet" if name.endswith(".csv") else ".csv"
            (directory / name).with_suffix(other).unlink(missing_ok=True)
        return tuple((folder / name).replace(directory / name) for name in written)


def _check(scale: float, catalogue: Catalogue | None, faults: Faults | None) -> None:
    if not isfinite(scale) or scale <= 0:
        raise UsageError(f"the scale must be a number greater than 0, not {scale}")
    if faults is not None and not 0 <= faults.rate <= 1:
        raise UsageError(f"the rate of faults must be a number from 0 to 1, not {faults.rate}")
    if faults is not None and catalogue is None:
        raise UsageError("faults are made from the declarations of tables: a catalogue is needed")


class _Files:
    """Opens the files of tables in a folder: CSV, with faults if there are any, or Parquet."""

    def __init__(self, folder: Path, seed: int, catalogue: Catalogue | None, faults: Faults | None) -> None:
        self._folder = folder
        self._seed = seed
        self._catalogue = catalogue
        self._faults = faults

    @contextmanager
    def open(self, table: str, header: Row, *, encoding: str = "utf-8") -> Iterator[Write]:
        """Open the CSV file of a table; yield a function that writes rows."""
        faults, catalogue = self._faults, self._catalogue
        written_in = (faults.encoding if faults else None) or encoding
        path = self._folder / f"{table}.csv"
        with path.open("w", encoding=written_in, errors="replace", newline="") as file:
            writer = csv.writer(file, lineterminator="\n", delimiter=faults.delimiter if faults else ",")
            if faults is None or catalogue is None:
                writer.writerow(header)
                yield writer.writerows
                return
            damage = Damage(faults, catalogue.tables[table], header, catalogue, self._seed)
            writer.writerow(damage.header)
            yield lambda rows: writer.writerows(chain.from_iterable(map(damage.pass_on, rows)))

    @contextmanager
    def open_passports(self) -> Iterator[Write]:
        """Open `health_passports` as Parquet, which has real dates, or as CSV if cells may have faults."""
        if self._faults is not None:
            with self.open("health_passports", HEALTH_PASSPORTS) as write:
                yield write
            return
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter

        kinds: dict[str, pa.DataType] = {"passport_id": pa.string(), "person_id": pa.string(), "issued_on": pa.date32()}
        schema = pa.schema(kinds)
        batch: list[dict[str, str | date | None]] = []
        with ParquetWriter(self._folder / "health_passports.parquet", schema) as writer:

            def add(rows: Iterable[Row], *, at_least: int = ROWS_IN_A_BATCH) -> None:
                for passport, person, issued in rows:
                    day = date.fromisoformat(issued) if issued else None
                    batch.append({"passport_id": passport, "person_id": person, "issued_on": day})
                if len(batch) >= at_least:
                    writer.write_table(pa.Table.from_pylist(batch, schema=schema))
                    batch.clear()

            yield add
            add([], at_least=1)


def _write_tables(files: _Files, seed: int, scale: float) -> None:
    people = People.at(scale, leavers_at(scale))
    with files.open("contacts", CONTACTS, encoding="utf-8-sig") as write:
        write(contact_rows(stream(seed, "contacts"), people, scale))
    with files.open("missing_episodes", MISSING_EPISODES) as write:
        write(missing_rows(stream(seed, "missing_episodes"), people, scale))
    with files.open("children", CHILDREN) as write:
        rng = stream(seed, "children")
        write(runaway_rows(rng, people))
        _write_leavers(files, leavers(stream(seed, "care_leavers"), people, scale), write)
        write(family_rows(rng, people))


def _write_leavers(files: _Files, everyone: Iterator[Leaver], write_child: Write) -> None:
    """Write the tables about care leavers together, one young person after another."""
    with ExitStack() as opened:
        write = {"children": write_child, "health_passports": opened.enter_context(files.open_passports())}
        others = {name: header for name, header in HEADERS.items() if name not in write}
        write |= {name: opened.enter_context(files.open(name, header)) for name, header in others.items()}
        for table, row in rows_of(everyone):
            write[table]([row])


def _write_story(files: _Files, catalogue: Catalogue, seed: int, scale: float) -> None:
    """Write the tables of the whole story."""
    tables = catalogue.tables
    made = dict(sorted(make_story(seed, scale, catalogue.indicators).rows.items()))
    for name, rows in made.items():
        lacking = [column for column in rows[0] if name not in tables or column not in tables[name].columns]
        if lacking:
            what = f"the column '{lacking[0]}' of the table" if name in tables else "the table"
            raise UsageError(f"--story needs {what} '{name}', which the catalogue does not declare")
    for name, rows in made.items():
        if name == "health_passports":
            with files.open_passports() as write:
                write(tuple(map(cell_text, row.values())) for row in rows)
        else:
            header = tuple(tables[name].columns)
            encoding = "utf-8-sig" if name == "contacts" else "utf-8"
            with files.open(name, header, encoding=encoding) as write:
                write(tuple(cell_text(row.get(column)) for column in header) for row in rows)


def _write_description(path: Path, seed: int, scale: float, covered: Mapping[str, date], *, whole_story: bool) -> None:
    lines = "".join(f"{table} = {first.isoformat()}\n" for table, first in covered.items())
    how = "; entirely fictitious: no row is about a real child, family, worker or council" if whole_story else ""
    option = " --story" if whole_story else ""
    text = (
        "# What sgkpi should know of this extract besides its tables.\n"
        f"extracted_at = {EXTRACTED_AT.isoformat()}\n"
        f'source = "Synthetic, made by sgkpi synth{option} (seed {seed}, scale {scale:g}){how}"\n\n'
        "# From when each table is complete; a table that is not named always is.\n"
        f"[covers]\n{lines}"
    )
    path.write_text(text, encoding="utf-8", newline="\n")
