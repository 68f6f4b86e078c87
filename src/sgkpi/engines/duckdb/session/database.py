"""The process's DuckDB database: in memory, spilling to a temporary folder.

This module imports only DuckDB, so that the database can be opened while everything else is being imported.
"""

import atexit
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import cache

from sgkpi.engines.duckdb.session.macros import create_macros
from sgkpi.extracts.scratch import temporary_folder


@contextmanager
def defer_interrupts() -> Iterator[None]:
    """Defer SIGINT, SIGTERM and SIGHUP during a block that must not be interrupted.

    Interrupting the import of a C library may crash the process. Only the main thread receives signals, so other
    threads have nothing to defer.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    numbers = (getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP"))  # Windows knows no SIGHUP
    handlers = {number: signal.getsignal(number) for number in numbers if number is not None}
    known = {number: handler for number, handler in handlers.items() if handler is not None}
    for number in known:
        signal.signal(number, lambda number, _frame: heard.append(number))
    try:
        yield
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)
    for heard_number in heard:
        signal.raise_signal(heard_number)


with defer_interrupts():
    import duckdb
    from duckdb import DuckDBPyConnection

MEMORY_LIMIT = "700MB"
_SETTINGS = {
    "memory_limit": MEMORY_LIMIT,
    # The place of a row in a table that is made of a file is its place in the file.
    "preserve_insertion_order": "true",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    # A file may be written anew between two computations.
    "enable_external_file_cache": "false",
}


def open_ahead() -> None:
    """Start opening the database in the background."""
    _opening()


def database() -> DuckDBPyConnection:
    """Return the database, once it is open."""
    return _opening().result()


def give_up_database() -> None:
    """Never use this database again: one that has had a fatal fault cannot be."""
    _opening.cache_clear()


@cache
def _opening() -> "Future[DuckDBPyConnection]":
    folder = temporary_folder()
    opened: Future[DuckDBPyConnection] = Future()

    def open_database() -> None:
        try:
            connection = duckdb.connect(":memory:", config={**_SETTINGS, "temp_directory": str(folder)})
            connection.execute(create_macros())
            opened.set_result(connection)
        except BaseException as error:  # noqa: BLE001 - it is raised again for who asks for the database
            opened.set_exception(error)

    def put_away() -> None:
        if opened.exception() is None:
            opened.result().close()

    atexit.register(put_away)  # before the folder is removed
    # In a thread of its own, where Ctrl-C does not come to, which DuckDB would take for a fault.
    threading.Thread(target=open_database, daemon=True).start()
    return opened
