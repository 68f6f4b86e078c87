"""Related rows in SQL: for every question, which rows of another table belong to it, and which is kept.

A question is what the answer depends on: the join value, the moment up to which things are known, and
the bounds `until` and `after`. Cases that ask the same share a question, so that a stock's rows are
looked through once for every person and reference day.
"""

from dataclasses import dataclass, replace
from typing import assert_never

from sgkpi.engines.duckdb.cases import (
    Tables,
    beside_moment,
    cases_of,
    exists,
    identity,
    other_parts,
    stands,
    typed,
    visible_columns,
)
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest import Scan, key_part
from sgkpi.engines.duckdb.judge import key_message
from sgkpi.engines.duckdb.judge_expressions import (
    LENGTHS,
    Names,
    add_interval,
    compare_moments,
    compile_expression,
    summer_hours,
)
from sgkpi.engines.duckdb.macros import HOUR
from sgkpi.engines.duckdb.working_days import nth_working_day
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Query, Select, Sql
from sgkpi.model import expressions as ex
from sgkpi.model import table as model
from sgkpi.model.expressions import Kind
from sgkpi.model.indicator import Indicator, Keep, NamedMoment, Related
from sgkpi.model.units import Limit, LimitUnit
from sgkpi.planning.columns import named_columns

_READABLE = (Kind.TEXT, Kind.CATEGORY)
_QUESTIONS, _JOINED = "questions", "joined"


@dataclass(frozen=True)
class Bound:
    """A moment that is compared with another, whether it has a time of day, and whether it is summer time."""

    value: Sql
    kind: Kind
    timed: Sql
    summer: Sql = sql.FALSE

    @classmethod
    def of(cls, column: model.Column, value: Column, flag: Column, summer: Column) -> "Bound":
        if column.kind is not Kind.DATETIME:
            return cls(value, column.kind, sql.FALSE)
        return cls(value, column.kind, flag if column.midnight else sql.fn("kpi_has_time", value), summer)

    def compare(self, operator: str, other: "Bound") -> Sql:
        """As moments where both have a time of day, else by date."""
        by_date = self.value.cast("DATE").op(operator, other.value.cast("DATE"))
        if Kind.DATE in (self.kind, other.kind):
            return by_date
        by_moment = compare_moments(operator, (self.value, self.summer), (other.value, other.summer))
        return sql.when(self.timed & other.timed, by_moment, by_date)

    def is_within(self, limit: Limit, until: "Bound") -> Sql:
        """Whether it lies after `until` less a limit; hours are elapsed ones."""
        by_bound = self.compare(">", until.less(limit))
        if limit.unit is not LimitUnit.HOURS or Kind.DATE in (self.kind, until.kind):
            return by_bound
        more = summer_hours(self.summer, until.summer)
        exact = sql.fn("kpi_within", self.value, until.value, limit.amount * HOUR - 1, more)
        return sql.when(self.timed & until.timed, exact, by_bound)

    def less(self, limit: Limit) -> "Bound":
        return replace(self._less(limit), summer=sql.FALSE)

    def _less(self, limit: Limit) -> "Bound":
        if limit.unit is LimitUnit.WORKING_DAYS:
            day = self.value.cast("DATE")
            first = nth_working_day(day, -limit.amount)
            if self.kind is Kind.DATE:
                return replace(self, value=first)
            back = sql.fn("to_days", (day - first).cast("INTEGER"))
            return replace(self, value=self.value.cast("TIMESTAMP") - back)
        if limit.unit is LimitUnit.HOURS:
            value = self.value.cast("TIMESTAMP") - sql.fn("to_microseconds", limit.amount * HOUR)
            return replace(self, value=value, kind=Kind.DATETIME)
        return replace(self, value=add_interval(self.value, self.kind, -limit.amount, LENGTHS[limit.unit]))


