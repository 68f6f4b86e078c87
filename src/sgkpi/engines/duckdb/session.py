"""A session: connections to DuckDB for one computation, with tables of its own."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from queue import SimpleQueue
from threading import Event, Thread, local
from typing import Any, Generic, TypeVar

import duckdb
from duckdb import DuckDBPyConnection

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Query, Sql
from sgkpi.engines.duckdb.database import database, give_up_database
from sgkpi.engines.duckdb.macros import NOT_KNOWN
from sgkpi.engines.duckdb.printer import text_of
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
_POLL_SECONDS = 0.1
_WAIT_SECONDS = 0.5  # on Windows, Ctrl-C is heard only between waits
# A small extract is computed side by side: planning its statements, on one processor each, takes longer than running
# them. Measured on the sample, two workers take an eighth off a whole run (2.4 s, then 2.1 s). A large extract keeps
# all processors busy.
_WORKERS = 2
_SMALL_BYTES = 4_000_000
_numbers = count(1)
Progress = Callable[[float], None]
Row = tuple[Any, ...]
Record = dict[str, Any]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Rejected:
    """A line of a file that could not be read as a row, why, and whether a quotation mark stays open in it."""

    path: str
    number: int
    error: str
    is_open: bool


_REJECTED = """
select s.file_path, e.line, e.error_type::varchar, (length(e.csv_line) - length(replace(e.csv_line, '"', ''))) % 2 = 1
from reject_errors e join reject_scans s using (scan_id, file_id)
"""


@dataclass
class Session:
    """Runs statements, and remembers the tables that were made.

    `workers` are further connections to the same tables, for jobs that run in parallel.
    """

    main: DuckDBPyConnection
    workers: tuple[DuckDBPyConnection, ...] = ()
    made: set[str] = field(default_factory=set)
    _here: local = field(default_factory=local)

    @property
    def connection(self) -> DuckDBPyConnection:
        """The connection of the job that asks; outside of jobs, the main one."""
        return getattr(self._here, "connection", self.main)

    def run_parallel(self, jobs: Sequence[Callable[[], Result]]) -> list[Result]:
        """Return the result of each job, in their order; no job may need what another one makes.

        Without workers the jobs run one after the other. Whatever interrupts the wait interrupts their queries too.
        """
        if not self.workers or len(jobs) == 1:
            return [job() for job in jobs]
        free: SimpleQueue[DuckDBPyConnection] = SimpleQueue()
        for worker in self.workers:
            free.put(worker)

        def run(job: Callable[[], Result]) -> Result:
            self._here.connection = free.get()
            try:
                return job()
            finally:
                free.put(self._here.connection)
                del self._here.connection

        with ThreadPoolExecutor(len(self.workers)) as pool:
            futures = [pool.submit(run, job) for job in jobs]
            try:
                while wait(futures, _WAIT_SECONDS).not_done:
                    pass
            except BaseException:
                for future in futures:
                    future.cancel()
                while not all(future.done() for future in futures):
                    with suppress(KeyboardInterrupt):
                        for worker in self.workers:
                            worker.interrupt()
                        wait(futures, _POLL_SECONDS)
                raise
        return [future.result() for future in futures]

    def create(self, name: str, query: Query) -> int:
        """Keep a query's rows in a table of the session, in the place of one of that name; return their number."""
        self.made.add(name)
        statement = text_of(sql.create(name, query))
        ((rows,),) = self._run(lambda: self.connection.execute(statement).fetchall())
        return int(rows)

    def rows(self, query: Query, values: list[Any] | None = None) -> list[Row]:
        """All rows of a query, which may ask for values."""
        statement = text_of(query)
        return self._run(lambda: self.connection.execute(statement, values).fetchall())

    def records(self, query: Query) -> list[Record]:
        """All rows of a query, each by the names of its columns."""
        rows = self.rows(query)
        names = [part[0] for part in self.connection.description or ()]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def row(self, query: Query) -> Row:
        """The one row of a query that has one."""
        # All are fetched, as a query that is not at its end has not told yet what it rejected.
        found = self.rows(query)
        if not found:
            raise LookupError("the query has no row")
        return found[0]

    def number(self, query: Query) -> int:
        """The one whole number that a query gives."""
        return int(self.row(query)[0])

    def rejected(self) -> list[Rejected]:
        """The lines that have been rejected so far, in whatever files were read."""
        connections = (self.main, *self.workers)
        return self._run(lambda: [line for each in connections for line in _rejected_by(each)])

    def execute(self, statement: Sql | str, values: list[Any] | None = None) -> None:
        """A statement with values of its own."""
        words = statement if isinstance(statement, str) else text_of(statement)
        self._run(lambda: self.connection.execute(words, values))

    def _run(self, work: Callable[[], Result]) -> Result:
        if self.connection is not self.main:
            return work()  # in a thread of its own already
        return run_interruptibly(self.main, work)


