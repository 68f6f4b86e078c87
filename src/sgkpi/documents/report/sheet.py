"""The workbook of a report: what its sheets hold, apart from how they are written.

A sheet has a title, sentences, and at most one table. Numbers are numbers and not rounded; `Number` says how many
decimals are shown. Where there is no value there is a `Shorthand`, never a blank cell and never 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from sgkpi.answers.report.pack import Card
from sgkpi.documents.report.page import ChartPoint
from sgkpi.figures.figure import Rating


class Shorthand(StrEnum):
    """What a cell without a value holds, as the Government Analysis Function writes it."""

    NOT_AVAILABLE = "[x]"
    NOT_APPLICABLE = "[z]"
    SUPPRESSED = "[c]"


SHORTHAND: Mapping[Shorthand, str] = {
    Shorthand.NOT_AVAILABLE: "not available",
    Shorthand.NOT_APPLICABLE: "not applicable",
    Shorthand.SUPPRESSED: "suppressed, so that nobody can be identified",
}


class Number(NamedTuple):
    """A number, with the decimals that are shown; a share is a fraction of 1, shown as a percentage."""

    value: int | float
    decimals: int = 0
    is_share: bool = False
    signed: bool = False


# None is a blank cell, which only the columns of text in the long table may have.
SheetCell = str | Number | date | datetime | bool | Shorthand | Rating | None


@dataclass(frozen=True)
class SheetColumn:
    """A column of a sheet's table; headings are unique in it."""

    heading: str
    cells: tuple[SheetCell, ...]

    @property
    def texts(self) -> frozenset[str]:
        """The texts of its cells, each once."""
        return frozenset(cell for cell in self.cells if isinstance(cell, str))


@dataclass(frozen=True)
class Run:
    """Months of a line of `By month`: its row, from 0, and the places of the first and the last month among them."""

    row: int
    first: int
    last: int


@dataclass(frozen=True)
class MonthLine:
    """A row of `By month`, which charts draw: an indicator's values or targets, with a cell for each month.

    `row` is its place in the table, from 0.
    """

    card: Card
    name: str
    cells: tuple[SheetCell, ...]
    not_settled: SheetCell = Shorthand.NOT_APPLICABLE
    row: int = 0

    @property
    def numbers(self) -> tuple[int | float | None, ...]:
        """The numbers of the months, None where there is none."""
        return tuple(each.value if isinstance(each, Number) else None for each in self.cells)


@dataclass(frozen=True)
class SheetChart:
    """A chart of months, the first line of which is the value, with hollow points where a value is not settled.

    It begins with the month at place `first` of `By month`; `settled` says of every month whether its value is, and is
    true where there is none. `scale` are the points that its scale has room for.
    `description` is for readers who do not see it.
    """

    title: str
    description: str
    first: int
    lines: tuple[MonthLine, ...]
    target: MonthLine | None
    settled: tuple[bool, ...]
    scale: tuple[ChartPoint, ...]
    is_share: bool


@dataclass(frozen=True)
class Sheet:
    """A sheet: `sentences` say what it holds, `when_empty` why it holds nothing; `shorthand` what each means here.

    `charts` stand below the sentences of a sheet without a table; `sparklines` beside the rows of one.
    """

    name: str
    title: str
    sentences: tuple[str, ...]
    when_empty: str = ""
    columns: tuple[SheetColumn, ...] = ()
    shorthand: Mapping[Shorthand, str] | None = None
    charts: tuple[SheetChart, ...] = ()
    sparklines: tuple[Run | None, ...] = ()
    filters: bool = False

    @property
    def rows(self) -> int:
        return len(self.columns[0].cells) if self.columns else 0

    @property
    def is_empty(self) -> bool:
        return not self.rows and not self.charts

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The sentences below the title, the last of which explain the shorthand that the table uses."""
        used = {cell for column in self.columns for cell in column.cells if isinstance(cell, Shorthand)}
        meanings = {**SHORTHAND, **(self.shorthand or {})}
        first = (self.when_empty,) if self.is_empty and self.when_empty else self.sentences
        return (*first, *(f"{each} means {meanings[each]}." for each in Shorthand if each in used))

    @property
    def header_row(self) -> int:
        """The row of the table's header, from 0."""
        return 1 + len(self.lines)


class CoverKind(StrEnum):
    """The kinds of line on the cover."""

    HEADING = "heading"
    TEXT = "text"
    LINK = "link"


@dataclass(frozen=True)
class CoverLine:
    """A line of the cover; a link leads to the sheet that is named `target`."""

    text: str
    kind: CoverKind = CoverKind.TEXT
    target: str = ""


@dataclass(frozen=True)
class ReportWorkbook:
    """The workbook of a report, whose cover comes before its sheets; `made` is its only date, the as-of time."""

    title: str
    subject: str
    author: str
    marking: str
    made: datetime
    cover: tuple[CoverLine, ...]
    sheets: tuple[Sheet, ...]


def columns(headings: Sequence[str], rows: Sequence[Sequence[SheetCell]]) -> tuple[SheetColumn, ...]:
    """Return rows as columns under these headings."""
    return tuple(SheetColumn(heading, tuple(row[place] for row in rows)) for place, heading in enumerate(headings))
