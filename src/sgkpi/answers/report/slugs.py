"""Names of files for teams."""

import re
from collections.abc import Iterable, Mapping
from unicodedata import normalize

MOST_CHARACTERS = 60
_NOTHING_LEFT = "team"


def slugs_of(teams: Iterable[str]) -> Mapping[str, str]:
    """Return a name for each team's file: lower-case ASCII letters, digits and hyphens, at most 60 characters.

    Teams whose names would be the same get a number behind, from 2, in the order given.
    """
    found: dict[str, str] = {}
    for team in teams:
        whole, number = _slug(team), 1
        name = whole
        while name in found.values():
            number += 1
            behind = f"-{number}"
            name = whole[: MOST_CHARACTERS - len(behind)].rstrip("-") + behind
        found[team] = name
    return found


def _slug(name: str) -> str:
    ascii_letters = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_letters).strip("-")
    return words[:MOST_CHARACTERS].rstrip("-") or _NOTHING_LEFT
