"""Open a folder of files, or a workbook, as an extract: inspect the files of each table and match their headers."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from sgkpi.definitions.wording import both
from sgkpi.extracts.candidates import (
    Candidate,
    Candidates,
    Part,
    Workbooks,
    check_regular,
    ending_of,
    find_candidates,
    is_workbook,
    nearest_name,
)
from sgkpi.extracts.csv_files import look_at_csv, no_rows
from sgkpi.extracts.extract import (
    Extract,
    FileFault,
    FileFormat,
    FileState,
    ParquetColumns,
    ParquetType,
    SourceFile,
    TableSource,
)
from sgkpi.extracts.headers import known_headers, match_headers
from sgkpi.extracts.settings import read_settings, settings_not_read, settings_path
from sgkpi.model.errors import ExtractError
from sgkpi.model.folding import fold_name
from sgkpi.model.problems import Problem, Severity, sort_problems, warning
from sgkpi.model.table import FILE_VERSION, Table

_SHOWN = 10
_MOST_NAMED = 12
_BROKEN_PARQUET = "this Parquet file is damaged or cut off: {}; copy or export it again"
_ENDINGS = ".csv, .csv.gz or .parquet"
_MAGIC, _ENCRYPTED = b"PAR1", b"PARE"
# Dates in names of files: 2019-02, 20190228; 28-02-2019, 28022019, february.
_YEAR_FIRST = re.compile(r"(?<!\d)(19|20)\d\d[-_. ]?(0[1-9]|1[0-2])(?!\d\d\d)", re.ASCII)
_DAY_OR_MONTH_FIRST = re.compile(
    r"(?<!\d)(\d{1,2}[-_. ]){1,2}(19|20)\d\d(?!\d)|(?<!\d)\d{4}(19|20)\d\d(?!\d)|(?<![a-z])(jan(uary)?|feb(ruary)?"
    r"|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?)(?![a-z])",
    re.ASCII,
)
_DIGITS = re.compile(r"(\d+)", re.ASCII)
_NOT_IN_ORDER = (
    "of rows that share a key those of the last file by name count, and these names do not seem to be in the order of "
    "time (2019-10 comes before 2019-9, and 28-02-2019 before 31-01-2019): use names like 2019-02-28"
)
_TAIL = 8  # the footer's length in four bytes, then the magic bytes
# Reads the footer of a file that begins and ends as a Parquet file does; raises ValueError if it cannot be read.
ReadColumns = Callable[[Path], ParquetColumns]


@dataclass(frozen=True)
class _Table:
    """A table of the catalogue in this extract, with its files unless they have errors.

    `lacks` are required columns that a file does not have, if nothing else is wrong.
    """

    source: TableSource | None
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    parts: tuple[Part, ...] = ()
    lacks: tuple[str, ...] = ()


def open_extract(
    path: Path, catalogue_tables: Mapping[str, Table], *, scratch: Path, read_parquet_columns: ReadColumns
) -> Extract:
    """Return the extract in a folder or workbook; only headers, encodings and whether files are whole are checked.

    Files in other encodings and sheets are rewritten below `scratch`, which the caller removes. Raises ExtractError
    if the folder or workbook does not exist or has none of the tables, or `extract.toml` is wrong.
    """
    with ExitStack() as stack:
        workbooks = Workbooks(stack)
        candidates = find_candidates(path, workbooks)
        said = settings_path(path)
        settings, problems = read_settings(said, catalogue_tables)
        if problems:
            raise ExtractError(f"{path}: {said.name} is wrong", problems)
        opener = _Opener(known_headers(catalogue_tables.values()), scratch, workbooks, read_parquet_columns)
        every = {
            name: opener.open_table(table, candidates.of(table), candidates.latest(table))
            for name, table in catalogue_tables.items()
        }
    found = {name: table for name, table in every.items() if table is not None}
    if not found:
        raise ExtractError(_no_table(path, catalogue_tables, candidates))
    # A list that is sound for one table may lack columns that another requires: a national list of care leavers
    # without review dates is still a list of care leavers.
    sound = {part for table in found.values() if table.source is not None for part in table.parts}
    lacking = {name: table for name, table in found.items() if table.lacks and sound.issuperset(table.parts)}
    present = {name: table for name, table in found.items() if name not in lacking}
    return Extract(
        path=path,
        tables={name: table.source for name, table in present.items() if table.source is not None},
        extracted_at=settings.extracted_at,
        source=settings.source,
        covers=settings.covers,
        problems=_warnings(found, lacking, candidates, catalogue_tables, said.name),
        broken={name: table.errors for name, table in present.items() if table.source is None},
        lacking={name: table.lacks for name, table in lacking.items()},
    )


def _warnings(
    found: Mapping[str, _Table],
    lacking: Mapping[str, _Table],
    candidates: Candidates,
    tables: Mapping[str, Table],
    settings: str,
) -> tuple[Problem, ...]:
    warnings = [each for table in found.values() for each in table.warnings]
    warnings += [replace(each, severity=Severity.WARNING) for table in lacking.values() for each in table.errors]
    wrong = {problem.path for table in found.values() for problem in table.errors}
    warnings += [problem for problem in candidates.problems if problem.path not in wrong]
    warnings += [*candidates.passed_over(tables.values()), *candidates.near_misses(tables)]
    return sort_problems([*warnings, *settings_not_read(candidates.names, settings)])


class _Opener:
    """Inspects the files of tables, each file once, though two tables may share it."""

    def __init__(
        self, known: frozenset[str], scratch: Path, workbooks: Workbooks, read_parquet_columns: ReadColumns
    ) -> None:
        self._known = known
        self._scratch = scratch
        self._workbooks = workbooks
        self._read_parquet_columns = read_parquet_columns
        self._seen: dict[Part, tuple[SourceFile | None, tuple[Problem, ...]]] = {}

    def open_table(self, table: Table, candidates: Sequence[Candidate], latest: Collection[Candidate]) -> _Table | None:
        """Return the table with its files or their problems; None if it has no file.

        `latest` are the candidates whose names say that they hold the latest row of each person alone.
        """
        if not candidates:
            return None
        if len(candidates) > 1:
            return _Table(None, (_two_files(table, candidates),))
        only = candidates[0]
        if not only.parts:
            message = f"the folder of table '{table.name}' has no file that ends in {_ENDINGS}"
            return _Table(None, (Problem(only.name, message, "empty-folder"),))
        files, problems = self._open_files(table, only.parts)
        if only.unread:
            message = f"not read: {both(only.unread)}; the parts of a table are files that end in {_ENDINGS}"
            problems.append(warning(only.name, message, "part-not-read"))
        problems += _different_columns(table, files)
        if table.version == FILE_VERSION and not _are_in_order_of_time([file.name for file in files]):
            problems.append(warning(only.name, _NOT_IN_ORDER, "file-order"))
        errors = tuple(problem for problem in problems if problem.severity is Severity.ERROR)
        warnings = tuple(problem for problem in problems if problem.severity is Severity.WARNING)
        source = None if errors else TableSource(table, files, is_latest=only in latest)
        lacks: tuple[str, ...] = ()
        if all(problem.code == "missing-column" for problem in errors):
            required = [column.name for column in table.columns.values() if column.required]
            lacks = tuple(name for name in required if any(name not in file.columns for file in files))
        return _Table(source, errors, warnings, only.parts, lacks)

    def _open_files(self, table: Table, parts: Sequence[Part]) -> tuple[tuple[SourceFile, ...], list[Problem]]:
        files: list[SourceFile] = []
        problems: list[Problem] = []
        for part in parts:
            file, found = self._inspect_once(part)
            problems += found
            if file is not None:
                columns, wrong = match_headers(file.headers, table, file.name, self._known)
                problems += [*wrong, *_nested_columns(file, columns)]
                files.append(replace(file, columns=columns))
        return tuple(files), problems

    def _inspect_once(self, part: Part) -> tuple[SourceFile | None, tuple[Problem, ...]]:
        if part not in self._seen:
            try:
                file, warnings = self._inspect(part)
                self._seen[part] = file, tuple(warnings)
            except FileFault as fault:
                self._seen[part] = None, (fault.problem(part.name),)
        return self._seen[part]

    def _inspect(self, part: Part) -> tuple[SourceFile, list[Problem]]:
        # DuckDB takes a leading `~` for the home folder, and pandas a leading `http:` for an address.
        state, path = _state_of(part.path), part.path.absolute()
        ending = ending_of(path)
        if ending and not _is_text(path):
            # DuckDB takes no other names, so it reads the file by a link to it.
            self._scratch.mkdir(parents=True, exist_ok=True)
            path = self._scratch / f"{len(self._seen)}-link{ending}"
            path.symlink_to(part.path.resolve())
        file, problems = self._look_at(part, path, ending)
        return replace(file, state=state), problems

    def _look_at(self, part: Part, path: Path, ending: str) -> tuple[SourceFile, list[Problem]]:
        rewritten = self._scratch / f"{len(self._seen)}.csv"
        if not ending:
            workbook = self._workbooks.open(part.path)
            return workbook.look_at_sheet(part.sheet or workbook.titles[0], part.name, self._known, rewritten)
        if ending == ".parquet":
            found = look_at_parquet(path, self._read_parquet_columns)
            if found.has_far_moments:
                path = _write_moments_as_text(path, rewritten.with_suffix(".parquet"))
                found = look_at_parquet(path, self._read_parquet_columns)
            file = SourceFile(
                path,
                part.name,
                FileFormat.PARQUET,
                headers=found.headers,
                columns={},
                odd_letters=found.has_odd_letters,
                zones=found.has_zones,
                types=found.types,
            )
            return file, [] if found.rows else [no_rows(part.name)]
        return look_at_csv(path, part.name, self._known, rewritten, compressed=ending == ".csv.gz")


def _are_in_order_of_time(names: Sequence[str]) -> bool:
    """Whether names in their order seem to be in that of time: numbers rise, and no day or month's name comes first."""
    by_number = [[int(part) if place % 2 else part for place, part in enumerate(_DIGITS.split(name))] for name in names]
    years_first = (_YEAR_FIRST.search(each) or not _DAY_OR_MONTH_FIRST.search(each.casefold()) for each in names)
    return len(names) < 2 or (by_number == sorted(by_number) and all(years_first))


