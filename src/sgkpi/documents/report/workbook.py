"""The workbook of a report: its cover, and the sheets that its kind has, in their order."""

from collections.abc import Iterator, Sequence

from sgkpi.answers.report.pack import Pack, ReportKind
from sgkpi.definitions.wording import long_month
from sgkpi.documents.phrases import rows_and_cells
from sgkpi.documents.report.about import about_section
from sgkpi.documents.report.brief import restated_blocks
from sgkpi.documents.report.build import PUBLISHED, draft_of, known_when, marking_of, title_of
from sgkpi.documents.report.figure_sheets import figures_sheet, glance_sheet, reasons_sheet, teams_sheet
from sgkpi.documents.report.month_sheets import by_month_sheet, charts_sheet, month_lines
from sgkpi.documents.report.other_sheets import (
    actions_sheet,
    commentary_sheet,
    definitions_sheet,
    inspection_sheet,
    quality_sheet,
)
from sgkpi.documents.report.page import Facts, Paragraph
from sgkpi.documents.report.sheet import SHORTHAND, CoverKind, CoverLine, ReportWorkbook, Sheet
from sgkpi.model.words import plural

COVER, FIGURES = "Cover", "Figures"
_HOW_TO_READ = (
    "Each sheet has its title in cell A1 and says below it what it holds; then comes one table, or the charts.",
    "Numbers are not rounded, only shown with fewer decimals. A share is a fraction of 1, shown as a percentage.",
    "No cell is a formula. Green, Amber and Red are words; the colours behind them say the same.",
)


def make_workbook(pack: Pack) -> ReportWorkbook:
    """Return the workbook of a report: of a board with every sheet, else with Figures and those that are not empty."""
    whole = pack.kind is ReportKind.BOARD
    sheets = tuple(each for each in _sheets(pack) if whole or each.name == FIGURES or not each.is_empty)
    return ReportWorkbook(
        title=title_of(pack),
        subject=f"{pack.kind.value.capitalize()} report, {long_month(pack.month)}",
        author=pack.authority or "sgkpi",
        marking=marking_of(pack),
        made=pack.figures.as_of,
        cover=tuple(_cover(pack, sheets)),
        sheets=sheets,
    )


def _sheets(pack: Pack) -> Iterator[Sheet]:
    lines = month_lines(pack)
    by_month = by_month_sheet(pack, lines)
    yield glance_sheet(pack, lines)
    yield by_month
    yield teams_sheet(pack)
    yield figures_sheet(pack)
    yield reasons_sheet(pack)
    yield commentary_sheet(pack)
    yield actions_sheet(pack)
    yield inspection_sheet(pack)
    yield quality_sheet(pack)
    yield definitions_sheet(pack)
    yield charts_sheet(pack, lines, by_month)


def _cover(pack: Pack, sheets: Sequence[Sheet]) -> Iterator[CoverLine]:
    """Yield the lines below the title."""
    draft = draft_of(pack)
    yield from map(CoverLine, (marking_of(pack), *known_when(pack), *([f"Draft. {draft}"] if draft else [])))
    if pack.restated is not None:
        yield CoverLine(PUBLISHED, CoverKind.HEADING)
        for part in restated_blocks(pack.restated):
            lines = part.lines if isinstance(part, Paragraph) else part.items
            yield from (CoverLine(line.text) for line in lines)
    yield CoverLine("How to read this workbook", CoverKind.HEADING)
    yield from map(CoverLine, _HOW_TO_READ)
    yield CoverLine("Shorthand", CoverKind.HEADING)
    yield from (CoverLine(f"{shorthand} means {meaning}.") for shorthand, meaning in SHORTHAND.items())
    yield CoverLine("Contents", CoverKind.HEADING)
    yield from (CoverLine(_entry(each), CoverKind.LINK, each.name) for each in sheets)
    about = about_section(pack)
    yield CoverLine(about.title, CoverKind.HEADING)
    for block in about.blocks:
        if isinstance(block, Facts):
            yield from (CoverLine(f"{fact.label}: {fact.text}") for fact in block.facts)
    for each in pack.figures.tables:
        read = rows_and_cells(each.rows, each.unreadable_cells)
        yield CoverLine(f"Read: {each.table} ({', '.join(each.files)}): {read}")
    for name, digest in pack.figures.declarations.items():
        yield CoverLine(f"SHA-256 of the table {name}: {digest}")
    if pack.figures.holidays_sha256:
        yield CoverLine(f"SHA-256 of tables/holidays.csv: {pack.figures.holidays_sha256}")


def _entry(sheet: Sheet) -> str:
    """`Figures: 1,204 rows`."""
    if sheet.charts:
        return f"{sheet.name}: {plural(len(sheet.charts), 'chart')}"
    return f"{sheet.name}: {plural(sheet.rows, 'row') if sheet.rows else 'empty'}"
