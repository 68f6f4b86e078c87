"""Elapsed time in Europe/London, limits, and what a clock makes of them."""

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.judge.clocks import add_limit, add_months, hours_between, instant, known_day
from sgkpi.judge.values import Moment
from sgkpi.model.units import Limit, LimitUnit
from sgkpi.planning.availability import earlier
from tests.judge.support import at, day

DAYS = working_days_in_england()


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("2019-02-01 12:00", "2019-02-01 12:00"),
        ("2019-07-01 12:00", "2019-07-01 11:00"),
        ("2019-03-31 00:59", "2019-03-31 00:59"),
        ("2019-03-31 01:30", "2019-03-31 01:30"),  # does not exist: read as 02:30 BST
        ("2019-03-31 02:30", "2019-03-31 01:30"),
        ("2019-10-27 00:59", "2019-10-26 23:59"),
        ("2019-10-27 01:00", "2019-10-27 01:00"),  # occurs twice: read as GMT
        ("2019-10-27 01:59", "2019-10-27 01:59"),
        ("2019-10-27 02:00", "2019-10-27 02:00"),
        ("1970-01-15 12:00", "1970-01-15 11:00"),  # British Standard Time, all year round
    ],
)
def test_the_instant_of_a_local_time(wall: str, utc: str) -> None:
    assert instant(Moment(at(wall))).replace(tzinfo=None) == at(utc)


@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [
        ("2019-03-30 12:00", "2019-03-31 12:00", 23),
        ("2019-10-26 12:00", "2019-10-27 12:00", 25),
        ("2019-02-04 09:00", "2019-02-05 09:00", 24),
        ("2019-02-05 09:00", "2019-02-04 09:00", -24),
        ("2019-02-04 09:00", "2019-02-04 09:20", Fraction(1, 3)),
        ("2019-10-27 00:30", "2019-10-27 01:30", 2),
    ],
)
def test_hours_between(first: str, last: str, hours: int | Fraction) -> None:
    assert hours_between(Moment(at(first)), Moment(at(last))) == hours


def test_hours_need_both_times_of_day() -> None:
    timed, untimed = Moment(at("2019-02-04 09:00")), Moment(at("2019-02-04"), has_time=False)
    assert hours_between(timed, untimed) is None
    assert hours_between(untimed, timed) is None
    assert hours_between(None, timed) is None


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2018-08-31", 6, "2019-02-28"),
        ("2019-08-31", 6, "2020-02-29"),
        ("2019-02-28", 6, "2019-08-28"),
        ("2019-03-31", -1, "2019-02-28"),
        ("2019-01-15", -1, "2018-12-15"),
        ("9999-11-30", 6, "9999-12-31"),
        ("0001-02-01", -6, "0001-01-01"),
    ],
)
def test_adding_months_is_clamped(start: str, months: int, end: str) -> None:
    assert add_months(day(start), months) == day(end)


@pytest.mark.parametrize(
    ("limit", "due"),
    [
        (Limit(24, LimitUnit.HOURS), "2019-02-02 12:00"),
        (Limit(3, LimitUnit.DAYS), "2019-02-04 12:00"),
        (Limit(2, LimitUnit.WEEKS), "2019-02-15 12:00"),
        (Limit(1, LimitUnit.WORKING_DAYS), "2019-02-04 12:00"),
        (Limit(1, LimitUnit.MONTHS), "2019-03-01 12:00"),
    ],
)
def test_each_kind_of_limit(limit: Limit, due: str) -> None:
    assert add_limit(Moment(at("2019-02-01 12:00")), limit, DAYS) == Moment(at(due))


@pytest.mark.parametrize("unit", LimitUnit)
@pytest.mark.parametrize("amount", [1, 10, 100])
def test_coverage_looks_as_far_back_as_a_clock_runs(unit: LimitUnit, amount: int) -> None:
    """To the start or, past the end of a month, weekends and closed days, at most four days before it."""
    limit = Limit(amount, unit)
    for start in (day("2018-01-01") + timedelta(days=number) for number in range(365)):
        back = earlier(known_day(add_limit(start, limit, DAYS)), limit, DAYS)
        assert timedelta() <= start - back <= timedelta(days=4), start


def test_hours_are_elapsed_hours_over_a_clock_change() -> None:
    limit = Limit(24, LimitUnit.HOURS)
    assert add_limit(Moment(at("2019-03-30 12:00")), limit, DAYS) == Moment(at("2019-03-31 13:00"))
    assert add_limit(Moment(at("2019-10-26 12:00")), limit, DAYS) == Moment(at("2019-10-27 11:00"))
    assert add_limit(Moment(at("2019-10-27 11:00")), limit, DAYS, sign=-1) == Moment(at("2019-10-26 12:00"))


def test_a_date_moved_by_days_stays_a_date() -> None:
    assert add_limit(day("2019-02-01"), Limit(1, LimitUnit.WORKING_DAYS), DAYS) == day("2019-02-04")


@given(st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1)), st.integers(0, 2000))
def test_a_limit_in_hours_takes_that_many_hours(start: datetime, hours: int) -> None:
    due = add_limit(Moment(start), Limit(hours, LimitUnit.HOURS), DAYS)
    assert isinstance(due, Moment)
    # In the first of the two hours that are called the same, a due time reads as an hour later.
    shown = hours_between(Moment(start), due)
    assert shown in (hours, hours + 1)
    if shown != hours:
        assert due.value.month == 10
        assert due.value.hour == 1


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)))
def test_every_local_time_has_an_instant(wall: datetime) -> None:
    away = abs((instant(Moment(wall)).replace(tzinfo=None) - wall).total_seconds())
    assert away <= 2 * 3600
    assert isinstance(wall, date)
