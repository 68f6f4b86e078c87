"""Excel workbooks, read back with openpyxl: real numbers and dates, a table a sheet, no formula, whatever the text."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from sgkpi.documents.figures import figure_records
from sgkpi.documents.records import RecordColumn, Records, RecordTable
from sgkpi.documents.write import excel_cells
from sgkpi.documents.write.excel import write_excel
from sgkpi.figures.columns import Cell
from sgkpi.model.errors import UsageError
from sgkpi.model.expressions import Kind
from tests.support.results import DECIDED, count, month, proportion, results, story

FEBRUARY = month("2019-02")


def records(*cells: Cell, kind: Kind = Kind.TEXT, name: str = "column") -> Records:
    """Records with one column."""
    table = RecordTable("rows", (RecordColumn(name, kind),), tuple({name: cell} for cell in cells))
    return Records(table, json=dict, text=tuple, about=(("As of", datetime(2019, 3, 4, 7)), ("Source", "=1+1")))


def workbook(of: Records) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return openpyxl.load_workbook(BytesIO(write_excel(of)))


def cells(*written: Cell, kind: Kind = Kind.TEXT) -> list[object]:
    """What stands in the sheet for these cells."""
    return [row[0].value for row in workbook(records(*written, kind=kind))["rows"].iter_rows(min_row=2)]


def sheet_of_figures(*figures: object) -> Worksheet:
    return workbook(figure_records(results(*figures)))["figures"]  # type: ignore[arg-type]


def named(sheet: Worksheet, name: str, row: int = 2) -> openpyxl.cell.Cell:
    (place,) = [cell.column for cell in sheet[1] if cell.value == name]
    return sheet.cell(row, place)  # type: ignore[return-value]


@pytest.mark.parametrize(
    "text", ["=1+1", "+44 20", "-5", "@SUM(A1)", "{=A1}", "http://example.org", "007", "1e5", "TRUE"]
)
def test_text_stays_text(text: str) -> None:
    (cell,) = workbook(records(text))["rows"]["A2:A2"][0]
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.hyperlink is None


def test_no_sheet_holds_a_formula() -> None:
    with ZipFile(BytesIO(write_excel(records("=1+1", "@x")))) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 2
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)


def test_what_xml_cannot_carry_is_replaced() -> None:
    assert cells("a\x00b\x1fc", "\ud800", "\ufffe", "tab\tand\nline") == ["a�b�c", "�", "�", "tab\tand\nline"]


def test_a_text_that_looks_like_rich_text_is_text() -> None:
    assert cells("<r><t>x</t></r>") == ["<r><t>x</t></r> "]
    assert cells("<b>&amp;</b>") == ["<b>&amp;</b>"]


def test_a_text_that_is_too_long_is_cut() -> None:
    fits, too_long, pairs = "x" * 32_767, "y" * 40_000, "😀" * 20_000
    found = cells(fits, too_long, pairs)
    assert found[:2] == [fits, "y" * 32_766 + "…"]
    assert found[2] == "😀" * 16_383 + "…"  # two units of UTF-16 each


def test_a_text_that_looks_like_rich_text_and_just_fits_is_cut_in_plain_sight() -> None:
    """It has no room for the space that makes it text."""
    text = f"<r>{'x' * 32_760}</r>"
    assert cells(text) == [text[:32_766] + "…"]


def test_null_and_numbers_without_a_value_are_blank_cells() -> None:
    assert cells(None, float("nan"), float("inf"), 0, kind=Kind.NUMBER) == [None, None, None, 0]


def test_dates_and_moments_are_real() -> None:
    sheet = workbook(records(date(2019, 2, 28), datetime(2019, 2, 28, 13, 5), kind=Kind.DATETIME))["rows"]
    assert (sheet["A2"].value, sheet["A2"].number_format) == (datetime(2019, 2, 28), "yyyy-mm-dd")
    assert (sheet["A3"].value, sheet["A3"].number_format) == (datetime(2019, 2, 28, 13, 5), "yyyy-mm-dd hh:mm")


def test_a_day_before_excels_calendar_is_text() -> None:
    assert cells(date(1899, 12, 31), kind=Kind.DATE) == ["1899-12-31"]


def test_truth_is_real() -> None:
    assert cells(True, False, kind=Kind.BOOLEAN) == [True, False]


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_a_sheet_is_one_table_with_a_header_that_stays(rows: int) -> None:
    sheet = workbook(records(*["x"] * rows))["rows"]
    (table,) = sheet.tables.values()
    assert table.ref == f"A1:A{max(rows, 1) + 1}"
    assert table.autoFilter.ref == table.ref
    assert [each.name for each in table.tableColumns] == ["column"]
    assert sheet.freeze_panes == "A2"


def test_a_sheet_says_what_the_rows_rest_on() -> None:
    book = workbook(records("x"))
    assert book.sheetnames == ["rows", "About"]
    assert [[cell.value for cell in row] for row in book["About"].iter_rows()] == [
        ["What", "Value"],
        ["As of", datetime(2019, 3, 4, 7)],
        ["Source", "=1+1"],
    ]


def headers(*names: str) -> list[object]:
    table = RecordTable("rows", tuple(map(RecordColumn, names)), (dict.fromkeys(names, "x"),))
    return [cell.value for cell in workbook(Records(table, json=dict, text=tuple))["rows"][1]]


def test_headers_are_never_blank_and_never_twice_the_same() -> None:
    assert headers("Team", "team", "", " ", "Column_2") == ["Team", "team_2", "Column", "Column_2", "Column_2_2"]


def test_names_of_sheets_are_accepted_by_excel() -> None:
    long = "a" * 40
    tables: Sequence[RecordTable] = [
        RecordTable(name, (RecordColumn("x"),), ()) for name in (long, long, "a/b", "'it'", "about")
    ]
    book = workbook(Records(tables[0], json=dict, text=tuple, further=tuple(tables[1:])))
    assert book.sheetnames == ["a" * 31, "a" * 29 + "_2", "a_b", "it", "about", "About_2"]
    names = [name for sheet in book for name in sheet.tables]
    assert len({name.lower() for name in names}) == 6


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_cells, "MOST_ROWS", 3)
    assert cells("a", "b") == ["a", "b"]
    with pytest.raises(UsageError, match="holds 2 rows below its header, and there are 3; ask for fewer"):
        write_excel(records("a", "b", "c"))


def test_the_same_records_give_the_same_bytes() -> None:
    assert write_excel(figure_records(story())) == write_excel(figure_records(story()))


def test_cells_are_written_as_xlsxwriter_writes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    every = records(
        "text", "=1+1", " ", 0, -3, 0.1, 1 / 3, 10.0**20, True, None, date(2019, 2, 1), datetime(2019, 2, 1, 9)
    )
    ours = write_excel(every)
    for name in ("_write_cell", "write_string", "write_number", "write_datetime"):
        monkeypatch.delattr(excel_cells.Page, name)
    assert write_excel(every) == ours


def test_nothing_of_the_clock_is_in_the_file() -> None:
    with ZipFile(BytesIO(write_excel(records("x")))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z" in archive.read("docProps/core.xml")


class TestFigures:
    def test_a_share_is_a_fraction_shown_as_a_percentage(self) -> None:
        sheet = sheet_of_figures(proportion(FEBRUARY, 384, 486))
        cell = named(sheet, "value")
        assert (cell.value, cell.number_format) == (384 / 486, "#,##0.0%")
        assert named(sheet, "target_green").number_format == "#,##0%"  # 90%, as it was set
        assert (named(sheet, "denominator").value, named(sheet, "denominator").number_format) == (486, "#,##0")

    def test_a_share_that_misses_its_target_does_not_seem_to_reach_it(self) -> None:
        value = Fraction(8996, 10000)  # 90.0% with one decimal
        figure = replace(proportion(FEBRUARY, 384, 486), value=value, target_green=Decimal("0.9"))
        assert named(sheet_of_figures(figure), "value").number_format == "#,##0.00%"

    def test_a_count_is_whole(self) -> None:
        sheet = sheet_of_figures(count(FEBRUARY, 1234))
        assert (named(sheet, "value").value, named(sheet, "value").number_format) == (1234, "#,##0")
        assert named(sheet, "denominator").value is None

    def test_dates(self) -> None:
        sheet = sheet_of_figures(proportion(FEBRUARY, 1, 2))
        assert named(sheet, "period_end").value == datetime(2019, 2, 28)
        assert named(sheet, "as_of").value == datetime(2019, 3, 4, 7)

    def test_what_could_not_be_computed_is_said(self) -> None:
        about = [
            [cell.value for cell in row] for row in workbook(figure_records(story()))["About"].iter_rows(min_row=2)
        ]
        assert ["Cannot be computed", "rhi_offered: needs missing_episodes: this extract has no such table"] in about
        assert ["Source of the extract", "Case management system, nightly"] in about

    def test_a_category_is_text_whatever_it_begins_with(self) -> None:
        sheet = sheet_of_figures(proportion(FEBRUARY, 1, 2, DECIDED, breakdown="team", category="=cmd|' /C calc'!A0"))
        assert named(sheet, "category").data_type == "s"
