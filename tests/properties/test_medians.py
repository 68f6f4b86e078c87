"""The median of counted values is the median of the values written out one by one."""

from collections import Counter
from fractions import Fraction
from statistics import median as median_of_values

from hypothesis import given
from hypothesis import strategies as st

from sgkpi.figures.steps import median
from sgkpi.ledger.ledger import ValueSummary
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Month, PeriodKind, period_for

PLACE = ("waits", period_for(PeriodKind.MONTH, Month(2019, 2)), None, None)
VALUES = st.lists(st.fractions(min_value=-5, max_value=5, max_denominator=4), min_size=1, max_size=12)


@given(VALUES, VALUES)
def test_counts_of_values_have_the_median_of_the_values(first: list[Fraction], second: list[Fraction]) -> None:
    """Of one part, and of two parts added up."""
    one, other = (ValueSummary.of(PLACE, Counter(values), Measure.MEDIAN) for values in (first, second))
    assert median(one.counts) == median_of_values(first)
    assert median((one + other).counts) == median_of_values([*first, *second])
