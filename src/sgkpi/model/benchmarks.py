"""Published figures to compare an indicator with: of England, a region, other councils."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sgkpi.model.periods import Month, Period, PeriodKind


@dataclass(frozen=True)
class Benchmark:
    """A figure that somebody published for an area and a period, as a fraction of 1 where it is a proportion.

    `differs` says what is different about its definition; it is empty where that is the indicator's own.
    """

    indicator: str
    area: str
    period: Period
    value: Decimal
    source: str
    differs: str = ""
    note: str = ""


def latest_benchmarks(benchmarks: Iterable[Benchmark], indicator: str, month: Month) -> tuple[Benchmark, ...]:
    """Return, for each area and kind of period, an indicator's latest benchmark that ends with this month or before.

    They stand in the order in which the areas and kinds first occur.
    """
    latest: dict[tuple[str, PeriodKind], Benchmark | None] = {}
    for each in benchmarks:
        if each.indicator == indicator:
            place = each.area, each.period.kind
            before = latest.setdefault(place, None)
            if each.period.last <= month and (before is None or before.period.last < each.period.last):
                latest[place] = each
    return tuple(each for each in latest.values() if each is not None)
