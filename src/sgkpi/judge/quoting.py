"""Records of a CSV file with text behind a closing quotation mark.

Readers of CSV differ in what they make of `"North"side`; such a record is left out.
"""

import csv
import gzip
from collections.abc import Iterator

from sgkpi.extracts.extract import SourceFile
from sgkpi.extracts.quotes import is_misquoted, read_records

UNCLOSED_QUOTE = "a quotation mark is opened here and never closed, so the rest of the file cannot be read"
_NO_LIMIT = 2**31 - 1


class UnclosedQuote(Exception):
    """A record with an odd number of quotation marks, so that its end is unknown."""

    def __init__(self, row: int) -> None:
        self.row = row
        super().__init__(f"row {row}")


def misquoted_records(file: SourceFile) -> frozenset[int]:
    """Return the records, counted from 0 at the first line, that have text behind a closing quotation mark.

    Raises UnclosedQuote.
    """
    found = set()
    limit = csv.field_size_limit(_NO_LIMIT)
    try:
        for number, record in enumerate(_records_as_written(file)):
            if '"' in record and is_misquoted(record, file.delimiter):
                if record.count('"') % 2:
                    raise UnclosedQuote(number + 1)
                found.add(number)
    finally:
        csv.field_size_limit(limit)
    return frozenset(found)


def _records_as_written(file: SourceFile) -> Iterator[str]:
    """Each record with the line ends within it, as it stands in the file."""
    opener = gzip.open if file.compressed else open
    with opener(file.path, "rt", encoding="utf-8-sig", newline="") as stream:
        lines: list[str] = []

        def seen() -> Iterator[str]:
            for line in stream:
                lines.append(line)
                yield line

        for _ in read_records(seen(), file.delimiter):
            yield "".join(lines)
            lines.clear()
