"""From the vocabulary of `sql.py` to the text of a statement in DuckDB's words, through sqlglot's trees."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache, reduce
from typing import Any

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.generator import Generator

from sgkpi.engines.duckdb.sql import Query, Sql


def text_of(statement: Sql, *, pretty: bool = False) -> str:
    """The text of a statement."""
    return _writer(pretty).generate(tree_of(statement), copy=False)


@cache
def _writer(pretty: bool) -> Generator:
    return Dialect.get_or_raise("duckdb").generator(pretty=pretty, normalize_functions="lower")


def tree_of(piece: Sql) -> exp.Expr:
    """A piece of SQL as sqlglot's tree."""
    word, *parts = piece
    tree: exp.Expr = _TREES[word](*parts)
    return tree


def _trees(pieces: Iterable[Sql]) -> list[exp.Expr]:
    return [tree_of(piece) for piece in pieces]


def _identifier(name: str) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=True)


def _null() -> exp.Expr:
    return exp.Null()


def _boolean(value: bool) -> exp.Expr:
    return exp.Boolean(this=value)


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)


def _number(value: str) -> exp.Expr:
    literal = exp.Literal.number(value.removeprefix("-"))
    return exp.Paren(this=exp.Neg(this=literal)) if value.startswith("-") else literal


def _star(without: Sequence[str], replaced: Sequence[Sql]) -> exp.Expr:
    return exp.Star(except_=[_identifier(name) for name in without] or None, replace=_trees(replaced) or None)


def _table_star(table: str) -> exp.Expr:
    return exp.Column(this=exp.Star(), table=_identifier(table))


def _column(name: str, table: str | None) -> exp.Expr:
    return exp.Column(this=_identifier(name), table=_identifier(table) if table else None)


def _function(name: str, arguments: Sequence[Sql]) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=_trees(arguments))


def _option(name: str, value: Sql) -> exp.Expr:
    return exp.PropertyEQ(this=exp.var(name), expression=tree_of(value))


def _struct(fields: Sequence[tuple[str, str]]) -> exp.Expr:
    return exp.Struct(expressions=[exp.PropertyEQ(this=_text(name), expression=_text(kind)) for name, kind in fields])


def _parameter(place: int) -> exp.Expr:
    return exp.Parameter(this=_number(str(place)))


def _cast(value: Sql, kind: str) -> exp.Expr:
    return exp.Cast(this=tree_of(value), to=_data_type(kind))


def _try_cast(value: Sql, kind: str) -> exp.Expr:
    return exp.TryCast(this=tree_of(value), to=_data_type(kind))


@cache
def _data_type(kind: str) -> exp.DataType:
    return exp.DataType.build(kind, dialect="duckdb")


def _interval(size: int, unit: str) -> exp.Expr:
    return exp.Interval(this=_text(str(size)), unit=exp.var(unit))


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


def _binary(operator: str, left: Sql, right: Sql) -> exp.Expr:
    return exp.Paren(this=_OPERATORS[operator](this=tree_of(left), expression=tree_of(right)))


def _same(left: Sql, right: Sql) -> exp.Expr:
    return exp.NullSafeEQ(this=tree_of(left), expression=tree_of(right))


def _is_null(value: Sql) -> exp.Expr:
    return exp.Paren(this=exp.Is(this=tree_of(value), expression=exp.Null()))


def _is_not_null(value: Sql) -> exp.Expr:
    return exp.Paren(this=exp.Not(this=_is_null(value)))


def _not(value: Sql) -> exp.Expr:
    return exp.Paren(this=exp.Not(this=exp.Paren(this=tree_of(value))))


def _and(conditions: Sequence[Sql]) -> exp.Expr:
    return _connected(exp.And, conditions)


def _or(conditions: Sequence[Sql]) -> exp.Expr:
    return _connected(exp.Or, conditions)


def _connected(connector: type[exp.Connector], conditions: Sequence[Sql]) -> exp.Expr:
    return exp.Paren(this=reduce(lambda left, right: connector(this=left, expression=right), _trees(conditions)))


def _in(value: Sql, options: Sequence[Sql]) -> exp.Expr:
    return exp.Paren(this=exp.In(this=tree_of(value), expressions=_trees(options)))


def _in_query(value: Sql, rows: Query) -> exp.Expr:
    return exp.In(this=tree_of(value), query=exp.Subquery(this=tree_of(rows)))


def _case(branches: Sequence[tuple[Sql, Sql]], otherwise: Sql) -> exp.Expr:
    ifs = [exp.If(this=tree_of(condition), true=tree_of(result)) for condition, result in branches]
    return exp.Case(ifs=ifs, default=tree_of(otherwise))


