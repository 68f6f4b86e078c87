"""Blocks of text and tables as HTML, for a cell of a notebook."""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import islice
from typing import assert_never

from sgkpi.documents.document import Heading, Paragraph, TableBlock
from sgkpi.documents.records import TextBlock
from sgkpi.documents.write.text import cell_words
from sgkpi.model.words import plural

MOST_ROWS = 60


def write_html(blocks: Iterable[TextBlock]) -> str:
    """Return the blocks as HTML; of a long table the first rows, and how many more there are."""
    return "".join(part for block in blocks for part in _block(block))


def _block(block: TextBlock) -> Iterator[str]:
    match block:
        case Heading():
            yield f"<h4>{escape(block.text)}</h4>"
        case Paragraph():
            yield f"<p>{'<br>'.join(map(escape, block.lines))}</p>"
        case TableBlock():
            yield "<table><thead><tr>"
            yield from (f"<th>{escape(each.heading)}</th>" for each in block.columns)
            yield "</tr></thead><tbody>"
            for row in islice(zip(*(each.cells for each in block.columns), strict=True), MOST_ROWS):
                aligned = zip(row, block.columns, strict=True)
                cells = (f"<td style='text-align:{'right' if each.right else 'left'}'>{escape(cell_words(cell))}</td>"
                         for cell, each in aligned)  # fmt: skip
                yield f"<tr>{''.join(cells)}</tr>"
            yield "</tbody></table>"
            if (more := len(block.columns[0].cells) - MOST_ROWS) > 0:
                yield f"<p>… and {plural(more, 'more row')}</p>"
        case _:
            assert_never(block)
