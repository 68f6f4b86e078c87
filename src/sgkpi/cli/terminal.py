"""The terminal as the environment and stdout describe it."""

import os
import shutil
from typing import TextIO

from sgkpi.cli.settings import OFF
from sgkpi.cli.streams import stdout
from sgkpi.documents.write.terminal.terminal import Terminal, shows_colour

PLAIN = "SGKPI_PLAIN"
_MARKS = "▲▼─▁▂▃▄▅▆▇█"
# Below this no value has room beside its name; the terminal may then break lines as it likes.
_NARROWEST = 40


def this_terminal(*, to_file: bool = False) -> Terminal:
    """Return what stdout can show; a file takes any width and all characters, and no colour."""
    if to_file:
        return Terminal(None, colour=False, unicode=True)
    stream = stdout()
    if stream is None or not stream.isatty():
        return Terminal(None, colour=False, unicode=_has_marks(stream))
    width = max(shutil.get_terminal_size().columns, _NARROWEST)
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
