"""Expressions of definitions as SQL over typed tables, for `statement.py`: with the names that the definition uses.

Every cell can be read there, so this needs nothing of what the engine does about faults. A datetime at midnight has no
time of day, unless its column says that midnight is one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Number, Operation, Sql, Word
from sgkpi.engines.duckdb.moments import ZONE
from sgkpi.model.expressions import (
    AddInterval,
    And,
    Arithmetic,
    AsOf,
    Call,
    Case,
    ColumnRef,
    Compare,
    CountRef,
    Expression,
    InList,
    IsNull,
    Kind,
    Literal,
    Not,
    Or,
    ReferenceDay,
    Unit,
)
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
MIDNIGHT = sql.cast(sql.text("00:00:00"), "TIME")
_MICROSECONDS_IN_HOUR = 3_600_000_000
_UNITS = {LimitUnit.DAYS: Unit.DAYS, LimitUnit.WEEKS: Unit.WEEKS, LimitUnit.MONTHS: Unit.MONTHS}


@dataclass(frozen=True)
class Names:
    """How the columns of a definition are called where an expression stands.

    `own` is the relation of the columns that have no prefix (None: it goes without saying), `tables` the declaration
    behind each prefix, `counts` what `name.count` becomes, `calendar` the relation of working days. `known_at` is the
    moment up to which things are known, and `day` the reference day of a stock.
    """

    tables: Mapping[str | None, Table]
    own: str | None
    as_of: Sql
    known_at: Sql
    day: Sql | None
    calendar: str
    counts: Mapping[str, Sql] = field(default_factory=dict)

    @property
    def reference_day(self) -> Sql:
        if self.day is None:
            raise ValueError("a flow has no reference day")
        return self.day

    def known_on(self, kind: Kind) -> Sql:
        """Return the moment up to which things are known, to compare a date or datetime with."""
        if kind is not Kind.DATE:
            return self.known_at
        return sql.cast(self.known_at, "DATE") if self.day is None else self.day

    def column(self, ref: ColumnRef) -> Sql:
        return sql.column(ref.column, ref.related or self.own)


def value_of(node: Expression, names: Names) -> Sql:  # noqa: C901, PLR0911, PLR0912 (one case a node)
    """Return an expression as SQL."""
    match node:
        case ColumnRef():
            return names.column(node)
        case CountRef(related):
            return names.counts[related]
        case AsOf():
            return names.as_of
        case ReferenceDay():
            return names.reference_day
        case Literal():
            return _literal(node)
        case Compare(operator, left, right):
            return sql.binary(operator, value_of(left, names), value_of(right, names))
        case And(items):
            return sql.and_(value_of(item, names) for item in items)
        case Or(items):
            return sql.or_(value_of(item, names) for item in items)
        case Not(IsNull(item)):
            return sql.is_not_null(value_of(item, names))
        case Not(item):
            return sql.not_(value_of(item, names))
        case IsNull(item):
            return sql.is_null(value_of(item, names))
        case InList(item, options):
            return sql.in_(value_of(item, names), [value_of(option, names) for option in options])
        case AddInterval(moment, amount, unit):
            return moved(value_of(moment, names), node.kind, amount, unit)
        case Arithmetic(operator, left, right):
            divisor = value_of(right, names)
            if operator == "/" and not (isinstance(right, Literal) and right.value):
                divisor = sql.fn("nullif", divisor, 0)
            return sql.binary(operator, value_of(left, names), divisor)
        case Case(branches, otherwise):
            chosen = [(value_of(when, names), value_of(then, names)) for when, then in branches]
            return sql.case(chosen, value_of(otherwise, names))
        case Call():
            return _call(node, names)
        case _:
            assert_never(node)


def _literal(node: Literal) -> Sql:
    match node.kind:
        case _ if node.value is None:
            return sql.NULL
        case Kind.BOOLEAN:
            return sql.boolean(bool(node.value))
        case Kind.INTEGER | Kind.NUMBER:
            return Word(format(node.value, "f" if node.kind is Kind.NUMBER else ""))
        case Kind.DATE:
            return sql.cast(sql.text(str(node.value)), "DATE")
        case Kind.MONTH:
            return sql.cast(sql.text(f"{node.value}-01"), "DATE")
        case Kind.DATETIME:
            return sql.cast(sql.text(str(node.value)), "TIMESTAMP")
        case Kind.TEXT | Kind.CATEGORY | Kind.NULL:
            return sql.text(str(node.value))
        case _:
            assert_never(node.kind)


def _call(node: Call, names: Names) -> Sql:
    given = [value_of(argument, names) for argument in node.arguments]
    match node.function:
        case "date":
            return sql.cast(given[0], "DATE")
        case "days_between":
            return sql.fn("date_diff", "day", *(day_of(*pair) for pair in zip(node.arguments, given, strict=True)))
        case "hours_between":
            elapsed = sql.fn("date_diff", "microsecond", *map(in_utc, given))
            hours = sql.binary("/", elapsed, sql.number(_MICROSECONDS_IN_HOUR))
            timed = all_of(has_time(argument, names) for argument in node.arguments)
            return hours if timed == sql.TRUE else sql.when(timed, hours)
        case "working_days_between":
            first, last = (
                _working_days_up_to(day_of(*pair), names) for pair in zip(node.arguments, given, strict=True)
            )
            return sql.subtract(last, first)
        case "age_years":
            months = sql.fn("date_diff", "month", *given)
            return sql.cast(sql.fn("floor", sql.binary("/", months, sql.number(12))), "INTEGER")
        case _:
            return sql.fn(node.function, *given)


def has_time(node: Expression, names: Names) -> Sql:
    """Return whether a moment has a time of day: true, false, or a condition that is null for null."""
    if node.kind is not Kind.DATETIME:
        return sql.FALSE
    match node:
        case ColumnRef(column, _, related) if names.tables[related].columns[column].midnight:
            return sql.TRUE
        case AsOf():
            return sql.TRUE
        case AddInterval(moment):
            return has_time(moment, names)
        case Case(branches, otherwise):
            chosen = [(value_of(when, names), has_time(then, names)) for when, then in branches]
            return sql.case(chosen, has_time(otherwise, names))
        case Call("coalesce" | "least" | "greatest", arguments):
            value = value_of(node, names)
            return sql.case(
                [(sql.eq(value_of(each, names), value), has_time(each, names)) for each in arguments], sql.NULL
            )
        case _:
            return sql.binary("<>", sql.cast(value_of(node, names), "TIME"), MIDNIGHT)


def lacks_time(node: Expression, names: Names) -> Sql | None:
    """Return whether a moment that is known has no time of day; None where it always has."""
    if node.kind is not Kind.DATETIME:
        return sql.is_not_null(value_of(node, names))
    timed = has_time(node, names)
    if timed == sql.TRUE:
        return None
    simple = isinstance(timed, Operation) and timed.operator == "<>"
    return sql.eq(*timed.parts) if isinstance(timed, Operation) and simple else sql.not_(timed)


def all_of(conditions: Iterable[Sql]) -> Sql:
    """Return the conjunction of conditions, without those that always hold."""
    return sql.and_([each for each in conditions if each != sql.TRUE])


@dataclass(frozen=True)
class Bound:
    """A date or datetime that related rows are compared with, and whether it has a time of day."""

    value: Sql
    kind: Kind
    timed: Sql


def compare_bounds(operator: str, left: Bound, right: Bound) -> Sql:
    """Return the comparison of two moments where both have a time of day, else of their dates."""
    timed = all_of((left.timed, right.timed))
    if Kind.DATE in (left.kind, right.kind):
        return by_date(operator, left, right)
    # A value without a time of day is at midnight, so only such a value on the right would mislead.
    if timed == sql.TRUE or (right.timed == sql.TRUE and operator == "<="):
        return sql.binary(operator, left.value, right.value)
    return sql.case([(timed, sql.binary(operator, left.value, right.value))], by_date(operator, left, right))


def by_date(operator: str, left: Bound, right: Bound) -> Sql:
    """Return the comparison of the dates of two moments."""
    dates = [each.value if each.kind is Kind.DATE else sql.cast(each.value, "DATE") for each in (left, right)]
    return sql.binary(operator, *dates)


def day_of(node: Expression, value: Sql) -> Sql:
    """Return the day of a date or datetime."""
    return value if node.kind is Kind.DATE else sql.cast(value, "DATE")


def in_utc(moment: Sql) -> Sql:
    """Return the UTC time of a local one: between two of them as much time passes as their difference says."""
    return Operation("AT TIME ZONE", (moment, sql.text(ZONE), sql.text("UTC")))


def in_london(moment: Sql) -> Sql:
    """Return the local time of one in UTC."""
    return Operation("AT TIME ZONE", (moment, sql.text("UTC"), sql.text(ZONE)))


def moved(value: Sql, kind: Kind, amount: int, unit: Unit) -> Sql:
    """Return a date or datetime so many units later, clamped to the month's end."""
    operator, size = ("-", -amount) if amount < 0 else ("+", amount)
    if kind is Kind.DATE and unit in (Unit.DAYS, Unit.WEEKS):
        return sql.binary(operator, value, Number(size * 7 if unit is Unit.WEEKS else size))
    later = sql.binary(operator, value, sql.interval(size, unit.value.upper()))
    return sql.cast(later, "DATE") if kind is Kind.DATE else later


