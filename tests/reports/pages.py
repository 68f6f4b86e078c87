"""The reports that `make check-reports` reads."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sgkpi.documents.report.page import Column, Line, Listing, Page, Section, Table, Words
from sgkpi.documents.write.html.write import write_page
from tests.report.support import contacts, write_project
from tests.support.pages import HOSTILE, awkward_charts, sample_page
from tests.support.program import run_process

DEMO = Path(__file__).resolve().parents[2] / "docs" / "demo"
FORMULAS = ("=cmd|' /C calc'!A0", "+44 <script>alert(1)</script>")  # names of teams
REPORTS = {
    "board": ("board", "--fail-on", "stale-commentary"),
    "indicators": ("indicator", "contacts_decided_24h", "pathway_plans_reviewed"),
    "team": ("team", "Leaving Care Team East"),
    "quality": ("quality",),
    "improvement": ("improvement",),
}


def write_pages(folder: Path) -> list[str]:
    """Write the reports into a folder and return their names: those of the demo, and some made for the purpose."""
    for name, arguments in REPORTS.items():
        _write([*arguments, "--month", "2019-02"], folder / name, (".html", ".xlsx"), cwd=DEMO)
    project = write_project(folder / "project")
    (project / "data" / "contacts.csv").write_text(contacts(*FORMULAS), encoding="utf-8")
    _write(["board"], folder / "hostile", (".xlsx",), cwd=project)
    pages = {
        "every_block": sample_page(),
        "twins_printed": sample_page(prints_tables=True),
        "hostile": hostile_page(),
        "charts": charts_page(),
    }
    for name, page in pages.items():
        (folder / f"{name}.html").write_bytes(write_page(page))
    return [*REPORTS, *pages]


def _write(arguments: Sequence[str], path: Path, endings: Sequence[str], cwd: Path) -> None:
    outputs = [text for ending in endings for text in ("-o", str(path.with_suffix(ending).resolve()))]
    done = run_process("report", *arguments, *outputs, cwd=cwd)
    if done.code:
        raise RuntimeError(f"sgkpi report {' '.join(arguments)} ended with {done.code}:\n{done.stderr}")


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
