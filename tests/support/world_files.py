"""A table's rows as a file: delimited text in some encoding, or Parquet with text or typed columns."""

import csv
import gzip
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

Row = Mapping[str, str]
FOUR_PLACES = Decimal("0.0001")
NANOSECOND_YEARS = range(1678, 2262)
TRUE = ("yes", "y", "true", "1")
FALSE = ("no", "n", "false", "0")


@dataclass(frozen=True)
class File:
    """A file of a table: its name below the extract, its rows, and how it is written.

    `headers` are written in place of columns' names. `spare` says for a row (by its place) how many cells it has
    too many, or too few where that is negative. `types` are a Parquet file's, by column; text where none is given.
    """

    name: str
    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    delimiter: str = ","
    encoding: str = "utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    spare: Mapping[int, int] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """The name of the table that the file is of."""
        return self.name.split("/")[0].split(".")[0].removeprefix("ssd_")


def text_of(file: File) -> str:
    """A file's rows as delimited text."""
    text = StringIO()
    writer = csv.writer(text, delimiter=file.delimiter, lineterminator="\n")
    writer.writerow(_headers(file))
    writer.writerows(_cells(file, place, row) for place, row in enumerate(file.rows))
    return text.getvalue()


def _headers(file: File) -> list[str]:
    return [file.headers.get(name, name) for name in file.columns]


def _cells(file: File, place: int, row: Row) -> list[str]:
    cells = [row.get(name, "") for name in file.columns]
    spare = file.spare.get(place, 0)
    return cells[:spare] if spare < 0 else [*cells, *["extra", ""][:spare]]


def write_file(path: Path, file: File) -> None:
    """A file in the format that its name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        write_parquet(path, file)
        return
    written = text_of(file).encode(file.encoding, errors="replace")
    path.write_bytes(gzip.compress(written) if path.suffix == ".gz" else written)


def write_parquet(path: Path, file: File) -> None:
    """A Parquet file; an empty cell is null, and so is one that its column's type cannot hold."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {file.headers.get(name, name): _column(file, name) for name in file.columns}
    pq.write_table(pa.table(columns), path)


def untyped(file: File) -> File:
    """The same file with every typed value written out as text, as a person would write it."""
    rows = tuple({name: _written(file, name, text) for name, text in row.items()} for row in file.rows)
    return replace(file, rows=rows, types={})


def _written(file: File, name: str, text: str) -> str:
    type_name = file.types.get(name, "text")
    value = _parsed(_PARSERS[type_name], text)
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return format(Decimal(repr(value)), "f")
        case datetime():
            return value.isoformat(sep=" ") + ("Z" if type_name == "TIMESTAMPTZ" else "")
        case _:
            return str(value)


def _column(file: File, name: str) -> "pa.Array":
    import pyarrow as pa

    type_name = file.types.get(name, "text")
    parse = _PARSERS[type_name]
    values = [_parsed(parse, row.get(name, "")) for row in file.rows]
    types = {
        "text": pa.string(),
        "DATE": pa.date32(),
        "TIMESTAMP": pa.timestamp("us"),
        "TIMESTAMP_NS": pa.timestamp("ns"),
        # An instant is one wherever its writer was.
        "TIMESTAMPTZ": pa.timestamp("us", tz="Europe/Paris" if len(name) % 2 else "UTC"),
        "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(),
        "BIGINT": pa.int64(),
        "DECIMAL": pa.decimal128(28, 4),
    }
    return pa.array(values, types[type_name])


def _parsed(parse: Callable[[str], object], text: str) -> object:
    try:
        return parse(text) if text else None
    except (ValueError, InvalidOperation, OverflowError):
        return None


def _day(text: str) -> date:
    return date.fromisoformat(text.strip()[:10])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(re.sub(r"(Z|[+-]\d\d:\d\d)$", "", text.strip()))


def _moment_in_nanoseconds(text: str) -> datetime | None:
    moment = _moment(text)
    return moment if moment.year in NANOSECOND_YEARS else None


def _boolean(text: str) -> bool | None:
    word = text.strip().casefold()
    return True if word in TRUE else False if word in FALSE else None


def _bigint(text: str) -> int | None:
    number = int(text)
    return number if abs(number) < 2**63 else None


def _decimal(text: str) -> Decimal | None:
    number = Decimal(text)
    return number.quantize(FOUR_PLACES) if abs(number) < 10**20 else None


_PARSERS: Mapping[str, Callable[[str], object]] = {
    "text": str,
    "DATE": _day,
    "TIMESTAMP": _moment,
    "TIMESTAMP_NS": _moment_in_nanoseconds,
    "TIMESTAMPTZ": _moment,
    "DOUBLE": float,
    "BOOLEAN": _boolean,
    "BIGINT": _bigint,
    "DECIMAL": _decimal,
}
