"""Stdout and stderr, which may be closed: their encoding and width, and messages for people on stderr."""

import io
import os
import re
import shutil
import sys
import textwrap
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from sgkpi.cli.settings import OFF
from sgkpi.model.errors import SgkpiError

if TYPE_CHECKING:
    from sgkpi.documents.write.terminal.terminal import Terminal

PLAIN = "SGKPI_PLAIN"
_COLUMNS = "COLUMNS"
_REPLACEMENTS = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "..."})
_MARKS = "▲▼─▁▂▃▄▅▆▇█"
# All control characters but tabs and line ends, and those that turn the direction of text round.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# Below this no value has room beside its name; the terminal may then break lines as it likes.
_NARROWEST = 40


@dataclass
class _Manner:
    """The manner of this run: `quiet` says errors alone on stderr; `width` is that of screens, where it is given."""

    quiet: bool = False
    width: int | None = None


_manner = _Manner()


def set_manner(*, quiet: bool, width: int | None) -> None:
    """Set what `--quiet` and `--width` ask for, for the rest of this run."""
    _manner.quiet, _manner.width = quiet, width


def is_quiet() -> bool:
    """Return whether nothing but errors is wanted on stderr."""
    return _manner.quiet


def write_whole() -> None:
    """Make stdout and stderr write every byte, or fail.

    With PYTHONUNBUFFERED set they are raw files, whose `write` may write a part alone when a disk fills.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        raw = getattr(stream, "buffer", None)
        if isinstance(raw, io.RawIOBase):
            buffer = io.BufferedWriter(raw)
            stream = io.TextIOWrapper(buffer, stream.encoding, stream.errors, line_buffering=True)
            setattr(sys, name, stream)


def visible(text: str) -> str:
    r"""Return text with what would command a terminal written as an escape, such as `\x1b`."""
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def stdout() -> TextIO | None:
    """Return stdout; None if the program was started without one (`>&-`, or as a Windows service)."""
    return sys.stdout


def stderr() -> TextIO | None:
    """Return stderr; None if the program was started without one."""
    return sys.stderr


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether the stream is a terminal."""
    return stream is not None and stream.isatty()


def abandon(stream: TextIO | None) -> None:
    """Redirect a stream to nowhere, so that flushing it at exit does not fail."""
    if stream is not None:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say(*lines: object) -> None:
    """Write warnings and notes to stderr, unless `--quiet` asks for none."""
    if not _manner.quiet:
        complain(*lines)


def complain(*lines: object) -> None:
    """Write lines to stderr, with characters replaced that it cannot encode or that would command a terminal.

    On a terminal they are wrapped at words. Do nothing if stderr is closed.
    """
    stream = stderr()
    if stream is None or not lines:
        return
    try:
        width = os.get_terminal_size(stream.fileno()).columns if stream.isatty() else None
        for line in lines:
            text = fit_encoding(visible(str(line)), stream.encoding)
            stream.writelines(f"{part}\n" for each in text.split("\n") for part in _wrapped(each, width))
        stream.flush()
    except OSError:
        abandon(stream)


def _wrapped(line: str, width: int | None) -> list[str]:
    """Wrap a line at words, if it is too long; words are never broken, as people copy them."""
    if width is None or len(line) <= width:
        return [line]
    return textwrap.wrap(line, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False) or [line]


def say_error(error: SgkpiError) -> None:
    """Write an error and its problems to stderr."""
    complain(f"error: {error.message}", *error.problems)


def fit_encoding(text: str, encoding: str | None) -> str:
    """Replace characters that the encoding lacks: typographic ones by plain ones, others by question marks."""
    known = encoding or "utf-8"
    try:
        text.encode(known)
    except UnicodeEncodeError:
        return text.translate(_REPLACEMENTS).encode(known, "replace").decode(known)
    return text


def this_terminal(*, to_file: bool = False) -> "Terminal":
    """Return what stdout can show; a file takes all characters, and no colour.

    The width is what `--width` says, else that of the terminal; a pipe takes any width if COLUMNS gives none, and a
    file takes any.
    """
    from sgkpi.documents.write.terminal.terminal import Terminal, shows_colour

    if to_file:
        return Terminal(_manner.width, colour=False, unicode=True)
    stream = stdout()
    if stream is None or not stream.isatty():
        given = os.environ.get(_COLUMNS, "")
        width = _manner.width or (int(given) if given.isdecimal() and int(given) else None)
        return Terminal(None if width is None else max(width, _NARROWEST), colour=False, unicode=_has_marks(stream))
    width = max(_manner.width or shutil.get_terminal_size().columns, _NARROWEST)
    return Terminal(width, colour=shows_colour(stream), unicode=_has_marks(stream))


def plain_is_set() -> bool:
    """Return whether the environment asks for plain output everywhere."""
    return os.environ.get(PLAIN, "").strip().lower() not in ("", *OFF)


def _has_marks(stream: TextIO | None) -> bool:
    try:
        _MARKS.encode((stream.encoding if stream else None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
