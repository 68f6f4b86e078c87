"""The document of `lint --boundaries`: the cases at the edge of each clock, to read and sign off."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from sgkpi.documents.document import NEEDED, Block, Column, Document, Paragraph, Table, Title, filled

if TYPE_CHECKING:
    from sgkpi.judge.boundaries.make import Boundaries, BoundaryCase


def boundaries_document(tables: Sequence["Boundaries"]) -> Document:
    """A table of cases under the title and clock of each indicator; a line for one without."""
    without = tuple(f"{table.indicator} {table.why_none}" for table in tables if not table.cases)
    sections = (block for table in tables if table.cases for block in _section(table))
    return Document((*sections, Paragraph(without)))


def _section(table: "Boundaries") -> Iterator[Block]:
    yield Title((f"{table.title} ({table.indicator})",), (f"Clock: {table.clock}",))

    def column(heading: str, cell: "Callable[[BoundaryCase], str]", priority: int = NEEDED) -> Column:
        return Column(heading, tuple(map(cell, table.cases)), priority)

    yield Table(
        filled(
            [
                column("Situation", lambda case: case.situation),
                column("Start", lambda case: _shown(case.start)),
                column("Stop", lambda case: _shown(case.stop)),
                column("Due", lambda case: _shown(case.due)),
                column("Looked at", lambda case: _shown(case.reference_day or case.as_of), 20),
                column("Outcome", lambda case: case.outcome + (f": {case.reason}" if case.reason is not None else "")),
                column("Note", lambda case: case.note, 30),
            ]
        )
    )


def _shown(moment: date | None) -> str:
    """`Tue 2019-06-11 10:00`: the day of the week is what counting working days goes by."""
    if moment is None:
        return "-"
    return f"{moment:%a %Y-%m-%d %H:%M}" if isinstance(moment, datetime) else f"{moment:%a %Y-%m-%d}"
