"""Targets and ratings."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from sgkpi.figures.figure import Rating
from sgkpi.model.indicator import Improvement, Indicator, Target
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Period, PeriodKind

_exactly: Callable[[Decimal], Fraction] = lru_cache(maxsize=256)(Fraction)


def target_for(indicator: Indicator, period: Period) -> Target | None:
    """Return the target in force at the end of a period.

    A flow's count grows with its period, so its target holds for months alone: None for a longer period.
    """
    if indicator.measure is Measure.COUNT and not indicator.is_stock and period.kind is not PeriodKind.MONTH:
        return None
    in_force = [target for target in indicator.targets if target.since is None or target.since <= period.last]
    return max(in_force, key=lambda target: target.since.index if target.since else 0, default=None)


def rate(value: Fraction, improvement: Improvement, target: Target) -> Rating:
    """Return GREEN, AMBER or RED; a value at a bound has reached it. Compared exactly."""
    if _reaches(value, target.green, improvement):
        return Rating.GREEN
    if target.amber is not None and _reaches(value, target.amber, improvement):
        return Rating.AMBER
    return Rating.RED


def _reaches(value: Fraction, bound: Decimal, improvement: Improvement) -> bool:
    exact = _exactly(bound)
    return value >= exact if improvement is Improvement.INCREASE else value <= exact
