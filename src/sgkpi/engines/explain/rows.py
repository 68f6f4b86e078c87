"""The rows that `statement.py` judges, as known at the time, and the related rows of a case."""

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from sgkpi.engines.explain import values
from sgkpi.engines.explain.values import Bound, Names, as_date, compare_bounds, free, has_time, relation, value_of
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Select, Sql, Star
from sgkpi.model.expressions import ColumnRef, Expression, Kind, Unit
from sgkpi.model.indicator import Indicator, Keep, PeriodColumn, PointInTime, Related
from sgkpi.model.table import FILE_VERSION, Column, Table
from sgkpi.model.units import LimitUnit
from sgkpi.planning.columns import named_columns, refs_of

_DATED = (Kind.DATE, Kind.DATETIME)


def columns_of(indicator: Indicator, table: Table) -> list[Column]:
    """Return the columns used of cases or related rows; all of them if the table has no key."""
    named, wanted = named_columns(indicator), {*table.key, table.happened}
    if table == indicator.table:
        wanted |= {ref.column for ref in refs_of(indicator) if ref.related is None}
        wanted |= {each.case_column for each in indicator.related}
        wanted |= {indicator.period.column} if isinstance(indicator.period, PeriodColumn) else set()
    for related in indicator.related:
        if related.table == table:
            wanted |= {*named.of_row(related), table.person if related.merge_adjacent else None}
    return [column for column in table.columns.values() if column.name in wanted or not table.key]


def known_rows(names: Names, table: Table, *, as_cases: bool = False) -> Select:
    """Return the rows that existed at the moment in question, without dates that were still to come.

    `as_cases` keeps, of a stock, only those open on the reference day.
    """
    indicator, conditions, shown = names.indicator, list[Sql](), list[Sql]()
    spell = indicator.period if as_cases and isinstance(indicator.period, PointInTime) else None
    for column in columns_of(indicator, table):
        value, is_start = sql.column(column.name), spell is not None and column.name == spell.start
        known = value <= names.known_on(column.kind)
        certain = column.kind not in _DATED or column.planned or column.name == table.happened or is_start
        shown.append(value if certain else sql.when(known, value).as_(column.name))
        if column.name == table.happened and not is_start:
            conditions.append(known.or_else(sql.TRUE))
    conditions += _exists(names, table, table.recorded)
    conditions += _is_open(names, table, spell) if spell is not None else ()
    origin = relation(names.named(f"latest_{table.name}") if has_version(table) else table.name)
    rows = Select(tuple(shown), origin, conditions=tuple(conditions), is_distinct=not table.key)
    return rows.join(relation(names.named("params")), kind="cross join")


def has_version(table: Table) -> bool:
    """Return whether a version column decides between rows with the same key."""
    return table.version not in (None, FILE_VERSION)


def latest_rows(names: Names, table: Table) -> Select:
    """Return the rows with the greatest version of their key, of those that exist at the as-of time."""
    kind, version = table.columns[str(table.version)].kind, sql.column(str(table.version))
    known = sql.when(version <= _as_of(names, kind), version) if kind in _DATED else version
    keys = [_as_compared(table.columns[each], sql.column(each)) for each in table.key]
    rows = Select((Star(table.name),), relation(table.name)).join(relation(names.named("params")), kind="cross join")
    conditions = (*_exists(names, table, table.happened), *_exists(names, table, table.recorded))
    return replace(rows, conditions=conditions).qualify(sql.fn("rank").over(keys, [known.desc()]).eq(1))


def _exists(names: Names, table: Table, column: str | None) -> Iterator[Sql]:
    """Yield the condition under which a row exists at the as-of time."""
    if column is not None:
        yield (sql.column(column) <= _as_of(names, table.columns[column].kind)).or_else(sql.TRUE)


def _as_of(names: Names, kind: Kind) -> Sql:
    return as_date(names.as_of) if kind is Kind.DATE else names.as_of


