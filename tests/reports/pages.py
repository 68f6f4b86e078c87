"""The reports that `make check-reports` reads."""

from dataclasses import replace
from pathlib import Path

from sgkpi.documents.report.page import Column, Line, Listing, Page, Section, Table, Words
from sgkpi.documents.write.html.write import write_page
from tests.support.pages import HOSTILE, awkward_charts, sample_page
from tests.support.program import run_process

DEMO = Path(__file__).resolve().parents[2] / "docs" / "demo"
REPORTS = {
    "board": ("board", "--fail-on", "stale-commentary"),
    "indicators": ("indicator", "contacts_decided_24h", "pathway_plans_reviewed"),
    "team": ("team", "Leaving Care Team East"),
    "quality": ("quality",),
    "improvement": ("improvement",),
}


def write_pages(folder: Path) -> list[str]:
    """Write the reports into a folder and return their names: those of the demo, and pages made for the purpose."""
    for name, arguments in REPORTS.items():
        done = run_process("report", *arguments, "--month", "2019-02", "-o", str(folder / f"{name}.html"), cwd=DEMO)
        if done.code:
            raise RuntimeError(f"sgkpi report {' '.join(arguments)} ended with {done.code}:\n{done.stderr}")
    pages = {
        "every_block": sample_page(),
        "twins_printed": sample_page(prints_tables=True),
        "hostile": hostile_page(),
        "charts": charts_page(),
    }
    for name, page in pages.items():
        (folder / f"{name}.html").write_bytes(write_page(page))
    return [*REPORTS, *pages]


def charts_page() -> Page:
    """A page of charts whose labels have hardly any room."""
    charts = awkward_charts()
    sections = [Section(f"of-{each.id}", each.caption, (each,), is_indicator=True, starts_page=True) for each in charts]
    return sample_page(sections=(Section("charts", "Charts", (), tuple(sections)),))


def hostile_page() -> Page:
    """A page on which everything is named as badly as we could think of."""
    text = " ".join(HOSTILE)
    table = Table(
        text, (Column("Team", tuple(map(Words, HOSTILE))), Column(text, (Words("1"),) * len(HOSTILE), right=True))
    )
    more = Section(
        "more", text, (Listing(tuple(Line(f"{name} and more") for name in HOSTILE)), table), starts_page=True
    )
    page = sample_page(team=text, text=text, title=text, marking=text, draft=text, footer=text, about=(text,))
    return replace(page, sections=(*page.sections, more))
