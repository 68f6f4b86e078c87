"""Stocks: cases that are open on the reference day, as they were known by its end."""

from sgkpi.model.periods import PeriodKind
from tests.spec.pages import Page, outcomes

BASE = "table: leavers\npoint_in_time: {from: begun, to: ended}\n"
OPEN = BASE + "measure: count\n"
IN_DATE = BASE + "measure: proportion\nclock: {start: checked, within: %s}\n"


def test_open_from_the_first_day_up_to_the_day_before_the_last(engine: str) -> None:
    """`from <= reference day < to`; without `to` a case is open. The reference day is 28 February."""
    table = """
        person | begun      | ended
        a      | 2019-02-28 |
        b      | 2019-03-01 |
        c      | 2019-01-01 | 2019-02-28
        d      | 2019-01-01 | 2019-03-01
        """
    assert outcomes(engine, OPEN, leavers=table) == {"a": "counted", "d": "counted"}


def test_the_reference_day_is_the_as_of_date_when_the_period_has_not_ended(engine: str) -> None:
    table = "person | begun | ended\na | 2019-02-28 |\nb | 2019-01-01 | 2019-02-20\nc | 2019-01-01 |"
    page = Page(engine, OPEN, leavers=table, as_of="2019-02-19 12:00")
    assert page.outcomes() == {"b": "counted", "c": "counted"}
    assert page.value("status") == "provisional"


def test_what_happened_after_the_reference_day_was_not_known_then(engine: str) -> None:
    """A later date is null: a review of 1 March says nothing of 28 February."""
    definition = BASE + 'measure: proportion\nmet: "checked is not null"\n'
    table = "person | begun | ended | checked\na | 2018-01-01 | | 2019-03-01\nb | 2018-01-01 | | 2019-02-28"
    assert outcomes(engine, definition, leavers=table) == {"a": "not_met", "b": "met"}


def test_each_month_has_a_reference_day_of_its_own(engine: str) -> None:
    table = "person | begun | ended\na | 2018-12-31 | 2019-02-01\nb | 2019-02-01 |"
    page = Page(engine, OPEN, leavers=table, months="2018-12 2019-01 2019-02")
    assert page.values("period", "value") == [("2018-12", 1), ("2019-01", 1), ("2019-02", 1)]


def test_in_date_or_overdue(engine: str) -> None:
    """A clock without stop: met while the reference day is on or before due, else overdue."""
    table = """
        person | begun      | ended | checked
        a      | 2018-01-01 |       | 2018-08-28
        b      | 2018-01-01 |       | 2018-08-27
        c      | 2018-01-01 |       |
        """
    expected = {"a": "met", "b": "overdue", "c": "overdue"}
    assert outcomes(engine, IN_DATE % "6 months", leavers=table) == expected


def test_a_stop_on_a_stock_is_a_stop_by_the_reference_day(engine: str) -> None:
    """Still open on 28 February: overdue when due lies before that day's end, else not due."""
    definition = BASE + "measure: proportion\nclock: {start: begun, stop: checked, within: 7 days}\n"
    table = """
        person | begun      | ended | checked
        a      | 2019-02-20 |       | 2019-02-27
        b      | 2019-02-20 |       | 2019-02-28
        c      | 2019-02-20 |       | 2019-03-01
        d      | 2019-02-21 |       | 2019-03-01
        """
    expected = {"a": "met", "b": "not_met", "c": "overdue", "d": "not_due"}
    assert outcomes(engine, definition, leavers=table) == expected


def test_a_stock_knows_its_reference_day(engine: str) -> None:
    """The days that each has been open on 28 February: 0 and 27."""
    definition = BASE + 'measure: maximum\nvalue: "days_between(begun, reference_day)"\n'
    table = "person | begun | ended\na | 2019-02-28 |\nb | 2019-02-01 |"
    page = Page(engine, definition, leavers=table)
    assert page.values("value", "counted") == [(27, 2)]


def test_a_stock_without_the_first_day_is_unplaced_whatever_its_population(engine: str) -> None:
    """The rows without `from` are counted once for the run."""
    table = "person | begun | ended | team\na | | | North\nb | soon | | South\nc | 2019-01-01 | | North"
    page = Page(engine, OPEN + "population: \"team = 'North'\"\n", leavers=table, months="2019-01 2019-02")
    assert page.unplaced() == (1, 1)


def test_a_stock_in_a_longer_period_is_that_of_its_last_day(engine: str) -> None:
    table = "person | begun | ended\na | 2018-12-31 | 2019-02-01\nb | 2019-02-01 |\nc | 2019-02-02 |"
    page = Page(engine, OPEN, leavers=table, kinds=[PeriodKind.YEAR_TO_DATE])
    assert page.values("period", "value") == [("2018-19 to 2019-02", 2)]


def test_a_clock_in_hours_without_stop_asks_for_the_day_on_which_it_runs_out(engine: str) -> None:
    """24 hours from 23:59 on 27 February run out on the 28th, the reference day."""
    definition = """
        table: contacts
        point_in_time: {from: received, to: closed_on}
        measure: proportion
        clock: {start: received, within: 24 hours}
        """
    table = """
        id | received         | closed_on
        1  | 2019-02-27 23:59 |
        2  | 2019-02-26 23:59 |
        3  | 2019-02-27       |
        """
    expected = {"1": "met", "2": "overdue", "3": "unknown: no_time_of_day"}
    assert outcomes(engine, definition, contacts=table) == expected


def test_a_stock_of_a_past_month_knows_what_was_known_then(engine: str) -> None:
    """A review of July is good until January; that of February is not known on 31 January."""
    definition = (
        BASE
        + """measure: proportion
related: {it: {table: reviews, keep: latest, date: done}}
clock: {start: it.done, within: 6 months}
"""
    )
    tables = {
        "leavers": "person | begun | ended\na | 2018-01-01 |",
        "reviews": "id | person | done\n1 | a | 2018-07-15\n2 | a | 2019-02-15",
    }
    page = Page(engine, definition, months="2018-12 2019-01 2019-02", **tables)
    assert page.values("period", "met", "overdue") == [("2018-12", 1, 0), ("2019-01", 0, 1), ("2019-02", 1, 0)]


def test_an_end_that_cannot_be_read(engine: str) -> None:
    """Whether the case is open cannot be told."""
    assert outcomes(engine, OPEN, leavers="person | begun | ended\na | 2018-01-01 | tbc") == {
        "a": "unknown: unreadable"
    }
