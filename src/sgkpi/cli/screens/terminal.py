"""What the place where a screen appears can show."""

import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

MARKS = "▲▼─▁▂▃▄▅▆▇█"
BEYOND_ANY_TABLE = 10_000


@dataclass(frozen=True)
class Terminal:
    """`width` in columns, None where there is no limit, as in a pipe or a file."""

    width: int | None
    colour: bool
    unicode: bool

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
            console.print(part)
        return "".join(line.rstrip() + "\n" for line in text.getvalue().splitlines())


def this_terminal(to_file: bool = False) -> Terminal:
    """What stdout can show; a file takes any width and all characters, and no colour."""
    if to_file:
        return Terminal(None, colour=False, unicode=True)
    if not sys.stdout.isatty():
        return Terminal(None, colour=False, unicode=_carries_marks())
    return Terminal(shutil.get_terminal_size().columns, colour=_shows_colour(), unicode=_carries_marks())


def _carries_marks() -> bool:
    try:
        MARKS.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _shows_colour() -> bool:
    from rich.console import Console

    console = Console(file=sys.stdout)
    return console.color_system is not None and not console.no_color and not console.legacy_windows
