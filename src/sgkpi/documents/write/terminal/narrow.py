"""Forms of a table for narrow terminals: rows of two lines, and a block of lines for each row."""

from collections.abc import Iterator, Sequence
from math import ceil

from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table as Grid
from rich.text import Text

from sgkpi.documents.write.terminal.column import TextColumn, is_said, line_of
from sgkpi.documents.write.text import INDENT

_GAP = 2
_MOST_SIDE_BY_SIDE = 4


def two_lines(
    names: TextColumn, beside: Sequence[TextColumn], columns: Sequence[TextColumn], gap: int, rule: str
) -> Iterator[RenderableType]:
    """Headings; then each row's name, and below it the row's cells under their headings."""
    yield from (_set_in(line, gap) for line in heading_lines(columns, gap))
    yield Text(rule * (sum(column.width + gap for column in columns)))
    for place in range(len(names.cells)):
        if place and not _has_cells(columns, place):
            yield Text("")
        yield _name_line(names, beside, place)
        if _has_cells(columns, place):
            yield _set_in(line_of(columns, [column.cells[place] for column in columns], gap), gap)


def _set_in(line: Text, gap: int) -> Text:
    return Text.assemble(" " * gap, line) if line.spans else Text(" " * gap + line.plain)


def heading_lines(columns: Sequence[TextColumn], gap: int) -> Iterator[Text]:
    """Yield the lines of the headings, which stand on the rule."""
    written = [column.heading.split("\n") for column in columns]
    height = max(map(len, written))
    for line in range(height):
        words = [lines[line - height] if height - line <= len(lines) else "" for lines in written]
        yield line_of(columns, [Text(word, style="bold") for word in words], gap)


def blocks(names: TextColumn, columns: Sequence[TextColumn], width: int) -> Iterator[RenderableType]:
    """Yield each row as its name, and below it every cell behind its heading, in as few lines as there is room for."""
    beside = [column for column in columns if column.beside_title]
    labelled = [column for column in columns if not column.beside_title]
    groups = _side_by_side(labelled, width)
    for place in range(len(names.cells)):
        if place and _has_cells(labelled, place - 1):
            yield Text("")
        yield _name_line(names, beside, place)
        if _has_cells(labelled, place):
            yield from _block_lines(groups, place) if len(groups) > 1 else _list_lines(labelled, place)


def _side_by_side(columns: Sequence[TextColumn], width: int) -> list[Sequence[TextColumn]]:
    """Return the columns in groups that stand side by side, the labels of each one below the other."""
    for count in range(_MOST_SIDE_BY_SIDE, 1, -1):
        height = ceil(len(columns) / count)
        groups = [columns[first : first + height] for first in range(0, len(columns), height)]
        if sum(_group_width(group) + _GAP for group in groups) <= width:
            return groups
    return [columns]


def _group_width(group: Sequence[TextColumn]) -> int:
    widest = (max((cell_len(cell.plain) for cell in column.cells), default=0) for column in group)
    return _label_width(group) + 1 + max(widest)


def _label_width(columns: Sequence[TextColumn]) -> int:
    return max(cell_len(column.name) for column in columns)


def _block_lines(groups: Sequence[Sequence[TextColumn]], place: int) -> Iterator[Text]:
    for line in range(max(map(len, groups))):
        parts = [_labelled_cell(group, group[line], place) for group in groups if line < len(group)]
        yield Text(" " * _GAP).join([Text(), *parts])


def _labelled_cell(group: Sequence[TextColumn], column: TextColumn, place: int) -> Text:
    cell = column.cells[place] if column.cells[place].plain else Text("-")
    text = Text.assemble(column.name.ljust(_label_width(group) + 1), cell)
    text.pad_right(_group_width(group) - cell_len(text.plain))
    return text


def _list_lines(columns: Sequence[TextColumn], place: int) -> Iterator[Grid]:
    """One cell on a line, which may run over several."""
    label = _label_width(columns) + _GAP
    for column in columns:
        if is_said(column.cells[place]):
            line = Grid.grid(padding=(0, 0))
            line.add_column(width=label + len(INDENT), no_wrap=True)
            line.add_column(overflow="fold")
            line.add_row(INDENT + column.name, column.cells[place])
            yield line


def _name_line(names: TextColumn, beside: Sequence[TextColumn], place: int) -> Text:
    """Return the name with what may stand beside it, where that is not what stood there before."""
    new = [column.cells[place] for column in beside if column.cells[place].plain and _is_new(column, place)]
    return Text("  ").join([names.cells[place], *(Text.assemble("(", cell, ")") for cell in new)])


def _is_new(column: TextColumn, place: int) -> bool:
    return place == 0 or column.cells[place - 1].plain != column.cells[place].plain


def _has_cells(columns: Sequence[TextColumn], place: int) -> bool:
    return any(column.cells[place].plain for column in columns)
