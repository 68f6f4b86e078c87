"""Parse a text into a checked expression: tokenize it, apply SQL's grammar, then check names and types."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.errors import ErrorLevel, ParseError
from sqlglot.parser import Parser
from sqlglot.tokenizer_core import Token, TokenType

from sgkpi.definitions.expressions.check import Checker
from sgkpi.definitions.expressions.faults import ExpressionFault, combine
from sgkpi.definitions.expressions.scope import Scope, SharedCondition
from sgkpi.definitions.expressions.tokens import tokenize
from sgkpi.model.expressions import Expression, Kind

CONDITION = frozenset({Kind.BOOLEAN})
_NESTED = "a shared condition cannot use another; write it out"


class _Grammar(Parser):
    """sqlglot's grammar of scalar expressions, without its several hundred functions."""

    FUNCTIONS: ClassVar[dict[str, Callable[..., Any]]] = {}
    FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {}
    NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {}
    NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
        "CASE": Parser.NO_PAREN_FUNCTION_PARSERS["CASE"]
    }


def parse_expression(text: str, scope: Scope, *, expect: frozenset[Kind] | None = None, depth: int = 0) -> Expression:
    """Parse an expression, resolve its names and check its types.

    `expect` are the kinds that its value may have; null passes for any. `depth` is that of a shared condition in the
    expression that uses it. Raises no other error than ExpressionFault, with every fault that does not follow from
    another.
    """
    whole = (0, max(1, len(text)))
    try:
        tokens, faults = tokenize(text, scope.knows)
        checker = Checker(scope, whole, _parse_shared, depth)
        if faults:
            raise combine([*faults, *_further_faults(text, tokens, checker)])
        return checker.check(_parse(text, tokens), expect)
    except RecursionError:
        raise ExpressionFault("the expression is nested too deeply", whole, "expression-syntax") from None


def _parse_shared(condition: SharedCondition, scope: Scope, depth: int) -> Expression:
    return parse_expression(condition.text, replace(scope, conditions=None), expect=CONDITION, depth=depth)


def check_grammar(text: str) -> None:
    """Check the grammar of a shared condition; names and types depend on where it is used. Raises ExpressionFault."""
    tokens, faults = tokenize(text, lambda _: True)
    faults += [
        ExpressionFault(_NESTED, (name.start, name.end + 1), "expression-syntax")
        for sign, name in pairwise(tokens)
        if sign.token_type is TokenType.PARAMETER
    ]
    if faults:
        raise combine(faults)
    _parse(text, tokens)


def shared_names(text: str) -> frozenset[str]:
    """Return the names of the shared conditions that an expression uses; none if it is not an expression."""
    if "$" not in text:
        return frozenset()
    found = pairwise(_tokens_of(text))
    return frozenset(name.text for sign, name in found if sign.token_type is TokenType.PARAMETER)


def case_names(text: str) -> frozenset[str]:
    """Return the names of the columns of the case in an expression, its as-of time or reference day included."""
    tokens = _tokens_of(text)
    dots = (place for place, token in enumerate(tokens) if token.token_type is TokenType.DOT)
    joined = {place + step for place in dots for step in (-1, 1)}
    return frozenset(
        token.text
        for place, token in enumerate(tokens)
        if token.token_type is TokenType.IDENTIFIER and place not in joined
    )


def _tokens_of(text: str) -> list[Token]:
    try:
        return tokenize(text, lambda _: True)[0]
    except ExpressionFault:
        return []


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
