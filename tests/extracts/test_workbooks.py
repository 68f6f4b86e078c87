"""Workbooks: which sheet holds which table, where its header stands, and what its cells say."""

from datetime import date, datetime, time
from pathlib import Path

import pytest

from sgkpi.extracts.extract import Extract
from sgkpi.model.errors import ExtractError
from tests.extracts.support import HEADER, ROW, TABLES, only_file, open_extract, read_with_duckdb, said, write_files
from tests.support.workbooks import Error, Formatted, Rows, edit_sheet, parts_of, write_parts, write_workbook

HEADERS = ("contact_id", "person_id", "received_at", "team")
CONTACT = ("C1", "P1", datetime(2019, 2, 5, 14, 30), "North")
CELLS = ("C1", "P1", "2019-02-05 14:30:00", "North")


def open_workbook(folder: Path, sheets: dict[str, Rows], name: str = "Annex_A.xlsx") -> Extract:
    return open_extract(write_workbook(folder / name, sheets), TABLES, scratch=folder / "scratch")


def open_folder(folder: Path) -> Extract:
    return open_extract(folder, TABLES, scratch=folder.parent / "scratch")


class TestSheets:
    @pytest.mark.parametrize("title", ["contacts", "Contacts ", "LIST  1", "ssd_contacts"])
    def test_a_sheet_is_found_under_any_name_of_its_table(self, tmp_path: Path, title: str) -> None:
        extract = open_workbook(tmp_path, {"Guidance": [["Read me"]], title: [HEADERS, CONTACT]})
        file = only_file(extract)
        assert file.name == f"Annex_A.xlsx [{title}]"
        assert read_with_duckdb(file) == [CELLS]
        assert said(extract) == []

    def test_a_sheet_that_stands_alone_may_go_by_the_name_of_its_workbook(self, tmp_path: Path) -> None:
        extract = open_workbook(tmp_path, {"Sheet1": [HEADERS, CONTACT]}, "contacts.xlsx")
        assert only_file(extract).name == "contacts.xlsx [Sheet1]"

    def test_of_several_sheets_none_goes_by_the_name_of_the_workbook(self, tmp_path: Path) -> None:
        sheets: dict[str, Rows] = {"Sheet1": [HEADERS, CONTACT], "Sheet2": [HEADERS, CONTACT]}
        with pytest.raises(ExtractError, match=r"no table found in '.*', whose sheets are Sheet1, Sheet2; looked for"):
            open_workbook(tmp_path, sheets, "contacts.xlsx")

    def test_two_sheets_for_one_table_are_an_error(self, tmp_path: Path) -> None:
        extract = open_workbook(tmp_path, {"Contacts": [HEADERS, CONTACT], "List 1": [HEADERS, CONTACT]})
        assert said(extract) == [
            (
                "Annex_A.xlsx [Contacts]: error: 2 sheets for table 'contacts': Annex_A.xlsx [Contacts] and "
                "Annex_A.xlsx [List 1]; keep one [two-files]"
            )
        ]

    def test_the_nearest_name_is_offered(self, tmp_path: Path) -> None:
        with pytest.raises(ExtractError, match=r"Contact: did you mean 'contacts'\?$"):
            open_workbook(tmp_path, {"Contact": [HEADERS, CONTACT]})

    def test_what_the_workbook_says_of_itself_stands_beside_it(self, tmp_path: Path) -> None:
        (tmp_path / "Annex_A.toml").write_text("extracted_at = 2019-03-04T07:00:00\n")
        extract = open_workbook(tmp_path, {"List 1": [HEADERS, CONTACT]})
        assert extract.extracted_at == datetime(2019, 3, 4, 7)
        (tmp_path / "Annex_A.toml").write_text("extracted = 1\n")
        with pytest.raises(ExtractError, match=r"Annex_A.toml:1: error: no key 'extracted'"):
            open_workbook(tmp_path, {"List 1": [HEADERS, CONTACT]})


