"""Read the parts of an Excel workbook that hold cells: its sheets, their rows, texts and number formats.

Nothing else in a workbook is parsed. Programs write colours, filters, charts and names that strict readers refuse, and
none of it changes a cell.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache, partial
from posixpath import basename, dirname, join, normpath
from typing import IO, NamedTuple
from xml.etree.ElementTree import Element, iterparse, parse
from zipfile import ZipFile

from sgkpi.extracts.extract import FileFault

_MOST_BYTES = 1 << 30  # that a workbook may unpack to; a sheet of a million rows and ten columns takes half of it
# Cells of a sheet. One with a value takes at least 15 bytes, and one with a place and a format 24 in a large sheet; so
# only a sheet of empty cells, which no program writes for people, can pass these. It would take minutes to read.
_MOST_CELLS, _MOST_EMPTY, _FEWEST_BYTES = 50_000_000, 10_000_000, 15
_MOST_COLUMNS = 16_384
_BLOCK = 1 << 16
_NOT_CALCULATED = "formulas in this sheet were never calculated; open the workbook in Excel, save it, and try again"
_STRICT = (
    "this workbook is in the format Strict Open XML, which cannot be read; open it in Excel and save it as an Excel "
    "workbook (.xlsx)"
)
_OTHER_PARTS = {"content.xml": ".ods", "xl/workbook.bin": ".xlsb"}
_STRICT_NAMES = "{http://purl.oclc.org/ooxml/"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CELL, _VALUE, _FORMULA = f"{_MAIN}c", f"{_MAIN}v", f"{_MAIN}f"
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SINCE_1900, _SINCE_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_TRUTHS = {"1": "true", "true": "true", "0": "false", "false": "false"}
# Built-in formats that show a date or a time, as far as it matters which; all others show a number.
_DATE_FORMATS = {**dict.fromkeys(range(14, 18), "d/m/y"), **dict.fromkeys(range(18, 22), "h:mm"), 22: "d/m/y h:mm"}
_DATE_FORMATS |= {45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss"}
_DATE_FORMATS |= dict.fromkeys((*range(27, 37), *range(50, 59), *range(71, 82)), "d/m/y")  # East Asian and Thai


class SheetCell(NamedTuple):
    """A cell by its place in the sheet, counted from 1: its text, or its number with a number format."""

    row: int
    column: int
    value: str | int | float
    number_format: str = ""
    is_error: bool = False


class WorkbookParts:
    """The parts of an opened workbook; `sheets` are the parts of its worksheets by title, in order."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Open a workbook. Raises FileFault for a large one or another format, and anything for a broken one."""
        self._archive = ZipFile(stream)
        unpacked = sum(part.file_size for part in self._archive.infolist())
        if unpacked > _MOST_BYTES:
            message = f"the workbook unpacks to {unpacked / 2**30:.1f} GB; 1 GB is the most that is read"
            raise FileFault(f"{message}; save its sheets as CSV", "large-workbook")
        # Names of parts are compared without case, and some programs write them with backslashes.
        self._names = {_plain(name): name for name in self._archive.namelist()}
        other = next((ending for part, ending in _OTHER_PARTS.items() if part in self._names), None)
        if other is not None:
            message = f"this is an {other} workbook with a new name; save it as an Excel workbook (.xlsx)"
            raise FileFault(message, "other-workbook")
        book = next(part for kind, part in self._related("").values() if kind == "officeDocument")
        root = self._tree(book)
        if root.tag.startswith(_STRICT_NAMES):
            raise FileFault(_STRICT, "strict-workbook")
        related = self._related(book)
        sheets = (
            (sheet.get("name", ""), related.get(sheet.get(_RELATION_ID, ""), ("worksheet", "")))
            for sheet in root.iter(f"{_MAIN}sheet")
        )
        # A chart has a sheet of its own, which has no rows. A worksheet without a part is broken, not absent.
        worksheets = [(title, part) for title, (kind, part) in sheets if kind == "worksheet"]
        self.sheets = dict(worksheets)
        if len(self.sheets) < len(worksheets):
            raise ValueError("two sheets have the same name")
        properties = root.find(f"{_MAIN}workbookPr")
        is_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self.epoch = _SINCE_1904 if is_1904 else _SINCE_1900
        # Programs that do not calculate may store 0 with each formula, and ask for its value on opening.
        calculation = root.find(f"{_MAIN}calcPr")
        self._asks_to_calculate = calculation is not None and calculation.get("fullCalcOnLoad") in ("1", "true")
        parts = dict(related.values())
        strings = parts.get("sharedStrings")
        self._texts = [_text_of(each) for each in self._elements(strings, "si")] if strings else []
        self._formats = self._number_formats(parts.get("styles"))

    def close(self) -> None:
        """Close the archive; its stream stays open."""
        self._archive.close()

    def rows(self, title: str, merged: list[str]) -> Iterator[tuple[int, list[SheetCell]]]:
        """Yield the number and cells of each row of a sheet, as written; at the end `merged` has its merged ranges.

        Raises FileFault for a formula that was never calculated, which would read as blank or nought, and anything
        for a broken sheet.
        """
        self._check_size(title)
        number, are_zero = 0, set[bool]()
        for element in self._elements(self.sheets[title], "row", "mergeCell"):
            if element.tag == f"{_MAIN}mergeCell":
                merged.append(element.get("ref", ""))
                continue
            if self._asks_to_calculate:
                formulas = (cell for cell in element.iter(_CELL) if cell.find(_FORMULA) is not None)
                are_zero |= {(cell.findtext(_VALUE) or "").strip() == "0" for cell in formulas}
            number = _whole(element.get("r", str(number + 1)))
            yield number, list(self._cells(element, number))
        if are_zero == {True}:
            raise FileFault(_NOT_CALCULATED, "not-calculated")

    def _check_size(self, title: str) -> None:
        """Raise FileFault for a sheet of more cells than can be read soon, which are nearly all empty."""
        size = self._archive.getinfo(self._names[_plain(self.sheets[title])]).file_size
        if size < len("<c/>") * _MOST_EMPTY:
            return
        with self._open(self.sheets[title]) as source:
            cells = sum(block.count(b"<c") for block in iter(partial(source.read, _BLOCK), b""))
        if cells > (_MOST_CELLS if size >= cells * _FEWEST_BYTES else _MOST_EMPTY):
            message = f"the sheet has about {round(cells / 1_000_000)} million cells, nearly all of them empty"
            raise FileFault(f"{message}; delete its empty rows and columns, or save it as CSV", "large-workbook")

    def _cells(self, row: Element, number: int) -> Iterator[SheetCell]:
        """Yield the cells of a row, without those that have neither a value nor a type: they only carry a format."""
        column = 0
        for cell in row.iter(_CELL):
            reference = cell.get("r")
            place, column = (number, column + 1) if reference is None else parse_reference(reference)
            if column > _MOST_COLUMNS:
                raise ValueError("a column beyond the last")
            if len(cell) or "t" in cell.keys():  # noqa: SIM118 - an element is no mapping
                yield self._cell(cell, place, column)

    def _cell(self, cell: Element, row: int, column: int) -> SheetCell:
        kind, text = cell.get("t", "n"), cell.findtext(_VALUE) or ""
        if kind == "n":
            text = text.strip()
        # A formula whose result is empty text has a type, `t="str"`.
        if kind == "n" and not text and cell.find(_FORMULA) is not None:
            raise FileFault(_NOT_CALCULATED, "not-calculated")
        if kind == "n":
            if not text:
                return SheetCell(row, column, "")
            number = float(text) if "." in text or "e" in text or "E" in text else int(text)
            return SheetCell(row, column, number, _item(self._formats, cell.get("s", "0")))
        if kind == "inlineStr":
            inline = cell.find(f"{_MAIN}is")
            return SheetCell(row, column, "" if inline is None else _text_of(inline))
        if kind == "s" and text:
            return SheetCell(row, column, _item(self._texts, text))
        if kind == "b" and text:
            return SheetCell(row, column, _TRUTHS[text.strip()])
        return SheetCell(row, column, _unescape(text), is_error=kind == "e")

    def _number_formats(self, part: str | None) -> list[str]:
        """Return the number format of each style of cells."""
        if part is None:
            return [""]
        root = self._tree(part)
        formats = root.iterfind(f"{_MAIN}numFmts/{_MAIN}numFmt")
        own = {_whole(each.get("numFmtId", "")): each.get("formatCode", "") for each in formats}
        numbers = [_whole(style.get("numFmtId", "0")) for style in root.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf")]
        return [own.get(number, _DATE_FORMATS.get(number, "")) for number in numbers] or [""]

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the parts that a part refers to, by their ids: the last word of their type, and their name."""
        relations = self._tree(join(dirname(part), "_rels", f"{basename(part)}.rels"))
        return {
            each.get("Id", ""): (
                each.get("Type", "").rpartition("/")[2],
                normpath(join("/", dirname(part), each.get("Target", "").replace("\\", "/"))),
            )
            for each in relations
            if each.get("TargetMode") != "External"
        }

    # Expat bounds what entities expand to, and the whole of a workbook is bounded above.
    def _elements(self, part: str, *tags: str) -> Iterator[Element]:
        """Yield the elements of a part with one of these tags; each is emptied before the next."""
        wanted = {f"{_MAIN}{tag}" for tag in tags}
        with self._open(part) as source:
            for _, element in iterparse(source):  # noqa: S314
                if element.tag in wanted:
                    yield element
                    element.clear()

    def _tree(self, part: str) -> Element:
        with self._open(part) as source:
            return parse(source).getroot()  # noqa: S314

    def _open(self, part: str) -> IO[bytes]:
        return self._archive.open(self._names[_plain(part)])


def parse_reference(text: str) -> tuple[int, int]:
    """Return row and column, counted from 1, of a reference such as `B3`; raise ValueError for anything else."""
    letters = text.rstrip("0123456789")
    return int(text[len(letters) :]), _column_number(letters)


@cache
def _column_number(letters: str) -> int:
    if not 0 < len(letters) < 4 or not letters.isascii() or not letters.isalpha():
        raise ValueError("no reference of a cell")
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _item(items: list[str], place: str) -> str:
    """Return the item at a place counted from 0; raise ValueError or IndexError if there is none."""
    number = int(place)
    if number < 0:
        raise IndexError("a place before the first")
    return items[number]


def _text_of(element: Element) -> str:
    """Return the text of a shared or inline string: of its runs if it has several, and not how it is pronounced."""
    runs = (element, *element.iterfind(f"{_MAIN}r"))
    return _unescape("".join(text.text or "" for run in runs for text in run.iterfind(f"{_MAIN}t")))


def _unescape(text: str) -> str:
    """Return text with its escapes decoded: XML has no carriage return, which is written as `_x000D_`."""
    return _ESCAPE.sub(_decode, text) if "_x" in text else text


def _decode(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    if "\ud800" <= character <= "\udfff":
        return escape[0]
    return "" if character == "\0" else character


def _whole(text: str) -> int:
    """Return a whole number, which some programs write as `3.0`."""
    number = float(text)
    if not number.is_integer():
        raise ValueError("no whole number")
    return int(number)


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()
