"""A column of a screen, before anybody knows how wide the screen is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rich.cells import cell_len
from rich.text import Text

NEEDED = 100
NOTHING_SAID = ("", "-")


@dataclass(frozen=True)
class Column:
    """A column with its cells. The highest `rank` is dropped last; one of `NEEDED` or more, never.

    One that may stand `beside_title` joins the title where that has a line of its own. `room` is the width
    that it is given, where that is not what its cells need.
    """

    heading: str
    cells: tuple[Text, ...]
    rank: int = NEEDED
    right: bool = False
    beside_title: bool = False
    room: int | None = None

    @cached_property
    def width(self) -> int:
        if self.room is not None:
            return self.room
        return max(map(cell_len, [*self.heading.split("\n"), *(cell.plain for cell in self.cells)]))

    @property
    def name(self) -> str:
        """The heading on one line."""
        return self.heading.replace("\n", " ")

    @property
    def is_empty(self) -> bool:
        return all(cell.plain.strip() in NOTHING_SAID for cell in self.cells)


def under_headings(columns: Sequence[Column], headings: Sequence[str]) -> list[Column]:
    """The columns with a row above the first of each heading, which holds its words in the first column alone."""
    heads = [place for place, heading in enumerate(headings) if place == 0 or headings[place - 1] != heading]
    return [_headed(column, headings if column is columns[0] else None, heads) for column in columns]


def _headed(column: Column, headings: Sequence[str] | None, heads: Sequence[int]) -> Column:
    cells: list[Text] = []
    for place, cell in enumerate(column.cells):
        if place in heads:
            cells.append(Text(headings[place] if headings else "", style="bold"))
        cells.append(cell)
    return replace(column, cells=tuple(cells))


def line_of(columns: Sequence[Column], cells: Sequence[Text], gap: int) -> Text:
    """Cells side by side, each as wide as its column; a cell for every column, the last may be wider."""
    if any(cell.spans or cell.style for cell in cells):
        return Text(" " * gap).join(_padded(column, cell) for column, cell in zip(columns, cells, strict=True))
    # Long lists hold plain cells alone; this is ten times as quick.
    parts = (_padded_text(column, cell.plain) for column, cell in zip(columns, cells, strict=True))
    return Text((" " * gap).join(parts))


def _padded(column: Column, cell: Text) -> Text:
    text = cell.copy()
    (text.pad_left if column.right else text.pad_right)(column.width - text.cell_len)
    return text


def _padded_text(column: Column, text: str) -> str:
    space = " " * (column.width - cell_len(text))
    return space + text if column.right else text + space


def total_width(columns: Iterable[Column], gap: int) -> int:
    """How wide they are side by side, each with a gap."""
    return sum(column.width + gap for column in columns)


def without_least(columns: Sequence[Column]) -> list[Column] | None:
    """The columns without the one that is missed least; None when all are needed."""
    least = min(columns, key=lambda column: column.rank, default=None)
    if least is None or least.rank >= NEEDED:
        return None
    return [column for column in columns if column is not least]
