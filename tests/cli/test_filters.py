"""`--theme`, `--answers`, `--point` and `--rating`: which indicators a command is about."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from tests.support.program import run

CONTACTS = """\
key: contact_id
happened: received_at
columns:
  contact_id: {type: text}
  received_at: {type: datetime, required: true}
  decided_at: {type: datetime}
  team: {type: text}
"""
VISITS = """\
key: visit_id
happened: seen_on
columns:
  visit_id: {type: text}
  seen_on: {type: date, required: true}
"""
DECIDED = """\
title: Contacts decided within a day
theme: front_door
table: contacts
period: received_at
measure: proportion
clock: {start: received_at, stop: decided_at, within: 1 day}
by: [team]
improvement: increase
target: {green: 90%, amber: 50%}
answers: {paragraphs: [3, 13], points: [2]}
"""
SEEN = "title: Visits\ntheme: visits\ntable: visits\nperiod: seen_on\nmeasure: count\nanswers: {paragraphs: [13]}\n"
RECEIVED = "title: Contacts\ntheme: front_door\ntable: contacts\nperiod: received_at\nmeasure: count\n"
FILES = {
    "indicators/tables/contacts.yaml": CONTACTS,
    "indicators/tables/visits.yaml": VISITS,
    "indicators/decided.yaml": DECIDED,
    "indicators/seen.yaml": SEEN,
    "indicators/seen_twice.yaml": SEEN,
    "indicators/received.yaml": RECEIVED,
    # Of February, North has 1 of 1 in time, South 0 of 1: one of two, which is AMBER.
    "data/contacts.csv": "contact_id,received_at,decided_at,team\n"
    "1,2019-02-04,2019-02-05,North\n2,2019-02-04,2019-02-08,South\n3,2019-03-01,2019-03-01,North\n",
    "data/extract.toml": "extracted_at = 2019-03-04T07:00:00\n",
    "sgkpi.toml": 'catalogue = "indicators"\ndata = "data"\n',
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def listed(project: Path, *options: str) -> list[str]:
    ran = run("list", *options, "--json", cwd=project)
    assert ran.code == 0, ran.stderr
    return [each["id"] for each in json.loads(ran.stdout)]


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--answers", "13"], ["decided", "seen", "seen_twice"]),
        (["--answers", "3,13"], ["decided", "seen", "seen_twice"]),
        (["--answers", "13", "--theme", "Front door"], ["decided"]),
        (["--point", "2"], ["decided"]),
        (["--theme", "visits", "--theme", "front-door"], ["decided", "received", "seen", "seen_twice"]),
        (["--answers", "13", "see", "dec"], None),
        (["seen", "decided", "--answers", "3"], ["decided"]),
        (["received", "--point", "2"], []),
    ],
)
def test_what_is_left(project: Path, options: list[str], ids: list[str] | None) -> None:
    if ids is None:
        ran = run("list", *options, cwd=project)
        assert (ran.code, "'see' is the beginning of several indicators" in ran.stderr) == (10, True)
    else:
        assert listed(project, *options) == ids


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--theme", "font_door"], "--theme: no theme 'font_door'; did you mean 'front_door'?"),
        (["--theme", "x"], "--theme: no theme 'x'; there are front_door, visits"),
        (["--answers", "4"], "--answers: no indicator answers paragraph 4; there are answers to 3, 13"),
        (["--point", "1"], "--point: no indicator answers point 1; there are answers to 2"),
        (["--point", "two"], "--point: 'two' is not a number from 1; write it as --point 5"),
        (["--answers", ""], "--answers: this is empty; give a value, or omit it"),
    ],
)
@pytest.mark.parametrize("command", ["list", "compute", "lint", "check", "due"])
def test_what_no_indicator_has_is_an_error(project: Path, command: str, options: list[str], said: str) -> None:
    ran = run(command, *options, cwd=project)
    assert (ran.code, ran.stdout) == (2, "")
    assert said in ran.stderr


def test_nothing_left_has_a_header_all_the_same(project: Path) -> None:
    nothing = ["--point", "2", "--theme", "visits"]
    ran = run("list", *nothing, "--csv", cwd=project)
    assert (ran.code, ran.stdout) == (0, "id,title,theme,measure,by,paragraphs,points\n")
    assert "no indicator is left" in ran.stderr
    ran = run("compute", *nothing, "--csv", cwd=project)
    assert (ran.code, len(ran.stdout.splitlines())) == (0, 1)
    assert ran.stdout.startswith("indicator,title,measure,")
    assert json.loads(run("lint", *nothing, "--json", cwd=project).stdout)["indicators"] == 0
    assert run("list", *nothing, "--json", cwd=project).stdout.strip() == "[]"
    ran = run("due", *nothing, "--csv", cwd=project)
    assert (ran.code, ran.stdout.startswith("day,indicator,"), len(ran.stdout.splitlines())) == (0, True, 1)
    ran = run("report", "board", *nothing, cwd=project)
    assert (ran.code, "a report needs an indicator" in ran.stderr) == (2, True)


def computed(project: Path, *options: str) -> list[tuple[str, str, str]]:
    ran = run("compute", *options, "--month", "2019-02", "--csv", cwd=project)
    assert ran.code == 0, ran.stderr
    return [(row["indicator"], row["category"], row["rating"]) for row in csv.DictReader(StringIO(ran.stdout))]


def test_compute(project: Path) -> None:
    assert computed(project, "--answers", "13") == [("decided", "", "AMBER")]  # there is no table of visits
    ran = run("compute", "--theme", "visits", cwd=project)
    assert (ran.code, "seen, seen_twice: needs visits: this extract has no such table" in ran.stderr) == (11, True)
    assert computed(project, "--rating", "red,amber") == [("decided", "", "AMBER")]
    assert computed(project, "--rating", "red", "--by", "team") == [("decided", "South", "RED")]
    assert computed(project, "--rating", "green") == []
    ran = run("compute", "--rating", "reed", cwd=project)
    assert (ran.code, "--rating: no rating 'reed'; did you mean 'red'?" in ran.stderr) == (2, True)


def test_the_rating_of_the_latest_month_decides(project: Path) -> None:
    """March has not ended, so it is not rated."""
    ran = run(
        "compute", "decided", "--rating", "not-rated", "--month", "2019-03", "--history", "1", "--csv", cwd=project
    )
    rows = list(csv.DictReader(StringIO(ran.stdout)))
    assert [(row["period"], row["rating"]) for row in rows] == [("2019-02", "AMBER"), ("2019-03", "NOT_RATED")]


def test_list_by_rating_computes_the_last_complete_month(project: Path) -> None:
    ran = run("list", "--rating", "amber", "--csv", cwd=project)
    (row,) = csv.DictReader(StringIO(ran.stdout))
    assert (row["id"], row["period"], row["rating"], row["points"]) == ("decided", "2019-02", "AMBER", "2")
    assert "1 indicator rated AMBER in 2019-02. As of 2019-03-04 07:00 (from extract.toml)" in ran.stderr
    (project / "sgkpi.toml").write_text('catalogue = "indicators"\n', encoding="utf-8")
    ran = run("list", "--rating", "amber", cwd=project)
    assert (ran.code, "no extract given" in ran.stderr) == (2, True)


def test_indicators_without_a_table_are_one_line(project: Path) -> None:
    line = "2 indicators need tables that this extract does not have: `sgkpi list --data`"
    assert line in run("compute", cwd=project).stdout.splitlines()
    ran = run("compute", "--json", cwd=project)
    assert f"warning: {line}" in ran.stderr.splitlines()
    reason = "needs visits: this extract has no such table"
    assert json.loads(ran.stdout)["unavailable"] == [
        {"indicator": "seen", "reason": reason},
        {"indicator": "seen_twice", "reason": reason},
    ]
    assert run("compute", "seen", cwd=project).code == 11
    assert line in run("report", "quality", cwd=project).stdout.replace("\\", "")


def test_check_looks_at_the_tables_of_the_chosen(project: Path) -> None:
    (project / "data/visits.csv").write_text("visit_id,seen_on\n1,2019-02-30\n", encoding="utf-8")
    assert "2019" in run("check", "--theme", "visits", cwd=project).stdout
    ran = run("check", "--point", "2", "--csv", cwd=project)
    assert "visits" not in ran.stdout
    ran = run("check", "visits", "--point", "2", cwd=project)
    assert (ran.code, "has none of the tables of these indicators: contacts" in ran.stderr) == (11, True)


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_due(project: Path, engine: str) -> None:
    """4 is still to be decided today. Theme visits has no clock; theme front_door has one, and a count without."""
    with (project / "data/contacts.csv").open("a", encoding="utf-8") as file:
        file.write("4,2019-03-03,,South\n")
    (project / "data/visits.csv").write_text("visit_id,seen_on\n1,2019-02-20\n", encoding="utf-8")
    for chosen in (["--theme", "front_door"], ["--answers", "3"], ["--point", "2", "decided"], []):
        document = json.loads(run("due", *chosen, "--engine", engine, "--json", cwd=project).stdout)
        assert (document["indicators"], [each["key"] for each in document["cases"]]) == (["decided"], ["4"])
    ran = run("due", "--theme", "visits", "--engine", engine, cwd=project)
    assert (ran.code, "No indicator has a due day." in ran.stdout) == (0, True)
    ran = run("due", "received", "--theme", "front_door", cwd=project)
    assert (ran.code, "received has no clock" in ran.stderr) == (2, True)


def test_a_choice_that_leaves_no_indicator_is_said(project: Path) -> None:
    """A job that checks nothing must not read as one that found nothing."""
    said = "no indicator is left: none fits everything that the command line asks for\n"
    for command in ("lint", "list"):
        ran = run(command, "received", "--theme", "visits", cwd=project)
        assert (ran.code, ran.stderr) == (0, said), command


def test_reports(project: Path) -> None:
    ran = run("report", "indicator", "--answers", "3", cwd=project)
    assert (ran.code, "Contacts decided within a day" in ran.stdout) == (0, True)
    assert "`sgkpi report indicator --answers 3 --month 2019-02 --as-of 2019-03-04T07:00`" in ran.stdout
    assert "\nNot all indicators: only those of paragraph 3.\n" in ran.stdout
    ran = run("report", "board", "--theme", "FRONT_door", "--point", "2", cwd=project)
    assert "\nNot all indicators: only those of theme FRONT door and point 2.\n" in ran.stdout
    assert "Not all indicators" not in run("report", "board", cwd=project).stdout
    ran = run("report", "improvement", "--point", "2", cwd=project)
    assert (ran.code, "has all of their indicators" in ran.stderr) == (2, True)
    assert "name an indicator" in run("report", "indicator", cwd=project).stderr


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        (["decidet"], "error: no indicator 'decidet'; did you mean 'decided'?\n"),
        (
            ["decidet", "xyz"],
            "no indicator 'decidet'; did you mean 'decided'? no indicator 'xyz'; `sgkpi list` shows them",
        ),
    ],
)
def test_an_unknown_id_has_the_nearest_or_where_to_find_all(project: Path, ids: list[str], said: str) -> None:
    assert said in run("compute", *ids, cwd=project).stderr
