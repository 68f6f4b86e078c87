"""The document of `explain`: one definition in plain English, and as SQL."""

from sgkpi.definitions.english import explain
from sgkpi.documents.document import Block, Document, Paragraph, Verbatim
from sgkpi.model.indicator import Indicator


def explain_document(indicator: Indicator, sql: str | None) -> Document:
    """Return the meaning, then the SQL if it is given."""
    blocks: list[Block] = [Paragraph(tuple(explain(indicator).strip().splitlines()))]
    if sql is not None:
        blocks += [Paragraph(("As SQL:",)), Verbatim(tuple(sql.rstrip().splitlines()))]
    return Document(tuple(blocks))
