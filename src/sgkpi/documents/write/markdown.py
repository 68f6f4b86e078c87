"""Text blocks as Markdown."""

import re
from collections.abc import Iterable
from typing import assert_never

from sgkpi.documents.document import Heading, Paragraph, TableBlock, TableColumn
from sgkpi.documents.records import Records, TextBlock
from sgkpi.documents.write.text import cell_words, printable

# What begins a mark, an entity or, in the middle of a bare address, a link.
_SPECIAL = re.compile(r"([\\|`*_~&<\[]|(?<=\w)(?:://|@)|(?<=www)\.)")


def write_markdown(records: Records) -> str:
    """Return the text of records, its blocks parted by blank lines."""
    return "\n".join("".join(f"{line}\n" for line in _lines(block)) for block in records.text_blocks())


def _lines(block: TextBlock) -> list[str]:
    match block:
        case Heading():
            return [f"## {escape(block.text)}"]
        case Paragraph():
            return list(map(escape, block.lines))
        case TableBlock():
            return _table(block.columns)
        case _:
            assert_never(block)


def _table(columns: tuple[TableColumn, ...]) -> list[str]:
    rule = ["---:" if column.right else "---" for column in columns]
    rows = zip(*(column.cells for column in columns), strict=True)
    lines = [table_row(column.name for column in columns), table_row(rule)]
    return lines + [table_row(escape(cell_words(cell)) for cell in row) for row in rows]


def table_row(cells: Iterable[str]) -> str:
    """Return cells as a row of a table."""
    return f"| {' | '.join(cells)} |"


def escape(text: str) -> str:
    """Escape text for Markdown, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(printable(text).split()))
