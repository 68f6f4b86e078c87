"""Related rows in SQL: for every question, which rows of another table belong to it, and which is kept.

A question is what the answer depends on: the join value, the moment up to which things are known, and
the bounds `until` and `after`. Cases that ask the same share a question, so that a stock's rows are
looked through once for every person and reference day.
"""

from collections.abc import Sequence
from typing import assert_never

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Column, Query, Select, Sql
from sgkpi.engines.duckdb.cells import join_key
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.expressions import add_interval, compile_expression
from sgkpi.engines.duckdb.lookup import (
    Bound,
    Lookup,
    bound,
    compare_bounds,
    greatest_first,
    has_start,
    own_bound,
)
from sgkpi.engines.duckdb.macros import HOUR
from sgkpi.engines.duckdb.moments import elapsed_at_most
from sgkpi.engines.duckdb.scan import key_part
from sgkpi.engines.duckdb.spells import is_active, merged
from sgkpi.engines.duckdb.tables import exists, identity, visible_columns
from sgkpi.engines.duckdb.working_days import nth_working_day
from sgkpi.model.expressions import Kind, Unit
from sgkpi.model.indicator import Keep, Moment
from sgkpi.model.units import Limit, LimitUnit

_UNITS = {LimitUnit.DAYS: Unit.DAYS, LimitUnit.WEEKS: Unit.WEEKS, LimitUnit.MONTHS: Unit.MONTHS}
_READABLE = (Kind.TEXT, Kind.CATEGORY)
_QUESTIONS = "questions"
_JOINED = "joined"


def questions(lookup: Lookup) -> Select:
    """Every different question that the cases put, with its number `question`."""
    every = sql.select(*_questions(lookup)).distinct().from_(lookup.base)
    return sql.select(sql.STAR, sql.fn("row_number").over().as_(Name.QUESTION)).from_(every)


def _questions(lookup: Lookup) -> list[Sql]:
    return [value.as_(name) for name, value in question_columns(lookup).items()]


def question_columns(lookup: Lookup, case: str | None = None) -> dict[str, Sql]:
    """What a case, one of the relation of that name, asks with, by the questions' column names."""
    table = lookup.indicator.table
    columns = {
        Name.LOOKUP_KEY.name: join_key(
            Name.value(lookup.related.case_column).of(case), table.columns[lookup.related.case_column].kind
        ),
        Name.KNOWN.name: Name.KNOWN.of(case),
        Name.REFERENCE_DAY.name: Name.REFERENCE_DAY.of(case),
    }
    for name in ("until", "after"):
        part = getattr(lookup.related, name)
        if part is not None and not isinstance(part, Moment):
            columns[Name.bound(name).name] = Name.value(part).of(case)
            if table.columns[part].kind is Kind.DATETIME and table.columns[part].midnight:
                columns[Name.bound_has_time(name).name] = Name.has_time(part).of(case)
    if lookup.on_itself:
        columns[Name.own(Name.PLACE.name).name] = Name.PLACE.of(case)
        if not lookup.case_numbered:
            columns |= {Name.own(name).name: key_part(table.columns[name], case) for name in table.key}
    return columns


def joined(lookup: Lookup) -> Select:
    """The rows that belong to each question, as known at its moment."""
    table = lookup.related.table
    row_column = table.columns[lookup.related.row_column]
    rows = sql.select(sql.STAR, Name.ROW_ID.as_(Name.PLACE), key_part(row_column).as_(Name.ROW_KEY))
    rows = rows.from_(lookup.rows)
    keys = [sql.column(*key).cast("VARCHAR") for key in ((Name.LOOKUP_KEY.name, "a"), (Name.ROW_KEY.name, "r"))]
    pairs = sql.select(sql.STAR).from_(_QUESTIONS, "a").join(rows, "r", on=sql.eq(*keys))
    known = Name.KNOWN
    asked = [name for name in question_columns(lookup) if name != Name.LOOKUP_KEY.name]
    numbers = [Name.FILE_NAME.name, Name.ROW_NUMBER.name] if lookup.scan.numbered else []
    extra = map(sql.column, (Name.QUESTION.name, *asked, Name.PLACE.name, *numbers))
    seen = sql.select(*extra, *visible_columns(lookup.scan, known)).from_(pairs)
    seen = seen.where(exists(lookup.scan, known, lookup.as_of))
    once = _once(seen, lookup) if lookup.doubles else seen
    return sql.select(sql.STAR).from_(once).where(sql.and_(_not_itself(lookup)))


