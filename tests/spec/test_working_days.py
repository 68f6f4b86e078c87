"""Working days: Monday to Friday that are no bank holiday in England, and no local closure day."""

import pytest

from sgkpi.model.errors import ExtractError
from tests.spec.pages import Page, outcomes

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


MOVED = 'table: contacts\nperiod: received\nmeasure: count\nby: [{day: "due_on %s interval %s"}]\n'


def moved(engine: str, day: str, sign: str, interval: str, closures: str = "") -> str:
    """A day that lies so many working days after (`+`) or before (`-`) another."""
    table = f"id | received | due_on\n1 | 2019-02-04 | {day}"
    page = Page(engine, MOVED % (sign, interval), contacts=table, as_of="2030-01-01", closures=closures)
    (found,) = page.categories("day")
    return str(found)


@pytest.mark.parametrize(
    ("day", "sign", "interval", "expected"),
    [
        ("2019-02-04", "+", "1 working day", "2019-02-05"),
        ("2019-02-01", "+", "1 working day", "2019-02-04"),  # from a Friday
        ("2019-02-02", "+", "1 working day", "2019-02-04"),  # from a Saturday, Monday is day 1
        ("2019-02-03", "+", "2 working days", "2019-02-05"),
        ("2019-02-01", "+", "20 working days", "2019-03-01"),  # four whole weeks
        ("2019-04-18", "+", "1 working day", "2019-04-23"),  # Maundy Thursday: Good Friday, Easter Monday
        ("2018-12-24", "+", "4 working days", "2019-01-02"),  # 27, 28, 31 December, 2 January
        ("2019-02-05", "-", "1 working day", "2019-02-04"),
        ("2019-02-04", "-", "1 working day", "2019-02-01"),
        ("2019-02-03", "-", "1 working day", "2019-02-01"),  # from a Sunday
        ("2019-02-02", "-", "2 working days", "2019-01-31"),
        ("2019-04-23", "-", "1 working day", "2019-04-18"),
        ("2019-02-04", "+", "0 working days", "2019-02-04"),
        ("2019-02-02", "+", "0 working days", "2019-02-02"),  # a Saturday stays a Saturday
        ("2019-02-02", "-", "0 working days", "2019-02-02"),
        ("1871-05-26", "+", "1 working day", "1871-05-29"),  # before the Bank Holidays Act
    ],
)
def test_an_interval_may_be_one_of_working_days(engine: str, day: str, sign: str, interval: str, expected: str) -> None:
    """`interval N working days` gives the Nth working day after a date, or before it; with 0, the date itself."""
    assert moved(engine, day, sign, interval) == expected


def test_intervals_leave_out_closure_days(engine: str) -> None:
    """`tables/holidays.csv` adds an organisation's own days: here Tuesday 5 February 2019."""
    closed = "2019-02-05,Office closed"
    assert moved(engine, "2019-02-04", "+", "1 working day", closed) == "2019-02-06"
    assert moved(engine, "2019-02-06", "-", "1 working day", closed) == "2019-02-04"


def test_an_interval_of_null_is_null(engine: str) -> None:
    assert moved(engine, "", "+", "20 working days") == "(not recorded)"


def test_an_interval_that_ends_past_the_known_bank_holidays_is_an_error(engine: str) -> None:
    """The day from which it runs may be known, and the day at which it ends not."""
    for day in ("3019-02-04", "2100-12-31"):
        with pytest.raises(ExtractError):
            moved(engine, day, "+", "1 working day")


def test_a_first_review_is_due_in_working_days(engine: str) -> None:
    """A due moment of its own: 20 working days for the first review, three months for the second, then six.

    Care begins on Friday 14 December 2018: 25 and 26 December and 1 January do not count, so the twentieth working
    day is Wednesday 16 January 2019.
    """
    definition = """
        table: leavers
        point_in_time: {from: begun, to: ended}
        related:
          review: {table: reviews, keep: latest, date: done}
          reviews: {table: reviews, keep: count, date: done}
        measure: proportion
        clock:
          due: "case when reviews.count = 0 then begun + interval 20 working days
                     when reviews.count = 1 then review.done + interval 3 months
                     else review.done + interval 6 months end"
        """
    leavers = """
        person | begun      | ended
        new    | 2018-12-14 |
        one    | 2018-12-14 |
        two    | 2018-06-01 |
        """
    reviews = """
        id | person | done
        1  | one    | 2018-12-20
        2  | two    | 2018-06-20
        3  | two    | 2018-08-31
        """
    tables = {"leavers": leavers, "reviews": reviews}
    assert outcomes(engine, definition, as_of="2019-01-16", months="2019-01", **tables) == {
        "new": "met", "one": "met", "two": "met",
    }  # fmt: skip
    assert outcomes(engine, definition, as_of="2019-01-17", months="2019-01", **tables) == {
        "new": "overdue", "one": "met", "two": "met",
    }  # fmt: skip
    assert outcomes(engine, definition, as_of="2019-03-20", months="2019-03", **tables) == {
        "new": "overdue", "one": "met", "two": "overdue",
    }  # fmt: skip
    assert outcomes(engine, definition, as_of="2019-03-21", months="2019-03", **tables)["one"] == "overdue"


def test_several_related_rows_may_be_bounded_by_working_days(engine: str) -> None:
    """Other contacts of the two working days before a contact, of the two after it, and the last from the third on.

    Good Friday is 19 April 2019: the second working day before Tuesday 23 April is the 17th, the second after it the
    25th.
    """
    definition = """
        table: contacts
        period: received
        related:
          before: {table: contacts, keep: count, date: received, until: received,
            since: "date(received) - interval 2 working days"}
          after: {table: contacts, keep: count, date: received, after: received,
            until: "date(received) + interval 2 working days"}
          last: {table: contacts, keep: latest, date: received, until: as_of,
            since: "date(received) + interval 3 working days"}
        measure: count
        by: [{before: before.count}, {after: after.count}, {last: date(last.received)}]
        """
    contacts = """
        id | person | received
        1  | one    | 2019-04-23
        2  | one    | 2019-04-16
        3  | one    | 2019-04-17
        4  | one    | 2019-04-25
        5  | one    | 2019-04-26
        6  | two    | 2019-04-23
        """
    page = Page(engine, definition, contacts=contacts, months="2019-04", as_of="2019-05-31")
    assert page.categories("before") == {"0": 2, "1": 4}  # none before contacts 2 and 6
    assert page.categories("after") == {"0": 2, "1": 4}  # none after contacts 5 and 6
    assert page.categories("last") == {"2019-04-26": 3, "(not recorded)": 3}  # of contacts 1, 2 and 3
