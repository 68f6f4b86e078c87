"""A small vocabulary for SQL, in which the engine says what it asks of DuckDB.

A piece of SQL is plain data: a tuple of what it is and its parts. It is made without sqlglot, is equal to another that
says the same, and becomes text in `render.py`, through sqlglot; nothing is ever pasted into a text. Functions are
DuckDB's own, names are always quoted. A piece is never changed: what adds to a query gives a new one.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Self


class Sql(tuple[Any, ...]):
    """A piece of SQL: the word for what it is, then its parts."""

    __slots__ = ()


class Query(Sql):
    """What has rows, and may be selected from."""

    __slots__ = ()

    def union_all(self, other: "Query") -> "Query":
        """The rows of both."""
        return Query(("union all", self, other))


NULL = Sql(("null",))
TRUE = Sql(("boolean", True))
FALSE = Sql(("boolean", False))
HALF = Sql(("number", "0.5"))
STAR = Sql(("star", (), ()))


def column(name: str, table: str | None = None) -> Sql:
    return Sql(("column", name, table))


def is_column(value: Sql) -> bool:
    return bool(value[0] == "column")


def of_table(value: Sql, table: str) -> Sql:
    """The same value, of the columns of a table (or query) that is selected from under a name."""
    if is_column(value):
        return column(value[1], table)
    return type(value)(of_table(part, table) if isinstance(part, Sql) else _each_of(part, table) for part in value)


def _each_of(part: object, table: str) -> object:
    if isinstance(part, tuple):
        return tuple(of_table(each, table) if isinstance(each, Sql) else _each_of(each, table) for each in part)
    return part


def table_star(table: str) -> Sql:
    """Every column of a table that is selected from under a name."""
    return Sql(("table star", table))


def star_without(name: str) -> Sql:
    """Every column but one."""
    return Sql(("star", (name,), ()))


def star_with(replaced: Iterable[Sql]) -> Sql:
    """Every column, some replaced by a value of the same name."""
    return Sql(("star", (), tuple(replaced)))


def text(value: str) -> Sql:
    return Sql(("text", value))


def number(value: int) -> Sql:
    return Sql(("number", str(value)))


def day(value: date) -> Sql:
    return cast(text(value.isoformat()), "DATE")


def moment(value: datetime) -> Sql:
    return cast(text(value.isoformat(sep=" ")), "TIMESTAMP")


def boolean(value: bool) -> Sql:
    return TRUE if value else FALSE


def null(kind: str | None = None) -> Sql:
    return cast(NULL, kind) if kind else NULL


def fn(name: str, *arguments: Sql | str | int) -> Sql:
    return Sql(("function", name, tuple(map(_value, arguments))))


def _value(value: Sql | str | int) -> Sql:
    if isinstance(value, str):
        return text(value)
    return number(value) if isinstance(value, int) else value


def texts(words: Iterable[str]) -> Sql:
    """A list of texts; DuckDB takes one text apart much sooner than it reads many."""
    listed = tuple(words)
    if not listed:
        return cast(fn("list_value"), "VARCHAR[]")
    if any("\n" in word for word in listed):
        return fn("list_value", *listed)
    return fn("string_split", "\n".join(listed), fn("chr", 10))


def option(name: str, value: Sql) -> Sql:
    """A named argument of a table function."""
    return Sql(("option", name, value))


def struct(fields: Iterable[tuple[str, str]]) -> Sql:
    return Sql(("struct", tuple(fields)))


def parameter(place: int, kind: str) -> Sql:
    """A value that is given with the statement, by its place among them, which is from 1."""
    return cast(Sql(("parameter", place)), kind)


def cast(value: Sql, kind: str) -> Sql:
    return Sql(("cast", value, kind))


def try_cast(value: Sql, kind: str) -> Sql:
    return Sql(("try cast", value, kind))


def interval(size: int, unit: str) -> Sql:
    return Sql(("interval", size, unit))


def binary(operator: str, left: Sql, right: Sql) -> Sql:
    return Sql(("binary", operator, left, right))


def eq(left: Sql, right: Sql) -> Sql:
    return binary("=", left, right)


def same(left: Sql, right: Sql) -> Sql:
    """Equal, or both null; never null."""
    return Sql(("same", left, right))


def add(left: Sql, right: Sql) -> Sql:
    return binary("+", left, right)


def subtract(left: Sql, right: Sql) -> Sql:
    return binary("-", left, right)


def is_null(value: Sql) -> Sql:
    return Sql(("is null", value))


def is_not_null(value: Sql) -> Sql:
    return Sql(("is not null", value))


def is_true(value: Sql) -> Sql:
    """Holds; null counts as not holding."""
    return fn("coalesce", value, FALSE)


def not_(value: Sql) -> Sql:
    return Sql(("not", value))


def and_(conditions: Iterable[Sql]) -> Sql:
    return _joined("and", tuple(conditions), TRUE)


def or_(conditions: Iterable[Sql]) -> Sql:
    return _joined("or", tuple(conditions), FALSE)


def _joined(connector: str, conditions: tuple[Sql, ...], empty: Sql) -> Sql:
    return Sql((connector, conditions)) if conditions else empty


def in_(value: Sql, options: Sequence[Sql]) -> Sql:
    return Sql(("in", value, tuple(options)))


def in_query(value: Sql, rows: Query) -> Sql:
    """Whether a value is among the rows of a query that has one column."""
    return Sql(("in query", value, rows))


def held_by(rows: Query) -> Sql:
    """The one value that a query gives; null where it has no row."""
    return Sql(("subquery", rows, None))


def case(branches: Sequence[tuple[Sql, Sql]], otherwise: Sql) -> Sql:
    """The first branch whose condition is true; without branches, `otherwise`."""
    return Sql(("case", tuple(branches), otherwise)) if branches else otherwise


def when(condition: Sql, value: Sql) -> Sql:
    """The value where the condition is true, else null."""
    return case([(condition, value)], NULL)


def alias(value: Sql, name: str) -> Sql:
    return Sql(("alias", value, name))


def window(function: Sql, partition: Sequence[Sql] = (), order: Sequence[Sql] = ()) -> Sql:
    return Sql(("window", function, tuple(partition), tuple(order), False))


def window_before(function: Sql, partition: Sequence[Sql], order: Sequence[Sql]) -> Sql:
    """A window over the rows before the present one."""
    return Sql(("window", function, tuple(partition), tuple(order), True))


def ascending(value: Sql) -> Sql:
    return Sql(("ordered", value, False))


def descending(value: Sql) -> Sql:
    return Sql(("ordered", value, True))


def filtered(aggregate: Sql, condition: Sql) -> Sql:
    return Sql(("filtered", aggregate, condition))


def count_where(condition: Sql) -> Sql:
    """How many rows satisfy a condition; 0 where there are none at all."""
    return filtered(fn("count", STAR), condition)


def source(query: Query | str, name: str = "s") -> Sql:
    """A table by name, or a query, to select from under a name."""
    return Sql(("table", query, name)) if isinstance(query, str) else Sql(("subquery", query, name))


class Select(Query):
    """A query of columns; each method gives a new one, with more to it."""

    __slots__ = ()

    @classmethod
    def of(cls, columns: tuple[Sql, ...]) -> Self:
        """A query of these columns, and of nothing yet."""
        return cls(("select", columns, None, *(() for _ in range(6)), False, None))

    def _with(self, place: int, change: Callable[[Any], object]) -> Self:
        return type(self)((*self[:place], change(self[place]), *self[place + 1 :]))

    @property
    def columns(self) -> tuple[Sql, ...]:
        columns: tuple[Sql, ...] = self[1]
        return columns

    @property
    def names(self) -> list[str]:
        """The names of the columns, none of which is a star."""
        return [each[2] if each[0] == "alias" else each[1] for each in self.columns]

    def select(self, *columns: Sql) -> Self:
        return self._with(1, lambda before: (*before, *columns))

    def from_(self, origin: Sql) -> Self:
        return self._with(2, lambda _: origin)

    def join(self, other: Sql, on: Sql | None = None, kind: str = "") -> Self:
        return self._with(3, lambda before: (*before, (other, on, kind)))

    def where(self, condition: Sql) -> Self:
        return self._with(4, lambda before: (*before, condition))

    def group_by(self, *keys: Sql) -> Self:
        return self._with(5, lambda before: (*before, *keys))

    def having(self, condition: Sql) -> Self:
        return self._with(6, lambda before: (*before, condition))

    def order_by(self, *order: Sql) -> Self:
        return self._with(7, lambda before: (*before, *order))

    def with_(self, name: str, query: Query) -> Self:
        """With a query that is worked out once, to select from by its name."""
        return self._with(8, lambda before: (*before, (name, query)))

    def distinct(self) -> Self:
        return self._with(9, lambda _: True)

    def limit(self, rows: int) -> Self:
        return self._with(10, lambda _: rows)


def select(*columns: Sql) -> Select:
    """A query of these columns."""
    return Select.of(columns)


def with_all(query: Query, parts: Iterable[tuple[str, Sql]]) -> Query:
    """A query with others that are worked out first, once each, and with statements that add rows as it runs."""
    return Query(("with", query, tuple(parts)))


def create(name: str, query: Query) -> Sql:
    """The statement that keeps a query's rows in a table, in the place of one of that name."""
    return Sql(("create", name, query))


def insert(target: str, rows: Query) -> Sql:
    """The statement that adds a query's rows to a table, by place."""
    return Sql(("insert", target, rows))


def delete(target: str, condition: Sql) -> Sql:
    """The statement that removes rows from a table."""
    return Sql(("delete", target, condition))
