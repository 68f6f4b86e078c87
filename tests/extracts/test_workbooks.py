"""Workbooks: which sheet holds which table, where its header stands, and what its cells say."""

from datetime import date, datetime, time
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import load_workbook

from sgkpi.extracts.extract import Extract
from sgkpi.model.errors import ExtractError
from tests.extracts.support import HEADER, ROW, TABLES, only_file, open_extract, read_with_duckdb, said, write_files
from tests.support.workbooks import Error, Formatted, Rows, edit_sheet, parts_of, write_parts, write_workbook

HEADERS = ("contact_id", "person_id", "received_at", "team")
CONTACT = ("C1", "P1", datetime(2019, 2, 5, 14, 30), "North")
SHARED_STRINGS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
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

    @pytest.mark.parametrize("serial", [-3, 2_958_466, 10_000_000_000])
    def test_what_excel_cannot_show_as_a_date_is_an_error(self, tmp_path: Path, serial: int) -> None:
        rows: Rows = [HEADERS, ("C1", "P1", Formatted(serial, "dd/mm/yyyy"), "North")]
        extract = open_workbook(tmp_path, {"List 1": rows})
        assert [problem.code for problem in extract.problems] == ["formula-error"]
        assert read_with_duckdb(only_file(extract)) == [("C1", "P1", "########", "North")]


class TestOrder:
    """Rows and cells are told by their numbers; what a quick reader would drop is refused by name."""

    @pytest.mark.parametrize(
        ("old", "new", "row"),
        [
            ('<row r="3">', '<row r="2">', 2),
            ('<row r="2">', '<row r="9">', 9),
            ('<c r="B3"', '<c r="B2"', 3),
            ('<c r="B3"', '<c r="A3"', 3),
        ],
        ids=["a row twice", "rows out of order", "a cell of another row", "a cell twice"],
    )
    def test_what_is_out_of_order_is_refused(self, tmp_path: Path, old: str, new: str, row: int) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT, CONTACT]})
        edit_sheet(path, old, new)
        (problem,) = open_extract(path, TABLES, scratch=tmp_path / "s").broken["contacts"]
        assert problem.code == "rows-out-of-order"
        assert problem.message.startswith(f"row {row} is out of order or there twice; ")

    def test_cells_in_another_order_are_read(self, tmp_path: Path) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, ("C1", "P1", "2019-02-05", 7)]})
        edit_sheet(path, '<c r="D2" t="n"><v>7</v></c>', "")
        edit_sheet(path, '<row r="2">', '<row r="2"><c r="D2" t="n"><v>7</v></c>')
        file = only_file(open_extract(path, TABLES, scratch=tmp_path / "s"))
        assert read_with_duckdb(file) == [("C1", "P1", "2019-02-05", "7")]

    def test_merged_cells_are_named(self, tmp_path: Path) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT, CONTACT, CONTACT]})
        merged = "".join(f'<mergeCell ref="{each}"/>' for each in ("D2:D4", "A2:B2", "A1:B1", "D3:E3", "J2:J4"))
        merged = f'<mergeCells count="5">{merged}</mergeCells>'
        edit_sheet(path, "</sheetData>", f"</sheetData>{merged}")
        assert said(open_extract(path, TABLES, scratch=tmp_path / "s")) == [
            (
                "x.xlsx [List 1]: warning: merged cells have their value in the first cell alone: D2:D4, A2:B2; "
                "unmerge them and fill the others [merged-cells]"
            )
        ]


