"""`FigureSet`: figures and all that they rest on, the input of every output."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sgkpi.figures.figure import Figure
from sgkpi.figures.series import Series
from sgkpi.ledger.ledger import Placed, TableRead, Unplaced
from sgkpi.model.indicator import Indicator
from sgkpi.model.problems import Problem
from sgkpi.model.request import AsOfSource
from sgkpi.planning.availability import Unavailable, UnavailableBreakdown


@dataclass(frozen=True)
class ReasonCount(Placed):
    """The number of cases of a figure that have an outcome for a named reason."""

    outcome: str
    reason: str
    cases: int


@dataclass(frozen=True)
class Caution:
    """A warning that belongs beside an indicator's figures."""

    indicator: str
    code: str
    message: str


@dataclass(frozen=True)
class FigureSet:
    """Figures in the order of the long table, and what they rest on.

    Every output of figures is made from a figure set alone, so that a rule applied to it holds everywhere.
    `indicators` are the definitions that were computed, `unavailable` those that the extract cannot carry,
    `unavailable_breakdowns` the breakdowns of the others that it cannot.
    `declarations` are the digests of the tables' declarations by name, `holidays_sha256` that of the closure days.
    `source` is the extract's own description of itself; `problems` are warnings about it. `signals` are the series
    whose signals were asked for.
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
    unavailable_breakdowns: tuple[UnavailableBreakdown, ...] = ()
    declarations: Mapping[str, str] = field(default_factory=dict)
    holidays_sha256: str | None = None
    cautions: tuple[Caution, ...] = ()
    signals: tuple[Series, ...] = ()
