"""How many rows happen each month: a drop to nothing in the latest months is how a broken export looks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from statistics import median
from typing import Literal

from sgkpi.engines.checks import Check
from sgkpi.model.periods import MONTHS_IN_YEAR, Month, last_complete_month

# So many rows must have been expected before their lack says anything: fewer are lacking by chance now and then.
EXPECTED = 6
EXPECTED_IN_GAP = 12
USUAL_FOR_FEW = 20
FEW = Fraction(1, 4)
EventsCheck = Literal[Check.NO_EVENTS, Check.GAP_IN_EVENTS, Check.FEW_EVENTS]


@dataclass(frozen=True)
class EventsFinding:
    """Months without rows, or with few: from `first` to `last`, where `usual` rows a month came before."""

    check: EventsCheck
    first: Month
    last: Month
    rows: int
    usual: Fraction

    @property
    def months(self) -> int:
        return self.last.index - self.first.index + 1


def look_at_events(months: Mapping[Month, int], as_of: datetime, since: date | None) -> Iterator[EventsFinding]:
    """What the rows of each month say of an export, for the months complete at the as-of time.

    `since` is the day from which the table is complete; without it, from its first row on.
    """
    last = last_complete_month(as_of)
    if not months:
        return
    first = min(months) if since is None else max(min(months), Month.of(since))
    every = [(month, months.get(month, 0)) for month in _from_to(first, last)]
    for begins, ends in _empty_runs(every):
        usual = _usual(every[:begins])
        gap = ends < len(every)
        if usual * (ends - begins) >= (EXPECTED_IN_GAP if gap else EXPECTED):
            check: EventsCheck = Check.GAP_IN_EVENTS if gap else Check.NO_EVENTS
            yield EventsFinding(check, every[begins][0], every[ends - 1][0], 0, usual)
    if every:
        month, rows = every[-1]
        usual = _usual(every[:-1])
        if 0 < rows < usual * FEW and usual >= USUAL_FOR_FEW:
            yield EventsFinding(Check.FEW_EVENTS, month, month, rows, usual)


def _from_to(first: Month, last: Month) -> list[Month]:
    return [first.plus(number) for number in range(last.index - first.index + 1)]


def _empty_runs(every: list[tuple[Month, int]]) -> Iterator[tuple[int, int]]:
    """From where to where (exclusive) months without rows follow on one another."""
    begins: int | None = None
    for place, (_, rows) in enumerate(every):
        if rows == 0 and begins is None:
            begins = place
        if rows and begins is not None:
            yield begins, place
            begins = None
    if begins is not None:
        yield begins, len(every)


def _usual(before: list[tuple[Month, int]]) -> Fraction:
    """The median of the last twelve months before."""
    rows = [rows for _, rows in before[-MONTHS_IN_YEAR:]]
    return Fraction(median(rows)) if rows else Fraction(0)
