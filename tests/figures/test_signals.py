"""Control limits and signals: worked by hand, published elsewhere, and worked out a second time."""

import random
from collections.abc import Sequence
from fractions import Fraction

import pytest

from sgkpi.figures.limits import LimitsKind, NoLimits, Observation, mean_moving_range
from sgkpi.figures.signals import (
    Assurance,
    JudgedMonth,
    Limits,
    SeriesRules,
    Signal,
    Variation,
    assurance_of,
    icon_of,
    judge_series,
    latest_settled,
    shifts,
    trends,
    two_of_three,
)
from sgkpi.model.indicator import Baseline, Improvement
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Month
from tests.support import control_charts

LAST = Month(2019, 3)
UP, DOWN, NEITHER = Improvement.INCREASE, Improvement.DECREASE, Improvement.NONE
COUNT, SHARE, MEAN = Measure.COUNT, Measure.PROPORTION, Measure.MEAN


def of_values(values: Sequence[object], last: Month = LAST, target: object = None) -> list[Observation]:
    """Return the months that end with `last`; None is a month without a value."""
    goal = None if target is None else Fraction(str(target))
    return [
        Observation(last.plus(place + 1 - len(values)), None if each is None else Fraction(str(each)), target=goal)
        for place, each in enumerate(values)
    ]


def of_shares(cases: Sequence[tuple[int, int]], last: Month = LAST, target: object = None) -> list[Observation]:
    goal = None if target is None else Fraction(str(target))
    return [
        Observation(last.plus(place + 1 - len(cases)), Fraction(met, of) if of else None, True, Fraction(met), of, goal)
        for place, (met, of) in enumerate(cases)
    ]


def unsettled(month: Observation) -> Observation:
    return Observation(month.month, month.value, False, month.numerator, month.denominator, month.target)


def numbers(month: JudgedMonth) -> tuple[float, ...]:
    assert month.limits is not None
    at = month.limits
    return tuple(map(float, (at.mean, at.lower, at.upper, at.near_lower, at.near_upper)))


def flags(judged: Sequence[JudgedMonth], name: str) -> list[int | None]:
    return [None if each.flags is None else getattr(each.flags, name) for each in judged if each.is_point]


class TestXmr:
    VALUES = (31, 28, 35, 30, 33, 27, 32, 29, 34, 31, 22, 33, 30)

    def test_limits_worked_by_hand(self) -> None:
        # Ranges 3 7 5 3 6 5 3 5 3 9 11 3: 63 in 12, 5.25 on average; none reaches 3.267 times that, 17.15.
        judged = judge_series(SeriesRules(COUNT, improvement=DOWN), of_values(self.VALUES, target=20), LAST)
        assert numbers(judged[-1]) == pytest.approx((395 / 13, 16.4196, 44.3496, 21.0746, 39.6946), abs=5e-5)
        assert [each.signal for each in judged if each.is_point] == [None] * 13
        icon = icon_of(SeriesRules(COUNT, improvement=DOWN), judged)
        assert (icon.month, icon.variation, icon.assurance, icon.limits, icon.reason) == (
            LAST, Variation.COMMON_CAUSE, Assurance.INCONSISTENT, LimitsKind.FIRM, None,
        )  # fmt: skip

    def test_a_great_range_is_left_out_once(self) -> None:
        # Ranges 1 1 1 1 1 1 1 20 20 1 1 1: 50/12 = 4.17; 20 ≥ 13.6 is left out twice, and ten ranges of 1 are left.
        values = (10, 11, 10, 11, 10, 11, 10, 11, 31, 11, 10, 11, 10)
        judged = judge_series(SeriesRules(MEAN), of_values(values), LAST)
        mean = sum(values) / 13
        assert numbers(judged[-1])[:3] == pytest.approx((mean, mean - 2.66, mean + 2.66))
        assert flags(judged, "outside") == [0] * 8 + [1] + [0] * 4

    def test_one_event_among_zeros_keeps_the_mean_of_all_ranges(self) -> None:
        # 3.267 × (2/11) = 0.59: both ranges of 1 go, and only zeros would be left. NHSRplotthedots goes on with these,
        # and every month but the mean itself would be outside.
        assert mean_moving_range([Fraction(value) for value in (0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0)]) == Fraction(2, 11)

    def test_equal_values_have_limits_of_no_width_and_no_signal(self) -> None:
        judged = judge_series(SeriesRules(COUNT, improvement=UP), of_values([7] * 12, target=7), LAST)
        assert numbers(judged[-1]) == (7, 7, 7, 7, 7)
        assert {each.signal for each in judged} == {None}
        assert judged[-1].assurance is Assurance.HITTING

    def test_a_count_is_clipped_at_0_and_a_mean_is_not(self) -> None:
        # NHSRplotthedots draws the limit below 0; flags are the same.
        values = (0, 10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 10)  # mean 5, limits 5 ∓ 26.6
        assert numbers(judge_series(SeriesRules(COUNT), of_values(values), LAST)[-1])[1:3] == pytest.approx((0, 31.6))
        assert numbers(judge_series(SeriesRules(MEAN), of_values(values), LAST)[-1])[1] == pytest.approx(-21.6)


