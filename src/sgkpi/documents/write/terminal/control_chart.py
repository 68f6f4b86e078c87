"""Control charts drawn with characters: a line for each month, its value between its limits on one scale."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from rich.text import Text

from sgkpi.documents.document import ControlChart, ControlPoint
from sgkpi.documents.write.terminal.column import widest
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.documents.write.text import wrap_line

_WIDEST, _WIDE_ENOUGH, _NARROWEST = 50, 24, 7
_GAP = "  "


@dataclass(frozen=True)
class Marks:
    """The characters of a chart."""

    line: str
    lower: str
    mean: str
    upper: str
    target: str
    settled: str
    unsettled: str


_UNICODE = Marks("─", "├", "┼", "┤", "│", "●", "○")
_PLAIN = Marks("-", "[", "+", "]", "|", "#", "o")


def draw_control_chart(chart: ControlChart, terminal: Terminal) -> list[Text]:
    """Return a line for each month: its label and value, its place between the limits, and its words.

    Words without room go below; where a chart has none either, there is no more than values and words.
    """
    labels = widest(point.label for point in chart.points)
    values = widest(point.shown for point in chart.points)
    words = widest(point.words for point in chart.points)
    room = _WIDEST if terminal.width is None else terminal.width - labels - values - 2 * len(_GAP)
    beside = terminal.width is None or room - words - len(_GAP) >= _WIDE_ENOUGH
    width = min(_WIDEST, room if terminal.width is None or not beside else room - words - len(_GAP))
    marks, scale = _UNICODE if terminal.unicode else _PLAIN, _scale(chart.points)
    lines: list[Text] = []
    for point in chart.points:
        style = "bold" if point.is_signal else ""
        drawn = _draw(point, scale, width, marks) if width >= _NARROWEST else ""
        line = f"{point.label.ljust(labels)}{_GAP}{point.shown.rjust(values)}{_GAP}{drawn}"
        if beside and point.words:
            lines.append(Text(f"{line}{_GAP}{point.words}", style=style))
        else:
            lines += [Text(line.rstrip(), style=style), *_below(point, terminal, style)]
    return lines


def _below(point: ControlPoint, terminal: Terminal, style: str) -> Iterable[Text]:
    room = None if terminal.width is None else terminal.width - 2 * len(_GAP)
    lines = wrap_line(point.words, room) if point.words else []
    return (Text(f"{_GAP * 2}{line}", style=style) for line in lines)


def legend(chart: ControlChart, *, unicode: bool) -> list[str]:
    """Return what the characters of a chart mean, those that occur in it."""
    marks, points = _UNICODE if unicode else _PLAIN, chart.points
    said = []
    if any(point.limits for point in points):
        said += [f"{marks.lower} lower limit", f"{marks.mean} mean", f"{marks.upper} upper limit"]
    said += [f"{marks.target} target {', then '.join(chart.shown_targets)}"] if chart.shown_targets else []
    lines = [_GAP.join(said)] if said else []
    if any(not point.settled and point.value is not None for point in points):
        lines.append(f"{marks.settled} settled{_GAP}{marks.unsettled} not settled")
    return lines


def _scale(points: Iterable[ControlPoint]) -> tuple[Fraction, Fraction]:
    """Return the least and the greatest number that is drawn."""
    numbers = [
        number
        for point in points
        for number in (point.value, point.target, *(point.limits or ()))
        if number is not None
    ]
    return (min(numbers), max(numbers)) if numbers else (Fraction(0), Fraction(0))


def _draw(point: ControlPoint, scale: tuple[Fraction, Fraction], width: int, marks: Marks) -> str:
    """Return a month drawn: the value over its target, that over the limits, and those over the line between them."""
    cells = [" "] * width

    def at(number: Fraction) -> int:
        least, greatest = scale
        share = (number - least) / (greatest - least) if greatest > least else Fraction(1, 2)
        return floor(share * (width - 1) + Fraction(1, 2))

    if point.limits is not None:
        lower, mean, upper = map(at, point.limits)
        cells[lower : upper + 1] = marks.line * (upper + 1 - lower)
        cells[mean] = marks.mean
        cells[lower], cells[upper] = marks.lower, marks.upper
    if point.target is not None:
        cells[at(point.target)] = marks.target
    if point.value is not None:
        cells[at(point.value)] = marks.settled if point.settled else marks.unsettled
    return "".join(cells)
