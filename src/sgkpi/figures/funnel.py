"""The funnel: which categories of a breakdown differ from the whole by more than chance explains.

Every category is compared with the pooled proportion, between limits that narrow as its cases grow (Spiegelhalter,
Funnel plots for comparing institutional performance, 2005; the limits of PHEindicatormethods' proportions).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import sqrt

from sgkpi.figures.intervals import Z95, Z998
from sgkpi.model.outcomes import NOT_RECORDED

FEWEST_CASES = 10
FEWEST_CATEGORIES = 3
BEYOND_BY_CHANCE = Fraction(1, 20)


class FunnelFlag(StrEnum):
    """A category against the limits: within the 95% limits, beyond them, or beyond the 99.8% limits too (`far`)."""

    FAR_BELOW = "far_below"
    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"
    FAR_ABOVE = "far_above"
    NOT_JUDGED = "not_judged"


@dataclass(frozen=True)
class FunnelLimits:
    """The limits between which chance alone leaves 95% and 99.8% of categories, cut at 0 and 1."""

    lower95: float
    upper95: float
    lower998: float
    upper998: float


@dataclass(frozen=True)
class FunnelPoint:
    """A category with its cases met and judged, which are None where the extract does not cover the period.

    `pooled`, the proportion of all categories together, and `limits` are None where the category is not judged.
    """

    category: str
    met: int | None
    judged: int | None
    flag: FunnelFlag = FunnelFlag.NOT_JUDGED
    pooled: Fraction | None = None
    limits: FunnelLimits | None = None

    @property
    def value(self) -> Fraction | None:
        return Fraction(self.met, self.judged) if self.met is not None and self.judged else None


def judge_funnel(points: Sequence[FunnelPoint]) -> tuple[FunnelPoint, ...]:
    """Return the categories of a settled period, in their order, each with its limits and flag.

    Those without a recorded category, or with fewer than ten cases judged, count in the pooled proportion and are not
    judged themselves; with fewer than three others, none is.
    """
    if sum(map(_has_enough, points)) < FEWEST_CATEGORIES:
        return tuple(points)
    pooled = Fraction(sum(each.met or 0 for each in points), sum(each.judged or 0 for each in points))
    return tuple(_judged(each, pooled) if _has_enough(each) else each for each in points)


def _has_enough(point: FunnelPoint) -> bool:
    return point.category != NOT_RECORDED and (point.judged or 0) >= FEWEST_CASES


def _judged(point: FunnelPoint, pooled: Fraction) -> FunnelPoint:
    met, judged = point.met or 0, point.judged or 0
    flag = flag_of(Fraction(met, judged), judged, pooled)
    return FunnelPoint(point.category, met, judged, flag, pooled, limits_of(judged, pooled))


def flag_of(value: Fraction, judged: int, pooled: Fraction) -> FunnelFlag:
    """Return the flag of a proportion of a number of cases; compared exactly, and within if on a limit."""
    if pooled in (0, 1):
        return FunnelFlag.WITHIN
    distance, variance = value - pooled, pooled * (1 - pooled) / judged
    if distance**2 > Fraction(Z998) ** 2 * variance:
        return FunnelFlag.FAR_ABOVE if distance > 0 else FunnelFlag.FAR_BELOW
    if distance**2 > Fraction(Z95) ** 2 * variance:
        return FunnelFlag.ABOVE if distance > 0 else FunnelFlag.BELOW
    return FunnelFlag.WITHIN


def limits_of(judged: int, pooled: Fraction) -> FunnelLimits:
    """Return the limits for a category with a number of cases."""
    error = sqrt(pooled * (1 - pooled) / judged)
    lower95, lower998 = (max(0.0, pooled - z * error) for z in (Z95, Z998))
    upper95, upper998 = (min(1.0, pooled + z * error) for z in (Z95, Z998))
    return FunnelLimits(lower95, upper95, lower998, upper998)


def expected_beyond(points: Iterable[FunnelPoint]) -> Fraction:
    """Return how many of the judged categories chance alone would put beyond the 95% limits."""
    return BEYOND_BY_CHANCE * sum(each.flag is not FunnelFlag.NOT_JUDGED for each in points)
