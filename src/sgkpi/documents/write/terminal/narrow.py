"""Forms that need no width: rows of two lines, a block of lines for each row, and one fact on a line."""

from collections.abc import Iterator, Sequence
from math import ceil

from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from sgkpi.documents.write.terminal.column import NOTHING_SAID, Column, line_of

INDENT = 2
GAP = 2
MOST_SIDE_BY_SIDE = 4


def two_lines(
    titles: Column, beside: Sequence[Column], columns: Sequence[Column], gap: int, rule: str
) -> Iterator[RenderableType]:
    """Headings; then each row's title, and below it the row's cells under their headings."""
    yield from (_set_in(line, gap) for line in heading_lines(columns, gap))
    yield Text(rule * (sum(column.width + gap for column in columns)))
    for place in range(len(titles.cells)):
        if place and not _has_cells(columns, place):
            yield Text("")
        yield _title_line(titles, beside, place)
        if _has_cells(columns, place):
            yield _set_in(line_of(columns, [column.cells[place] for column in columns], gap), gap)


def _set_in(line: Text, gap: int) -> Text:
    return Text.assemble(" " * gap, line) if line.spans else Text(" " * gap + line.plain)


def heading_lines(columns: Sequence[Column], gap: int) -> Iterator[Text]:
    """The lines of the headings, which stand on the rule."""
    written = [column.heading.split("\n") for column in columns]
    height = max(map(len, written))
    for line in range(height):
        words = [lines[line - height] if height - line <= len(lines) else "" for lines in written]
        yield line_of(columns, [Text(word, style="bold") for word in words], gap)


def blocks(titles: Column, columns: Sequence[Column], width: int) -> Iterator[RenderableType]:
    """Each row as its title, and below it every cell behind its name, in as few lines as there is room for."""
    beside = [column for column in columns if column.beside_title]
    named = [column for column in columns if not column.beside_title]
    groups = _side_by_side(named, width)
    for place in range(len(titles.cells)):
        if place and _has_cells(named, place - 1):
            yield Text("")
        yield _title_line(titles, beside, place)
        if _has_cells(named, place):
            yield from _block_lines(groups, place) if len(groups) > 1 else _list_lines(named, place)


def facts(titles: Column, columns: Sequence[Column]) -> Iterator[Text]:
    """Each row as its title, and below it a line for every cell that says something: its name, then what it says."""
    beside = [column for column in columns if column.beside_title]
    named = [column for column in columns if not column.beside_title]
    for place in range(len(titles.cells)):
        if place:
            yield Text("")
        yield Text(_title_line(titles, beside, place).plain.strip())
        for column in named:
            said = column.cells[place].plain.strip()
            if said not in NOTHING_SAID:
                yield Text(f"{column.name}: {said}")


def _side_by_side(columns: Sequence[Column], width: int) -> list[Sequence[Column]]:
    """The columns in groups that stand side by side, the names of each one below the other."""
    for count in range(MOST_SIDE_BY_SIDE, 1, -1):
        height = ceil(len(columns) / count)
        groups = [columns[first : first + height] for first in range(0, len(columns), height)]
        if sum(_group_width(group) + GAP for group in groups) <= width:
            return groups
    return [columns]


def _group_width(group: Sequence[Column]) -> int:
    return _label_width(group) + 1 + max(_cells_width(column) for column in group)


def _label_width(columns: Sequence[Column]) -> int:
    return max(cell_len(column.name) for column in columns)


def _cells_width(column: Column) -> int:
    return max((cell_len(cell.plain) for cell in column.cells), default=0)


def _block_lines(groups: Sequence[Sequence[Column]], place: int) -> Iterator[Text]:
    for line in range(max(map(len, groups))):
        parts = [_named_cell(group, group[line], place) for group in groups if line < len(group)]
        yield Text(" " * GAP).join([Text(), *parts])


def _named_cell(group: Sequence[Column], column: Column, place: int) -> Text:
    cell = column.cells[place] if column.cells[place].plain else Text("-")
    text = Text.assemble(column.name.ljust(_label_width(group) + 1), cell)
    text.pad_right(_group_width(group) - cell_len(text.plain))
    return text


def _list_lines(columns: Sequence[Column], place: int) -> Iterator[Table]:
    """One cell on a line, which may run over several."""
    label = _label_width(columns) + GAP
    for column in columns:
        if column.cells[place].plain not in NOTHING_SAID:
            line = Table.grid(padding=(0, 0))
            line.add_column(width=label + INDENT, no_wrap=True)
            line.add_column(overflow="fold")
            line.add_row(" " * INDENT + column.name, column.cells[place])
            yield line


def _title_line(titles: Column, beside: Sequence[Column], place: int) -> Text:
    """The title with what may stand beside it, where that is not what stood there before."""
    new = [column.cells[place] for column in beside if column.cells[place].plain and _is_new(column, place)]
    return Text("  ").join([titles.cells[place], *(Text.assemble("(", cell, ")") for cell in new)])


def _is_new(column: Column, place: int) -> bool:
    return place == 0 or column.cells[place - 1].plain != column.cells[place].plain


def _has_cells(columns: Sequence[Column], place: int) -> bool:
    return any(column.cells[place].plain for column in columns)
