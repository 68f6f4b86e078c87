"""From the files of a table to one relation of typed columns.

The relation has, for every column read, its value, whether the cell is unreadable and, where midnight is a time,
whether it has a time of day; then the hash of its key (null where a part of the key is blank), whether nothing stands
in the row, and `flags`: one bit for a blank row and for every fault that a row can have, so that faults are counted
in the same pass. Of a table in several files it has the number of the row's file too. `Name` in `columns.py` names
them all.

What is costly and not asked for is left out: a column that only breaks cases down may stay as it is written, and one
that is only part of the key may be read straight as keys are compared.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce
from typing import assert_never

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Query, Select, Sql
from sgkpi.engines.duckdb.cells import (
    CellReader,
    as_text,
    blank_words,
    cell_reader,
    fold_text,
    has_codes,
    holds_nothing,
    is_blank,
    join_key,
    key_reader,
)
from sgkpi.engines.duckdb.columns import Name
from sgkpi.extracts.cells import BLANK_WORDS
from sgkpi.extracts.extract import FileFormat, SourceFile, TableSource
from sgkpi.model.expressions import Kind
from sgkpi.model.table import Column

_READABLE = (Kind.TEXT, Kind.CATEGORY)
_DATED = (Kind.DATE, Kind.DATETIME, Kind.MONTH)
# The least whole number that has so many bits, and room for their sum.
_WIDTHS = {7: "UTINYINT", 15: "USMALLINT", 31: "UINTEGER", 62: "BIGINT", 126: "HUGEINT"}


class Fault(StrEnum):
    """What can be wrong with a cell."""

    UNREADABLE = "unreadable"
    BLANK = "blank"
    UNDATED = "undated"
    UNLISTED = "unlisted"
    # Unreadable as a date, because it is a number as Excel counts days.
    SERIAL = "serial"


# The bit of `flags` that is set for a row in which nothing stands.
BLANK_ROW = 1


@dataclass(frozen=True)
class Flag:
    """One bit of `flags`: a fault of a column."""

    column: Column
    fault: Fault
    bit: int


@dataclass(frozen=True)
class Scan:
    """How the columns of a table are read.

    `columns` are those read. `whole_rows` says that a row counts as blank only when every cell of
    the file is; otherwise only the cells read are looked at. `dating` are columns by which related rows are placed in
    time: a row without is ignored there. `as_written` are columns of text of which only `raw_…` is given, and
    `as_keys` those of which the value is given as keys are compared; between rows, `joins` are compared so too.
    `short_rows` names the files with rows that have fewer cells than the header: what is missing at the end is blank.
    `numbered` adds `file_name` and `row_number`, and `with_raw` the cells as they stand, `raw_…`.
    """

    source: TableSource
    columns: tuple[str, ...]
    whole_rows: bool = False
    dating: frozenset[str] = frozenset()
    as_written: frozenset[str] = frozenset()
    as_keys: frozenset[str] = frozenset()
    joins: frozenset[str] = frozenset()
    short_rows: frozenset[str] = frozenset()
    numbered: bool = False
    with_raw: bool = False

    @property
    def declared(self) -> tuple[Column, ...]:
        return tuple(self.source.table.columns[name] for name in self.columns)

    @property
    def typed(self) -> tuple[Column, ...]:
        """The columns whose values are given."""
        return tuple(column for column in self.declared if column.name not in self.as_written)

    @property
    def written(self) -> tuple[str, ...]:
        """The columns that are given as they are written."""
        return tuple(name for name in self.columns if name in self.as_written or self.with_raw)

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The faults that are looked for, each with its bit."""
        wanted = [(column, fault) for column in self.typed for fault in self.faults(column)]
        return tuple(Flag(column, fault, bit) for bit, (column, fault) in enumerate(wanted, start=1))

    @property
    def flags_type(self) -> str:
        return next(width for bits, width in _WIDTHS.items() if len(self.flags) < bits)

    def faults(self, column: Column) -> Iterable[Fault]:
        """What is looked for in the cells of a column."""
        if column.kind not in _READABLE:
            yield Fault.UNREADABLE
            if column.kind in _DATED:
                yield Fault.SERIAL
        if column.required:
            yield Fault.BLANK
        elif column.name in self.dating:
            yield Fault.UNDATED
        if has_codes(column):
            yield Fault.UNLISTED

    def has(self, column: str) -> bool:
        """Whether a column is read."""
        return column in self.columns


