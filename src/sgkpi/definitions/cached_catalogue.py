"""Load a catalogue from the cache while its files are unchanged: to read and check them takes far longer.

The cached text has a line for tables and the like, and then one for each indicator, which is read when it is asked
for: to show one indicator of 150, the other 149 are only names.

Every value of the model has one form in JSON. Text, whole numbers, true, false, null and mappings with text keys are
themselves; everything else is a list that begins with its class, as `["ColumnRef", "status", ["Kind", "category"],
null]`. Only dataclasses and enums of the model can come out of it. pydantic could do the same, but importing it takes
longer than computing many a figure.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from sgkpi.definitions.cache import cached
from sgkpi.definitions.regular import read_regular
from sgkpi.definitions.tree import catalogue_files
from sgkpi.model import benchmarks, board, expressions, indicator, measures, periods, problems, table, units
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.indicator import Indicator
from sgkpi.model.table import Table

Json = Any  # whatever JSON can hold; a recursive type would need a cast at every step
_OF_THE_MODEL = [
    each
    for module in (benchmarks, board, expressions, indicator, measures, periods, problems, table, units)
    for each in vars(module).values()
    if isinstance(each, type) and each.__module__ == module.__name__ and (is_dataclass(each) or issubclass(each, Enum))
]
_FIELDS: Mapping[type, tuple[str, ...]] = {
    each: tuple(field.name for field in fields(each)) for each in _OF_THE_MODEL if is_dataclass(each)
}
_TUPLE, _MAPPING, _TABLE = "tuple", "mapping", "table"
_MAKERS: Mapping[str, Callable[..., object]] = {
    **{each.__name__: each for each in _OF_THE_MODEL},
    "Decimal": Decimal,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    _TUPLE: lambda *items: items,
    _MAPPING: lambda *items: dict(zip(items[::2], items[1::2], strict=True)),
}


def load_catalogue(path: Path) -> Catalogue:
    """Load a catalogue as `load.load_catalogue` does, from the cache if it can be."""

    def load() -> Catalogue:
        from sgkpi.definitions.load import load_catalogue as load_anew  # with all that reads and checks YAML

        return load_anew(path)

    return cached(
        "catalogue", str(path.resolve()), lambda: _rests_on(path), load, _write, lambda text: _read(path, text)
    )


def _rests_on(path: Path) -> Iterator[bytes]:
    """Yield the names and contents of a catalogue's files, and the folder relative to which problems name them."""
    yield repr((str(path), str(Path.cwd()))).encode()
    for file in catalogue_files(path):
        yield os.fsencode(file)
        yield read_regular(file)


def _write(catalogue: Catalogue) -> str:
    whole = (
        *(catalogue.tables, catalogue.closures, catalogue.warnings, catalogue.holidays_sha256, catalogue.benchmarks),
        *(catalogue.boards, catalogue.board_problems, catalogue.themes),
    )
    rest = [_to_json(each, {}) for each in whole]
    indicators = [_to_json(each, catalogue.tables) for each in catalogue.indicators.values()]
    lines = ([*rest, list(catalogue.indicators)], *indicators)
    return "\n".join(json.dumps(line, separators=(",", ":")) for line in lines)


def _read(path: Path, text: str) -> Catalogue:
    head, *lines = text.split("\n")
    *rest, names = json.loads(head)
    tables, *others = (_from_json(each, {}) for each in rest)
    indicators = _Indicators(dict(zip(names, lines, strict=True)), tables)
    return Catalogue(path, tables, indicators, *others)


class _Indicators(Mapping[str, Indicator]):
    """Indicators by name, each read from its line when it is first asked for."""

    def __init__(self, lines: Mapping[str, str], tables: Mapping[str, Table]) -> None:
        self._lines = lines
        self._tables = tables
        self._read: dict[str, Indicator] = {}

    def __getitem__(self, name: str) -> Indicator:
        if name not in self._read:
            self._read[name] = _from_json(json.loads(self._lines[name]), self._tables)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def _to_json(value: object, tables: Mapping[str, Table]) -> Json:
    """Return a value of the model as JSON; one of these tables becomes its name."""
    if (names := _FIELDS.get(type(value))) is not None:
        if isinstance(value, Table) and tables.get(value.name) is value:
            return [_TABLE, value.name]
        return [type(value).__name__, *(_to_json(getattr(value, name), tables) for name in names)]
    match value:
        case Enum():
            return [type(value).__name__, value.value]
        case None | bool() | int() | str():
            return value
        case Decimal():
            return ["Decimal", str(value)]
        case datetime() | date():
            return [type(value).__name__, value.isoformat()]
        case tuple():
            return [_TUPLE, *(_to_json(item, tables) for item in value)]
        case Mapping() if all(type(key) is str and type(item) in (str, int) for key, item in value.items()):
            return dict(value)
        case Mapping():
            return [_MAPPING, *(_to_json(each, tables) for pair in value.items() for each in pair)]
    raise TypeError(f"a value of {type(value).__name__} cannot be cached")


def _from_json(written: Json, tables: Mapping[str, Table]) -> Any:  # noqa: ANN401 - a value of any class of the model
    """Return the value that `_to_json` wrote; the names of tables become these tables."""
    if type(written) is not list:
        return written
    what, *parts = written
    if what == _TABLE:
        return tables[parts[0]]
    return _MAKERS[what](*[_from_json(part, tables) if type(part) is list else part for part in parts])
