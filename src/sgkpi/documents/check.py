"""The document of `check`: the tables, then what is wrong, each finding with its rows and the figures it affects."""

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from sgkpi.answers.check.findings import Finding, QualityReport
from sgkpi.documents.check_records import describe_effect, show_rows, untouched
from sgkpi.documents.document import Block, Column, Document, Heading, Item, Items, Notes, Table
from sgkpi.documents.notes import as_of_and_source
from sgkpi.figures.numbers import show_count
from sgkpi.model.periods import MONTHS_IN_YEAR, Month, last_complete_month
from sgkpi.model.problems import Severity
from sgkpi.model.words import plural

if TYPE_CHECKING:
    from sgkpi.engines.quality import TableFacts

_SEVERITIES = ((Severity.ERROR, "Errors"), (Severity.WARNING, "Warnings"), (Severity.NOTE, "Notes"))


def check_document(report: QualityReport) -> Document:
    """Identifiers first, then the tables, then what else is wrong, table by table."""
    return Document(tuple(_blocks(report)))


def _blocks(report: QualityReport) -> Iterator[Block]:
    identifiers = [each for each in report.findings if each.identifies_people]
    if identifiers:
        yield Heading("Columns that identify people, which an extract must not hold:", Severity.ERROR)
        yield Items(tuple(map(_item, identifiers)))
    yield _tables(report)
    others = [each for each in report.findings if not each.identifies_people]
    found = {table: list(each) for table, each in groupby(others, key=lambda finding: finding.table or "")}
    known = {facts.table: facts for facts in report.tables}
    for name in dict.fromkeys(["", *known, *found]):
        months = _months(known[name], report) if name in known else ""
        items = [*([Item(months)] if months else []), *map(_item, found.get(name, ()))]
        if items:
            yield Heading(name or "The extract")
            yield Items(tuple(items))
    yield Notes(tuple(_closing(report)))


def _tables(report: QualityReport) -> Table:
    facts = report.tables
    counts = [
        Column(heading, tuple(show_count(report.of_severity(severity, each.table)) for each in facts), right=True)
        for severity, heading in _SEVERITIES
    ]
    return Table(
        (
            Column("Table", tuple(each.table for each in facts)),
            Column("Rows", tuple(show_count(each.rows) for each in facts), right=True),
            Column("Files", tuple(show_count(len(each.files)) for each in facts), right=True),
            Column("From", tuple(each.first.isoformat() if each.first else "-" for each in facts)),
            Column("To", tuple(each.last.isoformat() if each.last else "-" for each in facts)),
            *counts,
        )
    )


def _months(facts: "TableFacts", report: QualityReport) -> str:
    """The rows of the twelve months that end with the last complete one, and of the one that still runs."""
    if not facts.months:
        return ""
    last = last_complete_month(report.as_of)
    shown = [*(last.plus(-back) for back in reversed(range(MONTHS_IN_YEAR))), Month.of(report.as_of.date())]
    since = min(facts.months)
    rows = {month: facts.months.get(month, 0) for month in shown if month >= since}
    return f"Rows a month: {', '.join(f'{month} {show_count(count)}' for month, count in rows.items())}" if rows else ""


def _item(finding: Finding) -> Item:
    others = untouched(finding)
    concerned = f"{'also concerns' if finding.effects else 'concerns'} {', '.join(others)}"
    details = [
        *map(show_rows, finding.places),
        *map(describe_effect, finding.effects),
        *([concerned] if others else []),
    ]
    return Item(f"{finding.severity}: {finding.message} [{finding.named}]", tuple(details), finding.severity)


def _closing(report: QualityReport) -> Iterator[str]:
    errors, warnings, notes = (report.of_severity(severity) for severity, _ in _SEVERITIES)
    yield (
        f"{plural(len(report.tables), 'table')}: {plural(errors, 'error')}, "
        f"{plural(warnings, 'warning')}, {plural(notes, 'note')}"
    )
    yield f"{as_of_and_source(report, report.extract.source)}; figures of {report.month}"