class TestShares:
    # Twelve settled months, 701 of 868, and two that are not: April has 70 cases.
    CASES = (
        (57, 70), (60, 72), (55, 71), (58, 74), (62, 75), (57, 70), (58, 73), (56, 70), (61, 72), (59, 74), (57, 72),
        (61, 75),
    )  # fmt: skip

    def test_limits_worked_by_hand(self) -> None:
        assert [sum(part) for part in zip(*self.CASES, strict=True)] == [701, 868]
        months = of_shares(self.CASES)
        late = [unsettled(each) for each in of_shares([(10, 40), (2, 30)], LAST.plus(2))]
        rules = SeriesRules(SHARE, improvement=UP)
        judged = judge_series(rules, [*months, *late], LAST.plus(2))
        april = next(each for each in judged if each.month == LAST.plus(-11))
        # sqrt(0.807604 × 0.192396 / 70) = 0.047114
        assert numbers(april)[:3] == pytest.approx((0.807604, 0.6663, 0.9489), abs=5e-5)
        assert [each.is_point for each in judged[-2:]] == [False, False]
        assert len(judged) == 26
        icon = icon_of(rules, judged)
        assert (icon.month, icon.variation) == (LAST, Variation.COMMON_CAUSE)

    def test_months_that_vary_more_than_chance_widen_the_limits(self) -> None:
        # 60 and 90 of 100 by turns: p = 0.75, s = sqrt(0.75 × 0.25 / 100) = 0.0433, every z is ∓3.4641, every range
        # of z 6.9282, and Laney's factor 6.9282 / 1.128 = 6.142: limits 0.75 ∓ 0.7979, cut to 0 and 1.
        judged = judge_series(SeriesRules(SHARE), of_shares([(60, 100), (90, 100)] * 6), LAST)
        mean, lower, upper, near_lower, near_upper = numbers(judged[-1])
        assert (mean, lower, upper) == (0.75, 0, 1)
        assert near_lower == pytest.approx(0.75 - 2 * 6.9282032 / 1.128 * 0.04330127)
        assert near_upper == 1

    def test_a_narrower_denominator_has_wider_limits(self) -> None:
        judged = judge_series(SeriesRules(SHARE), of_shares([(50, 100), (100, 200)] * 6), LAST)
        assert numbers(judged[-2])[1:3] == pytest.approx((0.35, 0.65))  # s = sqrt(0.25 / 100) = 0.05
        assert numbers(judged[-1])[1:3] == pytest.approx((0.5 - 0.1060660, 0.5 + 0.1060660))


