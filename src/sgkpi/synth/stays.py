"""Where care leavers live: ordinary stays, and those in bed and breakfast from September 2018 on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from sgkpi.synth.chance import Quota, pick, scaled
from sgkpi.synth.days import REFERENCE_DAY, day_between

BED_AND_BREAKFAST = "bed_and_breakfast"
TYPES = {
    "independent_living": 38,
    "semi_independent": 18,
    "parents_or_relatives": 12,
    "former_foster_carers": 10,
    "supported_lodgings": 8,
    "foyer": 6,
    "other": 3,
    "in_custody": 3,
    "no_fixed_abode": 2,
}
UNSUITABLE = ("in_custody", "no_fixed_abode", BED_AND_BREAKFAST)
MOVES_IN_100 = 45

# From when to when each young person was in bed and breakfast: the days on which they arrived, moved from
# one house to the next, and left (None: still there). At the month ends from September to February that makes
# 2, 3, 4, 3, 4 and 3 people, and none before. Those that last come first, for extracts too small for all.
BED_AND_BREAKFAST_STAYS: tuple[tuple[date | None, ...], ...] = (
    (date(2018, 10, 22), date(2018, 12, 10), date(2019, 1, 28), None),
    (date(2018, 9, 24), date(2019, 1, 14)),
    (date(2019, 1, 7), None),
    (date(2018, 9, 10), date(2018, 10, 15), date(2018, 11, 19)),
    (date(2018, 11, 26), date(2019, 2, 11)),
    (date(2019, 1, 25), date(2019, 2, 20)),
    (date(2018, 11, 12), date(2018, 12, 17)),
    (date(2019, 2, 27), None),
)


@dataclass(frozen=True)
class Stay:
    """A stay; `end` is the first day elsewhere; `suitable` is None if not recorded."""

    start: date
    end: date | None
    accommodation_type: str
    suitable: bool | None


class StayPlan:
    """Assigns the stays in bed and breakfast to some of the young people."""

    def __init__(self, people: int, copies: int) -> None:
        number = min(people, copies * len(BED_AND_BREAKFAST_STAYS))
        self._quota = Quota(people, number)
        self._given = 0

    def next_for(self, rng: Random) -> tuple[Stay, ...]:
        """Return the next young person's stays in bed and breakfast, if any; call it once for each."""
        if not self._quota.take(rng):
            return ()
        days = BED_AND_BREAKFAST_STAYS[self._given % len(BED_AND_BREAKFAST_STAYS)]
        self._given += 1
        pairs = pairwise(days)
        return tuple(Stay(start, end, BED_AND_BREAKFAST, suitable=False) for start, end in pairs if start)


def plan_stays(people: int, scale: float) -> StayPlan:
    """Return a plan for this number of young people; at scale 1 and below, each stay is used once."""
    return StayPlan(people, scaled(1, scale))


def stays_of(rng: Random, began: date, ended: date | None, bed_and_breakfast: tuple[Stay, ...]) -> tuple[Stay, ...]:
    """Return all stays of a young person in order, including those in bed and breakfast."""
    if not bed_and_breakfast:
        return tuple(_ordinary(rng, began, ended))
    before = _ordinary(rng, began, bed_and_breakfast[0].start)
    left = bed_and_breakfast[-1].end
    after = (_stay(rng, left, ended),) if left else ()
    return (*before, *bed_and_breakfast, *after)


def _ordinary(rng: Random, start: date, end: date | None) -> Iterator[Stay]:
    """Ordinary stays from one day to another, with one or two moves."""
    last = end or REFERENCE_DAY
    while (last - start).days > 180 and rng.randrange(100) < MOVES_IN_100:
        moved = day_between(rng, start + timedelta(days=60), last - timedelta(days=30))
        yield _stay(rng, start, moved)
        start = moved
    yield _stay(rng, start, end)


def _stay(rng: Random, start: date, end: date | None) -> Stay:
    kind = pick(rng, TYPES)
    return Stay(start, end, kind, suitable=kind not in UNSUITABLE and rng.randrange(100) < 96)
