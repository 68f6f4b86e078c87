"""Rows laid out for the width that there is: fewer columns when it is narrow, cards when very narrow.

Values are never cut; only the column that holds titles may run over several lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD, Box
from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from sgkpi.cli.screens.terminal import Terminal

NARROWEST_TABLE = 70
NARROWEST_TITLE = 22
GAP = 2
CARD_MARGIN = 2
_ASCII_HEAD = Box(str(SIMPLE_HEAD).replace("─", "-"), ascii=True)


@dataclass(frozen=True)
class Column:
    """A column with its cells. The highest `rank` is dropped last; one of `NEEDED` or more, never."""

    heading: str
    cells: tuple[Text, ...]
    rank: int
    right: bool = False

    @property
    def width(self) -> int:
        lines = [*self.heading.split("\n"), *(cell.plain for cell in self.cells)]
        return max(map(cell_len, lines))

    @property
    def name(self) -> str:
        """The heading on one line."""
        return self.heading.replace("\n", " ")

    @property
    def is_empty(self) -> bool:
        return all(cell.plain.strip() in ("", "-") for cell in self.cells)


NEEDED = 100


@dataclass(frozen=True)
class Layout:
    """What is to be printed, and the names of the columns for which there was no room."""

    parts: tuple[RenderableType, ...]
    dropped: tuple[str, ...] = ()


def lay_out(columns: Sequence[Column], terminal: Terminal, title: int = 0) -> Layout:
    """The columns as a table, or as a card for each row where not even the needed ones have room.

    `title` is the place of the column that holds titles. A row whose other cells are all empty is a
    heading above the next.
    """
    titles = columns[title]
    if terminal.width is None:
        return Layout((_table(columns, titles, titles.width, terminal),))
    kept = _that_fit(columns, titles, terminal.width)
    if kept is None or terminal.width < NARROWEST_TABLE:
        return Layout(tuple(_cards(titles, [column for column in columns if column is not titles])))
    room = terminal.width - _width_beside(titles, kept)
    dropped = tuple(column.name for column in columns if column not in kept)
    return Layout((_table(kept, titles, min(room, titles.width), terminal),), dropped)


def _that_fit(columns: Sequence[Column], titles: Column, width: int) -> list[Column] | None:
    """The columns that have room, least important dropped first; None when the needed have none."""
    kept = list(columns)
    while _width_beside(titles, kept) + min(titles.width, NARROWEST_TITLE) > width:
        least = min(kept, key=lambda column: column.rank)
        if least.rank >= NEEDED:
            return None
        kept.remove(least)
    return kept


def _width_beside(titles: Column, columns: Sequence[Column]) -> int:
    return sum(column.width + GAP for column in columns if column is not titles)


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


def _cards(titles: Column, columns: Sequence[Column]) -> list[RenderableType]:
    """Each row as its title with the other cells below it, one on a line."""
    label = max(cell_len(column.name) for column in columns) + GAP
    parts: list[RenderableType] = []
    for place, title in enumerate(titles.cells):
        parts.append(title)
        parts += [_card_line(column, column.cells[place], label) for column in columns if _speaks(column, place)]
        parts.append(Text(""))
    return parts


def _speaks(column: Column, place: int) -> bool:
    return column.cells[place].plain not in ("", "-")


def _card_line(column: Column, cell: Text, label: int) -> Table:
    line = Table.grid(padding=(0, 0))
    line.add_column(width=label + CARD_MARGIN, no_wrap=True)
    line.add_column(overflow="fold")
    line.add_row(" " * CARD_MARGIN + column.name, cell)
    return line
