"""Published figures beside an indicator's own of the same kind and period."""

from collections.abc import Iterable
from dataclasses import dataclass

from sgkpi.figures.comparison import Comparison, compare_with_value
from sgkpi.figures.figure import Figure
from sgkpi.figures.figure_set import FigureSet
from sgkpi.model.benchmarks import Benchmark


@dataclass(frozen=True)
class BesideBenchmark:
    """A published figure with the indicator's own total of the same period."""

    benchmark: Benchmark
    own: Figure

    @property
    def comparison(self) -> Comparison | None:
        """The own figure compared with it; None beside a figure of another definition, and without an interval."""
        return None if self.benchmark.differs else compare_with_value(self.own, self.benchmark.value)


def beside_benchmarks(results: FigureSet, benchmarks: Iterable[Benchmark]) -> tuple[BesideBenchmark, ...]:
    """Return the benchmarks of one indicator, each beside its own figure; the figures must have their periods."""
    totals = {each.period: each for each in results.figures if each.breakdown is None}
    return tuple(BesideBenchmark(each, totals[each.period]) for each in benchmarks)
