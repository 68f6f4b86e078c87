"""The reading of a clock for a case, and the outcome that it gives."""

from dataclasses import dataclass
from datetime import date, datetime

from sgkpi.judge.clocks import add_elapsed, instant, known_day
from sgkpi.judge.expressions import Environment, due_of, evaluate_moment
from sgkpi.judge.values import Moment, has_time, lies_after
from sgkpi.model.indicator import Clock
from sgkpi.model.outcomes import Outcome, Unknown
from sgkpi.model.units import LimitUnit


@dataclass(frozen=True)
class Reading:
    """The moments of a clock for a case, and the moment up to which all is known.

    `planned` is a stop that still lies ahead, so that there is no stop yet.
    """

    clock: Clock
    start: date | Moment | None
    stop: date | Moment | None
    due: date | Moment | None
    known_at: datetime
    reference_day: date | None = None
    planned: date | Moment | None = None

    @property
    def lacks_start(self) -> bool:
        """Whether the definition names a start and the case has none."""
        return self.clock.start is not None and self.start is None


def read_clock(clock: Clock, environment: Environment, known_at: datetime) -> Reading:
    """Read a definition's clock for a case, as known at a moment."""
    start, stop = evaluate_moment(clock.start, environment), evaluate_moment(clock.stop, environment)
    due = due_of(clock, environment)
    lies_ahead = lies_after(stop, known_at)
    known, planned = (None, stop) if lies_ahead else (stop, None)
    return Reading(clock, start, known, due, known_at, environment.reference_day, planned)


def judge_clock(reading: Reading) -> tuple[Outcome, Unknown | None]:
    """Judge a clock: met, not met, overdue or not due; else unknown, with the reason.

    Without a stop, a stock's case is met while the reference day is on or before due, else overdue.
    """
    has_stop = reading.clock.stop is not None
    if reading.lacks_start and not has_stop:
        return Outcome.OVERDUE, None
    reason = _why_unknown(reading)
    if reason:
        return Outcome.UNKNOWN, reason
    if not has_stop:
        return (Outcome.MET if known_day(reading.reference_day) <= known_day(reading.due) else Outcome.OVERDUE), None
    due, limit = _clock_time(reading, reading.due), reading.clock.limit
    if limit is not None and limit.unit is LimitUnit.HOURS and isinstance(reading.start, Moment):
        # Elapsed time, counted from the start's instant: a wall-clock time is ambiguous in the hour that occurs twice.
        due = add_elapsed(instant(reading.start), limit.amount)
    if reading.stop is not None:
        return (Outcome.MET if _clock_time(reading, reading.stop) <= due else Outcome.NOT_MET), None
    is_past_due = due < _clock_time(reading, Moment(reading.known_at))
    return (Outcome.OVERDUE if is_past_due else Outcome.NOT_DUE), None


def _why_unknown(reading: Reading) -> Unknown | None:
    """Return the first reason for which a clock cannot be read."""
    if reading.lacks_start:
        return Unknown.NO_START
    if reading.due is None:
        return Unknown.NO_DUE
    moments = (reading.start, reading.stop, reading.due)
    if reading.clock.runs_by_hours and any(moment is not None and not has_time(moment) for moment in moments):
        return Unknown.NO_TIME_OF_DAY
    if reading.start is None or reading.stop is None:
        return None
    stops_first = _clock_time(reading, reading.stop) < _clock_time(reading, reading.start)
    return Unknown.STOP_BEFORE_START if stops_first else None


def _clock_time(reading: Reading, moment: date | Moment | None) -> date:
    """Return the value that this clock compares: the instant on a clock of moments, else the date."""
    if reading.clock.runs_by_hours and isinstance(moment, Moment):
        return instant(moment)
    return known_day(moment)
