"""`python -m benchmarks.false_alarms`: how often control charts give an alarm though nothing changed, as Markdown.

Each series has 24 months of a process that is stable, with all four rules. An alarm is any signal in the 24 months, or
one at the latest. The charts are those of sgkpi: XmR, and P as widened where months vary more than chance.
"""

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import exp

from sgkpi.figures.limits import Observation
from sgkpi.figures.signals import WINDOW, SeriesRules, judge_series
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Month

LAST = Month(2019, 2)
# A mean has the same chart as a count, and no gate for small numbers.
XMR, P = SeriesRules(Measure.MEAN), SeriesRules(Measure.PROPORTION)
DIGITS = 10**6
Draw = Callable[[random.Random, int], tuple[Fraction, int]]  # of a month, by its place: numerator and denominator


@dataclass(frozen=True)
class Process:
    """A process: its name, a month of it, and the charts that it is put on."""

    name: str
    draw: Draw
    charts: tuple[SeriesRules, ...]


@dataclass
class Alarms:
    """Counts of series: those with limits, with any signal, and with one at the latest month."""

    judged: int = 0
    any: int = 0
    latest: int = 0

    def words(self, series: int) -> str:
        """`16.2 / 1.1`, and how many of the series had limits if not all."""
        if not self.judged:
            return "no limits"
        alarms = f"{100 * self.any / self.judged:.1f} / {100 * self.latest / self.judged:.1f}"
        return alarms + (f" (of {100 * self.judged / series:.0f}% with limits)" if self.judged < series else "")


def normal(dice: random.Random, _: int) -> tuple[Fraction, int]:
    """Draw a value of a normal distribution."""
    return Fraction(round(dice.gauss(100, 10) * DIGITS), DIGITS), 1


def counts(mean: float) -> Draw:
    """Draw counts of a Poisson distribution."""
    return lambda dice, _: (Fraction(poisson(dice, mean)), 1)


def shares(cases: float, rate: float, moves: float = 0.0, latest: float | None = None) -> Draw:
    """Draw shares of about so many cases, whose true rate moves with a standard deviation, or is another at the end."""

    def draw(dice: random.Random, place: int) -> tuple[Fraction, int]:
        size = max(1, poisson(dice, cases))
        true = latest if latest is not None and place == WINDOW - 1 else dice.gauss(rate, moves) if moves else rate
        return Fraction(sum(dice.random() < true for _ in range(size))), size

    return draw


def poisson(dice: random.Random, mean: float) -> int:
    """Draw a count; a large mean in parts, as one exponential function would be 0."""
    parts = int(mean // 50) + 1
    return sum(_poisson(dice, mean / parts) for _ in range(parts))


def _poisson(dice: random.Random, mean: float) -> int:
    number, product, least = 0, dice.random(), exp(-mean)
    while product > least:
        number, product = number + 1, product * dice.random()
    return number


STABLE = (
    Process("normal values", normal, (XMR,)),
    Process("n≈10, p=.9", shares(10, 0.9), (XMR, P)),
    Process("n≈25, p=.9", shares(25, 0.9), (XMR, P)),
    Process("n≈40, p=.95", shares(40, 0.95), (XMR, P)),
    Process("n≈150, p=.8", shares(150, 0.8), (XMR, P)),
    Process("n≈400, p=.8, true rate moves by sd 2 points", shares(400, 0.8, 0.02), (XMR, P)),
    Process("n≈400, p=.8, by sd 4 points", shares(400, 0.8, 0.04), (XMR, P)),
    Process("counts, mean 2", counts(2), (XMR,)),
    Process("counts, mean 4", counts(4), (XMR,)),
    Process("counts, mean 8", counts(8), (XMR,)),
)
CHANGED = (
    Process("n≈25, from 85% to 60%", shares(25, 0.85, latest=0.6), (XMR, P)),
    Process("n≈60, from 85% to 60%", shares(60, 0.85, latest=0.6), (XMR, P)),
)


def simulate(process: Process, series: int, seed: int) -> dict[SeriesRules, Alarms]:
    """Return the alarms of each chart of a process; all have the same series."""
    dice = random.Random(f"{seed} {process.name}")  # noqa: S311 - a text is hashed alike in every run
    found = {chart: Alarms() for chart in process.charts}
    for _ in range(series):
        months = [_month(*process.draw(dice, place), place) for place in range(WINDOW)]
        for chart, alarms in found.items():
            _judge(chart, months, alarms)
    return found


def _month(numerator: Fraction, denominator: int, place: int) -> Observation:
    value = numerator / denominator
    return Observation(LAST.plus(place + 1 - WINDOW), value, numerator=numerator, denominator=denominator)


def _judge(chart: SeriesRules, months: Sequence[Observation], alarms: Alarms) -> None:
    judged = judge_series(chart, months, LAST)
    signals = [each.signal is not None for each in judged if each.limits is not None]
    if signals:
        alarms.judged += 1
        alarms.any += any(signals)
        alarms.latest += signals[-1]


def table(processes: Sequence[Process], series: int, seed: int) -> Iterator[str]:
    """Yield a line for each process."""
    yield "| % of series: any signal / at the latest month | XmR | P |"
    yield "|---|---|---|"
    for process in processes:
        found = simulate(process, series, seed)
        cells = (found[chart].words(series) if chart in found else "" for chart in (XMR, P))
        yield f"| {process.name} | {' | '.join(cells)} |"


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.false_alarms", description=__doc__)
    parser.add_argument("--series", type=int, default=4000, help="how many of each process (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    asked = parser.parse_args()
    for processes in (STABLE, CHANGED):
        print("\n".join(table(processes, asked.series, asked.seed)), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
