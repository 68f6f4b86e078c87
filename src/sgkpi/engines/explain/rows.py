"""The rows that `statement.py` judges, as they were known, and those of other tables that belong to a case."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import assert_never

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Select, Sql
from sgkpi.engines.explain import values
from sgkpi.engines.explain.layout import Sorted
from sgkpi.engines.explain.values import Bound, Names, as_date, compare_bounds, has_time, value_of
from sgkpi.model.expressions import ColumnRef, Kind
from sgkpi.model.indicator import Indicator, Keep, Moment, PointInTime, Related
from sgkpi.model.table import Column, Table
from sgkpi.model.units import LimitUnit
from sgkpi.planning.columns import named_columns, refs_of

_DATED = (Kind.DATE, Kind.DATETIME)


def free(word: str, taken: Iterable[str]) -> str:
    """Return a word, with underscores behind it as long as it is taken; to DuckDB, case makes no difference."""
    folded = {each.lower() for each in taken}
    while word.lower() in folded:
        word += "_"
    return word


def relation(name: str) -> Sql:
    """Return a table or a query of the statement, to select from under its own name."""
    return sql.source(name, name)


@dataclass(frozen=True)
class Relations:
    """The relations of a statement, none of which is called as a table or as related rows are; and their columns."""

    indicator: Indicator

    def named(self, word: str) -> str:
        """Return what the relation of a word is called."""
        return free(word, [*(table.name for table in self.tables), *(each.name for each in self.indicator.related)])

    @property
    def tables(self) -> list[Table]:
        """The indicator's table and those of its related rows, each once."""
        return [*dict.fromkeys((self.indicator.table, *(related.table for related in self.indicator.related)))]

    @property
    def cases(self) -> str:
        return self.named("cases")

    @property
    def moments(self) -> str:
        return self.named("reference_days" if self.indicator.is_stock else "params")

    def beside(self, table: Table, word: str) -> str:
        """Return what a column beside those of a table is called."""
        return free(word, table.columns)

    def column_of_case(self, word: str) -> Sql:
        return sql.column(self.beside(self.indicator.table, word), self.cases)

    def names(self) -> Names:
        """Return the names of expressions over the case."""
        tables: dict[str | None, Table] = {None: self.indicator.table}
        tables |= {each.name: each.table for each in self.indicator.related}
        counts = {each.name: self._count(each) for each in self.indicator.related if each.keep is Keep.COUNT}
        as_of, is_stock = sql.column("as_of", self.moments), self.indicator.is_stock
        known_at = self.column_of_case("known_at") if is_stock else as_of
        day = self.column_of_case("reference_day") if is_stock else sql.NULL
        return Names(tables, self.cases, as_of, known_at, day, self.named("calendar"), counts)

    def names_of_rows(self, related: Related) -> Names:
        """Return the names of `where`, which speaks of the related rows alone."""
        day = sql.column(self.beside(related.table, "reference_day")) if self.indicator.is_stock else sql.NULL
        as_of = sql.column("as_of", self.moments)
        return Names({None: related.table}, None, as_of, as_of, day, self.named("calendar"))

    def _count(self, related: Related) -> Sql:
        """Return how many related rows there are; null where a bound that is a column of the case is."""
        columns = [each for each in (related.until, related.after) if each and not isinstance(each, Moment)]
        known = [sql.is_not_null(sql.column(each, self.cases)) for each in columns]
        found = sql.column("count", related.name)
        return sql.when(sql.and_(known), found) if known else found

    @property
    def has_moments(self) -> bool:
        """Whether a stock needs to know more of the moment than the day."""
        every = (column for table in self.tables for column in self.columns(table))
        return any(table.recorded for table in self.tables) or any(each.kind is Kind.DATETIME for each in every)

    def columns(self, table: Table) -> list[Column]:
        """Return the columns that cases or related rows are looked at by; of a table without a key all of them."""
        named, wanted = named_columns(self.indicator), {*table.key, table.happened}
        if table == self.indicator.table:
            wanted |= {*named.case, *(each.case_column for each in self.indicator.related)}
        for related in self.indicator.related:
            if related.table == table:
                wanted |= {*named.of_row(related), table.person if related.merge_adjacent else None}
        return [column for column in table.columns.values() if column.name in wanted or not table.key]

    def only_says_open(self, column: str, period: PointInTime) -> bool:
        """Whether a column of a stock's case says no more than that it is open."""
        refs = {ref.column for ref in refs_of(self.indicator) if ref.related is None}
        bounds = {part for related in self.indicator.related for part in (related.until, related.after)}
        return bool(self.indicator.table.key) and column in {period.start, period.end} - refs - bounds


