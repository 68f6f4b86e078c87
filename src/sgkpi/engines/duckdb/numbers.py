"""Exact numbers in SQL: a whole numerator over a denominator.

DuckDB has no exact division, and its decimals run out of digits when multiplied. So a number is
held as a fraction: the numerator a HUGEINT, the denominator a whole number that is known
beforehand or, after a division by a column, a HUGEINT of its own (always positive).
"""

from dataclasses import dataclass
from math import gcd, lcm

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.macros import NUMBER_SCALE


@dataclass(frozen=True)
class Ratio:
    """A number as SQL: null where its numerator is null."""

    numerator: Sql
    denominator: Sql | int = 1

    @property
    def bottom(self) -> Sql:
        """The denominator as SQL."""
        return _huge(self.denominator) if isinstance(self.denominator, int) else self.denominator


def _huge(value: int) -> Sql:
    return sql.number(value).cast("HUGEINT")


def whole(value: Sql) -> Ratio:
    """A whole number."""
    return Ratio(value.cast("HUGEINT"))


def decimal(value: Sql) -> Ratio:
    """A decimal as it is stored: in units of 10^-18."""
    return Ratio(value, NUMBER_SCALE)


def constant(numerator: int, denominator: int) -> Ratio:
    """A number that is written out."""
    shared = gcd(numerator, denominator) or 1
    return Ratio(_huge(numerator // shared), denominator // shared)


def compare(operator: str, left: Ratio, right: Ratio) -> Sql:
    """The comparison, by multiplying crosswise."""
    first, second, _ = _common(left, right)
    return first.op(operator, second)


def _common(left: Ratio, right: Ratio) -> tuple[Sql, Sql, Sql | int]:
    """Both numerators over their least common denominator, and that."""
    if isinstance(left.denominator, int) and isinstance(right.denominator, int):
        shared = lcm(left.denominator, right.denominator)
        return _scaled(left, shared // left.denominator), _scaled(right, shared // right.denominator), shared
    one, other = _reduced(left), _reduced(right)
    for_one = other.bottom // sql.fn("gcd", one.bottom, other.bottom)
    for_other = one.bottom // sql.fn("gcd", one.bottom, other.bottom)
    return (
        one.numerator * for_one,
        other.numerator * for_other,
        one.bottom * for_one,
    )


def _scaled(ratio: Ratio, factor: int) -> Sql:
    return ratio.numerator if factor == 1 else (ratio.numerator * _huge(factor))


def add(operator: str, left: Ratio, right: Ratio) -> Ratio:
    """Sum or difference."""
    first, second, shared = _common(left, right)
    return Ratio(first.op(operator, second), shared)


def multiply(left: Ratio, right: Ratio) -> Ratio:
    """Product; decimals are first reduced, so that their product keeps within the digits there are."""
    first, second = _reduced(left), _reduced(right)
    if isinstance(first.denominator, int) and isinstance(second.denominator, int):
        bottom: Sql | int = first.denominator * second.denominator
    else:
        bottom = first.bottom * second.bottom
    return Ratio(first.numerator * second.numerator, bottom)


def divide(left: Ratio, right: Ratio) -> Ratio:
    """Quotient, exact; null when the divisor is zero."""
    first, second = _reduced(left), _reduced(right)
    turned = (first.numerator * second.bottom) * sql.fn("sign", second.numerator)
    top = sql.when(second.numerator.eq(0), sql.null("HUGEINT"), turned)
    bottom = sql.fn("greatest", sql.fn("abs", second.numerator), _huge(1))
    return Ratio(top, first.bottom * bottom)


def _reduced(ratio: Ratio) -> Ratio:
    """In lower terms, where the denominator is that of a stored decimal."""
    if not isinstance(ratio.denominator, int) or ratio.denominator < NUMBER_SCALE:
        return ratio
    # A null is over one, so that what it is joined with does not grow for nothing.
    shared = sql.fn("coalesce", sql.fn("gcd", ratio.numerator, _huge(ratio.denominator)), _huge(ratio.denominator))
    return Ratio(ratio.numerator // shared, _huge(ratio.denominator) // shared)


def absolute(ratio: Ratio) -> Ratio:
    """The number without its sign."""
    return Ratio(sql.fn("abs", ratio.numerator), ratio.denominator)


def chosen(branches: list[tuple[Sql, Ratio]], otherwise: Ratio) -> Ratio:
    """The number of the first condition that is true."""
    *results, last = brought_together([*(ratio for _, ratio in branches), otherwise])
    conditions = [condition for condition, _ in branches]
    top = sql.case([(when, each.numerator) for when, each in zip(conditions, results, strict=True)], last.numerator)
    if isinstance(last.denominator, int):
        return Ratio(top, last.denominator)
    return Ratio(
        top, sql.case([(when, each.bottom) for when, each in zip(conditions, results, strict=True)], last.bottom)
    )


def brought_together(ratios: list[Ratio]) -> list[Ratio]:
    """The same numbers over one denominator, where all are known beforehand; else as they are."""
    known = [ratio.denominator for ratio in ratios if isinstance(ratio.denominator, int)]
    if len(known) < len(ratios):
        return [Ratio(ratio.numerator, ratio.bottom) for ratio in ratios]
    shared = lcm(*known)
    return [Ratio(_scaled(ratio, shared // bottom), shared) for ratio, bottom in zip(ratios, known, strict=True)]


def combined(function: str, ratios: list[Ratio]) -> Ratio | None:
    """`coalesce`, `least` or `greatest` of numbers over one known denominator; None where there is none."""
    together = brought_together(ratios)
    bottom = together[0].denominator
    return Ratio(sql.fn(function, *(each.numerator for each in together)), bottom) if isinstance(bottom, int) else None
