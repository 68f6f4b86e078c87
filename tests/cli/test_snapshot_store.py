"""`sgkpi snapshot list`, `show`, `verify`, `revisions` and `forget`."""

import csv
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from sgkpi.documents.store import snapshot_facts
from tests.support.answers import stored
from tests.support.monthly import APRIL, MARCH, MAY, Monthly


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Monthly:
    job = Monthly.at(tmp_path_factory.mktemp("job"))
    for month, rows in (("2019-02", MARCH), ("2019-03", APRIL), ("2019-04", MAY)):
        assert job.take(month, rows).code == 0
    return job


@pytest.fixture
def job(taken: Monthly, tmp_path: Path) -> Monthly:
    """A copy, which a test may damage."""
    return Monthly(Path(copytree(taken.folder, tmp_path / "job")))


def damage(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])


def test_list(taken: Monthly) -> None:
    rows = list(csv.DictReader(StringIO(taken.run("snapshot", "list", "--csv").stdout)))
    assert [(row["snapshot"], row["previous"], row["sealed_cases"]) for row in rows] == [
        ("2019-02-r1", "", "4"),
        ("2019-03-r1", "2019-02-r1", "6"),
        ("2019-04-r1", "2019-03-r1", "6"),
    ]


@pytest.mark.parametrize(("name", "copy"), [("~snapshots", "kept"), ("s[1]", "s1"), ("s*", "s1")])
def test_a_store_is_itself_alone_whatever_its_name(taken: Monthly, tmp_path: Path, name: str, copy: str) -> None:
    job = Monthly.at(tmp_path)
    assert job.take("2019-02", MARCH, "--snapshots", f"./{name}").code == 0
    for each in ("", ".private"):
        copytree(job.folder / f"{name}{each}", job.folder / f"{copy}{each}")
    assert job.take("2019-03", APRIL, "--snapshots", f"./{name}").code == 0
    usual = taken.folder / "snapshots"
    for file in ("restatement.csv", "figures.csv"):
        assert (job.folder / name / "2019-03-r1" / file).read_bytes() == (usual / "2019-03-r1" / file).read_bytes()


def test_list_leaves_a_damaged_one_out_and_says_so(job: Monthly) -> None:
    (job.folder / "snapshots/2019-03-r1/manifest.json").unlink()
    ran = job.run("snapshot", "list", "--json")
    assert (ran.code, [each["snapshot"] for each in json.loads(ran.stdout)["snapshots"]]) == (
        0,
        ["2019-02-r1", "2019-04-r1"],
    )
    assert "manifest.json is missing" in ran.stderr
    assert "Left out: " in job.run("snapshot", "list").stdout


@pytest.mark.parametrize("name", ["2019-04", "2019-04-r1", "latest", "snapshots/2019-04-r1"])
def test_show_by_every_name(taken: Monthly, name: str) -> None:
    shown = taken.run("snapshot", "show", name)
    assert (shown.code, shown.stdout.splitlines()[0]) == (0, "2019-04-r1")
    assert "Compared with:   2019-03-r1" in shown.stdout


def test_show_names_few_indicators_that_cannot_be_computed_and_counts_many() -> None:
    snapshot = stored("a")
    for ids, said in ((["a", "b"], "a, b"), (["a", "b", "c", "d", "e"], "5 indicators")):
        lacking = tuple(replace(snapshot.manifest.unavailable[0], indicator=each) for each in ids)
        of_many = replace(snapshot, manifest=replace(snapshot.manifest, unavailable=lacking))
        assert dict(snapshot_facts(of_many))["Cannot be computed"] == said


def test_show_as_json_is_the_manifest_with_its_id(taken: Monthly) -> None:
    document = json.loads(taken.run("snapshot", "show", "latest", "--json").stdout)
    manifest = json.loads((taken.folder / "snapshots/2019-04-r1/manifest.json").read_text("utf-8"))
    identity = document.pop("id")
    assert document == manifest
    assert identity in taken.run("snapshot", "list").stdout


def test_verify_finds_nothing_and_tells_the_newest_id(taken: Monthly) -> None:
    ran = taken.run("snapshot", "verify")
    assert ran.code == 0
    assert ran.stdout.startswith("3 snapshots are as written.")
    assert "2019-04-r1 has the id" in ran.stdout


@pytest.mark.parametrize("name", ["figures.csv", "restatement.csv", "calendar.csv", "definitions/waits.yaml"])
def test_verify_finds_a_byte_that_changed(job: Monthly, name: str) -> None:
    damage(job.folder / "snapshots/2019-03-r1" / name)
    ran = job.run("snapshot", "verify")
    assert ran.code == 12
    assert f"2019-03-r1/{name} is not as it was written" in " ".join(ran.stdout.split())
    assert "not as written; restore from a copy" in ran.stderr


