"""From a folder of files to an extract: which file holds which table, and under which headers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sgkpi.definitions.tables import Table
from sgkpi.errors import ExtractError
from sgkpi.extracts.csv_files import look_at_csv, no_rows
from sgkpi.extracts.extract import Extract, FileFormat, SourceFile, TableSource
from sgkpi.extracts.faults import FileFault
from sgkpi.extracts.headers import known_headers, match_headers
from sgkpi.extracts.parquet_footer import read_parquet_columns
from sgkpi.extracts.settings import FILE_NAME, read_settings
from sgkpi.extracts.words import fold_name
from sgkpi.problems import Problem, Severity, did_you_mean, sort_problems

ENDINGS = (".csv.gz", ".csv", ".parquet")
_HIDDEN = (".", "~$")
_SHOWN = 10


@dataclass(frozen=True)
class _Candidate:
    """A file, or a folder of files, that may hold a table; `name` is relative to the extract."""

    name: str
    files: tuple[Path, ...]


@dataclass(frozen=True)
class _Table:
    """What became of a table: its files where nothing is wrong with them, and what was said about them."""

    source: TableSource | None
    problems: tuple[Problem, ...]

    def of_severity(self, severity: Severity) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is severity)


def open_extract(path: Path, catalogue_tables: Mapping[str, Table], *, scratch: Path) -> Extract:
    """The extract in a folder: nothing is read yet but headers, and whether files are whole and UTF-8.

    Files in other encodings are rewritten below `scratch`, which the caller clears away. What is wrong
    with a table stands in `broken`. Raises ExtractError when there is no such folder, none of the
    tables in it, or when `extract.toml` is wrong.
    """
    candidates = _find_candidates(path)
    settings, problems = read_settings(path, catalogue_tables)
    if problems:
        raise ExtractError(f"{path}: {FILE_NAME} is wrong", problems)
    opener = _Opener(path, known_headers(catalogue_tables.values()), scratch)
    every = {name: opener.open_table(table, _for_table(table, candidates)) for name, table in catalogue_tables.items()}
    present = {name: table for name, table in every.items() if table is not None}
    if not present:
        raise ExtractError(_no_table(path, catalogue_tables))
    warnings = [each for table in present.values() for each in table.of_severity(Severity.WARNING)]
    return Extract(
        path=path,
        tables={name: table.source for name, table in present.items() if table.source is not None},
        extracted_at=settings.extracted_at,
        source=settings.source,
        covers=settings.covers,
        problems=sort_problems(warnings),
        broken={name: table.of_severity(Severity.ERROR) for name, table in present.items() if table.source is None},
    )


class _Opener:
    """Looks at the files of tables, at each file once, though two tables may share it."""

    def __init__(self, folder: Path, known: frozenset[str], scratch: Path) -> None:
        self._folder = folder
        self._known = known
        self._scratch = scratch
        self._seen: dict[Path, tuple[SourceFile | None, tuple[Problem, ...]]] = {}

    def open_table(self, table: Table, candidates: Sequence[_Candidate]) -> _Table | None:
        """The table with its files, or what is wrong with them; None when it has no file."""
        if not candidates:
            return None
        if len(candidates) > 1:
            return _Table(None, (_two_files(table, candidates),))
        only = candidates[0]
        if not only.files:
            message = f"the folder of table '{table.name}' holds no file that ends in {_endings()}"
            return _Table(None, (Problem(only.name, message, "empty-folder"),))
        files, problems = self._open_files(table, only.files)
        problems += _different_columns(table, files)
        sound = not any(problem.severity is Severity.ERROR for problem in problems)
        return _Table(TableSource(table, files) if sound else None, tuple(problems))

    def _open_files(self, table: Table, paths: Sequence[Path]) -> tuple[tuple[SourceFile, ...], list[Problem]]:
        files: list[SourceFile] = []
        problems: list[Problem] = []
        for path in paths:
            file, found = self._look_once(path)
            problems += found
            if file is not None:
                columns, wrong = match_headers(file.headers, table, file.name)
                problems += wrong
                files.append(replace(file, columns=columns))
        return tuple(files), problems

    def _look_once(self, path: Path) -> tuple[SourceFile | None, tuple[Problem, ...]]:
        if path not in self._seen:
            self._seen[path] = self._look_at(path)
        return self._seen[path]

    def _look_at(self, path: Path) -> tuple[SourceFile | None, tuple[Problem, ...]]:
        name = path.relative_to(self._folder).as_posix()
        try:
            file, warnings = self._look_inside(path, name)
        except FileFault as fault:
            return None, (fault.problem(name),)
        return file, tuple(warnings)

    def _look_inside(self, path: Path, name: str) -> tuple[SourceFile, list[Problem]]:
        ending = _ending(path)
        if ending == ".parquet":
            return _look_at_parquet(path, name)
        rewritten = self._scratch / f"{len(self._seen)}-{path.name}.utf-8.csv"
        return look_at_csv(path, name, self._known, rewritten, compressed=ending == ".csv.gz")


def _look_at_parquet(path: Path, name: str) -> tuple[SourceFile, list[Problem]]:
    found = read_parquet_columns(path)
    types = tuple(each.value for each in found.types)
    file = SourceFile(path, name, FileFormat.PARQUET, headers=found.headers, columns={}, types=types)
    return file, [] if found.rows else [no_rows(name)]


def _find_candidates(folder: Path) -> dict[str, list[_Candidate]]:
    """What may hold a table, by folded name without the ending."""
    try:
        entries = _visible(folder)
        candidates: dict[str, list[_Candidate]] = {}
        for entry in entries:
            candidate = _candidate(entry)
            if candidate is not None:
                candidates.setdefault(fold_name(_stem(entry)), []).append(candidate)
    except FileNotFoundError as error:
        raise ExtractError(f"no folder '{folder}'; give the folder that holds the extract's files") from error
    except NotADirectoryError as error:
        raise ExtractError(f"'{folder}' is a file; give the folder that holds it, '{folder.parent}'") from error
    except OSError as error:
        raise ExtractError(f"the folder '{folder}' cannot be read: {error.strerror or error}") from error
    return candidates


def _candidate(entry: Path) -> _Candidate | None:
    if entry.is_dir():
        files = tuple(path for path in _visible(entry) if _ending(path) and path.is_file())
        return _Candidate(entry.name + "/", files)
    return _Candidate(entry.name, (entry,)) if _ending(entry) else None


def _visible(folder: Path) -> list[Path]:
    """What stands in a folder, without what is hidden or another program's lock file, by name."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith(_HIDDEN))


