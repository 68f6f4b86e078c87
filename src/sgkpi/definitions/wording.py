"""Expressions in plain English, for people who read definitions and do not write them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import assert_never

from sgkpi.model import expressions as ex
from sgkpi.model.expressions import Expression, Kind
from sgkpi.model.indicator import JOINT, Breakdown, Related
from sgkpi.model.outcomes import Outcome, Unknown
from sgkpi.model.periods import Month
from sgkpi.model.table import Column, Table

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_NUMBERS = {
    "=": "is",
    "<>": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
}
_DATES = {
    "=": "is",
    "<>": "is not",
    "<": "is before",
    "<=": "is on or before",
    ">": "is after",
    ">=": "is on or after",
}
_MOMENTS = {**_DATES, "<=": "is not after", ">=": "is not before"}
_ARITHMETIC = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}
_CALLS = {
    "lower": "{0} in lower case",
    "upper": "{0} in upper case",
    "abs": "the absolute value of {0}",
    "date": "the date of {0}",
    "days_between": "the number of days from {0} to {1}",
    "hours_between": "the number of hours from {0} to {1}",
    "working_days_between": "the number of working days from {0} to {1}",
    "age_years": "the age in whole years on {1} of someone born in {0}",
}


_NOT_KNOWN = (Unknown.POPULATION, Unknown.MET, Unknown.VALUE)


def words(name: str) -> str:
    """Return a name as words: `received at` for `received_at`."""
    return name.replace("_", " ")


def reason_in_words(outcome: Outcome, reason: str | None) -> str:
    """Return the reason of an outcome as words: `no plan`, or `met not known` of an unknown case."""
    not_known = outcome is Outcome.UNKNOWN and reason in _NOT_KNOWN
    return words(reason or "") + (" not known" if not_known else "")


def quoted(column: str) -> str:
    """Return a column's name as words, in quotation marks."""
    return f"“{words(column)}”"


def name_of(named: Table | Column | Related | Breakdown) -> str:
    """Return the label, or the name as words."""
    return named.label or words(named.name)


def column_name(table: Table, name: str | None) -> str:
    """Return a table's column by its label, or its name as words, in quotation marks."""
    found = table.columns.get(name or "")
    return f"“{name_of(found)}”" if found else quoted(name or "")


def category_name(breakdown: Breakdown, category: str) -> str:
    """Return a category as people read it: a code by its label, or as words; any other value as it is recorded."""
    each = category.split(JOINT)
    if breakdown.parts and len(each) == len(breakdown.parts):
        return JOINT.join(category_name(part, text) for part, text in zip(breakdown.parts, each, strict=True))
    return code_name(breakdown, category)


def code_name(named: Column | Breakdown, value: str) -> str:
    """Return a code of a column or breakdown by its label, or as words; any other value as it is recorded."""
    return named.labels.get(value) or (words(value) if value in (named.codes or ()) else value)


def either(items: Iterable[str]) -> str:
    """Return `a, b or c`."""
    return _joined(list(items), "or")


def both(items: Iterable[str]) -> str:
    """Return `a, b and c`."""
    return _joined(list(items), "and")


def name_of_month(day: date) -> str:
    """Return the English name of a day's month, such as `February`, in every locale."""
    return _MONTHS[day.month - 1]


def long_date(day: date) -> str:
    """Return a date such as `1 February 2019`."""
    return f"{day.day} {name_of_month(day)} {day.year}"


def long_month(month: Month) -> str:
    """Return a month such as `February 2019`."""
    return f"{name_of_month(month.first_day)} {month.year}"


def in_words(node: Expression, labels: Mapping[str, str] | None = None) -> str:  # noqa: C901, PLR0911, PLR0912 - a case for each node
    """Return an expression in plain English; `labels` are those of the codes that it may be one of."""
    match node:
        case ex.Compare(operator, left, right):
            return f" {_relation(operator, left, right)} ".join(_ends(left, right))
        case ex.Listed(item):
            return in_words(item)
        case ex.And(items):
            return both(_grouped(item) for item in items)
        case ex.Or(items):
            return either(_grouped(item) for item in items)
        case ex.Not(item):
            return _negated(item)
        case ex.IsNull(item):
            return f"{part_in_words(item)} is not recorded"
        case ex.InList(item, options):
            return f"{part_in_words(item)} is {either(part_in_words(option, _labels(item)) for option in options)}"
        case ex.Case(branches, otherwise):
            chosen = [
                f"{part_in_words(result)} if {condition_in_words(condition)}" for condition, result in _asked(branches)
            ]
            return f"{', '.join(chosen)}, and otherwise {part_in_words(otherwise)}"
        case ex.ColumnRef(column, _, related):
            name = f"“{node.label or words(column)}”"
            return f"{name} of the {node.related_label or words(related)}" if related else name
        case ex.CountRef(related):
            return f"the number of {node.related_label or words(related)}"
        case ex.AsOf():
            return "the as-of time"
        case ex.ReferenceDay():
            return "the reference day"
        case ex.DueRef(kind):
            return "the due day" if kind is Kind.DATE else "the due moment"
        case ex.Literal(value):
            return _literal(
                value if labels is None or not isinstance(value, str) else labels.get(value) or words(value)
            )
        case ex.Arithmetic(operator, left, right):
            return f" {_ARITHMETIC[operator]} ".join(_term(end, operator) for end in (left, right))
        case ex.AddInterval(moment, amount, unit):
            name = unit.value if abs(amount) != 1 else unit.value.removesuffix("s")
            return f"{abs(amount)} {name} {'after' if amount >= 0 else 'before'} {part_in_words(moment)}"
        case ex.Call(function, arguments):
            return _call(function, [part_in_words(argument) for argument in arguments], node.kind)
        case _:
            assert_never(node)


