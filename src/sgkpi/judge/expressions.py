"""The expression language, interpreted: three-valued logic, exact numbers."""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, assert_never

from sgkpi.judge.clocks import add_elapsed, add_interval, add_limit, hours_between, instant
from sgkpi.judge.values import Known, Moment, Value, comparable, day_of, has_time
from sgkpi.model import expressions as ex
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.indicator import Clock
from sgkpi.model.periods import Month
from sgkpi.model.units import LimitUnit

Values = Mapping[str, Value]


@dataclass(frozen=True)
class Environment:
    """The values of the names in an expression.

    `row` holds the columns that are named without a prefix. `related` holds, by name, the row that
    is kept (None: there is none); `counts` the number of a related with `keep: count`. `clock` is the one behind `due`.
    """

    row: Values
    as_of: datetime
    reference_day: date | None
    working_days: WorkingDays
    related: Mapping[str, Values | None] = field(default_factory=dict)
    counts: Mapping[str, int | None] = field(default_factory=dict)
    clock: Clock | None = None


_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda dividend, divisor: Fraction(dividend) / divisor if divisor else None,
}


def evaluate(expression: ex.Expression, environment: Environment) -> Value:  # noqa: C901, PLR0911, PLR0912 (one case a node)
    """Return the value of an expression; None is null, and of a condition neither true nor false."""
    of = partial(evaluate, environment=environment)
    match expression:
        case ex.Literal(literal):
            return Fraction(literal) if isinstance(literal, Decimal) else literal
        case ex.ColumnRef(column, _, related):
            row = environment.row if related is None else environment.related[related]
            return None if row is None else row.get(column)
        case ex.CountRef(related):
            return environment.counts[related]
        case ex.AsOf():
            return Moment(environment.as_of)
        case ex.ReferenceDay():
            return environment.reference_day
        case ex.DueRef():
            return _known_due(environment)
        case ex.And(items):
            return _all(map(of, items))
        case ex.Or(items):
            return _not(_all(_not(of(item)) for item in items))
        case ex.Not(item):
            return _not(of(item))
        case ex.IsNull(item):
            return of(item) is None
        case ex.InList(item, options):
            value = of(item)
            return _not(_all(_operate("<>", value, of(option)) for option in options))
        case ex.Listed(item, values):
            value = of(item)
            return value if value in values else None
        case ex.Compare(symbol, left, right) | ex.Arithmetic(symbol, left, right):
            return _operate(symbol, of(left), of(right))
        case ex.Case(branches, otherwise):
            return of(next((result for condition, result in branches if of(condition) is True), otherwise))
        case ex.AddInterval(moment, amount, unit):
            value = of(moment)
            if not isinstance(value, date | Moment):
                return None
            return add_interval(value, amount, unit, environment.working_days)
        case ex.Call(function, arguments):
            return FUNCTIONS[function](environment, *map(of, arguments))
        case _:
            assert_never(expression)


def evaluate_moment(expression: ex.Expression | None, environment: Environment) -> date | Moment | None:
    """Return the date or moment that an expression gives; None for null, and without an expression."""
    value = None if expression is None else evaluate(expression, environment)
    return value if isinstance(value, date | Moment) else None


def due_of(clock: Clock, environment: Environment) -> date | Moment | None:
    """Return the day or moment at which a clock runs out.

    On a clock in hours whose start has no time of day, the moment has none either.
    """
    start, limit = evaluate_moment(clock.start, environment), clock.limit
    if limit is None:
        return evaluate_moment(clock.due, environment)
    if start is None:
        return None
    ends = add_limit(start, limit, environment.working_days)
    if limit.unit is not LimitUnit.HOURS:
        return day_of(ends)
    if not (isinstance(start, Moment) and isinstance(ends, Moment)):
        return ends
    # Elapsed hours may lead to the first of two hours with the same name.
    return replace(ends, summer=instant(ends) > add_elapsed(instant(start), limit.amount))


def _known_due(environment: Environment) -> date | Moment | None:
    """Return the value of `due`: null if its clock counts hours from a start without a time of day."""
    if environment.clock is None:
        raise ValueError("'due' is named without a clock")
    due, limit = due_of(environment.clock, environment), environment.clock.limit
    return due if limit is None or limit.unit is not LimitUnit.HOURS or has_time(due) else None


def _all(truths: Iterable[Value]) -> bool | None:
    """Return False if one is false, else null if one is null, else true."""
    found = list(truths)
    if any(truth is False for truth in found):
        return False
    return None if any(truth is None for truth in found) else True


def _not(truth: Value) -> bool | None:
    return None if truth is None else not truth


def _operate(symbol: str, left: Value, right: Value) -> Value:
    """Compare or calculate; null if either side is, or for a division by zero."""
    if left is None or right is None:
        return None
    result: Value = _OPERATORS[symbol](comparable(left), comparable(right))
    return result


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


# The functions of the language: each is given the environment and its arguments.
FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "coalesce": lambda _, *values: next(iter(_known(values)), None),
    "least": lambda _, *values: min(_known(values), key=comparable, default=None),
    "greatest": lambda _, *values: max(_known(values), key=comparable, default=None),
    "lower": lambda _, text: _letter_by_letter(text, lambda letter: _LOWER.get(letter, letter.lower())),
    "upper": lambda _, text: _letter_by_letter(text, lambda letter: _UPPER.get(letter, letter.upper())),
    "abs": lambda _, number: None if number is None else abs(number),
    "date": lambda _, moment: day_of(moment),
    "days_between": _days_between,
    "hours_between": lambda _, first, last: hours_between(first, last),
    "working_days_between": _working_days_between,
    "age_years": _age_years,
}
