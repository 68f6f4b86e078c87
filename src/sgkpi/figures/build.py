"""From outcome counts to figures: the long table, in its order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sgkpi.figures.figure import Figure, Rating, ReasonCount, Status
from sgkpi.figures.medians import median
from sgkpi.figures.ratings import rate_figure, target_for
from sgkpi.ledger.ledger import Ledger, Place, ValueSummary
from sgkpi.model.indicator import Breakdown, Indicator
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import JUDGED, NOT_RECORDED, Outcome
from sgkpi.model.periods import Period

_Tally = dict[Outcome, int]
_IN_DENOMINATOR = (*JUDGED, Outcome.COUNTED)


@dataclass(frozen=True)
class FigureRequest:
    """An indicator's figures that are wanted: every period, covered or not, in total and by the breakdowns."""

    indicator: Indicator
    periods: tuple[Period, ...]
    covered: frozenset[Period]
    breakdowns: tuple[Breakdown, ...]


class _Tallies:
    """Outcome counts by figure."""

    def __init__(self, counts: Ledger) -> None:
        self.outcomes: defaultdict[Place, _Tally] = defaultdict(lambda: dict.fromkeys(Outcome, 0))
        self.categories: dict[tuple[str, Period, str], set[str]] = {}
        for each in counts.outcomes:
            self.outcomes[each.place][each.outcome] += each.cases
            if each.breakdown is not None and each.category is not None:
                self.categories.setdefault((each.indicator, each.period, each.breakdown), set()).add(each.category)
        self.values = {each.place: each for each in counts.values}


def build_figures(requests: Iterable[FigureRequest], counts: Ledger, as_of: datetime) -> tuple[Figure, ...]:
    """Every figure that is wanted: by indicator, period, the total first, then breakdowns and their categories."""
    tallies = _Tallies(counts)
    ordered = sorted(requests, key=lambda request: request.indicator.id)
    return tuple(figure for request in ordered for figure in _figures(request, tallies, as_of))


def _figures(request: FigureRequest, tallies: _Tallies, as_of: datetime) -> Iterator[Figure]:
    for period in request.periods:
        column = _Column(request, tallies, period, as_of)
        yield column.figure(None, None)
        for breakdown in request.breakdowns:
            occurring = tallies.categories.get((request.indicator.id, period, breakdown.name), set())
            for category in order_categories(breakdown, occurring):
                yield column.figure(breakdown.name, category)


def order_categories(breakdown: Breakdown, occurring: Iterable[str]) -> list[str]:
    """Declared codes or bands first, in their order; then others by code point; what is not recorded last."""
    others = set(occurring) - set(breakdown.codes)
    below = {text for text in others if breakdown.bands and text.startswith("under ")}
    unrecorded = {NOT_RECORDED} & others
    return [*sorted(below), *breakdown.codes, *sorted(others - below - unrecorded), *unrecorded]


class _Column:
    """The figures of an indicator for one period."""

    def __init__(self, request: FigureRequest, tallies: _Tallies, period: Period, as_of: datetime) -> None:
        self.indicator = request.indicator
        self.tallies = tallies
        self.period = period
        self.as_of = as_of
        self.covered = period in request.covered
        self.target = target_for(request.indicator, period)
        self.has_ended = period.has_ended(as_of)

    def figure(self, breakdown: str | None, category: str | None) -> Figure:
        """The figure of all cases, or of a category."""
        indicator, target, place = self.indicator, self.target, (self.indicator.id, self.period, breakdown, category)
        tally = self.tallies.outcomes[place]
        number, status, rating, firm = _Number(), Status.NOT_COVERED, Rating.NOT_RATED, None
        cases: Mapping[Outcome, int | None] = dict.fromkeys(Outcome)
        if self.covered:
            cases, status = tally, _status(indicator, tally, has_ended=self.has_ended)
            number = _Number.of(indicator.measure, tally, self.tallies.values.get(place))
            rating, firm = rate_figure(indicator, target, status, number.value, number.lowest, number.highest)
        return Figure(
            indicator=indicator.id,
            title=indicator.title,
            measure=indicator.measure,
            period=self.period,
            breakdown=breakdown,
            category=category,
            status=status,
            value=number.value,
            numerator=number.numerator,
            denominator=number.denominator,
            met=cases[Outcome.MET],
            not_met=cases[Outcome.NOT_MET],
            overdue=cases[Outcome.OVERDUE],
            counted=cases[Outcome.COUNTED],
            not_due=cases[Outcome.NOT_DUE],
            unknown=cases[Outcome.UNKNOWN],
            excluded=cases[Outcome.EXCLUDED],
            lowest=number.lowest,
            highest=number.highest,
            target_green=target.green if target else None,
            target_amber=target.amber if target else None,
            improvement=indicator.improvement,
            rating=rating,
            rating_firm=firm,
            as_of=self.as_of,
        )


