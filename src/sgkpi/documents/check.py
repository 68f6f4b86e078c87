"""The data quality of an extract: a document, and records (schema `sgkpi.check/1`)."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sgkpi.answers.check.findings import Effect, Finding, QualityReport
from sgkpi.documents import records as rec
from sgkpi.documents.document import Block, Document, Heading, Item, Items, Notes, Paragraph, TableBlock, column
from sgkpi.documents.phrases import as_of_and_source, value_or_why
from sgkpi.figures.columns import Cell, nearest
from sgkpi.figures.numbers import show_count, show_value
from sgkpi.model.expressions import Kind
from sgkpi.model.periods import MONTHS_IN_YEAR, Month, last_complete_month
from sgkpi.model.problems import Severity
from sgkpi.model.words import plural

if TYPE_CHECKING:
    from sgkpi.engines.quality import Rows, TableFacts

SCHEMA = "sgkpi.check/1"
COLUMNS = (
    *rec.category_columns("severity", "code", "table"),
    *rec.text_columns("columns", "detail"),
    *rec.count_columns("count"),
    *rec.text_columns("message", "rows"),
    *rec.category_columns("indicator", "period"),
    *(rec.RecordColumn(name, Kind.NUMBER, of_measure=True) for name in ("value", "lowest", "highest")),
    *rec.count_columns("cases", "unplaced"),
    *rec.text_columns("waived"),
)
TABLE_COLUMNS = (
    *rec.text_columns("table"),
    *rec.count_columns("rows", "files"),
    *(rec.RecordColumn(name, Kind.DATE) for name in ("first", "last")),
    *rec.count_columns("errors", "warnings", "notes"),
)
_NUMBERS = ("indicator", "period", "value", "lowest", "highest")
_MOST_FAILING = 10
_NO_EFFECT = dict.fromkeys((*_NUMBERS, "cases", "unplaced"))


def check_document(report: QualityReport) -> Document:
    """Identifiers first, then the tables, then what else is wrong, table by table."""
    return Document(tuple(_blocks(report)))


def _blocks(report: QualityReport) -> Iterator[Block]:
    identifiers = [each for each in report.findings if each.identifies_people]
    if identifiers:
        yield Heading("Columns that identify people (an extract must not contain them):", Severity.ERROR)
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


def _tables(report: QualityReport) -> TableBlock:
    tables = report.tables
    counts = (column(heading, numbers, show_count, right=True) for heading, numbers in counts_by_severity(report))
    columns = (
        column("Table", tables, lambda each: each.table),
        column("Rows", tables, lambda each: show_count(each.rows), right=True),
        column("Files", tables, lambda each: show_count(len(each.files)), right=True),
        column("From", tables, lambda each: each.first.isoformat() if each.first else "-"),
        column("To", tables, lambda each: each.last.isoformat() if each.last else "-"),
    )
    return TableBlock((*columns, *counts))


def counts_by_severity(report: QualityReport) -> Iterator[tuple[str, list[int]]]:
    """Yield `Errors`, `Warnings` and `Notes`, each with how many every table has."""
    for severity in Severity:
        yield f"{severity.value.capitalize()}s", [report.of_severity(severity, each.table) for each in report.tables]


def _months(facts: "TableFacts", report: QualityReport) -> str:
    """Return the rows of the twelve months that end with the last complete one, and of the one that still runs."""
    if not facts.months:
        return ""
    last = last_complete_month(report.as_of)
    shown = [*(last.plus(-back) for back in reversed(range(MONTHS_IN_YEAR))), Month.of(report.as_of.date())]
    since = min(facts.months)
    rows = {month: facts.months.get(month, 0) for month in shown if month >= since}
    listed = ", ".join(f"{month} {show_count(count)}" for month, count in rows.items())
    return f"Rows per month: {listed}" if rows else ""


def _item(finding: Finding) -> Item:
    touched = {effect.indicator for effect in finding.effects if effect.touched or effect.unplaced}
    others = [each for each in finding.concerned if each not in touched]
    concerned = f"{'also used by' if finding.effects else 'used by'} {', '.join(others)}"
    values = (
        [f"values: {', '.join(f'{value!r} {number:,}' for value, number in finding.values)}"]
        if len(finding.values) > 1
        else []
    )
    details = [*map(show_rows, finding.places), *values, *map(describe_effect, finding.effects)]
    details += [concerned] if others else []
    if finding.waived:
        details = [f"waived: {finding.waived}", *details]
    severity = Severity.NOTE if finding.waived else finding.severity
    return Item(f"{_severity(finding)}: {finding.message} [{finding.named}]", tuple(details), severity)


def _severity(finding: Finding) -> str:
    return f"waived {finding.severity}" if finding.waived else finding.severity.value


def failure_lines(failing: Sequence[Finding]) -> Iterator[str]:
    """Yield why `check` exits with 1, for who does not see the document: the first findings, and how many there are."""
    for each in failing[:_MOST_FAILING]:
        yield f"{each.table or 'the extract'}: {each.severity}: {each.message} [{each.named}]"
    counts = {severity: sum(each.severity is severity for each in failing) for severity in Severity}
    said = (plural(count, severity.value) for severity, count in counts.items() if count)
    yield f"check fails: {' and '.join(said)}"


def _closing(report: QualityReport) -> Iterator[str]:
    counts = ", ".join(plural(report.of_severity(severity), severity.value) for severity in Severity)
    waived = sum(bool(each.waived) for each in report.findings)
    yield f"{plural(len(report.tables), 'table')}: {counts}{f', {waived} waived' if waived else ''}"
    yield f"{as_of_and_source(report)}; figures of {report.month}"


def check_records(report: QualityReport) -> rec.Records:
    """Return a row for each finding and figure that it touches; one for a finding that touches none."""
    return rec.Records(
        table=rec.RecordTable("findings", COLUMNS, tuple(row for each in report.findings for row in _rows(each))),
        json=lambda: _json(report),
        text=lambda: _text(report),
        further=(_table_of_tables(report),),
        about=(*rec.about_answer(report), ("Figures of", str(report.month))),
    )


def _rows(finding: Finding) -> Iterator[rec.Row]:
    own: dict[str, Cell] = {
        **_about(finding),
        "columns": ", ".join(finding.columns),
        "rows": "; ".join(map(show_rows, finding.places)),
    }
    if not finding.effects:
        yield {**own, **_NO_EFFECT}
    for effect in finding.effects:
        yield {**own, **_effect_row(effect), "cases": effect.touched}


def _about(finding: Finding) -> dict[str, Any]:
    """Return the members that a finding has in every format, with room for its columns."""
    return {
        "severity": finding.severity.value,
        "code": finding.named,
        "table": finding.table,
        "columns": list(finding.columns),
        "detail": finding.detail or None,
        "count": finding.count,
        "message": finding.message,
        "waived": finding.waived or None,
    }


def _effect_row(effect: Effect) -> dict[str, Cell]:
    return {
        "indicator": effect.indicator,
        "measure": effect.figure.measure.value,
        "unit": effect.figure.unit and effect.figure.unit.value,
        "period": effect.figure.period.label,
        "value": nearest(effect.figure.value),
        "lowest": nearest(effect.lowest),
        "highest": nearest(effect.highest),
        "unplaced": effect.unplaced,
    }


def _table_of_tables(report: QualityReport) -> rec.RecordTable:
    rows = (
        {
            **rec.members(facts, "table", "rows", "first", "last"),
            "files": len(facts.files),
            **{f"{each.value}s": report.of_severity(each, facts.table) for each in Severity},
        }
        for facts in report.tables
    )
    return rec.RecordTable("tables", TABLE_COLUMNS, tuple(rows))


def _json(report: QualityReport) -> rec.Json:
    return {
        **rec.json_head(SCHEMA, report),
        "period": str(report.month),
        "extract": {"source": report.source},
        **{f"{each.value}s": report.of_severity(each) for each in Severity},
        "tables": list(map(_json_table, report.tables)),
        "findings": list(map(_json_finding, report.findings)),
    }


def _json_table(facts: "TableFacts") -> rec.Json:
    months = facts.months
    return {
        **rec.members(facts, "table", "files", "rows", "first", "last"),
        "months": None if months is None else [{"month": str(month), "rows": rows} for month, rows in months.items()],
        "undeclared": list(facts.undeclared),
    }


def _json_finding(finding: Finding) -> rec.Json:
    places = (
        rec.members(each, "file", "count", "rows", *(["values"] if each.values else [])) for each in finding.places
    )
    effects = []
    for effect in finding.effects:
        row = _effect_row(effect)
        cases = {outcome.value: cases for outcome, cases in effect.cases.items()}
        effects.append({**{name: row[name] for name in _NUMBERS}, "cases": cases, "unplaced": effect.unplaced})
    return {
        **_about(finding),
        "rows": list(places),
        **(
            {"values": [{"value": value, "cells": number} for value, number in finding.values]}
            if finding.values
            else {}
        ),
        "concerned": list(finding.concerned),
        "indicators": effects,
    }


def _text(report: QualityReport) -> tuple[rec.TextBlock, ...]:
    """Return the tables, then the findings, for people."""
    found = report.findings

    def message(each: Finding) -> str:
        return f"{each.message} (waived: {each.waived})" if each.waived else each.message

    columns = (
        column("Severity", found, _severity),
        column("Table", found, lambda each: each.table or ""),
        column("Finding", found, message),
        column("Where", found, lambda each: "; ".join(map(show_rows, each.places))),
        column("Figures", found, lambda each: "; ".join(map(describe_effect, each.effects))),
        column("Code", found, lambda each: each.named),
    )
    closing = f"{rec.as_of_sentence(report)} Figures of {report.month}."
    return rec.rows_as_text(_table_of_tables(report)), TableBlock(columns), Paragraph((closing,))


def show_rows(rows: "Rows") -> str:
    """Return the places of rows: `contacts.csv: rows 2, 7 and 31 more`, or the file alone if rows have no meaning."""
    if not rows.count:
        return rows.file
    shown = [str(row) for row in rows.rows]
    if rows.values:
        shown = [f"{row}: {value!r}" for row, value in zip(rows.rows, rows.values, strict=False)]
    more = f" and {rows.count - len(shown):,} more" if rows.count > len(shown) else ""
    return f"{rows.file}: row{'' if rows.count == 1 else 's'} {', '.join(shown)}{more}"


def describe_effect(effect: Effect, named: str = "") -> str:
    """Return `contacts_decided_24h 2019-02: 79.0%, between 78.8% and 79.2% if its 1 case were known`.

    Where a page has another name for the figure, such as its title, it is `named` so.
    """
    figure = effect.figure
    parts = [f"{named or f'{effect.indicator} {figure.period.label}'}: {value_or_why(figure)}"]
    if effect.touched and effect.lowest is not None:
        lowest, highest = (show_value(each, figure.quantity) for each in (effect.lowest, effect.highest))
        cases = "its 1 case" if effect.touched == 1 else f"these {show_count(effect.touched)} cases"
        parts.append(f"between {lowest} and {highest} if {cases} were known")
    elif effect.touched:
        parts.append(f"concerns {show_count(effect.touched)} of its cases")
    if effect.unplaced:
        parts.append(f"{plural(effect.unplaced, 'case')} in no period")
    return ", ".join(parts)
