"""A catalogue as it was loaded last time, while its files are the same: to read and check them takes much longer."""

from collections.abc import Iterator
from pathlib import Path

from sgkpi.model.cache import kept
from sgkpi.model.catalogue import Catalogue

_SUFFIXES = (".yaml", ".yml", ".csv")


def load_catalogue(path: Path) -> Catalogue:
    """What `load.load_catalogue` gives, and raises."""

    def load() -> Catalogue:
        from sgkpi.definitions.load import load_catalogue as load_anew  # with all that reads and checks YAML

        return load_anew(path)

    return kept("catalogue", str(path.resolve()), lambda: _rests_on(path), load)


def _rests_on(path: Path) -> Iterator[bytes]:
    """What a catalogue is made of: its files, their names, and the folders by which its problems are told."""
    yield repr((str(path), str(Path.cwd()))).encode()
    for file in sorted((*path.iterdir(), *(path / "tables").iterdir())):
        if file.suffix.lower() in _SUFFIXES and file.is_file():
            yield str(file).encode()
            yield file.read_bytes()
