"""Working days: Monday to Friday, without England's bank holidays and local closure days.

The bank holidays come from the `holidays` library, which is imported when a year is first asked
for, so that a program that needs no working days does not pay for it, and once for all its runs where
what it gave may be kept.
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from importlib.metadata import version

from sgkpi.model.cache import kept
from sgkpi.model.errors import ExtractError

SATURDAY = 5
DAYS_IN_WEEK = 7
WORKING_DAYS_IN_WEEK = 5
_ONE_DAY = timedelta(days=1)
# The first Bank Holidays Act is of 1871: before it there were none.
FIRST_YEAR = 1872


class WorkingDays:
    """England's working days, less an organisation's own closure days.

    Every method raises ExtractError for a date past the last year whose bank holidays are known.
    """

    def __init__(self, closures: Iterable[date] = ()) -> None:
        self._closures = frozenset(closures)
        self._closed_weekdays: dict[int, tuple[date, ...]] = {}

    def is_working_day(self, day: date) -> bool:
        """Whether a day is Monday to Friday and neither bank holiday nor closure day."""
        return day not in self._closed(day.year) and not _is_weekend(day)

    def add(self, day: date, working_days: int) -> date:
        """The Nth working day after a day (before it, where negative); the day itself for none."""
        step = _ONE_DAY if working_days > 0 else -_ONE_DAY
        for _ in range(abs(working_days)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`; negative when `last` is the earlier."""
        if last < first:
            return -self.between(last, first)
        closed = sum(
            bisect_right(days, last) - bisect_right(days, first)
            for days in map(self._closed, range(first.year, last.year + 1))
        )
        return _weekdays_up_to(last) - _weekdays_up_to(first) - closed

    def calendar(self, first: date, last: date) -> list[date]:
        """The days from `first` to `last`, both included, that are no working days, in order."""
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in days if not self.is_working_day(day)]

    def closed_weekdays(self, first: date, last: date) -> list[date]:
        """The weekdays from `first` to `last`, both included, that are bank holidays or closure days."""
        every = (day for year in range(first.year, last.year + 1) for day in self._closed(year))
        return [day for day in every if first <= day <= last]

    def _closed(self, year: int) -> tuple[date, ...]:
        """The weekdays of a year that are no working days, in order."""
        if year not in self._closed_weekdays:
            own = {day for day in self._closures if day.year == year and not _is_weekend(day)}
            self._closed_weekdays[year] = tuple(sorted(own | _bank_holidays_of(year)))
        return self._closed_weekdays[year]


@cache
def last_known_day() -> date:
    """The last day for which bank holidays are known."""
    return date(max(_bank_holidays()), 12, 31)


def _bank_holidays_of(year: int) -> frozenset[date]:
    """England's bank holidays of a year that fall on a weekday."""
    if year > last_known_day().year:
        raise ExtractError(
            f"working days are known up to {last_known_day():%Y}, and a date of {year} needs them; "
            "look for a mistyped date in the extract"
        )
    return _bank_holidays().get(year, frozenset())


@cache
def _bank_holidays() -> dict[int, frozenset[date]]:
    """England's bank holidays that fall on a weekday, by year, as far as they are known."""
    return kept("bank-holidays", "England", lambda: [version("holidays").encode()], _work_out_bank_holidays)


def _work_out_bank_holidays() -> dict[int, frozenset[date]]:
    from holidays import country_holidays

    england = country_holidays("GB", subdiv="ENG")
    years = range(FIRST_YEAR, england.end_year + 1)
    known = country_holidays("GB", subdiv="ENG", years=years, expand=False)
    days: dict[int, set[date]] = {year: set() for year in years}
    for day in known:
        if not _is_weekend(day):
            days.setdefault(day.year, set()).add(day)
    return {year: frozenset(days[year]) for year in years}


def _is_weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY


def _weekdays_up_to(day: date) -> int:
    """Mondays to Fridays from Monday 1 January of year 1 up to and including a day."""
    weeks, rest = divmod(day.toordinal(), DAYS_IN_WEEK)
    return weeks * WORKING_DAYS_IN_WEEK + min(rest, WORKING_DAYS_IN_WEEK)
