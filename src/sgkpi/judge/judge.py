"""The outcome of a case: one pure function, in the order in which the questions are asked."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import assert_never

from sgkpi.judge.cases import Case
from sgkpi.judge.expressions import evaluate
from sgkpi.judge.readings import judge_clock
from sgkpi.judge.related import is_open
from sgkpi.judge.trace import Answer, Question, Trace
from sgkpi.judge.values import Moment, Value, day_of
from sgkpi.model.expressions import ColumnRef, CountRef, Expression, children
from sgkpi.model.indicator import DuePeriod, PeriodColumn, PointInTime
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome, Unknown

Verdict = tuple[Outcome, str | None]


@dataclass(frozen=True)
class Judgement:
    """The outcome of a case (None for a case that has none), and how it came about.

    `trace` holds the questions that were asked, with their answers. `day` places a flow's case in its periods;
    `unplaced` is `blank` or `unreadable` for a case that belongs to no period. `start`, `stop` and `due` are the
    clock's, as far as they are known. `value` and, of a ratio, `per` are the numbers of a counted case.
    """

    outcome: Outcome | None
    trace: tuple[Answer, ...]
    reason: str | None = None
    day: date | None = None
    unplaced: str | None = None
    start: date | Moment | None = None
    stop: date | Moment | None = None
    due: date | Moment | None = None
    value: int | Fraction | None = None
    per: int | Fraction | None = None

    @property
    def decided_by(self) -> Answer:
        """The answer that decided the outcome; reasons are asked for after it."""
        return next(answer for answer in reversed(self.trace) if answer.question is not Question.BECAUSE)


def judge(case: Case) -> Judgement:
    """Judge a case: its outcome and reason, and every question that led to them."""
    trace, indicator = Trace(case.environment), case.indicator
    population = True if indicator.population is None else trace.ask(Question.POPULATION, indicator.population)
    if population is False:
        return Judgement(None, tuple(trace))
    unplaced = why_unplaced(case)
    if not trace.note(Question.PLACED, unplaced is None):
        return Judgement(None, tuple(trace), unplaced=unplaced)
    if isinstance(indicator.period, PointInTime):
        ends = indicator.period.start, indicator.period.end
        if not trace.note(Question.OPEN, is_open(case.row, *ends, case.environment.reference_day)):
            return Judgement(None, tuple(trace))
    outcome, reason = _outcome(case, population, trace)
    reading = case.reading
    return Judgement(
        outcome,
        tuple(trace),
        reason,
        day=None if indicator.is_stock else day_of(_placing_value(case)),
        start=reading.start if reading else None,
        stop=reading.stop if reading else None,
        due=reading.due if reading else None,
        value=_number(case, indicator.value) if outcome is Outcome.COUNTED else None,
        per=_number(case, indicator.per) if outcome is Outcome.COUNTED else None,
    )


def why_unplaced(case: Case) -> str | None:
    """Return `blank` or `unreadable` when no date places a case in a period, else None."""
    if case.is_current_list or _placing_value(case) is not None:
        return None
    return "unreadable" if _is_placing_unreadable(case) else "blank"


def _placing_value(case: Case) -> Value:
    match case.indicator.period:
        case PeriodColumn(column) | PointInTime(column, _):
            return case.row.values.get(column)
        case DuePeriod():
            return case.reading.due if case.reading else None
        case period:
            assert_never(period)


def _is_placing_unreadable(case: Case) -> bool:
    match case.indicator.period:
        case PeriodColumn(column) | PointInTime(column, _):
            return column in case.row.unreadable
        case DuePeriod():
            clock = case.indicator.clock
            rests_on = clock.due or clock.start if clock else None
            return rests_on is not None and _rests_on_unreadable(case, rests_on)
        case period:
            assert_never(period)


def _rests_on_unreadable(case: Case, expression: Expression) -> bool:
    """Whether a cell that an expression names is unreadable, in the case or in a row looked at for it."""
    match expression:
        case ColumnRef(column, _, None):
            return column in case.row.unreadable
        case ColumnRef(_, _, str(related)) | CountRef(related):
            return case.joined[related].unreadable
        case _:
            return any(_rests_on_unreadable(case, child) for child in children(expression))


def _outcome(case: Case, population: Value, trace: Trace) -> Verdict:
    indicator = case.indicator
    is_readable = case.row.unreadable.isdisjoint(case.named.case)
    if not trace.note(Question.READABLE, is_readable and not any(each.unreadable for each in case.joined.values())):
        return Outcome.UNKNOWN, Unknown.UNREADABLE
    if not trace.note(Question.ONE_ROW, not case.is_duplicate):
        return Outcome.UNKNOWN, Unknown.DUPLICATE_KEY
    if not trace.note(Question.ONE_RELATED, not any(joined.more_than_one for joined in case.joined.values())):
        return Outcome.UNKNOWN, Unknown.MORE_THAN_ONE
    if not trace.note(Question.POPULATION_KNOWN, population is not None):
        return Outcome.UNKNOWN, Unknown.POPULATION
    for exclusion in indicator.exclude:
        if trace.ask(Question.EXCLUDE, exclusion.expression, exclusion.name) is True:
            return Outcome.EXCLUDED, exclusion.name
    if indicator.not_due is not None and trace.ask(Question.NOT_DUE, indicator.not_due) is True:
        return Outcome.NOT_DUE, None
    return _measured(case, trace)


def _measured(case: Case, trace: Trace) -> Verdict:
    match case.indicator.measure:
        case Measure.PROPORTION:
            outcome, reason = _proportion(case, trace)
            if outcome in case.indicator.counts_against:
                for named in case.indicator.because:
                    if trace.ask(Question.BECAUSE, named.expression, named.name) is True:
                        return outcome, named.name
            return outcome, reason
        case Measure.COUNT:
            trace.note(Question.COUNTED, answer=True)
            return Outcome.COUNTED, None
        case Measure.MEAN | Measure.MEDIAN | Measure.MAXIMUM | Measure.RATIO:
            if trace.note(Question.VALUE, _number(case, case.indicator.value), case.indicator.value) is None:
                return Outcome.UNKNOWN, Unknown.VALUE
            if case.indicator.per is not None:
                per = trace.note(Question.PER, _number(case, case.indicator.per), case.indicator.per)
                return (Outcome.UNKNOWN, Unknown.VALUE) if per is None else (Outcome.COUNTED, None)
            return Outcome.COUNTED, None
        case measure:
            assert_never(measure)


def _proportion(case: Case, trace: Trace) -> Verdict:
    """Ask for `met`, or read the clock."""
    if case.indicator.met is not None:
        truth = trace.ask(Question.MET, case.indicator.met)
        if truth is None:
            return Outcome.UNKNOWN, Unknown.MET
        return (Outcome.MET if truth else Outcome.NOT_MET), None
    reading, clock = case.reading, case.indicator.clock
    if reading is None or clock is None:
        raise ValueError(f"{case.indicator.id}: a proportion without clock and met")
    if clock.start is not None:
        trace.note(Question.START, reading.start, clock.start)
    trace.note(Question.DUE, reading.due, clock.due)
    if clock.stop is not None:
        trace.note(Question.STOP, reading.stop, clock.stop)
    outcome, reason = judge_clock(reading)
    return trace.note(Question.IN_TIME, outcome), reason


def _number(case: Case, expression: Expression | None) -> int | Fraction | None:
    value = None if expression is None else evaluate(expression, case.environment)
    return value if isinstance(value, int | Fraction) else None
