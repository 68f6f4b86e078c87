"""Verification of a store: every byte of its snapshots, the chain between them, and sealed cases where they are.

Each manifest vouches for its files and for its predecessor. A receipt has the digests of its own manifest and of the
files of sealed cases, so that a slip of the disk shows; who changes the newest snapshot on purpose can change it too.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sgkpi.ledger.sealed import Seal
from sgkpi.model.errors import SnapshotError
from sgkpi.model.periods import Month
from sgkpi.snapshots.calendar import CALENDAR
from sgkpi.snapshots.digests import content_digest
from sgkpi.snapshots.disk import Disk, staging_name
from sgkpi.snapshots.lock import Writer, locked
from sgkpi.snapshots.manifest import LaterSchemaError
from sgkpi.snapshots.sealed import SealedFiles
from sgkpi.snapshots.secret import KEY_FILE, SEALED_NAME, read_secret
from sgkpi.snapshots.store import MANIFEST, RECEIPT, Contents, Snapshot, Store


@dataclass(frozen=True)
class StoreFinding:
    """Something that is not as it was written, or (no `is_damage`) cannot be looked at: by no sgkpi but a later one."""

    snapshot: str
    message: str
    is_damage: bool = True
    needs_upgrade: bool = False


def verify_store(store: Store, only: Iterable[Snapshot] | None = None) -> tuple[StoreFinding, ...]:
    """Return the findings in these snapshots of a store (None: in all, and in folders that cannot be read)."""
    contents = store.contents()
    unread = contents.damaged if only is None else ()
    damaged = (StoreFinding(each.name, each.message, not each.is_later, each.is_later) for each in unread)
    chosen = contents.snapshots if only is None else tuple(only)
    found = [*damaged, *(finding for each in chosen for finding in _verify(store, contents, each))]
    names = {each.name for each in chosen}
    for follower in (each for each in contents.snapshots if each.name not in names and each.manifest.previous):
        found += (StoreFinding(each.name, message) for each in chosen if (message := _denial(follower, each)))
    return tuple(found)


def find_unvouched(contents: Contents, chosen: Iterable[Snapshot]) -> tuple[Snapshot, ...]:
    """Return the snapshots for which no later one vouches."""
    vouched = {each.manifest.previous.manifest for each in contents.snapshots if each.manifest.previous}
    return tuple(each for each in chosen if each.sha256 not in vouched)


def _denial(follower: Snapshot, snapshot: Snapshot) -> str | None:
    """Return why a snapshot cannot be the one that another follows by name; None where it is, or is not named."""
    link = follower.manifest.previous
    if link is None or link.snapshot != snapshot.name or link.manifest == snapshot.sha256:
        return None
    return f"{snapshot.folder} is not the one with which {follower.name} was compared"


def _verify(store: Store, contents: Contents, snapshot: Snapshot) -> Iterator[StoreFinding]:
    digests = snapshot.receipt_digests
    if digests.get(MANIFEST, snapshot.sha256) != snapshot.sha256:
        yield StoreFinding(snapshot.name, f"{snapshot.folder / MANIFEST} is not what {RECEIPT} says was written")
    yield from (StoreFinding(snapshot.name, message) for message in _files(snapshot))
    yield from _chain(contents, snapshot)
    yield from _sealed(store, snapshot, digests)


def _files(snapshot: Snapshot) -> Iterator[str]:
    """Yield what is wrong with the files of a snapshot and with the digests that its manifest has of them."""
    manifest, contents = snapshot.manifest, {}
    for each in manifest.files:
        try:
            contents[each.name] = snapshot.read(each.name)
        except SnapshotError as error:
            yield error.message
    known = {MANIFEST, RECEIPT, *(each.name for each in manifest.files)}
    for path in sorted(each for each in snapshot.folder.rglob("*") if not each.is_dir()):
        if path.relative_to(snapshot.folder).as_posix() not in known:
            yield f"{path} is not one of the files of the snapshot"
    if len(contents) == len(manifest.files):
        try:
            content = content_digest(contents, manifest.as_of, manifest.asked)
            calendar = sha256(contents[CALENDAR]).hexdigest()
        except KeyError as error:
            yield f"{snapshot.folder / MANIFEST} does not list {error.args[0]}"
        else:
            if (content, calendar) != (manifest.content, manifest.calendar.sha256):
                yield f"{snapshot.folder / MANIFEST} has other digests than its files"


def _chain(contents: Contents, snapshot: Snapshot) -> Iterator[StoreFinding]:
    """Yield what is wrong with the snapshots that this one follows."""
    manifest = snapshot.manifest
    try:
        if manifest.previous:
            contents.before(snapshot)
        if manifest.supersedes:
            contents.named(manifest.supersedes)
    except LaterSchemaError as error:
        message = f"{snapshot.name} follows a snapshot that cannot be read: {error.message}"
        yield StoreFinding(snapshot.name, message, is_damage=False, needs_upgrade=True)
    except SnapshotError as error:
        yield StoreFinding(snapshot.name, f"{snapshot.name} follows a snapshot that is not as it was: {error.message}")


def _sealed(store: Store, snapshot: Snapshot, digests: Mapping[str, str]) -> Iterator[StoreFinding]:
    cases = snapshot.manifest.cases
    if cases is None:
        return
    folder = store.sealed_folder(snapshot.name, cases.content)
    try:
        found = folder is not None and folder.stat()
    except (FileNotFoundError, NotADirectoryError):
        found = False
    except OSError as error:
        why = f"sealed cases: {folder} cannot be read: {error.strerror or error}"
        yield StoreFinding(snapshot.name, why, is_damage=False)
        return
    if folder is None or not found:
        yield StoreFinding(snapshot.name, "sealed cases: not here", is_damage=False)
        return
    sealed = SealedFiles(folder)
    try:
        secret = read_secret(folder.parent)
        if (sealed.content, sealed.rows) != (cases.content, cases.rows):
            yield StoreFinding(snapshot.name, f"{folder} does not hold the cases of {snapshot.name}")
        elif changed := [name for name, digest in sealed.digests.items() if digests.get(name, digest) != digest]:
            yield StoreFinding(snapshot.name, f"{folder / changed[0]} is not as it was written")
        if secret is None or Seal(secret).id != cases.key_id:
            yield StoreFinding(snapshot.name, f"{folder.parent / KEY_FILE} is not the secret that sealed these cases")
    except SnapshotError as error:
        yield StoreFinding(snapshot.name, error.message)


def forget(store: Store, before: Month, writer: Writer, disk: Disk | None = None) -> tuple[Path, ...]:
    """Remove the sealed cases of months before this one, and return their folders; snapshots stay."""
    disk = disk or Disk()
    if store.private is None:
        return ()
    try:
        if not store.private.is_dir():
            return ()
        with locked(store.folder, writer):
            disk.remove_leftovers(store.private)
            folders = sorted(path for path in store.private.iterdir() if _is_before(path.name, before))
            for folder in folders:
                leftover = staging_name(store.private)  # killed half-way, it is no folder of sealed cases any more
                disk.rename(folder, leftover)
                disk.remove(leftover)
    except OSError as error:
        raise SnapshotError(
            f"{error.filename or store.private} cannot be written or removed: {error.strerror or error}"
        ) from error
    return tuple(folders)


def _is_before(name: str, month: Month) -> bool:
    match = SEALED_NAME.fullmatch(name)
    return match is not None and match[1] < str(month)
