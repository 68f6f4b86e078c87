"""Ratings: a value against the target in force at the end of its period."""

import pytest

from sgkpi.model.periods import PeriodKind
from tests.spec.pages import Page

BASE = "table: contacts\nperiod: received\nmeasure: proportion\nmet: urgent\nimprovement: %s\ntarget: %s\n"


def contacts(met: int, not_met: int, unknown: int = 0, on: str = "2019-02-04") -> str:
    cells = ["yes"] * met + ["no"] * not_met + [""] * unknown
    return "id | received | urgent\n" + "\n".join(f"{n} | {on} | {cell}" for n, cell in enumerate(cells))


@pytest.mark.parametrize(
    ("improvement", "target", "met", "rating"),
    [
        ("increase", "{green: 90%, amber: 80%}", 9, "GREEN"),  # a value at its bound has reached it
        ("increase", "{green: 90%, amber: 80%}", 8, "AMBER"),
        ("increase", "{green: 90%, amber: 80%}", 7, "RED"),
        ("increase", "{green: 0.9}", 8, "RED"),  # amber may be left out
        ("decrease", "{green: 10%, amber: 20%}", 1, "GREEN"),
        ("decrease", "{green: 10%, amber: 20%}", 2, "AMBER"),
        ("decrease", "{green: 10%, amber: 20%}", 3, "RED"),
    ],
)
def test_a_value_at_a_bound_has_reached_it(engine: str, improvement: str, target: str, met: int, rating: str) -> None:
    """Increase: >= green is GREEN, >= amber AMBER, else RED; decrease the other way."""
    page = Page(engine, BASE % (improvement, target), contacts=contacts(met, 10 - met))
    assert page.values("rating", "rating_firm") == [(rating, True)]


def test_bounds_are_compared_exactly(engine: str) -> None:
    """2 of 3 does not reach 66.67%, nor 1 of 3 a target of 33.4%; and 3 of 10 reaches 30%."""
    assert Page(engine, BASE % ("increase", "{green: 66.67%}"), contacts=contacts(2, 1)).value("rating") == "RED"
    assert Page(engine, BASE % ("increase", "{green: 66.66%}"), contacts=contacts(2, 1)).value("rating") == "GREEN"
    assert Page(engine, BASE % ("increase", "{green: 30%}"), contacts=contacts(3, 7)).value("rating") == "GREEN"


def test_a_target_holds_from_a_month_on(engine: str) -> None:
    """In force for periods that end in or after it; before the first there is none."""
    target = "{2018-12: {green: 40%}, 2019-02: {green: 60%, amber: 50%}}"
    table = "id | received | urgent\n" + "\n".join(
        f"{month}{n} | {month}-04 | {cell}"
        for month in ("2018-11", "2018-12", "2019-01", "2019-02")
        for n, cell in enumerate(["yes", "no"])
    )
    page = Page(engine, BASE % ("increase", target), contacts=table, months="2018-11 2018-12 2019-01 2019-02")
    assert page.values("target_green", "target_amber", "rating") == [
        (None, None, "NOT_RATED"), (0.4, None, "GREEN"), (0.4, None, "GREEN"), (0.6, 0.5, "AMBER"),
    ]  # fmt: skip


def test_without_value_or_target_there_is_no_rating(engine: str) -> None:
    page = Page(engine, BASE % ("increase", "{green: 90%}"), contacts=contacts(0, 0, unknown=1))
    assert page.values("rating", "rating_firm", "status") == [("NOT_RATED", None, "no_cases")]


def test_firm_when_what_is_unknown_cannot_change_it(engine: str) -> None:
    """9 of 10 and one unknown: between 9 of 11 and 10 of 11; green from 90%, and from 80%."""
    table = contacts(9, 1, unknown=1)
    assert Page(engine, BASE % ("increase", "{green: 90%}"), contacts=table).values("rating", "rating_firm") == [
        ("GREEN", False)
    ]
    assert Page(engine, BASE % ("increase", "{green: 80%}"), contacts=table).values("rating", "rating_firm") == [
        ("GREEN", True)
    ]


TO_COME = "table: contacts\nperiod: received\nmeasure: proportion\nmet: urgent\nnot_due: urgent is null\n"


