"""Documents as a terminal of a given kind shows them."""

from sgkpi.documents.document import Document
from sgkpi.documents.write.plain import write_plain
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.documents.write.terminal.write import write_terminal


def shown(
    document: Document, width: int | None = None, *, colour: bool = False, unicode: bool = True, plain: bool = False
) -> str:
    """The document on a terminal; without a width, as in a pipe."""
    return write_plain(document) if plain else write_terminal(document, Terminal(width, colour, unicode))
