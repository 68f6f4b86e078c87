"""An extract: which files hold which table, what its columns are called there, and from when it is complete."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from sgkpi.model.problems import Problem
from sgkpi.model.table import Table


class FileFormat(StrEnum):
    """The formats in which a table may arrive."""

    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True)
class SourceFile:
    """One file of a table.

    `path` is what an engine reads: UTF-8 (with or without BOM) or gzipped UTF-8 CSV, or Parquet.
    A file in another encoding, with NUL characters or with lines that end differently, and a sheet of
    a workbook, has been rewritten to a temporary UTF-8 file, which `path` then names.
    `name` is the file's name relative to the extract, for people; of a sheet, `workbook.xlsx [Sheet]`.
    `headers` are all its columns as they stand in the file (for Parquet, its column names);
    `columns` maps a declared column to its place in `headers`. `delimiter` and `skip` (lines above
    the header: blank ones, a title) are CSV's. `spaces_only` says that no white space but the space stands within
    its rows, so that nobody need look for other.
    `types` are Parquet's, one for each header: text, integer, float, decimal, boolean, date,
    timestamp, timestamp_tz or other; empty for CSV, which holds nothing but text.
    """

    path: Path
    name: str
    format: FileFormat
    headers: tuple[str, ...]
    columns: Mapping[str, int]
    delimiter: str = ","
    skip: int = 0
    compressed: bool = False
    spaces_only: bool = False
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSource:
    """A table as this extract has it: its files all carry the same declared columns."""

    table: Table
    files: tuple[SourceFile, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The declared columns that the files carry, in declared order."""
        present = self.files[0].columns
        return tuple(name for name in self.table.columns if name in present)

    @property
    def has_key(self) -> bool:
        """Whether every key column is there; else file and row number stand in."""
        return bool(self.table.key) and all(name in self.files[0].columns for name in self.table.key)


@dataclass(frozen=True)
class Extract:
    """A folder of case-level files or a workbook, looked at but not yet read.

    `tables` are those that can be read; `broken` says of every other table that has a file what is
    wrong with it, for whoever needs that table. `lacking` names the required columns of tables that
    a list shared by several tables does not carry: they are absent. `problems` are warnings about the tables.
    """

    path: Path
    tables: Mapping[str, TableSource]
    extracted_at: datetime | None = None
    source: str | None = None
    covers: Mapping[str, date] | None = None
    problems: tuple[Problem, ...] = ()
    broken: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    lacking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def complete_from(self, table: str) -> date | None:
        """The day from which a table is complete; None when it always is."""
        return (self.covers or {}).get(table)