def _not_itself(lookup: Lookup) -> list[Sql]:
    if not lookup.on_itself:
        return []
    conditions = [Name.PLACE.ne(Name.own(Name.PLACE.name))]
    if not lookup.case_numbered:
        table = lookup.related.table
        same = [key_part(table.columns[name]).eq(Name.own(name)) for name in table.key]
        conditions.append(sql.fn("coalesce", ~sql.and_(same), True))
    return conditions


def _once(seen: Select, lookup: Lookup) -> Select:
    partition = [Name.QUESTION, *identity(lookup.scan)]
    number = sql.fn("row_number").over(partition, [Name.PLACE])
    ranked = sql.select(sql.STAR, number.as_("same_no")).from_(seen)
    return sql.select(sql.STAR).from_(ranked).where(sql.column("same_no").eq(1))


def answers(lookup: Lookup, guards: Sequence[str], kept: Sequence[str]) -> tuple[Query, list[str]]:
    """For each question: the columns of the row kept, `unreadable`, and `many` or `count`; and the names of these."""
    row_columns = [] if lookup.related.keep is Keep.COUNT else [*guards, *kept]
    columns = [sql.column(question, "a") for question in question_columns(lookup)]
    for column in dict.fromkeys(row_columns):
        columns += _kept_parts(lookup, column)
    readable = [column for column in kept if lookup.related.table.columns[column].kind in _READABLE]
    late = [Name.unreadable(column).of("k") for column in kept if column not in readable]
    unreadable = sql.or_([part.is_true() for part in [sql.column("guarded", "g"), *late]])
    columns += [unreadable.as_("unreadable"), *_counts(lookup)]
    query = sql.select(*columns).from_(_QUESTIONS, "a")
    query = query.join(_guarded(lookup, guards), "g", on=_same_question("g"), kind="left")
    if row_columns:
        query = query.join(_kept_rows(lookup), "k", on=_same_question("k"), kind="left")
    names = [name for name in query.names if name not in question_columns(lookup)]
    return sql.with_all(query, [(_QUESTIONS, questions(lookup)), (_JOINED, joined(lookup))]), names


def _guarded(lookup: Lookup, guards: Sequence[str]) -> Select:
    """For each question, whether something is unreadable in any of its rows, and how many may be kept."""
    unread = [_unreadable(lookup, column) for column in guards]
    guard = sql.fn("bool_or", sql.or_([part for part in unread if part is not None]))
    look = sql.select(Name.QUESTION, guard.as_("guarded"))
    if lookup.related.keep in (Keep.COUNT, Keep.ONLY):
        look = look.select(sql.count_where(_wanted(lookup)).as_("row_count"))
    return look.from_(_JOINED).group_by(Name.QUESTION)


def _same_question(side: str) -> Sql:
    return Name.QUESTION.of("a").eq(Name.QUESTION.of(side))


def _kept_parts(lookup: Lookup, column: str) -> list[Sql]:
    declared = lookup.related.table.columns[column]
    if not lookup.scan.has(column):
        return []
    parts = [Name.value(column).of("k").as_(Name.value(column))]
    if declared.kind is Kind.DATETIME and declared.midnight:
        parts.append(Name.has_time(column).of("k").as_(Name.has_time(column)))
    return parts


def _counts(lookup: Lookup) -> list[Sql]:
    count = sql.fn("coalesce", sql.column("row_count", "g"), 0)
    if lookup.related.keep is Keep.ONLY:
        return [(count > 1).as_("many")]
    if lookup.related.keep is not Keep.COUNT:
        return []
    bounds = [each for each in (bound(lookup, "until"), bound(lookup, "after")) if each is not None]
    missing = sql.or_([_asked(each.value).is_null() for each in bounds])
    return [sql.when(missing, None, count).as_("count")]


def _asked(value: Sql) -> Sql:
    """A bound as it stands with the question, where other relations have columns of the same name."""
    return Column(value.name, "a") if isinstance(value, Column) else value


