"""Comparison of two states of sealed cases, from their files: which cases stand otherwise, counted where alike."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from sgkpi.engines.duckdb.ingest.raw_rows import as_pattern
from sgkpi.engines.duckdb.session.session import Session, open_session
from sgkpi.engines.sealed_files import CASES, KEYS, RELATED, ROWS
from sgkpi.ledger.movements import (
    CaseChange,
    EvidenceChange,
    KeyCounts,
    Layout,
    MonthCounts,
    Standing,
    StandingCount,
)

_LAYOUTS = """
create or replace table layouts as
select unnest($1::varchar[]) as indicator, unnest($2::boolean[]) as is_stock, unnest($3::varchar[]) as "table",
    unnest($4::varchar[][]) as related_tables,
    unnest($5::int[][]) as categories_before, unnest($6::int[][]) as categories_after,
    unnest($7::int[][]) as evidence_before, unnest($8::int[][]) as evidence_after
"""
# A case of a flow is in one month; one of a stock may be in several, so that the month is part of its identity.
_STATES = """
create or replace table states as
with every as (
    select false as is_after, *, categories_before as names, evidence_before as parts
    from read_parquet($1) join layouts using (indicator)
    union all by name
    select true as is_after, *, categories_after as names, evidence_after as parts
    from read_parquet($2) join layouts using (indicator)
)
select is_after, indicator, key, case when is_stock then coalesce(period, '') else '' end as slot,
    {'period': period, 'outcome': outcome, 'reason': reason, 'value': value, 'per': per,
     'categories': case when period is null then [] else list_select(categories, names) end} as standing,
    case when len(evidence) > 0 then list_select(evidence, parts) else [] end as evidence
from every
where period is null or list_contains($3::varchar[], period)
"""
_CHANGED = """
create or replace table changed as
with
    before as (select * from states where not is_after and key is not null),
    after as (select * from states where is_after and key is not null)
select coalesce(b.indicator, a.indicator) as indicator, coalesce(b.key, a.key) as key,
    coalesce(b.slot, a.slot) as slot, b.standing as before, a.standing as after,
    coalesce(b.evidence, []) as was, coalesce(a.evidence, []) as now
from before b full join after a on b.indicator = a.indicator and b.key = a.key and b.slot = a.slot
where b.standing is distinct from a.standing and coalesce(b.standing.period, a.standing.period) is not null
"""
_COUNTED = """
select case when $1 then key end as key, indicator, before, after, count(*) from changed group by all order by all
"""
# With the keys known before, those of all rows now, the cases before, and the related rows that are kept now.
_FOLLOWED = """
with
    known as (select distinct "table", key from read_parquet($1)),
    present as (select distinct "table", key from read_parquet($2)),
    unplaced as (select distinct indicator, key from states where not is_after and standing.period is null),
    kept as (
        select c.indicator, c.key, c.slot, generate_subscripts(r.rows, 1) as place, unnest(r.rows) as row
        from changed c join read_parquet($3) r
            on r.indicator = c.indicator and r.key = c.key and (c.slot = '' or c.slot = r.period)
    ),
    arrived as (
        select kept.indicator, kept.key, kept.slot,
            list(kept.row is not null and known.key is null order by kept.place) as new_rows
        from kept join layouts using (indicator)
            left join known on known."table" = layouts.related_tables[kept.place] and known.key = kept.row
        group by all
    )
select case when $4 then c.key end as key, c.indicator, c.before, c.after, count(*),
    known.key is not null, present.key is not null, unplaced.key is not null,
    list_transform(range(1, least(len(c.was), len(c.now)) + 1), lambda place: case
        when c.was[place] = c.now[place] then 0
        when c.was[place] <= 1 and c.now[place] > 1 then 1
        when c.was[place] < c.now[place] then 2
        else 3 end),
    coalesce(arrived.new_rows, [])
from changed c join layouts using (indicator)
    left join known on known."table" = layouts."table" and known.key = c.key
    left join present on present."table" = layouts."table" and present.key = c.key
    left join unplaced on unplaced.indicator = c.indicator and unplaced.key = c.key
    left join arrived on arrived.indicator = c.indicator and arrived.key = c.key and arrived.slot = c.slot
group by all order by all
"""
_STANDINGS = """
select indicator, standing, count(*) from states
where is_after = $1 and standing.period is not null and (key is null or not $2)
group by all order by all
"""
_KEYS = """
with used as (select unnest(list_append(related_tables, "table")) as "table" from layouts),
    known as (select distinct "table", key from read_parquet($1) semi join used using ("table")),
    present as (select distinct "table", key from read_parquet($2)),
    existing as (select distinct "table", key from read_parquet($3))
