"""The checks of single rows of a table: each a condition in SQL over its typed rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sgkpi.engines.checks import Check
from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.cells import ALWAYS_READABLE, DATED, has_codes
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.judge_expressions import Names, compile_expression
from sgkpi.engines.duckdb.moments import ZONE, is_later
from sgkpi.engines.duckdb.scan import Fault, Scan, is_faulty
from sgkpi.engines.quality import placing_columns
from sgkpi.extracts.cells import EXCEL_DATE, EXCEL_SERIAL
from sgkpi.model.expressions import Kind, column_refs
from sgkpi.model.indicator import Indicator
from sgkpi.model.table import Column, Rule

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
_REASONS: dict[Kind, tuple[str, tuple[tuple[str, str], ...]]] = {
    Kind.DATE: ("as a date", _DATE_REASONS),
    Kind.DATETIME: ("as a date and time", _DATE_REASONS),
    Kind.MONTH: ("as a month", _DATE_REASONS),
    Kind.BOOLEAN: ("as yes or no", ()),
    Kind.INTEGER: ("as a whole number", _NUMBER_REASONS),
    Kind.NUMBER: ("as a number", _NUMBER_REASONS[:-1]),
}


@dataclass(frozen=True)
class Condition:
    """A check, and the condition under which a row fails it."""

    check: Check
    columns: tuple[str, ...]
    holds: Sql
    detail: str = ""


def conditions_of(scan: Scan, as_of: datetime, awaited: set[tuple[str, str]]) -> Iterator[Condition]:
    """Give every condition that concerns a row of a table alone.

    `awaited` are optional columns, with their tables, whose blanks decide outcomes.
    """
    table = scan.source.table
    for column in scan.declared:
        yield from _unreadable(column)
        if column.required or (table.name, column.name) in awaited:
            check = Check.BLANK if column.required else Check.EMPTY
            yield Condition(check, (column.name,), is_faulty(column, Fault.BLANK))
        if has_codes(column):
            yield Condition(Check.UNLISTED, (column.name,), is_faulty(column, Fault.UNLISTED))
        if column.kind in DATED and not column.planned:
            later = is_later(Name.value(column), column.kind, sql.moment(as_of))
            yield Condition(Check.FUTURE_DATE, (column.name,), later.is_true())
        if column.kind is Kind.DATETIME:
            yield from _clock_changes(column)
    for rule in table.rules:
        yield from _broken(scan, rule, as_of)


def _unreadable(column: Column) -> Iterator[Condition]:
    """Give one condition for each reason; a cell has the first that fits."""
    if column.kind in ALWAYS_READABLE:
        return
    (what, reasons), raw = _REASONS[column.kind], Name.raw(column).cast("VARCHAR")
    forms = [(sql.fn("regexp_full_match", raw, form), number) for number, (form, _) in enumerate(reasons, start=1)]
    reason = sql.case(forms, 0)
    for number, detail in enumerate((what, *(f"{what}: {words}" for _, words in reasons))):
        holds = sql.when(Name.unreadable(column), reason.eq(number), False)
        yield Condition(Check.UNREADABLE, (column.name,), holds, detail)


def _clock_changes(column: Column) -> Iterator[Condition]:
    """Give the conditions of times that the clocks of London showed twice, or never."""
    value = Name.value(column)
    moment = sql.fn("timezone", ZONE, value)
    # Every changing of the clocks has been on a Sunday before four, but for the war, when records were other.
    on_sunday = sql.fn("isodow", value).eq(7) & (sql.fn("hour", value) < 4) & sql.fn("kpi_has_time", value)
    missing = sql.fn("timezone", ZONE, moment).ne(value)
    repeated = sql.fn("timezone", ZONE, moment - sql.fn("to_hours", 1)).eq(value)
    for check, holds in ((Check.MISSING_HOUR, missing), (Check.REPEATED_HOUR, repeated)):
        yield Condition(check, (column.name,), sql.when(on_sunday.is_true(), holds, False))


def _broken(scan: Scan, rule: Rule, as_of: datetime) -> Iterator[Condition]:
    """Give the condition of a rule whose columns the files have."""
    columns = tuple(sorted({ref.column for ref in column_refs(rule.expression)}))
    if all(map(scan.has, columns)):
        names = Names({None: scan.source.table}, sql.moment(as_of), sql.null("DATE"))
        yield Condition(Check.RULE, columns, (~compile_expression(rule.expression, names)).is_true(), rule.name)


def awaited_columns(definitions: Iterable[Indicator]) -> set[tuple[str, str]]:
    """Return, with their tables, the columns that place rows in time, and those that clocks start and stop with."""
    wanted: set[tuple[str, str]] = set()
    for indicator in definitions:
        clock = indicator.clock
        parts = [part for part in (clock.start, clock.stop) if part and not part.related] if clock else []
        names = [*placing_columns(indicator), *(part.column for part in parts)]
        wanted.update((indicator.table.name, name) for name in names)
        for related in indicator.related:
            wanted.update((related.table.name, name) for name in (related.date, related.start) if name is not None)
    return wanted
