"""`show`: one indicator at a glance, a month's figure with what a manager asks about it.

An overview holds numbers and no sentences, and of single cases only how many there are and how old the oldest is.
"""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from sgkpi.answers.benchmarks import BesideBenchmark, beside_benchmarks
from sgkpi.answers.cautions import find_cautions
from sgkpi.answers.compute import compute_ledger, months_of_signals
from sgkpi.answers.due import has_clock
from sgkpi.answers.inputs import engine_named
from sgkpi.answers.movements import find_movements
from sgkpi.engines.protocol import Engine, Progress
from sgkpi.extracts.extract import Extract
from sgkpi.figures.build import build_figure_set
from sgkpi.figures.comparison import Difference, compare_with_earlier
from sgkpi.figures.figure import Figure, Rating, Status
from sgkpi.figures.figure_set import FigureSet
from sgkpi.figures.ratings import rate
from sgkpi.figures.series import Series
from sgkpi.ledger.cases import OverdueCases, due_order
from sgkpi.ledger.ledger import Unplaced
from sgkpi.ledger.movements import Flow
from sgkpi.model.benchmarks import latest_benchmarks
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.indicator import Improvement, Indicator, Target
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import MONTHS_IN_YEAR, Month, Period, PeriodKind, date_of, period_for, periods_for
from sgkpi.model.request import Request
from sgkpi.planning.request import ResolvedRequest, resolve

FEWEST_RANKED = 10
KINDS = (PeriodKind.MONTH, PeriodKind.YEAR_TO_DATE)
# A breakdown and one of its categories.
Category = tuple[str | None, str | None]
ALL_CASES: Category = (None, None)


@dataclass(frozen=True)
class RatingStep:
    """A number of cases more (or fewer) in the numerator that would give the figure a better or a worse rating."""

    rating: Rating
    cases: int
    more: bool
    better: bool


@dataclass(frozen=True)
class BreakdownFigures:
    """The figures of a breakdown's categories, the worst first; `previous` are those of the month before, if known."""

    name: str
    figures: tuple[Figure, ...]
    previous: tuple[Figure | None, ...]


@dataclass(frozen=True)
class OpenCases:
    """The cases open at the as-of time: of a stock on that day, of a flow in the months since `since`.

    `oldest_due` is the earliest due moment of the overdue; `without_due` of them have none, as what
    would start their time is not recorded.
    """

    overdue: int
    not_due: int
    since: Month
    oldest_due: date | datetime | None
    without_due: int


@dataclass(frozen=True)
class Overview:
    """A month's figure with what it is compared with; None for each comparison that is not known or has no meaning.

    The figures are of all cases, or of one category. `history` are the twelve months that end with the figure's own;
    `open_cases` is None where the extract does not cover the present. `series` are the months on their control chart,
    where it was asked for; `movements` are those of a stock since the month before.
    """

    figures: FigureSet
    figure: Figure
    previous: Figure | None
    last_year: Figure | None
    year_to_date: Figure | None
    history: tuple[Figure, ...]
    breakdowns: tuple[BreakdownFigures, ...]
    steps: tuple[RatingStep, ...]
    open_cases: OpenCases | None
    series: Series | None = None
    movements: Flow | None = None
    benchmarks: tuple[BesideBenchmark, ...] = ()

    def difference(self, before: Figure | None) -> Difference | None:
        """Return what the difference from an earlier month means; None where that is not known."""
        if before is None:
            return None
        return compare_with_earlier(self.figure, before, is_stock=self.indicator.is_stock)

    @property
    def has_limits(self) -> bool:
        """Whether the month has control limits, which say more than a comparison with another month."""
        months = () if self.series is None else self.series.months
        return any(each.figure.period == self.figure.period and each.judged.limits is not None for each in months)

    @property
    def indicator(self) -> Indicator:
        return self.figures.indicators[0]

    @property
    def can_be_open(self) -> bool:
        """Whether a case of this indicator can be overdue or not due yet."""
        return has_clock(self.indicator) or self.indicator.not_due is not None

    @property
    def has_ended(self) -> bool:
        """Whether the month was over at the as-of time."""
        return self.figure.period.has_ended(self.figures.as_of)

    @property
    def unplaced(self) -> Unplaced:
        """The cases that belong to no month, as their date is missing; none of a category, as they have none."""
        if self.figure.breakdown is not None:
            return Unplaced(self.indicator.id, 0, 0)
        found = [each for each in self.figures.unplaced if each.indicator == self.indicator.id]
        return found[0] if found else Unplaced(self.indicator.id, 0, 0)

    def reasons(self, *outcomes: Outcome) -> list[tuple[str, int]]:
        """Return the named reasons for these outcomes in the month with their numbers of cases, most first."""
        cases: dict[str, int] = {}
        for each in self.figures.reasons:
            if each.place == self.figure.place and each.outcome in outcomes:
                cases[each.reason] = cases.get(each.reason, 0) + each.cases
        return sorted(cases.items(), key=lambda reason: (-reason[1], reason[0]))


