"""Adding snapshots: what is written, what is not written twice, and what needs a reason."""

import errno
import os
import shutil
import socket
import stat
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sgkpi.ledger.sealed import Seal
from sgkpi.model.errors import SnapshotError, UsageError
from sgkpi.snapshots import manifest as m
from sgkpi.snapshots.commit import Difference, StoreChanged, commit, decide
from sgkpi.snapshots.disk import Disk
from sgkpi.snapshots.secret import read_secret
from sgkpi.snapshots.store import Store, open_store
from tests.snapshots.support import (
    MARCH,
    SECRET,
    SHA,
    WRITER,
    Failing,
    a_draft,
    a_manifest,
    a_store,
    add,
    sealed_cases,
    tree,
)

AS_OF = datetime(2019, 3, 4, 7)


def refusal(store: Store, **draft: object) -> str:
    """The message with which a draft is refused, while nothing is written."""
    before = tree(store.folder.parent)
    with pytest.raises(SnapshotError) as raised:
        add(store, a_draft(**draft))  # type: ignore[arg-type]
    assert tree(store.folder.parent) == before
    assert raised.value.exit_code == 12
    return str(raised.value)


def test_the_files_of_a_store(tmp_path: Path) -> None:
    add(a_store(tmp_path))
    sealed = f"snapshots.private/2019-02-r1-{sealed_cases().content[:8]}"
    assert sorted(tree(tmp_path)) == [
        "snapshots.private/.gitignore",
        f"{sealed}/cases.parquet",
        f"{sealed}/keys.parquet",
        "snapshots.private/secret.key",
        "snapshots/2019-02-r1/calendar.csv",
        "snapshots/2019-02-r1/definitions/tables/contacts.yaml",
        "snapshots/2019-02-r1/definitions/waits.yaml",
        "snapshots/2019-02-r1/figures.csv",
        "snapshots/2019-02-r1/manifest.json",
        "snapshots/2019-02-r1/reasons.csv",
        "snapshots/2019-02-r1/receipt.json",
        "snapshots/2019-02-r1/reconciliation.csv",
        "snapshots/2019-02-r1/restatement.csv",
        "snapshots/store.json",
    ]
    assert tree(tmp_path)["snapshots/store.json"] == b'{"schema": "sgkpi.store/1"}\n'
    assert tree(tmp_path)["snapshots.private/.gitignore"] == b"*\n"
    assert tree(tmp_path)["snapshots.private/secret.key"] == SECRET


@pytest.mark.skipif(os.name == "nt", reason="modes mean nothing on Windows")
def test_nobody_else_can_read_the_private_folder(tmp_path: Path) -> None:
    (tmp_path / "snapshots.private").mkdir(0o755)
    add(a_store(tmp_path))
    modes = {stat.S_IMODE(path.stat().st_mode): path for path in (tmp_path / "snapshots.private").rglob("*")}
    assert set(modes) == {0o700, 0o600}
    assert stat.S_IMODE((tmp_path / "snapshots.private").stat().st_mode) == 0o700


def test_without_cases_there_is_no_private_folder(tmp_path: Path) -> None:
    found = add(Store(tmp_path / "snapshots"), a_draft())
    assert found.snapshot.manifest.cases is None
    assert [path.name for path in tmp_path.iterdir()] == ["snapshots"]


def test_the_manifest_says_what_was_committed(tmp_path: Path) -> None:
    first = add(a_store(tmp_path)).snapshot
    assert (first.name, first.manifest.supersedes, first.manifest.previous) == ("2019-02-r1", None, None)
    assert first.manifest.cases == m.CasesRecord(Seal(SECRET).id, 3, sealed_cases().content)
    assert [each.name for each in first.manifest.files] == sorted(a_draft().files)
    second = add(a_store(tmp_path), a_draft(month=MARCH, as_of=AS_OF + timedelta(31))).snapshot
    assert second.manifest.previous == m.PreviousRecord("2019-02-r1", first.sha256)
    assert second.id == second.sha256[:12]


