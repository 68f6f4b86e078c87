"""A table laid out for the width that there is.

Side by side, while there is room beside the rows' names for every column that is needed; else rows of two lines,
the name above its cells; else a block of lines for each row. Values are never cut; only names may run over
several lines.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.console import RenderableType
from rich.text import Text

from sgkpi.documents.document import TableBlock
from sgkpi.documents.write.terminal.column import (
    TextColumn,
    as_text,
    has_ratings_beside,
    line_of,
    ratings_below,
    total_width,
    without_least,
)
from sgkpi.documents.write.terminal.narrow import blocks, heading_lines, two_lines
from sgkpi.documents.write.terminal.terminal import Terminal

_NARROWEST_NAME = 22
_GAP = 2


@dataclass(frozen=True)
class Layout:
    """A table as lines, with the names of the columns left out for lack of room."""

    parts: tuple[RenderableType, ...]
    dropped: tuple[str, ...] = ()


def lay_out(table: TableBlock, terminal: Terminal) -> Layout:
    """Lay a table out in the first form that fits, with ratings beside their values if there is room."""
    columns = as_text(table, unicode=terminal.unicode)
    if terminal.width is None:
        return Layout(tuple(_table(columns, columns[0].width, terminal)))
    if has_ratings_beside(table) and _with_room(columns, terminal.width) is None:
        below = as_text(ratings_below(table), unicode=terminal.unicode)
        columns = columns if _with_room(below, terminal.width) is None else below
    return (
        _as_table(columns, terminal, terminal.width)
        or _as_two_lines(columns, terminal, terminal.width)
        or Layout(tuple(blocks(columns[0], columns[1:], terminal.width)))
    )


def _as_table(columns: Sequence[TextColumn], terminal: Terminal, width: int) -> Layout | None:
    kept = _with_room(columns, width)
    if kept is None:
        return None
    room = min(width - total_width(kept[1:], _GAP), kept[0].width)
    return Layout(tuple(_table(kept, room, terminal)), _names_but(columns, kept))


def _with_room(columns: Sequence[TextColumn], width: int) -> list[TextColumn] | None:
    """Return the columns for which there is room beside the names; None where one that is needed has none."""
    kept: list[TextColumn] | None = list(columns)
    while kept and width - total_width(kept[1:], _GAP) < min(columns[0].width, _NARROWEST_NAME):
        kept = without_least(kept)
    return kept or None


def _as_two_lines(columns: Sequence[TextColumn], terminal: Terminal, width: int) -> Layout | None:
    """Try a smaller gap if the columns need it: close columns are better than blocks."""
    names, *others = columns
    beside = [column for column in others if column.beside_title]
    for gap in (_GAP, 1):
        kept: list[TextColumn] | None = [column for column in others if not column.beside_title]
        while kept and total_width(kept, gap) > width:
            kept = without_least(kept)
        if kept:
            parts = two_lines(names, beside, kept, gap, terminal.rule)
            return Layout(tuple(parts), _names_but(others, [*kept, *beside]))
    return None


def _names_but(columns: Sequence[TextColumn], kept: Sequence[TextColumn]) -> tuple[str, ...]:
    return tuple(column.name for column in columns if column not in kept)


def _table(columns: Sequence[TextColumn], name_width: int, terminal: Terminal) -> Iterator[Text]:
    """Headings on a rule, then a line for each row; more, where its name needs them."""
    shown = [replace(columns[0], room=name_width), *columns[1:]]
    yield from heading_lines(shown, _GAP)
    yield Text(terminal.rule * (total_width(shown, _GAP) - _GAP))
    for place, row in enumerate(zip(*(column.cells for column in columns), strict=True)):
        if place and sum(bool(cell.plain) for cell in row) == 1:
            yield Text("")
        yield from _row(shown, row)


def _row(columns: Sequence[TextColumn], row: Sequence[Text]) -> Iterator[Text]:
    """Yield the first lines of the cells side by side, then the further lines of a name that needs them."""
    lines = [_folded(cell, column.width) for column, cell in zip(columns, row, strict=True)]
    for place in range(max(map(len, lines))):
        yield line_of(columns, [each[place] if place < len(each) else Text("") for each in lines], _GAP)


def _folded(cell: Text, width: int) -> Sequence[Text]:
    if cell.cell_len <= width:
        return [cell]
    from rich.console import Console

    return list(cell.wrap(Console(width=width), width, overflow="fold"))
