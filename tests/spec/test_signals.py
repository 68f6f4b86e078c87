"""Signals: months that are more than chance, on the control chart of an indicator."""

import pytest

from sgkpi.model.periods import Month
from tests.spec.pages import Page

MEAN = "table: contacts\nperiod: received\nmeasure: mean\nvalue: n\nimprovement: decrease\ntarget: {green: 20}\n"
FEBRUARY = Month(2019, 2)


def monthly(*numbers: int | None, last: Month = FEBRUARY) -> str:
    """A contact on the first of each month up to the last; None is a month without one."""
    first = last.plus(1 - len(numbers))
    rows = [f"{n} | {first.plus(n)}-01 | {number}" for n, number in enumerate(numbers) if number is not None]
    return "\n".join(["id | received | n", *rows])


def test_the_limits_are_2_66_mean_differences_from_the_mean(engine: str) -> None:
    """Each month has one contact here, whose `n` is its mean. The sum is 395, and the mean of the months 30.3846.

    Their differences 3 7 5 3 6 5 3 5 3 9 11 3 have a mean of 5.25, so the limits are 13.965 from the mean. 22 lies
    between them; no seven months are on one side, or rise or fall. The target, 20, lies between the limits.
    """
    page = Page(engine, MEAN, contacts=monthly(31, 28, 35, 30, 33, 27, 32, 29, 34, 31, 22, 33, 30))
    found = page.signals("value", "lower", "upper", "variation", "assurance")
    assert [row[0] for row in found] == [31, 28, 35, 30, 33, 27, 32, 29, 34, 31, 22, 33, 30]
    assert {(round(lower, 4), round(upper, 4)) for _, lower, upper, *_ in found} == {(16.4196, 44.3496)}  # type: ignore[call-overload]
    assert [row[3:] for row in found] == [("common_cause", None)] * 12 + [("common_cause", "inconsistent")]


def test_a_month_outside_the_limits(engine: str) -> None:
    """The differences are 2 eleven times and 8 once: 2.5 on average. The limits are 6.65 from the mean of 21.7."""
    page = Page(engine, MEAN, contacts=monthly(20, 22, 20, 22, 20, 22, 20, 22, 20, 22, 20, 22, 30))
    assert page.signals("value", "outside", "signal", "variation")[-2:] == [
        (22, 0, None, "common_cause"),
        (30, 1, "above_limit", "concern"),
    ]


def test_seven_months_on_one_side_of_the_mean(engine: str) -> None:
    """Each of them is flagged. The mean is 25.5; the limits are wide, as successive months differ by 10."""
    page = Page(engine, MEAN, contacts=monthly(26, 36, 26, 36, 26, 36, 26, 25, 15, 25, 15, 25, 15, 25))
    assert page.signals("shift", "signal") == [(1, "shift_high")] * 7 + [(-1, "shift_low")] * 7


def test_seven_months_that_rise(engine: str) -> None:
    """The first of them is flagged too; a month that equals the one before ends a trend."""
    page = Page(engine, MEAN, contacts=monthly(20, 30, 20, 30, 20, 21, 22, 23, 24, 25, 26, 26, 27))
    assert [trend for (trend,) in page.signals("trend")] == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0]


def test_two_of_three_months_near_a_limit(engine: str) -> None:
    """Both are beyond two thirds of the way from the mean to the limit, and all three on one side of the mean.

    The mean is 21.9. The differences, 2 eleven times, then 6 5 5 8, have a mean of 46/15: the limit is 8.2 from the
    mean, at 30.1, and two thirds of the way are at 27.4.
    """
    numbers = (*(20, 22) * 6, 28, 23, 28, 20)
    found = Page(engine, MEAN, contacts=monthly(*numbers)).signals("value", "two_of_three", "signal")
    assert found[-4:] == [(28, 1, "two_of_three_high"), (23, 0, None), (28, 1, "two_of_three_high"), (20, 0, None)]


