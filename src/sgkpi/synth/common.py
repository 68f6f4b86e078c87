"""The days of the synthetic extract, and random choices with exact totals."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from random import Random

from sgkpi.model.calendar import WorkingDays
from sgkpi.model.periods import Month

FIRST_DAY = date(2018, 4, 1)
REFERENCE_DAY = date(2019, 2, 28)
LAST_DAY = date(2019, 3, 3)
EXTRACTED_AT = datetime(2019, 3, 4, 7)
# England and Wales, from a year before the first day to the last.
_BEFORE = "2017-04-14 2017-04-17 2017-05-01 2017-05-29 2017-08-28 2017-12-25 2017-12-26 2018-01-01 2018-03-30"
_BANK_HOLIDAYS = f"{_BEFORE} 2018-04-02 2018-05-07 2018-05-28 2018-08-27 2018-12-25 2018-12-26 2019-01-01"
WORKING_DAYS = WorkingDays(lambda _: (), map(date.fromisoformat, _BANK_HOLIDAYS.split()))
OPENS, CLOSES = time(8, 30), time(18)


def days_of(month: Month) -> Iterator[date]:
    """Return the days of a month up to the day of the extract."""
    day = month.first_day
    while day <= min(month.last_day, LAST_DAY):
        yield day
        day += timedelta(days=1)


def in_office_hours(moment: datetime) -> bool:
    """Whether a moment is in office hours."""
    return WORKING_DAYS.is_working_day(moment.date()) and OPENS <= moment.time() <= CLOSES


def day_between(rng: Random, first: date, last: date) -> date:
    """Return a random day from the first to the last; the first if the last is earlier."""
    return first + timedelta(days=rng.randint(0, max(0, (last - first).days)))


def with_time(moment: datetime) -> datetime:
    """Return a moment that is not midnight, which would be read as a date without a time of day."""
    return moment + timedelta(minutes=7) if moment.time() == time.min else moment


def known(moment: datetime | None) -> datetime | None:
    """Return a moment if it is not after the extract was made, else None."""
    return moment if moment and moment <= EXTRACTED_AT else None


def iso_day(day: date | None) -> str:
    """Return a date as `2019-02-05`, or nothing."""
    return day.isoformat() if day else ""


def iso_minute(moment: datetime | None) -> str:
    """Return a moment as `2019-02-05 14:30`, or nothing."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def british_minute(moment: datetime | None) -> str:
    """Return a moment as `05/02/2019 14:30`, or nothing."""
    return f"{moment:%d/%m/%Y %H:%M}" if moment else ""


def stream(seed: int, name: str) -> Random:
    """Return the random numbers of one table, which do not depend on other tables."""
    return Random(f"sgkpi/{seed}/{name}")  # noqa: S311 (nothing here is secret)


def scaled(number: int, scale: float) -> int:
    """Return a number for another scale: the nearest whole number, at least 1."""
    return max(1, int(number * scale + 0.5))


def pick(rng: Random, weights: Mapping[str, int]) -> str:
    """Return one of the names, with probability by weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


class Quota:
    """Chooses an exact number of items from a total, one after another, each with the same probability.

    Items may come in groups that are chosen together, but the last few must come one by one.
    """

    def __init__(self, total: int, chosen: int) -> None:
        self.total = total
        self.chosen = chosen

    def take(self, rng: Random, size: int = 1) -> bool:
        """Return whether the next group of items is chosen."""
        must = self.chosen > self.total - size
        may = self.chosen >= size
        taken = must or (may and rng.random() * self.total < self.chosen)
        self.total -= size
        self.chosen -= size if taken else 0
        return taken


def in_random_order(rng: Random, counts: Mapping[str, int]) -> Iterator[str]:
    """Yield every kind as often as its count, in random order."""
    left = dict(counts)
    while any(left.values()):
        kind = pick(rng, left)
        left[kind] -= 1
        yield kind
