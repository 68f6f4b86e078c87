"""`sgkpi snapshot` as a monthly job runs it."""

import csv
import json
from io import StringIO
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.snapshots.worked import contacts
from tests.support.casework import write_project
from tests.support.monthly import APRIL, AS_OF, MARCH, SETTINGS, Monthly
from tests.support.program import Ran, run

FEBRUARY = ("snapshot", "--month", "2019-02", "--snapshots", "snapshots")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path)


def take(project: Path, *arguments: str) -> Ran:
    return run(*FEBRUARY, *arguments, cwd=project)


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_first_snapshot_is_kept_with_its_cases_and_says_where(project: Path) -> None:
    ran = take(project)
    assert (ran.code, ran.stdout.split(" taken: ")[0]) == (0, "2019-02-r1")
    assert "note: sealed cases are kept in 'snapshots.private'" in ran.stderr
    assert {"store.json", "2019-02-r1/manifest.json", "2019-02-r1/figures.csv"} <= files(project / "snapshots")
    assert "secret.key" in files(project / "snapshots.private")


def test_figures_are_those_of_compute_byte_for_byte(project: Path) -> None:
    take(project)
    asked = ("--history", "12", "--period", "month,year_to_date", "--by", "all", "--csv")
    computed = run("compute", "--month", "2019-02", *asked, cwd=project)
    assert (project / "snapshots/2019-02-r1/figures.csv").read_bytes() == computed.raw


def test_the_receipt_says_when_and_on_what_it_was_taken(project: Path) -> None:
    run(*FEBRUARY, cwd=project, env={"CI_JOB_URL": "https://ci.example/jobs/7"})
    receipt = json.loads((project / "snapshots/2019-02-r1/receipt.json").read_text("utf-8"))
    assert {"taken_at", "platform", "python", "libraries", "ci_run"} <= receipt.keys()
    assert receipt["ci_run"] == "https://ci.example/jobs/7"
    assert receipt["libraries"].keys() == {"sgkpi", "duckdb", "pandas", "pyarrow", "sqlglot"}


def test_the_same_again_writes_nothing(project: Path) -> None:
    take(project)
    before = files(project)
    ran = take(project)
    assert (ran.code, files(project)) == (0, before)
    assert "2019-02-r1 is there already, with the same figures and cases" in ran.stdout


def test_a_dry_run_writes_nothing(project: Path) -> None:
    before = files(project)
    ran = take(project, "--dry-run")
    assert (ran.code, files(project)) == (0, before)
    assert ran.stdout.startswith("2019-02-r1 would be taken: ")


