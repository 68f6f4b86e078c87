"""The page of a report: its content in the order in which it is read, apart from how it is written.

The builders in this room make a page from a `Pack`; `write/html` and the Markdown writer lay it out. The page says what
a sentence, a cell or a mark of a chart means; the writers decide widths, colours and geometry. Every text is plain and
not escaped, except `Commentary.text`, which is Markdown as its author wrote it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from sgkpi.figures.figure import Rating
from sgkpi.model.periods import Month

NO_VALUE = "–"
CHART_TABLE = "The chart as a table"
_Row = TypeVar("_Row")
_RATINGS = {Rating.GREEN: "Green", Rating.AMBER: "Amber", Rating.RED: "Red", Rating.NOT_RATED: "Not rated"}


def rating_words(rating: Rating) -> str:
    """Return a rating as reports write it: `Green`, `Not rated`."""
    return _RATINGS[rating]


@dataclass(frozen=True)
class Line:
    """A sentence or an item of a list; where `anchor` names a section of the page, it begins with a link to it.

    The text of the link is `linked`, and `text` follows it as it is.
    """

    text: str
    linked: str = ""
    anchor: str = ""


class Tone(StrEnum):
    """The weight of a paragraph."""

    PLAIN = "plain"
    SOFT = "soft"
    WARNING = "warning"


@dataclass(frozen=True)
class Paragraph:
    """Sentences that run on; one that is not `printed` is for the screen alone."""

    lines: tuple[Line, ...]
    tone: Tone = Tone.PLAIN
    printed: bool = True


@dataclass(frozen=True)
class Listing:
    """A list, numbered where the order matters."""

    items: tuple[Line, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Tally:
    """A few numbers that matter, each with the words for what it counts: `7`, `Green`."""

    counts: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Fact:
    """A label with what is recorded under it; `is_code` is text to be copied as it is, such as a command."""

    label: str
    text: str
    is_code: bool = False


@dataclass(frozen=True)
class Facts:
    """Labels with what is recorded under them."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Headline:
    """The value of an indicator, its rating, and short notes beside it, such as `75 of 95`."""

    value: str
    tag: "Tag"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Words:
    """A cell of text or of a number as people read it, with short lines below it; `anchor` links it to a section.

    The text is never empty: `NO_VALUE` stands where there is nothing to say.
    """

    text: str
    below: tuple[str, ...] = ()
    anchor: str = ""


@dataclass(frozen=True)
class Tag:
    """A rating, with short lines below it."""

    rating: Rating
    below: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return rating_words(self.rating)


@dataclass(frozen=True)
class Bar:
    """A value drawn from 0 on a scale from `least` to `greatest`, with its target and interval.

    Its row has the same in numbers.
    """

    value: Fraction | None
    greatest: Fraction
    target: Fraction | None = None
    interval: tuple[Fraction, Fraction] | None = None
    least: Fraction = Fraction(0)


@dataclass(frozen=True)
class Sparkline:
    """The last months on a scale of their own, None for a month without a value; `words` say the same."""

    values: tuple[Fraction | None, ...]
    words: str


Cell = Words | Tag | Bar | Sparkline


@dataclass(frozen=True)
class Column:
    """A column of a table, with a cell for each row.

    A column that is not `kept` may go where the page is narrow, as another section says the same. Where the lines below
    the cells can have a column of their own, `below` is its heading. `dash` is the meaning of `NO_VALUE` in its cells.
    """

    heading: str
    cells: tuple[Cell, ...]
    right: bool = False
    kept: bool = True
    below: str = ""
    dash: str = ""

    @property
    def note(self) -> str:
        """The meaning of a dash where a cell has one, such as `“–” under Target: there is no target`, as a sentence."""
        has_dash = any(isinstance(cell, Words) and cell.text == NO_VALUE for cell in self.cells)
        return dash_note(self.heading, self.dash) if has_dash and self.dash else ""


def dash_note(heading: str, meaning: str) -> str:
    """Return what a dash under a heading means, as a sentence."""
    return f"“{NO_VALUE}” under {heading}: {meaning}."


def column(
    heading: str,
    rows: Iterable[_Row],
    cell: Callable[[_Row], Cell | str],
    *,
    right: bool = False,
    kept: bool = True,
    below: str = "",
    dash: str = "",
) -> Column:
    """Return the column that has a cell for each row; a text is a cell of words, an empty one a dash."""
    cells = (Words(each or NO_VALUE) if isinstance(each, str) else each for each in map(cell, rows))
    return Column(heading, tuple(cells), right, kept, below, dash)


