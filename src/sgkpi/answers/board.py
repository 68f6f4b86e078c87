"""`board`: the points of an inspection, each with what its indicators measure and what people say of it.

No overall status of a point is worked out. The worst rated of its leads is shown; the judgement is people's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sgkpi.answers.compute import compute_resolved, with_signals
from sgkpi.answers.inputs import engine_named
from sgkpi.answers.mentions import check_names_no_case
from sgkpi.engines.protocol import Progress
from sgkpi.extracts.extract import Extract
from sgkpi.figures.figure import Figure, Rating
from sgkpi.figures.figure_set import FigureSet
from sgkpi.figures.signals import Icon
from sgkpi.model.board import Board, BoardPoint
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.commentary import (
    NO_COMMENTARY,
    Action,
    CommentaryFile,
    CommentaryFolder,
    CommentaryKind,
    PointAssessment,
)
from sgkpi.model.indicator import Indicator
from sgkpi.model.periods import Month, PeriodKind, periods_for
from sgkpi.model.request import Request
from sgkpi.planning.request import resolve

RECENT_MONTHS = 6
_WORST_FIRST = (Rating.RED, Rating.AMBER, Rating.GREEN, Rating.NOT_RATED)


@dataclass(frozen=True)
class BoardRequest:
    """A board that is asked for; without a month, the last complete one at the as-of time."""

    board: Board
    month: Month | None = None
    as_of: datetime | None = None
    commentary: CommentaryFolder = NO_COMMENTARY


@dataclass(frozen=True)
class PointIndicator:
    """An indicator as a board shows it.

    `now` is the figure of the board's month, and `at_inspection` that of the month that the inspection saw, None where
    this is later or had not begun. `recent` are the last six months, and `icon` how the months stand on their control
    chart. Where the extract cannot carry the indicator there are no figures, and `unavailable` says why.
    """

    id: str
    title: str
    is_lead: bool
    now: Figure | None = None
    at_inspection: Figure | None = None
    recent: tuple[Figure, ...] = ()
    icon: Icon | None = None
    unavailable: str = ""

    @property
    def rating(self) -> Rating:
        return self.now.rating if self.now else Rating.NOT_RATED

    @property
    def months_in_target(self) -> int:
        """The number of the last six months that reached their target."""
        return sum(each.rating is Rating.GREEN for each in self.recent)

    @property
    def months_rated(self) -> int:
        """The number of the last six months that have a rating."""
        return sum(each.rating is not Rating.NOT_RATED for each in self.recent)


@dataclass(frozen=True)
class PointState:
    """A point of an inspection in a month.

    `assessment` is the latest in which people judge it, and `step` the latest with a next step, perhaps of an earlier
    month; None without any.
    """

    point: BoardPoint
    indicators: tuple[PointIndicator, ...]
    assessment: PointAssessment | None = None
    step: PointAssessment | None = None

    @property
    def shown(self) -> PointIndicator | None:
        """The worst rated lead, the first of several; None where none is rated."""
        rated = [each for each in self.indicators if each.is_lead and each.rating is not Rating.NOT_RATED]
        return min(rated, key=lambda each: _WORST_FIRST.index(each.rating), default=None)

    @property
    def worst_first(self) -> tuple[PointIndicator, ...]:
        """The lead that is shown, the other leads and the supporting indicators, each in the order of the board."""
        return tuple(sorted(self.indicators, key=lambda each: (not each.is_lead, each is not self.shown)))


@dataclass(frozen=True)
class BoardState:
    """A board in a month: the state of its points, and the actions that its commentary lists."""

    board: Board
    month: Month
    figures: FigureSet
    points: tuple[PointState, ...]
    commentary: CommentaryFolder = NO_COMMENTARY

    @property
    def note(self) -> CommentaryFile | None:
        """The commentary of the month on the board as a whole; None if there is none."""
        return self.commentary.find(self.month, CommentaryKind.BOARD, self.board.name)

    @property
    def actions(self) -> tuple[Action, ...]:
        """The actions on the board as a whole: those of the month, and earlier ones still open."""
        return self.commentary.actions(self.month, CommentaryKind.BOARD, self.board.name)


def improvement_board(
    extract: Extract,
    catalogue: Catalogue,
    asked: BoardRequest,
    *,
    engine: str = "duckdb",
    progress: Progress | None = None,
    show_values: bool = False,
) -> BoardState:
    """Return the board that is asked for. An indicator that the extract cannot carry is listed with the reason.

    Raises what `compute` raises, and DefinitionsError where the commentary names a case.
    """
    check_names_no_case(asked.commentary, extract)
    runner, board = engine_named(engine), asked.board
    own = {name: catalogue.indicators[name] for name in sorted(board.indicators)}
    request = Request((), [asked.month] if asked.month else None, as_of=asked.as_of)
    first = resolve(extract, replace(catalogue, indicators=own), request, runner.events)
    shown = first.months[0]
    resolved = with_signals(first.over(periods_for([PeriodKind.MONTH], months_of_board(board, shown))))
    figures = compute_resolved(resolved, runner, progress=progress, show_values=show_values)
    points = point_states(board, own, figures, shown, asked.commentary)
    return BoardState(board, shown, figures, points, asked.commentary)


def months_of_board(board: Board, month: Month) -> tuple[Month, ...]:
    """Return the months whose figures a board needs: the last six, and that which the inspection saw."""
    recent = {month.plus(-back) for back in range(RECENT_MONTHS)}
    return tuple(sorted(recent | ({board.since} if board.since <= month else set())))


def point_states(
    board: Board,
    indicators: Mapping[str, Indicator],
    figures: FigureSet,
    month: Month,
    commentary: CommentaryFolder = NO_COMMENTARY,
) -> tuple[PointState, ...]:
    """Return the state of each point of a board in a month.

    There must be figures of `months_of_board`, with signals for the month; an indicator without any is unavailable.
    """
    totals = {
        (each.indicator, each.period.last): each
        for each in figures.figures
        if each.breakdown is None and each.period.kind is PeriodKind.MONTH
    }
    reasons = {each.indicator: each.reason for each in figures.unavailable}
    icons = {each.indicator.id: each.icon for each in figures.signals if each.breakdown is None}

    def state_of(name: str, *, is_lead: bool) -> PointIndicator:
        title, now = indicators[name].title, totals.get((name, month))
        if now is None:
            return PointIndicator(name, title, is_lead, unavailable=reasons.get(name, "is not in the figures"))
        recent = (totals.get((name, month.plus(-back))) for back in reversed(range(RECENT_MONTHS)))
        return PointIndicator(
            id=name,
            title=title,
            is_lead=is_lead,
            now=now,
            at_inspection=totals.get((name, board.since)) if board.since <= month else None,
            recent=tuple(each for each in recent if each is not None),
            icon=icons.get(name),
        )

    assessments, steps = commentary.assessments(month, board.name), commentary.steps(month, board.name)
    return tuple(
        PointState(
            point,
            (
                *(state_of(name, is_lead=True) for name in point.indicators),
                *(state_of(name, is_lead=False) for name in point.supporting),
            ),
            assessments.get(point.number),
            steps.get(point.number),
        )
        for point in board.points
    )
