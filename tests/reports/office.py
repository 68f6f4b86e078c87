"""Workbooks of reports as LibreOffice reads them: each cell and table after a round trip, and its print as PDF."""

from collections.abc import Iterator
from math import isclose
from pathlib import Path
from typing import Any

from tests.reports.tools import program, run
from tests.support.sheets import read_book

SECONDS = 600
_PLACES = 1e-14  # LibreOffice writes 15 digits


def office_faults(folder: Path) -> Iterator[str]:
    """Yield what LibreOffice reads otherwise than openpyxl in the workbooks of a folder, and what it cannot print."""
    office = program(("soffice", "libreoffice"), ("libreoffice-calc", "fonts-liberation"))
    books = sorted(folder.glob("*.xlsx"))
    again = folder / "again"
    profile = f"-env:UserInstallation={(folder / 'profile').resolve().as_uri()}"
    # Whatever asks a question in a dialog waits for an answer, and runs out of time.
    command = [office, profile, "--headless", "--norestore", "--convert-to"]
    for form in ("xlsx:Calc MS Excel 2007 XML", "pdf"):
        run([*command, form, "--outdir", again, *books], seconds=SECONDS)
    for book in books:
        read, reread = read_book(book), read_book(again / book.name, values=True)
        yield from (f"{book.name}, from LibreOffice: {each}" for each in formulas(read_book(again / book.name)))
        yield from (f"{book.name}, from LibreOffice: {each}" for each in differences(read, reread))
        yield from (f"{book.name}, printed: {each}" for each in printed_faults(read, again / f"{book.stem}.pdf"))
    if len(books) > 1 and not any(differences(read_book(books[0]), read_book(again / books[1].name))):
        yield "two workbooks that differ seem to be the same"


def formulas(book: Any) -> Iterator[str]:
    """Yield cells that have become formulas; LibreOffice has no truth but as a formula."""
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" and cell.value not in ("=TRUE()", "=FALSE()"):
                    yield f"{sheet.title}!{cell.coordinate}: the formula {cell.value!r}"


def differences(one: Any, other: Any) -> Iterator[str]:
    """Yield the sheets, cells and tables of a workbook that another one has otherwise."""
    if one.sheetnames != other.sheetnames:
        yield f"sheets {other.sheetnames} in place of {one.sheetnames}"
        return
    for sheet, again in zip(one, other, strict=True):
        places = {cell.coordinate for page in (sheet, again) for row in page.iter_rows() for cell in row}
        for place in sorted(places):
            if not _are_equal(sheet[place].value, again[place].value):
                yield f"{sheet.title}!{place}: {again[place].value!r} in place of {sheet[place].value!r}"
        tables, kept = (
            [(each.name, each.ref, each.column_names) for each in page.tables.values()] for page in (sheet, again)
        )
        if tables != kept:
            yield f"{sheet.title}: the table {kept} in place of {tables}"


def _are_equal(cell: object, again: object) -> bool:
    if isinstance(cell, float) and isinstance(again, int | float):
        return isclose(cell, again, rel_tol=_PLACES)
    return type(cell) is type(again) and cell == again


def printed_faults(book: Any, pdf: Path) -> Iterator[str]:
    """Yield sheets whose title was not printed, and sheets of paper that are not A4 across."""
    pdfinfo, pdftotext = (program((name,), ("poppler-utils",)) for name in ("pdfinfo", "pdftotext"))
    sizes = [line for line in run([pdfinfo, "-l", "9999", pdf], seconds=60).splitlines() if "size:" in line]
    wrong = {
        line.split(":", 1)[1].strip() for line in sizes if line.startswith("Page") and "841.89 x 595.3" not in line
    }
    if wrong:
        yield f"not A4 across but {', '.join(sorted(wrong))}"
    text = _squeezed(run([pdftotext, pdf, "-"], seconds=60))
    for sheet in book:
        if _squeezed(sheet["A1"].value)[:60] not in text:
            yield f"{sheet.title} lacks its title"


def _squeezed(text: str) -> str:
    return "".join(text.split())
