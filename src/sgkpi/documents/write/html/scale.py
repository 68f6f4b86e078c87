"""The vertical scale of a chart: the values at its ends, and the ticks between them."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from sgkpi.documents.report.page import ChartPoint

TENTH = Fraction(1, 10)
_NARROWEST = 3 * TENTH
_SPACE = Fraction(3, 100)
_MOST_TENTHS = 5 * TENTH
_TICKS = 4


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
    drawn = [number for point in points for number in _drawn(point)]
    return _share_scale(drawn or [Fraction(0), Fraction(1)]) if is_share else _number_scale(drawn)


def _drawn(point: ChartPoint) -> Iterable[Fraction]:
    limits = (point.limits.lower, point.limits.mean, point.limits.upper) if point.limits else ()
    value = (point.value, point.lowest, point.highest) if point.value is not None else ()
    return (number for number in (*value, point.target, *limits) if number is not None)


def _share_scale(drawn: list[Fraction]) -> Scale:
    """Return tens of per cent around what is drawn, at least 30 points wide."""
    low = max(Fraction(0), floor((min(drawn) - _SPACE) * 10) * TENTH)
    high = min(Fraction(1), ceil((max(drawn) + _SPACE) * 10) * TENTH)
    while high - low < _NARROWEST:
        low = max(Fraction(0), low - TENTH)
        if high - low < _NARROWEST:
            high = min(Fraction(1), high + TENTH)
    step = TENTH if high - low <= _MOST_TENTHS else 2 * TENTH
    return Scale(floor(low / step) * step, ceil(high / step) * step, step, is_share=True)


def _number_scale(drawn: list[Fraction]) -> Scale:
    """Return a scale from nought, with whole ticks that are 1, 2 or 5 times a power of ten apart."""
    most = max([*drawn, Fraction(1)])
    power = 1
    while power * 10 * _TICKS <= most:
        power *= 10
    step = next(Fraction(power * each) for each in (1, 2, 5, 10) if power * each * _TICKS >= most)
    return Scale(Fraction(0), ceil(most / step) * step, step, is_share=False)
