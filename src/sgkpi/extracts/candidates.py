"""Find what may be a table in an extract: files, folders of files, and sheets of workbooks."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from sgkpi.definitions.regular import irregular
from sgkpi.extracts.extract import FileFault
from sgkpi.model.errors import ExtractError
from sgkpi.model.folding import fold_name
from sgkpi.model.problems import Problem, warning
from sgkpi.model.table import Table

if TYPE_CHECKING:
    from sgkpi.extracts.workbooks import Workbook

ENDINGS = (".csv.gz", ".csv", ".parquet")
WORKBOOKS = (".xlsx", ".xlsm")  # no macro is ever run
OTHER_WORKBOOKS = (".xls", ".xlsb", ".ods")
_HIDDEN = (".", "~$")
# Files that look like data, and are not read where a table's file or part is expected.
_UNREAD = (*WORKBOOKS, *OTHER_WORKBOOKS, ".tsv", ".txt", ".tab", ".dat", ".json", ".zip", ".gz", ".parq", ".feather")
# What people and browsers add to a name, behind it (contacts (1), contacts - Copy, contacts_v2, contacts 2019-02) or
# before it (Copy of contacts, 2019-02 contacts).
_ADDED = re.compile(r"[\s_.()-]*(copy|final|new|old|v|version)?[\s_.()\d-]*")
_ADDED_BEFORE = re.compile(r"[\s_.()\d-]*((copy( \(\d+\))? of|final|new|old)?[\s_.()-]+)")


@dataclass(frozen=True)
class Part:
    """One file, or one sheet of a workbook; `name` is relative to the extract."""

    path: Path
    name: str
    sheet: str | None = None


@dataclass(frozen=True)
class Candidate:
    """A file, a folder of files or a sheet that may be a table; `name` is relative to the extract.

    `unread` are the names of what else the folder holds that might be data.
    """

    name: str
    parts: tuple[Part, ...]
    unread: tuple[str, ...] = ()


class Workbooks:
    """The workbooks of an extract, each opened once; all are closed together."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._opened: dict[Path, Workbook] = {}

    def open(self, path: Path) -> "Workbook":
        """Return the workbook at a path; raise FileFault if it cannot be read."""
        ending = path.suffix.casefold()
        if ending not in WORKBOOKS:
            advice = "save it as an Excel workbook (.xlsx), or its sheets as CSV"
            raise FileFault(f"{ending} workbooks cannot be read; {advice}", "other-workbook")
        check_regular(path)
        if path not in self._opened:
            from sgkpi.extracts.workbooks import Workbook

            self._opened[path] = workbook = Workbook(path)
            self._stack.callback(workbook.close)
        return self._opened[path]


@dataclass(frozen=True)
class Candidates:
    """Files and sheets that may be tables, by folded name without ending.

    `names` are everything in the extract, as a person sees it; `stems` the names without ending of what might be a
    table; `unread` those of files in other formats; `problems` warnings about workbooks that cannot be read.
    """

    files: Mapping[str, list[Candidate]] = field(default_factory=dict)
    sheets: Mapping[str, list[Candidate]] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    stems: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def of(self, table: Table) -> list[Candidate]:
        """Return the candidates for a table: files, or else sheets, or else an empty folder."""
        files, sheets = _named(self.files, table), _named(self.sheets, table)
        return [each for each in files if each.parts] or sheets or files[:1]

    def latest(self, table: Table) -> list[Candidate]:
        """Return the candidates for a table whose name says that they hold the latest row of each person alone."""
        names = {fold_name(name) for name in table.latest}
        return [each for found in (self.files, self.sheets) for name in names for each in found.get(name, ())]

    def folders_with(self, tables: Mapping[str, Table]) -> list[str]:
        """Return the folders that hold files by the names of tables, one step below where they are looked for."""
        known = {fold_name(name) for table in tables.values() for name in (table.name, *table.files)}
        every = (each for found in self.files.values() for each in found if each.name.endswith("/"))
        return [each.name for each in every if any(fold_name(_stem(part.path)) in known for part in each.parts)]

    def passed_over(self, tables: Iterable[Table]) -> Iterator[Problem]:
        """Return a warning for every workbook with sheets that are not read, as files hold the same tables."""
        found: dict[str, dict[str, None]] = {}
        for table in tables:
            files = [each.name for each in _named(self.files, table) if each.parts]
            for sheet in _named(self.sheets, table) if files else ():
                (part,) = sheet.parts
                found.setdefault(part.path.name, {}).setdefault(f"'{part.sheet}' ({files[0]})")
        for workbook, sheets in found.items():
            message = f"sheets not read, because files have the same tables: {', '.join(sheets)}"
            yield warning(workbook, message, "sheet-not-read")

    def near_misses(self, tables: Mapping[str, Table]) -> Iterator[Problem]:
        """Return a warning for every file, folder or sheet that looks like one of a table and is not read as one."""
        known = {fold_name(name): table.name for table in tables.values() for name in (table.name, *table.files)}
        for name, stem in self.unread.items():
            if table := known.get(fold_name(stem)):
                message = f"not read: a file of table '{table}' ends in {', '.join(ENDINGS)}"
                yield warning(name, message, "file-not-read")
        both = [*self.files.items(), *self.sheets.items()]
        read = {each for name, candidates in both if name in known for each in candidates}
        for name, candidates in both:
            for each in candidates:
                # A workbook that cannot be read is named as such.
                is_broken = any(part.sheet is None and not ending_of(part.path) for part in each.parts)
                if each not in read and each.parts and not is_broken and (nearest := nearest_name(name, known)):
                    message = f"not read: no table has this name; the nearest is '{nearest}'"
                    yield warning(each.name, message, "file-not-read")


