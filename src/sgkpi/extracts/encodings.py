"""Make CSV files clean UTF-8: other files are rewritten to a temporary file.

DuckDB reads UTF-8 only; NUL characters and mixed line ends make it fail, or read no rows.
"""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import BufferedIOBase, TextIOWrapper
from pathlib import Path
from typing import BinaryIO, cast

from sgkpi.extracts.extract import FileFault
from sgkpi.extracts.quotes import QuoteWatch

EMPTY = "the file is empty; it should hold a header and rows"
_CHUNK = 1 << 20
# White space other than the space and line ends.
_ODD_SPACES = (b"\t", b"\v", b"\f")
_BOMS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NOT_CSV = {
    b"PK\x03\x04": "this is an Excel workbook or an archive, not CSV; save it as CSV, or rename it to end in .xlsx",
    b"\xd0\xcf\x11\xe0": "this is an old Excel workbook, not CSV; save it as CSV",
    b"PAR1": "this is a Parquet file, not CSV; rename it to end in .parquet",
    b"\x1f\x8b": "this file is compressed; rename it to end in .csv.gz",
}


@dataclass(frozen=True)
class CleanText:
    """A CSV file: how an engine can read it, and the properties of the original.

    `has_nuls` says that it has, or had, NUL characters; `odd_spaces` is the white space in it other than spaces and
    line ends.
    """

    path: Path
    compressed: bool
    encoding: str
    has_nuls: bool = False
    even_line_ends: bool = True
    quotes: QuoteWatch = field(default_factory=QuoteWatch)
    odd_spaces: frozenset[bytes] = frozenset(_ODD_SPACES)

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
        encoding = _utf_16(head)
        found = CleanText(path, compressed, encoding or "utf-8")
        if not encoding:
            found = _check_utf8(found, head, stream)
    if found.encoding == "utf-8" and not found.has_nuls and found.even_line_ends:
        return found
    with _open_bytes(path, compressed=compressed) as stream:
        return _rewrite(stream, found, rewritten)


@contextmanager
def _open_bytes(path: Path, *, compressed: bool) -> Iterator[BufferedIOBase]:
    try:
        with gzip.GzipFile(path) if compressed else path.open("rb") as stream:
            yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileFault("this gzip file is damaged or cut off; copy or export it again", "broken-gzip") from error
    except UnicodeDecodeError as error:
        raise FileFault("this UTF-16 file is damaged or cut off; copy or export it again", "broken-text") from error
    except OSError as error:
        raise FileFault(f"the file cannot be read: {error.strerror or error}", "unreadable-file") from error


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
    """Checks whether all lines end in LF or all in CR LF; in a file without CR, nothing is counted."""

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
    has_nuls = False
    odd_spaces = set[bytes]()
    buffer = bytearray(_CHUNK)
    chunk: bytes | bytearray = head
    try:
        while chunk:
            has_nuls = has_nuls or b"\0" in chunk
            line_ends.see(chunk)
            quotes.see(chunk)
            odd_spaces.update(space for space in _ODD_SPACES if space not in odd_spaces and space in chunk)
            if not chunk.isascii() or decoder.getstate()[0]:
                decoder.decode(chunk)
            size = stream.readinto(buffer)
            chunk = buffer if size == len(buffer) else buffer[:size]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return replace(file, encoding="windows-1252")
    return CleanText(file.path, file.compressed, "utf-8", has_nuls, line_ends.are_even, quotes, frozenset(odd_spaces))


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
