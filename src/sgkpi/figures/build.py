"""From a ledger to the figure set: the only way from counts to any output."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache

from sgkpi.figures.figure import Figure
from sgkpi.figures.figure_set import FigureSet, ReasonCount
from sgkpi.figures.series import Series, judge_months
from sgkpi.figures.signals import SeriesRules, icon_of
from sgkpi.figures.steps import Basis, make_figure
from sgkpi.ledger.ledger import FigurePlace, Ledger, ValueSummary
from sgkpi.model.indicator import JOINT, Breakdown
from sgkpi.model.outcomes import NOT_RECORDED, Outcome
from sgkpi.model.periods import Period, PeriodKind, periods_for
from sgkpi.planning.availability import tables_of
from sgkpi.planning.columns import tables_with_persons
from sgkpi.planning.plan import IndicatorPlan
from sgkpi.planning.request import ResolvedRequest


def build_figure_set(resolved: ResolvedRequest, ledger: Ledger) -> FigureSet:
    """Return the figures that a ledger comes to, with what they rest on.

    Every indicator has a figure for each period asked for, covered or not: the total first, then one for each
    category of the breakdowns asked for. Indicators are in the order of their ids.
    """
    plans = sorted(resolved.plan.indicators, key=lambda plan: plan.indicator.id)
    counts, periods = _Counts(ledger), frozenset(resolved.periods)
    with_persons = tables_with_persons(resolved.plan, resolved.extract)
    makers = [_maker(plan, resolved, counts, with_persons) for plan in plans]
    digests = {name: table.sha256 for plan in plans for name, table in tables_of(plan.indicator).items()}
    return FigureSet(
        figures=tuple(
            figure
            for plan, make in zip(plans, makers, strict=True)
            for figure in _figures(plan, resolved.periods, counts, make)
        ),
        reasons=tuple(reason for plan in plans for reason in _sorted_reasons(plan, periods, counts)),
        indicators=tuple(each.indicator for each in resolved.plan.indicators),
        unavailable=resolved.unavailable,
        unplaced=ledger.unplaced,
        tables=ledger.tables,
        source=resolved.extract.source,
        as_of=resolved.plan.as_of,
        as_of_source=resolved.as_of_source,
        problems=resolved.problems(ledger.problems),
        unavailable_breakdowns=resolved.unavailable_breakdowns,
        declarations=dict(sorted(digests.items())),
        holidays_sha256=resolved.holidays_sha256,
        signals=tuple(
            series for plan, make in zip(plans, makers, strict=True) for series in _series(plan, resolved, counts, make)
        ),
    )


def order_categories(breakdown: Breakdown, occurring: Iterable[str]) -> list[str]:
    """Return categories in order: declared codes or bands as declared, others by code point, "not recorded" last."""
    if breakdown.parts:
        return _order_joined(breakdown.parts, set(occurring))
    others = set(occurring) - set(breakdown.codes)
    below = {text for text in others if breakdown.bands and text.startswith("under ")}
    unrecorded = {NOT_RECORDED} & others
    return [*sorted(below), *breakdown.codes, *sorted(others - below - unrecorded), *unrecorded]


def _order_joined(parts: Sequence[Breakdown], occurring: Collection[str]) -> list[str]:
    """Return joined categories in the order of the first breakdown, then of the next.

    One that cannot be split, because a value contains the separator, comes last.
    """
    split = {text: text.split(JOINT) for text in occurring}
    whole = [each for each in split.values() if len(each) == len(parts)]
    orders = [order_categories(part, {each[place] for each in whole}) for place, part in enumerate(parts)]
    places = [{category: place for place, category in enumerate(order)} for order in orders]

    def place(text: str) -> tuple[object, ...]:
        each = split[text]
        is_whole = len(each) == len(parts)
        return not is_whole, [at[category] for at, category in zip(places, each, strict=True)] if is_whole else [], text

    return sorted(occurring, key=place)


# Makes the figure of a period, a breakdown and a category.
_Maker = Callable[[Period, str | None, str | None], Figure]
_NO_CASES = dict.fromkeys(Outcome, 0)


class _Counts:
    """The counts of a ledger by figure, its categories by breakdown, and its reasons by indicator."""

    def __init__(self, ledger: Ledger) -> None:
        self.cases: defaultdict[FigurePlace, dict[Outcome, int]] = defaultdict(_NO_CASES.copy)
        self.categories: defaultdict[tuple[str, Period, str | None], set[str]] = defaultdict(set)
        self.reasons: defaultdict[str, list[ReasonCount]] = defaultdict(list)
        self.values: dict[FigurePlace, ValueSummary] = {each.place: each for each in ledger.values}
        self.persons: dict[FigurePlace, int] = {each.place: each.persons for each in ledger.persons}
        for each in ledger.outcomes:
            place = each.place
            self.cases[place][each.outcome] += each.cases
            if each.category is not None:
                self.categories[place[:3]].add(each.category)
            if each.reason is not None:
                reason = ReasonCount(*place, each.outcome.value, each.reason, each.cases)
                self.reasons[each.indicator].append(reason)


def _figures(plan: IndicatorPlan, periods: Iterable[Period], counts: _Counts, make: _Maker) -> Iterator[Figure]:
    for period in periods:
        yield make(period, None, None)
        for breakdown in plan.breakdowns:
            occurring = counts.categories[plan.indicator.id, period, breakdown.name]
            for category in order_categories(breakdown, occurring):
                yield make(period, breakdown.name, category)


def _maker(plan: IndicatorPlan, resolved: ResolvedRequest, counts: _Counts, with_persons: Collection[str]) -> _Maker:
    """Return the function that makes an indicator's figure for a period, covered or not, breakdown and category."""
    indicator, covered, as_of = plan.indicator, frozenset(plan.every_period), resolved.plan.as_of
    with_persons_in = frozenset(plan.periods) if indicator.table.name in with_persons else frozenset[Period]()

    @cache  # figures asked for are months of a series, too
    def make(period: Period, breakdown: str | None, category: str | None) -> Figure:
        place = indicator.id, period, breakdown, category
        cases = counts.cases[place] if period in covered else None
        persons = counts.persons.get(place, 0) if period in with_persons_in else None
        return make_figure(
            Basis(indicator, period, breakdown, category, as_of, cases, counts.values.get(place), persons)
        )

    return make


