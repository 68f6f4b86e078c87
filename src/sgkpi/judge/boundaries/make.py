"""The boundary cases of a definition's clock, each judged as an example of its author would be."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import assert_never

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.definitions.checks.examples import NO_OUTCOME
from sgkpi.judge.boundaries.limits import days_around, edges, plain_day
from sgkpi.judge.boundaries.situations import StartSituation, due_of, ordinary, situations
from sgkpi.judge.boundaries.template import Given, Template, due_refs, starting_refs, templates
from sgkpi.judge.clocks import add_days, add_months
from sgkpi.judge.examples import ExampleRun, run_example
from sgkpi.judge.judge import Judgement
from sgkpi.judge.readings import Reading
from sgkpi.judge.trace import Question
from sgkpi.judge.values import Moment, Value
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.expressions import ColumnRef, Kind
from sgkpi.model.indicator import Clock, Example, Indicator
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import end_of_day


@dataclass(frozen=True)
class BoundaryCase:
    """A case at the edge of a clock. `start`, `stop` and `due` are those that the clock read.

    For a clock without a start, `start` is what its due moment rests on. A moment without a time of day is
    a date. `outcome` is `none` for a case that has none; `note` says what came before the clock, where
    something did.
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
    """The boundary cases of an indicator's clock, with the outcomes that the reference engine gives them."""
    clock = indicator.clock
    if clock is None:
        return Boundaries(indicator.id, indicator.title, "", (), "has no clock, so no case is near a limit")
    if indicator.measure is not Measure.PROPORTION:
        return Boundaries(indicator.id, indicator.title, _in_words(clock), (), "only places its cases by its clock")
    days = tuple(closures)
    makers = [_Maker(indicator, clock, template, working_days_in_england(days)) for template in templates(indicator)]
    maker = next((maker for maker in makers if maker.comes_to_clock()), makers[0])
    cases = tuple(maker.cases(days))
    why = "" if cases else "has a clock whose due moment cannot be told from made-up cases"
    return Boundaries(indicator.id, indicator.title, _in_words(clock), cases, why)


def _in_words(clock: Clock) -> str:
    ends = (("from", clock.start), ("to", clock.stop))
    parts = [f"{word} {_name(ref)}" for word, ref in ends if ref is not None]
    return " ".join([*parts, f"within {clock.limit}" if clock.limit else f"due {clock.due_text}"])


def _name(ref: ColumnRef) -> str:
    return f"{ref.related}.{ref.column}" if ref.related else ref.column