def typed_rows(scan: Scan, repeated: str | None = None, places: Query | None = None) -> Select:
    """The typed relation of a table, blank rows included.

    With the table of the `repeated` hashes of its keys, only the rows of these keys are typed. They are told by their
    `places`, if the table is one Parquet file, else by their hashes.
    """
    parts: list[Query] = []
    for files in _alike(scan):
        raw = read_files(files, scan.numbered, padded=any(each.name in scan.short_rows for each in files))
        if len(scan.source.files) > 1:
            raw = raw.select(_file_number(scan, files).as_(Name.FILE))
        if repeated is not None and places is not None:
            raw = raw.where(sql.column("file_row_number").is_in(places))
        elif repeated is not None:
            raw = _rows_of_repeated(scan, files, raw, repeated)
        parts.append(_typed_files(scan, files, raw))
    return _keyed(scan, reduce(Query.union_all, parts))


def is_one_parquet_file(source: TableSource) -> bool:
    """Whether rows can be read by their places."""
    return [file.format for file in source.files] == [FileFormat.PARQUET]


def _file_number(scan: Scan, files: Sequence[SourceFile]) -> Sql:
    numbers = [sql.number(scan.source.files.index(file)) for file in files]
    if len(numbers) == 1:
        return numbers[0].cast("USMALLINT")
    place = sql.column("file_index").cast("BIGINT") + 1
    return sql.fn("list_extract", sql.fn("list_value", *numbers), place).cast("USMALLINT")


def _rows_of_repeated(scan: Scan, files: Sequence[SourceFile], raw: Select, repeated: str) -> Select:
    """The raw rows whose key is among the repeated ones: of all others only the key is typed."""
    carried = tuple(raw.names)
    keys = replace(scan, columns=scan.source.table.key, whole_rows=False, numbered=False, with_raw=False)
    keys = replace(keys, as_keys=frozenset(), as_written=frozenset())
    keyed = _keyed(keys, _typed_files(keys, files, raw, carried))
    hashes = sql.fn("coalesce", Name.KEY_HASH, 0)
    known = sql.select(sql.fn("coalesce", Name.KEY_HASH, 0)).from_(repeated)
    return sql.select(*map(sql.column, carried)).from_(keyed).where(hashes.is_in(known))


def _keyed(scan: Scan, every: Query) -> Select:
    """Typed rows with their codes, the hash of their key and their faults."""
    coded = [_coded(column).as_(Name.value(column.name)) for column in scan.typed if has_codes(column)]
    whole = sql.select(sql.STAR, *coded, _is_blank_row(scan).as_(Name.IS_BLANK_ROW)).from_(every)
    keyed = [sql.STAR, _key_hash(scan).as_(Name.KEY_HASH), _flags(scan).as_(Name.FLAGS)]
    return sql.select(*keyed).from_(whole)


def _coded(column: Column) -> Sql:
    """The code that a spelling stands for; a spelling that no code lists stays as recorded."""
    return sql.fn("coalesce", Name.listed(column.name), Name.recorded(column.name))


def _alike(scan: Scan) -> list[list[SourceFile]]:
    """Files that one reader can take together; each on its own where rows are numbered."""
    groups: dict[object, list[SourceFile]] = {}
    for file in scan.source.files:
        columns = tuple(file.columns.items())
        layout = (file.format, file.headers, file.types, file.delimiter, file.skip, file.spaces_only, columns)
        groups.setdefault(file.name if scan.numbered else layout, []).append(file)
    return list(groups.values())


def _typed_files(scan: Scan, files: Sequence[SourceFile], raw: Select, carried: tuple[str, ...] = ()) -> Select:
    """The typed columns of raw rows, with the raw columns that are `carried`."""
    file = files[0]
    readers = {column.name: _reader(scan, file, column) for column in scan.typed}
    first = [value.as_(name) for reader in readers.values() for name, value in reader.first.items()]
    second = [part for name, reader in readers.items() for part in _parts(name, reader)]
    if scan.whole_rows:
        first.append(_rest_is_blank(scan, file).as_(Name.REST_IS_BLANK))
        second.append(Name.REST_IS_BLANK)
    first += [_as_written(file, name).as_(Name.raw(name)) for name in scan.written]
    second += [Name.raw(name) for name in scan.written]
    if scan.numbered:
        first.append(Name.ROW_NUMBER)
        second.append(Name.ROW_NUMBER)
        second.append(sql.text(file.name).as_(Name.FILE_NAME))
    carried = (*carried, *(name for name in (Name.FILE.name,) if name in raw.names and name not in carried))
    first += map(sql.column, carried)
    second += map(sql.column, carried)
    return sql.select(*second).from_(sql.select(*first).from_(raw))


