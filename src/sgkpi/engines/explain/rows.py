"""The rows that `statement.py` judges, as they were known, and those of other tables that belong to a case."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self, assert_never

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Select, Sql
from sgkpi.engines.explain.layout import Sorted
from sgkpi.engines.explain.values import (
    MIDNIGHT,
    TYPES,
    Bound,
    Names,
    all_of,
    by_date,
    by_limit,
    compare_bounds,
    has_time,
    hours_later,
    in_utc,
    value_of,
)
from sgkpi.model.expressions import ColumnRef, Kind, column_refs
from sgkpi.model.indicator import DuePeriod, Indicator, Keep, Moment, PeriodColumn, PointInTime, Related
from sgkpi.model.table import Column, Table
from sgkpi.model.units import LimitUnit
from sgkpi.planning.columns import expressions_of, named_columns

_DATED = (Kind.DATE, Kind.DATETIME)


def free(word: str, taken: Iterable[str]) -> str:
    """Return a word, with underscores behind it as long as it is taken; to DuckDB, case makes no difference."""
    folded = {each.lower() for each in taken}
    while word.lower() in folded:
        word += "_"
    return word


def tables_of(indicator: Indicator) -> list[Table]:
    """Return an indicator's table and those of its related rows, each once."""
    return list(dict.fromkeys((indicator.table, *(related.table for related in indicator.related))))


@dataclass(frozen=True)
class Relations:
    """The relations of a statement by name, none of which is that of a table or of related rows; and their columns."""

    indicator: Indicator
    moments: str
    holidays: str
    calendar: str
    cases: str
    judged: str
    clock: str
    definition: str

    @classmethod
    def of(cls, indicator: Indicator) -> Self:
        words = ("reference_days" if indicator.is_stock else "params", *list(cls.__dataclass_fields__)[2:])
        return cls(indicator, *(free(word, _taken(indicator)) for word in words))

    def known(self, table: Table) -> str:
        return free(f"known_{table.name}", _taken(self.indicator))

    def merged(self, related: Related) -> str:
        return free(f"merged_{related.name}", _taken(self.indicator))

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
        as_of = sql.column("as_of", self.moments)
        known_at = self.column_of_case("known_at") if self.indicator.is_stock else as_of
        day = self.column_of_case("reference_day") if self.indicator.is_stock else None
        return Names(tables, self.cases, as_of, known_at, day, self.calendar, counts)

    def names_of_rows(self, related: Related) -> Names:
        """Return the names of `where`, which speaks of the related rows alone."""
        day = sql.column(self.beside(related.table, "reference_day")) if self.indicator.is_stock else None
        as_of = sql.column("as_of", self.moments)
        return Names({None: related.table}, None, as_of, as_of, day, self.calendar)

    def _count(self, related: Related) -> Sql:
        """Return how many related rows there are; null where a bound that is a column of the case is."""
        columns = [each for each in (related.until, related.after) if each and not isinstance(each, Moment)]
        known = [sql.is_not_null(sql.column(each, self.cases)) for each in columns]
        found = sql.column("count", related.name)
        return sql.when(sql.and_(known), found) if known else found

    @property
    def has_moments(self) -> bool:
        """Whether a stock needs to know more of the moment than the day."""
        every = [column for table in tables_of(self.indicator) for column in self.columns_read(table)]
        recorded = any(table.recorded for table in tables_of(self.indicator))
        return recorded or any(column.kind is Kind.DATETIME for column in every)

    def columns_read(self, table: Table) -> list[Column]:
        """Return the columns of a table that the statement names."""
        wanted = {table.happened, table.recorded, *(column.name for column in self.related_columns(table))}
        if table == self.indicator.table:
            wanted |= {column.name for column in self.case_columns()}
            period = self.indicator.period
            wanted |= {period.start, period.end} if isinstance(period, PointInTime) else set()
        return [column for column in table.columns.values() if column.name in wanted]

    def case_columns(self) -> list[Column]:
        """Return the columns that a case is judged by; of a table without a key all, which tell its rows apart."""
        table, period = self.indicator.table, self.indicator.period
        named = {ref.column for each in expressions_of(self.indicator) for ref in column_refs(each) if not ref.related}
        named |= {period.column} if isinstance(period, PeriodColumn) else set()
        for related in self.indicator.related:
            named |= {related.case_column, str(related.until), str(related.after)}
        return _declared(table, {*table.key, *named})

    def related_columns(self, table: Table) -> list[Column]:
        """Return the columns of a table that are looked at in related rows."""
        wanted, named = {*table.key}, named_columns(self.indicator)
        for related in self.indicator.related:
            if related.table == table:
                wanted |= {related.row_column, *named.guards[related.name], *named.kept[related.name]}
                wanted |= {table.person} if related.merge_adjacent and table.person else set()
        return _declared(table, wanted)

    def kept_columns(self, related: Related) -> list[str]:
        """Return the columns of the row kept that expressions name; without any, that by which it is joined."""
        refs = {ref for each in expressions_of(self.indicator) for ref in column_refs(each)}
        named = {ref.column for ref in refs if ref.related == related.name}
        return [column for column in related.table.columns if column in named] or [related.row_column]


