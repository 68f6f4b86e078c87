"""Faults on request: each kind is found by `check`, the same seed gives the same, and no rate means none."""

import csv
import json
from pathlib import Path
from random import Random

import pytest

from sgkpi import api
from sgkpi.answers.check.check import QualityRequest, check_quality
from sgkpi.answers.check.findings import QualityReport
from sgkpi.engines.checks import Check
from sgkpi.extracts.identifiers import is_nhs_number
from sgkpi.model.errors import UsageError
from sgkpi.synth import write_extract
from sgkpi.synth.faults import OF_ROWS, Fault, Faults, nhs_number
from tests.support.catalogue import shipped
from tests.support.program import run

CATALOGUE = shipped()


def faulty(folder: Path, *kinds: Fault, rate: float = 0.05, seed: int = 3) -> QualityReport:
    write_extract(folder, seed=seed, scale=0.3, catalogue=CATALOGUE, faults=Faults(rate, kinds))
    return check_quality(api.open_extract(folder, CATALOGUE), CATALOGUE, QualityRequest(effects=False))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


SEEN_AS = {
    Fault.UNREADABLE: Check.UNREADABLE,
    Fault.EXCEL_DATE: Check.UNREADABLE,
    Fault.SHORT_YEAR: Check.UNREADABLE,
    Fault.BLANK: Check.BLANK,
    Fault.UNKNOWN_CODE: Check.UNLISTED,
    Fault.BROKEN_RULE: Check.RULE,
    Fault.IDENTICAL_ROW: Check.IDENTICAL_ROW,
    Fault.DUPLICATE_KEY: Check.DUPLICATE_KEY,
    Fault.UNKNOWN_PERSON: Check.UNKNOWN_PERSON,
    Fault.OPEN_SPELL: Check.OPEN_SPELL,
    Fault.OVERLAPPING_SPELL: Check.OVERLAPPING_SPELL,
    Fault.FUTURE_DATE: Check.FUTURE_DATE,
    Fault.CLOCK_CHANGE: Check.REPEATED_HOUR,
    Fault.RAGGED_ROW: Check.RAGGED_ROW,
    Fault.SHORT_ROW: Check.SHORT_ROW,
    Fault.NO_EVENTS: Check.NO_EVENTS,
    Fault.IDENTIFIERS: Check.IDENTIFIER,
    Fault.UNDECLARED_COLUMN: Check.UNDECLARED_COLUMN,
    Fault.WINDOWS_1252: Check.FILE,
}
# What no check speaks of: rows and cells that are read as they are meant.
READ_AS_MEANT = {
    Fault.UNTIDY_ID, Fault.NO_TIME_OF_DAY, Fault.PLACEHOLDER, Fault.BLANK_ROW, Fault.UTF_16, Fault.SEMICOLONS,
}  # fmt: skip


def test_every_kind_is_tested_here() -> None:
    assert set(SEEN_AS) | READ_AS_MEANT == set(Fault)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[Check, int]:
    """How much of each finding an extract has to which nothing was done: the story has a few faults of its own."""
    report = faulty(tmp_path_factory.mktemp("sound"), rate=0)
    return {check: sum(each.count or 1 for each in report.findings if each.check is check) for check in Check}


@pytest.mark.parametrize("kind", SEEN_AS)
def test_each_fault_is_found(tmp_path: Path, kind: Fault, sound: dict[Check, int]) -> None:
    report = faulty(tmp_path, kind, rate=0.3 if "spell" in kind else 0.05)
    check = SEEN_AS[kind]
    assert sum(each.count or 1 for each in report.findings if each.check is check) > sound[check]


@pytest.mark.parametrize("kind", [Fault.UTF_16, Fault.SEMICOLONS, Fault.UNTIDY_ID, Fault.BLANK_ROW])
def test_what_is_read_as_it_is_meant_changes_nothing(tmp_path: Path, kind: Fault, sound: dict[Check, int]) -> None:
    report = faulty(tmp_path, kind)
    found = {check: sum(each.count or 1 for each in report.findings if each.check is check) for check in Check}
    assert found == sound


def test_the_rate_is_the_share_of_rows(tmp_path: Path) -> None:
    write_extract(tmp_path, seed=3, scale=1, catalogue=CATALOGUE, faults=Faults(0.1, (Fault.UNKNOWN_PERSON,)))
    with (tmp_path / "contacts.csv").open(encoding="utf-8-sig", newline="") as file:
        persons = [row["person_id"] for row in csv.DictReader(file) if row["contact_id"]]
    share = sum(person.startswith("X") for person in persons) / len(persons)
    assert share == pytest.approx(0.1, abs=0.02)


def test_the_same_seed_gives_the_same_faults(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_extract(tmp_path / name, seed=seed, scale=0.1, catalogue=CATALOGUE, faults=Faults(0.1))
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert contents(tmp_path / "a") != contents(tmp_path / "c")


def test_without_faults_the_catalogue_changes_nothing(tmp_path: Path) -> None:
    write_extract(tmp_path / "a", seed=3, scale=0.1)
    write_extract(tmp_path / "b", seed=3, scale=0.1, catalogue=CATALOGUE)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_a_table_has_one_file_after_another_run(tmp_path: Path) -> None:
    write_extract(tmp_path, seed=3, scale=0.1)
    write_extract(tmp_path, seed=3, scale=0.1, catalogue=CATALOGUE, faults=Faults(0.1))
    assert sorted(name for name in contents(tmp_path) if name.startswith("health")) == ["health_passports.csv"]
    write_extract(tmp_path, seed=3, scale=0.1)
    assert sorted(name for name in contents(tmp_path) if name.startswith("health")) == ["health_passports.parquet"]


def test_what_cannot_be_asked(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="from 0 to 1"):
        write_extract(tmp_path, seed=1, catalogue=CATALOGUE, faults=Faults(2))
    with pytest.raises(UsageError, match="a catalogue is needed"):
        write_extract(tmp_path, seed=1, faults=Faults(0.1))


def test_numbers_that_nobody_has_are_sound() -> None:
    numbers = [nhs_number(Random(seed)) for seed in range(50)]
    assert all(map(is_nhs_number, numbers))
    assert {number[:3] for number in numbers} == {"999"}


def test_the_command(tmp_path: Path) -> None:
    ended = run("synth", "faulty", "--scale", "0.1", "--faults", "0.1", "--fault", "blank,excel-date", cwd=tmp_path)
    assert (ended.code, ended.stderr.strip()) == (0, "Wrote 8 files to 'faulty'")
    checked = run("check", "--data", "faulty", "--json", cwd=tmp_path)
    codes = {each["code"] for each in json.loads(checked.stdout)["findings"]}
    assert {"blank-cell", "unreadable-cell"} <= codes


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--faults", "2"], "--faults must be a number from 0 to 1"),
        (["--faults", "0.1", "--fault", "blnk"], "no kind of fault 'blnk'; did you mean 'blank'?"),
        (["--fault", "blank"], "--fault needs --faults"),
    ],
)
def test_mistakes_on_the_command_line(tmp_path: Path, arguments: list[str], words: str) -> None:
    ended = run("synth", "faulty", *arguments, cwd=tmp_path)
    assert ended.code == 2
    assert words in ended.stderr
    assert not (tmp_path / "faulty").exists()


def test_rows_alone_are_at_fault_unless_files_are_asked_for() -> None:
    assert Faults(0.1).kinds == OF_ROWS
    assert Faults(0.1).encoding is None
    assert Faults(0.1).delimiter == ","
