"""Working days in SQL: a calendar of all days, and the working days by number."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeGuard

from sgkpi.definitions.bank_holidays import last_known_day, working_days_in_england
from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Select, Sql
from sgkpi.engines.duckdb.session import Session
from sgkpi.model.expressions import Call, Expression, children
from sgkpi.model.indicator import Indicator
from sgkpi.model.units import Limit, LimitUnit
from sgkpi.planning.columns import expressions_of

_FIRST_DAY = date(1799, 12, 30)  # a Monday
# The first Bank Holidays Act is of 1871: before it every weekday was a working day.
FIRST_BANK_HOLIDAYS = date(1872, 1, 1)
CALENDAR = "calendar"
_DUE_DAYS = "due_days"


def passed_working_days(day: Sql) -> Sql:
    """How many working days of the calendar have passed at the end of a day."""
    found = sql.select(sql.column("passed")).from_(CALENDAR, "d")
    held = found.where(sql.column("day", "d").eq(day))
    return sql.fn("coalesce", sql.scalar(held), sql.fn("kpi_passed_elsewhere", day))


def nth_working_day(start: Sql, amount: int) -> Sql:
    """The Nth working day after a day (before it, where negative); with 0, the day itself."""
    found = sql.select(sql.column(_due_column(amount))).from_(_DUE_DAYS, "w")
    held = found.where(sql.column("day", "w").eq(start))
    return sql.fn("coalesce", sql.scalar(held), sql.fn("kpi_due_elsewhere", start, amount))


def join_due_days(query: Select, start: Sql, name: str) -> Select:
    """A query with the due days of its start days beside it, under a name."""
    return query.join(_DUE_DAYS, name, on=sql.column("day", name).eq(start), kind="left")


def joined_due(start: Sql, amount: int, name: str) -> Sql:
    """The Nth working day after a start day, where `join_due_days` has joined it under a name."""
    return sql.fn("coalesce", sql.column(_due_column(amount), name), sql.fn("kpi_due_elsewhere", start, amount))


def _due_column(amount: int) -> str:
    return f"in_{amount}" if amount >= 0 else f"{-amount}_before"


def create_calendar(session: Session, indicators: Iterable[Indicator], closures: Iterable[date]) -> None:
    """Make the calendar that the expressions above look into, and the due days of every limit in use."""
    last = last_known_day()
    closed = working_days_in_england(closures).closed_weekdays(FIRST_BANK_HOLIDAYS, last)
    session.execute("create or replace table closed as select unnest($1::date[]) as day", [closed])
    session.execute(_CALENDAR, [_FIRST_DAY, last])
    amounts = sorted({amount for indicator in indicators for amount in _amounts(indicator)})
    if amounts:
        session.create(_DUE_DAYS, _due_days(amounts))


def _amounts(indicator: Indicator) -> Iterator[int]:
    """How many working days a definition looks ahead, and (negative) back."""
    if indicator.clock is not None and counts_working_days(indicator.clock.limit):
        yield indicator.clock.limit.amount
    for related in indicator.related:
        if counts_working_days(related.within):
            yield -related.within.amount


def counts_working_days(limit: Limit | None) -> TypeGuard[Limit]:
    """Whether a limit is one in working days."""
    return limit is not None and limit.unit is LimitUnit.WORKING_DAYS


def _due_days(amounts: Iterable[int]) -> Select:
    """For every day, the Nth working day after it, or before it, of each limit: the working days stand in one list."""
    every = sql.fn("list_sort", sql.fn("list", sql.column("day")))
    working = sql.select(every.as_("days")).from_(CALENDAR).where(sql.column("working"))
    due = [_nth_from(amount).as_(_due_column(amount)) for amount in amounts]
    days = sql.select(sql.column("day", "d"), *due).from_(CALENDAR, "d")
    return days.join(working, "w", kind="cross")


def _nth_from(amount: int) -> Sql:
    if amount == 0:
        return sql.column("day", "d")
    passed = sql.column("passed", "d")
    if amount < 0:
        # The working days strictly before a day do not count the day itself.
        passed = (passed - sql.column("working", "d").cast("BIGINT")) + 1
    place = passed + amount
    held = sql.fn("list_extract", sql.column("days", "w"), place)
    return sql.when(place >= 1, held)


# Weekdays are counted from a Monday; the closed ones among them are taken off.
_CALENDAR = """
create or replace table calendar as
with
    days as materialized (select $1::date + n::int as day, n from range($2::date - $1::date + 1) r(n)),
    shut as (select day, row_number() over (order by day) as number from closed)
select
    days.day,
    (n // 7 * 5 + least(5, n % 7 + 1) - coalesce(shut.number, 0))::bigint as passed,
    n % 7 < 5 and shut.day is distinct from days.day as working
from days asof left join shut on shut.day <= days.day
"""


def uses_working_days(indicator: Indicator) -> bool:
    """Whether a definition counts working days anywhere."""
    wheres = [related.where for related in indicator.related if related.where is not None]
    limited = any(True for _ in _amounts(indicator))
    return limited or any(working_day_calls(node) for node in (*expressions_of(indicator), *wheres))


def working_day_calls(node: Expression) -> tuple[Call, ...]:
    """Every call in an expression that counts working days."""
    own = (node,) if isinstance(node, Call) and node.function == "working_days_between" else ()
    return own + tuple(call for child in children(node) for call in working_day_calls(child))
