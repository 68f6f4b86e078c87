"""Samples of the cells of every column of a table, to see whether one identifies people."""

import csv
import gzip
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import islice, zip_longest

from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest.cells import unreadable_parts
from sgkpi.engines.duckdb.ingest.raw_rows import few_at_once, read_files
from sgkpi.engines.duckdb.ingest.typed_rows import Scan, typed_rows
from sgkpi.engines.duckdb.ingest.unreadable import unreadable_files_named
from sgkpi.engines.duckdb.session.database import database
from sgkpi.engines.duckdb.session.session import Session, open_session
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Select
from sgkpi.engines.sql.printer import text_of
from sgkpi.extracts.cells import is_blank
from sgkpi.extracts.extract import Extract, FileFormat, SourceFile, TableSource
from sgkpi.extracts.identifiers import Identifier, find_identifier

SAMPLED = 20_000
FIRST_ROWS = 1_000
# Of a file with many columns fewer rows are looked at.
_MOST_CELLS = 1_000_000
_FEWEST_ROWS = 100


def identifiers_of(
    session: Session, source: TableSource, rows: int, short_rows: Container[str]
) -> tuple[tuple[str, Identifier], ...]:
    """Return the columns of a table that identify people, by file; of many rows, a sample is looked at."""
    found: list[tuple[str, Identifier]] = []
    for file in source.files:
        every = max(1, rows // _most_rows(file, SAMPLED))
        for places in few_at_once(range(len(file.headers))):
            query = _as_text(file, places, padded=file.name in short_rows)
            if every > 1:
                # The hash of their cells chooses the same rows every time.
                hashed = dict.fromkeys([*file.columns.values(), *places])
                query = query.where(sql.fn("hash", *map(Name.cell, hashed)).op("%", every).eq(0))
            columns = zip(places, zip(*session.rows(query), strict=True), strict=False)  # no columns without rows
            found += [(file.name, each) for each in _identifiers(source, file, columns)]
    return tuple(found)


def identifiers_at_a_glance(source: TableSource) -> Iterator[tuple[str, Identifier]]:
    """Yield the same from the first rows of the first file, and of any other file with headers of its own."""
    seen: set[str] = set()
    for file in source.files:
        if not seen.issuperset(file.headers):
            seen.update(file.headers)
            with unreadable_files_named([source]):
                cells = first_cells(file)
            yield from ((file.name, each) for each in _identifiers(source, file, cells.items()))


def empty_columns(source: TableSource, names: Collection[str]) -> tuple[str, ...]:
    """Return which of these columns are blank in every row; files are read for those blank in the first rows."""
    table, file = source.table, source.files[0]
    places = {name: file.columns[name] for name in source.columns if name in names}
    for most in (_FEWEST_ROWS, FIRST_ROWS):
        cells = first_cells(file, most)
        suspect = [
            table.columns[name]
            for name, place in places.items()
            if all(is_blank(cell, table.columns[name], table) for cell in cells.get(place, ()))
        ]
        if not suspect:
            return ()
    files = frozenset(each.name for each in source.files)
    scan = Scan(source, tuple(each.name for each in suspect), short_rows=files)
    filled = (sql.or_([Name.value(each).is_not_null(), *unreadable_parts([each])]) for each in suspect)
    with open_session() as session, unreadable_files_named([source]):
        ((*counts,),) = session.rows(sql.select(*map(sql.count_where, filled)).from_(typed_rows(scan)))
    return tuple(column.name for column, count in zip(suspect, counts, strict=True) if not count)


@lru_cache(maxsize=16)
def first_cells(file: SourceFile, wanted: int = FIRST_ROWS) -> dict[int, Sequence[str | None]]:
    """Return the first cells of every column as text, by its place; nothing if the file has no rows."""
    most, found = _most_rows(file, wanted), list[list[str]]()
    if file.format is FileFormat.PARQUET:
        cells: dict[int, Sequence[str | None]] = {}
        with database().cursor() as connection:
            for places in few_at_once(range(len(file.headers))):
                rows = connection.execute(text_of(_as_text(file, places, padded=False).limit(most))).fetchall()
                cells |= zip(places, zip(*rows, strict=True), strict=False)
        return cells
    opener = gzip.open if file.compressed else open
    with opener(file.path, "rt", encoding="utf-8-sig", newline="", errors="replace") as lines, suppress(csv.Error):
        for row in islice(csv.reader(lines, delimiter=file.delimiter), file.skip + 1, file.skip + 1 + most):
            found.append(row[: len(file.headers)])
    return dict(enumerate(zip_longest(*found)))


def _most_rows(file: SourceFile, usual: int) -> int:
    return min(usual, max(_FEWEST_ROWS, _MOST_CELLS // len(file.headers)))


def _as_text(file: SourceFile, places: Sequence[int], *, padded: bool) -> Select:
    cells = read_files([file], {*file.columns.values(), *places}, numbered=False, padded=padded)
    return sql.select(*(Name.cell(place).cast("VARCHAR").as_(Name.cell(place)) for place in places)).from_(cells)


def _identifiers(
    source: TableSource, file: SourceFile, cells: Iterable[tuple[int, Sequence[str | None]]]
) -> Iterator[Identifier]:
    declared = {place: source.table.columns[name] for name, place in file.columns.items()}
    for place, values in cells:
        found = find_identifier(file.headers[place].strip(), values, declared.get(place), source.table)
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
