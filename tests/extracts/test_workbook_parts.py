"""Workbooks as programs write them: rows in any order, odd parts, formulas without values, and what is no workbook."""

from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import load_workbook

from sgkpi.model.errors import ExtractError
from tests.extracts.support import TABLES, only_file, open_extract, read_with_duckdb, said
from tests.support.workbooks import Formatted, Rows, edit_sheet, parts_of, write_parts, write_workbook

HEADERS = ("contact_id", "person_id", "received_at", "team")
CONTACT = ("C1", "P1", datetime(2019, 2, 5, 14, 30), "North")
SHARED_STRINGS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
CELLS = ("C1", "P1", "2019-02-05 14:30:00", "North")


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

    @pytest.mark.parametrize(
        ("part", "old", "new"),
        [
            ("xl/worksheets/sheet1.xml", "</row></sheetData>", '<c r="E2" s="-1"><v>7</v></c></row></sheetData>'),
            ("xl/_rels/workbook.xml.rels", "/xl/worksheets/sheet1.xml", "/xl/worksheets/sheet9.xml"),
            ("xl/workbook.xml", 'r:id="rId1"', 'r:id="rId99"'),
        ],
        ids=["a style before the first", "a part that is not there", "a relation that is not there"],
    )
    def test_what_leads_nowhere_is_an_error_of_its_table(self, tmp_path: Path, part: str, old: str, new: str) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT], "health_passports": [["issued_on"]]})
        parts = parts_of(path)
        assert old.encode() in parts[part]
        write_parts(path, {**parts, part: parts[part].replace(old.encode(), new.encode())})
        extract = open_extract(path, TABLES, scratch=tmp_path / "s")
        assert [problem.code for problem in extract.broken["contacts"]] == ["broken-workbook"]
        assert list(extract.tables) == ["health_passports"]

    def test_two_sheets_of_one_name_are_an_error(self, tmp_path: Path) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT], "List 9": [HEADERS]})
        parts = parts_of(path)
        write_parts(path, {**parts, "xl/workbook.xml": parts["xl/workbook.xml"].replace(b"List 9", b"List 1")})
        with pytest.raises(ExtractError, match=r"\[broken-workbook\]"):
            open_extract(path, TABLES, scratch=tmp_path / "s")

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

    @pytest.mark.slow
    def test_one_that_unpacks_without_end_is_refused(self, tmp_path: Path) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT]})
        with ZipFile(path, "a", ZIP_DEFLATED) as archive, archive.open("xl/media/x.png", "w", force_zip64=True) as part:
            for _ in range(1100):
                part.write(bytes(1 << 20))
        with pytest.raises(ExtractError, match=r"unpacks to 1\.1 GB; 1 GB is the most that is read"):
            open_extract(path, TABLES, scratch=tmp_path / "s")

    def test_a_sheet_of_empty_cells_without_end_is_refused_at_once(self, tmp_path: Path) -> None:
        """A million rows of 12 cells would take half a minute to read, and 200 million cells minutes."""
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT]})
        row = f"<row>{'<c/>' * 12}</row>"
        edit_sheet(path, "</sheetData>", row * 1_000_000 + "</sheetData>")
        (problem,) = open_extract(path, TABLES, scratch=tmp_path / "s").broken["contacts"]
        assert problem.code == "large-workbook"
        assert problem.message.startswith("the sheet has about 12 million cells, nearly all of them empty; delete its")

    def test_empty_cells_with_a_format_are_no_matter(self, tmp_path: Path) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT]})
        blanks = "".join(f'<c r="{letter}3" s="0"/>' for letter in "ABCDEFGH")
        edit_sheet(path, "</sheetData>", f'<row r="3">{blanks}</row><row><c/><c><v>7</v></c></row></sheetData>')
        file = only_file(open_extract(path, TABLES, scratch=tmp_path / "s"))
        assert read_with_duckdb(file) == [CELLS, (None,) * 4, (None, "7", None, None)]

    def test_a_cell_beyond_the_last_column_is_damage(self, tmp_path: Path) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT]})
        for cells, code in (("<c/>" * 16_384, None), ('<c r="XFE3"/>', "broken-workbook")):
            edit_sheet(path, "</sheetData>", f'<row r="3">{cells}</row></sheetData>')
            found = open_extract(path, TABLES, scratch=tmp_path / "s").broken.get("contacts", ())
            assert [problem.code for problem in found] == ([code] if code else [])
            edit_sheet(path, f'<row r="3">{cells}</row>', "")

    def test_a_long_number_format_does_not_take_for_ever(self, tmp_path: Path) -> None:
        rows: Rows = [HEADERS, ("C1", "P1", "2019-02-05", Formatted(7, "[" * 300_000))]
        file = only_file(
            open_extract(write_workbook(tmp_path / "x.xlsx", {"List 1": rows}), TABLES, scratch=tmp_path / "s")
        )
        assert read_with_duckdb(file) == [("C1", "P1", "2019-02-05", "7")]

    @pytest.mark.parametrize("more", ["<x/>".join([" " * 400_000] * 2), "<c " * 250_000], ids=["spaces", "open"])
    def test_a_small_one_does_not_take_for_ever(self, tmp_path: Path, more: str) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT]})
        edit_sheet(path, "</sheetData>", f'<row r="9"><c r="A9"><f>1+1</f>{more}</c></row></sheetData>')
        extract = open_extract(path, TABLES, scratch=tmp_path / "s")
        assert [problem.code for problem in extract.broken["contacts"]] == [
            "not-calculated" if more.startswith(" ") else "broken-workbook"
        ]


