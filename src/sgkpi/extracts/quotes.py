"""Find quotation marks that swallow rows, because a closing or opening mark is missing.

A CSV reader takes everything between two quotation marks as one cell, including line ends, and loses rows
without an error. The pass over a file's bytes counts marks and delimiters; only if the counts are suspicious is
the file read again as CSV.
"""

import csv
import gzip
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from sgkpi.extracts.extract import FileFault
from sgkpi.model.problems import Problem, warning

if TYPE_CHECKING:
    from _csv import Reader

_QUOTE = b'"'
# A chunk with more marks is from a file that quotes its cells; a missing mark there changes the length of rows.
_SPARSE = 2_000
_KEPT = 1 << 16
_SHOWN = 5
_NO_LIMIT = 2**31 - 1
_END = "\x1d end of file"


class QuoteWatch:
    """Counts quotation marks in a file, chunk by chunk.

    `seen` says whether there are any, `odd` whether their number is odd so far. `within` is, for each delimiter, its
    largest number between two marks with a line end between them.
    """

    def __init__(self) -> None:
        self.seen = self.odd = False
        self.within = {",": 0, ";": 0, "\t": 0}
        self._opened = b""

    def may_swallow(self, delimiter: str, columns: int) -> bool:
        """Whether a cell may contain rows of a file with this number of columns."""
        return columns > 1 and self.within[delimiter] >= columns - 1

    def see(self, chunk: bytes | bytearray) -> None:
        """Count the marks in the next part of the file."""
        if _QUOTE not in chunk and not self.odd:  # much faster than counting
            return
        self.seen = True
        count = chunk.count(_QUOTE)
        parts = (self._opened + chunk).split(_QUOTE) if count <= _SPARSE else [b""]
        for part in parts[0 if self.odd else 1 :: 2]:
            if b"\n" in part:
                for delimiter, most in self.within.items():
                    self.within[delimiter] = max(most, part.count(delimiter.encode()))
        self.odd ^= bool(count % 2)
        self._opened = parts[-1][-_KEPT:] if self.odd else b""


def check_quotes(
    path: Path, name: str, quotes: QuoteWatch, delimiter: str, columns: int, *, compressed: bool
) -> Iterator[Problem]:
    """Yield a warning for cells that contain what looks like rows; raise FileFault for an unclosed mark."""
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
        yield warning(name, message, "swallowed-rows")


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
    """Yield the records of a file, numbered as in a spreadsheet; raise FileFault if the last has an open mark."""
    opener = gzip.open if compressed else open
    limit = csv.field_size_limit(_NO_LIMIT)
    number, last = 0, list[str]()
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as stream:
            # The line at the end is a record of its own unless a cell before it is still open.
            lines = chain((line if line.endswith("\n") else line + "\n" for line in stream), [_END])
            for number, last in enumerate(read_records(lines, delimiter), start=1):
                yield number, last
    finally:
        csv.field_size_limit(limit)
    if last != [_END]:
        message = f'a quotation mark (") in row {number} is never closed, so that all below it would be one cell'
        raise FileFault(f"{message}; close it, or take it out", "open-quote")
