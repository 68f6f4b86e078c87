"""Related rows in SQL: for every question, the rows of another table that belong to it, and the one that is kept.

A question is everything that the answer depends on: the join value, the moment up to which things are known, and the
bounds. Every case asks its own, of a stock on each reference day; but where nothing except the join value matters, one
answer for each value serves all. A question to which no row belongs has no answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from sgkpi.engines.duckdb.cases.cases import cases_of, typed
from sgkpi.engines.duckdb.cases.lookups import BOUNDS, Lookup
from sgkpi.engines.duckdb.cases.spells import is_active, is_open_within, merged
from sgkpi.engines.duckdb.cases.tables import Tables
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest.cells import DATED, unreadable_parts
from sgkpi.engines.duckdb.ingest.known_rows import (
    beside_moment,
    dates_of_key,
    identity_as_known,
    recorded_key,
    visible_columns,
)
from sgkpi.engines.duckdb.ingest.typed_rows import Scan, join_part
from sgkpi.engines.duckdb.judge.expressions import Names, compile_expression
from sgkpi.engines.duckdb.judge.judged import key_message
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Query, Select, Sql
from sgkpi.model import expressions as ex
from sgkpi.model.indicator import Indicator, Keep, Related
from sgkpi.planning.columns import bounding, named_columns

_JOINED = "joined"
_GUARDED, _ROW_COUNT, _KEPT = map(Column, ("guarded", "row_count", "kept"))
# What an answer has besides the columns of the row that is kept.
_MANY, _COUNT, _ROW = map(Column, ("many", "count", "row"))


def with_related(tables: Tables, indicators: Sequence[Indicator], *, with_rows: bool = False) -> Select:
    """Return the cases of indicators, which are the same, joined with their related rows as known.

    `with_rows` adds which rows are kept. Rows that several indicators look up in the same way are looked up once. An
    indicator that cannot share them, as `shares_lookups` says, is alone.
    """
    first, cases = indicators[0], cases_of(tables, indicators[0])
    asking: dict[tuple[Related, frozenset[str]], list[Indicator]] = {}
    for indicator in indicators:
        for related in indicator.related:
            asking.setdefault((related, typed(tables, related.table, indicator).joins), []).append(indicator)
    alone = query = sql.select(sql.star("b")).from_(cases, "b")
    names = Names(
        {None: first.table}, sql.moment(tables.as_of), Name.REFERENCE_DAY.of("b"), indicator=first.id, sides={None: "b"}
    )
    # Answers that bound other related rows are stored, because the questions of these need them as well.
    rested_on = {name for related, _ in asking for name in bounding(related)}
    for place, ((related, _), by) in enumerate(asking.items()):
        lookup = Lookup(tables, tuple(by), related, names, _looked_at(tables, by, related))
        side = f"answers_{place}"
        answers = _answers(lookup, query if bounding(related) else alone, with_rows=with_rows)
        known: Query | str = answers
        if related.name in rested_on:
            known = f"{side}.{first.id}"
            tables.session.create(known, answers)
        own = sql.and_(value.eq(column.of(side)) for column, value in lookup.question.items())
        query = query.join(known, side, on=own, kind="left").select(*_answered(lookup, side, answers))
        of_rows = {**names.tables, related.name: related.table}
        names = replace(names, tables=of_rows, sides={**names.sides, related.name: side})
    return query


def shares_lookups(indicator: Indicator) -> bool:
    """Return whether an indicator's related rows can be looked up with those of others: none bounds another."""
    return not any(map(bounding, indicator.related))


def _looked_at(tables: Tables, indicators: Sequence[Indicator], related: Related) -> Scan:
    """Return the columns of related rows that decide which row is kept, and those used of it.

    If keys repeat, all columns are needed to compare rows.
    """
    scan, table = typed(tables, related.table, indicators[0]), related.table
    if tables.readings[table.name].doubles:
        return scan
    wanted = {*table.key, table.happened, table.recorded, table.person}
    wanted |= {name for each in indicators for name in named_columns(each).of_row(related)}
    return replace(scan, columns=tuple(name for name in scan.columns if name in wanted))


def _answers(lookup: Lookup, cases: Select, *, with_rows: bool) -> Select:
    """Return the answers: whose, whether rows are `guarded`, the columns of the row kept, and `many` or `count`.

    `with_rows` adds `row`: the message digested for the kept row's key, empty if the key is incomplete.
    """
    joined, keep = _joined(lookup, cases), lookup.related.keep
    used = (part for each in lookup.indicators for parts in _of_kept_row(lookup, each) for part in parts)
    parts = list(dict.fromkeys(used))
    if with_rows and keep is not Keep.COUNT:
        joined, parts = sql.select(sql.STAR, _message(lookup).as_(_ROW)).from_(joined), [*parts, _ROW]
    kept = (sql.fn("struct_extract", _KEPT, part.name).as_(part) for part in parts)
    counts = {Keep.COUNT: [_ROW_COUNT.as_(_COUNT)], Keep.ONLY: [(_ROW_COUNT > 1).as_(_MANY)]}
    return sql.select(*lookup.question, _GUARDED, *kept, *counts.get(keep, ())).from_(_found(lookup, joined, parts))


