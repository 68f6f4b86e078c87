"""Proportions that had better be small: there `met` is what counts against the figure, on every screen."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from tests.support.casework import write_project
from tests.support.program import run

# February: 1, 2, 3 and 6 are referrals, 5 is not; of 4 nobody knows, and 7 is there twice.
REFERRED = """\
title: Contacts that became referrals
table: contacts
period: received_at
measure: proportion
met: "outcome = 'referral'"
because: {in_north: "team = 'North'", elsewhere: "true"}
improvement: decrease
target: {green: 40%, amber: 70%}
examples:
  - {is: met, because: in_north, contacts: {outcome: referral, team: North}}
  - {is: met, because: elsewhere, contacts: {outcome: referral}}
  - {is: not_met, contacts: {outcome: advice}}
  - {is: unknown, because: met, contacts: {team: North}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = write_project(tmp_path)
    (folder / "indicators" / "referred.yaml").write_text(REFERRED, encoding="utf-8")
    return folder


def test_show_says_what_counts_against_it_and_why(project: Path) -> None:
    ran = run("show", "referred", "--month", "2019-02", cwd=project)
    assert ran.code == 0, ran.stderr
    # 4 of 5 is 80%; 3 of 5 is at most 70%, 2 of 5 at most 40%
    assert "1 fewer would make this AMBER, 2 fewer GREEN.\n" in ran.stdout
    # with the two that are unknown, 4 of 7 or 6 of 7
    assert "Lowest and highest: 57.1% if no case not yet judged is met, 85.7% if every one is.\n" in ran.stdout
    assert "4 cases were met, and count against it.\nWhy met: in north 3, elsewhere 1.\n" in ran.stdout
    assert "not met" not in ran.stdout.split("Behind the figure")[1].split("What it means")[0]


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_cases_begin_with_those_that_are_met(engine: str, project: Path) -> None:
    ran = run("cases", "referred", "--month", "2019-02", "--csv", "--engine", engine, cwd=project)
    rows = [(row["key"], row["outcome"], row["reason"]) for row in csv.DictReader(StringIO(ran.stdout))]
    assert rows == [
        ("C2:P2", "met", "elsewhere"),
        ("C1:P1", "met", "in_north"),
        ("C3:P3", "met", "in_north"),
        ("C6:P6", "met", "in_north"),
        ("C7:P7", "unknown", "duplicate_key"),
        ("C4:P4", "unknown", "met"),
        ("C5:P5", "not_met", ""),
    ]
    ran = run("cases", "referred", "--month", "2019-02", "--csv", "--where", "reason=elsewhere", cwd=project)
    assert [row["key"] for row in csv.DictReader(StringIO(ran.stdout))] == ["C2:P2"]


def test_reasons_of_the_json_are_those_of_met(project: Path) -> None:
    ran = run("compute", "referred", "--month", "2019-02", "--json", cwd=project)
    reasons = [(each["outcome"], each["reason"], each["cases"]) for each in json.loads(ran.stdout)["reasons"]]
    assert [each for each in reasons if each[0] != "unknown"] == [("met", "elsewhere", 1), ("met", "in_north", 3)]


def test_why_asks_for_the_reason_of_a_case_that_is_met(project: Path) -> None:
    told = run("why", "referred", "C1:P1", cwd=project).stdout
    assert "Is the reason “in north”?" in told
    assert "met (in north): it counts in the numerator and the denominator" in told
    assert "Is the reason" not in run("why", "referred", "C5:P5", cwd=project).stdout


def test_explain_and_lint_know_of_it(project: Path) -> None:
    explained = run("explain", "referred", cwd=project).stdout
    assert "The reason for a case that is met is the first of these:" in explained
    assert "`because` applies to one that is met" in explained
    assert run("lint", "referred", cwd=project).stdout == "1 indicator, 4 examples: no problems\n"
    path = project / "indicators" / "referred.yaml"
    path.write_text(REFERRED.replace("{is: met, because: elsewhere", "{is: not_met, because: elsewhere"), "utf-8")
    assert "'elsewhere' is not a reason for not_met" in run("lint", "referred", cwd=project).stdout
