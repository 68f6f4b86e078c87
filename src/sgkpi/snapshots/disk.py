"""File operations for what must outlive a crash: synced to the disk, and moved whole into place.

Everything is written under a name that begins with `STAGING` first; whoever finds such a name knows that it is a
leftover of a process that was killed.
"""

import errno
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

STAGING = ".staging-"
_HELD = (5, 32, 33)  # Windows: access denied, sharing and lock violations, while a virus scanner reads a new folder
_DELAYS = (0.1, 0.2, 0.4, 0.8, 1.4)  # seconds; less than 3 in all
_TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR)
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)
_NO_SYNC = (errno.EINVAL, errno.ENOTSUP)  # network file systems, of a folder


class NameTaken(FileExistsError):
    """A folder cannot be given a name that another one has."""


class Disk:
    """The operations; `move` renames, and `sleep` waits between attempts."""

    def __init__(
        self, move: Callable[[Path, Path], object] = os.rename, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self._move = move
        self._sleep = sleep

    def make_folder(self, path: Path, mode: int = 0o777) -> None:
        """Make a folder whose parent is there, unless it is there already."""
        path.mkdir(mode, exist_ok=True)

    def write(self, path: Path, content: bytes, mode: int = 0o666) -> None:
        """Write a new file and sync it."""
        self._write(path, BytesIO(content), mode)

    def copy(self, source: Path, target: Path, mode: int = 0o666) -> None:
        """Copy a file to a new one and sync that."""
        with source.open("rb") as content:
            self._write(target, content, mode)

    def _write(self, path: Path, content: BinaryIO, mode: int) -> None:
        with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            shutil.copyfileobj(content, file)
            file.flush()
            os.fsync(file.fileno())

    def write_once(self, path: Path, content: bytes, mode: int = 0o666) -> None:
        """Write a file that appears whole or not at all, unless there is one already, which stays."""
        if path.exists():
            return
        staged = staging_name(path.parent)
        try:
            self.write(staged, content, mode)
            with suppress(FileExistsError):
                self._link(staged, path, content, mode)
        finally:
            staged.unlink(missing_ok=True)
        self.sync(path.parent)

    def _link(self, staged: Path, path: Path, content: bytes, mode: int) -> None:
        try:
            path.hardlink_to(staged)
        except OSError as error:
            if error.errno in _NO_LINKS:
                self.write(path, content, mode)
            elif not path.exists():  # else somebody who holds the lock took ours for a leftover
                raise

    def sync(self, path: Path) -> None:
        """Sync a file, or the names in a folder; a folder where the system can."""
        if os.name == "nt" and path.is_dir():
            return
        descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in _NO_SYNC or not path.is_dir():
                raise
        finally:
            os.close(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        """Move a file or folder to a name that is free; raises NameTaken otherwise."""
        for delay in (*_DELAYS, None):
            try:
                self._move(source, target)
            except OSError as error:
                if error.errno in _TAKEN:
                    raise NameTaken(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from error
                if delay is None or getattr(error, "winerror", None) not in _HELD:
                    raise
                self._sleep(delay)
            else:
                return

    def remove_leftovers(self, folder: Path) -> None:
        """Remove what a process that was killed has left in a folder; another user's may have to stay."""
        for path in sorted(folder.glob(f"{STAGING}*")):
            with suppress(OSError):
                self.remove(path)

    def remove(self, path: Path) -> None:
        """Remove a file or folder."""
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def staging_name(folder: Path) -> Path:
    """Return a new name in a folder for something that is not whole yet."""
    return folder / f"{STAGING}{uuid4().hex}"
