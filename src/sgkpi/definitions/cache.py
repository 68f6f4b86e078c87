"""An on-disk cache for results that are slow to compute and seldom change, such as a checked catalogue.

Entries are text files in one folder, each under a digest of everything that its value depends on. Nothing is
written unless `set_cache_dir` names a folder: the program names one, a notebook need not. The folder is used only
if nobody but its owner can write to it, and nothing of an extract is ever put there.
"""

import os
import stat
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar

from sgkpi import __version__

Value = TypeVar("Value")
ENTRIES_OF_A_KIND = 8  # enough for somebody who works with several catalogues
_PROGRAM = ("definitions", "model")  # the packages whose code decides what an entry means
_dir: Path | None = None


def set_cache_dir(folder: Path | None, *, create: bool = False) -> str | None:
    """Use this folder from now on, or none; return why it cannot be used safely, None if it can.

    With `create`, a folder that cannot be created is refused as well; otherwise it is created with the first entry.
    """
    global _dir  # noqa: PLW0603 - one setting of the process, made once at its start
    _dir = None
    if folder is None:
        return None
    try:
        refused = _unsafe(folder.absolute())
    except OSError as error:
        return f"{error.filename or folder} cannot be read: {error.strerror}"
    if refused is None and create:
        try:
            _create(folder.absolute())
        except OSError as error:
            return f"{error.filename or folder} cannot be created: {error.strerror}"
    if refused is None:
        _dir = folder.absolute()
    return refused


def cached(
    kind: str,
    which: str,
    rests_on: Callable[[], Iterable[bytes]],
    make: Callable[[], Value],
    write: Callable[[Value], str],
    read: Callable[[str], Value],
) -> Value:
    """Return the cached value for (kind, which); call `make` if `rests_on` has changed or there is none.

    `write` and `read` turn the value into text and back. An entry that is damaged or was written by another user
    is replaced; a folder that cannot be read or written only means that the value is made every time.
    """
    if _dir is None:
        return make()
    try:
        digest = _digest([*_program(), *rests_on()])
    except OSError:
        return make()
    path = _dir / f"{kind}-{_digest([os.fsencode(which)])[:16]}.json"
    content = _read(path, digest)
    if content is not None:
        with suppress(ValueError, KeyError, TypeError):  # an entry of another shape is made anew
            return read(content)
    value = make()
    with suppress(OSError):
        _write(path, digest, write(value))
        # The oldest go, such as those of folders that are gone.
        entries = sorted(path.parent.glob(f"{kind}-*.json"), key=lambda file: file.stat().st_mtime_ns)
        for entry in entries[:-ENTRIES_OF_A_KIND]:
            entry.unlink()
    return value


def _unsafe(folder: Path) -> str | None:
    """Return why somebody else could put files into a folder, or replace it; None if nobody else can."""
    if not hasattr(os, "getuid"):
        return None  # Windows keeps a user's cache below the profile, which others cannot write to
    trusted = {os.getuid(), 0}
    for place in dict.fromkeys((*reversed(folder.parents), folder, *Path(os.path.realpath(folder)).parents)):
        try:
            found, own = place.stat(), place.lstat()
        except FileNotFoundError:
            continue
        if not stat.S_ISDIR(found.st_mode):
            return f"{place} is not a folder"
        is_folder_itself = place == folder
        if own.st_uid not in trusted or found.st_uid not in ({os.getuid()} if is_folder_itself else trusted):
            return f"{place} belongs to another user"
        others_write = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        # In a folder with the sticky bit, such as /tmp, only the owner of an entry can rename or remove it.
        if others_write and (is_folder_itself or not found.st_mode & stat.S_ISVTX):
            return f"others can write to {place}"
    return None


def _digest(parts: Iterable[bytes]) -> str:
    """Return one digest of several parts; each is hashed by itself, so that moving a byte between two changes it."""
    return sha256(b"".join(sha256(part).digest() for part in parts)).hexdigest()


@cache
def _program() -> tuple[bytes, ...]:
    """Return the identity of this program, as another version might read definitions differently."""
    walks = (os.walk(Path(__file__).parents[1] / name) for name in _PROGRAM)
    paths = sorted(f"{folder}/{name}" for walk in walks for folder, _, names in walk for name in names)
    modules = [(path, Path(path).stat()) for path in paths if path.endswith(".py")]
    written = [(path, known.st_size, known.st_mtime_ns) for path, known in modules]
    return (repr((__version__, sys.version, written)).encode(),)


def _read(path: Path, digest: str) -> str | None:
    """Return the content of an entry under this digest; None if there is none, or it is damaged or not our own."""
    try:
        with path.open("rb") as file:
            if hasattr(os, "getuid") and os.fstat(file.fileno()).st_uid != os.getuid():
                return None
            head, _, content = file.read().partition(b"\n")
        return content.decode() if head == _head(digest, content) else None
    except (OSError, UnicodeDecodeError):
        return None


def _create(folder: Path) -> None:
    for each in (*reversed(folder.parents), folder):
        each.mkdir(mode=0o700, exist_ok=True)


def _write(path: Path, digest: str, text: str) -> None:
    """Write an entry under a temporary name and move it into place, so that no reader sees half of one."""
    content = text.encode()
    _create(path.parent)
    with NamedTemporaryFile(dir=path.parent, prefix=path.stem, suffix=".part", delete=False) as part:
        part.write(_head(digest, content) + b"\n" + content)
    try:
        Path(part.name).replace(path)
    except OSError:
        Path(part.name).unlink()
        raise


def _head(digest: str, content: bytes) -> bytes:
    """Return the first line of an entry: the digest it is kept under, and one of its content, to notice damage."""
    return f'{{"rests_on": "{digest}", "content": "{sha256(content).hexdigest()}"}}'.encode()
