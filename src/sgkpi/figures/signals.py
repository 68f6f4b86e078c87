"""Signals of a series of months: changes that chance alone seldom makes, and whether its target is in reach.

Four rules are looked for among the points of a window of 24 months, as Making Data Count has them: a point outside
the limits, a shift, a trend, and two of three points near a limit. Only settled months with a value are points.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import groupby, pairwise
from typing import assert_never

from sgkpi.figures.limits import (
    FEWEST_FIRM,
    Chart,
    LimitsKind,
    NoLimits,
    Observation,
    chart_of,
    process_of,
    why_no_limits,
)
from sgkpi.model.indicator import Baseline, Improvement, Indicator
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Month

WINDOW = 24
RUN = 7
_TOLERANCE = Fraction(1, 10**9)


class Signal(StrEnum):
    """The signal of a point, named after the first rule that it breaks."""

    ABOVE_LIMIT = "above_limit"
    BELOW_LIMIT = "below_limit"
    RISING = "rising"
    FALLING = "falling"
    TWO_OF_THREE_HIGH = "two_of_three_high"
    TWO_OF_THREE_LOW = "two_of_three_low"
    SHIFT_HIGH = "shift_high"
    SHIFT_LOW = "shift_low"


class Variation(StrEnum):
    """The variation of a point: chance, or a change for better or worse."""

    COMMON_CAUSE = "common_cause"
    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    NEUTRAL_HIGH = "neutral_high"
    NEUTRAL_LOW = "neutral_low"


class Assurance(StrEnum):
    """Whether a process that goes on as it is reaches its target: never, always, or by chance."""

    FAILING = "failing"
    HITTING = "hitting"
    INCONSISTENT = "inconsistent"


@dataclass(frozen=True)
class SeriesRules:
    """The facts of an indicator that decide how its months are judged.

    A phase begins with each month of `rebases`; the points of `baseline` make the limits of their phase.
    """

    measure: Measure
    is_stock: bool = False
    improvement: Improvement = Improvement.NONE
    rebases: tuple[Month, ...] = ()
    baseline: Baseline | None = None

    @classmethod
    def of(cls, indicator: Indicator) -> "SeriesRules":
        rebases = tuple(each.since for each in indicator.rebase)
        return cls(indicator.measure, indicator.is_stock, indicator.improvement, rebases, indicator.baseline)

    @property
    def chart(self) -> Chart | None:
        return chart_of(self.measure, is_stock=self.is_stock)

    def phase(self, month: Month) -> int:
        """Return the number of a month's phase, from 1."""
        return 1 + sum(rebase <= month for rebase in self.rebases)

    def months_needed(self, last: Month, settled: Month | None = None) -> tuple[Month, ...]:
        """Return the months that may matter up to a month: those of the window, and the baseline's.

        The window ends with the latest settled month. While that is unknown, it may begin a window earlier.
        """
        end = settled or last.plus(1 - WINDOW)
        months = {*range(end.index + 1 - WINDOW, last.index + 1)}
        if self.baseline is not None and self.chart is not None:
            months.update(range(self.baseline.first.index, self.baseline.last.index + 1))
        return tuple(map(Month.from_index, sorted(months)))


@dataclass(frozen=True, slots=True)
class Limits:
    """The mean of a process and its limits at a point, not clipped."""

    mean: Fraction
    lower: Fraction
    upper: Fraction
    near_lower: Fraction
    near_upper: Fraction

    @classmethod
    def around(cls, mean: Fraction, sigma: Fraction) -> "Limits":
        """Return the limits 3 standard deviations from the mean, and the near ones at 2."""
        return cls(mean, mean - 3 * sigma, mean + 3 * sigma, mean - 2 * sigma, mean + 2 * sigma)

    def clipped(self, measure: Measure) -> "Limits":
        """Return the limits that the measure can reach: of a proportion from 0 to 1, of a count from 0."""
        if measure not in (Measure.PROPORTION, Measure.COUNT):
            return self

        def clip(limit: Fraction) -> Fraction:
            within = max(limit, Fraction())
            return min(within, Fraction(1)) if measure is Measure.PROPORTION else within

        return Limits(self.mean, *map(clip, (self.lower, self.upper, self.near_lower, self.near_upper)))

    def side(self, value: Fraction) -> int:
        """Return 1 above the mean, -1 below it and 0 on it."""
        return _compare(value, self.mean)

    def outside(self, value: Fraction) -> int:
        """Return 1 above the upper limit, -1 below the lower, and 0 inside or on one."""
        return _beyond(value, self.lower, self.upper)

    def near(self, value: Fraction) -> int:
        """Return 1 above the upper near limit, -1 below the lower, and 0 between them or outside the limits."""
        return 0 if self.outside(value) else _beyond(value, self.near_lower, self.near_upper)