def _nested_columns(file: SourceFile, columns: Mapping[str, int]) -> Iterator[Problem]:
    """Yield an error for each declared column of a Parquet file that holds more than one value a cell."""
    for name, place in columns.items():
        if file.types and file.types[place] is ParquetType.NESTED:
            message = f"column '{name}' holds lists or records; a cell is a single value: export it as one"
            yield Problem(file.name, message, "nested-column")


def look_at_parquet(path: Path, read_columns: ReadColumns) -> ParquetColumns:
    """Return the columns of a Parquet file; raise FileFault when it is cut off, or is not one."""
    try:
        _check_ends(path)
        return read_columns(path)
    except OSError as error:
        raise FileFault(f"the file cannot be read: {error.strerror or error}", "unreadable-file") from error
    except ValueError as error:
        raise FileFault(_BROKEN_PARQUET.format("its footer cannot be read"), "broken-parquet") from error


def _write_moments_as_text(path: Path, rewritten: Path) -> Path:
    """Rewrite a Parquet file with its milliseconds as text, so that a moment out of range is one unreadable cell."""
    from pyarrow import ArrowException, types
    from pyarrow.parquet import ParquetFile, write_table

    try:
        table = ParquetFile(path).read()
        for place, column in enumerate(table.schema):
            if types.is_timestamp(column.type) and column.type.unit == "ms":
                table = table.set_column(place, column.name, table.column(place).cast("string"))
    except (ArrowException, OSError) as error:
        raise FileFault(_BROKEN_PARQUET.format("its rows cannot be read"), "broken-parquet") from error
    rewritten.parent.mkdir(parents=True, exist_ok=True)
    write_table(table, rewritten)
    return rewritten