def test_a_provisional_figure_is_rated_only_when_firm(engine: str) -> None:
    """9 of 10 and one not due, in a month that has ended; without a rating there is nothing to be firm about."""
    definition, table = TO_COME + "improvement: increase\ntarget: %s\n", contacts(9, 1, unknown=1)
    loose = Page(engine, definition % "{green: 90%}", contacts=table)
    assert loose.values("status", "rating", "rating_firm") == [("provisional", "NOT_RATED", None)]
    firm = Page(engine, definition % "{green: 80%}", contacts=table)
    assert firm.values("status", "rating", "rating_firm") == [("provisional", "GREEN", True)]


def test_a_flows_period_that_has_not_ended_is_not_rated(engine: str) -> None:
    """Two days into February, 2 of 2 would be GREEN: more cases will come. The same holds for the quarter."""
    definition, table = BASE % ("increase", "{green: 80%}"), contacts(2, 0)
    both = [PeriodKind.MONTH, PeriodKind.QUARTER]
    early = Page(engine, definition, contacts=table, as_of="2019-02-05", kinds=both)
    assert early.values("status", "value", "rating", "rating_firm") == [("provisional", 1, "NOT_RATED", None)] * 2
    ended = Page(engine, definition, contacts=table, as_of="2019-02-28 23:59:59", kinds=both)
    assert ended.values("status", "rating", "rating_firm") == [
        ("complete", "GREEN", True), ("provisional", "NOT_RATED", None)
    ]  # fmt: skip
    count = "table: contacts\nperiod: received\nmeasure: count\nimprovement: decrease\ntarget: {green: 5}\n"
    assert Page(engine, count, contacts=table, as_of="2019-02-05").values("rating", "rating_firm") == [
        ("NOT_RATED", None)
    ]


STOCK = (
    "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: proportion\nmet: team = 'first'\n"
    "not_due: team is null\nimprovement: increase\ntarget: {green: 60%}\n"
)


def test_a_stock_of_a_past_day_is_final(engine: str) -> None:
    """1 of 2, and one not due on that day, which never falls due there: complete, and 50% at the least and the most."""
    leavers = "person | begun | ended | team\na | 2018-01-01 | | first\nb | 2018-01-01 | | second\nc | 2018-01-01 | |"
    columns = "status", "not_due", "lowest", "highest", "rating", "rating_firm"
    past = Page(engine, STOCK, leavers=leavers, months="2018-10")
    assert past.values(*columns) == [("complete", 1, 0.5, 0.5, "RED", True)]
    running = Page(engine, STOCK, leavers=leavers, as_of="2019-02-14")
    assert running.values(*columns) == [("provisional", 1, 0.5, 0.5, "RED", True)]


def test_a_provisional_mean_is_not_rated(engine: str) -> None:
    """It has no lowest and highest; a complete one is rated, and not said to be firm."""
    definition = (
        "table: contacts\nperiod: received\nmeasure: mean\nvalue: n\nimprovement: decrease\ntarget: {green: 5}\n"
    )
    table = "id | received | n\n1 | 2019-02-04 | 5"
    assert Page(engine, definition, contacts=table).values("rating", "rating_firm") == [("GREEN", None)]
    assert Page(engine, definition, contacts=table, as_of="2019-02-14").value("rating") == "NOT_RATED"


def test_a_flows_count_is_rated_for_months_only(engine: str) -> None:
    """A monthly bound says nothing of a year: in longer periods the target columns are null."""
    definition = "table: contacts\nperiod: received\nmeasure: count\nimprovement: decrease\ntarget: {green: 1}\n"
    page = Page(
        engine, definition, contacts="id | received\n1 | 2019-02-04", kinds=[PeriodKind.MONTH, PeriodKind.YEAR_TO_DATE]
    )
    assert page.values("target_green", "rating") == [(1, "GREEN"), (None, "NOT_RATED")]


def test_a_stocks_count_is_rated_in_every_period(engine: str) -> None:
    definition = "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: count\n"
    definition += "improvement: decrease\ntarget: {green: 0}\n"
    leavers = "person | begun | ended\na | 2018-01-01 |"
    page = Page(engine, definition, leavers=leavers, kinds=[PeriodKind.YEAR_TO_DATE])
    assert page.values("target_green", "rating") == [(0, "RED")]
