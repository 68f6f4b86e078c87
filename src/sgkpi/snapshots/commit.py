"""Adding a snapshot to a store, so that a crash at any moment leaves it as it was, or with the whole snapshot.

The steps: (1) folders, store.json and the secret; (2) the lock; (3) leftovers; (4) look again; (5) sealed cases;
(6) files; (7) the manifest; (8) one rename, which is the commit; (9) a last sync.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from sgkpi.ledger.sealed import Seal
from sgkpi.model.errors import SnapshotError
from sgkpi.snapshots.digests import content_digest
from sgkpi.snapshots.disk import Disk, NameTaken, staging_name
from sgkpi.snapshots.lock import Writer, locked
from sgkpi.snapshots.manifest import CasesRecord, FileRecord, Manifest, PreviousRecord
from sgkpi.snapshots.sealed import SEALED_FILES, SealedFiles
from sgkpi.snapshots.secret import make_private_folder, read_secret
from sgkpi.snapshots.store import MANIFEST, RECEIPT, STORE_FILE, STORE_SCHEMA, Snapshot, Store, read_snapshot


class StoreChanged(SnapshotError):
    """Another process has changed what a draft was computed from: compute it again, with the store as it is now."""


@dataclass(frozen=True)
class Draft:
    """A snapshot to be added.

    `manifest` lacks what the commit fills in: revision, supersedes, cases, previous, files and content. `files` are
    all others by name, but for the `receipt`, which tells when and where it was taken. `previous` is the snapshot with
    which this one was compared, and `seal` what its cases were sealed with.
    """

    manifest: Manifest
    files: Mapping[str, bytes]
    receipt: Mapping[str, object]
    previous: Snapshot | None
    sealed: SealedFiles | None = None
    seal: Seal | None = None

    @cached_property
    def content(self) -> str:
        """The digest of its content."""
        return content_digest(self.files, self.manifest.as_of, self.manifest.asked)

    @cached_property
    def cases(self) -> CasesRecord | None:
        """The record of its sealed cases in the manifest."""
        if self.sealed is None or self.seal is None:
            return None
        return CasesRecord(self.seal.id, self.sealed.rows, self.sealed.content)


class Difference(StrEnum):
    """The things in which the making of two snapshots of a month can differ."""

    AS_OF = "the as-of time"
    EXTRACT = "the extract"
    DEFINITIONS = "the definitions"
    CALENDAR = "the calendar"
    REQUEST = "what was asked for"
    PROGRAM = "the version of sgkpi"


@dataclass(frozen=True)
class Decision:
    """The result of comparing a draft with a store.

    `there` is a snapshot with the same content, `supersedes` the month's newest one if its content is another; both
    are None if the month is new. `differs` names the inputs that differ from that snapshot's. `needs_reason` says why
    a reason must be given. `later` is a snapshot of a later month, which was not compared with this one.
    `has_same_cases` is whether its cases were compared with those of `there`.
    """

    there: Snapshot | None
    supersedes: Snapshot | None
    previous: Snapshot | None
    differs: tuple[Difference, ...]
    needs_reason: str | None
    later: Snapshot | None
    has_same_cases: bool = False


@dataclass(frozen=True)
class Committed:
    """A snapshot that is in the store, and whether it was added now."""

    snapshot: Snapshot
    is_added: bool
    decision: Decision


def decide(store: Store, draft: Draft) -> Decision:
    """Compare a draft with a store; raise SnapshotError where a folder of the store is damaged."""
    contents, month = store.contents(), draft.manifest.month
    contents.check_whole()
    newest, previous = contents.newest(month), contents.previous_of(month)
    is_there = newest is not None and _says_the_same(draft, newest.manifest)
    differs = () if newest is None else tuple(_differences(newest.manifest, draft))
    later = next((each for each in reversed(contents.snapshots) if each.manifest.month > month), None)
    if is_there:
        has_same_cases = newest is not None and _can_compare_cases(draft, newest.manifest)
        return Decision(newest, None, previous, differs, None, later, has_same_cases)
    return Decision(None, newest, previous, differs, _why_reason(draft, newest, previous, differs), later)


def commit(store: Store, draft: Draft, writer: Writer, disk: Disk | None = None) -> Committed:
    """Add a draft to a store, unless it is there already.

    Raises SnapshotError where it needs a reason and has none, where the store is locked, damaged or cannot be
    written; StoreChanged where the draft must be computed again.
    """
    disk = disk or Disk()
    try:
        if (found := _settle(store, draft)).there:
            return Committed(found.there, is_added=False, decision=found)
        _prepare(store, draft, disk)
        with locked(store.folder, writer):
            return _commit(store, draft, disk)
    except OSError as error:
        raise SnapshotError(f"{error.filename or store.folder} cannot be written: {error.strerror or error}") from error


def complete(draft: Draft, decision: Decision) -> Manifest:
    """Return the manifest of a draft with all that depends on the store."""
    files = (FileRecord(name, len(text), sha256(text).hexdigest()) for name, text in sorted(draft.files.items()))
    last, previous = decision.supersedes, decision.previous
    return replace(
        draft.manifest,
        revision=last.manifest.revision + 1 if last else 1,
        supersedes=last.name if last else None,
        cases=draft.cases,
        previous=PreviousRecord(previous.name, previous.sha256) if previous else None,
        files=tuple(files),
        content=draft.content,
    )


def _commit(store: Store, draft: Draft, disk: Disk) -> Committed:
    """Steps 3 to 9, under the lock."""
    disk.remove_leftovers(store.folder)
    if (found := _settle(store, draft)).there:
        return Committed(found.there, is_added=False, decision=found)
    manifest = complete(draft, found)
    receipt = {MANIFEST: sha256(manifest.to_bytes()).hexdigest()}
    if store.private is not None and draft.sealed is not None:
        disk.remove_leftovers(store.private)
        receipt |= _write_sealed(store.private, manifest, draft.sealed, disk)
    try:
        _write_public(store.folder, manifest, draft, receipt, disk)
    except NameTaken as error:  # the lock does not work on this file system, and somebody else was faster
        if (found := _settle(store, draft)).there:
            return Committed(found.there, is_added=False, decision=found)
        raise StoreChanged(_CHANGED) from error
    disk.sync(store.folder)
    return Committed(read_snapshot(store.folder / manifest.name), is_added=True, decision=found)


_CHANGED = "the store changed while the snapshot was computed; run the command again"


def _settle(store: Store, draft: Draft) -> Decision:
    """Decide as `decide` does; raise SnapshotError where the draft cannot be added as it is."""
    decision = decide(store, draft)
    if decision.needs_reason and not draft.manifest.reason:
        raise SnapshotError(decision.needs_reason)
    before, now = (each and each.sha256 for each in (draft.previous, decision.previous))
    if before != now and not decision.there:
        raise StoreChanged(_CHANGED)
    return decision


def _says_the_same(draft: Draft, existing: Manifest) -> bool:
    """Whether figures are equal, and cases too wherever the same secret sealed both."""
    has_same_cases = draft.cases == existing.cases or not _can_compare_cases(draft, existing)
    return draft.content == existing.content and has_same_cases


def _can_compare_cases(draft: Draft, existing: Manifest) -> bool:
    """Whether both have sealed cases, under the same secret."""
    mine, theirs = draft.cases, existing.cases
    return mine is not None and theirs is not None and mine.key_id == theirs.key_id


def _differences(existing: Manifest, draft: Draft) -> Iterator[Difference]:
    new = draft.manifest
    files = {each.name: each.sha256 for each in existing.files if each.name.startswith("definitions/")}
    definitions = {name: sha256(text).hexdigest() for name, text in draft.files.items()}
    differs = {
        Difference.AS_OF: existing.as_of != new.as_of,
        Difference.EXTRACT: _extract_files(existing) != _extract_files(new),
        Difference.DEFINITIONS: files != {name: definitions[name] for name in definitions if "definitions/" in name},
        Difference.CALENDAR: existing.calendar.sha256 != new.calendar.sha256,
        Difference.REQUEST: existing.asked != new.asked,
        Difference.PROGRAM: existing.sgkpi != new.sgkpi,
    }
    yield from (name for name, is_other in differs.items() if is_other)


def _extract_files(manifest: Manifest) -> set[tuple[str, str]]:
    return {(each.table, file.sha256) for each in manifest.extract.tables for file in each.files}


def _why_reason(
    draft: Draft, newest: Snapshot | None, previous: Snapshot | None, differs: Iterable[Difference]
) -> str | None:
    """Return why a draft needs a reason; None if it does not."""
    if newest is not None:
        names = " and ".join(differs)
        what = f"what differs is {names}" if names else "nothing that it was made from differs"
        return (
            f"{newest.name} is there already and says something else; {what}; to add a revision, say why with --reason"
        )
    if previous is not None and draft.manifest.as_of < previous.manifest.as_of:
        return (
            f"the as-of time {draft.manifest.as_of:%Y-%m-%d %H:%M} lies before that of {previous.name}, "
            f"{previous.manifest.as_of:%Y-%m-%d %H:%M}; if that is meant, say why with --reason"
        )
    return None


def _prepare(store: Store, draft: Draft, disk: Disk) -> None:
    """Make the folders, store.json and the secret where they are not there yet."""
    private = store.private if draft.sealed is not None else None
    if private is not None:
        read_secret(private)  # raises where a secret is missing that sealed other cases
    if not store.folder.is_dir():
        disk.make_folder(store.folder)
        disk.sync(store.folder.parent)
    disk.write_once(store.folder / STORE_FILE, f'{{"schema": "{STORE_SCHEMA}"}}\n'.encode())
    if private is not None and draft.seal is not None:
        make_private_folder(private, draft.seal.secret, disk)
        if read_secret(private) != draft.seal.secret:
            raise StoreChanged(_CHANGED)


def _write_sealed(private: Path, manifest: Manifest, sealed: SealedFiles, disk: Disk) -> Mapping[str, str]:
    """Copy sealed cases to the name that their digest gives them, and return the digests of the files.

    Those that a run that was killed has left there are used.
    """
    target = private / f"{manifest.name}-{sealed.content[:8]}"
    if not target.exists():
        with _staging(private, disk, 0o700) as staging, suppress(NameTaken):
            for name in SEALED_FILES:
                disk.copy(sealed.folder / name, staging / name, 0o600)
            disk.sync(staging)
            disk.rename(staging, target)
        disk.sync(private)
    written = SealedFiles(target)
    if written.digests != sealed.digests and written.content != sealed.content:
        raise SnapshotError(f"{target} does not hold the cases that its name says; move it away")
    return written.digests


def _write_public(folder: Path, manifest: Manifest, draft: Draft, digests: Mapping[str, str], disk: Disk) -> None:
    """Write every file, then the manifest; read them back; then give the folder its name."""
    with _staging(folder, disk) as staging:
        below = {path for name in draft.files for path in Path(name).parents}
        for path in sorted(below - {Path()}):
            disk.make_folder(staging / path)
        for name, content in draft.files.items():
            disk.write(staging / name, content)
        receipt = json.dumps({**draft.receipt, "digests": digests}, indent=2)
        disk.write(staging / RECEIPT, f"{receipt}\n".encode())
        disk.write(staging / MANIFEST, manifest.to_bytes())
        for path in (*below, Path()):
            disk.sync(staging / path)
        written = {MANIFEST: manifest.to_bytes(), **draft.files}
        for name, content in written.items():
            if (staging / name).read_bytes() != content:
                raise SnapshotError(f"{staging / name} was not written as it should have been; is the disk damaged?")
        disk.rename(staging, folder / manifest.name)


@contextmanager
def _staging(folder: Path, disk: Disk, mode: int = 0o777) -> Iterator[Path]:
    """Give a new folder for what is not whole yet, and remove what is left of it."""
    staging = staging_name(folder)
    disk.make_folder(staging, mode)
    try:
        yield staging
    finally:
        with suppress(OSError):  # whoever holds the lock next removes it
            disk.remove(staging)