def is_workbook(path: Path) -> bool:
    """Whether a path is a workbook of any format, or a link or pipe by the name of one, which cannot be opened."""
    is_named_so = path.suffix.casefold() in (*WORKBOOKS, *OTHER_WORKBOOKS)
    return is_named_so and os.path.lexists(path) and not path.is_dir()


def check_regular(path: Path) -> None:
    """Raise FileFault for what is no regular file, which might never end. Raises OSError."""
    if (what := irregular(path)) is not None:
        raise FileFault(f"this is {what}; copy the file itself to this place", "unreadable-file")


def find_candidates(path: Path, workbooks: Workbooks) -> Candidates:
    """Return the candidates in a folder or workbook; raise ExtractError if it is not there or cannot be read."""
    return _in_workbook(path, workbooks) if is_workbook(path) else _in_folder(path, workbooks)


def _in_folder(folder: Path, workbooks: Workbooks) -> Candidates:
    try:
        entries = _visible(folder)
        found: list[tuple[str, Candidate]] = []
        for entry in entries:
            inside = _visible(entry) if entry.is_dir() else [entry]
            name = f"{entry.name}/" if entry.is_dir() else ""
            # Anything but a regular file, such as a dangling link, is an error of its table when it is opened.
            parts = tuple(
                Part(path, shown(name + path.name)) for path in inside if ending_of(path) and not path.is_dir()
            )
            if parts or entry.is_dir():
                beside = tuple(shown(path.name) for path in inside if _may_be_data(path)) if entry.is_dir() else ()
                found.append((_stem(entry), Candidate(shown(name or entry.name), parts, beside)))
    except FileNotFoundError as error:
        what = "workbook" if folder.suffix.casefold() in WORKBOOKS else "folder"
        raise ExtractError(f"no {what} '{folder}'; give the folder or workbook of the extract") from error
    except NotADirectoryError as error:
        raise ExtractError(f"'{folder}' is a file; give its folder, '{folder.parent}'") from error
    except OSError as error:
        raise ExtractError(f"the folder '{folder}' cannot be read: {error.strerror or error}") from error
    sheets, problems = _sheets([each for each in entries if is_workbook(each)], workbooks)
    names = tuple(shown(entry.name) + ("/" if entry.is_dir() else "") for entry in entries)
    stems = {shown(entry.name): shown(_stem(entry)) for entry in entries if ending_of(entry)}
    other = [each for each in entries if not ending_of(each) and not is_workbook(each) and _may_be_data(each)]
    unread = {shown(entry.name): shown(without_endings(entry.name)) for entry in other if entry.is_file()}
    return Candidates(_by_name(found), sheets, names, stems | unread, unread=unread, problems=tuple(problems))


def _in_workbook(path: Path, workbooks: Workbooks) -> Candidates:
    try:
        titles = workbooks.open(path).titles
    except FileFault as fault:
        raise ExtractError(f"{path} cannot be used as it is", [fault.problem(path.name)]) from fault
    return Candidates(
        sheets=_by_name(_of_workbook(path, titles)), names=titles, stems=dict(zip(titles, titles, strict=True))
    )


