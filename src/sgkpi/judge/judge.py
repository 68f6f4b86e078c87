"""The outcome of a case: one pure function, in the order in which the questions are asked."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sgkpi.judge.cases import Case
from sgkpi.judge.clocks import Reading, add_limit, judge_clock, judge_in_date
from sgkpi.judge.expressions import evaluate, is_true
from sgkpi.judge.related import is_open
from sgkpi.judge.values import Moment, Value, day_of, lies_after
from sgkpi.model.expressions import ColumnRef, CountRef, Expression, Kind, children
from sgkpi.model.indicator import Clock, DuePeriod, PeriodColumn, PointInTime
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome, Unknown
from sgkpi.model.units import LimitUnit


@dataclass(frozen=True)
class Judgement:
    """What became of a case. `outcome` is None for a case that has none.

    `day` places a flow's case in its periods. `unplaced` is `blank` or `unreadable` for a case that
    belongs to no period. `start`, `stop` and `due` are the clock's, as far as they are known.
    """

    outcome: Outcome | None
    reason: str | None = None
    day: date | None = None
    unplaced: str | None = None
    start: date | Moment | None = None
    stop: date | Moment | None = None
    due: date | Moment | None = None
    value: int | Fraction | None = None


def judge(case: Case) -> Judgement:
    """The outcome of a case, with its reason and all that a reader needs to follow it."""
    population = covers(case)
    if population is False:
        return Judgement(None)
    unplaced = why_unplaced(case)
    if unplaced:
        return Judgement(None, unplaced=unplaced)
    if not is_open_on_reference_day(case):
        return Judgement(None)
    outcome, reason = _outcome(case, population)
    reading = read_clock(case)
    return Judgement(
        outcome,
        reason,
        day=None if case.indicator.is_stock else day_of(_placing_value(case)),
        start=reading.start if reading else None,
        stop=reading.stop if reading else None,
        due=reading.due if reading else None,
        value=_value(case) if outcome is Outcome.COUNTED else None,
    )


def why_unplaced(case: Case) -> str | None:
    """`blank` or `unreadable` when there is no date that would place a case in a period, else None."""
    if case.is_current_list or _placing_value(case) is not None:
        return None
    return "unreadable" if _is_placing_unreadable(case) else "blank"


def is_open_on_reference_day(case: Case) -> bool:
    """Whether a stock's case is open on the reference day; a flow has none."""
    match case.indicator.period:
        case PointInTime(start, end):
            return is_open(case.row, start, end, case.reference_day)
        case _:
            return True


def _placing_value(case: Case) -> Value:
    match case.indicator.period:
        case PeriodColumn(column):
            return case.row.values.get(column)
        case PointInTime(start, _):
            return case.row.values.get(start)
        case DuePeriod():
            reading = read_clock(case)
            return reading.due if reading else None


def _is_placing_unreadable(case: Case) -> bool:
    match case.indicator.period:
        case PeriodColumn(column) | PointInTime(column, _):
            return column in case.row.unreadable
        case DuePeriod():
            clock = case.indicator.clock
            rests_on = clock.due or clock.start if clock else None
            return rests_on is not None and _rests_on_unreadable(case, rests_on)


def _rests_on_unreadable(case: Case, expression: Expression) -> bool:
    """Whether a cell that an expression names is unreadable, in the case or in a row looked at for it."""
    match expression:
        case ColumnRef(column, _, None):
            return column in case.row.unreadable
        case ColumnRef(_, _, str(related)) | CountRef(related):
            return case.joined[related].unreadable
        case _:
            return any(_rests_on_unreadable(case, child) for child in children(expression))


Verdict = tuple[Outcome, str | None]