class TestInAFolder:
    def test_sheets_are_tables_of_the_folder(self, tmp_path: Path) -> None:
        folder = write_files(tmp_path / "x", {"health_passports.csv": "issued_on\n2019-02-05\n"})
        write_workbook(folder / "export.xlsx", {"List 1": [HEADERS, CONTACT]})
        extract = open_folder(folder)
        assert sorted(extract.tables) == ["contacts", "health_passports"]
        assert only_file(extract).name == "export.xlsx [List 1]"

    def test_a_file_comes_before_a_sheet_and_that_is_said(self, tmp_path: Path) -> None:
        folder = write_files(tmp_path / "x", {"contacts.csv": HEADER + ROW})
        write_workbook(folder / "export.xlsx", {"List 1": [HEADERS, CONTACT, CONTACT]})
        extract = open_folder(folder)
        assert only_file(extract).name == "contacts.csv"
        warning = "sheets not read, because files have the same tables: 'List 1' (contacts.csv) [sheet-not-read]"
        assert said(extract) == [f"export.xlsx: warning: {warning}"]

    def test_two_workbooks_for_one_table_are_an_error(self, tmp_path: Path) -> None:
        for name in ("jan.xlsx", "feb.xlsx"):
            write_workbook(tmp_path / "x" / name, {"List 1": [HEADERS, CONTACT]})
        assert said(open_folder(tmp_path / "x")) == [
            (
                "feb.xlsx [List 1]: error: 2 sheets for table 'contacts': feb.xlsx [List 1] and jan.xlsx [List 1]; "
                "keep one [two-files]"
            )
        ]

    def test_a_workbook_that_cannot_be_read_is_left_out_and_said(self, tmp_path: Path) -> None:
        folder = write_files(tmp_path / "x", {"contacts.csv": HEADER + ROW, "old.xlsx": b"\xd0\xcf\x11\xe0rest"})
        extract = open_folder(folder)
        assert only_file(extract).name == "contacts.csv"
        (message,) = said(extract)
        assert message.startswith("old.xlsx: warning: not read: the workbook has a password")

    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("contacts.xlsx", b"PK\x03\x04rest", "broken-workbook"),
            ("contacts.xls", b"\xd0\xcf\x11\xe0", "other-workbook"),
        ],
    )
    def test_one_by_the_name_of_a_table_breaks_it(self, tmp_path: Path, name: str, content: bytes, code: str) -> None:
        folder = write_files(tmp_path / "x", {"health_passports.csv": "issued_on\n2019-02-05\n", name: content})
        extract = open_folder(folder)
        assert [problem.code for problem in extract.broken["contacts"]] == [code]
        assert extract.problems == ()

    def test_other_workbooks_that_bear_no_tables_name_are_left_alone(self, tmp_path: Path) -> None:
        folder = write_files(
            tmp_path / "x", {"contacts.csv": HEADER + ROW, "notes.xls": b"x", "~$export.xlsx": b"lock"}
        )
        assert said(open_folder(folder)) == []


class TestHeader:
    def test_blank_rows_and_a_title_above_it(self, tmp_path: Path) -> None:
        rows: Rows = [[], ["List 1: Contacts"], [None, " "], [None, *HEADERS], [], [None, *CONTACT]]
        extract = open_workbook(tmp_path, {"List 1": rows})
        file = only_file(extract)
        assert (file.skip, file.headers) == (3, ("", *HEADERS))
        assert read_with_duckdb(file) == [(None,) * 5, (None, *CELLS)]
        assert said(extract) == [
            (
                "Annex_A.xlsx [List 1]: warning: the header is in row 4; "
                "the text above it is ignored (row 2) [above-header]"
            )
        ]

    def test_blank_rows_alone_are_nothing_to_say(self, tmp_path: Path) -> None:
        extract = open_workbook(tmp_path, {"List 1": [[], [], HEADERS, CONTACT]})
        assert (only_file(extract).skip, said(extract)) == (2, [])

    def test_rows_below_the_header_are_never_taken_for_it(self, tmp_path: Path) -> None:
        again: Rows = [HEADERS, CONTACT, HEADERS, ("person_id", "received_at", "team", "contact_id")]
        assert only_file(open_workbook(tmp_path, {"List 1": again})).skip == 0

    def test_without_a_header_the_first_row_is_named_as_such(self, tmp_path: Path) -> None:
        extract = open_workbook(tmp_path, {"List 1": [["a", "b"], ["c", "d"]]})
        assert all("is the first line the header?" in message for message in said(extract))

    def test_cells_beyond_the_header_belong_to_no_column(self, tmp_path: Path) -> None:
        rows: Rows = [HEADERS, (*CONTACT, None, "a note"), [None] * 6 + ["another note"]]
        file = only_file(open_workbook(tmp_path, {"List 1": rows}))
        assert (file.headers, read_with_duckdb(file)) == (HEADERS, [CELLS])

    @pytest.mark.parametrize(
        ("rows", "code"), [([], "empty-file"), ([[" "], []], "empty-file"), ([HEADERS], "no-rows")]
    )
    def test_an_empty_sheet(self, tmp_path: Path, rows: Rows, code: str) -> None:
        extract = open_workbook(tmp_path, {"List 1": rows, "health_passports": [["issued_on"], [date(2019, 2, 5)]]})
        assert [message.rpartition("[")[2] for message in said(extract)] == [f"{code}]"]

    def test_two_headers_for_one_column_are_an_error(self, tmp_path: Path) -> None:
        extract = open_workbook(tmp_path, {"List 1": [(*HEADERS, "Child Unique ID"), (*CONTACT, "P2")]})
        assert said(extract) == [
            (
                "Annex_A.xlsx [List 1]: error: 2 headers for column 'person_id': 'person_id' (column 2) and "
                "'Child Unique ID' (column 5); keep one of them [duplicate-column]"
            )
        ]

    def test_the_size_that_a_sheet_says_it_has_is_not_believed(self, tmp_path: Path) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT]})
        edit_sheet(path, 'dimension ref="A1:D2"', 'dimension ref="A1"')
        assert read_with_duckdb(only_file(open_extract(path, TABLES, scratch=tmp_path / "s"))) == [CELLS]


