"""Numbers as people read them: rounded exactly, half up, and never onto a bound that the value misses.

Data outputs carry the unrounded value; this is for screens and documents only.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from sgkpi.figures.figure import Figure
from sgkpi.model.indicator import Improvement
from sgkpi.model.measures import Measure, Quantity
from sgkpi.model.units import ValueUnit

NOTHING = "-"


@dataclass(frozen=True)
class Bounds:
    """The bounds of a target, in the unit of the measure, and which way is better."""

    limits: tuple[Decimal, ...] = ()
    improvement: Improvement = Improvement.NONE

    @classmethod
    def of(cls, green: Decimal | None, amber: Decimal | None, improvement: Improvement) -> "Bounds":
        return cls(tuple(bound for bound in (green, amber) if bound is not None), improvement)


NO_BOUNDS = Bounds()


def show_value(value: Fraction | None, quantity: Quantity, bounds: Bounds = NO_BOUNDS, least: int = 0) -> str:
    """Return a value with one decimal, or with as many as it takes not to seem to reach a bound that it misses.

    Shares are given as fractions of 1 and shown as percentages; their bounds likewise. Counts,
    and medians and maxima that are whole, have no decimals, unless `least` asks for some. None is shown as `-`.
    """
    if value is None:
        return NOTHING
    return quantity.with_unit(_written(value * quantity.scale, decimals(value, quantity, bounds, least)))


def show_of_case(number: Fraction, unit: ValueUnit) -> str:
    """Return the number of one case with the unit in which its figure is read: `31 days`, `83.3%`, `£12.50`."""
    return show_value(number, Quantity(Measure.MEDIAN, unit))


def show_difference(difference: Fraction, quantity: Quantity, points: str = " percentage points") -> str:
    """Return the size of a difference in the unit of the figures, that of shares in `points`."""
    shown = show_value(abs(difference), quantity)
    return f"{shown.removesuffix('%')}{points}" if quantity.is_share else shown


def decimals(value: Fraction, quantity: Quantity, bounds: Bounds, least: int = 0) -> int:
    """Return with how many decimals, and no fewer than `least`, a value is shown."""
    scale = quantity.scale
    exact, limits = value * scale, _scaled(bounds.limits, scale)
    places = max(least, least_decimals(exact, quantity))
    while limits and _misleads(exact, round_half_up(exact, places), limits, bounds.improvement):
        places += 1
    return places


@lru_cache
def _scaled(limits: tuple[Decimal, ...], scale: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(limit) * scale for limit in limits)


def least_decimals(exact: Fraction, quantity: Quantity) -> int:
    """Return the decimals that a number has at least: none if it is whole, but for shares and means; pence are two."""
    if quantity.unit is ValueUnit.MONEY:
        return 2 if exact.denominator != 1 else 0
    always = quantity.is_share or quantity.measure is Measure.MEAN
    return 1 if always or exact.denominator != 1 else 0


def show_figure(figure: Figure) -> str:
    """Return a figure's value, rounded with regard to the bounds of its own target."""
    return show_value(figure.value, figure.quantity, bounds_of(figure))


def bounds_of(figure: Figure) -> Bounds:
    """Return the bounds of a figure's own target."""
    return Bounds.of(figure.target_green, figure.target_amber, figure.improvement)


def show_target(bound: Decimal | None, quantity: Quantity) -> str:
    """Return a bound as it was set, `92.5%` or `90%` or `3` or `3 days`; `-` when there is none."""
    if bound is None:
        return NOTHING
    return quantity.show_bound(bound)


def decimals_in(shown: str) -> int:
    """Return how many decimals a shown number has, whatever its unit."""
    found = re.search(r"\.(\d+)", shown)
    return len(found[1]) if found else 0


def show_count(count: int | Fraction | None) -> str:
    """Return a number of cases with thousands separators; `-` when it is not known."""
    if count is None:
        return NOTHING
    exact = Fraction(count)
    return _written(exact, 0 if exact.denominator == 1 else 1)


def round_half_up(exact: Fraction, places: int) -> Fraction:
    """Return a number rounded to decimal places; a half goes towards the greater."""
    return Fraction(_units(exact, places), 10**places)


def _units(exact: Fraction, places: int) -> int:
    """Return a rounded number in units of its last decimal place. Reports show ten thousands of them."""
    scale: int = 10**places
    return (2 * scale * exact.numerator + exact.denominator) // (2 * exact.denominator)


def _misleads(exact: Fraction, shown: Fraction, limits: Iterable[Fraction], improvement: Improvement) -> bool:
    """Return whether the shown value reaches a limit that the exact one does not."""
    match improvement:
        case Improvement.INCREASE:
            return any(exact < limit <= shown for limit in limits)
        case Improvement.DECREASE:
            return any(shown <= limit < exact for limit in limits)
        case Improvement.NONE:
            return any(exact < limit <= shown or shown <= limit < exact for limit in limits)


def _written(exact: Fraction, places: int) -> str:
    units = _units(exact, places)
    sign = "-" if units < 0 else ""
    whole, part = divmod(abs(units), 10**places)
    return f"{sign}{whole:,}" + (f".{part:0{places}d}" if places else "")
