"""Names of files for teams."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from unicodedata import normalize

from sgkpi.model.commentary import CommentaryFolder, CommentaryKind
from sgkpi.model.file_names import is_device
from sgkpi.model.periods import Month
from sgkpi.model.problems import Problem, Severity, did_you_mean

MOST_CHARACTERS = 60
_NOTHING_LEFT = "team"


def slugs_of(teams: Iterable[str]) -> Mapping[str, str]:
    """Return a name for each team's file: lower-case ASCII letters, digits and hyphens, at most 60 characters.

    Teams whose names would be the same get a number behind, from 2, in the order given. Names that Windows has taken
    for devices, such as `con`, get one too.
    """
    found: dict[str, str] = {}
    for team in teams:
        whole, number = _slug(team), 1
        name = whole
        while name in found.values() or is_device(name):
            number += 1
            behind = f"-{number}"
            name = whole[: MOST_CHARACTERS - len(behind)].rstrip("-") + behind
        found[team] = name
    return found


def stray_files(commentary: CommentaryFolder, slugs: Collection[str], months: Collection[Month]) -> Iterator[Problem]:
    """Yield a warning for each file of these months about a team that has no report of its name."""
    for file in commentary.files:
        if file.kind is CommentaryKind.TEAM and file.month in months and file.subject not in slugs:
            hint = did_you_mean(file.subject, slugs)
            message = f"no team '{file.subject}' has a case in the months of the report{hint}"
            yield Problem(file.path, message, "no-team", severity=Severity.WARNING)


def _slug(name: str) -> str:
    ascii_letters = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_letters).strip("-")
    return words[:MOST_CHARACTERS].rstrip("-") or _NOTHING_LEFT
