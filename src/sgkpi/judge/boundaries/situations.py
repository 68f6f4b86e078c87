"""The starts of boundary cases: ordinary days, and days on which counting goes wrong."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sgkpi.judge.clocks import add_days, add_limit, add_months, wall_time
from sgkpi.judge.values import Moment, day_of
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.units import Limit, LimitUnit

MORNING = time(10)
AFTERNOON = time(15)
NOON = time(12)
TUESDAY = date(2019, 6, 11)
FRIDAY = date(2019, 6, 14)
SATURDAY = date(2019, 6, 15)
MAUNDY_THURSDAY = date(2019, 4, 18)
GOOD_FRIDAY = date(2019, 4, 19)
CHRISTMAS_EVE = date(2018, 12, 24)
END_OF_AUGUST = date(2019, 8, 31)
FEBRUARIES = (date(2019, 2, 28), date(2020, 2, 29))
LEAP_DAY = date(2020, 2, 29)
CLOCKS_GO_FORWARD = datetime(2019, 3, 31, 1, tzinfo=UTC)
CLOCKS_GO_BACK = datetime(2019, 10, 27, 1, tzinfo=UTC)
MONTHS_IN_YEAR = 12


@dataclass(frozen=True)
class StartSituation:
    """A moment from which a clock runs, and in words what is particular about it."""

    words: str
    start: datetime


def ordinary() -> StartSituation:
    """A start in the middle of a week without holidays."""
    return StartSituation("ordinary days, from a Tuesday", datetime.combine(TUESDAY, MORNING))


def situations(limit: Limit | None, working_days: WorkingDays, closures: Iterable[date]) -> tuple[StartSituation, ...]:
    """The starts that a clock with this limit (None: a due moment of its own) is tried from."""
    found = [ordinary(), *_over_days_off(limit, closures), *_to_days_off(limit, working_days)]
    found += [*_over_month_ends(limit), *_over_clock_changes(limit)]
    return tuple(found)


def _over_days_off(limit: Limit | None, closures: Iterable[date]) -> Iterator[StartSituation]:
    yield StartSituation("over a weekend, from a Friday", datetime.combine(FRIDAY, AFTERNOON))
    yield StartSituation("from a Saturday", datetime.combine(SATURDAY, MORNING))
    yield StartSituation("over Easter, from Maundy Thursday", datetime.combine(MAUNDY_THURSDAY, MORNING))
    if _counts_working_days(limit):
        yield StartSituation("over Christmas, from 24 December", datetime.combine(CHRISTMAS_EVE, MORNING))
        for day in sorted(closures)[-1:]:
            yield StartSituation("over a local closure day", datetime.combine(add_days(day, -1), MORNING))


def _to_days_off(limit: Limit | None, working_days: WorkingDays) -> Iterator[StartSituation]:
    """Starts whose due day is no working day, which moves no limit but one in working days."""
    if limit is None or limit.unit in (LimitUnit.HOURS, LimitUnit.WORKING_DAYS):
        return
    for words, due in (("due on a Saturday", SATURDAY), ("due on Good Friday", GOOD_FRIDAY)):
        start = day_of(add_limit(due, limit, working_days, sign=-1)) or due
        yield StartSituation(words, datetime.combine(start, MORNING))


def _over_month_ends(limit: Limit | None) -> Iterator[StartSituation]:
    if limit is None or limit.unit is not LimitUnit.MONTHS:
        yield StartSituation("over a month's end, from 31 August", datetime.combine(END_OF_AUGUST, MORNING))
        yield StartSituation("over the end of February", datetime.combine(date(2019, 2, 28), MORNING))
        yield StartSituation("over 29 February", datetime.combine(date(2020, 2, 28), MORNING))
        return
    for end in FEBRUARIES:
        start = _last_day_before(end, limit.amount)
        yield StartSituation(
            f"from {_spoken(start)}, due in a February of {end.day} days", datetime.combine(start, MORNING)
        )
    if limit.amount % MONTHS_IN_YEAR == 0:
        yield StartSituation("from 29 February", datetime.combine(LEAP_DAY, MORNING))


def _last_day_before(day: date, months: int) -> date:
    """Return the last day of the month that lies some months before a day's."""
    return add_days(add_months(day.replace(day=1), 1 - months), -1)


def _over_clock_changes(limit: Limit | None) -> Iterator[StartSituation]:
    for words, change in (("as clocks go forward", CLOCKS_GO_FORWARD), ("as clocks go back", CLOCKS_GO_BACK)):
        if limit is not None and limit.unit is LimitUnit.HOURS:
            start = wall_time(change - timedelta(hours=limit.amount) / 2).replace(second=0, microsecond=0)
        else:
            start = datetime.combine(add_days(change.date(), -1), NOON)
        yield StartSituation(f"{words}, from {_spoken(start.date())}", start)


def _counts_working_days(limit: Limit | None) -> bool:
    return limit is None or limit.unit is LimitUnit.WORKING_DAYS


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B}"


def due_of(start: date | datetime, limit: Limit, working_days: WorkingDays) -> date | datetime:
    """Return when a limit runs out: a moment for hours, else a day."""
    moment = Moment(start) if isinstance(start, datetime) else start
    due = add_limit(moment, limit, working_days)
    if limit.unit is LimitUnit.HOURS and isinstance(due, Moment):
        return due.value
    return day_of(due) or date.max