class TestCells:
    @pytest.mark.parametrize(
        ("cell", "text"),
        [
            (None, None),
            ("  ", "  "),
            ("a,b", "a,b"),
            ('say "x"', 'say "x"'),
            ("two\nlines", "two\nlines"),
            ("Café", "Café"),
            ("0012", "0012"),
            (12, "12"),
            (12.0, "12"),
            (-3, "-3"),
            (6.1382614647501708, "6.138261464750171"),
            (0.0000001, "0.0000001"),
            (Formatted(12, "0000"), "0012"),
            (Formatted(12, "0"), "12"),
            (True, "true"),
            (False, "false"),
            (date(2019, 2, 5), "2019-02-05"),
            (Formatted(datetime(2019, 2, 5), "dd/mm/yyyy"), "2019-02-05"),
            (Formatted(datetime(2019, 2, 5), '"hour" dd/mm/yyyy'), "2019-02-05"),
            (Formatted(datetime(2019, 2, 5), "dd/mm/yyyy hh:mm"), "2019-02-05 00:00:00"),
            (Formatted(datetime(2019, 2, 5, 14, 30), "dd/mm/yyyy"), "2019-02-05 14:30:00"),
            (datetime(2019, 2, 5, 14, 30, 15), "2019-02-05 14:30:15"),
            (Formatted(43501, "mm-dd-yy"), "2019-02-05"),  # 14 of the formats that have a number alone
            (Formatted(43501.5, "m/d/yy h:mm"), "2019-02-05 12:00:00"),
            (Formatted(0.5, "h:mm:ss AM/PM"), "12:00:00"),
            (Formatted(1.5, "[h]:mm:ss"), "36:00:00"),
            (Formatted(43501, "0.00E+00"), "43501"),
            (43501, "43501"),  # a number is not taken for a date
            (43501.5, "43501.5"),
            (time(14, 30), "14:30:00"),
            (Formatted(0, "hh:mm"), "00:00:00"),
            (Formatted(1.5, "[h]:mm"), "36:00:00"),
            (Formatted(40000, "Standard"), "40000"),  # General, as some German programs write it
            (Formatted(40000, "Estándar"), "40000"),
            (Formatted(40000, '0 "days"'), "40000"),
            (Formatted(43501, "[$-809]d mmmm yyyy;@"), "2019-02-05"),
            (Formatted(1, "dd/mm/yyyy"), "1900-01-01"),
            (Formatted(59, "dd/mm/yyyy"), "1900-02-28"),
            (Formatted(60, "dd/mm/yyyy"), "60"),  # 29 February 1900, which never was
            (Formatted(61, "dd/mm/yyyy"), "1900-03-01"),
            (Formatted(2958465, "dd/mm/yyyy"), "9999-12-31"),
            (date(1900, 1, 1), "1900-01-01"),
            (Formatted(43501, '[=0]"";dd/mm/yyyy'), "2019-02-05"),
            (Formatted(43501, 'dd/mm/yyyy"; "hh:mm'), "2019-02-05 00:00:00"),
            (Formatted(43501.5, "yyyy-mm-ddThh:mm:ssZ"), "2019-02-05 12:00:00"),
            (Formatted(43501, "yyyy年m月d日"), "2019-02-05"),
            (Formatted(43501, "#,##0*d"), "43501"),  # a filler
            (Formatted(12.5, "0000"), "12.5"),
            (Error("#N/A"), "#N/A"),
            ("#MULTIVALUE", "#MULTIVALUE"),
        ],
    )
    def test_a_cell_says_as_text_what_it_says_in_the_sheet(
        self, tmp_path: Path, cell: object, text: str | None
    ) -> None:
        file = only_file(open_workbook(tmp_path, {"List 1": [HEADERS, ("C1", "P1", "2019-02-05", cell), CONTACT]}))
        assert read_with_duckdb(file) == [("C1", "P1", "2019-02-05", text), CELLS]

    def test_blank_rows_keep_their_place_and_those_at_the_end_are_no_rows(self, tmp_path: Path) -> None:
        rows: Rows = [
            ["person_id", "received_at"],
            [],
            ["P1", "2019-02-05"],
            ["  ", None],
            [],
            ["P2", "2019-02-06"],
            [],
            [" "],
        ]
        file = only_file(open_workbook(tmp_path, {"List 1": rows}))
        blank = (None, None)
        assert read_with_duckdb(file) == [blank, ("P1", "2019-02-05"), blank, blank, ("P2", "2019-02-06")]

    def test_errors_of_excel_are_said_where_a_column_is_known(self, tmp_path: Path) -> None:
        rows: Rows = [
            (*HEADERS, "notes"),
            ("C1", "P1", Error("#N/A"), Error("#REF!"), None),
            CONTACT,
            (*CONTACT, Error("#N/A")),
            ("C2", "P2", Error("#N/A"), "North"),
        ]
        assert said(open_workbook(tmp_path, {"List 1": rows})) == [
            (
                "Annex_A.xlsx [List 1]: warning: 3 cells have an Excel error instead of a value: #N/A, #REF! "
                "(first rows 2, 5); correct the formulas and export again [formula-error]"
            )
        ]

    @pytest.mark.parametrize("number_format", ["dd/mm/yyyy", "[h]:mm"])
    @pytest.mark.parametrize("serial", [-3, 2_958_466, 10_000_000_000])
    def test_what_excel_cannot_show_as_a_date_is_an_error(
        self, tmp_path: Path, serial: int, number_format: str
    ) -> None:
        rows: Rows = [HEADERS, ("C1", "P1", Formatted(serial, number_format), "North")]
        extract = open_workbook(tmp_path, {"List 1": rows})
        assert [problem.code for problem in extract.problems] == ["formula-error"]
        assert read_with_duckdb(only_file(extract)) == [("C1", "P1", "########", "North")]

    @pytest.mark.parametrize(
        ("cell", "text"),
        [
            ('<c r="D2" s="1"><v>2958465.9999999995</v></c>', "9999-12-31 23:59:59.999000"),  # datetime.max
            ('<c r="D2" s="1"><v>0.99999999999</v></c>', "23:59:59.999000"),
            ('<c r="D2" s="1"><v>43500.99999999999</v></c>', "2019-02-05 00:00:00"),
            ('<c r="D2" s="1"><v>1E400</v></c>', "########"),
            ('<c r="D2"><v>1.23456789012345E+20</v></c>', "123456789012345000000"),
            ('<c r="D2"><v>-0.0</v></c>', "0"),
            ('<c r="D2">\n<v>\n</v>\n</c>', None),
            ('<c r="D2" t="b">\n<v>\n1\n</v>\n</c>', "true"),
        ],
    )
    def test_one_odd_cell_breaks_no_sheet(self, tmp_path: Path, cell: str, text: str | None) -> None:
        moment = Formatted(datetime(2019, 2, 5, 14, 30), "dd/mm/yyyy hh:mm")
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, ("C1", "P1", moment, 7)]})
        edit_sheet(path, '<c r="D2" t="n"><v>7</v></c>', cell)
        file = only_file(open_extract(path, TABLES, scratch=tmp_path / "s"))
        assert read_with_duckdb(file) == [("C1", "P1", "2019-02-05 14:30:00", text)]

    @pytest.mark.parametrize("number", [27, 36, 50, 58, 71, 81])
    def test_dates_may_have_a_format_of_eastern_asia(self, tmp_path: Path, number: int) -> None:
        """They have a number, and no code of their own in the file."""
        rows: Rows = [HEADERS, ("C1", "P1", Formatted(43501, "mm-dd-yy"), "North")]
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": rows})
        parts = parts_of(path)
        styles = parts["xl/styles.xml"].replace(b'numFmtId="14"', f'numFmtId="{number}"'.encode())
        write_parts(path, {**parts, "xl/styles.xml": styles})
        file = only_file(open_extract(path, TABLES, scratch=tmp_path / "s"))
        assert read_with_duckdb(file) == [("C1", "P1", "2019-02-05", "North")]

    @pytest.mark.parametrize(
        ("serial", "text"),
        [(0, "00:00:00"), (1, "1904-01-02"), (42039, "2019-02-05"), (2957003, "9999-12-31"), (2957004, "########")],
    )
    def test_days_may_be_counted_since_1904(self, tmp_path: Path, serial: int, text: str) -> None:
        rows: Rows = [HEADERS, ("C1", "P1", Formatted(serial, "dd/mm/yyyy"), "North")]
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": rows})
        parts = parts_of(path)
        book = parts["xl/workbook.xml"]
        assert b"<workbookPr />" in book
        write_parts(path, {**parts, "xl/workbook.xml": book.replace(b"<workbookPr />", b'<workbookPr date1904="1"/>')})
        file = only_file(open_extract(path, TABLES, scratch=tmp_path / "s"))
        assert read_with_duckdb(file) == [("C1", "P1", text, "North")]
