"""`due`: the open cases that fall due in the next days or are overdue, over every indicator with a clock."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sgkpi.answers.cases import Filter, parse_filter
from sgkpi.answers.cautions import find_cautions
from sgkpi.answers.compute import list_case_outcomes
from sgkpi.answers.inputs import engine_named
from sgkpi.extracts.extract import Extract
from sgkpi.figures.figure_set import Caution
from sgkpi.ledger.cases import CaseOutcome, FoundCases, due_order
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import UsageError
from sgkpi.model.expressions import ColumnRef
from sgkpi.model.indicator import DuePeriod, Indicator, PeriodColumn
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import NOT_RECORDED, Outcome
from sgkpi.model.periods import date_of
from sgkpi.model.problems import Problem
from sgkpi.model.request import AsOfSource, Request
from sgkpi.model.units import LimitUnit
from sgkpi.planning.availability import Unavailable, UnavailableBreakdown
from sgkpi.planning.plan import Plan
from sgkpi.planning.request import ResolvedRequest, resolve

TEAM = "team"
_MOST_DAYS = {
    LimitUnit.HOURS: 1, LimitUnit.DAYS: 1, LimitUnit.WEEKS: 7, LimitUnit.MONTHS: 31, LimitUnit.WORKING_DAYS: 14,
}  # fmt: skip
_SPARE_DAYS = 62
_SENSIBLE_DAYS = 300 * 366


@dataclass(frozen=True)
class OpenCase:
    """A case, with its outcome in each indicator in which it is overdue or falls due, the worst first."""

    outcomes: tuple[CaseOutcome, ...]

    @property
    def worst(self) -> CaseOutcome:
        return self.outcomes[0]

    @property
    def is_overdue(self) -> bool:
        return self.worst.outcome is Outcome.OVERDUE

    @property
    def team(self) -> str:
        """The case's team; empty if none of its indicators has teams."""
        return next((each.categories[TEAM] for each in self.outcomes if TEAM in each.categories), "")

    @property
    def sort_key(self) -> tuple[object, ...]:
        """By team, cases without one last; then the worst first."""
        return self.team in ("", NOT_RECORDED), not self.team, self.team, *_worst_first(self.worst)


@dataclass(frozen=True)
class DueList:
    """The cases that fall due from the as-of time to the end of the last day: by day, team and moment.

    With `overdue`, those whose time had run out before as well. `indicators` are those that were looked at;
    `unavailable` have a clock, and this extract cannot carry them. `unjudged` counts the cases of an indicator that
    have no stop and could not be judged: they may be due or overdue.
    """

    within: int
    overdue: bool
    filtered: Filter
    indicators: tuple[Indicator, ...]
    cases: tuple[CaseOutcome, ...]
    unavailable: tuple[Unavailable, ...]
    source: str | None
    as_of: datetime
    as_of_source: AsOfSource
    problems: tuple[Problem, ...] = ()
    unavailable_breakdowns: tuple[UnavailableBreakdown, ...] = ()
    cautions: tuple[Caution, ...] = ()
    unjudged: Mapping[str, int] = field(default_factory=dict)

    @property
    def last_day(self) -> date:
        return last_day(self.as_of, self.within)

    @property
    def open_cases(self) -> tuple[OpenCase, ...]:
        """Each case once, by team, the worst first: the longest overdue, then what falls due soonest."""
        tables = {each.id: each.table.name for each in self.indicators}
        found: dict[tuple[str, tuple[str, ...]], list[CaseOutcome]] = {}
        for case in sorted(self.cases, key=_worst_first):
            found.setdefault((tables[case.indicator], case.key), []).append(case)
        return tuple(sorted((OpenCase(tuple(each)) for each in found.values()), key=lambda each: each.sort_key))


def _may_fall_due(case: CaseOutcome, open_outcome: Outcome, first: date, last: date) -> bool:
    """Return whether a case is overdue, is open and falls due in these days, or could not be judged and may do so."""
    if case.outcome is Outcome.UNKNOWN:
        return case.stop is None
    is_soon = case.outcome is open_outcome and case.due is not None and first <= date_of(case.due) <= last
    return is_soon or case.outcome is Outcome.OVERDUE


def last_day(as_of: datetime, within: int) -> date:
    """Return the day `within` days after the as-of date. Raises UsageError where the calendar has no such day."""
    try:
        return as_of.date() + timedelta(days=within)
    except OverflowError as error:
        raise UsageError(f"{within} days after {as_of:%Y-%m-%d} is beyond the calendar") from error


def due_day(case: CaseOutcome) -> date | None:
    """Return the day on which a case falls due; None for an overdue one whose time never began."""
    return None if case.due is None else date_of(case.due)


