"""Movements of stocks: counted once for stocks of one population, and dated by the spells that carry a case alone."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sgkpi.answers.inputs import engine_named
from sgkpi.answers.movements import find_movements
from sgkpi.engines.protocol import ENGINES
from sgkpi.ledger.movements import Flow
from sgkpi.model.periods import Month
from sgkpi.model.request import Request
from sgkpi.planning.request import resolve
from tests.engines.test_many_indicators import STOCKS, world
from tests.support.world import World
from tests.support.world_files import File

CHILDREN = {
    "key": ["id"],
    "person": "id",
    "version": "changed",
    "columns": {
        "id": {"type": "text"},
        "family": {"type": "text"},
        "begun": {"type": "date"},
        "ended": {"type": "date"},
        "plan_from": {"type": "date"},
        "plan_to": {"type": "date"},
        "moved": {"type": "date"},
        "changed": {"type": "integer"},
    },
}
# Who has moved by the reference day: a date that begins no spell.
MOVED = "coalesce(moved, date '2099-01-01') <= reference_day"
SIBLING = {"table": "children", "keep": "active", "on": "family", "from": "plan_from", "to": "plan_to"}


def movements(folder: Path, asked: World, engine: str) -> dict[str, Flow]:
    """Return the movements of all stocks of a world in February 2019."""
    runner = engine_named(engine)
    asked.write(folder)
    catalogue, extract = asked.open(folder)
    resolved = resolve(extract, catalogue, Request((), asked.months, as_of=asked.as_of), runner.events)
    return dict(find_movements(resolved, runner, Month(2019, 2)))


def children(*rows: str, **definition: Any) -> World:
    """Return a stock of children, whose rows have the cells of the table, one after the other."""
    columns = tuple(CHILDREN["columns"])
    file = File("children.csv", tuple(dict(zip(columns, row.split(","), strict=True)) for row in rows), columns)
    spell = {"from": "begun", "to": "ended"}
    stock = {"title": "Some", "table": "children", "point_in_time": spell, "measure": "count", "basis": ["A test"]}
    return World({"children": CHILDREN}, {"stock": {**stock, **definition}}, (file,), datetime(2019, 3, 4, 7))


@pytest.mark.parametrize("engine", ENGINES)
def test_stocks_of_the_same_population_have_the_same_movements(tmp_path: Path, engine: str) -> None:
    away = {"measure": "proportion", "met": "kind = 'away'", "improvement": "decrease"}
    stocks = {"away": {**STOCKS["open"], **away}, "home": {**STOCKS["open"], "population": "kind = 'home'"}}
    # Since 31 January s1, at home, has ended; s2, away, and s3, at home, have begun.
    assert movements(tmp_path, world(**STOCKS, **stocks), engine) == {
        "open": Flow("open", "2019-02", entered=2, left=1, moved_in=0, moved_out=0),
        "away": Flow("away", "2019-02", entered=2, left=1, moved_in=0, moved_out=0),
        "home": Flow("home", "2019-02", entered=1, left=1, moved_in=0, moved_out=0),
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_a_row_that_a_later_version_replaces_dates_no_movement(tmp_path: Path, engine: str) -> None:
    """The spell of A was first said to begin on 10 February; it began in January, and A moved on 5 February."""
    rows = "A,,2019-02-10,,,,2019-02-05,1", "A,,2019-01-10,,,,2019-02-05,2"
    found = movements(tmp_path, children(*rows, population=MOVED), engine)
    assert found == {"stock": Flow("stock", "2019-02", entered=0, left=0, moved_in=1, moved_out=0)}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_related_row_that_a_later_version_replaces_dates_no_movement(tmp_path: Path, engine: str) -> None:
    """The plan of B was first said to begin on 10 February; A, who moved on the 5th, is in for that alone."""
    rows = (
        "A,F,2018-01-01,,,,2019-02-05,1",
        "B,F,2018-01-01,,2019-02-10,,,1",
        "B,F,2018-01-01,,2019-01-10,,,2",
    )
    condition = f"sibling.id is not null and {MOVED}"
    found = movements(tmp_path, children(*rows, population=condition, related={"sibling": SIBLING}), engine)
    assert found == {"stock": Flow("stock", "2019-02", entered=0, left=0, moved_in=1, moved_out=0)}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_case_is_not_its_own_related_row_that_dates_a_movement(tmp_path: Path, engine: str) -> None:
    """A moved on 5 February and has a sibling with a plan since January; that A has one since the 10th has no bearing.

    C, whose sibling D has one since the 10th, came with it.
    """
    rows = (
        "A,F,2018-01-01,,2019-02-10,,2019-02-05,1",
        "B,F,2018-01-01,,2019-01-10,,,1",
        "C,G,2018-01-01,,,,2019-01-05,1",
        "D,G,2018-01-01,,2019-02-10,,,1",
    )
    condition = f"sibling.id is not null and {MOVED}"
    found = movements(tmp_path, children(*rows, population=condition, related={"sibling": SIBLING}), engine)
    assert found == {"stock": Flow("stock", "2019-02", entered=1, left=0, moved_in=1, moved_out=0)}
