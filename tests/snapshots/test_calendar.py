"""calendar.csv: the weekdays that are no working days, and the working days by it."""

from datetime import date, datetime
from pathlib import Path

import pytest

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.model.errors import SnapshotError
from sgkpi.snapshots.calendar import RecordedCalendar, calendar_at, read_calendar

AS_OF = datetime(2019, 3, 4, 7)
PATH = Path("2019-02-r1/calendar.csv")
CLOSURES = {
    date(2014, 12, 24): "before the calendar",
    date(2019, 2, 8): 'Snow, "deep"',
    date(2019, 2, 9): "a Saturday",
    date(2019, 12, 25): "also a bank holiday",
    date(2022, 1, 4): "after it",
}


def test_the_calendar_around_an_as_of_time() -> None:
    found = calendar_at(AS_OF, CLOSURES)
    assert (found.first, found.last) == (date(2015, 1, 1), date(2021, 12, 31))
    in_2019 = {day: name for day, name in found.days.items() if day.year == 2019}
    assert in_2019 == {
        date(2019, 1, 1): "Bank holiday",
        date(2019, 2, 8): 'Snow, "deep"',
        date(2019, 4, 19): "Bank holiday",  # Good Friday
        date(2019, 4, 22): "Bank holiday",
        date(2019, 5, 6): "Bank holiday",
        date(2019, 5, 27): "Bank holiday",
        date(2019, 8, 26): "Bank holiday",
        date(2019, 12, 25): "Bank holiday",
        date(2019, 12, 26): "Bank holiday",
    }
    assert {day.year for day in found.days} == set(range(2015, 2022))
    assert all(day.weekday() < 5 for day in found.days)


def test_its_file_is_read_as_it_was_written() -> None:
    found = calendar_at(AS_OF, CLOSURES)
    lines = found.to_bytes().decode().splitlines()
    assert lines[0] == "date,name"
    assert '2019-02-08,"Snow, ""deep"""' in lines
    assert read_calendar(found.to_bytes(), PATH, found.first, found.last) == found


def test_working_days_are_those_of_the_calendar_and_outside_it_those_of_today() -> None:
    recorded = RecordedCalendar(date(2015, 1, 1), date(2021, 12, 31), {date(2019, 2, 8): "Snow"})
    days = recorded.working_days({date(2019, 2, 11): "known only today", date(2022, 1, 4): "after it"})
    assert not days.is_working_day(date(2019, 2, 8))
    assert days.is_working_day(date(2019, 2, 11))
    assert days.is_working_day(date(2019, 12, 25))  # the calendar that was recorded has no Christmas
    assert not days.is_working_day(date(2014, 12, 25))
    assert not days.is_working_day(date(2022, 1, 4))
    assert days.add(date(2019, 2, 7), 1) == date(2019, 2, 11)


def test_a_calendar_read_back_has_the_working_days_that_it_was_made_from() -> None:
    found, today = calendar_at(AS_OF, CLOSURES), working_days_in_england(CLOSURES)
    days = found.working_days(CLOSURES)
    first, last = date(2013, 1, 1), date(2024, 12, 31)
    assert days.closed_weekdays(first, last) == today.closed_weekdays(first, last)


def test_a_calendar_ends_with_what_is_known() -> None:
    assert calendar_at(datetime(2100, 1, 1), {}).last <= date(2102, 12, 31)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is not a list of dates and names"),
        (b"\xff", "it is not a list of dates and names"),
        (b"date,name\n2019-02-30,x\n", "it is not a list of dates and names"),
        (b"date,name\n2019-02-08\n", "it is not a list of dates and names"),
        (b"day,name\n", "its first line is not date,name"),
    ],
)
def test_a_damaged_calendar_is_named(content: bytes, said: str) -> None:
    with pytest.raises(SnapshotError) as raised:
        read_calendar(content, PATH, date(2015, 1, 1), date(2021, 12, 31))
    assert str(raised.value) == f"{PATH} is damaged: {said}"
