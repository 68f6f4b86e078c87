"""A session: connections to DuckDB for one computation, with tables of its own."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Thread, get_ident, local
from time import sleep
from typing import Any, TypeVar

import duckdb
from duckdb import DuckDBPyConnection

from sgkpi.engines.duckdb.database import MEMORY_LIMIT, database, give_up_database
from sgkpi.engines.duckdb.macros import FOLD_ODD_LETTERS, NOT_KNOWN
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Query, Sql
from sgkpi.engines.sql.printer import text_of
from sgkpi.extracts.extract import Extract
from sgkpi.model.errors import ExtractError

_UNWANTED = (
    # Where a column's least and greatest value decide a condition, DuckDB 2.0.0 may fail at what is left of a `case`.
    "statistics_propagation",
    # It works out beforehand, for every row, whatever stands twice in a query, even where a `case` needs it for few.
    "common_subexpressions",
    # It makes a join of every list, and asks it of every row, also where a `case` lets few rows come to it.
    "in_clause",
    # It turns joins round by guesses of how long a file is; rows must keep their order, and files are the long side.
    "build_side_probe_side",
)
# Without its own bar DuckDB does not tell how far it is; ours is the one that is drawn.
_SETTINGS = (
    f"set TimeZone = 'UTC'; set disabled_optimizers = '{','.join(_UNWANTED)}'; "
    "set enable_progress_bar = true; set enable_progress_bar_print = false"
)
# The variables of a connection that name the tables of the lines that it rejects, and of their files. Each has its own:
# where two connections reject lines into tables of one name, DuckDB 2.0.0 may give files of one query one number.
REJECTED_LINES, REJECTED_FILES = "rejected_lines", "rejected_files"
_REJECTED = """
select s.file_path, e.line, e.error_type::varchar, (length(e.csv_line) - length(replace(e.csv_line, '"', ''))) % 2 = 1
from query_table(getvariable('rejected_lines')) e
join query_table(getvariable('rejected_files')) s using (scan_id, file_id)
"""
_POLL_SECONDS = 0.1
_WAIT_SECONDS = 0.5  # on Windows, Ctrl-C is heard only between waits
# A small extract is computed side by side: planning its statements, on one processor each, takes longer than running
# them. Measured on the sample, two workers take an eighth off a whole run (2.4 s, then 2.1 s). A large extract keeps
# all processors busy.
_WORKERS = 2
_SMALL_BYTES = 4_000_000
_numbers = count(1)
DatabaseError = duckdb.Error
Progress = Callable[[float], None]
Row = tuple[Any, ...]
Record = dict[str, Any]
Result = TypeVar("Result")


class NumberTooLargeError(ExtractError):
    """A number has more digits than the engine can compute with."""


@dataclass(frozen=True)
class Rejected:
    """A line of a file that could not be read as a row, why, and whether a quotation mark stays open in it."""

    path: str
    number: int
    error: str
    is_open: bool


@dataclass
class Session:
    """Runs statements and jobs, each in a thread with a connection of its own, and remembers the tables that were made.

    A thread that waits within DuckDB hears of Ctrl-C late, and then as a fault of DuckDB's; so the main thread does
    not, and whatever interrupts its wait interrupts all queries.
    """

    connections: Sequence[DuckDBPyConnection]
    made: set[str] = field(default_factory=set)
    _here: local = field(default_factory=local)

    def __post_init__(self) -> None:
        free = iter(self.connections)

        def take_connection() -> None:
            self._here.connection = next(free)

        self._pool = ThreadPoolExecutor(len(self.connections), initializer=take_connection)

    def close(self) -> None:
        self._pool.shutdown()
        for each in self.connections:
            each.close()

    def run_parallel(self, jobs: Sequence[Callable[[], Result]]) -> list[Result]:
        """Return the result of each job, in their order; no job may need what another one makes."""
        running: set[int] = set()
        stopped = Event()

        def run(job: Callable[[], Result]) -> Result:
            running.add(get_ident())
            try:
                if stopped.is_set():
                    raise CancelledError
                return job()
            finally:
                running.discard(get_ident())

        try:
            futures = [self._pool.submit(run, job) for job in jobs]
            while wait(futures, _WAIT_SECONDS).not_done:
                pass
        except BaseException:
            # It may have come while a job was handed over, so that a job runs of which nothing else is known.
            stopped.set()
            while running:
                # A second Ctrl-C changes nothing. A thread between two queries is interrupted in the next.
                with suppress(KeyboardInterrupt):
                    for each in self.connections:
                        each.interrupt()
                    sleep(_POLL_SECONDS)
            raise
        return [future.result() for future in futures]

    def create(self, name: str, query: Query) -> int:
        """Keep a query's rows in a table of the session, in the place of one of that name; return their number."""
        self.made.add(name)
        ((rows,),) = self._run(sql.create(name, query))[1]
        return int(rows)

    def create_view(self, name: str, query: Query) -> None:
        """Give a query a name in the session, in the place of one of that name."""
        self.made.add(name)
        self._run(sql.create_view(name, query))

    def rows(self, query: Query | str, values: list[Any] | None = None) -> list[Row]:
        """Return all rows of a query, with values of its own."""
        return self._run(query, values)[1]

    def records(self, query: Query) -> list[Record]:
        """Return all rows of a query, each by the names of its columns."""
        names, rows = self._run(query)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def number(self, query: Query) -> int:
        """Return the one whole number that a query gives."""
        ((number,),) = self.rows(query)
        return int(number)

    def execute(self, statement: Sql | str, values: list[Any] | None = None) -> None:
        """Run a statement with values of its own."""
        self._run(statement, values)

    def rejected(self) -> list[Rejected]:
        """Return the lines that have been rejected so far, in whatever files were read."""

        def collect() -> list[Rejected]:
            found: list[Rejected] = []
            for each in self.connections:
                with suppress(duckdb.CatalogException):  # it has read no file of lines
                    found += (Rejected(*row) for row in each.execute(_REJECTED).fetchall())
            return found

        return self.run_parallel([collect])[0]

    def _run(self, statement: Sql | str, values: list[Any] | None = None) -> tuple[list[str], list[Row]]:
        """Run a statement to its end, when it has told what it rejects; return its columns' names and its rows."""
        words = statement if isinstance(statement, str) else text_of(statement)

        def run() -> tuple[list[str], list[Row]]:
            connection: DuckDBPyConnection = self._here.connection
            rows = connection.execute(words, values).fetchall()
            return [part[0] for part in connection.description or ()], rows

        return run() if hasattr(self._here, "connection") else self.run_parallel([run])[0]


