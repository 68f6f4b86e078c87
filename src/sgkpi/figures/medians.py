"""The median of counted values."""

from collections.abc import Sequence
from fractions import Fraction


def median(counts: Sequence[tuple[Fraction, int]]) -> Fraction:
    """Return the middle value, or the mean of the middle two; `counts` are values in order with their cases."""
    cases = sum(number for _, number in counts)
    return (_value_at(counts, (cases - 1) // 2) + _value_at(counts, cases // 2)) / 2


def _value_at(counts: Sequence[tuple[Fraction, int]], place: int) -> Fraction:
    passed = 0
    for value, cases in counts:
        passed += cases
        if place < passed:
            return value
    raise ValueError("no value at this place")