def _status(indicator: Indicator, tally: _Tally, *, has_ended: bool) -> Status:
    if indicator.measure is not Measure.COUNT and not _judged(tally):
        return Status.NO_CASES
    if not has_ended or tally[Outcome.NOT_DUE]:
        return Status.PROVISIONAL
    return Status.COMPLETE


def _judged(tally: _Tally) -> int:
    return sum(map(tally.__getitem__, _IN_DENOMINATOR))


@dataclass(frozen=True)
class _Number:
    """A figure's value with what it is made of."""

    value: Fraction | None = None
    numerator: Fraction | None = None
    denominator: int | None = None
    lowest: Fraction | None = None
    highest: Fraction | None = None

    @classmethod
    def of(cls, measure: Measure, tally: _Tally, values: ValueSummary | None) -> "_Number":
        match measure:
            case Measure.PROPORTION:
                return cls._proportion(tally)
            case Measure.COUNT:
                counted = Fraction(tally[Outcome.COUNTED])
                return cls(counted, counted, None, counted, counted + tally[Outcome.UNKNOWN])
            case _:
                return cls._of_values(measure, values)

    @classmethod
    def _proportion(cls, tally: _Tally) -> "_Number":
        met, judged = tally[Outcome.MET], _judged(tally)
        open_cases = tally[Outcome.NOT_DUE] + tally[Outcome.UNKNOWN]
        every = judged + open_cases
        return cls(
            value=Fraction(met, judged) if judged else None,
            numerator=Fraction(met),
            denominator=judged,
            lowest=Fraction(met, every) if every else None,
            highest=Fraction(met + open_cases, every) if every else None,
        )

    @classmethod
    def _of_values(cls, measure: Measure, values: ValueSummary | None) -> "_Number":
        if values is None:
            return cls(denominator=0)
        match measure:
            case Measure.MEAN:
                return cls(values.total / values.cases, values.total, values.cases)
            case Measure.MEDIAN:
                return cls(median(values.counts), None, values.cases)
            case _:
                return cls(values.maximum, None, values.cases)


def build_reasons(requests: Iterable[FigureRequest], counts: Ledger) -> tuple[ReasonCount, ...]:
    """How many cases have each outcome for each named reason, in the order of the figures."""
    ordered = sorted(requests, key=lambda request: request.indicator.id)
    return tuple(reason for request in ordered for reason in _reasons(request, counts))


def _reasons(request: FigureRequest, counts: Ledger) -> list[ReasonCount]:
    named = [
        ReasonCount(
            each.indicator, each.period, each.breakdown, each.category, each.outcome.value, each.reason, each.cases
        )
        for each in counts.outcomes
        if each.indicator == request.indicator.id and each.reason is not None
    ]
    order = _Order(request, named)
    return sorted(named, key=order.key)


class _Order:
    """Where a row stands: by period, breakdown and category as in the figures, then by outcome and reason."""

    def __init__(self, request: FigureRequest, rows: Sequence[ReasonCount]) -> None:
        self.breakdowns = {breakdown.name: place for place, breakdown in enumerate(request.breakdowns)}
        self.outcomes = {outcome.value: place for place, outcome in enumerate(Outcome)}
        self.categories: dict[tuple[str | None, str | None], int] = {(None, None): 0}
        for breakdown in request.breakdowns:
            occurring = {row.category for row in rows if row.breakdown == breakdown.name and row.category is not None}
            for place, category in enumerate(order_categories(breakdown, occurring)):
                self.categories[breakdown.name, category] = place

    def key(self, row: ReasonCount) -> tuple[object, ...]:
        breakdown = self.breakdowns[row.breakdown] if row.breakdown is not None else -1
        category = self.categories[row.breakdown, row.category]
        return row.period.sort_key, breakdown, category, self.outcomes[row.outcome], row.reason