def known_rows(relations: Relations, table: Table, *, as_cases: bool = False) -> Select:
    """Return the rows that existed at the moment that is asked about, without dates that were still to come.

    `as_cases` are, of a stock, only those that are open on the reference day.
    """
    is_stock, moments = relations.indicator.is_stock, relations.moments
    period = relations.indicator.period if as_cases else None
    known_at = sql.column("known_at" if is_stock else "as_of", moments)
    day = sql.column("reference_day", moments) if is_stock else as_date(known_at)
    begins = period.start if isinstance(period, PointInTime) else None
    shown = []
    for column in relations.columns(table):
        if isinstance(period, PointInTime) and relations.only_says_open(column.name, period):
            continue
        value, limit = sql.column(column.name), day if column.kind is Kind.DATE else known_at
        certain = column.kind not in _DATED or column.planned or column.name in (table.happened, begins)
        shown.append(value if certain else sql.alias(sql.when(sql.binary("<=", value, limit), value), column.name))
    for word in ("reference_day", "known_at"):
        if is_stock and (word == "reference_day" or (as_cases and relations.has_moments)):
            called, moment = relations.beside(table, word), sql.column(word, moments)
            shown.append(moment if called == word else sql.alias(moment, called))
    as_of, conditions = sql.column("as_of", moments), list[Sql]()
    for name, moment, of_day in ((table.happened, known_at, day), (table.recorded, as_of, as_date(as_of))):
        if name is not None and name != begins:
            known = sql.binary("<=", sql.column(name), of_day if table.columns[name].kind is Kind.DATE else moment)
            conditions.append(sql.fn("coalesce", known, sql.TRUE))
    conditions += _is_open(table, period, day, known_at) if isinstance(period, PointInTime) else ()
    rows = Select(tuple(shown), relation(table.name), conditions=tuple(conditions), is_distinct=not table.key)
    return rows.join(relation(moments), kind="cross join")


def _is_open(table: Table, period: PointInTime, day: Sql, known_at: Sql) -> Iterator[Sql]:
    """Yield the conditions under which a spell is open on a day, as far as was known then."""
    (begun, start), (ended, end) = ((sql.column(each), table.columns[each].kind) for each in (period.start, period.end))
    if start is not Kind.DATE:
        yield sql.binary("<=", begun, known_at)
    yield sql.binary("<=", begun if start is Kind.DATE else as_date(begun), day)
    still = [sql.is_null(ended), sql.binary(">", ended if end is Kind.DATE else as_date(ended), day)]
    yield sql.or_(still if end is Kind.DATE else [*still, sql.binary(">", ended, known_at)])


