"""Read Excel workbooks: each sheet is written to a temporary CSV file, with the same row numbers.

Cells of a workbook have types; all that follows reads text. A number in General format stays a number, though
Excel also stores dates that way, because a date looks like any other number.
"""

import csv
import errno
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from sgkpi.extracts.cells import plain_number
from sgkpi.extracts.extract import FileFault, FileFormat, SourceFile
from sgkpi.extracts.headers import HEAD_ROWS, above_header, find_header
from sgkpi.extracts.workbook_parts import SheetCell, WorkbookParts, parse_reference
from sgkpi.model.folding import WHITESPACE, fold_header
from sgkpi.model.problems import Problem, warning

_ROWS_SHOWN = 5
_MOST_ROWS = 1_048_576  # of a sheet; a broken one may name a row far beyond
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_PROTECTED = (
    "the workbook has a password, or is an old workbook (.xls) with a new name; open it in Excel and save it "
    "as an Excel workbook (.xlsx) without a password"
)
_BROKEN = "this Excel workbook is damaged or cut off; open it in Excel and save it again"
_LEADING_ZEROS = re.compile("0{2,}")
_LINE_END = re.compile("\r\n?")
# The parts of a number format that are not format characters: literals, escapes, fillers, colours and conditions.
_LITERALS = re.compile(r'"[^"]*"|[\\_*].|\[(?![hms]+\])[^\[\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
# Years, months, …, AM/PM, the eras of other calendars, and the T and Z of ISO 8601; letters beyond ASCII are literals.
_DATE_LETTERS = frozenset("ymdhsapegbtz")
_LETTER = re.compile("[a-z]")
_NO_DAY = 60  # Excel counts a 29 February 1900, which never was
_NO_DATE = "########"  # what Excel shows for a number before or after all dates
_DAY_SECONDS = 24 * 60 * 60


@dataclass
class _Errors:
    """The cells with an Excel error, counted while a sheet is read."""

    count: int = 0
    kinds: set[str] = field(default_factory=set)
    rows: list[int] = field(default_factory=list)

    def add(self, row: int, kind: str) -> None:
        self.count += 1
        self.kinds.add(kind)
        if len(self.rows) < _ROWS_SHOWN and row not in self.rows:
            self.rows.append(row)

    def warnings(self, name: str) -> Iterator[Problem]:
        if self.count:
            cells = "1 cell has" if self.count == 1 else f"{self.count:,} cells have"
            kinds = ", ".join(sorted(self.kinds))
            rows = f"row {self.rows[0]}" if self.count == 1 else f"first rows {', '.join(map(str, self.rows))}"
            message = f"{cells} an Excel error instead of a value: {kinds} ({rows})"
            yield warning(name, f"{message}; correct the formulas and export again", "formula-error")


class Workbook:
    """A workbook that is read sheet by sheet; close it after use."""

    def __init__(self, path: Path) -> None:
        """Open a workbook; raise FileFault if the file cannot be read as one."""
        self._stream = _open_stream(path)
        try:
            with _broken_as_fault():
                self._parts = WorkbookParts(self._stream)
                if not self._parts.sheets:
                    raise FileFault("the workbook has no worksheets", "broken-workbook")
        except FileFault:
            self._stream.close()
            raise

    @property
    def titles(self) -> tuple[str, ...]:
        """The names of its sheets, in order."""
        return tuple(self._parts.sheets)

    def close(self) -> None:
        """Close the file."""
        with suppress(OSError):
            self._parts.close()
        self._stream.close()

    def look_at_sheet(
        self, title: str, name: str, known: frozenset[str], rewritten: Path
    ) -> tuple[SourceFile, list[Problem]]:
        """Write a sheet as CSV to `rewritten`; return the file, with its columns not matched yet, and warnings.

        `name` is for people; `known` are the folded headers of all tables, by which the header is found below a title.
        Row numbers are those of the sheet. Raises FileFault.
        """
        errors = _Errors()
        merged: list[str] = []
        with _broken_as_fault():
            headers, above, rows = self._write(self._rows(title, merged), known, rewritten, errors)
            ranges = _merged_ranges(merged, len(above) + 1, len(headers))
        problems = [*above_header(name, above), *errors.warnings(name)]
        if ranges:
            shown = ", ".join(ranges[:_ROWS_SHOWN]) + (
                f" and {len(ranges) - _ROWS_SHOWN:,} more" if len(ranges) > _ROWS_SHOWN else ""
            )
            message = (
                f"merged cells have their value in the first cell alone: {shown}; unmerge them and fill the others"
            )
            problems.append(warning(name, message, "merged-cells"))
        if not rows:
            problems.append(warning(name, "the sheet has a header and no rows", "no-rows"))
        file = SourceFile(rewritten, name, FileFormat.CSV, headers=headers, columns={}, skip=len(above))
        return file, problems

    def _write(
        self, cells: Iterator[list[tuple[str, bool]]], known: frozenset[str], rewritten: Path, errors: _Errors
    ) -> tuple[tuple[str, ...], list[list[str]], int]:
        """Write a sheet; return its header, the rows above it and the number of rows below it."""
        first = list(islice(cells, HEAD_ROWS))
        head = [[text for text, _ in row] for row in first]
        place = find_header(head, known)
        if place is None:
            raise FileFault("the sheet is empty; it should have a header and rows", "empty-file")
        # Blank headers at the end have no column.
        width = 1 + max(column for column, header in enumerate(head[place]) if header.strip(WHITESPACE))
        headers = tuple(head[place][:width])
        watched = frozenset(column for column, header in enumerate(headers) if fold_header(header) in known)
        below = chain(first[place + 1 :], cells)
        texts = _texts(below, len(headers), watched, errors, first_row=place + 2)
        rewritten.parent.mkdir(parents=True, exist_ok=True)
        with rewritten.open("w", encoding="utf-8", newline="") as stream:
            # A line for each row above, not an empty one, as readers would skip it.
            stream.write('""\n' * place)
            rows = _write_rows(csv.writer(stream, lineterminator="\n"), headers, texts)
        return headers, head[:place], rows

    def _rows(self, title: str, merged: list[str]) -> Iterator[list[tuple[str, bool]]]:
        """Yield the cells of every row, blank rows too: their text, and whether each is an error of Excel's.

        The size that the sheet declares is not believed. At the end `merged` has the ranges of merged cells.
        """
        last = 0
        for number, cells in self._parts.rows(title, merged):
            columns = [cell.column for cell in cells]
            if number <= last or len(set(columns)) < len(columns) or any(cell.row != number for cell in cells):
                message = f"row {number} is out of order or there twice; open the workbook in Excel and save it again"
                raise FileFault(message, "rows-out-of-order")
            if number > _MOST_ROWS:
                raise ValueError("a row beyond the last")
            for _ in range(last + 1, number):
                yield []
            last, row = number, [("", False)] * max(columns, default=0)
            for cell in cells:
                row[cell.column - 1] = self._cell(cell)
            yield row

    def _cell(self, cell: SheetCell) -> tuple[str, bool]:
        """Return the text of a cell, empty for an empty one, and whether it is an error."""
        if isinstance(cell.value, str):
            return _LINE_END.sub("\n", cell.value), cell.is_error
        text = _number_text(cell.value, cell.number_format, self._parts.epoch)
        return text, text == _NO_DATE


def _merged_ranges(ranges: Iterable[str], header: int, width: int) -> list[str]:
    """Return the ranges below the header that take more than one cell of its columns."""
    found = []
    for text in ranges:
        first, _, last = text.partition(":")
        (top, left), (bottom, right) = parse_reference(first), parse_reference(last or first)
        if top > header and left <= width and (bottom > top or min(right, width) > left):
            found.append(text)
    return found


def _open_stream(path: Path) -> IO[bytes]:
    try:
        stream = path.open("rb")
        magic = stream.read(4)
    except OSError as error:
        raise FileFault(f"the file cannot be read: {error.strerror or error}", "unreadable-file") from error
    if magic == _ZIP:
        stream.seek(0)
        return stream
    stream.close()
    if not magic:
        raise FileFault("the file is empty; export it again", "empty-file")
    if magic == _OLE:
        raise FileFault(_PROTECTED, "protected-workbook")
    advice = "rename it to match its format, or export it again"
    raise FileFault(f"this is not an Excel workbook; {advice}", "no-workbook")


@contextmanager
def _broken_as_fault() -> Iterator[None]:
    """Turn whatever a broken workbook raises into FileFault, and what the system refuses, such as room on the disk."""
    try:
        yield
    except FileFault:
        raise
    except Exception as error:
        # A damaged archive may point to a place before its beginning, which is an invalid argument.
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise FileFault(f"the file cannot be read: {error.strerror}", "unreadable-file") from error
        raise FileFault(_BROKEN, "broken-workbook") from error


def _texts(
    rows: Iterable[Sequence[tuple[str, bool]]], width: int, watched: frozenset[int], errors: _Errors, *, first_row: int
) -> Iterator[list[str]]:
    """Yield the rows below the header as text, cut or filled to its width; count errors in watched columns."""
    for number, row in enumerate(rows, start=first_row):
        texts = [""] * width
        for column, (text, is_error) in enumerate(row[:width]):
            texts[column] = text
            if is_error and column in watched:
                errors.add(number, text)
        yield texts


def _write_rows(writer: Any, headers: Sequence[str], rows: Iterable[list[str]]) -> int:  # noqa: ANN401 - it has no name
    """Write header and rows, without blank rows at the end; return the number of rows that are not blank."""
    writer.writerow(headers)
    blank = [""] * len(headers)
    filled = waiting = 0
    for row in rows:
        if not any(text.strip(WHITESPACE) for text in row):
            waiting += 1
            continue
        writer.writerows([blank] * waiting)
        writer.writerow(row)
        filled, waiting = filled + 1, 0
    return filled


def _number_text(number: int | float, number_format: str, epoch: datetime) -> str:
    """Return a number as its format shows it: as a date, a moment, a time, with leading zeros, or as it is."""
    kind = _kind_of(number_format)
    if kind is _Shown.NUMBER:
        text = plain_number(number) if isinstance(number, float) else str(number)
        # An identifier 12 in the format 0000 is shown as 0012.
        has_zeros = _LEADING_ZEROS.fullmatch(number_format) and "." not in text
        return text.zfill(len(number_format)) if has_zeros else text
    last = (date.max - epoch.date()).days
    if not 0 <= number < last + 1:
        return _NO_DATE
    if kind is _Shown.ELAPSED:
        minutes, seconds = divmod(round(number * _DAY_SECONDS), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return _moment_text(number, kind, epoch, last)


class _Shown(Enum):
    """The kinds of number format, as far as they matter."""

    NUMBER = auto()
    DATE = auto()
    MOMENT = auto()
    ELAPSED = auto()


@cache
def _kind_of(number_format: str) -> _Shown:
    """Return what the first section of a format that shows a date or a time shows; a number if none does.

    A section may be for some numbers alone, such as `[=0]"";dd/mm/yyyy`.
    """
    kinds = map(_kind_of_section, _LITERALS.sub("", number_format).casefold().split(";"))
    return next((kind for kind in kinds if kind is not _Shown.NUMBER), _Shown.NUMBER)


def _kind_of_section(characters: str) -> _Shown:
    """Return what a section shows; words such as Standard, the name of General in German, are no date format."""
    letters = set(_LETTER.findall(characters))
    if not letters & set("ymdhs") or letters - _DATE_LETTERS:
        return _Shown.NUMBER
    if _ELAPSED.search(characters):
        return _Shown.ELAPSED
    return _Shown.MOMENT if letters & set("hs") else _Shown.DATE


def _moment_text(serial: int | float, kind: _Shown, epoch: datetime, last: int) -> str:
    """Return the text of a serial number: a date alone where the cell shows no time and it is midnight."""
    day, fraction = divmod(serial, 1)
    milliseconds = round(fraction * _DAY_SECONDS * 1000)
    if day in (0, last):  # a time alone has no next day, and the last day has none
        milliseconds = min(milliseconds, _DAY_SECONDS * 1000 - 1)
    moment = epoch + timedelta(days=day, milliseconds=milliseconds)
    if day == 0:
        return moment.time().isoformat()
    if epoch.year == 1899:
        if day == _NO_DAY:
            return str(_NO_DAY)
        moment += timedelta(days=1) if day < _NO_DAY else timedelta()
    midnight = moment.time() == time()
    return moment.date().isoformat() if midnight and kind is _Shown.DATE else moment.isoformat(sep=" ")
