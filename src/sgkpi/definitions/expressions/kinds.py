"""The kinds of value in expressions: which functions take them, how they combine, and their names in messages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlglot import exp

from sgkpi.model.expressions import Expression, Kind, Literal

Codes = Mapping[str, tuple[str, ...]]  # each with its spellings
TEXTUAL = frozenset({Kind.TEXT, Kind.CATEGORY})
NUMERIC = frozenset({Kind.INTEGER, Kind.NUMBER})
DATED = frozenset({Kind.DATE, Kind.DATETIME})
TIMED = frozenset({Kind.DATETIME})
BIRTH = frozenset({Kind.MONTH, Kind.DATE})


@dataclass(frozen=True)
class Function:
    """The kinds that each parameter accepts, and the kind of the result (None: that of the argument).

    `parameters` is None for a function of any number of values of one kind.
    """

    usage: str
    parameters: tuple[frozenset[Kind], ...] | None
    gives: Kind | None


FUNCTIONS = {
    "coalesce": Function("coalesce(a, b, …)", None, None),
    "least": Function("least(a, b, …)", None, None),
    "greatest": Function("greatest(a, b, …)", None, None),
    "lower": Function("lower(text)", (TEXTUAL,), Kind.TEXT),
    "upper": Function("upper(text)", (TEXTUAL,), Kind.TEXT),
    "abs": Function("abs(number)", (NUMERIC,), None),
    "date": Function("date(moment)", (DATED,), Kind.DATE),
    "days_between": Function("days_between(from, to)", (DATED, DATED), Kind.INTEGER),
    "hours_between": Function("hours_between(from, to)", (TIMED, TIMED), Kind.NUMBER),
    "working_days_between": Function("working_days_between(from, to)", (DATED, DATED), Kind.INTEGER),
    "age_years": Function("age_years(birth_month, on)", (BIRTH, DATED), Kind.INTEGER),
}
# The names of kinds in messages.
WORDS = {
    Kind.TEXT: "text",
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
    """A checked node, its place in SQL's tree and, for a category column, its codes."""

    node: Expression
    source: exp.Expr
    codes: Codes | None = None

    @property
    def kind(self) -> Kind:
        return self.node.kind


def any_of(kinds: Iterable[Kind]) -> str:
    """Return the names of several kinds, such as `a date or a datetime`."""
    wanted = set(kinds)
    if Kind.NUMBER in wanted:
        wanted.discard(Kind.INTEGER)
    return " or ".join(WORDS[kind] for kind in Kind if kind in wanted)


def common_kind(left: Kind, right: Kind) -> Kind | None:
    """Return the kind that has the values of both; None when there is none. Null goes with every kind."""
    if left == right or right is Kind.NULL:
        return left
    if left is Kind.NULL:
        return right
    for group, wider in ((NUMERIC, Kind.NUMBER), (TEXTUAL, Kind.TEXT)):
        if left in group and right in group:
            return wider
    return None


def coerce_literal(value: Typed, kind: Kind) -> Typed:
    """Convert a literal to the kind that it is compared or combined with; return anything else as it is."""
    node = value.node
    if not isinstance(node, Literal):
        return value
    if kind is Kind.NUMBER and isinstance(node.value, int) and node.kind is Kind.INTEGER:
        return replace(value, node=Literal(Decimal(node.value), Kind.NUMBER))
    if kind is Kind.CATEGORY and node.kind is Kind.TEXT:
        return replace(value, node=Literal(node.value, Kind.CATEGORY))
    return value


def why_not_comparable(left: Kind, right: Kind) -> str:
    """Return why two kinds cannot be compared, and what to write instead."""
    message = f"{WORDS[left]} cannot be compared with {WORDS[right]}"
    pair = {left, right}
    if pair == DATED:
        return f"{message}; use date(…) to get the date of a datetime"
    if pair & DATED and pair & TEXTUAL:
        return f"{message}; write a date as date '2019-02-01'"
    if pair & NUMERIC and pair & TEXTUAL:
        return f"{message}; write numbers without quotes, and text within '…'"
    return message
