"""The geometry of a months chart: where a month and a value are."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import groupby

from sgkpi.documents.report.page import ChartPoint
from sgkpi.documents.write.html.scale import Scale
from sgkpi.documents.write.html.svg import percent

HEIGHT, TOP, BOTTOM = 230, 30, 44
BASE = HEIGHT - BOTTOM
REACH_SEEN = 9  # pixels; a shorter one is hidden by its point


@dataclass(frozen=True)
class Plot:
    """Months from left to right, each as wide as the others, and values from `BASE` up to `TOP`."""

    points: Sequence[ChartPoint]
    scale: Scale

    @property
    def count(self) -> int:
        return len(self.points)

    def left(self, index: int) -> str:
        """Return the left edge of a month."""
        return percent(index / self.count)

    def middle(self, index: int) -> str:
        """Return the middle of a month, where its value is drawn."""
        return percent((2 * index + 1) / (2 * self.count))

    def across(self, first: int, last: int) -> tuple[str, str]:
        """Return the left edge of a month, and the right edge of another."""
        return self.left(first), self.left(last + 1)

    def width(self, first: int, last: int) -> str:
        return percent((last + 1 - first) / self.count)

    def y(self, value: Fraction) -> float:
        """Return the pixel of a value; the foot of the chart for a limit below its scale."""
        return float(BASE - (max(value, self.scale.low) - self.scale.low) * self._slope)

    @cached_property
    def _slope(self) -> Fraction:
        """The pixels of a value of 1."""
        return (BASE - TOP) / (self.scale.high - self.scale.low)

    def reach(self, point: ChartPoint) -> tuple[float, float] | None:
        """Return the bottom and top of what the value could still be, where that can be seen beside the point."""
        if point.value is None or point.lowest is None or point.highest is None:
            return None
        bottom, top = self.y(point.lowest), self.y(point.highest)
        return (bottom, top) if bottom - top > REACH_SEEN else None

    @property
    def valued(self) -> list[tuple[int, ChartPoint, Fraction]]:
        """The months with a value, each with its index."""
        return [(k, point, point.value) for k, point in enumerate(self.points) if point.value is not None]


def runs(values: Iterable[Hashable]) -> Iterator[tuple[int, int]]:
    """Yield the first and last index of each run of equal values; None is no value."""
    for value, run in groupby(enumerate(values), key=lambda each: each[1]):
        indexes = [index for index, _ in run]
        if value is not None:
            yield indexes[0], indexes[-1]
