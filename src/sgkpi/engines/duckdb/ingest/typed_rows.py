"""Ingest: from the files of a table to one relation of typed columns.

The relation has the typed columns of every column read (`cells.py`); then the hash of the key (null if part of it is
blank), whether the row is blank, and `flags`: one bit for a blank row and for each fault that a row can have, so that
faults are counted in the same pass. For a table in several files it has the number of the row's file.

Costly columns that are not needed are left out: a column used only in breakdowns may stay as it is written.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, reduce
from itertools import chain
from typing import assert_never

from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest import cells
from sgkpi.engines.duckdb.ingest.cells import ALWAYS_READABLE, MOMENTS, has_codes
from sgkpi.engines.duckdb.ingest.raw_rows import read_files
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Query, Select, Sql
from sgkpi.extracts.extract import FileFormat, SourceFile, TableSource
from sgkpi.model.errors import UsageError
from sgkpi.model.expressions import Kind
from sgkpi.model.table import Column

# The smallest integer types with this many bits, and room for their sum.
_WIDTHS = {7: "UTINYINT", 15: "USMALLINT", 31: "UINTEGER", 62: "BIGINT", 126: "HUGEINT"}
_MOST_FLAGS = max(_WIDTHS)
# The value of `flags` for a blank row.
BLANK_ROW = 1


class Fault(StrEnum):
    """The faults of a cell."""

    UNREADABLE = "unreadable"
    BLANK = "blank"
    UNDATED = "undated"
    UNLISTED = "unlisted"
    # Unreadable as a date, because it is a number as Excel counts days.
    SERIAL = "serial"


@dataclass(frozen=True)
class Flag:
    """One bit of `flags`: a fault of a column."""

    column: Column
    fault: Fault
    bit: int

    @property
    def is_set(self) -> Sql:
        return Name.FLAGS.has_bit(self.bit)


@dataclass(frozen=True)
class Scan:
    """The columns to read from a table, and how.

    `columns` are those read. `beside` are header positions of further cells, read to see whether a row is blank.
    `starts` are the start columns of related spells: spells without a start are ignored. `as_written` are text columns
    of which only `raw_…` is returned; `joins` are compared between rows as keys are. `short_rows` names the files with
    rows that have fewer cells than the header: the missing ones are blank. `numbered` adds `file_name` and
    `row_number`, and `with_raw` the cells as written, `raw_…`. `flagged` are the columns checked for faults (None:
    all). `sealed` adds the digest of the key, `owner`, to stored rows.
    """

    source: TableSource
    columns: tuple[str, ...]
    beside: Collection[int] = ()
    starts: frozenset[str] = frozenset()
    as_written: frozenset[str] = frozenset()
    joins: frozenset[str] = frozenset()
    short_rows: frozenset[str] = frozenset()
    numbered: bool = False
    with_raw: bool = False
    flagged: frozenset[str] | None = None
    sealed: bool = False

    @property
    def declared(self) -> tuple[Column, ...]:
        return tuple(self.source.table.columns[name] for name in self.columns)

    @property
    def typed(self) -> tuple[Column, ...]:
        """The columns that are typed."""
        return tuple(column for column in self.declared if column.name not in self.as_written)

    @property
    def written(self) -> tuple[str, ...]:
        """The columns that are returned as written."""
        return tuple(name for name in self.columns if name in self.as_written or self.with_raw)

    @cached_property
    def flags(self) -> tuple[Flag, ...]:
        """The faults that are checked for, each with its bit."""
        columns = (each for each in self.typed if self.flagged is None or each.name in self.flagged)
        wanted = [(column, fault) for column in columns for fault in self.faults(column)]
        if len(wanted) >= _MOST_FLAGS:  # without the hints about numbers that may be dates
            wanted = [(column, fault) for column, fault in wanted if fault is not Fault.SERIAL]
        if len(wanted) >= _MOST_FLAGS:
            name = self.source.table.name
            raise UsageError(f"the indicators read too many columns of '{name}' at once; ask for fewer indicators")
        return tuple(Flag(column, fault, bit) for bit, (column, fault) in enumerate(wanted, start=1))

    @property
    def flags_type(self) -> str:
        return next(width for bits, width in _WIDTHS.items() if len(self.flags) < bits)

    def faults(self, column: Column) -> Iterable[Fault]:
        """Yield the faults that the cells of a column are checked for."""
        if column.kind not in ALWAYS_READABLE:
            yield Fault.UNREADABLE
        if column.kind in MOMENTS:
            yield Fault.SERIAL
        if column.required:
            yield Fault.BLANK
        elif column.name in self.starts:
            yield Fault.UNDATED
        if has_codes(column):
            yield Fault.UNLISTED

    def has(self, column: str) -> bool:
        """Return whether a column is read."""
        return column in self.columns

    def unread(self, file: SourceFile) -> list[int]:
        """Return the header positions of a file's columns that are not read."""
        read = {file.columns[name] for name in self.columns}
        return [place for place in range(len(file.headers)) if place not in read]

    def places(self, file: SourceFile) -> list[int]:
        """Return the header positions of the cells of a file that are read."""
        times = (column.with_time for column in self.declared if column.with_time is not None)
        read = {file.columns[name] for name in (*self.columns, *times)}
        return sorted({*read, *({*self.unread(file)} & {*self.beside})})


