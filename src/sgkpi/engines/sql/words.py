"""The functions with which an expression or a query of SQL begins; each returns a node of `ast.py`."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial, reduce

from sgkpi.engines.sql import ast
from sgkpi.engines.sql.ast import Case, Column, Function, Operation, Query, Select, Sql, Value

literal = text = number = day = moment = ast.literal
NULL, TRUE, FALSE, STAR = literal(None), literal(True), literal(False), ast.Star()
star, interval, option, scalar = ast.Star, ast.Interval, ast.Option, ast.Subquery
_SEPARATOR = "|"
# Statements on a table: replace it by a query's rows, insert a query's rows by position, delete rows.
create = partial(ast.Statement, "CREATE OR REPLACE TABLE {} AS")
insert = partial(ast.Statement, "INSERT INTO {}")
delete = partial(ast.Statement, "DELETE FROM {} WHERE")


def column(name: str | Column, table: str | None = None) -> Sql:
    return Column(name.name if isinstance(name, Column) else name, table)


def null(kind: str) -> Sql:
    return NULL.cast(kind)


def fn(name: str, *arguments: Value) -> Sql:
    return Function(name, tuple(map(literal, arguments)))


def concat(first: Value, *others: Value) -> Sql:
    """Concatenate texts; null if any of them is null."""
    return reduce(lambda whole, piece: whole.op("||", piece), others, literal(first))


def texts(words: Iterable[str]) -> Sql:
    """Return a list of texts, which may be empty.

    As one text that is split, which DuckDB does once while it plans: a list of 200 takes a seventh of the time to plan.
    """
    found = list(words)
    if not found or any(_SEPARATOR in word for word in found):
        return fn("list_value", *found).cast("VARCHAR[]")
    return fn("string_split", _SEPARATOR.join(found), _SEPARATOR)


def each_of(values: Iterable[Value]) -> Sql:
    """Return one row for each value."""
    return fn("unnest", fn("list_value", *values))


def and_(conditions: Iterable[Sql]) -> Sql:
    return _joined("AND", tuple(conditions), TRUE)


def or_(conditions: Iterable[Sql]) -> Sql:
    return _joined("OR", tuple(conditions), FALSE)


def _joined(connector: str, conditions: tuple[Sql, ...], empty: Sql) -> Sql:
    if len(conditions) == 1:
        return conditions[0]
    return Operation(connector, conditions) if conditions else empty


def case(branches: Sequence[tuple[Sql, Value]], otherwise: Value = None) -> Sql:
    """Return the value of the first branch whose condition holds; without branches, `otherwise`."""
    if not branches:
        return literal(otherwise)
    return Case(tuple((condition, literal(value)) for condition, value in branches), literal(otherwise))


def when(condition: Sql, value: Value, otherwise: Value = None) -> Sql:
    return case([(condition, value)], otherwise)


def count_where(condition: Sql) -> Sql:
    """Return the number of rows that satisfy a condition; 0 without any rows."""
    return fn("count", STAR).where(condition)


def select(*columns: Sql) -> Select:
    return Select(columns)


def no_rows(kinds: Mapping[str, str] | Mapping[Column, str]) -> Select:
    """Return a query without rows, with columns of these types."""
    return select(*(null(kind).as_(name) for name, kind in kinds.items())).limit(0)


def with_all(query: Query, parts: Iterable[tuple[str, Sql]]) -> Query:
    """Return a query with common table expressions and statements, as `ast.With`."""
    return ast.With(tuple(parts), query)
