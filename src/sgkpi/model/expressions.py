"""The nodes of the expression language: what every engine interprets.

An expression that stands in a loaded definition is well-typed: names are resolved, literals have
the type of what they are compared with, `between` and a simple `case` are already spelled out in
simpler nodes. Engines need to know these nodes only, and nothing of how they were written.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """The types that values have."""

    TEXT = "text"
    CATEGORY = "category"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    MONTH = "month"
    NULL = "null"


class Unit(StrEnum):
    """The units of an interval."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True)
class ColumnRef:
    """A column of the case (`related` is None) or of a related row that is kept."""

    column: str
    kind: Kind
    related: str | None = None


@dataclass(frozen=True)
class CountRef:
    """`name.count` of a related with `keep: count`; an integer, null when `until` or `after` is."""

    related: str
    kind: Kind = Kind.INTEGER


@dataclass(frozen=True)
class AsOf:
    """The as-of time, a datetime with a time of day (flows only)."""

    kind: Kind = Kind.DATETIME


@dataclass(frozen=True)
class ReferenceDay:
    """The reference day, a date (stocks only)."""

    kind: Kind = Kind.DATE


@dataclass(frozen=True)
class Literal:
    """A value that is written out; None is null. Integers are int, numbers Decimal."""

    value: str | int | Decimal | bool | date | None
    kind: Kind


@dataclass(frozen=True)
class Compare:
    """`=`, `<>`, `<`, `<=`, `>`, `>=` on two values of comparable types; null when either is."""

    operator: str
    left: "Expression"
    right: "Expression"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True)
class Arithmetic:
    """`+`, `-`, `*`, `/` on numbers, exact; division by zero is null."""

    operator: str
    left: "Expression"
    right: "Expression"
    kind: Kind


@dataclass(frozen=True)
class AddInterval:
    """A date or datetime moved by so many units (negative: back), clamped to the month's end."""

    moment: "Expression"
    amount: int
    unit: Unit
    kind: Kind


@dataclass(frozen=True)
class And:
    """All hold; three-valued."""

    items: "tuple[Expression, ...]"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True)
class Or:
    """At least one holds; three-valued."""

    items: "tuple[Expression, ...]"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True)
class Not:
    """Does not hold; null stays null."""

    item: "Expression"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True)
class IsNull:
    """Whether a value is missing; never null itself."""

    item: "Expression"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True)
class InList:
    """Whether a value equals one of a list; null as in SQL."""

    item: "Expression"
    options: "tuple[Expression, ...]"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True)
class Case:
    """The result of the first condition that is true, else `otherwise` (a null literal if absent)."""

    branches: "tuple[tuple[Expression, Expression], ...]"
    otherwise: "Expression"
    kind: Kind


@dataclass(frozen=True)
class Call:
    """One of the functions of the language, by its name in small letters."""

    function: str
    arguments: "tuple[Expression, ...]"
    kind: Kind


Expression = (
    ColumnRef
    | CountRef
    | AsOf
    | ReferenceDay
    | Literal
    | Compare
    | Arithmetic
    | AddInterval
    | And
    | Or
    | Not
    | IsNull
    | InList
    | Case
    | Call
)


def children(node: Expression) -> tuple[Expression, ...]:
    """The nodes directly below a node, in the order in which they are written."""
    match node:
        case Compare(_, left, right) | Arithmetic(_, left, right):
            return (left, right)
        case AddInterval(moment):
            return (moment,)
        case And(items) | Or(items):
            return items
        case Not(item) | IsNull(item):
            return (item,)
        case InList(item, options):
            return (item, *options)
        case Case(branches, otherwise):
            return (*(part for branch in branches for part in branch), otherwise)
        case Call(_, arguments):
            return arguments
        case _:
            return ()


def related_names(node: Expression) -> frozenset[str]:
    """Every related that an expression names, by a column of it or by its count."""
    own = {node.related} if isinstance(node, ColumnRef | CountRef) and node.related is not None else set()
    return frozenset(own.union(*(related_names(child) for child in children(node))))


def column_refs(node: Expression) -> frozenset[ColumnRef]:
    """Every column that an expression names."""
    own = {node} if isinstance(node, ColumnRef) else set()
    return frozenset(own.union(*(column_refs(child) for child in children(node))))
