"""England's working days, against the bank holidays as the government proclaimed them."""

import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgkpi.definitions.bank_holidays import last_known_day, working_days_in_england
from sgkpi.model.errors import ExtractError
from tests.judge.support import day

DAYS = working_days_in_england()

# Every bank holiday of these years, and the moved and extra ones of others (gov.uk/bank-holidays).
YEARS = {
    2015: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2018: "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26",
    2019: "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26",
    2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
}


@pytest.mark.parametrize("year", YEARS)
def test_the_weekdays_that_are_no_working_days_are_the_bank_holidays(year: int) -> None:
    closed = DAYS.closed_weekdays(date(year, 1, 1), date(year, 12, 31))
    assert closed == [date.fromisoformat(f"{year}-{text}") for text in YEARS[year].split()]


@pytest.mark.parametrize("year", range(2015, 2031))
def test_every_year_has_its_eight_bank_holidays_and_the_extra_ones(year: int) -> None:
    closed = DAYS.closed_weekdays(date(year, 1, 1), date(year, 12, 31))
    assert len(closed) == 8 + {2022: 2, 2023: 1}.get(year, 0)


@pytest.mark.parametrize(
    ("text", "is_working"),
    [
        ("2020-05-04", True),  # the May Day that was moved
        ("2020-05-08", False),  # to VE Day
        ("2022-05-30", True),  # the spring holiday that was moved
        ("2022-06-02", False),
        ("2022-06-03", False),  # Platinum Jubilee
        ("2022-09-19", False),  # State Funeral
        ("2023-05-08", False),  # Coronation
        ("2019-02-09", False),  # a Saturday
        ("2019-02-11", True),
    ],
)
def test_moved_and_extra_bank_holidays(text: str, is_working: bool) -> None:
    assert DAYS.is_working_day(day(text)) is is_working


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2019-02-01", 1, "2019-02-04"),  # from Friday to Monday
        ("2019-02-02", 1, "2019-02-04"),  # from Saturday, Monday is day 1
        ("2019-02-03", 1, "2019-02-04"),
        ("2019-02-04", 5, "2019-02-11"),
        ("2019-04-18", 1, "2019-04-23"),  # over Good Friday and Easter Monday
        ("2018-12-24", 1, "2018-12-27"),
        ("2019-02-09", 0, "2019-02-09"),
        ("2019-02-11", -1, "2019-02-08"),
        ("2019-02-10", -1, "2019-02-08"),
    ],
)
def test_adding_working_days(start: str, days: int, end: str) -> None:
    assert DAYS.add(day(start), days) == day(end)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2019-02-01", "2019-02-01", 0),
        ("2019-02-01", "2019-02-04", 1),
        ("2019-02-01", "2019-02-03", 0),
        ("2019-02-02", "2019-02-04", 1),
        ("2019-02-04", "2019-02-01", -1),
        ("2019-04-18", "2019-04-23", 1),
        ("2018-12-31", "2019-12-31", 253),  # 261 weekdays less 8 bank holidays
    ],
)
def test_working_days_between(first: str, last: str, days: int) -> None:
    assert DAYS.between(day(first), day(last)) == days


def test_local_closure_days_are_no_working_days() -> None:
    days = working_days_in_england({day("2018-12-27"): "Offices closed", day("2018-12-29"): "a Saturday already"})
    assert not days.is_working_day(day("2018-12-27"))
    assert days.add(day("2018-12-24"), 1) == day("2018-12-28")
    assert days.between(day("2018-12-24"), day("2018-12-31")) == 2


@given(st.dates(date(2015, 1, 1), date(2030, 12, 31)), st.integers(0, 400))
def test_between_counts_day_by_day(first: date, length: int) -> None:
    passed = [first + timedelta(days=n + 1) for n in range(length)]
    last = first + timedelta(days=length)
    assert DAYS.between(first, last) == sum(DAYS.is_working_day(each) for each in passed)
    assert DAYS.between(last, first) == -DAYS.between(first, last)


@given(st.dates(date(2015, 1, 1), date(2030, 12, 31)), st.integers(1, 60))
def test_the_nth_working_day_lies_n_working_days_on(start: date, working_days: int) -> None:
    due = DAYS.add(start, working_days)
    assert DAYS.is_working_day(due)
    assert DAYS.between(start, due) == working_days


def test_a_date_past_the_last_known_year_is_an_error() -> None:
    with pytest.raises(ExtractError, match="working days are known up to 2100"):
        DAYS.is_working_day(date(2101, 1, 1))  # a Saturday
    with pytest.raises(ExtractError):
        DAYS.between(date(2019, 1, 1), date(2919, 1, 1))
    with pytest.raises(ExtractError):
        DAYS.add(date(2100, 12, 31), 1)


def test_importing_costs_no_holidays() -> None:
    program = "import sys, sgkpi.definitions.bank_holidays; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_closed_weekdays_leave_weekends_out() -> None:
    days = working_days_in_england([day("2018-12-27")])
    closed = days.closed_weekdays(day("2018-12-25"), day("2019-01-01"))
    assert closed == [day("2018-12-25"), day("2018-12-26"), day("2018-12-27"), day("2019-01-01")]
    assert days.is_working_day(last_known_day())
