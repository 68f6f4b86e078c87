"""The sum of two ledgers, worked out by hand."""

from fractions import Fraction

import pytest

from sgkpi.figures.steps import median
from sgkpi.ledger.ledger import FigurePlace, Ledger, OutcomeCount, PersonCount, TableRead, Unplaced, ValueSummary
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Month, PeriodKind, period_for
from sgkpi.model.problems import Problem

FEBRUARY = period_for(PeriodKind.MONTH, Month(2019, 2))
TOTAL: FigurePlace = ("waits", FEBRUARY, None, None)
NORTH: FigurePlace = ("waits", FEBRUARY, "team", "north")


def counted(
    place: FigurePlace, cases: int, outcome: Outcome = Outcome.COUNTED, reason: str | None = None
) -> OutcomeCount:
    return OutcomeCount(*place, outcome, reason, cases)


def values(place: FigurePlace, *numbers: int) -> ValueSummary:
    cases = {Fraction(number): numbers.count(number) for number in numbers}
    return ValueSummary.of(place, cases, Measure.MEDIAN)


def test_counts_of_the_same_place_outcome_and_reason_are_added() -> None:
    first = Ledger(outcomes=(counted(TOTAL, 2), counted(TOTAL, 1, Outcome.UNKNOWN, "value")))
    second = Ledger(outcomes=(counted(NORTH, 3), counted(TOTAL, 3), counted(TOTAL, 4, Outcome.UNKNOWN, "population")))
    assert (first + second).outcomes == (
        counted(TOTAL, 5),
        counted(TOTAL, 4, Outcome.UNKNOWN, "population"),
        counted(TOTAL, 1, Outcome.UNKNOWN, "value"),
        counted(NORTH, 3),
    )


def test_persons_of_parts_that_share_none_are_added() -> None:
    first = Ledger(persons=(PersonCount(*TOTAL, 2), PersonCount(*NORTH, 1)))
    second = Ledger(persons=(PersonCount(*TOTAL, 3),))
    assert (first + second).persons == (PersonCount(*TOTAL, 5), PersonCount(*NORTH, 1))


def test_a_median_is_that_of_all_values_together() -> None:
    """1 1 9 and 2 3: in order 1 1 2 3 9, whose middle is 2, while the medians of the parts are 1 and 2.5."""
    (summary,) = (Ledger(values=(values(TOTAL, 1, 9, 1),)) + Ledger(values=(values(TOTAL, 3, 2),))).values
    assert (summary.cases, summary.total, summary.maximum) == (5, 16, 9)
    assert summary.counts == ((1, 2), (2, 1), (3, 1), (9, 1))
    assert median(summary.counts) == 2


def test_squares_are_added_for_a_mean_alone() -> None:
    """1/2 twice and 3: 1/4 + 1/4 + 9 = 19/2; and 4 more once -2 has been added."""
    first = ValueSummary.of(TOTAL, {Fraction(1, 2): 2, Fraction(3): 1}, Measure.MEAN)
    second = ValueSummary.of(TOTAL, {Fraction(-2): 1}, Measure.MEAN)
    assert (first.squares, (first + second).squares, (first + second).total) == (Fraction(19, 2), Fraction(27, 2), 2)
    assert values(TOTAL, 1, 2).squares == 0


@pytest.mark.parametrize(
    ("counts", "middle"),
    [
        ([(7, 1)], 7),
        ([(1, 1), (2, 1)], Fraction(3, 2)),
        ([(1, 2), (2, 1), (8, 1)], Fraction(3, 2)),  # 1 1 2 8
        ([(1, 1), (5, 3)], 5),  # 1 5 5 5
        ([(1, 3), (5, 2)], 1),  # 1 1 1 5 5
    ],
)
def test_the_median_is_the_middle_value_or_the_mean_of_the_middle_two(
    counts: list[tuple[int, int]], middle: Fraction
) -> None:
    assert median([(Fraction(value), cases) for value, cases in counts]) == middle


def test_unplaced_cases_rows_and_cells_are_added_by_indicator_and_table() -> None:
    first = Ledger(
        unplaced=(Unplaced("waits", 1, 2),), tables=(TableRead("cases", ("cases.csv",), 10, {"received": 1}),)
    )
    second = Ledger(
        unplaced=(Unplaced("visits", 5, 0), Unplaced("waits", 3, 0)),
        tables=(TableRead("cases", ("cases.csv",), 4, {}), TableRead("rows", ("rows.csv",), 2, {})),
    )
    assert (first + second).unplaced == (Unplaced("visits", 5, 0), Unplaced("waits", 4, 2))
    assert (first + second).tables == (
        TableRead("cases", ("cases.csv",), 14, {"received": 1}),
        TableRead("rows", ("rows.csv",), 2, {}),
    )


def test_problems_are_joined_sorted_and_listed_once() -> None:
    early, late = Problem("a.csv", "x", "blank-cell"), Problem("b.csv", "y", "blank-cell")
    assert (Ledger(problems=(late, early)) + Ledger(problems=(early,))).problems == (early, late)


def test_an_empty_ledger_adds_nothing() -> None:
    ledger = Ledger(outcomes=(counted(TOTAL, 2),), values=(values(TOTAL, 4, 4),), unplaced=(Unplaced("waits", 0, 0),))
    assert ledger + Ledger() == ledger == Ledger() + ledger
