"""The nodes of the expression language, which every engine interprets.

Expressions in a loaded definition are well-typed: names are resolved, literals have the type of what they are
compared with, and `between` and the simple `case` are already written in simpler nodes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import assert_never


class Kind(StrEnum):
    """The types of values."""

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
    WORKING_DAYS = "working days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True)
class ColumnRef:
    """A column of the case (`related` is None) or of a related row that is kept.

    For people: the label of the column, that of the related row, and those of the column's codes.
    """

    column: str
    kind: Kind
    related: str | None = None
    label: str = field(default="", compare=False, repr=False)
    related_label: str = field(default="", compare=False, repr=False)
    code_labels: Mapping[str, str] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class CountRef:
    """`name.count` of related rows with `keep: count`; an integer, null when one of their bounds is."""

    related: str
    kind: Kind = Kind.INTEGER
    related_label: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True)
class AsOf:
    """The as-of time, a datetime with a time of day (flows only)."""

    kind: Kind = Kind.DATETIME


@dataclass(frozen=True)
class ReferenceDay:
    """The reference day, a date (stocks only)."""

    kind: Kind = Kind.DATE


@dataclass(frozen=True)
class DueRef:
    """`due`: the due day of the definition's clock (a date) or its due moment (a datetime).

    Null where it cannot be worked out, as without a start or, on a clock in hours, without its time of day.
    """

    kind: Kind


@dataclass(frozen=True)
class Literal:
    """A literal value; None is null. Integers are int, numbers Decimal."""

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
class Listed:
    """A text that is one of some values, else null: an unlisted code could be any of them."""

    item: "Expression"
    values: tuple[str, ...]
    kind: Kind


@dataclass(frozen=True)
class Arithmetic:
    """`+`, `-`, `*`, `/` on numbers, exact; division by zero is null."""

    operator: str
    left: "Expression"
    right: "Expression"
    kind: Kind


@dataclass(frozen=True)
class AddInterval:
    """A date or datetime plus an amount of units (negative: minus), clamped to the month's end.

    Working days are added to dates alone: the Nth working day after or before, and with 0 the date itself.
    """

    moment: "Expression"
    amount: int
    unit: Unit
    kind: Kind


@dataclass(frozen=True)
class And:
    """Whether all items are true; three-valued."""

    items: "tuple[Expression, ...]"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True)
class Or:
    """Whether at least one item is true; three-valued."""

    items: "tuple[Expression, ...]"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True)
class Not:
    """Whether the item is false; null stays null."""

    item: "Expression"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True)
class IsNull:
    """Whether a value is null; never null itself."""

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
    """The result of the first condition that is true, else `otherwise` (a null literal without `else`)."""

    branches: "tuple[tuple[Expression, Expression], ...]"
    otherwise: "Expression"
    kind: Kind


@dataclass(frozen=True)
class Call:
    """A call of a function, whose name is in lower case."""

    function: str
    arguments: "tuple[Expression, ...]"
    kind: Kind


Expression = (
    ColumnRef
    | CountRef
    | AsOf
    | ReferenceDay
    | DueRef
    | Literal
    | Compare
    | Listed
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
    """Return the nodes directly below a node, in the order in which they are written."""
    match node:
        case Compare(_, left, right) | Arithmetic(_, left, right):
            return (left, right)
        case AddInterval(moment):
            return (moment,)
        case And(items) | Or(items):
            return items
        case Not(item) | IsNull(item) | Listed(item):
            return (item,)
        case InList(item, options):
            return (item, *options)
        case Case(branches, otherwise):
            return (*(part for branch in branches for part in branch), otherwise)
        case Call(_, arguments):
            return arguments
        case ColumnRef() | CountRef() | AsOf() | ReferenceDay() | DueRef() | Literal():
            return ()
        case _:
            assert_never(node)


Branch = tuple[Expression, Expression]


def with_unlisted(branches: Iterable[Branch], kind: Kind) -> Iterator[Branch]:
    """Yield the branches of `case x when`, with null for an unlisted code of x: it could be any of the codes."""
    done = False
    for condition, result in branches:
        if not done and isinstance(condition, Compare) and isinstance(condition.left, Listed):
            done = True
            yield And((IsNull(condition.left), Not(IsNull(condition.left.item)))), Literal(None, kind)
        yield condition, result


def asks_unlisted(node: Expression) -> bool:
    """Whether a condition is the one that `with_unlisted` adds."""
    return isinstance(node, And) and isinstance(node.items[0], IsNull) and isinstance(node.items[0].item, Listed)


def nodes(node: Expression) -> list[Expression]:
    """Return a node with all those below it."""
    found = [node]
    for each in found:
        found += children(each)
    return found


def related_names(node: Expression) -> frozenset[str]:
    """Return the names of all related rows that an expression uses, by a column or their count."""
    named = (each.related for each in nodes(node) if isinstance(each, ColumnRef | CountRef))
    return frozenset(name for name in named if name is not None)


def working_day_intervals(node: Expression) -> frozenset[int]:
    """Return how many working days an expression adds to dates (negative: takes off them)."""
    added = (each for each in nodes(node) if isinstance(each, AddInterval))
    return frozenset(each.amount for each in added if each.unit is Unit.WORKING_DAYS)


def counts_working_days(node: Expression) -> bool:
    """Whether the value of an expression depends on which days are working days."""
    between = (isinstance(each, Call) and each.function == "working_days_between" for each in nodes(node))
    return bool(working_day_intervals(node)) or any(between)


def names_due(node: Expression) -> bool:
    """Whether an expression names `due`."""
    return any(isinstance(each, DueRef) for each in nodes(node))


def names_reference_day(node: Expression) -> bool:
    """Whether an expression names `reference_day`."""
    return any(isinstance(each, ReferenceDay) for each in nodes(node))


def column_refs(node: Expression) -> frozenset[ColumnRef]:
    """Return every column that an expression names."""
    return frozenset(each for each in nodes(node) if isinstance(each, ColumnRef))
