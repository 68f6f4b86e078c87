"""The workbook of a report as an Excel file.

It follows the checklist of the Government Analysis Function: the title in A1, one table a sheet from column A, no
merged or blank cells, no frozen panes. No cell is a formula. The same workbook gives the same bytes.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, partial
from io import BytesIO
from math import ceil

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from sgkpi.documents.report.month_sheets import BY_MONTH
from sgkpi.documents.report.page import rating_words
from sgkpi.documents.report.sheet import (
    CoverKind,
    Number,
    ReportWorkbook,
    Sheet,
    SheetCell,
    SheetColumn,
    Shorthand,
)
from sgkpi.documents.report.workbook import COVER
from sgkpi.documents.write.excel_cells import (
    OPTIONS,
    Formats,
    Look,
    Page,
    check_rows,
    sheet_text,
    write_cell,
)
from sgkpi.documents.write.excel_charts import add_charts, add_sparklines
from sgkpi.figures.figure import Rating

_FONT = {"font_name": "Arial", "font_size": 12}
_CELL = Look(text_wrap=True, valign="top")
_TITLE = Look(bold=True, font_size=16)
_COVER_TITLE = Look(_TITLE, _CELL)
_HEADING = Look(bold=True, font_size=14, valign="bottom")
_LINK = Look(_CELL, font_color="#0563C1", underline=1)
_TEXT = Look(_CELL, align="left", indent=1)
_HEADER = Look(_TEXT, bold=True, bottom=1)
_RIGHT = Look(_CELL, align="right")
_HEADER_RIGHT = Look(_RIGHT, bold=True, bottom=1)
_RATED: Mapping[Rating, Look] = {
    Rating.GREEN: Look(_TEXT, bg_color="#DCEFE5", font_color="#00402A"),
    Rating.AMBER: Look(_TEXT, bg_color="#FFF2CC", font_color="#5C3D00"),
    Rating.RED: Look(_TEXT, bg_color="#FBE4E0", font_color="#7A150A"),
    Rating.NOT_RATED: _TEXT,
}
_A4 = 9
_COVER_WIDTH, _LINE_HEIGHT = 110, 16
_USUAL_WIDTH, _MOST_WIDTH, _NUMBER_WIDTH, _SPACE = 22, 60, 7, 3
_WIDTH_OF_DATA, _ROWS_OF_DATA = 44, 100  # so that the rows of long tables have one line each
_DAY_WIDTH, _MOMENT_WIDTH = 10, 16
_LONG_TEXT = 120  # characters, from which on a text has the widest column
_MOST_HEIGHT = 409  # points, as Excel has it
_FILTER_BUTTON, _MARGIN = 3, 2
_ROWS_MEASURED = 1000
_MOST_OF_HEADER = 200
_MOST_OF_PROPERTY = 255


def write_report_excel(report: ReportWorkbook) -> bytes:
    """Return the workbook. Raises UsageError when a table has more rows than a sheet holds."""
    for sheet in report.sheets:
        check_rows(sheet.rows + sheet.header_row)
    buffer = BytesIO()
    # XlsxWriter writes into the properties that it is given.
    with Workbook(buffer, {**OPTIONS, "default_format_properties": {**_FONT}}) as workbook:
        texts = {"title": report.title, "subject": report.subject, "author": report.author}
        properties = {name: sheet_text(text)[:_MOST_OF_PROPERTY] for name, text in texts.items()}
        workbook.set_properties({**properties, "created": report.made})
        formats = Formats(workbook)
        cover = workbook.add_worksheet(COVER, Page)
        _write_cover(cover, report, formats)
        made = {sheet.name: workbook.add_worksheet(sheet.name, Page) for sheet in report.sheets}
        places = {sheet.name: sheet.header_row for sheet in report.sheets}
        for sheet in report.sheets:
            _write_sheet(made[sheet.name], sheet, formats)
            add_charts(workbook, made[sheet.name], sheet, places.get(BY_MONTH, 0))
            add_sparklines(made[sheet.name], sheet, places.get(BY_MONTH, 0))
        for each in (cover, *made.values()):
            _set_page(each, report.marking)
        cover.activate()
    return buffer.getvalue()


def _write_cover(page: Worksheet, report: ReportWorkbook, formats: Formats) -> None:
    """Write the cover, whose rows have heights, as LibreOffice gives wrapped ones that of a single line."""
    page.set_column(0, 0, _COVER_WIDTH)
    page.set_row(0, min(_LINE_HEIGHT * 1.5 * ceil(1.5 * len(report.title) / _COVER_WIDTH), _MOST_HEIGHT))
    write_cell(page, (0, 0), report.title, formats, look=_COVER_TITLE)
    for row, line in enumerate(report.cover, start=1):
        is_heading = line.kind is CoverKind.HEADING
        height = _LINE_HEIGHT * _lines(line.text, _COVER_WIDTH) + (8 if is_heading else 0)
        page.set_row(row, min(height, _MOST_HEIGHT))
        if line.kind is CoverKind.LINK:
            page.write_url(row, 0, f"internal:'{line.target}'!A1", formats.of(_LINK), line.text)
        else:
            write_cell(page, (row, 0), line.text, formats, look=_HEADING if is_heading else _CELL)


def _write_sheet(page: Worksheet, sheet: Sheet, formats: Formats) -> None:
    write_cell(page, (0, 0), sheet.title, formats, look=_TITLE)
    for row, sentence in enumerate(sheet.lines, start=1):
        write_cell(page, (row, 0), sentence, formats)
    if not sheet.rows:
        return
    top = sheet.header_row
    headers = [formats.of(_HEADER_RIGHT if _is_right(column) else _HEADER) for column in sheet.columns]
    options = {
        "name": sheet.name.replace(" ", "_"),
        "title": sheet.title,
        "description": " ".join(sheet.sentences),
        "style": "Table Style Light 1",
        "banded_rows": False,
        "autofilter": sheet.filters,
        "columns": [
            {"header": column.heading, "header_format": header}
            for column, header in zip(sheet.columns, headers, strict=True)
        ],
    }
    page.add_table(top, 0, top + sheet.rows, len(sheet.columns) - 1, options)
    page.repeat_rows(top)
    lines = [1] * (1 + sheet.rows)
    usual = _WIDTH_OF_DATA if sheet.rows > _ROWS_OF_DATA else _USUAL_WIDTH
    for place, column in enumerate(sheet.columns):
        width = _width(column, usual)
        page.set_column(place, place, width)
        lines[0] = max(lines[0], _lines(column.heading, width - _MARGIN - _FILTER_BUTTON * sheet.filters))
        page.write_column(top + 1, place, column.cells, partial(_write, page, formats))
        heights = ((text, _lines(text, width - _MARGIN)) for text in column.texts)
        tall: dict[SheetCell, int] = {text: height for text, height in heights if height > 1}
        for row, cell in enumerate(column.cells if tall else (), start=1):
            lines[row] = max(lines[row], tall.get(cell, 1))
    # LibreOffice gives a row the height of one line unless it is told more.
    for row, number in enumerate(lines):
        page.set_row(top + row, min(_LINE_HEIGHT * number, _MOST_HEIGHT))


def _is_right(column: SheetColumn) -> bool:
    """Return whether a column has numbers or dates, which stand at the right."""
    return any(isinstance(each, (Number, date)) for each in column.cells)


def _lines(text: str, width: float) -> int:
    """Return about how many lines a text takes in a width of so many characters."""
    return sum(max(1, ceil(len(part) / width)) for part in text.split("\n"))


def _write(page: Worksheet, formats: Formats, at: tuple[int, int], cell: SheetCell) -> None:
    match cell:
        case Number():
            pattern = _pattern(cell.decimals, cell.is_share, cell.signed)
            write_cell(page, at, cell.value, formats, pattern, _CELL)
        case Rating():
            write_cell(page, at, rating_words(cell), formats, look=_RATED[cell])
        case Shorthand():
            write_cell(page, at, cell.value, formats, look=_RIGHT)
        case _:
            write_cell(page, at, cell, formats, look=_TEXT if isinstance(cell, str) else _CELL)


@cache
def _pattern(decimals: int, is_share: bool, signed: bool) -> str:
    """`0.0%` for a share, `#,##0` for a count; with `signed` a plus too."""
    places = "." + "0" * decimals if decimals else ""
    pattern = f"0{places}%" if is_share else f"#,##0{places}"
    return f"+{pattern};-{pattern};{pattern}" if signed else pattern


def _width(column: SheetColumn, usual: int) -> int:
    """Return a width in characters: that of the text where it is short, of its words at least, more for long texts."""
    texts = [each for each in column.cells[:_ROWS_MEASURED] if isinstance(each, str)]
    longest = max((len(text) for text in texts), default=0)
    words = max((len(word) for text in (column.heading, *texts) for word in text.split()), default=0)
    others = max(map(_digits, column.cells[:_ROWS_MEASURED]), default=0)
    wanted = max(min(longest, usual), words, others) + _SPACE
    return _MOST_WIDTH if longest > _LONG_TEXT else min(wanted, _MOST_WIDTH)


def _digits(cell: SheetCell) -> int:
    """Return the width of a number or date, as most are; nothing for a text."""
    match cell:
        case datetime():
            return _MOMENT_WIDTH
        case date():
            return _DAY_WIDTH
        case Number() | bool():
            return _NUMBER_WIDTH
        case _:
            return 0


def _set_page(page: Worksheet, marking: str) -> None:
    """Lay a sheet out for print: A4 landscape, one page wide, with the marking above and the page's number below."""
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    shown = sheet_text(" ".join(marking.split()))[:_MOST_OF_HEADER].replace("&", "&&")
    page.set_header(f"&L{shown}")
    page.set_footer("&L&A&RPage &P of &N")
