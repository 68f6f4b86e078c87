"""The conditions of what can be wrong with single rows of a table, in SQL over its typed rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sgkpi.engines.checks import Check
from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.cells import has_codes
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.expressions import Names, compile_expression
from sgkpi.engines.duckdb.moments import ZONE, is_later
from sgkpi.engines.duckdb.scan import Scan, key_part
from sgkpi.engines.quality import placing_columns
from sgkpi.extracts.cells import EXCEL_DATE, EXCEL_SERIAL
from sgkpi.model.expressions import Kind, column_refs
from sgkpi.model.indicator import Indicator
from sgkpi.model.table import Column, Rule

_DATED = (Kind.DATE, Kind.DATETIME)
_READABLE = (Kind.TEXT, Kind.CATEGORY)
_NUMERIC = (Kind.INTEGER, Kind.NUMBER)

# Why a cell cannot be read, so that somebody can correct it: the first form that fits. Any other cell is just
# not a date, not a number.
_DATE_REASONS = (
    (EXCEL_SERIAL, EXCEL_DATE),
    (
        r"\s*(0?[1-9]|1[0-2])/(1[3-9]|2\d|3[01])/\d{4}(\D.*)?",
        "the month stands before the day; export it as 2019-02-05",
    ),
    (r"\s*\d{1,2}[-/. ]([A-Za-z]{3,9}|\d{1,2})[-/. ]\d{2}(\D.*)?", "its year has two digits; export it with four"),
    (r"\s*(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{4})([ T].*)?", "there is no such day or time"),
)
_NUMBER_REASONS = (
    (r"\s*#.*", "it is an error of a spreadsheet; mend the formula"),
    (r"\s*[<>≤≥].*", "it is a range; export the number"),
    (r"\s*[-+]?\d[\d,]*\.\d*[1-9]\d*\s*", "it has decimals"),
)
_WHAT = {
    Kind.DATE: "as a date",
    Kind.DATETIME: "as a date and time",
    Kind.MONTH: "as a month",
    Kind.BOOLEAN: "as yes or no",
    Kind.INTEGER: "as a whole number",
    Kind.NUMBER: "as a number",
}


@dataclass(frozen=True)
class Counterpart:
    """A column whose values should be in another table too: in `keys`, the table of their join values."""

    column: str
    other: str
    keys: str
    check: Check


@dataclass(frozen=True)
class Condition:
    """A check, and the condition under which a row fails it."""

    check: Check
    columns: tuple[str, ...]
    holds: Sql
    detail: str = ""


def conditions(
    scan: Scan, as_of: datetime, awaited: Sequence[str], counterparts: Sequence[Counterpart]
) -> Iterator[Condition]:
    """Give every condition that is looked for in the single rows of a table.

    `awaited` are optional columns whose blanks decide outcomes.
    """
    for column in scan.declared:
        yield from _unreadable(column)
        yield from _blank(column, awaited)
        yield from _unlisted(column)
        yield from _later(column, as_of)
        yield from _clock_changes(column)
    for rule in scan.source.table.rules:
        yield from _broken(scan, rule, as_of)
    for counterpart in counterparts:
        yield _without_counterpart(scan, counterpart)


def _unreadable(column: Column) -> Iterator[Condition]:
    """Give one condition for each reason; a cell has the first that fits."""
    if column.kind in _READABLE:
        return
    unreadable, raw = Name.unreadable(column.name), Name.raw(column.name).cast("VARCHAR")
    reasons = _reasons(column.kind)
    branches = [
        (sql.fn("regexp_full_match", raw, form), sql.number(place)) for place, (form, _) in enumerate(reasons, start=1)
    ]
    place = sql.case(branches, 0)
    for number, reason in enumerate(["", *(words for _, words in reasons)]):
        holds = sql.when(unreadable, place.eq(number), False)
        yield Condition(Check.UNREADABLE, (column.name,), holds, _reason(column.kind, reason))


def _reasons(kind: Kind) -> tuple[tuple[str, str], ...]:
    if kind in (*_DATED, Kind.MONTH):
        return _DATE_REASONS
    whole_only = _NUMBER_REASONS if kind is Kind.INTEGER else _NUMBER_REASONS[:-1]
    return whole_only if kind in _NUMERIC else ()


def _reason(kind: Kind, reason: str) -> str:
    return f"{_WHAT[kind]}: {reason}" if reason else _WHAT[kind]


def _blank(column: Column, awaited: Sequence[str]) -> Iterator[Condition]:
    if not column.required and column.name not in awaited:
        return
    blank = Name.value(column.name).is_null()
    if column.kind not in _READABLE:
        blank = blank & ~Name.unreadable(column.name)
    yield Condition(Check.BLANK if column.required else Check.EMPTY, (column.name,), blank)


def _unlisted(column: Column) -> Iterator[Condition]:
    if has_codes(column):
        recorded = Name.recorded(column.name).is_not_null()
        unknown = recorded & Name.listed(column.name).is_null()
        yield Condition(Check.UNLISTED, (column.name,), unknown)


def _later(column: Column, as_of: datetime) -> Iterator[Condition]:
    if column.kind in _DATED and not column.planned:
        later = is_later(Name.value(column.name), column.kind, sql.moment(as_of))
        yield Condition(Check.FUTURE_DATE, (column.name,), later.is_true())


def _clock_changes(column: Column) -> Iterator[Condition]:
    """Give the conditions of times that the clocks of London showed twice, or never."""
    if column.kind is not Kind.DATETIME:
        return
    value = Name.value(column.name)
    moment = sql.fn("timezone", ZONE, value)
    # Every changing of the clocks has been on a Sunday before four, but for the war, when records were other.
    on_sunday = [
        sql.fn("isodow", value).eq(7),
        sql.fn("hour", value) < 4,
        sql.fn("kpi_has_time", value),
    ]
    may_change = sql.and_(on_sunday).is_true()
    missing = sql.fn("timezone", ZONE, moment).ne(value)
    hour_before = sql.fn("timezone", ZONE, value) - sql.fn("to_hours", 1)
    repeated = sql.fn("timezone", ZONE, hour_before).eq(value)
    for check, holds in ((Check.MISSING_HOUR, missing), (Check.REPEATED_HOUR, repeated)):
        yield Condition(check, (column.name,), sql.when(may_change, holds, False))


def _broken(scan: Scan, rule: Rule, as_of: datetime) -> Iterator[Condition]:
    """Give the condition of a rule whose columns the files have."""
    columns = tuple(sorted({ref.column for ref in column_refs(rule.expression)}))
    if all(map(scan.has, columns)):
        names = Names({None: scan.source.table}, sql.moment(as_of), sql.null("DATE"))
        holds = (~compile_expression(rule.expression, names)).is_true()
        yield Condition(Check.RULE, columns, holds, rule.name)


def _without_counterpart(scan: Scan, counterpart: Counterpart) -> Condition:
    known = sql.select(sql.column("key")).from_(counterpart.keys)
    found = key_part(scan.source.table.columns[counterpart.column]).is_in(known)
    holds = Name.value(counterpart.column).is_not_null() & ~found
    return Condition(counterpart.check, (counterpart.column,), holds, counterpart.other)


def awaited_columns(definitions: Sequence[Indicator]) -> Mapping[str, tuple[str, ...]]:
    """Return, by table, the columns that place its rows in time, and those that clocks start and stop with."""
    wanted: dict[str, dict[str, None]] = {}
    for indicator in definitions:
        names = wanted.setdefault(indicator.table.name, {})
        names.update(dict.fromkeys(placing_columns(indicator)))
        clock = indicator.clock
        for part in (clock.start, clock.stop) if clock else ():
            if part is not None and part.related is None:
                names[part.column] = None
        for related in indicator.related:
            dating = (name for name in (related.date, related.start) if name is not None)
            wanted.setdefault(related.table.name, {}).update(dict.fromkeys(dating))
    return {table: tuple(columns) for table, columns in wanted.items()}
