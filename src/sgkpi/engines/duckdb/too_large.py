"""Which expression gives a number that is too large: found by computing again without one after the other."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from sgkpi.definitions.wording import in_words
from sgkpi.engines.duckdb.ingest import Scan, typed_rows
from sgkpi.engines.duckdb.judge_expressions import Names, compile_expression
from sgkpi.engines.duckdb.session import NumberTooLargeError, open_session
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Select
from sgkpi.extracts.extract import Extract
from sgkpi.model.expressions import Arithmetic, Expression, Literal, children, column_refs
from sgkpi.model.indicator import Breakdown, Indicator, Related
from sgkpi.model.problems import Problem
from sgkpi.model.table import Named
from sgkpi.planning.plan import Plan

_MESSAGE = "with the numbers of this extract, this is too large to be computed exactly"
# A key of a definition, its expression, and the definition with null in its place.
_Changed = TypeVar("_Changed", Indicator, Named, Breakdown, Related)
_Part = tuple[str, Expression, Indicator]


def find_too_large(plan: Plan, extract: Extract, compute: Callable[[Plan], object]) -> Iterator[Problem]:
    """Yield a problem for each expression of a plan that gives too large a number; else those of tables' rules."""

    def fails(one: Plan) -> bool:
        return _is_too_large(lambda: compute(one))

    failing = [each for each in plan.indicators if fails(replace(plan, indicators=(each,)))]
    for each in failing:
        parts = list(_parts(each.indicator))
        without = ((part, replace(each, indicator=part[2], breakdowns=part[2].by)) for part in parts)
        guilty = [part for part, changed in without if not fails(replace(plan, indicators=(changed,)))]
        for key, expression, _ in guilty or parts:
            indicator = each.indicator
            message = f"{key}: {_MESSAGE}"
            line = indicator.lines.get(key) or indicator.lines.get(key.partition(".")[0])
            yield Problem(indicator.path, message, "number-too-large", line=line, detail=in_words(expression))
    if not failing:
        yield from _rules_too_large(extract, plan)


def _is_too_large(run: Callable[[], object]) -> bool:
    try:
        run()
    except NumberTooLargeError:
        return True
    return False


def _parts(indicator: Indicator) -> Iterator[_Part]:
    """Yield every expression that calculates, and the value."""
    for key in ("population", "not_due", "met", "value", "per"):
        expression = getattr(indicator, key)
        if expression is not None and (key in ("value", "per") or _calculates(expression)):
            yield key, expression, _changed(indicator, key, _null(expression))
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
                changed = _changed(each, attribute, _null(expression))
                others = (*members[:place], changed, *members[place + 1 :])
                yield f"{key}.{each.name}", expression, _changed(indicator, key, others)


def _null(expression: Expression) -> Literal:
    return Literal(None, expression.kind)


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

                def run(query: Select = query) -> Iterable[object]:
                    with open_session(None, extract) as session:
                        return session.rows(query)

                if _is_too_large(run):
                    message = f"rules.{rule.name}: {_MESSAGE}"
                    line = table.lines.get(f"rules.{rule.name}")
                    yield Problem(table.path, message, "number-too-large", line=line, detail=rule.text)
