"""The funnel: limits and flags against published test data, a second way of working them out, and by hand.

`phe_funnel.csv` and `phe_funnel_limits.csv` hold the numbers of the published tests of PHEindicatormethods (UK Health
Security Agency): 303 areas with their flags, and limits in per cent by number of cases.
"""

import csv
from collections.abc import Iterator
from decimal import Decimal, getcontext
from fractions import Fraction
from pathlib import Path
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgkpi.figures.funnel import (
    FunnelFlag,
    FunnelLimits,
    FunnelPoint,
    expected_beyond,
    flag_of,
    judge_funnel,
    limits_of,
)
from sgkpi.figures.intervals import Z95, Z998

FOLDER = Path(__file__).parent


def read(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


AREAS = [(Fraction(row["met"]), int(row["judged"]), row["flag"]) for row in read("phe_funnel.csv")]
POOLED = Fraction(sum(met for met, _, _ in AREAS), sum(judged for _, judged, _ in AREAS))


def numbers(limits: FunnelLimits) -> list[float]:
    return [limits.lower95, limits.upper95, limits.lower998, limits.upper998]


def flags(*cases: tuple[int, int]) -> list[str]:
    points = [FunnelPoint(str(place), *each) for place, each in enumerate(cases)]
    return [each.flag.value for each in judge_funnel(points)]


class TestPublishedData:
    def test_every_flag(self) -> None:
        assert len(AREAS) == 303
        assert [flag_of(met / judged, judged, POOLED).value for met, judged, _ in AREAS] == [flag for *_, flag in AREAS]

    @pytest.mark.parametrize("row", list(read("phe_funnel_limits.csv")), ids=lambda row: row["judged"])
    def test_every_limit(self, row: dict[str, str]) -> None:
        """They are published with six decimals of a per cent."""
        judged, *limits = map(float, row.values())
        assert [100 * each for each in numbers(limits_of(int(judged), POOLED))] == pytest.approx(limits, abs=5.1e-7)


class TestByHand:
    def test_limits(self) -> None:
        # p = 0.5, n = 100: s = sqrt(0.25/100) = 0.05; 1.95996… · 0.05 = 0.0979982, 3.09023… · 0.05 = 0.1545116
        expected = [0.4020018, 0.5979982, 0.3454884, 0.6545116]
        assert numbers(limits_of(100, Fraction(1, 2))) == pytest.approx(expected, abs=1e-7)

    def test_limits_are_cut_at_nothing_and_at_everything(self) -> None:
        # p = 0.9, n = 10: s = 0.0948683; 0.9 ± 0.1859385, 0.9 ± 0.2931652
        assert numbers(limits_of(10, Fraction(9, 10))) == pytest.approx([0.71406, 1.0, 0.60683, 1.0], abs=1e-5)
        assert limits_of(10, Fraction(1, 10)).lower95 == 0.0

    def test_flags(self) -> None:
        # Of five times 100 cases, 250 met: p = 0.5. Within 0.402 … 0.598, far beyond 0.345 and 0.655.
        assert flags((34, 100), (40, 100), (50, 100), (60, 100), (66, 100)) == [
            *("far_below", "below", "within", "above", "far_above"),
        ]

    def test_a_few_cases_are_not_judged_and_count_in_the_whole(self) -> None:
        # 0 of 9 is not judged. p = (10 + 10 + 10 + 0) / 39; n = 10 (s = 0.1332): 1 - 0.7692 = 0.2308 is within 0.2611
        points = judge_funnel([FunnelPoint(name, 10, 10) for name in "ABC"] + [FunnelPoint("D", 0, 9)])
        assert [each.flag for each in points] == [FunnelFlag.WITHIN] * 3 + [FunnelFlag.NOT_JUDGED]
        assert {each.pooled for each in points[:3]} == {Fraction(30, 39)}
        assert (points[3].pooled, points[3].limits, points[3].value) == (None, None, 0)

    def test_no_recorded_category_is_not_judged_and_counts_in_the_whole(self) -> None:
        points = judge_funnel([FunnelPoint(name, 50, 100) for name in "ABC"] + [FunnelPoint("(not recorded)", 0, 100)])
        # p = 150 / 400 = 0.375; s = 0.0484; 0.375 + 0.0949 = 0.4699 < 0.5 < 0.375 + 0.1496
        assert [each.flag for each in points] == [FunnelFlag.ABOVE] * 3 + [FunnelFlag.NOT_JUDGED]
        assert points[0].pooled == Fraction(3, 8)

    def test_no_funnel_of_two(self) -> None:
        points = judge_funnel([FunnelPoint("A", 0, 100), FunnelPoint("B", 100, 100), FunnelPoint("C", 9, 9)])
        assert {each.flag for each in points} == {FunnelFlag.NOT_JUDGED}
        assert expected_beyond(points) == 0

    @pytest.mark.parametrize("met", [0, 100])
    def test_where_nobody_or_everybody_did_all_are_within(self, met: int) -> None:
        assert flags(*[(met, 100)] * 3) == ["within"] * 3

    def test_on_a_limit_is_within(self) -> None:
        # With p = 1/2 and n = 1 the 95% limit lies at 1/2 + z/2; the next value beyond it is flagged.
        on_it = Fraction(1, 2) + Fraction(Z95) / 2
        assert flag_of(on_it, 1, Fraction(1, 2)) is FunnelFlag.WITHIN
        assert flag_of(on_it + Fraction(1, 10**30), 1, Fraction(1, 2)) is FunnelFlag.ABOVE

    def test_no_cases_at_all(self) -> None:
        (point,) = judge_funnel([FunnelPoint("A", None, None)])
        assert (point.value, point.flag) == (None, FunnelFlag.NOT_JUDGED)
        assert judge_funnel([FunnelPoint("A", 0, 0)])[0].value is None

    @pytest.mark.parametrize(("judged", "expected"), [(3, Fraction(3, 20)), (20, Fraction(1))])
    def test_one_in_twenty_is_beyond_by_chance(self, judged: int, expected: Fraction) -> None:
        assert expected_beyond(judge_funnel([FunnelPoint(str(n), 5, 10) for n in range(judged)])) == expected


@given(st.lists(st.tuples(st.integers(10, 400), st.floats(0, 1)), min_size=3, max_size=12))
def test_a_second_way_in_decimals(drawn: list[tuple[int, float]]) -> None:
    """The same limits and flags, with the quantiles of the normal distribution and sixty decimals."""
    getcontext().prec = 60
    cases = [(round(share * judged), judged) for judged, share in drawn]
    points = judge_funnel([FunnelPoint(str(place), *each) for place, each in enumerate(cases)])
    pooled = Decimal(sum(met for met, _ in cases)) / Decimal(sum(judged for _, judged in cases))
    z95, z998 = (NormalDist().inv_cdf(p) for p in (0.975, 0.999))
    assert (z95, z998) == pytest.approx((Z95, Z998), rel=1e-12)
    for point, (met, judged) in zip(points, cases, strict=True):
        error = (pooled * (1 - pooled) / judged).sqrt()
        near, far = Decimal(Z95) * error, Decimal(Z998) * error
        distance = Decimal(met) / judged - pooled
        beyond = "far_" if abs(distance) > far else "" if abs(distance) > near else None
        side = "above" if distance > 0 else "below"
        assert point.flag.value == ("within" if beyond is None or pooled in (0, 1) else f"{beyond}{side}")
        assert point.limits
        expected = [max(0, pooled - near), min(1, pooled + near), max(0, pooled - far), min(1, pooled + far)]
        assert numbers(point.limits) == pytest.approx(list(map(float, expected)), rel=1e-9, abs=1e-12)
