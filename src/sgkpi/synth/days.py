"""The days that the synthetic extract covers: months, working days and office hours."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from sgkpi.model.periods import Month

FIRST_DAY = date(2018, 4, 1)
REFERENCE_DAY = date(2019, 2, 28)
LAST_DAY = date(2019, 3, 3)
EXTRACTED_AT = datetime(2019, 3, 4, 7)
SATURDAY = 5
# England and Wales, from the first day to the last.
BANK_HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in ("2018-04-02", "2018-05-07", "2018-05-28", "2018-08-27", "2018-12-25", "2018-12-26", "2019-01-01")
)
OPENS, CLOSES = time(8, 30), time(18)


def days_of(month: Month) -> Iterator[date]:
    """The days of a month that had passed when the extract was made."""
    day = month.first_day
    while day <= min(month.last_day, LAST_DAY):
        yield day
        day += timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Whether offices are open: Monday to Friday, and no bank holiday."""
    return day.weekday() < SATURDAY and day not in BANK_HOLIDAYS


def plus_working_days(day: date, number: int) -> date:
    """The day so many working days later."""
    while number > 0:
        day += timedelta(days=1)
        number -= is_working_day(day)
    return day


def in_office_hours(moment: datetime) -> bool:
    """Whether somebody sits in the office."""
    return is_working_day(moment.date()) and OPENS <= moment.time() <= CLOSES


def day_between(rng: Random, first: date, last: date) -> date:
    """Some day from the first to the last; the first when the last is earlier."""
    return first + timedelta(days=rng.randint(0, max(0, (last - first).days)))


def with_time(moment: datetime) -> datetime:
    """A moment that is not exactly midnight, which would read as a date without a time of day."""
    return moment + timedelta(minutes=7) if moment.time() == time.min else moment


def known(moment: datetime | None) -> datetime | None:
    """A moment if it had come when the extract was made."""
    return moment if moment and moment <= EXTRACTED_AT else None


def iso_day(day: date | None) -> str:
    """A date as `2019-02-05`, nothing for none."""
    return day.isoformat() if day else ""


def iso_minute(moment: datetime | None) -> str:
    """A moment as `2019-02-05 14:30`, nothing for none."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def british_minute(moment: datetime | None) -> str:
    """A moment as `05/02/2019 14:30`, nothing for none."""
    return f"{moment:%d/%m/%Y %H:%M}" if moment else ""
