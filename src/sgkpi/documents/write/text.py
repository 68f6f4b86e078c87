"""Text for people: printable, wrapped, and the words of cells."""

import re
import textwrap
from collections.abc import Sequence
from fractions import Fraction
from typing import assert_never

from sgkpi.documents.document import Cell, Rated, Spark, Trend, Value

INDENT = "  "
BULLET = "- "
_SPARKS = "▁▂▃▄▅▆▇█"
_MIDDLE = "▄"
_WIDEST = 100
_NARROWEST = 20


def printable(text: str) -> str:
    """Return text on one line, without characters that would command the terminal."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else " " for character in text)


def wrap_line(line: str, width: int | None, indent: str = "") -> list[str]:
    """Wrap one line; the lines after the first are indented, or aligned with the text of a list's item."""
    if width is None:
        return [line]
    room = max(min(width, _WIDEST), _NARROWEST)
    further = "  " if line.startswith(BULLET) else indent
    broken = break_long_words(line, room - len(further))
    return textwrap.wrap(broken, room, subsequent_indent=further, break_on_hyphens=False) or [""]


def break_long_words(text: str, room: int) -> str:
    """Put spaces into words that are wider than the room, after an underscore or another sign if there is one."""
    return re.sub(rf"[^ ]{{{room + 1},}}", lambda word: " ".join(_pieces(word[0], room)), text)


def _pieces(word: str, room: int) -> list[str]:
    pieces = [""]
    for part in re.findall(r"[^_:/,.]+[_:/,.]*|[_:/,.]+", word):
        if pieces[-1] and len(pieces[-1]) + len(part) > room:
            pieces.append("")
        pieces[-1] += part
    return pieces


def cell_words(cell: Cell) -> str:
    """Return the content of a cell in words and figures alone."""
    match cell:
        case str():
            return printable(cell)
        case Value():
            return f"{cell.marked} {cell.rated.words}" if cell.rated else cell.marked
        case Rated():
            return cell.words
        case Trend():
            return trend_words(cell)
        case Spark():
            return ""
        case _:
            assert_never(cell)


def trend_words(trend: Trend) -> str:
    """`up better`, `down`, `same`."""
    return "same" if trend.up is None else f"{'up' if trend.up else 'down'}{meaning(trend)}"


def meaning(trend: Trend) -> str:
    """` better` or ` worse`; nothing where neither is."""
    return "" if trend.better is None else " better" if trend.better else " worse"


def draw_spark(values: Sequence[Fraction | None], gap: str = " ") -> str:
    """Return values as bars between the least and the greatest; a month without a value is a gap."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    least, span = min(known), max(known) - min(known)
    steps = len(_SPARKS) - 1
    bars = (None if value is None or not span else _SPARKS[int((value - least) / span * steps)] for value in values)
    return "".join(gap if value is None else bar or _MIDDLE for value, bar in zip(values, bars, strict=True))
