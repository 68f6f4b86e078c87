"""A table laid out for the width that there is.

Side by side, while there is room beside the rows' names for every column that is needed; else rows of two lines,
the name above its cells; else a block of lines for each row. Values are never cut; only names may run over
several lines.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.text import Text

from sgkpi.documents.document import NOTHING_SAID, WANTED, TableBlock
from sgkpi.documents.write.terminal import column as col
from sgkpi.documents.write.terminal.column import TextColumn
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.documents.write.text import INDENT, break_long_words

_NARROWEST_NAME = 22
_GAP = 2
_MOST_SIDE_BY_SIDE = 4


@dataclass(frozen=True)
class Layout:
    """A table as lines, with the names of the columns left out for lack of room."""

    parts: tuple[RenderableType, ...]
    dropped: tuple[str, ...] = ()


def lay_out(table: TableBlock, terminal: Terminal) -> Layout:
    """Lay a table out in the first form that fits, with ratings beside their values if there is room."""
    columns, width = col.as_text(table, unicode=terminal.unicode), terminal.width
    if width is None:
        return Layout(tuple(_table(columns, columns[0].width, terminal)))
    kept = _with_room(columns, width)
    if kept is None and (rated := col.ratings_below(table)):
        below = col.as_text(rated, unicode=terminal.unicode)
        kept = _with_room(below, width)
        columns = columns if kept is None else below
    if kept is not None:
        room = min(width - col.total_width(kept[1:], _GAP), kept[0].width)
        return Layout(tuple(_table(kept, room, terminal)), _names_but(columns, kept))
    if (kept := _with_wrapping(columns, width)) is not None:
        return Layout(tuple(_table(kept, kept[0].width, terminal)), _names_but(columns, kept))
    return _as_two_lines(columns, terminal, width) or Layout(tuple(_blocks(columns[0], columns[1:], width)))


def _with_room(columns: Sequence[TextColumn], width: int) -> list[TextColumn] | None:
    """Return the columns for which there is room beside the names; None where one that is needed has none."""
    kept: list[TextColumn] | None = list(columns)
    while kept and width - col.total_width(kept[1:], _GAP) < min(columns[0].width, _NARROWEST_NAME):
        kept = col.without_least(kept, WANTED)
    return kept or None


def _with_wrapping(columns: Sequence[TextColumn], width: int) -> list[TextColumn] | None:
    """Return the columns beside one that wraps, without breaking a word; None if none wraps or fits.

    Names that leave it less than half of the room for both run over several lines too.
    """
    kept: list[TextColumn] | None = list(columns)
    while kept:
        for place, column in enumerate(kept[1:], start=1):
            room = width - _GAP - col.total_width([each for each in kept[1:] if each is not column], _GAP)
            names = min(kept[0].width, max(room // 2, room - column.width))
            words = max(cell_len(word) for cell in (*column.cells, Text(column.heading)) for word in cell.plain.split())
            fits = room - names >= max(words, min(column.width, _NARROWEST_NAME))
            if column.wraps and fits and names >= min(kept[0].width, _NARROWEST_NAME):
                wrapping = replace(column, room=min(room - names, column.width))
                return [replace(kept[0], room=names), *kept[1:place], wrapping, *kept[place + 1 :]]
        kept = col.without_least(kept, WANTED)
    return None


def _names_but(columns: Sequence[TextColumn], kept: Sequence[TextColumn]) -> tuple[str, ...]:
    names = {column.name for column in kept}
    return tuple(column.name for column in columns if column.name not in names)


def _table(columns: Sequence[TextColumn], name_width: int, terminal: Terminal) -> Iterator[Text]:
    """Yield headings on a rule, then a line for each row; more, where its name needs them."""
    shown = [replace(columns[0], room=name_width), *columns[1:]]
    yield from _heading_lines(shown, _GAP)
    yield Text(terminal.rule * (col.total_width(shown, _GAP) - _GAP))
    for place, row in enumerate(zip(*(column.cells for column in columns), strict=True)):
        if place and sum(bool(cell.plain) for cell in row) == 1:
            yield Text("")
        if place in columns[0].titles:
            yield from _folded(row[0], terminal.width or row[0].cell_len)
            continue
        lines = [_folded(cell, column.width) for column, cell in zip(shown, row, strict=True)]
        for line in range(max(map(len, lines))):
            yield col.line_of(shown, [each[line] if line < len(each) else Text("") for each in lines], _GAP)


def _heading_lines(columns: Sequence[TextColumn], gap: int) -> Iterator[Text]:
    """Yield the lines of the headings, aligned at the bottom."""
    written = [
        [line.plain for part in column.heading.split("\n") for line in _folded(Text(part), column.width)]
        for column in columns
    ]
    height = max(map(len, written))
    for line in range(height):
        words = [lines[line - height] if height - line <= len(lines) else "" for lines in written]
        yield col.line_of(columns, [Text(word, style="bold") for word in words], gap)


def _folded(cell: Text, width: int) -> Sequence[Text]:
    """Return a cell as lines of at most this width, all as far from the margin as the first."""
    if cell.cell_len <= width:
        return [cell]
    if margin := len(cell.plain) - len(cell.plain.lstrip()):
        return [_set_in(line, " " * margin) for line in _folded(cell[margin:], width - margin)]
    text = cell if cell.spans else Text(break_long_words(cell.plain, width), style=cell.style)
    return list(text.wrap(Console(width=width), width, overflow="fold"))


def _as_two_lines(columns: Sequence[TextColumn], terminal: Terminal, width: int) -> Layout | None:
    """Lay out the name of each row above its cells; with a smaller gap if the columns need it to have room."""
    names, *others = columns
    beside = [column for column in others if column.beside_title]
    for gap in (_GAP, 1):
        kept: list[TextColumn] | None = [column for column in others if not column.beside_title]
        while kept and col.total_width(kept, gap) > width:
            kept = col.without_least(kept)
        if kept:
            parts = _two_lines(names, beside, kept, gap, terminal)
            return Layout(tuple(parts), _names_but(others, [*kept, *beside]))
    return None


def _two_lines(
    names: TextColumn, beside: Sequence[TextColumn], columns: Sequence[TextColumn], gap: int, terminal: Terminal
) -> Iterator[Text]:
    """Yield headings; then each row's name, and below it the row's cells under their headings."""
    margin = " " * gap
    yield from (_set_in(line, margin) for line in _heading_lines(columns, gap))
    yield Text(terminal.rule * col.total_width(columns, gap))
    for place in range(len(names.cells)):
        if place and not _has_cells(columns, place):
            yield Text("")
        yield from _name_lines(names, beside, place, terminal.width)
        if _has_cells(columns, place):
            yield _set_in(col.line_of(columns, [column.cells[place] for column in columns], gap), margin)


def _set_in(line: Text, margin: str) -> Text:
    return Text.assemble(margin, line) if line.spans else Text(margin + line.plain)


def _blocks(names: TextColumn, columns: Sequence[TextColumn], width: int) -> Iterator[Text]:
    """Yield each row as its name, and below it every cell behind its heading, in as few lines as there is room for."""
    beside = [column for column in columns if column.beside_title]
    labelled = [column for column in columns if not column.beside_title]
    groups = _side_by_side(labelled, width)
    for place in range(len(names.cells)):
        if place and _has_cells(labelled, place - 1):
            yield Text("")
        yield from _name_lines(names, beside, place, width)
        if not _has_cells(labelled, place):
            continue
        if len(groups) > 1:
            for line in range(max(map(len, groups))):
                parts = [_labelled_cell(group, group[line], place) for group in groups if line < len(group)]
                yield Text(" " * _GAP).join([Text(), *parts])
        else:
            yield from _list_lines(labelled, place, width)


def _side_by_side(columns: Sequence[TextColumn], width: int) -> list[Sequence[TextColumn]]:
    """Return the columns in groups to be set side by side."""
    for count in range(_MOST_SIDE_BY_SIDE, 1, -1):
        height = ceil(len(columns) / count)
        groups = [columns[first : first + height] for first in range(0, len(columns), height)]
        if sum(_group_width(group) + _GAP for group in groups) <= width:
            return groups
    return [columns]


def _group_width(group: Sequence[TextColumn]) -> int:
    return _label_width(group) + 1 + col.widest(cell.plain for column in group for cell in column.cells)


def _label_width(columns: Sequence[TextColumn]) -> int:
    return col.widest(column.name for column in columns)


def _labelled_cell(group: Sequence[TextColumn], column: TextColumn, place: int) -> Text:
    cell = column.cells[place] if column.cells[place].plain else Text("-")
    text = Text.assemble(column.name.ljust(_label_width(group) + 1), cell)
    text.pad_right(_group_width(group) - cell_len(text.plain))
    return text


def _list_lines(columns: Sequence[TextColumn], place: int, width: int) -> Iterator[Text]:
    """Yield one cell on a line, which may run over several."""
    margin = len(INDENT) + _label_width(columns) + _GAP
    for column in columns:
        if column.cells[place].plain not in NOTHING_SAID:
            label = f"{INDENT}{column.name}"
            for line in _folded(column.cells[place], width - margin):
                yield Text.assemble(label.ljust(margin), line)
                label = ""


def _name_lines(names: TextColumn, beside: Sequence[TextColumn], place: int, width: int | None) -> Sequence[Text]:
    """Return the name with the cells that go beside it, where they differ from those of the row before."""
    shown = (each.cells for each in beside if place == 0 or each.cells[place - 1].plain != each.cells[place].plain)
    cells = [cells[place] for cells in shown]
    line = Text("  ").join([names.cells[place], *(Text.assemble("(", cell, ")") for cell in cells if cell.plain)])
    return _folded(line, width or line.cell_len)


def _has_cells(columns: Sequence[TextColumn], place: int) -> bool:
    return any(column.cells[place].plain for column in columns)
