"""`due`: exclusions, reasons and breakdowns may name the day or the moment at which the definition's clock runs out.

It is a day on clocks in days, weeks, months and working days and on those whose `due` is a date, and else a moment.
"""

from textwrap import dedent

import pytest

from sgkpi.model.errors import ExtractError
from tests.spec.pages import TABLES, Page, outcomes

BASE = "table: contacts\nperiod: received\nmeasure: proportion\n"
CLOCK = BASE + "clock: {start: received, stop: decided, within: %s}\n"
ENDED_FIRST = 'exclude: {ended_first: "decided is null and closed_on <= due"}\n'
NO_DUE = 'exclude: {no_due: "due is null"}\n'


def test_what_ended_before_it_fell_due_is_left_out(engine: str) -> None:
    """Five working days after Monday the 4th is Monday the 11th: on that day it ends first, a day later it does not."""
    table = """
        id | received   | decided    | closed_on
        1  | 2019-02-04 |            | 2019-02-11
        2  | 2019-02-04 |            | 2019-02-12
        3  | 2019-02-04 | 2019-02-12 | 2019-02-11
        4  | 2019-02-04 |            |
        5  | 2019-02-04 | 2019-02-11 | 2019-02-11
        """
    expected = {"1": "excluded: ended_first", "2": "overdue", "3": "not_met", "4": "overdue", "5": "met"}
    assert outcomes(engine, CLOCK % "5 working days" + ENDED_FIRST, contacts=table) == expected


@pytest.mark.parametrize(
    ("within", "received", "expected"),
    [
        ("0 days", "2019-02-04 09:00", "0"),
        ("5 days", "2019-02-04 09:00", "5"),
        ("1 week", "2019-02-04 09:00", "7"),
        ("1 month", "2019-01-31 09:00", "28"),  # to 28 February
        ("5 working days", "2019-02-01 09:00", "7"),  # from a Friday to a Friday
        ("0 working days", "2019-02-02", "0"),  # a Saturday itself
        ("24 hours", "2019-02-04 09:00", "1"),
        ("23 hours", "2019-02-04 00:30", "0"),
    ],
)
def test_the_days_from_the_start_until_it_is_due(engine: str, within: str, received: str, expected: str) -> None:
    definition = CLOCK % within + 'by: [{days: "days_between(received, due)"}]\n'
    table = f"id | received | decided\n1 | {received} | "
    page = Page(engine, definition, contacts=table, months=received[:7])
    assert page.categories("days", "overdue") == {expected: 1}


def test_on_a_clock_in_hours_it_is_a_moment(engine: str) -> None:
    """From 12:00 on 30 March 24 hours end at 13:00 on the 31st, as the clocks go forward."""
    definition = CLOCK % "24 hours" + 'exclude: {ended_first: "decided is null and due_at <= due"}\n'
    table = """
        id | received         | decided          | due_at
        1  | 2019-03-30 12:00 |                  | 2019-03-31 13:00
        2  | 2019-03-30 12:00 |                  | 2019-03-31 13:01
        3  | 2019-03-30 12:00 | 2019-03-31 13:00 | 2019-03-31 12:00
        """
    expected = {"1": "excluded: ended_first", "2": "overdue", "3": "met"}
    assert outcomes(engine, definition, contacts=table, months="2019-03", as_of="2019-04-05") == expected
    by = CLOCK % "24 hours" + 'by: [{hours: "hours_between(received, due)"}, {day: "date(due)"}]\n'
    page = Page(engine, by, contacts=table, months="2019-03", as_of="2019-04-05")
    assert page.categories("hours", "overdue") == {"24": 2}
    assert page.categories("day", "overdue") == {"2019-03-31": 2}


def test_in_the_hour_that_occurs_twice_it_is_the_moment_that_the_hours_lead_to(engine: str) -> None:
    """An hour from 00:30 is 01:30 in summer time (00:30Z). A cell that says 01:20 means GMT, which is later."""
    definition = CLOCK % "1 hour" + 'exclude: {ended_first: "due_at <= due"}\n'
    table = """
        id | received         | decided | due_at
        1  | 2019-10-27 00:30 |         | 2019-10-27 01:20
        2  | 2019-10-27 00:30 |         | 2019-10-27T00:30Z
        3  | 2019-10-27 00:30 |         | 2019-10-27T00:31Z
        4  | 2019-10-27 01:00 |         | 2019-10-27 02:00
        """
    expected = {"1": "overdue", "2": "excluded: ended_first", "3": "overdue", "4": "excluded: ended_first"}
    assert outcomes(engine, definition, contacts=table, months="2019-10", as_of="2019-11-04") == expected


