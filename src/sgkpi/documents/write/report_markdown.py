"""The page of a report as Markdown, for the summary of a CI step, a pull request or an e-mail.

There is no HTML in it but `details`, and nothing in it links, loads or notifies.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from sgkpi.definitions.wording import long_month
from sgkpi.documents.report.page import (
    CHART_TABLE,
    NO_VALUE,
    Bar,
    Block,
    Cell,
    Column,
    Commentary,
    Facts,
    Fold,
    Headline,
    Line,
    Listing,
    MonthsChart,
    Page,
    Paragraph,
    Points,
    Section,
    Sparkline,
    Table,
    Tag,
    Tally,
    Tone,
    Words,
    dash_note,
)
from sgkpi.documents.write.markdown import escape, table_row
from sgkpi.documents.write.text import draw_spark, printable

MOST_BYTES = 900_000  # a step's summary on GitHub holds 1 MiB
LEFT_OUT = "The breakdowns are left out here, as the page would be too long; they are in the other formats."
_JOINER = "\N{WORD JOINER}"
# A mention, or a reference to an issue.
_PINGS = re.compile(r"(?<=@)(?=[\w-])|(?<=#)(?=\d)")
# What begins a heading, a list, a quotation or a rule.
_STARTS = re.compile(r"^([#>+=-]|\d+(?=[.)]))")
# The marks of items and quotations, which may be in one another.
_ITEM = re.compile(r"^(?:\s*(?:(?:[-*+]|\d+[.)])(?=\s)|>))+")
_EMPHASIS = re.compile(r"\\([*_])")


def write_report_markdown(page: Page) -> str:
    """Return the page as Markdown; without its breakdowns, if it would be too long for the summary of a CI step."""
    whole = _text(page, folds=True)
    if len(whole.encode()) <= MOST_BYTES:
        return whole
    return _text(page, folds=False)


def _text(page: Page, *, folds: bool) -> str:
    parts = [_plain(page.marking), f"# {_inline(page.title)}", *map(_plain, page.about)]
    parts += [f"**Draft.** {_inline(page.draft)}"] if page.draft else []
    parts += [] if folds else [_plain(LEFT_OUT)]
    for section in page.sections:
        parts += _section(section, 2, folds=folds)
    parts.append(_plain(page.footer))
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(section: Section, level: int, *, folds: bool) -> Iterator[str]:
    yield f"{'#' * min(level, 6)} {_inline(section.title)}"
    for block in section.blocks:
        yield from _block(block, folds=folds)
    for each in section.sections:
        yield from _section(each, level + 1, folds=folds)


def _block(block: Block, *, folds: bool) -> Iterator[str]:  # noqa: C901 - a case for each block
    match block:
        case Paragraph():
            text = " ".join(map(_line, block.lines))
            yield f"**{text}**" if block.tone is Tone.WARNING else _guarded(text)
        case Listing():
            marks = (f"{place}." if block.numbered else "-" for place in range(1, len(block.items) + 1))
            yield "\n".join(f"{mark} {_guarded(_line(each))}" for mark, each in zip(marks, block.items, strict=True))
        case Tally():
            yield f"{'; '.join(f'{count:,} {_inline(words)}' for count, words in block.counts)}."
        case Facts():
            facts = ((each.label, _code(each.text) if each.is_code else _inline(each.text)) for each in block.facts)
            yield _listed(f"**{_inline(label)}**: {text}" for label, text in facts)
        case Headline():
            beside = (block.tag.text, *block.tag.below, *block.notes)
            yield "; ".join((f"**{_inline(block.value)}**", *map(_inline, beside)))
        case Table():
            if folds or not block.folds:
                yield from [_folded(block.caption, block)] if block.folds else _captioned(block)
        case MonthsChart():
            if folds:
                yield _folded(f"{CHART_TABLE} ({block.caption})", block.table)
            events = (f"{each.letter}, {long_month(each.month)}: {each.text}" for each in block.events)
            yield _listed(map(_inline, events))
        case Commentary():
            yield f"**{_inline(block.heading)}**"
            yield from (f"**{_inline(each)}**" for each in block.warnings)
            yield _written(block.text)
            yield from _captioned(block.actions) if block.actions else ()
        case Points():
            for point in block.points:
                yield f"**{point.number}. {_inline(point.words)}**"
                yield _listed(map(_inline, point.lines))
                for each in point.measured:
                    yield from _block(each, folds=folds)
        case Fold():
            yield _details(block.summary, _listed(map(_inline, block.lines)))
        case _:
            assert_never(block)


def _line(line: Line) -> str:
    return _inline(line.linked) + _inline(line.text)


def _listed(items: Iterable[str]) -> str:
    return "\n".join(f"- {each}" for each in items)


def _folded(summary: str, table: Table) -> str:
    return _details(summary, "\n\n".join(_table(table)))


def _details(summary: str, content: str) -> str:
    return f"<details><summary>{_inline(summary)}</summary>\n\n{content}\n\n</details>"


def _captioned(table: Table) -> Iterator[str]:
    if not table.caption_hidden:
        yield f"**{_inline(table.caption)}**"
    yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    """Yield the rows of a table, and what dashes in them mean."""
    yield "\n".join(_rows(table.columns))
    if notes := " ".join(note for each in table.columns for note in _notes(each)):
        yield _plain(notes)


def _notes(column: Column) -> Iterator[str]:
    """Yield what dashes under a column mean, and those of the columns that only this format makes of it."""
    if column.note:
        yield column.note
    if _has_lines_apart(column) and not all(map(_below, column.cells)):
        yield dash_note(column.below, "the value is a number of cases itself, or there is none")
    if any(isinstance(cell, Sparkline) and not draw_spark(cell.values) for cell in column.cells):
        yield dash_note(column.heading, "fewer than two of them have a value")


def _rows(columns: Sequence[Column]) -> list[str]:
    """Return the lines of a table; bars, whose numbers are in other columns, are left out."""
    shown = [
        part for column in columns if not any(isinstance(cell, Bar) for cell in column.cells) for part in _parts(column)
    ]
    rule = ["---:" if right else "---" for _, _, right in shown]
    rows = zip(*(cells for _, cells, _ in shown), strict=True)
    return [table_row(heading for heading, _, _ in shown), table_row(rule), *map(table_row, rows)]


def _parts(column: Column) -> Iterator[tuple[str, list[str], bool]]:
    """Yield a column with its cells and whether they are right; the lines below cells may be one of their own."""
    lines = [_below(cell) for cell in column.cells]
    apart = _has_lines_apart(column)
    texts = [_cell(cell, () if apart else below) for cell, below in zip(column.cells, lines, strict=True)]
    yield _inline(column.heading), texts, column.right
    if apart:
        yield _inline(column.below), ["; ".join(map(_inline, below)) or NO_VALUE for below in lines], column.right


def _has_lines_apart(column: Column) -> bool:
    """Return whether the lines below the cells of a column become a column of their own."""
    return bool(column.below) and any(map(_below, column.cells))


def _below(cell: Cell) -> tuple[str, ...]:
    return cell.below if isinstance(cell, Words | Tag) else ()


def _cell(cell: Cell, below: Iterable[str]) -> str:
    match cell:
        case Words() | Tag():
            small = "; ".join(map(_inline, below))
            return f"{_inline(cell.text)} ({small})" if small else _inline(cell.text)
        case Sparkline():
            return draw_spark(cell.values, gap="·") or NO_VALUE
        case Bar():
            return NO_VALUE
        case _:
            assert_never(cell)


def _inline(text: str) -> str:
    """Return text escaped, on one line, in which nothing is a mention or a reference."""
    return _PINGS.sub(_JOINER, escape(text))


def _code(text: str) -> str:
    """Return text as code, between more grave accents than it has in a row."""
    shown = " ".join(printable(text).split())
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    return f"{fence} {shown} {fence}" if "`" in shown else f"{fence}{shown}{fence}"


def _guarded(text: str) -> str:
    """Return a line that begins no list or heading."""
    return _STARTS.sub(r"\\\1" if not text[:1].isdigit() else r"\1\\", text)


def _plain(text: str) -> str:
    return _guarded(_inline(text))


def _written(text: str) -> str:
    """Return commentary with its paragraphs, lists, quotations and emphasis, and nothing else that Markdown has."""
    lines = []
    for line in text.splitlines():
        item = _ITEM.match(line)
        mark, rest = (item[0], line[item.end() :]) if item else ("", line)
        words = _guarded(_EMPHASIS.sub(r"\1", _inline(rest)))
        lines.append(f"{mark} {words}".rstrip() if item else words)
    return "\n".join(lines).strip("\n")
