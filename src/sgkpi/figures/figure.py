"""A figure: one number of one indicator, for a period and a category, with the counts behind it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from sgkpi.model.indicator import Improvement
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Period


class Status(StrEnum):
    """How far a figure can be relied on."""

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
    """A figure, exact. Proportions are fractions of 1; None is null, never zero.

    Counts are None only where the status is not_covered; `denominator` is None where it has no
    meaning (a count), `numerator` likewise (a median or maximum).
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
    denominator: int | None
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


@dataclass(frozen=True)
class ReasonCount:
    """The number of cases of a figure that have an outcome for a named reason."""

    indicator: str
    period: Period
    breakdown: str | None
    category: str | None
    outcome: str
    reason: str
    cases: int