@dataclass(frozen=True, slots=True)
class Flags:
    """The rules that a point breaks: 1 high, -1 low, 0 not."""

    outside: int
    shift: int
    trend: int
    two_of_three: int

    @property
    def signal(self) -> Signal | None:
        """The first rule that is broken."""
        if self.outside:
            return Signal.ABOVE_LIMIT if self.outside > 0 else Signal.BELOW_LIMIT
        if self.trend:
            return Signal.RISING if self.trend > 0 else Signal.FALLING
        if self.two_of_three:
            return Signal.TWO_OF_THREE_HIGH if self.two_of_three > 0 else Signal.TWO_OF_THREE_LOW
        if self.shift:
            return Signal.SHIFT_HIGH if self.shift > 0 else Signal.SHIFT_LOW
        return None

    @property
    def direction(self) -> int:
        """The direction of the signal: 1 high, -1 low, 0 without one."""
        return self.outside or self.trend or self.two_of_three or self.shift


@dataclass(frozen=True, slots=True)
class JudgedMonth:
    """A month of the window, or after it. Without limits there are no flags and words; `reason` says why of a point.

    `limits` are clipped to what the measure can reach. Assurance belongs to the latest point alone. `by_baseline` says
    whether the points of a baseline make the limits, or are too few or too small to make any.
    """

    month: Month
    phase: int
    kind: LimitsKind = LimitsKind.NONE
    reason: NoLimits | None = None
    limits: Limits | None = None
    flags: Flags | None = None
    variation: Variation | None = None
    assurance: Assurance | None = None
    by_baseline: bool = False

    @property
    def is_point(self) -> bool:
        return self.limits is not None or self.reason is not None

    @property
    def signal(self) -> Signal | None:
        return None if self.flags is None else self.flags.signal


@dataclass(frozen=True)
class Icon:
    """The reading of a series at its latest point; without limits, why it has none."""

    month: Month | None
    variation: Variation | None
    assurance: Assurance | None
    limits: LimitsKind
    reason: NoLimits | None


def judge_series(rules: SeriesRules, months: Iterable[Observation], last: Month) -> tuple[JudgedMonth, ...]:
    """Return every month from the window's first to `last`, judged.

    `months` are in any order, without duplicates; those of `rules.months_needed` that are missing are no points.
    """
    known = {each.month: each for each in months}
    end = latest_settled(known.values(), last)
    first = end.plus(1 - WINDOW)
    shown = [first.plus(on) for on in range(last.index - first.index + 1)]
    points = [known[month] for month in shown if month in known and known[month].is_point]
    judged: dict[Month, JudgedMonth] = {}
    for phase, of_phase in groupby(points, key=lambda point: rules.phase(point.month)):
        baseline = _baseline_points(rules, phase, known.values())
        judged |= {each.month: each for each in _judge_phase(rules, phase, list(of_phase), baseline, points[-1])}
    return tuple(judged.get(month, JudgedMonth(month, rules.phase(month))) for month in shown)


def latest_settled(months: Iterable[Observation], last: Month) -> Month:
    """Return the latest settled month of the 24 up to `last`; `last` itself where there is none."""
    earliest = last.plus(1 - WINDOW)
    return max((each.month for each in months if each.settled and earliest <= each.month <= last), default=last)


def icon_of(rules: SeriesRules, judged: Sequence[JudgedMonth]) -> Icon:
    """Return the reading of the latest point."""
    latest = next((each for each in reversed(judged) if each.is_point), None)
    if latest is None or latest.limits is None:
        reason = why_no_limits(rules.measure, (), is_stock=rules.is_stock) if latest is None else latest.reason
        return Icon(None, None, None, LimitsKind.NONE, reason)
    return Icon(latest.month, latest.variation, latest.assurance, latest.kind, None)


def _baseline_points(rules: SeriesRules, phase: int, months: Iterable[Observation]) -> list[Observation]:
    """Return the points of the baseline in order, if it belongs to this phase."""
    baseline = rules.baseline
    if baseline is None or rules.phase(baseline.first) != phase:
        return []
    points = (each for each in months if each.is_point and baseline.first <= each.month <= baseline.last)
    return sorted(points, key=lambda point: point.month)


