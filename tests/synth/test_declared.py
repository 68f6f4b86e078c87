"""A table of somebody's own catalogue is made up from its declaration alone: sound, related, and the same each time."""

import csv
from pathlib import Path

import pytest

from sgkpi import api
from sgkpi.answers.check.check import QualityRequest, check_quality
from sgkpi.engines.checks import Check
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.periods import Month
from sgkpi.model.problems import Severity
from sgkpi.synth import write_extract
from tests.check.support import INDICATORS, TABLES
from tests.support.catalogue import shipped
from tests.support.world import write_catalogue

VISITS = {
    "key": ["visit_id"],
    "person": "child",
    "happened": "seen_on",
    "recorded": "entered_at",
    "columns": {
        "visit_id": {"type": "integer"},
        "child": {"type": "text", "required": True},
        "seen_on": {"type": "date", "required": True},
        "entered_at": {"type": "datetime", "required": True},
        "next_on": {"type": "date", "planned": True},
        "contact_id": {"type": "text"},
        "minutes": {"type": "integer"},
        "cost": {"type": "number"},
        "alone": {"type": "boolean"},
        "setting": {"type": "category", "codes": {"home": [], "school": []}},
        "born": {"type": "month"},
    },
    "rules": {"entered_after": "date(entered_at) >= seen_on", "short": "minutes < 10 or alone"},
}
VISITED = {
    "title": "Visits about a contact",
    "table": "visits",
    "period": "seen_on",
    "related": {"contact": {"table": "contacts", "keep": "only", "on": "contact_id"}},
    "measure": "proportion",
    "met": "contact.source = 'police'",
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("catalogue")
    write_catalogue(folder, {**TABLES, "visits": VISITS}, {**INDICATORS, "visited": VISITED})
    return api.load_catalogue(folder)


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_table_has_a_file_with_its_columns(tmp_path: Path, catalogue: Catalogue) -> None:
    paths = write_extract(tmp_path, seed=1, scale=0.2, catalogue=catalogue)
    assert [path.name for path in paths] == ["children.csv", "contacts.csv", "extract.toml", "stays.csv", "visits.csv"]
    assert list(rows(tmp_path, "visits")[0]) == list(VISITS["columns"])
    assert len(rows(tmp_path, "visits")) == 100
    assert len(rows(tmp_path, "children")) == 200


def test_what_is_made_up_is_sound(tmp_path: Path, catalogue: Catalogue) -> None:
    write_extract(tmp_path, seed=1, catalogue=catalogue)
    report = check_quality(api.open_extract(tmp_path, catalogue), catalogue, QualityRequest())
    assert [each.message for each in report.findings if each.severity is not Severity.NOTE] == []
    assert {each.check for each in report.findings} <= {Check.EMPTY, Check.UNMATCHED_KEY, Check.REPEATED_HOUR}


def test_it_can_be_computed(tmp_path: Path, catalogue: Catalogue) -> None:
    write_extract(tmp_path, seed=1, catalogue=catalogue)
    results = api.compute(api.open_extract(tmp_path, catalogue), catalogue, months=[Month(2019, 1)])
    values = {each.indicator: each.value for each in results.figures}
    assert set(values) == {"decided_24h", "received", "in_hotel", "contacts_in_hotel", "visited"}
    assert values["received"] is not None
    assert values["received"] > 10
    judged = {each.indicator: each.denominator for each in results.figures}
    assert (judged["visited"] or 0) > 0  # visits find their contacts


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, catalogue: Catalogue) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_extract(tmp_path / name, seed=seed, scale=0.1, catalogue=catalogue)
    contents = {
        name: [path.read_bytes() for path in sorted((tmp_path / name).glob("*.csv"))] for name in ("a", "b", "c")
    }
    assert contents["a"] == contents["b"]
    assert contents["a"] != contents["c"]


def test_a_table_beside_the_story_leaves_the_story_as_it_is(tmp_path: Path) -> None:
    known = shipped()
    folder = tmp_path / "catalogue"
    write_catalogue(folder, {"visits": VISITS}, {"visits_made": {**VISITED, "related": {}, "met": "alone"}})
    (own,) = api.load_catalogue(folder).tables.values()
    wider = Catalogue(folder, {**known.tables, "visits": own}, known.indicators)
    write_extract(tmp_path / "a", seed=5, scale=0.1)
    write_extract(tmp_path / "b", seed=5, scale=0.1, catalogue=wider)
    assert (tmp_path / "b" / "visits.csv").exists()
    for name in ("contacts.csv", "children.csv", "accommodation.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
