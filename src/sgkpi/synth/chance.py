"""Chance that keeps to a plan: exact numbers, in an order that nobody planned."""

from collections.abc import Iterable, Mapping
from random import Random


def stream(seed: int, name: str) -> Random:
    """The random numbers of one table; those of another table do not change them."""
    return Random(f"sgkpi/{seed}/{name}")  # noqa: S311 (nothing here is secret)


def scaled(number: int, scale: float) -> int:
    """A number at scale 1, at another scale: the nearest whole number, and at least one."""
    return max(1, int(number * scale + 0.5))


def pick(rng: Random, weights: Mapping[str, int]) -> str:
    """One of the names, as likely as its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


class Quota:
    """Chooses exactly so many of a number of things, one after another, each as likely as the next.

    Things may come in groups that are chosen together; the last few must come one by one.
    """

    def __init__(self, total: int, chosen: int) -> None:
        self.total = total
        self.chosen = chosen

    def take(self, rng: Random, size: int = 1) -> bool:
        """Whether the next things, so many at once, are chosen."""
        must = self.chosen > self.total - size
        may = self.chosen >= size
        taken = must or (may and rng.random() * self.total < self.chosen)
        self.total -= size
        self.chosen -= size if taken else 0
        return taken


class Deck:
    """Draws kinds of things in no planned order until each has come as often as it should."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.left = dict(counts)

    def draw_all(self, rng: Random) -> Iterable[str]:
        """Every kind as often as its count says."""
        while any(self.left.values()):
            kind = pick(rng, self.left)
            self.left[kind] -= 1
            yield kind
