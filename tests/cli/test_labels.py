"""Labels of tables, columns, codes and related rows: on every screen, and in no data."""

import csv
from io import StringIO
from pathlib import Path

import pytest

from tests.support.casework import write_project
from tests.support.program import run

CODES = (
    "label: Decision, codes: {referral: [], advice: [], no_further_action: []}, labels: {referral: Referral accepted}}"
)
TEAM = (
    "team: {type: category, label: Duty team, codes: {North: [], South: [], 'A, B': []}, labels: {South: South Bank}}"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Contacts whose outcome and team have labels, plans whose related row has one, and a table that has one."""
    project = write_project(tmp_path)
    for name, old, new in (
        (
            "tables/contacts",
            "codes: {referral: [], advice: []}}",
            CODES,
        ),
        ("tables/contacts", "team: {type: text}", TEAM),
        ("tables/contacts", "received_at: {", "received_at: {label: Date of contact, "),
        ("tables/reviews", "key: review_id", "label: reviews of plans\nkey: review_id"),
        ("tables/reviews", "reviewed_on: {type: date}", "reviewed_on: {type: date, label: Day of review}"),
        ("plans", "review: {table: reviews, ", "review: {label: last review, table: reviews, "),
    ):
        path = project / "indicators" / f"{name}.yaml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
    return project


def test_screens_show_labels_and_codes_as_words(project: Path) -> None:
    shown = run("show", "decided", "--month", "2019-02", cwd=project).stdout
    for said in (
        "By Duty team",
        "By Decision",
        "Referral accepted",
        "no further action",
        "later than 24 hours after “Date of contact”",
    ):
        assert said in shown, said
    computed = run("compute", "decided", "--month", "2019-02", "--by", "all", cwd=project).stdout
    assert "  Decision: Referral accepted  " in computed
    assert "  Duty team × Decision: North × Referral accepted  " in run(
        "compute", "decided", "--month", "2019-02", "--by", "team*outcome", cwd=project
    ).stdout  # fmt: skip
    markdown = run("compute", "decided", "--month", "2019-02", "--by", "all", "--format", "md", cwd=project).stdout
    assert "| Decision | Referral accepted | " in markdown
    header = run("cases", "decided", "--month", "2019-02", cwd=project).stdout
    assert "Duty team" in header
    assert "Referral accepted" in header


def test_explain_and_why_say_them(project: Path) -> None:
    explained = run("explain", "plans", cwd=project).stdout
    assert "last review: the latest, by “Day of review”, of the rows of reviews of plans with" in explained
    assert "“Day of review” of the last review" in explained
    assert "It can be broken down by Duty team and Decision." in run("explain", "decided", cwd=project).stdout
    assert "advice only: “Decision” is 'advice'." in run("explain", "decided", cwd=project).stdout
    why = run("why", "decided", "C9:P9", "--month", "2019-03", cwd=project).stdout
    for said in (
        "Date of contact: 2019-03-04 09:00",
        "Decision: Referral accepted",
        "Duty team: South Bank",
        "It belongs to 2019-03: “Date of contact” is 2019-03-04 09:00.",
        "“Date of contact” is 2019-03-04 09:00.",
    ):
        assert said in why, said
    plan = run("why", "plans", "P1", "--month", "2019-02", cwd=project).stdout
    assert "Related as last review" in plan
    assert "Related as last review: no row of reviews of plans" in run(
        "why", "plans", "P3", "--month", "2019-02", cwd=project
    ).stdout  # fmt: skip
    assert "kept: the latest by “Day of review”" in plan


def test_the_teams_of_what_is_due_have_their_labels(project: Path) -> None:
    due = run("due", "decided", "--within", "1", cwd=project).stdout
    assert "North: 1 case" in due
    assert "South Bank: 1 case" in due
    for team in ("South", "south bank"):
        listed = run("due", "decided", "--within", "1", "--team", team, cwd=project).stdout
        assert ("C9:P9" in listed, "C8:P8" in listed) == (True, False)


@pytest.mark.parametrize("reason", ["not_decided", "not decided"])
def test_outcomes_and_reasons_are_words_on_screens(reason: str, project: Path) -> None:
    asked = ("cases", "decided", "--month", "2019-02", "--outcome", "overdue,not met", "--where", f"reason={reason}")
    shown = run(*asked, cwd=project)
    assert "overdue  not decided" in shown.stdout, shown.stderr
    assert "not met" not in shown.stdout.partition("\n")[2]


def test_data_keep_the_codes(project: Path) -> None:
    for command in ("compute", "cases"):
        options = ["--by", "outcome"] if command == "compute" else []
        data = run(command, "decided", "--month", "2019-02", *options, "--csv", cwd=project).stdout
        assert "Referral accepted" not in data
        assert any("referral" in row.values() for row in csv.DictReader(StringIO(data)))


@pytest.mark.parametrize("value", ["referral", "Referral accepted", "referral ACCEPTED"])
def test_a_filter_takes_codes_and_labels(value: str, project: Path) -> None:
    ran = run("cases", "decided", "--month", "2019-02", "--where", f"outcome={value}", "--csv", cwd=project)
    assert {row["by_outcome"] for row in csv.DictReader(StringIO(ran.stdout))} == {"referral"}


def test_a_label_of_a_code_that_there_is_not(project: Path) -> None:
    path = project / "indicators" / "tables" / "contacts.yaml"
    path.write_text(path.read_text("utf-8").replace("labels: {referral:", "labels: {referal:"), encoding="utf-8")
    ran = run("lint", cwd=project)
    assert ran.code == 1
    assert (
        "contacts.yaml:9: error: 'referal' is not a code of 'outcome'; did you mean 'referral'? [unknown-code]"
        in ran.stdout
    )
