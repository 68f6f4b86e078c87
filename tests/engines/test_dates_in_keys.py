"""A key is sealed and shown as it is recorded, on both engines, though a date in it lies after the as-of time."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sgkpi.answers.inputs import engine_named
from sgkpi.engines import sealed_files
from sgkpi.engines.protocol import ENGINES, Engine
from sgkpi.extracts.extract import Extract
from sgkpi.ledger.sealed import Seal
from sgkpi.model.outcomes import Outcome
from sgkpi.model.request import Request
from sgkpi.planning.plan import Plan
from sgkpi.planning.request import resolve
from tests.support.world import World
from tests.support.world_files import File

SEAL = Seal(b"a secret of thirty-two bytes ...")
CONTACTS = {
    "key": ["id", "next"],
    "person": "person",
    "happened": "received",
    "columns": {
        "id": {"type": "text"},
        "person": {"type": "text"},
        "received": {"type": "date"},
        "next": {"type": "date"},
    },
}
STAYS = {
    "key": ["person", "begun"],
    "person": "person",
    "columns": {"person": {"type": "text"}, "begun": {"type": "date"}, "ended": {"type": "date"}},
}
COUNTED = {
    "title": "counted",
    "table": "contacts",
    "period": "received",
    "measure": "count",
    "exclude": {"known": "next is not null"},
    "related": {
        "stay": {
            "table": "stays", "keep": "active", "from": "begun", "to": "ended", "until": "received",
            "merge": "adjacent",
        },
        "another": {"table": "contacts", "keep": "latest", "date": "received", "until": "as_of"},
    },
    "by": [{"ended": "stay.ended"}, {"next": "another.next"}],
}  # fmt: skip
NEXT = ["2019-03-10", "2019-03-11", "2019-03-01"]
WORLD = World(
    {"contacts": CONTACTS, "stays": STAYS},
    {"counted": COUNTED},
    (
        File(
            "contacts.csv",
            tuple({"id": "A", "person": "p", "received": "2019-02-04", "next": each} for each in NEXT),
            ("id", "person", "received", "next"),
        ),
        File(
            "stays.csv",
            (
                {"person": "p", "begun": "2019-01-01", "ended": "2019-02-01"},
                {"person": "p", "begun": "2019-02-01", "ended": ""},
            ),
            ("person", "begun", "ended"),
        ),
    ),
    datetime(2019, 3, 4, 7),
)


def opened(folder: Path, engine: str) -> tuple[Engine, Plan, Extract]:
    WORLD.write(folder)
    catalogue, extract = WORLD.open(folder)
    request, computing = Request(months=list(WORLD.months), as_of=WORLD.as_of), engine_named(engine)
    return computing, resolve(extract, catalogue, request, computing.events).plan, extract


@pytest.mark.parametrize("engine", ENGINES)
def test_cases_are_listed_by_their_keys_as_recorded(tmp_path: Path, engine: str) -> None:
    computing, plan, extract = opened(tmp_path, engine)
    found = computing.cases(plan, extract, (Outcome.COUNTED, Outcome.EXCLUDED)).cases
    assert {each.key: each.outcome for each in found} == {
        ("A", "2019-03-10"): Outcome.COUNTED,
        ("A", "2019-03-11"): Outcome.COUNTED,
        ("A", "2019-03-01"): Outcome.EXCLUDED,
    }


def test_keys_of_cases_and_of_related_rows_are_sealed_as_recorded(tmp_path: Path) -> None:
    """Of stays that are joined, that of the last; another contact with the greatest key. Both engines seal the same."""
    sealed = {}
    for engine in ENGINES:
        computing, plan, extract = opened(tmp_path / engine, engine)
        computing.seal(plan, extract, SEAL, tmp_path / engine, to_compare=True)
        sealed[engine] = [rows(tmp_path / engine / file) for file in (sealed_files.CASES, sealed_files.RELATED)]
    assert sealed["duckdb"] == sealed["reference"]
    cases, related = sealed["duckdb"]
    first, second, third = (SEAL.row("contacts", ["a", each]).key for each in NEXT)
    stay = SEAL.row("stays", ["p", "2019-02-01"]).key
    assert {row["key"] for row in cases} == {first, second, third}
    expected = {first: [stay, second], second: [stay, first], third: [stay, second]}
    assert {row["key"]: row["rows"] for row in related} == expected


def rows(file: Path) -> list[dict[str, Any]]:
    return sorted(pq.read_table(file).to_pylist(), key=repr)
