"""Single cases: the outcome of each with its key, and with what its clock saw.

Key and person are read like breakdowns by them. What the clock saw stands beside the outcome in the
relation that is judged: `start`, `stop` and `due`, each with whether it has a time of day.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.cases import batch_of
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.count import periods_of, shown_category
from sgkpi.engines.duckdb.judge import category_key, category_text, judged
from sgkpi.engines.duckdb.judge_clocks import CLOCK_PARTS
from sgkpi.engines.duckdb.tables import Cases, Tables
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.model.expressions import ColumnRef
from sgkpi.model.indicator import Breakdown
from sgkpi.model.outcomes import Outcome
from sgkpi.planning.plan import IndicatorPlan

_ROW_NUMBER = (Name.FILE_NAME, Name.ROW_NUMBER)


def single_cases(
    tables: Tables, plan: IndicatorPlan, cases: Cases, outcomes: Collection[Outcome]
) -> Iterator[CaseOutcome]:
    """Yield every case of an indicator with one of the outcomes, in the order of periods and keys.

    Where the files have no key, a case has its file and the number of its row among those that were read.
    """
    table, source = plan.indicator.table, tables.extract.tables[plan.indicator.table.name]

    def read(name: str) -> Breakdown:
        return Breakdown(name, ColumnRef(name, table.columns[name].kind))

    key_parts = tuple(map(read, table.key)) if source.has_key else ()
    person = read(table.person) if table.person in source.columns and table.person else None
    told_by = (*plan.breakdowns, *key_parts, *([person] if person else []))
    carried = () if key_parts else _ROW_NUMBER
    batch = batch_of(tables, [replace(plan, breakdowns=told_by)], cases, carried, detailed=True)
    placing, outcome = batch.placings[plan.indicator.id].column, Name.outcome(0)
    columns = {by: batch.categories[category_key(plan, by)] for by in told_by}
    key = [columns[part] for part in key_parts] or _ROW_NUMBER
    wanted = [sql.number(code) for code in batch.codes.numbers(outcomes)]
    if not wanted:
        return
    query = sql.select(sql.STAR).from_(judged(batch)).where(placing.is_not_null()).where(outcome.is_in(wanted))
    periods = periods_of(batch, plan)
    for cells in tables.session.records(query.order_by(placing, *key)):
        result, reason = batch.codes.meaning(cells[outcome.name])
        texts = {by: category_text(by, cells[column.name]) for by, column in columns.items()}
        value = None
        if result is Outcome.COUNTED and Name.numerator(0).name in cells:
            value = Fraction(cells[Name.numerator(0).name], cells[Name.denominator(0).name])
        for period in periods.get(cells[placing.name], ()):
            yield CaseOutcome(
                indicator=plan.indicator.id,
                period=period,
                key=tuple(texts[part] or "" for part in key_parts)
                or tuple(str(cells[each.name]) for each in _ROW_NUMBER),
                person=texts[person] if person else None,
                outcome=result,
                reason=reason,
                **{part: _moment(cells[part], timed=cells[f"{part}.timed"]) for part in CLOCK_PARTS},
                value=value,
                categories={by.name: shown_category(by, cells[columns[by].name]) or "" for by in plan.breakdowns},
            )


def _moment(value: date | datetime | None, *, timed: bool) -> date | datetime | None:
    """Return a value without a time of day as its date."""
    return value.date() if isinstance(value, datetime) and not timed else value
