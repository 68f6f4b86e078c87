"""The DuckDB of this process: in memory, with a temporary folder for what finds no room there.

It imports no more than DuckDB itself, so that it can be opened while all else is being imported.
"""

import atexit
from concurrent.futures import Future
from functools import cache
from tempfile import TemporaryDirectory
from threading import Thread

from sgkpi.engines.duckdb.interrupts import defer_interrupts
from sgkpi.engines.duckdb.macros import create_macros

with defer_interrupts():
    import duckdb
    from duckdb import DuckDBPyConnection

MEMORY_LIMIT = "700MB"


def open_ahead() -> None:
    """Begin to open the database, and do not wait for it."""
    _opening()


def database() -> DuckDBPyConnection:
    """The database, once it is open."""
    return _opening().result()


def give_up_database() -> None:
    """Never use this database again: one that has had a fatal fault cannot be."""
    _opening.cache_clear()


@cache
def _opening() -> "Future[DuckDBPyConnection]":
    folder = TemporaryDirectory(prefix="sgkpi-", ignore_cleanup_errors=True)
    opened: Future[DuckDBPyConnection] = Future()
    atexit.register(_put_away, opened, folder)
    # In a thread of its own, where Ctrl-C does not come to, which DuckDB would take for a fault.
    Thread(target=_open, args=(opened, folder.name), daemon=True).start()
    return opened


def _open(opened: "Future[DuckDBPyConnection]", folder: str) -> None:
    try:
        opened.set_result(_with_macros(folder))
    except BaseException as error:  # noqa: BLE001 - it is raised again for who asks for the database
        opened.set_exception(error)


def _with_macros(folder: str) -> DuckDBPyConnection:
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": folder,
            # The place of a row in a table that is made of a file is its place in the file.
            "preserve_insertion_order": "true",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            # A file may be written anew between two computations.
            "enable_external_file_cache": "false",
        },
    )
    connection.execute(create_macros())
    return connection


def _put_away(opened: "Future[DuckDBPyConnection]", folder: TemporaryDirectory[str]) -> None:
    if opened.exception() is None:
        opened.result().close()
    folder.cleanup()
