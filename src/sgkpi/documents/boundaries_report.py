"""Boundary cases as JSON, CSV and Markdown: for another program, a spreadsheet, or a paper to sign."""

from collections.abc import Iterable
from datetime import date
from json import dumps

from sgkpi.documents.csv_report import render_records
from sgkpi.documents.markdown_report import escape, render_table
from sgkpi.judge.boundaries.make import Boundaries, BoundaryCase

SCHEMA = "sgkpi.boundaries/1"
CASE_COLUMNS = ("situation", "start", "stop", "due", "as_of", "reference_day", "outcome", "reason", "note")
Record = dict[str, str | None]


def render_boundaries_json(tables: Iterable[Boundaries]) -> str:
    """One document with the cases of each indicator, moments as ISO strings; why there are none, where there are."""
    indicators = [
        {
            "indicator": table.indicator,
            "title": table.title,
            "clock": table.clock or None,
            "why_none": table.why_none or None,
            "cases": [_record(case) for case in table.cases],
        }
        for table in tables
    ]
    return dumps({"schema": SCHEMA, "indicators": indicators}, ensure_ascii=False, indent=2) + "\n"


def render_boundaries_csv(tables: Iterable[Boundaries]) -> str:
    """A row for each case; an indicator without any has none."""
    rows = ({"indicator": table.indicator, **_record(case)} for table in tables for case in table.cases)
    return render_records(("indicator", *CASE_COLUMNS), rows)


def render_boundaries_markdown(tables: Iterable[Boundaries]) -> str:
    """A heading and a table for each indicator."""
    return "\n".join(map(_section, tables))


def _section(table: Boundaries) -> str:
    heading = f"## {escape(table.title)} ({escape(table.indicator)})\n\n"
    if not table.cases:
        return f"{heading}{table.indicator} {table.why_none}.\n"
    names = [name.replace("_", " ").capitalize() for name in CASE_COLUMNS]
    rows = [[(cell or "").replace("T", " ") if name in _MOMENTS else cell or "" for name, cell in _record(case).items()]
            for case in table.cases]  # fmt: skip
    return f"{heading}Clock: {escape(table.clock)}\n\n{render_table(names, rows)}"


_MOMENTS = ("start", "stop", "due", "as_of")


def _record(case: BoundaryCase) -> Record:
    return {
        "situation": case.situation,
        "start": _written(case.start),
        "stop": _written(case.stop),
        "due": _written(case.due),
        "as_of": case.as_of.isoformat(timespec="minutes"),
        "reference_day": _written(case.reference_day),
        "outcome": case.outcome,
        "reason": case.reason,
        "note": case.note or None,
    }


def _written(moment: date | None) -> str | None:
    return None if moment is None else moment.isoformat()
