"""Related rows that belong to no case: whatever they hold, no figure depends on it, and no run fails over it."""

import pytest

from sgkpi.engines.protocol import ENGINES
from tests.support.world import World
from tests.support.world_files import File

CASES = {
    "key": "id",
    "person": "person",
    "columns": {"id": {"type": "text"}, "person": {"type": "text"}, "received": {"type": "date"}},
}
VISITS = {
    "key": "id",
    "person": "person",
    "columns": {
        "id": {"type": "text"},
        "person": {"type": "text"},
        "done": {"type": "date"},
        "begun": {"type": "datetime"},
        "next": {"type": "date", "planned": True},
        "cost": {"type": "number"},
    },
}
DONE = {"done": "2019-02-01", "begun": "2019-02-01 09:00"}
FILES = (
    File("cases.csv", ({"id": "1", "person": "p", "received": "2019-02-05"},), ("id", "person", "received")),
    File(
        "visits.csv",
        (
            {"id": "1", "person": "p", **DONE, "next": "2019-02-11", "cost": "3"},
            {"id": "2", "person": "q", **DONE, "next": "2900-01-01", "cost": "99999999999999999999"},
        ),
        ("id", "person", "done", "begun", "next", "cost"),
    ),
)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "where",
    [
        "cost * cost > 5",
        "cost < hours_between(begun, as_of)",
        "working_days_between(done, next) > 5",
        "done + interval 2 working days < next - interval 2 working days",
    ],
)
@pytest.mark.parametrize("keep", [{"keep": "only"}, {"keep": "count", "date": "done", "until": "as_of"}])
def test_a_row_that_belongs_to_no_case_is_not_judged(engine: str, where: str, keep: dict[str, str]) -> None:
    """Its number is too large to be multiplied, and of its year no bank holidays are known."""
    visit = {"table": "visits", "where": where, **keep}
    met = "visit.count = 1" if keep["keep"] == "count" else "visit.done is not null"
    indicator = {
        "title": "t",
        "table": "cases",
        "period": "received",
        "measure": "proportion",
        "related": {"visit": visit},
        "met": met,
        "improvement": "increase",
    }
    world = World({"cases": CASES, "visits": VISITS}, {"visited": indicator}, FILES, None, extracted_at="2019-03-04")
    (figure,) = world.results(engine).figures
    assert figure.value == 1
