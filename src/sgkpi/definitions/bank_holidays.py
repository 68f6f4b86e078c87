"""England's bank holidays, from the `holidays` library.

The library takes longer to import than many a figure to compute: it is imported only when working days are first
needed, and its days are cached.
"""

import json
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.metadata import version

from sgkpi.definitions.cache import cached
from sgkpi.model.calendar import WorkingDays, is_weekend
from sgkpi.model.errors import ExtractError

# The first Bank Holidays Act is of 1871: before it there were none.
FIRST_YEAR = 1872


def working_days_in_england(closures: Iterable[date] = ()) -> WorkingDays:
    """Return England's working days, less an organisation's own closure days."""
    return WorkingDays(bank_holidays_in, closures)


def bank_holidays_in(year: int) -> frozenset[date]:
    """Return the bank holidays of a year that fall on a weekday; raise ExtractError if they are not known yet."""
    if year > last_known_day().year:
        raise ExtractError(
            f"working days are known up to {last_known_day():%Y}, and a date of {year} needs them; "
            "look for a mistyped date in the extract"
        )
    return _bank_holidays().get(year, frozenset())


@cache
def last_known_day() -> date:
    """Return the last day for which bank holidays are known."""
    return date(max(_bank_holidays()), 12, 31)


@cache
def _bank_holidays() -> dict[int, frozenset[date]]:
    """Return England's bank holidays that fall on a weekday, by year, as far as they are known."""

    def to_text(days: dict[int, frozenset[date]]) -> str:
        return json.dumps({year: sorted(map(date.isoformat, of_year)) for year, of_year in days.items()})

    def from_text(text: str) -> dict[int, frozenset[date]]:
        return {int(year): frozenset(map(date.fromisoformat, days)) for year, days in json.loads(text).items()}

    return cached("bank-holidays", "England", lambda: [version("holidays").encode()], _from_library, to_text, from_text)


def _from_library() -> dict[int, frozenset[date]]:
    from holidays import country_holidays

    england = country_holidays("GB", subdiv="ENG")
    years = range(FIRST_YEAR, england.end_year + 1)
    known = country_holidays("GB", subdiv="ENG", years=years, expand=False)
    days: dict[int, set[date]] = {year: set() for year in years}
    for day in known:
        if not is_weekend(day):
            days.setdefault(day.year, set()).add(day)
    return {year: frozenset(days[year]) for year in years}
