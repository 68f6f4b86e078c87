"""A folder of commentary, with a folder for each month.

In it `ID.md` is about an indicator, `BOARD.md` about the points of a board, `team/SLUG.md` about a team and
`_summary.md` about the month as a whole; `events.yaml` is beside the months. Any other file is an error, so that
nothing is overlooked that somebody wrote.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from sgkpi.definitions.commentary_file import Reading, Subject, parse_commentary, parse_events
from sgkpi.definitions.load import shown_path
from sgkpi.definitions.regular import read_regular
from sgkpi.definitions.tree import reading_definitions
from sgkpi.model.commentary import CommentaryFile, CommentaryFolder, CommentaryKind
from sgkpi.model.errors import DefinitionsError
from sgkpi.model.periods import Month
from sgkpi.model.problems import Problem, Severity, did_you_mean, sort_problems
from sgkpi.model.words import plural

EVENTS, SUMMARY, TEAMS, ENDING = "events.yaml", "_summary", "team", ".md"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MOST_OF_SLUG = 60
_OF_WINDOWS = ("thumbs.db", "desktop.ini")
# The points of each board by its name; None where the board itself has a mistake.
Boards = Mapping[str, int | None]


@reading_definitions()
def load_commentary(folder: Path, indicators: Collection[str], boards: Boards) -> CommentaryFolder:
    """Load a folder of commentary. Raises DefinitionsError with every problem in it, or if there is no such folder."""
    shown = shown_path(folder)
    if not folder.is_dir():
        raise DefinitionsError(f"no folder of commentary at {shown}; create it, or name another")
    commentary, problems = read_commentary(folder, indicators, boards)
    if errors := sum(problem.severity is Severity.ERROR for problem in problems):
        raise DefinitionsError(f"the commentary in {shown} has {plural(errors, 'mistake')}:", problems)
    return commentary


def read_commentary(
    folder: Path, indicators: Collection[str], boards: Boards
) -> tuple[CommentaryFolder, tuple[Problem, ...]]:
    """Return what can be read of a folder of commentary, and every problem in it.

    `indicators` are the ids of the catalogue; a file named after one of the `boards` is about its points.
    """
    readings, problems = list[Reading](), list[Problem]()
    digest = sha256()
    known: dict[tuple[Month, CommentaryKind, str], Path] = {}
    for path, subject in _files(folder, indicators, boards, problems):
        shown = shown_path(path)
        try:
            content = read_regular(path)
        except OSError as error:
            problems.append(Problem(shown, f"the file cannot be read: {error.strerror}", "unreadable-file"))
            continue
        for part in (path.relative_to(folder).as_posix().encode(), content.replace(b"\r\n", b"\n")):
            digest.update(sha256(part).digest())
        if subject is None:
            readings.append(parse_events(content, shown, indicators))
            continue
        first = known.setdefault((subject.month, subject.kind, subject.name), path)
        if first != path:
            message = f"'{first.name}' is about the same; keep one of them"
            problems.append(Problem(shown, message, "duplicate-name"))
        readings.append(parse_commentary(content, shown, subject))
    files: tuple[CommentaryFile, ...] = tuple(each.file for each in readings if each.file is not None)
    commentary = CommentaryFolder(
        path=shown_path(folder),
        files=files,
        events=tuple(event for each in readings for event in each.events),
        words=tuple(word for each in readings for word in each.words),
        sha256=digest.hexdigest(),
    )
    return commentary, sort_problems([*problems, *(problem for each in readings for problem in each.problems)])


def _files(
    folder: Path, indicators: Collection[str], boards: Boards, problems: list[Problem]
) -> Iterator[tuple[Path, Subject | None]]:
    """Yield every file with its subject, None for the events; report those that have none."""
    for path in _entries(folder, problems):
        month = _month(path) if path.is_dir() else None
        if path.name == EVENTS and not path.is_dir():
            yield path, None
        elif month is not None:
            yield from _files_of_month(path, month, indicators, boards, problems)
        else:
            expected = f"expected folders named after months, such as 2019-02, and {EVENTS}"
            problems.append(Problem(shown_path(path), f"this belongs to no month; {expected}", "no-month"))


def _files_of_month(
    folder: Path, month: Month, indicators: Collection[str], boards: Boards, problems: list[Problem]
) -> Iterator[tuple[Path, Subject]]:
    for path in _entries(folder, problems):
        if path.is_dir() and path.name == TEAMS:
            for file in _entries(path, problems):
                if (fault := _fault_of_team(file)) is None:
                    yield file, Subject(month, CommentaryKind.TEAM, file.stem)
                else:
                    problems.append(Problem(shown_path(file), fault, "no-subject"))
        elif (fault := _fault_of_file(path)) is not None:
            problems.append(Problem(shown_path(path), fault, "no-subject"))
        elif path.stem == SUMMARY:
            yield path, Subject(month, CommentaryKind.SUMMARY)
        elif path.stem in boards:
            yield path, Subject(month, CommentaryKind.BOARD, path.stem, boards[path.stem])
        elif path.stem in indicators:
            yield path, Subject(month, CommentaryKind.INDICATOR, path.stem)
        else:
            hint = did_you_mean(path.stem, (*indicators, *boards, SUMMARY))
            advice = hint or f"; name the file after an indicator or a board, or {SUMMARY}{ENDING}"
            problems.append(Problem(shown_path(path), f"no indicator '{path.stem}'{advice}", "no-subject"))


def _fault_of_file(path: Path) -> str | None:
    """Return why an entry of a month's folder is not a file of commentary; None if it is one."""
    if path.is_dir():
        return f"this folder is not read; a month has files, and the folder {TEAMS}"
    if path.suffix.lower() != ENDING:
        return f"commentary is Markdown in a file that ends in {ENDING}; save this as {path.stem}{ENDING}"
    return None


def _fault_of_team(path: Path) -> str | None:
    fault = _fault_of_file(path)
    if fault is None and (len(path.stem) > _MOST_OF_SLUG or not _SLUG.fullmatch(path.stem)):
        return (
            "name the file after its team in lower-case letters, digits and hyphens, "
            f"at most {_MOST_OF_SLUG} characters, such as access-team-a{ENDING}"
        )
    return fault


def _month(folder: Path) -> Month | None:
    try:
        month = Month.parse(folder.name)
    except ValueError:
        return None
    return month if str(month) == folder.name else None


def _entries(folder: Path, problems: list[Problem]) -> list[Path]:
    """Return what a folder holds by name, without hidden files and those that Windows and Word leave there."""
    try:
        found = [path for path in folder.iterdir() if not path.name.startswith((".", "~$"))]
    except OSError as error:
        problems.append(Problem(shown_path(folder), f"the folder cannot be read: {error.strerror}", "unreadable-file"))
        return []
    return sorted((path for path in found if path.name.lower() not in _OF_WINDOWS), key=lambda path: path.name)
