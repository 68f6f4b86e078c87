"""Time limits and their units."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

AnyUnit = TypeVar("AnyUnit", bound=StrEnum)
# The longest time limits and intervals, by unit.
A_HUNDRED_YEARS: Mapping[str, int] = {
    "hours": 876_600,
    "days": 36_525,
    "working days": 26_100,
    "weeks": 5_218,
    "months": 1_200,
    "years": 100,
}


class LimitUnit(StrEnum):
    """The units of time limits."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working days"
    WEEKS = "weeks"
    MONTHS = "months"


class ValueUnit(StrEnum):
    """The unit in which people read a mean, median, maximum or ratio; data outputs carry the number as it is."""

    PERCENT = "percent"
    DAYS = "days"
    HOURS = "hours"
    MONTHS = "months"
    CASES = "cases"
    SCORE = "score"
    MONEY = "money"


def units_by_name(units: type[AnyUnit]) -> dict[str, AnyUnit]:
    """Return units by their names, plural and singular: `days` and `day`."""
    return {name: unit for unit in units for name in (unit.value, unit.value.removesuffix("s"))}


@dataclass(frozen=True)
class Limit:
    """A time limit, such as `24 hours` or `1 working day`."""

    amount: int
    unit: LimitUnit

    def __str__(self) -> str:
        unit = self.unit.value
        return f"{self.amount} {unit.removesuffix('s') if self.amount == 1 else unit}"
