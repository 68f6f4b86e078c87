"""The text of statements that is kept between runs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sgkpi.model import cache as kept
from tests.support.program import SOURCES
from tests.support.world import write_catalogue

TABLE = {"key": "id", "person": "id", "happened": "at", "columns": {"id": {"type": "text"}, "at": {"type": "date"}}}
INDICATOR = {"title": "All", "table": "contacts", "period": "at", "measure": "count"}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    kept.keep_in(tmp_path / "cache")
    yield tmp_path / "cache"
    kept.keep_in(None)


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
    kept_in += "from sgkpi.definitions.cache import set_cache_dir\nset_cache_dir(Path('cache'))\n"
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
