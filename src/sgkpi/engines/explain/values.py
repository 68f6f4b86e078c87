"""Expressions of definitions as SQL over typed tables, for `statement.py`, with the definition's own names.

Every cell can be read there, so faults need no handling. A datetime at midnight has no time of day, unless its column
declares that midnight is one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import NamedTuple, assert_never

from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Operation, Sql, Word, source
from sgkpi.model import expressions as ex
from sgkpi.model.expressions import Kind
from sgkpi.model.indicator import Indicator, Related
from sgkpi.model.periods import LONDON
from sgkpi.model.table import Table
from sgkpi.model.units import Limit, LimitUnit

TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.CATEGORY: "VARCHAR",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.DATE: "DATE",
    Kind.DATETIME: "TIMESTAMP",
    Kind.MONTH: "DATE",
}
MIDNIGHT = sql.text("00:00:00").cast("TIME")
_MICROSECONDS_IN_HOUR = 3_600_000_000


def free(word: str, taken: Iterable[str]) -> str:
    """Return a word, with underscores appended while it is taken; DuckDB ignores case."""
    folded = {each.lower() for each in taken}
    while word.lower() in folded:
        word += "_"
    return word


def relation(name: str) -> Sql:
    """Return a table or part of the statement to select from under its own name."""
    return source(name, name)


@dataclass(frozen=True)
class Names:
    """The names of a statement's relations and columns, distinct from those of tables and related rows.

    Expressions speak of the case or, in the `where` of a related, of the rows of `rows_of`.
    """

    indicator: Indicator
    rows_of: Related | None = None

    @property
    def tables(self) -> list[Table]:
        """The indicator's table and those of its related rows, each once."""
        return [*dict.fromkeys((self.indicator.table, *(related.table for related in self.indicator.related)))]

    def named(self, word: str) -> str:
        """Return the name of a relation."""
        return free(word, [*(table.name for table in self.tables), *(each.name for each in self.indicator.related)])

    def of(self, part: str, word: str) -> Sql:
        """Return a column of a part of the statement."""
        return sql.column(word, self.named(part))

    def moment(self, word: str) -> str:
        """Return the name of a column of `params`, which is joined with every table."""
        return free(word, [column for table in self.tables for column in table.columns])

    def result(self, word: str) -> str:
        """Return the name of a column of the result, beside keys and breakdowns."""
        return free(word, [*self.breakdowns, *self.indicator.table.key])

    @property
    def period(self) -> str:
        """The name of the result's period column."""
        return self.result("reference_day" if self.indicator.is_stock else "month")

    @property
    def breakdowns(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.indicator.by)

    @property
    def as_of(self) -> Sql:
        return self.of("params", self.moment("as_of"))

    @property
    def known_at(self) -> Sql:
        """The moment up to which things are known."""
        return self.of("params", self.moment("known_at")) if self.indicator.is_stock else self.as_of

    @property
    def day(self) -> Sql:
        """The reference day of a stock."""
        return self.of("params", self.moment("reference_day"))

    def known_on(self, kind: Kind) -> Sql:
        """Return the moment up to which things are known, to compare a date or datetime with."""
        if kind is not Kind.DATE:
            return self.known_at
        return self.day if self.indicator.is_stock else as_date(self.known_at)

    def table(self, related: str | None) -> Table:
        """Return the table behind a prefix."""
        if related is not None:
            return self.indicator.related_named(related).table
        return self.rows_of.table if self.rows_of is not None else self.indicator.table

    def column(self, name: str, related: str | None = None) -> Sql:
        return sql.column(name, related or (self.named("cases") if self.rows_of is None else None))

    def count(self, name: str) -> Sql:
        """Return the number of related rows; null where a bound of theirs is null."""
        bounds = self.indicator.related_named(name).bounds
        known = [
            value_of(each, self).is_not_null() for each in bounds if not isinstance(each, ex.AsOf | ex.ReferenceDay)
        ]
        return sql.when(sql.and_(known), self.column("count", name)) if known else self.column("count", name)


