"""Columns of a table as text in colour, before anybody knows which of them there is room for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import assert_never

from rich.cells import cell_len
from rich.text import Text

from sgkpi.documents.document import NEEDED, Cell, Rated, Spark, TableBlock, TableColumn, Trend, Value
from sgkpi.documents.write.text import INDENT, draw_spark, meaning, printable, trend_words
from sgkpi.figures.figure import Rating

RATING_STYLES = {Rating.GREEN: "bold green", Rating.AMBER: "bold yellow", Rating.RED: "bold red", Rating.NOT_RATED: ""}
_RATING_BELOW = f"{INDENT}rating"


def widest(texts: Iterable[str]) -> int:
    """Return the width of the widest text."""
    return max(map(cell_len, texts), default=0)


@dataclass(frozen=True)
class TextColumn:
    """A column as text; `room` is the width that it is given, if that is not what its cells need.

    The cells at the places of `titles` are headings of groups, which may be as wide as the table.
    """

    heading: str
    cells: tuple[Text, ...]
    priority: int = NEEDED
    right: bool = False
    beside_title: bool = False
    wraps: bool = False
    room: int | None = None
    titles: frozenset[int] = frozenset()

    @cached_property
    def width(self) -> int:
        if self.room is not None:
            return self.room
        cells = (cell.plain for place, cell in enumerate(self.cells) if place not in self.titles)
        return widest([*self.heading.split("\n"), *cells])

    @property
    def name(self) -> str:
        """The heading on one line."""
        return self.heading.replace("\n", " ")

    def padded(self, cell: Text) -> Text:
        """Return a cell as wide as the column."""
        text = cell.copy()
        (text.pad_left if self.right else text.pad_right)(self.width - text.cell_len)
        return text

    def padded_text(self, text: str) -> str:
        """Return a plain cell as wide as the column."""
        space = " " * (self.width - cell_len(text))
        return space + text if self.right else text + space


def as_text(table: TableBlock, *, unicode: bool) -> list[TextColumn]:
    """Turn the columns of a table into text, with a row for each group's heading; leave out sparks without Unicode."""
    shown = [each for each in table.columns if unicode or not any(isinstance(cell, Spark) for cell in each.cells)]
    columns = [_column(each, unicode=unicode) for each in shown]
    groups = table.groups
    heads = {place for place, group in enumerate(groups) if place == 0 or groups[place - 1] != group}
    if not heads:
        return columns
    headed = []
    for column in columns:
        cells: list[Text] = []
        titles = set()
        for place, cell in enumerate(column.cells):
            if place in heads:
                titles.add(len(cells))
                cells.append(Text(groups[place] if column is columns[0] else "", style="bold"))
            cells.append(cell)
        headed.append(replace(column, cells=tuple(cells), titles=frozenset(titles)))
    return headed


def ratings_below(table: TableBlock) -> TableBlock | None:
    """Return the table with the ratings of values in a row of their own, below the values; None without any."""
    rated_rows = [
        any(isinstance(cell, Value) and cell.rated for cell in row)
        for row in zip(*(column.cells for column in table.columns), strict=True)
    ]
    if not any(rated_rows):
        return None
    columns = [replace(table.columns[0], cells=_with_row_below(table.columns[0], rated_rows, _RATING_BELOW))]
    for column in table.columns[1:]:
        of_values = any(isinstance(cell, Value) for cell in column.cells)
        columns.append(replace(column, cells=_with_row_below(column, rated_rows), right=of_values or column.right))
    groups = [group for group, rated in zip(table.groups, rated_rows, strict=True) for _ in range(1 + rated)]
    return replace(table, columns=tuple(columns), groups=tuple(groups))


def _with_row_below(column: TableColumn, rated_rows: Sequence[bool], words: str = "") -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for cell, rated in zip(column.cells, rated_rows, strict=True):
        rating = cell.rated if isinstance(cell, Value) else None
        cells.append(replace(cell, rated=None) if isinstance(cell, Value) else cell)
        cells.extend([rating or words] if rated else [])
    return tuple(cells)


def _column(column: TableColumn, *, unicode: bool) -> TextColumn:
    # Values are right-aligned within a left-aligned column, so that ratings after them line up.
    values = [] if column.right else [cell.marked for cell in column.cells if isinstance(cell, Value)]
    room = widest(values)
    marks = [len(cell.mark) for cell in column.cells if column.hanging_marks and isinstance(cell, Value)]
    cells = tuple(_cell(cell, room, hanging=max(marks, default=0), unicode=unicode) for cell in column.cells)
    return TextColumn(column.heading, cells, column.priority, column.right, column.beside_title, column.wraps)


def _cell(cell: Cell, room: int, *, hanging: int, unicode: bool) -> Text:
    match cell:
        case str():
            return Text(printable(cell))
        case Value():
            value = (cell.text + cell.mark.ljust(hanging)).rjust(room)
            return Text.assemble(value, " ", rating_text(cell.rated)) if cell.rated else Text(value)
        case Rated():
            return rating_text(cell)
        case Trend():
            words = trend_words(cell)
            if unicode and cell.up is not None:
                words = f"{'▲' if cell.up else '▼'}{meaning(cell) or f' {words}'}"
            return Text(words, style=style_of(cell.better))
        case Spark():
            return Text(draw_spark(cell.values))
        case _:
            assert_never(cell)


def rating_text(rated: Rated) -> Text:
    """Return a rating as a word in its colour."""
    return Text(rated.words, style=RATING_STYLES[rated.rating])


def style_of(better: bool | None) -> str:
    """Return the colour of what is better or worse; none where neither is known."""
    return "" if better is None else "green" if better else "red"


def line_of(columns: Sequence[TextColumn], cells: Sequence[Text], gap: int) -> Text:
    """Return cells side by side, each as wide as its column."""
    if any(cell.spans or cell.style for cell in cells):
        return Text(" " * gap).join(column.padded(cell) for column, cell in zip(columns, cells, strict=True))
    # Long lists hold plain cells alone; this is ten times as quick.
    parts = (column.padded_text(cell.plain) for column, cell in zip(columns, cells, strict=True))
    return Text((" " * gap).join(parts))


def total_width(columns: Iterable[TextColumn], gap: int) -> int:
    """Return the width of columns side by side, each with a gap."""
    return sum(column.width + gap for column in columns)


def without_least(columns: Sequence[TextColumn], needed: int = NEEDED) -> list[TextColumn] | None:
    """Return the columns without that of the lowest priority; None when all are `needed`."""
    least = min(columns, key=lambda column: column.priority, default=None)
    if least is None or least.priority >= needed:
        return None
    return [column for column in columns if column is not least]
