"""Everything that definitions can say, and what of it some definitions do say.

The whole is taken from the models of the files, the enumerations and the expression language, so that
what is added to them is missed at once by the tests that ask who uses it. A feature is a short text, such
as `RelatedFile.merge`, `Keep.only`, `word between`, `sign <=`, `function least` or `node AddInterval`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import yaml

from sgkpi.definitions import files
from sgkpi.definitions.expressions import tokens
from sgkpi.definitions.expressions.kinds import FUNCTIONS
from sgkpi.definitions.files import FileModel, IndicatorFile, TableFile
from sgkpi.definitions.load import load_catalogue
from sgkpi.definitions.shared import SharedFile
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.expressions import Expression, Kind, Unit
from sgkpi.model.indicator import Improvement, Keep, SetBy
from sgkpi.model.measures import Measure
from sgkpi.model.units import Limit, LimitUnit

MODELS = [each for each in vars(files).values() if isinstance(each, type) and issubclass(each, FileModel)] + [
    SharedFile
]
CHOICES: tuple[type[Enum], ...] = (Measure, Keep, Improvement, LimitUnit, Kind, SetBy)
NODES = {node.__name__ for node in get_args(Expression)}
LANGUAGE_WORDS = {*tokens._WORDS, "interval", "date"}
# The keys of expressions, and those below which each has a name.
_NAMED = {"exclude", "because", "by", "rules", "conditions"}
_EXPRESSIONS = {
    "population",
    "met",
    "value",
    "per",
    "not_due",
    "where",
    "due",
    "start",
    "stop",
    "until",
    "after",
    "since",
    *_NAMED,
}
NOT_WRITTEN = {"Kind.null", "sign ==", "sign !="}  # read only to say what should stand in their place
_PIECE = re.compile(
    r"""'(?:[^']|'')*'|"[^"]*"|(?P<word>working days?|[A-Za-z_]\w*)(?P<call>\s*\()?|(?P<sign><>|<=|>=|[^\w\s])"""
)


def whole_language() -> set[str]:
    """Every feature that there is."""
    keys = {f"{model.__name__}.{key}" for model in MODELS for key in _keys(model).values()}
    choices = {f"{choice.__name__}.{each.value}" for choice in CHOICES for each in choice}
    words = {f"word {word}" for word in LANGUAGE_WORDS}
    signs = {f"sign {sign}" for sign in tokens._SIGNS}
    functions = {f"function {name}" for name in FUNCTIONS}
    units = {f"unit {unit.value}" for unit in Unit}
    return (keys | choices | words | signs | functions | units | {f"node {name}" for name in NODES}) - NOT_WRITTEN


def features(tables: Mapping[str, str], indicators: Mapping[str, str], shared: str = "") -> set[str]:
    """The features that a catalogue uses, given as YAML by name; `shared` is what its definitions share."""
    return written_features(tables, indicators, shared) | expression_features(_loaded(tables, indicators, shared))


def written_features(tables: Mapping[str, str], indicators: Mapping[str, str], shared: str = "") -> set[str]:
    """Its keys, and the choices made under them."""
    models = [TableFile.model_validate(plain(text)) for text in tables.values()]
    models += [IndicatorFile.model_validate(plain(text)) for text in indicators.values()]
    models += [SharedFile.model_validate(plain(shared))] if shared else []
    texts = [*tables.values(), *indicators.values(), *([shared] if shared else [])]
    spoken = {feature for text in texts for words in _expressions(plain(text)) for feature in _words(words)}
    return spoken | {feature for model in models for feature in _written(model)}


def expression_features(catalogue: Catalogue) -> set[str]:
    """What its expressions are made of."""
    return set(_meant(catalogue))


@cache
def plain(text: str) -> Any:
    """YAML with every scalar as text."""
    return yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))


def _keys(model: type[FileModel]) -> dict[str, str]:
    """The keys of a model as they are written, by field."""
    return {name: field.alias or name for name, field in model.model_fields.items()}


def _written(value: object) -> Iterator[str]:
    """The keys and choices of a file."""
    match value:
        case FileModel():
            keys = _keys(type(value))
            for name in value.model_fields_set & set(keys):
                yield f"{type(value).__name__}.{keys[name]}"
                yield from _written(getattr(value, name))
        case Limit():
            yield from _written(value.unit)
        case Enum():
            yield f"{type(value).__name__}.{value.value}"
        case Mapping():
            yield from _each(value.values())
        case tuple():
            yield from _each(value)


def _each(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        yield from _written(value)


def _expressions(value: object, key: str = "") -> Iterator[str]:
    """The texts of a file that are expressions."""
    if isinstance(value, str) and key in _EXPRESSIONS:
        yield value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _expressions(part, key if key in _NAMED else name)
    elif isinstance(value, list):
        for part in value:
            yield from _expressions(part, key)


def _loaded(tables: Mapping[str, str], indicators: Mapping[str, str], shared: str) -> Catalogue:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tables").mkdir()
        for stem, text in tables.items():
            (folder / "tables" / f"{stem}.yaml").write_text(text, encoding="utf-8")
        for stem, text in indicators.items():
            (folder / f"{stem}.yaml").write_text(text, encoding="utf-8")
        if shared:
            (folder / "shared.yaml").write_text(shared, encoding="utf-8")
        return load_catalogue(folder)


def _meant(value: object) -> Iterator[str]:
    """The words and nodes of every expression below a definition."""
    if is_dataclass(value):
        if type(value).__name__ in NODES:
            yield f"node {type(value).__name__}"
        for field in fields(value):
            yield from _meant(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _meant(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from _meant(part)


def _words(text: str) -> Iterator[str]:
    for piece in _PIECE.finditer(text):
        word = (piece["word"] or "").casefold()
        if piece["sign"]:
            yield f"sign {piece['sign']}"
        elif piece["call"] and word in FUNCTIONS:
            yield f"function {word}"
        elif word in tokens.UNITS:
            yield f"unit {tokens.UNITS[word].value}"
        elif word in LANGUAGE_WORDS:
            yield f"word {word}"
