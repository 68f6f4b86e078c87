"""Working days in SQL: a calendar of all days, and the working days by number."""

from collections.abc import Iterable
from datetime import date

from sgkpi.definitions.bank_holidays import last_known_day
from sgkpi.engines.duckdb.session.session import Session
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Select, Sql
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.expressions import Expression, counts_working_days, working_day_intervals
from sgkpi.model.indicator import Indicator
from sgkpi.planning.columns import with_conditions_of_rows, working_day_limits

_FIRST_DAY = date(1799, 12, 30)  # a Monday
# The first Bank Holidays Act is of 1871: before it every weekday was a working day.
_FIRST_BANK_HOLIDAYS = date(1872, 1, 1)
_DAY, _PASSED, _WORKING = Column("day"), Column("passed"), Column("working")
# Weekdays are counted from a Monday, less the closed ones.
_CALENDAR = """
create or replace table calendar as
with
    days as materialized (select $1::date + n::int as day, n from range($2::date - $1::date + 1) r(n)),
    shut as (
        select day, row_number() over (order by day) as number from (select unnest($3::date[]) as day)
    )
select
    days.day,
    (n // 7 * 5 + least(5, n % 7 + 1) - coalesce(shut.number, 0))::bigint as passed,
    n % 7 < 5 and shut.day is distinct from days.day as working
from days asof left join shut on shut.day <= days.day
"""


def passed_working_days(day: Sql) -> Sql:
    """Return the number of working days of the calendar passed by the end of a day."""
    found = sql.select(_PASSED).from_("calendar", "d").where(_DAY.of("d").eq(day))
    return sql.scalar(found).or_else(sql.fn("kpi_passed_elsewhere", day))


def nth_working_day(start: Sql, amount: int) -> Sql:
    """Return the Nth working day after a day (before it, where negative); with 0, the day itself."""
    if amount == 0:
        return start
    found = sql.select(_due_column(amount)).from_("due_days", "w").where(_DAY.of("w").eq(start))
    return sql.scalar(found).or_else(sql.fn("kpi_due_elsewhere", start, amount))


def join_due_days(query: Select, start: Sql, name: str) -> Select:
    """Return a query joined with the due days of its start days, under an alias."""
    return query.join("due_days", name, on=_DAY.of(name).eq(start), kind="left")


def joined_due(start: Sql, amount: int, name: str) -> Sql:
    """Return the Nth working day after a start day, from the alias under which `join_due_days` joined it."""
    return _due_column(amount).of(name).or_else(sql.fn("kpi_due_elsewhere", start, amount))


def _due_column(amount: int) -> Column:
    return Column(f"in_{amount}" if amount >= 0 else f"{-amount}_before")


def create_calendar(
    session: Session, working_days: WorkingDays, indicators: Iterable[Indicator], others: Iterable[Expression] = ()
) -> None:
    """Create the calendar used by the expressions above, and each day's due days for the working days that they count.

    Nothing is created for indicators and other expressions that count none; a calendar that the session has stays.
    """
    expressions, wanted = list(others), set[int]()
    for each in indicators:
        expressions += with_conditions_of_rows(each)
        wanted.update(working_day_limits(each))
    wanted.update(*map(working_day_intervals, expressions))
    if not wanted and not any(map(counts_working_days, expressions)):
        return
    if session.calendar is not None and session.calendar[0] == working_days and session.calendar[1] >= wanted:
        return
    last = last_known_day()
    closed = working_days.closed_weekdays(_FIRST_BANK_HOLIDAYS, last)
    session.execute(_CALENDAR, [_FIRST_DAY, last, closed])
    if wanted:
        # The working days stand in one list.
        every = sql.fn("list_sort", sql.fn("list", _DAY)).as_("days")
        working = sql.select(every).from_("calendar").where(_WORKING)
        due = (_nth_from(amount).as_(_due_column(amount)) for amount in sorted(wanted))
        days = sql.select(_DAY.of("d"), *due).from_("calendar", "d").join(working, "w", kind="cross")
        session.create("due_days", days)
    session.calendar = (working_days, frozenset(wanted))


def _nth_from(amount: int) -> Sql:
    if amount == 0:
        return _DAY.of("d")
    place = _PASSED.of("d") + amount
    if amount < 0:
        # The working days strictly before a day do not count the day itself.
        place = _PASSED.of("d") - _WORKING.of("d").cast("BIGINT") + (amount + 1)
    numbered = sql.fn("list_extract", Column("days", "w"), place)
    return sql.case([(place >= 1, numbered)], sql.fn("kpi_weekday_numbered", place))
