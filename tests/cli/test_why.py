"""`why` from end to end: what is told of one case, whatever became of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.casework import write_project
from tests.support.program import run


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path)


def told(project: Path, *arguments: str) -> dict[str, Any]:
    ran = run("why", *arguments, "--json", cwd=project)
    assert ran.code == 0, ran.stderr
    document: dict[str, Any] = json.loads(ran.stdout)
    return document


def rows(document: dict[str, Any]) -> list[tuple[str, int, str, str]]:
    return [(row["file"], row["row"], row["role"], row["said"]) for row in document["rows"]]


def answer(document: dict[str, Any], question: str) -> str:
    return next(step["answer"] for step in document["steps"] if step["question"] == question)


def last(document: dict[str, Any]) -> str:
    return str(document["steps"][-1]["answer"])


def test_an_overdue_contact_from_its_row_to_its_reason(project: Path) -> None:
    document = told(project, "decided", "C3:P3")
    assert rows(document) == [("contacts.csv", 4, "case", "the case")]
    assert document["rows"][0]["cells"]["decided_at"] == "(blank)"
    assert [(step["question"], step["answer"]) for step in document["steps"]] == [
        ("Does it belong to the period?", "It belongs to 2019-02: “received at” is 2019-02-20 09:00."),
        ("Is it excluded as “advice only”?", "No. Asked: “outcome” is 'advice'."),
        ("When does the time start?", "“received at” is 2019-02-20 09:00."),
        ("When is it due?", "The time allowed is 24 hours: due 2019-02-21 09:00."),
        ("When does it stop?", "“decided at” is not recorded."),
        ("Was that in time?", "No: at 2019-03-04 12:00 it is still open, and past due."),
        ("Is the reason “not decided”?", "Yes. Asked: “decided at” is not recorded."),
        ("So what is its outcome?", "overdue (not decided): it counts in the denominator only."),
    ]
    assert document["breakdowns"] == {"team": "North", "outcome": "referral"}


@pytest.mark.parametrize("key", [["C3:P3"], ["c3", " p3.0 "], [" c3 : P3 "], ["contacts.csv:4"]])
def test_keys_are_compared_as_keys_are(key: list[str], project: Path) -> None:
    assert told(project, "decided", *key)["key"] == "C3:P3"


@pytest.mark.parametrize(
    ("key", "outcome"),
    [
        ("C1:P1", "met: it counts in the numerator and the denominator."),
        ("C2:P2", "not met (decided late): it counts in the denominator only."),
        ("C5:P5", "excluded (advice only): it counts neither way."),
        ("C6:P6", "unknown (no time of day): it counts neither way."),
        ("C7:P7", "unknown (duplicate key): it counts neither way."),
        ("C8:P8", "not due: it counts neither way yet."),
    ],
)
def test_every_outcome(key: str, outcome: str, project: Path) -> None:
    assert last(told(project, "decided", key)) == outcome


def test_rows_that_share_a_key_are_all_shown(project: Path) -> None:
    assert rows(told(project, "decided", "C7:P7")) == [
        ("contacts.csv", 8, "case", "shares its key with a row that differs; this one places the case"),
        ("contacts.csv", 9, "case", "shares its key with a row that differs"),
    ]


def test_which_related_row_was_chosen_and_why(project: Path) -> None:
    document = told(project, "plans", "P1", "--month", "2019-02")
    assert document["reference_day"] == "2019-02-28"
    assert rows(document) == [
        ("leavers.csv", 2, "case", "the case"),
        ("reviews.csv", 2, "review", "not kept: another is later"),
        ("reviews.csv", 3, "review", "kept: the latest by “reviewed on”"),
    ]
    assert answer(document, "When is it due?") == "The time allowed is 6 months: due 2019-03-06."
    assert answer(document, "Was that in time?") == "Yes: on 2019-02-28 it is still in date."


def test_rows_left_out_by_where_with_what_they_hold(project: Path) -> None:
    plans = project / "indicators" / "plans.yaml"
    text = plans.read_text("utf-8")
    plans.write_text(text.replace("date: reviewed_on}", "date: reviewed_on, where: \"review_id <> 'R2'\"}"), "utf-8")
    assert rows(told(project, "plans", "P1", "--month", "2019-02"))[1:] == [
        ("reviews.csv", 2, "review", "kept: the latest by “reviewed on”"),
        ("reviews.csv", 3, "review", "left out by `where`: “review id” is 'R2'"),
    ]


def test_related_rows_without_a_date_or_of_a_later_day(project: Path) -> None:
    """P2's review of 2 March is not known on 28 February, and is on 4 March."""
    document = told(project, "plans", "P2", "--month", "2019-02")
    assert rows(document)[1:] == [
        ("reviews.csv", 4, "review", "kept: the latest by “reviewed on”"),
        ("reviews.csv", 5, "review", "left out: “reviewed on” is not recorded"),
        ("reviews.csv", 6, "review", "left out: does not exist yet at that time"),
    ]
    assert answer(document, "Was that in time?") == "No: on 2019-02-28 it is out of date."
    assert last(told(project, "plans", "P2", "--month", "2019-03")).startswith("met:")


@pytest.mark.parametrize(
    ("arguments", "question", "expected"),
    [
        (["plans", "P4"], "Is it covered by the population?", "No: it is not a case of this indicator."),
        (["plans", "P5"], "Does it belong to the period?", "No: it is not open on the reference day, 2019-02-28"),
        (["plans", "P6"], "Does it exist yet?", "No: at the end of the reference day 2019-02-28"),
        (["plans", "P7"], "Does it belong to the period?", "It belongs to no period: “since” is not recorded."),
        (["decided", "C10:P10"], "Does it exist yet?", "No: at the as-of time 2019-03-04 12:00"),
        (
            ["decided", "C3:P3", "-m", "2019-01"],
            "Does it belong to the period?",
            "so it belongs to 2019-02, and not to 2019-01.",
        ),
    ],
)
def test_a_case_that_has_no_outcome(arguments: list[str], question: str, expected: str, project: Path) -> None:
    document = told(project, *arguments)
    assert document["outcome"] is None
    assert expected in answer(document, question)
    assert last(document) == "None: it is in no figure here."