@dataclass(frozen=True)
class Lookup:
    """One `related` of an indicator, with all that is needed to write its SQL.

    `cases` is the table of those that ask.
    """

    tables: Tables
    indicator: Indicator
    related: Related
    cases: str
    scan: Scan

    @property
    def table(self) -> model.Table:
        return self.related.table

    @property
    def on_itself(self) -> bool:
        return self.table.name == self.indicator.table.name

    @property
    def as_of(self) -> Sql:
        return sql.moment(self.tables.as_of)

    @property
    def has_key(self) -> bool:
        """Whether the cases that ask have a key."""
        return self.tables.extract.tables[self.indicator.table.name].has_key

    @property
    def has_start(self) -> bool:
        """Whether spells have a beginning: those of a current list have none."""
        return self.related.start is not None and self.scan.has(self.related.start)

    @property
    def tie_breakers(self) -> list[Sql]:
        """The order of rows of one date: the key, then the other columns in declared order."""
        if self.scan.numbered:
            return [Name.FILE_NAME, Name.ROW_NUMBER]
        key = [key_part(self.table.columns[name]) for name in self.table.key if self.scan.has(name)]
        joined = (self.table.person, self.related.row_column)
        others = [
            key_part(column) if column.name in joined else Name.value(column)
            for column in self.scan.declared
            if column.name not in self.table.key
        ]
        beside = [part for column in self.scan.declared for part in other_parts(column)]
        return [*key, *others, *beside, Name.PLACE]

    def bound(self, name: str) -> Bound | None:
        """Return `until` or `after`, as the questions have it."""
        part: str | NamedMoment | None = getattr(self.related, name)
        if part is None:
            return None
        if not isinstance(part, NamedMoment):
            flags = Name.bound_has_time(name), Name.bound_summer(name)
            return Bound.of(self.indicator.table.columns[part], Name.bound(name), *flags)
        match part:
            case NamedMoment.AS_OF:
                return Bound(self.as_of, Kind.DATETIME, sql.TRUE)
            case NamedMoment.REFERENCE_DAY:
                return Bound(Name.REFERENCE_DAY, Kind.DATE, sql.FALSE)
            case _:
                assert_never(part)

    def own_bound(self, name: str | None) -> Bound:
        """Return a date of the related row itself."""
        return Bound.of(self.table.columns[name or ""], Name.value(name), Name.has_time(name), Name.summer(name))

    def in_order(self, name: str | None) -> list[Sql]:
        """Return what rows are sorted by to stand in the order of a date."""
        if self.table.columns[name or ""].kind is not Kind.DATETIME:
            return [Name.value(name)]
        return [sql.fn("kpi_in_order", Name.value(name), Name.summer(name)), Name.value(name)]

    def asked(self, case: str | None = None) -> dict[Column, Sql]:
        """Return what a case, one of a relation of that name, asks with, by the questions' columns."""
        columns, on = self.indicator.table.columns, self.related.case_column
        asked: dict[Column, Sql] = {Name.LOOKUP_KEY: key_part(columns[on], case)}
        asked |= {each: each.of(case) for each in (Name.KNOWN, Name.REFERENCE_DAY)}
        for name in ("until", "after"):
            part = getattr(self.related, name)
            if part is not None and not isinstance(part, NamedMoment):
                asked[Name.bound(name)] = Name.value(part).of(case)
                if columns[part].kind is Kind.DATETIME:
                    asked[Name.bound_summer(name)] = Name.summer(part).of(case)
                    if columns[part].midnight:
                        asked[Name.bound_has_time(name)] = Name.has_time(part).of(case)
        if self.on_itself:
            asked[Name.own(Name.PLACE.name)] = Name.PLACE.of(case)
            if self.has_key:
                asked |= {Name.own(name): key_part(columns[name], case) for name in self.indicator.table.key}
        return asked


def with_related(tables: Tables, indicator: Indicator, *, with_rows: bool = False) -> Select | str:
    """Return an indicator's cases joined with what is known of its related rows; `with_rows`, also which are kept."""
    cases = cases_of(tables, indicator)
    if not indicator.related:
        return cases
    query = sql.select(sql.star("b")).from_(cases, "b")
    for place, related in enumerate(indicator.related):
        lookup = Lookup(tables, indicator, related, cases, typed(tables, related.table, indicator))
        side, (answers, parts) = f"answers_{place}", _answers(lookup, with_rows=with_rows)
        same_question = sql.and_(value.same_as(column.of(side)) for column, value in lookup.asked("b").items())
        query = query.join(answers, side, on=same_question, kind="left")
        known = (sql.column(part, side).as_(Name.related(indicator.id, related.name, part)) for part in parts)
        query = query.select(*known)
    return query


