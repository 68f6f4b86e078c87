"""Why `check` exits with 1, and findings that a table's declaration accepts."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from tests.support.program import run

TABLE = """\
key: contact_id
happened: received_at
columns: {contact_id: {type: text}, received_at: {type: datetime, required: true}}
"""
INDICATOR = "title: Contacts\ntable: contacts\nperiod: received_at\nmeasure: count\n"
WAIVER = 'waive: {no-events: "quiet table, agreed with the data team 2026-11"}\n'
REASON = "quiet table, agreed with the data team 2026-11"
MESSAGE = "contacts: error: "


@pytest.fixture
def project(tmp_path: Path) -> Path:
    rows = "".join(f"C{month}{day},0{day}/0{month}/2025 09:00\n" for month in range(1, 6) for day in range(1, 7))
    files = {
        "data/contacts.csv": f"contact_id,received_at\n{rows}",
        "data/extract.toml": "extracted_at = 2025-09-04T07:00:00\n",
        "indicators/tables/contacts.yaml": TABLE,
        "indicators/contacts_received.yaml": INDICATOR,
        "sgkpi.toml": 'data = "data"\ncatalogue = "indicators"\n',
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


def waive(project: Path, waiver: str = WAIVER) -> None:
    (project / "indicators" / "tables" / "contacts.yaml").write_text(TABLE + waiver)


def test_written_to_a_file_the_errors_are_on_stderr(project: Path) -> None:
    ran = run("check", "-o", "findings.json", cwd=project)
    wrote, error, summary = ran.stderr.splitlines()
    assert (ran.code, wrote) == (1, "Wrote findings.json")
    assert error.startswith(MESSAGE)
    assert error.endswith("[no-events]")
    assert summary == "check fails: 1 error"


@pytest.mark.parametrize("form", ["json", "csv", "md"])
def test_as_data_too(project: Path, form: str) -> None:
    ran = run("check", "--format", form, cwd=project)
    assert (ran.code, ran.stderr.splitlines()[-1]) == (1, "check fails: 1 error")


def test_on_the_screen_the_document_says_it(project: Path) -> None:
    ran = run("check", cwd=project)
    assert (ran.code, ran.stderr) == (1, "")
    assert "1 table: 1 error, 0 warnings, 0 notes" in ran.stdout


def test_warnings_that_fail_are_named_too(project: Path) -> None:
    (project / "data" / "extract.toml").unlink()
    ran = run("check", "--as-of", "2025-06-04", "--fail-on", "warning", "-o", "f.json", cwd=project)
    assert (ran.code, "check fails" in ran.stderr) == (0, False)
    ran = run("check", "--fail-on", "warning", "-o", "f.json", cwd=project)
    assert (ran.code, ran.stderr.splitlines()[-1]) == (1, "check fails: 1 warning")


@pytest.mark.parametrize("least", ["error", "warning"])
def test_what_is_waived_does_not_fail(project: Path, least: str) -> None:
    waive(project)
    ran = run("check", "--fail-on", least, cwd=project)
    assert (ran.code, ran.stderr) == (0, "")
    assert "waived error: " in ran.stdout
    assert f"waived: {REASON}" in ran.stdout
    assert "1 table: 0 errors, 0 warnings, 0 notes, 1 waived" in ran.stdout


def test_data_have_the_reason(project: Path) -> None:
    waive(project)
    answer = json.loads(run("check", "--json", cwd=project).stdout)
    assert [(each["code"], each["severity"], each["waived"]) for each in answer["findings"]] == [
        ("no-events", "error", REASON)
    ]
    assert answer["errors"] == 0
    (row,) = csv.DictReader(StringIO(run("check", "--csv", cwd=project).stdout))
    assert row["waived"] == REASON
    assert f"(waived: {REASON})" in run("check", "--format", "md", cwd=project).stdout


def test_other_findings_are_not_waived(project: Path) -> None:
    waive(project, 'waive: {blank-cell: "new system"}\n')
    assert run("check", cwd=project).code == 1


def test_a_waiver_of_nothing_there_can_be_is_a_warning(project: Path) -> None:
    waive(project, 'waive: {no-evnts: "quiet"}\n')
    ran = run("check", cwd=project)
    assert ran.code == 1
    assert "waive: check has no finding 'no-evnts'; did you mean 'no-events'? [unknown-waiver]" in ran.stdout


def test_a_waiver_needs_a_reason(project: Path) -> None:
    waive(project, "waive: {no-events: }\n")
    assert run("lint", cwd=project).code == 1


def test_dates_that_are_numbers_of_excel_are_said_to_be_unreadable_and_how_to_look_at_them(project: Path) -> None:
    """43501 is how Excel stores 5 February 2019; without any other date nothing says when the extract was made."""
    (project / "data" / "extract.toml").unlink()
    (project / "data" / "contacts.csv").write_text("contact_id,received_at\nC1,43501\nC2,43502.5\n")
    for engine in ("duckdb", "reference"):
        ran = run("compute", "--engine", engine, cwd=project)
        assert ran.code == 11
        assert "no row has a date that can be read, so the as-of time is unknown; give an as-of time" in ran.stderr
    ran = run("check", "--as-of", "2019-03-04", cwd=project)
    assert "2 cells of 'received_at' cannot be read as a date and time: it looks like a date that Excel" in ran.stdout
