"""Intervals against published numbers, and against a second way to each.

The published ones are those with which PHEindicatormethods (revision 093fd288) tests itself, tables of Student's t, and
the examples of Newcombe, Statistics in Medicine 17 (1998), 873-890, table II.
"""

from fractions import Fraction
from math import atan, cos, exp, factorial, log, pi, sqrt, tan
from statistics import NormalDist, stdev

import pytest

from sgkpi.figures.intervals import Z95, Z998, of_count, of_difference, of_mean, of_proportion, t_quantile

EXACT = 1e-9  # relative


def near(*numbers: float) -> object:
    return pytest.approx(numbers, rel=EXACT, abs=0)


def test_the_levels_are_those_of_the_normal_distribution() -> None:
    assert near(NormalDist().inv_cdf(0.975), NormalDist().inv_cdf(0.999)) == (Z95, Z998)


@pytest.mark.parametrize(
    ("met", "judged", "lower", "upper"),
    [
        (1, 100, 0.0017674320641406511, 0.054486196178705294),
        (5, 100, 0.02154367915436798, 0.11175046923191911),
        (20, 100, 0.1333669333310325, 0.28882916559315885),
        (65, 100, 0.5525444329688797, 0.7363575175690247),
        (222, 3215, 0.060791690363636595, 0.07833956681383633),
        (999, 3456, 0.27418951080009873, 0.30440389662818057),
        (1045, 5000, 0.19795549880013297, 0.22049130373189027),
        (9856, 12345, 0.7912101752909069, 0.8053640073614909),
        (7776456, 7564336677, 0.0010273201001641094, 0.0010287644578977231),
        (15552912, 15128673354, 0.0010275314947741198, 0.0010285528098907119),
    ],
)
def test_published_proportions(met: int, judged: int, lower: float, upper: float) -> None:
    assert of_proportion(met, judged) == near(lower, upper)
    assert of_proportion(judged - met, judged) == near(1 - upper, 1 - lower)


@pytest.mark.parametrize(
    ("met", "judged", "lower", "upper"),
    [(65, 100, 0.4954946574070431, 0.7783540614089697), (1045, 5000, 0.19179381799015244, 0.22731562902525818)],
)
def test_published_proportions_at_the_higher_level(met: int, judged: int, lower: float, upper: float) -> None:
    assert of_proportion(met, judged, Z998) == near(lower, upper)


@pytest.mark.parametrize("judged", [1, 2, 10, 4999, 10**7])
def test_none_and_all_are_at_the_very_end(judged: int) -> None:
    """The other bound of none is z²/(n + z²), as the formula comes to where x is 0."""
    other = Z95**2 / (judged + Z95**2)
    none, every = of_proportion(0, judged), of_proportion(judged, judged)
    assert none is not None
    assert every is not None
    assert (none.lower, every.upper) == (0, 1)
    assert (none.upper, 1 - every.lower) == pytest.approx((other, other), rel=EXACT)


def test_nothing_has_no_interval() -> None:
    assert of_proportion(0, 0) is None


@pytest.mark.parametrize(
    ("cases", "lower", "upper"),
    [
        # Below 10 exactly,
        (1, 0.025317807984289897, 5.571643390938898),
        (2, 0.2422092785439652, 7.2246876677239588),
        (5, 1.62348639011842, 11.668332079322669),
        # and from 10 by Byar.
        (10, 4.7874499139675644, 18.391458605756474),
        (20, 12.211428834875937, 30.889880369197066),
        (40, 28.573299866436912, 54.47009932002426),
        (65, 50.163187710459454, 82.84913854593984),
        (130, 108.6130420385145, 154.36548861323926),
        (1045, 982.5932018073325, 1110.33121298565),
    ],
)
def test_published_counts(cases: int, lower: float, upper: float) -> None:
    assert of_count(cases) == near(lower, upper)


def test_no_case_is_between_none_and_what_seldom_gives_none() -> None:
    """exp(-U) = 0.025, so U is ln 40."""
    assert of_count(0) == near(0, log(40))
    assert of_count(0).lower == 0


@pytest.mark.parametrize("cases", range(1, 10))
def test_the_exact_bounds_leave_a_fortieth_on_either_side(cases: int) -> None:
    lower, upper = of_count(cases)
    fewer = sum(exp(-lower) * lower**number / factorial(number) for number in range(cases))
    at_most = sum(exp(-upper) * upper**number / factorial(number) for number in range(cases + 1))
    assert (1 - fewer, at_most) == pytest.approx((0.025, 0.025), rel=1e-12)