def _labels(node: Expression) -> Mapping[str, str] | None:
    """Return the labels for literals compared with this expression; None if it has no codes."""
    item = node.item if isinstance(node, ex.Listed) else node
    return (item.code_labels or {}) if isinstance(item, ex.ColumnRef) and item.kind is Kind.CATEGORY else None


def condition_in_words(node: Expression) -> str:
    """Return a condition in plain English; a boolean column alone reads `suitable is yes`."""
    if isinstance(node, ex.ColumnRef):
        return f"{in_words(node)} is yes"
    if isinstance(node, ex.Literal):
        return {True: "always", False: "never"}.get(bool(node.value), "never")
    return in_words(node)


def choice_in_words(node: Expression) -> str:
    """Return an expression as the end of a sentence; a `case` has each condition before its result."""
    if not isinstance(node, ex.Case):
        return in_words(node)
    choices = [
        f"if {condition_in_words(condition)}, {part_in_words(result)}" for condition, result in _asked(node.branches)
    ]
    has_none = isinstance(node.otherwise, ex.Literal) and node.otherwise.value is None
    return f"{'; '.join(choices)}; otherwise, {'there is none' if has_none else part_in_words(node.otherwise)}"


def _asked(branches: Iterable[tuple[Expression, Expression]]) -> Iterator[tuple[Expression, Expression]]:
    """Yield the branches of a `case` that its author wrote."""
    return (branch for branch in branches if not ex.asks_unlisted(branch[0]))


def part_in_words(node: Expression, labels: Mapping[str, str] | None = None) -> str:
    """Return a part of an expression; a `case` in brackets, and without its `else` where that is null."""
    text = in_words(node, labels)
    return f"({text.removesuffix(', and otherwise nothing')})" if isinstance(node, ex.Case) else text


def _ends(left: Expression, right: Expression) -> list[str]:
    """Return both sides of a comparison."""
    return [part_in_words(end, _labels(other)) for end, other in ((left, right), (right, left))]


def _term(node: Expression, operator: str) -> str:
    """Return a part of a calculation; a list or another calculation in brackets, unless both only add or multiply."""
    is_list = isinstance(node, ex.Call) and node.function in ("least", "greatest")
    is_alike = isinstance(node, ex.Arithmetic) and node.operator == operator and operator in "+*"
    in_brackets = is_list or (isinstance(node, ex.Arithmetic) and not is_alike)
    return f"({in_words(node)})" if in_brackets else part_in_words(node)


def _call(function: str, arguments: list[str], kind: Kind) -> str:
    if function == "coalesce":
        first, *others = arguments
        return f"{first} (or, if that is not recorded, {', then '.join(others)})" if others else first
    if function in ("least", "greatest") and kind in (Kind.DATE, Kind.DATETIME):
        return f"the {'earliest' if function == 'least' else 'latest'} of {both(arguments)}"
    if function in ("least", "greatest"):
        return f"the {function} of {both(arguments)}"
    return _CALLS[function].format(*arguments)


def _literal(value: str | int | Decimal | bool | date | None) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return long_date(value)
    return f"'{value}'" if isinstance(value, str) else str(value)


def _relation(operator: str, left: Expression, right: Expression) -> str:
    kinds = {left.kind, right.kind}
    if Kind.DATETIME in kinds:
        return _MOMENTS[operator]
    return (_DATES if kinds & {Kind.DATE, Kind.MONTH} else _NUMBERS)[operator]


def _negated(item: Expression) -> str:
    match item:
        case ex.IsNull(value):
            return f"{part_in_words(value)} is recorded"
        case ex.InList(value, options):
            return (
                f"{part_in_words(value)} is not {either(part_in_words(option, _labels(value)) for option in options)}"
            )
        case ex.Compare(operator, left, right):
            relation = _relation(operator, left, right).removeprefix("is")
            opposite = relation.removeprefix(" not") if relation.startswith(" not") else f" not{relation}"
            return f" is{opposite} ".join(_ends(left, right))
        case ex.ColumnRef():
            return f"{in_words(item)} is no"
        case _:
            return f"not ({in_words(item)})"


def _grouped(item: Expression) -> str:
    text = condition_in_words(item)
    return f"({text})" if isinstance(item, ex.And | ex.Or | ex.Case) else text


def _joined(items: list[str], word: str) -> str:
    *rest, last = items
    return f"{', '.join(rest)} {word} {last}" if rest else last
