"""`sgkpi list --data`: which indicators an extract can carry, and why not; on workbooks in a national layout."""

import csv
import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from tests.support.program import run
from tests.support.workbooks import Rows, write_workbook

CONTACTS: Rows = [
    ["List 1: contacts"],
    [],
    ["Child Unique ID ", "Gender", "Date of Birth", "Age", "date of contact", "Contact  Source"],
    [101, "a) Male", date(2010, 1, 1), 9.1, date(2019, 2, 5), "q) 6: Police"],
    [102, "b) Female", None, 9.1, date(2019, 2, 6), "e) 2A: Schools"],
]
LEAVERS: Rows = [
    ["Child Unique ID", "Eligibility Category", "Latest Pathway Plan Review Date", "LA in Touch",
     "Type of Accommodation", "Allocated Team"],
    [101, "b) Former relevant child", date(2018, 12, 1), "a) Yes", "W: Bed and breakfast", "Leaving care"],
    [102, "a) Relevant child", None, "a) Yes", "U: Independent living", "Leaving care"],
]  # fmt: skip


def line_with(words: str, shown: str) -> str:
    return next(line for line in shown.splitlines() if words in line)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return write_workbook(tmp_path / "Annex_A.xlsx", {"List 1": CONTACTS, "Care Leavers": LEAVERS})


def listed(*arguments: str, cwd: Path) -> dict[str, dict[str, object]]:
    ran = run("list", *arguments, "--json", cwd=cwd)
    assert ran.code == 0
    return {each["id"]: each for each in json.loads(ran.stdout)}


def test_json_says_of_each_whether_and_why_not(workbook: Path) -> None:
    found = listed("--data", workbook.name, cwd=workbook.parent)
    assert found["contacts_decided_24h"]["available"] is False
    assert found["contacts_decided_24h"]["reason"] == (
        "needs contacts.decided_at: this extract has no such column (decided_at: when a manager recorded the decision "
        "on the contact)"
    )
    assert found["rhi_offered"]["reason"] == "needs missing_episodes: this extract has no such table"
    assert found["care_leavers_in_bnb"]["available"] is True
    assert found["care_leavers_in_bnb"]["reason"] == (
        "only for the month of the extract and the last complete one: it holds the present state, no history"
    )
    assert [each["id"] for each in found.values() if each["available"]] == [
        "care_leavers_in_bnb",
        "care_leavers_in_touch",
    ]


def test_a_list_without_a_column_is_named_with_it(tmp_path: Path) -> None:
    rows = [[cell for place, cell in enumerate(row) if place != 2] for row in LEAVERS]
    write_workbook(tmp_path / "x.xlsx", {"List 9": rows})
    ran = run("list", "--data", "x.xlsx", "--csv", cwd=tmp_path)
    reasons = {row["id"]: row["reason"] for row in csv.DictReader(StringIO(ran.stdout))}
    assert reasons["pathway_plans_reviewed"] == (
        "needs pathway_plan_reviews.reviewed_on: this extract has no such column (reviewed_on: when the plan was made, "
        "or last reviewed)"
    )
    assert "x.xlsx [List 9]: warning: required column 'reviewed_on' is missing" in ran.stderr
    assert (
        "x.xlsx: 2 of 159 indicators can be computed; tables that can be read: accommodation, activities, care_leavers"
        in ran.stderr
    )


