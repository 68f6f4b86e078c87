"""Months without rows: what looks like a broken export, and what may be chance."""

from datetime import date, datetime

from sgkpi.answers.check.events import look_at_events
from sgkpi.engines.checks import Check
from sgkpi.model.periods import Month

AS_OF = datetime(2019, 3, 4, 7)  # the last complete month is 2019-02


def findings(rows: list[int], since: date | None = None) -> list[tuple[Check, str, str, int]]:
    """What is found of rows a month that end with 2019-02."""
    last = Month(2019, 2)
    months = {last.plus(place + 1 - len(rows)): number for place, number in enumerate(rows) if number}
    return [
        (each.check, str(each.first), str(each.last), int(each.usual)) for each in look_at_events(months, AS_OF, since)
    ]


def test_a_drop_to_nothing_in_the_latest_months() -> None:
    assert findings([10, 10, 12, 0, 0]) == [(Check.NO_EVENTS, "2019-01", "2019-02", 10)]


def test_nothing_is_said_of_months_in_which_nothing_was_to_be_expected() -> None:
    assert findings([1, 2, 1, 1, 0]) == []  # one was expected
    assert findings([5, 5, 5, 0]) == []  # five: less than six may fail to come by chance
    assert findings([6, 6, 6, 0]) == [(Check.NO_EVENTS, "2019-02", "2019-02", 6)]


def test_a_gap_between_months_with_rows() -> None:
    assert findings([20, 20, 20, 0, 20]) == [(Check.GAP_IN_EVENTS, "2019-01", "2019-01", 20)]
    assert findings([10, 10, 10, 0, 10]) == []
    assert findings([10, 10, 10, 0, 0, 10]) == [(Check.GAP_IN_EVENTS, "2018-12", "2019-01", 10)]


def test_a_month_with_few_rows() -> None:
    assert findings([40, 40, 40, 9]) == [(Check.FEW_EVENTS, "2019-02", "2019-02", 40)]
    assert findings([40, 40, 40, 10]) == []  # a quarter is not fewer than a quarter
    assert findings([16, 16, 16, 3]) == []  # sixteen a month is too few to tell


def test_the_month_that_still_runs_is_not_looked_at() -> None:
    months = {Month(2019, 1): 30, Month(2019, 2): 30, Month(2019, 3): 1}
    assert list(look_at_events(months, AS_OF, None)) == []


def test_months_before_a_table_is_complete_do_not_count() -> None:
    assert findings([20, 20, 0, 20, 20], since=date(2019, 1, 1)) == []
    assert findings([]) == []
