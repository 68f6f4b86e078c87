"""Related rows in SQL: for every question, the rows of another table that belong to it, and the one that is kept.

A question is everything that the answer depends on: the join value, the moment up to which things are known, and the
bounds. Cases with the same question share its answer, so a stock's related rows are searched once for every person and
reference day.
"""

from dataclasses import replace
from typing import assert_never

from sgkpi.engines.duckdb.cases.cases import cases_of, typed
from sgkpi.engines.duckdb.cases.lookups import BOUNDS, Lookup
from sgkpi.engines.duckdb.cases.spells import is_active, is_open_within, merged
from sgkpi.engines.duckdb.cases.tables import Tables
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest.cells import ALWAYS_READABLE, DATED
from sgkpi.engines.duckdb.ingest.known_rows import (
    beside_moment,
    dates_of_key,
    exists,
    identity_as_known,
    is_latest_version,
    recorded_key,
    visible_columns,
)
from sgkpi.engines.duckdb.ingest.typed_rows import Scan, key_part
from sgkpi.engines.duckdb.judge.expressions import Names, compile_expression
from sgkpi.engines.duckdb.judge.judged import key_message
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Query, Select, Sql
from sgkpi.model import expressions as ex
from sgkpi.model.indicator import Indicator, Keep, Related
from sgkpi.planning.columns import bounding, named_columns

_QUESTIONS, _JOINED = "questions", "joined"


def with_related(tables: Tables, indicator: Indicator, *, with_rows: bool = False) -> Select | str:
    """Return an indicator's cases joined with its related rows as known; `with_rows` adds which rows are kept."""
    cases = cases_of(tables, indicator)
    if not indicator.related:
        return cases
    alone = query = sql.select(sql.star("b")).from_(cases, "b")
    names = Names(
        {None: indicator.table},
        sql.moment(tables.as_of),
        Name.REFERENCE_DAY.of("b"),
        indicator=indicator.id,
        sides={None: "b"},
    )
    # Answers that bound other related rows are stored, because the questions of these need them as well.
    rested_on = {name for each in indicator.related for name in bounding(each)}
    for place, related in enumerate(indicator.related):
        lookup = Lookup(tables, indicator, related, names, _looked_at(tables, indicator, related))
        side, asked = f"answers_{place}", lookup.asked
        answers, parts = _answers(lookup, query if bounding(related) else alone, with_rows=with_rows)
        if related.name in rested_on:
            tables.session.create(f"{side}.{indicator.id}", answers)
        known = f"{side}.{indicator.id}" if related.name in rested_on else answers
        if _looks_into_calendar(related):
            # As columns first: DuckDB 2.0.0 fails where the conditions of two joins look something up.
            held, so_far = {column: f"{side}.{column.name}" for column in asked}, query.names
            query = query.select(*(value.as_(held[column]) for column, value in asked.items()))
            others = sql.star("b", without=(*so_far, *held.values()))
            query = sql.select(others, *(sql.column(name, "b") for name in so_far)).from_(query, "b")
            asked = {column: sql.column(name, "b") for column, name in held.items()}
            names = replace(names, sides={None: "b"})
        same_question = sql.and_(value.same_as(column.of(side)) for column, value in asked.items())
        query = query.join(known, side, on=same_question, kind="left")
        query = query.select(
            *(sql.column(part, side).as_(Name.related(indicator.id, related.name, part)) for part in parts)
        )
        of_rows = {**names.tables, related.name: related.table}
        names = replace(names, tables=of_rows, sides={**names.sides, related.name: side})
    return query


def _looks_into_calendar(related: Related) -> bool:
    bounds = (getattr(related, name) for name in BOUNDS)
    return any(ex.counts_working_days(bound) for bound in bounds if bound is not None)


def _looked_at(tables: Tables, indicator: Indicator, related: Related) -> Scan:
    """Return the columns of related rows that decide which row is kept, and those used of it.

    If keys repeat, all columns are needed to compare rows.
    """
    scan, table = typed(tables, related.table, indicator), related.table
    if tables.doubles[table.name]:
        return scan
    wanted = {*named_columns(indicator).of_row(related), *table.key, table.happened, table.recorded, table.person}
    return replace(scan, columns=tuple(name for name in scan.columns if name in wanted))


