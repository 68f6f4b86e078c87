"""Working days: Monday to Friday, without bank holidays and local closure days."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date, timedelta

_WEEKDAYS = 5  # Monday to Friday


class WorkingDays:
    """The weekdays that are neither bank holidays nor an organisation's own closure days.

    `bank_holidays_in` returns the bank holidays of a year that fall on a weekday; it is called once for each year
    that occurs. Where it raises for a year that it does not know, so does every method.
    """

    def __init__(self, bank_holidays_in: Callable[[int], Iterable[date]], closures: Iterable[date] = ()) -> None:
        self._bank_holidays_in = bank_holidays_in
        self._closures = frozenset(closures)
        self._closed_weekdays: dict[int, tuple[date, ...]] = {}

    def is_working_day(self, day: date) -> bool:
        """Whether a day is Monday to Friday and neither bank holiday nor closure day."""
        return day not in self._closed(day.year) and not is_weekend(day)

    def add(self, day: date, working_days: int) -> date:
        """Return the Nth working day after a day (before it if negative); the day itself for 0."""
        step = timedelta(days=1 if working_days > 0 else -1)
        for _ in range(abs(working_days)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def between(self, first: date, last: date) -> int:
        """Return the number of working days after `first` up to and including `last`; negative if `last` is earlier."""
        if last < first:
            return -self.between(last, first)
        closed = sum(
            bisect_right(days, last) - bisect_right(days, first)
            for days in map(self._closed, range(first.year, last.year + 1))
        )
        return _weekdays_up_to(last) - _weekdays_up_to(first) - closed

    def closed_weekdays(self, first: date, last: date) -> list[date]:
        """Return the weekdays from `first` to `last`, both included, that are bank holidays or closure days."""
        every = (day for year in range(first.year, last.year + 1) for day in self._closed(year))
        return [day for day in every if first <= day <= last]

    def _closed(self, year: int) -> tuple[date, ...]:
        """The weekdays of a year that are not working days, in order."""
        if year not in self._closed_weekdays:
            own = {day for day in self._closures if day.year == year and not is_weekend(day)}
            self._closed_weekdays[year] = tuple(sorted(own.union(self._bank_holidays_in(year))))
        return self._closed_weekdays[year]


def is_weekend(day: date) -> bool:
    """Whether a day is a Saturday or Sunday."""
    return day.weekday() >= _WEEKDAYS


def _weekdays_up_to(day: date) -> int:
    """Mondays to Fridays from Monday 1 January of year 1 up to and including a day."""
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * _WEEKDAYS + min(rest, _WEEKDAYS)
