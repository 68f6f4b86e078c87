"""What `snapshot` and `diff` say where no figure changed, and a table that a snapshot cannot use."""

from pathlib import Path
from shutil import rmtree

import pytest

from tests.snapshots.worked import CONTACTS, IN_A_DAY
from tests.support.monthly import MARCH, Monthly


@pytest.fixture
def job(tmp_path: Path) -> Monthly:
    job = Monthly.at(tmp_path)
    assert job.take("2019-02", MARCH).code == 0
    return job


def test_cases_that_were_followed_are_the_same(job: Monthly) -> None:
    said = "every figure that can be compared is the same, and made of the same cases."
    assert said in job.take("2019-03", MARCH).stdout
    assert "No figure in both changed, and none is made of other cases." in job.run("diff").stdout


def test_cases_that_were_not_followed_may_be_others(job: Monthly) -> None:
    rmtree(job.folder / "snapshots.private")
    said = "every figure that can be compared is the same; whether of the same cases is not known."
    assert said in job.take("2019-03", MARCH).stdout
    assert "No figure in both changed; whether of the same cases is not known." in job.run("diff").stdout


def test_over_a_branch_no_case_can_be_followed(job: Monthly) -> None:
    assert job.take("2019-03", MARCH).code == 0
    ran = job.run("diff", "2019-03", "2019-02")
    assert "No figure in both changed; whether of the same cases is not known." in ran.stdout


def test_where_all_indicators_are_gone_nothing_is_the_same(job: Monthly) -> None:
    job.write("indicators/delays.yaml", IN_A_DAY.replace("24 hours", "48 hours"))
    (job.folder / "indicators/waits.yaml").unlink()
    ran = job.take("2019-03", MARCH)
    assert "Nothing can be compared: no figure that was published before can be computed now." in ran.stdout


@pytest.mark.parametrize("asked", [(), ("--dry-run",)])
def test_a_table_that_lacks_a_required_column_stops_it(job: Monthly, asked: tuple[str, ...]) -> None:
    """The other table could be used: `compute` would go on with it."""
    job.write("indicators/tables/visits.yaml", CONTACTS.replace("received: {", "received: {required: true, "))
    job.write("indicators/visits.yaml", IN_A_DAY.replace("table: contacts", "table: visits"))
    job.write("data/visits.csv", "id,person,decided\nV1,P1,2019-02-04 09:00\n")
    before = job.files()
    ran = job.take("2019-03", MARCH, *asked)
    assert (ran.code, job.files(), ran.stdout) == (11, before, "")
    assert "visits.csv: error: required column 'received' is missing" in ran.stderr


def test_the_same_again_says_whether_cases_were_compared(job: Monthly) -> None:
    """Nothing is written, so the cases of a snapshot that was taken without them stay unsealed."""
    said = "2019-02-r1 is there already, with the same figures"
    assert f"{said} and cases (id" in job.take("2019-02", MARCH).stdout
    assert f"{said}; its cases were not compared (id" in job.take("2019-02", MARCH, "--no-cases").stdout
    rmtree(job.folder / "snapshots.private")
    assert f"{said}; its cases were not compared (id" in job.take("2019-02", MARCH).stdout


@pytest.mark.parametrize("measure", ["mean", "median", "maximum", "ratio"])
def test_values_that_no_decimal_holds_are_the_same_though_nothing_was_followed(tmp_path: Path, measure: str) -> None:
    """A day in weeks is 1/7, of which figures.csv holds the nearest double."""
    job = Monthly.at(tmp_path)
    body = f'measure: {measure}\nvalue: "hours_between(received, decided) / 168"'
    body += '\nper: "hours_between(received, decided) / 72"' if measure == "ratio" else ""
    clock = "measure: proportion\nclock: {start: received, stop: decided, within: 24 hours}"
    text = (job.folder / "indicators/waits.yaml").read_text("utf-8")
    job.write("indicators/waits.yaml", text.replace(clock, body))
    rows = "C1 4 5; C2 5 6; C3 6 7 South"
    assert job.take("2019-02", rows, "--no-cases").code == 0
    ran = job.take("2019-03", rows, "--no-cases")
    assert "every figure that can be compared is the same; whether of the same cases is not known." in ran.stdout
    assert job.run("diff", "--by", "all", "--fail-on", "changed").code == 0
