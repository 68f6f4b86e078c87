"""Time arithmetic: elapsed time in Europe/London, calendar days and months, limits."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import assert_never

from sgkpi.judge.values import Moment, Value, day_of, has_time
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.expressions import Unit
from sgkpi.model.periods import LONDON, Month, london_time
from sgkpi.model.units import Limit, LimitUnit

MICROSECONDS_IN_HOUR = 3_600_000_000


def instant(moment: Moment) -> datetime:
    """Return the UTC time of a moment.

    A time that occurs twice is read as GMT, the second of the two (PEP 495's fold 1), unless it is known to be
    summer time. One that does not exist is read one hour later; there fold 0 gives what is wanted.
    """
    second = moment.value.replace(tzinfo=LONDON, fold=1).astimezone(UTC)
    if london_time(second) == moment.value and not moment.summer:
        return second
    return moment.value.replace(tzinfo=LONDON, fold=0).astimezone(UTC)


def hours_between(first: Value, last: Value) -> Fraction | None:
    """Return the exact hours that pass between two moments; None unless both have a time of day."""
    if not (isinstance(first, Moment) and isinstance(last, Moment) and first.has_time and last.has_time):
        return None
    elapsed = instant(last) - instant(first)
    return Fraction(elapsed // timedelta(microseconds=1), MICROSECONDS_IN_HOUR)


def add_days(day: date, days: int) -> date:
    """Add days to a date; the calendar's first or last day where it would pass them."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def add_months(day: date, months: int) -> date:
    """Add months to a date, clamped to the month's end (and to the calendar's ends)."""
    index = Month.of(day).index + months
    if index < Month.of(date.min).index:
        return date.min
    if index > Month.of(date.max).index:
        return date.max
    target = Month.from_index(index)
    return date(target.year, target.month, min(day.day, monthrange(target.year, target.month)[1]))


def add_interval(moment: date | Moment, amount: int, unit: Unit, working_days: WorkingDays) -> date | Moment:
    """Add an amount of units to a date or moment; a moment keeps its time of day."""
    day = known_day(moment)
    match unit:
        case Unit.DAYS:
            return _on_day(moment, add_days(day, amount))
        case Unit.WEEKS:
            return _on_day(moment, add_days(day, amount * 7))
        case Unit.MONTHS:
            return _on_day(moment, add_months(day, amount))
        case Unit.YEARS:
            return _on_day(moment, add_months(day, amount * 12))
        case Unit.WORKING_DAYS:
            return _on_day(moment, working_days.add(day, amount))
        case _:
            assert_never(unit)


def add_limit(moment: date | Moment, limit: Limit, working_days: WorkingDays, sign: int = 1) -> date | Moment:
    """Add a limit to a date or moment (take it off, where the sign is -1).

    Hours give a moment, counted from midnight where there is no time of day; all else keeps the time of day.
    """
    amount = limit.amount * sign
    match limit.unit:
        case LimitUnit.HOURS:
            start = moment if isinstance(moment, Moment) else Moment(datetime.combine(moment, time.min))
            return Moment(london_time(add_elapsed(instant(start), amount)), has_time(moment))
        case LimitUnit.DAYS | LimitUnit.WEEKS | LimitUnit.MONTHS | LimitUnit.WORKING_DAYS:
            return add_interval(moment, amount, Unit(limit.unit.value), working_days)
        case unit:
            assert_never(unit)


def add_elapsed(start: datetime, hours: int) -> datetime:
    """Add elapsed hours to an instant; the calendar's first or last moment where it would pass them."""
    try:
        return start + timedelta(hours=hours)
    except OverflowError:
        return (datetime.max if hours > 0 else datetime.min).replace(tzinfo=UTC)


def _on_day(moment: date | Moment, day: date) -> date | Moment:
    if isinstance(moment, Moment):
        return Moment(datetime.combine(day, moment.value.time()), moment.has_time)
    return day


def known_day(moment: Value) -> date:
    """Return the date of a moment that cannot be null here."""
    day = day_of(moment)
    if day is None:
        raise ValueError("a moment that must be known is null")
    return day
