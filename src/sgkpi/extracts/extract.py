"""An extract: the files of each table, their headers, and the day from which each table is complete."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Self

from sgkpi.model.errors import ExtractError
from sgkpi.model.problems import Problem
from sgkpi.model.table import Table


class FileFault(Exception):
    """An error of one file, which becomes a problem of its table and does not stop the others."""

    def __init__(self, message: str, code: str) -> None:
        self.message = message
        self.code = code
        super().__init__(message)

    def problem(self, path: str) -> Problem:
        """Return the fault as a problem of the file at `path`."""
        return Problem(path, self.message, self.code)


class FileFormat(StrEnum):
    """The formats in which a table may arrive."""

    CSV = "csv"
    PARQUET = "parquet"


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
    TIMESTAMP_UTC = "timestamp_utc"  # an instant by the legacy mark alone, which DuckDB takes for a local time
    BINARY = "binary"  # text that is not marked as such, or no text at all
    NESTED = "nested"  # lists or records, which no cell holds
    OTHER = "other"


@dataclass(frozen=True)
class ParquetColumns:
    """The columns of a file that are not nested in others, with their types, and how many rows it has.

    `has_far_moments`: it has timestamps so far off that no reader of microseconds takes them. `has_odd_letters`: to
    fold the case of its text may take more than small letters. `has_zones`: its moments may have a zone.
    """

    headers: tuple[str, ...]
    types: tuple[ParquetType, ...]
    rows: int
    has_far_moments: bool = False
    has_odd_letters: bool = True
    has_zones: bool = True


@dataclass(frozen=True)
class FileState:
    """The size, time and inode of a file at the first look: it has changed if any of them has."""

    path: Path
    size: int
    modified: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return the state of a file now; raises OSError."""
        found = path.stat()
        return cls(path, found.st_size, found.st_mtime_ns, found.st_ino)

    @property
    def has_changed(self) -> bool:
        """Whether the file is another one now, or gone."""
        try:
            return self != FileState.of(self.path)
        except OSError:
            return True


@dataclass(frozen=True)
class SourceFile:
    """One file of a table.

    `path` is what an engine reads: CSV in UTF-8 (with or without BOM, gzipped or not), or Parquet. Files in other
    encodings, with NUL characters or with mixed line ends, and sheets of workbooks, have been rewritten there.
    `name` is for people: relative to the extract or, for a sheet, `workbook.xlsx [Sheet]`.
    `headers` are all columns in the file; `columns` maps a declared column to its place among them.
    `delimiter` and `skip` (lines above the header) are for CSV. `spaces_only`: its cells have no white space other
    than spaces. `odd_letters`: to fold the case of its text may take more than small letters. `zones`: its moments may
    have a zone. `types` are for Parquet, one for each header.
    """

    path: Path
    name: str
    format: FileFormat
    headers: tuple[str, ...]
    columns: Mapping[str, int] = field(hash=False)
    delimiter: str = ","
    skip: int = 0
    compressed: bool = False
    spaces_only: bool = False
    odd_letters: bool = True
    zones: bool = True
    types: tuple[ParquetType, ...] = ()
    state: FileState | None = None


@dataclass(frozen=True)
class TableSource:
    """A table in this extract; all of its files have the same declared columns.

    `is_latest`: they hold the latest row of each person alone.
    """

    table: Table
    files: tuple[SourceFile, ...]
    is_latest: bool = False

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The declared columns that the files have, in declared order."""
        present = self.files[0].columns
        return tuple(name for name in self.table.columns if name in present)

    @property
    def has_key(self) -> bool:
        """Whether every key column is there; without one, file and row number are the key."""
        return bool(self.table.key) and all(name in self.files[0].columns for name in self.table.key)


@dataclass(frozen=True, repr=False)
class Extract:
    """A folder of case-level files or a workbook, inspected but not yet read; by table.

    `tables` can be read; `broken` has the errors of every other table with a file. `lacking` has the required columns
    that a list shared by several tables does not have: these tables count as absent. `problems` are warnings.
    """

    path: Path
    tables: Mapping[str, TableSource]
    extracted_at: datetime | None = None
    source: str | None = None
    covers: Mapping[str, date] | None = None
    problems: tuple[Problem, ...] = ()
    broken: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    lacking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<sgkpi extract '{self.path}': {', '.join(self.tables) or 'no table that can be read'}>"

    def complete_from(self, table: str) -> date | None:
        """Return the day from which a table is complete; None if it always is."""
        return (self.covers or {}).get(table)

    @property
    def states(self) -> Mapping[str, FileState]:
        """The files that are read, by name, as they were when the extract was opened."""
        files = (file for source in self.tables.values() for file in source.files)
        return {file.name: file.state for file in files if file.state is not None}

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Raise ExtractError where a file changes between the opening of the extract and the end of the block.

        Its header was looked at before, so the cells of a changed file may be taken for those of other columns.
        """
        try:
            yield
        finally:
            if changed := sorted(name for name, state in self.states.items() if state.has_changed):
                problems = [Problem(name, "changed while it was read; try again", "changed-file") for name in changed]
                raise ExtractError(f"{self.path} cannot be used as it is", problems)
