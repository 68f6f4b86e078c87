"""Many periods in few words."""

from collections.abc import Iterable, Sequence

from sgkpi.model.periods import Period, PeriodKind

# Kinds of which one follows the other; the others overlap, and have "to" in their labels.
_IN_A_ROW = frozenset({PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.FINANCIAL_YEAR})
_FEWEST = 3


def name_periods(periods: Iterable[Period]) -> str:
    """`2018-04 to 2018-11, 2019-01`: each of the periods, three and more that follow one another as one span."""
    runs: list[list[Period]] = []
    for period in sorted(set(periods), key=lambda each: each.sort_key):
        if runs and _follows(runs[-1][-1], period):
            runs[-1].append(period)
        else:
            runs.append([period])
    return ", ".join(_named(run) for run in runs)


def _follows(before: Period, after: Period) -> bool:
    return before.kind is after.kind and before.kind in _IN_A_ROW and before.last.plus(1) == after.first


def _named(run: Sequence[Period]) -> str:
    if len(run) < _FEWEST:
        return ", ".join(each.label for each in run)
    return f"{run[0].label} to {run[-1].label}"
