"""The data quality of a report: what `check` finds, what it does to figures, and what the extract does not cover."""

from collections.abc import Iterator, Sequence

from sgkpi.answers.check.findings import Finding, QualityReport
from sgkpi.answers.report.pack import Pack, ReportKind
from sgkpi.definitions.wording import both, long_month
from sgkpi.documents.check import counts_by_severity, describe_effect, show_rows
from sgkpi.documents.phrases import months_in_words, unavailable_lines
from sgkpi.documents.report.page import Block, Column, Line, Listing, Paragraph, Section, Table, Words, column
from sgkpi.figures.figure import Figure, Status
from sgkpi.figures.numbers import show_count
from sgkpi.model.periods import Month, PeriodKind
from sgkpi.model.problems import Severity
from sgkpi.model.words import plural

_UNDECLARED = "undeclared-column"
_NO_DATE = "no row has a date"
NOT_CORRECTED_NOTE = "Nothing was put right silently: a case that cannot be judged counts for neither side."


def quality_section(pack: Pack) -> Section:
    """Return the findings with their effects; a report of quality has every finding, and the tables and months."""
    return Section("quality", "Data quality", tuple(_blocks(pack)), starts_page=pack.kind is not ReportKind.QUALITY)


def _blocks(pack: Pack) -> Iterator[Block]:
    if pack.quality is not None:
        yield from _findings(pack, pack.quality)
    if missing := tuple(unavailable_lines(pack.figures.unavailable, pack.figures.unavailable_breakdowns)):
        yield Paragraph((Line("The extract does not have what these need:"),))
        yield Listing(tuple(map(Line, missing)))
    if pack.kind is ReportKind.QUALITY:
        if pack.quality is not None and pack.quality.tables:
            yield _tables(pack.quality)
        yield from _not_covered(pack)


def _findings(pack: Pack, report: QualityReport) -> Iterator[Block]:
    counts = [plural(report.of_severity(severity), severity.value) for severity in Severity]
    yield Paragraph((Line(f"The check of the extract has {both(counts)}."), Line(NOT_CORRECTED_NOTE)))
    whole = pack.kind is ReportKind.QUALITY
    shown = [each for each in report.findings if whole or _matters(each)]
    if not shown:
        yield Paragraph((Line(f"No error or warning concerns a figure of {long_month(pack.month)}."),))
        return
    what = "Findings" if whole else "Errors and warnings that concern figures"
    yield Table(f"{what}, {long_month(pack.month)}", tuple(_columns(shown, pack)), wide=True)


def _matters(finding: Finding) -> bool:
    """Return whether a finding is an error or warning about figures, or a column that identifies people."""
    is_note = finding.severity is Severity.NOTE or bool(finding.waived)
    return finding.identifies_people or (not is_note and bool(finding.concerned or finding.effects))


def _columns(findings: Sequence[Finding], pack: Pack) -> Iterator[Column]:
    in_full = pack.kind in (ReportKind.QUALITY, ReportKind.INDICATOR)
    yield column("Table", findings, lambda each: each.table or "all")
    yield column("Severity", findings, severity_of)
    yield column("Finding", findings, message_of)
    if pack.kind is ReportKind.QUALITY:
        yield column("Rows", findings, lambda each: "; ".join(map(show_rows, each.places)), dash="no single rows")
    yield column("Figures", findings, lambda each: _effects(each, in_full=in_full))


def severity_of(finding: Finding) -> str:
    """`error`, or that the finding is waived."""
    return "waived" if finding.waived else finding.severity.value


def message_of(finding: Finding) -> str:
    """Return what was found; headers that nobody declared are not repeated, as they may be cells of a lost header."""
    message = finding.message
    if finding.named == _UNDECLARED:
        message = f"{plural(finding.count, 'column')} that nobody declared: not read"
    return f"{message} (waived: {finding.waived})" if finding.waived else message


def indicators_of(finding: Finding) -> frozenset[str]:
    """Return the indicators that a finding concerns, whether or not it touches a case of the month."""
    return frozenset((*(each.indicator for each in finding.effects), *finding.concerned))


def _effects(finding: Finding, *, in_full: bool) -> Words:
    ids = indicators_of(finding)
    if not ids:
        return Words("none")
    effects = (describe_effect(each, each.figure.title) for each in finding.effects) if in_full else ()
    return Words(plural(len(ids), "indicator"), tuple(effects))


def _tables(report: QualityReport) -> Table:
    """Return the tables with their rows, and from when to when they happened."""
    tables = report.tables
    return Table(
        "Tables of the extract",
        (
            column("Table", tables, lambda each: each.table),
            column("Files", tables, lambda each: ", ".join(each.files)),
            column("Rows", tables, lambda each: show_count(each.rows), right=True),
            column("From", tables, lambda each: each.first.isoformat() if each.first else "", dash=_NO_DATE),
            column("To", tables, lambda each: each.last.isoformat() if each.last else "", dash=_NO_DATE),
            *(column(heading, counts, show_count, right=True) for heading, counts in counts_by_severity(report)),
        ),
        wide=True,
    )


def _not_covered(pack: Pack) -> Iterator[Block]:
    """Yield the months of each indicator that the extract does not cover."""
    months: dict[str, list[Figure]] = {each.id: [] for each in pack.figures.indicators}
    for each in pack.figures.figures:
        if each.breakdown is None and each.period.kind is PeriodKind.MONTH and each.period.last in pack.months:
            months[each.indicator].append(each)
    rows = [(figures[0].title, _spans(figures)) for figures in months.values() if figures]
    if not rows:
        return
    yield Table(
        f"Months that the extract does not cover, {months_in_words(pack.months[0], pack.month)}",
        (
            column("Indicator", rows, lambda row: row[0]),
            column("Not covered", rows, lambda row: row[1] or "none"),
        ),
    )


def _spans(figures: Sequence[Figure]) -> str:
    """Return runs of months: `April 2017 to March 2018, May 2018`."""
    runs: list[list[Month]] = []
    for each in sorted(figures, key=lambda figure: figure.period.last):
        if each.status is Status.NOT_COVERED:
            if runs and runs[-1][-1].plus(1) == each.period.last:
                runs[-1].append(each.period.last)
            else:
                runs.append([each.period.last])
    return ", ".join(months_in_words(run[0], run[-1]) for run in runs)