def overview(
    extract: Extract,
    catalogue: Catalogue,
    request: Request,
    *,
    engine: str = "duckdb",
    progress: Progress | None = None,
    show_values: bool = False,
) -> Overview:
    """Return the overview of the one indicator asked for, for the one month asked for or the last complete one.

    Raises what `compute` raises.
    """
    runner = engine_named(engine)
    request = replace(request, by=["all"])
    first = resolve(extract, catalogue, request, runner.events)
    shown = first.months[0]
    (indicator,) = (each.indicator for each in first.plan.indicators)
    benchmarks = latest_benchmarks(catalogue.benchmarks, indicator.id, shown)
    periods = {*periods_for(KINDS, months_needed(shown, first.plan.as_of)), *(each.period for each in benchmarks)}
    resolved = first.over(tuple(sorted(periods, key=lambda period: period.sort_key)))
    resolved = resolved.with_signals(months_of_signals(resolved))
    again = is_looked_at_again(indicator)
    with runner.opened(resolved.plan, extract) if again else nullcontext(runner) as opened:
        ledger = compute_ledger(resolved, opened, progress=progress, show_values=show_values)
        figures = build_figure_set(resolved, ledger)
        overdue = find_overdue(resolved, [figures], opened)
        movements = find_movements(resolved, opened, shown).get(indicator.id)
    figures = replace(figures, cautions=find_cautions(resolved, ledger.tables, ledger.unplaced))
    made = make_overview(figures, shown, overdue)
    return replace(made, movements=movements, benchmarks=beside_benchmarks(figures, benchmarks))


def is_looked_at_again(indicator: Indicator) -> bool:
    """Return whether the rows of an indicator are read for more than its figures: for overdue cases, or movements."""
    return has_clock(indicator) or indicator.is_stock


def find_overdue(
    resolved: ResolvedRequest, parts: Iterable[FigureSet], engine: Engine, by: str | None = None
) -> tuple[OverdueCases, ...]:
    """Return the cases that are overdue at present, month by month, and by a breakdown too where one is named.

    `parts` are the figures of one indicator each, which say where there are any.
    """
    periods = {each.indicators[0].id: periods_with_overdue(each) for each in parts}
    plans = tuple(
        replace(
            plan, periods=wanted, breakdowns=tuple(each for each in plan.breakdowns if each.name == by), totals_only=()
        )
        for plan in resolved.plan.indicators
        if (wanted := periods.get(plan.indicator.id))
    )
    return engine.overdue(replace(resolved.plan, indicators=plans, persons=False), resolved.extract) if plans else ()


def change(figure: Figure, before: Figure | None) -> Fraction | None:
    """Return by how much the value has risen since another figure (negative: fallen); None where one has no value."""
    if before is None or figure.value is None or before.value is None:
        return None
    return figure.value - before.value


def months_needed(shown: Month, as_of: datetime) -> tuple[Month, ...]:
    """Return the months that an overview needs: those of a year back from the month shown, and from the present."""
    present = Month.of(as_of.date())
    wanted = {last.plus(-back) for last in (shown, present) for back in range(MONTHS_IN_YEAR + 1)}
    return tuple(sorted(wanted))


def periods_with_overdue(results: FigureSet) -> tuple[Period, ...]:
    """Return the months with cases that are overdue at present."""
    return tuple(each.period for each in _present(results, ALL_CASES) if each.overdue)


def make_overview(
    results: FigureSet, shown: Month, overdue: Iterable[OverdueCases], of: Category = ALL_CASES
) -> Overview:
    """Return the overview of the one indicator of these figures, for a month; of all its cases, or of a category.

    There must be figures of `months_needed`; `overdue` has at least the cases of `periods_with_overdue`.
    """
    own = {each.period: each for each in results.figures if (each.breakdown, each.category) == of}

    def before(kind: PeriodKind, back: int = 0) -> Figure | None:
        return own.get(period_for(kind, shown.plus(-back)))

    figure = own[period_for(PeriodKind.MONTH, shown)]
    history = [before(PeriodKind.MONTH, back) for back in reversed(range(MONTHS_IN_YEAR))]
    return Overview(
        figures=results,
        figure=figure,
        previous=before(PeriodKind.MONTH, 1),
        last_year=before(PeriodKind.MONTH, MONTHS_IN_YEAR),
        year_to_date=None if results.indicators[0].is_stock else before(PeriodKind.YEAR_TO_DATE),
        history=tuple(each for each in history if each is not None),
        breakdowns=_breakdowns(results, figure) if of == ALL_CASES else (),
        steps=steps_of(figure),
        open_cases=_open_cases(_present(results, of), overdue),
        series=results.signals[0] if results.signals and of == ALL_CASES else None,
    )


