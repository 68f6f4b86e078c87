"""Load a folder of definitions as a catalogue, and report every mistake in every file at once."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sgkpi.definitions.checks.context import CheckContext, KnownTables
from sgkpi.definitions.checks.indicators import build_indicator
from sgkpi.definitions.checks.tables import build_table
from sgkpi.definitions.closures import read_closures
from sgkpi.definitions.fields import parse_identifier
from sgkpi.definitions.files import IndicatorFile, TableFile
from sgkpi.definitions.validation import read_model
from sgkpi.definitions.yaml_text import read_yaml
from sgkpi.model.catalogue import Catalogue, check_known
from sgkpi.model.errors import DefinitionsError
from sgkpi.model.indicator import Indicator
from sgkpi.model.problems import Problem, Severity, sort_problems
from sgkpi.model.table import Table
from sgkpi.model.words import plural

TABLES = "tables"
HOLIDAYS = "holidays.csv"


def load_catalogue(path: Path, only: Collection[str] | None = None) -> Catalogue:
    """Return the catalogue in a folder: `tables/*.yaml`, `*.yaml` and `tables/holidays.csv`.

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
    problems = [*_misnamed(path), *_misnamed(path / TABLES)]
    problems += [*_alike(files, path), *_alike(_yaml_files(path / TABLES), path / TABLES)]
    tables = _read_tables(path, problems)
    indicators = {name: _read_indicator(name, files[name], tables, problems) for name in wanted}
    holidays = path / TABLES / HOLIDAYS
    closures, faults = read_closures(holidays, shown_path(holidays))
    problems.extend(faults)
    broken = {problem.path for problem in problems if problem.severity is Severity.ERROR}
    common = shown_path(holidays)
    sound = {
        name: each
        for name, each in indicators.items()
        if each
        and broken.isdisjoint({common, each.path, each.table.path, *(related.table.path for related in each.related)})
    }
    found = sort_problems(problems)
    return CatalogueReading(Catalogue(path, tables.tables, sound, closures, found), found, tuple(files))


def shown_path(path: Path) -> str:
    """A path for people: relative where it lies below the current directory, with forward slashes."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def _indicator_files(path: Path) -> Mapping[str, Path]:
    if not path.is_dir():
        raise DefinitionsError(
            f"no folder of definitions at {shown_path(path)}; give one with --catalogue, or make one with `sgkpi init`"
        )
    files = _yaml_files(path)
    if not files:
        raise DefinitionsError(
            f"no definitions in {shown_path(path)}: put each indicator into a file NAME.yaml there, "
            "or start with those that `sgkpi init` makes"
        )
    return files


def _yaml_files(folder: Path) -> dict[str, Path]:
    """The YAML files of a folder by stem, sorted; hidden files are ignored."""
    found = (file for file in folder.glob("*.yaml") if file.is_file() and not file.name.startswith("."))
    return {file.stem: file for file in sorted(found, key=lambda file: file.stem)}


def _alike(files: Iterable[str], folder: Path) -> Iterator[Problem]:
    """Report names that differ only in case: on Windows they would be one file."""
    owners: dict[str, str] = {}
    for name in files:
        owner = owners.setdefault(name.casefold(), name)
        if owner != name:
            message = f"'{owner}' and '{name}' differ only in capital letters; rename one of them"
            yield Problem(shown_path(folder / f"{name}.yaml"), message, "duplicate-name")


def _misnamed(folder: Path) -> list[Problem]:
    message = "this file is not read; rename it so that its name ends in .yaml"
    found = sorted(file for file in folder.glob("*.yml") if not file.name.startswith("."))
    return [Problem(shown_path(file), message, "file-name", severity=Severity.WARNING) for file in found]


def _read_tables(path: Path, problems: list[Problem]) -> KnownTables:
    tables: dict[str, Table] = {}
    broken = set()
    for name, file in _yaml_files(path / TABLES).items():
        table, faults = _read_table(name, file)
        problems.extend(faults)
        if table is None:
            broken.add(name)
        else:
            tables[name] = table
    return KnownTables(tables, frozenset(broken))


def _read_table(name: str, file: Path) -> tuple[Table | None, list[Problem]]:
    """The table in a file, unless the file cannot be read or a column's declaration is wrong."""
    shown = shown_path(file)
    document, faults = read_yaml(file, shown)
    problems = [*_check_stem(name, shown), *faults]
    if document is None:
        return None, problems
    reading = read_model(TableFile, document)
    problems.extend(reading.problems)
    if reading.file is None or "columns" in reading.unsure:
        return None, problems
    context = CheckContext(document, reading.unsure, reading.items)
    table = build_table(name, reading.file, context)
    whole = not faults and len(table.columns) == len(document.data["columns"])
    return (table if whole else None), [*problems, *context.problems]


def _read_indicator(name: str, file: Path, tables: KnownTables, problems: list[Problem]) -> Indicator | None:
    shown = shown_path(file)
    problems.extend(_check_stem(name, shown))
    document, faults = read_yaml(file, shown)
    problems.extend(faults)
    if document is None:
        return None
    reading = read_model(IndicatorFile, document)
    problems.extend(reading.problems)
    if reading.file is None:
        return None
    context = CheckContext(document, reading.unsure, reading.items)
    indicator = build_indicator(name, reading.file, tables, context)
    problems.extend(context.problems)
    # The digest is the same whatever line endings a checkout has.
    digest = hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    return replace(indicator, sha256=digest) if indicator else None


def _check_stem(name: str, shown: str) -> list[Problem]:
    try:
        parse_identifier(name)
    except ValueError as error:
        return [Problem(shown, f"a definition is named after its file, and {error}", "file-name")]
    return []
