"""Stdout and stderr, either of which may be closed."""

import os
import sys
from contextlib import suppress
from typing import TextIO


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
