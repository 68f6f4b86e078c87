"""The generator as a program: the same bytes for a seed, any size, whole or not at all, and the faults it promises."""

import tomllib
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sgkpi.model.errors import UsageError
from sgkpi.synth import contacts, write_extract

SAMPLE = Path(__file__).parents[2] / "sample_data"
FILES = [
    "accommodation.csv",
    "care_leavers.csv",
    "children.csv",
    "contacts.csv",
    "extract.toml",
    "health_passports.parquet",
    "missing_episodes.csv",
    "pathway_plan_reviews.csv",
]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def lines(folder: Path, table: str) -> list[str]:
    return (folder / f"{table}.csv").read_text(encoding="utf-8-sig").splitlines()


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first = write_extract(tmp_path / "a", seed=5, scale=0.1)
    write_extract(tmp_path / "b", seed=5, scale=0.1)

    assert [path.name for path in first] == FILES
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_another_seed_gives_other_rows(tmp_path: Path) -> None:
    write_extract(tmp_path / "a", seed=5, scale=0.1)
    write_extract(tmp_path / "b", seed=6, scale=0.1)

    assert contents(tmp_path / "a")["contacts.csv"] != contents(tmp_path / "b")["contacts.csv"]


def test_the_sample_is_what_its_seed_makes(tmp_path: Path) -> None:
    write_extract(tmp_path, seed=2019)

    for name in FILES:
        if name.endswith(".parquet"):
            assert pq.read_table(tmp_path / name).equals(pq.read_table(SAMPLE / name))
        else:
            assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes()


def test_the_sample_stays_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLE.iterdir()) < 1_000_000


@pytest.mark.parametrize("scale", [0.001, 0.1, 3])
def test_scale_multiplies_the_volumes(tmp_path: Path, scale: float) -> None:
    write_extract(tmp_path, seed=1, scale=scale)
    planned = sum(story.rows for story in contacts.STORIES)
    faults = sum(2 if fault.twice else 1 for fault in contacts.FAULTS)

    found = len(lines(tmp_path, "contacts")) - 1 - faults - 1  # a header, the faults, a blank row

    assert found == pytest.approx(planned * scale, abs=len(contacts.STORIES))
    assert all(len(lines(tmp_path, name.removesuffix(".csv"))) > 1 for name in FILES if name.endswith(".csv"))


@pytest.mark.parametrize("scale", [0, -1, float("nan"), float("inf")])
def test_a_scale_that_is_no_size_is_refused(tmp_path: Path, scale: float) -> None:
    with pytest.raises(UsageError, match="greater than 0"):
        write_extract(tmp_path / "new", seed=1, scale=scale)

    assert not (tmp_path / "new").exists()


def test_other_files_stay_and_nothing_temporary_is_left(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "contacts.csv").write_text("old")

    write_extract(tmp_path, seed=1, scale=0.01)

    assert sorted(contents(tmp_path)) == sorted([*FILES, "README.md"])
    assert contents(tmp_path)["README.md"] == b"mine"
    assert contents(tmp_path)["contacts.csv"] != b"old"


def test_a_failure_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "accommodation.csv").write_text("old")
    monkeypatch.setattr("sgkpi.synth.contacts.FAULTS", (None,))

    with pytest.raises(AttributeError):
        write_extract(tmp_path, seed=1, scale=0.01)

    assert contents(tmp_path) == {"accommodation.csv": b"old"}


def test_the_extract_says_when_and_whence_it_comes(tmp_path: Path) -> None:
    write_extract(tmp_path, seed=3, scale=0.5)
    description = tomllib.loads((tmp_path / "extract.toml").read_text(encoding="utf-8"))

    assert description["extracted_at"].isoformat() == "2019-03-04T07:00:00"
    assert "seed 3, scale 0.5" in description["source"]
    assert description["covers"]["contacts"].isoformat() == "2018-04-01"


def test_the_faults_that_the_readme_lists_are_there(tmp_path: Path) -> None:
    write_extract(tmp_path, seed=2019)
    received = lines(tmp_path, "contacts")

    assert received[-1] == ",,,,,,"
    assert sum(",31/02/2019 10:00," in line for line in received) == 1
    assert sum(",18/02/2019 10:05,tbc," in line for line in received) == 1
    assert sum(",14/02/2019 11:20,13/02/2019 16:05," in line for line in received) == 1
    assert sum(",05/02/2019,05/02/2019 15:10," in line for line in received) == 1
    doubles = [line.split(",")[:2] for line in received if ",21/02/2019 13:30," in line]
    assert sum(doubles.count(key) == 2 for key in doubles) == 2
    assert any(",tbc," in line for line in lines(tmp_path, "missing_episodes"))
    assert any(",1900-01-01," in line for line in lines(tmp_path, "pathway_plan_reviews"))
    assert any(line.split(",")[1].endswith(" ") for line in lines(tmp_path, "accommodation"))
    passports = pq.read_table(tmp_path / "health_passports.parquet").to_pylist()
    assert any(passport["person_id"][0] == "p" for passport in passports)
    assert sum(passport["issued_on"] is None for passport in passports) == 1
