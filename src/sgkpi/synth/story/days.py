"""Months of the extract, and arithmetic of days."""

from datetime import date, datetime, time, timedelta
from random import Random

from sgkpi.model.periods import Month
from sgkpi.synth.common import LAST_DAY, with_time
from sgkpi.synth.story.targets import APRIL, FEBRUARY

DAY = timedelta(days=1)
# The year to which indicators look back, and the months that have planned values.
YEAR_BEFORE = tuple(APRIL.plus(-back) for back in range(12, 0, -1))
MONTHS = tuple(APRIL.plus(place) for place in range(FEBRUARY.index - APRIL.index + 1))
ALL_MONTHS = YEAR_BEFORE + MONTHS
MARCH = FEBRUARY.plus(1)  # has just begun when the extract is made
NEVER = date(2100, 1, 1)


def months_from(first: Month) -> tuple[Month, ...]:
    """Return the months from `first`, in YEAR_BEFORE or MONTHS, to February 2019."""
    return tuple(month for month in ALL_MONTHS if month >= first)


def months_in(text: str) -> tuple[Month, ...]:
    """Return the months of a text: `2018-04 2018-06`."""
    return tuple(map(Month.parse, text.split()))


def plus_months(day: date, months: int) -> date:
    """Return the day `months` later, or the last day of a month that is too short for it."""
    month = Month.of(day).plus(months)
    return date(month.year, month.month, min(day.day, month.last_day.day))


def days_later(rng: Random, day: date, least: int, most: int) -> date:
    """Return a random day, at least `least` and at most `most` days after another."""
    return day + timedelta(days=rng.randint(least, most))


def days_earlier(rng: Random, day: date, least: int, most: int) -> date:
    """Return a random day, at least `least` and at most `most` days before another."""
    return day - timedelta(days=rng.randint(least, most))


def known_day(day: date | None) -> date | None:
    """Return a day, or None if it is after the extract's last."""
    return day if day is not None and day <= LAST_DAY else None


def at_office(rng: Random, day: date) -> datetime:
    """Return a random moment of a day in office hours."""
    return with_time(datetime.combine(day, time(9)) + timedelta(minutes=rng.randrange(8 * 60)))