def _judge_phase(
    rules: SeriesRules, phase: int, points: Sequence[Observation], baseline: Sequence[Observation], latest: Observation
) -> Iterator[JudgedMonth]:
    """Judge the points of one phase by the limits that those of its baseline make; without one, by their own."""
    basis, by_baseline = baseline or points, bool(baseline)
    chart, reason = rules.chart, why_no_limits(rules.measure, basis, is_stock=rules.is_stock)
    if chart is None or reason is not None:
        yield from (JudgedMonth(point.month, phase, reason=reason, by_baseline=by_baseline) for point in points)
        return
    process = process_of(chart, basis)
    limits = [Limits.around(process.mean, process.sigma(point)) for point in points]
    kind = LimitsKind.FIRM if len(basis) >= FEWEST_FIRM else LimitsKind.TRIAL
    for point, at, flags in zip(points, limits, _flags([point.number for point in points], limits), strict=True):
        yield JudgedMonth(
            month=point.month,
            phase=phase,
            kind=kind,
            limits=at.clipped(rules.measure),
            flags=flags,
            variation=variation_of(flags.direction, rules.improvement),
            assurance=assurance_of(point.target, at, rules.improvement)
            if point is latest and kind is LimitsKind.FIRM
            else None,
            by_baseline=by_baseline,
        )


def _flags(values: Sequence[Fraction], limits: Sequence[Limits]) -> Iterator[Flags]:
    placed = list(zip(values, limits, strict=True))
    sides = [at.side(value) for value, at in placed]
    near = [at.near(value) for value, at in placed]
    outside = (at.outside(value) for value, at in placed)
    return map(Flags, outside, shifts(sides), trends(values), two_of_three(sides, near))


def shifts(sides: Sequence[int]) -> list[int]:
    """Flag every point of 7 or more in a row on one side of the mean."""
    flags: list[int] = []
    for side, run in groupby(sides):
        length = len(list(run))
        flags += [side if length >= RUN else 0] * length
    return flags


def trends(values: Sequence[Fraction]) -> list[int]:
    """Flag every point of 7 or more that rise, or fall, each from the one before.

    A point that ends one trend and begins the next belongs to the one that it begins.
    """
    flags, at = [0] * len(values), 0
    for way, run in groupby(_compare(later, earlier) for earlier, later in pairwise(values)):
        steps = len(list(run))
        if way and steps + 1 >= RUN:
            flags[at : at + steps + 1] = [way] * (steps + 1)
        at += steps
    return flags


def two_of_three(sides: Sequence[int], near: Sequence[int]) -> list[int]:
    """Flag the points beyond the near limit where 2 of 3 in a row are, and all 3 are on that side of the mean."""
    flags = [0] * len(sides)
    for first in range(len(sides) - 2):
        span = range(first, first + 3)
        if abs(sum(sides[place] for place in span)) == 3 and sum(near[place] != 0 for place in span) >= 2:
            for place in span:
                flags[place] = flags[place] or near[place]
    return flags


def variation_of(direction: int, improvement: Improvement) -> Variation:
    """Return what a signal, high (1) or low (-1), means where this way is better; 0 is no signal."""
    if not direction:
        return Variation.COMMON_CAUSE
    match improvement:
        case Improvement.NONE:
            return Variation.NEUTRAL_HIGH if direction > 0 else Variation.NEUTRAL_LOW
        case Improvement.INCREASE:
            return Variation.IMPROVEMENT if direction > 0 else Variation.CONCERN
        case Improvement.DECREASE:
            return Variation.CONCERN if direction > 0 else Variation.IMPROVEMENT
        case _:
            assert_never(improvement)


def assurance_of(target: Fraction | None, limits: Limits, improvement: Improvement) -> Assurance | None:
    """Return whether values between the limits reach the target; None without one, or without a better way.

    A value on its target has reached it, and so has a limit.
    """
    if target is None or improvement is Improvement.NONE:
        return None
    if improvement is Improvement.INCREASE:
        fails, hits = _is_above(target, limits.upper), not _is_above(target, limits.lower)
    else:
        fails, hits = _is_below(target, limits.lower), not _is_below(target, limits.upper)
    return Assurance.FAILING if fails else Assurance.HITTING if hits else Assurance.INCONSISTENT


def _beyond(value: Fraction, lower: Fraction, upper: Fraction) -> int:
    return 1 if _is_above(value, upper) else -1 if _is_below(value, lower) else 0


def _is_above(value: Fraction, limit: Fraction) -> bool:
    return value > limit and value - limit > _tolerance(limit)


def _is_below(value: Fraction, limit: Fraction) -> bool:
    return value < limit and limit - value > _tolerance(limit)


def _tolerance(limit: Fraction) -> Fraction:
    """Return the difference from a limit that may be a rounding, which no flag may hang on."""
    return _TOLERANCE * max(Fraction(1), abs(limit))


def _compare(one: Fraction, other: Fraction) -> int:
    """Return 1 if one number is greater than another, -1 if it is less, and 0 if they are equal."""
    return (one > other) - (one < other)
