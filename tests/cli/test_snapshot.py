"""`sgkpi snapshot` as a monthly job runs it."""

import json
from pathlib import Path

import pytest

from tests.support.casework import write_project
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
