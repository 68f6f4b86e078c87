"""Months with few rows or none: a broken export looks like a drop to nothing in the latest months."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import groupby
from statistics import median
from typing import Literal

from sgkpi.engines.checks import Check
from sgkpi.figures.numbers import show_count
from sgkpi.model.periods import MONTHS_IN_YEAR, Month, last_complete_month
from sgkpi.model.table import Table
from sgkpi.model.words import plural

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

    def describe(self, table: Table) -> str:
        """Return one sentence on the months that lack rows."""
        when = str(self.first) if self.first == self.last else f"{self.first} to {self.last}"
        before = f"{show_count(self.usual)} a month was usual in the twelve months before"
        if self.check is Check.FEW_EVENTS:
            return f"only {plural(self.rows, 'row')} of {when}: {before}"
        if self.check is Check.NO_EVENTS:
            when += ", the latest complete month" if self.months == 1 else ", the latest complete months"
        return f"no row has its '{table.label_of(str(table.happened))}' in {when}: {before}"


def look_at_events(months: Mapping[Month, int], as_of: datetime, since: date | None) -> Iterator[EventsFinding]:
    """Yield the months that lack rows, of those complete at the as-of time.

    `since` is the day from which the table is complete; without it, from its first row on.
    """
    last = last_complete_month(as_of)
    if not months:
        return
    first = min(months) if since is None else max(min(months), Month.of(since))
    listed = [first.plus(number) for number in range(last.index - first.index + 1)]
    every = [(month, months.get(month, 0)) for month in listed]
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


def _empty_runs(every: list[tuple[Month, int]]) -> Iterator[tuple[int, int]]:
    """Yield the place where each run of months without rows begins, and where it ends (exclusive)."""
    for is_empty, run in groupby(enumerate(every), key=lambda each: each[1][1] == 0):
        places = [place for place, _ in run]
        if is_empty:
            yield places[0], places[-1] + 1


def _usual(before: list[tuple[Month, int]]) -> Fraction:
    """Return the median of the last twelve months before."""
    rows = [rows for _, rows in before[-MONTHS_IN_YEAR:]]
    return Fraction(median(rows)) if rows else Fraction(0)
