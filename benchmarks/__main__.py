"""`python -m benchmarks`: check that the numbers agree, then time them, and print Markdown."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks import tables
from benchmarks.agreement import check_race
from benchmarks.commands import Places, Race, prepare, races
from benchmarks.processes import rehearse, time_race
from sgkpi.model.words import plural

ROWS = 5_000_000
RUNS = 3
CACHE = Path(__file__).resolve().parents[1] / ".bench"
KEPT = CACHE / "kept"  # what sgkpi keeps between runs; the user's own stays as it is


def main() -> int:
    """Run the benchmarks: 0 when all is within its limit, 1 when not, or when the numbers do not agree."""
    asked = _arguments()
    places = Places(CACHE, asked.rows)
    contests = [race for race in races(places) if set(asked.only.casefold().split()) <= _words(race.title)]
    if not contests:
        _tell(f"no line of the benchmark is called {asked.only!r}; they are:")
        _tell_all(f"  {race.title}" for race in races(places))
        return 1
    prepare(places)
    agreed = [_agrees(race) for race in contests]
    if not all(agreed):
        return 1
    timings = [time_race(race, asked.runs, KEPT, _tell) for race in contests]
    over = tables.verdicts(timings)
    print(f"{asked.rows:,} contacts ({tables.sizes(places.variant('clean'))}), {plural(asked.runs, 'round')}.")
    print(tables.machine())
    for part in (tables.times_table(timings), tables.ratios_table(timings), tables.commands(timings)):
        print(f"\n{part}")
    print("\n" + ("\n".join(f"- over its limit: {words}" for words in over) or "All within their limits."))
    return 1 if over else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="how many contacts (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=RUNS, help="how many rounds are timed (default: %(default)s)")
    parser.add_argument("--only", default="", help="the lines with all these words in their title, as 'one csv dirty'")
    return parser.parse_args()


def _words(title: str) -> set[str]:
    return set(title.casefold().replace(",", "").split())


def _agrees(race: Race) -> bool:
    rehearse(race.contestants, KEPT)
    agreements = check_race(race)
    for name, agreement in agreements.items():
        clocks = f", {agreement.clock_changes} of them but for the change of the clocks" * bool(agreement.clock_changes)
        _tell(f"{race.title}: {agreement.figures} figures against the {name}{clocks}")
        _tell_all(f"  DIFFERS {words}" for words in agreement.differences[:10])
    return not any(agreement.differences for agreement in agreements.values())


def _tell_all(lines: Iterable[str]) -> None:
    for line in lines:
        _tell(line)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
