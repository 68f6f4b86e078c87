"""From the raw cell of a column to its typed parts, in SQL.

A typed column has up to three parts: its value; whether the cell is unreadable (it holds something
that fits no format of its type); and, for a datetime that may lie at midnight, whether it has a
time of day. Values are held as: text and category VARCHAR, boolean BOOLEAN, integer BIGINT,
number HUGEINT in units of 10^-18, date and month DATE (a month as its first day), datetime
TIMESTAMP in Europe/London.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.columns import Name
from sgkpi.extracts.cells import BLANK_WORDS, EXCEL_SERIAL
from sgkpi.model.expressions import Kind
from sgkpi.model.table import Column, Table

SQL_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.CATEGORY: "VARCHAR",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "HUGEINT",
    Kind.DATE: "DATE",
    Kind.DATETIME: "TIMESTAMP",
    Kind.MONTH: "DATE",
}
_MOMENTS = (Kind.DATE, Kind.DATETIME, Kind.MONTH)
ALWAYS_READABLE = (Kind.TEXT, Kind.CATEGORY)
_FORMS: tuple[Callable[[str], str], ...] = (str, str.capitalize, str.title, str.upper)
_PARSERS = {
    Kind.DATE: "kpi_moment",
    Kind.DATETIME: "kpi_moment",
    Kind.MONTH: "kpi_month",
    Kind.BOOLEAN: "kpi_boolean",
    Kind.INTEGER: "kpi_integer",
    Kind.NUMBER: "kpi_number",
}


@dataclass(frozen=True)
class TypedCell:
    """The parts of a typed column, as SQL; None where they have no meaning.

    `serial` is, for a date, whether the cell is unreadable because it holds a number as Excel counts days.

    A category with codes has its `code`, null for a spelling that none lists; its `value` is that spelling then, and
    else may be null.
    """

    value: Sql
    unreadable: Sql | None = None
    has_time: Sql | None = None
    code: Sql | None = None
    serial: Sql | None = None


@dataclass(frozen=True)
class CellReader:
    """Reads one column in two steps, so that DuckDB works out each costly part once.

    `first` gives named columns from the raw cell; `second` gives the typed parts from those columns.
    """

    first: dict[str, Sql]
    second: TypedCell


def blank_words(table: Table, column: Column) -> tuple[str, ...]:
    """The spellings that mean no value, in small letters, less those that are a code of the column."""
    codes = {fold_text(word) for words in (column.codes or {}).values() for word in words}
    codes |= {fold_text(code) for code in column.codes or {}}
    words = dict.fromkeys([*map(fold_text, BLANK_WORDS), *map(fold_text, table.blanks)])
    return tuple(word for word in words if word and word not in codes)


def fold_text(word: str) -> str:
    """Text as codes and blanks are compared: small letters, no surrounding and no repeated space."""
    return " ".join(word.split()).lower()


def has_codes(column: Column) -> bool:
    """Whether the values of a column are spellings of codes."""
    return column.kind is Kind.CATEGORY and bool(column.codes)


def spellings(column: Column) -> dict[str, str]:
    """Every accepted spelling, folded, with its canonical code."""
    codes = column.codes or {}
    listed = {fold_text(spelling): code for code, words in codes.items() for spelling in words}
    return listed | {fold_text(code): code for code in codes}


def usual_spellings(column: Column) -> dict[str, str]:
    """The accepted spellings as most files write them, letter by letter, with their codes."""
    folded = spellings(column)
    listed = [" ".join(word.split()) for code, words in (column.codes or {}).items() for word in (code, *words)]
    # Beyond ASCII, Python and DuckDB may disagree about what the small letter of a capital is.
    forms = [form(word) for word in (*folded, *listed) if word.isascii() for form in _FORMS]
    return folded | {form: folded[fold_text(form)] for form in forms}


def is_blank(trimmed_text: Sql, words: tuple[str, ...]) -> Sql:
    """Whether trimmed text is empty or one of the blank words; null for null."""
    longest = max((len(word.encode()) for word in words), default=0)
    listed = sql.texts(words)
    if not any(" " in word for word in words):
        return sql.fn("kpi_is_blank", trimmed_text, listed, longest)
    # A blank of several words may come with repeated space, at any length.
    return sql.fn("kpi_is_blank", sql.fn("kpi_folded", trimmed_text), listed, longest)


def holds_nothing(raw: Sql, words: tuple[str, ...]) -> Sql:
    """Whether raw text is blank, in one test."""
    return sql.fn("kpi_holds_nothing", raw, "|".join(r"\s+".join(map(re.escape, word.split())) for word in words))


def join_key(value: Sql, kind: Kind) -> Sql:
    """A typed value as keys are compared: case folded, without a trailing `.0`."""
    return sql.fn("kpi_key", value) if kind in ALWAYS_READABLE else value


def cell_reader(raw: Sql, native: str, column: Column, table: Table, *, spaces_only: bool) -> CellReader:
    """How to read a column whose raw value is `raw`, of the file's own type `native`.

    `spaces_only` says that no white space but the space stands in it.
    """
    native_reader = _native_reader(raw, native, column)
    if native_reader is not None:
        return native_reader
    written = as_text(raw, native)
    if column.kind in ALWAYS_READABLE:
        return _coded_reader(written, column, table) if has_codes(column) else text_reader(written, column, table)
    return _parsed_reader(written, column, table, spaces_only=spaces_only)


def key_reader(raw: Sql, native: str, column: Column, table: Table) -> CellReader:
    """How to read a column of text that is only part of a key: its value is given as keys are compared."""
    words, part, written = (
        blank_words(table, column),
        Name.trimmed(column.name),
        Name.written(column.name),
    )
    blank = holds_nothing(written, words)
    long = sql.fn("strlen", part) > max((len(word.encode()) for word in words), default=0)
    # A blank of several words may come with repeated space, at any length.
    quick = [] if any(" " in word for word in words) else [(long, part)]
    first = {
        Name.trimmed(column.name).name: sql.fn("kpi_key_text", as_text(raw, native)),
        Name.written(column.name).name: as_text(raw, native),
    }
    return CellReader(first, TypedCell(sql.case([*quick, (blank, sql.NULL)], part)))


def _native_reader(raw: Sql, native: str, column: Column) -> CellReader | None:
    """A Parquet column that already has the type: nothing to parse."""
    whole, part = Name.parsed(column.name).name, Name.parsed(column.name)
    if column.kind in _MOMENTS and native in ("date", "timestamp", "timestamp_tz"):
        local = sql.fn("timezone", "Europe/London", raw) if native == "timestamp_tz" else raw
        typed = _moment_cell(part, sql.fn("kpi_is_implausible", part), column, with_time=sql.boolean(native != "date"))
        return CellReader({whole: local.cast("TIMESTAMP")}, replace(typed, serial=sql.FALSE))
    if (column.kind, native) in ((Kind.BOOLEAN, "boolean"), (Kind.INTEGER, "integer")):
        unreadable = part.is_null() & Name.written(column.name).is_not_null()
        first = {whole: raw.cast(SQL_TYPES[column.kind], tried=True), Name.written(column.name).name: raw}
        return CellReader(first, TypedCell(part, unreadable))
    return None


def as_text(raw: Sql, native: str) -> Sql:
    """The text that a cell would have in a CSV; a whole float has no point (a null made it a float)."""
    if native == "text":
        return raw
    spelled = raw.cast("VARCHAR")
    if native != "float":
        return spelled
    small = sql.fn("abs", raw) < (10**15)
    whole = sql.when(small, raw.eq(sql.fn("trunc", raw)), False)
    return sql.when(whole, raw.cast("BIGINT", tried=True).cast("VARCHAR"), sql.fn("kpi_plain", spelled))


def text_reader(written: Sql, column: Column, table: Table) -> CellReader:
    """How to read text as it was recorded, whether or not it is the spelling of a code."""
    name, part = Name.trimmed(column.name).name, Name.trimmed(column.name)
    value = sql.when(is_blank(part, blank_words(table, column)), None, part)
    return CellReader({name: sql.fn("kpi_trimmed", written)}, TypedCell(value))


def _coded_reader(written: Sql, column: Column, table: Table) -> CellReader:
    """Usual spellings are found as they stand: to trim and fold a cell takes several times as long."""
    usual, first = usual_spellings(column), {Name.written(column.name).name: written}
    first[Name.usual(column.name).name] = _looked_up(written, usual)
    raw = Name.written(column.name)
    found = Name.usual(column.name)
    trimmed, is_unusual = sql.fn("kpi_trimmed", raw), found.is_null() & raw.is_not_null()
    recorded = sql.when(is_blank(trimmed, blank_words(table, column)), None, trimmed)
    code = sql.when(is_unusual, code_of(sql.fn("kpi_folded", trimmed), column), found)
    return CellReader(first, TypedCell(sql.when(is_unusual, recorded), code=code))


def code_of(folded: Sql, column: Column) -> Sql:
    """The code that a folded spelling stands for; null for one that no code lists."""
    return _looked_up(folded, spellings(column))


def _looked_up(text: Sql, known: Mapping[str, str]) -> Sql:
    place = sql.fn("list_position", sql.texts(known), text)
    return sql.fn("list_extract", sql.texts(known.values()), place)


def _parsed_reader(written: Sql, column: Column, table: Table, *, spaces_only: bool) -> CellReader:
    words = blank_words(table, column)
    part, raw = Name.parsed(column.name), Name.written(column.name)
    value = _parsed(written, column, spaces_only=spaces_only)
    if table.blanks:
        # A word of the table's own may look like a value (`0`, `01/01/1901`), so it is asked before parsing.
        value = sql.when(holds_nothing(written, words), None, value)
    first = {Name.parsed(column.name).name: value, Name.written(column.name).name: written}
    no_value = part.is_null() & raw.is_not_null()
    not_blank = (no_value, ~holds_nothing(raw, words))
    if column.kind not in _MOMENTS:
        return CellReader(first, TypedCell(part, sql.case([not_blank], False)))
    unreadable = sql.case([not_blank], sql.fn("kpi_is_implausible", part))
    serial = sql.when(no_value, sql.fn("regexp_full_match", raw, EXCEL_SERIAL), False)
    if column.kind is Kind.MONTH:
        return CellReader(first, TypedCell(_month(part, raw), unreadable, serial=serial))
    with_time = sql.fn("contains", raw, ":")
    return CellReader(first, replace(_moment_cell(part, unreadable, column, with_time), serial=serial))


def _parsed(written: Sql, column: Column, *, spaces_only: bool) -> Sql:
    """The value of a cell; of a boolean, by the spellings that are its own before those that every boolean has."""
    if spaces_only and column.kind in (Kind.DATE, Kind.DATETIME):
        return sql.fn("kpi_spaced_moment", written)
    value = sql.fn(_PARSERS[column.kind], written)
    if column.kind is not Kind.BOOLEAN or not column.codes:
        return value
    word = sql.fn("kpi_folded", sql.fn("kpi_trimmed", written))
    spelled = {code: sql.texts(map(fold_text, (code, *words))) for code, words in column.codes.items()}
    found = [(sql.fn("list_contains", words, word), sql.boolean(code == "yes")) for code, words in spelled.items()]
    return sql.case(found, value)


def _month(part: Sql, raw: Sql) -> Sql:
    """The first of the month; a placeholder date is no month, though `1900-01` is one."""
    full_date = sql.fn("strlen", sql.fn("kpi_trimmed", raw)) > 7
    dummy = sql.fn("kpi_is_placeholder", part) & full_date
    empty = dummy | sql.fn("kpi_is_implausible", part)
    return sql.when(empty, None, sql.fn("date_trunc", "month", part).cast("DATE"))


def _moment_cell(part: Sql, unreadable: Sql, column: Column, with_time: Sql) -> TypedCell:
    value = sql.fn("kpi_dated", part)
    match column.kind:
        case Kind.DATE:
            return TypedCell(value.cast("DATE"), unreadable)
        case Kind.MONTH:
            return TypedCell(sql.fn("date_trunc", "month", value).cast("DATE"), unreadable)
        case Kind.DATETIME:
            # What has no value has no time of day either, whatever stands there.
            timed = sql.when(value.is_null(), False, with_time) if column.midnight else None
            return TypedCell(value, unreadable, timed)
        case Kind.TEXT | Kind.CATEGORY | Kind.BOOLEAN | Kind.INTEGER | Kind.NUMBER | Kind.NULL:
            raise ValueError(f"{column.name} holds no moments")
        case _:
            assert_never(column.kind)