def _rejected_by(connection: DuckDBPyConnection) -> list[Rejected]:
    try:
        return [Rejected(*row) for row in connection.execute(_REJECTED).fetchall()]
    except duckdb.CatalogException:  # it has read no file of lines
        return []


def run_interruptibly(connection: DuckDBPyConnection, work: Callable[[], Result]) -> Result:
    """What the work gives, done in a thread of its own; whatever stops the wait, as Ctrl-C, stops its query too.

    A thread that waits within DuckDB hears of Ctrl-C late, and then as a fault of DuckDB's.
    """
    running = _Work(work)
    try:
        running.start()
        while not running.done.wait(_WAIT_SECONDS):
            pass
    except BaseException:
        running.stop(connection)
        raise
    return running.result()


class _Work(Thread, Generic[Result]):
    """A thread for one piece of work, and what came of it."""

    def __init__(self, work: Callable[[], Result]) -> None:
        super().__init__(daemon=True)
        self.done = Event()  # Python takes a thread for ended whose `join` was interrupted
        self._work = work
        self._results: list[Result] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:  # noqa: BLE001 - it is raised again where it belongs
            self._error = error
        finally:
            self.done.set()

    def result(self) -> Result:
        """Return the result of the work, or raise its exception."""
        if self._error is not None:
            raise self._error
        return self._results[0]

    def stop(self, connection: DuckDBPyConnection) -> None:
        """Interrupt until the work has ended; a second Ctrl-C changes nothing."""
        with suppress(KeyboardInterrupt):
            self.done.wait(_POLL_SECONDS)  # a thread that was about to begin has begun then
        while self.is_alive() and not self.done.is_set():
            with suppress(KeyboardInterrupt):
                connection.interrupt()
                self.done.wait(_POLL_SECONDS)


@contextmanager
def open_session(progress: Progress | None = None, extract: Extract | None = None) -> Iterator[Session]:
    """A session, whose tables go with it; DuckDB's complaints about files and numbers become ExtractErrors.

    For a small extract it has workers.
    """
    connection = database().cursor()
    workers = tuple(database().cursor() for _ in range(_WORKERS if extract is not None and _is_small(extract) else 0))
    try:
        with _tables_of_its_own(connection, workers), _watched(connection, progress), _complaints():
            yield Session(connection, workers)
    except (duckdb.FatalException, duckdb.InternalException):
        give_up_database()
        raise
    finally:
        for each in (*workers, connection):
            each.close()


def _is_small(extract: Extract) -> bool:
    files = {file.path for source in extract.tables.values() for file in source.files}
    return sum(path.stat().st_size for path in files if path.exists()) < _SMALL_BYTES


@contextmanager
def _tables_of_its_own(connection: DuckDBPyConnection, workers: Sequence[DuckDBPyConnection]) -> Iterator[None]:
    """A schema for the tables of a session, until it ends."""
    schema = f"session_{next(_numbers)}"
    connection.execute(f"create schema {schema}; {'set threads = 1' if workers else 'reset threads'}")
    for each in (connection, *workers):
        each.execute(f"{_SETTINGS}; set search_path = '{schema},main'")
    try:
        yield
    finally:
        with suppress(duckdb.Error):
            connection.execute(f"drop schema {schema} cascade")


@contextmanager
def _complaints() -> Iterator[None]:
    try:
        yield
    except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
        message = f"a number in this extract is too large to be computed exactly: {_first_line(error)}"
        raise ExtractError(message) from error
    except duckdb.OutOfMemoryException as error:
        raise ExtractError("there is too little memory or temporary disk space for this extract") from error
    except (duckdb.InvalidInputException, duckdb.IOException) as error:
        if NOT_KNOWN in str(error):
            message = str(error)[str(error).index(NOT_KNOWN) :].splitlines()[0]
            raise ExtractError(f"{message}; look for a mistyped date in the extract") from error
        raise ExtractError(f"a file of this extract could not be read: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


@contextmanager
def _watched(connection: DuckDBPyConnection, progress: Progress | None) -> Iterator[None]:
    """Tell the progress of the running query, in per cent, from a thread of its own."""
    if progress is None:
        yield
        return
    done = Event()

    def watch() -> None:
        while not done.wait(_POLL_SECONDS):
            progress(max(0.0, connection.query_progress()))

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
