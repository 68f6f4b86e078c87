"""Definitions in folders: which files are a catalogue's, and what follows where one moves."""

import os
from pathlib import Path

import pytest

from sgkpi.cli.complete import complete_ids
from sgkpi.definitions import cached_catalogue
from sgkpi.definitions.cache import set_cache_dir
from sgkpi.definitions.tree import catalogue_files, indicator_files
from sgkpi.model.errors import DefinitionsError
from tests.definitions.support import DECIDED, REVIEWED, load, write_catalogue

NESTED = {"front_door/decided.yaml": DECIDED, "care/leavers/reviewed.yaml": REVIEWED}


def link(place: Path, target: Path) -> None:
    try:
        place.symlink_to(target, target_is_directory=True)
    except OSError:
        pytest.skip("this system has no links")


def test_indicators_are_in_folders_at_any_depth(tmp_path: Path) -> None:
    catalogue = load(tmp_path, NESTED)
    assert list(catalogue.indicators) == ["decided", "reviewed"]
    assert catalogue.indicators["reviewed"].path.endswith("care/leavers/reviewed.yaml")


def test_a_folder_below_may_be_called_tables(tmp_path: Path) -> None:
    assert list(load(tmp_path, {"care/tables/decided.yaml": DECIDED}).indicators) == ["decided"]


def test_a_catalogue_has_its_own_files_alone(tmp_path: Path) -> None:
    hidden = {".git/x.yaml": "x", "care/.old/x.yaml": "x", "care/.x.yaml": "x", "care/notes.md": "x"}
    folder = write_catalogue(tmp_path, {**NESTED, **hidden, "themes.yaml": "", "boards/inspection.yaml": "x"})
    assert [file.name for file in indicator_files(folder)] == ["decided.yaml", "reviewed.yaml"]
    found = {file.relative_to(folder).as_posix() for file in catalogue_files(folder)}
    assert {*NESTED, "themes.yaml", "tables/contacts.yaml", "boards/inspection.yaml"} <= found
    assert found.isdisjoint(hidden)


def test_loops_of_links_have_an_end(tmp_path: Path) -> None:
    folder = write_catalogue(tmp_path, NESTED)
    link(folder / "care" / "again", folder)
    link(folder / "care" / "leavers" / "up", folder / "care")
    link(folder / "front_door" / "declared", folder / "tables")
    assert [file.name for file in indicator_files(folder)] == ["decided.yaml", "reviewed.yaml"]


def test_a_linked_folder_is_read(tmp_path: Path) -> None:
    write_catalogue(tmp_path / "ours", {"decided.yaml": DECIDED})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "reviewed.yaml").write_text(REVIEWED, encoding="utf-8")
    link(tmp_path / "ours" / "care", elsewhere)
    assert [file.name for file in indicator_files(tmp_path / "ours")] == ["decided.yaml", "reviewed.yaml"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    folder = write_catalogue(tmp_path, NESTED)
    (folder / "care").chmod(0)
    with pytest.raises(DefinitionsError, match="care cannot be read"):
        load(tmp_path, {})
    (folder / "care").chmod(0o700)


def test_the_cache_notices_a_change_in_a_folder(tmp_path: Path) -> None:
    folder = write_catalogue(tmp_path / "indicators", NESTED)
    assert set_cache_dir(tmp_path / "cache", create=True) is None
    try:
        assert cached_catalogue.load_catalogue(folder).indicators["decided"].title == "Contacts decided within 24 hours"
        moved = folder / "care" / "decided.yaml"
        moved.write_text(DECIDED.replace("title: ", "title: Now "), encoding="utf-8")
        (folder / "front_door" / "decided.yaml").unlink()
        now = cached_catalogue.load_catalogue(folder).indicators["decided"]
        assert (now.title[:4], Path(now.path).parent.name) == ("Now ", "care")
    finally:
        set_cache_dir(None)


def test_completion_looks_into_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SGKPI_CATALOGUE", str(write_catalogue(tmp_path, NESTED)))
    assert [name for name, _ in complete_ids("")] == ["decided", "reviewed"]