def test_the_same_again_is_no_second_snapshot(tmp_path: Path) -> None:
    add(a_store(tmp_path))
    before = tree(tmp_path)
    again = add(a_store(tmp_path))
    assert not again.is_added
    assert again.decision.differs == ()
    assert tree(tmp_path) == before


def test_other_bytes_of_the_extract_are_the_same_snapshot_and_are_said(tmp_path: Path) -> None:
    add(a_store(tmp_path))
    table = m.TableRecord("contacts", 3, 1, ("id", "team"), True, (m.FileRecord("contacts.csv", 63, SHA[::-1]),))
    extract = replace(a_manifest().extract, tables=(table,))
    again = add(a_store(tmp_path), a_draft(sealed=sealed_cases(), extract=extract, sgkpi="0.10"))
    assert not again.is_added
    assert again.decision.differs == (Difference.EXTRACT, Difference.PROGRAM)


def test_other_figures_need_a_reason_and_are_a_revision(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    first = add(store).snapshot
    later = AS_OF + timedelta(1)
    assert refusal(store, figures="4/6", sealed=sealed_cases(), as_of=later) == (
        "2019-02-r1 is there already and says something else; what differs is the as-of time; "
        "to add a revision, say why with --reason"
    )
    assert "something else; nothing that it was made from differs; to add" in refusal(store, figures="4/6")
    second = add(store, a_draft("4/6", sealed=sealed_cases(), as_of=later, reason="late records")).snapshot
    assert (second.name, second.manifest.supersedes, second.manifest.reason) == (
        "2019-02-r2", "2019-02-r1", "late records",
    )  # fmt: skip
    assert second.manifest.previous == m.PreviousRecord("2019-02-r1", first.sha256)
    assert [each.name for each in store.contents().snapshots] == ["2019-02-r1", "2019-02-r2"]


def test_other_cases_behind_the_same_figures_need_a_reason(tmp_path: Path) -> None:
    add(a_store(tmp_path))
    assert "2019-02-r1 is there already" in refusal(a_store(tmp_path), sealed=sealed_cases("not_met"))


def test_cases_of_another_secret_or_none_can_not_be_compared(tmp_path: Path) -> None:
    add(a_store(tmp_path))
    assert not add(a_store(tmp_path), a_draft()).is_added
    elsewhere = Store(tmp_path / "snapshots", tmp_path / "elsewhere")
    assert not add(elsewhere, a_draft(sealed=sealed_cases("not_met"), secret=SECRET[::-1])).is_added


def test_a_revision_is_compared_with_the_newest_alone(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    add(store, a_draft("3/4"))
    add(store, a_draft("4/6", reason="late records"))
    assert "2019-02-r2 is there already" in refusal(store, figures="3/4")
    assert add(store, a_draft("3/4", reason="they were wrong")).snapshot.name == "2019-02-r3"


def test_an_as_of_time_that_goes_back_needs_a_reason(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    add(store, a_draft())
    assert refusal(store, month=MARCH, as_of=AS_OF - timedelta(minutes=1)) == (
        "the as-of time 2019-03-04 06:59 lies before that of 2019-02-r1, 2019-03-04 07:00; "
        "if that is meant, say why with --reason"
    )
    assert add(store, a_draft(month=MARCH, as_of=AS_OF - timedelta(1), reason="a test")).is_added


def test_an_earlier_month_can_be_added_later(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    add(store, a_draft(month=MARCH))
    added = add(store, a_draft())
    assert added.snapshot.manifest.previous is None
    assert added.decision.later is not None
    assert added.decision.later.name == "2019-03-r1"


def test_a_draft_compared_with_what_is_not_the_last_any_more_is_computed_again(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    add(store, a_draft())
    with pytest.raises(StoreChanged, match="the store changed while the snapshot was computed; run the command again"):
        commit(store, a_draft(month=MARCH), WRITER)
    assert not (store.folder / "2019-03-r1").exists()


def test_cases_sealed_with_a_secret_that_another_run_was_faster_to_make_are_sealed_again(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    add(Store(tmp_path / "other", store.private), a_draft(sealed=sealed_cases()))
    with pytest.raises(StoreChanged):
        commit(store, a_draft(sealed=sealed_cases(), secret=SECRET[::-1]), WRITER)
    assert read_secret(tmp_path / "snapshots.private") == SECRET


def test_two_machines_with_two_secrets_have_the_same_content(tmp_path: Path) -> None:
    (one := tmp_path / "one").mkdir()
    (other := tmp_path / "other").mkdir()
    first = add(a_store(one)).snapshot.manifest
    second = add(a_store(other), a_draft(sealed=sealed_cases(), secret=SECRET[::-1], sgkpi="0.10")).snapshot.manifest
    assert first.content == second.content
    assert first.cases != second.cases


def test_no_byte_of_a_snapshot_tells_where_it_was_taken(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    folder = add(store).snapshot.folder
    told = [str(tmp_path), socket.gethostname(), WRITER.host, WRITER.command, str(WRITER.pid)]
    for name, content in tree(folder).items():
        assert not [each for each in told if each.encode() in content], name
    assert (store.folder / ".lock").read_bytes() == b""


class TestPrivateFolder:
    def test_a_missing_secret_is_named_and_never_made_again(self, tmp_path: Path) -> None:
        store = a_store(tmp_path)
        add(store)
        (tmp_path / "snapshots.private/secret.key").unlink()
        elsewhere = Store(tmp_path / "another", store.private)
        message = refusal(store, month=MARCH, sealed=sealed_cases())
        assert refusal(elsewhere, sealed=sealed_cases()) == message
        assert message.startswith(f"{tmp_path / 'snapshots.private/secret.key'} is missing, though there are cases")

    def test_a_damaged_secret_is_refused(self, tmp_path: Path) -> None:
        store = a_store(tmp_path)
        add(store)
        (tmp_path / "snapshots.private/secret.key").write_bytes(SECRET[:31])
        assert "secret.key is damaged: it has 31 bytes, not 32" in refusal(store, month=MARCH, sealed=sealed_cases())

    def test_what_cannot_be_read_is_named(self, tmp_path: Path) -> None:
        private = tmp_path / "snapshots.private"
        private.touch()
        assert f"{private / 'secret.key'} cannot be read: Not a dir" in refusal(
            a_store(tmp_path), sealed=sealed_cases()
        )
        private.unlink()
        (private / "secret.key").mkdir(parents=True)
        assert "secret.key cannot be read: Is a directory" in refusal(a_store(tmp_path), sealed=sealed_cases())

    def test_a_folder_that_holds_other_things_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "snapshots.private").mkdir()
        (tmp_path / "snapshots.private/letter.txt").touch()
        assert "snapshots.private' holds other files" in refusal(a_store(tmp_path), sealed=sealed_cases())

    @pytest.mark.parametrize("private", ["snapshots", "snapshots/private", "."])
    def test_a_folder_that_would_be_shared_with_the_store_is_refused(self, tmp_path: Path, private: str) -> None:
        with pytest.raises(UsageError, match="must not hold, or lie inside, the store"):
            open_store(tmp_path / "snapshots", tmp_path / private, for_writing=True)

    def test_sealed_cases_that_nobody_speaks_of_are_used_if_they_are_the_same(self, tmp_path: Path) -> None:
        store = a_store(tmp_path)
        name = f"2019-02-r1-{sealed_cases().content[:8]}"
        add(Store(tmp_path / "other", store.private), a_draft(sealed=sealed_cases()))
        before = (tmp_path / "snapshots.private" / name / "cases.parquet").stat().st_mtime_ns
        assert add(store).is_added
        assert (tmp_path / "snapshots.private" / name / "cases.parquet").stat().st_mtime_ns == before

    def test_sealed_cases_of_the_same_name_that_are_others_are_refused(self, tmp_path: Path) -> None:
        store = a_store(tmp_path)
        other = tmp_path / f"snapshots.private/2019-02-r1-{sealed_cases().content[:8]}"
        shutil.copytree(sealed_cases("not_met").folder, other)
        (tmp_path / "snapshots.private/secret.key").write_bytes(SECRET)
        with pytest.raises(SnapshotError, match="does not hold the cases that its name says; move it away"):
            add(store)
        assert not list(store.folder.glob("2019*"))


class TestDisk:
    @pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
    def test_what_cannot_be_written_is_named_and_nothing_is_left(self, tmp_path: Path, code: int) -> None:
        store, disk = a_store(tmp_path), Failing()
        add(Store(tmp_path / "model", tmp_path / "model.private"), disk=disk)
        (tmp_path / "snapshots").mkdir()
        for operation in dict.fromkeys(disk.done):
            if operation.startswith(("write", "copy", "sync", "rename")) and "model" not in operation:
                with pytest.raises(SnapshotError, match=f"cannot be written: {os.strerror(code)}"):
                    add(store, disk=Failing(operation, code=code))
                assert not list(store.folder.glob("2019*"))
                assert not list(tmp_path.rglob(".staging-*"))
        assert add(store).is_added

    def test_a_write_that_is_not_read_back_as_it_was_is_found(self, tmp_path: Path) -> None:
        class Lossy(Disk):
            def write(self, path: Path, content: bytes, mode: int = 0o666) -> None:
                super().write(path, content.replace(b"3/4", b"3/5"), mode)

        with pytest.raises(SnapshotError, match=r"figures\.csv was not written as it should have been"):
            add(a_store(tmp_path), disk=Lossy())
        assert sorted(path.name for path in (tmp_path / "snapshots").iterdir()) == [".lock", "store.json"]

    @pytest.mark.parametrize("code", [5, 32, 33])
    def test_a_folder_that_windows_holds_is_tried_again_for_three_seconds(self, tmp_path: Path, code: int) -> None:
        held, waited = [3], []

        def move(source: Path, target: Path) -> None:
            if held[0]:
                held[0] -= 1
                error = PermissionError(errno.EACCES, "held", str(target))
                error.winerror = code  # type: ignore[attr-defined]  # an attribute on Windows alone
                raise error
            source.rename(target)

        assert add(a_store(tmp_path), disk=Disk(move, waited.append)).is_added
        assert waited == [0.1, 0.2, 0.4]
        held[0] = 100
        with pytest.raises(SnapshotError, match="2019-03-r1 cannot be written: held"):
            add(a_store(tmp_path), a_draft(month=MARCH), Disk(move, waited.append))
        assert sum(waited[3:]) <= 3

    def test_a_name_that_is_taken_in_the_last_moment_overwrites_nobody(self, tmp_path: Path) -> None:
        """As where the lock does not work: another writer commits between the last look and the rename."""
        store = a_store(tmp_path)

        def move(source: Path, target: Path) -> None:
            if target.name == "2019-02-r1":
                (source.parent / "2019-02-r1").mkdir()
                for name, content in faster.items():
                    (target / name).parent.mkdir(parents=True, exist_ok=True)
                    (target / name).write_bytes(content)
            source.rename(target)

        for figures, raised in (("3/4", None), ("4/6", SnapshotError)):
            other = add(Store(tmp_path / f"faster-{figures[0]}"), a_draft(figures)).snapshot
            faster = tree(other.folder)
            store = Store(tmp_path / f"slower-{figures[0]}")
            if raised is None:
                assert not add(store, a_draft("3/4"), Disk(move)).is_added
            else:
                with pytest.raises(raised, match="2019-02-r1 is there already and says something else"):
                    add(store, a_draft("3/4"), Disk(move))
            assert tree(store.folder / "2019-02-r1") == faster
            assert not list(store.folder.glob(".staging-*"))

    def test_a_folder_that_cannot_be_synced_is_none_the_worse(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def sync(descriptor: int) -> None:
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

        monkeypatch.setattr(os, "fsync", sync)
        assert add(a_store(tmp_path)).is_added

    def test_a_file_system_without_links_is_written_to_all_the_same(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def no_links(self: Path, target: Path) -> None:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))

        monkeypatch.setattr(Path, "hardlink_to", no_links)
        assert add(a_store(tmp_path)).is_added
        assert tree(tmp_path)["snapshots.private/secret.key"] == SECRET


def test_deciding_writes_nothing(tmp_path: Path) -> None:
    assert decide(a_store(tmp_path), a_draft(sealed=sealed_cases())).there is None
    assert list(tmp_path.iterdir()) == []
