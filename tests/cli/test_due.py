"""`due` from end to end: what falls due in the next days, and in which order."""

import csv
import json
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from sgkpi.documents.due import due_document
from sgkpi.model.request import AsOfSource
from sgkpi.model.units import LimitUnit
from tests.support.answers import due_list
from tests.support.casework import write_project
from tests.support.program import run
from tests.support.screens import shown

HEADER = "day,indicator,key,person,period,outcome,reason,start,stop,due,value,team,by_outcome"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path)


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_by_day_and_team_over_every_indicator_with_a_clock(engine: str, project: Path) -> None:
    """C8 today, C9 tomorrow; P1's plan is in date until the 6th. C10 does not exist yet; overdue cases are no news."""
    ran = run("due", "--csv", "--engine", engine, cwd=project)
    assert ran.stdout.splitlines() == [
        HEADER,
        "2019-03-04,decided,C8:P8,P8,2019-03,not_due,,2019-03-03T15:00:00,,2019-03-04T15:00:00,,North,referral",
        "2019-03-05,decided,C9:P9,P9,2019-03,not_due,,2019-03-04T09:00:00,,2019-03-05T09:00:00,,South,referral",
        "2019-03-06,plans,P1,P1,2019-03,met,,2018-09-06,,2019-03-06,,West,",
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--within", "0"], ["C8:P8"]),
        (["--within", "1"], ["C8:P8", "C9:P9"]),
        (["plans"], ["P1"]),
        (["plans", "--within", "1"], []),
        (["dec,pla", "--within", "2"], ["C8:P8", "C9:P9", "P1"]),
        (["--as-of", "2019-02-03"], []),
        (["--as-of", "2019-02-04T12:00", "--within", "1"], ["C1:P1"]),  # what was known then
        # P2's plan ran out on 1 February: on that day it is still in date.
        (["plans", "--as-of", "2019-01-30", "--within", "2"], ["P2"]),
        (["plans", "--as-of", "2019-01-30", "--within", "1"], []),
    ],
)
def test_days_indicators_and_as_of(options: list[str], expected: list[str], project: Path) -> None:
    ran = run("due", "--csv", *options, cwd=project)
    assert ran.code == 0, ran.stderr
    assert [row["key"] for row in csv.DictReader(StringIO(ran.stdout))] == expected


def test_a_case_of_an_earlier_month_is_listed_too(project: Path) -> None:
    """Received on 28 January at noon, due within 800 hours: on 2 March at 20:00, in the clock's own hours."""
    path = project / "indicators" / "decided.yaml"
    path.write_text(path.read_text("utf-8").replace("within: 24 hours", "within: 800 hours"), encoding="utf-8")
    with (project / "data" / "contacts.csv").open("a", encoding="utf-8") as file:
        file.write("C11,P11,2019-01-28 12:00,,referral,North\n")
    ran = run("due", "decided", "--within", "0", "--as-of", "2019-03-02T12:00", "--csv", cwd=project)
    (row,) = csv.DictReader(StringIO(ran.stdout))
    assert (row["key"], row["period"], row["due"]) == ("C11:P11", "2019-01", "2019-03-02T20:00:00")


@pytest.mark.parametrize("unit", LimitUnit)
def test_a_case_is_listed_however_long_ago_its_clock_began(unit: LimitUnit, project: Path) -> None:
    """A hundred hours, days and so on before 4 March: `due` must know of each unit how far back to look."""
    begun = {
        LimitUnit.HOURS: "2019-02-28 08:00",
        LimitUnit.DAYS: "2018-11-24 12:00",
        LimitUnit.WORKING_DAYS: "2018-10-10 12:00",  # 103 weekdays, less Christmas, Boxing Day and New Year
        LimitUnit.WEEKS: "2017-04-03 12:00",
        LimitUnit.MONTHS: "2010-11-04 12:00",
    }
    path = project / "indicators" / "decided.yaml"
    path.write_text(path.read_text("utf-8").replace("within: 24 hours", f"within: 100 {unit}"), encoding="utf-8")
    with (project / "data" / "contacts.csv").open("a", encoding="utf-8") as file:
        file.write(f"C13,P13,{begun[unit]},,referral,North\n")
    ran = run("due", "decided", "--within", "0", "--csv", cwd=project)
    (row,) = (each for each in csv.DictReader(StringIO(ran.stdout)) if each["key"] == "C13:P13")
    assert row["day"] == "2019-03-04"


def test_a_case_that_is_placed_by_a_due_moment_to_come(project: Path) -> None:
    """On 28 February what is due on 1 March belongs to a month that has not begun."""
    path = project / "indicators" / "decided.yaml"
    path.write_text(path.read_text("utf-8").replace("period: received_at", "period: due"), encoding="utf-8")
    with (project / "data" / "contacts.csv").open("a", encoding="utf-8") as file:
        file.write("C12,P12,2019-02-28 09:00,,referral,North\n")
    ran = run("due", "decided", "--within", "1", "--as-of", "2019-02-28T12:00", "--csv", cwd=project)
    (row,) = csv.DictReader(StringIO(ran.stdout))
    assert (row["key"], row["period"], row["day"]) == ("C12:P12", "2019-03", "2019-03-01")