class TestGates:
    @pytest.mark.parametrize(("points", "kind"), [(7, "none"), (8, "trial"), (11, "trial"), (12, "firm"), (24, "firm")])
    def test_the_number_of_points_decides_how_firm_limits_are(self, points: int, kind: str) -> None:
        judged = judge_series(SeriesRules(COUNT, improvement=UP), of_values([9, 11] * 12, target=40)[-points:], LAST)
        assert judged[-1].kind == kind
        assert judged[-1].reason == ("too_few_points" if kind == "none" else None)
        assert judged[-1].assurance == ("failing" if kind == "firm" else None)

    @pytest.mark.parametrize(
        ("measure", "months", "reason"),
        [
            (COUNT, of_values([4, 6] * 6), None),  # 5 a month
            (COUNT, of_values([4, 6] * 5 + [4, 5]), NoLimits.SMALL_NUMBERS),
            (MEAN, of_values([1, 2] * 6), None),
            (SHARE, of_shares([(2, 20)] * 12), None),
            (SHARE, of_shares([(18, 20)] * 12), None),
            (SHARE, of_shares([(2, 20)] * 11 + [(1, 20)]), NoLimits.SMALL_NUMBERS),
            (SHARE, of_shares([(18, 20)] * 11 + [(19, 20)]), NoLimits.SMALL_NUMBERS),
            (SHARE, of_shares([(20, 20)] * 12), NoLimits.SMALL_NUMBERS),
            (SHARE, of_shares([(0, 1)] * 7), NoLimits.TOO_FEW_POINTS),  # the first reason that holds
        ],
    )
    def test_small_numbers(self, measure: Measure, months: list[Observation], reason: NoLimits | None) -> None:
        judged = judge_series(SeriesRules(measure), months, LAST)
        assert judged[-1].reason is reason
        assert (judged[-1].limits is None) == (reason is not None)

    @pytest.mark.parametrize(
        ("rules", "reason"),
        [
            (SeriesRules(COUNT, is_stock=True), NoLimits.STOCK),
            (SeriesRules(Measure.MAXIMUM, is_stock=True), NoLimits.STOCK),
            (SeriesRules(Measure.MAXIMUM), NoLimits.MAXIMUM),
        ],
    )
    def test_stocks_and_maxima_have_none(self, rules: SeriesRules, reason: NoLimits) -> None:
        judged = judge_series(rules, of_values([40, 50] * 12), LAST)
        assert {each.reason for each in judged} == {reason}
        icon = icon_of(rules, judged)
        assert (icon.month, icon.variation, icon.assurance, icon.limits, icon.reason) == (
            None, None, None, LimitsKind.NONE, reason,
        )  # fmt: skip

    def test_a_series_without_a_point_has_too_few(self) -> None:
        judged = judge_series(SeriesRules(COUNT), of_values([None] * 24), LAST)
        assert {each.reason for each in judged} == {None}
        assert icon_of(SeriesRules(COUNT), judged).reason is NoLimits.TOO_FEW_POINTS


class TestWindow:
    def test_ends_with_the_latest_settled_month(self) -> None:
        months = of_values([10] * 47)
        months[-8:] = map(unsettled, months[-8:])
        judged = judge_series(SeriesRules(COUNT), months, LAST)
        assert latest_settled(months, LAST) == LAST.plus(-8)
        assert [judged[0].month, judged[-1].month, len(judged)] == [LAST.plus(-31), LAST, 32]
        assert sum(each.is_point for each in judged) == 24

    def test_ends_with_the_month_itself_where_no_month_is_settled(self) -> None:
        months = of_values([10] * 47)
        months[-24:] = map(unsettled, months[-24:])
        judged = judge_series(SeriesRules(COUNT), months, LAST)
        assert (judged[0].month, len(judged)) == (LAST.plus(-23), 24)

    def test_months_before_and_after_it_have_no_bearing(self) -> None:
        inside = of_values([10, 12, 9] * 8)
        around = [*of_values([90] * 23, LAST.plus(-24)), *inside, *of_values([90] * 3, LAST.plus(3))]
        rules = SeriesRules(COUNT)
        assert judge_series(rules, around, LAST) == judge_series(rules, inside, LAST)

    def test_months_that_are_no_points_are_passed_over(self) -> None:
        values = [10, 12, 9, 11, 13, 8, 10, 12, 9, 11, 13, 8]
        gaps = of_values([10, None, 12, 9, 99, 11, 13, 8, 10, None, 12, 9, 11, 13, 8])
        gaps[4] = unsettled(gaps[4])
        rules = SeriesRules(COUNT)
        with_gaps, without = (judge_series(rules, months, LAST) for months in (gaps, of_values(values)))
        assert [(each.limits, each.flags) for each in with_gaps if each.is_point] == [
            (each.limits, each.flags) for each in without if each.is_point
        ]


