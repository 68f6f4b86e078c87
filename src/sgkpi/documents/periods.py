"""Several periods of one kind side by side: a row for each indicator and category, a column for each period."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sgkpi.documents.document import TableBlock, TableColumn, Value, column
from sgkpi.documents.values import rating_cell, row_name, value_cell
from sgkpi.figures.build import order_categories
from sgkpi.figures.figure import Figure, Rating
from sgkpi.figures.numbers import NOTHING, show_target
from sgkpi.model.indicator import Indicator
from sgkpi.model.periods import Period, PeriodKind

MORE_NOTE = "For counts of cases, comparisons and trends, ask for a single period or use --csv"
# Kinds of which one follows the other; the others overlap, and have "to" in their labels.
_IN_A_ROW = frozenset({PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.FINANCIAL_YEAR})
_FEWEST = 3


@dataclass(frozen=True)
class _Line:
    """An indicator, or one of its categories, in every period in which it has a figure."""

    theme: str
    figures: Mapping[Period, Figure]

    @property
    def latest(self) -> Figure:
        return self.figures[max(self.figures, key=lambda period: (period.last, period.sort_key))]


def periods_table(
    figures: Sequence[tuple[str, Figure]], indicators: Sequence[Indicator], periods: Sequence[Period]
) -> TableBlock:
    """Return the figures, given with their themes, with a column for each period, the earliest first."""
    known = {each.id: each for each in indicators}
    named = dict.fromkeys((theme, figure.indicator) for theme, figure in figures)
    lines = [line for theme, name in named for line in _lines(theme, known[name], figures)]
    latest = [line.latest for line in lines]
    columns = (
        column("Indicator", latest, row_name),
        *(
            column(period.label.replace(" to ", "\nto "), (line.figures.get(period) for line in lines), _cell)
            for period in periods
        ),
        column("Target", latest, lambda each: show_target(each.target_green, each.measure), right=True),
        TableColumn("Id", tuple(each.indicator for each in latest), 10, beside_title=True),
    )
    return TableBlock(columns, tuple(line.theme for line in lines))


def _lines(theme: str, indicator: Indicator, figures: Sequence[tuple[str, Figure]]) -> Iterator[_Line]:
    """Yield the total, then each breakdown's categories in the order of figures."""
    found: dict[tuple[str | None, str | None], dict[Period, Figure]] = {}
    for _, figure in figures:
        if figure.indicator == indicator.id:
            found.setdefault((figure.breakdown, figure.category), {})[figure.period] = figure
    if (None, None) in found:
        yield _Line(theme, found[None, None])
    for breakdown in indicator.by:
        occurring = [category for name, category in found if name == breakdown.name and category is not None]
        for category in order_categories(breakdown, occurring):
            if (breakdown.name, category) in found:
                yield _Line(theme, found[breakdown.name, category])


def _cell(figure: Figure | None) -> Value:
    if figure is None:
        return Value(NOTHING)
    rated = None if figure.rating is Rating.NOT_RATED else rating_cell(figure)
    return replace(value_cell(figure), rated=rated)


def name_periods(periods: Iterable[Period]) -> str:
    """`2018-04 to 2018-11, 2019-01`: each of the periods, three and more that follow one another as one span."""
    runs: list[list[Period]] = []
    for period in sorted(set(periods), key=lambda each: each.sort_key):
        before = runs[-1][-1] if runs else None
        in_a_row = before is not None and before.kind is period.kind and before.kind in _IN_A_ROW
        if before is not None and in_a_row and before.last.plus(1) == period.first:
            runs[-1].append(period)
        else:
            runs.append([period])
    return ", ".join(
        f"{run[0].label} to {run[-1].label}" if len(run) >= _FEWEST else ", ".join(each.label for each in run)
        for run in runs
    )
