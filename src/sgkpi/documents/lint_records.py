"""What is wrong with definitions (schema `sgkpi.lint/1`), and cases at the edge of clocks (`sgkpi.boundaries/1`)."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sgkpi.answers.lint import LintReport
from sgkpi.documents.document import Heading, Paragraph
from sgkpi.documents.records import (
    ABOUT_SGKPI,
    RecordColumn,
    Records,
    RecordTable,
    Row,
    TextBlock,
    count_columns,
    rows_as_text,
    text_columns,
)
from sgkpi.figures.columns import Cell
from sgkpi.model.expressions import Kind
from sgkpi.model.problems import Problem

if TYPE_CHECKING:
    from sgkpi.judge.boundaries.make import Boundaries, BoundaryCase

LINT_SCHEMA = "sgkpi.lint/1"
PROBLEM_COLUMNS = (
    *text_columns("path"),
    *count_columns("line"),
    *text_columns("severity", "message", "code", "detail"),
)
BOUNDARIES_SCHEMA = "sgkpi.boundaries/1"
_MOMENTS = ("start", "stop", "due")
CASE_COLUMNS = (
    *text_columns("situation"),
    *(RecordColumn(name, Kind.DATETIME) for name in _MOMENTS),
    *text_columns("as_of"),
    RecordColumn("reference_day", Kind.DATE),
    *text_columns("outcome", "reason", "note"),
)


def lint_records(report: LintReport) -> Records:
    """Return a row for each problem."""
    rows = tuple(map(_problem, report.problems))
    counts = {"indicators": report.indicators, "examples": report.examples}
    as_text = tuple({**row, "line": None if row["line"] is None else str(row["line"])} for row in rows)
    return Records(
        table=RecordTable("problems", PROBLEM_COLUMNS, rows),
        json=lambda: {"schema": LINT_SCHEMA, **counts, "problems": rows},
        text=lambda: rows_as_text(RecordTable("problems", PROBLEM_COLUMNS, as_text)),
        about=(*((name.capitalize(), count) for name, count in counts.items()), ABOUT_SGKPI),
    )


def _problem(problem: Problem) -> Row:
    return {
        "path": problem.path,
        "line": problem.line,
        "severity": problem.severity.value,
        "message": problem.message,
        "code": problem.code,
        "detail": problem.detail or None,
    }


def boundary_records(tables: Sequence["Boundaries"]) -> Records:
    """Return a row for each case at the edge of a clock; an indicator without any has none."""
    rows = tuple({"indicator": table.indicator, **_case(case)} for table in tables for case in table.cases)
    return Records(
        table=RecordTable("boundaries", (RecordColumn("indicator"), *CASE_COLUMNS), rows),
        json=lambda: {"schema": BOUNDARIES_SCHEMA, "indicators": list(map(_json_boundaries, tables))},
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
        yield from rows_as_text(RecordTable("boundaries", CASE_COLUMNS, tuple(map(_case_as_text, table.cases))))
    else:
        yield Paragraph((f"{table.indicator} {table.why_none}.",))


def _case_as_text(case: "BoundaryCase") -> Row:
    moments = {name: str(moment) for name in _MOMENTS if (moment := getattr(case, name)) is not None}
    return {**_case(case), **moments, "as_of": case.as_of.isoformat(" ", timespec="minutes")}