def _ending(path: Path) -> str:
    return next((ending for ending in ENDINGS if path.name.casefold().endswith(ending)), "")


def _stem(path: Path) -> str:
    return path.name[: len(path.name) - len(_ending(path))]


def _for_table(table: Table, candidates: Mapping[str, Sequence[_Candidate]]) -> list[_Candidate]:
    """What may hold this table; an empty folder only where there is nothing else."""
    names = dict.fromkeys(fold_name(name) for name in (table.name, *table.files))
    found = [candidate for name in names for candidate in candidates.get(name, ())]
    return [candidate for candidate in found if candidate.files] or found[:1]


def _two_files(table: Table, candidates: Sequence[_Candidate]) -> Problem:
    names = sorted(candidate.name for candidate in candidates)
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    message = (
        f"{len(names)} files for table '{table.name}': {listed}; "
        f"keep one, or put files that belong together into a folder {table.name}/"
    )
    return Problem(names[0], message, "two-files")


def _different_columns(table: Table, files: Sequence[SourceFile]) -> list[Problem]:
    """An error for every file that does not have the optional columns of the first; the required are asked before."""
    problems = []
    optional = [column.name for column in table.columns.values() if not column.required]
    for file in files[1:]:
        lacks = [f"lacks '{name}'" for name in optional if name in files[0].columns and name not in file.columns]
        has = [f"has '{name}'" for name in optional if name in file.columns and name not in files[0].columns]
        if lacks or has:
            message = (
                f"the files of a folder must have the same columns; other than {files[0].name}, "
                f"this one {' and '.join(lacks + has)}"
            )
            problems.append(Problem(file.name, message, "columns-differ"))
    return problems


def _no_table(folder: Path, tables: Mapping[str, Table]) -> str:
    entries = _visible(folder)
    names = [entry.name + ("/" if entry.is_dir() else "") for entry in entries]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    holds = ", ".join(names[:_SHOWN]) + more if names else "nothing"
    stems = {entry.name: _stem(entry) for entry in entries if _ending(entry)}
    hints = [
        f"; {name}: {did_you_mean(stem, tables)[2:]}" for name, stem in stems.items() if did_you_mean(stem, tables)
    ]
    return (
        f"no table found in '{folder}', which holds {holds}; looked for {', '.join(sorted(tables))}, or the file "
        f"names that their declarations give, ending in {_endings()}, or folders of such files{''.join(hints)}"
    )


def _endings() -> str:
    return ".csv, .csv.gz or .parquet"
