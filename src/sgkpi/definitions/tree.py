"""The files of a catalogue.

Indicators are in its folder and those below it; `tables` and `boards` are folders of their own. Hidden files and
folders are ignored. Little is imported here: completion and the cache look for files at every start.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sgkpi.model.errors import DefinitionsError

TABLES = "tables"
BOARDS = "boards"
HOLIDAYS = "holidays.csv"
BENCHMARKS = "benchmarks.csv"
THEMES = "themes.yaml"
SHARED = "shared.yaml"
_SUFFIXES = (".yaml", ".yml", ".csv")


@contextmanager
def reading_definitions() -> Iterator[None]:
    """Turn a file or folder that cannot be read into a DefinitionsError that names it."""
    try:
        yield
    except OSError as error:
        raise DefinitionsError(f"{error.filename} cannot be read: {error.strerror or error}") from error


def indicator_files(catalogue: Path, suffix: str = ".yaml") -> list[Path]:
    """Return the files of indicators, in order of their names. Raises OSError where a folder cannot be read."""
    own = {catalogue / THEMES, catalogue / SHARED}
    found = (file for folder in _folders(catalogue) for file in yaml_files(folder, suffix) if file not in own)
    return sorted(found, key=lambda file: (file.stem, file))


def yaml_files(folder: Path, suffix: str = ".yaml") -> list[Path]:
    """Return the files of a folder with this ending, in order of their names; none where there is no folder."""
    return _files(folder, (suffix,)) if folder.is_dir() else []


def catalogue_files(catalogue: Path) -> list[Path]:
    """Return every file that a catalogue may be read from. Raises OSError where a folder cannot be read."""
    own = (folder for folder in (catalogue / TABLES, catalogue / BOARDS) if folder.is_dir())
    return [file for folder in (*_folders(catalogue), *own) for file in _files(folder, _SUFFIXES)]


def _folders(catalogue: Path) -> Iterator[Path]:
    """Yield the folders of indicators, each once, whatever links lead to it: links may form a loop."""
    entered = {_identity(folder) for name in (TABLES, BOARDS) if (folder := catalogue / name).is_dir()}
    waiting = [catalogue]
    while waiting:
        folder = waiting.pop()
        if (identity := _identity(folder)) not in entered:
            entered.add(identity)
            yield folder
            with os.scandir(folder) as entries:
                below = sorted(each.name for each in entries if not each.name.startswith(".") and each.is_dir())
            waiting += [folder / name for name in reversed(below)]


def _identity(folder: Path) -> tuple[int, int]:
    state = folder.stat()
    return state.st_dev, state.st_ino


def _files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    with os.scandir(folder) as entries:
        names = sorted(each.name for each in entries if not each.name.startswith(".") and not each.is_dir())
    return [file for name in names if (file := folder / name).suffix.lower() in suffixes]
