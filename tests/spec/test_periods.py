"""Periods: months, quarters, financial years, year to date and rolling twelve months."""

import pytest

from sgkpi.model.errors import UsageError
from sgkpi.model.periods import PeriodKind
from tests.spec.pages import Page

COUNT = "table: contacts\nperiod: received\nmeasure: count\n"
DUE = "table: contacts\nperiod: due\nmeasure: proportion\n"
LAST_AND_FIRST_DAYS = """
    id | received
    1  | 2018-01-31 23:59:59
    2  | 2018-02-28 23:59:59
    3  | 2018-03-01 00:00:00
    4  | 2018-03-31 23:59:59
    5  | 2018-04-01
    6  | 2018-12-31 23:59:59
    7  | 2019-01-01 00:00:01
    8  | 2019-01-31 23:59:59.999
    9  | 2019-02-01
    10 | 2019-02-28 23:59:59
    11 | 2019-03-01 00:00:01
    """


@pytest.mark.parametrize(
    ("kind", "label", "value"),
    [
        (PeriodKind.MONTH, "2019-02", 2),  # 9 and 10
        (PeriodKind.QUARTER, "2018-19 Q4", 5),  # 7 to 11
        (PeriodKind.FINANCIAL_YEAR, "2018-19", 7),  # 5 to 11
        (PeriodKind.YEAR_TO_DATE, "2018-19 to 2019-02", 6),  # 5 to 10
        (PeriodKind.ROLLING_12_MONTHS, "2018-03 to 2019-02", 8),  # 3 to 10
    ],
)
def test_kinds_of_period(engine: str, kind: PeriodKind, label: str, value: int) -> None:
    """Whole days from the first to the last, both included."""
    page = Page(engine, COUNT, contacts=LAST_AND_FIRST_DAYS, kinds=[kind])
    assert page.values("period", "value") == [(label, value)]


def test_a_period_is_given_once(engine: str) -> None:
    """January and February are of the same quarter."""
    page = Page(engine, COUNT, contacts=LAST_AND_FIRST_DAYS, months="2019-01 2019-02", kinds=list(PeriodKind))
    periods = [period for (period,) in page.values("period")]
    assert periods == [
        "2019-01", "2019-02", "2018-19 Q4", "2018-19", "2018-19 to 2019-01", "2018-19 to 2019-02",
        "2018-02 to 2019-01", "2018-03 to 2019-02",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("as_of", "status"),
    [("2019-02-28", "complete"), ("2019-02-28 23:59:59", "complete"), ("2019-02-28 23:59", "provisional")],
)
def test_a_period_has_ended_when_its_last_day_has(engine: str, as_of: str, status: str) -> None:
    """A date as the as-of time means its end."""
    assert Page(engine, COUNT, contacts=LAST_AND_FIRST_DAYS, as_of=as_of).value("status") == status


def test_a_period_that_has_not_begun_cannot_be_asked_for(engine: str) -> None:
    with pytest.raises(UsageError, match="2019-04"):
        Page(engine, COUNT, contacts=LAST_AND_FIRST_DAYS, months="2019-04").results()


def test_a_case_may_be_placed_by_when_it_is_due(engine: str) -> None:
    """`period: due`: from Thursday 31 January the next working day lies in February."""
    definition = DUE + "clock: {start: received, stop: decided, within: 1 working day}\n"
    table = """
        id | received         | decided
        1  | 2019-01-31 09:00 | 2019-01-31 10:00
        2  | 2019-01-30 09:00 | 2019-01-31 10:00
        3  | 2019-02-28 09:00 | 2019-02-28 10:00
        4  |                  | 2019-02-28 10:00
        5  | soon             | 2019-02-28 10:00
        """
    page = Page(engine, definition, contacts=table)
    assert page.outcomes() == {"1": "met"}
    assert page.unplaced() == (1, 1)


def test_due_by_hours_may_fall_into_the_next_month(engine: str) -> None:
    """24 hours from 31 January, 23:00; without a time of day they are counted from midnight, for the place alone."""
    definition = DUE + "clock: {start: received, stop: decided, within: 24 hours}\n"
    table = "id | received | decided\n1 | 2019-01-31 23:00 | 2019-02-01 12:00\n2 | 2019-01-31 | 2019-02-01 12:00"
    assert Page(engine, definition, contacts=table).outcomes() == {"1": "met", "2": "unknown: no_time_of_day"}


def test_a_count_may_be_placed_by_when_it_is_due(engine: str) -> None:
    definition = "table: contacts\nperiod: due\nmeasure: count\nclock: {stop: decided, due: due_on}\n"
    table = "id | received | decided | due_on\n1 | 2019-01-04 | | 2019-02-28\n2 | 2019-01-04 | | 2019-03-01"
    assert Page(engine, definition, contacts=table).outcomes() == {"1": "counted"}