def _reader(scan: Scan, file: SourceFile, column: Column) -> CellReader:
    raw, native = Name.cell(file.columns[column.name]), _native_type(file, column.name)
    if column.name in scan.as_keys:
        return key_reader(raw, native, column, scan.source.table)
    return cell_reader(raw, native, column, scan.source.table, spaces_only=file.spaces_only)


def _as_written(file: SourceFile, column: str) -> Sql:
    return as_text(Name.cell(file.columns[column]), _native_type(file, column))


def _native_type(file: SourceFile, column: str) -> str:
    return file.types[file.columns[column]] if file.format is FileFormat.PARQUET else "text"


def _parts(name: str, reader: CellReader) -> Iterable[Sql]:
    cell = reader.second
    yield cell.value.as_(Name.value(name).name if cell.code is None else Name.recorded(name).name)
    if cell.code is not None:
        yield cell.code.as_(Name.listed(name))
    if cell.unreadable is not None:
        yield cell.unreadable.is_true().as_(Name.unreadable(name))
    if cell.has_time is not None:
        yield cell.has_time.is_true().as_(Name.has_time(name))
    if cell.serial is not None:
        yield cell.serial.as_(Name.serial(name))


def _is_blank_row(scan: Scan) -> Sql:
    """Whether nothing stands in a row: no value and nothing unreadable."""
    empty = [sql.column(part).is_null() for column in scan.typed for part in _value_parts(column)]
    readable = [~Name.unreadable(column.name) for column in scan.typed if column.kind not in _READABLE]
    rest = [Name.REST_IS_BLANK] if scan.whole_rows else []
    nothing = sql.and_([*empty, *readable, *rest])
    if not scan.as_written:
        return nothing
    # Few rows come to the costlier test.
    return sql.when(nothing, sql.and_(_is_unwritten(scan, name) for name in sorted(scan.as_written)), False)


def _is_unwritten(scan: Scan, name: str) -> Sql:
    words = blank_words(scan.source.table, scan.source.table.columns[name])
    return sql.fn("coalesce", holds_nothing(Name.raw(name), words), True)


def _value_parts(column: Column) -> tuple[str, ...]:
    """The columns of which one holds the value, before codes are put in the place of their spellings."""
    return (
        (Name.recorded(column.name).name, Name.listed(column.name).name)
        if has_codes(column)
        else (Name.value(column.name).name,)
    )


def _rest_is_blank(scan: Scan, file: SourceFile) -> Sql:
    """Whether nothing stands in the cells of a row that are not read."""
    read = {file.columns[name] for name in scan.columns}
    words = tuple(dict.fromkeys(fold_text(word) for word in (*BLANK_WORDS, *scan.source.table.blanks)))
    rest = [Name.cell(place) for place in range(len(file.headers)) if place not in read]
    blank = [is_blank(sql.fn("kpi_trimmed", raw.cast("VARCHAR")), words) for raw in rest]
    return sql.and_(sql.fn("coalesce", each, True) for each in blank)


def read_files(files: Sequence[SourceFile], numbered: bool, *, padded: bool) -> Select:
    """The raw columns of files of one layout, `x0`, `x1`, … by their place in the header."""
    first = files[0]
    columns: list[Sql]
    match first.format:
        case FileFormat.PARQUET:
            reader, place = _read_parquet(files), sql.column("file_row_number")
            columns = [sql.column(name).as_(Name.cell(number)) for number, name in enumerate(first.headers)]
        case FileFormat.CSV:
            reader, place = _read_csv(files, padded=padded), sql.fn("row_number").over()
            columns = [Name.cell(number) for number in range(len(first.headers))]
        case _:
            assert_never(first.format)
    if numbered:
        columns.append((place + (1 + first.skip)).as_(Name.ROW_NUMBER))
    return sql.select(*columns).from_(reader)


def _paths(files: Sequence[SourceFile]) -> Sql:
    return sql.fn("list_value", *(str(file.path) for file in files))


