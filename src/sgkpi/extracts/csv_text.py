"""The bytes of CSV files: make them clean UTF-8, and find quotation marks that swallow rows.

DuckDB reads UTF-8 only; NUL characters, mixed line ends and zeros behind a gzip file make it fail, or read no rows.
Such files are rewritten to a temporary file.

A CSV reader takes everything between two quotation marks as one cell, including line ends, and loses rows without an
error if a closing or opening mark is missing. The pass over a file's bytes counts marks and delimiters; only if the
counts are suspicious is the file read again as CSV.
"""

import codecs
import csv
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import BufferedIOBase, TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from sgkpi.extracts.cells import ODD, ZONE
from sgkpi.extracts.extract import FileFault
from sgkpi.model.problems import Problem, warning

if TYPE_CHECKING:
    from _csv import Reader

EMPTY = "the file is empty; it should hold a header and rows"
_CHUNK = 1 << 20
_ZONE = re.compile(ZONE.encode())
# White space other than the space and line ends.
_ODD_SPACES = (b"\t", b"\v", b"\f")
_BOMS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_GZIP = b"\x1f\x8b"
_GZIP_END = 8  # bytes of checksum and length
_NOT_CSV = {
    b"PK\x03\x04": "this is an Excel workbook or an archive, not CSV; save it as CSV, or rename it to end in .xlsx",
    b"\xd0\xcf\x11\xe0": "this is an old Excel workbook, not CSV; save it as CSV",
    b"PAR1": "this is a Parquet file, not CSV; rename it to end in .parquet",
    _GZIP: "this file is compressed; rename it to end in .csv.gz",
}
# Report servers export a web page, or a workbook of 2003, under any name.
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|table|\?xml)[\s>]", re.IGNORECASE)
_IS_MARKUP = "this is a web page or XML, not CSV; open it in Excel and save it as CSV"
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


@dataclass(frozen=True)
class CleanText:
    """A CSV file: how an engine can read it, and the properties of the original.

    `has_nuls` says that it has, or had, NUL characters; `odd_spaces` is the white space in it other than spaces and
    line ends. `has_odd_letters` says that folding the case of its text may take more than small letters, `has_zones`
    that its moments may have a zone, for which only short files are searched.
    """

    path: Path
    compressed: bool
    encoding: str
    has_nuls: bool = False
    even_line_ends: bool = True
    quotes: QuoteWatch = field(default_factory=QuoteWatch)
    odd_spaces: frozenset[bytes] = frozenset(_ODD_SPACES)
    has_odd_letters: bool = True
    has_zones: bool = True

    def has_spaces_only(self, delimiter: str) -> bool:
        """Whether its cells have no white space but the space; a cell in quotation marks may have a line end."""
        return not self.quotes.seen and self.odd_spaces <= {delimiter.encode()}


def clean_text(path: Path, *, compressed: bool, rewritten: Path) -> CleanText:
    """Return the file itself if it is clean UTF-8, else a clean copy of it at `rewritten`.

    Reads the whole file once, so that its bytes cause no error later. Raises FileFault if it is empty, cut off,
    not text, or cannot be read.
    """
    with _open_bytes(path, compressed=compressed) as stream:
        head = stream.read(_CHUNK)
        if not head:
            raise FileFault(EMPTY, "empty-file")
        for magic, message in _NOT_CSV.items():
            if head.startswith(magic):
                raise FileFault(message, "not-csv")
        if _MARKUP.match(head):
            raise FileFault(_IS_MARKUP, "not-csv")
        encoding = _utf_16(head)
        found = CleanText(path, compressed, encoding or "utf-8")
        if not encoding:
            found = _check_utf8(found, head, stream)
    is_clean = found.encoding == "utf-8" and not found.has_nuls and found.even_line_ends
    if is_clean and not (compressed and _is_padded(path)):
        return found
    with _open_bytes(path, compressed=compressed) as stream:
        return _rewrite(stream, found, rewritten)


@contextmanager
def _open_bytes(path: Path, *, compressed: bool) -> Iterator[BufferedIOBase]:
    try:
        with gzip.GzipFile(path) if compressed else path.open("rb") as stream:
            yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        with path.open("rb") as start:
            if start.read(len(_GZIP)) != _GZIP:
                raise FileFault("this file is not compressed; rename it to end in .csv", "broken-gzip") from error
        raise FileFault("this gzip file is damaged or cut off; copy or export it again", "broken-gzip") from error
    except UnicodeDecodeError as error:
        raise FileFault("this UTF-16 file is damaged or cut off; copy or export it again", "broken-text") from error
    except OSError as error:
        raise FileFault(f"the file cannot be read: {error.strerror or error}", "unreadable-file") from error


