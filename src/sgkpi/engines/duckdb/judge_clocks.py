"""A definition's clock in SQL: when a case is due, and what its clock says."""

from dataclasses import dataclass
from functools import cached_property

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.cells import is_later
from sgkpi.engines.duckdb.judge_expressions import LENGTHS, Names, add_interval, compile_expression, has_time
from sgkpi.engines.duckdb.macros import HOUR
from sgkpi.model.expressions import Expression, Kind
from sgkpi.model.indicator import Clock
from sgkpi.model.outcomes import Unknown
from sgkpi.model.units import LimitUnit

# The moments that a clock sees.
CLOCK_PARTS = ("start", "stop", "due")


@dataclass(frozen=True)
class ClockReading:
    """A definition's clock over the columns of a case.

    `known` is the moment up to which things are known, `due` the day on which the case is due, and `time_passed` the
    microseconds from start to stop, where they are a column. Of the conditions, null counts as not holding.
    """

    clock: Clock
    names: Names
    known: Sql
    due: Sql
    time_passed: Sql | None = None

    @cached_property
    def start(self) -> Sql:
        return self.names.value(self.clock.start) if self.clock.start else sql.null("TIMESTAMP")

    @cached_property
    def stop(self) -> Sql:
        """When the clock stopped; a planned stop that is still to come has not stopped it."""
        if self.clock.stop is None:
            return sql.null("TIMESTAMP")
        value = self.names.value(self.clock.stop)
        return value if self._to_come is None else sql.when(self._to_come, None, value)

    @property
    def _to_come(self) -> Sql | None:
        """Whether the stop is planned and lies ahead; None where it cannot be planned."""
        stop = self.clock.stop
        if stop is None or not self.names.tables[stop.related].columns[stop.column].planned:
            return None
        return is_later(self.names.value(stop), stop.kind, self.known)

    @property
    def elapsed(self) -> Sql | None:
        """Microseconds from start to stop of a clock in hours, which asks for them twice; None of any other."""
        if not self.clock.runs_by_hours or not self.clock.limit or not self.clock.stop:
            return None
        return sql.fn("kpi_elapsed", self.start.cast("TIMESTAMP"), self.stop.cast("TIMESTAMP"))

    @property
    def in_time(self) -> Sql:
        clock = self.clock
        if clock.stop is None:  # a stock's clock: in date while the reference day is on or before due
            in_date = (self.names.reference_day <= self.due).is_true()
            return in_date if clock.start is None else self.start.is_not_null() & in_date
        if not clock.runs_by_hours:
            return self.stop.cast("DATE") <= self.due
        if self.time_passed is not None:
            return self.time_passed <= self._limit
        return sql.fn("kpi_within", self._from, self.stop.cast("TIMESTAMP"), self._limit)

    @property
    def overdue(self) -> Sql:
        if self.clock.stop is None:
            return ~self.in_time
        if self.clock.runs_by_hours:
            return ~sql.fn("kpi_within", self._from, self.known, self._limit)
        return self.due < self.known.cast("DATE")

    @property
    def _from(self) -> Sql:
        """The moment from which a clock in hours runs: its due moment, or its start."""
        return compile_expression(self.clock.due, self.names) if self.clock.due else self.start.cast("TIMESTAMP")

    @property
    def _limit(self) -> int:
        return self.clock.limit.amount * HOUR if self.clock.limit else 0

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
            reasons.append((Unknown.STOP_BEFORE_START, self._stop_before_start))
        return reasons

    @property
    def _timed_parts(self) -> list[Sql]:
        """Whether start, due and stop each have a time of day; of a stop that is still to come, nothing is asked."""
        parts = [part for part in (self.clock.start, self.clock.due, self.clock.stop) if part is not None]
        # A date has no time of day, and null is not asked.
        timed = [
            has_time(part, self.names) if part.kind is Kind.DATETIME else compile_expression(part, self.names).is_null()
            for part in parts
        ]
        if self.clock.stop is not None and self._to_come is not None:
            timed[-1] = sql.when(self._to_come, True, timed[-1])
        return timed

    @property
    def _stop_before_start(self) -> Sql:
        if self.time_passed is not None:
            return self.time_passed < 0
        if self.clock.runs_by_hours:
            return sql.fn("kpi_within", self.start.cast("TIMESTAMP"), self.stop.cast("TIMESTAMP"), -1)
        return self.stop.cast("DATE") < self.start.cast("DATE")

    @property
    def columns(self) -> list[Sql]:
        """Start, stop and due, as known, each with whether it has a time of day."""
        clock, due, due_part = self.clock, self.due, self.clock.due
        if clock.due is not None:
            due = compile_expression(clock.due, self.names)
        elif clock.runs_by_hours:
            due, due_part = sql.fn("kpi_later", self.start.cast("TIMESTAMP"), self._limit), clock.start
        values = zip(CLOCK_PARTS, (self.start, self.stop, due), (clock.start, clock.stop, due_part), strict=True)
        return [
            column
            for name, value, part in values
            for column in (value.as_(name), _shows_time(part, self.names).is_true().as_(f"{name}.timed"))
        ]


def _shows_time(part: Expression | None, names: Names) -> Sql:
    return has_time(part, names) if part is not None and part.kind is Kind.DATETIME else sql.FALSE


def due_day(clock: Clock, names: Names) -> Sql:
    """Return the day on which a case is due: for a clock in hours, of its due moment; working days are looked up."""
    if clock.due is not None:
        return compile_expression(clock.due, names).cast("DATE")
    if clock.limit is None or clock.start is None:
        raise ValueError("a clock without a due expression has a start and a limit")
    start = names.value(clock.start)
    if clock.limit.unit is LimitUnit.HOURS:
        return sql.fn("kpi_later", start, clock.limit.amount * HOUR).cast("DATE")
    return add_interval(start.cast("DATE"), Kind.DATE, clock.limit.amount, LENGTHS[clock.limit.unit])


def no_clock_columns() -> list[Sql]:
    """Return the columns of a case that has no clock."""
    nothing = (sql.null("TIMESTAMP"), sql.FALSE)
    return [
        value.as_(f"{name}{end}") for name in CLOCK_PARTS for value, end in zip(nothing, ("", ".timed"), strict=True)
    ]
