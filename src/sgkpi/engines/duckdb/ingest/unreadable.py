"""Name the files that DuckDB cannot read."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sgkpi.engines.duckdb.ingest.raw_rows import read_files
from sgkpi.engines.duckdb.session.session import DatabaseError, open_session
from sgkpi.engines.sql import words as sql
from sgkpi.extracts.extract import SourceFile, TableSource
from sgkpi.model.errors import ExtractError
from sgkpi.model.problems import Problem

_MESSAGE = "this file is damaged, or holds what cannot be read; copy or export it again"


@contextmanager
def unreadable_files_named(sources: Iterable[TableSource]) -> Iterator[None]:
    """Turn an error of DuckDB's into an ExtractError that names the files that it cannot read.

    Its own words may quote cells, so they are never shown. If every file can be read, the error is re-raised.
    """
    try:
        yield
    except DatabaseError as error:
        files = {file.name: file for source in sources for file in source.files}
        problems = [
            Problem(name, _MESSAGE, "unreadable-file") for name, file in files.items() if not _can_be_read(file)
        ]
        if not problems:
            raise
        raise ExtractError("files of the extract cannot be read", problems) from error


def _can_be_read(file: SourceFile) -> bool:
    try:
        with open_session() as session:
            cells = read_files([file], range(len(file.headers)), numbered=False, padded=False)
            session.rows(sql.select(*(sql.fn("max", sql.column(name)) for name in cells.names)).from_(cells))
    except (DatabaseError, ExtractError):
        return False
    return True