class TestWriters:
    def test_a_workbook_with_macros_is_read(self, tmp_path: Path) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT]}).rename(tmp_path / "x.xlsm")
        assert read_with_duckdb(only_file(open_extract(path, TABLES, scratch=tmp_path / "s"))) == [CELLS]

    @pytest.mark.parametrize("part", ["docProps/core.xml", "docProps/app.xml", "xl/theme/theme1.xml"])
    def test_parts_that_say_nothing_of_cells_may_be_odd(self, tmp_path: Path, part: str) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT]})
        write_parts(path, {**parts_of(path), part: b"<odd/>"})
        assert read_with_duckdb(only_file(open_extract(path, TABLES, scratch=tmp_path / "s"))) == [CELLS]

    @pytest.mark.parametrize(
        ("part", "old", "new"),
        [
            ("xl/styles.xml", "<patternFill />", ""),
            ("xl/styles.xml", '<sz val="11" />', '<sz val="11,5" />'),
            ("xl/styles.xml", "<left />", '<left style="wobbly" />'),
            (
                "xl/worksheets/sheet1.xml",
                "</sheetData>",
                '</sheetData><autoFilter><filterColumn colId="x"/></autoFilter>',
            ),
            ("xl/worksheets/sheet1.xml", "</sheetData>", "</sheetData><hyperlinks><hyperlink/></hyperlinks>"),
            (
                "xl/workbook.xml",
                "<definedNames />",
                '<definedNames><definedName odd="1">#REF!</definedName></definedNames>',
            ),
        ],
        ids=["fill", "font", "border", "filter", "link", "name"],
    )
    def test_colours_filters_and_names_may_be_odd(self, tmp_path: Path, part: str, old: str, new: str) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT]})
        parts = parts_of(path)
        assert old.encode() in parts[part]
        write_parts(path, {**parts, part: parts[part].replace(old.encode(), new.encode())})
        assert read_with_duckdb(only_file(open_extract(path, TABLES, scratch=tmp_path / "s"))) == [CELLS]

    def test_a_chart_has_a_sheet_without_rows(self, tmp_path: Path) -> None:
        path = write_workbook(tmp_path / "contacts.xlsx", {"Sheet1": [HEADERS, CONTACT]})
        book = load_workbook(path)
        book.create_chartsheet("Chart", 0)
        book.save(path)
        file = only_file(open_extract(path, TABLES, scratch=tmp_path / "s"))
        assert (file.name, read_with_duckdb(file)) == ("contacts.xlsx [Sheet1]", [CELLS])

    def test_names_of_parts_may_have_backslashes_and_capitals(self, tmp_path: Path) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT]})
        write_parts(
            path, {name.replace("/", "\\").replace("sheet1", "Sheet1"): part for name, part in parts_of(path).items()}
        )
        assert read_with_duckdb(only_file(open_extract(path, TABLES, scratch=tmp_path / "s"))) == [CELLS]

    @pytest.mark.parametrize(
        ("written", "text"),
        [
            ("<t>North_x000D_</t>", "North\n"),
            ("<t>North_x000D_\nEast</t>", "North\nEast"),
            ("<t>_x005F_x000D_</t>", "_x000D_"),
            ("<t>a_x0000_b_xD83D_c_x1d_</t>", "ab_xD83D_c_x1d_"),
            ("<r><t>No</t></r><r><rPr><sz val='x'/></rPr><t>rth</t></r><rPh><t>ne</t></rPh>", "North"),
        ],
    )
    @pytest.mark.parametrize("shared", [False, True])
    def test_text_is_what_excel_shows(self, tmp_path: Path, written: str, text: str, shared: bool) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT]})
        old = '<c r="D2" t="inlineStr"><is><t>North</t></is></c>'
        if not shared:
            edit_sheet(path, old, f'<c r="D2" t="inlineStr"><is>{written}</is></c>')
        else:
            edit_sheet(path, old, '<c r="D2" t="s"><v>1</v></c>')
            main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
            strings = f'<sst xmlns="{main}"><si><t>South</t></si><si>{written}</si></sst>'.encode()
            parts = parts_of(path)
            relations = "xl/_rels/workbook.xml.rels"
            one_more = f'<Relationship Type="{SHARED_STRINGS}" Target="sharedStrings.xml" Id="rId9" /></Relationships>'
            parts[relations] = parts[relations].replace(b"</Relationships>", one_more.encode())
            write_parts(path, {**parts, "xl/sharedStrings.xml": strings})
        file = only_file(open_extract(path, TABLES, scratch=tmp_path / "s"))
        assert read_with_duckdb(file) == [(*CELLS[:3], text)]

    def test_strict_open_xml_is_named(self, tmp_path: Path) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT]})
        parts = parts_of(path)
        usual, strict = (
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        write_parts(path, {**parts, "xl/workbook.xml": parts["xl/workbook.xml"].replace(usual, strict)})
        with pytest.raises(ExtractError, match="Strict Open XML"):
            open_extract(path, TABLES, scratch=tmp_path / "s")

    def test_one_that_unpacks_without_end_is_refused(self, tmp_path: Path) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT]})
        with ZipFile(path, "a", ZIP_DEFLATED) as archive, archive.open("xl/media/x.png", "w", force_zip64=True) as part:
            for _ in range(1100):
                part.write(bytes(1 << 20))
        with pytest.raises(ExtractError, match=r"unpacks to 1\.1 GB; 1 GB is the most that is read"):
            open_extract(path, TABLES, scratch=tmp_path / "s")

    @pytest.mark.parametrize("more", ["<x/>".join([" " * 400_000] * 2), "<c " * 250_000], ids=["spaces", "open"])
    def test_a_small_one_does_not_take_for_ever(self, tmp_path: Path, more: str) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT]})
        edit_sheet(path, "</sheetData>", f'<row r="9"><c r="A9"><f>1+1</f>{more}</c></row></sheetData>')
        extract = open_extract(path, TABLES, scratch=tmp_path / "s")
        assert [problem.code for problem in extract.broken["contacts"]] == [
            "not-calculated" if more.startswith(" ") else "broken-workbook"
        ]


