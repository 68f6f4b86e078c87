"""Settled figures: periods that are over, with no case still to become due, so that chance can be spoken of."""

import pytest

from sgkpi.model.periods import PeriodKind
from tests.spec.pages import Page

DECIDED = (
    "table: contacts\nperiod: received\nmeasure: proportion\nclock: {start: received, stop: decided, within: 5 days}\n"
)
ON_TIME = "id | received | decided\n1 | 2019-02-04 | 2019-02-05"


@pytest.mark.parametrize(
    ("as_of", "status", "settled"),
    [
        ("2019-02-28 23:59:58", "provisional", False),
        ("2019-02-28 23:59:59", "complete", True),
        ("2019-02-28", "complete", True),  # the end of the day
    ],
)
def test_a_figure_is_settled_when_its_period_has_ended(engine: str, as_of: str, status: str, settled: bool) -> None:
    page = Page(engine, DECIDED, contacts=ON_TIME, as_of=as_of)
    assert page.values("status", "settled") == [(status, settled)]


def test_a_flow_with_a_case_that_is_not_due_is_not_settled(engine: str) -> None:
    """The contact of 27 February has until the end of 4 March. Cases that cannot be judged do not matter."""
    table = "id | received | decided\n1 | 2019-02-04 | 2019-02-05\n2 | 2019-02-27 |\n3 | 2019-02-04 | 2019-02-03"
    waiting = Page(engine, DECIDED, contacts=table)
    assert waiting.values("not_due", "unknown", "settled") == [(1, 1, False)]
    over = Page(engine, DECIDED, contacts=table, as_of="2019-03-05 00:00")
    assert over.values("not_due", "unknown", "settled") == [(0, 1, True)]


def test_each_category_is_settled_by_itself(engine: str) -> None:
    """The case that is not due is one of the North's: the South's figure is settled, and the total is not."""
    table = "id | received | decided | team\n1 | 2019-02-27 | | North\n2 | 2019-02-04 | 2019-02-05 | South"
    page = Page(engine, DECIDED + "by: [team]\n", contacts=table)
    assert page.categories("team", "settled") == {"North": False, "South": True}
    assert page.value("settled") is False


def test_a_longer_period_with_an_unsettled_month_is_unsettled(engine: str) -> None:
    table = "id | received | decided\n1 | 2019-01-04 | 2019-01-05\n2 | 2019-02-27 |"
    kinds = [PeriodKind.MONTH, PeriodKind.ROLLING_12_MONTHS]
    page = Page(engine, DECIDED, contacts=table, months="2019-01 2019-02", kinds=kinds)
    assert page.values("period", "settled") == [
        ("2019-01", True),
        ("2019-02", False),
        ("2018-02 to 2019-01", True),
        ("2018-03 to 2019-02", False),
    ]


def test_of_a_stock_cases_that_are_not_due_do_not_matter(engine: str) -> None:
    """On a day that has passed none of them becomes due any more."""
    definition = (
        "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: proportion\n"
        "met: team = 'first'\nnot_due: team is null\n"
    )
    leavers = "person | begun | ended | team\na | 2018-01-01 | | first\nb | 2018-01-01 | |"
    past = Page(engine, definition, leavers=leavers)
    assert past.values("not_due", "settled") == [(1, True)]
    running = Page(engine, definition, leavers=leavers, as_of="2019-02-14")
    assert running.values("not_due", "settled") == [(1, False)]


@pytest.mark.parametrize(
    ("as_of", "settled"),
    [
        ("2019-03-09", False),
        ("2019-03-10 23:59:58", False),
        ("2019-03-10 23:59:59", True),
        ("2019-03-11 07:00", True),
    ],
)
def test_settles_after_waits_for_late_records(engine: str, as_of: str, settled: bool) -> None:
    """The tenth day after February is 10 March, and must have ended too; the status knows nothing of it."""
    page = Page(engine, DECIDED + "settles_after: 10 days\n", contacts=ON_TIME, as_of=as_of)
    assert page.values("status", "settled") == [("complete", settled)]


def test_settles_after_holds_for_a_stock_too(engine: str) -> None:
    definition = "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: count\nsettles_after: %s\n"
    leavers = "person | begun | ended\na | 2018-01-01 |"
    assert Page(engine, definition % "3 days", leavers=leavers).value("settled") is True  # until 3 March
    assert Page(engine, definition % "4 days", leavers=leavers).value("settled") is False


def test_a_period_that_is_not_covered_is_not_settled(engine: str) -> None:
    page = Page(engine, DECIDED, contacts=ON_TIME, covers={"contacts": "2019-02-05"})
    assert page.values("status", "settled") == [("not_covered", False)]


def test_a_period_without_cases_is_settled(engine: str) -> None:
    """Nothing is awaited; there is no value all the same."""
    page = Page(engine, DECIDED, contacts=ON_TIME, months="2019-01")
    assert page.values("status", "value", "settled") == [("no_cases", None, True)]
