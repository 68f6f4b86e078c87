"""Read Excel workbooks: each sheet is written to a temporary CSV file, with the same row numbers.

Cells of a workbook have types; all that follows reads text. A number in General format stays a number, though
Excel also stores dates that way, because a date cannot be told from a count.
"""

import csv
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sgkpi.extracts.cells import WHITESPACE, fold_name
from sgkpi.extracts.extract import FileFault, FileFormat, SourceFile
from sgkpi.extracts.headers import HEAD_ROWS, above_header, find_header
from sgkpi.model.problems import Problem, warning

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_ROWS_SHOWN = 5
_MOST_ROWS = 1_048_576  # of a sheet; a broken one may name a row far beyond
_CHUNK = 1 << 20
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_PROTECTED = (
    "the workbook has a password, or is an old workbook (.xls) with a new name; open it in Excel and save it "
    "as an Excel workbook (.xlsx) without a password"
)
_NOT_CALCULATED = "formulas in this sheet have no stored values; open the workbook in Excel, save it, and try again"
# A formula without a stored result. One whose result is empty text has a type, `t="str"`.
_UNCALCULATED = re.compile(
    rb"<c\b(?![^>]*\st=)[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
_LEADING_ZEROS = re.compile("0{2,}")
_LINE_END = re.compile("\r\n?")
# The parts of a number format that are not format characters: literals, escapes, colours and conditions.
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)


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
            with _no_faults_of_the_library():
                from openpyxl import load_workbook

                self._book = load_workbook(self._stream, read_only=True, data_only=True, keep_links=False)
                sheets: list[ReadOnlyWorksheet] = self._book.worksheets  # type: ignore[assignment]
                if not sheets:
                    raise FileFault("the workbook has no worksheets", "broken-workbook")
                self._sheets = {each.title: each for each in sheets}
        except FileFault:
            self._stream.close()
            raise

    @property
    def titles(self) -> tuple[str, ...]:
        """The names of its sheets, in order."""
        return tuple(self._sheets)

    def close(self) -> None:
        """Close the file."""
        with suppress(OSError):
            self._book.close()
        self._stream.close()

    def look_at_sheet(
        self, title: str, name: str, known: frozenset[str], rewritten: Path
    ) -> tuple[SourceFile, list[Problem]]:
        """Write a sheet as CSV to `rewritten`; return the file, with its columns not matched yet, and warnings.

        `name` is for people; `known` are the folded headers of all tables, by which the header is found below a title.
        Row numbers are those of the sheet. Raises FileFault.
        """
        sheet = self._sheets[title]
        errors = _Errors()
        with _no_faults_of_the_library():
            self._check_calculated(sheet)
            headers, above, rows = self._write(sheet, known, rewritten, errors)
        problems = [*above_header(name, above), *errors.warnings(name)]
        if not rows:
            problems.append(warning(name, "the sheet has a header and no rows", "no-rows"))
        file = SourceFile(rewritten, name, FileFormat.CSV, headers=headers, columns={}, skip=len(above))
        return file, problems

    def _write(
        self, sheet: "ReadOnlyWorksheet", known: frozenset[str], rewritten: Path, errors: _Errors
    ) -> tuple[tuple[str, ...], list[list[str]], int]:
        """Write a sheet; return its header, the rows above it and the number of rows below it."""
        cells = _rows(sheet)
        first = list(islice(cells, HEAD_ROWS))
        head = [[_cell_text(cell) for cell in row] for row in first]
        place = find_header(head, known)
        if place is None:
            raise FileFault("the sheet is empty; it should have a header and rows", "empty-file")
        # Blank headers at the end have no column.
        width = 1 + max(column for column, header in enumerate(head[place]) if header.strip(WHITESPACE))
        headers = tuple(head[place][:width])
        watched = frozenset(column for column, header in enumerate(headers) if fold_name(header) in known)
        below = chain(first[place + 1 :], cells)
        texts = _texts(below, len(headers), watched, errors, first_row=place + 2)
        rewritten.parent.mkdir(parents=True, exist_ok=True)
        with rewritten.open("w", encoding="utf-8", newline="") as stream:
            # A line for each row above, not an empty one, as readers would skip it.
            stream.write('""\n' * place)
            rows = _write_rows(csv.writer(stream, lineterminator="\n"), headers, texts)
        return headers, head[:place], rows

    def _check_calculated(self, sheet: Any) -> None:  # noqa: ANN401 - a private method is not in its types
        """Raise FileFault if formulas have no stored value: they would read as blank."""
        with sheet._get_source() as source:  # noqa: SLF001 - the only way to the sheet's XML
            rest = b""
            while chunk := source.read(_CHUNK):
                rows, end, rest = (rest + chunk).rpartition(b"</row>")
                if b"<f" in rows and _UNCALCULATED.search(rows + end):
                    raise FileFault(_NOT_CALCULATED, "not-calculated")


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
def _no_faults_of_the_library() -> Iterator[None]:
    """Turn the library's errors on a broken workbook into FileFault, and ignore its warnings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except FileFault:
        raise
    except Exception as error:  # a broken workbook may raise anything
        message = "this Excel workbook is damaged or cut off; open it in Excel and save it again"
        raise FileFault(message, "broken-workbook") from error


def _rows(sheet: "ReadOnlyWorksheet") -> Iterator[tuple[Any, ...]]:
    """Yield every row of a sheet; the size that the sheet declares is ignored, as it may be wrong."""
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.rows, start=1):
        if number > _MOST_ROWS:
            raise ValueError("a row beyond the last")
        yield row


def _texts(
    rows: Iterable[Sequence[Any]], width: int, watched: frozenset[int], errors: _Errors, *, first_row: int
) -> Iterator[list[str]]:
    """Yield the rows below the header as text, cut or filled to its width; count errors in watched columns."""
    for number, row in enumerate(rows, start=first_row):
        texts = [""] * width
        for column, cell in enumerate(row[:width]):
            texts[column] = _cell_text(cell)
            if column in watched and cell.data_type == "e":
                errors.add(number, texts[column])
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


def _cell_text(cell: Any) -> str:  # noqa: ANN401 - the library has several classes of cell
    """Return the text of a cell; empty for an empty cell."""
    match cell.value:
        case None:
            return ""
        case str() as text:
            return _LINE_END.sub("\n", text)
        case bool() as answer:
            return "true" if answer else "false"
        case int() | float() as number:
            return _number_text(number, cell.number_format)
        case datetime() as moment:
            return _moment_text(moment, cell.number_format)
        case date() as day:
            return day.isoformat()
        case other:
            return str(other)


def _number_text(number: int | float, number_format: str) -> str:
    if isinstance(number, float) and not number.is_integer():
        plain = Decimal(repr(number))
        return format(plain, "f") if plain.is_finite() else repr(number)
    text = str(int(number))
    # An identifier 12 in the format 0000 is shown as 0012.
    return text.zfill(len(number_format)) if _LEADING_ZEROS.fullmatch(number_format) else text


def _moment_text(moment: datetime, number_format: str) -> str:
    """Return a date alone if the cell shows no time: a workbook stores a date as midnight."""
    if moment.time() == time() and "h" not in _LITERALS.sub("", number_format).casefold():
        return moment.date().isoformat()
    return moment.isoformat(sep=" ")
