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
        conditions.append(sql.or_([sql.is_null(end.value), compare_bounds("<", until, end)]))
    return sql.is_true(sql.and_(conditions))


def merged(rows: Select, lookup: Lookup) -> Select:
    """Spells joined with the next whose beginning is on or before their end; the last part gives the other columns."""
    start, end = Name.value(lookup.related.start), Name.value(lookup.related.end)
    has_end = lookup.related.end is not None and lookup.scan.has(lookup.related.end)
    person = lookup.related.table.person
    question = [sql.column(Name.QUESTION)]
    if person is not None and lookup.scan.has(person):
        question.append(key_part(lookup.related.table.columns[person]))
    order = [sql.ascending(sql.column(start)), *(sql.ascending(value) for value in tie_breakers(lookup))]
    open_end = sql.cast(sql.text("infinity"), "TIMESTAMP")
    closing = sql.fn("coalesce", sql.cast(sql.column(end), "TIMESTAMP"), open_end) if has_end else open_end
    begun = (
        sql.select(sql.STAR, sql.alias(closing, "closing"))
        .from_(sql.source(rows))
        .where(sql.is_not_null(sql.column(start)))
    )
    before = sql.window_before(sql.fn("max", sql.column("closing")), question, order)
    seen = sql.select(sql.STAR, sql.alias(before, "closed_before")).from_(sql.source(begun))
    breaks = sql.not_(_touches(lookup))
    marked = sql.select(sql.STAR, sql.alias(sql.cast(sql.is_true(breaks), "INTEGER"), "new_spell")).from_(
        sql.source(seen)
    )
    number = sql.window(sql.fn("sum", sql.column("new_spell")), question, order)
    numbered = sql.select(sql.STAR, sql.alias(number, "spell")).from_(sql.source(marked))
    whole = [*question, sql.column("spell")]
    last = [sql.descending(sql.column(start)), *greatest_first(lookup)]
    latest = sql.window(sql.fn("max", sql.column("closing")), list(whole))
    ends = [
        sql.alias(sql.window(sql.fn("min", sql.column(start)), whole), "first_start"),
        sql.alias(latest, "last_end"),
    ]
    place = sql.alias(sql.window(sql.fn("row_number"), list(whole), last), "part_no")
    parts = sql.select(sql.STAR, *ends, place).from_(sql.source(numbered))
    return _joined_spells(parts, lookup, has_end)


def _touches(lookup: Lookup) -> Sql:
    """Whether a spell begins on or before the end of those before it; by date where either has no time of day."""
    before = Bound(sql.column("closed_before"), Kind.DATETIME, has_clock_time(sql.column("closed_before")))
    begun = own_bound(lookup, lookup.related.start or "")
    return compare_bounds("<=", begun, before)


def _joined_spells(parts: Select, lookup: Lookup, has_end: bool) -> Select:
    start = lookup.related.table.columns[lookup.related.start or ""]
    replaced = {Name.value(start.name): sql.column("first_start")}
    if has_end:
        kind = "DATE" if lookup.related.table.columns[lookup.related.end or ""].kind is Kind.DATE else "TIMESTAMP"
        open_ended = sql.eq(sql.column("last_end"), sql.cast(sql.text("infinity"), "TIMESTAMP"))
        replaced[Name.value(lookup.related.end)] = sql.case(
            [(open_ended, sql.null())], sql.cast(sql.column("last_end"), kind)
        )
    star = sql.star_with(sql.alias(value, name) for name, value in replaced.items())
    return sql.select(star).from_(sql.source(parts)).where(sql.eq(sql.column("part_no"), sql.number(1)))
