"""`sgkpi check` as a person runs it: the screen at every width, data, exit codes, and what it never says."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from rich.cells import cell_len

from sgkpi.answers.check.findings import QualityReport
from sgkpi.definitions.bundled import sample_path
from sgkpi.documents.check import check_document
from tests.check.support import CONTACTS, STAYS, check, write_project
from tests.support.program import run
from tests.support.screens import shown as shown_on

# C1 is met, C2 not; C3 has an unreadable decision; C4 breaks a rule that is an error.
FILES = {
    "contacts.csv": CONTACTS
    + "C1,P1,2019-02-04 09:00,2019-02-04 12:00,,police,1\n"
    + "C2,P2,2019-02-05 09:00,2019-02-07 12:00,,school,1\n"
    + "C3,P3,2019-02-06 09:00,SECRET,,7,1\n"
    + "C4,P4,2019-02-07 09:00,2019-02-07 12:00,,police,100\n",
    "stays.csv": STAYS + "S1,P1,2019-02-01,,hotel\n",
}
WITHOUT_ERRORS = {**FILES, "contacts.csv": FILES["contacts.csv"].replace(",100\n", ",99\n")}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> QualityReport:
    return check(tmp_path_factory.mktemp("checked"), FILES)


class TestScreen:
    @pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
    @pytest.mark.parametrize("unicode", [True, False])
    def test_nothing_is_wider_than_the_terminal_and_nothing_is_lost(
        self, report: QualityReport, width: int, unicode: bool
    ) -> None:
        shown = shown_on(check_document(report), width, unicode=unicode)
        assert max(map(cell_len, shown.splitlines())) <= width
        said = " ".join(shown.split())
        for words in (
            "error: 1 row breaks the rule 'too_many_visits': visits < 100 [broken-rule]",
            "contacts.csv: row 5",
            "warning: 1 cell of 'decided_at' cannot be read as a date and time [unreadable-cell]",
            # 2 of 3 are met; C3 may have failed or succeeded.
            "decided_24h 2019-02: 66.7%, between 50.0% and 75.0% if its 1 case were known",
            "Rows per month: 2019-02 4, 2019-03 0",
            "2 tables: 1 error, 1 warning, 0 notes",
            "As of 2019-03-04 07:00",
        ):
            assert words in said

    def test_for_a_screen_reader_there_is_no_table(self, report: QualityReport) -> None:
        shown = shown_on(check_document(report), plain=True)
        assert "Rows: 4" in shown.splitlines()
        assert "---" not in shown

    def test_severity_is_a_word_and_a_colour(self, report: QualityReport) -> None:
        shown = shown_on(check_document(report), 100, colour=True)
        assert "\x1b[1;31m  error: 1 row breaks" in shown


class TestExitCodes:
    def test_errors_are_the_answer_no(self, tmp_path: Path) -> None:
        ended = run("check", cwd=write_project(tmp_path, FILES))
        assert ended.code == 1
        assert "1 error" in ended.stdout

    def test_warnings_are_not_unless_asked(self, tmp_path: Path) -> None:
        project = write_project(tmp_path, WITHOUT_ERRORS)
        assert run("check", cwd=project).code == 0
        assert run("check", "--fail-on", "warning", cwd=project).code == 1
        assert run("check", "stays", "--fail-on", "warning", cwd=project).code == 0

    @pytest.mark.parametrize(
        ("arguments", "code", "words"),
        [
            (["contcts"], 2, "no table 'contcts'; did you mean 'contacts'?\n"),
            (["children"], 11, "has no table children"),
            (["--month", "2019-05"], 2, "2019-05 had not begun"),
            (["--month", "2019-01,2019-02"], 2, "--month: give one month, not 2"),
            (["--plain", "--json"], 2, "--plain and json cannot be combined"),
        ],
    )
    def test_what_cannot_be_asked(self, tmp_path: Path, arguments: list[str], code: int, words: str) -> None:
        ended = run("check", *arguments, cwd=write_project(tmp_path, FILES))
        assert ended.code == code
        assert words in ended.stderr
        assert ended.stdout == ""


class TestData:
    def test_the_json(self, tmp_path: Path) -> None:
        ended = run("check", "--json", "--rows", cwd=write_project(tmp_path, FILES))
        report = json.loads(ended.stdout)
        assert list(report) == [
            "schema", "sgkpi", "as_of", "as_of_source", "period", "extract", "errors", "warnings", "notes", "tables",
            "findings",
        ]  # fmt: skip
        assert (report["schema"], report["period"], report["errors"]) == ("sgkpi.check/1", "2019-02", 1)
        assert report["tables"][0] == {
            "table": "contacts",
            "files": ["contacts.csv"],
            "rows": 4,
            "first": "2019-02-04",
            "last": "2019-02-07",
            "months": [{"month": "2019-02", "rows": 4}],
            "undeclared": [],
        }
        unreadable = next(each for each in report["findings"] if each["code"] == "unreadable-cell")
        assert unreadable == {
            "severity": "warning",
            "code": "unreadable-cell",
            "table": "contacts",
            "columns": ["decided_at"],
            "detail": "as a date and time",
            "count": 1,
            "message": "1 cell of 'decided_at' cannot be read as a date and time",
            "waived": None,
            "rows": [{"file": "contacts.csv", "count": 1, "rows": [4]}],
            "concerned": ["decided_24h"],
            "indicators": [
                {
                    "indicator": "decided_24h",
                    "period": "2019-02",
                    "value": 2 / 3,
                    "lowest": 0.5,
                    "highest": 0.75,
                    "cases": {"unknown": 1},
                    "unplaced": 0,
                }
            ],
        }

    def test_the_csv_has_a_row_for_each_finding_and_figure(self, tmp_path: Path) -> None:
        ended = run("check", "--csv", cwd=write_project(tmp_path, FILES))
        rows = list(csv.DictReader(StringIO(ended.stdout)))
        found = [(row["code"], row["rows"], row["indicator"], row["lowest"], row["cases"]) for row in rows]
        assert ("unreadable-cell", "contacts.csv: row 4", "decided_24h", "0.5", "1") in found

    def test_a_file_takes_its_format_from_its_ending(self, tmp_path: Path) -> None:
        ended = run("check", "-o", "quality.md", cwd=write_project(tmp_path, FILES))
        assert (ended.code, ended.stdout) == (1, "")
        written = (tmp_path / "quality.md").read_text(encoding="utf-8")
        assert "| contacts | 4 | 1 | 2019-02-04 | 2019-02-07 | 1 | 1 | 0 |" in written
        assert "decided\\_24h" in written or "decided_24h 2019-02: 66.7%" in written

    def test_no_cell_is_quoted_unless_asked(self, tmp_path: Path) -> None:
        project = write_project(tmp_path, FILES)
        for form in ("table", "json", "csv", "md"):
            ended = run("check", "--format", form, cwd=project)
            assert "SECRET" not in ended.stdout + ended.stderr
        assert "row 4: 'SECRET'" in run("check", "--show-values", cwd=project).stdout


def test_the_sample_has_its_faults_no_error_and_no_identifier() -> None:
    ended = run("check", "--json", "--data", str(sample_path()), cwd=Path.cwd())
    report = json.loads(ended.stdout)
    assert ended.code == 0
    assert "identifier" not in {each["code"] for each in report["findings"]}
    (double,) = (each for each in report["findings"] if each["code"] == "duplicate-key")
    assert double["rows"] == [{"file": "contacts.csv", "count": 2, "rows": [5535, 5536]}]


def test_compute_warns_of_identifiers_without_naming_one(tmp_path: Path) -> None:
    text = "contact_id,person_id,received_at,decided_at,Surname\nC1,P1,2019-02-04 09:00,,Ainscough\n"
    ended = run("compute", "decided_24h", "--json", cwd=write_project(tmp_path, {"contacts.csv": text}))
    warning = "contacts.csv: warning: 'Surname' holds names, as its header shows: leave it out [identifier]"
    assert warning in ended.stderr.splitlines()
    assert ended.code == 0
    assert "Ainscough" not in ended.stdout + ended.stderr
