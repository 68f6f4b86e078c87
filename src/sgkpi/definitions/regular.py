"""Read regular files only: a pipe or device might never end."""

import errno
import os
from pathlib import Path


def irregular(path: Path) -> str | None:
    """Return what is at a path if it is not a regular file; None if it is, or nothing is there. Raises OSError."""
    if path.is_file() or not os.path.lexists(path):
        return None
    return "no regular file" if path.exists() else "a link to a file that is not there"


def read_regular(path: Path) -> bytes:
    """Return the bytes of a regular file; raise OSError for anything else."""
    if (what := irregular(path)) is not None:
        raise OSError(errno.EINVAL, f"it is {what}", str(path))
    return path.read_bytes()
