"""What is kept between runs is only a shorter way to the same: damaged or out of reach, it is made anew."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sgkpi import api
from sgkpi.cli.settings import cache_path
from sgkpi.definitions.load import load_catalogue as load_anew
from sgkpi.model import cache as kept
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.errors import DefinitionsError
from tests.support.program import SOURCES, run
from tests.support.world import write_catalogue

TABLE = {"key": "id", "person": "id", "happened": "at", "columns": {"id": {"type": "text"}, "at": {"type": "date"}}}
INDICATOR = {"title": "All", "table": "contacts", "period": "at", "measure": "count"}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    kept.keep_in(tmp_path / "cache")
    yield tmp_path / "cache"
    kept.keep_in(None)


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    write_catalogue(tmp_path / "indicators", {"contacts": TABLE}, {"all": INDICATOR})
    return tmp_path / "indicators"


def made(*, rests_on: bytes = b"1", value: object = "new", which: str = "a") -> object:
    return kept.kept("things", which, lambda: [rests_on], lambda: value)


def test_it_is_made_once_while_what_it_rests_on_is_the_same(folder: Path) -> None:
    assert made(value="first") == "first"
    assert made(value="second") == "first"
    assert made(value="third", rests_on=b"2") == "third"
    assert [file.suffix for file in folder.iterdir()] == [".pickle"]


def test_nothing_is_kept_unasked(tmp_path: Path) -> None:
    assert [made(value=number) for number in range(3)] == [0, 1, 2]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("cut", [0, 31, 64, 70, -1])
def test_a_damaged_file_is_made_anew(folder: Path, cut: int) -> None:
    made(value=["a", "long", "list"])
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:cut])
    assert made(value="new") == "new"
    assert made(value="newer") == "new"


def test_a_changed_byte_is_noticed(folder: Path) -> None:
    made(value="a text that could be read as another")
    (file,) = folder.iterdir()
    content = bytearray(file.read_bytes())
    content[-10] ^= 1
    file.write_bytes(content)
    assert made(value="new") == "new"


def test_a_folder_that_cannot_be_written_to_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    kept.keep_in(tmp_path / "file" / "cache")
    try:
        assert [made(value=number) for number in range(2)] == [0, 1]
    finally:
        kept.keep_in(None)


def test_a_mistake_is_not_kept(folder: Path) -> None:
    def fail() -> object:
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            kept.kept("things", "a", lambda: [b"1"], fail)
    assert not folder.exists()


def test_only_the_latest_of_a_kind_stay(folder: Path) -> None:
    for number in range(12):
        made(which=str(number), value=number)
    assert len(list(folder.iterdir())) == 8
    assert made(which="11", value="new") == 11


def test_a_catalogue_is_the_same_and_follows_its_files(folder: Path, definitions: Path) -> None:
    first, second = api.load_catalogue(definitions), api.load_catalogue(definitions)
    assert first == second == load_anew(definitions)
    assert len(list(folder.iterdir())) == 1
    written = (definitions / "all.yaml").read_text("utf-8")
    (definitions / "all.yaml").write_text(written.replace("All", "Every one"), "utf-8")
    assert api.load_catalogue(definitions).indicators["all"].title == "Every one"
    (definitions / "tables" / "holidays.csv").write_text("date,name\n2019-02-05,Snow\n", "utf-8")
    assert list(api.load_catalogue(definitions).closures.values()) == ["Snow"]
    (definitions / "other.yaml").write_text("title: x\n", "utf-8")
    with pytest.raises(DefinitionsError):
        api.load_catalogue(definitions)


def test_a_missing_catalogue_is_told_as_ever(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DefinitionsError, match="no folder of definitions"):
        api.load_catalogue(tmp_path / "nowhere")
    assert not folder.exists()


def test_bank_holidays_are_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import date

    from sgkpi.model import calendar as working_days

    first, last = date(2019, 1, 1), date(2022, 12, 31)
    known = WorkingDays().closed_weekdays(first, last)
    for _ in range(2):
        working_days._bank_holidays.cache_clear()
        assert WorkingDays().closed_weekdays(first, last) == known
    assert date(2022, 9, 19) in known  # the funeral of Queen Elizabeth II
    assert [file.name.startswith("bank-holidays-") for file in folder.iterdir()] == [True]
    monkeypatch.setattr(working_days, "_work_out_bank_holidays", lambda: pytest.fail("it was kept"))
    working_days._bank_holidays.cache_clear()
    assert WorkingDays().closed_weekdays(first, last) == known


def test_where_it_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SGKPI_CACHE", str(tmp_path))
    assert cache_path() == tmp_path
    monkeypatch.setenv("SGKPI_CACHE", "Off")
    assert cache_path() is None
    monkeypatch.delenv("SGKPI_CACHE")
    standard = cache_path()
    assert standard is not None
    assert "sgkpi" in standard.parts
    monkeypatch.setenv("SGKPI_CACHE", "")
    assert cache_path() == standard


def test_the_program_keeps_and_says_the_same(tmp_path: Path) -> None:
    env = {"SGKPI_CACHE": str(tmp_path / "cache")}
    first, second = (run("list", "--json", cwd=tmp_path, env=env) for _ in range(2))
    assert (first.code, first.stdout) == (second.code, second.stdout)
    assert [file.name.startswith("catalogue-") for file in (tmp_path / "cache").iterdir()] == [True]
    nothing = run("list", "--json", cwd=tmp_path, env={"SGKPI_CACHE": "off"})
    assert nothing.stdout == first.stdout


def found_on(shelf: kept.Shelf[str], made_from: str, value: str) -> str:
    return shelf.find(made_from, lambda: value)


def test_a_shelf_remembers_by_what_things_are_made_from(folder: Path) -> None:
    shelf: kept.Shelf[str] = kept.shelf("things", "a")
    assert [found_on(shelf, "x", "1"), found_on(shelf, "y", "2"), found_on(shelf, "x", "3")] == ["1", "2", "1"]
    shelf.put_away()
    again: kept.Shelf[str] = kept.shelf("things", "a")
    assert [found_on(again, "x", "4"), found_on(again, "y", "5")] == ["1", "2"]
    other: kept.Shelf[str] = kept.shelf("things", "b")
    assert found_on(other, "x", "6") == "6"


def test_a_shelf_is_written_only_when_something_on_it_is_new(folder: Path) -> None:
    shelf: kept.Shelf[str] = kept.shelf("things", "a")
    shelf.put_away()
    assert not folder.exists()
    found_on(shelf, "x", "1")
    shelf.put_away()
    (file,) = folder.iterdir()
    written = file.stat().st_mtime_ns
    again: kept.Shelf[str] = kept.shelf("things", "a")
    found_on(again, "x", "2")
    again.put_away()
    assert file.stat().st_mtime_ns == written


def test_of_a_full_shelf_what_was_asked_for_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_ON_A_SHELF", 2)
    for number in range(3):
        shelf: kept.Shelf[str] = kept.shelf("things", "a")
        found_on(shelf, str(number), "old")
        shelf.put_away()
    last: kept.Shelf[str] = kept.shelf("things", "a")
    assert [found_on(last, str(number), "new") for number in (2, 1, 0)].count("new") == 1
    assert found_on(last, "2", "new") == "old"


def test_a_shelf_where_nothing_is_kept(tmp_path: Path) -> None:
    shelf: kept.Shelf[str] = kept.shelf("things", "a")
    assert [found_on(shelf, "x", "1"), found_on(shelf, "x", "2")] == ["1", "1"]
    shelf.put_away()
    assert list(tmp_path.iterdir()) == []


def test_statements_are_written_once_and_say_nothing_of_cells(tmp_path: Path) -> None:
    write_catalogue(tmp_path / "indicators", {"contacts": TABLE}, {"all": INDICATOR})
    (tmp_path / "extract").mkdir()
    (tmp_path / "extract" / "contacts.csv").write_text("id,at\nKEY17,2019-02-05\nKEY18,seldom\n", "utf-8")
    run = "import sys\nfrom sgkpi.cli.main import make_app\nmake_app()(standalone_mode=False)\n"
    code = run + "print('sqlglot' in sys.modules)"
    asked = ["compute", "--json", "--month", "2019-02", "--as-of", "2019-03-04"]
    places = ["--data", "extract", "--catalogue", "indicators"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    kept_in = "from sgkpi.model.cache import keep_in\nfrom pathlib import Path\nkeep_in(Path('cache'))\n"
    command = [sys.executable, "-c", kept_in + code, *asked, *places]
    first, second = (
        subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    )
    assert (first[-5:], second[-6:]) == ("True\n", "False\n")
    assert first.removesuffix("True\n") == second.removesuffix("False\n")
    statements = b"".join(file.read_bytes() for file in (tmp_path / "cache").iterdir())
    assert b"read_csv" in statements
    assert not any(cell in statements for cell in (b"KEY17", b"KEY18", b"seldom", b"2019-02-05"))
