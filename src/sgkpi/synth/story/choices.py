"""Random choices of an exact number, and grouping."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence, Sized
from datetime import date
from random import Random
from typing import TypeVar

from sgkpi.model.periods import Month

T = TypeVar("T")
K = TypeVar("K")
G = TypeVar("G", bound=Sized)
SURE = 1e9  # the weight of what is to be chosen before all others


def rounded_share(share: float, number: int) -> int:
    """Return a share of a number of cases, rounded to a whole number of them."""
    return min(number, max(0, int(share * number + 0.5)))


def chosen(rng: Random, items: Iterable[T], number: int, weight: Callable[[T], float] | None = None) -> list[T]:
    """Return a random sample of `number` items, in random order; `weight` makes items more likely."""
    pool = list(items)
    if weight is None:
        return rng.sample(pool, min(max(0, number), len(pool)))
    keys = sorted(
        ((rng.random() ** (1 / max(weight(item), 1e-9)), place) for place, item in enumerate(pool)), reverse=True
    )
    return [pool[place] for _, place in keys[: max(0, number)]]


def marks(rng: Random, number: int, count: int, weights: Sequence[float] | None = None) -> list[bool]:
    """Return a list of `number` flags, of which `count` at random are true."""
    true = set(chosen(rng, range(number), count, None if weights is None else weights.__getitem__))
    return [place in true for place in range(number)]


def choose_groups(rng: Random, groups: Iterable[G], number: int, weight: Callable[[G], float] | None = None) -> list[G]:
    """Return random groups with `number` members in total, or as near below it as their sizes allow."""
    pool, taken = list(groups), []
    for group in chosen(rng, pool, len(pool), weight):
        if len(group) <= number:
            taken.append(group)
            number -= len(group)
    return taken


def grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Group items by key, in their order."""
    groups: dict[K, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return dict(groups)


def by_month(items: Iterable[T], day: Callable[[T], date]) -> list[tuple[Month, list[T]]]:
    """Group items by the month of a day, in their order."""
    return list(grouped(items, lambda item: Month.of(day(item))).items())
