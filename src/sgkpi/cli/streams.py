"""Stdout and stderr as they are: closed, perhaps, or with nobody at the other end."""

import os
import sys
from contextlib import suppress
from typing import TextIO


def stdout() -> TextIO | None:
    """Stdout; None where the program was started without one (`>&-`, or a service of Windows)."""
    return sys.stdout


def stderr() -> TextIO | None:
    """Stderr; None where the program was started without one."""
    return sys.stderr


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person sees the stream."""
    return stream is not None and stream.isatty()


def abandon(stream: TextIO | None) -> None:
    """Let what is still to be written to a stream go nowhere, so that the end of the program does not fail on it."""
    if stream is not None:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
