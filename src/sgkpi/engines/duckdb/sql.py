"""The words with which the engine says what it asks of DuckDB; each gives a node of `ast.py`."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import partial

from sgkpi.engines.duckdb.ast import (
    Among,
    Case,
    Cast,
    Column,
    Create,
    Delete,
    Filtered,
    Function,
    Insert,
    Interval,
    Named,
    Not,
    Number,
    Operation,
    Option,
    Ordered,
    Parameter,
    Query,
    Select,
    Sql,
    Star,
    Struct,
    Subquery,
    Table,
    Text,
    Window,
    With,
    Word,
)

NULL: Sql = Word("NULL")
TRUE: Sql = Word("TRUE")
FALSE: Sql = Word("FALSE")
STAR: Sql = Star()

table_star = Star
text = Text
try_cast = partial(Cast, tried=True)
interval = Interval
option = Option
ascending = partial(Ordered, descending=False)
descending = partial(Ordered, descending=True)
filtered = Filtered
held_by = Subquery
create = Create
insert = Insert
delete = Delete


def column(name: str, table: str | None = None) -> Sql:
    return Column(name, table)


def number(value: int) -> Sql:
    return Number(value)


def not_(condition: Sql) -> Sql:
    return Not(condition)


def is_column(value: Sql) -> bool:
    return isinstance(value, Column)


def star_without(name: str) -> Sql:
    return Star(without=(name,))


def star_with(replaced: Iterable[Sql]) -> Sql:
    """Every column, some replaced by a value of the same name."""
    return Star(replaced=tuple(replaced))


def cast(value: Sql, kind: str) -> Sql:
    return Cast(value, kind)


def alias(value: Sql, name: str) -> Sql:
    return Named(value, name)


def day(value: date) -> Sql:
    return Cast(Text(value.isoformat()), "DATE")


def moment(value: datetime) -> Sql:
    return Cast(Text(value.isoformat(sep=" ")), "TIMESTAMP")


def boolean(value: bool) -> Sql:
    return TRUE if value else FALSE


def null(kind: str | None = None) -> Sql:
    return Cast(NULL, kind) if kind else NULL


def fn(name: str, *arguments: Sql | str | int) -> Sql:
    return Function(name, tuple(map(_value, arguments)))


def _value(value: Sql | str | int) -> Sql:
    if isinstance(value, str):
        return Text(value)
    return Number(value) if isinstance(value, int) else value


def texts(words: Iterable[str]) -> Sql:
    """A list of texts; DuckDB takes one text apart much sooner than it reads many."""
    listed = tuple(words)
    if not listed:
        return Cast(fn("list_value"), "VARCHAR[]")
    if any("\n" in word for word in listed):
        return fn("list_value", *listed)
    return fn("string_split", "\n".join(listed), fn("chr", 10))


def struct(fields: Iterable[tuple[str, str]]) -> Sql:
    return Struct(tuple(fields))


def parameter(place: int, kind: str) -> Sql:
    """A value that is given with the statement, by its place among them, which is from 1."""
    return Cast(Parameter(place), kind)


def binary(operator: str, left: Sql, right: Sql) -> Sql:
    return Operation(operator, (left, right))


eq, add, subtract = partial(binary, "="), partial(binary, "+"), partial(binary, "-")
# Equal, or both null; never null.
same = partial(binary, "IS NOT DISTINCT FROM")


def is_null(value: Sql) -> Sql:
    return Operation("IS", (value, NULL))


def is_not_null(value: Sql) -> Sql:
    return Operation("IS NOT", (value, NULL))


def is_true(value: Sql) -> Sql:
    """Holds; null counts as not holding."""
    return fn("coalesce", value, FALSE)


def and_(conditions: Iterable[Sql]) -> Sql:
    return _joined("AND", tuple(conditions), TRUE)


def or_(conditions: Iterable[Sql]) -> Sql:
    return _joined("OR", tuple(conditions), FALSE)


def _joined(connector: str, conditions: tuple[Sql, ...], empty: Sql) -> Sql:
    if len(conditions) == 1:
        return conditions[0]
    return Operation(connector, conditions) if conditions else empty


def in_(value: Sql, options: Sequence[Sql]) -> Sql:
    return Among(value, tuple(options))


def in_query(value: Sql, rows: Query) -> Sql:
    """Whether a value is among the rows of a query that has one column."""
    return Among(value, rows)


def case(branches: Sequence[tuple[Sql, Sql]], otherwise: Sql) -> Sql:
    """The first branch whose condition is true; without branches, `otherwise`."""
    return Case(tuple(branches), otherwise) if branches else otherwise


def when(condition: Sql, value: Sql) -> Sql:
    """The value where the condition is true, else null."""
    return Case(((condition, value),), NULL)


def window(function: Sql, partition: Sequence[Sql] = (), order: Sequence[Sql] = ()) -> Sql:
    return Window(function, tuple(partition), tuple(order))


def window_before(function: Sql, partition: Sequence[Sql], order: Sequence[Sql]) -> Sql:
    """A window over the rows before the present one."""
    return Window(function, tuple(partition), tuple(order), rows_before=True)


def count_where(condition: Sql) -> Sql:
    """How many rows satisfy a condition; 0 where there are none at all."""
    return Filtered(fn("count", STAR), condition)


def source(query: Query | str, name: str = "s") -> Sql:
    """A table by name, or a query, to select from under a name."""
    return Table(query, name) if isinstance(query, str) else Subquery(query, name)


def select(*columns: Sql) -> Select:
    return Select(columns)


def with_all(query: Query, parts: Iterable[tuple[str, Sql]]) -> Query:
    """A query with others that are worked out first, once each, and with statements that add rows as it runs."""
    return With(tuple(parts), query)
