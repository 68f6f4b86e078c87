"""A session: a connection to DuckDB for one computation, with temporary tables of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb
from duckdb import DuckDBPyConnection

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.database import database, give_up_database
from sgkpi.engines.duckdb.macros import NOT_KNOWN
from sgkpi.errors import ExtractError
from sgkpi.extracts.extract import Extract
from sgkpi.kept import Shelf, shelf

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
Progress = Callable[[float], None]
Row = tuple[Any, ...]
Result = TypeVar("Result")


@dataclass
class Session:
    """Runs statements, and remembers those that made a table."""

    connection: DuckDBPyConnection
    texts: Shelf[str] = field(default_factory=Shelf)
    made: dict[str, sql.Query] = field(default_factory=dict)

    def create(self, name: str, query: sql.Query) -> None:
        """Keep a query's rows in a temporary table, in the place of one of that name."""
        self.made[name] = query
        self.execute(sql.create(name, query))

    def rows(self, query: sql.Query, values: list[Any] | None = None) -> list[Row]:
        """All rows of a query, which may ask for values."""
        statement = self._text(query)
        return self._run(lambda: self.connection.execute(statement, values).fetchall())

    def row(self, query: sql.Query) -> Row:
        """The one row of a query that has one."""
        # All are fetched, as a query that is not at its end has not told yet what it rejected.
        found = self.rows(query)
        if not found:
            raise LookupError("the query has no row")
        return found[0]

    def number(self, query: sql.Query) -> int:
        """The one whole number that a query gives."""
        return int(self.row(query)[0])

    def array(self, query: sql.Query) -> "np.ndarray[Any, Any]":
        """The one column that a query gives, without nulls, as an array of its own."""
        import numpy as np

        statement = self._text(query)
        found = self._run(lambda: self.connection.execute(statement).fetchnumpy())
        (column,) = found.values()
        return np.asarray(column)

    @staticmethod
    def expect_arrays() -> None:
        """Begin to import what `array` needs, while DuckDB works."""
        Thread(target=import_module, args=("numpy",), daemon=True).start()

    def columns(self, relation: str) -> list[str]:
        """The names of a table's columns."""
        empty = sql.select(sql.STAR).from_(sql.source(relation)).limit(0)
        statement = self._text(empty)
        found = self._run(lambda: self.connection.execute(statement).description)
        return [part[0] for part in found or ()]

    def rejects(self, statement: str) -> list[Row]:
        """What a statement tells of the lines that were rejected; nothing where no file of lines was read."""
        try:
            return self._run(lambda: self.connection.execute(statement).fetchall())
        except duckdb.CatalogException:
            return []

    def execute(self, statement: sql.Sql | str, values: list[Any] | None = None) -> None:
        """A statement with values of its own."""
        words = statement if isinstance(statement, str) else self._text(statement)
        self._run(lambda: self.connection.execute(words, values))

    def _text(self, statement: sql.Sql) -> str:
        """The text of a statement, as it was last time: sqlglot takes longer to write it than DuckDB to run it."""
        return self.texts.find(repr(statement), lambda: _written(statement))

    def _run(self, work: Callable[[], Result]) -> Result:
        return run_interruptibly(self.connection, work)


def _written(statement: sql.Sql) -> str:
    from sgkpi.engines.duckdb.render import text_of  # with sqlglot

    return text_of(statement)


def run_interruptibly(connection: DuckDBPyConnection, work: Callable[[], Result]) -> Result:
    """What `work` gives, done in a thread of its own; whatever stops the wait for it, as Ctrl-C, stops the query too.

    The thread that waits within DuckDB hears of Ctrl-C late, and then as a fault of DuckDB's.
    """
    results: list[Result] = []
    errors: list[BaseException] = []
    done = Event()  # Python takes a thread for ended whose `join` was interrupted

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised again where it belongs
            errors.append(error)
        finally:
            done.set()

    worker = Thread(target=run, daemon=True)
    try:
        worker.start()
        while not done.wait(_WAIT_SECONDS):
            pass
    except BaseException:
        _stop(connection, worker, done)
        raise
    for error in errors:
        raise error
    return results[0]


def _stop(connection: DuckDBPyConnection, worker: Thread, done: Event) -> None:
    """Interrupt until the query has ended; a second Ctrl-C changes nothing."""
    with suppress(KeyboardInterrupt):
        done.wait(_POLL_SECONDS)  # a thread that was about to begin has begun then
    while worker.is_alive() and not done.is_set():
        with suppress(KeyboardInterrupt):
            connection.interrupt()
            done.wait(_POLL_SECONDS)


@contextmanager
def open_session(extract: Extract | None, progress: Progress | None = None) -> Iterator[Session]:
    """A session, whose tables go with it; DuckDB's complaints about files and numbers become ExtractErrors."""
    connection = database().cursor()
    texts: Shelf[str] = shelf("statements", str(extract.path) if extract is not None else "")
    try:
        session = Session(connection, texts)
        session.execute(_SETTINGS)
        session.execute("set threads = 1" if extract is not None and is_small(extract) else "reset threads")
        with _watched(connection, progress), _complaints():
            yield session
        texts.put_away()
    except (duckdb.FatalException, duckdb.InternalException):
        give_up_database()
        raise
    finally:
        connection.close()


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
