"""What `show` and `compute` say of figures that were published otherwise."""

from pathlib import Path
from shutil import copytree

import pytest

from tests.support.monthly import APRIL, MARCH, MAY, Monthly

SHOW = ("show", "waits", "--month", "2019-02")
COMPUTE = ("compute", "--month", "2019-02", "--by", "team")


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Monthly:
    """February was published as 3/4, and is 4/6 since the next snapshot, by two late records."""
    job = Monthly.at(tmp_path_factory.mktemp("job"))
    for month, rows in (("2019-02", MARCH), ("2019-03", APRIL)):
        assert job.take(month, rows).code == 0
    return job


@pytest.fixture
def job(taken: Monthly, tmp_path: Path) -> Monthly:
    return Monthly(Path(copytree(taken.folder, tmp_path / "job")))


def test_show_says_why_the_number_moved_since_it_was_published(taken: Monthly) -> None:
    lines = taken.run(*SHOW).stdout.splitlines()
    place = lines.index("Published as 75.0% (3/4) in 2019-02-r1. Since then:")
    assert lines[place + 1].startswith("- Recorded late: had happened, was not in the records (2 cases): -8.3 points")


def test_show_says_that_an_extract_gives_another_figure_than_the_latest_snapshot(job: Monthly) -> None:
    job.extract(MAY, "2019-05-03T07:00")
    shown = job.run(*SHOW).stdout
    assert "Published as 66.7% (4/6) in 2019-03-r1; this extract gives another figure." in shown


def test_compute_names_the_figures_that_were_restated(taken: Monthly) -> None:
    shown = " ".join(taken.run(*COMPUTE).stdout.split())
    assert "Restated since published: waits 2019-02 (75.0% in 2019-02-r1), " in shown
    assert "waits 2019-02 team: South (100.0% in 2019-02-r1); `sgkpi diff` says why" in shown


@pytest.mark.parametrize("format_", ["json", "csv", "md"])
def test_data_are_the_same_with_a_store_and_without(job: Monthly, format_: str) -> None:
    commands = [COMPUTE, SHOW] if format_ == "json" else [COMPUTE]
    with_store = [job.run(*command, "--format", format_).raw for command in commands]
    job.write("sgkpi.toml", 'data = "data"\ncatalogue = "indicators"\n')
    assert [job.run(*command, "--format", format_).raw for command in commands] == with_store
    assert "Published as" not in job.run(*SHOW).stdout


def test_an_option_and_the_environment_name_a_store(job: Monthly) -> None:
    job.write("sgkpi.toml", 'data = "data"\ncatalogue = "indicators"\n')
    assert "Published as" in job.run(*SHOW, "--snapshots", "snapshots").stdout
    assert "Published as" in job.run(*SHOW, SGKPI_SNAPSHOTS="snapshots").stdout


def test_a_damaged_store_is_a_warning(job: Monthly) -> None:
    (job.folder / "snapshots/2019-03-r1/manifest.json").unlink()
    for command in (SHOW, COMPUTE):
        ran = job.run(*command)
        assert ran.code == 0
        assert "warning: what was published is not shown: snapshots/2019-03-r1/manifest.json is missing" in (
            ran.stderr.replace(f"{job.folder}/", "")
        )


def test_a_store_that_is_not_there_yet_is_nothing_to_speak_of(job: Monthly) -> None:
    job.write("sgkpi.toml", 'data = "data"\ncatalogue = "indicators"\nsnapshots = "elsewhere"\n')
    ran = job.run(*SHOW)
    assert (ran.code, "published" in ran.stderr) == (0, False)
