"""Published figures: those of a snapshot, read from its figures.csv."""

import csv
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from io import StringIO

from sgkpi.figures.build import order_categories
from sgkpi.figures.figure import Figure, Rating, Status
from sgkpi.figures.numbers import NO_BOUNDS, Bounds, bounds_of
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import SnapshotError
from sgkpi.model.indicator import Improvement
from sgkpi.model.measures import Measure, Quantity
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Month, Period, PeriodKind
from sgkpi.model.units import ValueUnit
from sgkpi.snapshots.store import Snapshot

FIGURES = "figures.csv"
# Indicator, period, breakdown and category.
Place = tuple[str, Period, str | None, str | None]


@dataclass(frozen=True)
class Amounts:
    """Cases by outcome with numerator, denominator and value: of a figure, or what a movement adds to one.

    Numerator and denominator are None where the measure has none; counts are None where the figure is not covered.
    """

    outcomes: Mapping[str, int] | None
    numerator: Fraction | None
    denominator: Fraction | int | None
    value: Fraction | None

    @property
    def in_scope(self) -> int | None:
        return None if self.outcomes is None else sum(self.outcomes.values())


@dataclass(frozen=True)
class PublishedFigure:
    """A figure of a snapshot. Values of proportions and counts are exact, those of others rest on the nearest doubles.

    `is_settled` is whether nothing was expected to change it any more; of an older snapshot, whether it was complete.
    """

    indicator: str
    title: str
    measure: Measure
    period: Period
    breakdown: str | None
    category: str | None
    status: Status
    is_settled: bool
    rating: Rating
    amounts: Amounts
    bounds: Bounds = NO_BOUNDS
    unit: ValueUnit | None = None

    @property
    def quantity(self) -> Quantity:
        return Quantity(self.measure, self.unit)

    @property
    def place(self) -> Place:
        return self.indicator, self.period, self.breakdown, self.category

    @property
    def is_covered(self) -> bool:
        return self.status is not Status.NOT_COVERED

    @classmethod
    def of(cls, figure: Figure) -> "PublishedFigure":
        """Return a computed figure as it will be read from its snapshot."""
        about = (figure.indicator, figure.title, figure.measure, figure.period, figure.breakdown, figure.category)
        outcomes = {outcome.value: getattr(figure, outcome.value) for outcome in Outcome}
        covered = figure.status is not Status.NOT_COVERED
        numbers = _published(figure.numerator), _published(figure.denominator), _published(figure.value)
        amounts = Amounts(outcomes if covered else None, *_with_value(*numbers))
        return cls(*about, figure.status, figure.settled, figure.rating, amounts, bounds_of(figure), figure.unit)


@dataclass(frozen=True)
class Publication:
    """The figures of a snapshot, in the order of the long table."""

    figures: tuple[PublishedFigure, ...]

    @cached_property
    def by_place(self) -> Mapping[Place, PublishedFigure]:
        return {figure.place: figure for figure in self.figures}

    def breakdowns(self, indicator: str) -> tuple[str, ...]:
        """Return the breakdowns of an indicator, in the order of its definition.

        A period without cases lists only those whose categories are declared; the one that lists most has them all.
        """
        names: dict[Period, dict[str, None]] = {}
        for each in self.figures:
            if each.indicator == indicator and each.breakdown is not None:
                names.setdefault(each.period, {})[each.breakdown] = None
        return max(map(tuple, names.values()), key=len, default=())

    def has_cases(self, indicator: str) -> bool:
        """Whether any figure of an indicator has a case; without one, breakdowns may have no row in any period."""
        return any(each.indicator == indicator and each.amounts.in_scope for each in self.figures)

    def covered_periods(self, indicator: str) -> tuple[Period, ...]:
        """Return the periods of an indicator that the extract covered."""
        totals = (each for each in self.figures if each.indicator == indicator and each.breakdown is None)
        return tuple(each.period for each in totals if each.is_covered)


