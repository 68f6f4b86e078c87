"""CSV files as clean UTF-8: what is something else is rewritten to a temporary file.

DuckDB reads UTF-8 only. NUL characters cannot be left to it, and lines that end now one way and now
another make it fail, or read no row at all.
"""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedIOBase, TextIOWrapper
from pathlib import Path
from typing import BinaryIO, cast

from sgkpi.extracts.faults import FileFault
from sgkpi.extracts.quotes import Quotes, QuoteWatch

EMPTY = "the file is empty; it should hold a header and rows"
_CHUNK = 1 << 20
# White space that is neither a space nor the end of a line.
_ODD_SPACES = (b"\t", b"\v", b"\f")
_BOMS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NOT_CSV = {
    b"PK\x03\x04": "this is an Excel workbook or an archive, not CSV; save it as CSV, or let its name end with .xlsx",
    b"\xd0\xcf\x11\xe0": "this is an old Excel workbook, not CSV; save it as CSV",
    b"PAR1": "this is a Parquet file, not CSV; let its name end with .parquet",
    b"\x1f\x8b": "this is compressed; let its name end with .csv.gz",
}


@dataclass(frozen=True)
class CleanText:
    """Where a CSV file can be read as UTF-8, and what was done to make it so.

    `encoding` is the file's own; `dropped_nuls` says that NUL characters were left out, `quotes` what was seen of its
    quotation marks, and `odd_spaces` what white space it may hold that is neither a space nor the end of a line.
    """

    path: Path
    compressed: bool
    encoding: str = "utf-8"
    dropped_nuls: bool = False
    quotes: Quotes = field(default_factory=Quotes)
    odd_spaces: frozenset[bytes] = frozenset(_ODD_SPACES)

    def has_spaces_only(self, delimiter: str) -> bool:
        """Whether its cells hold no white space but the space; between quotation marks may be the end of a line."""
        return not self.quotes.seen and self.odd_spaces <= {delimiter.encode()}


@dataclass(frozen=True)
class _Found:
    """What the bytes of a file are."""

    encoding: str
    has_nuls: bool = False
    even_line_ends: bool = True
    quotes: Quotes = field(default_factory=Quotes)
    odd_spaces: frozenset[bytes] = frozenset(_ODD_SPACES)

    @property
    def is_clean(self) -> bool:
        return self.encoding == "utf-8" and not self.has_nuls and self.even_line_ends


def clean_text(path: Path, *, compressed: bool, rewritten: Path) -> CleanText:
    """The file itself where it is clean UTF-8, else a clean copy of it at `rewritten`.

    Reads the whole file once, so that nothing about its bytes comes up later. Raises FileFault when
    it is empty, cut off, cannot be read, or is no text.
    """
    with _open_bytes(path, compressed=compressed) as stream:
        found = _find(stream)
    if found.is_clean:
        return CleanText(path, compressed, quotes=found.quotes, odd_spaces=found.odd_spaces)
    with _open_bytes(path, compressed=compressed) as stream:
        dropped, quotes = _rewrite(stream, found, rewritten)
    return CleanText(rewritten, compressed=False, encoding=found.encoding, dropped_nuls=dropped, quotes=quotes)


@contextmanager
def _open_bytes(path: Path, *, compressed: bool) -> Iterator[BufferedIOBase]:
    try:
        with _open_raw(path, compressed=compressed) as stream:
            yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileFault(
            "this is no whole gzip file; it may be cut off: copy or export it again", "broken-gzip"
        ) from error
    except UnicodeDecodeError as error:
        raise FileFault(
            "this is no whole UTF-16 text; it may be cut off: copy or export it again", "broken-text"
        ) from error
    except OSError as error:
        raise FileFault(f"the file cannot be read: {error.strerror or error}", "unreadable-file") from error


def _open_raw(path: Path, *, compressed: bool) -> BufferedIOBase:
    return gzip.GzipFile(path) if compressed else path.open("rb")


def _find(stream: BufferedIOBase) -> _Found:
    head = stream.read(_CHUNK)
    if not head:
        raise FileFault(EMPTY, "empty-file")
    for magic, message in _NOT_CSV.items():
        if head.startswith(magic):
            raise FileFault(message, "not-csv")
    encoding = _utf_16(head)
    return _Found(encoding) if encoding else _check_utf8(head, stream)


def _utf_16(head: bytes) -> str | None:
    """UTF-16 by its mark, or because every other byte of plain text is NUL."""
    if head.startswith(_BOMS_16):
        return "utf-16"
    sample = head[: 4096 & ~1]
    half = len(sample) // 2
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if half and min(even, odd) * 20 <= half and max(even, odd) * 5 >= half * 2:
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


class _LineEnds:
    """Whether all lines end alike, with LF or with CR LF; nothing is counted in a file without CR."""

    def __init__(self) -> None:
        self._feeds = self._returns = self._pairs = 0
        self._feeds_before = False
        self._open_pair = False

    def see(self, chunk: bytes | bytearray) -> None:
        """Takes the next part of the file into account."""
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


def _check_utf8(head: bytes, stream: BufferedIOBase) -> _Found:
    """Reads the whole file, as far as it is UTF-8."""
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
        return _Found("windows-1252")
    return _Found("utf-8", has_nuls, line_ends.are_even, quotes.found, frozenset(odd_spaces))


def _rewrite(stream: BufferedIOBase, found: _Found, rewritten: Path) -> tuple[bool, Quotes]:
    """Write a clean copy, every line ending with LF; whether NULs were dropped from it, and its quotation marks."""
    rewritten.parent.mkdir(parents=True, exist_ok=True)
    dropped, quotes = False, QuoteWatch()
    # Five bytes mean nothing in Windows-1252; they must not stop a file that is otherwise readable.
    errors = "replace" if found.encoding == "windows-1252" else "strict"
    reader = TextIOWrapper(cast(BinaryIO, stream), found.encoding, errors, newline=None)
    with reader, rewritten.open("w", encoding="utf-8", newline="") as writer:
        while text := reader.read(_CHUNK):
            dropped = dropped or "\0" in text
            quotes.see(text.encode())
            writer.write(text.replace("\0", ""))
    return dropped, quotes.found
