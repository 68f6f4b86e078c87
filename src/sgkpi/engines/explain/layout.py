"""Lay out a statement for people: a line for each clause, names quoted and parentheses written only where needed.

The engine's `printer.py` writes the statements that run; this is for those that are read. It knows the nodes that
`statement.py` and `rows.py` use.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from textwrap import fill, indent
from typing import Any

from sgkpi.engines.duckdb import ast
from sgkpi.engines.duckdb.ast import Sql

_WIDTH = 100
_FEW_BRANCHES = 3
_STEP = "  "
_ATOM = 9
# How strongly operators bind; those of comparison do not chain.
_STRENGTHS = {"OR": 1, "AND": 2, "+": 6, "-": 6, "*": 7, "/": 7, "//": 7, "AT TIME ZONE": 8}
_NOT, _COMPARISON = 3, 4
_CONNECTORS = ("AND", "OR")
# What DuckDB's `duckdb_keywords()` lists, but for its unreserved words.
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
    """A column that is written as a comment, for the reader to use or not; never the last one."""

    column: Sql


@dataclass(frozen=True, slots=True)
class Part(Sql):
    """A named query of a WITH, under a comment."""

    query: ast.Query
    comment: str


@dataclass(frozen=True, slots=True)
class Sorted(Sql):
    """The argument of an aggregate, with the order in which it takes the rows."""

    value: Sql
    order: tuple[Sql, ...]


def lay_out(node: Sql) -> str:
    """Return the text of a statement, or of a part of one."""
    return _WRITERS[type(node)](node)


def name(text: str) -> str:
    """Return an identifier, quoted where it must be."""
    if re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", text) and text.lower() not in RESERVED:
        return text
    return '"' + text.replace('"', '""') + '"'


def _string(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


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


def _within(node: Sql, least: int) -> str:
    """Return an operand, in parentheses where it binds less strongly than `least`."""
    return lay_out(node) if _strength(node) >= least else f"({lay_out(node)})"


def _operation(node: ast.Operation) -> str:
    strength = _strength(node)
    first, *others = node.parts
    # What is subtracted or divided by, and what is compared, must bind more strongly than the operator itself.
    left = strength + (strength == _COMPARISON)
    parts = [_within(first, left), *(_within(each, strength + (node.operator not in _CONNECTORS)) for each in others)]
    return _joined(f" {node.operator} ", parts, f"\n{node.operator} ")


def _joined(between: str, parts: Iterable[str], broken: str) -> str:
    """Return the parts on one line where they fit, else on one each."""
    found = list(parts)
    line = between.join(found)
    if broken.strip() in (*_CONNECTORS, ",") and ("\n" in line or len(line) > _WIDTH):
        return broken.join([found[0], *(indent(each, _STEP).lstrip() for each in found[1:])])
    return line


def _list(nodes: Iterable[Sql]) -> str:
    return _joined(", ", map(lay_out, nodes), ",\n")


def _parenthesized(text: str) -> str:
    return f"({text})" if "\n" not in text and len(text) < _WIDTH else f"(\n{indent(text, _STEP)}\n)"


def _cast(node: ast.Cast) -> str:
    if isinstance(node.value, ast.Text) and node.kind in ("DATE", "TIMESTAMP", "TIME"):
        return f"{node.kind} {lay_out(node.value)}"
    return f"CAST({lay_out(node.value)} AS {node.kind})"


def _case(node: ast.Case) -> str:
    branches = [(lay_out(when), lay_out(then)) for when, then in node.branches]
    otherwise = [] if node.otherwise == ast.Word("NULL") else [f"ELSE {lay_out(node.otherwise)}"]
    words = [f"WHEN {when} THEN {then}" for when, then in branches]
    line = " ".join(["CASE", *words, *otherwise, "END"])
    if len(branches) < _FEW_BRANCHES and "\n" not in line and len(line) <= _WIDTH:
        return line
    words = [f"WHEN {indent(when, _STEP * 2).lstrip()}{_then(when, then)}" for when, then in branches]
    return "\n".join(["CASE", *(indent(each, _STEP) for each in [*words, *otherwise]), "END"])


def _then(when: str, then: str) -> str:
    return f" THEN {then}" if "\n" not in when else f"\n  THEN {then}"


def _window(node: ast.Window) -> str:
    over = [f"PARTITION BY {_list(node.partition)}"] if node.partition else []
    over += [f"ORDER BY {_list(node.order)}"] if node.order else []
    over += ["ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"] if node.rows_before else []
    line = " ".join(over)
    return f"{lay_out(node.function)} OVER {_parenthesized(line if len(line) <= _WIDTH else chr(10).join(over))}"


def _function(node: ast.Function) -> str:
    if node.name == "list_value":
        return f"[\n{indent(fill(', '.join(map(lay_out, node.arguments)), _WIDTH), _STEP)}\n]"
    return f"{node.name.upper()}({', '.join(map(lay_out, node.arguments))})"


def _columns(columns: Iterable[Sql]) -> str:
    """Return the columns of a query, one a line; comments end without a comma that would be missed."""
    written = [lay_out(each) for each in columns]
    last = len(written) - 1
    return "\n".join(f"{each}," if place < last else each for place, each in enumerate(written))


def _select(node: ast.Select) -> str:
    words = "SELECT DISTINCT" if node.is_distinct else "SELECT"
    columns = _columns(node.columns)
    lines = [f"{words} {columns}" if "\n" not in columns else f"{words}\n{indent(columns, _STEP)}"]
    if node.origin is not None:
        lines += [f"FROM {lay_out(node.origin)}", *map(_join, node.joins)]
    for word, conditions in (("WHERE", node.conditions), ("HAVING", node.group_conditions)):
        if word == "HAVING" and node.groups:
            lines.append(f"GROUP BY {_list(node.groups)}")
        if conditions:
            parts = [_within(each, _STRENGTHS["AND"]) for each in conditions]
            lines.append(f"{word} " + "\n  AND ".join(indent(each, _STEP * 2).lstrip() for each in parts))
    if node.order:
        lines.append(f"ORDER BY {_list(node.order)}")
    return "\n".join(lines if node.rows is None else [*lines, f"LIMIT {node.rows}"])


def _join(join: ast.Join) -> str:
    on = f" ON {lay_out(join.on)}" if join.on is not None else ""
    return f"{join.kind.upper()} {lay_out(join.other)}{on}"


def _subquery(node: ast.Subquery) -> str:
    query = _parenthesized(lay_out(node.query))
    return query if node.alias is None else f"{query} AS {name(node.alias)}"


def _with(node: ast.With) -> str:
    parts = [f"{_comment(part)}{name(called)} AS (\n{indent(lay_out(part), _STEP)}\n)" for called, part in node.parts]
    return "WITH\n" + ",\n\n".join(parts) + f"\n\n{lay_out(node.query)}"


def _comment(part: Sql) -> str:
    return "".join(f"-- {line}\n" for line in part.comment.splitlines()) if isinstance(part, Part) else ""


def _number(node: ast.Number) -> str:
    return f"({node.value})" if node.value < 0 else str(node.value)


def _among(node: ast.Among, word: str = "IN") -> str:
    options = lay_out(node.options) if isinstance(node.options, Sql) else ", ".join(map(lay_out, node.options))
    return f"{_within(node.value, _COMPARISON + 1)} {word} {_parenthesized(options)}"


def _not(node: ast.Not) -> str:
    if isinstance(node.condition, ast.Among):
        return _among(node.condition, "NOT IN")
    return f"NOT {_within(node.condition, _COMPARISON)}"


_WRITERS: dict[type[Sql], Callable[[Any], str]] = {
    Remark: lambda node: f"-- {lay_out(node.column)}",
    Sorted: lambda node: f"{lay_out(node.value)} ORDER BY {_list(node.order)}",
    Part: lambda node: lay_out(node.query),
    ast.Word: lambda node: node.word,
    ast.Text: lambda node: _string(node.value),
    ast.Number: _number,
    ast.Interval: lambda node: f"INTERVAL {node.size} {node.unit.removesuffix('S') if node.size == 1 else node.unit}",
    ast.Column: lambda node: f"{name(node.table)}.{name(node.name)}" if node.table else name(node.name),
    ast.Star: lambda node: f"{name(node.table)}.*" if node.table else "*",
    ast.Function: _function,
    ast.Cast: _cast,
    ast.Not: _not,
    ast.Operation: _operation,
    ast.Among: _among,
    ast.Case: _case,
    ast.Named: lambda node: f"{lay_out(node.value)} AS {name(node.name)}",
    ast.Ordered: lambda node: f"{lay_out(node.value)}{' DESC' if node.descending else ''}",
    ast.Window: _window,
    ast.Filtered: lambda node: f"{lay_out(node.aggregate)} FILTER (WHERE {lay_out(node.condition)})",
    ast.Table: lambda node: name(node.name) if node.alias == node.name else f"{name(node.name)} AS {name(node.alias)}",
    ast.Subquery: _subquery,
    ast.Select: _select,
    ast.With: _with,
}
