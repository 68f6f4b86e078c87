"""Terminals, and text rendered for them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import RenderableType

_BEYOND_ANY_TABLE = 10_000


@dataclass(frozen=True)
class Terminal:
    """`width` in columns, None without a limit, as in a pipe or a file; `unicode` has arrows and bars."""

    width: int | None
    colour: bool
    unicode: bool

    @property
    def rule(self) -> str:
        """The character that rules are drawn with."""
        return "─" if self.unicode else "-"

    def render(self, *parts: "RenderableType") -> str:
        """Return the parts as text, one below the other, without space at the ends of lines; a str as it is."""
        from io import StringIO

        from rich.console import Console

        text = StringIO()
        console = Console(
            file=text,
            width=self.width or _BEYOND_ANY_TABLE,
            force_terminal=self.colour,
            color_system="standard" if self.colour else None,
            no_color=not self.colour,
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
        )
        for part in parts:
            if isinstance(part, str) or _is_plain_line(part, console.width, colour=self.colour):
                text.write(f"{part}\n")
            else:
                console.print(part)
        return "".join(line.rstrip() + "\n" for line in text.getvalue().split("\n")[:-1])


def shows_colour(stream: TextIO) -> bool:
    """Return whether a stream shows colours, as far as rich can tell."""
    from rich.console import Console

    console = Console(file=stream)
    return console.color_system is not None and not console.no_color and not console.legacy_windows


def _is_plain_line(part: "RenderableType", width: int, *, colour: bool) -> bool:
    """Return whether a part is one plain line that fits, which needs no rich: that is a hundred times slower."""
    from rich.text import Text

    if not isinstance(part, Text) or (colour and (part.style or part.spans)):
        return False
    return "\n" not in part.plain and part.cell_len <= width
