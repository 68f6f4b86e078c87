"""Stock and flow, from files of sealed cases: who entered a stock and who left it, by the dates of spells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sgkpi.engines.duckdb.ingest.raw_rows import as_pattern
from sgkpi.engines.duckdb.session.session import open_session
from sgkpi.engines.sealed_files import CASES, SPELLS
from sgkpi.ledger.movements import Flow

# Cases without a complete key cannot be followed: all of them count as left and entered, without the date of a spell.
_FLOWS = """
with
    windows as (
        select unnest($1::varchar[]) as opening, unnest($2::varchar[]) as closing,
            unnest($3::date[]) as opened, unnest($4::date[]) as closed
    ),
    cases as (select indicator, period, key from read_parquet($5) where period is not null),
    moves as (
        select w.closing, w.opened, w.closed, c.indicator, c.key, false as has_come
        from windows w join cases c on c.period = w.opening
        where not exists (
            from cases o where o.period = w.closing and o.indicator = c.indicator and o.key = c.key)
        union all
        select w.closing, w.opened, w.closed, c.indicator, c.key, true
        from windows w join cases c on c.period = w.closing
        where not exists (
            from cases o where o.period = w.opening and o.indicator = c.indicator and o.key = c.key)
    ),
    dated as (
        select m.*, exists (
            from read_parquet($6) s
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


def find_flows(sealed: Path, windows: Sequence[Window]) -> tuple[Flow, ...]:
    """Return the flows of stocks in each window, where there are any."""
    columns = [[getattr(each, name) for each in windows] for name in ("opening", "closing", "opened", "closed")]
    with open_session() as session:
        paths = [as_pattern(sealed / name) for name in (CASES, SPELLS)]
        return tuple(Flow(*row) for row in session.rows(_FLOWS, [*columns, *paths]))
