"""Targets and ratings."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from sgkpi.figures.figure import Rating, Status
from sgkpi.model.indicator import Improvement, Indicator, Target
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Period, PeriodKind


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


@lru_cache(maxsize=256)
def _exactly(bound: Decimal) -> Fraction:
    return Fraction(bound)


def rate_figure(
    indicator: Indicator,
    target: Target | None,
    status: Status,
    value: Fraction | None,
    lowest: Fraction | None,
    highest: Fraction | None,
) -> tuple[Rating, bool | None]:
    """Return the rating of a figure, and whether its lowest and highest value would be rated the same.

    A provisional figure whose rating could still change is not rated.
    """
    if target is None or value is None or indicator.improvement is Improvement.NONE:
        return Rating.NOT_RATED, None
    firm = None
    if lowest is not None and highest is not None:
        ends = {rate(end, indicator.improvement, target) for end in {lowest, highest}}
        firm = len(ends) == 1
    if status is Status.PROVISIONAL and not firm:
        return Rating.NOT_RATED, None
    return rate(value, indicator.improvement, target), firm