class TestExitCodes:
    """Twice and thrice, as the job runs it; `job.files()` is all that is in the store and beside it."""

    @pytest.fixture
    def job(self, tmp_path: Path) -> Monthly:
        job = Monthly.at(tmp_path)
        assert job.take("2019-02", MARCH).code == 0
        return job

    def test_other_figures_need_a_reason_and_the_diff_is_shown(self, job: Monthly) -> None:
        before = job.files()
        ran = job.take("2019-02", APRIL)
        assert (ran.code, job.files()) == (12, before)
        assert ran.stdout.startswith("2019-02-r2 needs a reason, nothing is written: ")
        assert "Recorded late: had happened, was not in the records" in ran.stdout
        assert ran.stderr.endswith(
            "error: 2019-02-r1 is there already and says something else; what differs is the extract; "
            "to add a revision, say why with --reason\n"
        )

    def test_with_a_reason_they_are_a_revision(self, job: Monthly) -> None:
        ran = job.take("2019-02", APRIL, "--reason", "Late records were added")
        assert (ran.code, ran.stdout.split(" taken")[0]) == (0, "2019-02-r2")
        assert "Supersedes 2019-02-r1" in ran.stdout
        manifest = json.loads(job.files()["snapshots/2019-02-r2/manifest.json"])
        assert (manifest["supersedes"], manifest["reason"]) == ("2019-02-r1", "Late records were added")

    def test_a_gate_stops_it(self, job: Monthly) -> None:
        before = job.files()
        ran = job.take("2019-03", APRIL, "--fail-on", "restated")
        assert (ran.code, job.files()) == (1, before)
        assert "failed: restated: waits 2019-02: 75.0% to 66.7%" in ran.stdout
        assert ran.stderr.endswith("nothing was written: restated failed; to go on, give --accept and --reason\n")

    def test_a_gate_that_nobody_asked_for_stops_nothing(self, job: Monthly) -> None:
        ran = job.take("2019-03", APRIL)
        assert (ran.code, "failed: restated" in ran.stdout) == (0, True)

    def test_an_accepted_gate_is_kept_with_its_reason(self, job: Monthly) -> None:
        ran = job.take("2019-03", APRIL, "--fail-on", "restated", "--accept", "restated", "--reason", "as agreed")
        assert (ran.code, "accepted: restated" in ran.stdout) == (0, True)
        manifest = json.loads(job.files()["snapshots/2019-03-r1/manifest.json"])
        assert (manifest["accepted"], manifest["reason"]) == (["restated"], "as agreed")

    def test_a_setting_names_the_gates(self, job: Monthly) -> None:
        job.write("sgkpi.toml", SETTINGS + 'snapshot_fail_on = ["restated"]\n')
        assert job.take("2019-03", APRIL).code == 1
        job.write("sgkpi.toml", SETTINGS)
        job.extract(APRIL, "2019-04-04T07:00")
        asked = ("snapshot", "--month", "2019-03", "--history", "2", "--period", "month")
        assert job.run(*asked, SGKPI_SNAPSHOT_FAIL_ON="lost,restated").code == 1

    @pytest.mark.parametrize(
        ("month", "arguments", "code"),
        [("2019-02", [], 12), ("2019-03", ["--fail-on", "restated"], 1), ("2019-03", [], 0)],
    )
    def test_a_dry_run_ends_as_the_run_would(self, job: Monthly, month: str, arguments: list[str], code: int) -> None:
        before = job.files()
        ran = job.take(month, APRIL, *arguments, "--dry-run", as_of="2019-04-04T07:00")
        assert (ran.code, job.files()) == (code, before)

    def test_an_as_of_time_that_goes_back_needs_a_reason(self, job: Monthly) -> None:
        before = job.files()
        ran = job.take("2019-03", APRIL, as_of="2019-03-01T07:00")
        assert (ran.code, job.files()) == (12, before)
        assert "the as-of time 2019-03-01 07:00 lies before that of 2019-02-r1, 2019-03-04 07:00" in ran.stderr

    def test_all_keys_changed(self, job: Monthly) -> None:
        many = "; ".join(f"C{number} 4 4" for number in range(10, 40))
        job.take("2019-03", many)
        before = job.files()
        others = "; ".join(f"D{number} 4 4" for number in range(10, 40))
        ran = job.take("2019-04", others, "--fail-on", "keys_changed")
        assert (ran.code, job.files()) == (1, before)
        assert "failed: keys_changed: contacts: 30 of 30 keys are in no row, and 30 others came" in ran.stdout

    def test_an_extract_that_covers_less_without_saying_so(self, job: Monthly) -> None:
        many = "; ".join(f"C{number} 4 4" for number in range(10, 40))
        job.take("2019-03", many)
        before = job.files()
        ran = job.take("2019-04", "C10 4 4; C11 4 4", "--fail-on", "mass_deletion")
        assert (ran.code, job.files()) == (1, before)
        assert "failed: mass_deletion: contacts: 28 of 30 keys are in no row" in ran.stdout

    def test_a_missing_secret(self, job: Monthly) -> None:
        (job.folder / "snapshots.private/secret.key").unlink()
        before = job.files()
        ran = job.take("2019-03", APRIL)
        assert (ran.code, job.files()) == (12, before)
        assert "snapshots.private/secret.key is missing, though there are cases that it sealed" in ran.stderr

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ('{"schema": "sgkpi.snapshot/1"}', "manifest.json is damaged: 'month' is missing"),
            ("nothing", "manifest.json is damaged: it is not JSON"),
            (
                '{"schema": "sgkpi.snapshot/2", "sgkpi": "2.1"}',
                "was written by sgkpi 2.1 (schema sgkpi.snapshot/2); this is",
            ),
        ],
    )
    def test_a_manifest_that_cannot_be_read(self, job: Monthly, content: str, message: str) -> None:
        job.write("snapshots/2019-02-r1/manifest.json", content)
        before = job.files()
        ran = job.take("2019-03", APRIL)
        assert (ran.code, job.files()) == (12, before)
        assert message in ran.stderr

    def test_figures_with_another_byte(self, job: Monthly) -> None:
        path = job.folder / "snapshots/2019-02-r1/figures.csv"
        path.write_bytes(path.read_bytes().replace(b"0.75", b"0.76"))
        before = job.files()
        ran = job.take("2019-03", APRIL)
        assert (ran.code, job.files()) == (12, before)
        assert "2019-02-r1/figures.csv is not as it was written" in ran.stderr

    def test_a_former_definition_with_another_byte(self, job: Monthly) -> None:
        former = (job.folder / "snapshots/2019-02-r1/definitions/waits.yaml").read_text("utf-8")
        job.write("snapshots/2019-02-r1/definitions/waits.yaml", former.replace("24 hours", "25 hours"))
        job.write("indicators/waits.yaml", former.replace("24 hours", "1 working day"))
        before = job.files()
        ran = job.take("2019-03", APRIL)
        assert (ran.code, job.files()) == (12, before)
        assert "2019-02-r1/definitions/waits.yaml is not as it was written" in ran.stderr

    @pytest.mark.parametrize("name", ["cases.parquet", "keys.parquet"])
    def test_sealed_cases_that_were_cut_short(self, job: Monthly, name: str) -> None:
        (path,) = job.folder.glob(f"snapshots.private/*/{name}")
        path.write_bytes(path.read_bytes()[:40])
        before = job.files()
        ran = job.take("2019-03", APRIL)
        assert (ran.code, job.files()) == (12, before)
        assert f"{name} is damaged" in ran.stderr

    @pytest.mark.parametrize("name", ["cases.parquet", "keys.parquet"])
    def test_sealed_cases_that_are_other_ones(self, job: Monthly, name: str) -> None:
        (path,) = job.folder.glob(f"snapshots.private/*/{name}")
        pq.write_table(pq.read_table(path).slice(1), path)
        before = job.files()
        ran = job.take("2019-03", APRIL)
        assert (ran.code, job.files()) == (12, before)
        assert f"{path.parent.name} is not as it was written" in ran.stderr

    def test_sealed_cases_that_are_the_same_in_other_bytes(self, job: Monthly) -> None:
        (path,) = job.folder.glob("snapshots.private/*/cases.parquet")
        was = path.read_bytes()
        pq.write_table(pq.read_table(path), path, compression="gzip")
        assert path.read_bytes() != was
        assert job.take("2019-03", APRIL).code == 0

    @pytest.mark.parametrize("name", ["cases.parquet", "keys.parquet"])
    def test_sealed_cases_without_a_file(self, job: Monthly, name: str) -> None:
        (path,) = job.folder.glob(f"snapshots.private/*/{name}")
        path.unlink()
        before = job.files()
        ran = job.take("2019-03", APRIL)
        assert (ran.code, job.files()) == (12, before)
        assert f"{name} cannot be read: No such file or directory" in ran.stderr

    def test_a_former_definition_that_cannot_be_computed_any_more(self, job: Monthly) -> None:
        # C5 and C6 come when the column by which the former definition left contacts out is gone.
        definition = (job.folder / "indicators/waits.yaml").read_text("utf-8")
        table = (job.folder / "indicators/tables/contacts.yaml").read_text("utf-8")
        job.write("indicators/tables/contacts.yaml", f"{table}  kind: {{type: text}}\n")
        job.write("indicators/waits.yaml", f"{definition}exclude: {{other: \"kind = 'other'\"}}\n")
        rows = contacts(APRIL).splitlines()
        job.write("data/contacts.csv", "\n".join([f"{rows[0]},kind", *(f"{row},child" for row in rows[1:5])]))
        job.write("data/extract.toml", "extracted_at = 2019-04-04T07:00:00\n")
        assert job.run("snapshot", "--month", "2019-03", "--history", "2", "--period", "month").code == 0
        job.write("indicators/tables/contacts.yaml", table)
        job.write("indicators/waits.yaml", definition)
        before = job.files()
        ran = job.take("2019-04", APRIL, "--fail-on", "unmatched")
        assert (ran.code, job.files()) == (1, before)
        assert "failed: unmatched: waits: the former definition needs contacts.kind" in ran.stdout
        assert job.take("2019-04", APRIL).code == 0
        ledger = [
            (row["line"], row["cause"], row["exact"], row["attribution"])
            for row in csv.DictReader(StringIO(job.files()["snapshots/2019-04-r1/restatement.csv"].decode()))
            if not row["category"]
        ]
        assert ledger == [
            ("opening", "", "3/4", "none"),
            ("movement", "unmatched", "-1/12", "none"),
            ("closing", "", "2/3", "none"),
        ]

    def test_a_new_name_is_told_from_a_new_definition(self, job: Monthly) -> None:
        (job.folder / "indicators/waits.yaml").rename(job.folder / "indicators/delays.yaml")
        ran = job.take("2019-03", APRIL)
        assert (ran.code, "failed: lost: waits (delays means the same)" in ran.stdout) == (0, True)

    @pytest.mark.parametrize(
        ("first", "rest", "gone", "gate"), [("C", 2, 28, "mass_deletion"), ("D", 30, 30, "keys_changed")]
    )
    def test_without_a_month_in_common_keys_are_compared(
        self, job: Monthly, first: str, rest: int, gone: int, gate: str
    ) -> None:
        # 30 contacts of February; then 2 of them, or 30 others: 28 or 30 keys are gone.
        rows = ["; ".join(f"{letter}{number} 4 4" for number in range(10, 40)) for letter in ("C", first)]
        asked = ("--history", "0", "--period", "month")
        job.extract(rows[0], AS_OF["2019-03"])
        assert job.run("snapshot", "--month", "2019-03", *asked).code == 0
        job.extract("; ".join(rows[1].split("; ")[:rest]), AS_OF["2019-04"])
        ran = job.run("snapshot", "--month", "2019-04", *asked, "--fail-on", gate)
        assert (ran.code, f"failed: {gate}: contacts: {gone} of 30 keys" in ran.stdout) == (1, True)

    def test_a_folder_that_is_no_store(self, job: Monthly) -> None:
        ran = job.run("snapshot", "--month", "2019-02", "--snapshots", "indicators")
        assert (ran.code, ran.stdout) == (12, "")
        assert "'indicators' is not a store of snapshots: it has no store.json, and holds " in ran.stderr

    def test_a_mistyped_path_creates_nothing(self, job: Monthly) -> None:
        ran = job.run("snapshot", "--month", "2019-02", "--snapshots", "snapshotz", "--fail-on", "no_previous")
        assert ran.code == 1
        assert not list(job.folder.glob("snapshotz*"))

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ([], "name the month to publish, as in `sgkpi snapshot --month 2019-02`"),
            (["--month", "2019-02,2019-03"], "--month: give one month, not 2"),
            (["--month", "2019-02", "--fail-on", "restatd"], "--fail-on: no gate 'restatd'; did you mean 'restated'?"),
            (["--month", "2019-02", "--no-cases", "--cases", "c"], "--no-cases and --cases cannot be combined"),
            (["--month", "2019-02", "--accept", "lost"], "--accept: say why with --reason"),
            (["--month", "2019-02", "--reason", " "], "--reason: this is empty; give a value, or omit it"),
            (["--month", "2019-02", "--cases", "snapshots/cases"], "for sealed cases must not hold, or lie inside,"),
        ],
    )
    def test_what_cannot_be_asked(self, job: Monthly, arguments: list[str], message: str) -> None:
        before = job.files()
        ran = job.run("snapshot", *arguments)
        assert (ran.code, ran.stdout, job.files()) == (2, "", before)
        assert message in ran.stderr

    def test_without_sealed_cases_nobody_can_tell_which_cases_moved(self, job: Monthly) -> None:
        ran = job.take("2019-03", APRIL, "--no-cases")
        assert ran.code == 0
        assert "Not followed: nobody can tell which cases moved" in ran.stdout
        assert "Cases could not be followed: waits: this snapshot is taken without sealed cases" in ran.stdout
        assert json.loads(job.files()["snapshots/2019-03-r1/manifest.json"])["cases"] is None