def test_json(project: Path) -> None:
    document = json.loads(run("due", "--json", "--within", "1", cwd=project).stdout)
    assert document["schema"] == "sgkpi.due/1"
    assert (document["within"], document["last_day"]) == (1, "2019-03-05")
    assert document["indicators"] == ["decided", "plans"]
    assert [list(row) for row in document["cases"]] == [HEADER.split(",")] * 2


def test_the_screen_has_a_line_for_each_case_by_team_and_names_the_extracts_days(project: Path) -> None:
    lines = [line.rstrip() for line in run("due", cwd=project).stdout.splitlines()]
    assert lines[0] == "Due from 4 March 2019 to 7 March 2019: 3 cases"
    assert lines[1] == "The extract dates from 4 March 2019: much may have changed since."
    assert [line.split() for line in lines if line.startswith(("C", "P")) or line.endswith("1 case")] == [
        ["North:", "1", "case"], ["C8:P8", "2019-03-04", "15:00", "P8", "decided"],
        ["South:", "1", "case"], ["C9:P9", "2019-03-05", "09:00", "P9", "decided"],
        ["West:", "1", "case"], ["P1", "2019-03-06", "P1", "plans"],
    ]  # fmt: skip
    assert "Indicators: decided, plans" in lines
    assert not any(word in "\n".join(lines) for word in ("today", "tomorrow"))


def test_many_indicators_are_a_number(project: Path) -> None:
    whole = (project / "indicators/decided.yaml").read_text(encoding="utf-8")
    for number in range(11):
        (project / f"indicators/decided_{number}.yaml").write_text(whole, encoding="utf-8")
    assert "\nIndicators: 13 that have a due day\n" in run("due", cwd=project).stdout


def test_an_extract_of_the_day_that_is_asked_for_is_not_old(project: Path) -> None:
    assert "more than a day old" not in run("due", "--as-of", "2019-03-04", cwd=project).stdout
    assert "warning: The extract dates from 4 March 2019: much" in run("due", "--csv", cwd=project).stderr


@pytest.mark.parametrize(("days", "old"), [(0, False), (1, False), (2, True)])
def test_an_extract_of_yesterday_is_as_new_as_a_nightly_one_can_be(days: int, old: bool) -> None:
    listed = replace(due_list("North"), as_of_source=AsOfSource.EXTRACT_TOML)
    today = listed.as_of.date() + timedelta(days=days)
    assert ("much may have changed" in shown(due_document(listed, today))) is old


SECOND = """\
title: Contacts decided within 30 days
table: contacts
period: received_at
measure: proportion
clock: {start: received_at, stop: decided_at, within: 30 days}
by: [team]
"""