class TestFormulas:
    def workbook(self, tmp_path: Path, formula: str, *, calculate: str = "") -> Path:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, ("C1", "P1", "2019-02-05", 7), CONTACT]})
        edit_sheet(path, '<c r="D2" t="n"><v>7</v></c>', formula)
        parts = parts_of(path)
        book, flag = parts["xl/workbook.xml"], b'fullCalcOnLoad="1"'
        assert flag in book
        write_parts(path, {**parts, "xl/workbook.xml": book.replace(flag, calculate.encode())})
        return path

    @pytest.mark.parametrize("value", ["", "<v/>", "<v></v>", "<v />"])
    def test_one_that_was_never_calculated_is_an_error_and_not_a_blank(self, tmp_path: Path, value: str) -> None:
        path = self.workbook(tmp_path, f'<c r="D2"><f>A2&amp;"x"</f>{value}</c>')
        extract = open_extract(path, TABLES, scratch=tmp_path / "s")
        assert [problem.code for problem in extract.broken["contacts"]] == ["not-calculated"]

    @pytest.mark.parametrize("calculate", ['fullCalcOnLoad="1"', 'fullCalcOnLoad="true"'])
    def test_formulas_that_all_hold_nought_and_wait_for_excel_were_never_calculated(
        self, tmp_path: Path, calculate: str
    ) -> None:
        """Programs that do not calculate, such as XlsxWriter, may store 0 with every formula."""
        path = self.workbook(tmp_path, '<c r="D2"><f>3+4</f><v>0</v></c>', calculate=calculate)
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
    @pytest.mark.parametrize("calculate", ["", 'fullCalcOnLoad="1"'])
    def test_one_that_was_has_its_value(self, tmp_path: Path, cell: str, text: str | None, calculate: str) -> None:
        path = self.workbook(tmp_path, cell, calculate=calculate)
        file = only_file(open_extract(path, TABLES, scratch=tmp_path / "s"))
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

    @pytest.mark.parametrize(("part", "ending"), [("content.xml", ".ods"), ("xl/workbook.bin", ".xlsb")])
    def test_another_format_with_a_new_name_is_named(self, tmp_path: Path, part: str, ending: str) -> None:
        write_parts(tmp_path / "x.xlsx", {part: b"x"})
        with pytest.raises(ExtractError, match=rf"this is an \{ending} workbook with a new name.*\[other-workbook\]"):
            open_extract(tmp_path / "x.xlsx", TABLES, scratch=tmp_path / "s")

    def test_what_the_system_refuses_is_no_damage(self, tmp_path: Path) -> None:
        """Here the temporary folder is a file; a full disk is the usual case."""
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT]})
        (tmp_path / "s").write_text("")
        (problem,) = open_extract(path, TABLES, scratch=tmp_path / "s").broken["contacts"]
        assert (problem.message, problem.code) == ("the file cannot be read: File exists", "unreadable-file")

    @pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.99])
    def test_one_that_is_cut_off(self, tmp_path: Path, kept: float) -> None:
        path = write_workbook(tmp_path / "x.xlsx", {"List 1": [HEADERS, CONTACT]})
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * kept)])
        with pytest.raises(ExtractError, match=r"\[broken-workbook\]"):
            open_extract(path, TABLES, scratch=tmp_path / "s")
