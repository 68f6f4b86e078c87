"""The cases at the edge of each clock, to read and sign off: a document, and records (`sgkpi.boundaries/1`)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from sgkpi.documents import records as rec
from sgkpi.documents.document import Block, Document, Heading, Paragraph, TableBlock, Title, column, filled
from sgkpi.figures.columns import Cell
from sgkpi.model.expressions import Kind

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

if TYPE_CHECKING:
    from sgkpi.judge.boundaries.make import Boundaries, BoundaryCase

SCHEMA = "sgkpi.boundaries/1"
_MOMENTS = ("start", "stop", "due")
COLUMNS = (
    *rec.text_columns("situation"),
    *(rec.RecordColumn(name, Kind.DATETIME) for name in _MOMENTS),
    *rec.text_columns("as_of"),
    rec.RecordColumn("reference_day", Kind.DATE),
    *rec.text_columns("outcome", "reason", "note"),
)


def boundaries_document(tables: Sequence["Boundaries"]) -> Document:
    """Return a table of cases under the title and clock of each indicator; a line for one without."""
    without = tuple(f"{table.indicator} {table.why_none}" for table in tables if not table.cases)
    sections = (block for table in tables if table.cases for block in _section(table))
    return Document((*sections, Paragraph(without)))


def _section(table: "Boundaries") -> Iterator[Block]:
    cases = table.cases
    yield Title((f"{table.title} ({table.indicator})",), (f"Clock: {table.clock}",))
    columns = [
        column("Situation", cases, lambda case: case.situation),
        *(column(name.capitalize(), (getattr(case, name) for case in cases), _shown) for name in _MOMENTS),
        column("Looked at", cases, lambda case: _shown(case.reference_day or case.as_of), 20),
        column("Outcome", cases, lambda case: case.outcome + ("" if case.reason is None else f": {case.reason}")),
        column("Note", cases, lambda case: case.note, 30),
    ]
    yield TableBlock(filled(columns))


def _shown(moment: date | None) -> str:
    """`Tue 2019-06-11 10:00`: the day of the week is what counting working days goes by."""
    if moment is None:
        return "-"
    day = _WEEKDAYS[moment.weekday()]
    return f"{day} {moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else f"{day} {moment:%Y-%m-%d}"


def boundaries_records(tables: Sequence["Boundaries"]) -> rec.Records:
    """Return a row for each case at the edge of a clock; an indicator without any has none."""
    rows = tuple({"indicator": table.indicator, **_case(case)} for table in tables for case in table.cases)
    none = (("No cases", f"{table.indicator} {table.why_none}") for table in tables if not table.cases)
    return rec.Records(
        table=rec.RecordTable("boundaries", (rec.RecordColumn("indicator"), *COLUMNS), rows),
        json=lambda: {"schema": SCHEMA, "indicators": list(map(_json, tables))},
        text=lambda: tuple(block for table in tables for block in _text(table)),
        about=(*none, rec.ABOUT_SGKPI),
    )


def _case(case: "BoundaryCase") -> dict[str, Cell]:
    row = rec.members(case, *(each.name for each in COLUMNS))
    return {**row, "as_of": case.as_of.isoformat(timespec="minutes"), "note": case.note or None}


def _json(table: "Boundaries") -> rec.Json:
    return {
        "indicator": table.indicator,
        "title": table.title,
        "clock": table.clock or None,
        "why_none": table.why_none or None,
        "cases": list(map(_case, table.cases)),
    }


def _text(table: "Boundaries") -> Iterator[rec.TextBlock]:
    """Yield a heading and a table, or why there is none."""
    yield Heading(f"{table.title} ({table.indicator})")
    if not table.cases:
        yield Paragraph((f"{table.indicator} {table.why_none}.",))
        return
    yield Paragraph((f"Clock: {table.clock}",))
    rows = []
    for case in table.cases:
        moments = {name: str(moment) for name in _MOMENTS if (moment := getattr(case, name)) is not None}
        rows.append({**_case(case), **moments, "as_of": case.as_of.isoformat(" ", timespec="minutes")})
    yield rec.rows_as_text(rec.RecordTable("boundaries", COLUMNS, tuple(rows)))
