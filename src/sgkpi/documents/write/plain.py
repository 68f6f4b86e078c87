"""Documents for screen readers: words, one fact on a line; no tables, bars or colour, and lines of any length."""

from collections.abc import Iterator
from typing import assert_never

from sgkpi.documents.document import (
    NOTHING_SAID,
    Block,
    Chart,
    Document,
    Fact,
    Heading,
    Headline,
    Item,
    Items,
    Notes,
    Paragraph,
    Point,
    Steps,
    TableBlock,
    Title,
    Verbatim,
    Verdict,
)
from sgkpi.documents.write.text import INDENT, cell_words, printable
from sgkpi.figures.figure import Rating


def write_plain(document: Document) -> str:
    """Return the document as text in ASCII, but for what it quotes."""
    lines: list[str] = []
    before: Block | None = None
    for block in document.blocks:
        if isinstance(block, Notes) and not block.lines:
            continue
        if before is not None and not isinstance(before, Heading | Headline):
            lines.append("")
        lines += [line if isinstance(block, Verbatim) else printable(line) for line in _lines(block)]
        before = block
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Title():
            yield from (*block.lines, *block.below)
        case Heading() | Verdict():
            yield block.text
        case Headline():
            yield f"{block.label}: {block.value}, {block.rated.words}"
        case Paragraph() | Notes() | Verbatim():
            yield from block.lines
        case Items():
            yield from [block.introduction] if block.introduction else []
            yield from (line for item in block.items for line in _item(item))
        case Steps():
            for number, (question, answer) in enumerate(block.steps, start=1):
                yield from (f"{number:>3}. {question}", f"{INDENT * 2} {answer}")
        case TableBlock():
            yield from [block.caption, ""] if block.caption else []
            yield from _rows(block)
        case Chart():
            yield from map(_point, block.points)
        case _:
            assert_never(block)


def _item(item: Item) -> Iterator[str]:
    yield f"{INDENT}{item.text}"
    for detail in item.details:
        yield f"{INDENT * 2}{f'{detail.label}: {detail.value}' if isinstance(detail, Fact) else detail}"


def _rows(table: TableBlock) -> Iterator[str]:
    """Yield each row as its name, and below it a line for every cell that says something."""
    names, *others = table.columns
    beside = [column for column in others if column.beside_title]
    group = None
    for place, name in enumerate(names.cells):
        if place:
            yield ""
        is_first = place == 0
        if table.groups and table.groups[place] != group:
            group, is_first = table.groups[place], True
            yield from (group, "")
        said = [cell_words(column.cells[place]) for column in beside if is_first or _is_new(column.cells, place)]
        yield "  ".join([cell_words(name).strip(), *(f"({words})" for words in said if words)])
        for column in others:
            words = cell_words(column.cells[place]).strip()
            if not column.beside_title and words not in NOTHING_SAID:
                yield f"{column.name}: {words}"
    yield from [table.when_empty] if table.when_empty and not names.cells else []


def _is_new(cells: tuple[object, ...], place: int) -> bool:
    return cells[place] != cells[place - 1]


def _point(point: Point) -> str:
    rating = "" if point.rated.rating is Rating.NOT_RATED else point.rated.words
    provisional = "provisional" if point.shown.provisional else ""
    return ", ".join(part for part in (f"{point.label}: {point.shown.text}", rating, provisional) if part)
