"""Inspect Parquet files before their rows are read: whether a file is whole, and its columns."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sgkpi.extracts.extract import FileFault

_MAGIC, _ENCRYPTED = b"PAR1", b"PARE"
_TAIL = 8  # the footer's length in four bytes, then the magic bytes


class ParquetType(StrEnum):
    """The types of Parquet columns, as far as they matter to a reader of cells."""

    TEXT = "text"
    INTEGER = "integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIMESTAMP_TZ = "timestamp_tz"
    OTHER = "other"


@dataclass(frozen=True)
class ParquetColumns:
    """The columns of a file that are not nested in others, with their types, and how many rows it has."""

    headers: tuple[str, ...]
    types: tuple[ParquetType, ...]
    rows: int


# Reads the footer of a file that begins and ends as a Parquet file does; raises ValueError if it cannot be read.
ReadColumns = Callable[[Path], ParquetColumns]


def look_at_parquet(path: Path, read_columns: ReadColumns) -> ParquetColumns:
    """Return the columns of a Parquet file; raise FileFault when it is cut off, or is not one."""
    broken = "this Parquet file is damaged or cut off: {}; copy or export it again"
    try:
        _check_ends(path, broken)
        return read_columns(path)
    except OSError as error:
        raise FileFault(f"the file cannot be read: {error.strerror or error}", "unreadable-file") from error
    except ValueError as error:
        raise FileFault(broken.format("its footer cannot be read"), "broken-parquet") from error


def _check_ends(path: Path, broken: str) -> None:
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        if size == 0:
            raise FileFault("the file is empty; export it again", "empty-file")
        stream.seek(0)
        if stream.read(len(_MAGIC)) not in (_MAGIC, _ENCRYPTED):
            advice = "rename it to match its format, or export it again"
            raise FileFault(f"this is not a Parquet file; {advice}", "no-parquet")
        stream.seek(max(0, size - _TAIL))
        tail = stream.read(_TAIL)
    if tail[4:] == _ENCRYPTED:
        raise FileFault("the file is encrypted; export it without encryption", "broken-parquet")
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != _MAGIC or length + _TAIL + len(_MAGIC) > size:
        raise FileFault(broken.format("its end is missing"), "broken-parquet")
