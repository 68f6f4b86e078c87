"""Inspect a CSV file: its encoding, delimiter and header, and whether it has rows."""

import csv
import gzip
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from sgkpi.extracts.csv_text import EMPTY, CleanText, check_quotes, clean_text, is_misquoted, read_records
from sgkpi.extracts.extract import FileFault, FileFormat, SourceFile
from sgkpi.extracts.headers import HEAD_ROWS, above_header, find_header
from sgkpi.model.folding import fold_header
from sgkpi.model.problems import Problem, warning

if TYPE_CHECKING:
    from _csv import Reader as _Reader

DELIMITERS = (",", ";", "\t")
_HEAD = 1 << 20
_LONGEST_HEADER = 30 << 20
_MISQUOTED = 'in the header, text follows a closing quotation mark ("); remove the marks and export again'
_BLANK_LINE = re.compile(r'(?:""|[ \t,;\v\f\xa0])*(?:\r\n|\n|\r)')


@dataclass(frozen=True)
class _Head:
    """The header of a file under one delimiter, the rows above it, and whether a row that is not blank follows it."""

    delimiter: str
    headers: tuple[str, ...]
    has_rows: bool
    open_quote: bool
    title: tuple[list[str], ...] = ()
    lines: int = 1


def look_at_csv(
    path: Path, name: str, known: frozenset[str], rewritten: Path, *, compressed: bool
) -> tuple[SourceFile, list[Problem]]:
    """Return the file as an engine reads it, with its columns not matched yet, and warnings.

    `known` are the folded headers of all tables, by which the delimiter is found. A file that is not
    clean UTF-8 is rewritten to `rewritten`. Raises FileFault.
    """
    clean = clean_text(path, compressed=compressed, rewritten=rewritten)
    opener = gzip.open if clean.compressed else open
    with opener(clean.path, "rt", encoding="utf-8-sig", newline="") as stream:
        text = str(stream.read(_HEAD))
        if "\n" not in text:  # thousands of columns with long names
            text += stream.readline(_LONGEST_HEADER)
    blank_lines = end = 0
    while match := _BLANK_LINE.match(text, end):
        blank_lines, end = blank_lines + 1, match.end()
    if not text[end:].strip(' \t,;\v\f\xa0"\ufeff'):
        raise FileFault(EMPTY, "empty-file")
    head = _parse_head(text[end:], known)
    file = SourceFile(
        path=clean.path,
        name=name,
        format=FileFormat.CSV,
        headers=head.headers,
        columns={},
        delimiter=head.delimiter,
        skip=blank_lines + len(head.title),
        compressed=clean.compressed,
        spaces_only=clean.has_spaces_only(head.delimiter),
        odd_letters=clean.has_odd_letters,
        zones=clean.has_zones,
    )
    above: list[list[str]] = [[]] * blank_lines + list(head.title)
    columns = len(head.headers)
    swallowed = check_quotes(clean.path, name, clean.quotes, head.delimiter, columns, compressed=clean.compressed)
    return file, [*_warnings(name, clean, head), *above_header(name, above), *swallowed]


def _parse_head(text: str, known: frozenset[str]) -> _Head:
    """Return the header with the delimiter that gives the most known headers, then the most headers."""

    def rank(head: _Head) -> tuple[int, int]:
        return sum(fold_header(each) in known for each in head.headers), len(head.headers)

    heads = [_split(text, each, known) for each in DELIMITERS if each in text]
    if max(map(rank, heads), default=(0, 0)) <= (1, 1):
        # A delimiter that the text does not have leaves every line whole, and may give as many.
        heads = [_split(text, each, known) for each in DELIMITERS]
    best = max(heads, key=rank)
    if best.open_quote:
        raise FileFault('a quotation mark (") in the header is never closed', "open-quote")
    first = len(best.title)
    lines = text.split("\n", first + best.lines)[first : first + best.lines]
    if is_misquoted("\n".join(lines), best.delimiter):
        raise FileFault(_MISQUOTED, "misquoted-header")
    return best


def _split(text: str, delimiter: str, known: frozenset[str]) -> _Head:
    rows = read_records(StringIO(text, newline=""), delimiter)
    try:
        first = next(rows)
    except csv.Error:  # a cell without end
        first_line = text.splitlines()[0]
        return _Head(delimiter, tuple(first_line.split(delimiter)), has_rows=False, open_quote=True)
    lines = rows.line_num
    head = [first, *_lines_below(rows)] if rows.line_num == 1 else [first]
    place = find_header(head, known) or 0
    has_rows = len(text) >= _HEAD or _any_row(chain(head[place + 1 :], rows))
    open_quote = not has_rows and text.count('"') % 2 == 1
    return _Head(delimiter, tuple(head[place]), has_rows, open_quote, tuple(head[:place]), 1 if place else lines)


def _lines_below(rows: "_Reader") -> list[list[str]]:
    """Return the rows below the first that may be the header, while each is one line: readers skip lines, not rows."""
    found: list[list[str]] = []
    with suppress(csv.Error):  # an open quotation mark further down does not matter for the header
        for row in islice(rows, HEAD_ROWS - 1):
            found.append(row)
            if rows.line_num != len(found) + 1:
                break
    return found


def _any_row(rows: Iterable[list[str]]) -> bool:
    try:
        return any(cell.strip() for row in rows for cell in row)
    except csv.Error:  # a cell longer than csv allows is not blank
        return True


def _warnings(name: str, clean: CleanText, head: _Head) -> Iterator[Problem]:
    if clean.encoding == "windows-1252":
        yield warning(name, "the file is not UTF-8; it is read as Windows-1252", "windows-1252")
    if clean.has_nuls:
        yield warning(name, "NUL characters in the file are ignored", "nul-characters")
    if not head.has_rows:
        yield no_rows(name)


def no_rows(name: str) -> Problem:
    """Return the warning that a file has a header and no rows."""
    return warning(name, "the file has a header and no rows", "no-rows")
