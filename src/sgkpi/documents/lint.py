"""The document of `lint`: the problems, one a line as editors and CI read them, and how much was checked."""

from sgkpi.answers.lint import LintReport
from sgkpi.documents.document import Document, Verbatim
from sgkpi.model.problems import Severity
from sgkpi.model.words import plural


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