class TestFormulas:
    def workbook(self, tmp_path: Path, formula: str) -> Path:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, ("C1", "P1", "2019-02-05", 7), CONTACT]})
        edit_sheet(path, '<c r="D2" t="n"><v>7</v></c>', formula)
        return path

    @pytest.mark.parametrize("value", ["", "<v/>", "<v></v>", "<v />"])
    def test_one_that_was_never_calculated_is_an_error_and_not_a_blank(self, tmp_path: Path, value: str) -> None:
        path = self.workbook(tmp_path, f'<c r="D2"><f>A2&amp;"x"</f>{value}</c>')
        extract = open_extract(path, TABLES, scratch=tmp_path / "s")
        assert [problem.code for problem in extract.broken["contacts"]] == ["not-calculated"]

    @pytest.mark.parametrize(
        ("cell", "text"),
        [
            ('<c r="D2" t="str"><f>IF(A2="","",A2)</f><v></v></c>', None),
            ('<c r="D2" t="str"><f>A2</f><v>C1</v></c>', "C1"),
            ('<c r="D2"><f>3+4</f><v>7</v></c>', "7"),
        ],
    )
    def test_one_that_was_has_its_value(self, tmp_path: Path, cell: str, text: str | None) -> None:
        file = only_file(open_extract(self.workbook(tmp_path, cell), TABLES, scratch=tmp_path / "s"))
        assert read_with_duckdb(file)[0] == ("C1", "P1", "2019-02-05", text)


class TestNoWorkbook:
    @pytest.mark.parametrize(
        ("name", "content", "says"),
        [
            ("x.xlsx", b"", "the file is empty; export it again [empty-file]"),
            ("x.xlsx", b"\xd0\xcf\x11\xe0rest", "has a password, or is an old workbook (.xls) with a new name"),
            ("x.xlsx", b"PK\x03\x04rest", "this Excel workbook is damaged or cut off"),
            ("x.xlsx", b"contact_id,person_id\n", "this is not an Excel workbook; rename it to match its format"),
            (
                "x.xls",
                b"\xd0\xcf\x11\xe0rest",
                ".xls workbooks cannot be read; save it as an Excel workbook",
            ),
            ("x.XLSM", b"PK\x03\x04rest", "this Excel workbook is damaged or cut off"),
            ("x.ods", b"PK\x03\x04rest", ".ods workbooks cannot be read"),
            ("x.xlsb", b"PK\x03\x04rest", ".xlsb workbooks cannot be read"),
        ],
    )
    def test_what_is_wrong_is_said(self, tmp_path: Path, name: str, content: bytes, says: str) -> None:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ExtractError) as caught:
            open_extract(tmp_path / name, TABLES, scratch=tmp_path / "s")
        assert f"{name}: error: " in str(caught.value)
        assert says in str(caught.value)
        assert caught.value.exit_code == 11

    @pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.99])
    def test_one_that_is_cut_off(self, tmp_path: Path, kept: float) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT]})
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * kept)])
        with pytest.raises(ExtractError, match=r"\[broken-workbook\]"):
            open_extract(path, TABLES, scratch=tmp_path / "s")