class TestPhases:
    def test_a_rebase_begins_limits_runs_and_gates_anew(self) -> None:
        rules = SeriesRules(COUNT, rebases=(LAST.plus(-7),))
        judged = judge_series(rules, of_values([20, 22] * 5 + [30, 32] * 4), LAST)
        assert [each.phase for each in judged][-9:] == [1] + [2] * 8
        assert {numbers(each)[0] for each in judged if each.phase == 1 and each.is_point} == {21}
        assert {numbers(each)[0] for each in judged if each.phase == 2} == {31}
        assert {each.kind for each in judged if each.is_point} == {LimitsKind.TRIAL}
        assert {each.signal for each in judged} == {None}  # without it, both halves are shifts

    def test_a_phase_of_few_points_has_no_limits(self) -> None:
        judged = judge_series(SeriesRules(COUNT, rebases=(LAST,)), of_values([20, 22] * 12), LAST)
        assert (judged[-1].reason, judged[-2].kind) == (NoLimits.TOO_FEW_POINTS, LimitsKind.FIRM)

    def test_phases_are_counted_from_the_first_rebase_even_before_the_window(self) -> None:
        rules = SeriesRules(COUNT, rebases=(Month(2010, 1), Month(2011, 1)))
        assert {each.phase for each in judge_series(rules, of_values([20, 22] * 12), LAST)} == {3}

    def test_a_baseline_before_the_window_makes_its_limits(self) -> None:
        months = [*of_values([10, 12] * 6, LAST.plus(-24)), *of_values([15] * 24)]
        rules = SeriesRules(COUNT, baseline=Baseline(LAST.plus(-35), LAST.plus(-24)))
        judged = judge_series(rules, months, LAST)
        assert numbers(judged[-1])[:3] == pytest.approx((11, 11 - 5.32, 11 + 5.32))
        assert flags(judged, "shift") == [1] * 24  # the points before the window belong to no run
        assert set(rules.months_needed(LAST)) >= {each.month for each in months}

    def test_a_baseline_belongs_to_its_own_phase(self) -> None:
        rules = SeriesRules(COUNT, rebases=(LAST.plus(-11),), baseline=Baseline(LAST.plus(-23), LAST.plus(-12)))
        judged = judge_series(rules, of_values([10, 12] * 6 + [20, 22] * 6), LAST)
        assert [numbers(each)[0] for each in (judged[0], judged[-1])] == [11, 21]

    def test_a_rebase_may_begin_a_baseline(self) -> None:
        rules = SeriesRules(COUNT, rebases=(LAST.plus(-11),), baseline=Baseline(LAST.plus(-11), LAST.plus(-4)))
        judged = judge_series(rules, of_values([10, 12] * 6 + [20, 22] * 4 + [24] * 4), LAST)
        assert [numbers(each)[0] for each in (judged[0], judged[-1])] == [11, 21]
        assert judged[-1].kind is LimitsKind.TRIAL

    def test_a_baseline_without_a_point_makes_nothing(self) -> None:
        rules = SeriesRules(COUNT, baseline=Baseline(Month(2001, 1), Month(2001, 12)))
        judged = judge_series(rules, of_values([10, 12] * 12), LAST)
        assert numbers(judged[-1])[0] == 11
        assert not any(each.by_baseline for each in judged)

    def test_the_gates_are_those_of_the_baseline(self) -> None:
        rules = SeriesRules(COUNT, baseline=Baseline(LAST.plus(-23), LAST.plus(-17)))
        judged = judge_series(rules, of_values([10, 12] * 12), LAST)
        assert {(each.reason, each.by_baseline) for each in judged} == {(NoLimits.TOO_FEW_POINTS, True)}

    def test_months_of_other_phases_are_not_judged_by_the_baseline(self) -> None:
        rules = SeriesRules(COUNT, rebases=(LAST.plus(-7),), baseline=Baseline(LAST.plus(-23), LAST.plus(-12)))
        judged = judge_series(rules, of_values([10, 12] * 12), LAST)
        assert [each.by_baseline for each in judged] == [True] * 16 + [False] * 8


