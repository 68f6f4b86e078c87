"""Validate a definition file against its model: every mistake, each with its line.

pydantic returns either all mistakes of a file or a whole model, never both. So that the names and types in a
faulty file can be checked in the same run, mistakes are reported and removed, and the rest is read again.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sgkpi.definitions.checks.context import CheckContext
from sgkpi.definitions.fields import shape_of
from sgkpi.definitions.files import FileModel, IndicatorFile, TableFile
from sgkpi.definitions.yaml_text import Data, Document, Place
from sgkpi.model.problems import Problem, did_you_mean

MAX_ROUNDS = 20
Model = TypeVar("Model", TableFile, IndicatorFile)


def read_model(model: type[Model], document: Document) -> tuple[Model | None, CheckContext]:
    """Read a file as its model; every mistake is reported and removed. Without a model, the file is beyond repair.

    The context names the required root keys that have a placeholder, and the list items that are left.
    """
    rest = _Rest(deepcopy(document.data))
    problems: list[Problem] = []
    for _ in range(MAX_ROUNDS):
        try:
            file = model.model_validate(rest.data)
            return file, CheckContext(document, problems, frozenset(rest.unsure), rest.items)
        except ValidationError as error:
            faults = error.errors(include_url=False)
            for fault in faults:
                problems.extend(_report(model, document, fault, rest.place(_location(fault))))
            rest.take_out(model, faults)
    return None, CheckContext(document, problems)


def _location(fault: ErrorDetails) -> Place:
    """Return the location of a fault as pydantic gives it; for a missing key, the mapping that lacks it."""
    return fault["loc"][:-1] if fault["type"] == "missing" else fault["loc"]


def _report(
    model: type[TableFile | IndicatorFile], document: Document, fault: ErrorDetails, place: Place
) -> list[Problem]:
    line = document.line(*place)
    if fault["type"] == "missing":
        key = str(fault["loc"][-1])
        within = f" in {dotted(place)}" if place else ""
        known = document.has(*place, key)
        return [] if known else [Problem(document.path, f"key '{key}' is missing{within}", "missing-key", line)]
    if fault["type"] == "extra_forbidden":
        part: type[FileModel] = model if len(place) == 1 else model.parts.get(str(place[0]), model)
        known_keys = [field.alias or name for name, field in part.model_fields.items()]
        hint = did_you_mean(str(place[-1]), known_keys)
        return [Problem(document.path, f"unknown key '{place[-1]}'{hint}", "unknown-key", line)]
    if fault["type"] == "too_short" and len(place) == 1 and document.data[str(place[0])]:
        return []
    if fault["input"] == "":
        message = f"'{dotted(place)}' has no value; add one, or remove the key"
        return [Problem(document.path, message, "no-value", line)]
    return [Problem(document.path, f"{dotted(place)}: {_reason(fault)}", "bad-value", line)]


def _reason(fault: ErrorDetails) -> str:
    """Return a fault in our own words for types."""
    match fault["type"]:
        case "value_error":
            return str(fault["ctx"]["error"])
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"expected 'key: value' pairs, found {shape_of(fault['input'])}"
        case "string_type":
            return f"expected text, found {shape_of(fault['input'])}"
        case "literal_error":
            return f"'{fault['input']}' is not known here; write {fault['ctx']['expected']}"
        case "too_short":
            return "at least one is needed"
        case _:
            return str(fault["msg"])


@dataclass
class _Rest:
    """A file's data without the mistakes found so far, and the original number of each list item that is left."""

    data: dict[str, Data]
    unsure: set[str] = field(default_factory=set)
    items: dict[Place, list[int]] = field(default_factory=dict)

    def place(self, location: Place) -> Place:
        """Return the place in the file of a location that pydantic reports."""
        place: Place = ()
        for step in self._steps(location):
            origin = self.items.get(place) if isinstance(step, int) else None
            place = (*place, origin[int(step)] if origin else step)
        return place

    def take_out(self, model: type[TableFile | IndicatorFile], faults: list[ErrorDetails]) -> None:
        """Remove every mistake, list items last to first; a required root key gets a placeholder."""
        for fault in faults:
            if fault["type"] == "missing" and len(fault["loc"]) == 1:
                key = str(fault["loc"][0])
                self.data[key] = deepcopy(model.placeholders[key])
                self.unsure.add(key)
        marked = set()
        for fault in faults:  # a list item with a mistake anywhere in it is removed as a whole
            steps = self._steps(_location(fault))
            numbers = [number for number, step in enumerate(steps) if isinstance(step, int)]
            marked.add(steps[: numbers[0] + 1] if numbers else steps)
        for steps in sorted(marked, key=lambda steps: [str(step).zfill(9) for step in steps], reverse=True):
            self._remove(steps)

    def _steps(self, location: Place) -> Place:
        """Return the steps of a location that lead through the data, without pydantic's names of union branches."""
        steps: Place = ()
        inner: Data = self.data
        for step in location:
            if isinstance(inner, dict) and step in inner:
                steps, inner = (*steps, step), inner[str(step)]
            elif isinstance(inner, list) and isinstance(step, int) and step < len(inner):
                steps, inner = (*steps, step), inner[step]
        return steps

    def _remove(self, steps: Place) -> None:
        inner: Data = self.data
        for step in steps[:-1]:
            inner = inner.get(str(step), "") if isinstance(inner, dict) else ""
        if isinstance(inner, list) and steps:
            origin = self.items.setdefault(steps[:-1], list(range(len(inner))))
            del inner[int(steps[-1])], origin[int(steps[-1])]
        elif isinstance(inner, dict) and steps:
            inner.pop(str(steps[-1]), None)


def dotted(place: Place) -> str:
    """Return a place as people write it, such as `clock.within`; items of a list count from 1."""
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in place)