def typed_rows(scan: Scan, repeated: str | None = None, places: Query | None = None) -> Select:
    """Return the typed relation of a table, blank rows included.

    With `repeated`, a table of key hashes, only rows with these keys are typed. They are found by their `places` if the
    table is one Parquet file, else by their hashes.
    """
    parts: list[Query] = []
    for files in _alike(scan):
        padded = any(each.name in scan.short_rows for each in files)
        raw = read_files(files, scan.places(files[0]), numbered=scan.numbered, padded=padded)
        if len(scan.source.files) > 1:
            raw = raw.select(_file_number(scan, files).as_(Name.FILE))
        if repeated is not None and places is not None:
            raw = raw.where(sql.column("file_row_number").is_in(places))
        elif repeated is not None:
            raw = _rows_of_repeated(scan, files, raw, repeated)
        parts.append(_typed_files(scan, files, raw))
    return _keyed(scan, reduce(Query.union_all, parts))


def _alike(scan: Scan) -> list[list[SourceFile]]:
    """Group files that one reader can take together; each is alone where rows are numbered."""
    groups: dict[object, list[SourceFile]] = {}
    for file in scan.source.files:
        columns = tuple(file.columns.items())
        written = (file.format, file.compressed, file.types, file.delimiter, file.skip, file.spaces_only)
        layout = (*written, file.headers, columns)
        groups.setdefault(file.name if scan.numbered else layout, []).append(file)
    return list(groups.values())


def _file_number(scan: Scan, files: Sequence[SourceFile]) -> Sql:
    numbers = [scan.source.files.index(file) for file in files]
    if len(numbers) == 1:
        return sql.number(numbers[0]).cast("USMALLINT")
    place = sql.column("file_index").cast("BIGINT") + 1
    return sql.fn("list_extract", sql.fn("list_value", *numbers), place).cast("USMALLINT")


def _rows_of_repeated(scan: Scan, files: Sequence[SourceFile], raw: Select, repeated: str) -> Select:
    """Return the raw rows whose key is repeated; only the keys of the others are typed."""
    keys = Scan(scan.source, scan.source.table.key)
    keyed = _keyed(keys, _typed_files(keys, files, raw, tuple(raw.names)))
    known = sql.select(Name.KEY_HASH.or_else(0)).from_(repeated)
    return sql.select(*map(sql.column, raw.names)).from_(keyed).where(Name.KEY_HASH.or_else(0).is_in(known))


