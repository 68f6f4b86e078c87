"""A definition's clock in SQL: when a case is due, and what its clock says."""

from dataclasses import dataclass

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.expressions import Names, add_interval, compile_expression, has_time
from sgkpi.engines.duckdb.macros import HOUR
from sgkpi.engines.duckdb.moments import add_elapsed, elapsed, elapsed_at_most, is_later
from sgkpi.model.expressions import ColumnRef, Expression, Kind, Unit
from sgkpi.model.indicator import Clock, Indicator
from sgkpi.model.units import LimitUnit

# The moments that a clock sees.
CLOCK_PARTS = ("start", "stop", "due")
_CALENDAR_UNITS = {LimitUnit.DAYS: Unit.DAYS, LimitUnit.WEEKS: Unit.WEEKS, LimitUnit.MONTHS: Unit.MONTHS}


@dataclass(frozen=True)
class ClockParts:
    """What a clock says of a case; each is a condition, and null counts as not holding.

    `unknown` are the reasons why it cannot be judged, in order, with their conditions.
    """

    unknown: tuple[tuple[str, Sql], ...]
    stopped: Sql
    in_time: Sql
    overdue: Sql


def is_hour_clock(clock: Clock) -> bool:
    """Whether moments count, and not only days."""
    if clock.limit is not None:
        return clock.limit.unit is LimitUnit.HOURS
    return clock.due is not None and clock.due.kind is Kind.DATETIME


def due_day(clock: Clock, names: Names) -> Sql:
    """The day on which a case is due: for an hour clock, the day of its due moment; working days are looked up."""
    if clock.due is not None:
        return compile_expression(clock.due, names).cast("DATE")
    if clock.limit is None or clock.start is None:
        raise ValueError("a clock without a due expression has a start and a limit")
    start = names.value(clock.start)
    if clock.limit.unit is LimitUnit.HOURS:
        return add_elapsed(start, clock.limit.amount * HOUR).cast("DATE")
    return add_interval(start.cast("DATE"), Kind.DATE, clock.limit.amount, _CALENDAR_UNITS[clock.limit.unit])


def clock_parts(indicator: Indicator, names: Names, known: Sql, due: Sql, time_passed: Sql | None) -> ClockParts:
    """The parts of an indicator's clock.

    `known` is the moment up to which things are known; `due` the day on which the case is due; `time_passed` is
    `time_elapsed`, where the clock has it.
    """
    clock = indicator.clock
    if clock is None:
        raise ValueError(f"{indicator.id} has no clock")
    if is_hour_clock(clock):
        in_time, overdue = _hour_conditions(clock, names, known, time_passed)
    else:
        in_time = _at_most(stop_as_known(clock, names, known).cast("DATE"), due)
        overdue = due < known.cast("DATE")
    if clock.stop is None:
        in_time, overdue = _in_date(clock, names, due)
    stopped = stop_as_known(clock, names, known).is_not_null() if clock.stop else sql.FALSE
    return ClockParts(_unknown(clock, names, due, known, time_passed), stopped, in_time, overdue)


def time_elapsed(clock: Clock, names: Names, known: Sql) -> Sql | None:
    """Microseconds from start to stop of a clock in hours, which asks for them more than once; None of any other."""
    if clock.start is None or clock.stop is None or clock.limit is None or not is_hour_clock(clock):
        return None
    start, stop = _start_and_stop(clock.start, clock, names, known)
    return elapsed(start, stop)


def _start_and_stop(start: ColumnRef, clock: Clock, names: Names, known: Sql) -> tuple[Sql, Sql]:
    return names.value(start).cast("TIMESTAMP"), stop_as_known(clock, names, known).cast("TIMESTAMP")


def _in_date(clock: Clock, names: Names, due: Sql) -> tuple[Sql, Sql]:
    """A stock's clock without stop: in date while the reference day is on or before due, else overdue."""
    in_date = (names.reference_day <= due).is_true()
    if clock.start is not None:
        in_date = names.value(clock.start).is_not_null() & in_date
    return in_date, ~in_date


def stop_as_known(clock: Clock, names: Names, known: Sql) -> Sql:
    """When the clock stopped; a planned stop that is still to come has not stopped it."""
    if clock.stop is None:
        return sql.null("TIMESTAMP")
    value = names.value(clock.stop)
    to_come = _still_to_come(clock, names, known)
    return value if to_come is None else sql.when(to_come, None, value)


def _still_to_come(clock: Clock, names: Names, known: Sql) -> Sql | None:
    """Whether the stop is planned and lies ahead; None where it cannot be planned."""
    if clock.stop is None or not names.tables[clock.stop.related].columns[clock.stop.column].planned:
        return None
    return is_later(names.value(clock.stop), clock.stop.kind, known)


