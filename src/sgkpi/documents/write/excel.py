"""Records as an Excel workbook: a sheet with a table for each table of records, and one about what they rest on.

The same records give the same bytes. No cell is a formula or a link: text stays text, whatever it begins with.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from io import BytesIO
from math import isfinite
from typing import assert_never

from xlsxwriter import Workbook
from xlsxwriter.format import Format as CellFormat
from xlsxwriter.worksheet import Worksheet

from sgkpi.documents.records import RecordColumn, Records, RecordTable, Row
from sgkpi.figures.columns import Cell
from sgkpi.model.errors import UsageError
from sgkpi.model.measures import Measure

MOST_ROWS = 1_048_576  # with the header
MOST_CHARACTERS = 32_767
_MOST_OF_NAME, _MOST_OF_HEADER = 31, 255
CREATED = datetime(2000, 1, 1)
FIRST_YEAR = 1900
DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
# Neither a lone surrogate nor a control character is allowed in XML.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_OPTIONS = {
    "in_memory": True,  # so that nothing of a case goes into a temporary file
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
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
        if len(table.rows) >= MOST_ROWS:
            raise UsageError(
                f"a sheet of Excel holds {MOST_ROWS - 1:,} rows below its header, and there are {len(table.rows):,}; "
                "ask for fewer, or for CSV or Parquet"
            )
    buffer = BytesIO()
    with Workbook(buffer, _OPTIONS) as workbook:
        workbook.set_properties({"created": CREATED})
        formats = _Formats(workbook)
        for name, table in zip(_unique([table.name for table in tables], _MOST_OF_NAME), tables, strict=True):
            _write_sheet(workbook.add_worksheet(name), name, table, formats)
    return buffer.getvalue()


class _Formats:
    """The number formats of a workbook, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[str, CellFormat] = {}

    def __getitem__(self, pattern: str) -> CellFormat:
        if pattern not in self._made:
            self._made[pattern] = self._workbook.add_format({"num_format": pattern})
        return self._made[pattern]


def _write_sheet(sheet: Worksheet, name: str, table: RecordTable, formats: _Formats) -> None:
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
            _write_cell(sheet, (number, place), cell, _pattern(cell, column, row, table), formats)
        longest = max((len(str(cell)) for cell in cells[:_ROWS_MEASURED] if not isinstance(cell, float)), default=0)
        sheet.set_column(place, place, min(max(len(header) + _FILTER_BUTTON, longest + 1), _MOST_WIDTH))


def _pattern(cell: Cell, column: RecordColumn, row: Row, table: RecordTable) -> str:
    """Return the format of a date or number; a number `of_measure` has as many decimals as people see elsewhere."""
    if isinstance(cell, datetime):
        return MOMENT
    if isinstance(cell, date):
        return DAY
    if not isinstance(cell, int | float):
        return ""
    decimals = 0 if float(cell).is_integer() else 1
    is_share = column.of_measure and row.get("measure") == Measure.PROPORTION
    if column.of_measure:
        decimals = table.decimals(row, column.name) if table.decimals else max(decimals, is_share)
    return "#,##0" + ("." + "0" * decimals if decimals else "") + ("%" if is_share else "")


def _write_cell(sheet: Worksheet, at: tuple[int, int], cell: Cell, pattern: str, formats: _Formats) -> None:
    match cell:
        case None | "":
            pass
        case bool():
            sheet.write_boolean(*at, cell)
        case int() | float():
            if isfinite(cell):
                sheet.write_number(*at, cell, formats[pattern])
        case date() if cell.year >= FIRST_YEAR:
            sheet.write_datetime(*at, cell, formats[pattern])
        case date():
            sheet.write_string(*at, cell.isoformat())
        case str():
            sheet.write_string(*at, sheet_text(cell))
        case _:
            assert_never(cell)


def sheet_text(text: str) -> str:
    """Return text as a cell can hold it: what XML cannot carry is replaced, and what is too long is cut."""
    kept = _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    if len(kept.encode("utf-16-le")) > 2 * MOST_CHARACTERS:
        kept = kept.encode("utf-16-le")[: 2 * (MOST_CHARACTERS - 1)].decode("utf-16-le", "ignore") + "…"
    # XlsxWriter takes such a text for the XML of a rich string, and would write it as it is.
    return kept + " " if kept.startswith("<r>") and kept.endswith("</r>") else kept


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