class TestRules:
    def test_a_shift_is_seven_on_one_side(self) -> None:
        assert shifts([1] * 7 + [-1] * 6) == [1] * 7 + [0] * 6
        assert shifts([1] * 3 + [0] + [1] * 6) == [0] * 10  # a point on the mean ends the run

    def test_a_trend_is_seven_points_the_first_included(self) -> None:
        assert trends([1, 2, 3, 4, 5, 6]) == [0] * 6
        assert trends([5, 1, 2, 3, 4, 5, 6, 7, 7]) == [0, 1, 1, 1, 1, 1, 1, 1, 0]
        assert trends([1, 2, 3, 4, 4, 5, 6, 7]) == [0] * 8

    def test_a_turning_point_belongs_to_the_trend_that_it_begins(self) -> None:
        # NHSRplotthedots (0.2.0) looks at the next point only; with this exception the two are alike.
        assert trends([1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1]) == [1] * 6 + [-1] * 7
        assert trends([1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 3]) == [1] * 7 + [0] * 6
        assert trends([1, 2, 3, 4, 5, 6, 7, 3, 3, 2, 1, 0, -1, -2, -3]) == [1] * 7 + [0] + [-1] * 7

    def test_a_point_on_its_limit_is_inside(self) -> None:
        at = Limits.around(Fraction(10), Fraction(1))
        assert [at.outside(Fraction(value)) for value in (13, 7, "13.000000005", "13.00000002", 14, 6)] == [
            0, 0, 0, 1, 1, -1,
        ]  # fmt: skip
        assert [at.near(Fraction(value)) for value in (12, "12.1", "13", "13.1", 8, "7.9", "6.9")] == [
            0, 1, 1, 0, 0, -1, 0,
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("target", "improvement", "assurance"),
        [
            (14, UP, Assurance.FAILING),
            (13, UP, Assurance.INCONSISTENT),
            (10, UP, Assurance.INCONSISTENT),
            (7, UP, Assurance.HITTING),
            (6, DOWN, Assurance.FAILING),
            (7, DOWN, Assurance.INCONSISTENT),
            (13, DOWN, Assurance.HITTING),
            ("12.9999999999", DOWN, Assurance.HITTING),  # a rounding below
            (10, NEITHER, None),
            (None, UP, None),
        ],
    )
    def test_assurance(self, target: object, improvement: Improvement, assurance: Assurance | None) -> None:
        goal = None if target is None else Fraction(str(target))
        assert assurance_of(goal, Limits.around(Fraction(10), Fraction(1)), improvement) is assurance

    @pytest.mark.parametrize(
        ("improvement", "variation"),
        [(UP, Variation.CONCERN), (DOWN, Variation.IMPROVEMENT), (NEITHER, Variation.NEUTRAL_LOW)],
    )
    def test_a_signal_is_better_or_worse_by_direction(self, improvement: Improvement, variation: Variation) -> None:
        judged = judge_series(SeriesRules(COUNT, improvement=improvement), of_values([20, 22] * 11 + [21, 5]), LAST)
        assert (judged[-1].signal, judged[-1].variation) == (Signal.BELOW_LIMIT, variation)

    def test_the_first_of_several_rules_names_the_signal(self) -> None:
        # Mean 57.6; without 146 the 17 ranges have a mean of 14.5: the upper limit is 96.1.
        values = [40, 60] * 6 + [44, 46, 48, 50, 52, 54, 200]
        judged = judge_series(SeriesRules(COUNT), of_values(values), LAST)
        last = judged[-1]
        assert last.flags is not None
        assert (last.flags.outside, last.flags.trend) == (1, 1)
        assert last.signal is Signal.ABOVE_LIMIT
        assert judged[-2].signal is Signal.RISING


