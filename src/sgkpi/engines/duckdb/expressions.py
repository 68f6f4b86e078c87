"""From expressions of definitions to SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import assert_never

from sgkpi.engines.duckdb import numbers, sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.cells import SQL_TYPES
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.macros import HOUR
from sgkpi.engines.duckdb.moments import elapsed, has_clock_time
from sgkpi.engines.duckdb.numbers import Ratio
from sgkpi.engines.duckdb.working_days import passed_working_days
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

_NUMERIC = (Kind.INTEGER, Kind.NUMBER)


@dataclass(frozen=True)
class Names:
    """How the columns of a definition are called in the relation that an expression is put to.

    `tables` gives the declaration behind each related name, and the case's own table under None; related rows are those
    of an `indicator`.
    """

    tables: Mapping[str | None, Table]
    as_of: Sql
    reference_day: Sql
    indicator: str = ""

    def related(self, name: str, part: str) -> Sql:
        """A part of what is known of related rows, as it stands with the case."""
        return Name.related(self.indicator, name, part)

    def part(self, name: str, ref: ColumnRef) -> Sql:
        return sql.column(name) if ref.related is None else self.related(ref.related, name)

    def value(self, ref: ColumnRef) -> Sql:
        return self.part(Name.value(ref.column).name, ref)

    def has_time(self, ref: ColumnRef) -> Sql:
        """Whether a datetime column has a time of day; null for null."""
        value = self.value(ref)
        if self.tables[ref.related].columns[ref.column].midnight:
            return sql.when(value.is_not_null(), self.part(Name.has_time(ref.column).name, ref), sql.null("BOOLEAN"))
        return has_clock_time(value)

    def count(self, related: str) -> Sql:
        return self.related(related, "count")


def compile_expression(node: Expression, names: Names) -> Sql:  # noqa: C901, PLR0911 (one case a node)
    """An expression as SQL, of the type in which values of its kind are held; a number in units of 10^-18 never.

    Numbers (but not integers) have no single SQL value: use `compile_number` for those.
    """
    match node:
        case ColumnRef():
            return names.value(node)
        case CountRef(related):
            return names.count(related)
        case AsOf():
            return names.as_of
        case ReferenceDay():
            return names.reference_day
        case Literal():
            return _literal(node)
        case Compare():
            return _compare(node, names)
        case And(items):
            return sql.and_(compile_expression(item, names) for item in items)
        case Or(items):
            return sql.or_(compile_expression(item, names) for item in items)
        case Not(item):
            return ~compile_expression(item, names)
        case IsNull(item):
            return _presence(item, names).is_null()
        case InList(item, options):
            return _in_list(item, options, names)
        case AddInterval():
            return _add_interval(node, names)
        case Arithmetic():
            return _whole_number(compile_number(node, names))
        case Case():
            return _case(node, names)
        case Call():
            return _call(node, names)


def compile_number(node: Expression, names: Names) -> Ratio:
    """A numeric expression as an exact fraction."""
    match node:
        case ColumnRef() if node.kind is Kind.NUMBER:
            return numbers.decimal(names.value(node))
        case Literal(value) if value is not None:
            exact = Fraction(value)  # type: ignore[arg-type]
            return numbers.constant(exact.numerator, exact.denominator)
        case Arithmetic(operator, left, right):
            return _arithmetic(operator, compile_number(left, names), compile_number(right, names))
        case Case(branches, otherwise):
            chosen = [(compile_expression(when, names), compile_number(then, names)) for when, then in branches]
            return numbers.chosen(chosen, compile_number(otherwise, names))
        case Call(function, arguments):
            return _number_call(function, arguments, names, node)
        case Literal():
            return Ratio(sql.null("HUGEINT"))
        case _:
            return numbers.whole(compile_expression(node, names))


def _number_call(function: str, arguments: tuple[Expression, ...], names: Names, node: Call) -> Ratio:
    match function:
        case "hours_between":
            return _hours_between(arguments, names)
        case "abs":
            return numbers.absolute(compile_number(arguments[0], names))
        case "coalesce" | "least" | "greatest":
            given = [compile_number(argument, names) for argument in arguments]
            return numbers.combined(function, given) or _combined(function, given)
        case _:
            return numbers.whole(_call(node, names))


def _combined(function: str, given: list[Ratio]) -> Ratio:
    """`coalesce`, `least` or `greatest` of numbers some of which were divided by a column."""
    if function == "coalesce":
        return numbers.chosen([(each.numerator.is_not_null(), each) for each in given[:-1]], given[-1])
    operator = "<=" if function == "least" else ">="
    return reduce(lambda left, right: _extreme(operator, left, right), given)


def _extreme(operator: str, left: Ratio, right: Ratio) -> Ratio:
    """The lesser or greater of two numbers, or the one that is not null."""
    first_wins = right.numerator.is_null() | numbers.compare(operator, left, right)
    return numbers.chosen([(first_wins, left)], right)


def _hours_between(arguments: tuple[Expression, ...], names: Names) -> Ratio:
    start, stop = (compile_expression(argument, names).cast("TIMESTAMP") for argument in arguments)
    timed = sql.and_([has_time(argument, names) for argument in arguments])
    return Ratio(sql.when(timed, elapsed(start, stop).cast("HUGEINT"), sql.null("HUGEINT")), HOUR)


def _arithmetic(operator: str, left: Ratio, right: Ratio) -> Ratio:
    match operator:
        case "*":
            return numbers.multiply(left, right)
        case "/":
            return numbers.divide(left, right)
        case _:
            return numbers.add(operator, left, right)


def _whole_number(ratio: Ratio) -> Sql:
    return ratio.numerator


def _literal(node: Literal) -> Sql:
    match node.kind:
        case Kind.NULL:
            return sql.NULL
        case Kind.BOOLEAN:
            return sql.boolean(bool(node.value))
        case Kind.INTEGER:
            return sql.number(int(node.value))  # type: ignore[arg-type]
        case _ if node.value is None:
            return sql.null(SQL_TYPES[node.kind])
        case Kind.DATE:
            return sql.day(node.value)  # type: ignore[arg-type]
        case Kind.TEXT | Kind.CATEGORY | Kind.NUMBER | Kind.DATETIME | Kind.MONTH:
            return sql.text(str(node.value))
        case _:
            assert_never(node.kind)


def _compare(node: Compare, names: Names) -> Sql:
    if Kind.NULL in (node.left.kind, node.right.kind):
        return sql.null("BOOLEAN")
    if node.left.kind in _NUMERIC and node.right.kind in _NUMERIC:
        return numbers.compare(node.operator, compile_number(node.left, names), compile_number(node.right, names))
    left, right = (compile_expression(side, names) for side in (node.left, node.right))
    return left.op(node.operator, right)


def _presence(item: Expression, names: Names) -> Sql:
    if item.kind is Kind.NUMBER:
        return compile_number(item, names).numerator
    return compile_expression(item, names)


def _in_list(item: Expression, options: tuple[Expression, ...], names: Names) -> Sql:
    if item.kind is Kind.NULL:
        return sql.null("BOOLEAN")
    if item.kind in _NUMERIC:
        return sql.or_(_compare(Compare("=", item, option), names) for option in options)
    return compile_expression(item, names).is_in([compile_expression(option, names) for option in options])


def _add_interval(node: AddInterval, names: Names) -> Sql:
    return add_interval(compile_expression(node.moment, names), node.kind, node.amount, node.unit)


def add_interval(value: Sql, kind: Kind, amount: int, unit: Unit) -> Sql:
    """A date or datetime so many units later, clamped to the month's end."""
    size, step = (amount * 7, "DAYS") if unit is Unit.WEEKS else (amount, unit.value.upper())
    if kind is Kind.DATE and step == "DAYS":  # quicker than an interval, which makes a moment of a date
        return value.cast("DATE") + size
    return (value + sql.interval(size, step)).cast(SQL_TYPES[kind])


