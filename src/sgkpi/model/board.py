"""An improvement board: the points of an inspection, and the indicators that measure them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sgkpi.model.periods import Month


@dataclass(frozen=True)
class BoardPoint:
    """A point of an inspection: what needs to improve, and what shows whether it does.

    `number` is its place in the file, from 1. `indicators` are the leads, of which the worst rated is shown;
    `supporting` ones are listed beside them. `evidence` says what people judge the point by. A point has indicators or
    evidence, or both. `lines` are those of the file that name its indicators.
    """

    number: int
    words: str
    paragraphs: tuple[int, ...] = ()
    indicators: tuple[str, ...] = ()
    supporting: tuple[str, ...] = ()
    evidence: str = ""
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Board:
    """The points of an inspection; `since` is the month that the inspection saw, and `name` the stem of its file."""

    name: str
    title: str
    since: Month
    points: tuple[BoardPoint, ...]
    path: str = ""
    sha256: str = ""

    @property
    def indicators(self) -> tuple[str, ...]:
        """The leads and supporting indicators of every point, each once."""
        every = (name for point in self.points for name in (*point.indicators, *point.supporting))
        return tuple(dict.fromkeys(every))
