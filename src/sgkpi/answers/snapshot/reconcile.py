"""Reconciliation of stocks from one month to the next, for a snapshot's reconciliation.csv."""

from collections.abc import Iterator, Mapping, Sequence

from sgkpi.answers.snapshot.restate import Former, Present
from sgkpi.engines.duckdb.seal.reconcile import Window, find_flows
from sgkpi.ledger.movements import Flow
from sgkpi.model.expressions import names_reference_day, related_names
from sgkpi.model.indicator import Indicator, Keep
from sgkpi.model.periods import Month, Period, PeriodKind, period_for
from sgkpi.planning.columns import with_rows_above
from sgkpi.snapshots.published import Publication
from sgkpi.snapshots.reconciliation import Reconciliation


def reconcile(former: Former, present: Present, months: Sequence[Month]) -> tuple[Reconciliation, ...]:
    """Return a row for each stock and month whose month before both snapshots cover; totals only."""
    stocks = [plan.indicator for plan in present.resolved.plan.indicators if plan.indicator.is_stock]
    if present.sealed is None or not stocks:
        return ()
    as_of = present.resolved.plan.as_of
    windows = [Window.between(_month(month.plus(-1)), _month(month), as_of) for month in months]
    found = find_flows(present.sealed, [each.id for each in stocks], windows)
    flows = {(each.indicator, each.month): each for each in found}
    return tuple(
        row for stock in stocks for month in sorted(months) for row in _rows(stock, month, former, present, flows)
    )


def moves_by_spells(stock: Indicator) -> bool:
    """Whether spells and columns of the case decide who is in scope, and no dated row, count or reference day.

    Neither does one that says which spells there are.
    """
    if stock.population is None:
        return True
    names = with_rows_above(stock, {*related_names(stock.population)})
    related = [each for each in stock.related if each.name in names]
    conditions = [stock.population, *(each.where for each in related if each.where is not None)]
    are_spells = all(each.keep in (Keep.ACTIVE, Keep.ONLY) and each.date is None for each in related)
    return are_spells and not any(map(names_reference_day, conditions))


def _rows(
    stock: Indicator, month: Month, former: Former, present: Present, flows: Mapping[tuple[str, str], Flow]
) -> Iterator[Reconciliation]:
    earlier = month.plus(-1)
    before = _in_scope(former.figures, stock.id, earlier)
    opening = _in_scope(present.figures, stock.id, earlier)
    closing = _in_scope(present.figures, stock.id, month)
    if before is None or opening is None or closing is None:
        return
    flow = flows.get((stock.id, str(month)), Flow(stock.id, str(month), 0, 0, 0, 0))
    moved = flow.entered, flow.left, flow.moved_in, flow.moved_out
    yield Reconciliation(stock.id, month, before, opening - before, *moved, closing, moves_by_spells(stock))


def _month(month: Month) -> Period:
    return period_for(PeriodKind.MONTH, month)


def _in_scope(figures: Publication, indicator: str, month: Month) -> int | None:
    """Return the cases in scope of a month's total; None where it is not there, or not covered."""
    figure = figures.by_place.get((indicator, _month(month), None, None))
    return figure.amounts.in_scope if figure else None
