"""Both engines over generated worlds, by seed: a long run that CI has no time for.

python -m tests.support.agreement 100000 105000
"""

import sys
from collections.abc import Iterator

from tests.support.engines import WAYS
from tests.support.worlds import world_of

TELL_EVERY = 500


def differing(first: int, last: int) -> Iterator[int]:
    """The seeds, from `first` up to and without `last`, on which the engines do not say the same."""
    for number, seed in enumerate(range(first, last), start=1):
        world = world_of(seed)
        first_said, *others = map(world.answer, WAYS)
        if any(said != first_said for said in others):
            yield seed
        if number % TELL_EVERY == 0:
            sys.stderr.write(f"{number:,} worlds\n")


def main() -> int:
    """Write the seeds that differ; 1 when there are any."""
    first, last = map(int, sys.argv[1:])
    found = 0
    for seed in differing(first, last):
        found += 1
        sys.stdout.write(f"seed {seed}: the engines differ\n")
    sys.stdout.write(f"{last - first:,} worlds; the engines differ on {found}\n")
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main())
