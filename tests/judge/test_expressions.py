"""What the reference engine shows of values, and that it knows every function. What they give is in tests/spec."""

from decimal import Decimal
from fractions import Fraction

import pytest

from sgkpi.definitions.expressions.kinds import FUNCTIONS as DECLARED
from sgkpi.judge.expressions import FUNCTIONS
from sgkpi.judge.values import Moment, plain_number, plain_text
from sgkpi.model.periods import Month
from tests.judge.support import at, day


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (False, "no"),
        (12, "12"),
        (Fraction(5, 2), "2.5"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(12), "12"),
        (Fraction(1, 3), "0.3333333333333333"),
        (Fraction(1, 100), "0.01"),
        (day("2019-02-01"), "2019-02-01"),
        (Moment(at("2019-02-01 09:30")), "2019-02-01T09:30:00"),
        (Moment(at("2019-02-01"), has_time=False), "2019-02-01"),
        (Month(2005, 3), "2005-03"),
        ("North", "North"),
    ],
)
def test_categories_are_plain_text(value: str | int, text: str) -> None:
    assert plain_text(value) == text


def test_numbers_have_no_needless_zeros() -> None:
    assert plain_number(Decimal("10.50")) == "10.5"
    assert plain_number(Decimal("1E+3")) == "1000"
    assert plain_number(-7) == "-7"


def test_there_is_an_evaluation_for_every_function_of_the_language() -> None:
    assert set(FUNCTIONS) == set(DECLARED)