def _answers(lookup: Lookup, cases: Select, *, with_rows: bool) -> tuple[Query, list[str]]:
    """Return the answers (the columns of the row kept, `unreadable`, and `many` or `count`) and their column names.

    `with_rows` adds `row`: the message digested for the kept row's key, empty if the key is incomplete.
    """
    named, scan, keep = named_columns(lookup.indicator), lookup.scan, lookup.related.keep
    guards, kept = named.guards[lookup.related.name], named.kept[lookup.related.name]
    row_columns = [] if keep is Keep.COUNT else list(dict.fromkeys([*guards, *kept]))
    columns: list[Sql] = [question.of("a") for question in lookup.asked]
    for column in (lookup.table.columns[name] for name in row_columns if scan.has(name)):
        parts = [Name.value(column.name), *beside_moment(column)]
        columns += [part.of("k").as_(part) for part in parts]
    is_kept = bool(row_columns) or (with_rows and keep is not Keep.COUNT)
    if with_rows and is_kept:
        has_key = lookup.tables.extract.tables[lookup.table.name].has_key
        row = key_message(lookup.table, dates_of_key(scan)).or_else("") if has_key else sql.text("")
        columns.append(sql.when(Name.PLACE.of("k").is_not_null(), row).as_("row"))
    typed = {name for name in (*guards, *kept) if lookup.table.columns[name].kind not in ALWAYS_READABLE}
    late = (Name.unreadable(name).of("k").is_true() for name in kept if name in typed)
    unreadable = sql.or_([sql.column("guarded", "g").is_true(), *late])
    query = sql.select(*columns, unreadable.as_("unreadable"), *_counts(lookup)).from_(_QUESTIONS, "a")
    # Whether any row that `where` may keep has an unreadable cell, and how many rows may be kept.
    unread = [Name.unreadable(name) for name in guards if name in typed and scan.has(name)]
    guard = sql.fn("bool_or", sql.and_([sql.or_(unread), _may_satisfy_where(lookup)] if unread else [sql.FALSE]))
    looks = [sql.count_where(_wanted(lookup)).as_("row_count")] if keep in (Keep.COUNT, Keep.ONLY) else []
    guarded = sql.select(Name.QUESTION, guard.as_("guarded"), *looks).from_(_JOINED).group_by(Name.QUESTION)
    for relation, side in ((guarded, "g"), *([(_kept_rows(lookup), "k")] if is_kept else [])):
        query = query.join(relation, side, on=Name.QUESTION.of("a").eq(Name.QUESTION.of(side)), kind="left")
    asked = {question.name for question in lookup.asked}
    every = replace(cases, columns=tuple(value.as_(name) for name, value in lookup.asked.items())).distinct()
    questions = sql.select(sql.STAR, sql.fn("row_number").over().as_(Name.QUESTION)).from_(every)
    whole = sql.with_all(query, [(_QUESTIONS, questions), (_JOINED, _joined(lookup))])
    return whole, [name for name in query.names if name not in asked]


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
            unread = [
                Name.unreadable(name) for name in columns if lookup.table.columns[name].kind not in ALWAYS_READABLE
            ]
            holds = compile_expression(condition if truth else ex.Not(condition), names).is_true()
            return sql.or_([*unread, holds])


def _joined(lookup: Lookup) -> Select:
    """Return the rows that belong to each question, as known at its moment, without the case's own row."""
    scan, table = lookup.scan, lookup.table
    row_key = key_part(table.columns[lookup.related.row_column]).as_(Name.ROW_KEY)
    relation = f"typed.{table.name}"
    rows = sql.select(sql.STAR, Name.ROW_ID.as_(Name.PLACE), row_key).from_(relation)
    if lookup.tables.replaced.get(relation):
        rows = rows.where(is_latest_version(relation))
    same_key = Name.LOOKUP_KEY.of("a").cast("VARCHAR").eq(Name.ROW_KEY.of("r").cast("VARCHAR"))
    pairs = sql.select(sql.STAR).from_(_QUESTIONS, "a").join(rows, "r", on=same_key)
    asked = [question for question in lookup.asked if question != Name.LOOKUP_KEY]
    numbers = [Name.FILE_NAME, Name.ROW_NUMBER] if scan.numbered else []
    columns = [Name.QUESTION, *asked, Name.PLACE, *numbers, *visible_columns(scan, Name.KNOWN)]
    seen = sql.select(*columns).from_(pairs).where(exists(scan, Name.KNOWN, sql.moment(lookup.tables.recorded_by)))
    if table.columns[lookup.related.row_column].kind in DATED:  # a date still to come joins nothing
        seen = sql.select(sql.STAR).from_(seen).where(Name.value(lookup.related.row_column).is_not_null())
    if lookup.tables.doubles[table.name]:
        first = sql.fn("row_number").over([Name.QUESTION, *identity_as_known(scan)], [Name.PLACE]).eq(1)
        seen = sql.select(sql.STAR).from_(seen).qualify(first)
    if not lookup.on_itself:
        return seen
    others = sql.select(sql.STAR).from_(seen).where(Name.PLACE.ne(Name.own(Name.PLACE.name)))
    if not lookup.has_key:
        return others
    same = sql.and_(part.eq(Name.own(place)) for place, part in enumerate(recorded_key(scan)))
    return others.where((~same).or_else(True))


def _counts(lookup: Lookup) -> list[Sql]:
    count = sql.column("row_count", "g").or_else(0)
    if lookup.related.keep is Keep.ONLY:
        return [(count > 1).as_("many")]
    if lookup.related.keep is not Keep.COUNT:
        return []
    bounds = [each.value for each in map(lookup.bound, BOUNDS) if each is not None]
    # Qualified by the question's alias, as other relations have columns of the same name.
    missing = [(each.of("a") if isinstance(each, Column) else each).is_null() for each in bounds]
    return [sql.when(sql.or_(missing), None, count).as_("count")]


def _kept_rows(lookup: Lookup) -> Select:
    """Return the row that is kept for each question."""
    related = lookup.related
    source = sql.select(sql.STAR).from_(_JOINED).where(_wanted(lookup))
    if related.merge_adjacent and lookup.has_start:
        source = merged(source, lookup)
    if related.keep is Keep.ACTIVE:
        source = sql.select(sql.STAR).from_(source).where(is_active(lookup))
    first: list[Sql] = []
    match related.keep:
        case Keep.EARLIEST:
            first = lookup.in_order(related.date)
        case Keep.LATEST:
            first = [value.desc() for value in lookup.in_order(related.date)]
        case Keep.ACTIVE:
            first = [value.desc() for value in lookup.in_order(related.start)] if lookup.has_start else []
        case Keep.COUNT | Keep.ONLY:
            pass
        case _:
            assert_never(related.keep)
    if related.keep is Keep.ONLY:  # with several rows none is kept
        number = sql.fn("count", sql.STAR).over([Name.QUESTION])
    else:
        greatest = [value.desc() for value in lookup.tie_breakers]
        number = sql.fn("row_number").over([Name.QUESTION], [*first, *greatest])
    return sql.select(sql.STAR).from_(source).qualify(number.eq(1))


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
    return sql.and_(conditions).is_true()
