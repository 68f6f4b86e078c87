"""A definition's clock in SQL: when a case is due, and what its clock says."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest.cells import day_of, is_later
from sgkpi.engines.duckdb.judge.expressions import (
    LENGTHS,
    DueMoment,
    Names,
    add_interval,
    compile_expression,
    has_time,
    summer,
    summer_hours,
)
from sgkpi.engines.duckdb.session.macros import HOUR
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Sql
from sgkpi.model.expressions import ColumnRef, Expression, Kind
from sgkpi.model.indicator import Clock
from sgkpi.model.outcomes import Unknown
from sgkpi.model.units import Limit, LimitUnit

# The moments that a clock sees.
CLOCK_PARTS = ("start", "stop", "due")


@dataclass(frozen=True)
class ClockReading:
    """A definition's clock over the columns of a case, as conditions; null counts as false.

    `known` is the moment up to which things are known, `due` the day on which the case is due, and `elapsed` the
    microseconds from start to stop of a clock in hours. `start` and `given_stop` are the values of the two ends.
    """

    clock: Clock
    names: Names
    known: Sql
    due: Sql
    elapsed: Sql
    start: Sql
    given_stop: Sql

    @cached_property
    def stop(self) -> Sql:
        """The moment at which the clock stopped; one that is still to come has not stopped it."""
        to_come = self._to_come
        return self.given_stop if to_come is None else sql.when(to_come, None, self.given_stop)

    @property
    def _to_come(self) -> Sql | None:
        """Whether the stop lies ahead; None for a column that cannot be planned, as its later dates are hidden."""
        stop = self.clock.stop
        if stop is None:
            return None
        if isinstance(stop, ColumnRef) and not self.names.tables[stop.related].columns[stop.column].planned:
            return None
        return is_later(self.given_stop, stop.kind, self.known, summer(stop, self.names))

    @property
    def start_day(self) -> Sql:
        return day_of(self.start, self.clock.start.kind if self.clock.start else Kind.DATETIME)

    @property
    def stop_day(self) -> Sql:
        return day_of(self.stop, self.clock.stop.kind if self.clock.stop else Kind.DATETIME)

    @property
    def compares_moments(self) -> bool:
        """Whether start and stop are compared as moments, so that the day on which a case is due is not needed."""
        return self.clock.runs_by_hours and self.clock.stop is not None

    @property
    def limit(self) -> Limit:
        if self.clock.limit is None:
            raise ValueError("a clock without a due expression has a limit")
        return self.clock.limit

    @property
    def until_stop(self) -> Sql:
        """The microseconds from start to stop, in London."""
        return self.since_start(self.stop.cast("TIMESTAMP"), summer(self.clock.stop, self.names))

    def since_start(self, moment: Sql, summer_of: Sql = sql.FALSE) -> Sql:
        """Return the microseconds from the start to a moment, in London."""
        more = summer_hours(summer(self.clock.start, self.names), summer_of)
        return sql.fn("kpi_elapsed", self.start.cast("TIMESTAMP"), moment, more)

    def _within_hours(self, moment: Sql, summer_of: Sql, elapsed: Sql) -> Sql:
        """Whether a moment, at a time since the start, is within a limit in hours, or not after the due moment."""
        if self.clock.due is None:
            return elapsed <= self.limit.amount * HOUR
        due, more = compile_expression(self.clock.due, self.names), summer(self.clock.due, self.names)
        return sql.fn("kpi_elapsed", due.cast("TIMESTAMP"), moment, summer_hours(more, summer_of)) <= 0

    @property
    def in_time(self) -> Sql:
        if self.clock.stop is None:  # a stock's clock: in date while the reference day is on or before due
            in_date = (self.names.reference_day <= self.due).is_true()
            return in_date if self.clock.start is None else self.start.is_not_null() & in_date
        if self.clock.runs_by_hours:
            return self._within_hours(self.stop.cast("TIMESTAMP"), summer(self.clock.stop, self.names), self.elapsed)
        return self.stop_day <= self.due

    @property
    def overdue(self) -> Sql:
        if self.clock.stop is None:
            return ~self.in_time
        if self.clock.runs_by_hours:
            return ~self._within_hours(self.known, sql.FALSE, self.since_start(self.known))
        return self.due < self.known.cast("DATE")

    @property
    def unknown(self) -> list[tuple[Unknown, Sql]]:
        """The reasons why a case cannot be judged, in order, with their conditions."""
        clock, reasons, judged = self.clock, list[tuple[Unknown, Sql]](), sql.TRUE
        if clock.start is not None and clock.stop is None:
            judged = self.start.is_not_null()
        elif clock.start is not None:
            reasons.append((Unknown.NO_START, self.start.is_null()))
        if clock.due is not None:
            due = compile_expression(clock.due, self.names) if self.compares_moments else self.due
            reasons.append((Unknown.NO_DUE, judged & due.is_null()))
        elif clock.limit is not None and clock.limit.unit is LimitUnit.WORKING_DAYS:
            reasons.append((Unknown.NO_DUE, judged & self.due.is_null()))
        if clock.runs_by_hours:
            reasons.append((Unknown.NO_TIME_OF_DAY, judged & sql.or_(~timed for timed in self._timed_parts)))
        if clock.start is not None and clock.stop is not None:
            backwards = self.stop_day < self.start_day
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

    def columns(self, number: int, parts: Iterable[str]) -> Iterator[Sql]:
        """Yield what the clock of the indicator of a number sees, as known, each with whether it has a time of day."""
        for part in parts:
            value, of = self._seen(part)
            timed = has_time(of, self.names).is_true() if of is not None and of.kind is Kind.DATETIME else sql.FALSE
            column, is_timed = Name.clock_part(part, number)
            yield from (value.as_(column), timed.as_(is_timed))

    def _seen(self, part: str) -> tuple[Sql, Expression | None]:
        """Return the value of one of the moments that it sees, and the expression whose time of day it has, if any."""
        clock = self.clock
        match part:
            case "start":
                return self.start, clock.start
            case "stop":
                return self.stop, clock.stop
            case _ if clock.due is not None:
                return compile_expression(clock.due, self.names), clock.due
            case _ if clock.runs_by_hours:
                return _hours_later(self), clock.start
            case _:
                return self.due, None


def due_moment(reading: ClockReading) -> DueMoment:
    """Return the SQL of `due`."""
    clock, names = reading.clock, reading.names
    if not clock.runs_by_hours:
        return DueMoment(reading.due)
    if clock.due is not None:
        value = compile_expression(clock.due, names)
        return DueMoment(value, has_time(clock.due, names), summer(clock.due, names))
    if clock.start is None:
        raise ValueError("a clock in hours has a start")
    value = sql.when(has_time(clock.start, names), _hours_later(reading))
    as_winter = reading.since_start(value)
    return DueMoment(value, sql.TRUE, as_winter > reading.limit.amount * HOUR)


def due_day(reading: ClockReading) -> Sql:
    """Return the day on which a case is due: for a clock in hours, of its due moment; working days are looked up."""
    if reading.clock.due is not None:
        return day_of(compile_expression(reading.clock.due, reading.names), reading.clock.due.kind)
    limit = reading.limit
    if limit.unit is LimitUnit.HOURS:
        return _hours_later(reading).cast("DATE")
    return add_interval(reading.start_day, Kind.DATE, limit.amount, LENGTHS[limit.unit])


def _hours_later(reading: ClockReading) -> Sql:
    """Return the due moment of a clock in hours."""
    less = summer_hours(sql.FALSE, summer(reading.clock.start, reading.names))
    return sql.fn("kpi_later", reading.start.cast("TIMESTAMP"), less + reading.limit.amount * HOUR)