def test_a_month_that_the_extract_does_not_cover(project: Path) -> None:
    with (project / "data" / "extract.toml").open("a", encoding="utf-8") as file:
        file.write("[covers]\ncontacts = 2019-02-15\n")
    document = told(project, "decided", "C3:P3")
    assert document["outcome"] is None
    assert answer(document, "Does the extract cover the period?").startswith("The extract does not cover 2019-02")


def test_rows_with_a_blank_part_of_the_key_stand_alone(project: Path) -> None:
    with (project / "data" / "contacts.csv").open("a", encoding="utf-8") as file:
        file.write("C13,,2019-02-04 09:00,2019-02-04 10:00,referral,North\n")
        file.write("C13,,2019-02-04 09:00,,referral,North\n")
    ran = run("why", "decided", "C13:", cwd=project)
    assert ran.code == 2
    assert "2 cases of contacts have this key" in ran.stderr
    assert "contacts.csv:13, contacts.csv:14" in ran.stderr
    assert last(told(project, "decided", "contacts.csv:14")).startswith("overdue (not decided)")
    assert last(told(project, "decided", "contacts.csv:13")).startswith("met")


def test_keys_that_read_the_same_in_one_text_are_told_apart_by_their_parts(project: Path) -> None:
    with (project / "data" / "contacts.csv").open("a", encoding="utf-8") as file:
        file.write("C:13,P,2019-02-04 09:00,2019-02-04 10:00,referral,North\n")
        file.write("C,13:P,2019-02-04 09:00,,referral,North\n")
    ran = run("why", "decided", "C:13:P", cwd=project)
    assert (ran.code, ran.stdout) == (2, "")
    assert "2 cases of contacts have keys that read the same in one text; give contact_id and person_id" in ran.stderr
    assert last(told(project, "decided", "C:13", "P")).startswith("met")
    assert last(told(project, "decided", "C", "13:P")).startswith("overdue (not decided)")


def test_a_file_without_a_key_is_asked_for_by_row(project: Path) -> None:
    (project / "data" / "contacts.csv").write_text(
        "person_id,received_at,decided_at,outcome,team\nP1,2019-02-04 09:00,,referral,North\n", encoding="utf-8"
    )
    assert told(project, "decided", "contacts.csv:2")["key"] == "contacts.csv:2"
    ran = run("why", "decided", "P1", cwd=project)
    assert (ran.code, "give a file and a row, as contacts.csv:12" in ran.stderr) == (2, True)


def test_the_screen(project: Path) -> None:
    lines = run("why", "plans", "P1", "--month", "2019-02", cwd=project).stdout.splitlines()
    assert lines[:3] == [
        "Plans reviewed in the last six months (plans)",
        "Case P1, February 2019: met",
        "Reference day: 28 February 2019",
    ]
    assert "  reviews.csv row 3: kept: the latest by “reviewed on”" in lines
    assert "    reviewed on: 2018-09-06" in lines
    assert lines[-1] == "Judged by the reference engine. Keys and persons are pseudonyms; treat them with care."


def test_a_stock_without_any_related_row(project: Path) -> None:
    text = run("why", "plans", "P3", cwd=project).stdout
    assert "Related as review: no row of reviews" in text
    assert "No: there is nothing that would have started the time." in text
    assert "overdue (no plan)" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["decided", "C1:P2"], "no case of contacts has this key"),
        (
            ["decided", "C1"],
            "its key is contact_id and person_id, written as `sgkpi cases` prints it: CONTACT_ID:PERSON_ID",
        ),
        (["decided", "C1", "P1", "P2"], "the key of contacts is contact_id and person_id; 3 parts are given"),
        (["plans", "P99"], "no case of leavers has this key"),
        (["plans", "P1", "--month", "2019-01,2019-02"], "--month: give one month, not 2"),
    ],
)
def test_what_is_refused(arguments: list[str], message: str, project: Path) -> None:
    ran = run("why", *arguments, cwd=project)
    assert ran.code == 2
    assert message in ran.stderr


def test_no_message_names_another_key(project: Path) -> None:
    """The nearest would be the key of somebody else."""
    assert "P1" not in run("why", "plans", "P11", cwd=project).stderr


def test_a_mistyped_code_is_marked_and_leaves_the_population_unknown(project: Path) -> None:
    leavers = project / "data" / "leavers.csv"
    leavers.write_text(leavers.read_text("utf-8").replace("P1,2017-05-01,,relevant", "P1,2017-05-01,,relevnt"), "utf-8")
    shown = run("why", "plans", "P1", "--month", "2019-02", cwd=project).stdout
    assert "status: relevnt (not one of its codes)" in " ".join(shown.split())
    unknown = (
        "Unknown: a value that decides it is not recorded, or is not one of its codes. Asked: “status” is 'relevant'."
    )
    steps = told(project, "plans", "P1", "--month", "2019-02")["steps"]
    asked = [step["answer"] for step in steps if step["question"] == "Is it covered by the population?"]
    assert asked == [unknown]
    assert steps[-1]["answer"] == "unknown (population not known): it counts neither way."
    listed = run("cases", "plans", "--month", "2019-02", "--outcome", "unknown", cwd=project).stdout
    assert "Could not be judged: 1 lacks a valid value to decide if it belongs here" in listed
