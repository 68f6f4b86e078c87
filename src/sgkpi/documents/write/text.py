"""Text for people: printable, wrapped, and the words of cells."""

import textwrap
from typing import assert_never

from sgkpi.documents.document import Cell, Rated, Spark, Trend, Value

INDENT = "  "
BULLET = "- "
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
    return textwrap.wrap(line, room, subsequent_indent=further, break_on_hyphens=False) or [""]


def cell_words(cell: Cell) -> str:
    """Return what a cell says, in words and figures alone."""
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
    if trend.up is None:
        return "same"
    return f"{'up' if trend.up else 'down'}{meaning(trend)}"


def meaning(trend: Trend) -> str:
    """` better` or ` worse`; nothing where neither is."""
    return "" if trend.better is None else " better" if trend.better else " worse"