def own_bounds(figure: PublishedFigure | None) -> Bounds:
    """Return the bounds of a published figure's target; none where there is no figure."""
    return NO_BOUNDS if figure is None else figure.bounds


def publication_of(figures: Iterable[Figure]) -> Publication:
    """Return computed figures as they will be published."""
    return Publication(tuple(map(PublishedFigure.of, figures)))


def read_publication(snapshot: Snapshot, indicators: Collection[str] | None = None) -> Publication:
    """Return the figures of a snapshot, or those of some indicators; columns that are not known are passed over.

    Raises SnapshotError where the file is missing, changed, or does not hold figures.
    """
    text = snapshot.read(FIGURES).decode()
    try:
        rows = csv.DictReader(StringIO(text))
        return Publication(tuple(_figure(row) for row in rows if not indicators or row["indicator"] in indicators))
    except (ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise SnapshotError(f"{snapshot.folder / FIGURES} is damaged: it does not hold figures") from error


def place_order(places: Iterable[Place], catalogue: Catalogue) -> Callable[[Place], tuple[object, ...]]:
    """Return the sort key of places: as in the long table; what today's definitions lack comes last, as it was."""
    occurring: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for indicator, _, breakdown, category in places:
        if breakdown is not None and category is not None:
            occurring[indicator, breakdown].setdefault(category)
    orders, ranks = {}, {}
    for place, ((indicator, name), categories) in enumerate(occurring.items()):
        today = catalogue.indicators.get(indicator)
        names = [each.name for each in today.by] if today else []
        declared = today.breakdown_named(name) if today else None
        order = order_categories(declared, categories) if declared else list(categories)
        orders[indicator, name] = {category: place for place, category in enumerate(order)}
        ranks[indicator, name] = names.index(name) if name in names else len(names) + place

    def key(place: Place) -> tuple[object, ...]:
        indicator, period, breakdown, category = place
        if breakdown is None or category is None:
            return indicator, period.sort_key, -1, 0
        return indicator, period.sort_key, ranks[indicator, breakdown], orders[indicator, breakdown][category]

    return key


def _published(number: Fraction | int | None) -> Fraction | None:
    """Return a number as data outputs write it: the nearest double."""
    return None if number is None else Fraction(repr(float(number)))


def _with_value(
    numerator: Fraction | None, denominator: Fraction | None, value: Fraction | None
) -> tuple[Fraction | None, Fraction | None, Fraction | None]:
    """Return published numbers with the value that numerator and denominator give, where there are both."""
    if numerator is not None and denominator and value is not None:
        value = numerator / denominator
    return numerator, denominator, value


def _figure(row: Mapping[str, str]) -> PublishedFigure:
    kind, days = PeriodKind(row["period_kind"]), (row["period_start"], row["period_end"])
    period = Period(kind, *(Month.of(date.fromisoformat(day)) for day in days))
    status, measure = Status(row["status"]), Measure(row["measure"])
    outcomes = None
    if status is not Status.NOT_COVERED:
        outcomes = {outcome.value: int(row[outcome]) for outcome in Outcome}
    numbers = (Fraction(row[name]) if row[name] else None for name in ("numerator", "denominator", "value"))
    breakdown, category = (row[name] or None for name in ("breakdown", "category"))
    about = row["indicator"], row["title"], measure, period, breakdown, category
    amounts = Amounts(outcomes, *_with_value(*numbers))
    green, amber = (Decimal(row[name]) if row[name] else None for name in ("target_green", "target_amber"))
    bounds = Bounds.of(green, amber, Improvement(row["improvement"]))
    # Older snapshots have neither of these columns.
    unit = ValueUnit(row["unit"]) if row.get("unit") else None
    is_settled = row["settled"] == "true" if row.get("settled") else status is Status.COMPLETE
    return PublishedFigure(*about, status, is_settled, Rating(row["rating"]), amounts, bounds, unit)
