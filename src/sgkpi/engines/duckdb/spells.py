"""Spells as related rows: which is active at a moment, and adjacent ones as one."""

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Select, Sql
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.lookup import (
    Bound,
    Lookup,
    bound,
    compare_bounds,
    greatest_first,
    has_start,
    own_bound,
    tie_breakers,
)
from sgkpi.engines.duckdb.moments import has_clock_time
from sgkpi.engines.duckdb.scan import key_part
from sgkpi.model.expressions import Kind


def is_active(lookup: Lookup) -> Sql:
    """`from <= until < to`; an open spell has no end, and a current list no beginning."""
    until = bound(lookup, "until")
    related = lookup.related
    if until is None:
        raise ValueError("an active row is active at a moment")
    conditions = []
    if related.start and has_start(lookup):
        conditions.append(compare_bounds("<=", own_bound(lookup, related.start), until))
    if related.end and lookup.scan.has(related.end):
        end = own_bound(lookup, related.end)
        conditions.append(end.value.is_null() | compare_bounds("<", until, end))
    return sql.and_(conditions).is_true()


def merged(rows: Select, lookup: Lookup) -> Select:
    """Spells joined with the next whose beginning is on or before their end; the last part gives the other columns."""
    start, end = Name.value(lookup.related.start).name, Name.value(lookup.related.end).name
    has_end = lookup.related.end is not None and lookup.scan.has(lookup.related.end)
    person = lookup.related.table.person
    question: list[Sql] = [Name.QUESTION]
    if person is not None and lookup.scan.has(person):
        question.append(key_part(lookup.related.table.columns[person]))
    order = [sql.column(start), *tie_breakers(lookup)]
    open_end = sql.text("infinity").cast("TIMESTAMP")
    closing = sql.fn("coalesce", sql.column(end).cast("TIMESTAMP"), open_end) if has_end else open_end
    begun = sql.select(sql.STAR, closing.as_("closing")).from_(rows).where(sql.column(start).is_not_null())
    before = sql.fn("max", sql.column("closing")).over(question, order, before=True)
    seen = sql.select(sql.STAR, before.as_("closed_before")).from_(begun)
    breaks = ~_touches(lookup)
    marked = sql.select(sql.STAR, breaks.is_true().cast("INTEGER").as_("new_spell")).from_(seen)
    number = sql.fn("sum", sql.column("new_spell")).over(question, order)
    numbered = sql.select(sql.STAR, number.as_("spell")).from_(marked)
    whole = [*question, sql.column("spell")]
    last = [sql.column(start).desc(), *greatest_first(lookup)]
    latest = sql.fn("max", sql.column("closing")).over(list(whole))
    ends = [
        sql.fn("min", sql.column(start)).over(whole).as_("first_start"),
        latest.as_("last_end"),
    ]
    place = sql.fn("row_number").over(list(whole), last).as_("part_no")
    parts = sql.select(sql.STAR, *ends, place).from_(numbered)
    return _joined_spells(parts, lookup, has_end)


def _touches(lookup: Lookup) -> Sql:
    """Whether a spell begins on or before the end of those before it; by date where either has no time of day."""
    before = Bound(sql.column("closed_before"), Kind.DATETIME, has_clock_time(sql.column("closed_before")))
    begun = own_bound(lookup, lookup.related.start or "")
    return compare_bounds("<=", begun, before)


def _joined_spells(parts: Select, lookup: Lookup, has_end: bool) -> Select:
    start = lookup.related.table.columns[lookup.related.start or ""]
    replaced = {Name.value(start.name).name: sql.column("first_start")}
    if has_end:
        kind = "DATE" if lookup.related.table.columns[lookup.related.end or ""].kind is Kind.DATE else "TIMESTAMP"
        open_ended = sql.column("last_end").eq(sql.text("infinity").cast("TIMESTAMP"))
        replaced[Name.value(lookup.related.end).name] = sql.when(open_ended, None, sql.column("last_end").cast(kind))
    star = sql.star_with(value.as_(name) for name, value in replaced.items())
    return sql.select(star).from_(parts).where(sql.column("part_no").eq(1))
