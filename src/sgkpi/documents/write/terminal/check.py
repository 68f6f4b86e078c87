"""The screen of `check`: the tables, then what is wrong, each finding with where it stands and what it touches."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.text import Text

from sgkpi.answers.check.findings import Finding, QualityReport
from sgkpi.documents.quality_report import describe_effect, show_rows, untouched
from sgkpi.documents.write.terminal.column import NEEDED, Column
from sgkpi.documents.write.terminal.footer import SOURCES, no_room_line
from sgkpi.documents.write.terminal.layout import lay_out
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.documents.write.terminal.text import printable, wrap_line
from sgkpi.engines.quality import Check, TableFacts
from sgkpi.figures.numbers import show_count
from sgkpi.model.periods import MONTHS_IN_YEAR, Month, last_complete_month
from sgkpi.model.problems import Severity
from sgkpi.model.words import plural

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: ""}
HEADING = "bold"
INDENT = "  "


def render_check(report: QualityReport, terminal: Terminal) -> str:
    """Identifiers first, then the tables, then what else is wrong, table by table."""
    write = _Writer(terminal)
    identifiers = [each for each in report.findings if each.check is Check.IDENTIFIER]
    others = [each for each in report.findings if each.check is not Check.IDENTIFIER]
    layout = lay_out(_columns(report), terminal)
    return terminal.render(
        *_identifiers(identifiers, write),
        *layout.parts,
        *(write.lines(no_room_line(layout.dropped)) if layout.dropped else []),
        *_by_table(others, report, write),
        Text(""),
        *write.lines(*_closing(report)),
    )


class _Writer:
    """Lines wrapped for the width that there is."""

    def __init__(self, terminal: Terminal) -> None:
        self.width = terminal.width

    def lines(self, *lines: str, style: str = "", margin: str = "") -> Iterator[Text]:
        """Each line as several where it must be, set in by a margin."""
        room = None if self.width is None else self.width - len(margin)
        for line in lines:
            for part in wrap_line(printable(line), room, INDENT):
                yield Text(f"{margin}{part}", style=style)


def _identifiers(findings: Sequence[Finding], write: _Writer) -> Iterator[Text]:
    if findings:
        heading = "Columns that identify people, which an extract must not hold:"
        yield from write.lines(heading, style=STYLES[Severity.ERROR])
        for each in findings:
            yield from _finding(each, write)
        yield Text("")


def _columns(report: QualityReport) -> list[Column]:
    facts = report.tables
    return [
        _column("Table", [each.table for each in facts]),
        _column("Rows", [show_count(each.rows) for each in facts], right=True),
        _column("Files", [show_count(len(each.files)) for each in facts], right=True),
        _column("From", [each.first.isoformat() if each.first else "-" for each in facts]),
        _column("To", [each.last.isoformat() if each.last else "-" for each in facts]),
        *(
            _column(heading, [show_count(report.of_severity(severity, each.table)) for each in facts], right=True)
            for severity, heading in (
                (Severity.ERROR, "Errors"),
                (Severity.WARNING, "Warnings"),
                (Severity.NOTE, "Notes"),
            )
        ),
    ]


def _column(heading: str, cells: Iterable[str], *, right: bool = False) -> Column:
    return Column(heading, tuple(map(Text, cells)), NEEDED, right)


def _by_table(findings: Sequence[Finding], report: QualityReport, write: _Writer) -> Iterator[Text]:
    """What is wrong with the extract as a whole, then table by table; each table with its rows a month."""
    found = {table: list(each) for table, each in groupby(findings, key=lambda finding: finding.table or "")}
    known = {facts.table: facts for facts in report.tables}
    for name in dict.fromkeys(["", *known, *found]):
        lines = [*_months(known[name], report, write)] if name in known else []
        if name in found or lines:
            yield Text("")
            yield from write.lines(name or "The extract", style=HEADING)
            yield from lines
        for each in found.get(name, ()):
            yield from _finding(each, write)


def _months(facts: TableFacts, report: QualityReport, write: _Writer) -> Iterator[Text]:
    """The rows of the twelve months that end with the last complete one, and of the one that still runs."""
    if facts.months:
        last = last_complete_month(report.as_of)
        running = Month.of(report.as_of.date())
        shown = [last.plus(-back) for back in reversed(range(MONTHS_IN_YEAR))]
        shown = [month for month in [*shown, running] if month >= min(facts.months)]
        told = ", ".join(f"{month} {show_count(facts.months.get(month, 0))}" for month in dict.fromkeys(shown))
        yield from write.lines(f"Rows a month: {told}" if told else "", margin=INDENT)


def _finding(finding: Finding, write: _Writer) -> Iterator[Text]:
    severity = finding.severity
    yield from write.lines(f"{severity}: {finding.message} [{finding.named}]", style=STYLES[severity], margin=INDENT)
    yield from write.lines(*map(show_rows, finding.places), margin=INDENT * 2)
    yield from write.lines(*map(describe_effect, finding.effects), margin=INDENT * 2)
    others = untouched(finding)
    if others:
        touches = "also concerns" if finding.effects else "concerns"
        yield from write.lines(f"{touches} {', '.join(others)}", margin=INDENT * 2)


def _closing(report: QualityReport) -> Iterator[str]:
    counts = {severity: report.of_severity(severity) for severity in Severity}
    yield (
        f"{plural(len(report.tables), 'table')}: {plural(counts[Severity.ERROR], 'error')}, "
        f"{plural(counts[Severity.WARNING], 'warning')}, {plural(counts[Severity.NOTE], 'note')}"
    )
    source = f"; source: {report.extract.source}" if report.extract.source else ""
    moment = report.as_of.isoformat(sep=" ", timespec="minutes")
    yield f"As of {moment} ({SOURCES[report.as_of_source]}){source}; figures of {report.month}"
