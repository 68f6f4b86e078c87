"""Blank dates of related rows: that a spell has not ended, or a review was not held, is no fault; a lost start is."""

from datetime import datetime
from pathlib import Path

import pytest

from sgkpi import api
from sgkpi.answers.check.check import QualityRequest, check_quality
from sgkpi.engines.checks import Check
from sgkpi.model.periods import Month
from sgkpi.model.problems import Severity
from tests.support.world import write_catalogue

PERSON = {"type": "text", "required": True}
DATE = {"type": "date"}
CARE = {"key": "person", "person": "person", "columns": {"person": PERSON, "started": DATE, "left": DATE}}
STAYS = {
    "key": "id",
    "person": "person",
    "columns": {"id": {"type": "text"}, "person": PERSON, "begun": DATE, "ended": DATE},
}
FILES = {
    "care.csv": "person,started,left\na,2018-01-01,\n",
    "stays.csv": "id,person,begun,ended\n1,a,2018-01-01,\n2,a,,2018-06-01\n",
}


def catalogue_with(folder: Path, related: dict[str, str]) -> api.Catalogue:
    stock = {
        "title": "Stays",
        "table": "care",
        "point_in_time": {"from": "started", "to": "left"},
        "related": {"stay": {"table": "stays", **related}},
        "measure": "proportion",
        "met": "stay.count > 0" if related["keep"] == "count" else "stay.id is not null",
        "improvement": "none",
    }
    write_catalogue(folder / "indicators", {"care": CARE, "stays": STAYS}, {"stays_made": stock})
    (folder / "data").mkdir()
    for name, text in FILES.items():
        (folder / "data" / name).write_text(text, encoding="utf-8")
    return api.load_catalogue(folder / "indicators")


@pytest.mark.parametrize(
    ("related", "said"),
    [
        ({"keep": "count", "date": "ended", "within": "12 months"}, []),
        ({"keep": "latest", "date": "ended"}, []),
        ({"keep": "active", "from": "begun", "to": "ended"}, ["begun"]),
        ({"keep": "count", "from": "begun", "to": "ended"}, ["begun"]),
    ],
)
def test_compute_warns_of_spells_without_a_start_alone(
    tmp_path: Path, related: dict[str, str], said: list[str]
) -> None:
    catalogue = catalogue_with(tmp_path, related)
    extract = api.open_extract(tmp_path / "data", catalogue)
    results = api.compute(extract, catalogue, months=[Month(2019, 2)], as_of=datetime(2019, 3, 4))
    assert [problem.message for problem in results.problems] == [
        f"1 cell of '{column}' is blank: this row is left out of related rows, as a spell needs a start (row 3)"
        for column in said
    ]


def test_check_notes_them(tmp_path: Path) -> None:
    catalogue = catalogue_with(tmp_path, {"keep": "count", "date": "ended", "within": "12 months"})
    extract = api.open_extract(tmp_path / "data", catalogue)
    report = check_quality(extract, catalogue, QualityRequest(month=Month(2019, 2), as_of=datetime(2019, 3, 4)))
    found = [each for each in report.findings if each.columns == ("ended",)]
    assert [(each.check, each.severity, each.count) for each in found] == [(Check.EMPTY, Severity.NOTE, 1)]