def test_a_due_expression_is_named_too(engine: str) -> None:
    """Of a date it is a day, of a datetime a moment; whether there is a start makes no difference."""
    dates = BASE + "clock: {start: due_at, stop: decided, due: due_on}\n" + ENDED_FIRST
    table = """
        id | received   | decided    | due_on     | due_at           | closed_on
        1  | 2019-02-04 |            | 2019-02-11 | 2019-02-04 09:00 | 2019-02-11
        2  | 2019-02-04 |            | 2019-02-11 | 2019-02-04 09:00 | 2019-02-12
        3  | 2019-02-04 |            | 2019-02-11 |                  | 2019-02-11
        4  | 2019-02-04 |            | 2019-02-11 |                  | 2019-02-12
        5  | 2019-02-04 |            |            | 2019-02-04 09:00 | 2019-02-11
        """
    expected = {"1": "excluded: ended_first", "2": "overdue", "3": "excluded: ended_first", "4": "unknown: no_start"}
    assert outcomes(engine, dates, contacts=table) == expected | {"5": "unknown: no_due"}
    moments = BASE + 'clock: {stop: decided, due: due_at}\nexclude: {at_once: "hours_between(received, due) < 1"}\n'
    table = """
        id | received         | decided | due_at
        1  | 2019-02-04 09:00 |         | 2019-02-04 09:59
        2  | 2019-02-04 09:00 |         | 2019-02-04 10:00
        3  | 2019-02-04 09:00 |         | 2019-02-04
        """
    expected = {"1": "excluded: at_once", "2": "overdue", "3": "unknown: no_time_of_day"}
    assert outcomes(engine, moments, contacts=table) == expected


def test_it_is_null_where_it_cannot_be_worked_out(engine: str) -> None:
    """Without a start, without a time of day on a clock of hours, and where a due expression is null."""
    table = """
        id | received         | decided          | due_at           | due_on
        1  | 2019-02-04 09:00 | 2019-02-04 10:00 |                  |
        2  | 2019-02-04       | 2019-02-04 10:00 | 2019-02-04       | 2019-02-11
        3  | 2019-02-04 09:00 | 2019-02-04 10:00 | 2019-02-04 09:00 | 2019-02-11
        """
    days = BASE + "clock: {start: due_at, stop: decided, within: 5 days}\n" + NO_DUE
    assert outcomes(engine, days, contacts=table) == {"1": "excluded: no_due", "2": "met", "3": "met"}
    hours = CLOCK % "24 hours" + NO_DUE
    assert outcomes(engine, hours, contacts=table) == {"1": "met", "2": "excluded: no_due", "3": "met"}
    expression = BASE + "clock: {stop: decided, due: due_on}\n" + NO_DUE
    assert outcomes(engine, expression, contacts=table) == {"1": "excluded: no_due", "2": "met", "3": "met"}


def test_a_reason_may_say_by_how_much_it_was_late(engine: str) -> None:
    """The first within a day of the due day, the others beyond it."""
    definition = CLOCK % "1 week" + 'because: {just_late: "days_between(due, decided) <= 1", very_late: "true"}\n'
    table = """
        id | received   | decided
        1  | 2019-02-04 | 2019-02-11
        2  | 2019-02-04 | 2019-02-12
        3  | 2019-02-04 | 2019-02-13
        4  | 2019-02-04 |
        """
    expected = {"1": "met", "2": "not_met: just_late", "3": "not_met: very_late", "4": "overdue: very_late"}
    assert outcomes(engine, definition, contacts=table) == expected


def test_breakdowns_by_how_late(engine: str) -> None:
    """In bands, or by a condition; a case that has no such day is not recorded."""
    definition = (
        CLOCK % "1 week"
        + 'by: [{late: {value: "days_between(due, decided)", bands: [1, 8]}}, ended: "closed_on <= due"]\n'
    )
    table = """
        id | received   | decided    | closed_on
        1  | 2019-02-04 | 2019-02-11 | 2019-02-11
        2  | 2019-02-04 | 2019-02-12 | 2019-02-12
        3  | 2019-02-04 | 2019-02-18 |
        4  | 2019-02-04 | 2019-02-19 |
        """
    page = Page(engine, definition, contacts=table)
    assert page.categories("late", "denominator") == {"under 1": 1, "1-7": 2, "8+": 1}
    assert page.categories("ended", "denominator") == {"yes": 1, "no": 1, "(not recorded)": 2}


