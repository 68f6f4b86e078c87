"""The measures: how the value of an indicator is calculated from its cases."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from sgkpi.model.units import ValueUnit


class Measure(StrEnum):
    """The kinds of value that an indicator can have."""

    PROPORTION = "proportion"
    COUNT = "count"
    MEAN = "mean"
    MEDIAN = "median"
    MAXIMUM = "maximum"
    RATIO = "ratio"

    @property
    def has_values(self) -> bool:
        """Whether each case has a number: all but proportions and counts."""
        return self not in (Measure.PROPORTION, Measure.COUNT)


@dataclass(frozen=True)
class Quantity:
    """The measure of a figure and the unit in which people read it."""

    measure: Measure
    unit: ValueUnit | None = None

    @property
    def is_share(self) -> bool:
        """Whether 1 is read as 100%."""
        return self.measure is Measure.PROPORTION or self.unit is ValueUnit.PERCENT

    @property
    def scale(self) -> int:
        """The factor from the number to what people read: 100 for shares."""
        return 100 if self.is_share else 1

    @property
    def fewer(self) -> str:
        """The word for what is below a number: `fewer` of cases, `less` of anything else."""
        return "fewer" if self.measure is Measure.COUNT or self.unit is ValueUnit.CASES else "less"

    def with_unit(self, number: str) -> str:
        """Return a number as people read it: `50%`, `16.5 cases`, `1 day`, `£1,250`, `-£3`; a score has none."""
        size = number.lstrip("+-")
        match self.unit:
            case ValueUnit.DAYS | ValueUnit.HOURS | ValueUnit.MONTHS | ValueUnit.CASES as unit:
                return f"{number} {unit.value.removesuffix('s') if size == '1' else unit.value}"
            case ValueUnit.MONEY:
                return f"{number.removesuffix(size)}£{size}"
            case ValueUnit.PERCENT | ValueUnit.SCORE | None:
                return f"{number}%" if self.is_share else number
            case _:
                assert_never(self.unit)

    def show_bound(self, bound: Decimal) -> str:
        """Return the bound of a target as it was set: `92.5%`, `3 days`, `1,250`; of money with pence, or without."""
        number = f"{bound * self.scale:,f}"
        if "." in number:
            number = number.rstrip("0").rstrip(".")
        if self.unit is ValueUnit.MONEY and "." in number:
            whole, _, pence = number.partition(".")
            number = f"{whole}.{pence.ljust(2, '0')}"
        return self.with_unit(number)


SHARE = Quantity(Measure.PROPORTION)
