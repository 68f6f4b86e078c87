"""Print nodes of SQL as DuckDB's text: names and strings are always quoted, nested operations parenthesised."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sgkpi.engines.sql import ast
from sgkpi.engines.sql.ast import Sql


def text_of(piece: Sql) -> str:
    """The text of a statement, or of a part of one."""
    return _WRITERS[type(piece)](piece)


def _name(name: str) -> str:
    """Return a quoted identifier; DuckDB does not allow the character NUL in one."""
    if "\0" in name:
        raise ValueError("a name cannot hold the character NUL")
    return '"' + name.replace('"', '""') + '"'


def _all(pieces: Iterable[Sql]) -> str:
    return ", ".join(map(text_of, pieces))


def _operand(piece: Sql) -> str:
    """The text of a part of an operation."""
    text = text_of(piece)
    return f"({text})" if isinstance(piece, ast.Operation | ast.Not | ast.Among) else text


def _every(conditions: Sequence[Sql]) -> str:
    return " AND ".join(map(_operand if len(conditions) > 1 else text_of, conditions))


def _star(node: ast.Star) -> str:
    words = "*" if node.table is None else f"{_name(node.table)}.*"
    if node.without:
        words += f" EXCLUDE ({', '.join(map(_name, node.without))})"
    return f"{words} REPLACE ({_all(node.replaced)})" if node.replaced else words


def _case(node: ast.Case) -> str:
    branches = "".join(f" WHEN {text_of(when)} THEN {text_of(then)}" for when, then in node.branches)
    return f"CASE{branches} ELSE {text_of(node.otherwise)} END"


def _window(node: ast.Window) -> str:
    over = [f"PARTITION BY {_all(node.partition)}"] if node.partition else []
    over += [f"ORDER BY {_all(node.order)}"] if node.order else []
    over += ["ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"] if node.rows_before else []
    return f"{text_of(node.function)} OVER ({' '.join(over)})"


def _select(node: ast.Select) -> str:
    words = f"SELECT {'DISTINCT ' if node.is_distinct else ''}{_all(node.columns)}"
    if node.origin is not None:
        words += f" FROM {text_of(node.origin)}"
    for join in node.joins:
        kind = f"{join.kind.upper()} JOIN".strip()
        words += f" {kind} {text_of(join.other)}" + (f" ON {text_of(join.on)}" if join.on is not None else "")
    if node.conditions:
        words += f" WHERE {_every(node.conditions)}"
    if node.groups:
        words += f" GROUP BY {_all(node.groups)}"
    if node.group_conditions:
        words += f" HAVING {_every(node.group_conditions)}"
    if node.window_conditions:
        words += f" QUALIFY {_every(node.window_conditions)}"
    if node.order:
        words += f" ORDER BY {_all(node.order)}"
    return words if node.rows is None else f"{words} LIMIT {node.rows}"


def _part(query: ast.Query) -> str:
    """One of the queries of a union."""
    text = text_of(query)
    return f"({text})" if isinstance(query, ast.Select) and (query.order or query.rows is not None) else text


def _with(node: ast.With) -> str:
    parts = (
        f"{_name(name)} AS {'MATERIALIZED ' if isinstance(part, ast.Query) else ''}({text_of(part)})"
        for name, part in node.parts
    )
    return f"WITH {', '.join(parts)} {text_of(node.query)}"


_WRITERS: dict[type[Sql], Callable[[Any], str]] = {
    ast.Word: lambda node: node.word,
    ast.Text: lambda node: "'" + node.value.replace("'", "''") + "'",
    ast.Number: lambda node: f"({node.value})" if node.value < 0 else str(node.value),
    ast.Interval: lambda node: f"INTERVAL '{node.size}' {node.unit}",
    ast.Column: lambda node: _name(node.name) if node.table is None else f"{_name(node.table)}.{_name(node.name)}",
    ast.Star: _star,
    ast.Function: lambda node: f"{node.name}({_all(node.arguments)})",
    ast.Option: lambda node: f"{node.name} := {text_of(node.value)}",
    ast.Cast: lambda node: f"{'TRY_CAST' if node.tried else 'CAST'}({text_of(node.value)} AS {node.kind})",
    ast.Not: lambda node: f"NOT {_operand(node.condition)}",
    ast.Operation: lambda node: f" {node.operator} ".join(map(_operand, node.parts)),
    ast.Among: lambda node: f"{_operand(node.value)} IN ({_all(node.options)})",
    ast.Case: _case,
    ast.Named: lambda node: f"{text_of(node.value)} AS {_name(node.name)}",
    ast.Descending: lambda node: f"{text_of(node.value)} DESC NULLS LAST",
    ast.Window: _window,
    ast.Sorted: lambda node: f"{text_of(node.value)} ORDER BY {_all(node.order)}",
    ast.Filtered: lambda node: f"{text_of(node.aggregate)} FILTER (WHERE {text_of(node.condition)})",
    ast.Table: lambda node: f"{_name(node.name)} AS {_name(node.alias)}",
    ast.Renamed: lambda node: f"{text_of(node.function)} AS s({', '.join(map(_name, node.names))})",
    ast.Subquery: lambda node: f"({text_of(node.query)})" + (f" AS {_name(node.alias)}" if node.alias else ""),
    ast.Union: lambda node: f"{_part(node.first)} UNION ALL {_part(node.second)}",
    ast.Select: _select,
    ast.With: _with,
    ast.Copy: lambda node: f"COPY ({text_of(node.query)}) TO {text_of(ast.Text(node.path))} (FORMAT parquet)",
    ast.Statement: lambda node: f"{node.words.format(_name(node.table))} {text_of(node.body)}",
}
