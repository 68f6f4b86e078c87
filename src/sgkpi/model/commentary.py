"""Commentary: what people write about a month's figures, and what they are going to do."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from sgkpi.model.periods import Month


class CommentaryKind(StrEnum):
    """The subject of a file of commentary."""

    INDICATOR = "indicator"
    SUMMARY = "summary"
    BOARD = "board"
    TEAM = "team"


class ActionState(StrEnum):
    """The state of an action."""

    NOT_STARTED = "not started"
    STARTED = "started"
    DONE = "done"


@dataclass(frozen=True)
class Action:
    """Something that somebody is going to do; `month` is that of the file that says so, `public` whether all may know.

    In a later month an action of the same words takes its place.
    """

    what: str
    month: Month
    who: str = ""
    when: date | None = None
    state: ActionState = ActionState.NOT_STARTED
    public: bool = False

    @property
    def key(self) -> str:
        """The words that tell it from other actions on the same subject."""
        return " ".join(self.what.split()).casefold()

    @property
    def is_open(self) -> bool:
        return self.state is not ActionState.DONE

    def was_due(self, as_of: datetime) -> bool:
        """Whether its day had passed at the as-of time, and it was not done."""
        return self.is_open and self.when is not None and self.when < as_of.date()


@dataclass(frozen=True)
class PointAssessment:
    """What people wrote of a point of an inspection in a month: their own judgement, the next step, or both."""

    point: int
    month: Month
    assessed: str = ""
    next_step: str = ""
    who: str = ""
    when: date | None = None
    public: bool = False

    @property
    def has_step(self) -> bool:
        return bool(self.next_step or self.who or self.when)

    def was_due(self, as_of: datetime) -> bool:
        """Whether the day of the next step had passed at the as-of time."""
        return self.when is not None and self.when < as_of.date()


@dataclass(frozen=True)
class CommentaryFile:
    """A file of commentary: `text` is Markdown as it was written, from line `text_line` of the file.

    `subject` is the id of the indicator, the name of the board or the slug of the team, and empty for a summary.
    `figure` is the value that the writer saw, as it was shown.
    """

    month: Month
    kind: CommentaryKind
    subject: str
    path: str
    text: str = ""
    text_line: int = 1
    by: str = ""
    on: date | None = None
    figure: str = ""
    public: bool = False
    actions: tuple[Action, ...] = ()
    points: tuple[PointAssessment, ...] = ()

    def is_stale(self, shown: str) -> bool:
        """Whether the writer saw another value than the one that is shown now."""
        return bool(self.figure) and _comparable(self.figure) != _comparable(shown)


@dataclass(frozen=True)
class ChartEvent:
    """Something that happened in a month, shown on the charts of these indicators, or of all if none is named."""

    month: Month
    text: str
    indicators: tuple[str, ...] = ()

    def concerns(self, indicator: str) -> bool:
        return not self.indicators or indicator in self.indicators


@dataclass(frozen=True)
class CommentaryWord:
    """A word of commentary that might be a case's key, and its place."""

    text: str
    path: str
    line: int


@dataclass(frozen=True)
class CommentaryFolder:
    """All commentary of a folder, by month.

    `words` are those that might name a case, and `sha256` is a digest of every file. With `public_only`, what is not
    marked public is passed over, but still says whether an action is done.
    """

    path: str = ""
    files: tuple[CommentaryFile, ...] = ()
    events: tuple[ChartEvent, ...] = ()
    words: tuple[CommentaryWord, ...] = ()
    sha256: str = ""
    public_only: bool = False

    @cached_property
    def _by_place(self) -> Mapping[tuple[Month, CommentaryKind, str], CommentaryFile]:
        return {(each.month, each.kind, each.subject): each for each in self.files}

    def for_public(self) -> "CommentaryFolder":
        """Return what may be published: files marked public, their actions, and no events."""
        return replace(self, events=(), public_only=True)

    def find(self, month: Month, kind: CommentaryKind, subject: str = "") -> CommentaryFile | None:
        """Return the file of a month about a subject; None if there is none that may be shown."""
        found = self._by_place.get((month, kind, subject))
        return None if found is None or (self.public_only and not found.public) else found

    def actions(self, month: Month, kind: CommentaryKind, subject: str = "") -> tuple[Action, ...]:
        """Return the actions on a subject in a month: those of its file, after those of earlier months still open."""
        known: dict[str, Action] = {}
        for each in self._until(month, kind, subject):
            known.update((action.key, action) for action in each.actions)
        return tuple(
            sorted(
                (
                    each
                    for each in known.values()
                    if (each.is_open or each.month == month) and (each.public or not self.public_only)
                ),
                key=lambda each: each.month,
            )
        )

    def assessments(self, month: Month, board: str) -> dict[int, PointAssessment]:
        """Return the latest that judges each point of a board, of this month or an earlier one, by its number."""
        return self._latest(point for point in self._points(month, board) if point.assessed)

    def steps(self, month: Month, board: str) -> dict[int, PointAssessment]:
        """Return the latest that says a next step for each point of a board, as `assessments` does."""
        return self._latest(point for point in self._points(month, board) if point.has_step)

    def _points(self, month: Month, board: str) -> Iterable[PointAssessment]:
        return (point for each in self._until(month, CommentaryKind.BOARD, board) for point in each.points)

    def _latest(self, points: Iterable[PointAssessment]) -> dict[int, PointAssessment]:
        known = {point.point: point for point in points}
        return {number: each for number, each in sorted(known.items()) if each.public or not self.public_only}

    def _until(self, month: Month, kind: CommentaryKind, subject: str) -> Iterable[CommentaryFile]:
        found = (each for each in self.files if (each.kind, each.subject) == (kind, subject) and each.month <= month)
        return sorted(found, key=lambda each: each.month)


NO_COMMENTARY = CommentaryFolder()
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def _comparable(value: str) -> Decimal | str:
    """Return the number with which a value begins, or its words.

    So `79%` is `79.0% (395 of 500 contacts)`, `1,204` is `1204`, and `3` is `3 care leavers`, as reports write them.
    """
    plain = "".join(value.split()).casefold()
    found = _NUMBER.match(plain.replace(",", "").replace("£", ""))
    return Decimal(found[0]) if found else plain
