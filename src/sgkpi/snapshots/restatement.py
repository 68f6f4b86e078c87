"""The restatement ledger: a figure as it was published, what moved it step by step, and what it is now.

Opening and movements add up to the closing exactly: every count, numerator, denominator and value. The states between
the steps are figures of their own, which anybody can compute.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import assert_never

from sgkpi.figures.numbers import NO_BOUNDS, Bounds
from sgkpi.model.measures import Measure, Quantity
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Period
from sgkpi.model.units import ValueUnit
from sgkpi.snapshots.causes import CAUSE_ORDER, Cause, Step
from sgkpi.snapshots.movements import Movement, Movements, Tally
from sgkpi.snapshots.parts import (
    Attribution,
    Change,
    Sums,
    attribution_of,
    in_order_parts,
    share_parts,
    value_of,
)
from sgkpi.snapshots.published import Amounts, PublishedFigure, own_bounds

Part = Fraction | None


class LineKind(StrEnum):
    """The kinds of line in a ledger, in their order; a subtotal is a figure on the way, and is not summed."""

    OPENING = "opening"
    MOVEMENT = "movement"
    SUBTOTAL = "subtotal"
    CLOSING = "closing"


class Compared(StrEnum):
    """The ways in which a figure compares with the one published before."""

    SAME = "same"
    RESTATED = "restated"
    FIRST = "first"
    GONE = "gone"
    NOT_COVERED_BEFORE = "not_comparable: not_covered_before"
    NOT_COVERED_NOW = "not_comparable: not_covered_now"
    NO_VALUE_BEFORE = "not_comparable: no_value_before"
    NO_VALUE_NOW = "not_comparable: no_value_now"
    MEASURE_CHANGED = "not_comparable: measure_changed"


@dataclass(frozen=True)
class LedgerLine:
    """A line of a figure's ledger; `cases` and `columns` are of movements alone."""

    kind: LineKind
    amounts: Amounts
    step: Step | None = None
    cause: Cause | None = None
    cases: int | None = None
    columns: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FigureLedger:
    """A figure's ledger, from its opening to its closing; the bounds are those of its target, then and now.

    `quantity_before` is that of the opening, where its measure is another one than today's.
    """

    indicator: str
    title: str
    measure: Measure
    period: Period
    breakdown: str | None
    category: str | None
    lines: tuple[LedgerLine, ...]
    attribution: Attribution
    comparison: Compared
    bounds_before: Bounds = NO_BOUNDS
    bounds: Bounds = NO_BOUNDS
    quantity_before: Quantity | None = None
    unit: ValueUnit | None = None

    @property
    def quantity(self) -> Quantity:
        return Quantity(self.measure, self.unit)

    @property
    def movements(self) -> tuple[LedgerLine, ...]:
        return tuple(line for line in self.lines if line.kind is LineKind.MOVEMENT)

    @property
    def opening(self) -> Amounts | None:
        """The figure as published before; None where there was none."""
        return next((line.amounts for line in self.lines if line.kind is LineKind.OPENING), None)

    @property
    def closing(self) -> Amounts | None:
        """The figure as it is now; None where there is none."""
        return next((line.amounts for line in self.lines if line.kind is LineKind.CLOSING), None)


def amounts_of(measure: Measure, tally: Tally) -> Amounts:
    """Return the amounts of a figure that counts these cases."""
    numerator, denominator = _numbers(measure, tally)
    if not tally.outcomes[Outcome.COUNTED]:  # there is nothing to add up
        numerator = None if measure in (Measure.MEAN, Measure.RATIO) else numerator
        denominator = None if measure is Measure.RATIO else denominator
    return Amounts(_outcomes(tally), numerator, denominator, _value(measure, tally))


def _outcomes(tally: Tally) -> dict[str, int]:
    return {outcome.value: tally.outcomes[outcome] for outcome in Outcome}


def _numbers(measure: Measure, tally: Tally) -> tuple[Fraction | None, Fraction | int | None]:
    """Return numerator and denominator, or what cases add to them; None where the measure has none."""
    counted = tally.outcomes[Outcome.COUNTED]
    match measure:
        case Measure.PROPORTION:
            return Fraction(tally.outcomes[Outcome.MET]), tally.judged
        case Measure.COUNT:
            return Fraction(counted), None
        case Measure.MEAN:
            return tally.total, counted
        case Measure.RATIO:
            return tally.total, tally.per
        case Measure.MEDIAN | Measure.MAXIMUM:
            return None, counted
        case _:
            assert_never(measure)


def _value(measure: Measure, tally: Tally) -> Fraction | None:
    numerator, denominator = _numbers(measure, tally)
    if numerator is None:
        return value_of(measure, tally.values) if tally.values.total() else None
    if denominator is None:
        return numerator
    return numerator / denominator if denominator else None