def _alias(value: Sql, name: str) -> exp.Expr:
    return exp.Alias(this=tree_of(value), alias=_identifier(name))


def _window(function: Sql, partition: Sequence[Sql], order: Sequence[Sql], rows_before: bool) -> exp.Expr:
    ordering = exp.Order(expressions=_trees(order)) if order else None
    return exp.Window(
        this=tree_of(function),
        partition_by=_trees(partition),
        order=ordering,
        spec=_rows_before() if rows_before else None,
    )


def _rows_before() -> exp.WindowSpec:
    return exp.WindowSpec(
        kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end=_number("1"), end_side="PRECEDING"
    )


def _ordered(value: Sql, descending: bool) -> exp.Expr:
    return exp.Ordered(this=tree_of(value), desc=descending, nulls_first=False)


def _filtered(aggregate: Sql, condition: Sql) -> exp.Expr:
    return exp.Filter(this=tree_of(aggregate), expression=exp.Where(this=tree_of(condition)))


def _table(name: str, alias: str) -> exp.Expr:
    return exp.Table(this=_identifier(name), alias=exp.TableAlias(this=_identifier(alias)))


def _subquery(query: Query, alias: str | None) -> exp.Expr:
    named = exp.TableAlias(this=_identifier(alias)) if alias else None
    return exp.Subquery(this=tree_of(query), alias=named)


def _union_all(first: Query, second: Query) -> exp.Expr:
    return exp.Union(this=tree_of(first), expression=tree_of(second), distinct=False)


def _select(  # noqa: PLR0913, PLR0917 - the parts of a query
    columns: Sequence[Sql],
    origin: Sql | None,
    joins: Sequence[tuple[Sql, Sql | None, str]],
    where: Sequence[Sql],
    group: Sequence[Sql],
    having: Sequence[Sql],
    order: Sequence[Sql],
    ctes: Sequence[tuple[str, Query]],
    distinct: bool,
    limit: int | None,
) -> exp.Expr:
    query = exp.select(*_trees(columns), copy=False)
    if origin is not None:
        query.from_(tree_of(origin), copy=False)
    for other, on, kind in joins:
        condition = tree_of(on) if on is not None else None
        query.join(tree_of(other), on=condition, join_type=kind or None, copy=False)
    for add, parts in ((query.where, where), (query.group_by, group), (query.having, having), (query.order_by, order)):
        if parts:
            add(*_trees(parts), copy=False)
    for name, rows in ctes:
        query.with_(name, as_=tree_of(rows), materialized=True, copy=False)
    if distinct:
        query.distinct(copy=False)
    return query if limit is None else query.limit(limit, copy=False)


def _with_all(query: Query, parts: Sequence[tuple[str, Sql]]) -> exp.Expr:
    tree = tree_of(query)
    if not isinstance(tree, exp.Query):
        raise TypeError("only a query has others before it")
    for name, part in parts:
        # A statement is done once anyway.
        tree.with_(name, as_=tree_of(part), materialized=isinstance(part, Query) or None, copy=False)
    return tree


def _create(name: str, query: Query) -> exp.Expr:
    target = exp.Table(this=_identifier(name))
    return exp.Create(this=target, kind="TABLE", replace=True, expression=tree_of(query))


def _insert(target: str, rows: Query) -> exp.Expr:
    return exp.Insert(this=exp.Table(this=_identifier(target)), expression=tree_of(rows))


def _delete(target: str, condition: Sql) -> exp.Expr:
    where = exp.Where(this=tree_of(condition))
    return exp.Delete(this=exp.Table(this=_identifier(target)), where=where)


_TREES: dict[str, Callable[..., Any]] = {
    "null": _null,
    "boolean": _boolean,
    "text": _text,
    "number": _number,
    "star": _star,
    "table star": _table_star,
    "column": _column,
    "function": _function,
    "option": _option,
    "struct": _struct,
    "parameter": _parameter,
    "cast": _cast,
    "try cast": _try_cast,
    "interval": _interval,
    "binary": _binary,
    "same": _same,
    "is null": _is_null,
    "is not null": _is_not_null,
    "not": _not,
    "and": _and,
    "or": _or,
    "in": _in,
    "in query": _in_query,
    "case": _case,
    "alias": _alias,
    "window": _window,
    "ordered": _ordered,
    "filtered": _filtered,
    "table": _table,
    "subquery": _subquery,
    "union all": _union_all,
    "select": _select,
    "with": _with_all,
    "create": _create,
    "insert": _insert,
    "delete": _delete,
}
