"""A figure: one number of an indicator for a period and a category."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from sgkpi.ledger.ledger import FigurePlace
from sgkpi.model.indicator import Improvement
from sgkpi.model.measures import Measure, Quantity
from sgkpi.model.periods import Period
from sgkpi.model.units import ValueUnit


class Status(StrEnum):
    """The reliability of a figure."""

    COMPLETE = "complete"
    PROVISIONAL = "provisional"
    NO_CASES = "no_cases"
    NOT_COVERED = "not_covered"


class Rating(StrEnum):
    """A value compared with its target."""

    GREEN = "GREEN"
    AMBER = "AMBER"
    RED = "RED"
    NOT_RATED = "NOT_RATED"


@dataclass(frozen=True)
class Figure:
    """A figure, exact but for its interval. Proportions are fractions of 1; None is null, never zero.

    Counts are None only where the status is not_covered; `denominator` is None where it has no
    meaning (a count), `numerator` likewise (a median or maximum). Those of a ratio are two sums.
    """

    indicator: str
    title: str
    measure: Measure
    period: Period
    breakdown: str | None
    category: str | None
    status: Status
    value: Fraction | None
    numerator: Fraction | None
    denominator: Fraction | int | None
    met: int | None
    not_met: int | None
    overdue: int | None
    counted: int | None
    not_due: int | None
    unknown: int | None
    excluded: int | None
    lowest: Fraction | None
    highest: Fraction | None
    target_green: Decimal | None
    target_amber: Decimal | None
    improvement: Improvement
    rating: Rating
    rating_firm: bool | None
    as_of: datetime
    settled: bool
    interval_lower: float | None
    interval_upper: float | None
    persons: int | None
    unit: ValueUnit | None = None

    @property
    def place(self) -> FigurePlace:
        return self.indicator, self.period, self.breakdown, self.category

    @cached_property
    def quantity(self) -> Quantity:
        return Quantity(self.measure, self.unit)

    @property
    def judged(self) -> int:
        """The number of cases that are judged or counted."""
        return sum(each or 0 for each in (self.met, self.not_met, self.overdue, self.counted))
