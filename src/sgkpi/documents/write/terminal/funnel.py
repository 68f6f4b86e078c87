"""A funnel drawn with characters: each category's value between its own limits, with the value of the whole."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor

from rich.text import Text

from sgkpi.documents.document import FunnelChart, FunnelRow
from sgkpi.documents.write.terminal.column import style_of, widest
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.documents.write.text import INDENT, printable, wrap_line

_GAP = "  "
_WIDEST, _NARROWEST = 50, 12
_STEP = 20  # the scale begins and ends at a multiple of 5%
# What is drawn for the value, the whole, the 95% limits and the 99.8% limits.
Marks = tuple[str, str, str, str]
_UNICODE: Marks = ("●", "│", "─", "·")
_PLAIN: Marks = ("O", "|", "-", ":")
_LEGEND = "{} value   {} all: {}   {} within the 95% limits   {} within the 99.8% limits"


def draw_funnel(chart: FunnelChart, terminal: Terminal) -> Iterator[Text]:
    """Yield a line for each category: its label, value, limits and words; with less room, several.

    Below stand the scale and what the marks mean.
    """
    marks = _UNICODE if terminal.unicode else _PLAIN
    labels = [printable(row.label) for row in chart.rows]
    shown, words = [row.shown for row in chart.rows], [row.words for row in chart.rows]
    cases = [row.cases for row in chart.rows]
    beside = widest(labels) + widest(shown) + widest(words) + 3 * len(_GAP)
    room = (terminal.width or beside + widest(cases) + len(_GAP) + _WIDEST) - beside
    with_cases = room - widest(cases) - len(_GAP) >= 2 * _NARROWEST
    width = min(_WIDEST, room - (widest(cases) + len(_GAP)) * with_cases)
    is_one_line = width >= _NARROWEST
    if not is_one_line:
        width = min(_WIDEST, (terminal.width or _WIDEST) - len(INDENT))
    scale = _scale(chart)
    for row, label in zip(chart.rows, labels, strict=True):
        bar, said = draw_row(row, chart.whole, scale, width, marks), Text(row.words, style=style_of(row.better))
        if is_one_line:
            numbers = row.shown.rjust(widest(shown)) + (_GAP + row.cases.rjust(widest(cases))) * with_cases
            yield Text.assemble(f"{label.ljust(widest(labels))}{_GAP}{numbers}{_GAP}{bar}{_GAP}", said)
        else:
            yield from map(Text, wrap_line(label, terminal.width))
            yield Text.assemble(f"{INDENT}{row.shown}{_GAP}{row.cases}{_GAP}", said)
            yield Text(f"{INDENT}{bar}")
    before = widest(labels) + widest(shown) + 2 * len(_GAP) + (widest(cases) + len(_GAP)) * with_cases
    ends = [f"{100 * end}%" for end in scale]
    yield Text(f"{' ' * (before if is_one_line else len(INDENT))}{ends[0]}{ends[1].rjust(width - len(ends[0]))}")
    value, whole, near, far = marks
    legend = _LEGEND.format(value, whole, chart.shown_whole, near, far)
    yield from map(Text, wrap_line(legend, terminal.width))


def draw_row(
    row: FunnelRow, whole: Fraction, scale: tuple[Fraction, Fraction], width: int, marks: Marks = _UNICODE
) -> str:
    """Return a category's limits and value on the scale; nothing where it is not judged."""
    if row.limits is None or row.value is None:
        return " " * width
    lower998, lower95, upper95, upper998 = (_place(Fraction(limit), scale, width) for limit in row.limits)
    value_mark, whole_mark, near, far = marks
    drawn = [
        near if lower95 <= place <= upper95 else far if lower998 <= place <= upper998 else " " for place in range(width)
    ]
    drawn[_place(whole, scale, width)] = whole_mark
    drawn[_place(row.value, scale, width)] = value_mark
    return "".join(drawn)


def _scale(chart: FunnelChart) -> tuple[Fraction, Fraction]:
    """Return the ends of the scale, which hold every value and limit that is judged, at least 5% apart."""
    judged = [row for row in chart.rows if row.limits is not None and row.value is not None]
    numbers = [Fraction(each) for row in judged for each in (*(row.limits or ()), row.value or 0)]
    least, greatest = min(floor(min(numbers) * _STEP), _STEP - 1), ceil(max(numbers) * _STEP)
    return Fraction(least, _STEP), Fraction(max(greatest, least + 1), _STEP)


def _place(number: Fraction, scale: tuple[Fraction, Fraction], width: int) -> int:
    least, greatest = scale
    return min(int((number - least) / (greatest - least) * width), width - 1)
