"""From the text of a cell to its typed value, in SQL.

A typed column has up to three parts: its value; whether the cell is unreadable (it holds something
that fits no format of its type); and, for a datetime that may lie at midnight, whether it has a
time of day. Values are held as: text and category VARCHAR, boolean BOOLEAN, integer BIGINT,
number HUGEINT in units of 10^-18, date and month DATE (a month as its first day), datetime
TIMESTAMP in Europe/London.
"""

import re
from dataclasses import dataclass

from sgkpi.definitions.expressions.nodes import Kind
from sgkpi.definitions.tables import Column, Table
from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.sql import Sql
from sgkpi.extracts.cells import BLANK_WORDS, WHITESPACE

DECIMALS = 18
WHOLE_DIGITS = 20
NUMBER_SCALE = 10**DECIMALS
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
_ALWAYS_READABLE = (Kind.TEXT, Kind.CATEGORY)

# The canonical forms by their length in bytes: at that length a format leaves no room for a missing digit.
_FORMATS_BY_LENGTH = {
    19: ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M:%S"),
    10: ("%Y-%m-%d", "%d/%m/%Y"),
    16: ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"),
    23: ("%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f"),
    11: ("%d-%b-%Y",),
}
_ZONE = r"(Z|z|[+-]([01]\d|2[0-3]):[0-5]\d)"
_ISO_DATE = r"\d{4}-\d{1,2}-\d{1,2}"
_ISO_TIME = rf"{_ISO_DATE}( +|T)\d{{1,2}}:\d{{2}}(:\d{{2}}(\.\d{{1,9}})?)?"
_BRITISH = r"\d{1,2}/\d{1,2}/\d{4}( +\d{1,2}:\d{2}(:\d{2})?)?"
_ABBREVIATED = r"\d{1,2}-[A-Za-z]{3}-\d{4}"
_ANY_MOMENT = f"{_ISO_DATE}|{_ISO_TIME}|{_BRITISH}|{_ABBREVIATED}"
_SPACES = "".join(f"\\x{{{ord(character):x}}}" for character in WHITESPACE)
_ZONED_PLACEHOLDER = rf"^[{_SPACES}]*(1900-0?1-0?1|9999-12-31)( +|T).*(Z|z|:\d\d)[{_SPACES}]*$"
_YEAR_MONTH = r"\d{4}-\d{2}"
_MONTH_YEAR = r"\d{1,2}/\d{4}"
_EARLIEST_YEAR = 1000
_PLACEHOLDERS = ("1900-01-01", "9999-12-31")
_NUMBER = r"[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d+)?"


@dataclass(frozen=True)
class TypedCell:
    """The parts of a typed column, as SQL; `unreadable` and `has_time` are None where they have no meaning."""

    value: Sql
    unreadable: Sql | None = None
    has_time: Sql | None = None


@dataclass(frozen=True)
class CellReader:
    """Reads one column in two steps, so that DuckDB works out each costly part once.

    `first` gives named columns from the raw cell; `second` gives the typed parts from those columns.
    `spelling` is, for a category with codes, the text to look up among the spellings of its codes.
    """

    first: dict[str, Sql]
    second: TypedCell
    spelling: Sql | None = None


def trimmed(raw: Sql) -> Sql:
    """Text without surrounding space; the test before it is what makes it cheap."""
    last = sql.fn("right", raw.copy(), 1)
    unusual = sql.or_(
        [
            sql.binary("<", raw.copy(), sql.text("!")),
            sql.binary("<", last, sql.text("!")),
            sql.binary("<>", sql.fn("strlen", raw.copy()), sql.fn("length", raw.copy())),
        ]
    )
    return sql.case([(unusual, sql.fn("trim", raw.copy(), WHITESPACE))], raw.copy())


def blank_words(table: Table, column: Column) -> tuple[str, ...]:
    """The spellings that mean no value, in small letters, less those that are a code of the column."""
    codes = {fold_text(word) for words in (column.codes or {}).values() for word in words}
    codes |= {fold_text(code) for code in column.codes or {}}
    words = dict.fromkeys([*map(fold_text, BLANK_WORDS), *map(fold_text, table.blanks)])
    return tuple(word for word in words if word and word not in codes)


