"""The rules that every workbook of a report keeps, checked from outside: with openpyxl, and in the XML of its parts."""

import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl

from tests.support.workbooks import parts_of

SHEETS = (
    "Cover", "At a glance", "By month", "By team", "Figures", "Reasons", "Commentary", "Actions", "Inspection",
    "Data quality", "Definitions", "Charts",
)  # fmt: skip
SHORTHAND = ("[x]", "[z]", "[c]")
LIKE_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_FORBIDDEN = (b"<f>", b"<f ", b"<mergeCell", b"<pane", b'hidden="1"', b"<oddHeader>&amp;G")
_PARTS = ("media", "comments", "vml", "vbaProject", "externalLink", "calcChain", "textbox")


def read_book(path: Path, *, values: bool = False) -> openpyxl.Workbook:
    """A workbook; with `values` the results of formulas in place of the formulas."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says that it does not read sparklines
        return openpyxl.load_workbook(path, data_only=values)


def table_of(path: Path, sheet: str) -> list[dict[str, Any]]:
    """The rows of the table of a sheet, by their headings; none where it has no table."""
    return rows_of(read_book(path)[sheet])


def rows_of(sheet: Any) -> list[dict[str, Any]]:
    if not sheet.tables:
        return []
    (table,) = sheet.tables.values()
    heading, *rows = ([cell.value for cell in row] for row in sheet[table.ref])
    return [dict(zip(heading, row, strict=True)) for row in rows]


def faults(path: Path) -> list[str]:
    """Everything in a workbook that breaks a rule of the Analysis Function's checklist, or one of ours."""
    return [*_in_parts(path), *(fault for sheet in read_book(path) for fault in _in_sheet(sheet))]


def _in_parts(path: Path) -> Iterator[str]:
    for name, content in parts_of(path).items():
        yield from (f"{name} has {each!r}" for each in _FORBIDDEN if each in content)
        yield from (f"there is a part {name}" for each in _PARTS if each in name)
        yield from (f"{name} is linked" for _ in [0] if b'TargetMode="External"' in content)
    with ZipFile(BytesIO(path.read_bytes())) as archive:
        yield from (f"{each.filename} has a date" for each in archive.infolist() if each.date_time[0] != 1980)


def _in_sheet(sheet: Any) -> Iterator[str]:
    where = sheet.title
    if not (isinstance(sheet["A1"].value, str) and sheet["A1"].font.b and sheet["A1"].font.sz == 16):
        yield f"{where}: A1 is no title"
    if not isinstance(sheet["A2"].value, str):
        yield f"{where}: A2 says nothing"
    if sheet.freeze_panes or sheet.merged_cells.ranges or sheet.sheet_state != "visible":
        yield f"{where}: frozen, merged or hidden"
    if any((row.height or 0) > 409 for row in sheet.row_dimensions.values()):
        yield f"{where}: a row higher than Excel's rows can be"
    setup = sheet.page_setup
    if (setup.paperSize, setup.orientation, sheet.sheet_properties.pageSetUpPr.fitToPage) != (9, "landscape", True):
        yield f"{where}: not A4 landscape, one page wide"
    if (sheet.sheet_view.selection[0].activeCell or "A1") != "A1":
        yield f"{where}: the cursor is not on A1"
    for row in sheet.iter_rows():
        for cell in row:
            yield from _in_cell(where, cell)
    yield from _in_tables(sheet)


def _in_cell(where: str, cell: Any) -> Iterator[str]:
    if cell.value is None:
        return
    if cell.font.name != "Arial" or cell.font.sz < 12:
        yield f"{where}!{cell.coordinate}: not Arial 12"
    if cell.data_type == "f":
        yield f"{where}!{cell.coordinate}: a formula"
    if isinstance(cell.value, str) and cell.value.startswith(LIKE_FORMULAS) and not cell.quotePrefix:
        yield f"{where}!{cell.coordinate}: {cell.value!r} is not marked as text"
    if cell.value in SHORTHAND and cell.alignment.horizontal != "right":
        yield f"{where}!{cell.coordinate}: shorthand is not at the right"


def _in_tables(sheet: Any) -> Iterator[str]:
    where = sheet.title
    if len(sheet.tables) > 1:
        yield f"{where}: {len(sheet.tables)} tables"
    for table in sheet.tables.values():
        first, last = table.ref.split(":")
        heading, *rows = ([cell.value for cell in row] for row in sheet[table.ref])
        if first != f"A{sheet[first].row}" or sheet.max_row != sheet[last].row:
            yield f"{where}: the table is not from column A to the last row"
        if len({str(each).casefold() for each in heading}) < len(heading):
            yield f"{where}: two headings are the same"
        if any(sheet.cell(row, 1).value is None for row in range(1, sheet.max_row + 1)):
            yield f"{where}: a blank row"
        if where != "Figures" and (None in [cell for row in rows for cell in row] or table.autoFilter):
            yield f"{where}: blank cells or a filter"
        if sheet.print_title_rows != f"${sheet[first].row}:${sheet[first].row}":
            yield f"{where}: the header is not repeated"
        used = {cell for row in rows for cell in row if cell in SHORTHAND}
        said = [str(sheet.cell(row, 1).value) for row in range(2, sheet[first].row)]
        yield from (f"{where}: {each} is not explained" for each in used if not any(each in line for line in said))
