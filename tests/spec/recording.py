"""A page remembered: what was asked of it, and what came of it. From these the documentation is made."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sgkpi.api import Results
from sgkpi.model.outcomes import Outcome

if TYPE_CHECKING:
    from tests.spec.pages import Page


@dataclass(frozen=True)
class Exhibit:
    """One question to a page and its answer; `names` are the columns or the breakdown that it asks for.

    `question` is `outcomes`, `values`, `categories`, `unplaced`, `reasons`, `known_at`, `read`, `lint` or
    `error`.
    """

    page: "Page"
    question: str
    names: tuple[str, ...]
    answer: object


@dataclass
class Seen:
    """What occurred in the results of pages: statuses and ratings of figures, outcomes, reasons for unknown."""

    statuses: set[str] = field(default_factory=set)
    ratings: set[str] = field(default_factory=set)
    outcomes: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)


class Recorder(str):
    """The name of an engine that remembers what is asked of it."""

    exhibits: list[Exhibit]
    seen: Seen

    def __new__(cls, engine: str) -> "Recorder":
        recorder = super().__new__(cls, engine)
        recorder.exhibits, recorder.seen = [], Seen()
        return recorder

    def saw(self, results: Results) -> None:
        """Results as they are computed."""
        self.seen.statuses |= {figure.status.value for figure in results.figures}
        self.seen.ratings |= {figure.rating.value for figure in results.figures}
        self.seen.outcomes |= {each for figure in results.figures for each in Outcome if getattr(figure, each)}
        self.seen.unknown |= {each.reason for each in results.reasons if each.outcome == Outcome.UNKNOWN}
