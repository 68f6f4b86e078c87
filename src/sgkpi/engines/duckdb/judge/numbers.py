"""Exact numbers in SQL: an integer numerator over a denominator.

DuckDB has no exact division, and its decimals run out of digits when multiplied. So a number is a fraction: the
numerator a HUGEINT, the denominator a whole number that is known beforehand or, after a division by a column, a HUGEINT
of its own (always positive).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from sgkpi.engines.duckdb.session.macros import NUMBER_SCALE
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Sql


@dataclass(frozen=True)
class Ratio:
    """A number as SQL, null if its numerator is null. A stored decimal is in units of 10^-18."""

    numerator: Sql
    denominator: Sql | int = 1

    @property
    def bottom(self) -> Sql:
        """The denominator as SQL."""
        return _huge(self.denominator) if isinstance(self.denominator, int) else self.denominator


def _huge(value: int) -> Sql:
    return sql.number(value).cast("HUGEINT")


def text(ratio: Ratio) -> Sql:
    """Return the text of a number as an exact fraction in lowest terms: `7/2`, or `3`."""
    return sql.fn("kpi_fraction", ratio.numerator, ratio.bottom)


def constant(value: Fraction) -> Ratio:
    """Return a constant number."""
    return Ratio(_huge(value.numerator), value.denominator)


def compare(operator: str, left: Ratio, right: Ratio) -> Sql:
    """Return the comparison, by cross-multiplication."""
    first, second, _ = _common(left, right)
    return first.op(operator, second)


def add(operator: str, left: Ratio, right: Ratio) -> Ratio:
    """Return the sum or difference."""
    first, second, shared = _common(left, right)
    return Ratio(first.op(operator, second), shared)


def _common(left: Ratio, right: Ratio) -> tuple[Sql, Sql, Sql | int]:
    """Return both numerators over their least common denominator, and that."""
    if isinstance(left.denominator, int) and isinstance(right.denominator, int):
        first, second = brought_together([left, right])
        return first.numerator, second.numerator, first.denominator
    one, other = _reduced(left), _reduced(right)
    shared = sql.fn("gcd", one.bottom, other.bottom)
    return (
        one.numerator * (other.bottom // shared),
        other.numerator * (one.bottom // shared),
        (one.bottom * (other.bottom // shared)),
    )


def multiply(left: Ratio, right: Ratio) -> Ratio:
    """Return the product; decimals are reduced first, so that it does not overflow."""
    first, second = _reduced(left), _reduced(right)
    top = first.numerator * second.numerator
    if isinstance(first.denominator, int) and isinstance(second.denominator, int):
        return Ratio(top, first.denominator * second.denominator)
    return Ratio(top, first.bottom * second.bottom)


def divide(left: Ratio, right: Ratio) -> Ratio:
    """Return the exact quotient; null if the divisor is zero."""
    first, second = _reduced(left), _reduced(right)
    turned = first.numerator * second.bottom * sql.fn("sign", second.numerator)
    top = sql.when(second.numerator.eq(0), None, turned)
    return Ratio(top, first.bottom * sql.fn("greatest", sql.fn("abs", second.numerator), _huge(1)))


def _reduced(ratio: Ratio) -> Ratio:
    """Return a stored decimal reduced to lower terms; other numbers unchanged."""
    if not isinstance(ratio.denominator, int) or ratio.denominator < NUMBER_SCALE:
        return ratio
    # A null gets the denominator one, which does not enlarge common denominators.
    shared = sql.fn("gcd", ratio.numerator, ratio.bottom).or_else(ratio.bottom)
    return Ratio(ratio.numerator // shared, ratio.bottom // shared)


def chosen(branches: Sequence[tuple[Sql, Ratio]], otherwise: Ratio) -> Ratio:
    """Return the number of the first condition that holds."""
    *results, last = brought_together([*(ratio for _, ratio in branches), otherwise])
    found = [(condition, result) for (condition, _), result in zip(branches, results, strict=True)]
    top = sql.case([(condition, each.numerator) for condition, each in found], last.numerator)
    if isinstance(last.denominator, int):
        return Ratio(top, last.denominator)
    return Ratio(top, sql.case([(condition, each.bottom) for condition, each in found], last.bottom))


def brought_together(ratios: Sequence[Ratio]) -> list[Ratio]:
    """Return numbers over a common denominator if all are known beforehand; otherwise unchanged."""
    known = [ratio.denominator for ratio in ratios if isinstance(ratio.denominator, int)]
    if len(known) < len(ratios):
        return [Ratio(ratio.numerator, ratio.bottom) for ratio in ratios]
    shared = lcm(*known)
    factors = [shared // bottom for bottom in known]
    pairs = zip(ratios, factors, strict=True)
    return [Ratio(each.numerator if factor == 1 else each.numerator * _huge(factor), shared) for each, factor in pairs]


def combined(function: str, ratios: Sequence[Ratio]) -> Ratio | None:
    """Return `coalesce`, `least` or `greatest` of numbers over one known denominator; None if there is none."""
    together = brought_together(ratios)
    bottom = together[0].denominator
    return Ratio(sql.fn(function, *(each.numerator for each in together)), bottom) if isinstance(bottom, int) else None