@dataclass(frozen=True)
class _Maker:
    """Makes and judges cases from one template."""

    indicator: Indicator
    clock: Clock
    template: Template
    working_days: WorkingDays

    def comes_to_clock(self) -> bool:
        cases = list(self._around(ordinary()))
        return bool(cases) and all(not case.note for case in cases)

    def cases(self, closures: Iterable[date]) -> Iterator[BoundaryCase]:
        for situation in situations(self.clock.limit, self.working_days, closures):
            yield from self._around(situation)
        if self._due(self._start(ordinary().start)) is not None:
            yield from self._open()
            yield from self._faulty()

    # The three cases around a limit

    def _around(self, situation: StartSituation) -> Iterator[BoundaryCase]:
        start = self._start(situation.start)
        due = self._due(start)
        if due is None:
            return
        moments = days_around(due) if self.clock.stop is None else edges(due, with_times=self._stops_at_times())
        for words, moment in moments:
            if _is_before(moment, start):
                continue
            if self.clock.stop is None:
                yield self._case(f"{situation.words}: looked at {words}", start, None, day=plain_day(moment))
            else:
                day = self._later(moment, due)
                yield self._case(f"{situation.words}: stopped {words}", start, moment, day=day)

    def _start(self, moment: datetime) -> date | datetime:
        refs = starting_refs(self.clock)
        return moment if any(ref.kind is Kind.DATETIME for ref in refs) else moment.date()

    def _stops_at_times(self) -> bool:
        return self.clock.stop is not None and self.clock.stop.kind is Kind.DATETIME

    def _due(self, start: date | datetime) -> date | datetime | None:
        """Return when a clock that starts then runs out; of a due expression, as a case without a stop shows it."""
        if self.clock.limit is not None:
            return due_of(start, self.clock.limit, self.working_days)
        run = self._run(start, None, day=plain_day(start) if self.indicator.is_stock else None)
        reading = run.case.reading if run.case else None
        due = _plain(reading.due) if reading else None
        if isinstance(due, datetime):
            return due if self.clock.runs_by_hours else due.date()
        return due

    def _later(self, moment: date | datetime, due: date | datetime) -> date | None:
        """Return a reference day well after both, for a stock; a flow's case is judged a year later anyway."""
        return add_months(max(plain_day(moment), plain_day(due)), 1) if self.indicator.is_stock else None

    # Cases that are still open

    def _open(self) -> Iterator[BoundaryCase]:
        start = self._start(ordinary().start)
        due = self._due(start)
        if self.clock.stop is None or due is None:
            return
        moments = days_around(due) if self.indicator.is_stock else edges(due, with_times=True)
        for words, moment in moments:
            if not _is_before(moment, start):
                at, day = (moment, None) if isinstance(moment, datetime) else (None, moment)
                yield self._case(f"not stopped: looked at {words}", start, None, as_of=at, day=day)

    # Cases that cannot be judged

    def _faulty(self) -> Iterator[BoundaryCase]:
        start = self._start(ordinary().start)
        due = self._due(start) or start
        later = self._later(start, due)
        stop = None if self.clock.stop is None else due
        started = "start" if self.clock.start is not None else "what the due moment rests on"
        at_start = plain_day(start) if self.indicator.is_stock else None
        yield self._case(f"{started} not recorded", None, stop, day=later if stop is not None else at_start)
        if due_refs(self.clock):
            yield self._case("what the due moment rests on not recorded", start, stop, day=later, has_due=False)
        if stop is None:
            return
        if self.clock.start is not None:
            before = _just_before(start, self._stops_at_times())
            yield self._case("stopped before the start", start, before, day=later)
        if self.clock.runs_by_hours:
            yield self._case(f"{started} without a time of day", plain_day(start), stop, day=later)
            yield self._case("stop without a time of day", start, plain_day(stop), day=later)

    # One case

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
        run = self._run(start, stop, as_of=as_of, day=day, has_due=has_due)
        reading, judgement = run.case.reading if run.case else None, run.judgement
        return BoundaryCase(
            situation=situation,
            start=start if self.clock.start is None else _plain(reading.start) if reading else None,
            stop=_plain(reading.stop) if reading else None,
            due=_plain(reading.due) if reading else None,
            as_of=run.as_of,
            reference_day=run.reference_day,
            outcome=judgement.outcome.value if judgement and judgement.outcome else NO_OUTCOME,
            reason=str(judgement.reason) if judgement and judgement.reason else None,
            note=_why_not_by_clock(judgement)
            or self._note_on_reading(stop, reading, has_due=has_due and start is not None),
        )

    def _note_on_reading(self, given: Given, reading: Reading | None, *, has_due: bool) -> str:
        """Return what the clock did not read as the case gives it."""
        wanted = given if given is None or self._stops_at_times() else plain_day(given)
        if wanted != (_plain(reading.stop) if reading else None):
            return "the clock took another stop than the one given"
        is_hidden = has_due and reading is not None and reading.due is None
        return "when it is due was not known yet" if is_hidden else ""

    def _run(
        self, start: Given, stop: Given, *, as_of: datetime | None = None, day: date | None = None, has_due: bool = True
    ) -> ExampleRun:
        rows = self.template.with_clock(start, stop, has_due=has_due)
        return run_example(self.indicator, Example("", None, rows, as_of, day, 0), self.working_days)


def _why_not_by_clock(judgement: Judgement | None) -> str:
    """Return what decided about a case before its clock could; empty where the clock did."""
    if judgement is None:
        return "the case did not exist yet"
    match judgement.decided_by.question:
        case Question.POPULATION:
            return "not in the population"
        case Question.PLACED:
            return f"in no period: its date is {judgement.unplaced}"
        case Question.OPEN:
            return "not open on the reference day"
        case Question.EXCLUDE:
            return "excluded before the clock is asked"
        case Question.NOT_DUE:
            return "not due by the definition's not_due, before the clock is asked"
        case Question.IN_TIME:
            return ""
        case (
            Question.READABLE
            | Question.ONE_ROW
            | Question.ONE_RELATED
            | Question.POPULATION_KNOWN
            | Question.COUNTED
            | Question.VALUE
            | Question.MET
            | Question.START
            | Question.DUE
            | Question.STOP
            | Question.BECAUSE
        ):
            return "unknown before the clock is asked" if judgement.outcome is Outcome.UNKNOWN else ""
        case _:
            assert_never(judgement.decided_by.question)


def _plain(value: Value) -> Given:
    """A moment as it is shown: without a time of day, a date."""
    if isinstance(value, Moment):
        return value.value if value.has_time else value.value.date()
    return value if isinstance(value, date) else None


def _is_before(moment: date | datetime, start: date | datetime) -> bool:
    """Whether a case would be closed, or looked at, before it begins."""
    if isinstance(moment, datetime) and isinstance(start, datetime):
        return moment < start
    return plain_day(moment) < plain_day(start)


def _just_before(start: date | datetime, with_time: bool) -> date | datetime:
    """A stop that lies before a start on every kind of clock."""
    if isinstance(start, datetime) and with_time:
        return start - timedelta(days=1)
    before = add_days(plain_day(start), -1)
    return end_of_day(before).replace(second=0, microsecond=0) if with_time else before