def _at_most(left: Sql, right: Sql) -> Sql:
    return left <= right


def _hour_conditions(clock: Clock, names: Names, known: Sql, time_passed: Sql | None) -> tuple[Sql, Sql]:
    stop = stop_as_known(clock, names, known).cast("TIMESTAMP")
    if clock.due is not None:
        start, limit = compile_expression(clock.due, names), 0
    elif clock.start is not None and clock.limit is not None:
        start, limit = names.value(clock.start).cast("TIMESTAMP"), clock.limit.amount * HOUR
    else:
        raise ValueError("an hour clock has a due moment, or a start and a limit")
    in_time = elapsed_at_most(start, stop, limit) if time_passed is None else _at_most(time_passed, sql.number(limit))
    return in_time, ~elapsed_at_most(start, known, limit)


def _unknown(clock: Clock, names: Names, due: Sql, known: Sql, time_passed: Sql | None) -> tuple[tuple[str, Sql], ...]:
    reasons: list[tuple[str, Sql]] = []
    judged: Sql = sql.TRUE
    if clock.start is not None:
        started = names.value(clock.start).is_not_null()
        if clock.stop is None:
            judged = started
        else:
            reasons.append(("no_start", names.value(clock.start).is_null()))
    if clock.due is not None:
        no_due = compile_expression(clock.due, names).is_null()
        reasons.append(("no_due", judged & no_due))
    elif clock.limit is not None and clock.limit.unit is LimitUnit.WORKING_DAYS:
        reasons.append(("no_due", judged & due.is_null()))
    if is_hour_clock(clock):
        without = [~timed for timed in _timed_parts(clock, names, known)]
        reasons.append(("no_time_of_day", judged & sql.or_(without)))
    if clock.start is not None and clock.stop is not None:
        reasons.append(("stop_before_start", _stop_before_start(clock, names, known, time_passed)))
    return tuple(reasons)


def _timed_parts(clock: Clock, names: Names, known: Sql) -> list[Sql]:
    """Whether start, due and stop each have a time of day; of a stop that is still to come, nothing is asked."""
    parts: list[Expression | None] = [clock.start, clock.due]
    timed = [_is_timed(part, names) for part in parts if part is not None]
    if clock.stop is None:
        return timed
    stop, to_come = _is_timed(clock.stop, names), _still_to_come(clock, names, known)
    return [*timed, stop if to_come is None else sql.when(to_come, True, stop)]


def _is_timed(part: Expression, names: Names) -> Sql:
    """Whether there is a time of day; a date has none, and null is not asked."""
    if part.kind is Kind.DATETIME:
        return has_time(part, names)
    return compile_expression(part, names).is_null()


def _stop_before_start(clock: Clock, names: Names, known: Sql, time_passed: Sql | None) -> Sql:
    if clock.start is None or clock.stop is None:
        raise ValueError("only a clock with start and stop can run backwards")
    if time_passed is not None:
        return time_passed < 0
    start, stop = _start_and_stop(clock.start, clock, names, known)
    if is_hour_clock(clock):
        return elapsed_at_most(start, stop, -1)
    return stop.cast("DATE") < start.cast("DATE")


def clock_columns(indicator: Indicator, names: Names, known: Sql, due: Sql) -> list[Sql]:
    """Start, stop and due of a clock, as known, each with whether it has a time of day."""
    nothing = sql.null("TIMESTAMP")
    clock = indicator.clock
    start = names.value(clock.start) if clock and clock.start else nothing
    stop = stop_as_known(clock, names, known) if clock and clock.stop else nothing
    parts = {
        "start": (start, _shows_time(clock.start if clock else None, names)),
        "stop": (stop, _shows_time(clock.stop if clock else None, names)),
        "due": _due(clock, names, due) if clock else (nothing, sql.FALSE),
    }
    return [
        column
        for name, (value, timed) in parts.items()
        for column in (value.as_(name), timed.is_true().as_(f"{name}.timed"))
    ]


def _due(clock: Clock, names: Names, due: Sql) -> tuple[Sql, Sql]:
    """When a case is due: a moment for a clock in hours, else a day."""
    if clock.due is not None:
        return compile_expression(clock.due, names), _shows_time(clock.due, names)
    if is_hour_clock(clock) and clock.start is not None and clock.limit is not None:
        start = names.value(clock.start).cast("TIMESTAMP")
        return add_elapsed(start, clock.limit.amount * HOUR), _shows_time(clock.start, names)
    return due, sql.FALSE


def _shows_time(part: Expression | None, names: Names) -> Sql:
    return has_time(part, names) if part is not None and part.kind is Kind.DATETIME else sql.FALSE
