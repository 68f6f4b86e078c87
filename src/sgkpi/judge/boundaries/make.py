"""The boundary cases of a definition's clock, each judged as an example of its author would be."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.definitions.wording import in_words
from sgkpi.judge.boundaries.moments import LAST_MINUTE, ORDINARY, edges, starts
from sgkpi.judge.boundaries.template import Given, Template, due_refs, starting_refs, templates
from sgkpi.judge.clocks import add_days, add_limit, add_months
from sgkpi.judge.examples import ExampleRun, run_example
from sgkpi.judge.judge import Judgement
from sgkpi.judge.trace import Question
from sgkpi.judge.values import Moment, day_of, shown
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.expressions import ColumnRef, Expression, Kind
from sgkpi.model.indicator import Clock, Example, Indicator
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import NO_OUTCOME, Outcome
from sgkpi.model.periods import date_of
from sgkpi.model.units import LimitUnit

# Notes on questions that decide the outcome before the clock is read.
_BEFORE_THE_CLOCK = {
    Question.POPULATION: "not in the population",
    Question.OPEN: "not open on the reference day",
    Question.EXCLUDE: "excluded before the clock is asked",
    Question.NOT_DUE: "not due by the definition's not_due, before the clock is asked",
    Question.IN_TIME: "",
}


@dataclass(frozen=True)
class BoundaryCase:
    """A case at the edge of a clock, with the moments that the clock read; one without a time of day is a date.

    For a clock without a start, `start` is the moment on which due rests. `outcome` may be `none`. `note` says what
    came before the clock, where something did.
    """

    situation: str
    start: Given
    stop: Given
    due: Given
    as_of: datetime
    reference_day: date | None
    outcome: str
    reason: str | None
    note: str = ""


@dataclass(frozen=True)
class Boundaries:
    """The boundary cases of an indicator; none, and why, for a definition without a clock to judge by."""

    indicator: str
    title: str
    clock: str
    cases: tuple[BoundaryCase, ...]
    why_none: str = ""


def boundaries_of(indicator: Indicator, closures: Iterable[date]) -> Boundaries:
    """Return the boundary cases of an indicator's clock, judged as the reference engine judges a case."""
    clock, days = indicator.clock, tuple(closures)
    if clock is None:
        return Boundaries(indicator.id, indicator.title, "", (), "has no clock, so no case is near a limit")
    ends = (("from", clock.start), ("to", clock.stop))
    runs = " ".join(f"{word} {_written(end)}" for word, end in ends if end is not None)
    if clock.due is None:
        runs = f"{runs} within {clock.limit}"
    else:
        runs = f"{runs}, due: {_written(clock.due)}" if runs else f"due: {_written(clock.due)}"
    if indicator.measure is not Measure.PROPORTION:
        return Boundaries(indicator.id, indicator.title, runs, (), "only places its cases by its clock")
    makers = [_Maker(indicator, clock, each, working_days_in_england(days)) for each in templates(indicator, clock)]
    maker = next((maker for maker in makers if maker.comes_to_clock()), makers[0])
    cases = tuple(maker.cases(days))
    why = "" if cases else "has a clock whose due moment cannot be derived from made-up cases"
    return Boundaries(indicator.id, indicator.title, runs, cases, why)


def _written(end: Expression) -> str:
    """Return the start, stop or due moment of a clock: a column as definitions name it, anything else in words."""
    if not isinstance(end, ColumnRef):
        return in_words(end)
    return f"{end.related}.{end.column}" if end.related else end.column


