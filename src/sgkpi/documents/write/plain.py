"""Documents for screen readers: words, one fact on a line; no tables, bars or colour, and lines of any length."""

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from sgkpi.documents import document as doc
from sgkpi.documents.write.text import INDENT, cell_words, printable
from sgkpi.figures.figure import Rating


def write_plain(document: doc.Document) -> str:
    """Return the document as text in ASCII, but for what it quotes."""
    lines: list[str] = []
    before: doc.Block | None = None
    for block in document.blocks:
        if isinstance(block, doc.Notes) and not block.lines:
            continue
        if before is not None and not isinstance(before, doc.Heading | doc.Headline):
            lines.append("")
        lines += [line if isinstance(block, doc.Verbatim) else printable(line) for line in _lines(block)]
        before = block
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _lines(block: doc.Block) -> Iterator[str]:  # noqa: C901 - one case for each kind of block
    match block:
        case doc.Title():
            yield from (*block.lines, *block.below)
        case doc.Heading() | doc.Verdict():
            yield block.text
        case doc.Headline():
            yield f"{block.label}: {block.value}, {block.rated.words}"
        case doc.Paragraph() | doc.Notes() | doc.Verbatim():
            yield from block.lines
        case doc.Items():
            yield from [block.introduction] if block.introduction else []
            yield from (line for item in block.items for line in _item(item))
        case doc.Steps():
            for number, (question, answer) in enumerate(block.steps, start=1):
                yield from (f"{number:>3}. {question}", f"{INDENT * 2} {answer}")
        case doc.TableBlock():
            yield from [block.caption, ""] if block.caption else []
            yield from _rows(block)
        case doc.Chart():
            yield from map(_point, block.points)
            yield from [block.note] if block.note else []
        case doc.ControlChart():
            yield from (_joined(f"{each.label}: {each.shown}", each.shown_limits, each.words) for each in block.points)
            yield from (*(f"Target: {target}" for target in block.shown_targets), *block.notes)
        case doc.FunnelChart():
            yield from map(_category, block.rows)
        case _:
            assert_never(block)


def _item(item: doc.Item) -> Iterator[str]:
    yield f"{INDENT}{item.text}"
    for detail in item.details:
        yield f"{INDENT * 2}{f'{detail.label}: {detail.value}' if isinstance(detail, doc.Fact) else detail}"


def _rows(table: doc.TableBlock) -> Iterator[str]:
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
        said = [
            cell_words(column.cells[place])
            for column in beside
            if is_first or column.cells[place] != column.cells[place - 1]
        ]
        yield "  ".join([cell_words(name).strip(), *(f"({words})" for words in said if words)])
        for column in others:
            words = cell_words(column.cells[place]).strip()
            if not column.beside_title and words not in doc.NOTHING_SAID:
                yield f"{column.name}: {words}"
    yield from [table.when_empty] if table.when_empty and not names.cells else []


def _category(row: doc.FunnelRow) -> str:
    limits = f"95% limits {row.shown_limits}" if row.shown_limits else ""
    return f"{row.label}: {_joined(row.shown, row.cases, row.words, limits)}"


def _point(point: doc.Point) -> str:
    value = f"{point.label}: {replace(point.shown, provisional=False).marked}"
    rating = "" if point.rated.rating is Rating.NOT_RATED else point.rated.words
    return _joined(value, rating, "provisional" if point.shown.provisional else "")


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))