def test_a_table_that_cannot_be_used_is_a_reason(tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text("person_id,decided_at\nP1,2019-02-05\n")
    (tmp_path / "health_passports.csv").write_text("person_id,issued_on\nP1,2019-02-05\n")
    ran = run("list", "--data", ".", "--csv", cwd=tmp_path)
    rows = {row["id"]: row for row in csv.DictReader(StringIO(ran.stdout))}
    assert ran.code == 0
    assert "contacts.csv: error: required column 'received_at' is missing" in ran.stderr
    reason = "needs contacts: contacts.csv: required column 'received_at' is missing"
    assert rows["contacts_decided_24h"]["reason"].startswith(reason)
    assert (rows["health_passports_issued"]["available"], rows["health_passports_issued"]["reason"]) == ("yes", "")


def test_the_screen_has_what_is_carried_and_in_numbers_what_is_missing(workbook: Path) -> None:
    shown = run("list", "--data", workbook.name, cwd=workbook.parent).stdout
    assert [line.split("  ")[0] for line in shown.splitlines() if " care_leavers_" in line and "  " in line] == [
        "Care leavers in bed and breakfast",
        "Care leavers with whom the council is in touch",
    ]
    # Five indicators of contacts ask when one was decided; three of these and no other, what came of it.
    assert "contacts.decided_at 5, " in shown
    assert "contacts.outcome 3, " in shown
    assert "missing_episodes 6" in line_with("Tables that are missing", shown)
    assert line_with("Only for the month", shown) == (
        "Only for the month of the extract and the last complete one: care_leavers_in_bnb, care_leavers_in_touch"
    )
    assert "Not available" not in shown


def test_where_nothing_is_carried_there_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "children.csv").write_text("person_id\nP1\n")
    shown = run("list", "--data", ".", cwd=tmp_path).stdout
    assert shown.startswith("Tables that are missing, and how many indicators need them: looked_after 30, ")


def test_the_screen_has_the_reasons_of_a_few_below(workbook: Path) -> None:
    shown = run("list", "--point", "5", "--data", workbook.name, cwd=workbook.parent).stdout
    assert "Available" in shown
    assert (
        "Not available: missing_again_30_days, missing_third_in_90_days, rhi_completed_72h, rhi_contacted_72h, "
        "rhi_offered: needs missing_episodes: this extract has no such table" in shown
    )


def test_without_data_nothing_is_said_of_an_extract(workbook: Path) -> None:
    ran = run("list", "--csv", cwd=workbook.parent, env={"SGKPI_DATA": "nowhere"})
    assert ran.code == 0
    assert ran.stdout.startswith("id,title,theme,measure,by,paragraphs,points\n")


@pytest.mark.parametrize(("name", "code"), [("nowhere", 11), ("notes.xls", 11)])
def test_what_is_no_extract_is_an_error(tmp_path: Path, name: str, code: int) -> None:
    (tmp_path / "notes.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    ran = run("list", "--data", name, cwd=tmp_path)
    assert (ran.code, ran.stdout) == (code, "")


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_figures_come_from_the_workbook_as_from_a_folder(workbook: Path, engine: str) -> None:
    arguments = ["--data", workbook.name, "--as-of", "2019-03-04", "--month", "2019-02", "--engine", engine, "--json"]
    ran = run("compute", "care_leavers_in_bnb", *arguments, cwd=workbook.parent)
    assert ran.code == 0
    written = json.loads(ran.stdout)
    (total,) = [each for each in written["figures"] if each["breakdown"] is None]
    assert (total["value"], total["counted"], total["unknown"]) == (1, 1, 0)
    assert {each["table"]: each["files"] for each in written["extract"]["tables"]} == {
        "accommodation": ["Annex_A.xlsx [Care Leavers]"],
        "care_leavers": ["Annex_A.xlsx [Care Leavers]"],
    }


def test_rows_are_named_as_in_the_sheet(tmp_path: Path) -> None:
    rows: Rows = [
        [],
        ["Contacts of the council"],
        ["contact_id", "Child Unique ID", "Date of Contact", "decided_at", "team", "source"],
        ["C1", "P1", date(2019, 2, 5), date(2019, 2, 6), "North", "police"],
        [],
        ["C2", "P2", date(2019, 2, 5), 43502, "North", "police"],
    ]
    write_workbook(tmp_path / "x.xlsx", {"Contacts": rows})
    ran = run("compute", "contacts_decided_5_working_days", "--data", "x.xlsx", "--month", "2019-02", cwd=tmp_path)
    assert ran.code == 0
    assert "x.xlsx [Contacts]: warning: 1 cell of 'decided_at' cannot be read as a date and time (row 6)" in ran.stderr