class TestPublished:
    """Numbers of the tests and help pages of NHSRplotthedots 0.2.0 (MIT, commit 050b07d)."""

    # R: set.seed(123); rnorm(20)
    NORMAL = (
        "-0.56047565", "-0.23017749", "1.55870831", "0.07050839", "0.12928774", "1.71506499", "0.46091621",
        "-1.26506123", "-0.68685285", "-0.44566197", "1.22408180", "0.35981383", "0.40077145", "0.11068272",
        "-0.55584113", "1.78691314", "0.49785048", "-1.96661716", "0.70135590", "-0.47279141",
    )  # fmt: skip

    def test_twenty_normal_values(self) -> None:
        judged = judge_series(SeriesRules(MEAN), of_values(self.NORMAL), LAST)
        assert numbers(judged[-1])[:3] == pytest.approx((0.1416238, -3.01138, 3.294627), abs=5e-6)
        assert [each.limits.side(Fraction(value)) for each, value in zip(judged[4:], self.NORMAL, strict=True)
                if each.limits][:15] == [-1, -1, 1, -1, -1, 1, 1, -1, -1, -1, 1, 1, 1, -1, -1]  # fmt: skip
        assert {each.signal for each in judged} == {None}

    def test_an_outlier_is_screened(self) -> None:
        values = [*self.NORMAL[:14], "10", *self.NORMAL[15:]]
        judged = judge_series(SeriesRules(MEAN), of_values(values), LAST)
        assert numbers(judged[-1])[:3] == pytest.approx((0.6694159, -2.383666, 3.722497), abs=5e-6)

    def test_ten_values_have_limits_that_are_trial_here(self) -> None:
        # The summary by facet: 0.0746, -2.60 and 2.75 for the first ten; it warns of fewer than 12 points, as we do.
        judged = judge_series(SeriesRules(MEAN), of_values(self.NORMAL[:10]), LAST)
        assert numbers(judged[-1])[:3] == pytest.approx((0.0746, -2.60, 2.75), abs=5e-3)
        judged = judge_series(SeriesRules(MEAN), of_values(self.NORMAL[10:]), LAST)
        assert numbers(judged[-1])[:3] == pytest.approx((0.209, -3.28, 3.70), abs=5e-3)
        assert judged[-1].kind is LimitsKind.TRIAL

    def test_two_near_limits_on_opposite_sides(self) -> None:
        judged = judge_series(SeriesRules(MEAN), of_values([1, -1] * 7 + ["5.5", "-5.5"]), LAST)
        assert [each.signal for each in judged[-2:]] == [None, None]

    @pytest.mark.parametrize(
        ("sides", "flagged"),
        [
            ([], []),
            ([1] * 6, [0] * 6),
            ([1] * 6 + [-1], [0] * 7),
            ([1] * 8 + [-1], [1] * 8 + [0]),  # theirs marks the 7th and 8th, and then all that belong to them
            ([-1] * 8 + [1], [-1] * 8 + [0]),
        ],
    )
    def test_seven_points_one_side_of_the_mean(self, sides: list[int], flagged: list[int]) -> None:
        assert shifts(sides) == flagged

    @pytest.mark.parametrize(
        ("values", "flagged"),
        [
            ([], []),
            ([1, 2, 3, 4, 5, 6], [0] * 6),
            ([1, 2, 3, 3, 4, 5, 6], [0] * 7),
            ([1, 2, 3, 4, 5, 6, 7], [1] * 7),
            ([2, 1, 2, 3, 4, 5, 6, 7, 3], [0] + [1] * 7 + [0]),
            ([7, 6, 5, 4, 3, 2, 1], [-1] * 7),
            ([2, 7, 6, 5, 4, 3, 2, 1, 3], [0] + [-1] * 7 + [0]),
        ],
    )
    def test_seven_point_trend(self, values: list[int], flagged: list[int]) -> None:
        assert trends([Fraction(value) for value in values]) == flagged

    @pytest.mark.parametrize(
        ("near", "sides", "flagged"),
        [
            ([1, 0, 1], [1, 1, 1], [1, 0, 1]),
            ([0, 1, 1], [1, 1, 1], [0, 1, 1]),
            ([1, 1, 0], [1, 1, 1], [1, 1, 0]),
            ([0, 0, 1, 0, 1, 0, 0], [1] * 7, [0, 0, 1, 0, 1, 0, 0]),
            ([0, 0, 1, 1, 0, 0, 0], [1] * 7, [0, 0, 1, 1, 0, 0, 0]),
            ([1, 0, 0, 1], [1] * 4, [0, 0, 0, 0]),
            ([1, 0, 0, 1, 1], [1] * 5, [0, 0, 0, 1, 1]),
            ([1, 0, 1], [1, -1, 1], [0, 0, 0]),
            ([0, 0, 1, 0, 1, 0, 0], [1, -1, 1, -1, 1, -1, 1], [0] * 7),
            ([0, 0, 1, -1, 0, 0, 0], [-1, 1, 1, -1, 1, -1, -1], [0] * 7),
        ],
    )
    def test_two_in_three(self, near: list[int], sides: list[int], flagged: list[int]) -> None:
        assert two_of_three(sides, near) == flagged

    @pytest.mark.parametrize(
        ("lower", "upper", "increase", "decrease"),
        [
            (1, 3, Assurance.FAILING, Assurance.HITTING),
            (5, 7, Assurance.HITTING, Assurance.FAILING),
            (1, 5, Assurance.INCONSISTENT, Assurance.INCONSISTENT),
        ],
    )
    def test_assurance_at_a_target_of_4(self, lower: int, upper: int, increase: Assurance, decrease: Assurance) -> None:
        middle = Fraction(lower + upper, 2)
        at = Limits.around(middle, (upper - middle) / 3)
        assert assurance_of(Fraction(4), at, UP) is increase
        assert assurance_of(Fraction(4), at, DOWN) is decrease
        assert assurance_of(Fraction(4), at, NEITHER) is None