def fold_text(word: str) -> str:
    """Text as codes and blanks are compared: small letters, no surrounding and no repeated space."""
    return " ".join(word.split()).lower()


def is_blank(trimmed_text: Sql, words: tuple[str, ...]) -> Sql:
    """Whether trimmed text is empty or one of the blank words; null for null."""
    longest = max((len(word.encode()) for word in words), default=0)
    spaced = any(" " in word for word in words)
    short = sql.binary("<=", sql.fn("strlen", trimmed_text.copy()), sql.number(4 * longest if spaced else longest))
    word = _single_spaced(sql.fn("lower", trimmed_text.copy())) if spaced else sql.fn("lower", trimmed_text.copy())
    listed = sql.in_(word, [sql.text(word) for word in ("", *words)])
    return sql.case([(short, listed), (sql.is_not_null(trimmed_text.copy()), sql.FALSE.copy())], sql.null("BOOLEAN"))


def _single_spaced(value: Sql) -> Sql:
    return sql.fn("regexp_replace", value, r"\s+", " ", "g")


def folded(value: Sql) -> Sql:
    """Text in small letters, repeated space as one."""
    repeated = sql.fn("contains", value.copy(), "  ")
    lower = sql.fn("lower", value.copy())
    return sql.case([(repeated, _single_spaced(lower))], lower.copy())


def holds_nothing(raw: Sql, words: tuple[str, ...]) -> Sql:
    """Whether raw text is blank, in one test: what stands in a cell that did not parse is asked for few rows only.

    A part that occurred twice would be worked out beforehand for every row.
    """
    listed = "|".join(r"\s+".join(map(re.escape, word.split())) for word in words)
    return sql.fn("regexp_full_match", raw.copy(), f"(?i)[{_SPACES}]*({listed})?[{_SPACES}]*")


def join_key(value: Sql, kind: Kind) -> Sql:
    """A typed value as keys are compared: case folded, without a trailing `.0`."""
    if kind not in _ALWAYS_READABLE:
        return value
    lower = sql.fn("lower", value)
    length = sql.subtract(sql.fn("length", value.copy()), sql.number(2))
    return sql.case([(sql.fn("ends_with", value.copy(), ".0"), sql.fn("left", lower.copy(), length))], lower)


def cell_reader(raw: Sql, native: str, column: Column, table: Table, *, coded: bool) -> CellReader:
    """How to read a column whose raw value is `raw`, of the file's own type `native`.

    `coded` says that its values are spellings, to be looked up.
    """
    native_reader = _native_reader(raw, native, column)
    if native_reader is not None:
        return native_reader
    as_text = _as_text(raw, native)
    if column.kind in _ALWAYS_READABLE:
        return _text_reader(as_text, column, table, coded=coded)
    return _parsed_reader(as_text, column, table)


def _native_reader(raw: Sql, native: str, column: Column) -> CellReader | None:
    """A Parquet column that already has the type: nothing to parse."""
    whole, part = f"p_{column.name}", sql.column(f"p_{column.name}")
    if column.kind in _MOMENTS and native in ("date", "timestamp", "timestamp_tz"):
        local = sql.fn("timezone", "Europe/London", raw) if native == "timestamp_tz" else raw
        typed = _moment_cell(part, _is_implausible(part), column, with_time=sql.boolean(native != "date"))
        return CellReader({whole: sql.cast(local, "TIMESTAMP")}, typed)
    if (column.kind, native) in ((Kind.BOOLEAN, "boolean"), (Kind.INTEGER, "integer")):
        unreadable = sql.and_([sql.is_null(part), sql.is_not_null(sql.column(f"r_{column.name}"))])
        first = {whole: sql.try_cast(raw, SQL_TYPES[column.kind]), f"r_{column.name}": raw.copy()}
        return CellReader(first, TypedCell(part.copy(), unreadable))
    return None


