"""Arguments as people give them to the library, whatever the annotations say."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from reprlib import repr as short
from typing import Any, SupportsIndex, TypeVar

from sgkpi.model.errors import UsageError
from sgkpi.model.periods import EARLIEST_YEAR, Month, PeriodKind, end_of_day, london_time, parse_as_of
from sgkpi.model.problems import did_you_mean

Item = TypeVar("Item")
MonthLike = Month | date | str


def kind_of(thing: object) -> str:
    """Return what a thing is, for a message."""
    return f"an object of the type {type(thing).__name__}"


def listed(given: object) -> list[Any]:
    """Return an item or a list of items as a list; a string is one item."""
    return list(given) if isinstance(given, Iterable) and not isinstance(given, str | bytes) else [given]


def read_names(argument: str, given: object) -> tuple[str, ...]:
    """Return names, each once; those in one text are parted by commas, as on the command line."""
    names: list[str] = []
    for each in listed(given):
        if not isinstance(each, str):
            raise UsageError(f"{argument}: expected a name or a list of names, not {short(each)}")
        names += (part.strip() for part in each.split(",") if part.strip())
    return tuple(dict.fromkeys(names))


def read_one(argument: str, items: tuple[Item, ...]) -> Item | None:
    """Return the only item, None if there is none; UsageError for several."""
    if len(items) > 1:
        raise UsageError(f"{argument}: give one, not {len(items)}")
    return items[0] if items else None


def read_months(given: object) -> tuple[Month, ...] | None:
    """Return months; those in one text are parted by commas, as on the command line."""
    if given is None:
        return None
    parts = (each.split(",") if isinstance(each, str) else [each] for each in listed(given))
    return tuple(_month(part) for each in parts for part in each) or None


def read_month(given: object) -> Month | None:
    """Return the only month, None if there is none; UsageError for several."""
    return read_one("month", read_months(given) or ())


def _month(given: MonthLike) -> Month:
    """Return one month, of a year that an extract may hold."""
    try:
        match given:
            case Month():
                month = given
            case str():
                month = Month.parse(given.strip())
            case _:  # a date, or a period of pandas
                month = Month(given.year, given.month)
    except ValueError as error:
        raise UsageError(f"months: {error}") from error
    except AttributeError:
        raise UsageError(f"months: expected months such as '2019-02' or Month(2019, 2), not {short(given)}") from None
    if month.year < EARLIEST_YEAR:
        raise UsageError(f"months: the year {month.year:04d} is too early for any extract")
    return month


def read_conditions(given: object) -> list[str]:
    """Return conditions as the command line has them."""
    if not isinstance(given, Mapping | None):
        raise UsageError(f"where: expected columns with their values, as {{'team': 'North'}}, not {short(given)}")
    return [f"{column}={value}" for column, values in (given or {}).items() for value in listed(values)]


def read_number(argument: str, given: object, unit: str) -> int:
    """Return a number of things, 0 or more."""
    number = int(given) if isinstance(given, SupportsIndex) else -1  # numpy has whole numbers of its own
    if number < 0:
        raise UsageError(f"{argument}: expected a number of {unit}, 0 or more, not {short(given)}")
    return number


def read_kinds(given: object) -> tuple[PeriodKind, ...]:
    """Return kinds of period; months if there is none."""
    return tuple(read_member("kinds", PeriodKind, name) for name in read_names("kinds", given)) or (PeriodKind.MONTH,)


def read_member(argument: str, members: Callable[[str], Item], name: str) -> Item:
    """Return the member of an enumeration with this value; UsageError with the nearest for another text."""
    try:
        return members(name.lower())
    except ValueError:
        known = [each.value for each in members]  # type: ignore[attr-defined]  # it is an enumeration
        nearest = did_you_mean(name, known) or f"; use {', '.join(known)}"
        raise UsageError(f"{argument}: no '{name}'{nearest}") from None


def read_as_of(given: object) -> datetime | None:
    """Return an as-of time in Europe/London; a date means the end of that day."""
    try:
        match given:
            case None:
                return None
            case str():
                return parse_as_of(given)
            case datetime() if given == given:  # noqa: PLR0124 - NaT of pandas is no moment
                return london_time(given)
            case date() if given == given:  # noqa: PLR0124
                return end_of_day(given)
            case _:
                raise ValueError(f"expected a date or a time, as '2019-03-04' or a datetime, not {short(given)}")
    except ValueError as error:
        raise UsageError(f"as_of: {error}") from error
