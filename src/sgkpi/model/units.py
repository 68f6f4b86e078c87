"""Time limits and their units."""

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True)
class Limit:
    """A time limit, such as `24 hours` or `1 working day`."""

    amount: int
    unit: LimitUnit

    def __str__(self) -> str:
        unit = self.unit.value
        return f"{self.amount} {unit.removesuffix('s') if self.amount == 1 else unit}"
