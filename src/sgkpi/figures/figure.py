"""A figure: one number of one indicator, for a period and a category, with all that it rests on."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from sgkpi.model.indicator import Improvement
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Period


class Status(StrEnum):
    """What may be made of a figure."""

    COMPLETE = "complete"
    PROVISIONAL = "provisional"
    NO_CASES = "no_cases"
    NOT_COVERED = "not_covered"


class Rating(StrEnum):
    """How a value stands against its target."""

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
    """How many cases of a figure have an outcome for a named reason."""

    indicator: str
    period: Period
    breakdown: str | None
    category: str | None
    outcome: str
    reason: str
    cases: int


FIGURE_COLUMNS = (
    "indicator", "title", "measure", "period_kind", "period", "period_start", "period_end", "breakdown", "category",
    "status", "value", "numerator", "denominator", "met", "not_met", "overdue", "counted", "not_due", "unknown",
    "excluded", "lowest", "highest", "target_green", "target_amber", "improvement", "rating", "rating_firm", "as_of",
)  # fmt: skip

Cell = str | int | float | bool | date | datetime | None


def nearest(number: Fraction | Decimal | None) -> float | int | None:
    """The nearest double to an exact number; a whole number stays whole."""
    if number is None:
        return None
    numerator, denominator = number.as_integer_ratio()
    return numerator if denominator == 1 else numerator / denominator


def figure_row(figure: Figure) -> dict[str, Cell]:
    """A figure as a row of the long table, in its column order."""
    period = figure.period
    return {
        "indicator": figure.indicator,
        "title": figure.title,
        "measure": figure.measure.value,
        "period_kind": period.kind.value,
        "period": period.label,
        "period_start": period.start,
        "period_end": period.end,
        "breakdown": figure.breakdown,
        "category": figure.category,
        "status": figure.status.value,
        "value": nearest(figure.value),
        "numerator": nearest(figure.numerator),
        "denominator": figure.denominator,
        "met": figure.met,
        "not_met": figure.not_met,
        "overdue": figure.overdue,
        "counted": figure.counted,
        "not_due": figure.not_due,
        "unknown": figure.unknown,
        "excluded": figure.excluded,
        "lowest": nearest(figure.lowest),
        "highest": nearest(figure.highest),
        "target_green": nearest(figure.target_green),
        "target_amber": nearest(figure.target_amber),
        "improvement": figure.improvement.value,
        "rating": figure.rating.value,
        "rating_firm": figure.rating_firm,
        "as_of": figure.as_of,
    }
