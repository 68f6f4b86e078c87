"""The outcomes that a case can have, and how many cases have each: what every engine gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Period
from sgkpi.model.problems import Problem


@dataclass(frozen=True)
class OutcomeCount:
    """How many cases of an indicator, period and category have an outcome and reason.

    `breakdown` and `category` are None for all cases together.
    """

    indicator: str
    period: Period
    breakdown: str | None
    category: str | None
    outcome: Outcome
    reason: str | None
    cases: int


@dataclass(frozen=True)
class ValueSummary:
    """The values of the counted cases of a mean, median or maximum: exact; the median only of a median."""

    indicator: str
    period: Period
    breakdown: str | None
    category: str | None
    cases: int
    total: Fraction
    median: Fraction | None
    maximum: Fraction


@dataclass(frozen=True)
class CaseOutcome:
    """One case in one period: its outcome, and what led to it.

    `key` has one part for each column of the table's key, as first seen; where there is no key, file and row
    number. `start`, `stop` and `due` are those of the clock, as known at the as-of time (due of a clock in
    hours is a moment, else a day); `value` that of a mean, median or maximum. `categories` has one entry for
    each breakdown asked for.
    """

    indicator: str
    period: Period
    key: tuple[str, ...]
    person: str | None
    outcome: Outcome
    reason: str | None
    start: date | datetime | None = None
    stop: date | datetime | None = None
    due: date | datetime | None = None
    value: Fraction | None = None
    categories: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Unplaced:
    """Cases that belong to no period, as the date that would place them is blank or unreadable."""

    indicator: str
    blank: int
    unreadable: int


@dataclass(frozen=True)
class TableRead:
    """What was read of a table: rows that are not all blank, and cells that fit no format."""

    table: str
    files: tuple[str, ...]
    rows: int
    unreadable_cells: int


@dataclass(frozen=True)
class Ledger:
    """All that an engine gives for a plan; only outcomes that occur have a count."""

    outcomes: tuple[OutcomeCount, ...]
    values: tuple[ValueSummary, ...]
    unplaced: tuple[Unplaced, ...]
    tables: tuple[TableRead, ...]
    problems: tuple[Problem, ...] = ()
