"""Labels of a months chart, written beside what they belong to, so that readers match no colours with a key."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from sgkpi.documents.report.page import MonthsChart
from sgkpi.documents.write.html.plot import BASE, TOP, Plot
from sgkpi.documents.write.html.svg import INK, TARGET, Drawing, Number

_TEXT = 13  # pixels: a line at least so far from the middle of a label does not cross it
_NEAR = 0.25  # the width of a label on the narrowest page, as a share of the width of a chart
_USUAL_WORD = 6  # characters of a label, such as `100.0%`, that the usual margin at the right has room for


@dataclass(frozen=True)
class _EndLabel:
    """A label to the right of the plot: lines of text around a height, each line with space above and below."""

    y: float
    lines: tuple[str, ...]
    name: str
    colour: str
    size: int

    @property
    def line(self) -> int:
        return self.size + 3

    @property
    def height(self) -> int:
        return self.line * len(self.lines)

    def baseline(self, middle: float, k: int) -> float:
        """Return the baseline of a line of text, in the middle of its place; digits are 0.7 of their size high."""
        return middle - self.height / 2 + self.line * (k + 0.5) + 0.35 * self.size


def draw_labels(drawing: Drawing, plot: Plot, chart: MonthsChart) -> None:
    """Write the last value and target at the right end, and the first value at its point."""
    ends = list(_end_labels(plot, chart))
    for label, middle in zip(ends, _spread(ends), strict=True):
        for k, text in enumerate(label.lines):
            y = label.baseline(middle, k)
            _write(drawing, text, class_=label.name, fill=label.colour, x="100%", dx=8, y=y)
    events = [index for index, point in enumerate(plot.points) if any(e.month == point.month for e in chart.events)]
    for index in _labelled_points(plot):
        _label_point(drawing, plot, index, events)


def has_long_labels(chart: MonthsChart) -> bool:
    """Return whether a word at the right end needs more than the usual margin."""
    last = chart.points[-1]
    words = [*(last.shown.split() if last.value is not None else ()), *chart.target_words.split()]
    return any(len(word) > _USUAL_WORD for word in words)


def _end_labels(plot: Plot, chart: MonthsChart) -> list[_EndLabel]:
    """Return the labels at the right end, a line for each word: a narrow page has no room for a unit beside."""
    last, labels = plot.points[-1], []
    if last.value is not None:
        labels.append(_EndLabel(plot.y(last.value), tuple(last.shown.split()), "label strong", INK, 15))
    if chart.target_words and last.target is not None:
        words = tuple(chart.target_words.split())
        labels.append(_EndLabel(plot.y(last.target), words, "label of-target", TARGET, 13))
    return labels


def _spread(labels: Sequence[_EndLabel]) -> list[float]:
    """Return the middles of a value and a target, moved apart as little as keeps them from overlapping."""
    middles = [label.y for label in labels]
    if len(labels) < 2:
        return middles
    upper, lower = (0, 1) if middles[0] < middles[1] else (1, 0)
    apart = (labels[0].height + labels[1].height) / 2
    short = max(0.0, apart - (middles[lower] - middles[upper]))
    middles[upper] = max(middles[upper] - short / 2, labels[upper].height / 2)
    middles[lower] = max(middles[lower], middles[upper] + apart)
    return middles


def _labelled_points(plot: Plot) -> list[int]:
    """Return the months whose value is written at the point: the first, and the last if gaps follow it."""
    indexes = [index for index, _, _ in plot.valued]
    if not indexes:
        return []
    first, last, room = indexes[0], indexes[-1], plot.count * _NEAR
    at_point = [last] if last != plot.count - 1 else []
    start = last + 1 - room if at_point and _is_to_left(plot, last) else last
    return [*([first] if start - first > room else []), *at_point]


def _is_to_left(plot: Plot, index: int) -> bool:
    """Return whether a label at a point is to its left, as it would leave the plot to its right."""
    return index + plot.count * _NEAR > plot.count


def _label_point(drawing: Drawing, plot: Plot, index: int, events: Sequence[int]) -> None:
    """Write a value above its point, or below it; not at all if both sides are taken.

    Its unit is left out, as it would cross the line.
    """
    point, to_left = plot.points[index], _is_to_left(plot, index)
    if point.value is None:
        return
    y, beside = plot.y(point.value), index - 1 if to_left else index + 1
    value = plot.points[beside].value if 0 <= beside < plot.count else None
    is_crossed = value is not None and plot.y(value) < y - _TEXT / 2
    above, below = y - 11, y + 21
    place: dict[str, str | Number] = {"x": plot.left(index), "dx": 2}
    if to_left:
        place = {"x": plot.left(index + 1), "dx": -2, "text_anchor": "end"}
    for baseline in (below, above) if is_crossed else (above, below):
        if not _is_taken(plot, index, baseline, events):
            _write(drawing, point.shown.split()[0], class_="label", fill=INK, **place, y=baseline)
            return


def _write(drawing: Drawing, text: str, **attributes: str | Number) -> None:
    """Write a text whose white outline lies behind it; checkers of HTML know `paint-order` in SVG, not in CSS."""
    drawing.draw("text", text, paint_order="stroke", **attributes)


def _is_taken(plot: Plot, index: int, baseline: float, events: Sequence[int]) -> bool:
    """Return whether the place of a label is taken by the target, a reach, letters of events or marks of gaps."""
    point, middle = plot.points[index], baseline - 5
    if point.target is not None and abs(plot.y(point.target) - middle) < _TEXT:
        return True
    if (reach := plot.reach(point)) and reach[1] < middle < reach[0]:
        return True
    room = ceil(plot.count * _NEAR)
    near = range(max(0, index - room), index + 1) if _is_to_left(plot, index) else range(index, index + room + 1)
    has_letters = any(event in near for event in events)
    has_marks = any(each.value is None or each.much_unknown for each in plot.points[near.start : near.stop])
    return not (TOP + _TEXT if has_letters else TOP - _TEXT) <= baseline <= BASE - (21 if has_marks else 4)
