"""Read a YAML document as its model, and report every mistake in it at once.

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
from sgkpi.definitions.files import ANY_KEY, FileModel
from sgkpi.definitions.yaml_text import Data, Place, YamlDocument
from sgkpi.model.problems import did_you_mean

MAX_ROUNDS = 20
Model = TypeVar("Model", bound=FileModel)


def read_model(model: type[Model], document: YamlDocument) -> tuple[Model | None, CheckContext]:
    """Read a file as its model; every mistake is reported and removed. Without a model, the file is beyond repair.

    The context names the required root keys that have a placeholder, and the list items that are left.
    """
    rest, context = _Rest(document.data), CheckContext(document)
    for _ in range(MAX_ROUNDS):
        try:
            file = model.model_validate(rest.data)
        except ValidationError as error:
            if rest.data is document.data:
                rest.data = deepcopy(document.data)
            faults = error.errors(include_url=False)
            for fault in faults:
                _report(model, context, fault, rest.place(_location(fault)))
            rest.take_out(model, faults)
        else:
            context.unsure, context.items = frozenset(rest.unsure), rest.items
            return file, context
    return None, context


def _location(fault: ErrorDetails) -> Place:
    """Return the location of a fault as pydantic gives it; for a missing key, the mapping that lacks it."""
    return fault["loc"][:-1] if fault["type"] == "missing" else fault["loc"]


def _report(model: type[FileModel], context: CheckContext, fault: ErrorDetails, place: Place) -> None:
    document = context.document
    dotted = ".".join(str(step + 1) if isinstance(step, int) else step for step in place)  # items count from 1
    if fault["type"] == "missing":
        key = str(fault["loc"][-1])
        if not document.has(*place, key):
            context.error(f"key '{key}' is missing{f' in {dotted}' if place else ''}", "missing-key", *place)
    elif fault["type"] == "extra_forbidden":
        inner = model.parts.get(str(place[0]), model.parts.get(ANY_KEY, model))
        part: type[FileModel] = model if len(place) == 1 else inner
        hint = did_you_mean(str(place[-1]), [field.alias or name for name, field in part.model_fields.items()])
        context.error(f"unknown key '{place[-1]}'{hint}", "unknown-key", *place)
    elif fault["type"] == "too_short" and len(place) == 1 and document.data[str(place[0])]:
        return  # each of its items is wrong, and reported
    elif fault["input"] == "":
        context.error(f"'{dotted}' has no value; add one, or remove the key", "no-value", *place)
    else:
        context.error(f"{dotted}: {_reason(fault)}", "bad-value", *place)


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

    def take_out(self, model: type[FileModel], faults: list[ErrorDetails]) -> None:
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