def _as_text(raw: Sql, native: str) -> Sql:
    """The text that a cell would have in a CSV; a whole float has no point (a null made it a float)."""
    if native == "text":
        return raw
    spelled = sql.cast(raw.copy(), "VARCHAR")
    if native != "float":
        return spelled
    small = sql.binary("<", sql.fn("abs", raw.copy()), sql.number(10**15))
    whole = sql.case([(small, sql.eq(raw.copy(), sql.fn("trunc", raw.copy())))], sql.FALSE.copy())
    return sql.case([(whole, sql.cast(sql.cast(raw.copy(), "BIGINT"), "VARCHAR"))], spelled)


def _text_reader(as_text: Sql, column: Column, table: Table, *, coded: bool) -> CellReader:
    name, part = f"t_{column.name}", sql.column(f"t_{column.name}")
    value = sql.case([(is_blank(part, blank_words(table, column)), sql.null())], part.copy())
    return CellReader({name: trimmed(as_text)}, TypedCell(value), folded(part) if coded else None)


def _parsed_reader(as_text: Sql, column: Column, table: Table) -> CellReader:
    words = blank_words(table, column)
    # A word of the table's own may look like a value (`0`, `01/01/1901`), so it is asked before parsing.
    own_words = holds_nothing(as_text, words)
    safe = sql.case([(own_words, sql.null())], as_text.copy()) if table.blanks else as_text
    part, raw = sql.column(f"p_{column.name}"), sql.column(f"r_{column.name}")
    first = {f"p_{column.name}": _PARSERS[column.kind](safe), f"r_{column.name}": as_text.copy()}
    is_value = sql.is_not_null(part.copy())
    blank = sql.fn("coalesce", holds_nothing(raw, words), sql.TRUE.copy())
    if column.kind not in _MOMENTS:
        return CellReader(first, TypedCell(part, sql.case([(is_value, sql.FALSE.copy())], sql.not_(blank))))
    unreadable = sql.case([(is_value, _is_implausible(part))], sql.not_(blank))
    if column.kind is Kind.MONTH:
        return CellReader(first, TypedCell(_month(part, raw), unreadable))
    with_time = sql.fn("contains", raw.copy(), ":")
    return CellReader(first, _moment_cell(part, unreadable, column, with_time))


def _month(part: Sql, raw: Sql) -> Sql:
    """The first of the month; a placeholder date is no month, though `1900-01` is one."""
    full_date = sql.binary(">", sql.fn("strlen", trimmed(raw)), sql.number(7))
    dummy = sql.and_([_is_placeholder(part), full_date])
    empty = sql.or_([dummy, _is_implausible(part)])
    return sql.case([(empty, sql.null())], sql.cast(sql.fn("date_trunc", "month", part.copy()), "DATE"))


def _moment_cell(part: Sql, unreadable: Sql, column: Column, with_time: Sql) -> TypedCell:
    empty = sql.or_([_is_placeholder(part), _is_implausible(part)])
    value = sql.case([(empty, sql.null("TIMESTAMP"))], part.copy())
    match column.kind:
        case Kind.DATE:
            return TypedCell(sql.cast(value, "DATE"), unreadable)
        case Kind.MONTH:
            return TypedCell(sql.cast(sql.fn("date_trunc", "month", value), "DATE"), unreadable)
        case _:
            return TypedCell(value, unreadable, with_time if column.midnight else None)


def _is_placeholder(value: Sql) -> Sql:
    days = [sql.cast(sql.text(day), "DATE") for day in _PLACEHOLDERS]
    return sql.in_(sql.cast(value.copy(), "DATE"), days)


def _is_implausible(value: Sql) -> Sql:
    """A year of fewer than four digits, which no listed form has."""
    earliest = sql.cast(sql.text(f"{_EARLIEST_YEAR}-01-01"), "TIMESTAMP")
    return sql.binary("<", value.copy(), earliest)


def _parse_moment(raw: Sql) -> Sql:
    """A date or datetime in one of the listed forms; null for anything else."""
    by_length = [
        (sql.eq(sql.fn("strlen", raw.copy()), sql.number(length)), _strptime(raw, formats))
        for length, formats in _FORMATS_BY_LENGTH.items()
    ]
    return sql.fn("coalesce", sql.case(by_length, sql.null("TIMESTAMP")), _parse_unusual(raw))


def _strptime(raw: Sql, formats: tuple[str, ...]) -> Sql:
    listed = sql.fn("list_value", *formats) if len(formats) > 1 else sql.text(formats[0])
    return sql.fn("try_strptime", raw.copy(), listed)


