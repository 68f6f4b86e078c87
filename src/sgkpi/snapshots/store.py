"""The store: a folder with one folder for each snapshot. Reading it takes no lock.

A folder that is named like a snapshot and cannot be read is never passed over in silence.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sgkpi.ledger.sealed import Seal
from sgkpi.model.errors import SnapshotError
from sgkpi.model.periods import Month
from sgkpi.snapshots.disk import STAGING
from sgkpi.snapshots.lock import LOCK
from sgkpi.snapshots.manifest import LaterSchemaError, Manifest, read_json, read_manifest
from sgkpi.snapshots.secret import check_private_folder, read_secret

STORE_FILE, STORE_SCHEMA = "store.json", "sgkpi.store/1"
MANIFEST, RECEIPT = "manifest.json", "receipt.json"
LATEST, PREVIOUS = "latest", "previous"
_NAME = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))-r([1-9]\d*)")
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_NEARLY_NAME = re.compile(r"\d{4}-\d{1,2}(-?r?\d*)")  # no folder, unless there is one


@dataclass(frozen=True)
class Snapshot:
    """A snapshot in its folder; `sha256` is the digest of its manifest."""

    folder: Path
    manifest: Manifest
    sha256: str

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def id(self) -> str:
        """The first 12 digits of the digest of its manifest, which reports may quote."""
        return self.sha256[:12]

    @property
    def receipt_digests(self) -> Mapping[str, str]:
        """The digests in its receipt; none where that was deleted, or is damaged itself."""
        try:
            digests: object = json.loads((self.folder / RECEIPT).read_bytes())["digests"]
        except (OSError, ValueError, KeyError, TypeError):
            return {}
        return digests if isinstance(digests, Mapping) else {}

    def whole_folder(self, name: str) -> Path:
        """Return one of its folders; raise SnapshotError where a file in it is missing, or is not as it was written."""
        for each in self.manifest.files:
            if each.name.startswith(f"{name}/"):
                self.read(each.name)
        return self.folder / name

    def read(self, name: str) -> bytes:
        """Return one of its files; raise SnapshotError where that is missing, or is not as it was written."""
        path = self.folder / name
        known = {each.name: each for each in self.manifest.files}
        content = _read_bytes(path)
        if name not in known or sha256(content).hexdigest() != known[name].sha256:
            raise SnapshotError(f"{path} is not as it was written")
        return content


@dataclass(frozen=True)
class Damaged:
    """A folder that is named like a snapshot and cannot be read as one, and why; or that a later sgkpi wrote."""

    name: str
    message: str
    is_later: bool = False


@dataclass(frozen=True)
class Contents:
    """The snapshots of a store, by month and revision, and the folders that cannot be read."""

    snapshots: tuple[Snapshot, ...] = ()
    damaged: tuple[Damaged, ...] = ()

    def check_whole(self) -> None:
        """Raise SnapshotError where any folder is damaged."""
        self._check(self.damaged)

    def newest(self, month: Month) -> Snapshot | None:
        """Return the newest revision of a month; None if it has none."""
        return next((each for each in reversed(self.snapshots) if each.manifest.month == month), None)

    def previous_of(self, month: Month) -> Snapshot | None:
        """Return the snapshot with which a new one of a month is compared.

        It is the revision that the new one supersedes, else the newest revision of the latest earlier month.
        """
        earlier = (each for each in reversed(self.snapshots) if each.manifest.month <= month)
        return next(earlier, None)

    def before(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot with which another was compared; raise SnapshotError if it has none, or not this one."""
        link = snapshot.manifest.previous
        if link is None:
            raise SnapshotError(f"{snapshot.name} has no previous snapshot: it was the first")
        found = self.named(link.snapshot)
        if found.sha256 != link.manifest:
            raise SnapshotError(f"{found.folder} is not the one with which {snapshot.name} was compared")
        return found

    def named(self, name: str) -> Snapshot:
        """Return the snapshot of a name such as `2019-02-r1`; raise SnapshotError if there is none."""
        self._check(each for each in self.damaged if each.name == name)
        found = next((each for each in self.snapshots if each.name == name), None)
        if found is None:
            known = ", ".join(each.name for each in self.snapshots) or "none"
            raise SnapshotError(f"there is no snapshot '{name}'; there are: {known}")
        return found

    def find(self, text: str) -> Snapshot:
        """Return the snapshot of a name: `2019-02` (newest revision), `2019-02-r1`, `latest`, `previous` or a folder.

        `previous` is the one before the latest. Raises SnapshotError where it is not there or cannot be read.
        """
        if text == PREVIOUS:
            return self.before(self.find(LATEST))
        if text != LATEST and not _MONTH.fullmatch(text):
            is_name = _NAME.fullmatch(text) or (_NEARLY_NAME.fullmatch(text) and not Path(text).is_dir())
            return self.named(text) if is_name else read_snapshot(Path(text))
        wanted = [each for each in self.snapshots if text in (LATEST, str(each.manifest.month))]
        damaged = [each for each in self.damaged if text == LATEST or each.name.startswith(f"{text}-")]
        newest = _place(wanted[-1].name) if wanted else (Month(1, 1), 0)
        self._check(each for each in damaged if _place(each.name) > newest)
        return wanted[-1] if wanted else self.named(text)

    def _check(self, damaged: Iterable[Damaged]) -> None:
        if found := list(damaged):
            error = LaterSchemaError if all(each.is_later for each in found) else SnapshotError
            raise error("; ".join(each.message for each in found))