def _case(node: Case, names: Names) -> Sql:
    if node.kind is Kind.NUMBER:
        raise TypeError("a number has no single SQL value")
    branches = [(compile_expression(when, names), compile_expression(then, names)) for when, then in node.branches]
    return sql.case(branches, compile_expression(node.otherwise, names))


def _call(node: Call, names: Names) -> Sql:
    if node.kind is Kind.INTEGER and node.function in ("abs", "coalesce", "least", "greatest"):
        return compile_number(node, names).numerator
    given = [compile_expression(argument, names) for argument in node.arguments]
    match node.function:
        case "date":
            return given[0].cast("DATE")
        case "days_between":
            first, second = (each.cast("DATE") for each in given)
            return sql.fn("date_diff", "day", first, second)
        case "working_days_between":
            first, second = (passed_working_days(each.cast("DATE")) for each in given)
            return second - first
        case "age_years":
            return sql.fn("kpi_age_years", *given)
        case _:
            return sql.fn(node.function, *given)


def has_time(node: Expression, names: Names) -> Sql:
    """Whether a datetime expression has a time of day; null for null."""
    match node:
        case ColumnRef():
            return names.has_time(node)
        case AsOf():
            return sql.TRUE
        case AddInterval(moment):
            return has_time(moment, names)
        case Case(branches, otherwise):
            chosen = [(compile_expression(when, names), has_time(then, names)) for when, then in branches]
            return sql.case(chosen, has_time(otherwise, names))
        case Call("coalesce" | "least" | "greatest", arguments):
            value = compile_expression(node, names)
            same = [(compile_expression(each, names).eq(value), has_time(each, names)) for each in arguments]
            return sql.case(same, sql.null("BOOLEAN"))
        case _:
            return has_clock_time(compile_expression(node, names))
