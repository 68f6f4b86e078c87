"""SQL as data: frozen nodes, compared by value; `printer.py` writes them as DuckDB's SQL.

Most nodes are made from others by operators and methods: `(start.is_null() | (end > start)).as_("name")`. `words.py`
has the words with which an expression or a query begins.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self, TypeAlias

# Python values accepted as literals where a node is expected; None is NULL.
Value: TypeAlias = "Sql | str | int | date | None"


def _infix(operator: str) -> "Callable[[Sql, Value], Sql]":
    def method(self: "Sql", other: Value) -> "Sql":
        return Operation(operator, (self, literal(other)))

    return method


def _connector(word: str) -> "Callable[[Sql, Sql], Sql]":
    def method(self: "Sql", other: "Sql") -> "Sql":
        own = self.parts if isinstance(self, Operation) and self.operator == word else (self,)
        return Operation(word, (*own, other))

    return method


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL."""

    __add__, __sub__, __mul__, __floordiv__ = _infix("+"), _infix("-"), _infix("*"), _infix("//")
    __lt__, __le__, __gt__, __ge__ = _infix("<"), _infix("<="), _infix(">"), _infix(">=")
    eq, ne = _infix("="), _infix("<>")
    # Equal, or both null; never null.
    same_as = _infix("IS NOT DISTINCT FROM")
    __and__, __or__ = _connector("AND"), _connector("OR")

    def __invert__(self) -> "Sql":
        return Not(self)

    def op(self, operator: str, other: Value) -> "Sql":
        return _infix(operator)(self, other)

    def is_null(self) -> "Sql":
        return self.op("IS", None)

    def is_not_null(self) -> "Sql":
        return self.op("IS NOT", None)

    def is_in(self, options: "Iterable[Value] | Query") -> "Sql":
        """Whether it is one of several values, or of the rows of a query with one column."""
        return Among(self, (options,) if isinstance(options, Query) else tuple(map(literal, options)))

    def has_bit(self, bit: int) -> "Sql":
        return self.op("&", 1 << bit).ne(0)

    def or_else(self, value: Value) -> "Sql":
        return Function("coalesce", (self, literal(value)))

    def is_true(self) -> "Sql":
        """Whether it is true; null counts as false."""
        return self.or_else(False)

    def cast(self, kind: str, *, tried: bool = False) -> "Sql":
        return Cast(self, kind, tried)

    def as_(self, name: "str | Column") -> "Sql":
        return Named(self, name.name if isinstance(name, Column) else name)

    def desc(self) -> "Sql":
        return Descending(self)

    def over(self, partition: "Iterable[Sql]" = (), order: "Iterable[Sql]" = (), *, before: bool = False) -> "Sql":
        """A window function; with `before`, only over the rows before the current one."""
        return Window(self, tuple(partition), tuple(order), before)

    def where(self, condition: "Sql") -> "Sql":
        """An aggregate of the rows that satisfy a condition."""
        return self if condition == literal(True) else Filtered(self, condition)

    def in_order(self, *order: "Sql") -> "Sql":
        """The argument of an aggregate that depends on the order of rows."""
        return Sorted(self, order) if order else self


@dataclass(frozen=True, slots=True)
class Query(Sql):
    """A piece of SQL that has rows and can be selected from."""

    def union_all(self, other: "Query") -> "Query":
        """The rows of both."""
        return Union(self, other)


@dataclass(frozen=True, slots=True)
class Word(Sql):
    """A keyword used as a value: `NULL`, `TRUE`, `FALSE`."""

    word: str


@dataclass(frozen=True, slots=True)
class Text(Sql):
    """A string literal."""

    value: str


@dataclass(frozen=True, slots=True)
class Number(Sql):
    """A numeric literal."""

    value: int | float


@dataclass(frozen=True, slots=True)
class Interval(Sql):
    """An interval, such as 3 MONTHS."""

    size: int
    unit: str


@dataclass(frozen=True, slots=True)
class Column(Sql):
    """A column, qualified by the alias `table` if given."""

    name: str
    table: str | None = None

    def of(self, table: str | None) -> "Column":
        return Column(self.name, table)

    def as_(self, name: "str | Column") -> "Sql":
        """The column under another name."""
        return self if self.name == (name.name if isinstance(name, Column) else name) else Sql.as_(self, name)


@dataclass(frozen=True, slots=True)
class Star(Sql):
    """Every column (of a table), without some or with some replaced."""

    table: str | None = None
    without: tuple[str, ...] = ()
    replaced: tuple[Sql, ...] = ()


@dataclass(frozen=True, slots=True)
class Function(Sql):
    """A call of a DuckDB function or one of our macros."""

    name: str
    arguments: tuple[Sql, ...]


@dataclass(frozen=True, slots=True)
class Option(Sql):
    """A named argument of a table function."""

    name: str
    value: Sql


@dataclass(frozen=True, slots=True)
class Cast(Sql):
    """A value cast to another type; one that does not fit is an error, or null if `tried`."""

    value: Sql
    kind: str
    tried: bool = False


@dataclass(frozen=True, slots=True)
class Not(Sql):
    """The negation of a condition."""

    condition: Sql


@dataclass(frozen=True, slots=True)
class Operation(Sql):
    """Operands joined by an operator."""

    operator: str
    parts: tuple[Sql, ...]