def merged_spells(relations: Relations, related: Related) -> Select:
    """Return the spells of `related`, those joined whose beginning is on or before the end of one before."""
    table, start, end = related.table, str(related.start), str(related.end)
    known = relation(relations.named(f"known_{table.name}"))
    spells = sql.select(sql.STAR).from_(known).where(sql.is_not_null(sql.column(start)))
    if related.where is not None:
        if not relations.indicator.is_stock:
            spells = spells.join(relation(relations.moments), kind="cross join")
        spells = spells.where(value_of(related.where, relations.names_of_rows(related)))
    day = [sql.column(relations.beside(table, "reference_day"))] if relations.indicator.is_stock else []
    people = dict.fromkeys([related.row_column, *([table.person] if table.person else [])])
    whose = [*day, *(_as_compared(table.columns[each], sql.column(each)) for each in people)]
    order = [sql.ascending(each) for each in (sql.column(start), *_tie_breakers(table))]
    open_end = sql.fn(
        "coalesce", sql.column(end), sql.cast(sql.text("infinity"), values.TYPES[table.columns[end].kind])
    )
    last_end = _bound_of_row(relations, related, end, sql.window_before(sql.fn("max", open_end), whose, order))
    touches = compare_bounds("<=", _bound_of_row(relations, related, start), last_end)
    begins, spell = relations.beside(table, "begins"), relations.beside(table, "spell")
    marked = sql.select(sql.STAR, sql.alias(sql.case([(touches, sql.number(0))], sql.number(1)), begins))
    number = sql.window(sql.fn("sum", sql.column(begins)), whose, order)
    marked = marked.from_(sql.source(spells, "spells"))
    numbered = sql.select(sql.STAR, sql.alias(number, spell)).from_(sql.source(marked, "spells"))
    closed = sql.eq(sql.fn("count", sql.column(end)), sql.fn("count", sql.STAR))
    columns = [*day, sql.alias(sql.fn("min", sql.column(start)), start)]
    columns.append(sql.alias(sql.when(closed, sql.fn("max", sql.column(end))), end))
    for column in relations.columns(table):
        if column.name not in (start, end):
            last = sql.fn("last", Sorted(sql.column(column.name), tuple(order)))
            columns.append(sql.alias(last, column.name))
    return sql.select(*columns).from_(sql.source(numbered, "spells")).group_by(*whose, sql.column(spell))


def related_rows(relations: Relations, related: Related) -> Select:
    """Return what a case knows of related rows: the columns of the row kept, or how many there are."""
    table = related.table
    rows = relations.named(f"merged_{related.name}" if related.merge_adjacent else f"known_{table.name}")
    conditions = [*_joins(relations, related, rows), *_within_bounds(relations, related)]
    if related.where is not None and not related.merge_adjacent:
        conditions.append(value_of(related.where, relations.names_of_rows(related)))
    refs, order = refs_of(relations.indicator), list[Sql]()
    kept = [each for each in table.columns if any((ref.column, ref.related) == (each, related.name) for ref in refs)]
    kept = kept or [related.row_column]
    columns = [sql.column(each) for each in kept]
    match related.keep:
        case Keep.COUNT:
            columns = [sql.alias(sql.fn("count", sql.STAR), "count")]
        case Keep.ONLY:
            single = sql.eq(sql.fn("count", sql.STAR), sql.number(1))
            columns = [sql.alias(sql.when(single, sql.fn("any_value", sql.column(each))), each) for each in kept]
            columns.append(sql.alias(sql.fn("count", sql.STAR), relations.beside(table, "rows_found")))
        case Keep.LATEST | Keep.ACTIVE:
            order = [sql.descending(sql.column(str(related.date or related.start)))]
        case Keep.EARLIEST:
            order = [sql.ascending(sql.column(str(related.date)))]
        case _:
            assert_never(related.keep)
    query = Select(tuple(columns), relation(rows), conditions=tuple(conditions))
    return query.order_by(*order, *map(sql.descending, _tie_breakers(table))).limit(1) if order else query


