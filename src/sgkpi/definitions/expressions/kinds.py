"""Which kinds of value go together, and how that is said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlglot import exp

from sgkpi.definitions.expressions.functions import DATED, NUMERIC, TEXTUAL
from sgkpi.model.expressions import Expression, Kind, Literal

_WORDS = {
    Kind.TEXT: "a text",
    Kind.CATEGORY: "a category",
    Kind.BOOLEAN: "a condition (true or false)",
    Kind.INTEGER: "a whole number",
    Kind.NUMBER: "a number",
    Kind.DATE: "a date",
    Kind.DATETIME: "a datetime",
    Kind.MONTH: "a month",
    Kind.NULL: "null",
}


@dataclass(frozen=True)
class Typed:
    """A checked node with where it was written and, for a category column, its codes."""

    node: Expression
    source: exp.Expr
    codes: Mapping[str, tuple[str, ...]] | None = None

    @property
    def kind(self) -> Kind:
        return self.node.kind


def words_for(kind: Kind) -> str:
    """A kind as people say it."""
    return _WORDS[kind]


def any_of(kinds: Iterable[Kind]) -> str:
    """`a date or a datetime`."""
    wanted = set(kinds)
    if Kind.NUMBER in wanted:
        wanted.discard(Kind.INTEGER)
    return " or ".join(words_for(kind) for kind in Kind if kind in wanted)


def common_kind(left: Kind, right: Kind) -> Kind | None:
    """The kind that holds the values of both; None when they do not go together. Null goes with all."""
    if left == right or right is Kind.NULL:
        return left
    if left is Kind.NULL:
        return right
    for group, wider in ((NUMERIC, Kind.NUMBER), (TEXTUAL, Kind.TEXT)):
        if left in group and right in group:
            return wider
    return None


def settle(value: Typed, kind: Kind) -> Typed:
    """A literal in the kind of what it stands with; anything else as it is."""
    node = value.node
    if not isinstance(node, Literal):
        return value
    if kind is Kind.NUMBER and isinstance(node.value, int) and node.kind is Kind.INTEGER:
        return replace(value, node=Literal(Decimal(node.value), Kind.NUMBER))
    if kind is Kind.CATEGORY and node.kind is Kind.TEXT:
        return replace(value, node=Literal(node.value, Kind.CATEGORY))
    return value


def why_apart(left: Kind, right: Kind) -> str:
    """Why two kinds cannot be compared, and what to write instead."""
    message = f"{words_for(left)} cannot be compared with {words_for(right)}"
    pair = {left, right}
    if pair == DATED:
        return f"{message}; date(…) gives the date of a datetime"
    if pair & DATED and pair & TEXTUAL:
        return f"{message}; a date is written as date '2019-02-01'"
    if pair & NUMERIC and pair & TEXTUAL:
        return f"{message}; numbers stand without quotes, texts within '…'"
    return message
