"""Working days: Monday to Friday that are no bank holiday in England, and no local closure day."""

import pytest

from sgkpi.model.errors import ExtractError
from tests.spec.pages import Page

BETWEEN = 'table: contacts\nperiod: received\nmeasure: count\nby: [{days: "working_days_between(received, due_on)"}]\n'


def working_days(engine: str, first: str, last: str, closures: str = "") -> str:
    """The working days after the first day up to and including the last."""
    table = f"id | received | due_on\n1 | {first} | {last}"
    page = Page(engine, BETWEEN, contacts=table, months=first[:7], as_of="2030-01-01", closures=closures)
    (days,) = page.categories("days")
    return str(days)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2019-02-04", "2019-02-04", "0"),
        ("2019-02-04", "2019-02-05", "1"),
        ("2019-02-01", "2019-02-04", "1"),  # over a weekend
        ("2019-02-02", "2019-02-03", "0"),  # within one
        ("2019-02-04", "2019-02-01", "-1"),
        ("2019-02-01", "2019-03-01", "20"),  # four whole weeks
        ("2018-03-29", "2018-04-03", "1"),  # Good Friday, Easter Monday
        ("2019-05-03", "2019-05-07", "1"),  # Early May
        ("2018-12-24", "2019-01-02", "4"),  # Christmas Day, Boxing Day, New Year's Day
        ("2016-12-23", "2016-12-28", "1"),  # Christmas Day on a Sunday: substitute day on Tuesday
        ("2020-05-01", "2020-05-04", "1"),  # in 2020 the May holiday was moved to the 8th
        ("2020-05-07", "2020-05-11", "1"),
        ("2022-06-01", "2022-06-06", "1"),  # the Platinum Jubilee
        ("2022-09-16", "2022-09-20", "1"),  # the late Queen's funeral
        ("2023-05-05", "2023-05-09", "1"),  # the Coronation
        ("2018-12-31", "2018-12-31", "0"),
    ],
)
def test_weekends_and_bank_holidays_do_not_count(engine: str, first: str, last: str, expected: str) -> None:
    assert working_days(engine, first, last) == expected


def test_closure_days_do_not_count_either(engine: str) -> None:
    """On a weekend they change nothing."""
    assert working_days(engine, "2019-02-04", "2019-02-08", "2019-02-06,Training") == "3"
    assert working_days(engine, "2019-02-04", "2019-02-11", "2019-02-09,A Saturday") == "5"


def test_a_date_past_the_known_bank_holidays_is_an_error(engine: str) -> None:
    """Rather than a figure that counts days which may be holidays."""
    with pytest.raises(ExtractError):
        working_days(engine, "2019-02-04", "3019-02-04")
