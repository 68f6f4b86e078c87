"""A session: connections to DuckDB for one computation, with tables of its own."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from itertools import count
from threading import Event, Thread, local
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import duckdb
from duckdb import DuckDBPyConnection

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Query, Sql
from sgkpi.engines.duckdb.database import database, give_up_database
from sgkpi.engines.duckdb.macros import NOT_KNOWN
from sgkpi.engines.duckdb.printer import text_of
from sgkpi.extracts.extract import Extract
from sgkpi.model.errors import ExtractError

if TYPE_CHECKING:
    import numpy as np

SMALL_BYTES = 4_000_000
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
# Statements of a small extract keep one processor busy each; most machines have two.
_LANES = 2
_numbers = count(1)
Progress = Callable[[float], None]
Row = tuple[Any, ...]
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
    """Runs statements, and remembers those that made a table.

    `lanes` are further connections to the same tables, for what can be done side by side.
    """

    connection: DuckDBPyConnection
    lanes: tuple[DuckDBPyConnection, ...] = ()
    made: dict[str, Query] = field(default_factory=dict)
    _here: local = field(default_factory=local)

    def side_by_side(self, jobs: Sequence[Callable[[], Result]]) -> list[Result]:
        """What each job gives, in their order; none may rest on what another of them makes.

        The jobs of a large extract are done one after the other, as each of their statements keeps all processors busy.
        """
        if not self.lanes or len(jobs) == 1 or self._lane is not None:
            return [job() for job in jobs]
        waiting = deque(enumerate(jobs))
        results: dict[int, Result] = {}
        errors: dict[int, BaseException] = {}

        def work(connection: DuckDBPyConnection) -> None:
            self._here.connection = connection
            for place, job in _taken_from(waiting):
                try:
                    results[place] = job()
                except BaseException as error:  # noqa: BLE001 - it is raised again below
                    errors[place] = error
                    waiting.clear()

        run_interruptibly({connection: partial(work, connection) for connection in self.lanes})
        if errors:
            raise errors[min(errors)]  # jobs begin in their order, so it is the same whichever lane was quicker
        return [results[place] for place in range(len(jobs))]

    def create(self, name: str, query: Query) -> None:
        """Keep a query's rows in a table of the session, in the place of one of that name."""
        self.made[name] = query
        self.execute(sql.create(name, query))

    def rows(self, query: Query, values: list[Any] | None = None) -> list[Row]:
        """All rows of a query, which may ask for values."""
        statement = text_of(query)
        return self._run(lambda connection: connection.execute(statement, values).fetchall())

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

    def array(self, query: Query) -> "np.ndarray[Any, Any]":
        """The one column that a query gives, without nulls, as an array of its own."""
        import numpy as np

        statement = text_of(query)
        (column,) = self._run(lambda connection: connection.execute(statement).fetchnumpy()).values()
        return np.asarray(column)

    @staticmethod
    def expect_arrays() -> None:
        """Begin to import what `array` needs, while DuckDB works."""
        Thread(target=import_module, args=("numpy",), daemon=True).start()

    def columns(self, relation: str) -> list[str]:
        """The names of a table's columns."""
        statement = text_of(sql.select(sql.STAR).from_(sql.source(relation)).limit(0))
        found = self._run(lambda connection: connection.execute(statement).description)
        return [part[0] for part in found or ()]

    def rejected(self) -> list[Rejected]:
        """The lines that have been rejected so far, in whatever files were read."""
        connections = (self.connection, *self.lanes)
        found = run_interruptibly({connection: partial(_rejected_by, connection) for connection in connections})
        return [line for lines in found for line in lines]

    def execute(self, statement: Sql | str, values: list[Any] | None = None) -> None:
        """A statement with values of its own."""
        words = statement if isinstance(statement, str) else text_of(statement)
        self._run(lambda connection: connection.execute(words, values))

    @property
    def _lane(self) -> DuckDBPyConnection | None:
        """The connection of the lane in which this is asked; None outside."""
        return getattr(self._here, "connection", None)

    def _run(self, work: Callable[[DuckDBPyConnection], Result]) -> Result:
        lane = self._lane
        if lane is not None:
            return work(lane)
        (result,) = run_interruptibly({self.connection: lambda: work(self.connection)})
        return result


def _taken_from(waiting: deque[Result]) -> Iterator[Result]:
    """What waits, one after the other; others take from it too."""
    with suppress(IndexError):
        while True:
            yield waiting.popleft()


def _rejected_by(connection: DuckDBPyConnection) -> list[Rejected]:
    try:
        return [Rejected(*row) for row in connection.execute(_REJECTED).fetchall()]
    except duckdb.CatalogException:  # it has read no file of lines
        return []


def run_interruptibly(works: Mapping[DuckDBPyConnection, Callable[[], Result]]) -> list[Result]:
    """What each work gives, done in a thread of its own; whatever stops the wait, as Ctrl-C, stops their queries too.

    A thread that waits within DuckDB hears of Ctrl-C late, and then as a fault of DuckDB's.
    """
    running = {connection: _Work(work) for connection, work in works.items()}
    try:
        for each in running.values():
            each.start()
        for each in running.values():
            while not each.done.wait(_WAIT_SECONDS):
                pass
    except BaseException:
        for connection, each in running.items():
            each.stop(connection)
        raise
    return [each.result() for each in running.values()]


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
        """What the work gave; raises what it raised."""
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
def open_session(extract: Extract | None, progress: Progress | None = None) -> Iterator[Session]:
    """A session, whose tables go with it; DuckDB's complaints about files and numbers become ExtractErrors."""
    lanes = _LANES if extract is not None and is_small(extract) else 0
    connection = database().cursor()
    try:
        with _tables_of_its_own(connection) as settings:
            if extract is not None:
                connection.execute("set threads = 1" if lanes else "reset threads")
            session = Session(connection, tuple(_another(settings) for _ in range(lanes)))
            with _watched(connection, progress), _complaints():
                yield session
    except (duckdb.FatalException, duckdb.InternalException):
        give_up_database()
        raise
    finally:
        connection.close()


@contextmanager
def _tables_of_its_own(connection: DuckDBPyConnection) -> Iterator[str]:
    """A schema for the tables of a session, until it ends; gives what is set for each of its connections."""
    schema = f"session_{next(_numbers)}"
    connection.execute(f"create schema {schema}")
    settings = f"{_SETTINGS}; set search_path = '{schema},main'"
    connection.execute(settings)
    try:
        yield settings
    finally:
        with suppress(duckdb.Error):
            connection.execute(f"drop schema {schema} cascade")


def _another(settings: str) -> DuckDBPyConnection:
    connection = database().cursor()
    connection.execute(settings)
    return connection


def is_small(extract: Extract) -> bool:
    """Whether the number of statements counts for more than the number of rows."""
    files = {file.path for source in extract.tables.values() for file in source.files}
    return sum(path.stat().st_size for path in files if path.exists()) < SMALL_BYTES


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
