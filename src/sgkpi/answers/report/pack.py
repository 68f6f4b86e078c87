"""The model of a report: every figure, sentence and sheet of it is made from one pack, whatever its format."""

from dataclasses import dataclass
from enum import StrEnum

from sgkpi.answers.board import BoardState
from sgkpi.answers.check.findings import QualityReport
from sgkpi.answers.overview import Overview
from sgkpi.figures.figure import Figure
from sgkpi.figures.figure_set import FigureSet
from sgkpi.figures.signals import Icon, JudgedMonth
from sgkpi.model.commentary import NO_COMMENTARY, Action, ChartEvent, CommentaryFile, CommentaryFolder
from sgkpi.model.indicator import Indicator
from sgkpi.model.periods import Month
from sgkpi.model.selection import EVERY, Selection
from sgkpi.snapshots.restatement import FigureLedger


class ReportKind(StrEnum):
    """The kinds of report, by their readers."""

    BOARD = "board"
    INDICATOR = "indicator"
    TEAM = "team"
    QUALITY = "quality"
    IMPROVEMENT = "improvement"


@dataclass(frozen=True)
class Card:
    """An indicator in a report.

    `overview` is what `show` says of it for the report's month; in a team's report it is of the team's cases alone.
    Its breakdowns are those that the report shows. `months` are the figures of the report's months, the oldest first:
    of all cases, or of the team's. `council` has the same months of all cases in a team's report, and is else empty.
    """

    overview: Overview
    months: tuple[Figure, ...]
    council: tuple[Figure, ...] = ()
    commentary: CommentaryFile | None = None
    actions: tuple[Action, ...] = ()
    events: tuple[ChartEvent, ...] = ()

    @property
    def indicator(self) -> Indicator:
        return self.overview.indicator

    @property
    def figure(self) -> Figure:
        """The figure of the report's month."""
        return self.overview.figure

    @property
    def icon(self) -> Icon | None:
        """The reading of the latest settled month on the control chart; None in a team's report, which has none."""
        return None if self.overview.series is None else self.overview.series.icon

    @property
    def judged(self) -> tuple[JudgedMonth, ...]:
        """The months on their control chart."""
        return () if self.overview.series is None else tuple(each.judged for each in self.overview.series.months)


@dataclass(frozen=True)
class Restatements:
    """The figures of earlier months that are others than a snapshot has, with the causes of each change.

    `since` names the snapshot. `not_followed` are the indicators whose cases could not be followed, with the reasons.
    """

    since: str
    ledgers: tuple[FigureLedger, ...]
    not_followed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Theme:
    """Cards under one heading; `name` is the theme as definitions have it."""

    name: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Pack:
    """A report, computed once for all of its formats.

    `months` are those of its charts, its own `month` last. `figures` are those that it shows or compares with, `cards`
    the indicators in the order of themes and titles. `quality` is what `check` finds, None in a report that does not
    speak of it; `restated` is None without a snapshot to compare with. `team` is the category that a team's report is
    about, and `slug` its name as that of a file. `command` makes the report again; it names no file, as these differ
    from machine to machine. `selection` chose its indicators. `board` are the points of the inspection, with what
    people say about them; `summary` and `actions` are what they say about the whole: the month, or the team.
    """

    kind: ReportKind
    month: Month
    months: tuple[Month, ...]
    authority: str
    marking: str
    figures: FigureSet
    cards: tuple[Card, ...]
    command: str
    quality: QualityReport | None = None
    restated: Restatements | None = None
    team: str | None = None
    slug: str = ""
    board: BoardState | None = None
    selection: Selection = EVERY
    commentary: CommentaryFolder = NO_COMMENTARY
    summary: CommentaryFile | None = None
    actions: tuple[Action, ...] = ()

    @property
    def themes(self) -> tuple[Theme, ...]:
        """The cards under the headings of their themes; both keep their order."""
        found: dict[str, list[Card]] = {}
        for card in self.cards:
            found.setdefault(card.indicator.theme, []).append(card)
        return tuple(Theme(name, tuple(own)) for name, own in found.items())