def _series(plan: IndicatorPlan, resolved: ResolvedRequest, counts: _Counts, make: _Maker) -> Iterator[Series]:
    """Yield the series whose signals are wanted: of the total, then of the categories that occur in its months."""
    indicator, last = plan.indicator, resolved.signals_to
    if last is None:
        return
    rules = SeriesRules.of(indicator)
    if rules.chart is None and not resolved.signals_by:
        yield Series(indicator, None, None, (), icon_of(rules, ()))
        return
    periods = {period.last: period for period in periods_for([PeriodKind.MONTH], rules.months_needed(last))}

    def judge(breakdown: str | None, category: str | None) -> Series:
        return judge_months(indicator, lambda month: make(periods[month], breakdown, category), last)

    yield judge(None, None)
    for breakdown in plan.breakdowns if resolved.signals_by else ():
        found = {period: counts.categories[indicator.id, period, breakdown.name] for period in periods.values()}
        for category in order_categories(breakdown, set().union(*found.values())):
            series = judge(breakdown.name, category)
            if category in breakdown.codes or any(category in found[each.figure.period] for each in series.months):
                yield series


_OUTCOMES = {outcome.value: place for place, outcome in enumerate(Outcome)}


def _sorted_reasons(plan: IndicatorPlan, periods: Collection[Period], counts: _Counts) -> list[ReasonCount]:
    """Return an indicator's reasons in the order of its figures, then by outcome and reason."""
    reasons = [each for each in counts.reasons[plan.indicator.id] if each.period in periods]
    places: dict[tuple[str | None, str | None], tuple[int, int]] = {(None, None): (-1, 0)}
    for number, breakdown in enumerate(plan.breakdowns):
        occurring = {each.category for each in reasons if each.breakdown == breakdown.name}
        for place, category in enumerate(order_categories(breakdown, (each for each in occurring if each is not None))):
            places[breakdown.name, category] = number, place

    def key(reason: ReasonCount) -> tuple[object, ...]:
        place = places[reason.breakdown, reason.category]
        return reason.period.sort_key, place, _OUTCOMES[reason.outcome], reason.reason

    return sorted(reasons, key=key)
