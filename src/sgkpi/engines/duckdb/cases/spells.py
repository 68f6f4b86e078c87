"""Related rows that are spells: which are open at a moment, and which are merged."""

from sgkpi.engines.duckdb.cases.lookups import Bound, Lookup
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest.typed_rows import key_part
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Select, Sql
from sgkpi.model.expressions import Kind
from sgkpi.model.units import Limit


def is_active(lookup: Lookup) -> Sql:
    """`from <= until < to`; open spells have no end, and current lists no start."""
    until, related, conditions = lookup.bound("until"), lookup.related, list[Sql]()
    if until is None:
        raise ValueError("an active row is active at a moment")
    if lookup.has_start:
        conditions.append(lookup.own_bound(related.start).compare("<=", until))
    if related.end and lookup.scan.has(related.end):
        end = lookup.own_bound(related.end)
        conditions.append(end.value.is_null() | until.compare("<", end))
    return sql.and_(conditions).is_true()


def is_open_within(lookup: Lookup, limit: Limit) -> Sql:
    """Whether a spell is open on one of the days that end with `until`: after `until` less a limit."""
    until, related = lookup.bound("until"), lookup.related
    if until is None or not limit.amount:
        return sql.FALSE
    start, last, before = (each.day for each in (lookup.own_bound(related.start), until, until.less(limit)))
    if not (related.end and lookup.scan.has(related.end)):
        return start <= last
    end = lookup.own_bound(related.end).day
    # The day before its end is the last on which it is open.
    ended_within = (end > start) & (end > before + 1)
    return (start <= last) & (end.is_null() | ended_within)


def merged(rows: Select, lookup: Lookup) -> Select:
    """Merge spells with the next one if it starts on or before their end; the last part gives the other columns."""
    related, table, scan = lookup.related, lookup.table, lookup.scan
    start, end = Name.value(related.start), Name.value(related.end)
    whose: list[Sql] = [*lookup.question]
    if table.person is not None and scan.has(table.person):
        whose.append(key_part(table.columns[table.person]))
    closing, timed, closed_before, timed_before = map(Column, ("closing", "timed", "closed_before", "timed_before"))
    breaks, spell, first_start, first_timed = map(Column, ("breaks", "spell", "first_start", "first_timed"))
    last_end, last_timed = Column("last_end"), Column("last_timed")
    endless, is_ended = sql.text("infinity").cast("TIMESTAMP"), related.end is not None and scan.has(related.end)
    order = [start, *lookup.tie_breakers]
    closes = end.cast("TIMESTAMP").or_else(endless) if is_ended else endless
    # The ends with a time of day: the last end of several has one if it is the last of these, too.
    has_time = lookup.own_bound(related.end).timed if is_ended else sql.FALSE
    begun = sql.select(sql.STAR, closes.as_(closing), sql.when(has_time, closes).as_(timed))
    begun = begun.from_(_by_wall_clock(rows, lookup)).where(start.is_not_null())
    pairs = ((closing, closed_before), (timed, timed_before))
    before = [sql.fn("max", each).over(whose, order, before=True).as_(name) for each, name in pairs]
    # By date where either has no time of day.
    last = Bound(closed_before, Kind.DATETIME, timed_before.same_as(closed_before))
    touches = lookup.own_bound(related.start).compare("<=", last)
    marked = sql.select(sql.STAR, (~touches).is_true().cast("INTEGER").as_(breaks))
    marked = marked.from_(sql.select(sql.STAR, *before).from_(begun))
    numbered = sql.select(sql.STAR, sql.fn("sum", breaks).over(whose, order).as_(spell)).from_(marked)
    whole, latest = [*whose, spell], [start.desc(), *(value.desc() for value in lookup.tie_breakers)]
    columns = {first_start: sql.fn("min", start), last_end: sql.fn("max", closing), last_timed: sql.fn("max", timed)}
    ends = [value.over(whole).as_(name) for name, value in columns.items()]
    replaced = [first_start.as_(start)]
    if table.columns[related.start or ""].midnight:
        ends.append(sql.fn("first_value", Name.has_time(related.start)).over(whole, order).as_(first_timed))
        replaced.append(first_timed.as_(Name.has_time(related.start)))
    if is_ended:
        column = table.columns[related.end or ""]
        kind = "DATE" if column.kind is Kind.DATE else "TIMESTAMP"
        replaced.append(sql.when(last_end.eq(endless), None, last_end.cast(kind)).as_(end))
        replaced += [last_timed.same_as(last_end).as_(Name.has_time(column))] if column.midnight else []
    is_latest = sql.fn("row_number").over(whole, latest).eq(1)
    parts = sql.select(sql.STAR, *ends).from_(numbered).qualify(is_latest)
    return sql.select(sql.star(replaced=tuple(replaced))).from_(parts)


def _by_wall_clock(spells: Select, lookup: Lookup) -> Select:
    """Return spells with repeated clock times read as GMT."""
    ends = [name for name in (lookup.related.start, lookup.related.end) if name and lookup.scan.has(name)]
    moments = [name for name in ends if lookup.table.columns[name].kind is Kind.DATETIME]
    read = tuple(sql.FALSE.as_(Name.summer(name)) for name in moments)
    return sql.select(sql.star(replaced=read)).from_(spells) if read else spells
