"""One table that cannot be used stops its own indicators, and no others."""

import json
from pathlib import Path

import pytest

from tests.support.program import run
from tests.support.workbooks import write_workbook

CONTACTS = "contact_id,person_id,received_at,decided_at,source,outcome,team\n"
ROW = "C1,P1,2019-02-04 09:00,2019-02-04 10:00,police,referral,North\n"
REASON = "needs health_passports: {}: required column 'issued_on' is missing"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "extract.toml").write_text("extracted_at = 2019-03-04T07:00:00\n")
    (tmp_path / "contacts.csv").write_text(CONTACTS + ROW)
    (tmp_path / "health_passports.csv").write_text("passport_id,person_id,issued\nH1,P1,2019-02-05\n")
    return tmp_path


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_its_indicators_are_listed_with_the_error(folder: Path, engine: str) -> None:
    ran = run("compute", "--month", "2019-02", "--data", ".", "--json", "--engine", engine, cwd=folder)
    answer = json.loads(ran.stdout)
    reasons = {each["indicator"]: each["reason"] for each in answer["unavailable"]}
    assert (ran.code, answer["figures"][0]["indicator"]) == (0, "contacts_after_no_further_action")
    assert reasons["health_passports_issued"].startswith(REASON.format("health_passports.csv"))
    assert "health_passports.csv: warning: required column 'issued_on' is missing" in ran.stderr


@pytest.mark.parametrize("command", ["compute", "show", "cases"])
def test_asked_for_by_name_it_is_an_error(folder: Path, command: str) -> None:
    ran = run(command, "health_passports_issued", "--data", ".", cwd=folder)
    assert (ran.code, ran.stdout) == (11, "")
    assert "health_passports.csv: error: required column 'issued_on' is missing" in ran.stderr


@pytest.mark.parametrize("command", ["compute", "verify", "due"])
def test_commands_without_names_go_on(folder: Path, command: str) -> None:
    assert run(command, "--data", ".", cwd=folder).code == 0


def test_where_no_table_can_be_used_it_is_an_error(folder: Path) -> None:
    (folder / "contacts.csv").write_text("contact_id,team\nC1,North\n")
    ran = run("compute", "--month", "2019-02", "--data", ".", cwd=folder)
    assert (ran.code, ran.stdout) == (11, "")
    assert "contacts.csv: error: required column" in ran.stderr
    assert "health_passports.csv: error: required column" in ran.stderr


def test_a_sheet(tmp_path: Path) -> None:
    rows = [CONTACTS.strip().split(","), ROW.strip().split(",")]
    sheets = {"contacts": rows, "health_passports": [["passport_id", "person_id"], ["H1", "P1"]]}
    write_workbook(tmp_path / "x.xlsx", sheets)
    ran = run("compute", "--month", "2019-02", "--as-of", "2019-03-04", "--data", "x.xlsx", "--json", cwd=tmp_path)
    reasons = [each["reason"] for each in json.loads(ran.stdout)["unavailable"]]
    assert ran.code == 0
    assert any(each.startswith(REASON.format("x.xlsx [health_passports]")) for each in reasons)
