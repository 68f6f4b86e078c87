"""The steps from counts to a figure: one function for each, in `STEPS`.

A step fills some fields of `Figure` from what the figure rests on and from the fields that earlier steps filled.
A new field of figures is a field of `Figure`, a column in `columns.py`, and a step here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any, assert_never

from sgkpi.figures import intervals
from sgkpi.figures.figure import Figure, Rating, Status
from sgkpi.figures.intervals import Interval
from sgkpi.figures.ratings import rate, target_for
from sgkpi.ledger.ledger import ValueSummary
from sgkpi.model.indicator import Improvement, Indicator, Target
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import JUDGED, Outcome
from sgkpi.model.periods import Period

_IN_DENOMINATOR = (*JUDGED, Outcome.COUNTED)
_FIELD_OF = {outcome: outcome.value for outcome in Outcome}


@dataclass(frozen=True)
class Basis:
    """The input of one figure.

    `cases` has a number for every outcome, and is None where the extract does not cover the period;
    `values` is None where no case has a value. `persons` are those of the judged or counted cases; None if they are not
    counted.
    """

    indicator: Indicator
    period: Period
    breakdown: str | None
    category: str | None
    as_of: datetime
    cases: Mapping[Outcome, int] | None
    values: ValueSummary | None = None
    persons: int | None = None

    @cached_property
    def target(self) -> Target | None:
        return target_for(self.indicator, self.period)

    @cached_property
    def has_ended(self) -> bool:
        return self.period.has_ended(self.as_of)

    @property
    def has_settled(self) -> bool:
        """Whether the days after the period in which late records are expected have passed, too."""
        return self.period.has_ended(self.as_of - timedelta(days=self.indicator.settles_after or 0))

    @property
    def judged(self) -> int:
        """The number of cases in the denominator."""
        return 0 if self.cases is None else sum(map(self.cases.__getitem__, _IN_DENOMINATOR))

    @property
    def awaits_cases(self) -> bool:
        """Whether some case will still be due. On a stock's reference day none can become due any more."""
        return bool(self.cases and self.cases[Outcome.NOT_DUE]) and not self.indicator.is_stock


Fields = Mapping[str, Any]


def fill_given(basis: Basis, _: Fields) -> Fields:
    """Fill the indicator, the period and the category, the target in force and the persons."""
    indicator, target = basis.indicator, basis.target
    about = {"indicator": indicator.id, "title": indicator.title, "measure": indicator.measure, "unit": indicator.unit}
    place = {"period": basis.period, "breakdown": basis.breakdown, "category": basis.category}
    bounds = {"target_green": target.green if target else None, "target_amber": target.amber if target else None}
    persons = None if basis.cases is None else basis.persons
    return {**about, **place, **bounds, "improvement": indicator.improvement, "as_of": basis.as_of, "persons": persons}


def fill_cases(basis: Basis, _: Fields) -> Fields:
    """Fill the number of cases with each outcome."""
    if basis.cases is None:
        return dict.fromkeys(_FIELD_OF.values())
    return {name: basis.cases[outcome] for outcome, name in _FIELD_OF.items()}


def fill_value(basis: Basis, _: Fields) -> Fields:
    """Fill the value with its numerator and denominator; those without a meaning for the measure are None."""
    cases, values, measure = basis.cases, basis.values, basis.indicator.measure
    value: Fraction | None = None
    numerator: Fraction | None = None
    denominator: Fraction | int | None = None
    if cases is None:
        return {"value": value, "numerator": numerator, "denominator": denominator}
    match measure:
        case Measure.PROPORTION:
            numerator, denominator = Fraction(cases[Outcome.MET]), basis.judged
            value = numerator / denominator if denominator else None
        case Measure.COUNT:
            value = numerator = Fraction(cases[Outcome.COUNTED])
        case Measure.RATIO:
            if values is not None:
                numerator, denominator = values.total, values.per
                value = numerator / denominator if denominator else None
        case Measure.MEAN | Measure.MEDIAN | Measure.MAXIMUM if values is None:
            denominator = 0
        case Measure.MEAN:
            value, numerator, denominator = values.total / values.cases, values.total, values.cases
        case Measure.MEDIAN:
            value, denominator = median(values.counts), values.cases
        case Measure.MAXIMUM:
            value, denominator = values.maximum, values.cases
        case _:
            assert_never(measure)
    return {"value": value, "numerator": numerator, "denominator": denominator}


