"""The specification read as a book: every chapter of tests/spec, its pages run once and remembered."""

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from types import ModuleType

from tests.spec.recording import Exhibit, Recorder, Seen

SPEC = Path(__file__).resolve().parents[1] / "spec"
READ_BY = "reference"
# The order in which the chapters are best read; a chapter that is not named here stands at the end.
ORDER = (
    "outcomes", "clocks", "due", "repeated_hour", "working_days", "stocks", "related", "breakdowns", "values",
    "periods", "as_of", "coverage", "ratings", "settled", "intervals", "persons", "signals", "comparing",
    "definitions", "shared", "tables", "cells", "duplicates", "expressions",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One run of a test: the arguments it was given, and the pages that it looked at."""

    arguments: Mapping[str, object]
    exhibits: tuple[Exhibit, ...]


@dataclass(frozen=True)
class Section:
    """A test: its name, its docstring, its cases, and the names and values of its parameters."""

    name: str
    text: str
    cases: tuple[Case, ...]
    parameters: tuple[tuple[tuple[str, ...], tuple[tuple[object, ...], ...]], ...]


@dataclass(frozen=True)
class Chapter:
    """A module of the specification."""

    name: str
    text: str
    sections: tuple[Section, ...]
    seen: tuple[Seen, ...]


@cache
def chapters() -> tuple[Chapter, ...]:
    """Every chapter, in reading order. Raises what a page raises that does not hold."""
    names = sorted(path.stem.removeprefix("test_") for path in SPEC.glob("test_*.py"))
    return tuple(_chapter(name) for name in sorted(names, key=_place))


def _place(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER)), name


def _chapter(name: str) -> Chapter:
    module = importlib.import_module(f"tests.spec.test_{name}")
    seen: list[Seen] = []
    sections = tuple(_section(function, seen) for function in _tests(module))
    return Chapter(name, inspect.getdoc(module) or "", sections, tuple(seen))


def _tests(module: ModuleType) -> Iterator[Callable[..., None]]:
    for name, function in vars(module).items():  # in the order in which they are written
        if name.startswith("test_") and inspect.isfunction(function):
            yield function


def _section(function: Callable[..., None], seen: list[Seen]) -> Section:
    parameters = _parameters(function)
    cases = []
    for chosen in product(*(values for _, values in parameters)):
        named = zip((names for names, _ in parameters), chosen, strict=True)
        arguments = {name: value for names, values in named for name, value in zip(names, values, strict=True)}
        recorder = Recorder(READ_BY)
        function(engine=recorder, **arguments)
        seen.append(recorder.seen)
        cases.append(Case(arguments, tuple(recorder.exhibits)))
    return Section(function.__name__, inspect.getdoc(function) or "", tuple(cases), parameters)


def _parameters(
    function: Callable[..., None],
) -> tuple[tuple[tuple[str, ...], tuple[tuple[object, ...], ...]], ...]:
    """The names and values of each `parametrize` of a test."""
    marks = [mark for mark in getattr(function, "pytestmark", []) if mark.name == "parametrize"]
    return tuple(_parameter(mark.args[0], mark.args[1]) for mark in marks)


def _parameter(names: str | Sequence[str], values: Sequence[object]) -> tuple[tuple[str, ...], tuple[tuple, ...]]:
    if isinstance(names, str) and "," not in names:
        return (names,), tuple((value,) for value in values)
    split = names.split(",") if isinstance(names, str) else names
    return tuple(name.strip() for name in split), tuple(tuple(row) for row in values)
