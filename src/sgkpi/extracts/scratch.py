"""Temporary folders: removed when the process ends, or at the start of a later one if it was killed.

A folder carries our mark, a file that its process holds a lock on. A lock ends with its process, whatever ends that;
a process number may belong to another container, or to another process by now. Windows has no such lock, and nothing
is swept there.
"""

import atexit
import os
import shutil
import stat
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir
from uuid import uuid4

MARK = ".sgkpi-lock"
_locks: dict[Path, int] = {}  # the file descriptors that hold them, by folder


def temporary_folder(parent: Path | None = None, prefix: str = "sgkpi-") -> Path:
    """Make a temporary folder for this process below `parent` (default: the system's), and sweep those left there."""
    parent = parent or Path(gettempdir())
    _sweep(parent, prefix)
    # Named before it is made, so that an interrupt in between leaves nothing behind.
    folder = parent / f"{prefix}{uuid4().hex}"
    atexit.register(remove, folder)
    folder.mkdir(mode=0o700)
    _mark(folder)
    return folder


def remove(folder: Path) -> None:
    """Remove a temporary folder with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)
    if (descriptor := _locks.pop(folder, None)) is not None:
        os.close(descriptor)


def remove_if_unused(folder: Path) -> None:
    """Remove a temporary folder into which nothing was put."""
    with suppress(OSError):
        if all(path.name == MARK for path in folder.iterdir()):
            remove(folder)


if sys.platform == "win32":

    def _mark(folder: Path) -> None:
        """Do nothing: there is no lock."""

    def _sweep(parent: Path, prefix: str) -> None:
        """Do nothing: without a lock, nobody knows which process is gone."""

else:
    import fcntl

    def _mark(folder: Path) -> None:
        """Put the mark into a folder; it is locked before it has its name, so that no sweep sees it without."""
        unnamed = folder / f"{MARK}.new"
        with suppress(OSError):  # a file system without locks: the folder is removed at the end, and never swept
            descriptor = _locks[folder] = os.open(unnamed, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            unnamed.rename(folder / MARK)

    def _sweep(parent: Path, prefix: str) -> None:
        """Remove the folders of this user whose process is gone."""
        for folder in parent.glob(f"{prefix}*"):
            with suppress(OSError):
                found = folder.lstat()
                if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
                    continue
                descriptor = os.open(folder / MARK, os.O_RDWR | os.O_NOFOLLOW)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    remove(folder)
                finally:
                    os.close(descriptor)
