"""Overdue cases: how many there are, and when the first of them fell due."""

from collections.abc import Sequence
from dataclasses import replace

from sgkpi.engines.duckdb.cases.cases import batch_of
from sgkpi.engines.duckdb.cases.related import with_related
from sgkpi.engines.duckdb.cases.tables import Tables
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.count.places import periods_of, shown_category
from sgkpi.engines.duckdb.judge.judged import judged
from sgkpi.engines.duckdb.judge.outcomes import Batch, category_key
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Select
from sgkpi.ledger.cases import OverdueCases, due_order
from sgkpi.model.indicator import Breakdown
from sgkpi.model.outcomes import Outcome
from sgkpi.planning.plan import IndicatorPlan


def count_overdue(tables: Tables, plans: Sequence[IndicatorPlan]) -> list[OverdueCases]:
    """Count the overdue cases of indicators with clocks that are judged together, by every breakdown planned."""
    cases = with_related(tables, [each.indicator for each in plans])
    batch = replace(batch_of(tables, plans, cases), clock_parts=("stop", "due"))
    alike: dict[tuple[Column, Column | None], list[tuple[IndicatorPlan, Breakdown | None]]] = {}
    for plan in plans:
        for by in (None, *plan.breakdowns):
            category = batch.categories[category_key(plan, by)] if by else None
            alike.setdefault((batch.placings[plan.indicator.id].column, category), []).append((plan, by))
    found: list[OverdueCases] = []
    for (placing, category), pairs in alike.items():
        query = _overdue(batch, placing, category, [batch.numbered[plan.indicator.id] for plan, _ in pairs])
        for key, recorded, place, cases, moment, day, undated in tables.session.rows(query):
            plan, by = pairs[place]
            first = min((each for each in (moment, day) if each is not None), key=due_order, default=None)
            own = by.name if by else None, shown_category(by, recorded)
            found += (
                OverdueCases(plan.indicator.id, period, *own, cases, first, undated)
                for period in periods_of(batch, plan, plan.every_period).get(key, ())
            )
    return found


def _overdue(batch: Batch, placing: Column, category: Column | None, numbers: Sequence[int]) -> Select:
    """Return the overdue cases of the indicators with these numbers, by month, category and indicator.

    Each row has the number of cases, the earliest due moment and due day, and the number of cases without one.
    """
    place, outcome, due, timed = map(Column, ("place", "outcome", "due", "timed"))
    stops, dues = ([Name.clock_part(part, number) for number in numbers] for part in ("stop", "due"))
    keys = (placing.as_("period_key"), (category or sql.null("VARCHAR")).as_("category"))
    columns = (
        sql.each_of(range(len(numbers))).as_(place),
        sql.each_of(map(Name.outcome, numbers)).as_(outcome),
        sql.each_of(value.cast("TIMESTAMP") for value, _ in dues).as_(due),
        sql.each_of(is_timed for _, is_timed in dues).as_(timed),
    )
    # Only cases whose clock has not stopped can be overdue, so only these few are judged.
    runs = sql.or_(stop.is_null() for stop, _ in stops)
    each = sql.select(*keys, *columns).from_(judged(batch)).where(placing.is_not_null() & runs)
    by = (Column("period_key"), Column("category"), place)
    first_moment, first_day = sql.fn("min", sql.when(timed, due)), sql.fn("min", sql.when(~timed, due.cast("DATE")))
    query = sql.select(*by, sql.fn("count", sql.STAR), first_moment, first_day, sql.count_where(due.is_null()))
    return query.from_(each).where(outcome.is_in(batch.codes.numbers((Outcome.OVERDUE,)))).group_by(*by)