def _taken(indicator: Indicator) -> list[str]:
    return [*(table.name for table in tables_of(indicator)), *(related.name for related in indicator.related)]


def _declared(table: Table, wanted: set[str]) -> list[Column]:
    return [column for column in table.columns.values() if column.name in wanted or not table.key]


def known_rows(
    relations: Relations,
    table: Table,
    columns: Iterable[Column],
    period: PeriodColumn | DuePeriod | PointInTime | None = None,
) -> Select:
    """Return the rows that existed at the moment that is asked about, without dates that were still to come.

    A `period` says that they are cases: of a stock, only those that are open on the reference day.
    """
    is_stock, moments = relations.indicator.is_stock, relations.moments
    known_at = sql.column("known_at" if is_stock else "as_of", moments)
    day = sql.column("reference_day", moments) if is_stock else sql.cast(known_at, "DATE")
    begins = period.start if isinstance(period, PointInTime) else None
    shown = []
    for column in columns:
        value, limit = sql.column(column.name), day if column.kind is Kind.DATE else known_at
        certain = column.kind not in _DATED or column.planned or column.name in (table.happened, begins)
        shown.append(value if certain else sql.alias(sql.when(sql.binary("<=", value, limit), value), column.name))
    for word in ("reference_day", "known_at"):
        if is_stock and (word == "reference_day" or (period is not None and relations.has_moments)):
            called, moment = relations.beside(table, word), sql.column(word, moments)
            shown.append(moment if called == word else sql.alias(moment, called))
    rows = sql.select(*shown).from_(sql.source(table.name, table.name))
    rows = rows.join(sql.source(moments, moments), kind="cross join")
    for name, moment, of_day in (
        (table.happened, known_at, day),
        (table.recorded, sql.column("as_of", moments), sql.cast(sql.column("as_of", moments), "DATE")),
    ):
        if name is not None and name != begins:
            known = sql.binary("<=", sql.column(name), of_day if table.columns[name].kind is Kind.DATE else moment)
            rows = rows.where(sql.fn("coalesce", known, sql.TRUE))
    if isinstance(period, PointInTime):
        for condition in _is_open(table, period, day, known_at):
            rows = rows.where(condition)
    return rows if table.key else rows.distinct()


def _is_open(table: Table, period: PointInTime, day: Sql, known_at: Sql) -> Iterator[Sql]:
    start, end = table.columns[period.start], table.columns[period.end]
    begun, ended = sql.column(start.name), sql.column(end.name)
    still = [sql.is_null(ended)]
    if start.kind is not Kind.DATE:
        yield sql.binary("<=", begun, known_at)
    yield sql.binary("<=", begun if start.kind is Kind.DATE else sql.cast(begun, "DATE"), day)
    still.append(sql.binary(">", ended if end.kind is Kind.DATE else sql.cast(ended, "DATE"), day))
    if end.kind is not Kind.DATE:
        still.append(sql.binary(">", ended, known_at))
    yield sql.or_(still)


