"""An opened engine reads the tables of an extract once for several looks: each look finds what it finds alone."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sgkpi.engines import sealed_files
from sgkpi.engines.duckdb.engine import DuckDBEngine
from sgkpi.ledger.sealed import Seal
from sgkpi.model.errors import ExtractError
from sgkpi.model.request import Request
from sgkpi.planning.plan import Plan
from sgkpi.planning.request import ResolvedRequest, resolve
from tests.engines.test_many_indicators import PLAIN, RELATED, STOCKS, VALUES, world
from tests.spec.pages import outcomes

SEAL = Seal(b"a secret of thirty-two bytes ...")
FILES = (sealed_files.CASES, sealed_files.KEYS, sealed_files.ROWS, sealed_files.RELATED, sealed_files.SPELLS)


@contextmanager
def opened(folder: Path, *, more: str = "", seal: Seal | None = SEAL) -> Iterator[tuple[DuckDBEngine, ResolvedRequest]]:
    """An engine that is opened for all indicators over dirty contacts, to which lines may be added."""
    asked = world(**PLAIN, **RELATED, **STOCKS, **VALUES)
    asked.write(folder)
    contacts = folder / "data" / "contacts.csv"
    contacts.write_text(f"{contacts.read_text('utf-8').rstrip()}\n{more}", "utf-8")
    catalogue, extract = asked.open(folder)
    resolved = resolve(extract, catalogue, Request((), asked.months, 1, asked.kinds, asked.by, asked.as_of), _no_events)
    with DuckDBEngine().opened(resolved.plan, extract, seal) as engine:
        yield engine, resolved


def _no_events(_: object) -> None:
    raise AssertionError("the as-of time is given")


def sealed(engine: DuckDBEngine, plan: Plan, resolved: ResolvedRequest, folder: Path) -> dict[str, Counter[str]]:
    folder.mkdir()
    engine.seal(plan, resolved.extract, SEAL, folder, to_compare=True)
    return {name: Counter(map(str, pq.read_table(folder / name).to_pylist())) for name in FILES}


@pytest.mark.parametrize("seal", [SEAL, None], ids=["sealed", "not sealed"])
def test_figures_and_warnings_are_those_of_a_look_by_itself(tmp_path: Path, seal: Seal | None) -> None:
    with opened(tmp_path, seal=seal) as (engine, resolved):
        shared = engine.compute(resolved.plan, resolved.extract, show_values=True)
    alone = DuckDBEngine().compute(resolved.plan, resolved.extract, show_values=True)
    assert Counter(shared.outcomes) == Counter(alone.outcomes)
    assert Counter(map(str, shared.values)) == Counter(map(str, alone.values))
    assert (shared.unplaced, shared.tables) == (alone.unplaced, alone.tables)
    assert sorted(map(str, shared.problems)) == sorted(map(str, alone.problems))


def test_overdue_cases_are_counted_in_the_rows_that_were_read_for_figures(tmp_path: Path) -> None:
    with opened(tmp_path, seal=None) as (engine, resolved):
        plan = replace(
            resolved.plan, indicators=tuple(each for each in resolved.plan.indicators if each.indicator.clock)
        )
        engine.compute(resolved.plan, resolved.extract)
        assert engine.shared is not None
        read = dict(engine.shared.tables)
        shared = engine.overdue(plan, resolved.extract)
        assert all(engine.shared.tables[name] is each for name, each in read.items())
    alone = DuckDBEngine().overdue(plan, resolved.extract)
    assert shared
    assert Counter(shared) == Counter(alone)


@pytest.mark.parametrize("more", ["", "13,A\n"], ids=["whole rows", "a row that is too short"])
def test_cases_of_another_time_are_sealed_from_the_same_rows(tmp_path: Path, more: str) -> None:
    with opened(tmp_path, more=more) as (engine, resolved):
        engine.compute(resolved.plan, resolved.extract)
        assert engine.shared is not None
        read = dict(engine.shared.tables)
        today = resolved.plan_of_months()
        then = replace(today, as_of=datetime(2019, 2, 10, 12), recorded_by=today.as_of)
        found = [sealed(engine, plan, resolved, tmp_path / name) for name, plan in (("today", today), ("then", then))]
        assert all(engine.shared.tables[name] is each for name, each in read.items())
    assert sorted(read) == ["contacts", "spells"]
    for name, plan, files in zip(("one", "other"), (today, then), found, strict=True):
        assert sealed(DuckDBEngine(), plan, resolved, tmp_path / name) == files
    assert found[0] != found[1]


def test_another_seal_and_another_extract_have_sessions_of_their_own(tmp_path: Path) -> None:
    with (
        opened(tmp_path / "a") as (engine, resolved),
        opened(tmp_path / "b", more="14,A,2019-02-05 09:00,,,\n") as (_, b),
    ):
        folder = tmp_path / "sealed"
        folder.mkdir()
        engine.seal(resolved.plan_of_months(), resolved.extract, Seal(b"other"), folder)
        keys = {row["key"] for row in pq.read_table(folder / sealed_files.KEYS).to_pylist()}
        own = sealed(engine, resolved.plan_of_months(), resolved, tmp_path / "own")
        assert not any(str(key) in row for key in keys for row in own[sealed_files.KEYS])
        rows = {each.table: each.rows for each in engine.compute(b.plan, b.extract).tables}
    assert rows == {"contacts": 17, "spells": 5}


def test_an_extract_that_changes_between_two_looks_cannot_be_used(tmp_path: Path) -> None:
    def look_twice() -> None:
        with opened(tmp_path) as (engine, resolved):
            engine.compute(resolved.plan, resolved.extract)
            with (tmp_path / "data" / "contacts.csv").open("a", encoding="utf-8") as file:
                file.write("15,A,2019-02-05 09:00,,,\n")
            engine.compute(resolved.plan, resolved.extract)

    with pytest.raises(ExtractError, match="cannot be used as it is"):
        look_twice()


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_keys_that_repeat_with_a_row_that_is_too_short(engine: str) -> None:
    """The table is read again for it, in the same session; before, its cases were a view."""
    definition = """
        table: contacts
        period: received
        related: {others: {table: contacts, keep: count, date: received, until: as_of}}
        measure: proportion
        met: others.count > 0
        """
    contacts = """
        id | person | received   | decided
        1  | A      | 2019-02-04 | 2019-02-05
        2  | A      | 2019-02-04 | 2019-02-05
        1  | A      | 2019-02-04
        """
    assert outcomes(engine, definition, contacts=contacts) == {"1": "unknown: duplicate_key", "2": "met"}
