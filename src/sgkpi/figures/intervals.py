"""Intervals that say how far chance alone may move a figure: pure functions of counts.

The level is 95%, that of the Office for Health Improvement and Disparities: Wilson's score interval for a proportion,
Byar's and the exact Poisson interval for a count, Student's t for a mean, Newcombe's for a difference.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import atan, cos, exp, pi, sin, sqrt
from typing import NamedTuple

Z95 = 1.959963984540054
Z998 = 3.090232306167813  # 99.8%, of control limits alone
_TAIL = 0.025
_FEWEST_BYAR = 10
_MOST_TERMS = 200  # degrees of freedom up to which the distribution of t is summed up


class Interval(NamedTuple):
    """A lower and an upper bound."""

    lower: float
    upper: float


def of_proportion(met: int, judged: int, z: float = Z95) -> Interval | None:
    """Return Wilson's score interval of a proportion (E. B. Wilson 1927); None where nothing was judged."""
    if not judged:
        return None
    middle, spread = 2 * met + z * z, z * sqrt(z * z + 4 * met * (judged - met) / judged)
    double = 2 * (judged + z * z)
    # In floating point the bounds of none and of all would miss 0 and 1.
    lower = (middle - spread) / double if met else 0.0
    return Interval(lower, (middle + spread) / double if met < judged else 1.0)


@lru_cache(maxsize=1024)
def of_count(cases: int) -> Interval:
    """Return the interval of a count: exact Poisson bounds below 10, and Byar's approximation from 10."""
    if cases >= _FEWEST_BYAR:
        return Interval(_byar(cases, -Z95), _byar(cases + 1, Z95))
    lower = _root(lambda mean: _poisson(cases - 1, mean) - (1 - _TAIL), 0, cases) if cases else 0.0
    return Interval(lower, _root(lambda mean: _poisson(cases, mean) - _TAIL, cases, 4 * cases + 4))


def of_mean(cases: int, total: Fraction, squares: Fraction) -> Interval | None:
    """Return the t interval of a mean, given the sums of the values and of their squares; None for fewer than two."""
    if cases <= 1:
        return None
    variance = (squares - total * total / cases) / (cases - 1)
    margin = Fraction(t_quantile(cases - 1) * sqrt(variance / cases))
    return Interval(float(total / cases - margin), float(total / cases + margin))


def of_difference(later: tuple[int, int], earlier: tuple[int, int]) -> Interval | None:
    """Return the interval of the difference of two proportions, later less earlier; None where either has none.

    Each is given as its met and its judged cases. Newcombe's hybrid score interval (R. G. Newcombe 1998, method 10).
    """
    first, second = of_proportion(*later), of_proportion(*earlier)
    if first is None or second is None:
        return None
    p1, p2 = later[0] / later[1], earlier[0] / earlier[1]
    difference = float(Fraction(*later) - Fraction(*earlier))
    below = sqrt((p1 - first.lower) ** 2 + (second.upper - p2) ** 2)
    above = sqrt((first.upper - p1) ** 2 + (p2 - second.lower) ** 2)
    return Interval(difference - below, difference + above)


@lru_cache(maxsize=1024)
def t_quantile(freedom: int) -> float:
    """Return the 97.5% quantile of Student's t."""
    if freedom > _MOST_TERMS:
        return _t_expanded(freedom)
    return _root(lambda t: _t_within(t, freedom) - (1 - 2 * _TAIL), Z95, 13)


def _byar(cases: int, z: float) -> float:
    root: float = 1 - 1 / (9 * cases) + z / (3 * sqrt(cases))
    return cases * root * root * root


def _poisson(most: int, mean: float) -> float:
    """Return the probability that a Poisson variable of this mean is at most `most`."""
    term = total = exp(-mean)
    for number in range(1, most + 1):
        term *= mean / number
        total += term
    return total


def _t_within(t: float, freedom: int) -> float:
    """Return the probability that Student's t lies between -t and t (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    angle = atan(t / sqrt(freedom))
    square, is_odd = cos(angle) ** 2, freedom % 2
    term = total = cos(angle) if is_odd else 1.0
    for number in range(2 + is_odd, freedom - 1, 2):
        term *= square * (number - 1) / number
        total += term
    if not is_odd:
        return sin(angle) * total
    return 2 / pi * (angle + (sin(angle) * total if freedom > 1 else 0))


def _t_expanded(freedom: int) -> float:
    """Return the quantile by its expansion around the normal one (Abramowitz and Stegun 26.7.5)."""
    z = Z95
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / float(freedom) ** power for power, term in enumerate(terms, start=1))


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a monotonic function is 0, by halving the interval until no double lies within."""
    rises = function(high) > 0
    while low < (middle := (low + high) / 2) < high:
        if (function(middle) > 0) is rises:
            high = middle
        else:
            low = middle
    return middle
