"""Numbers drawn with characters: periods as bars against their targets, and a value in figures of three lines."""

from fractions import Fraction
from io import StringIO

from rich.bar import Bar
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from sgkpi.documents.document import Chart, Point
from sgkpi.documents.write.terminal.column import rating_text, widest
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.figures.figure import Rating

_WIDEST = 50
_NARROWEST = 5
_GAP = "  "
# The characters with which rich ends a bar, in eighths, as plain ones: half a character or more is one.
_PLAIN = str.maketrans(dict.fromkeys("█▉▊▋▌", "#") | dict.fromkeys("▍▎▏", " "))

_FIGURES = {
    "0": ("┏━┓", "┃ ┃", "┗━┛"),
    "1": ("╺┓ ", " ┃ ", "╺┻╸"),
    "2": ("╺━┓", "┏━┛", "┗━╸"),
    "3": ("╺━┓", "╺━┫", "╺━┛"),
    "4": ("╻ ╻", "┗━┫", "  ╹"),
    "5": ("┏━╸", "┗━┓", "╺━┛"),
    "6": ("┏━╸", "┣━┓", "┗━┛"),
    "7": ("╺━┓", "  ┃", "  ╹"),
    "8": ("┏━┓", "┣━┫", "┗━┛"),
    "9": ("┏━┓", "┗━┫", "╺━┛"),
    "-": ("   ", "╺━╸", "   "),
    ".": (" ", " ", "."),
    ",": (" ", " ", ","),
    "%": ("o ╱", " ╱ ", "╱ o"),
}


def draw_chart(chart: Chart, terminal: Terminal) -> list[Text]:
    """Return a line for each period: its label, its value, a bar with a mark at the target, and its rating.

    Where a bar has no room beside the words, there is none; a rating without room goes below.
    """
    labels = [point.label for point in chart.points]
    # A value without a mark leaves its room free.
    room = max((len(point.shown.mark) for point in chart.points), default=0) or 1
    values = [point.shown.text + point.shown.mark.ljust(room) for point in chart.points]
    rated = [point.rated for point in chart.points]
    ratings = [Text("") if each.rating is Rating.NOT_RATED else rating_text(each) for each in rated]
    beside = widest(labels) + widest(values) + widest([each.plain for each in ratings]) + 3 * len(_GAP)
    width = min(_WIDEST, (terminal.width or _WIDEST + beside) - beside)
    drawn = draw_bars(chart, width, unicode=terminal.unicode) if width >= _NARROWEST else None
    bars = [_GAP for _ in chart.points] if drawn is None else [f"{_GAP}{bar}{_GAP}" for bar in drawn]
    lines: list[Text] = []
    for label, value, bar, rating in zip(labels, values, bars, ratings, strict=True):
        words = f"{label.ljust(widest(labels) + len(_GAP))}{value.rjust(widest(values))}{bar}"
        has_room = terminal.width is None or cell_len(words) + rating.cell_len <= terminal.width
        lines += [Text.assemble(words, rating)] if has_room else [Text(words), Text.assemble(_GAP, rating)]
    targets = dict.fromkeys(point.shown_target for point in chart.points if point.target is not None)
    legend = [Text(f"{_mark(unicode=terminal.unicode)} target: {', then '.join(targets)}")] if targets else []
    return lines if drawn is None else lines + legend


def draw_bars(chart: Chart, width: int, *, unicode: bool) -> list[str]:
    """Return the bars of a chart, all on its scale."""
    console = Console(file=StringIO(), width=width, color_system=None)
    return [_bar(console, point, chart, width, unicode=unicode) for point in chart.points]


def _bar(console: Console, point: Point, chart: Chart, width: int, *, unicode: bool) -> str:
    """Return the bar of a value from zero, with a mark at its target."""

    def place(number: Fraction) -> Fraction:
        return (number - chart.least) / (chart.greatest - chart.least) if chart.greatest > chart.least else Fraction(0)

    begin, end = sorted((float(place(Fraction(0))), float(place(point.value or Fraction(0)))))
    drawn = "".join(part.text for part in console.render(Bar(1.0, begin, end, width=width))).rstrip("\n")
    bar = (drawn if unicode else drawn.translate(_PLAIN)).ljust(width)
    if point.target is None or chart.greatest == chart.least:
        return bar
    at = min(int(place(point.target) * width), width - 1)
    return f"{bar[:at]}{_mark(unicode=unicode)}{bar[at + 1 :]}"


def _mark(*, unicode: bool) -> str:
    return "│" if unicode else "|"


def enlarge(value: str, *, unicode: bool = True) -> list[str]:
    """Return a value as three lines; an empty list if it is not a number or there are no characters for it."""
    if not unicode or any(character not in _FIGURES for character in value):
        return []
    return [" ".join(_FIGURES[character][line] for character in value).rstrip() for line in range(3)]