def _answers(lookup: Lookup, *, with_rows: bool) -> tuple[Query, list[str]]:
    """For each question: the columns of the row kept, `unreadable`, and `many` or `count`; and the names of these.

    `with_rows` adds `row`: what is digested of the kept row's key, empty where it has no whole one.
    """
    named, scan, keep = named_columns(lookup.indicator), lookup.scan, lookup.related.keep
    guards, kept = named.guards[lookup.related.name], named.kept[lookup.related.name]
    row_columns = [] if keep is Keep.COUNT else list(dict.fromkeys([*guards, *kept]))
    columns: list[Sql] = [question.of("a") for question in lookup.asked()]
    for column in (lookup.table.columns[name] for name in row_columns if scan.has(name)):
        parts = [Name.value(column.name), *beside_moment(column)]
        columns += [part.of("k").as_(part) for part in parts]
    is_kept = bool(row_columns) or (with_rows and keep is not Keep.COUNT)
    if with_rows and is_kept:
        has_key = lookup.tables.extract.tables[lookup.table.name].has_key
        row = key_message(lookup.table).or_else("") if has_key else sql.text("")
        columns.append(sql.when(Name.PLACE.of("k").is_not_null(), row).as_("row"))
    typed = {name for name in (*guards, *kept) if lookup.table.columns[name].kind not in _READABLE}
    late = (Name.unreadable(name).of("k").is_true() for name in kept if name in typed)
    unreadable = sql.or_([sql.column("guarded", "g").is_true(), *late])
    query = sql.select(*columns, unreadable.as_("unreadable"), *_counts(lookup)).from_(_QUESTIONS, "a")
    # Whether something is unreadable in any row of a question that `where` may keep, and how many may be kept.
    unread = [Name.unreadable(name) for name in guards if name in typed and scan.has(name)]
    guard = sql.fn("bool_or", sql.and_([sql.or_(unread), _may_satisfy_where(lookup)] if unread else [sql.FALSE]))
    looks = [sql.count_where(_wanted(lookup)).as_("row_count")] if keep in (Keep.COUNT, Keep.ONLY) else []
    guarded = sql.select(Name.QUESTION, guard.as_("guarded"), *looks).from_(_JOINED).group_by(Name.QUESTION)
    for relation, side in ((guarded, "g"), *([(_kept_rows(lookup), "k")] if is_kept else [])):
        query = query.join(relation, side, on=Name.QUESTION.of("a").eq(Name.QUESTION.of(side)), kind="left")
    asked = {question.name for question in lookup.asked()}
    every = sql.select(*(value.as_(name) for name, value in lookup.asked().items())).distinct().from_(lookup.cases)
    questions = sql.select(sql.STAR, sql.fn("row_number").over().as_(Name.QUESTION)).from_(every)
    whole = sql.with_all(query, [(_QUESTIONS, questions), (_JOINED, _joined(lookup))])
    return whole, [name for name in query.names if name not in asked]


def _may_satisfy_where(lookup: Lookup) -> Sql:
    """Whether a joined row satisfies `where`, or may, for all that its unreadable cells do not say."""
    if lookup.related.where is None:
        return sql.TRUE
    return _may_be(True, lookup.related.where, lookup)


def _may_be(truth: bool, condition: ex.Expression, lookup: Lookup) -> Sql:
    """Whether a condition may be true, or false, if a comparison that names an unreadable cell may be either."""
    match condition:
        case ex.And(items) | ex.Or(items):
            together = sql.and_ if truth == isinstance(condition, ex.And) else sql.or_
            return together(_may_be(truth, item, lookup) for item in items)
        case ex.Not(item):
            return _may_be(not truth, item, lookup)
        case _:
            names = Names({None: lookup.table}, lookup.as_of, Name.REFERENCE_DAY)
            columns = sorted({ref.column for ref in ex.column_refs(condition)})
            unread = [Name.unreadable(name) for name in columns if lookup.table.columns[name].kind not in _READABLE]
            holds = compile_expression(condition if truth else ex.Not(condition), names).is_true()
            return sql.or_([*unread, holds])


def _joined(lookup: Lookup) -> Select:
    """The rows that belong to each question, as known at its moment; never the row that asks."""
    scan, table = lookup.scan, lookup.table
    row_key = key_part(table.columns[lookup.related.row_column]).as_(Name.ROW_KEY)
    relation = f"typed.{table.name}"
    rows = sql.select(sql.STAR, Name.ROW_ID.as_(Name.PLACE), row_key).from_(relation)
    if lookup.tables.replaced.get(relation):
        rows = rows.where(stands(relation))
    same_key = Name.LOOKUP_KEY.of("a").cast("VARCHAR").eq(Name.ROW_KEY.of("r").cast("VARCHAR"))
    pairs = sql.select(sql.STAR).from_(_QUESTIONS, "a").join(rows, "r", on=same_key)
    asked = [question for question in lookup.asked() if question != Name.LOOKUP_KEY]
    numbers = [Name.FILE_NAME, Name.ROW_NUMBER] if scan.numbered else []
    columns = [Name.QUESTION, *asked, Name.PLACE, *numbers, *visible_columns(scan, Name.KNOWN)]
    seen = sql.select(*columns).from_(pairs).where(exists(scan, Name.KNOWN, sql.moment(lookup.tables.recorded_by)))
    if lookup.tables.doubles[table.name]:
        first = sql.fn("row_number").over([Name.QUESTION, *identity(scan)], [Name.PLACE]).eq(1)
        seen = sql.select(sql.STAR).from_(seen).qualify(first)
    if not lookup.on_itself:
        return seen
    others = sql.select(sql.STAR).from_(seen).where(Name.PLACE.ne(Name.own(Name.PLACE.name)))
    if not lookup.has_key:
        return others
    same = sql.and_(key_part(table.columns[name]).eq(Name.own(name)) for name in table.key)
    return others.where((~same).or_else(True))


