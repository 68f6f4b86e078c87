"""The expression language, interpreted: three-valued logic, exact numbers."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sgkpi.judge.clocks import add_interval, hours_between
from sgkpi.judge.values import Known, Moment, Value, comparable, day_of
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.expressions import (
    AddInterval,
    And,
    Arithmetic,
    AsOf,
    Call,
    Case,
    ColumnRef,
    Compare,
    CountRef,
    Expression,
    InList,
    IsNull,
    Literal,
    Not,
    Or,
    ReferenceDay,
    Unit,
)
from sgkpi.model.periods import Month

Values = Mapping[str, Value]


@dataclass(frozen=True)
class Environment:
    """The values of the names in an expression.

    `row` holds the columns that are named without a prefix. `related` holds, by name, the row that
    is kept (None: there is none); `counts` the number of a related with `keep: count`.
    """

    row: Values
    as_of: datetime
    reference_day: date | None
    working_days: WorkingDays
    related: Mapping[str, Values | None] = field(default_factory=dict)
    counts: Mapping[str, int | None] = field(default_factory=dict)


def evaluate(expression: Expression, environment: Environment) -> Value:
    """The value of an expression; None is null, and of a condition neither true nor false."""
    match expression:
        case Literal(value):
            return Fraction(value) if isinstance(value, Decimal) else value
        case ColumnRef() | CountRef() | AsOf() | ReferenceDay():
            return _look_up(expression, environment)
        case And() | Or() | Not() | IsNull() | InList() | Compare():
            return _evaluate_condition(expression, environment)
        case Case(branches, otherwise):
            results = (result for condition, result in branches if evaluate(condition, environment) is True)
            return evaluate(next(results, otherwise), environment)
        case Arithmetic(symbol, left, right):
            return _calculate(symbol, evaluate(left, environment), evaluate(right, environment))
        case AddInterval(moment, amount, unit):
            return _add_interval(evaluate(moment, environment), amount, unit)
        case Call(function, arguments):
            values = [evaluate(argument, environment) for argument in arguments]
            return FUNCTIONS[function](environment, *values)


def is_true(expression: Expression | None, environment: Environment) -> bool:
    """Whether a condition is true: neither false nor null, nor absent."""
    return expression is not None and evaluate(expression, environment) is True


def _look_up(name: ColumnRef | CountRef | AsOf | ReferenceDay, environment: Environment) -> Value:
    match name:
        case ColumnRef(column, _, related):
            row = environment.row if related is None else environment.related[related]
            return None if row is None else row.get(column)
        case CountRef(related):
            return environment.counts[related]
        case AsOf():
            return Moment(environment.as_of)
        case ReferenceDay():
            return environment.reference_day


Condition = And | Or | Not | IsNull | InList | Compare


def _evaluate_condition(condition: Condition, environment: Environment) -> bool | None:
    match condition:
        case And(items):
            return _all([evaluate(item, environment) for item in items])
        case Or(items):
            return _not(_all([_not(evaluate(item, environment)) for item in items]))
        case Not(item):
            return _not(evaluate(item, environment))
        case IsNull(item):
            return evaluate(item, environment) is None
        case InList(item, options):
            value = evaluate(item, environment)
            return _not(_all([_compare("<>", value, evaluate(option, environment)) for option in options]))
        case Compare(symbol, left, right):
            return _compare(symbol, evaluate(left, environment), evaluate(right, environment))


def _all(truths: list[Value]) -> bool | None:
    """False if one is false, else null if one is null, else true."""
    if any(truth is False for truth in truths):
        return False
    return None if any(truth is None for truth in truths) else True


def _not(truth: Value) -> bool | None:
    return None if truth is None else not truth


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compare(symbol: str, left: Value, right: Value) -> bool | None:
    if left is None or right is None:
        return None
    return _COMPARISONS[symbol](comparable(left), comparable(right))


def _calculate(symbol: str, left: Value, right: Value) -> int | Fraction | None:
    if left is None or right is None:
        return None
    first, second = _number(left), _number(right)
    match symbol:
        case "+":
            return first + second
        case "-":
            return first - second
        case "*":
            return first * second
        case "/":
            return Fraction(first) / Fraction(second) if second else None
        case _:
            raise ValueError(f"no arithmetic operator '{symbol}'")


def _number(value: Value) -> int | Fraction:
    if isinstance(value, int | Fraction):
        return value
    raise TypeError(f"{value!r} is no number")


def _add_interval(moment: Value, amount: int, unit: Unit) -> Value:
    if not isinstance(moment, date | Moment):
        return None
    match unit:
        case Unit.DAYS:
            return add_interval(moment, days=amount)
        case Unit.WEEKS:
            return add_interval(moment, days=7 * amount)
        case Unit.MONTHS:
            return add_interval(moment, months=amount)
        case Unit.YEARS:
            return add_interval(moment, months=12 * amount)


def _known(values: tuple[Value, ...]) -> list[Known]:
    return [value for value in values if value is not None]


# Letter by letter, as SQL does it: one letter never becomes two.
_UPPER = {"ß": "ẞ"}
_LOWER = {"İ": "i"}


def _letter_by_letter(text: Value, change: Callable[[str], str]) -> str | None:
    if not isinstance(text, str):
        return None
    changed = ((letter, change(letter)) for letter in text)
    return "".join(new if len(new) == 1 else old for old, new in changed)


def _days_between(_: Environment, first: Value, last: Value) -> int | None:
    start, end = day_of(first), day_of(last)
    return None if start is None or end is None else (end - start).days


def _working_days_between(environment: Environment, first: Value, last: Value) -> int | None:
    start, end = day_of(first), day_of(last)
    return None if start is None or end is None else environment.working_days.between(start, end)


def _age_years(_: Environment, born: Value, on: Value) -> int | None:
    """Completed years from the first of the birth month: whole months, divided and rounded down."""
    day = day_of(on)
    month = born if isinstance(born, Month) else day_of(born)
    if day is None or month is None:
        return None
    return (Month.of(day).index - Month(month.year, month.month).index) // 12


def _abs(_: Environment, number: Value) -> int | Fraction | None:
    return None if number is None else max(_number(number), -_number(number))


# The functions of the language: each is given the environment and its arguments.
FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "coalesce": lambda _, *values: next(iter(_known(values)), None),
    "least": lambda _, *values: min(_known(values), key=comparable, default=None),
    "greatest": lambda _, *values: max(_known(values), key=comparable, default=None),
    "lower": lambda _, text: _letter_by_letter(text, lambda letter: _LOWER.get(letter, letter.lower())),
    "upper": lambda _, text: _letter_by_letter(text, lambda letter: _UPPER.get(letter, letter.upper())),
    "abs": _abs,
    "date": lambda _, moment: day_of(moment),
    "days_between": _days_between,
    "hours_between": lambda _, first, last: hours_between(first, last),
    "working_days_between": _working_days_between,
    "age_years": _age_years,
}
