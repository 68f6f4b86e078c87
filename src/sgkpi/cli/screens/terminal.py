"""What the place where a screen appears can show."""

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from sgkpi.cli.streams import stdout

if TYPE_CHECKING:
    from rich.console import RenderableType

MARKS = "▲▼─▁▂▃▄▅▆▇█"
BEYOND_ANY_TABLE = 10_000
# Below this no value has room beside its name; the terminal may then break lines as it likes.
NARROWEST = 40


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
    stream = stdout()
    if stream is None or not stream.isatty():
        return Terminal(None, colour=False, unicode=_carries_marks(stream))
    width = max(shutil.get_terminal_size().columns, NARROWEST)
    return Terminal(width, colour=_shows_colour(stream), unicode=_carries_marks(stream))


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