def _counts(lookup: Lookup) -> list[Sql]:
    count = sql.column("row_count", "g").or_else(0)
    if lookup.related.keep is Keep.ONLY:
        return [(count > 1).as_("many")]
    if lookup.related.keep is not Keep.COUNT:
        return []
    bounds = [each.value for each in map(lookup.bound, ("until", "after")) if each is not None]
    # As they are in the question, where other relations have columns of the same name.
    missing = [(each.of("a") if isinstance(each, Column) else each).is_null() for each in bounds]
    return [sql.when(sql.or_(missing), None, count).as_("count")]


def _kept_rows(lookup: Lookup) -> Select:
    """One row a question: the one that is kept."""
    related = lookup.related
    source = sql.select(sql.STAR).from_(_JOINED).where(_wanted(lookup))
    if related.merge_adjacent and lookup.has_start:
        source = _merged(source, lookup)
    if related.keep is Keep.ACTIVE:
        source = sql.select(sql.STAR).from_(source).where(_is_active(lookup))
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
    if related.keep is Keep.ONLY:  # of several rows none can be the one
        number = sql.fn("count", sql.STAR).over([Name.QUESTION])
    else:
        greatest = [value.desc() for value in lookup.tie_breakers]
        number = sql.fn("row_number").over([Name.QUESTION], [*first, *greatest])
    return sql.select(sql.STAR).from_(source).qualify(number.eq(1))


def _wanted(lookup: Lookup) -> Sql:
    """Whether a joined row may be kept: `where`, and its date within the bounds."""
    related, conditions = lookup.related, list[Sql]()
    if related.where is not None:
        names = Names({None: related.table}, lookup.as_of, Name.REFERENCE_DAY)
        conditions.append(compile_expression(related.where, names))
    until, after = lookup.bound("until"), lookup.bound("after")
    conditions += [each.value.is_not_null() for each in (until, after) if each is not None]
    if related.date is not None:
        date = lookup.own_bound(related.date)
        conditions.append(date.value.is_not_null())
        if until is not None:
            conditions.append(date.compare("<=", until))
            if related.within is not None:
                conditions.append(date.is_within(related.within, until))
        if after is not None:
            conditions.append(date.compare(">", after))
    return sql.and_(conditions).is_true()


def _is_active(lookup: Lookup) -> Sql:
    """`from <= until < to`; an open spell has no end, and a current list no beginning."""
    until, related, conditions = lookup.bound("until"), lookup.related, list[Sql]()
    if until is None:
        raise ValueError("an active row is active at a moment")
    if lookup.has_start:
        conditions.append(lookup.own_bound(related.start).compare("<=", until))
    if related.end and lookup.scan.has(related.end):
        end = lookup.own_bound(related.end)
        conditions.append(end.value.is_null() | until.compare("<", end))
    return sql.and_(conditions).is_true()


def _merged(rows: Select, lookup: Lookup) -> Select:
    """Spells joined with the next whose beginning is on or before their end; the last part gives the other columns."""
    related, table, scan = lookup.related, lookup.table, lookup.scan
    start, end = Name.value(related.start), Name.value(related.end)
    whose: list[Sql] = [Name.QUESTION]
    if table.person is not None and scan.has(table.person):
        whose.append(key_part(table.columns[table.person]))
    closing, timed, closed_before, timed_before = map(Column, ("closing", "timed", "closed_before", "timed_before"))
    breaks, spell, first_start, first_timed = map(Column, ("breaks", "spell", "first_start", "first_timed"))
    last_end, last_timed = Column("last_end"), Column("last_timed")
    endless, is_ended = sql.text("infinity").cast("TIMESTAMP"), related.end is not None and scan.has(related.end)
    order = [start, *lookup.tie_breakers]
    closes = end.cast("TIMESTAMP").or_else(endless) if is_ended else endless
    # The ends that have a time of day: the last end of several has one if it is the last of these, too.
    has_time = lookup.own_bound(related.end).timed if is_ended else sql.FALSE
    begun = sql.select(sql.STAR, closes.as_(closing), sql.when(has_time, closes, sql.null("TIMESTAMP")).as_(timed))
    begun = begun.from_(_by_wall_clock(rows, lookup)).where(start.is_not_null())
    before = [
        sql.fn("max", each).over(whose, order, before=True).as_(name)
        for each, name in ((closing, closed_before), (timed, timed_before))
    ]
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
    """Return spells whose times are read as GMT where they occur twice."""
    ends = [name for name in (lookup.related.start, lookup.related.end) if name and lookup.scan.has(name)]
    moments = [name for name in ends if lookup.table.columns[name].kind is Kind.DATETIME]
    read = tuple(sql.FALSE.as_(Name.summer(name)) for name in moments)
    return sql.select(sql.star(replaced=read)).from_(spells) if read else spells
