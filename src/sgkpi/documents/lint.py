"""What is wrong with definitions: a document, and records (schema `sgkpi.lint/1`)."""

from typing import TYPE_CHECKING

from sgkpi.answers.lint import LintReport
from sgkpi.documents.document import Document, Verbatim
from sgkpi.documents.records import (
    ABOUT_SGKPI,
    Records,
    RecordTable,
    Row,
    count_columns,
    rows_as_text,
    text_columns,
)
from sgkpi.model.problems import Problem, Severity
from sgkpi.model.words import plural

if TYPE_CHECKING:
    pass


SCHEMA = "sgkpi.lint/1"
COLUMNS = (
    *text_columns("path"),
    *count_columns("line"),
    *text_columns("severity", "message", "code", "detail"),
)


def lint_document(report: LintReport) -> Document:
    """Every problem, then one line of what was checked."""
    checked = f"{plural(report.indicators, 'indicator')}, {plural(report.examples, 'example')}"
    return Document((Verbatim((*map(str, report.problems), f"{checked}: {_found(report)}")),))


def _found(report: LintReport) -> str:
    if not report.problems:
        return "no problems"
    count = {severity: sum(each.severity is severity for each in report.problems) for severity in Severity}
    notes = f", {plural(count[Severity.NOTE], 'note')}" if count[Severity.NOTE] else ""
    return f"{plural(count[Severity.ERROR], 'error')}, {plural(count[Severity.WARNING], 'warning')}{notes}"


def lint_records(report: LintReport) -> Records:
    """Return a row for each problem."""
    rows = tuple(map(_problem, report.problems))
    counts = {"indicators": report.indicators, "examples": report.examples}
    as_text = tuple({**row, "line": None if row["line"] is None else str(row["line"])} for row in rows)
    return Records(
        table=RecordTable("problems", COLUMNS, rows),
        json=lambda: {"schema": SCHEMA, **counts, "problems": rows},
        text=lambda: rows_as_text(RecordTable("problems", COLUMNS, as_text)),
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