def _answered(lookup: Lookup, side: str, answers: Select) -> Iterator[Sql]:
    """Yield the answer to each indicator's question: the columns of the row kept, `unreadable`, and `many` or `count`.

    If no row belongs to the question, `count` is 0 (null with a null bound), and no column has a value.
    """
    bounds = {each.value for each in map(lookup.bound, BOUNDS) if each is not None}
    missing = [value.is_null() for column, value in lookup.asked.items() if column in bounds]
    count = _COUNT.of(side).or_else(0)
    about: dict[str, Sql] = {
        _MANY.name: _MANY.of(side).is_true(),
        _COUNT.name: sql.when(sql.or_(missing), None, count) if missing else count,
        _ROW.name: _ROW.of(side),
    }
    for each in lookup.indicators:
        shown, late = _of_kept_row(lookup, each)
        unreadable = sql.or_(part.of(side).is_true() for part in (_GUARDED, *late))
        found = {part.name: part.of(side) for part in shown} | {"unreadable": unreadable}
        found |= {name: value for name, value in about.items() if name in answers.names}
        yield from (value.as_(Name.related(each.id, lookup.related.name, name)) for name, value in found.items())


def _found(lookup: Lookup, joined: Select, parts: Sequence[Column]) -> Query:
    """Return, for each question that has rows, whether one is unreadable, how many are wanted, and which is kept."""
    question, related = [*lookup.question], lookup.related
    found = sql.select(*question, _guard(lookup).as_(_GUARDED)).group_by(*question)
    if related.keep in (Keep.COUNT, Keep.ONLY):
        found = found.select(sql.count_where(_wanted(lookup)).as_(_ROW_COUNT))
    if not (parts and related.merge_adjacent and lookup.has_start):
        kept = [_kept_row(lookup, parts, _wanted(lookup))] if parts else []
        return found.select(*kept).from_(joined)
    spells = merged(sql.select(sql.STAR).from_(_JOINED).where(_wanted(lookup)), lookup)
    kept_spells = sql.select(*question, _kept_row(lookup, parts, sql.TRUE)).from_(spells).group_by(*question)
    same_question = sql.and_(each.of("g").eq(each.of("k")) for each in question)
    both = sql.select(sql.star("g"), _KEPT).from_(found.from_(_JOINED), "g")
    return sql.with_all(both.join(kept_spells, "k", on=same_question, kind="left"), [(_JOINED, joined)])


def _of_kept_row(lookup: Lookup, indicator: Indicator) -> tuple[list[Column], list[Column]]:
    """Return the columns of the kept row that an indicator uses, and those that say whether a cell is unreadable."""
    named, related, scan = named_columns(indicator), lookup.related, lookup.scan
    kept = named.kept[related.name]
    names = [] if related.keep is Keep.COUNT else dict.fromkeys([*named.guards[related.name], *kept])
    columns = [lookup.table.columns[name] for name in names if scan.has(name)]
    shown = [part for column in columns for part in (Name.value(column.name), *beside_moment(column))]
    return shown, unreadable_parts(lookup.table.columns[name] for name in kept)


def _message(lookup: Lookup) -> Sql:
    """Return the message digested for the key of a related row; empty if the key is incomplete."""
    if not lookup.tables.extract.tables[lookup.table.name].has_key:
        return sql.text("")
    return key_message(lookup.table, dates_of_key(lookup.scan)).or_else("")


def _guard(lookup: Lookup) -> Sql:
    """Return whether any row that `where` may keep has an unreadable cell that decides which row is kept."""
    names = filter(lookup.scan.has, named_columns(lookup.indicators[0]).guards[lookup.related.name])
    unread = unreadable_parts(lookup.table.columns[name] for name in names)
    return sql.fn("bool_or", sql.or_(unread) & _may_satisfy_where(lookup)) if unread else sql.FALSE


def _may_satisfy_where(lookup: Lookup) -> Sql:
    """Whether a joined row satisfies `where`, or may do so, as some of its cells are unreadable."""
    if lookup.related.where is None:
        return sql.TRUE
    return _may_be(True, lookup.related.where, lookup)


