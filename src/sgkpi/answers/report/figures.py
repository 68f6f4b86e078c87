"""The figures of a report: those of all its indicators, computed at once, and then taken apart by indicator."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

from sgkpi.answers.cautions import find_cautions
from sgkpi.answers.compute import compute_ledger, with_signals
from sgkpi.answers.movements import find_movements
from sgkpi.answers.overview import ALL_CASES, Category, find_overdue, is_looked_at_again, months_needed
from sgkpi.answers.report.privacy import is_reportable, is_unlisted, without_unlisted
from sgkpi.engines.protocol import Engine, Progress
from sgkpi.figures.build import build_figure_set
from sgkpi.figures.figure import Figure
from sgkpi.figures.figure_set import FigureSet
from sgkpi.figures.steps import Basis, make_figure
from sgkpi.ledger.cases import OverdueCases
from sgkpi.ledger.movements import Flow
from sgkpi.model.benchmarks import Benchmark, latest_benchmarks
from sgkpi.model.errors import UsageError
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Month, PeriodKind, period_for, periods_for
from sgkpi.planning.plan import IndicatorPlan
from sgkpi.planning.request import ALL_BREAKDOWNS, ResolvedRequest

TEAM = "team"


@dataclass(frozen=True)
class ReportFigures:
    """The figures of all indicators of a report, with their overdue cases; `by_indicator` has each one's own.

    `movements` are those of stocks, and `benchmarks` the latest published figures, by indicator.
    """

    resolved: ResolvedRequest
    month: Month
    months: tuple[Month, ...]
    whole: FigureSet
    by_indicator: Mapping[str, FigureSet]
    overdue: tuple[OverdueCases, ...]
    movements: Mapping[str, Flow]
    benchmarks: Mapping[str, tuple[Benchmark, ...]]

    def of_months(self, own: FigureSet, category: Category = ALL_CASES) -> tuple[Figure, ...]:
        """Return an indicator's figures of the report's months, the oldest first, of all cases or of a category."""
        wanted = {period_for(PeriodKind.MONTH, month) for month in self.months}
        return tuple(
            each for each in own.figures if each.period in wanted and (each.breakdown, each.category) == category
        )


@dataclass(frozen=True)
class Scope:
    """The figures besides the month's: `history` months before it, `further` ones, the periods of benchmarks.

    `by` names a breakdown by which overdue cases are counted too; movements are those of all cases.
    """

    history: int
    further: Iterable[Month] = ()
    benchmarks: tuple[Benchmark, ...] = ()
    by: str | None = None


def compute_figures(
    resolved: ResolvedRequest, engine: Engine, scope: Scope, *, progress: Progress | None = None
) -> ReportFigures:
    """Compute the figures of a report, and those that its overviews compare with. Raises as `compute_ledger` does."""
    shown, ids = resolved.months[-1], [plan.indicator.id for plan in resolved.plan.indicators]
    benchmarks = {each: latest_benchmarks(scope.benchmarks, each, shown) for each in ids}
    months = tuple(shown.plus(-back) for back in reversed(range(scope.history + 1)))
    periods = {*periods_for([PeriodKind.MONTH], {*months, *months_needed(shown, resolved.plan.as_of), *scope.further})}
    periods |= {period_for(PeriodKind.YEAR_TO_DATE, shown)}
    periods |= {each.period for found in benchmarks.values() for each in found}
    asked = with_signals(resolved.over(tuple(sorted(periods, key=lambda period: period.sort_key))))
    again = any(is_looked_at_again(plan.indicator) for plan in asked.plan.indicators)
    with engine.opened(asked.plan, asked.extract) if again else nullcontext(engine) as opened:
        ledger = compute_ledger(asked, opened, progress=progress)
        breakdowns = ((plan.indicator.id, each) for plan in asked.plan.indicators for each in plan.breakdowns)
        ledger = without_unlisted(ledger, breakdowns)
        figures = _without_persons_unlisted(build_figure_set(asked, ledger))
        figures = replace(figures, cautions=find_cautions(asked, ledger.tables, ledger.unplaced))
        parts = split_by_indicator(figures)
        overdue = find_overdue(asked, parts.values(), opened, scope.by)
        movements = {} if scope.by else find_movements(asked, opened, shown)
    return ReportFigures(asked, shown, months, figures, parts, overdue, movements, benchmarks)


def _without_persons_unlisted(figures: FigureSet) -> FigureSet:
    """Return figures without the number of persons of unlisted values: one person may have several of them."""
    return replace(
        figures,
        figures=tuple(
            replace(each, persons=None) if is_unlisted(each.category) and each.persons is not None else each
            for each in figures.figures
        ),
    )


def with_breakdowns(resolved: ResolvedRequest, wanted: Sequence[str] | None) -> ResolvedRequest:
    """Return a request that was made with the breakdowns wanted, with those of them that a report may show.

    None means the first of each indicator, and its teams. Raises UsageError for one that is wanted by its name and may
    be shown of no indicator.
    """

    def chosen(plan: IndicatorPlan) -> IndicatorPlan:
        shown = tuple(each for each in plan.breakdowns if is_reportable(plan.indicator, each))
        if wanted is None:
            shown = tuple(each for place, each in enumerate(shown) if not place or each.name == TEAM)
        return replace(plan, breakdowns=() if wanted == () else shown)

    plans = tuple(map(chosen, resolved.plan.indicators))
    if wanted and ALL_BREAKDOWNS not in wanted:
        asked, shown = _breakdown_names(resolved.plan.indicators), _breakdown_names(plans)
        for name in asked:
            if name not in shown:
                raise UsageError(
                    f"no report is broken down by '{name}': its values may be keys, persons, dates or numbers of cases"
                )
    return replace(resolved, plan=replace(resolved.plan, indicators=plans))


def _breakdown_names(plans: Iterable[IndicatorPlan]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.name for plan in plans for each in plan.breakdowns))


def split_by_indicator(figures: FigureSet) -> Mapping[str, FigureSet]:
    """Return the figures, reasons and cautions of each indicator by themselves."""
    parts: dict[str, defaultdict[str, list[object]]] = {}
    for name in ("figures", "reasons", "unavailable_breakdowns", "unplaced", "cautions"):
        parts[name] = defaultdict(list)
        for each in getattr(figures, name):
            parts[name][each.indicator].append(each)
    return {
        indicator.id: replace(
            figures,
            indicators=(indicator,),
            unavailable=(),
            signals=tuple(each for each in figures.signals if each.indicator is indicator),
            **{name: tuple(found[indicator.id]) for name, found in parts.items()},  # type: ignore[arg-type]
        )
        for indicator in figures.indicators
    }


def only_category(figures: FigureSet, category: Category) -> FigureSet:
    """Return the totals and the figures of one category; a period without a case of it has a figure of no cases."""
    kept: list[Figure] = []
    (indicator,) = figures.indicators
    own = {each.period: each for each in figures.figures if (each.breakdown, each.category) == category}
    for total in (each for each in figures.figures if each.breakdown is None):
        cases = None if total.met is None else dict.fromkeys(Outcome, 0)
        persons = None if total.persons is None else 0
        none = Basis(indicator, total.period, *category, total.as_of, cases, persons=persons)
        kept += (total, own.get(total.period) or make_figure(none))
    reasons = (each for each in figures.reasons if (each.breakdown, each.category) in (ALL_CASES, category))
    return replace(figures, figures=tuple(kept), reasons=tuple(reasons))
