"""What falls due in the next days, over every indicator with a clock: the list that prevents next month's red."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sgkpi.answers.cases import CASE_COLUMNS, CaseTable, breakdown_columns, case_row, day_of, due_order, moment_kinds
from sgkpi.answers.compute import list_case_outcomes
from sgkpi.answers.engines import engine_named
from sgkpi.extracts.extract import Extract
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import UsageError
from sgkpi.model.expressions import ColumnRef, Kind
from sgkpi.model.indicator import DuePeriod, Indicator, PeriodColumn
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome
from sgkpi.model.problems import Problem
from sgkpi.model.request import AsOfSource, Request
from sgkpi.model.units import Limit, LimitUnit
from sgkpi.planning.availability import Unavailable
from sgkpi.planning.plan import IndicatorPlan, Plan
from sgkpi.planning.request import ResolvedRequest, resolve

DUE_COLUMNS = ("day", "indicator", *CASE_COLUMNS)
TEAM = "team"
_MOST_DAYS = {
    LimitUnit.HOURS: 1, LimitUnit.DAYS: 1, LimitUnit.WEEKS: 7, LimitUnit.MONTHS: 31, LimitUnit.WORKING_DAYS: 14,
}  # fmt: skip
_SPARE_DAYS = 62
_SENSIBLE_DAYS = 300 * 366


@dataclass(frozen=True)
class DueList:
    """The cases that fall due from the as-of time to the end of the last day: by day, team and moment.

    `indicators` are those that were looked at; `unavailable` have a clock, and this extract cannot carry them.
    """

    within: int
    indicators: tuple[Indicator, ...]
    cases: tuple[CaseOutcome, ...]
    unavailable: tuple[Unavailable, ...]
    extract: Extract
    as_of: datetime
    as_of_source: AsOfSource
    problems: tuple[Problem, ...] = ()

    @property
    def last_day(self) -> date:
        return last_day(self.as_of, self.within)

    @property
    def table(self) -> CaseTable:
        """The cases with their columns: day and indicator, those of every list, then one for each breakdown."""
        names = breakdown_columns(self.indicators)
        columns = (*DUE_COLUMNS, *names.values())
        kinds = {**dict.fromkeys(columns, Kind.TEXT), "day": Kind.DATE, "value": Kind.NUMBER}
        rows = ({"day": due_day(case), "indicator": case.indicator, **case_row(case, names)} for case in self.cases)
        return CaseTable(columns, {**kinds, **moment_kinds(self.indicators)}, tuple(rows))


def last_day(as_of: datetime, within: int) -> date:
    """The last of so many days after the as-of date. Raises UsageError where the calendar has no such day."""
    try:
        return as_of.date() + timedelta(days=within)
    except OverflowError as error:
        raise UsageError(f"--within: {within} days after {as_of:%Y-%m-%d} is beyond the calendar") from error


def due_day(case: CaseOutcome) -> date:
    """The day on which a case falls due; ValueError for one that has no due moment."""
    if case.due is None:
        raise ValueError(f"{case.indicator}: a case without a due moment")
    return day_of(case.due)


def list_due(
    extract: Extract, catalogue: Catalogue, request: Request, within: int, *, engine: str = "duckdb"
) -> DueList:
    """List the cases that fall due within so many days after the as-of date, of the indicators asked for.

    Raises UsageError for what cannot be asked, and ExtractError for what the extract cannot carry.
    """
    _check_clocks(catalogue.choose(request.indicators) if request.indicators else ())
    runner = engine_named(engine)
    question = resolve(extract, catalogue, replace(request, months=None, by=["all"]), runner.events)
    question = _of_clocks(question, catalogue)
    ends = last_day(question.plan.as_of, within)
    stopless = {each.indicator.id for each in question.plan.indicators if _has_no_stop(each.indicator)}
    # What is in date and what is not due yet may fall due; without a stop, `met` is what is in date.
    open_ = (Outcome.NOT_DUE, *([Outcome.MET] if stopless else []))
    cases = (
        list_case_outcomes(replace(question, plan=_plan(question)), runner, open_) if question.plan.indicators else ()
    )
    return DueList(
        within=within,
        indicators=tuple(each.indicator for each in question.plan.indicators),
        cases=tuple(sorted(_falling_due(cases, stopless, question.plan.as_of, ends), key=_order)),
        unavailable=question.unavailable,
        extract=extract,
        as_of=question.plan.as_of,
        as_of_source=question.as_of_source,
        problems=question.problems(),
    )


def has_clock(indicator: Indicator) -> bool:
    """Whether the cases of an indicator fall due."""
    return indicator.clock is not None and indicator.measure is Measure.PROPORTION


def _has_no_stop(indicator: Indicator) -> bool:
    return indicator.clock is not None and indicator.clock.stop is None


def _check_clocks(named: Sequence[Indicator]) -> None:
    without = [indicator.id for indicator in named if not has_clock(indicator)]
    if without:
        raise UsageError(f"{', '.join(without)}: nothing falls due here, as the definition has no clock")


def _of_clocks(question: ResolvedRequest, catalogue: Catalogue) -> ResolvedRequest:
    """The question for those of its indicators that have a clock."""
    plans = tuple(each for each in question.plan.indicators if has_clock(each.indicator))
    unavailable = tuple(each for each in question.unavailable if has_clock(catalogue.indicators[each.indicator]))
    return replace(question, plan=replace(question.plan, indicators=plans), unavailable=unavailable)


def _plan(question: ResolvedRequest) -> Plan:
    """Every month that may hold a case which is still to fall due."""
    plan = question.plan_of_any_time()
    return replace(plan, indicators=tuple(_recent(each, plan.as_of.date()) for each in plan.indicators))


def _recent(plan: IndicatorPlan, today: date) -> IndicatorPlan:
    """The plan without the months of a flow in which everything has fallen due."""
    first = _first_day(plan.indicator, today)
    if first is None:
        return plan
    return replace(plan, periods=tuple(period for period in plan.periods if period.end >= first))


def _first_day(indicator: Indicator, today: date) -> date | None:
    """The first day that may place a case which is not yet due; None where nothing is known of that."""
    clock = indicator.clock
    match indicator.period:
        case DuePeriod():
            return today
        case PeriodColumn(column) if clock and clock.limit and clock.start == _own(indicator, column):
            return max(today, date(1000, 1, 1)) - _longest(clock.limit)
        case _:
            return None


def _own(indicator: Indicator, column: str) -> ColumnRef:
    return ColumnRef(column, indicator.table.columns[column].kind)


def _longest(limit: Limit) -> timedelta:
    """More days than a limit ever takes, bank holidays and closure days included; at most a few centuries."""
    days = _MOST_DAYS[limit.unit] * limit.amount + _SPARE_DAYS
    return timedelta(days=min(days, _SENSIBLE_DAYS))


def _falling_due(
    cases: Iterable[CaseOutcome], stopless: set[str], as_of: datetime, ends: date
) -> Iterator[CaseOutcome]:
    """The cases that are open and fall due by then; where there is no stop, those that are in date until then."""
    for case in cases:
        open_outcome = Outcome.MET if case.indicator in stopless else Outcome.NOT_DUE
        if case.outcome is open_outcome and case.due is not None and as_of.date() <= day_of(case.due) <= ends:
            yield case


def _order(case: CaseOutcome) -> tuple[object, ...]:
    """By day and team; then by moment, indicator, period and key."""
    rest = (case.person or "", str(case.start), *sorted(case.categories.items()))
    team = case.categories.get(TEAM, "")
    return due_day(case), team, *due_order(case.due), case.indicator, case.period.sort_key, case.key, rest
