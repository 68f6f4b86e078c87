"""Movements of stocks: the cases that came into them and went out of them within a month, from an extract alone."""

from collections.abc import Mapping
from dataclasses import replace

from sgkpi.engines.protocol import Engine
from sgkpi.ledger.movements import Flow
from sgkpi.model.indicator import Indicator
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Month, PeriodKind, periods_for
from sgkpi.planning.columns import related_named
from sgkpi.planning.plan import IndicatorPlan
from sgkpi.planning.request import ResolvedRequest


def find_movements(resolved: ResolvedRequest, engine: Engine, month: Month) -> Mapping[str, Flow]:
    """Return for each stock who came into it and who left it between the month before and a month.

    Whoever is counted on one reference day and not on the other has entered or left by the dates of spells, or moved
    in or out without such a date. A stock of which the extract does not cover both days has none, nor has one whose
    cases have no key to be told apart by.
    """
    months = periods_for([PeriodKind.MONTH], [month.plus(-1), month])
    asked, tables = resolved.over(months), resolved.extract.tables
    stocks = {
        each.indicator.id: replace(each, indicator=_population_alone(each.indicator), breakdowns=(), totals_only=())
        for each in asked.plan.indicators
        if each.indicator.is_stock and len(each.periods) > 1 and tables[each.indicator.table.name].has_key
    }
    if not stocks:
        return {}
    # Several indicators are often of the same population: its movements are theirs.
    first: dict[IndicatorPlan, str] = {}
    for name, population in stocks.items():
        first.setdefault(population, name)
    plans = tuple(replace(each, indicator=replace(each.indicator, id=name)) for each, name in first.items())
    moved = engine.movements(replace(asked.plan, indicators=plans, persons=False), asked.extract)
    found = {each.indicator: each for each in moved}
    none = Flow("", str(month), 0, 0, 0, 0)
    return {name: replace(found.get(first[each], none), indicator=name) for name, each in stocks.items()}


def _population_alone(stock: Indicator) -> Indicator:
    """Return a count of a stock's population without a name, which stocks of the same population have in common."""
    alone = Indicator("", "", stock.table, stock.period, Measure.COUNT, population=stock.population)
    named = related_named(replace(alone, related=stock.related))
    return replace(alone, related=tuple(each for each in stock.related if each.name in named))
