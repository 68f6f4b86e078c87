"""The reading of a clock for a case, and the outcome that it gives."""

from dataclasses import dataclass
from datetime import date, datetime

from sgkpi.judge.clocks import add_elapsed, add_limit, instant, known_day
from sgkpi.judge.expressions import Environment, evaluate
from sgkpi.judge.values import Moment, day_of, has_time, lies_after
from sgkpi.model.expressions import Expression
from sgkpi.model.indicator import Clock
from sgkpi.model.outcomes import Outcome, Unknown
from sgkpi.model.units import LimitUnit


@dataclass(frozen=True)
class Reading:
    """The moments of a clock for a case, and the moment up to which all is known.

    `planned` is a stop that still lies ahead, so that there is no stop yet. `by_hours` says whether moments are
    compared (a clock in hours, or a due datetime) or dates. `hours` is the limit of a clock in hours. `needs_start`
    is False only where a definition names no start.
    """

    start: date | Moment | None
    stop: date | Moment | None
    due: date | Moment | None
    known_at: datetime
    by_hours: bool
    hours: int | None = None
    needs_start: bool = True
    planned: date | Moment | None = None


def read_clock(clock: Clock, environment: Environment, known_at: datetime) -> Reading:
    """Read a definition's clock for a case, as known at a moment."""
    start, stop = _moment(clock.start, environment), _moment(clock.stop, environment)
    lies_ahead = lies_after(stop, known_at)
    hours = clock.limit.amount if clock.limit is not None and clock.limit.unit is LimitUnit.HOURS else None
    return Reading(
        start=start,
        stop=None if lies_ahead else stop,
        due=_due(clock, start, environment),
        known_at=known_at,
        by_hours=clock.runs_by_hours,
        hours=hours,
        needs_start=clock.start is not None,
        planned=stop if lies_ahead else None,
    )


def _due(clock: Clock, start: date | Moment | None, environment: Environment) -> date | Moment | None:
    if clock.limit is None:
        return _moment(clock.due, environment)
    if start is None:
        return None
    due = add_limit(start, clock.limit, environment.working_days)
    return due if clock.limit.unit is LimitUnit.HOURS else day_of(due)


def _moment(expression: Expression | None, environment: Environment) -> date | Moment | None:
    value = None if expression is None else evaluate(expression, environment)
    return value if isinstance(value, date | Moment) else None


def judge_clock(reading: Reading) -> tuple[Outcome, Unknown | None]:
    """Judge a clock that has a stop: met, not met, overdue or not due; else unknown, with the reason."""
    reason = _why_unknown(reading)
    if reason:
        return Outcome.UNKNOWN, reason
    due = _due_time(reading)
    if reading.stop is not None:
        return (Outcome.MET if _clock_time(reading, reading.stop) <= due else Outcome.NOT_MET), None
    is_past_due = due < _clock_time(reading, Moment(reading.known_at))
    return (Outcome.OVERDUE if is_past_due else Outcome.NOT_DUE), None


def judge_in_date(reading: Reading, reference_day: date) -> tuple[Outcome, Unknown | None]:
    """Judge a stock's clock without a stop: met while the reference day is on or before due, else overdue."""
    if reading.needs_start and reading.start is None:
        return Outcome.OVERDUE, None
    reason = _why_unknown(reading)
    if reason:
        return Outcome.UNKNOWN, reason
    return (Outcome.MET if reference_day <= known_day(reading.due) else Outcome.OVERDUE), None


def _why_unknown(reading: Reading) -> Unknown | None:
    """Return the first reason for which a clock cannot be read."""
    if reading.needs_start and reading.start is None:
        return Unknown.NO_START
    if reading.due is None:
        return Unknown.NO_DUE
    moments = (reading.start, reading.stop, reading.due)
    if reading.by_hours and any(moment is not None and not has_time(moment) for moment in moments):
        return Unknown.NO_TIME_OF_DAY
    if reading.start is None or reading.stop is None:
        return None
    stops_first = _clock_time(reading, reading.stop) < _clock_time(reading, reading.start)
    return Unknown.STOP_BEFORE_START if stops_first else None


def _due_time(reading: Reading) -> date:
    """Return when a clock runs out.

    A clock in hours runs by elapsed time, which a wall-clock time cannot tell in the hour that occurs
    twice: so it is counted from the start's instant.
    """
    if reading.hours is not None and isinstance(reading.start, Moment):
        return add_elapsed(instant(reading.start.value), reading.hours)
    return _clock_time(reading, reading.due)


def _clock_time(reading: Reading, moment: date | Moment | None) -> date:
    """Return what this clock compares: the instant on a clock of moments, else the date."""
    if reading.by_hours and isinstance(moment, Moment):
        return instant(moment.value)
    return known_day(moment)