def value_of(node: ex.Expression, names: Names) -> Sql:  # noqa: C901, PLR0911, PLR0912 (one case a node)
    """Return an expression as SQL."""
    of = partial(value_of, names=names)
    match node:
        case ex.ColumnRef(column, _, related):
            return names.column(column, related)
        case ex.CountRef(related):
            return names.count(related)
        case ex.AsOf():
            return names.as_of
        case ex.ReferenceDay():
            return names.day
        case ex.DueRef():
            return _due(names)
        case ex.Literal():
            return _literal(node)
        case ex.Compare(operator, left, right):
            return of(left).op(operator, of(right))
        case ex.Listed(item, values):
            return sql.when(of(item).is_in([*map(sql.text, values)]), of(item))
        case ex.And(items):
            return sql.and_(map(of, items))
        case ex.Or(items):
            return sql.or_(map(of, items))
        case ex.Not(ex.IsNull(item)):
            return of(item).is_not_null()
        case ex.Not(item):
            return ~of(item)
        case ex.IsNull(item):
            return of(item).is_null()
        case ex.InList(item, options):
            return of(item).is_in([*map(of, options)])
        case ex.AddInterval(moment, amount, unit):
            return moved(of(moment), node.kind, amount, unit, names)
        case ex.Arithmetic(operator, left, right):
            may_be_zero = operator == "/" and not (isinstance(right, ex.Literal) and right.value)
            return of(left).op(operator, sql.fn("nullif", of(right), 0) if may_be_zero else of(right))
        case ex.Case(branches, otherwise):
            return sql.case([(of(when), of(then)) for when, then in branches], of(otherwise))
        case ex.Call():
            return _call(node, names)
        case _:
            assert_never(node)


def _due(names: Names) -> Sql:
    """Return when the clock runs out: null if it counts hours from a start without a time of day."""
    clock, due = names.indicator.clock, names.of("clock", "due")
    if clock is None or clock.start is None or clock.limit is None or clock.limit.unit is not LimitUnit.HOURS:
        return due
    timed = has_time(clock.start, names)
    return due if timed == sql.TRUE else sql.when(timed, due)


def _literal(node: ex.Literal) -> Sql:
    if node.value is None:
        return sql.NULL
    text = format(node.value, "f") if isinstance(node.value, Decimal) else str(node.value)
    match node.kind:
        case Kind.BOOLEAN:
            return sql.literal(bool(node.value))
        case Kind.INTEGER | Kind.NUMBER:
            return Word(text)
        case Kind.DATE | Kind.DATETIME | Kind.MONTH:
            return sql.text(f"{text}-01" if node.kind is Kind.MONTH else text).cast(TYPES[node.kind])
        case Kind.TEXT | Kind.CATEGORY | Kind.NULL:
            return sql.text(text)
        case _:
            assert_never(node.kind)


def _call(node: ex.Call, names: Names) -> Sql:
    given = [value_of(argument, names) for argument in node.arguments]
    match node.function:
        case "date":
            return as_date(given[0])
        case "days_between":
            return sql.fn("date_diff", "day", *map(day_of, node.arguments, given))
        case "hours_between":
            moments = [
                value.cast(TYPES[Kind.DATETIME]) if argument.kind is Kind.NULL else value
                for argument, value in zip(node.arguments, given, strict=True)
            ]
            elapsed = sql.fn("date_diff", "microsecond", *map(in_utc, moments))
            hours = elapsed.op("/", _MICROSECONDS_IN_HOUR)
            timed = all_of(has_time(argument, names) for argument in node.arguments)
            return hours if timed == sql.TRUE else sql.when(timed, hours)
        case "working_days_between":
            first, last = (_working_days_up_to(day, names) for day in map(day_of, node.arguments, given))
            return last - first
        case "age_years":
            months = sql.fn("date_diff", "month", *given)
            return sql.fn("floor", months.op("/", 12)).cast("INTEGER")
        case _:
            return sql.fn(node.function, *given)


def has_time(node: ex.Expression, names: Names) -> Sql:
    """Return whether a moment has a time of day: true, false, or a condition that is null for null."""
    if node.kind is not Kind.DATETIME:
        return sql.FALSE
    match node:
        case ex.ColumnRef(column, _, related) if names.table(related).columns[column].midnight:
            return sql.TRUE
        case ex.AsOf():
            return sql.TRUE
        case ex.DueRef():
            due = names.indicator.clock.due if names.indicator.clock else None
            return sql.TRUE if due is None else has_time(due, names)
        case ex.AddInterval(moment):
            return has_time(moment, names)
        case ex.Case(branches, otherwise):
            chosen = [(value_of(when, names), has_time(then, names)) for when, then in branches]
            return sql.case(chosen, has_time(otherwise, names))
        case ex.Call("coalesce" | "least" | "greatest", arguments):
            value = value_of(node, names)
            chosen = [(value_of(each, names).eq(value), has_time(each, names)) for each in arguments]
            return sql.case(chosen, sql.NULL)
        case (
            ex.ColumnRef()
            | ex.CountRef()
            | ex.ReferenceDay()
            | ex.Literal()
            | ex.Compare()
            | ex.Listed()
            | ex.Arithmetic()
            | ex.And()
            | ex.Or()
            | ex.Not()
            | ex.IsNull()
            | ex.InList()
            | ex.Call()
        ):
            return value_of(node, names).cast("TIME").ne(MIDNIGHT)
        case _:
            assert_never(node)


