"""The rows made so far, with the planned values, sizes and random numbers that making them needs."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import partial
from math import floor
from random import Random
from typing import Any, TypeVar

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.figures.ratings import rate, target_for
from sgkpi.model.indicator import Indicator
from sgkpi.model.periods import Month, Period, PeriodKind
from sgkpi.synth.common import LAST_DAY, day_between, iso_minute, stream
from sgkpi.synth.story.choices import SURE, by_month, marks
from sgkpi.synth.story.days import DAY, known_day
from sgkpi.synth.story.targets import APRIL, FEBRUARY, TARGETS

T = TypeVar("T")
Cell = str | int | float | bool | date | datetime | None
Cells = dict[str, Cell]


@dataclass(eq=False)
class Spell:
    """A period of a person: a plan, a case, a time in care; `end` is the first day after it."""

    person: str
    start: date
    end: date | None = None
    id: str = ""
    team: str = ""
    notes: dict[str, Any] = field(default_factory=dict)

    def open_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or self.end > day)


class Stage:
    """Holds the rows of all tables; gives planned values, sizes and random numbers."""

    def __init__(self, seed: int, scale: float, indicators: Mapping[str, Indicator]) -> None:
        self.seed = seed
        self.scale = scale
        self.indicators = indicators
        self.calendar = working_days_in_england()
        self.rows: dict[str, list[Cells]] = defaultdict(list)
        self._counts: dict[str, int] = defaultdict(int)

    def rng(self, name: str) -> Random:
        """Return the random numbers of one part, which do not depend on other parts."""
        return stream(self.seed, f"story/{name}")

    def size(self, number: float) -> int:
        """Return a number of cases at this scale: the nearest whole number, at least 1 if there are any at all."""
        return max(1, round(number * self.scale)) if number > 0 else 0

    def value(self, indicator: str, month: Month) -> float:
        """Return the planned value of an indicator in a month, as targets.py has it."""
        return TARGETS[indicator].at(month, self.rng(f"{indicator} {month}"))

    def share(self, indicator: str, month: Month) -> float:
        """Return the planned percentage as a fraction of 1."""
        return self.value(indicator, month) / 100

    def level(self, indicator: str, month: Month) -> int:
        """Return the planned number at this scale."""
        return self.size(self.value(indicator, month))

    def count(self, indicator: str, month: Month, number: int) -> int:
        """Return the planned share of a number of cases in whole cases.

        The nearest whole number, or the other one next to the share if only that is rated as the share is.
        """
        share = Fraction(str(self.value(indicator, month))) / 100
        below = floor(share * number)
        either = [cases for cases in (below + 1, below) if cases <= number]
        either.sort(key=lambda cases: abs(cases - share * number))
        definition = self.indicators.get(indicator)
        target = target_for(definition, Period(PeriodKind.MONTH, month, month)) if definition else None
        if definition and target and number:
            rating = partial(rate, improvement=definition.improvement, target=target)
            either.sort(key=lambda cases: rating(Fraction(cases, number)) is not rating(share))
        return either[0]

    def mark(
        self, rng: Random, indicator: str, month: Month, number: int, weights: Sequence[float] | None = None
    ) -> list[bool]:
        """Return a flag for each of a month's cases, true at random for the planned share."""
        return marks(rng, number, self.count(indicator, month, number), weights)

    def marked(
        self, rng: Random, indicator: str, month: Month, items: Sequence[T], weights: Sequence[float] | None = None
    ) -> list[tuple[T, bool]]:
        """Return each of a month's cases with a flag, true at random for the planned share."""
        return list(zip(items, self.mark(rng, indicator, month, len(items), weights), strict=True))

    def mark_year(self, rng: Random, indicator: str, months: Sequence[Month]) -> list[bool]:
        """Return a flag for each case of the year, by its month: true for the planned share of April's and of all."""
        in_april = months.count(APRIL)
        first = self.count(indicator, APRIL, in_april)
        every = self.count(indicator, FEBRUARY, len(months))
        of_april, of_others = marks(rng, in_april, first), marks(rng, len(months) - in_april, every - first)
        return [(of_april if month == APRIL else of_others).pop() for month in months]

    def mark_due(
        self, rng: Random, indicator: str, month: Month, dues: Sequence[date], weights: Sequence[float] | None = None
    ) -> list[bool]:
        """Return flags for steps taken in time, true for the planned share; steps due after the extract come first."""
        weights = weights or [1.0] * len(dues)
        sure = [weight * (SURE if due > LAST_DAY else 1.0) for weight, due in zip(weights, dues, strict=True)]
        return self.mark(rng, indicator, month, len(dues), sure)

    def mark_in_time(
        self,
        rng: Random,
        indicator: str,
        month: Month,
        starts: Sequence[date],
        limit: int,
        weights: Sequence[float] | None = None,
    ) -> list[bool]:
        """Return flags for steps taken within `limit` working days of their start."""
        dues = [self.calendar.add(start, limit) for start in starts]
        return self.mark_due(rng, indicator, month, dues, weights)

    def add(self, table: str, **cells: Cell) -> None:
        """Add a row to a table."""
        self.rows[table].append(cells)

    def new_id(self, letters: str) -> str:
        """Return the next identifier that begins with these letters."""
        self._counts[letters] += 1
        return f"{letters}{self._counts[letters]:06d}"

    def working_day(self, rng: Random, first: date, last: date) -> date:
        """Return a random working day from the first to the last; any day if there is none."""
        for _ in range(20):
            day = day_between(rng, first, last)
            if self.calendar.is_working_day(day):
                return day
        return day_between(rng, first, last)

    def days_in(self, rng: Random, month: Month, number: int) -> list[date]:
        """Return `number` random working days of a month, in order."""
        last = min(month.last_day, LAST_DAY)
        return sorted(self.working_day(rng, month.first_day, last) for _ in range(number))

    def after(self, rng: Random, day: date, least: int, most: int) -> date:
        """Return a random day, at least `least` and at most `most` working days after another."""
        return self.calendar.add(day, rng.randint(least, most))

    def steps(
        self, rng: Random, indicator: str, items: Iterable[T], day: Callable[[T], date], limit: int, most: int
    ) -> list[tuple[T, date | None]]:
        """Return each item with the day of its step, in time for the planned share of each month's."""
        taken = []
        for month, own in by_month(items, day):
            in_time = self.mark_in_time(rng, indicator, month, list(map(day, own)), limit)
            for item, soon in zip(own, in_time, strict=True):
                taken.append((item, self.step(rng, day(item), limit, in_time=soon, most=most)))
        return taken

    def step(self, rng: Random, day: date, limit: int, *, in_time: bool, most: int | None = None) -> date | None:
        """Return the day of a step that is due `limit` working days after a day, or None if it is after the extract.

        A step in time is at the latest two days before the extract ends, so that it is judged as planned.
        """
        if in_time:
            return max(day, min(self.after(rng, day, min(1, limit), limit), LAST_DAY - 2 * DAY))
        return known_day(self.after(rng, day, limit + 1, most or limit * 2 + 3))


def start_of(spell: Spell) -> date:
    """Return the day on which a spell begins."""
    return spell.start


def cell_text(cell: Cell) -> str:
    """Return the text of a cell in a file."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return iso_minute(cell)
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def as_date(cell: object) -> date:
    """Return the day of a cell that is known to hold a date or a moment."""
    if not isinstance(cell, date):
        raise TypeError(f"not a date: {cell!r}")
    return cell.date() if isinstance(cell, datetime) else cell
