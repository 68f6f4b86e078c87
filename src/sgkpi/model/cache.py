"""The text of the engine's statements, kept from one run to the next until the engine no longer needs it."""

import pickle
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from os import DirEntry, scandir
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Generic, TypeVar

from sgkpi import __version__

Value = TypeVar("Value")
_DIGEST_BYTES = 32
_OF_A_KIND = 8  # as of so many catalogues; what has not been written for longest goes first
_ON_A_SHELF = 1_000
_folders: list[Path] = []


def keep_in(folder: Path | None) -> None:
    """From now on keep in this folder, which only its owner should be able to write to; None: keep nothing."""
    _folders[:] = [folder] if folder is not None else []


@dataclass
class Shelf(Generic[Value]):
    """Many small things that take long to make, each by what it is made from and by nothing else.

    Without a `path` they are remembered, and not kept.
    """

    path: Path | None = None
    held: dict[bytes, Value] = field(default_factory=dict)
    asked: set[bytes] = field(default_factory=set)
    has_new: bool = False

    def find(self, made_from: str, make: Callable[[], Value]) -> Value:
        """What `make` gives, or gave when it was made from the same."""
        place = sha256(made_from.encode()).digest()
        if place not in self.held:
            self.held[place] = make()
            self.has_new = True
        self.asked.add(place)
        return self.held[place]

    def put_away(self) -> None:
        """Keep what was asked for, if any of it is new, and of the rest what there is room for."""
        if self.path is None or not self.has_new:
            return
        first_asked = sorted(self.held.items(), key=lambda item: item[0] not in self.asked)
        content = dict(first_asked[: max(_ON_A_SHELF, len(self.asked))])
        with suppress(OSError):
            _write(self.path, _digest([_program()]), content)
            _make_room(self.path.name.partition("-")[0], self.path.parent)


def shelf(kind: str, which: str) -> Shelf[Value]:
    """The shelf for `which` of a `kind`, as the same program left it."""
    if not _folders:
        return Shelf()
    path = _path(kind, which)
    found: list[dict[bytes, Value]] = _read(path, _digest([_program()]))
    return Shelf(path, found[0] if found else {})


def _path(kind: str, which: str) -> Path:
    return _folders[0] / f"{kind}-{_digest([which.encode()]).hex()[:16]}.pickle"


def _digest(parts: Iterable[bytes]) -> bytes:
    """One digest of all parts, each by itself, so that none runs into the next."""
    return sha256(b"".join(sha256(part).digest() for part in parts)).digest()


@cache
def _program() -> bytes:
    """What tells this program from another that might read otherwise or mean something else by what was kept."""
    files = sorted(_modules(Path(__file__).parents[1]))
    return repr((__version__, sys.version, pickle.HIGHEST_PROTOCOL, files)).encode()


def _modules(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Every module of a package, with its size and the time at which it was written."""
    with scandir(folder) as entries:
        for entry in entries:
            yield from _modules(Path(entry)) if entry.is_dir() else _module(entry)


def _module(entry: DirEntry[str]) -> Iterator[tuple[str, int, int]]:
    if entry.name.endswith(".py"):
        known = entry.stat()
        yield entry.path, known.st_size, known.st_mtime_ns


def _read(path: Path, digest: bytes) -> list[Value]:
    """What was kept with this digest, as the one thing in a list; none where nothing was, or it is damaged."""
    try:
        written = path.read_bytes()
        kept_for, told, content = written[:_DIGEST_BYTES], written[_DIGEST_BYTES:][:_DIGEST_BYTES], written[64:]
        if kept_for == digest and told == sha256(content).digest():
            return [pickle.loads(content)]  # noqa: S301 - the program's own, from a folder of its owner's
    except Exception:  # noqa: BLE001, S110 - a pickle may fail in any way, and then it is made anew
        pass
    return []


def _write(path: Path, digest: bytes, value: object) -> None:
    """Keep something, whole or not at all."""
    content = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=path.stem, suffix=".part", delete=False) as part:
        part.write(digest + sha256(content).digest() + content)
    try:
        Path(part.name).replace(path)
    except OSError:
        Path(part.name).unlink()
        raise


def _make_room(kind: str, folder: Path) -> None:
    """Let go of what nobody has asked for of late, as what rests on folders that are there no longer."""
    files = sorted(folder.glob(f"{kind}-*.pickle"), key=lambda file: file.stat().st_mtime_ns)
    for file in files[:-_OF_A_KIND]:
        file.unlink()
