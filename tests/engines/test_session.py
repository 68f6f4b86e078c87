"""A session: tables of its own that go with it, and statements that Ctrl-C ends."""

import os
import subprocess
import sys

import pytest

from sgkpi.engines.duckdb.session import Session, open_session
from sgkpi.engines.sql import words as sql
from tests.support.program import SOURCES

ENDLESS = "select count(*) from range(1000000) a, range(1000000) b where hash(a.range + b.range) % 7 = 3"
INTERRUPTED = f"""
import os, signal, threading
from sgkpi.engines.duckdb.session import open_session
threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    with open_session() as session:
        session.execute({ENDLESS!r})
except KeyboardInterrupt:
    print("interrupted")
"""


def numbers(session: Session, relation: str) -> list[int]:
    return [record["n"] for record in session.records(sql.select(sql.column("n")).from_(relation))]


def test_sessions_have_tables_of_their_own() -> None:
    with open_session() as first, open_session() as second:
        for number, session in enumerate((first, second)):
            session.create("same", sql.select(sql.number(number).as_("n")))
        assert (numbers(first, "same"), numbers(second, "same")) == ([0], [1])


def test_the_tables_of_a_session_go_with_it() -> None:
    tables = sql.select(sql.column("table_name")).from_(sql.fn("duckdb_tables"))
    with open_session() as before:
        at_first = before.rows(tables)
    with open_session() as session:
        session.create("made", sql.select(sql.number(1).as_("n")))
        assert session.rows(tables) == [*at_first, ("made",)]
    with open_session() as after:
        assert after.rows(tables) == at_first


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_an_interrupt_ends_a_statement() -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], env=environment, capture_output=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"interrupted\n", b"")
