"""Random choices with exact totals, in random order."""

from collections.abc import Iterator, Mapping
from random import Random


def stream(seed: int, name: str) -> Random:
    """Return the random numbers of one table, which do not depend on other tables."""
    return Random(f"sgkpi/{seed}/{name}")  # noqa: S311 (nothing here is secret)


def scaled(number: int, scale: float) -> int:
    """Return a number for another scale: the nearest whole number, at least 1."""
    return max(1, int(number * scale + 0.5))


def pick(rng: Random, weights: Mapping[str, int]) -> str:
    """Return one of the names, with probability by weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


class Quota:
    """Chooses an exact number of items from a total, one after another, each with the same probability.

    Items may come in groups that are chosen together, but the last few must come one by one.
    """

    def __init__(self, total: int, chosen: int) -> None:
        self.total = total
        self.chosen = chosen

    def take(self, rng: Random, size: int = 1) -> bool:
        """Return whether the next group of items is chosen."""
        must = self.chosen > self.total - size
        may = self.chosen >= size
        taken = must or (may and rng.random() * self.total < self.chosen)
        self.total -= size
        self.chosen -= size if taken else 0
        return taken


def in_random_order(rng: Random, counts: Mapping[str, int]) -> Iterator[str]:
    """Yield every kind as often as its count, in random order."""
    left = dict(counts)
    while any(left.values()):
        kind = pick(rng, left)
        left[kind] -= 1
        yield kind