def _parse_unusual(raw: Sql) -> Sql:
    """The forms without leading zeros, with a zone, with a finer fraction or with space around them."""
    plain = sql.fn("regexp_extract", raw.copy(), f"^[{_SPACES}]*({_ANY_MOMENT})[{_SPACES}]*$", 1)
    formats = tuple(dict.fromkeys(form for forms in _FORMATS_BY_LENGTH.values() for form in forms))
    unzoned = _strptime(_to_microseconds(plain), formats)
    placeholder = sql.fn("regexp_matches", raw.copy(), _ZONED_PLACEHOLDER)
    dummy = sql.case([(placeholder, sql.cast(sql.text(_PLACEHOLDERS[0]), "TIMESTAMP"))], sql.null("TIMESTAMP"))
    zoned = sql.fn("regexp_extract", raw.copy(), f"^[{_SPACES}]*({_ISO_TIME}{_ZONE})[{_SPACES}]*$", 1)
    instant = sql.try_cast(sql.fn("upper", _to_microseconds(zoned)), "TIMESTAMPTZ")
    return sql.fn("coalesce", unzoned, dummy, sql.fn("timezone", "Europe/London", instant))


def _to_microseconds(word: Sql) -> Sql:
    return sql.fn("regexp_replace", word, r"(\.\d{6})\d*", r"\1")


def _parse_month(raw: Sql) -> Sql:
    word = trimmed(raw)
    year_first = sql.fn("try_strptime", word.copy(), "%Y-%m")
    year_last = sql.fn("try_strptime", word.copy(), "%m/%Y")
    return sql.case(
        [
            (sql.fn("regexp_full_match", word.copy(), _YEAR_MONTH), year_first),
            (sql.fn("regexp_full_match", word.copy(), _MONTH_YEAR), year_last),
        ],
        _parse_moment(raw),
    )


def _parse_boolean(raw: Sql) -> Sql:
    word = folded(trimmed(raw))
    yes = [sql.text(each) for each in ("yes", "y", "true", "1")]
    no = [sql.text(each) for each in ("no", "n", "false", "0")]
    return sql.case(
        [(sql.in_(word, yes), sql.TRUE.copy()), (sql.in_(word.copy(), no), sql.FALSE.copy())], sql.null()
    )


def _parse_number(raw: Sql) -> Sql:
    """A decimal in units of 10^-18: its whole digits followed by its eighteen decimals."""
    word = trimmed(raw)
    fits = sql.and_(
        [
            sql.fn("regexp_full_match", word.copy(), _NUMBER),
            sql.fn("regexp_matches", word.copy(), r"\d"),
            sql.not_(sql.fn("regexp_matches", word.copy(), rf"\.\d{{{DECIMALS + 1}}}")),
            sql.not_(sql.fn("regexp_matches", sql.fn("replace", word.copy(), ",", ""), rf"\d{{{WHOLE_DIGITS + 1}}}")),
        ]
    )
    digits = sql.fn("ltrim", sql.fn("replace", word.copy(), ",", ""), "+")
    whole = sql.fn("split_part", digits.copy(), ".", 1)
    decimals = sql.fn("rpad", sql.fn("split_part", digits.copy(), ".", 2), DECIMALS, "0")
    return sql.when(fits, sql.try_cast(sql.fn("concat", whole, decimals), "HUGEINT"))


def _parse_integer(raw: Sql) -> Sql:
    scaled = _parse_number(raw)
    remainder = sql.binary("%", scaled.copy(), sql.cast(sql.number(NUMBER_SCALE), "HUGEINT"))
    whole = sql.binary("//", scaled, sql.cast(sql.number(NUMBER_SCALE), "HUGEINT"))
    return sql.when(sql.eq(remainder, sql.number(0)), sql.try_cast(whole, "BIGINT"))


_PARSERS = {
    Kind.DATE: _parse_moment,
    Kind.DATETIME: _parse_moment,
    Kind.MONTH: _parse_month,
    Kind.BOOLEAN: _parse_boolean,
    Kind.INTEGER: _parse_integer,
    Kind.NUMBER: _parse_number,
}
