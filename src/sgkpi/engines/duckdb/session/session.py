"""A session: connections to DuckDB for one computation, with tables of its own."""

import os
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

from sgkpi.engines.duckdb.session.database import MEMORY_LIMIT, database, give_up_database
from sgkpi.engines.duckdb.session.macros import FOLD_ODD_LETTERS, NOT_KNOWN, WITHOUT_ZONES
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Query, Sql
from sgkpi.engines.sql.printer import text_of
from sgkpi.extracts.extract import Extract
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.errors import ExtractError

_UNWANTED = (
    # If a column's minimum and maximum decide a condition, DuckDB 2.0.0 may fail on the rest of a `case`.
    "statistics_propagation",
    # It evaluates repeated expressions for every row beforehand, even if a `case` needs them for few.
    "common_subexpressions",
    # It turns every list into a join over all rows, even if a `case` reaches it for few.
    "in_clause",
    # It swaps the sides of joins by guessing the size of a file; rows must keep their order, and files are the larger
    # side.
    "build_side_probe_side",
)
# DuckDB reports its progress only with its own bar enabled; the bar that is drawn is ours.
_SETTINGS = (
    f"set TimeZone = 'UTC'; set disabled_optimizers = '{','.join(_UNWANTED)}'; "
    "set enable_progress_bar = true; set enable_progress_bar_print = false"
)
# The variables of a connection that name its tables of rejected lines and their files. Each connection has its own: if
# two of them share the tables, DuckDB 2.0.0 may give different files the same number.
REJECTED_LINES, REJECTED_FILES = "rejected_lines", "rejected_files"
_REJECTED = """
select s.file_path, e.line, e.error_type::varchar, (length(e.csv_line) - length(replace(e.csv_line, '"', ''))) % 2 = 1
from query_table(getvariable('rejected_lines')) e
join query_table(getvariable('rejected_files')) s using (scan_id, file_id)
"""
_POLL_SECONDS = 0.1
_WAIT_SECONDS = 0.5  # on Windows, Ctrl-C is heard only between waits
# Tables that are not large are computed in parallel, each on one processor, as planning their statements takes longer
# than running them: on two processors 159 indicators over 49 tables of 5 MB take 3.6 s instead of 5.1 s, of 63 MB 8.2 s
# instead of 11.3 s, the sample an eighth less. A large table keeps all processors busy by itself.
_WORKERS = min(os.cpu_count() or 1, 4)
_LARGE_BYTES = 16_000_000
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
    """Runs statements and jobs in threads with a connection each.

    `calendar` tells for which working days it has a calendar, and with due days after how many of them.

    A thread inside DuckDB notices Ctrl-C late, and then as an error of DuckDB's. So the main thread only waits, and
    whatever interrupts its wait interrupts all queries.
    """

    connections: Sequence[DuckDBPyConnection]
    calendar: tuple[WorkingDays, frozenset[int]] | None = None
    _here: local = field(default_factory=local)

    def __post_init__(self) -> None:
        free = iter(self.connections)

        def take_connection() -> None:
            self._here.connection = next(free)

        self._pool = ThreadPoolExecutor(len(self.connections), initializer=take_connection)

    @property
    def is_parallel(self) -> bool:
        """Whether it computes tables in parallel, as none is large."""
        return len(self.connections) > 1

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
            # It may have come while a job was being submitted, so `running` may have a job that `futures` lacks.
            stopped.set()
            while running:
                # A second Ctrl-C changes nothing. A thread between two queries is interrupted in the next one.
                with suppress(KeyboardInterrupt):
                    for each in self.connections:
                        each.interrupt()
                    sleep(_POLL_SECONDS)
            raise
        return [future.result() for future in futures]

    def create(self, name: str, query: Query) -> int:
        """Store a query's rows in a table of the session, replacing any of that name; return their number."""
        ((rows,),) = self._run(sql.create(name, query))[1]
        return int(rows)

    def rows(self, query: Query | str, values: list[Any] | None = None) -> list[Row]:
        """Return all rows of a query with bound `values`."""
        return self._run(query, values)[1]

    def records(self, query: Query) -> list[Record]:
        """Return all rows of a query as dictionaries by column name."""
        names, rows = self._run(query)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def number(self, query: Query) -> int:
        """Return the single integer that a query yields."""
        ((number,),) = self.rows(query)
        return int(number)

    def execute(self, statement: Sql | str, values: list[Any] | None = None) -> None:
        """Run a statement with bound `values`."""
        self._run(statement, values)

    def rejected(self) -> list[Rejected]:
        """Return the lines rejected so far in all files read."""

        def collect() -> list[Rejected]:
            found: list[Rejected] = []
            for each in self.connections:
                with suppress(duckdb.CatalogException):  # it has read no CSV file
                    found += (Rejected(*row) for row in each.execute(_REJECTED).fetchall())
            return found

        return self.run_parallel([collect])[0]

    def _run(self, statement: Sql | str, values: list[Any] | None = None) -> tuple[list[str], list[Row]]:
        """Run a statement to its end, when rejected lines are known; return the names of its columns and its rows."""
        words = statement if isinstance(statement, str) else text_of(statement)

        def run() -> tuple[list[str], list[Row]]:
            connection: DuckDBPyConnection = self._here.connection
            rows = connection.execute(words, values).fetchall()
            return [part[0] for part in connection.description or ()], rows

        return run() if hasattr(self._here, "connection") else self.run_parallel([run])[0]


@contextmanager
def open_session(progress: Progress | None = None, extract: Extract | None = None) -> Iterator[Session]:
    """Open a session and drop its tables afterwards; DuckDB's errors about files and numbers become ExtractErrors.

    It has several connections unless a table of the extract is large.
    """
    tables = [source.files for source in extract.tables.values()] if extract else []
    sizes = (sum(file.path.stat().st_size for file in files if file.path.exists()) for files in tables)
    in_parallel = max(sizes, default=_LARGE_BYTES) < _LARGE_BYTES
    connections = [database().cursor() for _ in range(_WORKERS if in_parallel else 1)]
    main, schema = connections[0], f"session_{next(_numbers)}"
    main.execute(f"create schema {schema}; {'set threads = 1' if in_parallel else 'reset threads'}")
    for number, each in enumerate(connections):
        names = (f"set variable {name} = '{name}_{schema}_{number}'" for name in (REJECTED_LINES, REJECTED_FILES))
        each.execute(f"{_SETTINGS}; set search_path = '{schema},main'; {'; '.join(names)}")
    every = [file for files in tables for file in files]
    if extract is None or any(file.odd_letters for file in every):
        main.execute(FOLD_ODD_LETTERS)
    if extract is not None and not any(file.zones for file in every):
        main.execute(WITHOUT_ZONES)
    session = Session(connections)
    try:
        with watched(session, progress):
            yield session
    finally:
        with suppress(duckdb.Error):
            # DuckDB 2.0.0 keeps the memory of dropped tables until its limit is set.
            main.execute(f"drop schema {schema} cascade; set memory_limit = '{MEMORY_LIMIT}'")
        session.close()


def _complaint(error: duckdb.Error) -> ExtractError | None:
    """Return an error about the extract as a whole, never in DuckDB's words, which may quote a cell."""
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
    """Report the progress of queries, in per cent; DuckDB's errors about files and numbers become ExtractErrors."""
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
