"""Messages for people, on stderr; stdout is for data."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sgkpi.cli.streams import abandon, stderr
from sgkpi.model.errors import SgkpiError
from sgkpi.model.problems import Problem

if TYPE_CHECKING:
    from sgkpi.planning.availability import Unavailable

PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "..."})


def say(text: str) -> None:
    """Write a line to stderr, with characters replaced that it cannot encode; do nothing if stderr is closed."""
    stream = stderr()
    if stream is None:
        return
    try:
        stream.write(fit_encoding(text, stream.encoding) + "\n")
        stream.flush()
    except OSError:
        abandon(stream)


def fit_encoding(text: str, encoding: str | None) -> str:
    """Replace characters that the encoding lacks: typographic ones by plain ones, others by question marks."""
    known = encoding or "utf-8"
    try:
        text.encode(known)
    except UnicodeEncodeError:
        return text.translate(PLAIN).encode(known, "replace").decode(known)
    return text


def say_error(error: SgkpiError) -> None:
    """Write an error and its problems."""
    say(f"error: {error.message}")
    say_problems(error.problems)


def say_unavailable(unavailable: "Iterable[Unavailable]") -> None:
    """Write a warning for each indicator that the extract cannot carry."""
    for each in unavailable:
        say(f"warning: {each.indicator} cannot be computed: {each.reason}")


def say_problems(problems: Iterable[Problem]) -> None:
    """Write each problem on a line of its own."""
    for problem in problems:
        say(str(problem))