@pytest.mark.parametrize("seed", range(200))
def test_a_second_way_of_working_it_out_agrees(seed: int) -> None:
    judged, expected = _generated(seed)
    assert [each.month.index for each in judged] == list(expected)
    for each, row in zip(judged, expected.values(), strict=True):
        _compare(each, row)


def _generated(seed: int) -> tuple[tuple[JudgedMonth, ...], control_charts.Rows]:
    """Return a series made at random with gaps, phases and baselines, judged by the program and a second time."""
    dice = random.Random(seed)
    measure = dice.choice((SHARE, COUNT, MEAN))
    improvement = dice.choice((UP, DOWN, NEITHER))
    last = LAST.index
    rebases = tuple(sorted(dice.sample(range(last - 50, last), dice.choice((0, 0, 1, 1, 2)))))
    baseline = _baseline(dice, last, rebases)
    cells = _cells(dice, measure, range(last - 60, last + 2))
    expected = control_charts.judge(cells, measure.value, improvement.value, rebases, baseline, last)

    rules = SeriesRules(
        measure,
        improvement=improvement,
        rebases=tuple(map(Month.from_index, rebases)),
        baseline=None if baseline is None else Baseline(*map(Month.from_index, baseline)),
    )
    needed = {month.index for month in rules.months_needed(LAST)}
    months = [_observation(at, cell, measure) for at, cell in cells.items() if at in needed]
    dice.shuffle(months)
    judged = judge_series(rules, months, LAST)
    # Once the latest settled month is known, fewer months matter.
    fewer = rules.months_needed(LAST, latest_settled(months, LAST))
    assert judge_series(rules, [each for each in months if each.month in fewer], LAST) == judged
    return judged, expected


