"""Load a folder of definitions as a catalogue, and report every mistake in every file at once.

pydantic returns either all mistakes of a file or a whole model, never both. So that the names and types in a
faulty file can be checked in the same run, mistakes are reported and removed, and the rest is read again.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sgkpi.definitions.benchmarks import read_benchmarks
from sgkpi.definitions.checks.context import CheckContext
from sgkpi.definitions.checks.indicators import build_indicator
from sgkpi.definitions.checks.tables import build_table
from sgkpi.definitions.closures import read_closures
from sgkpi.definitions.fields import parse_identifier, shape_of
from sgkpi.definitions.files import FileModel, IndicatorFile, TableFile
from sgkpi.definitions.yaml_text import Data, Place, YamlDocument, read_yaml
from sgkpi.model.catalogue import Catalogue, check_known
from sgkpi.model.errors import DefinitionsError
from sgkpi.model.indicator import Indicator
from sgkpi.model.problems import Problem, Severity, did_you_mean, sort_problems, warning
from sgkpi.model.table import Table
from sgkpi.model.words import plural

TABLES = "tables"
HOLIDAYS = "holidays.csv"
BENCHMARKS = "benchmarks.csv"
MAX_ROUNDS = 20
Model = TypeVar("Model", TableFile, IndicatorFile)


def load_catalogue(path: Path, only: Collection[str] | None = None) -> Catalogue:
    """Load the catalogue in a folder: `tables/*.yaml`, `*.yaml`, `tables/holidays.csv` and `benchmarks.csv`.

    With `only`, other indicators are not read. Raises DefinitionsError with every problem of every file that is read.
    """
    reading = read_catalogue(path, only)
    errors = sum(problem.severity is Severity.ERROR for problem in reading.problems)
    if errors:
        message = f"the definitions in {shown_path(path)} have {plural(errors, 'mistake')}:"
        raise DefinitionsError(message, reading.problems)
    return reading.catalogue


@dataclass(frozen=True)
class CatalogueReading:
    """The well-formed definitions of a folder, every problem in it, and the names of all its indicators."""

    catalogue: Catalogue
    problems: tuple[Problem, ...]
    names: tuple[str, ...]


def read_catalogue(path: Path, only: Collection[str] | None = None) -> CatalogueReading:
    """Read a folder as `load_catalogue` does, but return the indicators that are right beside those that are not.

    Raises DefinitionsError only if there is nothing to read, or no file for a name in `only`.
    """
    files = _indicator_files(path)
    check_known(only or (), files)
    wanted = sorted(set(only)) if only else list(files)
    table_files = _yaml_files(path / TABLES)
    problems = [*_name_problems(path, files, wanted), *_name_problems(path / TABLES, table_files, table_files)]
    read = {name: _read_table(name, file, problems) for name, file in table_files.items()}
    tables = {name: table for name, table in read.items() if table is not None}
    broken = frozenset(read).difference(tables)
    indicators = [_read_indicator(name, files[name], tables, broken, problems) for name in wanted]
    holidays = path / TABLES / HOLIDAYS
    common = shown_path(holidays)
    closures, faults = read_closures(holidays, common)
    problems.extend(faults)
    faulty = {problem.path for problem in problems if problem.severity is Severity.ERROR}
    sound = {
        each.id: each
        for each in indicators
        if each
        and faulty.isdisjoint({common, each.path, each.table.path, *(related.table.path for related in each.related)})
    }
    published = path / BENCHMARKS
    benchmarks, faults = read_benchmarks(published, shown_path(published), files, sound)
    found = sort_problems([*problems, *faults])
    holidays_sha256 = digest(holidays) if holidays.is_file() else None
    catalogue = Catalogue(path, tables, sound, closures, found, holidays_sha256, benchmarks)
    return CatalogueReading(catalogue, found, tuple(files))


def shown_path(path: Path) -> str:
    """Return a path for people: relative where it is below the current directory, with forward slashes."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def _indicator_files(path: Path) -> Mapping[str, Path]:
    if not path.is_dir():
        raise DefinitionsError(
            f"no folder of definitions at {shown_path(path)}; give another path, or make one with `sgkpi init`"
        )
    files = _yaml_files(path)
    if not files:
        raise DefinitionsError(
            f"no definitions in {shown_path(path)}: put each indicator into a file NAME.yaml there, "
            "or start with those that `sgkpi init` makes"
        )
    return files


