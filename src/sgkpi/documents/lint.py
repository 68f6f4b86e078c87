"""The problems of definitions: a document, and records (schema `sgkpi.lint/1`)."""

from sgkpi.answers.lint import LintReport
from sgkpi.documents import records as rec
from sgkpi.documents.document import Document, Verbatim
from sgkpi.model.problems import Severity
from sgkpi.model.words import plural

SCHEMA = "sgkpi.lint/1"
COLUMNS = (
    *rec.text_columns("path"),
    *rec.count_columns("line"),
    *rec.text_columns("severity", "message", "code", "detail"),
)
_AS_TEXT = rec.text_columns(*(each.name for each in COLUMNS))  # the number of a line is not a count


def lint_document(report: LintReport) -> Document:
    """Return every problem, then one line of what was checked."""
    checked = f"{plural(report.indicators, 'indicator')}, {plural(report.examples, 'example')}"
    count = {severity: sum(each.severity is severity for each in report.problems) for severity in Severity}
    found = f"{plural(count[Severity.ERROR], 'error')}, {plural(count[Severity.WARNING], 'warning')}"
    found += f", {plural(count[Severity.NOTE], 'note')}" if count[Severity.NOTE] else ""
    summary = f"{checked}: {found if report.problems else 'no problems'}"
    return Document((Verbatim((*map(str, report.problems), summary)),))


def lint_records(report: LintReport) -> rec.Records:
    """Return a row for each problem."""
    rows = tuple(
        {
            **rec.members(problem, *(each.name for each in COLUMNS)),
            "severity": problem.severity.value,
            "detail": problem.detail or None,
        }
        for problem in report.problems
    )
    counts = rec.members(report, "indicators", "examples")
    as_text = tuple({**row, "line": None if row["line"] is None else str(row["line"])} for row in rows)
    return rec.Records(
        table=rec.RecordTable("problems", COLUMNS, rows),
        json=lambda: {"schema": SCHEMA, **counts, "problems": rows},
        text=lambda: (rec.rows_as_text(rec.RecordTable("problems", _AS_TEXT, as_text)),),
        about=(*((name.capitalize(), count) for name, count in counts.items()), rec.ABOUT_SGKPI),
    )
