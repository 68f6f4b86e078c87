"""A small vocabulary for building SQL as a syntax tree.

Functions are always spelled as DuckDB's own (never through a translation), names are always quoted.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache

from sqlglot import exp

Sql = exp.Expr

NULL = exp.null()
TRUE = exp.true()
FALSE = exp.false()
HALF = exp.Literal.number("0.5")


def column(name: str, table: str | None = None) -> Sql:
    return exp.Column(this=_identifier(name), table=_identifier(table) if table else None)


def _identifier(name: str) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=True)


def table_star(table: str) -> Sql:
    """Every column of a table that is selected from under a name."""
    return exp.Column(this=exp.Star(), table=_identifier(table))


def star_without(name: str) -> Sql:
    """Every column but one."""
    return exp.Star(except_=[_identifier(name)])


def text(value: str) -> Sql:
    return exp.Literal.string(value)


def number(value: int) -> Sql:
    literal = exp.Literal.number(abs(value))
    return literal if value >= 0 else exp.Paren(this=exp.Neg(this=literal))


def day(value: date) -> Sql:
    return cast(text(value.isoformat()), "DATE")


def moment(value: datetime) -> Sql:
    return cast(text(value.isoformat(sep=" ")), "TIMESTAMP")


def boolean(value: bool) -> Sql:
    return TRUE if value else FALSE


def null(kind: str | None = None) -> Sql:
    return cast(NULL, kind) if kind else NULL


def fn(name: str, *arguments: Sql | str | int) -> Sql:
    return exp.Anonymous(this=name, expressions=[_value(argument) for argument in arguments])


def _value(value: Sql | str | int) -> Sql:
    if isinstance(value, str):
        return text(value)
    return number(value) if isinstance(value, int) else value


def option(name: str, value: Sql) -> Sql:
    """A named argument of a table function."""
    return exp.PropertyEQ(this=exp.var(name), expression=value)


def struct(fields: Iterable[tuple[str, str]]) -> Sql:
    return exp.Struct(expressions=[exp.PropertyEQ(this=text(name), expression=text(kind)) for name, kind in fields])


def parameter(place: int, kind: str) -> Sql:
    """A value that is given with the statement, by its place among them, which is from 1."""
    return cast(exp.Parameter(this=number(place)), kind)


def cast(value: Sql, kind: str) -> Sql:
    return exp.Cast(this=value, to=_data_type(kind))


def try_cast(value: Sql, kind: str) -> Sql:
    return exp.TryCast(this=value, to=_data_type(kind))


@cache
def _data_type(kind: str) -> exp.DataType:
    return exp.DataType.build(kind, dialect="duckdb")


def binary(operator: str, left: Sql, right: Sql) -> Sql:
    return exp.Paren(this=_OPERATORS[operator](this=left, expression=right))


_OPERATORS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "<>": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
    "+": exp.Add,
    "-": exp.Sub,
    "*": exp.Mul,
    "//": exp.IntDiv,
    "%": exp.Mod,
    "|": exp.BitwiseOr,
    "&": exp.BitwiseAnd,
}


def eq(left: Sql, right: Sql) -> Sql:
    return binary("=", left, right)


def add(left: Sql, right: Sql) -> Sql:
    return binary("+", left, right)


def subtract(left: Sql, right: Sql) -> Sql:
    return binary("-", left, right)


def is_null(value: Sql) -> Sql:
    return exp.Paren(this=exp.Is(this=value, expression=exp.null()))


def is_not_null(value: Sql) -> Sql:
    return exp.Paren(this=exp.Not(this=is_null(value)))


def is_true(value: Sql) -> Sql:
    """Holds; null counts as not holding."""
    return fn("coalesce", value, FALSE)


def not_(value: Sql) -> Sql:
    return exp.Paren(this=exp.Not(this=exp.Paren(this=value)))


def and_(conditions: Iterable[Sql]) -> Sql:
    return _join(exp.And, list(conditions), TRUE)


def or_(conditions: Iterable[Sql]) -> Sql:
    return _join(exp.Or, list(conditions), FALSE)


def _join(kind: type[exp.Connector], conditions: list[Sql], empty: Sql) -> Sql:
    if not conditions:
        return empty
    first, *others = conditions
    joined: Sql = first
    for condition in others:
        joined = kind(this=joined, expression=condition)
    return exp.Paren(this=joined)


def in_(value: Sql, options: Sequence[Sql]) -> Sql:
    return exp.Paren(this=exp.In(this=value, expressions=list(options)))


def case(branches: Sequence[tuple[Sql, Sql]], otherwise: Sql) -> Sql:
    """The first branch whose condition is true; without branches, `otherwise`."""
    if not branches:
        return otherwise
    ifs = [exp.If(this=condition, true=result) for condition, result in branches]
    return exp.Case(ifs=ifs, default=otherwise)


def when(condition: Sql, value: Sql) -> Sql:
    """The value where the condition is true, else null."""
    return case([(condition, value)], null())


def alias(value: Sql, name: str) -> Sql:
    return exp.Alias(this=value, alias=_identifier(name))


def window(function: Sql, partition: Sequence[Sql] = (), order: Sequence[Sql] = ()) -> Sql:
    ordering = exp.Order(expressions=list(order)) if order else None
    return exp.Window(this=function, partition_by=list(partition), order=ordering)


def window_before(function: Sql, partition: Sequence[Sql], order: Sequence[Sql]) -> Sql:
    """A window over the rows before the present one."""
    spec = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end=number(1), end_side="PRECEDING")
    ordering = exp.Order(expressions=list(order))
    return exp.Window(this=function, partition_by=list(partition), order=ordering, spec=spec)


def ascending(value: Sql) -> Sql:
    return exp.Ordered(this=value, desc=False, nulls_first=False)


def descending(value: Sql) -> Sql:
    return exp.Ordered(this=value, desc=True, nulls_first=False)


def filtered(aggregate: Sql, condition: Sql) -> Sql:
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition))


def count_where(condition: Sql) -> Sql:
    """How many rows satisfy a condition; 0 where there are none at all."""
    return filtered(fn("count", exp.Star()), condition)


def select(*columns: Sql) -> exp.Select:
    """A query of these columns.

    Queries are built in place (`copy=False`), or sqlglot would copy the whole of one at every step;
    so a query must not be carried further in two ways.
    """
    return exp.select(*columns, copy=False)


def source(query: exp.Query | str, name: str = "s") -> Sql:
    """A table by name, or a query, to select from under a name."""
    alias_ = exp.TableAlias(this=_identifier(name))
    if isinstance(query, str):
        return exp.Table(this=_identifier(query), alias=alias_)
    return exp.Subquery(this=query, alias=alias_)


def create(name: str, query: exp.Query, *, pretty: bool = False) -> str:
    """The statement that keeps a query's rows in a temporary table."""
    target = exp.Table(this=_identifier(name))
    statement = exp.Create(this=target, kind="TABLE", replace=True, expression=query, properties=_temporary())
    return render(statement, pretty=pretty)


def insert(target: str, rows: exp.Query) -> str:
    """The statement that adds a query's rows to a table, by place."""
    return render(exp.Insert(this=exp.Table(this=_identifier(target)), expression=rows))


def delete(target: str, condition: Sql) -> str:
    """The statement that removes rows from a table."""
    where = exp.Where(this=condition)
    return render(exp.Delete(this=exp.Table(this=_identifier(target)), where=where))


def _temporary() -> exp.Properties:
    return exp.Properties(expressions=[exp.TemporaryProperty()])


def render(expression: Sql, *, pretty: bool = False) -> str:
    """The text of a statement, in DuckDB's words."""
    return expression.sql(dialect="duckdb", pretty=pretty, copy=False, normalize_functions="lower")
