"""Parse a text into a checked expression: tokenize it, apply SQL's grammar, then check names and types."""

from collections.abc import Callable
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.errors import ErrorLevel, ParseError
from sqlglot.parser import Parser
from sqlglot.tokenizer_core import Token

from sgkpi.definitions.expressions.check import Checker
from sgkpi.definitions.expressions.faults import ExpressionFault, combine
from sgkpi.definitions.expressions.scope import Scope
from sgkpi.definitions.expressions.tokens import tokenize
from sgkpi.model.expressions import Expression, Kind

CONDITION = frozenset({Kind.BOOLEAN})


class _Grammar(Parser):
    """sqlglot's grammar of scalar expressions, without its several hundred functions."""

    FUNCTIONS: ClassVar[dict[str, Callable[..., Any]]] = {}
    FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {}
    NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {}
    NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
        "CASE": Parser.NO_PAREN_FUNCTION_PARSERS["CASE"]
    }


def parse_expression(text: str, scope: Scope, *, expect: frozenset[Kind] | None = None) -> Expression:
    """Parse an expression, resolve its names and check its types.

    `expect` are the kinds that its value may have; null passes for any. Raises no other error than ExpressionFault,
    with every fault that does not follow from another.
    """
    whole = (0, max(1, len(text)))
    try:
        tokens, faults = tokenize(text, scope.knows)
        checker = Checker(scope, whole)
        if faults:
            raise combine([*faults, *_further_faults(text, tokens, checker)])
        return checker.check(_parse(text, tokens), expect)
    except RecursionError:
        raise ExpressionFault("the expression is nested too deeply", whole, "expression-syntax") from None


def _further_faults(text: str, tokens: list[Token], checker: Checker) -> tuple[ExpressionFault, ...]:
    """Return the faults of names and types beside faulty tokens, from which a fault of grammar may only follow."""
    try:
        checker.check(_parse(text, tokens), None)
    except ExpressionFault as fault:
        return fault.every if fault.code != "expression-syntax" else ()
    return ()


def _parse(text: str, tokens: list[Token]) -> exp.Expr:
    try:
        trees = _Grammar(error_level=ErrorLevel.IMMEDIATE).parse_into(exp.Condition, tokens, text)
    except ParseError as error:
        raise _syntax_fault(tokens, error) from None
    if len(trees) == 1 and trees[0] is not None:
        return trees[0]
    raise ExpressionFault("the expression is not complete", (0, len(text)), "expression-syntax")


def _syntax_fault(tokens: list[Token], error: ParseError) -> ExpressionFault:
    """Return a fault at the token where sqlglot stopped; its own messages name its classes."""
    column = error.errors[0].get("col") if error.errors else None
    found = next((token for token in tokens if token.col == column), tokens[-1])
    span = (found.start, found.end + 1)
    unexpected = any("Unexpected" in str(fault.get("description")) for fault in error.errors)
    missing = "; something is missing after it" if found is tokens[-1] and not unexpected else ""
    return ExpressionFault(f"syntax error at '{found.text}'{missing}", span, "expression-syntax")
