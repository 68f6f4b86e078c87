"""The scale that bars share: zero is always on it, and so is 100% of a share."""

from collections.abc import Iterable
from fractions import Fraction

from sgkpi.model.measures import Quantity


def bar_scale(numbers: Iterable[Fraction], quantity: Quantity) -> tuple[Fraction, Fraction]:
    """Return the ends of the scale on which bars of these numbers are drawn; below zero only where a number is.

    A share that is no proportion, such as what was spent of a budget, may exceed 100%.
    """
    drawn = [Fraction(0), *([Fraction(1)] if quantity.is_share else []), *numbers]
    return min(drawn), max(drawn)