def _typed_files(scan: Scan, files: Sequence[SourceFile], raw: Select, carried: tuple[str, ...] = ()) -> Select:
    """Return the typed columns of raw rows, with the raw columns that are `carried`."""
    file = files[0]
    first, second = list[Sql](), list[Sql]()
    for column in scan.typed:
        # A day and a time of day are read as one text.
        raw_cell = (Name.day_and_time(column), "text") if column.with_time else _cell(file, file.columns[column.name])
        steps = cells.cell_steps(*raw_cell, column, scan.source.table, spaces_only=file.spaces_only)
        first += steps[0]
        second += steps[1]
    first.append(_first_filled(scan, file).as_(Name.FIRST_FILLED))
    second.append(Name.FIRST_FILLED)
    for name in scan.written:
        first.append(cells.as_text(*_cell(file, file.columns[name])).as_(Name.raw(name)))
        second.append(Name.raw(name))
    if scan.numbered:
        first.append(Name.ROW_NUMBER)
        second += [Name.ROW_NUMBER, sql.text(file.name).as_(Name.FILE_NAME)]
    beside = dict.fromkeys([*carried, *({Name.FILE.name} & {*raw.names})])
    cells_read = sql.select(*first, *map(sql.column, beside)).from_(_with_times_of_day(scan, file, raw))
    return sql.select(*second, *map(sql.column, beside)).from_(cells_read)


def _with_times_of_day(scan: Scan, file: SourceFile, raw: Select) -> Select:
    """Return raw rows with each day and its time of day as one text.

    This is a step of its own because the parsing macros repeat their argument: inlined, two such columns took seconds
    to plan.
    """
    dated = [column for column in scan.typed if column.with_time is not None]
    if not dated:
        return raw
    texts: list[Sql] = []
    for column in dated:
        for name, text in ((column.name, Name.day_text(column)), (str(column.with_time), Name.time_text(column))):
            texts.append(cells.as_text(*_cell(file, file.columns[name])).as_(text))
    both = [
        cells.with_time_of_day(Name.day_text(column), Name.time_text(column), column, scan.source.table).as_(
            Name.day_and_time(column)
        )
        for column in dated
    ]
    kept = [sql.column(name) for name in raw.names]
    return sql.select(*kept, *both).from_(sql.select(*kept, *texts).from_(raw))


def _cell(file: SourceFile, place: int) -> tuple[Sql, str]:
    """Return the raw cell at a place, and its type in the file."""
    return Name.cell(place), file.types[place] if file.format is FileFormat.PARQUET else "text"


def _first_filled(scan: Scan, file: SourceFile) -> Sql:
    """Return the header position of the first filled cell besides those read; null if there is none."""
    table, declared = scan.source.table, {place: name for name, place in file.columns.items()}
    branches: list[tuple[Sql, int]] = []
    for place in sorted({*scan.unread(file)} & {*scan.beside}):
        column = table.columns[declared[place]] if place in declared else None
        text = cells.as_text(*_cell(file, place))
        branches.append((~cells.holds_no_value(text, column, table), place))
    return sql.case(branches).cast("INTEGER")


def _keyed(scan: Scan, every: Query) -> Select:
    """Return typed rows with their codes, the hash of their key and their faults."""
    # Unlisted spellings stay as recorded.
    coded = [
        Name.listed(column).or_else(Name.recorded(column)).as_(Name.value(column))
        for column in scan.typed
        if has_codes(column)
    ]
    is_blank_row = is_blank_where_read(scan) & Name.FIRST_FILLED.is_null()
    whole = sql.select(sql.STAR, *coded, is_blank_row.as_(Name.IS_BLANK_ROW)).from_(every)
    return sql.select(sql.STAR, _key_hash(scan).as_(Name.KEY_HASH), _flags(scan).as_(Name.FLAGS)).from_(whole)


def is_blank_where_read(scan: Scan) -> Sql:
    """Return whether the columns read of a row are all blank: no value and nothing unreadable."""
    nothing: list[Sql] = []
    for column in scan.typed:
        # Codes are not put in the place of their spellings yet.
        parts = (Name.recorded, Name.listed) if has_codes(column) else (Name.value,)
        nothing += [part(column).is_null() for part in parts]
    nothing += [~part for part in cells.unreadable_parts(scan.typed)]
    if not scan.as_written:
        return sql.and_(nothing)
    table = scan.source.table
    unwritten = [
        cells.holds_nothing(Name.raw(name), cells.blank_words(table, table.columns[name])).or_else(True)
        for name in sorted(scan.as_written)
    ]
    # Few rows come to the costlier test.
    return sql.when(sql.and_(nothing), sql.and_(unwritten), False)


