"""Time: elapsed time in Europe/London, limits, and what a clock makes of start, stop and due."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from sgkpi.judge.values import Moment, Value, day_of, has_time, midnight
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.outcomes import Outcome, Unknown
from sgkpi.model.periods import Month
from sgkpi.model.units import Limit, LimitUnit

LONDON = ZoneInfo("Europe/London")
MICROSECONDS_IN_HOUR = 3_600_000_000
DAYS_IN_WEEK = 7


def instant(wall: datetime) -> datetime:
    """The UTC time of a wall-clock time in London.

    A time that occurs twice is read as GMT, the second of the two (PEP 495's fold 1). One that does
    not exist is read one hour later; there fold 0 gives what is wanted.
    """
    second = wall.replace(tzinfo=LONDON, fold=1).astimezone(UTC)
    if wall_time(second) == wall:
        return second
    return wall.replace(tzinfo=LONDON, fold=0).astimezone(UTC)


def wall_time(moment: datetime) -> datetime:
    """The wall-clock time in London of a UTC time."""
    return moment.astimezone(LONDON).replace(tzinfo=None, fold=0)


def hours_between(first: Value, last: Value) -> Fraction | None:
    """Hours that pass between two moments, exactly; None unless both have a time of day."""
    if not (isinstance(first, Moment) and isinstance(last, Moment) and first.has_time and last.has_time):
        return None
    elapsed = instant(last.value) - instant(first.value)
    return Fraction(elapsed // timedelta(microseconds=1), MICROSECONDS_IN_HOUR)


def add_days(day: date, days: int) -> date:
    """A day moved by so many days; the calendar's own first or last day where there are no more."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def add_months(day: date, months: int) -> date:
    """A day moved by so many months, clamped to the month's end (and to the calendar's ends)."""
    index = Month.of(day).index + months
    if index < Month.of(date.min).index:
        return date.min
    if index > Month.of(date.max).index:
        return date.max
    target = Month.from_index(index)
    return date(target.year, target.month, min(day.day, monthrange(target.year, target.month)[1]))


def move(moment: date | Moment, days: int = 0, months: int = 0) -> date | Moment:
    """A date or moment moved by days or months; a moment keeps its time of day."""
    if isinstance(moment, Moment):
        day = add_months(add_days(moment.value.date(), days), months)
        return Moment(datetime.combine(day, moment.value.time()), moment.has_time)
    return add_months(add_days(moment, days), months)


def add_limit(moment: date | Moment, limit: Limit, working_days: WorkingDays, sign: int = 1) -> date | Moment:
    """A date or moment moved forward by a limit (back, where the sign is -1).

    Hours give a moment, counted from midnight where there is no time of day; all else keeps the time of day.
    """
    amount = limit.amount * sign
    match limit.unit:
        case LimitUnit.HOURS:
            return _add_hours(moment, amount)
        case LimitUnit.DAYS:
            return move(moment, days=amount)
        case LimitUnit.WEEKS:
            return move(moment, days=amount * DAYS_IN_WEEK)
        case LimitUnit.MONTHS:
            return move(moment, months=amount)
        case LimitUnit.WORKING_DAYS:
            return _on_day(moment, working_days.add(_day(moment), amount))


def _add_hours(moment: date | Moment, hours: int) -> Moment:
    start = moment.value if isinstance(moment, Moment) else midnight(moment)
    return Moment(wall_time(_elapse(instant(start), hours)), has_time(moment))


def _elapse(start: datetime, hours: int) -> datetime:
    """So many hours after an instant; the calendar's first or last moment where there are no more."""
    try:
        return start + timedelta(hours=hours)
    except OverflowError:
        return (datetime.max if hours > 0 else datetime.min).replace(tzinfo=UTC)


def _on_day(moment: date | Moment, day: date) -> date | Moment:
    if isinstance(moment, Moment):
        return Moment(datetime.combine(day, moment.value.time()), moment.has_time)
    return day


def _day(moment: date | Moment | None) -> date:
    """The date of a moment that is known to be there."""
    day = day_of(moment)
    if day is None:
        raise ValueError("a clock was read without one of its moments")
    return day


@dataclass(frozen=True)
class Reading:
    """What a clock shows for a case: its three moments, and the moment up to which all is known.

    `by_hours` says whether moments are compared (a clock in hours, or a due datetime) or dates.
    `hours` is the limit of a clock in hours. `needs_start` is False only where a definition names no start.
    """

    start: date | Moment | None
    stop: date | Moment | None
    due: date | Moment | None
    known_at: datetime
    by_hours: bool
    hours: int | None = None
    needs_start: bool = True


def judge_clock(reading: Reading) -> tuple[Outcome, Unknown | None]:
    """Met, not met, overdue or not due, for a clock that has a stop; else why that is unknown."""
    reason = why_unknown(reading)
    if reason:
        return Outcome.UNKNOWN, reason
    if reading.stop is not None:
        return (Outcome.MET if _is_on_time(reading) else Outcome.NOT_MET), None
    return (Outcome.OVERDUE if _is_past_due(reading) else Outcome.NOT_DUE), None


def judge_in_date(reading: Reading, reference_day: date) -> tuple[Outcome, Unknown | None]:
    """Met while the reference day is on or before due, else overdue: a stock's clock without a stop."""
    if reading.needs_start and reading.start is None:
        return Outcome.OVERDUE, None
    reason = why_unknown(reading)
    if reason:
        return Outcome.UNKNOWN, reason
    return (Outcome.MET if reference_day <= _day(reading.due) else Outcome.OVERDUE), None


def why_unknown(reading: Reading) -> Unknown | None:
    """The first reason for which a clock cannot be read."""
    if reading.needs_start and reading.start is None:
        return Unknown.NO_START
    if reading.due is None:
        return Unknown.NO_DUE
    moments = (reading.start, reading.stop, reading.due)
    if reading.by_hours and any(moment is not None and not has_time(moment) for moment in moments):
        return Unknown.NO_TIME_OF_DAY
    if reading.start is not None and reading.stop is not None and _is_stop_before_start(reading):
        return Unknown.STOP_BEFORE_START
    return None


def _is_stop_before_start(reading: Reading) -> bool:
    return _clock_time(reading, reading.stop) < _clock_time(reading, reading.start)


def _is_on_time(reading: Reading) -> bool:
    return _clock_time(reading, reading.stop) <= _due_time(reading)


def _is_past_due(reading: Reading) -> bool:
    return _due_time(reading) < _clock_time(reading, Moment(reading.known_at))


def _due_time(reading: Reading) -> date:
    """When a clock runs out.

    A clock in hours runs by elapsed time, which a wall-clock time cannot tell in the hour that occurs
    twice: so it is counted from the start's instant.
    """
    if reading.hours is not None and isinstance(reading.start, Moment):
        return _elapse(instant(reading.start.value), reading.hours)
    return _clock_time(reading, reading.due)


def _clock_time(reading: Reading, moment: date | Moment | None) -> date:
    """What this clock compares: the instant on a clock of moments, else the date."""
    if reading.by_hours and isinstance(moment, Moment):
        return instant(moment.value)
    return _day(moment)