@pytest.mark.parametrize("damaged", [False, True])
def test_verify_of_one_that_a_newer_sgkpi_wrote_says_to_upgrade(job: Monthly, *, damaged: bool) -> None:
    """2019-04-r1 is by sgkpi 2.1, of schema 2: neither it nor a copy of it can be read by this one."""
    path = job.folder / "snapshots/2019-04-r1/manifest.json"
    written = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**written, "sgkpi": "2.1", "schema": "sgkpi.snapshot/2"}), encoding="utf-8")
    if damaged:
        damage(job.folder / "snapshots/2019-02-r1/calendar.csv")
    ran = job.run("snapshot", "verify")
    assert ran.code == 12
    assert "was written by sgkpi 2.1 (schema sgkpi.snapshot/2)" in " ".join(ran.stdout.split())
    advice = "A newer sgkpi wrote what this one cannot read: upgrade sgkpi, then verify again."
    restore = "1 thing is not as written; restore from a copy. " if damaged else ""
    assert f": {restore}{advice}\n" in ran.stderr
    found = json.loads(job.run("snapshot", "verify", "--json").stdout)
    told = [(each["snapshot"], each["is_damage"], each["needs_upgrade"]) for each in found["findings"]]
    assert not found["whole"]
    assert sorted(told) == [*([("2019-02-r1", True, False)] if damaged else []), ("2019-04-r1", False, True)]


def test_verify_of_one_that_follows_a_newer_one_says_to_upgrade(job: Monthly) -> None:
    path = job.folder / "snapshots/2019-02-r1/manifest.json"
    path.write_text(path.read_text("utf-8").replace("sgkpi.snapshot/1", "sgkpi.snapshot/2"), encoding="utf-8")
    ran = job.run("snapshot", "verify", "2019-03")
    assert ran.code == 12
    assert "2019-03-r1 follows a snapshot that cannot be read: " in " ".join(ran.stdout.split())
    assert "upgrade sgkpi" in ran.stderr
    assert "restore" not in ran.stderr


def test_verify_of_one_that_another_vouches_for(job: Monthly) -> None:
    """March follows February by the digest of its manifest: no id need be kept, and no other February passes."""
    ran = job.run("snapshot", "verify", "2019-02")
    assert (ran.code, ran.stdout) == (0, "1 snapshot is as written.\n")
    folder = job.folder / "snapshots/2019-02-r1"
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"reason": null', '"reason": "new"'), "utf-8")
    (folder / "receipt.json").unlink()
    ran = job.run("snapshot", "verify", "2019-02")
    assert (ran.code, "2019-02-r1 is not the one with which 2019-03-r1 was compared" in ran.stdout) == (12, True)


def test_verify_computes_the_figures_again(job: Monthly) -> None:
    ran = job.run("snapshot", "verify", "2019-04", "--data", "data")
    assert (ran.code, "gives the figures of 2019-04-r1, byte for byte" in ran.stdout) == (0, True)
    job.extract(MARCH, "2019-05-03T07:00")
    ran = job.run("snapshot", "verify", "2019-04", "--data", "data")
    assert ran.code == 12
    assert "'data' gives other figures than" in ran.stdout


def test_sealed_cases_that_are_not_here_are_no_damage(job: Monthly) -> None:
    rmtree(next((job.folder / "snapshots.private").glob("2019-02-r1-*")))
    ran = job.run("snapshot", "verify")
    assert (ran.code, "2019-02-r1: sealed cases: not here" in ran.stdout) == (0, True)


def test_forget_removes_sealed_cases_alone(job: Monthly) -> None:
    ran = job.run("snapshot", "forget", "--before", "2019-04")
    assert (ran.code, ran.stdout.splitlines()[0]) == (0, "Removed 2 folders of sealed cases:")
    assert [path.name[:10] for path in (job.folder / "snapshots.private").glob("2019*")] == ["2019-04-r1"]
    assert len(list((job.folder / "snapshots").glob("2019*"))) == 3
    again = job.run("snapshot", "forget", "--before", "2019-04")
    assert again.stdout == "There are no sealed cases of months before 2019-04.\n"


def test_forget_names_its_own_option(job: Monthly) -> None:
    ran = job.run("snapshot", "forget", "--before", "March")
    assert (ran.code, ran.stderr.startswith("error: --before: ")) == (2, True)


def test_revisions_of_a_month_that_was_published_three_times(taken: Monthly) -> None:
    # February: 3/4, 4/6 (-1/12) one month later, 5/6 (+1/12) two months later. The months before have no cases, and
    # March and April were published once and twice without any.
    rows = list(csv.DictReader(StringIO(taken.run("snapshot", "revisions", "waits", "--csv").stdout)))
    february = [(row["age"], row["snapshot"], row["since_first"][:7]) for row in rows if row["period"] == "2019-02"]
    assert february == [("0", "2019-02-r1", "0"), ("1", "2019-03-r1", "-0.0833"), ("2", "2019-04-r1", "0.08333")]
    document = json.loads(taken.run("snapshot", "revisions", "--json").stdout)
    assert document["schema"] == "sgkpi.revisions/1"
    assert [(each["age"], each["n"], each["up"], each["down"]) for each in document["summaries"]] == [
        (1, 1, 0, 1),
        (2, 1, 1, 0),
    ]
    assert "Steady: not known yet (2 months; 6 are needed)." in taken.run("snapshot", "revisions").stdout


@pytest.mark.parametrize("command", ["list", "show", "verify", "revisions", "forget"])
def test_help_has_examples_of_its_own(command: str, tmp_path: Path) -> None:
    shown = Monthly(tmp_path).run("snapshot", command, "--help")
    assert f"\n  Examples:\n    sgkpi snapshot {command}" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80


def test_options_before_a_command_are_refused(taken: Monthly) -> None:
    ran = taken.run("snapshot", "--month", "2019-02", "list")
    assert (ran.code, ran.stdout) == (2, "")
    assert "--month belongs to taking a snapshot; put the options of `snapshot list` after it" in ran.stderr