def merged_spells(relations: Relations, related: Related) -> Select:
    """Return the spells of `related`, those joined whose beginning is on or before the end of one before."""
    table, start, end = related.table, str(related.start), str(related.end)
    known = relations.known(table)
    spells = sql.select(sql.STAR).from_(sql.source(known, known)).where(sql.is_not_null(sql.column(start)))
    if related.where is not None:
        if not relations.indicator.is_stock:
            spells = spells.join(sql.source(relations.moments, relations.moments), kind="cross join")
        spells = spells.where(value_of(related.where, relations.names_of_rows(related)))
    day = [sql.column(relations.beside(table, "reference_day"))] if relations.indicator.is_stock else []
    people = dict.fromkeys([related.row_column, *([table.person] if table.person else [])])
    whose = [*day, *(_as_compared(table.columns[each], sql.column(each)) for each in people)]
    order = [sql.ascending(each) for each in (sql.column(start), *_tie_breakers(table))]
    open_end = sql.fn("coalesce", sql.column(end), sql.cast(sql.text("infinity"), TYPES[table.columns[end].kind]))
    last_end = _bound_of_row(relations, related, end, sql.window_before(sql.fn("max", open_end), whose, order))
    touches = compare_bounds("<=", _bound_of_row(relations, related, start), last_end)
    begins, spell = relations.beside(table, "begins"), relations.beside(table, "spell")
    marked = sql.select(sql.STAR, sql.alias(sql.case([(touches, sql.number(0))], sql.number(1)), begins))
    marked = marked.from_(sql.source(spells, "spells"))
    number = sql.window(sql.fn("sum", sql.column(begins)), whose, order)
    numbered = sql.select(sql.STAR, sql.alias(number, spell)).from_(sql.source(marked, "spells"))
    closed = sql.eq(sql.fn("count", sql.column(end)), sql.fn("count", sql.STAR))
    columns = [*day, sql.alias(sql.fn("min", sql.column(start)), start)]
    columns.append(sql.alias(sql.when(closed, sql.fn("max", sql.column(end))), end))
    for column in relations.related_columns(table):
        if column.name not in (start, end):
            last = sql.fn("last", Sorted(sql.column(column.name), tuple(order)))
            columns.append(sql.alias(last, column.name))
    return sql.select(*columns).from_(sql.source(numbered, "spells")).group_by(*whose, sql.column(spell))


def related_rows(relations: Relations, related: Related) -> Select:
    """Return what a case knows of related rows: the columns of the row kept, or how many there are."""
    table = related.table
    rows = relations.merged(related) if related.merge_adjacent else relations.known(table)
    conditions = [*_joins(relations, related, rows), *_within_bounds(relations, related)]
    if related.where is not None and not related.merge_adjacent:
        conditions.append(value_of(related.where, relations.names_of_rows(related)))
    kept, order = relations.kept_columns(related), list[Sql]()
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
    query = sql.select(*columns).from_(sql.source(rows, rows))
    for condition in conditions:
        query = query.where(condition)
    return query.order_by(*order, *map(sql.descending, _tie_breakers(table))).limit(1) if order else query


def _joins(relations: Relations, related: Related, rows: str) -> Iterator[Sql]:
    """Give the conditions under which a row belongs to a case, which is never its own related row."""
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
    """Give the conditions of `until`, `after` and `within`."""
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
        earliest = by_limit(until.value, until.kind, related.within, relations.names(), sign=-1)
        if related.within.unit is not LimitUnit.HOURS:
            yield compare_bounds(">", moment, Bound(earliest, until.kind, until.timed))
            return
        dates = by_date(">", moment, Bound(earliest, Kind.DATETIME, until.timed))
        if Kind.DATE in (moment.kind, until.kind):
            yield dates
            return
        elapsed = sql.binary(">", hours_later(in_utc(moment.value), related.within.amount), in_utc(until.value))
        timed = all_of((moment.timed, until.timed))
        yield elapsed if timed == sql.TRUE else sql.case([(timed, elapsed)], dates)


def _bound_of_row(relations: Relations, related: Related, column: str, value: Sql | None = None) -> Bound:
    """Return a date of a related row, or a value of that kind."""
    ref = ColumnRef(column, related.table.columns[column].kind)
    timed = has_time(ref, relations.names_of_rows(related))
    if value is not None and timed not in (sql.TRUE, sql.FALSE):
        timed = sql.binary("<>", sql.cast(value, "TIME"), MIDNIGHT)
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
    keys = [table.columns[each] for each in table.key or table.columns]
    as_text = [each.kind is Kind.INTEGER and bool(table.key) for each in keys]
    return [
        sql.cast(sql.column(each.name), "VARCHAR") if text else sql.column(each.name)
        for each, text in zip(keys, as_text, strict=True)
    ]


def _as_compared(column: Column, value: Sql) -> Sql:
    """Return a column as joins compare it: upper and lower case make no difference."""
    return sql.fn("lower", value) if column.kind in (Kind.TEXT, Kind.CATEGORY) else value