def _may_be_data(path: Path) -> bool:
    """Whether something that is not read as a part of a table may have been meant as one."""
    if path.is_dir():
        return any(ending_of(each) or _may_be_data(each) for each in _visible(path))
    return not ending_of(path) and path.name.casefold().endswith(_UNREAD)


def without_endings(name: str) -> str:
    """Return a name without the endings of data, of which Windows hides one: contacts.csv.txt."""
    while ending := next((each for each in (*ENDINGS, *_UNREAD, ".toml") if name.casefold().endswith(each)), ""):
        name = name[: -len(ending)]
    return name


def nearest_name(stem: str, known: Mapping[str, str]) -> str | None:
    """Return the value in `known` of the name that a file has, apart from common additions and small differences."""
    stem = without_endings(stem)
    if stem in known:
        return known[stem]
    for name, table in known.items():
        if stem.endswith(name) and _ADDED_BEFORE.fullmatch(stem.removesuffix(name)):
            return table
        added = stem.removeprefix(name)
        is_other_number = name[-1:].isdigit() and added[:1].isdigit()  # list_12 is no list_1
        if stem.startswith(name) and not is_other_number and _ADDED.fullmatch(added):
            return table
    begun = [table for name, table in known.items() if name.startswith(tuple(f"{stem}{mark}" for mark in "_- "))]
    # What a layout's files all begin with makes none of them like another: ssda903_ad1 is no ssda903_oc3.
    layout = stem[: 1 + min((stem.find(mark) for mark in "_- " if mark in stem), default=-1)]
    if not any(name.startswith(layout) for name in known):
        layout = ""
    alike = {name.removeprefix(layout): table for name, table in known.items() if name.startswith(layout)}
    close = get_close_matches(stem.removeprefix(layout), alike, n=1, cutoff=0.85)
    return begun[0] if len(set(begun)) == 1 else alike[close[0]] if close else None


def shown(name: str) -> str:
    """Return the name of a file as text: bytes that are not UTF-8, as on old shares, become question marks."""
    return os.fsencode(name).decode("utf-8", "replace")


def ending_of(path: Path) -> str:
    """Return the ending of the name of a table's file; empty for anything else."""
    return next((ending for ending in ENDINGS if path.name.casefold().endswith(ending)), "")


def _named(candidates: Mapping[str, list[Candidate]], table: Table) -> list[Candidate]:
    names = dict.fromkeys(fold_name(name) for name in (table.name, *table.files))
    # The only sheet of a workbook has two names, its own and the workbook's.
    return list(dict.fromkeys(each for name in names for each in candidates.get(name, ())))


def _sheets(paths: Iterable[Path], workbooks: Workbooks) -> tuple[dict[str, list[Candidate]], list[Problem]]:
    """Return the sheets of the workbooks in a folder; a workbook that cannot be read is listed under its own name."""
    found: list[tuple[str, Candidate]] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found += _of_workbook(path, workbooks.open(path).titles)
        except FileFault as fault:
            found.append((path.stem, Candidate(path.name, (Part(path, path.name),))))
            if path.suffix.casefold() in WORKBOOKS:  # others matter only if they have a table's name
                problems.append(warning(path.name, f"not read: {fault.message}", fault.code))
    return _by_name(found), problems


def _of_workbook(path: Path, titles: tuple[str, ...]) -> Iterator[tuple[str, Candidate]]:
    """Yield every sheet by its title; an only sheet also by the name of its workbook."""
    for title in titles:
        name = f"{path.name} [{title}]"
        candidate = Candidate(name, (Part(path, name, title),))
        yield title, candidate
        if len(titles) == 1:
            yield path.stem, candidate


def _by_name(found: Iterable[tuple[str, Candidate]]) -> dict[str, list[Candidate]]:
    candidates: dict[str, list[Candidate]] = {}
    for name, candidate in found:
        candidates.setdefault(fold_name(name), []).append(candidate)
    return candidates


def _visible(folder: Path) -> list[Path]:
    """Return the entries of a folder by name, without hidden files and lock files."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith(_HIDDEN))


def _stem(path: Path) -> str:
    return path.name[: len(path.name) - len(ending_of(path))]
