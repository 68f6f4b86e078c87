"""What is said to a person beside the data: on stderr, never on stdout."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sgkpi.cli.streams import abandon, stderr
from sgkpi.model.errors import SgkpiError
from sgkpi.model.problems import Problem

if TYPE_CHECKING:
    from sgkpi.planning.availability import Unavailable

PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "..."})


def say(text: str) -> None:
    """A line on stderr; characters that it cannot carry are replaced.

    Where nobody listens any more, or stderr is closed, that is no reason to fail.
    """
    stream = stderr()
    if stream is None:
        return
    try:
        stream.write(fit_encoding(text, stream.encoding) + "\n")
        stream.flush()
    except OSError:
        abandon(stream)


def fit_encoding(text: str, encoding: str | None) -> str:
    """The text in characters that the encoding has: plain quotes and dashes, else question marks."""
    known = encoding or "utf-8"
    try:
        text.encode(known)
    except UnicodeEncodeError:
        return text.translate(PLAIN).encode(known, "replace").decode(known)
    return text


def say_error(error: SgkpiError) -> None:
    """An error and every problem that it carries."""
    say(f"error: {error.message}")
    say_problems(error.problems)


def say_unavailable(unavailable: "Iterable[Unavailable]") -> None:
    """A warning for each indicator that the extract cannot carry."""
    for each in unavailable:
        say(f"warning: {each.indicator} cannot be computed: {each.reason}")


def say_problems(problems: Iterable[Problem]) -> None:
    """Problems, each on a line of its own with its place."""
    for problem in problems:
        say(str(problem))
