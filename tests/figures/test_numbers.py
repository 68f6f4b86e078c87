"""Shown numbers: half up, one decimal, more where a bound would seem reached that is not."""

from decimal import Decimal
from fractions import Fraction

import pytest

from sgkpi.figures.numbers import Bounds, show_count, show_difference, show_target, show_value
from sgkpi.model.indicator import Improvement
from sgkpi.model.measures import Measure, Quantity
from sgkpi.model.units import ValueUnit

P = Quantity(Measure.PROPORTION)
UP, DOWN = Improvement.INCREASE, Improvement.DECREASE


@pytest.mark.parametrize(
    ("met", "of", "shown"),
    [
        (384, 486, "79.0%"),  # 79.0123…
        (1, 3, "33.3%"),
        (2, 3, "66.7%"),
        (1, 16, "6.3%"),  # 6.25 exactly: half goes up
        (5, 80, "6.3%"),
        (9, 80, "11.3%"),  # 11.25 exactly; in binary arithmetic rounding to even would give 11.2
        (1, 2000, "0.1%"),  # 0.05 exactly
        (0, 7, "0.0%"),
        (7, 7, "100.0%"),
    ],
)
def test_a_percentage_has_one_decimal_rounded_half_up(met: int, of: int, shown: str) -> None:
    assert show_value(Fraction(met, of), P) == shown


@pytest.mark.parametrize(
    ("value", "bounds", "improvement", "shown"),
    [
        ("0.8996", ["0.9", "0.8"], UP, "89.96%"),
        ("0.89996", ["0.9"], UP, "89.996%"),
        ("0.7999999", ["0.9", "0.8"], UP, "79.99999%"),
        ("0.9", ["0.9"], UP, "90.0%"),
        ("0.9004", ["0.9"], UP, "90.0%"),  # it does reach the bound
        ("0.0504", ["0.05"], DOWN, "5.04%"),  # shown as 5.0% it would seem to be within 5%
        ("0.0496", ["0.05"], DOWN, "5.0%"),
        ("0.92249", ["0.925"], UP, "92.2%"),
        ("0.92249", ["0.9225"], UP, "92.2%"),
        ("0.92251", ["0.923"], UP, "92.25%"),
    ],
)
def test_a_shown_value_never_reaches_a_bound_that_the_value_does_not(
    value: str, bounds: list[str], improvement: Improvement, shown: str
) -> None:
    assert show_value(Fraction(value), P, Bounds(tuple(map(Decimal, bounds)), improvement)) == shown


@pytest.mark.parametrize(
    ("value", "measure", "shown"),
    [
        (Fraction(1234), Measure.COUNT, "1,234"),
        (Fraction(12), Measure.MEAN, "12.0"),
        (Fraction(5, 4), Measure.MEAN, "1.3"),
        (Fraction(-5, 4), Measure.MEAN, "-1.2"),  # half up is towards the greater
        (Fraction(-1, 25), Measure.MEAN, "0.0"),
        (Fraction(7), Measure.MEDIAN, "7"),
        (Fraction(15, 2), Measure.MEDIAN, "7.5"),
        (Fraction(40), Measure.MAXIMUM, "40"),
        (None, Measure.PROPORTION, "-"),
    ],
)
def test_other_measures(value: Fraction | None, measure: Measure, shown: str) -> None:
    assert show_value(value, Quantity(measure)) == shown


def test_a_mean_keeps_away_from_its_bound() -> None:
    assert show_value(Fraction("4.96"), Quantity(Measure.MEAN), Bounds((Decimal(5),), UP)) == "4.96"


def test_targets_are_shown_as_they_were_set() -> None:
    assert show_target(Decimal("0.9"), P) == "90%"
    assert show_target(Decimal("0.925"), P) == "92.5%"
    assert show_target(Decimal("1"), P) == "100%"
    assert show_target(Decimal("3"), Quantity(Measure.COUNT)) == "3"
    assert show_target(Decimal("10"), Quantity(Measure.COUNT)) == "10"
    assert show_target(None, P) == "-"


@pytest.mark.parametrize(
    ("bound", "shown"),
    [("12.5", "£12.50"), ("1250", "£1,250"), ("12.50", "£12.50"), ("12.00", "£12"), ("0.125", "£0.125")],
)
def test_a_target_in_money_has_pence_or_none(bound: str, shown: str) -> None:
    assert show_target(Decimal(bound), Quantity(Measure.MEAN, ValueUnit.MONEY)) == shown


def test_counts() -> None:
    assert show_count(5312) == "5,312"
    assert show_count(0) == "0"
    assert show_count(None) == "-"
    assert show_count(Fraction(7, 2)) == "3.5"


MEAN, MAXIMUM = Measure.MEAN, Measure.MAXIMUM


@pytest.mark.parametrize(
    ("value", "measure", "unit", "shown"),
    [
        ("1/2", MEAN, ValueUnit.PERCENT, "50.0%"),
        ("40", MAXIMUM, ValueUnit.DAYS, "40 days"),
        ("1", MAXIMUM, ValueUnit.DAYS, "1 day"),
        ("1", MEAN, ValueUnit.HOURS, "1.0 hours"),
        ("33/2", Measure.RATIO, ValueUnit.CASES, "16.5 cases"),
        ("7/2", MEAN, ValueUnit.SCORE, "3.5"),
        ("1250", MEAN, ValueUnit.MONEY, "£1,250"),
        ("-25/2", MEAN, ValueUnit.MONEY, "-£12.50"),
    ],
)
def test_a_value_is_shown_in_its_unit(value: str, measure: Measure, unit: ValueUnit, shown: str) -> None:
    assert show_value(Fraction(value), Quantity(measure, unit)) == shown


def test_a_target_and_a_difference_are_shown_in_the_unit() -> None:
    shares, days = Quantity(MEAN, ValueUnit.PERCENT), Quantity(MAXIMUM, ValueUnit.DAYS)
    assert (show_target(Decimal("0.8"), shares), show_target(Decimal(10), days)) == ("80%", "10 days")
    assert show_difference(Fraction("0.02"), shares) == "2.0 percentage points"
    assert show_difference(Fraction(-1), days) == "1 day"