def _unreadable(lookup: Lookup, column: str) -> Sql | None:
    readable = lookup.related.table.columns[column].kind in _READABLE
    return None if readable or not lookup.scan.has(column) else Name.unreadable(column)


def _kept_rows(lookup: Lookup) -> Select:
    """One row a question: the one that is kept."""
    wanted = sql.select(sql.STAR).from_(_JOINED).where(_wanted(lookup))
    source = merged(wanted, lookup) if lookup.related.merge_adjacent and has_start(lookup) else wanted
    if lookup.related.keep is Keep.ACTIVE:
        source = sql.select(sql.STAR).from_(source).where(is_active(lookup))
    # Of several `only` rows none can be the one.
    place = "count" if lookup.related.keep is Keep.ONLY else Name.ROW_NUMBER.name
    order = [] if lookup.related.keep is Keep.ONLY else _preference(lookup)
    arguments = [sql.STAR] if lookup.related.keep is Keep.ONLY else []
    number = sql.fn(place, *arguments).over([Name.QUESTION], order)
    ranked = sql.select(sql.STAR, number.as_("kept_no")).from_(source)
    return sql.select(sql.STAR).from_(ranked).where(sql.column("kept_no").eq(1))


def _preference(lookup: Lookup) -> list[Sql]:
    """The order in which rows are preferred: by date, then by key, then by the other columns."""
    related = lookup.related
    match related.keep:
        case Keep.EARLIEST:
            first: list[Sql] = [Name.value(related.date)]
        case Keep.LATEST:
            first = [Name.value(related.date).desc()]
        case Keep.ACTIVE if has_start(lookup):
            first = [Name.value(related.start).desc()]
        case Keep.ACTIVE | Keep.COUNT | Keep.ONLY:
            first = []
        case _:
            assert_never(related.keep)
    return [*first, *greatest_first(lookup)]


def _wanted(lookup: Lookup) -> Sql:
    """Whether a joined row may be kept: `where`, and its date within the bounds."""
    related = lookup.related
    conditions: list[Sql] = []
    if related.where is not None:
        conditions.append(compile_expression(related.where, lookup.names()))
    until, after = bound(lookup, "until"), bound(lookup, "after")
    conditions += [each.value.is_not_null() for each in (until, after) if each is not None]
    if related.date is not None:
        date = own_bound(lookup, related.date)
        conditions.append(date.value.is_not_null())
        conditions += _within_bounds(lookup, date, until, after)
    return sql.and_(conditions).is_true()


def _within_bounds(lookup: Lookup, date: Bound, until: Bound | None, after: Bound | None) -> list[Sql]:
    conditions = []
    if until is not None:
        conditions.append(compare_bounds("<=", date, until))
        if lookup.related.within is not None:
            conditions.append(_is_within(date, until, lookup.related.within))
    if after is not None:
        conditions.append(compare_bounds(">", date, after))
    return conditions


def _is_within(date: Bound, until: Bound, within: Limit) -> Sql:
    """Whether a date lies after `until` less `within`; hours are elapsed ones."""
    by_bound = compare_bounds(">", date, _earlier(until, within))
    if within.unit is not LimitUnit.HOURS or Kind.DATE in (date.kind, until.kind):
        return by_bound
    timed = date.timed & until.timed
    return sql.when(timed, elapsed_at_most(date.value, until.value, within.amount * HOUR - 1), by_bound)


def _earlier(until: Bound, within: Limit) -> Bound:
    """`until` less `within`."""
    if within.unit is LimitUnit.WORKING_DAYS:
        day = until.value.cast("DATE")
        first = nth_working_day(day, -within.amount)
        if until.kind is Kind.DATE:
            return Bound(first, Kind.DATE, sql.FALSE)
        back = sql.fn("to_days", (day - first).cast("INTEGER"))
        return Bound(until.value.cast("TIMESTAMP") - back, Kind.DATETIME, until.timed)
    if within.unit is LimitUnit.HOURS:
        value = until.value.cast("TIMESTAMP") - sql.fn("to_microseconds", within.amount * HOUR)
        return Bound(value, Kind.DATETIME, until.timed)
    return Bound(add_interval(until.value, until.kind, -within.amount, _UNITS[within.unit]), until.kind, until.timed)
