"""Rows laid out for the width that there is.

A table, while there is room beside the titles for every column that is needed; else rows of two
lines, the title above its cells; else a block of lines for each row. Values are never cut; only
titles may run over several lines. For a screen reader, one fact on a line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.console import RenderableType
from rich.text import Text

from sgkpi.documents.write.terminal.column import Column, line_of, total_width, without_least
from sgkpi.documents.write.terminal.narrow import blocks, facts, heading_lines, two_lines
from sgkpi.documents.write.terminal.terminal import Terminal

NARROWEST_TITLE = 22
GAP = 2


@dataclass(frozen=True)
class Layout:
    """What is to be printed, and the names of the columns for which there was no room."""

    parts: tuple[RenderableType, ...]
    dropped: tuple[str, ...] = ()


def lay_out(columns: Sequence[Column], terminal: Terminal, title: int = 0) -> Layout:
    """The columns in the first of the forms for which there is room.

    `title` is the place of the column that holds titles. A row whose other cells are all empty is a
    heading above the next.
    """
    titles = columns[title]
    if terminal.plain:
        return Layout(tuple(facts(titles, [column for column in columns if column is not titles])))
    if terminal.width is None:
        return Layout(tuple(_table(columns, titles, titles.width, terminal)))
    others = [column for column in columns if column is not titles]
    return (
        _as_table(columns, titles, terminal, terminal.width)
        or _as_two_lines(titles, others, terminal, terminal.width)
        or Layout(tuple(blocks(titles, others, terminal.width)))
    )


def fits_as_table(columns: Sequence[Column], terminal: Terminal) -> bool:
    """Whether there is room side by side for the columns that are needed, the first of which holds titles."""
    return not terminal.plain and (
        terminal.width is None or _with_room(columns, columns[0], terminal.width) is not None
    )


def _as_table(columns: Sequence[Column], titles: Column, terminal: Terminal, width: int) -> Layout | None:
    kept = _with_room(columns, titles, width)
    if kept is None:
        return None
    room = min(width - _beside(kept, titles), titles.width)
    return Layout(tuple(_table(kept, titles, room, terminal)), _names_but(columns, kept))


def _with_room(columns: Sequence[Column], titles: Column, width: int) -> list[Column] | None:
    """The columns for which there is room beside the titles; None where one that is needed has none."""
    kept: list[Column] | None = list(columns)
    while kept and width - _beside(kept, titles) < min(titles.width, NARROWEST_TITLE):
        kept = without_least(kept)
    return kept or None


def _beside(columns: Sequence[Column], titles: Column) -> int:
    return total_width((column for column in columns if column is not titles), GAP)


def _as_two_lines(titles: Column, others: Sequence[Column], terminal: Terminal, width: int) -> Layout | None:
    """With less space between the columns, if that makes them fit: close columns are better than blocks."""
    for gap in (GAP, 1):
        kept: list[Column] | None = [column for column in others if not column.beside_title]
        while kept and total_width(kept, gap) > width:
            kept = without_least(kept)
        if kept:
            beside = [column for column in others if column.beside_title]
            parts = two_lines(titles, beside, kept, gap, "─" if terminal.unicode else "-")
            return Layout(tuple(parts), _names_but(others, [*kept, *beside]))
    return None


def _names_but(columns: Sequence[Column], kept: Sequence[Column]) -> tuple[str, ...]:
    return tuple(column.name for column in columns if column not in kept)


def _table(columns: Sequence[Column], titles: Column, title_width: int, terminal: Terminal) -> Iterator[Text]:
    """Headings on a rule, then a line for each row; more, where its title needs them."""
    shown = [replace(column, room=title_width) if column is titles else column for column in columns]
    yield from heading_lines(shown, GAP)
    yield Text(("─" if terminal.unicode else "-") * (total_width(shown, GAP) - GAP))
    for place, row in enumerate(zip(*(column.cells for column in columns), strict=True)):
        if place and sum(bool(cell.plain) for cell in row) == 1:
            yield Text("")
        yield from _row(shown, row)


def _row(columns: Sequence[Column], row: Sequence[Text]) -> Iterator[Text]:
    """The first lines of the cells side by side, then the further lines of a title that needs them."""
    lines = [_folded(cell, column.width) for column, cell in zip(columns, row, strict=True)]
    for place in range(max(map(len, lines))):
        yield line_of(columns, [each[place] if place < len(each) else Text("") for each in lines], GAP)


def _folded(cell: Text, width: int) -> Sequence[Text]:
    if cell.cell_len <= width:
        return [cell]
    from rich.console import Console

    return list(cell.wrap(Console(width=width), width, overflow="fold"))
