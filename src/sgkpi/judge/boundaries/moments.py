"""The moments of boundary cases: starts from which counting goes wrong, and both sides of a limit."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from sgkpi.definitions.wording import name_of_month
from sgkpi.judge.clocks import add_days, add_limit, add_months, instant, known_day
from sgkpi.judge.values import Moment
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.periods import london_time
from sgkpi.model.units import Limit, LimitUnit

MORNING = time(10)
LAST_MINUTE, FIRST_MINUTE = time(23, 59), time(0, 1)
ORDINARY = datetime(2019, 6, 11, 10)
CLOCKS_GO_FORWARD = datetime(2019, 3, 31, 1, tzinfo=UTC)
CLOCKS_GO_BACK = datetime(2019, 10, 27, 1, tzinfo=UTC)
# Beyond this no day can be put before or after another.
LAST_YEAR = 9000


def starts(limit: Limit | None, working_days: WorkingDays, closures: Iterable[date]) -> Iterator[tuple[str, datetime]]:
    """Yield the starts from which a clock with this limit (None: a due moment of its own) is tried, with words."""
    unit = limit.unit if limit is not None else None
    yield "ordinary days, from a Tuesday", ORDINARY
    yield "over a weekend, from a Friday", datetime(2019, 6, 14, 15)
    yield "from a Saturday", datetime(2019, 6, 15, 10)
    yield "over Easter, from Maundy Thursday", datetime(2019, 4, 18, 10)
    if unit in (None, LimitUnit.WORKING_DAYS):
        yield "over Christmas, from 24 December", datetime(2018, 12, 24, 10)
        for day in sorted(closures)[-1:]:
            yield "over a local closure day", datetime.combine(add_days(day, -1), MORNING)
    elif limit is not None and unit is not LimitUnit.HOURS:  # a due day that is no working day moves none of these
        for words, due in (("due on a Saturday", date(2019, 6, 15)), ("due on Good Friday", date(2019, 4, 19))):
            yield words, datetime.combine(known_day(add_limit(due, limit, working_days, sign=-1)), MORNING)
    if limit is not None and unit is LimitUnit.MONTHS:
        yield from _from_month_ends(limit.amount)
    else:
        yield "over a month's end, from 31 August", datetime(2019, 8, 31, 10)
        yield "over the end of February", datetime(2019, 2, 28, 10)
        yield "over 29 February", datetime(2020, 2, 28, 10)
    for words, change in (("as clocks go forward", CLOCKS_GO_FORWARD), ("as clocks go back", CLOCKS_GO_BACK)):
        start = datetime.combine(add_days(change.date(), -1), time(12))
        if limit is not None and unit is LimitUnit.HOURS:
            start = london_time(change - timedelta(hours=limit.amount) / 2).replace(second=0, microsecond=0)
        yield f"{words}, from {_spoken(start)}", start


def _from_month_ends(months: int) -> Iterator[tuple[str, datetime]]:
    for due in (date(2019, 2, 28), date(2020, 2, 29)):
        last_day = add_days(add_months(due.replace(day=1), 1 - months), -1)
        yield f"from {_spoken(last_day)}, due in a February of {due.day} days", datetime.combine(last_day, MORNING)
    if months % 12 == 0:
        yield "from 29 February", datetime(2020, 2, 29, 10)


def _spoken(day: date) -> str:
    return f"{day.day} {name_of_month(day)}"


def edges(due: date | datetime, *, with_times: bool) -> tuple[tuple[str, date | datetime], ...]:
    """Return the moments just inside a limit, exactly at it and just outside it, each with its words.

    Around a due day they are days or, with times, moments of them: what is due on a day is so until its end.
    """
    if due.year >= LAST_YEAR:
        return ()
    if isinstance(due, datetime):
        earlier, later = (london_time(instant(Moment(due)) + timedelta(minutes=minutes)) for minutes in (-1, 1))
        return ("a minute before it is due", earlier), ("exactly when due", due), ("a minute later", later)
    before, after = add_days(due, -1), add_days(due, 1)
    if not with_times:
        return ("the day before it is due", before), ("on the day it is due", due), ("the day after", after)
    return (
        ("the day before it is due", datetime.combine(before, LAST_MINUTE)),
        ("in the last minute of the day it is due", datetime.combine(due, LAST_MINUTE)),
        ("in the first minute after", datetime.combine(after, FIRST_MINUTE)),
    )
