"""The places of figures: the periods and categories behind the keys by which cases are grouped."""

import json
from collections.abc import Iterable, Mapping

from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest.cells import code_of, has_codes, text_steps
from sgkpi.engines.duckdb.ingest.typed_rows import Scan
from sgkpi.engines.duckdb.judge.judged import category_text
from sgkpi.engines.duckdb.judge.outcomes import Batch
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Select, Sql
from sgkpi.model.indicator import JOINT, Breakdown
from sgkpi.model.outcomes import NOT_RECORDED
from sgkpi.model.periods import Period
from sgkpi.planning.plan import IndicatorPlan, reference_day

RECORDED, CODE = Column("recorded"), Column("code")  # what a spelling is when it has been cleaned, and its code


def periods_of(batch: Batch, plan: IndicatorPlan, periods: Iterable[Period]) -> dict[int, list[Period]]:
    """Return the periods to which each month, or each numbered reference day, of an indicator belongs."""
    found: dict[int, list[Period]] = {}
    for period in periods:
        if plan.indicator.is_stock:
            keys = [batch.days.index(reference_day(period, batch.as_of))]
        else:
            keys = [month.index for month in period.months]
        for key in keys:
            found.setdefault(key, []).append(period)
    return found


def shown_category(breakdown: Breakdown | None, recorded: str | None) -> str | None:
    """Return the category to count under: None for the total, and a fixed name for values not recorded."""
    if breakdown is None:
        return None
    if breakdown.parts:
        cells = json.loads(recorded or "[]")
        return JOINT.join(shown_category(part, cell) or "" for part, cell in zip(breakdown.parts, cells, strict=True))
    text = category_text(breakdown, recorded)
    return NOT_RECORDED if text is None else text


def meant(scan: Scan | None, category: Column | None, query: Select, also: Mapping[str, Sql]) -> Select:
    """Return the rows of a query, `category` being what its spellings mean if the column is carried as it is written.

    Then `also` replaces other columns; it may use `RECORDED` and `CODE`.
    """
    column = next((each for each in scan.declared if Name.raw(each.name) == category), None) if scan else None
    if scan is None or column is None:
        return query
    names = query.names
    trimmed, read = text_steps(Column("category"), column, scan.source.table)
    listed = code_of(sql.fn("kpi_folded", RECORDED), column) if has_codes(column) else sql.null("VARCHAR")
    for step in (trimmed, read.as_(RECORDED), listed.as_(CODE)):
        query = sql.select(sql.STAR, step).from_(query)
    means = {"category": sql.fn("coalesce", CODE, RECORDED), **also}
    return sql.select(*(means.get(name, Column(name)).as_(name) for name in names)).from_(query)
