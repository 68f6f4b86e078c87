"""A figure compared with another: with a published one, or with that of an earlier month.

Only settled figures are compared. The words say which way a figure differs where chance alone seldom makes such a
difference, and else that it is similar.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from sgkpi.figures.figure import Figure
from sgkpi.figures.intervals import Interval, of_difference
from sgkpi.model.indicator import Improvement
from sgkpi.model.measures import Measure


class Comparison(StrEnum):
    """A figure compared with another: better or worse, or higher or lower where neither way is better."""

    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"
    SIMILAR = "similar"


@dataclass(frozen=True)
class Difference:
    """The interval of the difference between two proportions, the later less the earlier, and what it means."""

    interval: Interval
    comparison: Comparison


def compare_with_value(figure: Figure, value: Decimal) -> Comparison | None:
    """Compare a figure with a published value, which is taken as exact; None where the figure has no interval.

    The interval is compared with the value, and not two intervals with each other, as Fingertips does it.
    """
    if figure.interval_lower is None or figure.interval_upper is None:
        return None
    return _compare(Interval(figure.interval_lower, figure.interval_upper), Fraction(value), figure.improvement)


def compare_with_earlier(figure: Figure, earlier: Figure, *, is_stock: bool) -> Difference | None:
    """Compare a proportion with that of an earlier period, by Newcombe's interval for their difference.

    None for a stock, which counts the same people again; for another measure; and where one of the two could still
    change or has no value.
    """
    if is_stock or figure.measure is not Measure.PROPORTION or not (figure.settled and earlier.settled):
        return None
    interval = of_difference(_cases(figure), _cases(earlier))
    return interval and Difference(interval, _compare(interval, Fraction(0), figure.improvement))


def _cases(figure: Figure) -> tuple[int, int]:
    return figure.met or 0, figure.judged


def _compare(interval: Interval, value: Fraction, improvement: Improvement) -> Comparison:
    """Return how a figure with this interval compares with a value; on a bound of the interval it is similar."""
    is_higher = Fraction(interval.lower) > value
    if not is_higher and Fraction(interval.upper) >= value:
        return Comparison.SIMILAR
    if improvement is Improvement.NONE:
        return Comparison.HIGHER if is_higher else Comparison.LOWER
    return Comparison.BETTER if is_higher is (improvement is Improvement.INCREASE) else Comparison.WORSE
