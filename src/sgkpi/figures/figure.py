"""A figure, one number of an indicator for a period and a category; and `FigureSet`, the input of every output."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from sgkpi.ledger.ledger import FigurePlace, Placed, TableRead, Unplaced
from sgkpi.model.indicator import Improvement, Indicator
from sgkpi.model.measures import Measure, Quantity
from sgkpi.model.periods import Period
from sgkpi.model.problems import Problem
from sgkpi.model.request import AsOfSource
from sgkpi.model.units import ValueUnit
from sgkpi.planning.availability import Unavailable, UnavailableBreakdown

if TYPE_CHECKING:
    from sgkpi.figures.series import Series


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


@dataclass(frozen=True)
class ReasonCount(Placed):
    """The number of cases of a figure that have an outcome for a named reason."""

    outcome: str
    reason: str
    cases: int


@dataclass(frozen=True)
class Caution:
    """A warning that belongs beside an indicator's figures."""

    indicator: str
    code: str
    message: str


@dataclass(frozen=True)
class FigureSet:
    """Figures in the order of the long table, and what they rest on.

    Every output of figures is made from a figure set alone, so that a rule applied to it holds everywhere.
    `indicators` are the definitions that were computed, `unavailable` those that the extract cannot carry,
    `unavailable_breakdowns` the breakdowns of the others that it cannot.
    `declarations` are the digests of the tables' declarations by name, `holidays_sha256` that of the closure days.
    `source` is the extract's own description of itself; `problems` are warnings about it. `signals` are the series
    whose signals were asked for.
    """

    figures: tuple[Figure, ...]
    reasons: tuple[ReasonCount, ...]
    indicators: tuple[Indicator, ...]
    unavailable: tuple[Unavailable, ...]
    unplaced: tuple[Unplaced, ...]
    tables: tuple[TableRead, ...]
    source: str | None
    as_of: datetime
    as_of_source: AsOfSource
    problems: tuple[Problem, ...] = ()
    unavailable_breakdowns: tuple[UnavailableBreakdown, ...] = ()
    declarations: Mapping[str, str] = field(default_factory=dict)
    holidays_sha256: str | None = None
    cautions: tuple[Caution, ...] = ()
    signals: "tuple[Series, ...]" = ()
