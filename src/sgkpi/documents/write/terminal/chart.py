"""Twelve months as bars, one line a month, against the target of each."""

from collections.abc import Sequence
from fractions import Fraction
from io import StringIO

from rich.bar import Bar
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.text import Text

from sgkpi.documents.write.terminal.cells import STYLES, marked_value, shown_rating, shown_value
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.figures.figure import Figure, Rating, Status
from sgkpi.figures.numbers import show_target
from sgkpi.model.measures import Measure

WIDEST = 50
NARROWEST = 5
GAP = 2
# What rich draws a bar's end with, in eighths, as plain characters: half a character or more is one.
_PLAIN = str.maketrans(dict.fromkeys("█▉▊▋▌", "#") | dict.fromkeys("▍▎▏", " "))


def draw_months(history: Sequence[Figure], terminal: Terminal) -> Sequence[RenderableType]:
    """A line for each month: its label, its value, a bar with a mark at the target, and its rating.

    Where a bar has no room beside the words, there is none.
    """
    if terminal.plain:
        return [Text(_in_words(figure)) for figure in history]
    labels = [figure.period.label for figure in history]
    values = [_padded_value(figure) for figure in history]
    ratings = [Text(_rating(figure), style=STYLES[figure.rating]) for figure in history]
    beside = _widest(labels) + _widest(values) + _widest([each.plain for each in ratings]) + 3 * GAP
    width = min(WIDEST, (terminal.width or WIDEST + beside) - beside)
    drawn = draw_bars(history, width, unicode=terminal.unicode) if width >= NARROWEST else None
    bars = [" " * GAP for _ in history] if drawn is None else [f"{' ' * GAP}{bar}{' ' * GAP}" for bar in drawn]
    lines = [
        Text.assemble(label.ljust(_widest(labels) + GAP), value.rjust(_widest(values)), bar, rating)
        for label, value, bar, rating in zip(labels, values, bars, ratings, strict=True)
    ]
    return lines if drawn is None else lines + _legend(history, unicode=terminal.unicode)


def draw_bars(figures: Sequence[Figure], width: int, *, unicode: bool) -> list[str]:
    """Bars from zero on one scale: that of shares to 100%, any other to the greatest value or target."""
    greatest = _greatest(figures)
    console = Console(file=StringIO(), width=width, color_system=None)
    return [_bar(console, figure, greatest, width, unicode=unicode) for figure in figures]


def _bar(console: Console, figure: Figure, greatest: Fraction, width: int, *, unicode: bool) -> str:
    share = figure.value / greatest if figure.value and greatest else Fraction(0)
    drawn = "".join(part.text for part in console.render(Bar(1.0, 0.0, float(share), width=width))).rstrip("\n")
    bar = (drawn if unicode else drawn.translate(_PLAIN)).ljust(width)
    if figure.target_green is None or not greatest:
        return bar
    at = min(int(Fraction(figure.target_green) / greatest * width), width - 1)
    return f"{bar[:at]}{_mark(unicode=unicode)}{bar[at + 1 :]}"


def _greatest(figures: Sequence[Figure]) -> Fraction:
    if figures and figures[0].measure is Measure.PROPORTION:
        return Fraction(1)
    targets = [Fraction(each.target_green) for each in figures if each.target_green is not None]
    return max([*targets, *(each.value for each in figures if each.value is not None)], default=Fraction(0))


def _legend(history: Sequence[Figure], *, unicode: bool) -> list[Text]:
    targets = dict.fromkeys(
        show_target(each.target_green, each.measure) for each in history if each.target_green is not None
    )
    return [Text(f"{_mark(unicode=unicode)} target: {', then '.join(targets)}")] if targets else []


def _mark(*, unicode: bool) -> str:
    return "│" if unicode else "|"


def _rating(figure: Figure) -> str:
    return "" if figure.rating is Rating.NOT_RATED else shown_rating(figure)


def _padded_value(figure: Figure) -> str:
    """The value, with the room of a mark that others have."""
    return marked_value(figure) if figure.status is Status.PROVISIONAL else f"{shown_value(figure)} "


def _in_words(figure: Figure) -> str:
    provisional = "provisional" if figure.status is Status.PROVISIONAL else ""
    said = [f"{figure.period.label}: {shown_value(figure)}", _rating(figure), provisional]
    return ", ".join(part for part in said if part)


def _widest(texts: Sequence[str]) -> int:
    return max(map(cell_len, texts), default=0)
