"""What is done side by side: in order, whole, and ended together."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.session import Session, open_session
from sgkpi.extracts.extract import Extract
from tests.support.program import SOURCES

SMALL = Extract(Path("nowhere"), {})
ENDLESS = "select count(*) from range(1000000) a, range(1000000) b where hash(a.range + b.range) % 7 = 3"
INTERRUPTED = f"""
import os, signal, threading
from pathlib import Path
from sgkpi.engines.duckdb.session import open_session
from sgkpi.extracts.extract import Extract
threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    with open_session(Extract(Path("nowhere"), {{}})) as session:
        session.side_by_side([lambda: session.execute({ENDLESS!r})] * 2)
except KeyboardInterrupt:
    print("interrupted")
"""


def numbers(session: Session, relation: str) -> list[int]:
    found = session.rows(sql.select(sql.column("n")).from_(sql.source(relation)))
    return sorted(row[0] for row in found)


def make(session: Session, number: int) -> int:
    session.create(f"made.{number}", sql.select(sql.alias(sql.number(number), "n")))
    return number


def test_results_come_in_the_order_of_the_jobs_and_all_see_what_was_made() -> None:
    with open_session(SMALL) as session:
        made = session.side_by_side([lambda number=number: make(session, number) for number in range(20)])
        assert made == list(range(20))
        assert [numbers(session, f"made.{number}") for number in range(20)] == [[number] for number in range(20)]


def test_jobs_run_in_two_lanes_and_jobs_of_a_job_in_its_own() -> None:
    threads = set()

    def inner() -> str:
        return threading.current_thread().name

    def outer(session: Session) -> bool:
        time.sleep(0.05)  # so that neither lane does everything
        threads.add(inner())
        return set(session.side_by_side([inner, inner])) == {inner()}

    with open_session(SMALL) as session:
        assert all(session.side_by_side([lambda: outer(session)] * 6))
    assert len(threads) == 2


def test_a_job_that_fails_ends_the_others_and_says_why() -> None:
    done = []

    def fail() -> None:
        raise LookupError("no such row")

    def work() -> None:
        time.sleep(0.02)
        done.append(1)

    with open_session(SMALL) as session:
        with pytest.raises(LookupError, match="no such row"):
            session.side_by_side([fail, *[work] * 50])
        assert len(done) < 50
        assert make(session, 1) == 1  # the session goes on


def test_of_several_errors_that_of_the_first_job_is_told() -> None:
    def fail(number: int) -> None:
        time.sleep(0.05 if number == 0 else 0)
        raise LookupError(f"job {number}")

    with open_session(SMALL) as session, pytest.raises(LookupError, match="job 0"):
        session.side_by_side([lambda number=number: fail(number) for number in range(3)])


def test_sessions_have_tables_of_their_own() -> None:
    with open_session(SMALL) as first, open_session(None) as second:
        for number, session in enumerate((first, second)):
            session.create("same", sql.select(sql.alias(sql.number(number), "n")))
        assert (numbers(first, "same"), numbers(second, "same")) == ([0], [1])


def test_the_tables_of_a_session_go_with_it() -> None:
    counted = "select count(*) from duckdb_tables() where schema_name like 'session_%'"
    with open_session(None) as before:
        at_first = before.connection.execute(counted).fetchall()
    with pytest.raises(LookupError), open_session(SMALL) as session:
        session.row(sql.select(sql.column("n")).from_(sql.source(f"made.{make(session, 1)}")).limit(0))
    with open_session(None) as after:
        assert after.connection.execute(counted).fetchall() == at_first


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_an_interrupt_ends_both_lanes() -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], env=environment, capture_output=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"interrupted\n", b"")
