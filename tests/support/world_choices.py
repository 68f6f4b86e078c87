"""Choices that Hypothesis makes, and can therefore shrink: the simplest stands first."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Everything that a generator may ask; `index(n)` is a whole number below n."""

    def __init__(self, index: Callable[[int], int]) -> None:
        self._index = index

    def number(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + self._index(high - low + 1)

    def pick(self, options: Sequence[T]) -> T:
        """One of some options."""
        return options[self._index(len(options))]

    def chance(self, per_cent: int) -> bool:
        """True about so often; false is the simpler."""
        return self._index(100) >= 100 - per_cent

    def some(self, options: Sequence[T], per_cent: int) -> list[T]:
        """Each of some options, about so often."""
        return [option for option in options if self.chance(per_cent)]