@dataclass(frozen=True)
class Table:
    """Columns of equal length, the first of which names the rows; the caption stands alone (what, which month).

    A `wide` table may be scrolled sideways. One that `folds` may be folded, or left out of a text that is too long.
    """

    caption: str
    columns: tuple[Column, ...]
    wide: bool = False
    folds: bool = False
    caption_hidden: bool = False


class PointState(StrEnum):
    """The reason why a month of a chart has a value or not."""

    VALUE = "value"
    NO_CASES = "no_cases"
    NOT_COVERED = "not_covered"
    SUPPRESSED = "suppressed"


class Signal(StrEnum):
    """A change that chance alone seldom makes; higher and lower stand where neither way is better."""

    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True)
class Limits:
    """The mean and the limits of chance at a month; they are drawn piecewise, phase by phase."""

    mean: Fraction
    lower: Fraction
    upper: Fraction
    phase: int = 1


@dataclass(frozen=True)
class ChartPoint:
    """A month of a chart: numbers in the unit of the measure, proportions as fractions of 1.

    A value that is not `settled` is drawn hollow, and the line to a month that has not `ended` is dashed. `lowest` and
    `highest` are set where the value could still be another one. `target` is the one in force in that month. With
    `much_unknown`, so many cases could not be judged that a signal may be a change in recording.
    """

    month: Month
    state: PointState
    value: Fraction | None
    shown: str
    settled: bool
    ended: bool
    lowest: Fraction | None = None
    highest: Fraction | None = None
    target: Fraction | None = None
    limits: Limits | None = None
    signal: Signal | None = None
    much_unknown: bool = False


class Mark(StrEnum):
    """The marks that the key of a chart explains."""

    VALUE = "value"
    NOT_SETTLED = "not_settled"
    REACH = "reach"
    TARGET = "target"
    LIMITS = "limits"
    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"
    NO_CASES = "no_cases"
    NOT_COVERED = "not_covered"
    SUPPRESSED = "suppressed"
    MUCH_UNKNOWN = "much_unknown"


@dataclass(frozen=True)
class Event:
    """Something that happened in a month, marked by a letter in the chart and described below it."""

    letter: str
    month: Month
    text: str


@dataclass(frozen=True)
class MonthsChart:
    """Months against their targets and the limits of chance, with its twin, the table of the same numbers.

    `caption` says what and which months, `description` first, last, best and worst, for readers who do not see it.
    `is_share` means a scale of per cent. `key` has the marks that occur, with their words; the writer, which chooses
    the scale, adds where the scale starts. `target_words` label the target's line at its end.
    """

    id: str
    caption: str
    description: str
    points: tuple[ChartPoint, ...]
    is_share: bool
    key: tuple[tuple[Mark, str], ...]
    table: Table
    target_words: str = ""
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Commentary:
    """Words of a person, below a heading that says whose; warnings come first. `actions` is None without any."""

    heading: str
    text: str
    warnings: tuple[str, ...] = ()
    actions: Table | None = None


@dataclass(frozen=True)
class Point:
    """A point of an inspection: its words on one side, and on the other what is measured of it or why nothing is.

    `lines` are what people say of it: `Assessed: Amber`, the next step, who takes it and by when.
    """

    number: int
    words: str
    lines: tuple[str, ...]
    measured: tuple[Table | Paragraph, ...]


@dataclass(frozen=True)
class Points:
    """The points of an inspection, in its order."""

    points: tuple[Point, ...]


@dataclass(frozen=True)
class Fold:
    """Lines of small print that readers open if they want to; print leaves them folded."""

    summary: str
    lines: tuple[str, ...]


Block = Paragraph | Listing | Tally | Facts | Headline | Table | MonthsChart | Commentary | Points | Fold


@dataclass(frozen=True)
class Section:
    """A part of the page with its heading; sections within it have headings one level lower.

    `id` is unique in the page, and links lead to it. `starts_page` means a new sheet in print, `is_indicator` the sheet
    of one indicator, whose first blocks up to the chart stay together. Sections of the first level are listed in the
    contents.
    """

    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    sections: "tuple[Section, ...]" = ()
    starts_page: bool = False
    is_indicator: bool = False


@dataclass(frozen=True)
class Page:
    """A report.

    `title` is its first heading, `marking` the line above it, `about` the as-of time and the source, `draft` what is
    missing before it is whole (empty: nothing). `footer` ends it. `generator` names the program with its version.
    With `prints_tables` the tables behind charts are printed too.
    """

    title: str
    marking: str
    about: tuple[str, ...]
    draft: str
    sections: tuple[Section, ...]
    footer: str
    generator: str
    prints_tables: bool = False
