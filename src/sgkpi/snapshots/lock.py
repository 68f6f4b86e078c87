"""The lock of a store: the system's own, which ends with the process that holds it, however it ends.

The content of `.lock` is only for the message to whoever finds the store locked.
"""

import errno
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sgkpi.model.errors import SnapshotError
from sgkpi.model.periods import LONDON

LOCK = ".lock"
_LONGEST = 4096
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)  # file systems without locks: the final rename protects alone


@dataclass(frozen=True)
class Writer:
    """The process that writes to a store."""

    pid: int
    host: str
    command: str


@contextmanager
def locked(folder: Path, writer: Writer) -> Iterator[None]:
    """Hold the lock of a store; raise SnapshotError at once if another process, or thread, holds it."""
    path = folder / LOCK
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags, 0o666), "r+b", buffering=0) as file:
        if not _lock(file.fileno()):
            file.seek(0)
            raise SnapshotError(f"'{folder}' is locked: {_holder(file.read(_LONGEST), path)}")
        with suppress(OSError):  # a full disk shows where it matters
            file.seek(0)
            file.truncate()
            file.write(json.dumps(asdict(writer)).encode())
        try:
            yield
        finally:
            with suppress(OSError):
                file.truncate(0)


def _holder(content: bytes, path: Path) -> str:
    try:
        writer = Writer(**json.loads(content))
        since = datetime.fromtimestamp(path.stat().st_mtime, LONDON)
    except (ValueError, TypeError, OSError):
        return "another process is writing to it; try again later"
    named = f"sgkpi (pid {writer.pid} on {writer.host}) is writing since {since:%Y-%m-%d %H:%M}"
    return f"{named}, with `{writer.command}`; try again later"


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, 1 << 30, os.SEEK_SET)  # what is locked there can't be read by others
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        return True