def _is_open(names: Names, table: Table, spell: PointInTime) -> Iterator[Sql]:
    """Yield the conditions under which a spell is open on a day, as known then."""
    (begun, start), (ended, end) = ((sql.column(each), table.columns[each].kind) for each in (spell.start, spell.end))
    if start is not Kind.DATE:
        yield begun <= names.known_at
    yield (begun if start is Kind.DATE else as_date(begun)) <= names.day
    still = [ended.is_null(), (ended if end is Kind.DATE else as_date(ended)) > names.day]
    yield sql.or_(still if end is Kind.DATE else [*still, ended > names.known_at])


def merged_spells(names: Names, related: Related) -> Select:
    """Return the spells of `related`, merged if one starts on or before the end of an earlier one."""
    table, start, end = related.table, str(related.start), str(related.end)
    known = names.named(f"known_{table.name}")
    spells = sql.select(sql.STAR).from_(known, known).where(sql.column(start).is_not_null())
    if related.where is not None:
        spells = replace(spells, columns=(Star(known),)).join(relation(names.named("params")), kind="cross join")
        spells = spells.where(value_of(related.where, replace(names, rows_of=related)))
    people = dict.fromkeys([related.row_column, *([table.person] if table.person else [])])
    whose = [_as_compared(table.columns[each], sql.column(each)) for each in people]
    order = (sql.column(start), *_tie_breakers(table))
    open_end = sql.column(end).or_else(sql.text("infinity").cast(values.TYPES[table.columns[end].kind]))
    last_end = _bound_of_row(names, related, end, sql.fn("max", open_end).over(whose, order, before=True))
    touches = compare_bounds("<=", _bound_of_row(names, related, start), last_end)
    begins, spell = free("begins", table.columns), free("spell", table.columns)
    marked = sql.select(sql.STAR, sql.when(touches, 0, 1).as_(begins))
    number = sql.fn("sum", sql.column(begins)).over(whose, order)
    numbered = sql.select(sql.STAR, number.as_(spell)).from_(marked.from_(spells, "spells"), "spells")
    closed = sql.fn("count", sql.column(end)).eq(sql.fn("count", sql.STAR))
    columns = [sql.fn("min", sql.column(start)).as_(start)]
    columns.append(sql.when(closed, sql.fn("max", sql.column(end))).as_(end))
    for column in columns_of(names.indicator, table):
        if column.name not in (start, end):
            last = sql.fn("last", sql.column(column.name).in_order(*order))
            columns.append(last.as_(column.name))
    return sql.select(*columns).from_(numbered, "spells").group_by(*whose, sql.column(spell))


def related_rows(names: Names, related: Related) -> Select:
    """Return the columns of the related row that is kept, or the number of related rows."""
    table = related.table
    rows = names.named(f"merged_{related.name}" if related.merge_adjacent else f"known_{table.name}")
    conditions = [*_joins(names, related, rows), *_within_bounds(names, related)]
    if related.where is not None and not related.merge_adjacent:
        conditions.append(value_of(related.where, replace(names, rows_of=related)))
    refs, order = refs_of(names.indicator), list[Sql]()
    kept = [each for each in table.columns if any((ref.column, ref.related) == (each, related.name) for ref in refs)]
    kept = kept or [related.row_column]
    columns = [sql.column(each) for each in kept]
    match related.keep:
        case Keep.COUNT:
            columns = [sql.fn("count", sql.STAR).as_("count")]
        case Keep.ONLY:
            single = sql.fn("count", sql.STAR).eq(1)
            columns = [sql.when(single, sql.fn("any_value", sql.column(each))).as_(each) for each in kept]
            columns.append(sql.fn("count", sql.STAR).as_(free("rows_found", table.columns)))
        case Keep.LATEST | Keep.ACTIVE:
            order = [sql.column(str(related.date or related.start)).desc()]
        case Keep.EARLIEST:
            order = [sql.column(str(related.date))]
        case _:
            assert_never(related.keep)
    query = Select(tuple(columns), relation(rows), conditions=tuple(conditions))
    return query.order_by(*order, *map(Sql.desc, _tie_breakers(table))).limit(1) if order else query


