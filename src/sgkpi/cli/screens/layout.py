"""Rows laid out for the width that there is.

A table, while there is room beside the titles for every column that is needed; else rows of two
lines, the title above its cells; else a block of lines for each row. Values are never cut; only
titles may run over several lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD, Box
from rich.console import RenderableType
from rich.table import Table

from sgkpi.cli.screens.column import Column, total_width, without_least
from sgkpi.cli.screens.narrow import blocks, two_lines
from sgkpi.cli.screens.terminal import Terminal

NARROWEST_TITLE = 22
GAP = 2
_ASCII_HEAD = Box(str(SIMPLE_HEAD).replace("─", "-"), ascii=True)


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
    if terminal.width is None:
        return Layout((_table(columns, titles, titles.width, terminal),))
    others = [column for column in columns if column is not titles]
    return (
        _as_table(columns, titles, terminal, terminal.width)
        or _as_two_lines(titles, others, terminal, terminal.width)
        or Layout(tuple(blocks(titles, others, terminal.width)))
    )


def _as_table(columns: Sequence[Column], titles: Column, terminal: Terminal, width: int) -> Layout | None:
    kept: list[Column] | None = list(columns)
    while kept and (room := width - _beside(kept, titles)) < min(titles.width, NARROWEST_TITLE):
        kept = without_least(kept)
    if not kept:
        return None
    return Layout((_table(kept, titles, min(room, titles.width), terminal),), _names_but(columns, kept))


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


def _table(columns: Sequence[Column], titles: Column, title_width: int, terminal: Terminal) -> Table:
    box = SIMPLE_HEAD if terminal.unicode else _ASCII_HEAD
    table = Table(box=box, show_edge=False, pad_edge=False, padding=(0, GAP - 1, 0, 0), header_style="bold")
    for column in columns:
        if column is titles:
            table.add_column(column.heading, width=title_width, overflow="fold", vertical="bottom")
            continue
        justify = "right" if column.right else "left"
        table.add_column(column.heading, width=column.width, no_wrap=True, justify=justify)  # type: ignore[arg-type]
    for place, row in enumerate(zip(*(column.cells for column in columns), strict=True)):
        if place and sum(bool(cell.plain) for cell in row) == 1:
            table.add_row()
        table.add_row(*row)
    return table
