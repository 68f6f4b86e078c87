"""A catalogue as it was last loaded, as long as its files are the same; reading and checking them takes far longer.

The cached text has a line for tables and the like, and then one for each indicator, which is read when it is asked
for: to show one indicator of 150, the other 149 are only names.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from sgkpi.definitions.cache import cached
from sgkpi.definitions.model_json import from_json, to_json
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.indicator import Indicator
from sgkpi.model.table import Table

_SUFFIXES = (".yaml", ".yml", ".csv")


def load_catalogue(path: Path) -> Catalogue:
    """Return what `load.load_catalogue` returns, and raise what it raises."""

    def load() -> Catalogue:
        from sgkpi.definitions.load import load_catalogue as load_anew  # with all that reads and checks YAML

        return load_anew(path)

    return cached(
        "catalogue", str(path.resolve()), lambda: _rests_on(path), load, _write, lambda text: _read(path, text)
    )


def _rests_on(path: Path) -> Iterator[bytes]:
    """The files of a catalogue, their names, and the working folder, as problems name files relative to it."""
    yield repr((str(path), str(Path.cwd()))).encode()
    for file in sorted((*path.iterdir(), *(path / "tables").iterdir())):
        if file.suffix.lower() in _SUFFIXES and file.is_file():
            yield str(file).encode()
            yield file.read_bytes()


def _write(catalogue: Catalogue) -> str:
    tables = to_json(catalogue.tables, {})
    rest = [to_json(each, {}) for each in (catalogue.closures, catalogue.warnings)]
    head = [tables, *rest, list(catalogue.indicators)]
    indicators = [to_json(each, catalogue.tables) for each in catalogue.indicators.values()]
    return "\n".join(json.dumps(line, separators=(",", ":")) for line in (head, *indicators))


def _read(path: Path, text: str) -> Catalogue:
    head, *lines = text.split("\n")
    written, closures, warnings, names = json.loads(head)
    tables = from_json(written, {})
    indicators = _Indicators(dict(zip(names, lines, strict=True)), tables)
    return Catalogue(path, tables, indicators, from_json(closures, {}), from_json(warnings, {}))


class _Indicators(Mapping[str, Indicator]):
    """Indicators by name, each read from its line when it is first asked for."""

    def __init__(self, lines: Mapping[str, str], tables: Mapping[str, Table]) -> None:
        self._lines = lines
        self._tables = tables
        self._read: dict[str, Indicator] = {}

    def __getitem__(self, name: str) -> Indicator:
        if name not in self._read:
            self._read[name] = from_json(json.loads(self._lines[name]), self._tables)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)