def _is_padded(path: Path) -> bool:
    """Whether a gzip file ends in zeros, as a copy from tape does, which DuckDB cannot read."""
    with path.open("rb") as stream:
        stream.seek(-min(_GZIP_END, stream.seek(0, 2)), 2)
        return not stream.read().strip(b"\0")


def _utf_16(head: bytes) -> str | None:
    """Return the UTF-16 encoding, by its byte order mark or because every other byte is NUL; None for any other."""
    if head.startswith(_BOMS_16):
        return "utf-16"
    sample = head[: 4096 & ~1]
    half = len(sample) // 2
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if half and min(even, odd) * 20 <= half and max(even, odd) * 5 >= half * 2:
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


class _LineEnds:
    """Checks whether all lines end in LF, or all in CR LF; in a file without CR, nothing is counted."""

    def __init__(self) -> None:
        self._feeds = self._returns = self._pairs = 0
        self._feeds_before = False
        self._open_pair = False

    def see(self, chunk: bytes | bytearray) -> None:
        """Count the line ends of the next part of the file."""
        if not self._returns and b"\r" not in chunk:
            self._feeds_before = self._feeds_before or b"\n" in chunk
            return
        self._returns += chunk.count(b"\r")
        self._feeds += chunk.count(b"\n")
        self._pairs += chunk.count(b"\r\n") + (self._open_pair and chunk.startswith(b"\n"))
        self._open_pair = chunk.endswith(b"\r")

    @property
    def are_even(self) -> bool:
        if not self._returns:
            return True
        return not self._feeds_before and self._returns == self._feeds == self._pairs


def _check_utf8(file: CleanText, head: bytes, stream: BufferedIOBase) -> CleanText:
    """Read the whole file, as far as it is UTF-8, and return it with its properties."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line_ends = _LineEnds()
    quotes = QuoteWatch()
    has_nuls = has_odd_letters = False
    odd_spaces = set[bytes]()
    buffer = bytearray(_CHUNK)
    chunk: bytes | bytearray = head.removeprefix(codecs.BOM_UTF8)  # which is a wide space anywhere else
    try:
        while chunk:
            has_nuls = has_nuls or b"\0" in chunk
            line_ends.see(chunk)
            quotes.see(chunk)
            odd_spaces.update(space for space in _ODD_SPACES if space not in odd_spaces and space in chunk)
            if not chunk.isascii() or decoder.getstate()[0]:
                text = decoder.decode(chunk)
                has_odd_letters = has_odd_letters or ODD.search(text) is not None
            size = stream.readinto(buffer)
            chunk = buffer if size == len(buffer) else buffer[:size]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return replace(file, encoding="windows-1252")
    return replace(
        file,
        has_nuls=has_nuls,
        even_line_ends=line_ends.are_even,
        quotes=quotes,
        odd_spaces=frozenset(odd_spaces),
        has_odd_letters=has_odd_letters,
        has_zones=len(head) == _CHUNK or _ZONE.search(head) is not None,
    )


def _rewrite(stream: BufferedIOBase, found: CleanText, rewritten: Path) -> CleanText:
    """Write a clean copy with LF line ends."""
    rewritten.parent.mkdir(parents=True, exist_ok=True)
    has_nuls, quotes = False, QuoteWatch()
    # Windows-1252 has five undefined bytes; they must not stop a file that is otherwise readable.
    errors = "replace" if found.encoding == "windows-1252" else "strict"
    reader = TextIOWrapper(cast(BinaryIO, stream), found.encoding, errors, newline=None)
    with reader, rewritten.open("w", encoding="utf-8", newline="") as writer:
        while text := reader.read(_CHUNK):
            has_nuls = has_nuls or "\0" in text
            quotes.see(text.encode())
            writer.write(text.replace("\0", ""))
    return CleanText(rewritten, compressed=False, encoding=found.encoding, has_nuls=has_nuls, quotes=quotes)


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
    """Return a CSV reader that, like all our readers, ignores space before a quotation mark and takes long cells."""
    csv.field_size_limit(_NO_LIMIT)
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
    number, last = 0, list[str]()
    with opener(path, "rt", encoding="utf-8-sig", newline="") as stream:
        # The line at the end is a record of its own unless a cell before it is still open.
        lines = chain((line if line.endswith("\n") else line + "\n" for line in stream), [_END])
        for number, last in enumerate(read_records(lines, delimiter), start=1):
            yield number, last
    if last != [_END]:
        message = f'a quotation mark (") in row {number} is never closed, so that all below it would be one cell'
        raise FileFault(f"{message}; close it, or take it out", "open-quote")