@pytest.fixture(scope="module")
def next_month(tmp_path_factory: pytest.TempPathFactory) -> Monthly:
    """A job before its second snapshot."""
    job = Monthly.at(tmp_path_factory.mktemp("job"))
    job.take("2019-02", MARCH)
    job.extract(APRIL, "2019-04-04T07:00")
    return job


class TestWhatItSays:
    def dry(self, next_month: Monthly, *arguments: str, **env: str) -> Ran:
        asked = ("snapshot", "--month", "2019-03", "--history", "2", "--period", "month", "--dry-run")
        return next_month.run(*asked, *arguments, **env)

    def test_json_is_the_diff_with_the_gates(self, next_month: Monthly) -> None:
        document = json.loads(self.dry(next_month, "--json").stdout)
        keys = ["schema", "sgkpi", "before", "after", "path", "snapshot", "id", "checks", "lines"]
        assert list(document) == keys
        assert (document["schema"], document["snapshot"]) == ("sgkpi.diff/1", "2019-03-r1")
        assert {each["gate"]: each["status"] for each in document["checks"]}["restated"] == "failed"
        total = [each for each in document["lines"] if each["breakdown"] is None]
        assert [(each["line"], each["cause"], each["exact"]) for each in total] == [
            ("opening", None, "3/4"),
            ("movement", "arrived_late", "-1/12"),
            ("closing", None, "2/3"),
        ]

    def test_markdown_has_a_heading_a_table_and_the_gates(self, next_month: Monthly) -> None:
        lines = self.dry(next_month, "--format", "md").stdout.splitlines()
        assert lines[0].startswith("## 2019-03-r1 would be taken: 1 indicator, 3 periods, ")
        row = "| Decided within 24 hours | 2019-02 | 75.0% (3/4) | 66.7% (4/6) | -8.3 | arrived late (2 cases): -8.3 |"
        assert row.replace("_", "\\_") in lines
        assert lines[-1].startswith("- failed: restated: waits 2019-02: 75.0% to 66.7%")
        assert not [line for line in lines if "North" in line]

    def test_plain_says_one_fact_a_line(self, next_month: Monthly) -> None:
        lines = self.dry(next_month, "--plain").stdout.splitlines()
        assert "Decided within 24 hours, February 2019" in lines
        assert {"Published: 75.0% (3/4)", "Now: 66.7% (4/6)", "Change: -8.3", "Cases moved: 2"} <= set(lines)

    @pytest.mark.parametrize("width", [60, 80, 120])
    def test_every_number_is_there_at_any_width(self, next_month: Monthly, width: int) -> None:
        shown = self.dry(next_month, "--width", str(width)).stdout
        assert max(map(len, shown.splitlines())) <= width
        assert [number for number in ("75.0% (3/4)", "66.7% (4/6)", "-8.3") if number not in shown] == []

    def test_windows_characters_are_enough(self, next_month: Monthly) -> None:
        self.dry(next_month).stdout.replace("─", "").encode("cp1252")


def test_a_new_definition_has_a_line_with_the_figure_on_the_former_one(tmp_path: Path) -> None:
    # Example: C1 in time, C2 to C4 a day late but within a working day or not; C5 (late) arrives late. On the former
    # definition February would be 1/5.
    job = Monthly.at(tmp_path)
    rows = "C1 4 4; C2 4T09:00 5T10:00; C3 5T09:00 6T10:00; C4 4 20"
    job.take("2019-02", rows)
    definition = (job.folder / "indicators/waits.yaml").read_text("utf-8")
    job.write("indicators/waits.yaml", definition.replace("within: 24 hours", "within: 1 working day"))
    ran = job.take("2019-03", f"{rows}; C5 5 20", "--width", "110")
    assert ran.code == 0
    lines = [" ".join(line.split()) for line in ran.stdout.splitlines()]
    place = lines.index("Decided within 24 hours, February 2019 25.0% (1/4) 60.0% (3/5) +35.0")
    assert lines[place + 1 : place + 4] == [
        "Recorded late: had happened, was not in the records -5.0 1",
        "= on the former definition 20.0% (1/5)",
        "Definition: judged by the new one +40.0 2",
    ]