def _outcome(case: Case, population: bool | None) -> Verdict:
    if not case.row.unreadable.isdisjoint(case.named.case) or any(each.unreadable for each in case.joined.values()):
        return Outcome.UNKNOWN, Unknown.UNREADABLE
    if case.is_duplicate:
        return Outcome.UNKNOWN, Unknown.DUPLICATE_KEY
    if any(joined.more_than_one for joined in case.joined.values()):
        return Outcome.UNKNOWN, Unknown.MORE_THAN_ONE
    if population is None:
        return Outcome.UNKNOWN, Unknown.POPULATION
    for exclusion in case.indicator.exclude:
        if is_true(exclusion.expression, case.environment):
            return Outcome.EXCLUDED, exclusion.name
    if is_true(case.indicator.not_due, case.environment):
        return Outcome.NOT_DUE, None
    return _measured(case)


def covers(case: Case) -> bool | None:
    """Whether a definition's population holds a case; null when that cannot be told."""
    population = case.indicator.population
    if population is None:
        return True
    truth = evaluate(population, case.environment)
    return truth if isinstance(truth, bool) else None


def _measured(case: Case) -> Verdict:
    match case.indicator.measure:
        case Measure.PROPORTION:
            outcome, reason = _judged(case)
            is_failure = outcome in (Outcome.NOT_MET, Outcome.OVERDUE)
            return outcome, _because(case) if is_failure else reason
        case Measure.COUNT:
            return Outcome.COUNTED, None
        case Measure.MEAN | Measure.MEDIAN | Measure.MAXIMUM:
            return (Outcome.UNKNOWN, Unknown.VALUE) if _value(case) is None else (Outcome.COUNTED, None)


def _judged(case: Case) -> tuple[Outcome, Unknown | None]:
    if case.indicator.met is not None:
        match evaluate(case.indicator.met, case.environment):
            case None:
                return Outcome.UNKNOWN, Unknown.MET
            case truth:
                return (Outcome.MET if truth else Outcome.NOT_MET), None
    reading, clock = read_clock(case), case.indicator.clock
    if reading is None or clock is None:
        raise ValueError(f"{case.indicator.id}: a proportion without clock and met")
    if clock.stop is None and case.reference_day is not None:
        return judge_in_date(reading, case.reference_day)
    return judge_clock(reading)


def _because(case: Case) -> str | None:
    """The first named reason that holds for a case that is not met or overdue."""
    holding = (named.name for named in case.indicator.because if is_true(named.expression, case.environment))
    return next(holding, None)


def _value(case: Case) -> int | Fraction | None:
    if case.indicator.value is None:
        return None
    value = evaluate(case.indicator.value, case.environment)
    return value if isinstance(value, int | Fraction) else None


def read_clock(case: Case) -> Reading | None:
    """What the definition's clock shows for a case; None when it has no clock."""
    clock = case.indicator.clock
    if clock is None:
        return None
    start, stop = _moment(case, clock.start), _moment(case, clock.stop)
    if lies_after(stop, case.known_at):
        stop = None  # planned, and still to come
    return Reading(
        start=start,
        stop=stop,
        due=_due(case, clock, start),
        known_at=case.known_at,
        by_hours=_runs_by_hours(clock),
        hours=clock.limit.amount if clock.limit and clock.limit.unit is LimitUnit.HOURS else None,
        needs_start=clock.start is not None,
    )


def _runs_by_hours(clock: Clock) -> bool:
    if clock.due is not None:
        return clock.due.kind is Kind.DATETIME
    return clock.limit is not None and clock.limit.unit is LimitUnit.HOURS


def _due(case: Case, clock: Clock, start: date | Moment | None) -> date | Moment | None:
    if clock.limit is None:
        return _moment(case, clock.due)
    if start is None:
        return None
    due = add_limit(start, clock.limit, case.working_days)
    return due if clock.limit.unit is LimitUnit.HOURS else day_of(due)


def _moment(case: Case, expression: Expression | None) -> date | Moment | None:
    value = None if expression is None else evaluate(expression, case.environment)
    return value if isinstance(value, date | Moment) else None
