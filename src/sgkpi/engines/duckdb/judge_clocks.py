"""A definition's clock in SQL: when a case is due, and what its clock says."""

from dataclasses import dataclass
from functools import cached_property

from sgkpi.engines.duckdb.cells import is_later
from sgkpi.engines.duckdb.judge_expressions import (
    LENGTHS,
    Names,
    add_interval,
    compile_expression,
    has_time,
    summer,
    summer_hours,
)
from sgkpi.engines.duckdb.macros import HOUR
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Sql
from sgkpi.model.expressions import Expression, Kind
from sgkpi.model.indicator import Clock
from sgkpi.model.outcomes import Unknown
from sgkpi.model.units import LimitUnit

# The moments that a clock sees.
CLOCK_PARTS = ("start", "stop", "due")


@dataclass(frozen=True)
class ClockReading:
    """A definition's clock over the columns of a case: conditions of which null counts as not holding.

    `known` is the moment up to which things are known, `due` the day on which the case is due, and `elapsed` the
    microseconds from start to stop of a clock in hours.
    """

    clock: Clock
    names: Names
    known: Sql
    due: Sql
    elapsed: Sql

    @cached_property
    def start(self) -> Sql:
        return self.names.value(self.clock.start) if self.clock.start else sql.null("TIMESTAMP")

    @cached_property
    def stop(self) -> Sql:
        """The moment at which the clock stopped; a planned stop that is still to come has not stopped it."""
        if self.clock.stop is None:
            return sql.null("TIMESTAMP")
        value, to_come = self.names.value(self.clock.stop), self._to_come
        return value if to_come is None else sql.when(to_come, None, value)

    @property
    def _to_come(self) -> Sql | None:
        """Whether the stop is planned and lies ahead; None where it cannot be planned."""
        stop = self.clock.stop
        if stop is None or not self.names.tables[stop.related].columns[stop.column].planned:
            return None
        return is_later(self.names.value(stop), stop.kind, self.known, summer(stop, self.names))

    @property
    def until_stop(self) -> Sql:
        """The microseconds from start to stop, in London."""
        return self._elapsed(self.clock.start, self.stop.cast("TIMESTAMP"), summer(self.clock.stop, self.names))

    def _elapsed(self, start: Expression | None, moment: Sql, summer_of: Sql = sql.FALSE) -> Sql:
        begun = compile_expression(start, self.names).cast("TIMESTAMP") if start else sql.null("TIMESTAMP")
        return sql.fn("kpi_elapsed", begun, moment, summer_hours(summer(start, self.names), summer_of))

    def _within_hours(self, moment: Sql, summer_of: Sql = sql.FALSE, elapsed: Sql | None = None) -> Sql:
        """Whether a moment is within the limit of a clock in hours, from its start, or not after its due moment."""
        if self.clock.limit is None:
            return self._elapsed(self.clock.due, moment, summer_of) <= 0
        return (elapsed or self._elapsed(self.clock.start, moment)) <= self.clock.limit.amount * HOUR

    @property
    def in_time(self) -> Sql:
        if self.clock.stop is None:  # a stock's clock: in date while the reference day is on or before due
            in_date = (self.names.reference_day <= self.due).is_true()
            return in_date if self.clock.start is None else self.start.is_not_null() & in_date
        return (
            self._within_hours(self.stop.cast("TIMESTAMP"), summer(self.clock.stop, self.names), self.elapsed)
            if self.clock.runs_by_hours
            else self.stop.cast("DATE") <= self.due
        )

    @property
    def overdue(self) -> Sql:
        if self.clock.stop is None:
            return ~self.in_time
        return ~self._within_hours(self.known) if self.clock.runs_by_hours else self.due < self.known.cast("DATE")

    @property
    def unknown(self) -> list[tuple[Unknown, Sql]]:
        """The reasons why it cannot be judged, in order, with their conditions."""
        clock, reasons, judged = self.clock, list[tuple[Unknown, Sql]](), sql.TRUE
        if clock.start is not None and clock.stop is None:
            judged = self.start.is_not_null()
        elif clock.start is not None:
            reasons.append((Unknown.NO_START, self.start.is_null()))
        if clock.due is not None:
            reasons.append((Unknown.NO_DUE, judged & compile_expression(clock.due, self.names).is_null()))
        elif clock.limit is not None and clock.limit.unit is LimitUnit.WORKING_DAYS:
            reasons.append((Unknown.NO_DUE, judged & self.due.is_null()))
        if clock.runs_by_hours:
            reasons.append((Unknown.NO_TIME_OF_DAY, judged & sql.or_(~timed for timed in self._timed_parts)))
        if clock.start is not None and clock.stop is not None:
            backwards = self.stop.cast("DATE") < self.start.cast("DATE")
            reasons.append((Unknown.STOP_BEFORE_START, self.elapsed < 0 if clock.runs_by_hours else backwards))
        return reasons

    @property
    def _timed_parts(self) -> list[Sql]:
        """Whether start, due and stop each have a time of day; of a stop that is still to come, nothing is asked."""
        timed: list[Sql] = []
        for part in (self.clock.start, self.clock.due, self.clock.stop):
            if part is not None:
                # A date has no time of day, and null is not asked.
                is_moment = part.kind is Kind.DATETIME
                timed.append(
                    has_time(part, self.names) if is_moment else compile_expression(part, self.names).is_null()
                )
        if self._to_come is not None:
            timed[-1] = sql.when(self._to_come, True, timed[-1])
        return timed

    @property
    def columns(self) -> list[Sql]:
        """Start, stop and due, as known, each with whether it has a time of day."""
        clock, due, due_part = self.clock, self.due, self.clock.due
        if clock.due is not None:
            due = compile_expression(clock.due, self.names)
        elif clock.runs_by_hours and clock.limit is not None:
            due, due_part = _hours_later(clock, self.names), clock.start
        columns: list[Sql] = []
        parts = zip(CLOCK_PARTS, (self.start, self.stop, due), (clock.start, clock.stop, due_part), strict=True)
        for name, value, part in parts:
            is_moment = part is not None and part.kind is Kind.DATETIME
            timed = has_time(part, self.names).is_true() if part is not None and is_moment else sql.FALSE
            columns += [value.as_(name), timed.as_(f"{name}.timed")]
        return columns


def due_day(clock: Clock, names: Names) -> Sql:
    """Return the day on which a case is due: for a clock in hours, of its due moment; working days are looked up."""
    if clock.due is not None:
        return compile_expression(clock.due, names).cast("DATE")
    if clock.limit is None or clock.start is None:
        raise ValueError("a clock without a due expression has a start and a limit")
    start = names.value(clock.start)
    if clock.limit.unit is LimitUnit.HOURS:
        return _hours_later(clock, names).cast("DATE")
    return add_interval(start.cast("DATE"), Kind.DATE, clock.limit.amount, LENGTHS[clock.limit.unit])


def _hours_later(clock: Clock, names: Names) -> Sql:
    """Return the due moment of a clock in hours."""
    if clock.limit is None or clock.start is None:
        raise ValueError("a clock in hours has a start and a limit")
    less = summer_hours(sql.FALSE, summer(clock.start, names))
    return sql.fn("kpi_later", names.value(clock.start).cast("TIMESTAMP"), less + clock.limit.amount * HOUR)
