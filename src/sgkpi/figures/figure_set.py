"""`FigureSet`: all that an output of figures may see."""

from dataclasses import dataclass
from datetime import datetime

from sgkpi.figures.figure import Figure, ReasonCount
from sgkpi.ledger.ledger import TableRead, Unplaced
from sgkpi.model.indicator import Indicator
from sgkpi.model.problems import Problem
from sgkpi.model.request import AsOfSource
from sgkpi.planning.availability import Unavailable


@dataclass(frozen=True)
class FigureSet:
    """Figures in the order of the long table, and what they rest on.

    Every output of figures is made from a figure set alone, so that a rule applied to it holds everywhere.
    `indicators` are the definitions that were computed, `unavailable` those that the extract cannot carry.
    `source` is the extract's own description of itself; `problems` are warnings about it.
    """

    figures: tuple[Figure, ...]
    reasons: tuple[ReasonCount, ...]
    indicators: tuple[Indicator, ...]
    unavailable: tuple[Unavailable, ...]
    unplaced: tuple[Unplaced, ...]
    tables: tuple[TableRead, ...]
    source: str | None
    as_of: datetime
    as_of_source: AsOfSource
    problems: tuple[Problem, ...] = ()
