"""Find the expression whose result is too large, by computing again without each in turn."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from sgkpi.definitions.wording import in_words
from sgkpi.engines.duckdb.ingest.typed_rows import Scan, typed_rows
from sgkpi.engines.duckdb.judge.expressions import Names, compile_expression
from sgkpi.engines.duckdb.session.session import NumberTooLargeError, open_session
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Select
from sgkpi.extracts.extract import Extract
from sgkpi.model.expressions import Arithmetic, Expression, Literal, children, column_refs
from sgkpi.model.indicator import Breakdown, Indicator, Related
from sgkpi.model.problems import Problem
from sgkpi.model.table import Named
from sgkpi.planning.plan import IndicatorPlan, Plan

_MESSAGE = "with the numbers of this extract, this is too large to be computed exactly"
_Changed = TypeVar("_Changed", Indicator, Named, Breakdown, Related)


def find_too_large(plan: Plan, extract: Extract, compute: Callable[[Plan], object]) -> Iterator[Problem]:
    """Yield a problem for each expression of a plan that gives too large a number; else those of tables' rules."""

    def fails(one: IndicatorPlan) -> bool:
        return _is_too_large(lambda: compute(replace(plan, indicators=(one,))))

    failing = [each for each in plan.indicators if fails(each)]
    for each in failing:
        indicator, parts = each.indicator, list(_parts(each.indicator))
        guilty = [part for part in parts if not fails(replace(each, indicator=part[2], breakdowns=part[2].by))]
        for key, expression, _ in guilty or parts:
            line = indicator.lines.get(key) or indicator.lines.get(key.partition(".")[0])
            detail = in_words(expression)
            yield Problem(indicator.path, f"{key}: {_MESSAGE}", "number-too-large", line=line, detail=detail)
    if not failing:
        yield from _rules_too_large(extract, plan)


def _is_too_large(run: Callable[[], object]) -> bool:
    try:
        run()
    except NumberTooLargeError:
        return True
    return False


def _parts(indicator: Indicator) -> Iterator[tuple[str, Expression, Indicator]]:
    """Yield every expression that calculates, and the value: its key, and the definition with null in its place."""
    for key in ("population", "not_due", "met", "value", "per"):
        expression = getattr(indicator, key)
        if expression is not None and (key in ("value", "per") or _calculates(expression)):
            yield key, expression, _changed(indicator, key, Literal(None, expression.kind))
    for key, attribute in (
        ("exclude", "expression"),
        ("because", "expression"),
        ("by", "expression"),
        ("related", "where"),
    ):
        members = getattr(indicator, key)
        for place, each in enumerate(members):
            expression = getattr(each, attribute)
            if expression is not None and _calculates(expression):
                changed = _changed(each, attribute, Literal(None, expression.kind))
                others = (*members[:place], changed, *members[place + 1 :])
                yield f"{key}.{each.name}", expression, _changed(indicator, key, others)


def _changed(of: _Changed, attribute: str, value: object) -> _Changed:
    changes: dict[str, Any] = {attribute: value}
    return replace(of, **changes)


def _calculates(expression: Expression) -> bool:
    return isinstance(expression, Arithmetic) or any(map(_calculates, children(expression)))


def _rules_too_large(extract: Extract, plan: Plan) -> Iterator[Problem]:
    for source in extract.tables.values():
        table, scan = source.table, Scan(source, source.columns)
        names = Names({None: table}, sql.moment(plan.as_of), sql.null("DATE"))
        for rule in table.rules:
            if {ref.column for ref in column_refs(rule.expression)} <= {*source.columns}:
                holds = compile_expression(rule.expression, names)
                query = sql.select(sql.count_where(holds)).from_(typed_rows(scan))
                if _is_too_large(partial(_run, query, extract)):
                    message = f"rules.{rule.name}: {_MESSAGE}"
                    line = table.lines.get(f"rules.{rule.name}")
                    yield Problem(table.path, message, "number-too-large", line=line, detail=rule.text)


def _run(query: Select, extract: Extract) -> None:
    with open_session(None, extract) as session:
        session.rows(query)
