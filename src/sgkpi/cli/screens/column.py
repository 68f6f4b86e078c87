"""A column of a screen, before anybody knows how wide the screen is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

NEEDED = 100
NOTHING_SAID = ("", "-")


@dataclass(frozen=True)
class Column:
    """A column with its cells. The highest `rank` is dropped last; one of `NEEDED` or more, never.

    One that may stand `beside_title` joins the title where that has a line of its own.
    """

    heading: str
    cells: tuple[Text, ...]
    rank: int = NEEDED
    right: bool = False
    beside_title: bool = False

    @property
    def width(self) -> int:
        return max(map(cell_len, [*self.heading.split("\n"), *(cell.plain for cell in self.cells)]))

    @property
    def name(self) -> str:
        """The heading on one line."""
        return self.heading.replace("\n", " ")

    @property
    def is_empty(self) -> bool:
        return all(cell.plain.strip() in NOTHING_SAID for cell in self.cells)


def total_width(columns: Iterable[Column], gap: int) -> int:
    """How wide they are side by side, each with a gap."""
    return sum(column.width + gap for column in columns)


def without_least(columns: Sequence[Column]) -> list[Column] | None:
    """The columns without the one that is missed least; None when all are needed."""
    least = min(columns, key=lambda column: column.rank, default=None)
    if least is None or least.rank >= NEEDED:
        return None
    return [column for column in columns if column is not least]