def _key_hash(scan: Scan) -> Sql:
    """Return the hash of a row's key; null if part of the key is blank."""
    columns = scan.source.table.columns
    if not scan.source.has_key:
        values = [as_compared(scan, column) for column in scan.declared]
        values += cells.unreadable_parts(scan.declared)
        return sql.fn("hash", *values) if values else sql.null("UBIGINT")
    key = scan.source.table.key
    if not all(map(scan.has, key)):
        return sql.null("UBIGINT")
    parts = chain(*(key_parts(columns[name]) for name in key))
    return sql.when(sql.or_(Name.value(name).is_null() for name in key), None, sql.fn("hash", *parts))


def key_parts(column: Column) -> list[Sql]:
    """Return the parts by which a key column is compared: a date without a time differs from its midnight."""
    timed = column.kind is Kind.DATETIME and column.midnight
    return [key_part(column), *([Name.has_time(column)] if timed else [])]


def key_part(column: Column, relation: str | None = None) -> Sql:
    """Return a column (of a relation) as it is compared in keys and joins: case folded, without a trailing `.0`."""
    value = Name.value(column).of(relation)
    return sql.fn("kpi_key", value) if column.kind in ALWAYS_READABLE else value


def join_part(column: Column, relation: str | None = None) -> Sql:
    """Return a column as joins compare it, with one that may be of another type: as text."""
    part = key_part(column, relation)
    return part if column.kind in ALWAYS_READABLE else part.cast("VARCHAR")


def as_compared(scan: Scan, column: Column) -> Sql:
    """Return a column as rows are compared by it: key, person and columns of joins without regard to case."""
    table = scan.source.table
    return key_part(column) if column.name in {*table.key, table.person, *scan.joins} else Name.value(column)


def _flags(scan: Scan) -> Sql:
    """Return the faults of a row as bits; a blank row has only its own. For most rows a single test finds none."""
    none, blank = (sql.number(number).cast(scan.flags_type) for number in (0, BLANK_ROW))
    blank_row = (Name.IS_BLANK_ROW, blank)
    if not scan.flags:
        return sql.case([blank_row], none)
    faulty = {flag: is_faulty(flag.column, flag.fault) for flag in scan.flags}
    bits = [condition.cast(scan.flags_type) * (1 << flag.bit) for flag, condition in faulty.items()]
    # Serial numbers are unreadable anyway.
    at_fault = sql.or_(condition for flag, condition in faulty.items() if flag.fault is not Fault.SERIAL)
    return sql.case([(at_fault, sql.case([blank_row], reduce(Sql.__add__, bits))), blank_row], none)


def columns_of_faults(scan: Scan) -> tuple[str, ...]:
    """Return the columns of typed rows that are not needed once codes and faults are known."""
    codes = [part(column) for column in scan.typed if has_codes(column) for part in (Name.recorded, Name.listed)]
    serials = [Name.serial(column) for column in scan.typed if column.kind in MOMENTS]
    return tuple(column.name for column in (Name.FIRST_FILLED, *codes, *serials))


def is_faulty(column: Column, fault: Fault) -> Sql:
    """Return the condition of a cell with a fault."""
    value, unreadable = Name.value(column), Name.unreadable(column)
    match fault:
        case Fault.UNREADABLE:
            return unreadable
        case Fault.BLANK if column.kind in ALWAYS_READABLE:
            return value.is_null()
        case Fault.BLANK | Fault.UNDATED:
            return value.is_null() & ~unreadable
        case Fault.SERIAL:
            return unreadable & Name.serial(column)
        case Fault.UNLISTED:
            return Name.recorded(column).is_not_null() & Name.listed(column).is_null()
        case _:
            assert_never(fault)
