"""From expressions of definitions to SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import reduce

from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.ingest.cells import SQL_TYPES, day_of
from sgkpi.engines.duckdb.judge import numbers
from sgkpi.engines.duckdb.judge.numbers import Ratio
from sgkpi.engines.duckdb.judge.working_days import nth_working_day, passed_working_days
from sgkpi.engines.duckdb.session.macros import HOUR, NUMBER_SCALE
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Sql, literal
from sgkpi.model import expressions as ex
from sgkpi.model.expressions import Expression, Kind, Unit
from sgkpi.model.table import Table
from sgkpi.model.units import LimitUnit

# The units of time limits that `add_interval` adds.
LENGTHS = {LimitUnit.DAYS: Unit.DAYS, LimitUnit.WEEKS: Unit.WEEKS, LimitUnit.MONTHS: Unit.MONTHS}
_NUMERIC = (Kind.INTEGER, Kind.NUMBER)


@dataclass(frozen=True)
class DueMoment:
    """The SQL of `due`.

    `timed` is whether it has a time of day, `summer` whether it is summer time in an hour that occurs twice.
    """

    value: Sql
    timed: Sql = sql.FALSE
    summer: Sql = sql.FALSE


@dataclass(frozen=True)
class Names:
    """The names of a definition's columns in the relation over which an expression is evaluated.

    `tables` maps each related name to its table, and None to the case's own; related rows are those of an `indicator`.
    The columns `in_key` are read as recorded in the key, whether known yet or not. `due` is set for definitions that
    name it. `sides` are the aliases of cases and related rows, by the same names, while they are being joined.
    """

    tables: Mapping[str | None, Table]
    as_of: Sql
    reference_day: Sql
    indicator: str = ""
    in_key: frozenset[str] = frozenset()
    due: DueMoment | None = None
    sides: Mapping[str | None, str] = field(default_factory=dict)

    @property
    def due_moment(self) -> DueMoment:
        if self.due is None:
            raise ValueError("'due' is named without a clock")
        return self.due

    def related(self, name: str, part: str) -> Sql:
        """Return a column of related rows as it is named in the joined case."""
        return Column(part, self.sides[name]) if name in self.sides else Name.related(self.indicator, name, part)

    def value(self, ref: ex.ColumnRef) -> Sql:
        return self._part(Name.value(ref.column), ref)

    def has_time(self, ref: ex.ColumnRef) -> Sql:
        """Return whether a datetime column has a time of day; null for null."""
        value = self.value(ref)
        if not self.tables[ref.related].columns[ref.column].midnight:
            return sql.fn("kpi_has_time", value)
        return sql.when(value.is_not_null(), self._part(Name.has_time(ref.column), ref))

    def summer(self, ref: ex.ColumnRef) -> Sql:
        """Return whether a datetime column is summer time in an hour that occurs twice."""
        return self._part(Name.summer(ref.column), ref)

    def _part(self, part: Column, ref: ex.ColumnRef) -> Sql:
        if ref.related is not None:
            return self.related(ref.related, part.name)
        return Name.in_key(part.name) if ref.column in self.in_key else part.of(self.sides.get(None))


def compile_expression(node: Expression, names: Names) -> Sql:  # noqa: C901, PLR0911, PLR0912 (one case a node)
    """Return an expression as SQL, in the type used for values of its kind.

    Numbers (but not integers) have no single SQL value: use `compile_number` for those.
    """
    match node:
        case ex.ColumnRef():
            return names.value(node)
        case ex.CountRef(related):
            return names.related(related, "count")
        case ex.AsOf():
            return names.as_of
        case ex.ReferenceDay():
            return names.reference_day
        case ex.DueRef():
            return names.due_moment.value
        case ex.Literal(None, kind):
            return sql.NULL if kind is Kind.NULL else sql.null(SQL_TYPES[kind])
        case ex.Literal(value):
            return literal(str(value) if isinstance(value, Decimal) else value)
        case ex.Compare(operator, left, right):
            return _compare(operator, left, right, names)
        case ex.Listed(item, values):
            text = compile_expression(item, names)
            return sql.when(text.is_in([sql.text(value) for value in values]), text)
        case ex.And(items):
            return sql.and_(compile_expression(item, names) for item in items)
        case ex.Or(items):
            return sql.or_(compile_expression(item, names) for item in items)
        case ex.Not(item):
            return ~compile_expression(item, names)
        case ex.IsNull(item) if item.kind is Kind.NUMBER:
            return compile_number(item, names).numerator.is_null()
        case ex.IsNull(item):
            return compile_expression(item, names).is_null()
        case ex.InList(item) if item.kind is Kind.NULL:
            return sql.null("BOOLEAN")
        case ex.InList(item, options) if item.kind in (*_NUMERIC, Kind.DATETIME):
            return sql.or_(_compare("=", item, option, names) for option in options)
        case ex.InList(item, options):
            return compile_expression(item, names).is_in([compile_expression(option, names) for option in options])
        case ex.AddInterval(moment, amount, Unit.WORKING_DAYS):
            return nth_working_day(compile_expression(moment, names), amount)
        case ex.AddInterval():
            return add_interval(compile_expression(node.moment, names), node.kind, node.amount, node.unit)
        case ex.Arithmetic():
            return compile_number(node, names).numerator
        case ex.Case(branches, otherwise):
            chosen = [(compile_expression(when, names), compile_expression(then, names)) for when, then in branches]
            return sql.case(chosen, compile_expression(otherwise, names))
        case ex.Call():
            return _call(node, names)


def compile_number(node: Expression, names: Names) -> Ratio:
    """Return a numeric expression as an exact fraction."""
    match node:
        case ex.ColumnRef() if node.kind is Kind.NUMBER:
            return Ratio(names.value(node), NUMBER_SCALE)
        case ex.Literal(None):
            return Ratio(sql.null("HUGEINT"))
        case ex.Literal(value):
            return numbers.constant(Fraction(value))  # type: ignore[arg-type]
        case ex.Arithmetic(operator, left, right):
            first, second = compile_number(left, names), compile_number(right, names)
            if operator in "*/":
                return numbers.multiply(first, second) if operator == "*" else numbers.divide(first, second)
            return numbers.add(operator, first, second)
        case ex.Case(branches, otherwise):
            chosen = [(compile_expression(when, names), compile_number(then, names)) for when, then in branches]
            return numbers.chosen(chosen, compile_number(otherwise, names))
        case ex.Call("hours_between", arguments):
            start, stop = (compile_expression(argument, names).cast("TIMESTAMP") for argument in arguments)
            timed = sql.and_(has_time(argument, names) for argument in arguments)
            elapsed = sql.fn("kpi_elapsed", start, stop, summer_hours(*(summer(each, names) for each in arguments)))
            return Ratio(sql.when(timed, elapsed.cast("HUGEINT")), HOUR)
        case ex.Call("abs", (argument,)):
            number = compile_number(argument, names)
            return Ratio(sql.fn("abs", number.numerator), number.denominator)
        case ex.Call("coalesce" | "least" | "greatest" as function, arguments):
            given = [compile_number(argument, names) for argument in arguments]
            return numbers.combined(function, given) or _combined(function, given)
        case _:
            return Ratio(compile_expression(node, names).cast("HUGEINT"))


def _combined(function: str, given: list[Ratio]) -> Ratio:
    """Return `coalesce`, `least` or `greatest` of numbers some of which were divided by a column."""
    if function == "coalesce":
        return numbers.chosen([(each.numerator.is_not_null(), each) for each in given[:-1]], given[-1])
    operator = "<=" if function == "least" else ">="

    def extreme(left: Ratio, right: Ratio) -> Ratio:
        left_wins = right.numerator.is_null() | numbers.compare(operator, left, right)
        return numbers.chosen([(left_wins, left)], right)

    return reduce(extreme, given)


def _compare(operator: str, left: Expression, right: Expression, names: Names) -> Sql:
    if Kind.NULL in (left.kind, right.kind):
        return sql.null("BOOLEAN")
    if left.kind in _NUMERIC and right.kind in _NUMERIC:
        return numbers.compare(operator, compile_number(left, names), compile_number(right, names))
    values, order = (
        [compile_expression(each, names) for each in (left, right)],
        [summer(each, names) for each in (left, right)],
    )
    return compare_moments(operator, *zip(values, order, strict=True))


def _call(node: ex.Call, names: Names) -> Sql:
    if node.kind is Kind.INTEGER and node.function in ("abs", "coalesce", "least", "greatest"):
        return compile_number(node, names).numerator
    given = [compile_expression(argument, names) for argument in node.arguments]
    match node.function:
        case "date":
            return day_of(given[0], node.arguments[0].kind)
        case "days_between":
            return sql.fn("date_diff", "day", *map(day_of, given, (each.kind for each in node.arguments)))
        case "working_days_between":
            first, second = (passed_working_days(each.cast("DATE")) for each in given)
            return second - first
        case "age_years":
            return sql.fn("kpi_age_years", *given)
        case "least" | "greatest" if node.kind is Kind.DATETIME:
            pairs = list(zip(given, (summer(argument, names) for argument in node.arguments), strict=True))
            usual = sql.fn(node.function, *given)
            return sql.when(sql.or_(flag for _, flag in pairs), _extreme(node.function, pairs)[0], usual)
        case _:
            return sql.fn(node.function, *given)


def add_interval(value: Sql, kind: Kind, amount: int, unit: Unit) -> Sql:
    """Return a date or datetime moved by a number of units, clamped to the end of the month."""
    size, step = (amount * 7, "DAYS") if unit is Unit.WEEKS else (amount, unit.value.upper())
    if kind is Kind.DATE and step == "DAYS":  # faster than an interval, which turns a date into a timestamp
        return value + size
    return (value + sql.interval(size, step)).cast(SQL_TYPES[kind])


def summer(node: Expression | None, names: Names) -> Sql:
    """Return whether a datetime expression is known to be summer time in the repeated hour of a clock change."""
    match node:
        case ex.ColumnRef() if node.kind is Kind.DATETIME:
            return names.summer(node)
        case ex.DueRef():
            return names.due_moment.summer
        case ex.Case(branches, otherwise) if node.kind is Kind.DATETIME:
            chosen = [(compile_expression(when, names), summer(then, names)) for when, then in branches]
            return sql.case(chosen, summer(otherwise, names))
        case ex.Call("coalesce", arguments) if node.kind is Kind.DATETIME:
            given = [(compile_expression(each, names).is_not_null(), summer(each, names)) for each in arguments]
            return sql.case(given, sql.FALSE)
        case ex.Call("least" | "greatest" as function, arguments) if node.kind is Kind.DATETIME:
            return _extreme(function, [(compile_expression(each, names), summer(each, names)) for each in arguments])[1]
        case _:
            return sql.FALSE


def summer_hours(start: Sql, stop: Sql) -> Sql:
    """Return the microseconds that summer time at the start or stop of a span adds to it."""
    if start == stop == sql.FALSE:
        return sql.number(0)
    return (start.or_else(False).cast("BIGINT") - stop.or_else(False).cast("BIGINT")) * HOUR


def compare_moments(operator: str, left: tuple[Sql, Sql], right: tuple[Sql, Sql]) -> Sql:
    """Compare two values, each with whether it is summer time in the repeated hour of a clock change."""
    (first, _), (second, _) = left, right
    flags = [flag for _, flag in (left, right) if flag != sql.FALSE]
    usual = first.op(operator, second)
    if not flags:
        return usual
    return sql.when(sql.or_(flags), sql.fn("kpi_instant", *left).op(operator, sql.fn("kpi_instant", *right)), usual)


def _extreme(function: str, given: list[tuple[Sql, Sql]]) -> tuple[Sql, Sql]:
    operator = "<=" if function == "least" else ">="

    def pick(left: tuple[Sql, Sql], right: tuple[Sql, Sql]) -> tuple[Sql, Sql]:
        left_wins = right[0].is_null() | compare_moments(operator, left, right)
        return sql.when(left_wins, left[0], right[0]), sql.when(left_wins, left[1], right[1])

    return reduce(pick, given)


def has_time(node: Expression, names: Names) -> Sql:
    """Return whether a datetime expression has a time of day; null for null."""
    match node:
        case ex.ColumnRef():
            return names.has_time(node)
        case ex.AsOf():
            return sql.TRUE
        case ex.DueRef():
            return names.due_moment.timed
        case ex.AddInterval(moment):
            return has_time(moment, names)
        case ex.Case(branches, otherwise):
            chosen = [(compile_expression(when, names), has_time(then, names)) for when, then in branches]
            return sql.case(chosen, has_time(otherwise, names))
        case ex.Call("coalesce" | "least" | "greatest", arguments):
            value = compile_expression(node, names)
            same = [(compile_expression(each, names).eq(value), has_time(each, names)) for each in arguments]
            return sql.case(same)
        case _:
            return sql.fn("kpi_has_time", compile_expression(node, names))
