"""A quality report as JSON (schema `sgkpi.check/1`), CSV and Markdown."""

import json
from collections.abc import Iterator

from sgkpi import __version__
from sgkpi.answers.check.findings import Effect, Finding, QualityReport
from sgkpi.documents.csv_report import render_records
from sgkpi.documents.markdown_report import escape, render_table
from sgkpi.engines.quality import Rows, TableFacts
from sgkpi.figures.columns import nearest
from sgkpi.figures.numbers import show_count, show_figure, show_value
from sgkpi.model.problems import Severity

SCHEMA = "sgkpi.check/1"
CSV_COLUMNS = (
    "severity", "code", "table", "columns", "detail", "count", "message", "rows", "indicator", "period", "value",
    "lowest", "highest", "cases", "unplaced",
)  # fmt: skip
Record = dict[str, object]


def render_quality_json(report: QualityReport) -> str:
    """The report as one JSON object, with a newline at its end."""
    record = {
        "schema": SCHEMA,
        "sgkpi": __version__,
        "as_of": report.as_of.isoformat(),
        "as_of_source": report.as_of_source.value,
        "period": str(report.month),
        "extract": {"source": report.extract.source},
        "errors": report.of_severity(Severity.ERROR),
        "warnings": report.of_severity(Severity.WARNING),
        "notes": report.of_severity(Severity.NOTE),
        "tables": [_table(each) for each in report.tables],
        "findings": [_finding(each) for each in report.findings],
    }
    return json.dumps(record, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _table(facts: TableFacts) -> Record:
    return {
        "table": facts.table,
        "files": list(facts.files),
        "rows": facts.rows,
        "first": facts.first.isoformat() if facts.first else None,
        "last": facts.last.isoformat() if facts.last else None,
        "months": None
        if facts.months is None
        else [{"month": str(month), "rows": rows} for month, rows in facts.months.items()],
        "undeclared": list(facts.undeclared),
    }


def _finding(finding: Finding) -> Record:
    return {
        "severity": finding.severity.value,
        "code": finding.named,
        "table": finding.table,
        "columns": list(finding.columns),
        "detail": finding.detail or None,
        "count": finding.count,
        "message": finding.message,
        "rows": [_rows(each) for each in finding.places],
        "concerned": list(finding.concerned),
        "indicators": [_effect(each) for each in finding.effects],
    }


def _rows(rows: Rows) -> Record:
    values = {"values": list(rows.values)} if rows.values else {}
    return {"file": rows.file, "count": rows.count, "rows": list(rows.rows), **values}


def _effect(effect: Effect) -> Record:
    return {
        "indicator": effect.indicator,
        "period": effect.figure.period.label,
        "value": nearest(effect.figure.value),
        "lowest": nearest(effect.lowest),
        "highest": nearest(effect.highest),
        "cases": {outcome.value: cases for outcome, cases in effect.cases.items()},
        "unplaced": effect.unplaced,
    }


def render_quality_csv(report: QualityReport) -> str:
    """A row for each finding and figure that it touches; one for a finding that touches none."""
    return render_records(CSV_COLUMNS, (row for each in report.findings for row in _csv_rows(each)))


def _csv_rows(finding: Finding) -> Iterator[Record]:
    own = {
        "severity": finding.severity.value,
        "code": finding.named,
        "table": finding.table,
        "columns": ", ".join(finding.columns),
        "detail": finding.detail or None,
        "count": finding.count,
        "message": finding.message,
        "rows": "; ".join(map(show_rows, finding.places)),
    }
    nothing: Record = dict.fromkeys(CSV_COLUMNS[len(own) :])
    if not finding.effects:
        yield {**own, **nothing}
    for effect in finding.effects:
        yield {**own, **_effect(effect), "cases": effect.touched}


def show_rows(rows: Rows) -> str:
    """`contacts.csv: rows 2, 7 and 31 more`; the file alone where rows have no meaning."""
    if not rows.count:
        return rows.file
    shown = [str(row) for row in rows.rows]
    if rows.values:
        shown = [f"{row}: {value!r}" for row, value in zip(rows.rows, rows.values, strict=False)]
    more = f" and {rows.count - len(shown):,} more" if rows.count > len(shown) else ""
    return f"{rows.file}: row{'' if rows.count == 1 else 's'} {', '.join(shown)}{more}"


def describe_effect(effect: Effect) -> str:
    """`contacts_decided_24h 2019-02: 79.0%, between 78.8% and 79.2% if its 1 case were known`."""
    figure = effect.figure
    parts = [f"{effect.indicator} {figure.period.label}: {show_figure(figure)}"]
    if effect.touched and effect.lowest is not None:
        lowest, highest = (show_value(each, figure.measure) for each in (effect.lowest, effect.highest))
        cases = "its 1 case" if effect.touched == 1 else f"these {show_count(effect.touched)} cases"
        parts.append(f"between {lowest} and {highest} if {cases} were known")
    elif effect.touched:
        parts.append("1 of its cases" if effect.touched == 1 else f"{show_count(effect.touched)} of its cases")
    if effect.unplaced:
        parts.append(f"{show_count(effect.unplaced)} in no period")
    return ", ".join(parts)


def untouched(finding: Finding) -> tuple[str, ...]:
    """The indicators that use what is wrong, and of whose cases of the month none is touched."""
    named = {effect.indicator for effect in finding.effects if effect.touched or effect.unplaced}
    return tuple(each for each in finding.concerned if each not in named)


def render_quality_markdown(report: QualityReport) -> str:
    """The tables, then the findings, for people."""
    about = ("Table", "Rows", "Files", "First", "Last", "Errors", "Warnings", "Notes")
    numeric = frozenset({"Rows", "Files", "Errors", "Warnings", "Notes"})
    tables = render_table(about, (_about(each, report) for each in report.tables), numeric)
    found = render_table(("Severity", "Table", "Finding", "Where", "Figures", "Code"), map(_told, report.findings))
    moment = report.as_of.isoformat(sep=" ", timespec="minutes")
    source = f" Source: {escape(report.extract.source)}." if report.extract.source else ""
    return f"{tables}\n{found}\nAs of {moment} ({report.as_of_source.value}).{source} Figures of {report.month}.\n"


def _about(facts: TableFacts, report: QualityReport) -> list[str]:
    counts = [report.of_severity(severity, facts.table) for severity in Severity]
    days = [day.isoformat() if day else "" for day in (facts.first, facts.last)]
    return [facts.table, show_count(facts.rows), show_count(len(facts.files)), *days, *map(show_count, counts)]


def _told(finding: Finding) -> list[str]:
    where = "; ".join(map(show_rows, finding.places))
    figures = "; ".join(map(describe_effect, finding.effects))
    return [finding.severity.value, finding.table or "", finding.message, where, figures, finding.named]
