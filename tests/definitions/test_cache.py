"""The cache is only a shorter way to the same value, and only in a folder that nobody else can write to."""

import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from sgkpi import api
from sgkpi.cli.settings import cache_path
from sgkpi.definitions import bank_holidays, cache
from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.definitions.benchmarks import COLUMNS
from sgkpi.definitions.load import load_catalogue as load_anew
from sgkpi.model.errors import DefinitionsError
from tests.support.program import run
from tests.support.world import write_catalogue

TABLE = {"key": "id", "person": "id", "happened": "at", "columns": {"id": {"type": "text"}, "at": {"type": "date"}}}
INDICATOR = {"title": "All", "table": "contacts", "period": "at", "measure": "count"}
needs_owners = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no owners and modes of this kind")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    assert cache.set_cache_dir(tmp_path / "cache") is None
    yield tmp_path / "cache"
    cache.set_cache_dir(None)


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    write_catalogue(tmp_path / "indicators", {"contacts": TABLE}, {"all": INDICATOR})
    return tmp_path / "indicators"


def cached(value: str, *, rests_on: bytes = b"1", which: str = "a") -> str:
    return cache.cached("things", which, lambda: [rests_on], lambda: value, str, str)


def test_a_value_is_made_once_while_what_it_rests_on_is_the_same(folder: Path) -> None:
    assert cached("first") == "first"
    assert cached("second") == "first"
    assert cached("third", rests_on=b"2") == "third"
    assert [file.suffix for file in folder.iterdir()] == [".json"]


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    assert [cached(text) for text in "abc"] == ["a", "b", "c"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("cut", [0, 31, 64, 160, -1])
def test_a_damaged_entry_is_made_anew(folder: Path, cut: int) -> None:
    cached("a long text that is cut off somewhere")
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:cut])
    assert cached("new") == "new"
    assert cached("newer") == "new"


@pytest.mark.parametrize("content", [b"\x80\x05K\x01.", b"{}", b"\n", b"\xff\n\xff"])
def test_a_foreign_file_is_replaced(folder: Path, content: bytes) -> None:
    cached("old")
    (file,) = folder.iterdir()
    file.write_bytes(content)
    assert cached("new") == "new"
    assert cached("newer") == "new"


def test_a_changed_byte_is_noticed(folder: Path) -> None:
    cached("a text that could be read as another")
    (file,) = folder.iterdir()
    content = bytearray(file.read_bytes())
    content[-10] ^= 1
    file.write_bytes(content)
    assert cached("new") == "new"


@needs_owners
def test_an_entry_of_another_user_is_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached("old")
    me = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: me + 1)
    assert cached("new") == "new"


def test_only_the_latest_entries_of_a_kind_stay(folder: Path) -> None:
    for number in range(12):
        cached(str(number), which=str(number))
    assert len(list(folder.iterdir())) == 8
    assert cached("new", which="11") == "11"


def test_an_error_is_not_cached(folder: Path) -> None:
    def fail() -> str:
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            cache.cached("things", "a", lambda: [b"1"], fail, str, str)
    assert not folder.exists()


@needs_owners
def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0o002)
    try:
        cache.set_cache_dir(tmp_path / "parent" / "cache")
        assert cached("a") == "a"
    finally:
        os.umask(before)
        cache.set_cache_dir(None)
    for made in (tmp_path / "parent", tmp_path / "parent" / "cache"):
        assert made.stat().st_mode & 0o777 == 0o700


def refusal(folder: Path) -> str:
    """Why a folder is not used; nothing is then read from it or written to it."""
    before = sorted(folder.rglob("*")) if folder.is_dir() else []
    refused = cache.set_cache_dir(folder)
    assert refused is not None
    assert [cached(text) for text in "ab"] == ["a", "b"]
    assert (sorted(folder.rglob("*")) if folder.is_dir() else []) == before
    return refused


@needs_owners
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702, 0o1777])
def test_a_folder_that_others_can_write_to_is_not_used(tmp_path: Path, mode: int) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(mode)
    assert refusal(tmp_path / "cache") == f"others can write to {tmp_path / 'cache'}"


@needs_owners
def test_a_folder_that_others_could_swap_is_not_used(tmp_path: Path) -> None:
    parent = tmp_path / "parent"
    (parent / "cache").mkdir(parents=True, mode=0o700)
    parent.chmod(0o777)
    assert refusal(parent / "cache") == f"others can write to {parent}"
    parent.chmod(0o1777)  # as /tmp: nobody else can rename or remove what is ours
    assert cache.set_cache_dir(parent / "cache") is None
    cache.set_cache_dir(None)


@needs_owners
def test_a_link_does_not_hide_where_the_folder_is(tmp_path: Path) -> None:
    (tmp_path / "open" / "cache").mkdir(parents=True, mode=0o700)
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "link").symlink_to(tmp_path / "open" / "cache")
    assert refusal(tmp_path / "link") == f"others can write to {tmp_path / 'open'}"


