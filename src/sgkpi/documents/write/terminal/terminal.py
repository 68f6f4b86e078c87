"""What the place where a screen appears can show."""

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from sgkpi.cli.settings import OFF
from sgkpi.cli.streams import stdout

if TYPE_CHECKING:
    from rich.console import RenderableType

MARKS = "▲▼─▁▂▃▄▅▆▇█"
PLAIN = "SGKPI_PLAIN"
NOT_SET = ("", *OFF)
BEYOND_ANY_TABLE = 10_000
# Below this no value has room beside its name; the terminal may then break lines as it likes.
NARROWEST = 40


@dataclass(frozen=True)
class Terminal:
    """`width` in columns, None where there is no limit, as in a pipe or a file.

    `plain` is for screen readers: words, one fact on a line, no tables, bars or colour.
    """

    width: int | None
    colour: bool
    unicode: bool
    plain: bool = False

    def render(self, *parts: "RenderableType") -> str:
        """The parts as text, one below the other, without space at the ends of lines."""
        from io import StringIO

        from rich.console import Console

        text = StringIO()
        console = Console(
            file=text,
            width=self.width or BEYOND_ANY_TABLE,
            force_terminal=self.colour,
            color_system="standard" if self.colour else None,
            no_color=not self.colour,
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
        )
        for part in parts:
            if _is_plain_line(part, console.width):
                text.write(f"{part}\n")
            else:
                console.print(part)
        return "".join(line.rstrip() + "\n" for line in text.getvalue().splitlines())


def _is_plain_line(part: "RenderableType", width: int) -> bool:
    """Whether a part is one line without colour that fits: rich would print the same, a hundred times slower."""
    from rich.text import Text

    if not isinstance(part, Text) or part.style or part.spans:
        return False
    return "\n" not in part.plain and part.cell_len <= width


def this_terminal(to_file: bool = False, plain: bool = False) -> Terminal:
    """What stdout can show; a file takes any width and all characters, and no colour.

    `SGKPI_PLAIN` in the environment asks for plain output everywhere.
    """
    if plain or _plain_is_set():
        return Terminal(None, colour=False, unicode=False, plain=True)
    if to_file:
        return Terminal(None, colour=False, unicode=True)
    stream = stdout()
    if stream is None or not stream.isatty():
        return Terminal(None, colour=False, unicode=_carries_marks(stream))
    width = max(shutil.get_terminal_size().columns, NARROWEST)
    return Terminal(width, colour=_shows_colour(stream), unicode=_carries_marks(stream))


def _plain_is_set() -> bool:
    return os.environ.get(PLAIN, "").strip().lower() not in NOT_SET


def _carries_marks(stream: TextIO | None) -> bool:
    try:
        MARKS.encode((stream.encoding if stream else None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _shows_colour(stream: TextIO) -> bool:
    from rich.console import Console

    console = Console(file=stream)
    return console.color_system is not None and not console.no_color and not console.legacy_windows