def _baseline(dice: random.Random, last: int, rebases: Sequence[int]) -> tuple[int, int] | None:
    if dice.random() < 0.5:
        return None
    first = dice.randrange(last - 55, last)
    until = first + dice.choice((3, 8, 11, 15, 23))
    inside = [each for each in rebases if first < each <= until]
    return first, (inside[0] - 1 if inside else until)


def _cells(dice: random.Random, measure: Measure, months: range) -> dict[int, control_charts.Cell]:
    level, spread = dice.choice((1, 4, 8, 40, 300)), dice.choice((0, 1, 3, 10))
    chance, slope, turn = dice.choice((0.05, 0.5, 0.9)), dice.choice((0, 0, 0, 1, 4)), dice.randint(7, 30)
    target = dice.choice((None, 0.0, 0.5, 0.9, 1.0)) if measure is SHARE else dice.choice((None, 0.0, level, 3 * level))
    sticks = dice.random() < 0.1
    pending = dice.choice((0, 1, 8))
    cells = {}
    for number, at in enumerate(months):
        settled = number < len(months) - pending and dice.random() > 0.05
        if dice.random() < 0.05:
            continue
        zigzag = slope * abs(number % (2 * turn) - turn)  # falls and rises for so many months by turns
        size = max(0, level + dice.randint(-spread, spread) + (0 if measure is SHARE else zigzag))
        if measure is SHARE:
            top = sum(dice.random() < chance for _ in range(size)) if not slope else min(size, size // 4 + zigzag)
            top = size // 2 if sticks else top
            cells[at] = control_charts.Cell(settled, top if size else None, size, target)
        else:
            top = None if dice.random() < 0.05 else level if sticks else size
            cells[at] = control_charts.Cell(settled, top, 1, target)
    return cells


def _observation(at: int, cell: control_charts.Cell, measure: Measure) -> Observation:
    value = None if cell.top is None else Fraction(cell.top, cell.bottom)
    target = None if cell.target is None else Fraction(str(cell.target))
    cases = (Fraction(cell.top or 0), cell.bottom) if measure is SHARE else (None, None)
    return Observation(Month.from_index(at), value, cell.settled, *cases, target)


def _compare(judged: JudgedMonth, row: control_charts.Row) -> None:
    words = ("phase", "reason", "variation", "assurance", "signal")
    assert {name: getattr(judged, name) for name in words} == {name: row[name] for name in words}
    assert judged.kind.value == row["limits"]
    if judged.limits is None or judged.flags is None:
        assert row["mean"] is row["outside"] is None
        return
    assert {name: getattr(judged.flags, name) for name in control_charts.NAMES} == {
        name: row[name] for name in control_charts.NAMES
    }
    floor, ceiling = row["clip"]
    for name in ("mean", "lower", "upper", "near_lower", "near_upper"):
        assert float(getattr(judged.limits, name)) == pytest.approx(
            min(max(row[name], floor), ceiling), rel=1e-9, abs=1e-12
        )


def test_the_generated_series_have_every_word() -> None:
    words: set[object] = set()
    for seed in range(200):
        judged, _ = _generated(seed)
        for each in judged:
            words |= {each.kind, each.reason, each.signal, each.variation, each.assurance, each.phase}
    every = (*LimitsKind, *Signal, *Variation, *Assurance, NoLimits.TOO_FEW_POINTS, NoLimits.SMALL_NUMBERS, 1, 2, 3)
    assert words >= set(every)