def _joins(names: Names, related: Related, rows: str) -> Iterator[Sql]:
    """Yield the conditions under which a row belongs to a case, which is never its own related row."""
    cases, table = names.named("cases"), names.indicator.table
    own, other = table.columns[related.case_column], related.table.columns[related.row_column]
    theirs, ours = _as_compared(other, sql.column(other.name)), _as_compared(own, sql.column(own.name, cases))
    yield theirs.eq(ours) if own.kind is other.kind else theirs.cast("VARCHAR").eq(ours.cast("VARCHAR"))
    if related.table == table:
        identity = table.key or table.columns
        yield sql.or_(sql.column(each, rows).op("IS DISTINCT FROM", sql.column(each, cases)) for each in identity)


def _within_bounds(names: Names, related: Related) -> Iterator[Sql]:
    """Yield the conditions of the bounds and of `within`."""
    until = _bound(names, related.until) if related.until is not None else None
    if related.start is not None and until is not None:
        yield from _is_spell_open(names, related, until)
        return
    if related.date is None:
        return
    moment = _bound_of_row(names, related, related.date)
    if not related.bounds:
        yield moment.value.is_not_null()
    for operator, bound in (("<=", related.until), (">", related.after), (">=", related.since)):
        if bound is not None:
            yield compare_bounds(operator, moment, _bound(names, bound))
    if until is not None and related.within is not None:
        earliest = values.by_limit(until.value, until.kind, related.within, names, sign=-1)
        if related.within.unit is not LimitUnit.HOURS:
            yield compare_bounds(">", moment, Bound(earliest, until.kind, until.timed))
            return
        dates = values.by_date(">", moment, Bound(earliest, Kind.DATETIME, until.timed))
        if Kind.DATE in (moment.kind, until.kind):
            yield dates
            return
        latest = values.hours_later(values.in_utc(moment.value), related.within.amount)
        elapsed = latest > values.in_utc(until.value)
        timed = values.all_of((moment.timed, until.timed))
        yield elapsed if timed == sql.TRUE else sql.case([(timed, elapsed)], dates)


def _bound_of_row(names: Names, related: Related, column: str, value: Sql | None = None) -> Bound:
    """Return a date of a related row, or a value of that kind."""
    ref = ColumnRef(column, related.table.columns[column].kind)
    timed = has_time(ref, replace(names, rows_of=related))
    if value is not None and timed not in (sql.TRUE, sql.FALSE):
        timed = value.cast("TIME").ne(values.MIDNIGHT)
    return Bound(sql.column(column) if value is None else value, ref.kind, timed)


def _is_spell_open(names: Names, related: Related, until: Bound) -> Iterator[Sql]:
    """Yield the conditions under which a spell is open at `until` or, with `within`, on one of the days before."""
    start, end = (_bound_of_row(names, related, str(each)) for each in (related.start, related.end))
    if related.within is None:
        yield compare_bounds("<=", start, until)
        yield sql.or_([end.value.is_null(), compare_bounds("<", until, end)])
        return
    before = Bound(values.by_limit(until.value, until.kind, related.within, names, sign=-1), until.kind, until.timed)
    # A spell is last open on the day before its end.
    last = Bound(values.moved(end.value, end.kind, -1, Unit.DAYS, names), end.kind, end.timed)
    ended_within = [values.by_date(">", end, start), values.by_date(">", last, before)]
    yield values.by_date("<=", start, until) if related.within.amount else sql.FALSE
    yield sql.or_([end.value.is_null(), sql.and_(ended_within)])


def _bound(names: Names, part: Expression) -> Bound:
    """Return `until`, `after` or `since`."""
    return Bound(value_of(part, names), part.kind, has_time(part, names))


def _tie_breakers(table: Table) -> list[Sql]:
    """Return the order of rows with the same date: the key as text or, without a key, every column."""
    as_text = [name for name in table.key if table.columns[name].kind is Kind.INTEGER]
    keys = [(name, sql.column(name)) for name in table.key or table.columns]
    return [value.cast("VARCHAR") if name in as_text else value for name, value in keys]


def _as_compared(column: Column, value: Sql) -> Sql:
    """Return a column as joins compare it: ignoring case."""
    return sql.fn("lower", value) if column.kind in (Kind.TEXT, Kind.CATEGORY) else value
