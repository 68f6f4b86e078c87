"""Find quotation marks that swallow rows, because a closing or opening mark is missing.

A CSV reader takes everything between two quotation marks as one cell, including line ends, and loses rows
without an error. The pass over a file's bytes counts marks and delimiters; only if the counts are suspicious is
the file read again as CSV.
"""

import csv
import gzip
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sgkpi.extracts.faults import FileFault
from sgkpi.model.problems import Problem, Severity

if TYPE_CHECKING:
    from _csv import Reader

_QUOTE = b'"'
# A chunk with more marks is from a file that quotes its cells; a missing mark there changes the length of rows.
_SPARSE = 2_000
_KEPT = 1 << 16
_SHOWN = 5
_NO_LIMIT = 2**31 - 1
_END = "\x1d end of file"


@dataclass(frozen=True)
class Quotes:
    """Counts of quotation marks: whether there are any (`seen`) and whether their number is odd.

    `within` is, for each delimiter, its largest number between two marks with a line end between them.
    """

    odd: bool = False
    seen: bool = False
    within: tuple[tuple[str, int], ...] = ()

    def may_swallow(self, delimiter: str, columns: int) -> bool:
        """Whether a cell may contain rows of a file with this number of columns."""
        return columns > 1 and dict(self.within).get(delimiter, 0) >= columns - 1


class QuoteWatch:
    """Counts quotation marks in a file, chunk by chunk."""

    def __init__(self, delimiters: tuple[str, ...] = (",", ";", "\t")) -> None:
        self._within = dict.fromkeys(delimiters, 0)
        self._inside = False
        self._seen = False
        self._opened = b""

    def see(self, chunk: bytes | bytearray) -> None:
        """Count the marks in the next part of the file."""
        if _QUOTE not in chunk and not self._inside:  # much faster than counting
            return
        self._seen = True
        count = chunk.count(_QUOTE)
        if count > _SPARSE:
            self._inside ^= bool(count % 2)
            self._opened = b""
            return
        parts = (self._opened + chunk).split(_QUOTE)
        for place, part in enumerate(parts):
            if (place % 2 == 1) != self._inside:
                self._look_within(part)
        self._inside ^= bool(count % 2)
        self._opened = parts[-1][-_KEPT:] if self._inside else b""

    @property
    def found(self) -> Quotes:
        return Quotes(self._inside, self._seen, tuple(self._within.items()))

    def _look_within(self, part: bytes | bytearray) -> None:
        if b"\n" in part:
            for delimiter, most in self._within.items():
                self._within[delimiter] = max(most, part.count(delimiter.encode()))


def check_quotes(
    path: Path, name: str, quotes: Quotes, delimiter: str, columns: int, *, compressed: bool
) -> Iterator[Problem]:
    """Return a warning for cells that contain what looks like rows; raise FileFault for an unclosed mark."""
    if not quotes.odd and not quotes.may_swallow(delimiter, columns):
        return
    rows: list[int] = []
    for number, record in _records(path, delimiter, compressed=compressed):
        if any(_holds_rows(cell, delimiter, columns) for cell in record if "\n" in cell):
            rows.append(number)
    if rows:
        shown = ", ".join(map(str, rows[:_SHOWN])) + (f" and {len(rows) - _SHOWN:,} more" if len(rows) > _SHOWN else "")
        which = f"row {shown}: a cell contains" if len(rows) == 1 else f"rows {shown}: cells contain"
        message = f'{which} lines that look like rows; is a quotation mark (") missing there?'
        yield Problem(name, message, "swallowed-rows", severity=Severity.WARNING)


def read_records(lines: Iterable[str], delimiter: str) -> "Reader":
    """Return a CSV reader that, like all our readers, ignores space before a quotation mark."""
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True)


def is_misquoted(record: str, delimiter: str) -> bool:
    """Whether text other than space follows a closing quotation mark, as in `"North"side`; readers differ about it."""
    without_space = re.sub(rf'" +(?={re.escape(delimiter)}|[\r\n]|$)', '"', record)
    try:
        list(csv.reader([without_space], delimiter=delimiter, skipinitialspace=True, strict=True))
    except csv.Error as error:
        return "expected after" in str(error)
    return False


def _holds_rows(cell: str, delimiter: str, columns: int) -> bool:
    """Whether a cell is the end of one row and the beginning of another, with only whole rows between them."""
    first, *whole, last = (line.count(delimiter) for line in cell.split("\n"))
    return first + last == columns - 1 and all(count == columns - 1 for count in whole)


def _records(path: Path, delimiter: str, *, compressed: bool) -> Iterator[tuple[int, list[str]]]:
    """The records of a file, numbered as in a spreadsheet; raise FileFault if the last has an open quotation mark."""
    opener = gzip.open if compressed else open
    limit = csv.field_size_limit(_NO_LIMIT)
    number, last = 0, list[str]()
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as stream:
            for number, last in enumerate(read_records(_with_end(stream), delimiter), start=1):
                yield number, last
    finally:
        csv.field_size_limit(limit)
    if last != [_END]:
        message = f'a quotation mark (") in row {number} is never closed, so that all below it would be one cell'
        raise FileFault(f"{message}; close it, or take it out", "open-quote")


def _with_end(lines: Iterable[str]) -> Iterator[str]:
    """The lines and a last one, which is a record of its own unless a cell before it is still open."""
    for line in lines:
        yield line if line.endswith("\n") else line + "\n"
    yield _END
