"""Control limits of a series of months: the range within which a stable process varies by chance.

A proportion has a P chart, widened by Laney's factor where months vary more than chance allows (D. B. Laney,
"Improved Control Charts for Attributes", Quality Engineering 14(4), 2002). Any other measure has an XmR chart of
individual values and moving ranges, as the NHS's Making Data Count draws it. All numbers are exact but for the one
square root of a proportion's standard deviation.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from typing import assert_never

from sgkpi.model.measures import Measure
from sgkpi.model.periods import Month

FEWEST_POINTS, FEWEST_FIRM = 8, 12
FEWEST_EITHER_WAY, FEWEST_COUNTED = 2, 5  # a month, on average
# Of a normal process: the greatest plausible range, 3 standard deviations and one, in mean moving ranges.
_GREATEST_RANGE = Fraction(3267, 1000)
_THREE_SIGMA = Fraction(266, 100)
_ONE_RANGE = Fraction(1128, 1000)


class Chart(StrEnum):
    """The kinds of control chart."""

    P = "p"
    XMR = "xmr"


class LimitsKind(StrEnum):
    """The reliability of limits."""

    FIRM = "firm"
    TRIAL = "trial"
    NONE = "none"


class NoLimits(StrEnum):
    """Why a point has no limits, the first that holds."""

    STOCK = "stock"
    MAXIMUM = "maximum"
    TOO_FEW_POINTS = "too_few_points"
    SMALL_NUMBERS = "small_numbers"


@dataclass(frozen=True, slots=True)
class Observation:
    """A month of a series. A proportion's value is `numerator / denominator`; the target is that of the month."""

    month: Month
    value: Fraction | None
    settled: bool = True
    numerator: Fraction | None = None
    denominator: Fraction | int | None = None
    target: Fraction | None = None

    @property
    def is_point(self) -> bool:
        """Whether the month counts in limits and runs; any other is passed over."""
        return self.settled and self.value is not None

    @property
    def number(self) -> Fraction:
        """The value of a point."""
        if self.value is None:
            raise ValueError(f"{self.month} has no value")
        return self.value

    @property
    def cases(self) -> tuple[Fraction, Fraction | int]:
        """The numerator and the denominator of a proportion."""
        if self.numerator is None or not self.denominator:
            raise ValueError(f"{self.month} has no cases")
        return self.numerator, self.denominator


@dataclass(frozen=True)
class Process:
    """The mean of a process and its standard deviation, which at a point of a P chart depends on its denominator."""

    mean: Fraction
    sigma: Callable[[Observation], Fraction]


def chart_of(measure: Measure, *, is_stock: bool) -> Chart | None:
    """Return the chart of a measure; None for a stock, whose months count the same people, and for a maximum."""
    match measure:
        case Measure.MAXIMUM:
            return None
        case _ if is_stock:
            return None
        case Measure.PROPORTION:
            return Chart.P
        case Measure.COUNT | Measure.MEAN | Measure.MEDIAN | Measure.RATIO:
            return Chart.XMR
        case _:
            assert_never(measure)


def why_no_limits(measure: Measure, points: Sequence[Observation], *, is_stock: bool) -> NoLimits | None:
    """Return why these points make no limits; None where they do."""
    if is_stock:
        return NoLimits.STOCK
    if chart_of(measure, is_stock=is_stock) is None:
        return NoLimits.MAXIMUM
    if len(points) < FEWEST_POINTS:
        return NoLimits.TOO_FEW_POINTS
    small = False
    if measure is Measure.PROPORTION:
        met, judged = _sums(points)
        small = min(met, judged - met) < FEWEST_EITHER_WAY * len(points)
    elif measure is Measure.COUNT:
        small = sum(point.number for point in points) < FEWEST_COUNTED * len(points)
    return NoLimits.SMALL_NUMBERS if small else None


def process_of(chart: Chart, points: Sequence[Observation]) -> Process:
    """Return the process that these points show; they must be enough, by `why_no_limits`."""
    match chart:
        case Chart.XMR:
            return _xmr(points)
        case Chart.P:
            return _p(points)
        case _:
            assert_never(chart)


def _xmr(points: Sequence[Observation]) -> Process:
    values = [point.number for point in points]
    sigma = _THREE_SIGMA / 3 * mean_moving_range(values)
    return Process(sum(values, Fraction()) / len(values), lambda _: sigma)


def _p(points: Sequence[Observation]) -> Process:
    met, judged = _sums(points)
    mean = Fraction(met, judged)

    def chance(point: Observation) -> Fraction:
        """Return the standard deviation that chance alone gives a share of this many cases."""
        return Fraction(sqrt(mean * (1 - mean) / point.cases[1]))

    scores = [(point.number - mean) / chance(point) for point in points]
    widened = max(Fraction(1), mean_moving_range(scores) / _ONE_RANGE)
    return Process(mean, lambda point: widened * chance(point))


def mean_moving_range(values: Sequence[Fraction]) -> Fraction:
    """Return the mean difference of successive values, without those that are too great for chance.

    Where nothing above 0 is left without them, the mean of all: else one event among zeros would leave no range.
    """
    ranges = [abs(later - earlier) for earlier, later in pairwise(values)]
    mean = sum(ranges, Fraction()) / len(ranges)
    kept = [each for each in ranges if each < _GREATEST_RANGE * mean]
    return sum(kept, Fraction()) / len(kept) if any(kept) else mean


def _sums(points: Sequence[Observation]) -> tuple[Fraction, Fraction]:
    cases = [point.cases for point in points]
    return sum((met for met, _ in cases), Fraction()), Fraction(sum(judged for _, judged in cases))
