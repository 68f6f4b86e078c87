"""From the raw cell of a column to its typed columns, in SQL.

A column has up to five typed columns (`columns.py` names them): its value; whether the cell is unreadable (it holds
something that fits no format of its type) and, for a date, whether that is a number as Excel counts days; for a
datetime whether it is the first of the two moments of its time on the clock; and, for one that may lie at midnight,
whether it has a time of day. A category with codes has, until `ingest` joins them,
the code (null for a spelling that none lists) and the spelling as recorded (null for a usual one of a code).

Values are text and category VARCHAR, boolean BOOLEAN, integer BIGINT, number HUGEINT in units of 10^-18, date and month
DATE (a month as its first day), datetime TIMESTAMP in Europe/London.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.sql import ast
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Sql
from sgkpi.extracts.cells import BLANK_WORDS, EXCEL_SERIAL, MIDNIGHT
from sgkpi.model.expressions import Kind
from sgkpi.model.folding import fold
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
DATED = (Kind.DATE, Kind.DATETIME)
MOMENTS = (*DATED, Kind.MONTH)
ALWAYS_READABLE = (Kind.TEXT, Kind.CATEGORY)
_FORMS: tuple[Callable[[str], str], ...] = (str, str.capitalize, str.title, str.upper)
_ANY_LENGTH = 2**31
_PARSERS = {
    Kind.MONTH: "kpi_month",
    Kind.BOOLEAN: "kpi_boolean",
    Kind.INTEGER: "kpi_integer",
    Kind.NUMBER: "kpi_number",
}
# A column is read in two steps, so that DuckDB computes each costly part once: intermediate columns from the raw cell,
# then the typed columns from those.
Steps = tuple[tuple[Sql, ...], tuple[Sql, ...]]


def has_codes(column: Column) -> bool:
    """Return whether the values of a column are spellings of codes."""
    return column.kind is Kind.CATEGORY and bool(column.codes)


def unreadable_parts(columns: Iterable[Column]) -> list[ast.Column]:
    """Return the parts of typed columns that say whether a cell is unreadable; text can always be read."""
    return [Name.unreadable(column) for column in columns if column.kind not in ALWAYS_READABLE]


def has_time_of_day(column: Column) -> Sql:
    """Return whether a datetime has a time of day; if one may lie at midnight, a part of its own says so."""
    return Name.has_time(column) if column.midnight else sql.fn("kpi_has_time", Name.value(column))


def _spellings(column: Column) -> dict[str, str]:
    """Return every accepted spelling, folded, with its canonical code."""
    codes = column.codes or {}
    listed = {fold(spelling): code for code, words in codes.items() for spelling in words}
    return listed | {fold(code): code for code in codes}


def usual_spellings(column: Column) -> dict[str, str]:
    """Return the accepted spellings in the letter cases that most files use, with their codes."""
    folded = _spellings(column)
    listed = [" ".join(word.split()) for code, words in (column.codes or {}).items() for word in (code, *words)]
    # Beyond ASCII, Python and DuckDB may disagree on lower case.
    forms = [form(word) for word in (*folded, *listed) if word.isascii() for form in _FORMS]
    return folded | {form: folded[fold(form)] for form in forms}


def blank_words(table: Table, column: Column | None = None) -> tuple[str, ...]:
    """Return the spellings that mean no value, in lower case, except those that are codes of the column."""
    codes = _spellings(column) if column else {}
    words = dict.fromkeys(map(fold, (*BLANK_WORDS, *table.blanks)))
    return tuple(word for word in words if word and word not in codes)


def is_blank(trimmed_text: Sql, words: tuple[str, ...]) -> Sql:
    """Return whether trimmed text is empty or one of the blank words; false for null."""
    return sql.fn("kpi_is_blank", trimmed_text, _pattern(words), _longest(words))


def _longest(words: tuple[str, ...]) -> int:
    """Return the length in bytes of the longest blank cell."""
    if any(" " in word for word in words):
        return _ANY_LENGTH  # spaces between words may be repeated
    # A letter beyond ASCII, of three bytes or fewer, may fold to one of these, or to several letters.
    plain = {word for word in words if word.isascii() and not {*"skft"} & {*word}}
    return max((len(word) if word in plain else 3 * len(word.encode()) for word in words), default=0)


def holds_nothing(raw: Sql, words: tuple[str, ...]) -> Sql:
    """Return whether raw text is blank, in one test."""
    return sql.fn("kpi_holds_nothing", raw, _pattern(words))


def _pattern(words: tuple[str, ...]) -> str:
    return "|".join(r"[\s\v\x1c-\x1f\x{85}\x{a0}]+".join(map(re.escape, word.split())) for word in words)


def holds_no_value(raw: Sql, column: Column | None, table: Table) -> Sql:
    """Return whether raw text is blank in a column, or in one that the table does not declare; never null."""
    blank = holds_nothing(raw, blank_words(table, column))
    if column is not None and column.kind in MOMENTS:
        blank |= sql.fn("kpi_is_placeholder", sql.fn("kpi_moment", raw, True)).is_true()
    return blank.or_else(True)


def day_of(value: Sql, kind: Kind) -> Sql:
    """Return the day of a date or datetime."""
    return value if kind is Kind.DATE else value.cast("DATE")


def is_later(value: Sql, kind: Kind, moment: Sql, summer: Sql = sql.FALSE) -> Sql:
    """Return whether a date or datetime lies after a moment; one without a time of day counts as midnight.

    Summer time in an hour that occurs twice is over when that hour of GMT begins.
    """
    if kind is Kind.DATE:
        return value > moment.cast("DATE")
    return (value if summer == sql.FALSE else sql.when(summer, sql.fn("date_trunc", "hour", value), value)) > moment


def cell_steps(raw: Sql, native: str, column: Column, table: Table, *, spaces_only: bool) -> Steps:
    """Return how to read a column whose raw value is `raw`, of the file's own type `native`.

    `spaces_only` says that its only white space is the space.
    """
    part, written, text = Name.parsed(column), Name.written(column), as_text(raw, native)
    if column.kind in MOMENTS and native in ("date", "timestamp", "timestamp_tz", "timestamp_utc"):
        utc = _in_utc(raw) if native == "timestamp_tz" else raw.cast("TIMESTAMP")
        in_utc, cell = native in ("timestamp_tz", "timestamp_utc"), raw.cast("TIMESTAMP")
        local = sql.fn("kpi_from_utc", utc, column.midnight) if in_utc else sql.fn("kpi_capped", cell)
        typed = _moment(column, part, native != "date", full_date=sql.TRUE)
        unreadable = sql.fn("kpi_is_implausible", part)
        return (local.as_(part),), _typed(column, *typed, unreadable, sql.FALSE)
    if (column.kind, native) in ((Kind.BOOLEAN, "boolean"), (Kind.INTEGER, "integer")):
        typed_raw = raw.cast(SQL_TYPES[column.kind], tried=True)
        unreadable = part.is_null() & written.is_not_null()
        return (typed_raw.as_(part), raw.as_(written)), _typed(column, part, None, unreadable)
    if has_codes(column):
        return _coded_steps(text, column, table)
    if column.kind in ALWAYS_READABLE:
        trimmed, value = text_steps(text, column, table)
        return (trimmed,), (value.as_(Name.value(column)),)
    return _parsed_steps(text, column, table, spaces_only=spaces_only)


def with_time_of_day(day: Sql, time_of_day: Sql, column: Column, table: Table) -> Sql:
    """Return a day and its time of day from another column as one text; with a blank time, the day alone."""
    alone = sql.fn("regexp_replace", sql.fn("kpi_trimmed", day), MIDNIGHT.pattern, "")
    gap = sql.when(sql.fn("contains", alone, ":"), ", ", " ")
    both = sql.fn("concat", alone, gap, sql.fn("kpi_trimmed", time_of_day))
    no_time = holds_no_value(time_of_day, table.columns[column.with_time or ""], table)
    return sql.case([(holds_no_value(day, column, table), day), (no_time, alone)], both)


def as_text(raw: Sql, native: str) -> Sql:
    """Return the text that a cell would have in a CSV; whole floats have no point, as nulls made them floats."""
    match native:
        case "text":
            return raw
        case "float":
            return sql.fn("kpi_plain", raw.cast("VARCHAR"))
        case "timestamp" | "timestamp_tz" | "timestamp_utc":
            value = _in_utc(raw) if native == "timestamp_tz" else raw.cast("TIMESTAMP")
            text = sql.fn("replace", sql.fn("kpi_moment_text", value, True), "T", " ")
            return text if native == "timestamp" else text.op("||", "+00:00")
        case "date":
            return sql.fn("strftime", raw, "%Y-%m-%d")
        case "binary":
            return sql.fn("try", sql.fn("decode", raw)).or_else(raw.cast("VARCHAR"))
        case _:
            return raw.cast("VARCHAR")


def _in_utc(raw: Sql) -> Sql:
    """Return the time in UTC of an instant, of microseconds or nanoseconds."""
    return sql.fn("timezone", "UTC", raw).cast("TIMESTAMP")


def text_steps(written: Sql, column: Column, table: Table) -> tuple[Sql, Sql]:
    """Return a column of trimmed text and, computed from it, the recorded text (null if blank)."""
    part = Name.trimmed(column)
    value = sql.when(is_blank(part, blank_words(table, column)), None, part)
    return sql.fn("kpi_trimmed", written).as_(part), value


def _coded_steps(text: Sql, column: Column, table: Table) -> Steps:
    """Look up usual spellings without trimming or folding, which take several times as long."""
    raw, found = Name.written(column), Name.usual(column)
    trimmed, is_unusual = sql.fn("kpi_trimmed", raw), found.is_null() & raw.is_not_null()
    recorded = sql.when(is_blank(trimmed, blank_words(table, column)), None, trimmed)
    code = sql.when(is_unusual, code_of(sql.fn("kpi_folded", trimmed), column), found)
    first = text.as_(raw), _looked_up(text, usual_spellings(column)).as_(found)
    return first, (sql.when(is_unusual, recorded).as_(Name.recorded(column)), code.as_(Name.listed(column)))


def code_of(folded: Sql, column: Column) -> Sql:
    """Return the code that a folded spelling stands for; null for one that no code lists."""
    return _looked_up(folded, _spellings(column))


def _looked_up(text: Sql, known: Mapping[str, str]) -> Sql:
    place = sql.fn("list_position", sql.texts(known), text)
    return sql.fn("list_extract", sql.texts(known.values()), place)


def _parsed_steps(text: Sql, column: Column, table: Table, *, spaces_only: bool) -> Steps:
    words, part, raw = blank_words(table, column), Name.parsed(column), Name.written(column)
    value = _parsed(text, column, spaces_only=spaces_only)
    if table.blanks:
        # A blank word of the table's own may look like a value (`0`, `01/01/1901`), so it is checked before parsing.
        value = sql.when(holds_nothing(text, words), None, value)
    no_value = part.is_null() & raw.is_not_null()
    not_blank = ~holds_nothing(raw, words)
    first = (value.as_(part), text.as_(raw))
    if column.kind not in MOMENTS:
        return first, _typed(column, part, None, sql.when(no_value, not_blank, False))
    unreadable = sql.when(no_value, not_blank, sql.fn("kpi_is_implausible", part))
    serial = sql.when(no_value, sql.fn("regexp_full_match", raw, EXCEL_SERIAL), False)
    full_date = sql.fn("strlen", sql.fn("kpi_trimmed", raw)) > 7
    typed = _moment(column, part, sql.fn("contains", raw, ":"), full_date)
    return first, _typed(column, *typed, unreadable, serial)


def _parsed(written: Sql, column: Column, *, spaces_only: bool) -> Sql:
    """Return the value of a cell; a boolean column's own spellings take precedence over the usual ones."""
    if column.kind in DATED:
        return sql.fn("kpi_spaced_moment" if spaces_only else "kpi_moment", written, column.midnight)
    value = sql.fn(_PARSERS[column.kind], written)
    if column.kind is not Kind.BOOLEAN or not column.codes:
        return value
    word = sql.fn("kpi_folded", sql.fn("kpi_trimmed", written))
    spelled = {code: sql.texts(map(fold, (code, *words))) for code, words in column.codes.items()}
    return sql.case([(sql.fn("list_contains", words, word), code == "yes") for code, words in spelled.items()], value)