def test_months_without_a_value_are_passed_over(engine: str) -> None:
    """They break no run: the seven that rise are three months and then four."""
    page = Page(engine, MEAN, contacts=monthly(20, 30, 20, 30, 20, 21, 22, None, 23, 24, 25, 26))
    assert [trend for (trend,) in page.signals("trend")] == [0] * 4 + [1] * 7


def test_a_month_that_is_not_settled_is_not_judged(engine: str) -> None:
    """March is not over on the 4th. The latest settled month is February, and the window ends with it."""
    numbers = (20, 22, 20, 22, 20, 22, 20, 22, 20, 22, 20, 22, 61)
    page = Page(engine, MEAN, contacts=monthly(*numbers, last=Month(2019, 3)), months="2019-03")
    found = page.signals("value", "settled", "limits", "reason", "signal", "assurance")
    assert found[-2:] == [(22, True, "firm", None, None, "inconsistent"), (61, False, "none", None, None, None)]


@pytest.mark.parametrize(
    ("months", "limits", "reason"),
    [(7, "none", "too_few_points"), (8, "trial", None), (11, "trial", None), (12, "firm", None)],
)
def test_how_many_months_make_limits(engine: str, months: int, limits: str, reason: str | None) -> None:
    page = Page(engine, MEAN, contacts=monthly(*[20, 22, 21, 23, 20, 22, 21, 23, 20, 22, 21, 23][:months]))
    assert page.signals("limits", "reason")[-1] == (limits, reason)


@pytest.mark.parametrize(
    ("measure", "reason"),
    [
        ("measure: maximum\nvalue: n", "maximum"),
        ("measure: count", "small_numbers"),  # one a month, where 5 are needed
        ("measure: proportion\nmet: n > 20", "small_numbers"),  # less than one a month, where 2 are needed
        ("measure: mean\nvalue: n", None),
    ],
)
def test_what_has_no_limits(engine: str, measure: str, reason: str | None) -> None:
    covers = {"contacts": "2018-03-01"}
    definition = f"table: contacts\nperiod: received\n{measure}\n"
    page = Page(engine, definition, contacts=monthly(20, 22, 21, 23, 20, 22, 21, 23, 20, 22, 21, 23), covers=covers)
    assert page.signals("chart", "limits", "reason")[-1][2] == reason


def test_a_stock_has_no_limits(engine: str) -> None:
    """The same person is counted in each month."""
    definition = "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: count\n"
    page = Page(
        engine, definition, leavers="person | begun | ended\np | 2018-01-01 |", covers={"leavers": "2019-01-01"}
    )
    assert page.signals("value", "chart", "limits", "reason") == [(1, None, "none", "stock")] * 2


def test_a_rebase_begins_anew(engine: str) -> None:
    """Limits and runs are of one phase alone: without the rebase, the first and the last eight months were shifts."""
    definition = MEAN + "rebase: [{from: 2018-07, reason: A second team}]\n"
    page = Page(engine, definition, contacts=monthly(20, 22, 20, 22, 20, 22, 20, 22, 30, 32, 30, 32, 30, 32, 30, 32))
    assert (
        page.signals("phase", "mean", "limits", "signal") == [(1, 21, "trial", None)] * 8 + [(2, 31, "trial", None)] * 8
    )


def test_a_baseline_makes_the_limits(engine: str) -> None:
    """The mean is that of January to December 2016, before the window; the months of the window are judged by it."""
    definition = MEAN + "baseline: {from: 2016-01, to: 2016-12}\n"
    numbers = [10, 12] * 6 + [None] * 18 + [13, 13, 13, 13, 13, 13, 13, 20]
    found = Page(engine, definition, contacts=monthly(*numbers)).signals("value", "mean", "limits", "signal")
    assert found == [(13, 11, "firm", "shift_high")] * 7 + [(20, 11, "firm", "above_limit")]