def _read_parquet(files: Sequence[SourceFile]) -> Sql:
    return sql.fn("read_parquet", _paths(files), sql.option("union_by_name", sql.TRUE))


def _read_csv(files: Sequence[SourceFile], *, padded: bool) -> Sql:
    file = files[0]
    kinds = [sql.option(Name.cell(place).name, sql.text("VARCHAR")) for place in range(len(file.headers))]
    options = {
        "auto_detect": sql.FALSE,
        "header": sql.TRUE,
        "skip": sql.number(file.skip),
        "delim": sql.text(file.delimiter),
        "quote": sql.text('"'),
        "escape": sql.text('"'),
        "compression": sql.text("gzip" if file.compressed else "none"),
        "store_rejects": sql.TRUE,
        "rejects_limit": sql.number(0),
        "columns": sql.fn("struct_pack", *kinds),
    }
    if padded:
        # Missing cells and line breaks within cells cannot be told apart by several readers at once.
        options |= {"null_padding": sql.TRUE, "parallel": sql.FALSE}
    return sql.fn("read_csv", _paths(files), *(sql.option(name, value) for name, value in options.items()))


def _key_hash(scan: Scan) -> Sql:
    """The hash by which rows of one key find each other; null where a part of the key is blank."""
    if not scan.source.has_key:
        values = [as_compared(scan, column) for column in scan.declared]
        values += [sql.column(name) for column in scan.declared for name in identity_columns(column)[1:]]
        return sql.fn("hash", *values) if values else sql.null("UBIGINT")
    if not all(map(scan.has, scan.source.table.key)):
        return sql.null("UBIGINT")
    parts = [_key_part(scan, scan.source.table.columns[name]) for name in scan.source.table.key]
    blank = sql.or_([Name.value(name).is_null() for name in scan.source.table.key])
    return sql.when(blank, None, sql.fn("hash", *parts))


def _key_part(scan: Scan, column: Column) -> Sql:
    return Name.value(column.name) if column.name in scan.as_keys else key_part(column)


def key_part(column: Column, relation: str | None = None) -> Sql:
    """A column (of a relation of that name) as it is compared in keys and joins."""
    return join_key(Name.value(column.name).of(relation), column.kind)


def as_compared(scan: Scan, column: Column) -> Sql:
    """A column as rows are compared by it: key, person and columns of joins without regard to case."""
    table = scan.source.table
    return key_part(column) if column.name in {*table.key, table.person, *scan.joins} else Name.value(column.name)


def identity_columns(column: Column) -> tuple[str, ...]:
    """The parts of a typed column that make two rows differ."""
    unreadable = () if column.kind in _READABLE else (Name.unreadable(column.name).name,)
    return (Name.value(column.name).name, *unreadable)


def _flags(scan: Scan) -> Sql:
    """The faults of a row as bits; a blank row has its own alone. Most rows have none, and are done with one test."""
    width = scan.flags_type
    faulty = [_is_faulty(flag) for flag in scan.flags]
    bits = [condition.cast(width) * (1 << flag.bit) for flag, condition in zip(scan.flags, faulty, strict=True)]
    none, blank = (sql.number(number).cast(width) for number in (0, BLANK_ROW))
    blank_row = (Name.IS_BLANK_ROW, blank)
    # What is a serial is unreadable anyway.
    at_fault = [each for flag, each in zip(scan.flags, faulty, strict=True) if flag.fault is not Fault.SERIAL]
    return sql.case(
        [(sql.or_(at_fault), sql.case([blank_row], reduce(sql.add, bits))), blank_row] if bits else [blank_row], none
    )


def is_set(flag: Flag) -> Sql:
    """Whether a row has a fault."""
    mask = sql.number(1 << flag.bit)
    return Name.FLAGS.op("&", mask).ne(0)


def _is_faulty(flag: Flag) -> Sql:
    value = Name.value(flag.column.name)
    match flag.fault:
        case Fault.UNREADABLE:
            return Name.unreadable(flag.column.name)
        case Fault.BLANK if flag.column.kind in _READABLE:
            return value.is_null()
        case Fault.BLANK | Fault.UNDATED:
            return value.is_null() & ~Name.unreadable(flag.column.name)
        case Fault.SERIAL:
            return Name.unreadable(flag.column.name) & Name.serial(flag.column.name)
        case Fault.UNLISTED:
            recorded = Name.recorded(flag.column.name).is_not_null()
            return recorded & Name.listed(flag.column.name).is_null()