def hours_later(moment: Sql, hours: int) -> Sql:
    """Return a UTC time so many hours later (earlier, where negative)."""
    return sql.binary("+" if hours >= 0 else "-", moment, sql.interval(abs(hours), "HOURS"))


def by_limit(start: Sql, kind: Kind, limit: Limit, names: Names, sign: int = 1) -> Sql:
    """Return a moment later (or, where the sign is -1, earlier) by a limit; hours and working days as they pass."""
    amount = limit.amount * sign
    match limit.unit:
        case LimitUnit.HOURS:
            at = start if kind is Kind.DATETIME else sql.cast(start, "TIMESTAMP")
            return in_london(hours_later(in_utc(at), amount))
        case LimitUnit.WORKING_DAYS:
            due = nth_working_day(start if kind is Kind.DATE else sql.cast(start, "DATE"), amount, names)
            return due if kind is Kind.DATE else sql.add(due, sql.cast(start, "TIME"))
        case LimitUnit.DAYS | LimitUnit.WEEKS | LimitUnit.MONTHS:
            return moved(start, kind, amount, _UNITS[limit.unit])
        case _:
            assert_never(limit.unit)


def _working_days_up_to(day: Sql, names: Names) -> Sql:
    found = sql.select(sql.column("working_days")).from_(sql.source(names.calendar, names.calendar))
    return sql.held_by(found.where(sql.eq(sql.column("day"), day)))


def nth_working_day(start: Sql, amount: int, names: Names) -> Sql:
    """Return the Nth working day after a day (before it, where negative); with 0, the day itself."""
    if amount == 0:
        return start
    passed = sql.column("working_days", "today")
    if amount < 0:  # the day itself is none of the working days before it
        passed = sql.add(sql.subtract(passed, sql.cast(sql.column("is_working", "today"), "INTEGER")), sql.number(1))
    wanted = sql.binary("+" if amount > 0 else "-", passed, sql.number(abs(amount)))
    found = sql.select(sql.fn("min", sql.column("day", "other"))).from_(sql.source(names.calendar, "today"))
    found = found.join(
        sql.source(names.calendar, "other"), on=sql.eq(sql.column("working_days", "other"), wanted), kind="join"
    )
    return sql.held_by(found.where(sql.eq(sql.column("day", "today"), start)))
