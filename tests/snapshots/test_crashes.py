"""A process that is killed on the way, disks that are full, and several writers at once."""

import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from sgkpi.model.errors import SnapshotError
from sgkpi.snapshots.lock import LOCK, Writer, locked
from sgkpi.snapshots.verify import verify_store
from tests.snapshots.support import WRITER, Failing, a_draft, a_store, add, sealed_cases, tree

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs signals that kill")
SEALED = f"2019-02-r1-{sealed_cases().content[:8]}"
STORE_JSON, KEYS = "snapshots/store.json", {"snapshots.private/.gitignore", "snapshots.private/secret.key"}
CASES = {f"snapshots.private/{SEALED}/{name}" for name in ("cases.parquet", "keys.parquet")}
# The last operation of each step, and the files that the disk has then besides leftovers; 2 and 4 change nothing.
STEPS = [
    (1, "make snapshots", set[str]()),
    (1, "once store.json", {STORE_JSON}),
    (1, "make snapshots.private", {STORE_JSON}),
    (1, "once secret.key", {STORE_JSON, *KEYS}),
    (3, "sweep snapshots", {STORE_JSON, *KEYS}),
    (5, "copy cases.parquet", {STORE_JSON, *KEYS}),
    (5, f"rename {SEALED}", {STORE_JSON, *KEYS, *CASES}),
    (6, "write calendar.csv", {STORE_JSON, *KEYS, *CASES}),
    (7, "write manifest.json", {STORE_JSON, *KEYS, *CASES}),
]


def run(work: Callable[[], object]) -> BaseProcess:
    """Work in a child process, to its end."""
    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join()
    return child


def kept(folder: Path) -> set[str]:
    return {name for name in tree(folder) if ".staging-" not in name}


def expected(folder: Path) -> set[str]:
    add(a_store(folder))
    return kept(folder)


@pytest.mark.parametrize(("step", "operation", "files"), STEPS)
def test_a_kill_before_the_commit_leaves_leftovers_that_the_next_run_removes(
    tmp_path: Path, step: int, operation: str, files: set[str]
) -> None:
    (whole := tmp_path / "whole").mkdir()
    (killed := tmp_path / "killed").mkdir()
    child = run(lambda: add(a_store(killed), disk=Failing(operation, kill=True)))
    assert child.exitcode == -signal.SIGKILL
    assert kept(killed) == files
    store = a_store(killed)
    assert store.contents().snapshots == ()
    assert store.contents().damaged == ()
    assert add(store).is_added
    assert kept(killed) == expected(whole)
    assert not list(killed.rglob(".staging-*"))
    assert verify_store(store) == ()


@pytest.mark.parametrize(("step", "operation"), [(8, "rename 2019-02-r2"), (9, "sync snapshots")])
def test_a_kill_after_the_commit_leaves_the_whole_snapshot(tmp_path: Path, step: int, operation: str) -> None:
    store = a_store(tmp_path)
    add(store, a_draft("1/4"))
    draft = a_draft(sealed=sealed_cases(), reason="late records")
    assert run(lambda: add(store, draft, Failing(operation, kill=True))).exitcode == -signal.SIGKILL
    assert verify_store(store) == ()
    before = tree(tmp_path)
    again = add(store, draft)
    assert (again.snapshot.name, again.is_added) == ("2019-02-r2", False)
    assert tree(tmp_path) == before


def test_a_kill_while_the_lock_is_held_leaves_no_stale_lock(tmp_path: Path) -> None:
    def hold_and_die() -> None:
        with locked(tmp_path, WRITER):
            os.kill(os.getpid(), signal.SIGKILL)

    assert run(hold_and_die).exitcode == -signal.SIGKILL
    assert json.loads((tmp_path / LOCK).read_bytes())["pid"] == 4711
    with locked(tmp_path, WRITER):
        pass
    assert (tmp_path / LOCK).read_bytes() == b""