def _may_be(truth: bool, condition: ex.Expression, lookup: Lookup) -> Sql:
    """Whether a condition may have a truth value, if comparisons of unreadable cells may be true or false."""
    match condition:
        case ex.And(items) | ex.Or(items):
            together = sql.and_ if truth == isinstance(condition, ex.And) else sql.or_
            return together(_may_be(truth, item, lookup) for item in items)
        case ex.Not(item):
            return _may_be(not truth, item, lookup)
        case _:
            names = Names({None: lookup.table}, lookup.as_of, Name.REFERENCE_DAY)
            columns = sorted({ref.column for ref in ex.column_refs(condition)})
            unread = unreadable_parts(lookup.table.columns[name] for name in columns)
            holds = compile_expression(condition if truth else ex.Not(condition), names).is_true()
            return sql.or_([*unread, holds])


def _joined(lookup: Lookup, cases: Select) -> Select:
    """Return the rows that belong to each question, as known at its moment, without the case's own row."""
    scan, table = lookup.scan, lookup.table
    relation, row_key = f"typed.{table.name}", join_part(table.columns[lookup.related.row_column], "r")
    numbers = [Name.FILE_NAME, Name.ROW_NUMBER] if scan.numbered else []
    columns = [Name.ROW_ID.of("r").as_(Name.PLACE), *numbers, *visible_columns(scan, lookup.known)]
    if lookup.by_key:  # the answer is found for every key, asked for or not
        seen = sql.select(row_key.as_(Name.LOOKUP_KEY), *columns).from_(relation, "r")
    else:
        asked = {**lookup.question, **lookup.asked}
        questions = replace(cases, columns=tuple(value.as_(column) for column, value in asked.items()))
        seen = sql.select(*asked, *columns).from_(questions, "a")
        seen = seen.join(relation, "r", on=Name.LOOKUP_KEY.of("a").eq(row_key))
    seen = seen.where(lookup.tables.is_current(scan, relation, lookup.known, Name.ROW_ID.of("r")))
    if table.columns[lookup.related.row_column].kind in DATED:  # a date still to come joins nothing
        seen = sql.select(sql.STAR).from_(seen).where(Name.value(lookup.related.row_column).is_not_null())
    if lookup.tables.readings[table.name].doubles:
        first = sql.fn("row_number").over([*lookup.question, *identity_as_known(scan)], [Name.PLACE]).eq(1)
        seen = sql.select(sql.STAR).from_(seen).qualify(first)
    if not lookup.on_itself:
        return seen
    others = sql.select(sql.STAR).from_(seen).where(Name.PLACE.ne(Name.own(Name.PLACE.name)))
    if not lookup.has_key:
        return others
    same = sql.and_(part.eq(Name.own(place)) for place, part in enumerate(recorded_key(scan)))
    return others.where((~same).or_else(True))


def _kept_row(lookup: Lookup, parts: Sequence[Sql], among: Sql) -> Sql:
    """Return the parts, as a structure, of the row that is kept of those for which `among` holds."""
    related, first = lookup.related, list[Sql]()
    match related.keep:
        case Keep.EARLIEST:
            first = lookup.in_order(related.date)
        case Keep.LATEST:
            first = [value.desc() for value in lookup.in_order(related.date)]
        case Keep.ACTIVE:
            first = [value.desc() for value in lookup.in_order(related.start)] if lookup.has_start else []
            among = sql.and_([among, is_active(lookup)])
        case Keep.COUNT | Keep.ONLY:
            pass
        case _:
            assert_never(related.keep)
    greatest = [value.desc() for value in lookup.tie_breakers]
    kept = sql.fn("first", sql.fn("struct_pack", *parts).in_order(*first, *greatest)).where(among)
    if related.keep is Keep.ONLY:  # with several rows none is kept
        kept = sql.when(sql.count_where(among).eq(1), kept)
    return kept.as_(_KEPT)


def _wanted(lookup: Lookup) -> Sql:
    """Whether a joined row may be kept: it satisfies `where`, and its date lies within the bounds."""
    related, conditions = lookup.related, list[Sql]()
    if related.where is not None:
        names = Names({None: related.table}, lookup.as_of, Name.REFERENCE_DAY)
        conditions.append(compile_expression(related.where, names))
    until, after, since = map(lookup.bound, BOUNDS)
    conditions += [each.value.is_not_null() for each in (until, after, since) if each is not None]
    if related.counts_spells:
        conditions.append(is_active(lookup) if related.within is None else is_open_within(lookup, related.within))
    if related.date is not None:
        date = lookup.own_bound(related.date)
        conditions.append(date.value.is_not_null())
        if until is not None:
            conditions.append(date.compare("<=", until))
            if related.within is not None:
                conditions.append(date.is_within(related.within, until))
        if after is not None:
            conditions.append(date.compare(">", after))
        if since is not None:
            conditions.append(date.compare(">=", since))
    return sql.and_(conditions).is_true() if conditions else sql.TRUE
