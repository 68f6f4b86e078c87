"""The stage of the story: its days, its sizes, its random numbers, and the rows that have been made so far."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence, Sized
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.model.periods import Month
from sgkpi.synth.common import LAST_DAY, day_between, stream, with_time
from sgkpi.synth.story.targets import APRIL, FEBRUARY, TARGETS

T = TypeVar("T")
K = TypeVar("K")
G = TypeVar("G", bound=Sized)
Cell = str | int | float | bool | date | datetime | None
Cells = dict[str, Cell]
DAY = timedelta(days=1)
# The year to which indicators look back, and the months that the story tells.
YEAR_BEFORE = tuple(APRIL.plus(-back) for back in range(12, 0, -1))
MONTHS = tuple(APRIL.plus(place) for place in range(FEBRUARY.index - APRIL.index + 1))
ALL_MONTHS = YEAR_BEFORE + MONTHS


@dataclass(eq=False)
class Spell:
    """A period in the life of a person: a plan, a case, a time in care; `end` is the first day without it."""

    person: str
    start: date
    end: date | None = None
    id: str = ""
    team: str = ""
    notes: dict[str, Any] = field(default_factory=dict)

    def open_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or self.end > day)


class Stage:
    """Holds the rows of all tables, and gives sizes, values of the story and random numbers."""

    def __init__(self, seed: int, scale: float) -> None:
        self.seed = seed
        self.scale = scale
        self.calendar = working_days_in_england()
        self.rows: dict[str, list[Cells]] = defaultdict(list)
        self._counts: dict[str, int] = defaultdict(int)

    def rng(self, name: str) -> Random:
        """Return the random numbers of one part of the story."""
        return stream(self.seed, f"story/{name}")

    def size(self, number: float) -> int:
        """Return a number of cases at this scale: the nearest whole number, at least 1 if there are any at all."""
        return max(1, round(number * self.scale)) if number > 0 else 0

    def value(self, indicator: str, month: Month) -> float:
        """Return what the story says of an indicator in a month, as it is written there."""
        return TARGETS[indicator].at(month, self.rng(f"{indicator} {month}"))

    def share(self, indicator: str, month: Month) -> float:
        """Return a percentage of the story as a fraction of 1."""
        return self.value(indicator, month) / 100

    def level(self, indicator: str, month: Month) -> int:
        """Return a number of the story at this scale."""
        return self.size(self.value(indicator, month))

    def count(self, indicator: str, month: Month, number: int) -> int:
        """Return how many of a month's cases the story's share is: the nearest whole number."""
        return whole(self.share(indicator, month), number)

    def mark(
        self, rng: Random, indicator: str, month: Month, number: int, weights: Sequence[float] | None = None
    ) -> list[bool]:
        """Return for each of a month's cases whether it is one of those that the story's share counts."""
        return marks(rng, number, self.count(indicator, month, number), weights)

    def mark_in_time(
        self,
        rng: Random,
        indicator: str,
        month: Month,
        starts: Sequence[date],
        limit: int,
        weights: Sequence[float] | None = None,
    ) -> list[bool]:
        """Return which steps are taken within so many working days; those that are not due yet are in time."""
        weights = weights or [1.0] * len(starts)
        sure = [self.calendar.add(start, limit) > LAST_DAY for start in starts]
        each = [weight * (1e9 if now else 1.0) for weight, now in zip(weights, sure, strict=True)]
        return self.mark(rng, indicator, month, len(starts), each)

    def add(self, table: str, **cells: Cell) -> Cells:
        """Add a row to a table."""
        self.rows[table].append(cells)
        return cells

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

    def days_in(self, rng: Random, month: Month, number: int, first: date | None = None) -> list[date]:
        """Return so many working days of a month, in order."""
        begin, end = max(first or month.first_day, month.first_day), min(month.last_day, LAST_DAY)
        return sorted(self.working_day(rng, begin, end) for _ in range(number))

    def after(self, rng: Random, day: date, least: int, most: int) -> date:
        """Return a day between so many working days after another."""
        return self.calendar.add(day, rng.randint(least, most))

    def step(self, rng: Random, day: date, limit: int, *, in_time: bool, most: int | None = None) -> date | None:
        """Return when a step was taken that is due so many working days after a day; None if it is not known yet.

        What is in time is brought forward to the last day that the extract knows, so that it is judged as planned.
        """
        if in_time:
            return max(day, min(self.after(rng, day, min(1, limit), limit), LAST_DAY - 2 * DAY))
        return known_day(self.after(rng, day, limit + 1, most or limit * 2 + 3))


def cell_text(cell: Cell) -> str:
    """Return a cell as it is written in a file."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M}"
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def as_date(cell: object) -> date:
    """Return a cell that is known to hold a date."""
    if not isinstance(cell, date):
        raise TypeError(f"not a date: {cell!r}")
    return cell


def known_day(day: date | None) -> date | None:
    """Return a day that the extract knows of; None for a later one."""
    return day if day is not None and day <= LAST_DAY else None


def at_office(rng: Random, day: date) -> datetime:
    """Return a moment of a day in office hours."""
    return with_time(datetime.combine(day, time(9)) + timedelta(minutes=rng.randrange(8 * 60)))


def whole(share: float, number: int) -> int:
    """Return the whole number of cases that is nearest to a share of them."""
    return min(number, max(0, int(share * number + 0.5)))


def chosen(rng: Random, items: Iterable[T], number: int, weight: Callable[[T], float] | None = None) -> list[T]:
    """Return so many of the items, in random order; those with more weight are more likely."""
    pool = list(items)
    if weight is None:
        return rng.sample(pool, min(max(0, number), len(pool)))
    keys = sorted(
        ((rng.random() ** (1 / max(weight(item), 1e-9)), place) for place, item in enumerate(pool)), reverse=True
    )
    return [pool[place] for _, place in keys[: max(0, number)]]


def marks(rng: Random, number: int, count: int, weights: Sequence[float] | None = None) -> list[bool]:
    """Return a list in which so many of the places are true."""
    true = set(chosen(rng, range(number), count, None if weights is None else weights.__getitem__))
    return [place in true for place in range(number)]


def take(rng: Random, groups: Iterable[G], number: int, weight: Callable[[G], float] | None = None) -> list[G]:
    """Return groups that have so many members together, as near as their sizes allow."""
    pool, taken = list(groups), []
    for group in chosen(rng, pool, len(pool), weight):
        if len(group) <= number:
            taken.append(group)
            number -= len(group)
    return taken


def grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Return the items by key, in their order."""
    groups: dict[K, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return dict(groups)


def by_month(items: Iterable[T], day: Callable[[T], date]) -> list[tuple[Month, list[T]]]:
    """Return the items by the month of a day of theirs, in their order."""
    return list(grouped(items, lambda item: Month.of(day(item))).items())


def plus_months(day: date, months: int) -> date:
    """Return the day so many months later, clamped to the end of the month, as clocks in months do."""
    month = Month.of(day).plus(months)
    return date(month.year, month.month, min(day.day, month.last_day.day))
