"""The values that cells and expressions have, and how they compare.

Text and categories are `str`, numbers `int` or `Fraction` (so that nothing is ever rounded), dates
`date`, datetimes `Moment`, months `Month`; null is None.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction

from sgkpi.model.periods import Month


@dataclass(frozen=True)
class Moment:
    """A wall-clock time in Europe/London; `has_time` is False where only its date is known."""

    value: datetime
    has_time: bool = True


Value = str | bool | int | Fraction | date | Moment | Month | None
Known = str | bool | int | Fraction | date | Moment | Month


def comparable(value: Known) -> "str | int | Fraction | date | Month":
    """Return what a value is compared by: a moment by its wall-clock time, any other by itself."""
    return value.value if isinstance(value, Moment) else value


def day_of(value: Value) -> date | None:
    """The date of a date or datetime."""
    if isinstance(value, Moment):
        return value.value.date()
    return value if isinstance(value, date) else None


def has_time(value: Value) -> bool:
    """Whether a value is a moment whose time of day is known."""
    return isinstance(value, Moment) and value.has_time


def compare_moments(left: Value, right: Value) -> int | None:
    """-1, 0 or 1 as `left` lies before, at or after `right`; None when either is null.

    Compared as moments where both have a time of day, else by their dates.
    """
    if has_time(left) and has_time(right):
        return _sign(left.value, right.value)  # type: ignore[union-attr]
    left_day, right_day = day_of(left), day_of(right)
    return None if left_day is None or right_day is None else _sign(left_day, right_day)


def lies_after(value: Value, moment: datetime) -> bool:
    """Whether a date or datetime lies later than a moment; one without a time of day by its date."""
    return compare_moments(value, Moment(moment)) == 1


def _sign(left: date, right: date) -> int:
    return (left > right) - (left < right)


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time.min)


def plain_text(value: Known) -> str:
    """A value as the text of a category: `yes` and `no`, plain numbers, ISO dates."""
    match value:
        case bool():
            return "yes" if value else "no"
        case Fraction():
            return plain_number(value)
        case Moment(moment, with_time):
            return moment.isoformat() if with_time else moment.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _has_end(number: Fraction) -> bool:
    """Whether a number has as many decimals as one could write."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def plain_number(number: Fraction | Decimal | int) -> str:
    """The shortest plain decimal text of a number; the nearest double's where it has no end."""
    exact = Fraction(number)
    if not _has_end(exact):
        return plain_number(Fraction(repr(exact.numerator / exact.denominator)))
    places = 0
    while (exact * 10**places).denominator > 1:
        places += 1
    digits = str(abs(exact * 10**places)).rjust(places + 1, "0")
    sign = "-" if exact < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)
