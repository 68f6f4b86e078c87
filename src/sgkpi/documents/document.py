"""A document: the content of an answer, apart from how it is shown.

A subject module (`compute.py`, `show.py` …) builds a document from an answer; a writer (`write/terminal`,
`write/plain.py` …) lays it out. Nothing here knows a width, a colour or a character set: the document says
which column matters more, which words are a rating, and which way a figure goes; the writer decides the rest.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from sgkpi.figures.figure import Rating
from sgkpi.model.problems import Severity

NEEDED, WANTED = 100, 90
PROVISIONAL_MARK, UNKNOWN_MARK = "*", "u"
NOTHING_SAID = ("", "-")
_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Rated:
    """A rating; `firm` is False where cases that could not be judged might still change it."""

    rating: Rating
    firm: bool | None = None

    @property
    def words(self) -> str:
        if self.rating is Rating.NOT_RATED:
            return "not rated"
        return f"{self.rating.value} so far" if self.firm is False else self.rating.value


@dataclass(frozen=True)
class Value:
    """A value in figures, with its rating where one cell says both.

    It may be `provisional`, and much of it unknown: many of its cases could not be judged.
    """

    text: str
    provisional: bool = False
    rated: Rated | None = None
    much_unknown: bool = False

    @property
    def mark(self) -> str:
        """What is put behind the value to say so."""
        return PROVISIONAL_MARK * self.provisional + f" {UNKNOWN_MARK}" * self.much_unknown

    @property
    def marked(self) -> str:
        """The value with its mark."""
        return self.text + self.mark


@dataclass(frozen=True)
class Trend:
    """The direction of a figure: up, down, or neither; and whether that is better, where one is."""

    up: bool | None
    better: bool | None = None


@dataclass(frozen=True)
class Spark:
    """A row of values small enough for a cell; None where a month has no value."""

    values: tuple[Fraction | None, ...]


Cell = str | Value | Rated | Trend | Spark


@dataclass(frozen=True)
class TableColumn:
    """A column of a table; its heading may hold a line break, for writers that stack headings.

    Where there is no room for all columns, that of the lowest `priority` goes first, and one of `NEEDED` never; one of
    `WANTED` or more only where there is no room for it below the row's name either.
    A column that may go `beside_title` joins the row's name where that has a line of its own. With
    `hanging_marks`, marks of provisional values stick out, so that digits stay below digits. Cells of one that
    `wraps` may run over several lines, as names do.
    """

    heading: str
    cells: tuple[Cell, ...]
    priority: int = NEEDED
    right: bool = False
    beside_title: bool = False
    hanging_marks: bool = False
    wraps: bool = False

    @property
    def name(self) -> str:
        """The heading on one line."""
        return self.heading.replace("\n", " ")


def column(
    heading: str, rows: Iterable[_Row], cell: Callable[[_Row], Cell], priority: int = NEEDED, *, right: bool = False
) -> TableColumn:
    """Return the column that has a cell for each row."""
    return TableColumn(heading, tuple(map(cell, rows)), priority, right)


def filled(columns: Iterable[TableColumn]) -> tuple[TableColumn, ...]:
    """Return the columns that say something in some row."""
    texts = (([cell.text if isinstance(cell, Value) else cell for cell in each.cells], each) for each in columns)
    return tuple(each for cells, each in texts if any(cell not in NOTHING_SAID for cell in cells))


@dataclass(frozen=True)
class Title:
    """The subject of the document, in bold, with plain lines below."""

    lines: tuple[str, ...]
    below: tuple[str, ...] = ()


@dataclass(frozen=True)
class Heading:
    """A heading of a section, which belongs to the block that follows."""

    text: str
    severity: Severity | None = None


@dataclass(frozen=True)
class Headline:
    """The one number that matters, with its rating."""

    label: str
    value: str
    rated: Rated


@dataclass(frozen=True)
class Paragraph:
    """Sentences, each on a line of its own; an empty line parts them, and "- " begins an item of a list."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """The answer in one sentence, good or bad."""

    text: str
    good: bool


@dataclass(frozen=True)
class Fact:
    """A label and what is recorded under it."""

    label: str
    value: str


@dataclass(frozen=True)
class Item:
    """One of several things, with details below it."""

    text: str
    details: tuple[str | Fact, ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True)
class Items:
    """Several things, indented, below an introduction if there is one."""

    items: tuple[Item, ...]
    introduction: str = ""


@dataclass(frozen=True)
class Steps:
    """Questions, numbered in their order, each with its answer."""

    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TableBlock:
    """Columns of equal length; the first names the rows.

    `groups` has the heading above each row, if rows are grouped; `when_empty` is said of a table
    without rows.
    """

    columns: tuple[TableColumn, ...]
    groups: tuple[str, ...] = ()
    caption: str = ""
    when_empty: str = ""


@dataclass(frozen=True)
class Point:
    """A period of a chart: its value as a number and as people read it, its target, and its rating."""

    label: str
    value: Fraction | None
    shown: Value
    rated: Rated
    target: Fraction | None
    shown_target: str


@dataclass(frozen=True)
class Chart:
    """A series of periods against their targets, on a scale that has zero on it; `note` explains the marks."""

    points: tuple[Point, ...]
    least: Fraction
    greatest: Fraction
    note: str = ""


@dataclass(frozen=True)
class ControlPoint:
    """A month of a control chart: its limits are the lower one, the mean and the upper one.

    `words` say what is to be said of it, such as its signal; one that is not settled is drawn hollow.
    """

    label: str
    value: Fraction | None
    shown: str
    settled: bool
    limits: tuple[Fraction, Fraction, Fraction] | None
    shown_limits: str
    target: Fraction | None
    words: str
    is_signal: bool = False


@dataclass(frozen=True)
class ControlChart:
    """A series of months between their limits; `shown_targets` are the targets in force, as people read them."""

    points: tuple[ControlPoint, ...]
    shown_targets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class FunnelRow:
    """A category of a funnel: its value and cases, and what is said of it, in words and as better or worse.

    `limits` are the lower and upper ones of 99.8%, outside, and of 95%, inside, in ascending order, with `shown_limits`
    as people read those of 95%; None and empty where the category is not judged.
    """

    label: str
    value: Fraction | None
    shown: str
    cases: str
    words: str
    better: bool | None = None
    limits: tuple[float, float, float, float] | None = None
    shown_limits: str = ""


@dataclass(frozen=True)
class FunnelChart:
    """Categories between the limits of each, all on one scale, with the value of the whole."""

    rows: tuple[FunnelRow, ...]
    whole: Fraction
    shown_whole: str


@dataclass(frozen=True)
class Notes:
    """Notes on the tables above: where they come from, and what is missing.

    A writer that left out columns says so in the last notes, or below the table where there are none.
    """

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Verbatim:
    """Lines that other programs or people copy from, never wrapped."""

    lines: tuple[str, ...]


Block = (
    Title
    | Heading
    | Headline
    | Paragraph
    | Verdict
    | Items
    | Steps
    | TableBlock
    | Chart
    | ControlChart
    | FunnelChart
    | Notes
    | Verbatim
)


@dataclass(frozen=True)
class Document:
    """Blocks in the order in which they are read."""

    blocks: tuple[Block, ...]
