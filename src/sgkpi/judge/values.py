"""The values that cells and expressions have, and how they compare.

Text and categories are `str`, numbers `int` or `Fraction` (so that nothing is ever rounded), dates
`date`, datetimes `Moment`, months `Month`; null is None.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

from sgkpi.model.periods import Month, end_of_day


@dataclass(frozen=True)
class Moment:
    """A wall-clock time in Europe/London; `has_time` is False where only its date is known.

    Where it occurs twice it is GMT, the second of the two, unless it is known to be `summer` time.
    """

    value: datetime
    has_time: bool = True
    summer: bool = False

    @property
    def order(self) -> tuple[datetime, datetime]:
        """The sort key of moments: an hour of summer time lies before the same hour of GMT."""
        if not self.summer:
            return self.value, self.value
        return self.value.replace(minute=0, second=0, microsecond=0) - timedelta(microseconds=1), self.value


Value = str | bool | int | Fraction | date | Moment | Month | None
Known = str | bool | int | Fraction | date | Moment | Month


def comparable(value: Known) -> str | int | Fraction | date | Month | tuple[datetime, datetime]:
    """Return the value to compare: the order of a moment, any other as it is."""
    return value.order if isinstance(value, Moment) else value


def day_of(value: Value) -> date | None:
    """Return the date of a date or datetime."""
    if isinstance(value, Moment):
        return value.value.date()
    return value if isinstance(value, date) else None


def has_time(value: Value) -> bool:
    """Whether a value is a moment whose time of day is known."""
    return isinstance(value, Moment) and value.has_time


def compare_moments(left: Value, right: Value) -> int | None:
    """Return -1, 0 or 1 as `left` lies before, at or after `right`; None when either is null.

    They are compared as moments where both have a time of day, else by their dates.
    """
    if isinstance(left, Moment) and isinstance(right, Moment) and left.has_time and right.has_time:
        one, other = left.order, right.order
        return (one > other) - (one < other)
    first, second = day_of(left), day_of(right)
    return None if first is None or second is None else (first > second) - (first < second)


def lies_after(value: Value, moment: datetime) -> bool:
    """Whether a date or datetime lies later than a moment; one without a time of day by its date."""
    return compare_moments(value, Moment(moment)) == 1


def shown(value: Value) -> date | datetime | None:
    """Return a date or datetime as it is shown: without a time of day, a date."""
    return value.value if isinstance(value, Moment) and value.has_time else day_of(value)


def span_of(value: Value) -> tuple[datetime, datetime] | None:
    """Return the first and last moment that a date or datetime may mean: without a time of day, those of its day."""
    moment = shown(value)
    if moment is None or isinstance(moment, datetime):
        return None if moment is None else (moment, moment)
    return datetime.combine(moment, time.min), end_of_day(moment)


def plain_text(value: Known) -> str:
    """Return a value as the text of a category: `yes` and `no`, plain numbers, ISO dates."""
    match value:
        case bool():
            return "yes" if value else "no"
        case Fraction():
            return plain_number(value)
        case Moment(moment, with_time):
            return moment.isoformat() if with_time else moment.date().isoformat()
        case _:
            return str(value)


def plain_number(number: Fraction | Decimal | int) -> str:
    """Return the shortest plain decimal text of a number; the nearest double's where it has no end."""
    exact = Fraction(number)
    rest = exact.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return plain_number(Fraction(repr(exact.numerator / exact.denominator)))
    places = 0
    while (exact * 10**places).denominator > 1:
        places += 1
    digits = str(abs(exact * 10**places)).rjust(places + 1, "0")
    sign = "-" if exact < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)
