"""Single cases with their outcomes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from sgkpi.ledger.ledger import Placed, TableRead
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Period


@dataclass(frozen=True)
class CaseOutcome:
    """One case in one period, with its outcome.

    `key` has one part for each column of the table's key, as first seen; without a key, file and row number.
    `start`, `stop` and `due` are those of the clock, as known at the as-of time (the due of a clock in hours is a
    moment, else a day). `value` and, of a ratio, `per` are the numbers of a counted case. `categories` has one entry
    for each breakdown asked for.
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
    per: Fraction | None = None
    categories: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OverdueCases(Placed):
    """The overdue cases of an indicator, period and category: how many, and when the first fell due.

    `without_due` of them have no due moment, as the start of their time is not recorded.
    """

    cases: int
    earliest_due: date | datetime | None
    without_due: int


@dataclass(frozen=True)
class FoundCases:
    """Single cases, indicator by indicator, and the tables that were read for them."""

    cases: tuple[CaseOutcome, ...]
    tables: tuple[TableRead, ...]

    def __iter__(self) -> Iterator[CaseOutcome]:
        return iter(self.cases)


def due_order(due: date | datetime | None) -> tuple[date, bool, datetime]:
    """Return the sort key of due moments: a day is due at its end, and what has none comes last."""
    match due:
        case None:
            return date.max, True, datetime.max
        case datetime():
            return due.date(), False, due
        case _:
            return due, True, datetime.max
