"""Lay out a statement for people: a line for each clause, with quotes and parentheses only where needed.

`printer.py` prints the statements that run; this prints those that are read, and supports the nodes that `statement.py`
and `rows.py` use. sqlglot's pretty printer breaks every clause, condition and list over lines of their own, and would
need as much code to stop it.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from textwrap import fill, indent
from typing import Any

from sgkpi.engines.sql import ast
from sgkpi.engines.sql.ast import Sql

_WIDTH = 100
_FEW_BRANCHES = 3
_STEP = "  "
# Operator precedence; comparisons do not chain.
_STRENGTHS = {"OR": 1, "AND": 2, "+": 6, "-": 6, "*": 7, "/": 7, "//": 7, "AT TIME ZONE": 8}
_AND, _NOT, _COMPARISON, _ATOM = 2, 3, 4, 9
_CONNECTORS = ("AND", "OR")
# All words that DuckDB's `duckdb_keywords()` lists, except the unreserved ones.
_KEYWORDS = """
all analyse analyze and anti any array as asc asof asymmetric at authorization between bigint binary bit boolean
both by case cast char character check coalesce collate collation column columns concurrently constraint create
cross dec decimal default deferrable desc describe distinct do else end except exists extract false fetch float for
foreign freeze from full generated glob group grouping grouping_id having ilike in initially inner inout int integer
intersect interval into is isnull join lambda lateral leading left like limit map national natural nchar none not
notnull null nullif numeric offset on only or order out outer overlaps overlay pivot pivot_longer pivot_wider
placing position positional precision primary qualify real references returning right row select semi setof show
similar smallint some struct substring summarize symmetric table tablesample then time timestamp to trailing treat
trim true try_cast tuple union unique unpack unpivot using values varchar variadic verbose when where window with
xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
"""
RESERVED = frozenset(_KEYWORDS.split())


@dataclass(frozen=True, slots=True)
class Remark(Sql):
    """A column printed as a comment, for the reader to uncomment; never the last one."""

    column: Sql


def lay_out(node: Sql) -> str:
    """Return the text of a query, or of a part of one."""
    return _WRITERS[type(node)](node)


def lay_out_with(parts: Iterable[tuple[str, str, ast.Query]], query: ast.Query) -> str:
    """Return the text of a query with common table expressions, each with its name and a comment."""
    written = (
        f"-- {comment}\n{name(called)} AS (\n{indent(lay_out(part), _STEP)}\n)" for called, comment, part in parts
    )
    return "WITH\n" + ",\n\n".join(written) + f"\n\n{lay_out(query)}"


def name(text: str) -> str:
    """Return an identifier, quoted if necessary."""
    if re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", text) and text.lower() not in RESERVED:
        return text
    return '"' + text.replace('"', '""') + '"'


def _within(node: Sql, least: int) -> str:
    """Return an operand, in parentheses if it binds less tightly than `least`."""
    return lay_out(node) if _strength(node) >= least else f"({lay_out(node)})"


def _strength(node: Sql) -> int:
    match node:
        case ast.Operation(operator):
            return _STRENGTHS.get(operator, _COMPARISON)
        case ast.Among():
            return _COMPARISON
        case ast.Not():
            return _NOT
        case _:
            return _ATOM


def _operation(node: ast.Operation) -> str:
    strength = _strength(node)
    first, *others = node.parts
    # Right-hand operands of subtraction and division, and operands of comparisons, must bind more tightly.
    left, right = strength + (strength == _COMPARISON), strength + (node.operator not in _CONNECTORS)
    parts = [_within(first, left), *(_within(each, right) for each in others)]
    line = f" {node.operator} ".join(parts)
    return _broken(parts, f"\n{node.operator} ") if node.operator in _CONNECTORS and _is_long(line) else line


def _is_long(text: str) -> bool:
    return "\n" in text or len(text) > _WIDTH


def _broken(parts: Iterable[str], between: str) -> str:
    """Return the parts on one line each, all but the first indented."""
    first, *others = parts
    return between.join([first, *(indent(each, _STEP).lstrip() for each in others)])


def _list(nodes: Iterable[Sql]) -> str:
    """Return the nodes on one line if they fit, else on one line each."""
    parts = [lay_out(each) for each in nodes]
    line = ", ".join(parts)
    return _broken(parts, ",\n") if _is_long(line) else line


def _parenthesized(text: str) -> str:
    return f"({text})" if "\n" not in text and len(text) < _WIDTH else f"(\n{indent(text, _STEP)}\n)"


def _cast(node: ast.Cast) -> str:
    is_literal = isinstance(node.value, ast.Text) and node.kind in ("DATE", "TIMESTAMP", "TIME")
    return f"{node.kind} {lay_out(node.value)}" if is_literal else f"CAST({lay_out(node.value)} AS {node.kind})"


def _case(node: ast.Case) -> str:
    branches = [(lay_out(when), lay_out(then)) for when, then in node.branches]
    otherwise = [] if node.otherwise == ast.Word("NULL") else [f"ELSE {lay_out(node.otherwise)}"]
    line = " ".join(["CASE", *(f"WHEN {when} THEN {then}" for when, then in branches), *otherwise, "END"])
    if len(branches) < _FEW_BRANCHES and not _is_long(line):
        return line
    words = [
        f"WHEN {indent(when, _STEP * 2).lstrip()}" + (f"\n  THEN {then}" if "\n" in when else f" THEN {then}")
        for when, then in branches
    ]
    return "\n".join(["CASE", *(indent(each, _STEP) for each in [*words, *otherwise]), "END"])


def _window(node: ast.Window) -> str:
    over = [f"PARTITION BY {_list(node.partition)}"] if node.partition else []
    over += [f"ORDER BY {_list(node.order)}"] if node.order else []
    over += ["ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"] if node.rows_before else []
    line = " ".join(over)
    return f"{lay_out(node.function)} OVER {_parenthesized(line if len(line) <= _WIDTH else chr(10).join(over))}"


def _function(node: ast.Function) -> str:
    arguments = ", ".join(map(lay_out, node.arguments))
    if node.name == "list_value":
        return f"[\n{indent(fill(arguments, _WIDTH), _STEP)}\n]"
    return f"{node.name.upper()}({arguments})"


def _select(node: ast.Select) -> str:
    words = "SELECT DISTINCT" if node.is_distinct else "SELECT"
    *others, last = map(lay_out, node.columns)
    columns = "\n".join([*(f"{each}," for each in others), last])
    lines = [f"{words}\n{indent(columns, _STEP)}" if "\n" in columns else f"{words} {columns}"]
    if node.origin is not None:
        lines.append(f"FROM {lay_out(node.origin)}")
    for join in node.joins:
        on = f" ON {lay_out(join.on)}" if join.on is not None else ""
        lines.append(f"{join.kind.upper()} {lay_out(join.other)}{on}")
    if node.conditions:
        conditions = [_within(each, _AND) for each in node.conditions]
        lines.append(f"WHERE {indent(_broken(conditions, chr(10) + 'AND '), _STEP).lstrip()}")
    lines += [f"GROUP BY {_list(node.groups)}"] if node.groups else []
    if node.window_conditions:
        lines.append(f"QUALIFY {_broken([_within(each, _AND) for each in node.window_conditions], chr(10) + 'AND ')}")
    lines += [f"ORDER BY {_list(node.order)}"] if node.order else []
    return "\n".join(lines if node.rows is None else [*lines, f"LIMIT {node.rows}"])


def _among(node: ast.Among, word: str = "IN") -> str:
    options = ", ".join(map(lay_out, node.options))
    return f"{_within(node.value, _COMPARISON + 1)} {word} {_parenthesized(options)}"


def _not(node: ast.Not) -> str:
    inner = node.condition
    return _among(inner, "NOT IN") if isinstance(inner, ast.Among) else f"NOT {_within(inner, _COMPARISON)}"


def _subquery(node: ast.Subquery) -> str:
    return _parenthesized(lay_out(node.query)) + (f" AS {name(node.alias)}" if node.alias is not None else "")


_WRITERS: dict[type[Sql], Callable[[Any], str]] = {
    Remark: lambda node: f"-- {lay_out(node.column)}",
    ast.Sorted: lambda node: f"{lay_out(node.value)} ORDER BY {_list(node.order)}",
    ast.Word: lambda node: node.word,
    ast.Star: lambda node: f"{name(node.table)}.*" if node.table else "*",
    ast.Text: lambda node: "'" + node.value.replace("'", "''") + "'",
    ast.Number: lambda node: str(node.value),
    ast.Interval: lambda node: f"INTERVAL {node.size} {node.unit.removesuffix('S') if node.size == 1 else node.unit}",
    ast.Column: lambda node: f"{name(node.table)}.{name(node.name)}" if node.table else name(node.name),
    ast.Function: _function,
    ast.Cast: _cast,
    ast.Not: _not,
    ast.Operation: _operation,
    ast.Among: _among,
    ast.Case: _case,
    ast.Named: lambda node: f"{lay_out(node.value)} AS {name(node.name)}",
    ast.Descending: lambda node: f"{lay_out(node.value)} DESC",
    ast.Window: _window,
    ast.Filtered: lambda node: f"{lay_out(node.aggregate)} FILTER (WHERE {lay_out(node.condition)})",
    ast.Table: lambda node: name(node.name) + (f" AS {name(node.alias)}" if node.alias != node.name else ""),
    ast.Subquery: _subquery,
    ast.Select: _select,
}