def _yaml_files(folder: Path) -> dict[str, Path]:
    """Return the YAML files of a folder by stem, sorted; hidden files are ignored."""
    found = (file for file in folder.glob("*.yaml") if file.is_file() and not file.name.startswith("."))
    return {file.stem: file for file in sorted(found, key=lambda file: file.stem)}


def _name_problems(folder: Path, stems: Iterable[str], read: Collection[str]) -> Iterator[Problem]:
    """Yield the problems of file names, some of which are read."""
    owners: dict[str, str] = {}
    for stem in stems:
        shown = shown_path(folder / f"{stem}.yaml")
        owner = owners.setdefault(stem.casefold(), stem)
        if owner != stem:  # on Windows they would be one file
            message = f"'{owner}' and '{stem}' differ only in capital letters; rename one of them"
            yield Problem(shown, message, "duplicate-name")
        try:
            parse_identifier(stem if stem in read else "_")
        except ValueError as error:
            yield Problem(shown, f"a definition is named after its file, and {error}", "file-name")
    for file in folder.glob("*.yml"):
        if not file.name.startswith("."):
            message = "this file is not read; rename it so that its name ends in .yaml"
            yield warning(shown_path(file), message, "file-name")


def _read_table(name: str, file: Path, problems: list[Problem]) -> Table | None:
    """Return the table in a file, unless the file cannot be read or a column's declaration is wrong."""
    document, faults = read_yaml(file, shown_path(file))
    problems.extend(faults)
    if document is None:
        return None
    content, context = _read_model(TableFile, document)
    table = build_table(name, content, context) if content and "columns" not in context.unsure else None
    problems.extend(context.problems)
    if table is None or faults or len(table.columns) != len(document.data["columns"]):
        return None
    return replace(table, sha256=digest(file))


def digest(file: Path) -> str:
    """Return the SHA-256 of a file, which is the same whichever line ends it has."""
    return hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _read_indicator(
    name: str, file: Path, tables: Mapping[str, Table], broken: frozenset[str], problems: list[Problem]
) -> Indicator | None:
    document, faults = read_yaml(file, shown_path(file))
    problems.extend(faults)
    if document is None:
        return None
    content, context = _read_model(IndicatorFile, document)
    indicator = build_indicator(name, content, replace(context, tables=tables, broken=broken)) if content else None
    problems.extend(context.problems)
    # The digest is the same whatever line endings a checkout has.
    return replace(indicator, sha256=digest(file)) if indicator else None


def _read_model(model: type[Model], document: YamlDocument) -> tuple[Model | None, CheckContext]:
    """Read a file as its model; every mistake is reported and removed. Without a model, the file is beyond repair.

    The context names the required root keys that have a placeholder, and the list items that are left.
    """
    rest, context = _Rest(deepcopy(document.data)), CheckContext(document)
    for _ in range(MAX_ROUNDS):
        try:
            file = model.model_validate(rest.data)
        except ValidationError as error:
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


def _report(model: type[TableFile | IndicatorFile], context: CheckContext, fault: ErrorDetails, place: Place) -> None:
    document = context.document
    dotted = ".".join(str(step + 1) if isinstance(step, int) else step for step in place)  # items count from 1
    if fault["type"] == "missing":
        key = str(fault["loc"][-1])
        if not document.has(*place, key):
            context.error(f"key '{key}' is missing{f' in {dotted}' if place else ''}", "missing-key", *place)
    elif fault["type"] == "extra_forbidden":
        part: type[FileModel] = model if len(place) == 1 else model.parts.get(str(place[0]), model)
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