@contextmanager
def open_session(progress: Progress | None = None, extract: Extract | None = None) -> Iterator[Session]:
    """Open a session, whose tables go with it; DuckDB's complaints about files and numbers become ExtractErrors.

    For a small extract it has several connections.
    """
    sources = extract.tables.values() if extract else ()
    files = {file.path: file for source in sources for file in source.files}
    size = sum(path.stat().st_size for path in files if path.exists())
    is_small = extract is not None and size < _SMALL_BYTES
    connections = [database().cursor() for _ in range(_WORKERS if is_small else 1)]
    main, schema = connections[0], f"session_{next(_numbers)}"
    main.execute(f"create schema {schema}; {'set threads = 1' if is_small else 'reset threads'}")
    for number, each in enumerate(connections):
        names = (f"set variable {name} = '{name}_{schema}_{number}'" for name in (REJECTED_LINES, REJECTED_FILES))
        each.execute(f"{_SETTINGS}; set search_path = '{schema},main'; {'; '.join(names)}")
    if extract is None or any(file.odd_letters for file in files.values()):
        main.execute(FOLD_ODD_LETTERS)
    session = Session(connections)
    try:
        with watched(session, progress):
            yield session
    finally:
        with suppress(duckdb.Error):
            # DuckDB gives memory back when it is told its limit, and keeps it after a table is dropped (DuckDB 2.0.0).
            main.execute(f"drop schema {schema} cascade; set memory_limit = '{MEMORY_LIMIT}'")
        session.close()


def _complaint(error: duckdb.Error) -> ExtractError | None:
    """Return what an error says about an extract as a whole, never in DuckDB's words, which may repeat a cell."""
    text = str(error)
    match error:
        case duckdb.OutOfRangeException() | duckdb.ConversionException():
            return NumberTooLargeError("a number is too large to be computed exactly")
        case duckdb.OutOfMemoryException():
            return ExtractError("there is too little memory or temporary disk space for this extract")
        case duckdb.InvalidInputException() if NOT_KNOWN in text:
            words = text[text.index(NOT_KNOWN) :].splitlines()[0]
            return ExtractError(f"{words}; look for a mistyped date in the extract")
        case _:
            return None


@contextmanager
def watched(session: Session, progress: Progress | None) -> Iterator[None]:
    """Tell the progress of queries, in per cent; DuckDB's complaints about files and numbers become ExtractErrors."""
    done = Event()

    def watch() -> None:
        while progress is not None and not done.wait(_POLL_SECONDS):
            progress(max(0.0, session.connections[0].query_progress()))

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    except (duckdb.FatalException, duckdb.InternalException):
        give_up_database()
        raise
    except duckdb.Error as error:
        complaint = _complaint(error)
        if complaint is None:
            raise
        raise complaint from error
    finally:
        done.set()
        watcher.join()
