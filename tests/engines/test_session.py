"""A session: tables of its own that go with it, and statements that Ctrl-C ends."""

import os
import subprocess
import sys
from functools import reduce
from pathlib import Path

import pytest

from sgkpi import api
from sgkpi.engines.duckdb.ingest.raw_rows import read_files
from sgkpi.engines.duckdb.session import session as sessions
from sgkpi.engines.duckdb.session.session import Session, open_session
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Query
from tests.extracts.support import write_files
from tests.support.catalogue import shipped
from tests.support.program import SOURCES

ENDLESS = "select count(*) from range(1000000) a, range(1000000) b where hash(a.range + b.range) % 7 = 3"
INTERRUPTED = f"""
import os, signal, threading
from sgkpi.engines.duckdb.session.session import open_session
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


@pytest.mark.parametrize(("large", "workers"), [(1_000, 1), (10_000, 3)])
def test_a_large_table_keeps_all_processors_even_in_small_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int, workers: int
) -> None:
    """Its four parts have 400 bytes each."""
    monkeypatch.setattr(sessions, "_WORKERS", 3)
    monkeypatch.setattr(sessions, "_LARGE_BYTES", large)
    indicator = "title: A\ntable: things\nperiod: on\nmeasure: count\nimprovement: none\nbasis: [A rule]\n"
    table = "key: id\nhappened: on\ncolumns:\n  id: {type: text}\n  on: {type: date, required: true}\n"
    parts = {f"data/things/{part}.csv": f"id,on\n{part:0382},2019-02-04\n" for part in range(4)}
    write_files(tmp_path, {**parts, "ind/a.yaml": indicator, "ind/tables/things.yaml": table})
    extract = api.open_extract(tmp_path / "data", api.load_catalogue(tmp_path / "ind"))
    with open_session(None, extract) as session:
        assert len(session.connections) == workers


def test_the_tables_of_a_session_go_with_it() -> None:
    tables = sql.select(sql.column("table_name")).from_(sql.fn("duckdb_tables"))
    with open_session() as before:
        at_first = before.rows(tables)
    with open_session() as session:
        session.create("made", sql.select(sql.number(1).as_("n")))
        assert session.rows(tables) == [*at_first, ("made",)]
    with open_session() as after:
        assert after.rows(tables) == at_first


def test_two_readers_tell_in_which_file_a_row_is_short(tmp_path: Path) -> None:
    """The two read at the same time, and it takes some rounds for one to get in the other's way."""
    lines = {"0.csv": 1500, "1.csv": 2000, "2.csv": 2500}
    for table in ("contacts", "children"):
        (tmp_path / table).mkdir()
        for name, line in lines.items():
            rows = "P1,2019-02-04\n" * (line - 2) + "P1\n"
            (tmp_path / table / name).write_text(f"person_id,received_at\n{rows}")
    extract = api.open_extract(tmp_path, shipped())

    def read(session: Session, table: str) -> None:
        parts = [read_files([file], [0], numbered=False, padded=False) for file in extract.tables[table].files]
        session.rows(reduce(Query.union_all, parts))

    for _ in range(20):
        with open_session(None, extract) as session:
            session.run_parallel([lambda: read(session, "contacts"), lambda: read(session, "children")])
            found = sorted((line.path, line.number) for line in session.rejected())
        assert found == sorted(
            (str(tmp_path / table / name), lines[name]) for table in extract.tables for name in lines
        )


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_an_interrupt_ends_a_statement() -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], env=environment, capture_output=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"interrupted\n", b"")
