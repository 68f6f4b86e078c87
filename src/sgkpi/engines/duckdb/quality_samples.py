"""Some cells of every column of a table, to see whether one identifies people."""

import csv
import gzip
from collections.abc import Collection, Container, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import islice

from sgkpi.engines.duckdb.cells import ALWAYS_READABLE, has_codes
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.database import database
from sgkpi.engines.duckdb.ingest import Scan, read_files, typed_rows
from sgkpi.engines.duckdb.session import Row, Session, open_session
from sgkpi.engines.duckdb.unreadable import unreadable_files_named
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Select
from sgkpi.engines.sql.printer import text_of
from sgkpi.extracts.cells import is_blank
from sgkpi.extracts.extract import Extract, FileFormat, SourceFile, TableSource
from sgkpi.extracts.identifiers import Identifier, find_identifier

SAMPLED = 20_000
FIRST_ROWS = 1_000


def identifiers_of(
    session: Session, source: TableSource, rows: int, short_rows: Container[str]
) -> tuple[tuple[str, Identifier], ...]:
    """Return the columns of a table that identify people, by file; of many rows, a sample is looked at."""
    found: list[tuple[str, Identifier]] = []
    for file in source.files:
        query, every = _as_text(file, padded=file.name in short_rows), max(1, rows // SAMPLED)
        if every > 1:
            # The hash of their cells chooses the same rows every time.
            query = query.where(sql.fn("hash", *_cells(file)).op("%", every).eq(0))
        found += [(file.name, each) for each in _identifiers(source, file, session.rows(query))]
    return tuple(found)


def identifiers_at_a_glance(source: TableSource) -> Iterator[tuple[str, Identifier]]:
    """Give the same from the first rows of the first file, and of any other file that has headers of its own."""
    seen: set[str] = set()
    for file in source.files:
        if not seen.issuperset(file.headers):
            seen.update(file.headers)
            with unreadable_files_named([source]):
                rows = first_rows(file)
            yield from ((file.name, each) for each in _identifiers(source, file, rows))


def empty_columns(source: TableSource, names: Collection[str]) -> tuple[str, ...]:
    """Return which of these columns are blank in every row; files are read for those blank in the first rows."""
    table, file = source.table, source.files[0]
    rows = first_rows(file)
    places = {name: file.columns[name] for name in source.columns if name in names}
    suspect = [
        table.columns[name]
        for name, place in places.items()
        if all(is_blank(row[place], table.columns[name], table) for row in rows if place < len(row))
    ]
    if not suspect:
        return ()
    files = frozenset(each.name for each in source.files)
    scan = Scan(source, tuple(each.name for each in suspect), short_rows=files)
    filled = []
    for column in suspect:
        holds = Name.recorded(column) if has_codes(column) else Name.value(column)
        found = holds.is_not_null()
        if column.kind not in ALWAYS_READABLE:
            found |= Name.unreadable(column)
        filled.append(sql.count_where(found))
    with open_session() as session, unreadable_files_named([source]):
        ((*counts,),) = session.rows(sql.select(*filled).from_(typed_rows(scan)))
    return tuple(column.name for column, count in zip(suspect, counts, strict=True) if not count)


@lru_cache(maxsize=16)
def first_rows(file: SourceFile) -> list[Row]:
    """Return the first rows of a file, as text."""
    if file.format is FileFormat.PARQUET:
        with database().cursor() as connection:
            return connection.execute(text_of(_as_text(file, padded=False).limit(FIRST_ROWS))).fetchall()
    opener = gzip.open if file.compressed else open
    found: list[Row] = []
    with opener(file.path, "rt", encoding="utf-8-sig", newline="", errors="replace") as lines, suppress(csv.Error):
        rows = csv.reader(lines, delimiter=file.delimiter)
        for row in islice(rows, file.skip + 1, file.skip + 1 + FIRST_ROWS):
            found.append(tuple(row))  # noqa: PERF401 - a cell of immense length ends the reading, not what was read
    return found


def _as_text(file: SourceFile, *, padded: bool) -> Select:
    texts = [cell.cast("VARCHAR").as_(cell) for cell in _cells(file)]
    return sql.select(*texts).from_(read_files([file], numbered=False, padded=padded))


def _cells(file: SourceFile) -> list[Column]:
    return [Name.cell(place) for place in range(len(file.headers))]


def _identifiers(source: TableSource, file: SourceFile, rows: Sequence[Sequence[str | None]]) -> Iterator[Identifier]:
    declared = {place: source.table.columns[name] for name, place in file.columns.items()}
    for place, header in enumerate(file.headers):
        values = (row[place] for row in rows if place < len(row))
        found = find_identifier(header.strip(), values, declared.get(place), source.table)
        if found is not None:
            yield found


def undeclared_headers(source: TableSource, extract: Extract) -> tuple[str, ...]:
    """Return the headers of a table's files that are not declared, not even for another table in the same file."""
    files = [file for table in extract.tables.values() for file in table.files]
    known = {(file.path, place) for file in files for place in file.columns.values()}
    headers = (
        header.strip()
        for file in source.files
        for place, header in enumerate(file.headers)
        if (file.path, place) not in known and header.strip()
    )
    return tuple(dict.fromkeys(headers))
