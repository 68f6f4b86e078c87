"""The reports that `make check-reports` reads."""

from dataclasses import replace
from pathlib import Path

from sgkpi.documents.report.page import Column, Line, Listing, Page, Section, Table, Words
from sgkpi.documents.write.html.write import write_page
from tests.support.pages import HOSTILE, sample_page


def write_pages(folder: Path) -> list[str]:
    """Write the reports into a folder and return the names of their files."""
    pages = {"every_block": sample_page(), "twins_printed": sample_page(prints_tables=True), "hostile": hostile_page()}
    for name, page in pages.items():
        (folder / f"{name}.html").write_bytes(write_page(page))
    return list(pages)


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
