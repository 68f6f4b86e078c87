"""The part of a figure's change that each cause has: exact fractions that add up to the change.

A figure goes through states, each computed anew; the causes of a step are what leads from one state to the next.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import TypeVar, assert_never

from sgkpi.figures.numbers import least_decimals, round_half_up
from sgkpi.figures.steps import median
from sgkpi.model.measures import Measure, Quantity
from sgkpi.snapshots.causes import CAUSE_ORDER, Cause

Key = TypeVar("Key", bound=Hashable)
Values = Counter[Fraction]


class Attribution(StrEnum):
    """The way in which a change is divided among its causes."""

    SHARES = "shares"
    IN_ORDER = "in_order"
    NONE = "none"


def attribution_of(measure: Measure) -> Attribution:
    """Return the attribution of a measure: by shares, or in order where its value is not made of sums."""
    match measure:
        case Measure.PROPORTION | Measure.COUNT | Measure.MEAN | Measure.RATIO:
            return Attribution.SHARES
        case Measure.MEDIAN | Measure.MAXIMUM:
            return Attribution.IN_ORDER
        case _:
            assert_never(measure)


@dataclass(frozen=True)
class Sums:
    """The numerator and denominator of a figure in one state. A count is over one."""

    numerator: Fraction
    denominator: Fraction = Fraction(1)

    @property
    def value(self) -> Fraction | None:
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class Change:
    """The change of both sums by the cases of one cause. A count has a numerator alone."""

    numerator: Fraction
    denominator: Fraction = Fraction(0)


def share(change: Change, before: Sums, after: Sums) -> Fraction:
    """Return a cause's part of the change between two states that have a value, by the symmetric split.

    It is the mean of the two exact one-sided splits, by the old rate and by the new one: the Shapley value of the
    players numerator and denominator (Shorrocks 2013; Kitagawa 1955 and Das Gupta 1978 for two rates), each shared
    among causes by what they brought. It is linear in the change, so neither order nor grouping of causes matters.
    """
    old_rate, new_rate = (each.numerator / each.denominator for each in (before, after))
    by_old_rate = (change.numerator - old_rate * change.denominator) / after.denominator
    by_new_rate = (change.numerator - new_rate * change.denominator) / before.denominator
    return (by_old_rate + by_new_rate) / 2


def share_parts(
    states: Sequence[Sums], steps: Sequence[Mapping[Key, Change]]
) -> tuple[dict[Key, Fraction | None], ...]:
    """Return the part of every cause of every step; `steps[n]` leads from `states[n]` to the state after it.

    A state on the way without a value is passed over: the steps before and after it are taken together. Where the
    first or the last state has no value, there is no change to divide and every part is None.
    """
    _check_sums(states, steps)
    if states[0].value is None or states[-1].value is None:
        return tuple(dict.fromkeys(step) for step in steps)
    valued = [place for place, state in enumerate(states) if state.value is not None]
    return tuple(
        {key: share(change, states[start], states[end]) for key, change in step.items()}
        for start, end in pairwise(valued)
        for step in steps[start:end]
    )


def in_order_parts(
    measure: Measure, states: Sequence[Values], steps: Sequence[Mapping[Cause, Values]]
) -> tuple[dict[Cause, Fraction | None], ...]:
    """Return the part of every cause of a median's or maximum's change: what it changes when it is applied in turn.

    `steps` have, for each cause, how many more cases have a value, or fewer. Within a step causes are applied in the
    order of `Cause`. While there is no value, the last one is kept. If the first or the last state has no value, every
    part is None.
    """
    if not states[0].total() or not states[-1].total():
        return tuple(dict.fromkeys(step) for step in steps)
    last = value_of(measure, states[0])
    parts: list[dict[Cause, Fraction | None]] = []
    for (before, after), step in zip(pairwise(states), steps, strict=True):
        values, found = Counter(before), {}
        for cause in sorted(step, key=CAUSE_ORDER.__getitem__):
            values.update(step[cause])
            now = value_of(measure, values) if values.total() else last
            found[cause], last = now - last, now
        if +values != +after or min(values.values(), default=0) < 0:
            raise ValueError("the changed values of a step do not lead to the next state")
        parts.append({cause: found[cause] for cause in step})
    return tuple(parts)


def shown_parts(
    quantity: Quantity, before: Fraction, after: Fraction, parts: Sequence[Fraction], least: int = 0
) -> tuple[Decimal, ...]:
    """Return parts as they are shown: in percentage points for shares, with the decimals (or `least`) of values.

    They are rounded by largest remainder, so that with the shown value before they add up to the shown value after.
    A part that needs no rounding stays as it is.
    """
    numbers = [number * quantity.scale for number in (before, after, *parts)]
    places = max(least, *(least_decimals(number, quantity) for number in numbers))
    first, last, *exact = (number * 10**places for number in numbers)
    shown = [floor(number) for number in exact]
    missing = int(round_half_up(last, 0) - round_half_up(first, 0)) - sum(shown)
    by_remainder = sorted(range(len(exact)), key=lambda place: shown[place] - exact[place])
    for place in by_remainder[:missing]:
        shown[place] += 1
    return tuple(Decimal(number).scaleb(-places) for number in shown)


def value_of(measure: Measure, values: Values) -> Fraction:
    """Return the median or the maximum of values, of which there are some."""
    counts = sorted((+values).items())
    match measure:
        case Measure.MEDIAN:
            return median(counts)
        case Measure.MAXIMUM:
            return counts[-1][0]
        case Measure.PROPORTION | Measure.COUNT | Measure.MEAN | Measure.RATIO:
            raise ValueError(f"a {measure} is made of sums")
        case _:
            assert_never(measure)


def _check_sums(states: Sequence[Sums], steps: Sequence[Mapping[Key, Change]]) -> None:
    """Raise ValueError, as it is a mistake in the program, if the changes of a step do not lead to the next state."""
    for (before, after), step in zip(pairwise(states), steps, strict=True):
        numerator = before.numerator + sum(change.numerator for change in step.values())
        denominator = before.denominator + sum(change.denominator for change in step.values())
        if (numerator, denominator) != (after.numerator, after.denominator):
            raise ValueError("the changes of a step do not lead to the next state")
