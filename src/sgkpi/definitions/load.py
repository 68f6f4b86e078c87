"""Load a folder of definitions as a catalogue, and report every mistake in every file at once."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sgkpi.definitions.benchmarks import read_benchmarks
from sgkpi.definitions.boards import read_board
from sgkpi.definitions.checks.indicators import build_indicator
from sgkpi.definitions.checks.shared import Shared, Used
from sgkpi.definitions.checks.tables import build_table
from sgkpi.definitions.closures import read_closures
from sgkpi.definitions.digests import definition_digest
from sgkpi.definitions.fields import parse_identifier
from sgkpi.definitions.files import IndicatorFile, TableFile
from sgkpi.definitions.read_model import read_model
from sgkpi.definitions.shared import read_shared
from sgkpi.definitions.themes import read_themes
from sgkpi.definitions.tree import (
    BENCHMARKS,
    BOARDS,
    HOLIDAYS,
    SHARED,
    TABLES,
    THEMES,
    indicator_files,
    reading_definitions,
    yaml_files,
)
from sgkpi.definitions.yaml_text import read_yaml
from sgkpi.model.board import Board
from sgkpi.model.catalogue import Catalogue, check_known
from sgkpi.model.errors import DefinitionsError
from sgkpi.model.file_names import is_device
from sgkpi.model.indicator import Answers, Indicator
from sgkpi.model.problems import Problem, Severity, sort_problems, warning
from sgkpi.model.table import Table
from sgkpi.model.words import plural

_MISPLACED = (THEMES, SHARED)  # in a folder below; at the top they are no indicators


def load_catalogue(path: Path, only: Collection[str] | None = None) -> Catalogue:
    """Load the catalogue in a folder: the YAML of indicators, `tables` and `boards`, and the files beside them.

    With `only`, other indicators are not read. Raises DefinitionsError with every problem of every file that is read;
    the problems of boards are left to what needs a board.
    """
    reading = read_catalogue(path, only)
    errors = sum(problem.severity is Severity.ERROR for problem in reading.problems)
    if errors:
        message = f"the definitions in {shown_path(path)} have {plural(errors, 'mistake')}:"
        raise DefinitionsError(message, reading.problems)
    return reading.catalogue


@dataclass(frozen=True)
class CatalogueReading:
    """The well-formed definitions of a folder, every problem in it, and the names of all its indicators.

    `notes` are on shared parts that no definition uses; there are none if only some indicators are read.
    """

    catalogue: Catalogue
    problems: tuple[Problem, ...]
    names: tuple[str, ...]
    notes: tuple[Problem, ...] = ()


@reading_definitions()
def read_catalogue(path: Path, only: Collection[str] | None = None) -> CatalogueReading:
    """Read a folder as `load_catalogue` does, but return the indicators that are right beside those that are not.

    Raises DefinitionsError only if there is nothing to read, or no file for a name in `only`.
    """
    found_files, table_list = _indicator_files(path), yaml_files(path / TABLES)
    files, table_files = _by_name(each for each in found_files if each.name not in _MISPLACED), _by_name(table_list)
    check_known(only or (), files)
    wanted = sorted(set(only)) if only else list(files)
    problems = [*_name_problems(found_files, wanted), *_name_problems(table_list, table_files)]
    problems += map(_misplaced, (each for each in found_files if each.name in _MISPLACED))
    problems += map(_misnamed, [*indicator_files(path, ".yml"), *yaml_files(path / TABLES, ".yml")])
    whole = _read_common(path, table_files, problems)
    indicators = {name: _read_indicator(name, files[name], whole, problems) for name in wanted}
    holidays = path / TABLES / HOLIDAYS
    common = shown_path(holidays)
    closures, faults = read_closures(holidays, common)
    problems.extend(faults)
    faulty = {problem.path for problem in problems if problem.severity is Severity.ERROR}
    sound = {
        name: each
        for name, each in indicators.items()
        if each and faulty.isdisjoint({common, each.path, *_paths_used(each, whole.shared)})
    }
    published = path / BENCHMARKS
    benchmarks, faults = read_benchmarks(published, shown_path(published), files, sound)
    found = sort_problems([*problems, *faults])
    holidays_sha256 = digest(holidays) if holidays.is_file() else None
    # Of a definition with a mistake nobody knows what it answers.
    answers = {name: sound[name].answers if name in sound else Answers() for name in files}
    elsewhere = {name for name, each in answers.items() if each is not None and not each.points}
    boards, board_problems = _read_boards(path / BOARDS, files, elsewhere)
    catalogue = Catalogue(
        *(path, whole.tables, sound, closures, found, holidays_sha256, benchmarks, boards, board_problems),
        themes=whole.themes or {},
    )
    notes = () if only else tuple(whole.shared.notes(whole.used, whole.tables))
    return CatalogueReading(catalogue, found, tuple(files), notes)


@dataclass(frozen=True)
class _Common:
    """The tables, shared parts and themes of a catalogue, with the shared parts that its definitions have `used`.

    `broken` are tables whose declaration is wrong.
    """

    tables: Mapping[str, Table]
    broken: frozenset[str]
    shared: Shared
    themes: Mapping[str, str] | None
    used: set[Used] = field(default_factory=set)


def _read_common(path: Path, table_files: Mapping[str, Path], problems: list[Problem]) -> _Common:
    read = {name: _read_table(name, file, problems) for name, file in table_files.items()}
    tables = {name: table for name, table in read.items() if table is not None}
    shared, faults = read_shared(path / SHARED, shown_path(path / SHARED))
    problems.extend(faults)
    themes, faults = read_themes(path / THEMES, shown_path(path / THEMES))
    problems.extend(faults)
    return _Common(tables, frozenset(read).difference(tables), shared, themes)


def _paths_used(indicator: Indicator, shared: Shared) -> set[str]:
    """Return the files that an indicator depends on, besides its own."""
    tables = {indicator.table.path, *(related.table.path for related in indicator.related)}
    return tables | {shared.path} if indicator.shared else tables


def shown_path(path: Path) -> str:
    """Return a path for people: relative where it is below the current directory, with forward slashes."""
    try:
        # A link is named, not what it leads to, which need not be there.
        return (path.parent.resolve() / path.name).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def _indicator_files(path: Path) -> list[Path]:
    if not path.is_dir():
        raise DefinitionsError(
            f"no folder of definitions at {shown_path(path)}; give another path, or make one with `sgkpi init`"
        )
    files = indicator_files(path)
    if not files:
        raise DefinitionsError(
            f"no definitions in {shown_path(path)}: put each indicator into a file NAME.yaml there, "
            "or start with those that `sgkpi init` makes"
        )
    return files


def _by_name(files: Iterable[Path]) -> dict[str, Path]:
    """Return files by the name of what they define; of several with one name, the first."""
    found: dict[str, Path] = {}
    for file in files:
        found.setdefault(file.stem, file)
    return found


def _name_problems(files: Iterable[Path], read: Collection[str]) -> Iterator[Problem]:
    """Yield the problems of file names; only those to be `read` must be valid names."""
    owners: dict[str, Path] = {}
    for file in files:
        name = file.stem
        owner = owners.setdefault(name.casefold(), file)
        if owner.stem != name:  # on Windows they would be one file
            message = f"'{owner.stem}' and '{name}' differ only in capital letters; rename one of them"
            yield Problem(shown_path(file), message, "duplicate-name")
        elif owner != file:
            message = f"'{name}' is defined in {shown_path(owner)} too; rename one of the files"
            yield Problem(shown_path(file), message, "duplicate-name")
        if name in read and is_device(name):
            message = f"Windows can have no file named '{name}'; rename it"
            yield Problem(shown_path(file), message, "file-name")
        try:
            parse_identifier(name if name in read else "_")
        except ValueError as error:
            yield Problem(shown_path(file), f"a definition is named after its file, and {error}", "file-name")


def _misplaced(file: Path) -> Problem:
    message = f"'{file.name}' belongs beside '{TABLES}'; move it there, or rename it if it is an indicator"
    return Problem(shown_path(file), message, "file-name")


def _misnamed(file: Path) -> Problem:
    message = "this file is not read; rename it so that its name ends in .yaml"
    return warning(shown_path(file), message, "file-name")


def _read_table(name: str, file: Path, problems: list[Problem]) -> Table | None:
    """Return the table in a file, unless the file cannot be read or a column's declaration is wrong."""
    document, faults = read_yaml(file, shown_path(file))
    problems.extend(faults)
    if document is None:
        return None
    content, context = read_model(TableFile, document)
    table = build_table(name, content, context) if content and "columns" not in context.unsure else None
    problems.extend(context.problems)
    if table is None or faults or len(table.columns) != len(document.data["columns"]):
        return None
    return replace(table, sha256=digest(file))