@dataclass(frozen=True)
class _Maker:
    """Makes and judges cases from one template."""

    indicator: Indicator
    clock: Clock
    template: Template
    working_days: WorkingDays

    def comes_to_clock(self) -> bool:
        cases = list(self._around("", ORDINARY))
        return bool(cases) and all(not case.note for case in cases)

    def cases(self, closures: Iterable[date]) -> Iterator[BoundaryCase]:
        for words, moment in starts(self.clock.limit, self.working_days, closures):
            yield from self._around(words, moment)
        start = self._start(ORDINARY)
        due = self._due(start)
        if due is not None:
            yield from self._open(start, due)
            yield from self._faulty(start, due)

    def _around(self, words: str, moment: datetime) -> Iterator[BoundaryCase]:
        """Yield the three cases around a limit."""
        start = self._start(moment)
        due = self._due(start)
        if due is None:
            return
        around = edges(due if self.clock.stop else date_of(due), with_times=self._stops_at_times)
        for at_edge, edge in around:
            if _is_before(edge, start):
                continue
            if self.clock.stop is None:
                yield self._case(f"{words}: looked at {at_edge}", start, None, day=date_of(edge))
            else:
                yield self._case(f"{words}: stopped {at_edge}", start, edge, day=self._later(edge, due))

    def _open(self, start: date | datetime, due: date | datetime) -> Iterator[BoundaryCase]:
        """Yield cases that are still open."""
        is_stock = self.indicator.is_stock
        for words, moment in edges(date_of(due) if is_stock else due, with_times=not is_stock):
            if self.clock.stop is not None and not _is_before(moment, start):
                at, day = (moment, None) if isinstance(moment, datetime) else (None, moment)
                yield self._case(f"not stopped: looked at {words}", start, None, as_of=at, day=day)

    def _faulty(self, start: date | datetime, due: date | datetime) -> Iterator[BoundaryCase]:
        """Yield cases that cannot be judged."""
        later, stop = self._later(start, due), None if self.clock.stop is None else due
        started = "start" if self.clock.start is not None else "due moment"
        at_start = date_of(start) if self.indicator.is_stock else None
        yield self._case(f"{started} not recorded", None, stop, day=later if stop is not None else at_start)
        if due_refs(self.clock):
            yield self._case("due moment not recorded", start, stop, day=later, has_due=False)
        if stop is None:
            return
        if self.clock.start is not None:
            before = _just_before(start, self._stops_at_times)
            yield self._case("stopped before the start", start, before, day=later)
        if self.clock.runs_by_hours:
            yield self._case(f"{started} without a time of day", date_of(start), stop, day=later)
            yield self._case("stop without a time of day", start, date_of(stop), day=later)

    def _start(self, moment: datetime) -> date | datetime:
        refs = starting_refs(self.clock)
        return moment if any(ref.kind is Kind.DATETIME for ref in refs) else moment.date()

    @property
    def _stops_at_times(self) -> bool:
        return self.clock.stop is not None and self.clock.stop.kind is Kind.DATETIME

    def _due(self, start: date | datetime) -> date | datetime | None:
        """Return when a clock that starts then runs out; of an expression, as a case without a stop shows it."""
        limit = self.clock.limit
        if limit is not None and isinstance(self.clock.start, ColumnRef):
            ends = add_limit(Moment(start) if isinstance(start, datetime) else start, limit, self.working_days)
            return ends.value if isinstance(ends, Moment) and limit.unit is LimitUnit.HOURS else day_of(ends)
        run = self._run(start, None, day=date_of(start) if self.indicator.is_stock else None)
        due = shown(run.case.reading.due) if run.case and run.case.reading else None
        return due if due is None or self.clock.runs_by_hours else date_of(due)

    def _later(self, moment: date | datetime, due: date | datetime) -> date | None:
        """Return a reference day well after both, for a stock; a flow's case is judged a year later anyway."""
        return add_months(max(date_of(moment), date_of(due)), 1) if self.indicator.is_stock else None

    def _case(
        self,
        situation: str,
        start: Given,
        stop: Given,
        *,
        as_of: datetime | None = None,
        day: date | None = None,
        has_due: bool = True,
    ) -> BoundaryCase:
        """Make a case and judge it; its note says what decided before the clock, or what the clock read otherwise."""
        run = self._run(start, stop, as_of=as_of, day=day, has_due=has_due)
        reading, judgement = run.case.reading if run.case else None, run.judgement
        read = (reading.start, reading.stop, reading.due) if reading else (None, None, None)
        started, stopped, due = map(shown, read)
        note = _why_not_by_clock(judgement)
        if not note and stopped != (stop if stop is None or self._stops_at_times else date_of(stop)):
            note = "the clock took another stop than the one given"
        elif not note and has_due and start is not None and reading is not None and due is None:
            note = "when it is due was not known yet"
        return BoundaryCase(
            situation=situation,
            start=start if self.clock.start is None else started,
            stop=stopped,
            due=due,
            as_of=run.as_of,
            reference_day=run.reference_day,
            outcome=judgement.outcome.value if judgement and judgement.outcome else NO_OUTCOME,
            reason=str(judgement.reason) if judgement and judgement.reason else None,
            note=note,
        )

    def _run(
        self, start: Given, stop: Given, *, as_of: datetime | None = None, day: date | None = None, has_due: bool = True
    ) -> ExampleRun:
        rows = self.template.with_clock(start, stop, has_due=has_due)
        return run_example(self.indicator, Example("", None, rows, as_of, day, 0), self.working_days)


def _why_not_by_clock(judgement: Judgement | None) -> str:
    """Return a note on what decided a case before its clock; empty where the clock did."""
    if judgement is None:
        return "the case did not exist yet"
    if judgement.unplaced:
        return f"in no period: its date is {judgement.unplaced}"
    other = "unknown before the clock is asked" if judgement.outcome is Outcome.UNKNOWN else ""
    return _BEFORE_THE_CLOCK.get(judgement.decided_by.question, other)


def _is_before(moment: date | datetime, start: date | datetime) -> bool:
    """Whether a case would be closed, or looked at, before it begins."""
    if isinstance(moment, datetime) and isinstance(start, datetime):
        return moment < start
    return date_of(moment) < date_of(start)


def _just_before(start: date | datetime, with_time: bool) -> date | datetime:
    """Return a stop that lies before a start on every kind of clock."""
    if isinstance(start, datetime) and with_time:
        return start - timedelta(days=1)
    before = add_days(date_of(start), -1)
    return datetime.combine(before, LAST_MINUTE) if with_time else before
