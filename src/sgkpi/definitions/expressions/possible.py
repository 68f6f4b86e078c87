"""The results that an expression can have when some columns are null and all others are not.

Only whether there is a value is followed, not which: `x is not null and x = 'a'` can be true or false, and
never null. A result found here may be impossible for another reason; one that is not found cannot occur.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import product
from typing import assert_never

from sgkpi.model import expressions as ex
from sgkpi.model.expressions import Expression, Kind, children

MOST_COLUMNS = 10


class Result(StrEnum):
    """The result of an expression: of a condition true, false or null; of anything else a value or null."""

    TRUE = "true"
    FALSE = "false"
    NULL = "null"
    VALUE = "value"


Results = frozenset[Result]
Nulls = Mapping[Expression, bool]
_TRUE, _FALSE, _NULL, _VALUE = (frozenset({result}) for result in Result)
_EITHER = _TRUE | _FALSE


def null_patterns(expressions: Iterable[Expression | None]) -> Iterator[Nulls] | None:
    """Return every combination of null and not null columns in some expressions; None if they are too many."""
    refs = list(dict.fromkeys(ref for each in expressions if each is not None for ref in _refs(each)))
    if len(refs) > MOST_COLUMNS:
        return None
    return (dict(zip(refs, nulls, strict=True)) for nulls in product((False, True), repeat=len(refs)))


def _refs(node: Expression) -> Iterator[Expression]:
    if isinstance(node, ex.ColumnRef | ex.CountRef):
        yield node
    for child in children(node):
        yield from _refs(child)


def results(node: Expression, nulls: Nulls) -> Results:  # noqa: C901 - a case for each node
    """Return the results that an expression can have; a column that `nulls` does not name has a value."""
    match node:
        case ex.Literal(value):
            return _NULL if value is None else _VALUE if not isinstance(value, bool) else _TRUE if value else _FALSE
        case ex.ColumnRef() | ex.CountRef():
            return _NULL if nulls.get(node) else _of_kind(node.kind)
        case ex.IsNull(item):
            found = results(item, nulls)
            return (_TRUE if found >= _NULL else frozenset()) | (_FALSE if found - _NULL else frozenset())
        case ex.Not(item):
            return _not(results(item, nulls))
        case ex.And(items):
            return _all_of([results(item, nulls) for item in items])
        case ex.Or(items):
            return _not(_all_of([_not(results(item, nulls)) for item in items]))
        case ex.Case(branches, otherwise):
            return _of_case(branches, otherwise, nulls)
        case ex.Call(function, arguments):
            return _of_call(function, [results(argument, nulls) for argument in arguments])
        case ex.Compare() | ex.AddInterval():
            return _strict([results(child, nulls) for child in children(node)], _of_kind(node.kind))
        case ex.InList(item, options):
            has_null = any(results(option, nulls) >= _NULL for option in options)  # which may be the value
            return _strict([results(item, nulls)], _EITHER | (_NULL if has_null else frozenset()))
        case ex.Arithmetic(operator, left, right):
            by_zero = operator == "/" and not (isinstance(right, ex.Literal) and right.value)
            found = _strict([results(left, nulls), results(right, nulls)], _VALUE)
            return found | _NULL if by_zero else found
        case ex.AsOf() | ex.ReferenceDay():
            return _VALUE
        case _:
            assert_never(node)


def _of_kind(kind: Kind) -> Results:
    return _EITHER if kind is Kind.BOOLEAN else _VALUE


def _not(found: Results) -> Results:
    opposite = {Result.TRUE: Result.FALSE, Result.FALSE: Result.TRUE}
    return frozenset(opposite.get(result, result) for result in found)


def _all_of(parts: list[Results]) -> Results:
    """Return the results of `and` in three-valued logic, given the results that each part can have."""
    found = _TRUE
    for part in parts:
        pairs = [{one, other} for one in found for other in part]
        found = frozenset(
            next(each for each in (Result.FALSE, Result.NULL, Result.TRUE) if each in pair) for pair in pairs
        )
    return found


def _of_case(branches: Iterable[tuple[Expression, Expression]], otherwise: Expression, nulls: Nulls) -> Results:
    found: Results = frozenset()
    for condition, result in branches:
        holds = results(condition, nulls)
        if holds >= _TRUE:
            found |= results(result, nulls)
        if holds == _TRUE:
            return found
    return found | results(otherwise, nulls)


def _of_call(function: str, arguments: list[Results]) -> Results:
    if function in ("coalesce", "least", "greatest"):
        some = frozenset[Result]().union(*arguments)
        return some if all(each >= _NULL for each in arguments) else some - _NULL
    found = _strict(arguments, _VALUE)
    # Either moment may lack a time of day.
    return found | _NULL if function == "hours_between" else found


def _strict(parts: list[Results], otherwise: Results) -> Results:
    can_be_null = any(part >= _NULL for part in parts)
    has_value = all(part - _NULL for part in parts)
    return (_NULL if can_be_null else frozenset()) | (otherwise if has_value else frozenset())