class TestOverdue:
    """C4, without a team, has been overdue since 12 February, and C3 since the 21st; P3 and P6 have no plan.

    With a second clock of 30 days, C4 and C3 are due on 13 and 22 March as well.
    """

    @pytest.mark.parametrize("engine", ["duckdb", "reference"])
    def test_the_worst_first_by_team_each_case_once(self, engine: str, project: Path) -> None:
        (project / "indicators" / "thirty.yaml").write_text(SECOND, encoding="utf-8")
        ran = run("due", "--overdue", "--within", "20", "--engine", engine, cwd=project)
        lines = [line.rstrip() for line in ran.stdout.splitlines()]
        assert lines[0] == "Overdue on 4 March 2019: 4 cases. Due from 4 March 2019 to 24 March 2019: 3 cases"
        at = next(place for place, line in enumerate(lines) if line.startswith("East"))
        found = [" ".join(line.split()) for line in lines[at:] if line]
        assert found[: found.index("As of 2019-03-04 12:00 (from extract.toml)")] == [
            "East: 2 cases, 2 overdue",
            "P3 no date P3 plans",
            "P6 no date P6 plans",
            "North: 2 cases, 1 overdue",
            "C3:P3 2019-02-21 09:00 11 P3 decided, thirty (due 22 Mar)",
            "C8:P8 2019-03-04 15:00 P8 decided",
            "South: 1 case",
            "C9:P9 2019-03-05 09:00 P9 decided",
            "West: 1 case",
            "P1 2019-03-06 P1 plans",
            "(not recorded): 1 case, 1 overdue",
            "C4:P4 2019-02-12 09:00 20 P4 decided, thirty (due 13 Mar)",
        ]

    def test_data_have_a_row_for_each_case_and_indicator(self, project: Path) -> None:
        (project / "indicators" / "thirty.yaml").write_text(SECOND, encoding="utf-8")
        ran = run("due", "--overdue", "--within", "20", "--where", "TEAM=North", "--csv", cwd=project)
        rows = list(csv.DictReader(StringIO(ran.stdout)))
        assert [(row["key"], row["indicator"], row["outcome"]) for row in rows if row["key"] == "C3:P3"] == [
            ("C3:P3", "decided", "overdue"),
            ("C3:P3", "thirty", "not_due"),
        ]

    def test_an_overdue_case_without_a_due_moment_comes_last_and_has_no_day(self, project: Path) -> None:
        rows = list(csv.DictReader(StringIO(run("due", "plans", "--overdue", "--csv", cwd=project).stdout)))
        assert [(row["key"], row["day"], row["reason"]) for row in rows] == [
            ("P1", "2019-03-06", ""),
            ("P3", "", "no_plan"),
            ("P6", "", "no_plan"),
        ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--team", "South"], ["C9:P9"]),
        (["--team", "South", "--team", "West"], ["C9:P9", "P1"]),
        (["--where", "Team=West"], ["P1"]),
        (["--where", "outcome=referral"], ["C8:P8", "C9:P9"]),  # plans has no such breakdown
        (["--team", "East"], []),  # a team of another case
        (["--where", "person=p1"], ["P1"]),
    ],
)
def test_only_cases_of_a_category(options: list[str], expected: list[str], project: Path) -> None:
    ran = run("due", "--csv", *options, cwd=project)
    assert ran.code == 0, ran.stderr
    assert [row["key"] for row in csv.DictReader(StringIO(ran.stdout))] == expected


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_what_could_not_be_judged_may_be_due_too(engine: str, project: Path) -> None:
    """P3's status is mistyped: is it relevant? When C8 was decided cannot be read; C6 lacks a time, and has a stop."""
    contacts, leavers = project / "data" / "contacts.csv", project / "data" / "leavers.csv"
    contacts.write_text(
        contacts.read_text("utf-8").replace("C8,P8,2019-03-03 15:00,", "C8,P8,2019-03-03 15:00,tbc"), "utf-8"
    )
    leavers.write_text(
        leavers.read_text("utf-8").replace("P3,2017-05-01,,relevant", "P3,2017-05-01,,relevent"), "utf-8"
    )
    ran = run("due", "--engine", engine, "--json", cwd=project)
    assert json.loads(ran.stdout)["unjudged"] == [
        {"indicator": "decided", "cases": 1},
        {"indicator": "plans", "cases": 1},
    ]
    screen = run("due", "plans", "--team", "East", "--engine", engine, cwd=project).stdout
    assert "Could not be judged, so not listed (`sgkpi cases` says why): plans 1" in screen
    assert "Could not be judged" not in run("due", "plans", "--team", "West", "--engine", engine, cwd=project).stdout
    reason = run("cases", "plans", "--where", "reason=population not known", "--engine", engine, cwd=project).stdout
    assert "P3   P3      unknown  population not known" in reason


def test_nothing_due_has_its_header(project: Path) -> None:
    assert run("due", "plans", "--within", "0", "--csv", cwd=project).stdout.splitlines()[1:] == []
    assert "Nothing falls due." in run("due", "plans", "--within", "0", cwd=project).stdout


def test_an_indicator_that_cannot_be_computed_is_said_and_the_others_are_listed(project: Path) -> None:
    (project / "data" / "reviews.csv").unlink()
    ran = run("due", "--csv", cwd=project)
    assert ran.code == 0
    assert "warning: plans cannot be computed" in ran.stderr
    assert len(ran.stdout.splitlines()) == 3
    assert run("due", "plans", cwd=project).code == 11


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["received"], 2, "received has no clock, so its cases are never due"),
        (["--team", "Suth"], 2, "no team 'Suth'; did you mean 'South'?"),
        (["--where", "place=x"], 2, "no breakdown 'place'; there are team, outcome, reason, person"),
        (["--within", "99999999"], 2, "is beyond the calendar"),
        (["nothing"], 10, "no indicator 'nothing'"),
        (["--as-of", "2000-01-01"], 2, "lies before everything"),
    ],
)
def test_what_is_refused(arguments: list[str], code: int, message: str, project: Path) -> None:
    ran = run("due", *arguments, cwd=project)
    assert ran.code == code
    assert message in ran.stderr


def test_a_workbook_to_hand_to_the_teams(project: Path) -> None:
    ran = run("due", "-o", "due.xlsx", cwd=project)
    assert ran.stderr.splitlines()[-1] == "Wrote due.xlsx"
    book = load_workbook(project / "due.xlsx")
    assert book.sheetnames == ["due", "About"]
    header, first, *_ = ([cell.value for cell in row] for row in book["due"].iter_rows())
    assert header == HEADER.split(",")
    assert first == [
        datetime(2019, 3, 4), "decided", "C8:P8", "P8", "2019-03", "not_due", None, datetime(2019, 3, 3, 15), None,
        datetime(2019, 3, 4, 15), None, "North", "referral",
    ]  # fmt: skip