def lacks_time(node: ex.Expression, names: Names) -> Sql:
    """Return whether a known moment has no time of day."""
    timed = has_time(node, names)
    if timed == sql.FALSE:
        return value_of(node, names).is_not_null()
    if timed == sql.TRUE:
        return sql.FALSE
    if isinstance(timed, Operation) and timed.operator == "<>":
        moment, midnight = timed.parts
        return moment.eq(midnight)
    return ~timed


def all_of(conditions: Iterable[Sql]) -> Sql:
    """Return the conjunction of conditions, leaving out those that always hold."""
    return sql.and_([each for each in conditions if each != sql.TRUE])


class Bound(NamedTuple):
    """A date or datetime that related rows are compared with, and whether it has a time of day."""

    value: Sql
    kind: Kind
    timed: Sql


def compare_bounds(operator: str, left: Bound, right: Bound) -> Sql:
    """Return the comparison of two moments where both have a time of day, else of their dates."""
    timed, by_moment = all_of((left.timed, right.timed)), left.value.op(operator, right.value)
    if Kind.DATE in (left.kind, right.kind):
        return by_date(operator, left, right)
    # A value without a time of day is at midnight, so only such a value on the right would mislead.
    if timed == sql.TRUE or (right.timed == sql.TRUE and operator == "<="):
        return by_moment
    return sql.case([(timed, by_moment)], by_date(operator, left, right))


def by_date(operator: str, left: Bound, right: Bound) -> Sql:
    """Return the comparison of the dates of two moments."""
    first, second = (each.value if each.kind is Kind.DATE else as_date(each.value) for each in (left, right))
    return first.op(operator, second)


def as_date(value: Sql) -> Sql:
    """Return the date of a datetime."""
    return value.cast("DATE")


def day_of(node: ex.Expression, value: Sql) -> Sql:
    """Return the day of a date or datetime."""
    return value if node.kind is Kind.DATE else as_date(value)


def in_utc(moment: Sql) -> Sql:
    """Return the UTC time of a local one: the difference of two is the time that passes between them."""
    return Operation("AT TIME ZONE", (moment, sql.text(LONDON.key), sql.text("UTC")))


def in_london(moment: Sql) -> Sql:
    """Return the local time of one in UTC."""
    return Operation("AT TIME ZONE", (moment, sql.text("UTC"), sql.text(LONDON.key)))


def hours_later(moment: Sql, hours: int) -> Sql:
    """Return a UTC time some hours later (earlier, where negative)."""
    return moment.op("+" if hours >= 0 else "-", sql.interval(abs(hours), "HOURS"))


def moved(value: Sql, kind: Kind, amount: int, unit: ex.Unit, names: Names) -> Sql:
    """Return a date or datetime some units later (earlier, where negative), clamped to the month's end."""
    if unit is ex.Unit.WORKING_DAYS:
        due = _nth_working_day(value if kind is Kind.DATE else as_date(value), amount, names)
        return due if kind is Kind.DATE else due + value.cast("TIME")
    operator, size = ("-", -amount) if amount < 0 else ("+", amount)
    if kind is Kind.DATE and unit in (ex.Unit.DAYS, ex.Unit.WEEKS):
        return value.op(operator, size * 7 if unit is ex.Unit.WEEKS else size)
    later = value.op(operator, sql.interval(size, unit.value.upper()))
    return as_date(later) if kind is Kind.DATE else later


def by_limit(start: Sql, kind: Kind, limit: Limit, names: Names, sign: int = 1) -> Sql:
    """Add a limit to a moment (take it off, where the sign is -1); hours are elapsed hours."""
    amount = limit.amount * sign
    match limit.unit:
        case LimitUnit.HOURS:
            at = start if kind is Kind.DATETIME else start.cast("TIMESTAMP")
            return in_london(hours_later(in_utc(at), amount))
        case LimitUnit.DAYS | LimitUnit.WEEKS | LimitUnit.MONTHS | LimitUnit.WORKING_DAYS:
            return moved(start, kind, amount, ex.Unit(limit.unit.value), names)
        case _:
            assert_never(limit.unit)


def _working_days_up_to(day: Sql, names: Names) -> Sql:
    found = sql.select(sql.column("working_days")).from_(relation(names.named("calendar")))
    return sql.scalar(found.where(sql.column("day").eq(day)))


def _nth_working_day(start: Sql, amount: int, names: Names) -> Sql:
    """Return the Nth working day after a day (before it, where negative); with 0, the day itself."""
    if amount == 0:
        return start
    if amount > 0:
        wanted = _working_days_up_to(start, names) + amount
    else:
        wanted = _working_days_up_to(start - 1, names)
        wanted = wanted - (-amount - 1) if amount < -1 else wanted
    found = sql.select(sql.fn("min", sql.column("day"))).from_(relation(names.named("calendar")))
    return sql.scalar(found.where(sql.column("working_days").eq(wanted)))