@needs_owners
def test_a_folder_of_another_user_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cache").mkdir()
    me = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: me + 1)
    assert refusal(tmp_path / "cache").endswith(" belongs to another user")


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_that_was_given_away_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    os.chown(tmp_path / "cache", 1234, 1234)
    assert refusal(tmp_path / "cache") == f"{tmp_path / 'cache'} belongs to another user"


def test_a_place_below_a_file_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert "file" in refusal(tmp_path / "file" / "cache") if sys.platform != "win32" else True


def test_without_owners_and_modes_the_folder_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "getuid", raising=False)  # as on Windows
    assert cache.set_cache_dir(tmp_path / "cache") is None
    try:
        assert [cached(text) for text in "ab"] == ["a", "a"]
    finally:
        cache.set_cache_dir(None)


def test_a_catalogue_is_the_same_and_follows_its_files(folder: Path, definitions: Path) -> None:
    first, second = api.load_catalogue(definitions), api.load_catalogue(definitions)
    assert first == second == load_anew(definitions)
    assert len(list(folder.iterdir())) == 1
    written = (definitions / "all.yaml").read_text("utf-8")
    (definitions / "all.yaml").write_text(written.replace("All", "Every one"), "utf-8")
    assert api.load_catalogue(definitions).indicators["all"].title == "Every one"
    (definitions / "tables" / "holidays.csv").write_text("date,name\n2019-02-05,Snow\n", "utf-8")
    assert api.load_catalogue(definitions).closures == {date(2019, 2, 5): "Snow"}
    assert api.load_catalogue(definitions).closures == {date(2019, 2, 5): "Snow"}
    row = "all,England,financial_year,2017-18,3,DfE,,\n"
    (definitions / "benchmarks.csv").write_text(f"{','.join(COLUMNS)}\n{row}", "utf-8")
    for _ in range(2):
        assert [each.area for each in api.load_catalogue(definitions).benchmarks] == ["England"]
    (definitions / "other.yaml").write_text("title: x\n", "utf-8")
    with pytest.raises(DefinitionsError):
        api.load_catalogue(definitions)


def test_a_missing_catalogue_is_reported_as_ever(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DefinitionsError, match="no folder of definitions"):
        api.load_catalogue(tmp_path / "nowhere")
    assert not folder.exists()


def test_bank_holidays_are_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, last = date(2019, 1, 1), date(2022, 12, 31)
    known = working_days_in_england().closed_weekdays(first, last)
    for _ in range(2):
        bank_holidays._bank_holidays.cache_clear()
        assert working_days_in_england().closed_weekdays(first, last) == known
    assert date(2022, 9, 19) in known  # the funeral of Queen Elizabeth II
    assert [file.name.startswith("bank-holidays-") for file in folder.iterdir()] == [True]
    monkeypatch.setattr(bank_holidays, "_from_library", lambda: pytest.fail("they were cached"))
    bank_holidays._bank_holidays.cache_clear()
    assert working_days_in_england().closed_weekdays(first, last) == known


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
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


def test_the_program_caches_and_says_the_same(tmp_path: Path) -> None:
    env = {"SGKPI_CACHE": str(tmp_path / "cache")}
    first, second = (run("list", "--json", cwd=tmp_path, env=env) for _ in range(2))
    assert (first.code, first.stdout) == (second.code, second.stdout)
    assert [file.name.startswith("catalogue-") for file in (tmp_path / "cache").iterdir()] == [True]
    nothing = run("list", "--json", cwd=tmp_path, env={"SGKPI_CACHE": "off"})
    assert nothing.stdout == first.stdout


@needs_owners
def test_the_program_says_once_that_a_folder_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(0o777)
    done = run("list", "--json", cwd=tmp_path, env={"SGKPI_CACHE": str(tmp_path / "cache")})
    assert done.code == 0
    told = f"warning: definitions are not cached: others can write to {tmp_path / 'cache'}; set SGKPI_CACHE "
    assert done.stderr == f"{told}to a folder of your own, or to `off`\n"
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_named_folder_that_cannot_be_created_is_said(tmp_path: Path) -> None:
    done = run("list", "--json", cwd=tmp_path, env={"SGKPI_CACHE": "/dev/null/cache"})
    assert done.code == 0
    assert done.stderr.startswith("warning: definitions are not cached: /dev/null")
    assert len(done.stderr.splitlines()) == 1


def test_a_quiet_run_does_not_say_that_a_folder_is_not_used(tmp_path: Path) -> None:
    env = {"SGKPI_CACHE": "/dev/null/cache"}
    assert run("list", "--json", "--quiet", cwd=tmp_path, env=env).stderr == ""
    store = ("snapshot", "list", "--snapshots", "absent")
    assert "not cached" not in run(*store, "--quiet", cwd=tmp_path, env=env).stderr
    assert run(*store, cwd=tmp_path, env=env).stderr.count("not cached") == 1