def ledger_lines(measure: Measure, opening: Tally, steps: Sequence[tuple[Step, Movements]]) -> Iterator[LedgerLine]:
    """Yield the lines of a ledger, given the cases at its opening and the movements of each step, in order."""
    first = amounts_of(measure, opening)
    yield LedgerLine(LineKind.OPENING, first)
    moving = [step for step, movements in steps if movements]
    if not moving:  # most figures stay as they were
        yield LedgerLine(LineKind.CLOSING, first)
        return
    states = [opening]
    for _, movements in steps:
        states.append(states[-1].plus(movement.change for movement in movements.values()))
    parts = _parts(measure, states, [movements for _, movements in steps])
    for place, (step, movements) in enumerate(steps):
        for cause in sorted(movements, key=CAUSE_ORDER.__getitem__):
            movement = movements[cause]
            numbers = _numbers(measure, movement.change)
            amounts = Amounts(_outcomes(movement.change), *numbers, parts[place][cause])
            yield LedgerLine(LineKind.MOVEMENT, amounts, step, cause, movement.cases, dict(movement.columns))
        if step in moving[:-1]:
            yield LedgerLine(LineKind.SUBTOTAL, amounts_of(measure, states[place + 1]), step)
    yield LedgerLine(LineKind.CLOSING, amounts_of(measure, states[-1]))


def _parts(measure: Measure, states: Sequence[Tally], steps: Sequence[Movements]) -> Sequence[Mapping[Cause, Part]]:
    """Return the part of the value's change that each cause of each step has."""
    match attribution_of(measure):
        case Attribution.SHARES:
            sums = [_sums(measure, state) for state in states]
            changes = [{cause: _brought(measure, each) for cause, each in step.items()} for step in steps]
            return share_parts(sums, changes)
        case Attribution.IN_ORDER:
            values = [{cause: each.change.values for cause, each in step.items()} for step in steps]
            return in_order_parts(measure, [state.values for state in states], values)
        case Attribution.NONE:
            return [dict.fromkeys(step) for step in steps]
        case attribution:
            assert_never(attribution)


def _sums(measure: Measure, tally: Tally) -> Sums:
    numerator, denominator = _numbers(measure, tally)
    return Sums(numerator or Fraction(), Fraction(1 if denominator is None else denominator))


def _brought(measure: Measure, movement: Movement) -> Change:
    numerator, denominator = _numbers(measure, movement.change)
    return Change(numerator or Fraction(), Fraction(denominator or 0))


def ledger_of(
    before: PublishedFigure | None, now: PublishedFigure | None, lines: tuple[LedgerLine, ...] | None = None
) -> FigureLedger:
    """Return the ledger of a figure; without lines, of what can be said without following cases."""
    figure = now or before
    if figure is None:
        raise ValueError("a ledger is of a figure")
    attribution = Attribution.NONE if lines is None else attribution_of(figure.measure)
    about = (figure.indicator, figure.title, figure.measure, figure.period, figure.breakdown, figure.category)
    compared = compare_figures(before, now)
    lines = lines or tuple(_unfollowed_lines(before, now, compared))
    quantity_before = before.quantity if before and before.measure is not figure.measure else None
    bounds = own_bounds(before), own_bounds(now)
    return FigureLedger(*about, lines, attribution, compared, *bounds, quantity_before, figure.unit)


def _unfollowed_lines(
    before: PublishedFigure | None, now: PublishedFigure | None, compared: Compared
) -> Iterator[LedgerLine]:
    """Yield the lines of a ledger whose cases were not followed: one movement, where both figures are covered."""
    if before:
        yield LedgerLine(LineKind.OPENING, before.amounts)
    if before and now and compared in (Compared.RESTATED, Compared.NO_VALUE_BEFORE, Compared.NO_VALUE_NOW):
        amounts = _difference(before.amounts, now.amounts)
        yield LedgerLine(LineKind.MOVEMENT, amounts, Step.RECORDS, Cause.UNMATCHED)
    if now:
        yield LedgerLine(LineKind.CLOSING, now.amounts)


def _difference(before: Amounts, now: Amounts) -> Amounts:
    """Return the difference between two figures."""
    if before.outcomes is None or now.outcomes is None:
        raise ValueError("only figures that are covered have a difference")
    outcomes = {name: now.outcomes[name] - before.outcomes[name] for name in now.outcomes}
    # Those of a mean or ratio are null where no case is counted.
    numerator, denominator = (
        None if one is None and other is None else Fraction(one or 0) - Fraction(other or 0)
        for one, other in ((now.numerator, before.numerator), (now.denominator, before.denominator))
    )
    value = None if now.value is None or before.value is None else now.value - before.value
    return Amounts(outcomes, numerator, denominator, value)


def compare_figures(before: PublishedFigure | None, now: PublishedFigure | None) -> Compared:
    """Return how a figure compares with the one published before."""
    if before is None:
        return Compared.FIRST
    if now is None:
        return Compared.GONE
    if before.measure is not now.measure:
        return Compared.MEASURE_CHANGED
    return compare_amounts(before.amounts, now.amounts)


def compare_amounts(before: Amounts, now: Amounts) -> Compared:
    """Return how a figure compares with the one published, both of the same measure."""
    if before.outcomes is None:
        return Compared.NOT_COVERED_BEFORE
    if now.outcomes is None:
        return Compared.NOT_COVERED_NOW
    if before.value is None and now.value is not None:
        return Compared.NO_VALUE_BEFORE
    if now.value is None and before.value is not None:
        return Compared.NO_VALUE_NOW
    was, is_now = ((each.value, each.numerator, each.denominator, dict(each.outcomes or {})) for each in (before, now))
    return Compared.SAME if was == is_now else Compared.RESTATED
