"""Native charts and sparklines of a workbook, drawn from the lines of the sheet `By month`."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from sgkpi.documents.report.month_sheets import BY_MONTH, MONTHS_FROM
from sgkpi.documents.report.sheet import MonthLine, Sheet, SheetChart
from sgkpi.documents.write.excel_cells import sheet_text
from sgkpi.documents.write.html.scale import scale_of

_NAVY, _GREY, _PURPLE = "#12436D", "#505A5F", "#801650"
_WIDTH, _HEIGHT = 1000, 340  # pixels
_ROWS, _ROW_HEIGHT = 18, 20  # rows from one chart to the next, and their height in pixels
_CHARTS_A_PAGE = 2
_LONGEST_TITLE = 100
_LIKE_REFERENCE = re.compile(r"!(?=\$?[A-Z])")
_FILLED = {"type": "circle", "size": 7, "border": {"color": _NAVY}, "fill": {"color": _NAVY}}
_HOLLOW = {"border": {"color": _NAVY, "width": 1.5}, "fill": {"color": "#FFFFFF"}}
_TEXT = {"name": "Arial", "size": 11}


def add_charts(workbook: Workbook, page: Worksheet, sheet: Sheet, header_of_months: int) -> None:
    """Draw the charts of a sheet below one another."""
    if not sheet.charts:
        return
    top = sheet.header_row
    for place, each in enumerate(sheet.charts):
        row = top + place * _ROWS
        for below in range(_ROWS):
            page.set_row_pixels(row + below, _ROW_HEIGHT)
        page.insert_chart(
            row, 0, _chart(workbook, each, header_of_months), {"description": sheet_text(each.description)}
        )
    page.set_h_pagebreaks([top + place * _ROWS for place in range(_CHARTS_A_PAGE, len(sheet.charts), _CHARTS_A_PAGE)])


def _chart(workbook: Workbook, drawn: SheetChart, header: int) -> Chart:
    chart = workbook.add_chart({"type": "line"})
    for each in _all_series(drawn, header):
        chart.add_series(each)
    scale = scale_of(drawn.scale, is_share=drawn.is_share)
    chart.set_title({"name": _shortened(drawn.title), "name_font": {**_TEXT, "size": 14, "bold": True}})
    # The months are named below the chart, and not where zero is.
    chart.set_x_axis({"num_font": {**_TEXT, "rotation": -45}, "line": {"color": _GREY}, "label_position": "low"})
    chart.set_y_axis(
        {
            "min": float(scale.low),
            "max": float(scale.high),
            "major_unit": float(scale.step),
            "num_format": "0%" if drawn.is_share else "#,##0",
            "num_font": _TEXT,
            "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
            "line": {"none": True},
        }
    )
    chart.set_legend({"position": "bottom", "font": _TEXT})
    chart.show_blanks_as("gap")
    chart.set_size({"width": _WIDTH, "height": _HEIGHT})
    return chart


def _all_series(drawn: SheetChart, header: int) -> Iterator[dict[str, object]]:
    """Yield the value, with hollow points where it is not settled (in LibreOffice they are filled), and the others."""
    value, *others = drawn.lines
    points = [None if settled else _HOLLOW for settled in drawn.settled[drawn.first :]]
    yield {
        **_series(value, drawn, header),
        "line": {"color": _NAVY, "width": 2.25},
        "marker": _FILLED,
        "points": points,
    }
    for each in others:
        yield {**_series(each, drawn, header), "line": {"color": _GREY, "width": 2.25}, "marker": {"type": "none"}}
    if drawn.target is not None:
        dashed = {"color": _PURPLE, "width": 1.5, "dash_type": "dash"}
        yield {**_series(drawn.target, drawn, header), "line": dashed, "marker": {"type": "none"}}


def _series(line: MonthLine, drawn: SheetChart, header: int) -> dict[str, object]:
    first, last = MONTHS_FROM + drawn.first, MONTHS_FROM + len(line.numbers) - 1
    return {
        "name": line.name,
        "categories": [BY_MONTH, header, first, header, last],
        "values": _reference(header + 1 + line.row, drawn.first, line.numbers),
        "values_data": list(line.numbers[drawn.first :]),  # for programs that draw what is stored beside the reference
    }


def _reference(row: int, first: int, numbers: Sequence[float | None]) -> str:
    """Return the cells of a line as a range, in which a month without a number is the blank cell above it in row 1.

    Excel draws text as nought, so a chart may not refer to `[x]`; a blank cell is a gap.
    """
    parts, place = list[str](), first
    for is_gap, run in groupby(numbers[first:], lambda number: number is None):
        at, last = 0 if is_gap else row, place + len(list(run)) - 1
        parts.append(f"'{BY_MONTH}'!{xl_range_abs(at, MONTHS_FROM + place, at, MONTHS_FROM + last)}")
        place = last + 1
    return f"={parts[0]}" if len(parts) == 1 else f"=({','.join(parts)})"


def add_sparklines(page: Worksheet, sheet: Sheet, header_of_months: int) -> None:
    """Draw the runs of months to the right of the table, each with a dot at the last."""
    if not any(sheet.sparklines):
        return
    look = {"series_color": _NAVY, "last_point": True, "last_color": _NAVY, "weight": 1.5}
    place = len(sheet.columns)
    page.set_column(place, place, 20)
    for row, run in enumerate(sheet.sparklines, start=sheet.header_row + 1):
        if run is not None:
            line = header_of_months + 1 + run.row
            first, last = (xl_rowcol_to_cell(line, MONTHS_FROM + each) for each in (run.first, run.last))
            page.add_sparkline(row, place, {"range": f"'{BY_MONTH}'!{first}:{last}", **look})


def _shortened(title: str) -> str:
    """Return a title that fits above a chart, and that XlsxWriter does not take for a reference to a cell."""
    text = _LIKE_REFERENCE.sub("! ", sheet_text(" ".join(title.split())))
    return text if len(text) <= _LONGEST_TITLE else f"{text[:_LONGEST_TITLE]}…"