select "table", sum(was_known)::bigint, sum(was_known and not is_there)::bigint, sum(came)::bigint
from (
    select "table", true as was_known, present.key is not null as is_there, false as came
    from known left join present using ("table", key)
    union all
    select "table", false, true, known.key is null from existing left join known using ("table", key)
)
group by all order by all
"""
_MONTHS = """
with present as (select distinct "table", key from read_parquet($1))
select s.indicator, s.standing.period, count(*), count(*) filter (where present.key is null)
from states s join layouts using (indicator)
    left join present on present."table" = layouts."table" and present.key = s.key
where not s.is_after and s.key is not null and s.standing.period is not null
group by all order by all
"""


Cells = Mapping[str, Any] | None  # a standing, as DuckDB gives it


@dataclass(frozen=True)
class Comparison:
    """The changes from one state to the next, and the standings of cases at the ends of the way.

    Cases without a whole key cannot be followed: where there are others than before in a month, all of them have left
    and come. `before`, `keys` and `months` are known where records are compared, which is the first step, and `after`
    in all others.
    """

    changes: tuple[CaseChange, ...]
    before: tuple[StandingCount, ...] = ()
    after: tuple[StandingCount, ...] = ()
    keys: tuple[KeyCounts, ...] = ()
    months: tuple[MonthCounts, ...] = ()


def compare_states(
    before: Path,
    after: Path,
    layouts: Sequence[Layout],
    months: Sequence[str],
    *,
    of_records: bool = False,
    with_keys: bool = False,
) -> Comparison:
    """Compare the sealed cases of two folders in these months; `of_records`, with all that tells a cause.

    `with_keys` gives each change as one of a single case.
    """
    with open_session() as session:
        session.execute(_LAYOUTS, _columns_of(layouts))
        session.execute(_STATES, [as_pattern(before / CASES), as_pattern(after / CASES), list(months)])
        session.execute(_CHANGED)
        nameless = tuple(_nameless_changes(session))
        if not of_records:
            changes = (_change(*row) for row in session.rows(_COUNTED, [with_keys]))
            return Comparison((*changes, *nameless), after=tuple(_standings(session, is_after=True)))
        known, present, existing = map(as_pattern, (before / KEYS, after / ROWS, after / KEYS))
        followed = (
            _followed(row) for row in session.rows(_FOLLOWED, [known, present, as_pattern(after / RELATED), with_keys])
        )
        keys = tuple(KeyCounts(*row) for row in session.rows(_KEYS, [known, present, existing]))
        by_month = tuple(MonthCounts(*row) for row in session.rows(_MONTHS, [present]))
        was = tuple(_standings(session, is_after=False))
        return Comparison((*followed, *nameless), was, keys=keys, months=by_month)


def _columns_of(layouts: Sequence[Layout]) -> list[Any]:
    """Return layouts as one list for each field."""
    return [[getattr(each, field.name) for each in layouts] for field in fields(Layout)]


def _standings(session: Session, *, is_after: bool, nameless: bool = False) -> Iterator[StandingCount]:
    for indicator, standing, cases in session.rows(_STANDINGS, [is_after, nameless]):
        yield StandingCount(indicator, _standing(standing), cases)


def _nameless_changes(session: Session) -> Iterator[CaseChange]:
    """Yield all cases without a whole key of the indicators and months that have others than before."""
    sides = [Counter[tuple[str, Standing]](), Counter[tuple[str, Standing]]()]
    for is_after, side in enumerate(sides):
        found = _standings(session, is_after=bool(is_after), nameless=True)
        side.update({(each.indicator, each.standing): each.cases for each in found})
    before, after = sides
    differing = {(indicator, standing.period) for indicator, standing in (before - after) | (after - before)}
    for is_after, side in enumerate(sides):
        for (indicator, standing), cases in side.items():
            if (indicator, standing.period) in differing:
                before_it, after_it = (None, standing) if is_after else (standing, None)
                yield CaseChange(indicator, before_it, after_it, cases, is_followed=False)


def _change(key: bytes | None, indicator: str, before: Cells, after: Cells, cases: int) -> CaseChange:
    standings = [None if each is None or each["period"] is None else _standing(each) for each in (before, after)]
    return CaseChange(indicator, standings[0], standings[1], cases, key=key)


def _followed(row: Sequence[Any]) -> CaseChange:
    key, indicator, before, after, cases, was_known, is_there, was_unplaced, evidence, new_rows = row
    return replace(
        _change(key, indicator, before, after, cases),
        was_known=was_known,
        is_there=is_there,
        was_unplaced=was_unplaced or (before is not None and before["period"] is None),
        evidence=tuple(map(EvidenceChange, evidence)),
        new_rows=tuple(new_rows),
    )


def _standing(cells: Mapping[str, Any]) -> Standing:
    return Standing(**{**cells, "categories": tuple(cells["categories"])})
