"""The vertical scale of a chart: the values at its ends, and the ticks between them."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from math import ceil, floor

from sgkpi.documents.report.page import ChartPoint

TENTH = Fraction(1, 10)
_NARROWEST = 3 * TENTH
_SPACE = Fraction(3, 100)
_STEPS, _STEPS_OF_SHARE = 4, 5  # at most, before the ends of a scale are moved to ticks


@dataclass(frozen=True)
class Scale:
    """The values at the bottom and the top of a chart; `step` is the distance between its ticks."""

    low: Fraction
    high: Fraction
    step: Fraction
    is_share: bool

    @property
    def ticks(self) -> tuple[Fraction, ...]:
        return tuple(self.low + self.step * k for k in range(int((self.high - self.low) / self.step) + 1))

    def shown(self, value: Fraction) -> str:
        """Return a tick in words: `70%`, or `1,500`."""
        return f"{int(100 * value)}%" if self.is_share else f"{int(value):,}"


def scale_of(points: Iterable[ChartPoint], *, is_share: bool) -> Scale:
    """Return the scale of a chart, in which its values, reaches, targets and limits have room."""
    points = tuple(points)
    drawn = [number for point in points for number in _drawn(point)]
    limits = [number for each in points if (of := each.limits) for number in (of.lower, of.mean, of.upper)]
    if is_share:
        return _share_scale([*drawn, *limits] or [Fraction(0), Fraction(1)])
    if min(drawn, default=0) >= 0:  # the limits of a wait may lie below zero, where no wait is
        limits = [max(Fraction(0), each) for each in limits]
    return _number_scale([*drawn, *limits])


def _drawn(point: ChartPoint) -> Iterable[Fraction]:
    value = (point.value, point.lowest, point.highest) if point.value is not None else ()
    return (number for number in (*value, point.target) if number is not None)


def _share_scale(drawn: list[Fraction]) -> Scale:
    """Return tens of per cent around what is drawn, at least 30 points wide.

    It ends at 0% and at 100%, unless a share that is no proportion, such as what was spent of a budget, lies beyond.
    """
    lowest, highest = min(drawn), max(drawn)
    least, most = floor(min(Fraction(0), lowest) * 10) * TENTH, ceil(max(Fraction(1), highest) * 10) * TENTH
    low = max(least, floor((lowest - _SPACE) * 10) * TENTH)
    high = min(most, ceil((highest + _SPACE) * 10) * TENTH)
    while high - low < _NARROWEST:
        low = max(least, low - TENTH)
        if high - low < _NARROWEST:
            high = min(most, high + TENTH)
    step = _step(TENTH, (high - low) / _STEPS_OF_SHARE)
    return Scale(floor(low / step) * step, ceil(high / step) * step, step, is_share=True)


def _number_scale(drawn: list[Fraction]) -> Scale:
    """Return a scale from nought, or from below it where a number is, with whole ticks."""
    low, high = min([Fraction(0), *drawn]), max([Fraction(0), *drawn])
    step = _step(Fraction(1), (high - low) / _STEPS)
    low = floor(low / step) * step
    return Scale(low, max(low + step, ceil(high / step) * step), step, is_share=False)


def _step(unit: Fraction, least: Fraction) -> Fraction:
    """Return the first of 1, 2 and 5 times powers of ten, in a unit, that is no smaller than the least."""
    steps = (unit * each * Fraction(10) ** power for power in count() for each in (1, 2, 5))
    return next(step for step in steps if step >= least)