AREA_1 = "33.09375 48.38596 64.83495 67.98475 22.93556 71.23587 38.78465 82.37927"
AREA_2 = (
    "5555.66666 6666.77777 4444.88888 2222.99999 3333.88888 5555.44444 6666.33333 7777.44444 5555.99999 "
    "8888.33333 2222.55555 4444.33333 6666.22222 4444.11111 4444.22222 5555.11111 7777.22222 9999.77777"
)


@pytest.mark.parametrize(
    ("values", "lower", "upper"),
    [
        (AREA_1, 36.168325241336504, 71.24036475866352),
        (AREA_2, 4625.790022452972, 6732.135893102583),
        (f"{AREA_1} {AREA_2}", 2666.995676745849, 5229.232630946458),
    ],
)
def test_published_means(values: str, lower: float, upper: float) -> None:
    exact = [Fraction(value) for value in values.split()]
    assert of_mean(len(exact), sum(exact), sum(value * value for value in exact)) == near(lower, upper)


def test_the_mean_of_few_values() -> None:
    """Of -1 and 2: 1/2 less and plus 12.7062 · 3/2, below 0 too. One value, or none, says nothing of chance."""
    assert of_mean(2, Fraction(1), Fraction(5)) == near(*(0.5 + side * 12.706204736174698 * 1.5 for side in (-1, 1)))
    assert of_mean(1, Fraction(7), Fraction(49)) is None
    assert of_mean(0, Fraction(), Fraction()) is None
    assert of_mean(3, Fraction(3), Fraction(3)) == (1, 1)


def test_large_values_that_differ_little_keep_their_spread() -> None:
    """The squares of 10^15 and 10^15 + 2 need 100 bits, and their difference is what the interval is made of."""
    values = [Fraction(10**15), Fraction(10**15 + 2)]
    lower, upper = of_mean(2, sum(values), sum(each * each for each in values)) or (0, 0)
    assert (upper - lower) / 2 == pytest.approx(12.706204736174698, abs=0.25)  # an eighth is what a double can hold
    assert stdev(values) == pytest.approx(sqrt(2))


@pytest.mark.parametrize(
    ("freedom", "published"),
    [
        (1, 12.7062047361747),
        (2, 4.30265272974946),
        (3, 3.18244630528371),
        (4, 2.77644510519779),
        (5, 2.57058183563631),
        (10, 2.22813885198627),
        (20, 2.08596344726586),
        (30, 2.04227245630124),
        (60, 2.00029782201426),
        (100, 1.98397151852355),
        (120, 1.97993040508244),
        (1000, 1.96233908082641),
    ],
)
def test_published_quantiles_of_t(freedom: int, published: float) -> None:
    assert t_quantile(freedom) == pytest.approx(published, rel=1e-13)


def test_quantiles_of_t_in_closed_form() -> None:
    """With one degree of freedom the tangent, with two a root: 0.95 · √(2 / (1 - 0.95²))."""
    assert t_quantile(1) == pytest.approx(tan(pi * 0.475), rel=1e-13)
    assert t_quantile(2) == pytest.approx(0.95 * sqrt(2 / (1 - 0.95**2)), rel=1e-13)


@pytest.mark.parametrize("freedom", [3, 8, 29, 150, 199, 200, 201, 202, 500, 5000, 10**6, 5 * 10**6])
def test_quantiles_of_t_by_integration(freedom: int) -> None:
    """With t = √ν tan θ the density is cos^(ν-1) θ: up to the quantile lies 0.95 of its half."""

    def area(last: float) -> float:  # Simpson's rule
        steps = 4000
        width = last / steps
        weights = (1 if place in (0, steps) else 4 if place % 2 else 2 for place in range(steps + 1))
        return width / 3 * sum(weight * cos(width * place) ** (freedom - 1) for place, weight in enumerate(weights))

    root, quantile = sqrt(freedom), t_quantile(freedom)
    whole = area(min(pi / 2, 12 / root))
    # The density there is 0.05 or more, so the quantile is as near as five times of that.
    assert area(atan(quantile / root)) / whole == pytest.approx(0.95, abs=1e-10)


@pytest.mark.parametrize(
    ("later", "earlier", "lower", "upper"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_published_differences(later: tuple[int, int], earlier: tuple[int, int], lower: float, upper: float) -> None:
    """To four decimals, as they are printed; turned round, the signs change."""
    assert of_difference(later, earlier) == pytest.approx((lower, upper), abs=5.1e-5)
    assert of_difference(earlier, later) == pytest.approx((-upper, -lower), abs=5.1e-5)


def test_the_difference_of_nothing() -> None:
    assert of_difference((0, 0), (1, 2)) is None
    assert of_difference((1, 2), (0, 0)) is None