@reading_definitions()
def load_board(file: Path, indicators: Collection[str]) -> Board:
    """Load the board in a file. Raises DefinitionsError with every problem in it."""
    shown = shown_path(file)
    if not file.is_file():
        raise DefinitionsError(f"no board at {shown}; name a file such as indicators/{BOARDS}/inspection_2019.yaml")
    board, problems = read_board(file, shown, indicators)
    if board is None:
        errors = sum(problem.severity is Severity.ERROR for problem in problems)
        raise DefinitionsError(f"the board in {shown} has {plural(errors, 'mistake')}:", problems)
    return board


def _read_boards(
    folder: Path, indicators: Collection[str], elsewhere: Collection[str]
) -> tuple[Mapping[str, Board], tuple[Problem, ...]]:
    """Return the boards of a folder that have no mistake, by name, and the problems of all."""
    found = yaml_files(folder)
    files = _by_name(found)
    boards, problems = {}, [*_name_problems(found, files), *map(_misnamed, yaml_files(folder, ".yml"))]
    for name, file in files.items():
        board, faults = read_board(file, shown_path(file), indicators, elsewhere)
        problems += faults
        if board is not None:
            boards[name] = board
    return boards, sort_problems(problems)


def digest(file: Path, shared: Mapping[str, str] | None = None) -> str:
    """Return the SHA-256 of a file, and of what it uses of `shared.yaml`."""
    return definition_digest(file.read_bytes(), shared)


def _read_indicator(name: str, file: Path, common: _Common, problems: list[Problem]) -> Indicator | None:
    document, faults = read_yaml(file, shown_path(file))
    problems.extend(faults)
    if document is None:
        return None
    content, context = read_model(IndicatorFile, document)
    given = replace(context, tables=common.tables, broken=common.broken, shared=common.shared, themes=common.themes)
    indicator = build_indicator(name, content, given) if content else None
    problems.extend(context.problems)
    common.used.update(given.used)
    return replace(indicator, sha256=digest(file, indicator.shared)) if indicator else None