@dataclass(frozen=True)
class Store:
    """A store; `private` is the folder for its sealed cases, None without them."""

    folder: Path
    private: Path | None = None

    def contents(self) -> Contents:
        """Read all snapshots of the store."""
        snapshots, damaged = [], []
        for name in sorted(filter(_NAME.fullmatch, _names(self.folder)), key=_place):
            try:
                snapshot = read_snapshot(self.folder / name)
                if snapshot.name != name:
                    raise SnapshotError(f"{snapshot.folder} is damaged: its manifest is that of {snapshot.name}")
                snapshots.append(snapshot)
            except SnapshotError as error:
                damaged.append(Damaged(name, error.message, isinstance(error, LaterSchemaError)))
        return Contents(tuple(snapshots), tuple(damaged))

    def seal(self) -> Seal | None:
        """Return the seal of its private folder; None where there is no secret."""
        secret = read_secret(self.private) if self.private else None
        return Seal(secret) if secret else None

    def sealed_folder(self, name: str, content: str) -> Path | None:
        """Return the folder for the sealed cases of a snapshot with this digest; None without a private folder."""
        return self.private and self.private / f"{name}-{content[:8]}"


def open_store(folder: Path, private: Path | None = None, *, for_writing: bool = False) -> Store:
    """Return the store in a folder; nothing is written.

    Raises SnapshotError where there is none, it is of a later schema, or cannot be read. A folder that is not there
    or is empty may become one, with `for_writing`. Raises UsageError where the private folder is no place for secrets.
    """
    if private is not None:
        check_private_folder(private, folder)
    names = _names(folder)
    if STORE_FILE in names:
        read_json(_read_bytes(path := folder / STORE_FILE), path, STORE_SCHEMA)
        return Store(folder, private)
    if others := [name for name in names if name != LOCK and not name.startswith(STAGING)]:
        raise SnapshotError(
            f"'{folder}' is not a store of snapshots: it has no {STORE_FILE}, and holds {sorted(others)[0]}"
        )
    if not for_writing:
        raise SnapshotError(f"there are no snapshots in '{folder}'; `sgkpi snapshot --month` takes one")
    for each in (folder, private or folder):
        if not each.parent.is_dir():
            raise SnapshotError(f"there is no folder '{each.parent}' to hold '{each.name}'; create it first")
    return Store(folder, private)


def default_private_folder(folder: Path) -> Path:
    """Return the folder for the sealed cases of a store, where none is named: beside it, never inside."""
    return folder.with_name(f"{folder.name}.private")


def read_snapshot(folder: Path) -> Snapshot:
    """Return the snapshot in a folder; raise SnapshotError where its manifest is missing or damaged."""
    path = folder / MANIFEST
    content = _read_bytes(path)
    return Snapshot(folder, read_manifest(content, path), sha256(content).hexdigest())


def names_snapshot(text: str) -> bool:
    """Whether a text has the form of a snapshot's name: `2019-02`, `2019-02-r1`, `latest`, `previous` or a folder."""
    if text in (LATEST, PREVIOUS) or _MONTH.fullmatch(text) or _NAME.fullmatch(text):
        return True
    try:
        return (Path(text) / MANIFEST).is_file()
    except OSError:  # reading it says why
        return True


def _place(name: str) -> tuple[Month, int]:
    """Return the month and revision of a snapshot's name, by which snapshots are sorted."""
    month, revision = name.split("-r")
    return Month.parse(month), int(revision)


def _names(folder: Path) -> list[str]:
    try:
        return [each.name for each in folder.iterdir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SnapshotError(f"'{folder}' cannot be read as a store of snapshots: {error.strerror or error}") from error


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise SnapshotError(f"{path} is missing") from error
    except OSError as error:
        raise SnapshotError(f"{path} cannot be read: {error.strerror or error}") from error
