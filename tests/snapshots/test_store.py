"""Finding snapshots in a store, and what is said of a folder that is none, or of a snapshot that is damaged."""

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sgkpi import __version__
from sgkpi.model.errors import SnapshotError
from sgkpi.snapshots.store import Store, default_private_folder, names_snapshot, open_store, read_snapshot
from tests.snapshots.support import FEBRUARY, MARCH, a_draft, a_store, add

AS_OF = datetime(2019, 3, 4, 7)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """February twice, then March."""
    made = a_store(tmp_path)
    add(made, a_draft())
    add(made, a_draft("4/6", reason="late records"))
    add(made, a_draft(month=MARCH, as_of=AS_OF + timedelta(31)))
    return open_store(made.folder, made.private)


def refusal(store: Store, text: str) -> str:
    with pytest.raises(SnapshotError) as raised:
        store.contents().find(text)
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2019-02", "2019-02-r2"),
        ("2019-02-r1", "2019-02-r1"),
        ("latest", "2019-03-r1"),
        ("previous", "2019-02-r2"),
        ("snapshots/2019-02-r1", "2019-02-r1"),
    ],
)
def test_a_snapshot_is_found_by(store: Store, text: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(store.folder.parent)
    assert store.contents().find(text).name == name
    assert names_snapshot(text)


@pytest.mark.parametrize("text", ["contacts_decided", "2019", "2019-13", "2019-02-r0", "snapshots", ""])
def test_other_texts_are_no_names_of_snapshots(store: Store, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(store.folder.parent)
    assert not names_snapshot(text)


def test_a_snapshot_that_is_not_there(store: Store) -> None:
    known = "2019-02-r1, 2019-02-r2, 2019-03-r1"
    assert refusal(store, "2019-02-r3") == f"there is no snapshot '2019-02-r3'; there are: {known}"
    assert refusal(store, "2018-12") == f"there is no snapshot '2018-12'; there are: {known}"
    for nearly in ("2019-2", "2019-02-2", "2019-13", "2019-02-r0"):
        assert refusal(store, nearly) == f"there is no snapshot '{nearly}'; there are: {known}"
    assert refusal(store, "elsewhere") == f"{Path('elsewhere/manifest.json')} is missing"
    shutil.rmtree(store.folder / "2019-03-r1")
    shutil.rmtree(store.folder / "2019-02-r2")
    assert refusal(store, "previous") == "2019-02-r1 has no previous snapshot: it was the first"
    shutil.rmtree(store.folder / "2019-02-r1")
    assert refusal(store, "latest") == "there is no snapshot 'latest'; there are: none"


def test_revisions_are_sorted_as_numbers(tmp_path: Path) -> None:
    made = a_store(tmp_path)
    for number in range(1, 12):
        add(made, a_draft(str(number), reason="again"))
    assert made.contents().find("latest").name == "2019-02-r11"


def test_what_a_new_snapshot_is_compared_with(store: Store) -> None:
    found = store.contents()
    names = {month: getattr(found.previous_of(month), "name", None) for month in (FEBRUARY, MARCH, MARCH.plus(3))}
    assert names == {FEBRUARY: "2019-02-r2", MARCH: "2019-03-r1", MARCH.plus(3): "2019-03-r1"}
    assert found.previous_of(FEBRUARY.plus(-1)) is None


def test_a_previous_one_that_was_replaced_is_found_out(store: Store) -> None:
    path = store.folder / "2019-02-r2/manifest.json"
    path.write_bytes(path.read_bytes().replace(b"late records", b"other reasons"))
    assert refusal(store, "previous") == (
        f"{store.folder / '2019-02-r2'} is not the one with which 2019-03-r1 was compared"
    )


class TestDamage:
    @pytest.mark.parametrize("damage", ["missing", "damaged", "newer", "of another", "a file"])
    def test_a_damaged_snapshot_is_never_passed_over(self, store: Store, damage: str) -> None:
        folder = store.folder / "2019-03-r1"
        manifest = folder / "manifest.json"
        later = {"schema": "sgkpi.snapshot/2", "sgkpi": "2.1"}
        if damage == "missing":
            manifest.unlink()
        elif damage == "damaged":
            manifest.write_bytes(manifest.read_bytes()[:-40])
        elif damage == "newer":
            manifest.write_text(json.dumps(later), encoding="utf-8")
        elif damage == "of another":
            manifest.write_bytes((store.folder / "2019-02-r1/manifest.json").read_bytes())
        else:
            shutil.rmtree(folder)
            folder.write_text("", encoding="utf-8")
        said = {
            "missing": f"{manifest} is missing",
            "damaged": f"{manifest} is damaged: it is not JSON",
            "newer": f"{manifest} was written by sgkpi 2.1 (schema sgkpi.snapshot/2); this is {__version__}, "
            "which reads up to 1",
            "of another": f"{folder} is damaged: its manifest is that of 2019-02-r1",
            "a file": f"{manifest} cannot be read: Not a directory",
        }[damage]
        assert [each.name for each in store.contents().snapshots] == ["2019-02-r1", "2019-02-r2"]
        assert [(each.name, each.message) for each in store.contents().damaged] == [("2019-03-r1", said)]
        for text in ("latest", "previous", "2019-03", "2019-03-r1"):
            assert refusal(store, text) == said
        assert store.contents().find("2019-02").name == "2019-02-r2"
        with pytest.raises(SnapshotError) as raised:
            add(store, a_draft(month=MARCH.plus(1), as_of=AS_OF + timedelta(61)))
        assert str(raised.value) == said

    def test_a_damaged_old_one_stops_only_who_needs_it(self, store: Store) -> None:
        (store.folder / "2019-02-r1/manifest.json").unlink()
        assert [store.contents().find(text).name for text in ("2019-02", "latest")] == ["2019-02-r2", "2019-03-r1"]

    def test_a_file_is_read_only_as_it_was_written(self, store: Store) -> None:
        snapshot = store.contents().find("2019-02-r1")
        assert snapshot.read("figures.csv") == b"value\n3/4\n"
        (snapshot.folder / "figures.csv").write_text("value\n4/4\n", encoding="utf-8")
        with pytest.raises(SnapshotError, match=r"figures\.csv is not as it was written"):
            snapshot.read("figures.csv")
        with pytest.raises(SnapshotError, match=r"other\.csv is missing"):
            snapshot.read("other.csv")


class TestOpening:
    def refusal(self, folder: Path, *, for_writing: bool = True) -> str:
        with pytest.raises(SnapshotError) as raised:
            open_store(folder, for_writing=for_writing)
        return str(raised.value)

    def test_a_store_that_is_not_there_is_made_by_the_first_snapshot_alone(self, tmp_path: Path) -> None:
        assert open_store(tmp_path / "snapshots", for_writing=True).contents().snapshots == ()
        assert list(tmp_path.iterdir()) == []
        assert self.refusal(tmp_path / "snapshots", for_writing=False) == (
            f"there are no snapshots in '{tmp_path / 'snapshots'}'; `sgkpi snapshot --month` takes one"
        )

    def test_a_path_that_is_not_there(self, tmp_path: Path) -> None:
        assert self.refusal(tmp_path / "shaer" / "snapshots") == (
            f"there is no folder '{tmp_path / 'shaer'}' to hold 'snapshots'; create it first"
        )
        with pytest.raises(SnapshotError, match=r"there is no folder .*shaer' to hold 'cases'"):
            open_store(tmp_path / "snapshots", tmp_path / "shaer" / "cases", for_writing=True)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("for_writing", [True, False])
    def test_a_folder_that_is_no_store(self, tmp_path: Path, for_writing: bool) -> None:
        (tmp_path / "letter.txt").touch()
        assert self.refusal(tmp_path, for_writing=for_writing) == (
            f"'{tmp_path}' is not a store of snapshots: it has no store.json, and holds letter.txt"
        )

    def test_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "snapshots").touch()
        path = tmp_path / "snapshots"
        assert self.refusal(path) == f"'{path}' cannot be read as a store of snapshots: Not a directory"

    def test_a_store_of_a_later_schema(self, tmp_path: Path) -> None:
        path = tmp_path / "store.json"
        path.write_text('{"schema": "sgkpi.store/2"}', encoding="utf-8")
        assert self.refusal(tmp_path) == (
            f"{path} was written by a later sgkpi (schema sgkpi.store/2); this is {__version__}, which reads up to 1"
        )

    def test_a_damaged_store_json(self, tmp_path: Path) -> None:
        (tmp_path / "store.json").write_text('{"schema":', encoding="utf-8")
        assert self.refusal(tmp_path) == f"{tmp_path / 'store.json'} is damaged: it is not JSON"

    @pytest.mark.skipif(os.name == "nt", reason="modes mean nothing on Windows")
    def test_a_folder_that_may_not_be_read_or_written(self, store: Store) -> None:
        """By a child process that is nobody, where the tests are run by root, whom modes do not stop."""
        store.folder.chmod(0o000)
        assert f"'{store.folder}' cannot be read as a store of snapshots: Permission denied" in self.as_nobody(store)
        store.folder.chmod(0o555)
        assert f"{store.folder / '.lock'} cannot be written: Permission denied" in self.as_nobody(store)
        (store.folder / ".lock").chmod(0o666)
        said = self.as_nobody(store)
        assert f"{store.folder}/.staging-" in said
        assert said.endswith("cannot be written: Permission denied\n")

    def as_nobody(self, store: Store) -> str:
        for folder in store.folder.parents:
            folder.chmod(0o755)
            if folder.name.startswith("pytest-of-"):
                break
        code = f"""
            import os, sys; from pathlib import Path
            from sgkpi.model.errors import SnapshotError
            from sgkpi.snapshots.store import open_store
            from tests.snapshots.support import *
            if hasattr(os, "getuid") and os.getuid() == 0: os.setuid(65534)
            try: add(open_store(Path({str(store.folder)!r})), a_draft("5", reason="again"))
            except SnapshotError as error: print(error)
        """
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        lines = "\n".join(
            line.strip() if not line.startswith("            ") else line[12:] for line in code.split("\n")
        )
        done = subprocess.run(
            [sys.executable, "-c", lines], capture_output=True, text=True, env=environment, check=True
        )
        return done.stdout


def test_cases_lie_beside_the_store() -> None:
    assert default_private_folder(Path("kept/snapshots")) == Path("kept/snapshots.private")


def test_what_others_put_into_a_store_is_no_snapshot(store: Store) -> None:
    for name in ("README.md", "2019-02", "2019-02-r1.zip", "2019-02-r1 (copy)", "2019-14-r1"):
        (store.folder / name).mkdir()
    assert len(store.contents().snapshots) == 3
    assert store.contents().damaged == ()


def test_a_copy_of_a_snapshot_elsewhere_is_read(store: Store, tmp_path: Path) -> None:
    shutil.copytree(store.folder / "2019-02-r1", tmp_path / "copy")
    assert read_snapshot(tmp_path / "copy").id == store.contents().find("2019-02-r1").id
