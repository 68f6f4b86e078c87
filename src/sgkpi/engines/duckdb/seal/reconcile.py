"""Stock and flow: who entered a stock and who left it, by the dates of spells.

It is the same query over files of sealed cases and over the tables of an extract.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import chain
from pathlib import Path

from sgkpi.engines.duckdb.cases.cases import batch_of
from sgkpi.engines.duckdb.cases.related import with_related
from sgkpi.engines.duckdb.cases.tables import Tables
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.count.places import periods_of
from sgkpi.engines.duckdb.ingest.known_rows import dates_of_key
from sgkpi.engines.duckdb.ingest.raw_rows import as_pattern
from sgkpi.engines.duckdb.judge.judged import judged, key_message
from sgkpi.engines.duckdb.seal.spells import spells_of
from sgkpi.engines.duckdb.session.session import Session, open_session
from sgkpi.engines.sealed_files import CASES, SPELLS
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Sql
from sgkpi.ledger.movements import Flow
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Period
from sgkpi.model.table import Table
from sgkpi.planning.plan import IndicatorPlan, Plan, reference_day

_STOCKS, _SPELLS = "stocks", "spells"
_COLUMNS = {"indicator": "VARCHAR", "period": "VARCHAR", "key": "BLOB"}
# Cases without a complete key cannot be followed: all of them count as left and entered, without the date of a spell.
_FLOWS = """
with
    windows as (
        select unnest($1::varchar[]) as opening, unnest($2::varchar[]) as closing,
            unnest($3::date[]) as opened, unnest($4::date[]) as closed
    ),
    moves as (
        select w.closing, w.opened, w.closed, c.indicator, c.key, false as has_come
        from windows w join stocks c on c.period = w.opening
        where not exists (
            from stocks o where o.period = w.closing and o.indicator = c.indicator and o.key = c.key)
        union all
        select w.closing, w.opened, w.closed, c.indicator, c.key, true
        from windows w join stocks c on c.period = w.closing
        where not exists (
            from stocks o where o.period = w.opening and o.indicator = c.indicator and o.key = c.key)
    ),
    dated as (
        select m.*, exists (
            from spells s
            where s.indicator = m.indicator and s.key = m.key
                and case when has_come then s.start else s."end" end > m.opened
                and case when has_come then s.start else s."end" end <= m.closed) as by_spell
        from moves m
    )
select indicator, closing, count(*) filter (where has_come and by_spell),
    count(*) filter (where not has_come and by_spell), count(*) filter (where has_come and not by_spell),
    count(*) filter (where not has_come and not by_spell)
from dated group by all order by all
"""


@dataclass(frozen=True)
class Window:
    """The time between two reference days of a stock, and the months of these days."""

    opening: str
    closing: str
    opened: date
    closed: date

    @classmethod
    def between(cls, before: Period, after: Period, as_of: datetime) -> "Window":
        """Return the time from the reference day of a month to that of another, as known at a time."""
        return cls(before.label, after.label, reference_day(before, as_of), reference_day(after, as_of))


def find_flows(sealed: Path, stocks: Collection[str], windows: Sequence[Window]) -> tuple[Flow, ...]:
    """Return the flows of sealed stocks, by their ids, in each window, where there are any."""
    cases, spells = (sql.fn("read_parquet", as_pattern(sealed / name)) for name in (CASES, SPELLS))
    of_stocks = sql.select(*map(Column, _COLUMNS)).from_(cases).where(Column("indicator").is_in(stocks))
    with open_session() as session:
        session.create(_STOCKS, of_stocks)
        session.create(_SPELLS, sql.select(sql.STAR).from_(spells))
        return _flows(session, windows)


def count_movements(plan: Plan, tables: Tables, groups: Iterable[Sequence[IndicatorPlan]]) -> tuple[Flow, ...]:
    """Return the flows of a plan's stocks between its two months; `groups` are stocks that are judged together.

    Tables must be stored, and the reference days prepared.
    """
    session = tables.session
    session.create(_STOCKS, sql.no_rows(_COLUMNS))
    session.run_parallel([partial(_store_stocks, tables, plans) for plans in groups])
    session.create(_SPELLS, spells_of(plan, tables, _key))
    before, after = plan.indicators[0].periods
    return _flows(session, [Window.between(before, after, plan.as_of)])


def _store_stocks(tables: Tables, plans: Sequence[IndicatorPlan]) -> None:
    """Store which cases are in scope of stocks in each month."""
    first, table = plans[0], plans[0].indicator.table
    dates = dates_of_key(tables.readings[table.name].scan)
    parts = (*map(Name.value, table.key), *(Name.in_key(part.name) for part in chain(*dates.values())))
    cases = with_related(tables, [each.indicator for each in plans])
    batch = batch_of(tables, plans, cases, parts)
    indicator, outcome, place = Column("indicator"), Column("outcome"), batch.placings[first.indicator.id].column
    each = sql.select(
        sql.each_of(plan.indicator.id for plan in plans).as_(indicator),
        sql.each_of(Name.outcome(number) for number in range(len(plans))).as_(outcome),
        place.as_("place"),
        _key(table, dates).as_("key"),
    ).from_(judged(batch))
    pairs = [(key, month.label) for key, found in periods_of(batch, first, first.periods).items() for month in found]
    keys, labels = zip(*pairs, strict=True)
    months = sql.select(sql.each_of(keys).as_("place"), sql.each_of(labels).as_("period"))
    found = sql.select(indicator.of("c"), Column("period", "m"), Column("key", "c")).from_(each, "c")
    found = found.join(months, "m", on=Column("place", "c").eq(Column("place", "m")))
    tables.session.execute(sql.insert(_STOCKS, found.where(outcome.is_in(batch.codes.numbers(tuple(Outcome))))))


def _key(table: Table, dates: Iterable[str] = ()) -> Sql:
    """Return what tells a case of a table from others, null if part of its key is blank."""
    return sql.fn("encode", key_message(table, dates))


def _flows(session: Session, windows: Sequence[Window]) -> tuple[Flow, ...]:
    columns = [[getattr(each, name) for each in windows] for name in ("opening", "closing", "opened", "closed")]
    return tuple(Flow(*row) for row in session.rows(_FLOWS, columns))
