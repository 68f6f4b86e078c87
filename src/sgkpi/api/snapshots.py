"""Snapshots for notebooks and scripts."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sgkpi.answers import diff as answer_diff
from sgkpi.answers.snapshot import take
from sgkpi.api import Answer, CatalogueLike, ExtractLike, Names, read_inputs
from sgkpi.api.arguments import (
    MonthLike,
    kind_of,
    read_as_of,
    read_kinds,
    read_member,
    read_month,
    read_names,
    read_number,
)
from sgkpi.documents.diff import diff_records
from sgkpi.documents.records import Records
from sgkpi.documents.snapshot import snapshot_records
from sgkpi.documents.write.snapshot import renderers
from sgkpi.engines.protocol import Progress
from sgkpi.model.errors import SnapshotError, UsageError
from sgkpi.snapshots.gates import Gate
from sgkpi.snapshots.lock import Writer
from sgkpi.snapshots.secret import SECRET_BYTES, read_secret
from sgkpi.snapshots.store import default_private_folder, names_snapshot, open_store


@dataclass(frozen=True, repr=False)
class Taken(Answer, take.SnapshotTaken):
    """A snapshot that was taken, or would be: a row for each line of the ledgers of what changed."""

    def _records(self) -> Records:
        return snapshot_records(self)


@dataclass(frozen=True, repr=False)
class Changes(Answer, answer_diff.Diff):
    """The changes between two snapshots: a row for each line of the ledgers."""

    def _records(self) -> Records:
        return diff_records(self)


def snapshot(
    extract: ExtractLike,
    catalogue: CatalogueLike = None,
    *,
    month: MonthLike,
    snapshots: Path | str,
    cases: Path | str | bool = True,
    history: int = take.HISTORY,
    kinds: Names = take.KINDS,
    as_of: date | str | None = None,
    engine: str = "duckdb",
    fail_on: Names = (),
    accept: Names = (),
    reason: str | None = None,
    dry_run: bool = False,
    secret: bytes | None = None,
    receipt: Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> Taken:
    """Take a snapshot of a month into the store in the folder `snapshots`, as `sgkpi snapshot` does.

    `cases` is the private folder for sealed cases (True: beside the store; False: none). A new one needs a `secret`
    of 32 random bytes, as `os.urandom(32)`, since the library has no randomness of its own. `receipt` is kept beside
    the snapshot, and may say when it was taken. Raises SnapshotError where it needs a reason or a gate of `fail_on`
    fails (nothing is written then), or the store cannot be used; and what `compute` raises.
    """
    opened, loaded = read_inputs(extract, catalogue)
    home = Path(snapshots)
    private = None if cases is False else default_private_folder(home) if cases is True else Path(cases)
    asked_month = read_month(month)
    if asked_month is None:
        raise UsageError("month: name the month to publish, as '2019-02'")
    request = take.SnapshotRequest(
        month=asked_month,
        history=read_number("history", history, "months"),
        kinds=read_kinds(kinds),
        as_of=read_as_of(as_of),
        engine=engine,
        reason=reason,
        fail_on=_gates("fail_on", fail_on),
        accept=_gates("accept", accept),
        dry_run=dry_run,
    )
    if request.accept and not reason:
        raise UsageError("accept: say why with `reason`")
    store = open_store(home, private, for_writing=True)
    taken = take.take_snapshot(
        opened, loaded, store, request, renderers(), _circumstances(private, secret, receipt or {}), progress=progress
    )
    if not dry_run and taken.refused:
        raise SnapshotError(taken.refused)
    if not dry_run and taken.stopped:
        details = "; ".join(f"{each.gate}: {each.detail}" for each in taken.checks if each.gate in taken.stopped)
        raise SnapshotError(f"nothing was written, as gates failed: {details}")
    return Taken(**vars(taken))


def diff(*names: str, snapshots: Path | str, indicators: Names = (), by: Names = (), every: bool = False) -> Changes:
    """Return what changed between two snapshots of a store, as `sgkpi diff` does: `diff("2019-01", "2019-02", …)`.

    One name is compared with its previous, no name means the latest. `every` has figures that did not change as well.
    Raises SnapshotError where a snapshot is missing or damaged, UsageError or DefinitionsError for unknown names.
    """
    if len(names) > 2 or not all(map(names_snapshot, names)):
        raise UsageError("diff: expected up to two snapshots, as '2019-02', '2019-02-r1', 'latest' or 'previous'")
    asked = answer_diff.DiffRequest(names, read_names("indicators", indicators), read_names("by", by), every)
    return Changes(**vars(answer_diff.diff_snapshots(open_store(Path(snapshots)), asked)))


def _gates(argument: str, names: Names) -> frozenset[Gate]:
    return frozenset(read_member(argument, Gate, name) for name in read_names(argument, names))


def _circumstances(private: Path | None, secret: bytes | None, receipt: Mapping[str, object]) -> take.Circumstances:
    _check_secret(secret)
    if private is not None and secret is None and read_secret(private) is None:
        raise UsageError(f"secret: '{private}' has none yet; give 32 random bytes, as os.urandom(32)")
    writer = Writer(os.getpid(), platform.node(), "sgkpi.snapshot")
    return take.Circumstances(writer, receipt, secret or b"")


def _check_secret(given: object) -> None:
    """Raise UsageError for what is no secret."""
    if given is not None and not (isinstance(given, bytes) and len(given) == SECRET_BYTES):
        found = len(given) if isinstance(given, bytes) else kind_of(given)
        raise UsageError(f"secret: expected {SECRET_BYTES} bytes, as os.urandom({SECRET_BYTES}), not {found}")