def _check_ends(path: Path) -> None:
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        if size == 0:
            raise FileFault("the file is empty; export it again", "empty-file")
        stream.seek(0)
        if stream.read(len(_MAGIC)) not in (_MAGIC, _ENCRYPTED):
            advice = "rename it to match its format, or export it again"
            raise FileFault(f"this is not a Parquet file; {advice}", "no-parquet")
        stream.seek(max(0, size - _TAIL))
        tail = stream.read(_TAIL)
    if tail[4:] == _ENCRYPTED:
        raise FileFault("the file is encrypted; export it without encryption", "broken-parquet")
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != _MAGIC or length + _TAIL + len(_MAGIC) > size:
        raise FileFault(_BROKEN_PARQUET.format("its end is missing"), "broken-parquet")


def _is_text(path: Path) -> bool:
    """Whether the name of a file is UTF-8; on old shares it may be any bytes."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _state_of(path: Path) -> FileState:
    """Return the state of a regular file; raise FileFault for anything else, which might never end."""
    try:
        check_regular(path)
        return FileState.of(path)
    except OSError as error:
        raise FileFault(f"the file cannot be read: {error.strerror or error}", "unreadable-file") from error


def _two_files(table: Table, candidates: Sequence[Candidate]) -> Problem:
    names = sorted(candidate.name for candidate in candidates)
    what, advice = "files", f", or put files that belong together into a folder {table.name}/"
    if all(part.sheet for candidate in candidates for part in candidate.parts):
        what, advice = "sheets", ""
    message = f"{len(names)} {what} for table '{table.name}': {both(names)}; keep one{advice}"
    return Problem(names[0], message, "two-files")


def _different_columns(table: Table, files: Sequence[SourceFile]) -> list[Problem]:
    """Return an error for every file whose optional columns differ from the first's; others are checked before."""
    problems = []
    optional = [column.name for column in table.columns.values() if not column.required]
    for file in files[1:]:
        lacks = [f"lacks '{name}'" for name in optional if name in files[0].columns and name not in file.columns]
        has = [f"has '{name}'" for name in optional if name in file.columns and name not in files[0].columns]
        if lacks or has:
            message = (
                f"the files of a folder must have the same columns; unlike {files[0].name}, "
                f"this one {' and '.join(lacks + has)}"
            )
            problems.append(Problem(file.name, message, "columns-differ"))
    return problems


def _no_table(path: Path, tables: Mapping[str, Table], candidates: Candidates) -> str:
    names = candidates.names
    holds = _first_of(names, _SHOWN) if names else "nothing"
    known = {fold_name(table): table for table in tables}
    nearest = {name: nearest_name(fold_name(stem), known) for name, stem in candidates.stems.items()}
    hints = [f"; {name}: did you mean '{table}'?" for name, table in nearest.items() if table]
    below = candidates.folders_with(tables)
    hints += [f"; {folder} has files of tables: did you mean '{path / folder}'?" for folder in below]
    hints += [f"; {name} is an archive; unpack it first" for name in names if name.casefold().endswith(".zip")]
    wanted = _first_of(sorted(tables), _MOST_NAMED)
    if is_workbook(path):
        where, forms = f"whose sheets are {holds}", "names that their declarations list for files"
    else:
        where = f"which contains {holds}"
        forms = f"file names that their declarations list, ending in {_ENDINGS}, or folders of such files"
    return f"no table found in '{path}', {where}; looked for {wanted}, or the {forms}{''.join(hints)}"


def _first_of(names: Sequence[str], most: int) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