def _joins(relations: Relations, related: Related, rows: str) -> Iterator[Sql]:
    """Yield the conditions under which a row belongs to a case, which is never its own related row."""
    own, other = relations.indicator.table.columns[related.case_column], related.table.columns[related.row_column]
    sides = [_as_compared(other, sql.column(other.name)), _as_compared(own, sql.column(own.name, relations.cases))]
    yield sql.eq(*(sides if own.kind is other.kind else (sql.cast(each, "VARCHAR") for each in sides)))
    if relations.indicator.is_stock:
        day = relations.beside(related.table, "reference_day")
        yield sql.eq(sql.column(day), relations.column_of_case("reference_day"))
    if related.table == relations.indicator.table:
        identity = related.table.key or tuple(related.table.columns)
        pairs = [(sql.column(each, rows), sql.column(each, relations.cases)) for each in identity]
        yield sql.or_([sql.binary("IS DISTINCT FROM", *pair) for pair in pairs])


def _within_bounds(relations: Relations, related: Related) -> Iterator[Sql]:
    """Yield the conditions of `until`, `after` and `within`."""
    until = _bound_of_case(relations, related.until) if related.until is not None else None
    if related.keep is Keep.ACTIVE and until is not None:
        end = _bound_of_row(relations, related, str(related.end))
        yield compare_bounds("<=", _bound_of_row(relations, related, str(related.start)), until)
        yield sql.or_([sql.is_null(end.value), compare_bounds("<", until, end)])
        return
    if related.date is None:
        return
    moment = _bound_of_row(relations, related, related.date)
    if until is None and related.after is None:
        yield sql.is_not_null(moment.value)
    if until is not None:
        yield compare_bounds("<=", moment, until)
    if related.after is not None:
        yield compare_bounds(">", moment, _bound_of_case(relations, related.after))
    if until is not None and related.within is not None:
        earliest = values.by_limit(until.value, until.kind, related.within, relations.names(), sign=-1)
        if related.within.unit is not LimitUnit.HOURS:
            yield compare_bounds(">", moment, Bound(earliest, until.kind, until.timed))
            return
        dates = values.by_date(">", moment, Bound(earliest, Kind.DATETIME, until.timed))
        if Kind.DATE in (moment.kind, until.kind):
            yield dates
            return
        latest = values.hours_later(values.in_utc(moment.value), related.within.amount)
        elapsed = sql.binary(">", latest, values.in_utc(until.value))
        timed = values.all_of((moment.timed, until.timed))
        yield elapsed if timed == sql.TRUE else sql.case([(timed, elapsed)], dates)


def _bound_of_row(relations: Relations, related: Related, column: str, value: Sql | None = None) -> Bound:
    """Return a date of a related row, or a value of that kind."""
    ref = ColumnRef(column, related.table.columns[column].kind)
    timed = has_time(ref, relations.names_of_rows(related))
    if value is not None and timed not in (sql.TRUE, sql.FALSE):
        timed = sql.binary("<>", sql.cast(value, "TIME"), values.MIDNIGHT)
    return Bound(sql.column(column) if value is None else value, ref.kind, timed)


def _bound_of_case(relations: Relations, part: str | Moment) -> Bound:
    """Return `until` or `after`."""
    names = relations.names()
    if not isinstance(part, Moment):
        ref = ColumnRef(part, relations.indicator.table.columns[part].kind)
        return Bound(value_of(ref, names), ref.kind, has_time(ref, names))
    match part:
        case Moment.AS_OF:
            return Bound(names.as_of, Kind.DATETIME, sql.TRUE)
        case Moment.REFERENCE_DAY:
            return Bound(relations.column_of_case("reference_day"), Kind.DATE, sql.FALSE)
        case _:
            assert_never(part)


def _tie_breakers(table: Table) -> list[Sql]:
    """Return what decides between rows of one date: the key as text, or every column where there is none."""
    as_text = [name for name in table.key if table.columns[name].kind is Kind.INTEGER]
    keys = [(name, sql.column(name)) for name in table.key or table.columns]
    return [sql.cast(value, "VARCHAR") if name in as_text else value for name, value in keys]


def _as_compared(column: Column, value: Sql) -> Sql:
    """Return a column as joins compare it: upper and lower case make no difference."""
    return sql.fn("lower", value) if column.kind in (Kind.TEXT, Kind.CATEGORY) else value
