"""Survey a CSV file before pandas reads it: its misquoted records, and the most cells of any record.

Readers of CSV differ in what they make of text behind a closing quotation mark, as in `"North"side`; such a record is
left out.
"""

import csv
import gzip
from collections.abc import Iterator

from sgkpi.extracts.extract import SourceFile
from sgkpi.extracts.quotes import is_misquoted, read_records
from sgkpi.model.errors import ExtractError
from sgkpi.model.problems import Problem

_UNCLOSED_QUOTE = "a quotation mark is opened here and never closed, so the rest of the file cannot be read"
_NO_LIMIT = 2**31 - 1


def survey(file: SourceFile) -> tuple[frozenset[int], int]:
    """Return the misquoted records, counted from 0 at the first line, and the most cells that a record can have.

    Raises ExtractError for a quotation mark that is never closed: the end of its record is unknown.
    """
    misquoted, most = set(), len(file.headers)
    limit = csv.field_size_limit(_NO_LIMIT)
    try:
        for number, record in enumerate(_records_as_written(file)):
            most = max(most, record.count(file.delimiter) + 1)
            if '"' in record and is_misquoted(record, file.delimiter):
                if record.count('"') % 2:
                    problem = Problem(file.name, _UNCLOSED_QUOTE, "unclosed-quote", line=number + 1)
                    raise ExtractError("a file of the extract cannot be read", [problem])
                misquoted.add(number)
    finally:
        csv.field_size_limit(limit)
    return frozenset(misquoted), most


def _records_as_written(file: SourceFile) -> Iterator[str]:
    """Yield each record with the line ends within it, as it stands in the file."""
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