def _breakdowns(results: FigureSet, total: Figure) -> tuple[BreakdownFigures, ...]:
    before = period_for(PeriodKind.MONTH, total.period.first.plus(-1))
    known = {each.place: each for each in results.figures}
    by_name: dict[str, list[Figure]] = {}
    for each in results.figures:
        if each.breakdown is not None and each.period == total.period:
            by_name.setdefault(each.breakdown, []).append(each)
    worst = ((name, tuple(worst_first(figures))) for name, figures in by_name.items())
    return tuple(
        BreakdownFigures(
            name, figures, tuple(known.get((total.indicator, before, name, each.category)) for each in figures)
        )
        for name, figures in worst
    )


def worst_first(figures: Sequence[Figure]) -> list[Figure]:
    """Return figures from the worst to the best value; below them those of few cases, then those without a value.

    Equal ones keep their order, and so do those of few cases, and all where neither way is better.
    """
    sign = {Improvement.INCREASE: 1, Improvement.DECREASE: -1, Improvement.NONE: 0}

    def place(figure: Figure) -> tuple[object, ...]:
        if figure.improvement is Improvement.NONE:
            return (figure.value is None,)
        few = has_few_cases(figure)
        return figure.value is None, few, 0 if few else (figure.value or Fraction(0)) * sign[figure.improvement]

    return sorted(figures, key=place)


def has_few_cases(figure: Figure) -> bool:
    """Return whether a value has too few cases to be compared with others; never so for a count."""
    return figure.value is not None and figure.measure is not Measure.COUNT and figure.judged < FEWEST_RANKED


def _present(results: FigureSet, of: Category) -> list[Figure]:
    """Return the figures that say what is open now: a stock's of this month, a flow's of the last thirteen."""
    now = Month.of(results.as_of.date())
    first = now if results.indicators[0].is_stock else now.plus(-MONTHS_IN_YEAR)
    return [
        each
        for each in results.figures
        if (each.breakdown, each.category) == of
        and each.period.kind is PeriodKind.MONTH
        and first <= each.period.first <= now
        and each.overdue is not None
    ]


def _open_cases(present: Sequence[Figure], overdue: Iterable[OverdueCases]) -> OpenCases | None:
    if not present:
        return None
    places = {each.place for each in present}
    own = [each for each in overdue if each.place in places]
    return OpenCases(
        overdue=sum(each.overdue or 0 for each in present),
        not_due=sum(each.not_due or 0 for each in present),
        since=min(each.period.first for each in present),
        oldest_due=min((each.earliest_due for each in own if each.earliest_due), key=due_order, default=None),
        without_due=sum(each.without_due for each in own),
    )


def days_overdue(due: date | datetime, as_of: datetime) -> int:
    """Return the whole days (midnights passed) since a case fell due."""
    return (as_of.date() - date_of(due)).days


def steps_of(figure: Figure) -> tuple[RatingStep, ...]:
    """Return how many cases separate a figure from the better ratings, and from the next worse one.

    Exact, with the denominator as it is: a case more in the numerator is one that was judged and not counted there.
    Empty for other measures than proportions and counts, for a month that is not rated before it ends, and for a
    category of a count whose target, other than 0, is that of the total. A figure that is not rated yet has no worse
    rating.
    """
    countable = figure.measure in (Measure.PROPORTION, Measure.COUNT)
    if not countable or figure.improvement is Improvement.NONE or figure.value is None or figure.numerator is None:
        return ()
    if figure.target_green is None:
        return ()
    if figure.measure is Measure.COUNT and figure.breakdown is not None and figure.target_green != 0:
        return ()
    not_rated_yet = figure.status is Status.PROVISIONAL and figure.rating is Rating.NOT_RATED
    if not_rated_yet and not figure.period.has_ended(figure.as_of):
        return ()
    green, amber = figure.target_green, figure.target_amber
    numerator, denominator = int(figure.numerator), figure.denominator or 1
    rises = figure.improvement is Improvement.INCREASE

    def rated(cases: int) -> Rating:
        return rate(Fraction(cases, denominator), figure.improvement, Target(None, green, amber))

    def least_at(bound: Decimal) -> int:
        """Return the least good numerator that still reaches a bound."""
        return (ceil if rises else floor)(Fraction(bound) * denominator)

    now = rated(numerator)
    ahead = {Rating.RED: (amber, green), Rating.AMBER: (green,)}.get(now, ())
    goals = [(least_at(bound), True) for bound in ahead if bound is not None]
    held = {Rating.GREEN: green, Rating.AMBER: amber}.get(now)
    if held is not None and not not_rated_yet:
        goals.append((least_at(held) + (-1 if rises else 1), False))
    steps: dict[Rating, RatingStep] = {}  # one step, where it jumps over a rating
    for goal, better in goals:
        if goal >= 0 and (figure.denominator is None or goal <= figure.denominator):
            step = RatingStep(rated(goal), abs(goal - numerator), goal > numerator, better)
            steps.setdefault(step.rating, step)
    return tuple(steps.values())