def fill_bounds(basis: Basis, _: Fields) -> Fields:
    """Fill the least and the greatest value that the open and unknown cases could still make of a share or count.

    On a stock's reference day no case can become due any more.
    """
    cases, measure = basis.cases, basis.indicator.measure
    lowest: Fraction | None = None
    highest: Fraction | None = None
    if cases is not None and measure is Measure.COUNT:
        lowest, highest = Fraction(cases[Outcome.COUNTED]), Fraction(cases[Outcome.COUNTED] + cases[Outcome.UNKNOWN])
    elif cases is not None and measure is Measure.PROPORTION:
        met, undecided = cases[Outcome.MET], cases[Outcome.UNKNOWN]
        undecided += 0 if basis.indicator.is_stock else cases[Outcome.NOT_DUE]
        if every := basis.judged + undecided:
            lowest, highest = Fraction(met, every), Fraction(met + undecided, every)
    return {"lowest": lowest, "highest": highest}


def fill_status(basis: Basis, filled: Fields) -> Fields:
    """Fill how far the figure can be relied on.

    It is settled if its period is over, and so is what can be expected to change it.
    """
    if basis.cases is None:
        status = Status.NOT_COVERED
    elif filled["value"] is None:
        status = Status.NO_CASES
    elif not basis.has_ended or basis.awaits_cases:
        status = Status.PROVISIONAL
    else:
        status = Status.COMPLETE
    settled = basis.cases is not None and basis.has_settled and not basis.awaits_cases
    return {"status": status, "settled": settled}


def fill_interval(basis: Basis, filled: Fields) -> Fields:
    """Fill the interval that says how far chance alone may move the figure, where it is settled and has one."""
    interval = _interval(basis) if filled["settled"] else None
    lower, upper = interval or (None, None)
    return {"interval_lower": lower, "interval_upper": upper}


def _interval(basis: Basis) -> Interval | None:
    cases, values, measure = basis.cases, basis.values, basis.indicator.measure
    if cases is None:
        return None
    match measure:
        case Measure.PROPORTION:
            return intervals.of_proportion(cases[Outcome.MET], basis.judged)
        case Measure.COUNT:
            # That of a stock is complete: there is nothing that chance could have made otherwise on that day.
            return None if basis.indicator.is_stock else intervals.of_count(cases[Outcome.COUNTED])
        case Measure.MEAN:
            return None if values is None else intervals.of_mean(values.cases, values.total, values.squares)
        case Measure.MEDIAN | Measure.MAXIMUM | Measure.RATIO:
            return None
        case _:
            assert_never(measure)


def fill_rating(basis: Basis, filled: Fields) -> Fields:
    """Fill the rating, and whether the lowest and the highest value would be rated the same.

    A provisional figure whose rating could still change is not rated, nor is a flow's period that has not ended: more
    cases will come.
    """
    target, improvement, value = basis.target, basis.indicator.improvement, filled["value"]
    rating, firm = Rating.NOT_RATED, None
    is_final = basis.has_ended or basis.indicator.is_stock
    if target is not None and value is not None and improvement is not Improvement.NONE and is_final:
        if filled["lowest"] is not None and filled["highest"] is not None:
            lowest, highest = filled["lowest"], filled["highest"]
            firm = lowest == highest or rate(lowest, improvement, target) is rate(highest, improvement, target)
        if filled["status"] is Status.PROVISIONAL and not firm:
            firm = None
        else:
            rating = rate(value, improvement, target)
    return {"rating": rating, "rating_firm": firm}


def median(counts: Sequence[tuple[Fraction, int]]) -> Fraction:
    """Return the middle value, or the mean of the middle two; `counts` are values in order with their cases."""
    cases = sum(number for _, number in counts)
    return (_value_at(counts, (cases - 1) // 2) + _value_at(counts, cases // 2)) / 2


def _value_at(counts: Sequence[tuple[Fraction, int]], place: int) -> Fraction:
    passed = 0
    for value, cases in counts:
        passed += cases
        if place < passed:
            return value
    raise ValueError("no value at this place")


STEPS: tuple[Callable[[Basis, Fields], Fields], ...] = (
    fill_given,
    fill_cases,
    fill_value,
    fill_bounds,
    fill_status,
    fill_interval,
    fill_rating,
)


def make_figure(basis: Basis) -> Figure:
    """Return the figure that the steps fill."""
    filled: dict[str, Any] = {}
    for step in STEPS:
        filled.update(step(basis, filled))
    return Figure(**filled)