def test_what_is_placed_by_its_due_day(engine: str) -> None:
    """A count of what falls due in February, without what had ended by then; what has no start is in no month."""
    definition = """
        table: contacts
        period: due
        clock: {start: due_on, stop: decided, within: 10 days}
        exclude: {ended_first: "closed_on <= due"}
        measure: count
        """
    by = '\nby: [{a_day_later: "closed_on = due + interval 1 day"}]\n'
    table = """
        id | received   | due_on     | decided | closed_on
        1  | 2019-01-04 | 2019-01-21 |         |
        2  | 2019-01-04 | 2019-01-22 |         | 2019-02-01
        3  | 2019-01-04 | 2019-01-22 |         | 2019-02-02
        4  | 2019-01-04 | 2019-02-18 |         |
        5  | 2019-01-04 | 2019-02-19 |         |
        6  | 2019-01-04 |            |         |
        """
    page = Page(engine, definition, contacts=table)
    assert page.outcomes() == {"2": "excluded: ended_first", "3": "counted", "4": "counted"}
    assert Page(engine, dedent(definition) + by, contacts=table).categories("a_day_later") == {
        "yes": 1,
        "no": 0,
        "(not recorded)": 1,
    }
    assert page.unplaced() == (1, 0)


def test_on_a_stock_it_follows_the_row_that_starts_the_clock(engine: str) -> None:
    """Six months from the last review: on 28 February P1 has six days left, P2 is 27 days late; P3 has no review."""
    definition = """
        table: leavers
        point_in_time: {from: begun, to: ended}
        related: {review: {table: reviews, keep: latest, date: done}}
        measure: proportion
        clock: {start: review.done, within: 6 months}
        exclude: {never: "due is null"}
        """
    by = '\nby: [{days_left: "days_between(reference_day, due)"}]\n'
    tables = {
        "leavers": "person | begun | ended\nP1 | 2017-05-01 |\nP2 | 2017-05-01 |\nP3 | 2017-05-01 |",
        "reviews": """
            id | person | done
            1  | P1     | 2018-09-06
            2  | P2     | 2018-08-01
            3  | P2     | 2019-03-02
            """,
    }
    assert outcomes(engine, definition, **tables) == {"P1": "met", "P2": "overdue", "P3": "excluded: never"}
    assert Page(engine, dedent(definition) + by, **tables).categories("days_left", "denominator") == {
        "-27": 1,
        "6": 1,
        "(not recorded)": 0,
    }


def test_a_date_that_was_not_known_yet_gives_no_due_day(engine: str) -> None:
    """As of 4 March a closing on the 10th is not known; a planned date is."""
    table = """
        id | received   | decided | closed_on  | due_on
        1  | 2019-02-04 |         | 2019-03-10 | 2019-03-10
        2  | 2019-02-04 |         | 2019-03-01 | 2019-03-01
        """
    actual = BASE + "clock: {stop: decided, due: closed_on}\n" + NO_DUE
    assert outcomes(engine, actual, contacts=table) == {"1": "excluded: no_due", "2": "overdue"}
    planned = BASE + "clock: {stop: decided, due: due_on}\n" + NO_DUE
    assert outcomes(engine, planned, contacts=table) == {"1": "not_due", "2": "overdue"}


def test_beyond_the_known_bank_holidays_it_is_an_error(engine: str) -> None:
    """They are known up to the end of 2100."""
    definition = CLOCK % "5 working days" + ENDED_FIRST
    table = "id | received | decided | closed_on\n1 | 2100-12-%s | | 2100-12-31"
    page = {"months": "2100-12", "as_of": "2101-02-01"}
    assert outcomes(engine, definition, contacts=table % "20", **page) == {"1": "overdue"}  # due on the 29th
    with pytest.raises(ExtractError):
        outcomes(engine, definition, contacts=table % "30", **page)


def test_a_column_of_that_name_comes_first(engine: str) -> None:
    """A table that has a column `due` keeps its meaning; `lint` says which of the two is meant."""
    declared = {"contacts": TABLES["contacts"].rstrip() + "\n          due: {type: date, planned: yes}\n"}
    table = """
        id | received   | decided | closed_on  | due
        1  | 2019-02-04 |         | 2019-02-20 | 2019-02-20
        2  | 2019-02-04 |         | 2019-02-05 |
        """
    page = Page(engine, CLOCK % "1 week" + ENDED_FIRST, contacts=table, declared=declared)
    assert page.outcomes() == {"1": "excluded: ended_first", "2": "overdue"}
    assert page.lint("due-column") == [
        "here 'due' is a column of 'contacts', and not when the clock runs out; rename the column"
    ]
