"""Records as an Excel workbook: a sheet with a table for each table of records, and one about what they rest on.

The same records give the same bytes. No cell is a formula or a link: text stays text, whatever it begins with.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from sgkpi.documents.records import RecordColumn, Records, RecordTable, Row, quantity_of
from sgkpi.documents.write.excel_cells import OPTIONS, Formats, Page, check_rows, sheet_text, write_cell
from sgkpi.figures.columns import Cell

_MOST_OF_NAME, _MOST_OF_HEADER = 31, 255
CREATED = datetime(2000, 1, 1)
_ROWS_MEASURED = 1000
_MOST_WIDTH = 60
_FILTER_BUTTON = 3


def write_excel(records: Records) -> bytes:
    """Return the workbook. Raises UsageError when a table has more rows than a sheet holds."""
    about = RecordTable(
        "About",
        (RecordColumn("What"), RecordColumn("Value")),
        tuple({"What": what, "Value": value} for what, value in records.about),
    )
    tables = (records.table, *records.further, about)
    for table in tables:
        check_rows(len(table.rows))
    buffer = BytesIO()
    with Workbook(buffer, OPTIONS) as workbook:
        workbook.set_properties({"created": CREATED})
        formats = Formats(workbook)
        for name, table in zip(_unique([table.name for table in tables], _MOST_OF_NAME), tables, strict=True):
            _write_sheet(workbook.add_worksheet(name, Page), name, table, formats)
    return buffer.getvalue()


def _write_sheet(sheet: Worksheet, name: str, table: RecordTable, formats: Formats) -> None:
    headers = _unique([column.name for column in table.columns], _MOST_OF_HEADER)
    options = {
        "name": re.sub(r"\W", "_", f"{name}_table"),
        "style": "Table Style Light 1",
        "columns": [{"header": header} for header in headers],
    }
    # Excel wants a row below the header, be it blank.
    sheet.add_table(0, 0, max(len(table.rows), 1), len(headers) - 1, options)
    sheet.freeze_panes(1, 0)
    for place, (column, header) in enumerate(zip(table.columns, headers, strict=True)):
        cells = [row[column.name] for row in table.rows]
        for number, (cell, row) in enumerate(zip(cells, table.rows, strict=True), start=1):
            write_cell(sheet, (number, place), cell, formats, _pattern(cell, column, row, table))
        longest = max((len(str(cell)) for cell in cells[:_ROWS_MEASURED] if not isinstance(cell, float)), default=0)
        sheet.set_column(place, place, min(max(len(header) + _FILTER_BUTTON, longest + 1), _MOST_WIDTH))


def _pattern(cell: Cell, column: RecordColumn, row: Row, table: RecordTable) -> str:
    """Return the format of a number; one `of_measure` has as many decimals as people see elsewhere."""
    if not isinstance(cell, int | float):
        return ""
    decimals = 0 if float(cell).is_integer() else 1
    is_share = column.of_measure and quantity_of(row).is_share
    if column.of_measure:
        decimals = table.decimals(row, column.name) if table.decimals else max(decimals, is_share)
    return "#,##0" + ("." + "0" * decimals if decimals else "") + ("%" if is_share else "")


def _unique(names: Iterable[str], most: int) -> list[str]:
    """Return names that Excel accepts: not blank, not too long, and different though case is ignored."""
    taken: dict[str, str] = {}
    for name in names:
        whole = " ".join(re.sub(r"[\[\]:*?/\\]", "_", sheet_text(name)).split()).strip("'") or "Column"
        found, number = whole[:most], 1
        while found.casefold() in taken:
            number += 1
            found = f"{whole[: most - len(str(number)) - 1]}_{number}"
        taken[found.casefold()] = found
    return list(taken.values())