def test_who_finds_the_store_locked_is_told_by_whom(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    add(store, a_draft())
    with locked(store.folder, WRITER):
        os.utime(store.folder / LOCK, (1551682800, 1551682800))  # 7:00 GMT on 4 March 2019
        with pytest.raises(SnapshotError) as raised:
            add(store, a_draft("4/6", reason="late records"))
        (store.folder / LOCK).write_bytes(b"")
        with pytest.raises(SnapshotError, match="is locked: another process is writing to it; try again later"):
            add(store, a_draft("4/6", reason="late records"))
    assert str(raised.value) == (
        f"'{store.folder}' is locked: sgkpi (pid 4711 on ci-2) is writing since 2019-03-04 07:00, "
        "with `sgkpi snapshot --month 2019-02`; try again later"
    )
    assert raised.value.exit_code == 12
    assert add(store, a_draft("4/6", reason="late records")).is_added


@pytest.mark.skipif(sys.platform == "win32", reason="a link takes a privilege")
def test_a_lock_that_is_somebodys_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("precious", encoding="utf-8")
    (tmp_path / LOCK).symlink_to(tmp_path / "theirs")
    with pytest.raises(OSError, match="symbolic links"), locked(tmp_path, WRITER):
        pass
    assert (tmp_path / "theirs").read_text(encoding="utf-8") == "precious"


class TestSeveralWriters:
    """Each adds the same month with figures of its own: one wins, nobody's success is a lie."""

    def attempt(self, folder: Path, figures: str) -> str:
        try:
            done = add(a_store(folder), a_draft(figures, sealed=sealed_cases()))
        except SnapshotError as error:
            return str(error)
        return "added" if done.is_added else "there"

    def check(self, folder: Path, said: list[str]) -> None:
        assert said.count("added") == 1
        refused = ("is locked", "is there already", "the store changed while")
        assert all(any(part in each for part in refused) for each in said if each not in ("added", "there"))
        store = a_store(folder)
        assert [each.name for each in store.contents().snapshots] == ["2019-02-r1"]
        assert [each for each in verify_store(store) if each.is_damage] == []
        assert not list(folder.rglob(".staging-*"))

    @pytest.mark.parametrize("same", [True, False])
    def test_threads(self, tmp_path: Path, same: bool) -> None:
        for number in range(5):
            (folder := tmp_path / str(number)).mkdir()
            figures = ["3/4"] * 3 if same else ["3/4", "4/6", "5/6"]
            with ThreadPoolExecutor(3) as pool:
                said = list(pool.map(lambda each, folder=folder: self.attempt(folder, each), figures))
            self.check(folder, said)

    def test_processes(self, tmp_path: Path) -> None:
        context = multiprocessing.get_context("fork")
        for number in range(5):
            (folder := tmp_path / str(number)).mkdir()
            answers, start = context.SimpleQueue(), context.Barrier(3)

            def work(figures: str, folder: Path = folder, answers=answers, start=start) -> None:  # noqa: ANN001
                start.wait()
                answers.put(self.attempt(folder, figures))

            children = [context.Process(target=work, args=(each,)) for each in ("3/4", "4/6", "3/4")]
            for child in children:
                child.start()
            said = [answers.get() for _ in children]
            for child in children:
                child.join()
            self.check(folder, said)

    def test_who_was_faster_with_the_secret_keeps_it(self, tmp_path: Path) -> None:
        """Each writer has a secret of its own; those that find another one's must compute again."""
        with ThreadPoolExecutor(3) as pool:
            drafts = [a_draft(sealed=sealed_cases(), secret=bytes([each]) * 32) for each in range(3)]

            def attempt(number: int) -> str:
                from sgkpi.snapshots.commit import commit

                try:
                    done = commit(a_store(tmp_path), drafts[number], Writer(number, "host", "sgkpi"))
                except SnapshotError as error:
                    return str(error)
                return f"added by {number}" if done.is_added else "there"

            said = list(pool.map(attempt, range(3)))
        (winner,) = (each for each in said if each.startswith("added"))
        assert (tmp_path / "snapshots.private/secret.key").read_bytes() == bytes([int(winner[-1])]) * 32
        assert verify_store(a_store(tmp_path)) == ()


def test_a_full_disk_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    """A limit on the size of files, which the system enforces as it does a full disk's."""
    resource = pytest.importorskip("resource")
    store = a_store(tmp_path)
    add(store, a_draft())
    before = tree(tmp_path)
    answers = multiprocessing.get_context("fork").SimpleQueue()

    def work() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        try:
            add(store, a_draft("9" * 3000, reason="late records"))
        except SnapshotError as error:
            answers.put(str(error))

    run(work)
    assert "cannot be written: File too large" in answers.get()
    assert tree(tmp_path) == before
    assert not list(tmp_path.rglob(".staging-*"))
