"""The cases at the edge of each clock, to read and sign off: a document, and records (`sgkpi.boundaries/1`)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from sgkpi.documents.document import NEEDED, Block, Document, Heading, Paragraph, TableBlock, TableColumn, Title, filled
from sgkpi.documents.records import (
    ABOUT_SGKPI,
    RecordColumn,
    Records,
    RecordTable,
    Row,
    TextBlock,
    rows_as_text,
    text_columns,
)
from sgkpi.figures.columns import Cell
from sgkpi.model.expressions import Kind

if TYPE_CHECKING:
    from sgkpi.judge.boundaries.make import Boundaries, BoundaryCase


SCHEMA = "sgkpi.boundaries/1"
_MOMENTS = ("start", "stop", "due")
COLUMNS = (
    *text_columns("situation"),
    *(RecordColumn(name, Kind.DATETIME) for name in _MOMENTS),
    *text_columns("as_of"),
    RecordColumn("reference_day", Kind.DATE),
    *text_columns("outcome", "reason", "note"),
)


def boundaries_document(tables: Sequence["Boundaries"]) -> Document:
    """Return a table of cases under the title and clock of each indicator; a line for one without."""
    without = tuple(f"{table.indicator} {table.why_none}" for table in tables if not table.cases)
    sections = (block for table in tables if table.cases for block in _section(table))
    return Document((*sections, Paragraph(without)))


def _section(table: "Boundaries") -> Iterator[Block]:
    yield Title((f"{table.title} ({table.indicator})",), (f"Clock: {table.clock}",))

    def column(heading: str, cell: "Callable[[BoundaryCase], str]", priority: int = NEEDED) -> TableColumn:
        return TableColumn(heading, tuple(map(cell, table.cases)), priority)

    yield TableBlock(
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


def boundaries_records(tables: Sequence["Boundaries"]) -> Records:
    """Return a row for each case at the edge of a clock; an indicator without any has none."""
    rows = tuple({"indicator": table.indicator, **_case(case)} for table in tables for case in table.cases)
    return Records(
        table=RecordTable("boundaries", (RecordColumn("indicator"), *COLUMNS), rows),
        json=lambda: {"schema": SCHEMA, "indicators": list(map(_json_boundaries, tables))},
        text=lambda: tuple(block for table in tables for block in _text(table)),
        about=(
            *(("No cases", f"{table.indicator} {table.why_none}") for table in tables if not table.cases),
            ABOUT_SGKPI,
        ),
    )


def _case(case: "BoundaryCase") -> dict[str, Cell]:
    return {
        "situation": case.situation,
        "start": case.start,
        "stop": case.stop,
        "due": case.due,
        "as_of": case.as_of.isoformat(timespec="minutes"),
        "reference_day": case.reference_day,
        "outcome": case.outcome,
        "reason": case.reason,
        "note": case.note or None,
    }


def _json_boundaries(table: "Boundaries") -> dict[str, object]:
    return {
        "indicator": table.indicator,
        "title": table.title,
        "clock": table.clock or None,
        "why_none": table.why_none or None,
        "cases": list(map(_case, table.cases)),
    }


def _text(table: "Boundaries") -> Iterator[TextBlock]:
    """Yield a heading and a table, or why there is none."""
    yield Heading(f"{table.title} ({table.indicator})")
    if table.cases:
        yield Paragraph((f"Clock: {table.clock}",))
        yield from rows_as_text(RecordTable("boundaries", COLUMNS, tuple(map(_case_as_text, table.cases))))
    else:
        yield Paragraph((f"{table.indicator} {table.why_none}.",))


def _case_as_text(case: "BoundaryCase") -> Row:
    moments = {name: str(moment) for name in _MOMENTS if (moment := getattr(case, name)) is not None}
    return {**_case(case), **moments, "as_of": case.as_of.isoformat(" ", timespec="minutes")}
