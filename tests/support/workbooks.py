"""Workbooks made for tests: sheets of rows, each cell a value, or a value with its number format."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook


class Formatted(NamedTuple):
    """A value and the format in which Excel shows it."""

    value: object
    number_format: str


class Error(NamedTuple):
    """An error of Excel's, as a formula leaves it."""

    text: str


Rows = Sequence[Sequence[object]]


def write_workbook(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """A workbook with these sheets; None is an empty cell."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for place, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                _fill(sheet.cell(place, column), value)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def _fill(cell: Any, value: object) -> None:
    match value:
        case Formatted(inner, number_format):
            cell.value = inner
            cell.number_format = number_format
        case Error(text):
            cell.value = text
            cell.data_type = "e"
        case _:
            cell.value = value


def edit_sheet(path: Path, old: str, new: str) -> None:
    """Replace text in the XML of the first sheet, as another program might have written it."""
    parts = parts_of(path)
    sheet = "xl/worksheets/sheet1.xml"
    assert old.encode() in parts[sheet]
    write_parts(path, {**parts, sheet: parts[sheet].replace(old.encode(), new.encode())})


def parts_of(path: Path) -> dict[str, bytes]:
    """The files that a workbook consists of, by name."""
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_parts(path: Path, parts: Mapping[str, bytes]) -> None:
    """A workbook of these files."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
