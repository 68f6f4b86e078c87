"""Comparisons: with a published figure, and with an earlier month, worked out beside them by a second method."""

from dataclasses import replace
from decimal import Decimal
from math import isclose, sqrt

import pytest

from sgkpi.figures.comparison import Comparison, compare_with_earlier, compare_with_value
from sgkpi.figures.figure import Figure
from sgkpi.model.indicator import Improvement
from sgkpi.model.measures import Measure
from tests.support.results import count, month, not_covered, proportion

JANUARY, FEBRUARY = month("2019-01"), month("2019-02")
UP, DOWN, NEITHER = Improvement.INCREASE, Improvement.DECREASE, Improvement.NONE
Z = 1.959963984540054


def between(lower: float, upper: float, improvement: Improvement = UP) -> Figure:
    return replace(
        proportion(FEBRUARY, 1, 2), interval_lower=lower, interval_upper=upper, improvement=improvement
    )  # fmt: skip


def wilson(met: int, of: int) -> tuple[float, float]:
    """The roots of (p - met/of)² = z² p(1 - p)/of, as a quadratic in p."""
    a, b, c = of + Z**2, -(2 * met + Z**2), met**2 / of
    root = sqrt(b * b - 4 * a * c)
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


class TestWithAPublishedFigure:
    @pytest.mark.parametrize(
        ("lower", "upper", "improvement", "expected"),
        [
            (0.71, 0.80, UP, "better"),
            (0.60, 0.69, UP, "worse"),
            (0.71, 0.80, DOWN, "worse"),
            (0.60, 0.69, DOWN, "better"),
            (0.71, 0.80, NEITHER, "higher"),
            (0.60, 0.69, NEITHER, "lower"),
            (0.60, 0.80, UP, "similar"),
            (0.5, 0.75, UP, "similar"),
        ],
    )
    def test_the_interval_against_the_value(
        self, lower: float, upper: float, improvement: Improvement, expected: str
    ) -> None:
        assert compare_with_value(between(lower, upper, improvement), Decimal("0.7")) == expected

    @pytest.mark.parametrize(("lower", "upper"), [(0.75, 0.9), (0.5, 0.75)])
    def test_on_a_bound_is_similar(self, lower: float, upper: float) -> None:
        assert compare_with_value(between(lower, upper), Decimal("0.75")) is Comparison.SIMILAR

    def test_compared_exactly(self) -> None:
        # 0.7 as a double is 0.6999999999999999555910790149937, which is below 7/10
        assert compare_with_value(between(0.5, 0.7), Decimal("0.7")) is Comparison.WORSE

    def test_without_an_interval_there_is_nothing_to_compare(self) -> None:
        stock = replace(count(FEBRUARY, 3), interval_lower=None, interval_upper=None)
        assert compare_with_value(stock, Decimal(0)) is None


class TestWithAnEarlierMonth:
    @pytest.mark.parametrize(
        ("later", "earlier", "improvement", "expected"),
        [
            ((80, 100), (60, 100), UP, "better"),
            ((60, 100), (80, 100), UP, "worse"),
            ((80, 100), (60, 100), DOWN, "worse"),
            ((80, 100), (60, 100), NEITHER, "higher"),
            ((60, 100), (80, 100), NEITHER, "lower"),
            ((70, 100), (60, 100), UP, "similar"),
            ((0, 5), (5, 5), UP, "worse"),
            ((384, 486), (355, 480), UP, "similar"),
            ((7, 7), (7, 7), UP, "similar"),
        ],
    )
    def test_newcombes_interval(
        self, later: tuple[int, int], earlier: tuple[int, int], improvement: Improvement, expected: str
    ) -> None:
        figures = (replace(proportion(period, *cases), improvement=improvement) for period, cases in
                   ((FEBRUARY, later), (JANUARY, earlier)))  # fmt: skip
        found = compare_with_earlier(*figures, is_stock=False)
        assert found
        (l1, u1), (l2, u2), (p1, p2) = wilson(*later), wilson(*earlier), (met / of for met, of in (later, earlier))
        lower = p1 - p2 - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)
        upper = p1 - p2 + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)
        assert isclose(found.interval.lower, lower, rel_tol=1e-7)  # the quadratic's root loses digits
        assert isclose(found.interval.upper, upper, rel_tol=1e-7)
        assert found.comparison == expected

    def test_by_newcombes_own_example(self) -> None:
        # 56/70 and 48/80: 0.0524 to 0.3339 (Newcombe 1998, table II, method 10, contrast a)
        found = compare_with_earlier(proportion(FEBRUARY, 56, 70), proportion(JANUARY, 48, 80), is_stock=False)
        assert found
        assert (round(found.interval.lower, 4), round(found.interval.upper, 4)) == (0.0524, 0.3339)
        assert found.comparison is Comparison.BETTER

    @pytest.mark.parametrize(
        ("later", "earlier", "is_stock"),
        [
            (proportion(FEBRUARY, 80, 100), proportion(JANUARY, 20, 100), True),
            (replace(proportion(FEBRUARY, 80, 100), settled=False), proportion(JANUARY, 20, 100), False),
            (proportion(FEBRUARY, 80, 100), replace(proportion(JANUARY, 20, 100), settled=False), False),
            (proportion(FEBRUARY, 80, 100), proportion(JANUARY, 0, 0), False),
            (proportion(FEBRUARY, 80, 100), not_covered(JANUARY), False),
            (count(FEBRUARY, 80), count(JANUARY, 2), False),
            (
                replace(proportion(FEBRUARY, 80, 100), measure=Measure.MEAN),
                replace(proportion(JANUARY, 20, 100), measure=Measure.MEAN),
                False,
            ),
        ],
        ids=["a stock", "unsettled", "unsettled before", "no cases", "not covered", "a count", "a mean"],
    )
    def test_where_nothing_can_be_said(self, later: Figure, earlier: Figure, is_stock: bool) -> None:
        assert compare_with_earlier(later, earlier, is_stock=is_stock) is None