def list_due(
    extract: Extract,
    catalogue: Catalogue,
    request: Request,
    within: int,
    *,
    overdue: bool = False,
    where: Sequence[str] = (),
    engine: str = "duckdb",
) -> DueList:
    """List the cases that fall due up to `within` days after the as-of date, of the indicators asked for.

    `overdue` adds the open cases whose time has run out, and `where` gives conditions, as `team=North`. Raises
    UsageError for what cannot be asked, and ExtractError for what the extract cannot carry.
    """
    _check_clocks(catalogue.choose(request.indicators) if request.indicators else ())
    runner = engine_named(engine)
    resolved = resolve(extract, catalogue, replace(request, months=None, by=["all"]), runner.events)
    as_of, ends = resolved.plan.as_of, last_day(resolved.plan.as_of, within)
    plans = tuple(each for each in resolved.plan.indicators if has_clock(each.indicator))
    resolved = replace(resolved, plan=replace(resolved.plan, indicators=plans))
    asked = resolved.plan_of_any_time() if overdue else _open_plan(resolved)
    filtered = parse_filter(resolved, (), where)
    open_in = {each.indicator.id: _open_outcome(each.indicator) for each in plans}
    outcomes = tuple(dict.fromkeys([*open_in.values(), *([Outcome.OVERDUE] if overdue else []), Outcome.UNKNOWN]))
    found = list_case_outcomes(replace(resolved, plan=asked), runner, outcomes) if plans else FoundCases((), ())
    cases = [case for case in found if _may_fall_due(case, open_in[case.indicator], as_of.date(), ends)]
    selected, looked_at = filtered.select(cases, resolved, runner), {each.indicator.id for each in plans}
    return DueList(
        within=within,
        overdue=overdue,
        filtered=filtered,
        indicators=tuple(each.indicator for each in plans),
        cases=tuple(sorted((each for each in selected if each.outcome is not Outcome.UNKNOWN), key=_order)),
        unavailable=tuple(each for each in resolved.unavailable if has_clock(catalogue.indicators[each.indicator])),
        source=extract.source,
        as_of=as_of,
        as_of_source=resolved.as_of_source,
        problems=resolved.problems(),
        unavailable_breakdowns=tuple(each for each in resolved.unavailable_breakdowns if each.indicator in looked_at),
        cautions=find_cautions(resolved, found.tables),
        unjudged=Counter(sorted(each.indicator for each in selected if each.outcome is Outcome.UNKNOWN)),
    )


def _check_clocks(named: Sequence[Indicator]) -> None:
    """Raise UsageError for indicators whose cases are never due."""
    if without := [indicator.id for indicator in named if not has_clock(indicator)]:
        has, their = ("has", "its") if len(without) == 1 else ("have", "their")
        raise UsageError(f"{', '.join(without)} {has} no clock, so {their} cases are never due")


def _open_outcome(indicator: Indicator) -> Outcome:
    """Return the outcome of cases that may still fall due: without a stop, those that are in date."""
    return Outcome.MET if indicator.clock and indicator.clock.stop is None else Outcome.NOT_DUE


def has_clock(indicator: Indicator) -> bool:
    """Return whether the cases of an indicator fall due."""
    return indicator.clock is not None and indicator.measure is Measure.PROPORTION


def _open_plan(resolved: ResolvedRequest) -> Plan:
    """Return a plan for every month that may hold a case which is still to fall due."""
    plan, plans = resolved.plan_of_any_time(), []
    for each in plan.indicators:
        first = _first_day(each.indicator, plan.as_of.date())
        periods = (period for period in each.periods if first is None or period.end >= first)
        plans.append(replace(each, periods=tuple(periods)))
    return replace(plan, indicators=tuple(plans))


def _first_day(indicator: Indicator, today: date) -> date | None:
    """Return the first day in whose period a case may still be open; None where that is not known."""
    clock = indicator.clock
    match indicator.period:
        case DuePeriod():
            return today
        case PeriodColumn(column) if (
            clock and clock.limit and clock.start == ColumnRef(column, indicator.table.columns[column].kind)
        ):
            # More days than the limit ever takes, bank holidays and closures included; at most a few centuries.
            longest = _MOST_DAYS[clock.limit.unit] * clock.limit.amount + _SPARE_DAYS
            return max(today, date(1000, 1, 1)) - timedelta(days=min(longest, _SENSIBLE_DAYS))
        case _:
            return None


def _order(case: CaseOutcome) -> tuple[object, ...]:
    """Sort by day and team; then by moment, indicator, period and key."""
    rest = (case.person or "", str(case.start), *sorted(case.categories.items()))
    team = case.categories.get(TEAM, "")
    day, *moment = due_order(case.due)
    return day, team, *moment, case.indicator, case.period.sort_key, case.key, rest


def _worst_first(case: CaseOutcome) -> tuple[object, ...]:
    """Sort what is overdue first, the longest of it; then by due moment."""
    return case.outcome is not Outcome.OVERDUE, *due_order(case.due), case.indicator, case.key
