"""The private folder beside a store, and the secret with which cases are sealed.

Without the secret nobody can find out from sealed cases whether a person's case is among them; with another secret no
case can be followed from one snapshot to the next.
"""

import re
from pathlib import Path

from sgkpi.model.errors import SnapshotError, UsageError
from sgkpi.snapshots.disk import STAGING, Disk

KEY_FILE = "secret.key"
SECRET_BYTES = 32
SEALED_NAME = re.compile(r"(\d{4}-\d{2})-r[1-9]\d*-[0-9a-f]{8}")
_IGNORE = ".gitignore"


def check_private_folder(private: Path, store: Path) -> None:
    """Raise UsageError where the folder for sealed cases would be copied or published together with the store."""
    mine, theirs = private.resolve(), store.resolve()
    if mine == theirs or theirs in mine.parents or mine in theirs.parents:
        raise UsageError(
            f"'{private}' for sealed cases must not hold, or lie inside, the store '{store}', which may be shared; "
            "name a folder beside it"
        )


def read_secret(private: Path) -> bytes | None:
    """Return the secret of a private folder; None where there is neither a secret nor anything else.

    Raises SnapshotError where it is missing or damaged while sealed cases are there, or the folder holds other things.
    """
    path = private / KEY_FILE
    try:
        secret = path.read_bytes()
    except FileNotFoundError:
        if KEY_FILE in _check_free(private, path):  # another process has just made it
            return read_secret(private)
        return None
    except OSError as error:
        raise SnapshotError(f"{path} cannot be read: {error.strerror or error}") from error
    if len(secret) != SECRET_BYTES:
        raise SnapshotError(f"{path} is damaged: it has {len(secret)} bytes, not {SECRET_BYTES}; restore it")
    return secret


def _check_free(private: Path, path: Path) -> list[str]:
    """Return the names in a private folder without a secret; raise SnapshotError for what must not be there."""
    try:
        names = [each.name for each in private.iterdir()] if private.exists() else []
    except OSError as error:
        raise SnapshotError(f"{private} cannot be read: {error.strerror or error}") from error
    if KEY_FILE in names:
        return names
    if any(map(SEALED_NAME.fullmatch, names)):
        raise SnapshotError(
            f"{path} is missing, though there are cases that it sealed; restore it, "
            "or move these cases away: no case before can be followed then"
        )
    if [name for name in names if name != _IGNORE and not name.startswith(STAGING)]:
        raise SnapshotError(f"'{private}' holds other files; name a folder of its own for sealed cases")
    return names


def make_private_folder(private: Path, secret: bytes, disk: Disk) -> None:
    """Make the private folder with a secret, unless it has one; nobody but its owner can read it."""
    if not private.is_dir():
        disk.make_folder(private, 0o700)
        disk.sync(private.parent)
    if private.stat().st_mode & 0o777 != 0o700:
        private.chmod(0o700)
    disk.write_once(private / _IGNORE, b"*\n", 0o600)
    disk.write_once(private / KEY_FILE, secret, 0o600)
