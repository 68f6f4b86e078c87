"""Reconciliation of stocks: the worked example, the identity, and the bounds of its gate."""

from dataclasses import replace

import pytest

from sgkpi.model.periods import Month
from sgkpi.snapshots.reconciliation import RECONCILIATION_COLUMNS, Reconciliation

# Published on 31 January: P1 and P2. P5's stay from 25 January came late, P2's was none: P1 and P5 were open.
# P3 came on 10 February, P1 left on the 20th; P6 came and left between: P3 and P5.
EXAMPLE = Reconciliation("in_bnb", Month(2019, 2), 2, 1 - 1, entered=1, left=1, moved_in=0, moved_out=0, closing=2)


def stock(opening: int, *, restated: int = 0, moved_in: int = 0, moved_out: int = 0) -> Reconciliation:
    closing = opening + moved_in - moved_out
    return Reconciliation("open", Month(2019, 2), opening - restated, restated, 0, 0, moved_in, moved_out, closing)


def test_the_worked_example() -> None:
    assert (EXAMPLE.opening, EXAMPLE.adds_up, EXAMPLE.failures) == (2, True, ())


def test_rows_have_the_columns_in_order() -> None:
    row = {name: getattr(EXAMPLE, name) for name in RECONCILIATION_COLUMNS}
    assert list(row.values()) == ["in_bnb", Month(2019, 2), 2, 0, 2, 1, 1, 0, 0, 2]
    assert list(row)[2:7] == ["opening_published", "restated", "opening", "entered", "left"]


@pytest.mark.parametrize(
    "name", ["opening_published", "restated", "entered", "left", "moved_in", "moved_out", "closing"]
)
def test_every_number_is_in_the_identity(name: str) -> None:
    wrong = replace(EXAMPLE, **{name: getattr(EXAMPLE, name) + 1})
    assert wrong.failures == ("opening and flows do not add up to the closing",)


@pytest.mark.parametrize(
    ("opening", "moved_in", "moved_out", "fails"),
    [
        (100, 3, 2, False),  # 5% exactly
        (100, 3, 3, True),
        (10, 1, 1, False),  # 20%, but two cases
        (10, 2, 1, True),
        (0, 2, 0, False),
        (0, 3, 0, True),
    ],
)
def test_more_than_five_per_cent_and_three_cases_that_moved_fail(
    opening: int, moved_in: int, moved_out: int, fails: bool
) -> None:
    expected = f"{moved_in + moved_out} cases moved in or out without a date of a spell; the opening is {opening}"
    assert stock(opening, moved_in=moved_in, moved_out=moved_out).failures == ((expected,) if fails else ())


@pytest.mark.parametrize(
    ("opening", "restated", "fails"),
    [(100, 5, False), (100, 6, True), (100, -6, True), (10, 2, False), (10, -3, True)],
)
def test_more_than_five_per_cent_and_three_cases_restated_fail(opening: int, restated: int, fails: bool) -> None:
    expected = f"the opening was {opening - restated} as published and is {opening} now"
    assert stock(opening, restated=restated).failures == ((expected,) if fails else ())