def _moment(column: Column, part: Sql, with_time: Sql | bool, full_date: Sql) -> tuple[Sql, Sql | None]:
    """Return the value of a parsed date, datetime or month, and whether it has a time of day if that may be unknown.

    A placeholder date is not a month, though `1900-01` is.
    """
    if column.kind is Kind.MONTH:
        empty = (sql.fn("kpi_is_placeholder", part) & full_date) | sql.fn("kpi_is_implausible", part)
        return sql.when(empty, None, sql.fn("date_trunc", "month", sql.fn("kpi_wall", part)).cast("DATE")), None
    value = sql.fn("kpi_dated", part)
    if column.kind is Kind.DATE:
        return value.cast("DATE"), None
    # Without a value there is no time of day either.
    return value, sql.when(value.is_null(), False, with_time) if column.midnight else None


def _typed(
    column: Column, value: Sql, has_time: Sql | None, unreadable: Sql, serial: Sql | None = None
) -> tuple[Sql, ...]:
    parts = [value.as_(Name.value(column)), unreadable.is_true().as_(Name.unreadable(column))]
    parts += [has_time.is_true().as_(Name.has_time(column))] if has_time is not None else []
    if column.kind is Kind.DATETIME:
        parts.append(sql.fn("kpi_is_summer", Name.parsed(column)).is_true().as_(Name.summer(column)))
    parts += [serial.as_(Name.serial(column))] if serial is not None else []
    return tuple(parts)
