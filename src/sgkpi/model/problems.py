"""Problems in a user's files, described so that the user can correct them.

A problem is data: problems are collected, sorted and shown together, never raised one by one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


class Severity(StrEnum):
    """The severity of a problem: an error stops the command, a warning does not, a note is information."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Problem:
    """One problem and its place.

    `line` is a line of a text file; `row` a row of a data file, counted as a spreadsheet counts
    (the header is row 1). `detail` is shown below the message, indented.
    """

    path: str
    message: str
    code: str
    line: int | None = None
    row: int | None = None
    severity: Severity = Severity.ERROR
    detail: str = ""

    @property
    def place(self) -> str:
        """Path and line in the form that editors link to; for data, path and row."""
        if self.row is not None:
            return f"{self.path}:row {self.row}"
        return self.path if self.line is None else f"{self.path}:{self.line}"

    def __str__(self) -> str:
        text = f"{self.place}: {self.severity}: {self.message} [{self.code}]"
        if not self.detail:
            return text
        return "\n".join([text, *(f"    {line}" for line in self.detail.splitlines())])


def warning(path: str, message: str, code: str) -> Problem:
    """Return a warning about a file as a whole."""
    return Problem(path, message, code, severity=Severity.WARNING)


def sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems by file, line and row, each once."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda p: (p.path, p.line or 0, p.row or 0, p.code, p.message)))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the nearest known word, or nothing if none is near."""
    candidates = list(known)
    by_folded = {name.casefold(): name for name in candidates}
    near = get_close_matches(word.casefold(), list(by_folded), n=1, cutoff=0.6)
    return f"; did you mean '{by_folded[near[0]]}'?" if near else ""


def unknown_names(what: str, unknown: Iterable[str], known: Iterable[str], otherwise: str) -> str:
    """Return a sentence about names that are not known: the nearest of each, or `otherwise` where one has none."""
    candidates = list(known)
    hints = {name: did_you_mean(name, candidates) for name in unknown}
    words = [f"no {what} '{name}'{hint}" for name, hint in hints.items()]
    words += [] if all(hints.values()) else [otherwise]
    return "; ".join(words).replace("?; ", "? ")