@dataclass(frozen=True, slots=True)
class Among(Sql):
    """Whether a value is one of several options, or of the rows of a query with one column."""

    value: Sql
    options: tuple[Sql, ...]


@dataclass(frozen=True, slots=True)
class Case(Sql):
    """The result of the first condition that is true."""

    branches: tuple[tuple[Sql, Sql], ...]
    otherwise: Sql


@dataclass(frozen=True, slots=True)
class Named(Sql):
    """A value under a name."""

    value: Sql
    name: str


@dataclass(frozen=True, slots=True)
class Descending(Sql):
    """A descending sort key, nulls last."""

    value: Sql


@dataclass(frozen=True, slots=True)
class Window(Sql):
    """A window function; with `rows_before`, only over the rows before the current one."""

    function: Sql
    partition: tuple[Sql, ...]
    order: tuple[Sql, ...]
    rows_before: bool = False


@dataclass(frozen=True, slots=True)
class Sorted(Sql):
    """The argument of an aggregate with an ORDER BY."""

    value: Sql
    order: tuple[Sql, ...]


@dataclass(frozen=True, slots=True)
class Filtered(Sql):
    """An aggregate of the rows that satisfy a condition."""

    aggregate: Sql
    condition: Sql


@dataclass(frozen=True, slots=True)
class Table(Sql):
    """A table to select from, under an alias."""

    name: str
    alias: str


@dataclass(frozen=True, slots=True)
class Subquery(Sql):
    """A query in parentheses: to select from under an alias or, without one, as a scalar."""

    query: Query
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Renamed(Sql):
    """A table function, with names for its columns in order."""

    function: Sql
    names: tuple[str, ...]


def source(relation: Sql | str, alias: str = "s") -> Sql:
    """A table by its name, or a query, to select from under an alias; any other node unchanged."""
    if isinstance(relation, str):
        return Table(relation, alias)
    return Subquery(relation, alias) if isinstance(relation, Query) else relation


@dataclass(frozen=True, slots=True)
class Union(Query):
    """The rows of two queries."""

    first: Query
    second: Query


@dataclass(frozen=True, slots=True)
class Join:
    """A relation joined to those before it."""

    other: Sql
    on: Sql | None
    kind: str


@dataclass(frozen=True, slots=True)
class Select(Query):
    """A SELECT; each method returns a new one with more to it."""

    columns: tuple[Sql, ...]
    origin: Sql | None = None
    joins: tuple[Join, ...] = ()
    conditions: tuple[Sql, ...] = ()
    groups: tuple[Sql, ...] = ()
    group_conditions: tuple[Sql, ...] = ()
    window_conditions: tuple[Sql, ...] = ()
    order: tuple[Sql, ...] = ()
    is_distinct: bool = False
    rows: int | None = None

    @property
    def names(self) -> list[str]:
        """The names of the columns; none may be a star."""
        return [each.name for each in self.columns if isinstance(each, Column | Named)]

    def select(self, *columns: Sql) -> Self:
        return replace(self, columns=(*self.columns, *columns))

    def from_(self, origin: Sql | str, alias: str = "s") -> Self:
        return replace(self, origin=source(origin, alias))

    def join(self, other: Sql | str, alias: str = "s", on: Sql | None = None, kind: str = "") -> Self:
        return replace(self, joins=(*self.joins, Join(source(other, alias), on, kind)))

    def where(self, condition: Sql) -> Self:
        return replace(self, conditions=(*self.conditions, condition))

    def group_by(self, *keys: Sql) -> Self:
        return replace(self, groups=(*self.groups, *keys))

    def having(self, condition: Sql) -> Self:
        return replace(self, group_conditions=(*self.group_conditions, condition))

    def qualify(self, condition: Sql) -> Self:
        """Keep the rows that satisfy a condition on window functions."""
        return replace(self, window_conditions=(*self.window_conditions, condition))

    def order_by(self, *order: Sql) -> Self:
        return replace(self, order=(*self.order, *order))

    def distinct(self) -> Self:
        return replace(self, is_distinct=True)

    def limit(self, rows: int) -> Self:
        return replace(self, rows=rows)


@dataclass(frozen=True, slots=True)
class With(Query):
    """A query with common table expressions, each evaluated once, and with statements that insert rows as it runs."""

    parts: tuple[tuple[str, Sql], ...]
    query: Query


@dataclass(frozen=True, slots=True)
class Statement(Sql):
    """A statement on a table with a query or a condition; the table's name replaces `{}` in `words`."""

    words: str
    table: str
    body: Sql


@dataclass(frozen=True, slots=True)
class Copy(Sql):
    """A statement that writes the rows of a query into a Parquet file."""

    query: Query
    path: str


def literal(value: Value) -> Sql:
    """Return the node of a plain value; nodes are returned unchanged."""
    match value:
        case Sql():
            return value
        case None:
            return Word("NULL")
        case bool():
            return Word("TRUE" if value else "FALSE")
        case str():
            return Text(value)
        case datetime():
            return Cast(Text(value.isoformat(sep=" ")), "TIMESTAMP")
        case date():
            return Cast(Text(value.isoformat()), "DATE")
        case int():
            return Number(value)
