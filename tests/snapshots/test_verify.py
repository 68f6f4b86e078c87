"""Verifying a store byte by byte, and forgetting sealed cases."""

import json
import os
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from sgkpi.answers.snapshot.verify import same_figures
from sgkpi.model.errors import SnapshotError
from sgkpi.snapshots.store import Store
from sgkpi.snapshots.verify import StoreFinding, forget, verify_store
from tests.snapshots.support import MARCH, WRITER, Failing, a_draft, a_store, add, sealed_cases, tree

AS_OF = datetime(2019, 3, 4, 7)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """February and March, with sealed cases."""
    made = a_store(tmp_path)
    add(made)
    add(made, a_draft(month=MARCH, as_of=AS_OF + timedelta(31), sealed=sealed_cases()))
    return made


def messages(store: Store) -> list[str]:
    return [each.message for each in verify_store(store) if each.is_damage]


def test_a_store_as_it_was_written(store: Store) -> None:
    assert verify_store(store) == ()


@pytest.mark.slow
def test_a_flipped_byte_in_any_file_is_found(store: Store) -> None:
    names = [
        name for name in tree(store.folder.parent) if not name.endswith(("store.json", ".gitignore", "receipt.json"))
    ]
    assert len(names) == 2 * (8 + 2) + 1
    for name in names:
        path = store.folder.parent / name
        content = path.read_bytes()
        for place in {0, *range(5, len(content), 1 + len(content) // 20), len(content) - 1}:
            path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            assert messages(store), f"{name}: byte {place}"
        path.write_bytes(content)
    assert verify_store(store) == ()


def test_the_receipt_may_be_deleted(store: Store) -> None:
    (store.folder / "2019-02-r1/receipt.json").unlink()
    assert verify_store(store) == ()


def test_a_file_that_is_missing_changed_or_not_listed(store: Store) -> None:
    folder = store.folder / "2019-02-r1"
    (folder / "figures.csv").unlink()
    (folder / "definitions/waits.yaml").write_text("title: Weights\n", encoding="utf-8")
    (folder / "definitions/more.yaml").touch()
    assert messages(store) == [
        f"{folder / 'definitions/waits.yaml'} is not as it was written",
        f"{folder / 'figures.csv'} is missing",
        f"{folder / 'definitions/more.yaml'} is not one of the files of the snapshot",
    ]
    assert {each.snapshot for each in verify_store(store)} == {"2019-02-r1"}


def test_a_folder_that_cannot_be_read_is_found_unless_others_are_asked_for(store: Store) -> None:
    (store.folder / "2019-02-r1/manifest.json").unlink()
    missing = f"{store.folder / '2019-02-r1/manifest.json'} is missing"
    assert messages(store) == [missing, f"2019-03-r1 follows a snapshot that is not as it was: {missing}"]
    march = store.contents().find("2019-03")
    assert [each.snapshot for each in verify_store(store, [march])] == ["2019-03-r1"]


def test_a_chain_that_is_cut(store: Store) -> None:
    shutil.rmtree(store.folder / "2019-02-r1")
    assert messages(store) == [
        "2019-03-r1 follows a snapshot that is not as it was: there is no snapshot '2019-02-r1'; there are: 2019-03-r1"
    ]


def test_a_file_and_its_manifest_that_were_changed_together_break_the_chain(store: Store) -> None:
    folder = store.folder / "2019-02-r1"
    written = json.loads((folder / "manifest.json").read_bytes())
    (folder / "figures.csv").write_bytes(b"value\n4/4\n")
    for each in written["files"]:
        each["sha256"] = sha256((folder / each["name"]).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(written), encoding="utf-8")
    (folder / "receipt.json").unlink()
    not_it = f"{folder} is not the one with which 2019-03-r1 was compared"
    assert messages(store) == [
        f"{folder / 'manifest.json'} has other digests than its files",
        f"2019-03-r1 follows a snapshot that is not as it was: {not_it}",
    ]


def test_a_manifest_that_lists_too_little(store: Store) -> None:
    path = store.folder / "2019-03-r1/manifest.json"
    written = json.loads(path.read_bytes())
    written["files"] = [each for each in written["files"] if each["name"] != "figures.csv"]
    path.write_text(json.dumps(written), encoding="utf-8")
    assert messages(store) == [
        f"{path} is not what receipt.json says was written",
        f"{path.parent / 'figures.csv'} is not one of the files of the snapshot",
        f"{path} does not list figures.csv",
    ]


class TestSealedCases:
    def folder(self, store: Store, name: str = "2019-02-r1") -> Path:
        assert store.private is not None
        return store.private / f"{name}-{sealed_cases().content[:8]}"

    def test_that_are_not_here_are_no_damage(self, store: Store) -> None:
        shutil.rmtree(self.folder(store))
        not_here = StoreFinding("2019-02-r1", "sealed cases: not here", is_damage=False)
        assert verify_store(store) == (not_here,)
        assert verify_store(Store(store.folder)) == (not_here, replace(not_here, snapshot="2019-03-r1"))

    @pytest.mark.skipif(os.name == "nt", reason="Windows calls such a folder missing")
    def test_in_a_folder_that_cannot_be_read_are_no_damage(self, store: Store) -> None:
        elsewhere = Store(store.folder, store.folder.with_name("x" * 300))
        found = verify_store(elsewhere)
        assert {(each.message.endswith(" cannot be read: File name too long"), each.is_damage) for each in found} == {
            (True, False)
        }

    def test_that_are_damaged_or_others(self, store: Store) -> None:
        folder = self.folder(store)
        shutil.rmtree(folder)
        shutil.copytree(sealed_cases("not_met").folder, folder)
        assert messages(store) == [f"{folder} does not hold the cases of 2019-02-r1"]
        (folder / "keys.parquet").write_bytes(b"PAR1")
        assert messages(store) == [f"{folder / 'keys.parquet'} is damaged"]
        (folder / "keys.parquet").unlink()
        assert messages(store) == [f"{folder / 'keys.parquet'} is missing"]

    def test_of_earlier_months_are_forgotten_and_snapshots_stay(self, store: Store) -> None:
        assert store.private is not None
        (store.private / ".staging-0").mkdir()
        before = tree(store.folder)
        assert forget(store, MARCH, WRITER) == (self.folder(store),)
        assert tree(store.folder) == before
        assert sorted(path.name for path in store.private.iterdir()) == [
            ".gitignore", self.folder(store, "2019-03-r1").name, "secret.key",
        ]  # fmt: skip
        assert [each.message for each in verify_store(store)] == ["sealed cases: not here"]
        assert forget(store, MARCH, WRITER) == ()

    def test_that_cannot_be_removed_are_named(self, store: Store) -> None:
        with pytest.raises(SnapshotError, match=r"\.staging-\w+ cannot be written or removed: No space left on device"):
            forget(store, MARCH, WRITER, Failing("rename STAGING"))

    def test_without_a_private_folder_nothing_is_forgotten(self, tmp_path: Path) -> None:
        assert forget(Store(tmp_path), MARCH, WRITER) == ()
        assert forget(a_store(tmp_path), MARCH, WRITER) == ()
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("stored", "is_same"),
    [
        (b"indicator,as_of\nwaits,2019\n", True),  # taken by a version that had fewer columns
        (b"indicator,as_of,persons\nwaits,2019,3\n", True),
        (b"indicator,as_of,persons\nwaits,2019,4\n", False),
        (b"indicator,as_of\nwaits,2018\n", False),
        (b"indicator,as_of\n", False),
        (b"indicator\nwaits\nwaits\n", False),
    ],
)
def test_columns_that_a_later_version_appended_are_left_out(stored: bytes, is_same: bool) -> None:
    assert same_figures(stored, b"indicator,as_of,persons\nwaits,2019,3\n") is is_same
