"""Clocks: from a start to a stop within a limit, or with a due moment of its own."""

import pytest

from tests.spec.pages import outcomes

BASE = "table: contacts\nperiod: received\nmeasure: proportion\n"
FLOW = BASE + "clock: {start: received, stop: decided, within: %s}\n"
DUE = BASE + "clock: {start: received, stop: decided, due: %s}\n"


MIDNIGHT = {
    "contacts": """
        key: id
        columns:
          id: {type: text}
          received: {type: datetime, midnight: true}
          decided: {type: datetime}
        """
}


def decided(engine: str, within: str, received: str, stop: str, **page: str) -> str:
    """The outcome of one contact; the month is that in which it was received."""
    table = f"id | received | decided\n1 | {received} | {stop}"
    page = {"months": received[:7], "as_of": "2020-12-31", **page}
    return outcomes(engine, FLOW % within, contacts=table, **page)["1"]


def test_a_clock_in_hours_is_met_up_to_the_very_moment(engine: str) -> None:
    """`stop - start <= N hours`: 24 hours on the minute is in time, a second more is not."""
    table = """
        id | received         | decided
        1  | 2019-02-04 09:00 | 2019-02-05 09:00
        2  | 2019-02-04 09:00 | 2019-02-05 09:00:01
        3  | 2019-02-04 09:00 | 2019-02-04 09:00
        """
    expected = {"1": "met", "2": "not_met", "3": "met"}
    assert outcomes(engine, FLOW % "24 hours", contacts=table) == expected


@pytest.mark.parametrize(
    ("start", "stop", "within", "expected"),
    [
        ("2019-03-30 12:00", "2019-03-31 12:00", "23 hours", "met"),  # clocks go forward: 23 hours pass
        ("2019-03-30 12:00", "2019-03-31 12:01", "23 hours", "not_met"),
        ("2018-10-27 12:00", "2018-10-28 12:00", "24 hours", "not_met"),  # clocks go back: 25 hours pass
        ("2018-10-27 12:00", "2018-10-28 11:00", "24 hours", "met"),
        (
            "2018-10-28 00:30",
            "2018-10-28 01:30",
            "1 hour",
            "not_met",
        ),  # 01:30 occurs twice, and is read as GMT: 2 hours
        ("2018-10-28 00:30", "2018-10-28 01:30", "2 hours", "met"),
        ("2018-10-28 01:30", "2018-10-28 02:30", "1 hour", "met"),
        ("2019-03-31 01:30", "2019-03-31 03:30", "1 hour", "met"),  # 01:30 does not exist, and is read as 02:30
        ("2019-03-31 01:30", "2019-03-31 03:31", "1 hour", "not_met"),
        ("2019-03-31 00:30", "2019-03-31 01:30", "1 hour", "met"),
    ],
)
def test_hours_are_elapsed_hours_in_london(engine: str, start: str, stop: str, within: str, expected: str) -> None:
    """The night in which clocks change has an hour more or less.

    A time that occurs twice is GMT; one that does not exist is an hour later.
    """
    assert decided(engine, within, start, stop) == expected


@pytest.mark.parametrize(
    ("within", "start", "last_day", "day_after"),
    [
        ("0 days", "2019-02-04 09:00", "2019-02-04", "2019-02-05"),
        ("3 days", "2019-02-04 23:59", "2019-02-07", "2019-02-08"),
        ("1 week", "2019-02-04 09:00", "2019-02-11", "2019-02-12"),
        ("1 month", "2019-01-31 09:00", "2019-02-28", "2019-03-01"),
        ("6 months", "2018-08-31 09:00", "2019-02-28", "2019-03-01"),
        ("6 months", "2019-08-31 09:00", "2020-02-29", "2020-03-01"),
        ("12 months", "2018-02-28 09:00", "2019-02-28", "2019-03-01"),
        ("1 working day", "2019-02-01 18:00", "2019-02-04", "2019-02-05"),  # from a Friday
        ("1 working day", "2019-02-02 10:00", "2019-02-04", "2019-02-05"),  # from a Saturday, Monday is day 1
        ("1 working day", "2018-03-29 16:00", "2018-04-03", "2018-04-04"),  # Good Friday and Easter Monday between
        ("2 working days", "2018-12-24 16:00", "2018-12-28", "2018-12-29"),  # Christmas and Boxing Day between
        ("0 working days", "2019-02-04 09:00", "2019-02-04", "2019-02-05"),
        ("0 working days", "2019-02-02 09:00", "2019-02-02", "2019-02-03"),
    ],
)
def test_clocks_of_dates_run_to_the_end_of_the_last_day(
    engine: str, within: str, start: str, last_day: str, day_after: str
) -> None:
    """Days, weeks, months and working days compare dates: the whole of the last day is in time.

    A month ends on the same day of a later month, or on that month's last. The start day is day 0, and
    only Monday to Friday that are no bank holiday are working days.
    """
    assert decided(engine, within, start, f"{last_day} 23:59") == "met"
    assert decided(engine, within, start, f"{day_after} 00:01") == "not_met"
    assert decided(engine, within, start, last_day) == "met"  # a date alone will do
    assert decided(engine, within, start, day_after) == "not_met"


def test_local_closure_days_are_no_working_days(engine: str) -> None:
    """`tables/holidays.csv` adds an organisation's own days: here Tuesday 5 February 2019."""
    closed = "2019-02-05,Office closed"
    assert decided(engine, "1 working day", "2019-02-04 09:00", "2019-02-06 17:00", closures=closed) == "met"
    assert decided(engine, "1 working day", "2019-02-04 09:00", "2019-02-07 09:00", closures=closed) == "not_met"


@pytest.mark.parametrize(
    ("within", "not_due", "overdue"),
    [
        ("24 hours", "2019-02-05 09:00", "2019-02-05 09:00:01"),
        ("1 day", "2019-02-05 23:59", "2019-02-06 00:00"),
        ("1 working day", "2019-02-05 23:59:59", "2019-02-06 07:00"),
        ("1 week", "2019-02-11", "2019-02-12 00:00"),
        ("1 month", "2019-03-04", "2019-03-05 00:01"),
    ],
)
def test_what_is_still_open_is_not_due_until_its_time_has_run_out(
    engine: str, within: str, not_due: str, overdue: str
) -> None:
    """With no stop by the as-of time: `overdue` when due lies before it, else `not_due`."""
    assert decided(engine, within, "2019-02-04 09:00", "", as_of=not_due) == "not_due"
    assert decided(engine, within, "2019-02-04 09:00", "", as_of=overdue) == "overdue"


def test_a_stop_after_the_as_of_time_has_not_happened(engine: str) -> None:
    """What lies later than the as-of time is not known."""
    stop = "2019-02-05 08:00"
    assert decided(engine, "24 hours", "2019-02-04 09:00", stop, as_of="2019-02-05 07:59") == "not_due"
    assert decided(engine, "24 hours", "2019-02-04 09:00", stop, as_of="2019-02-05 08:00") == "met"


def test_a_planned_stop_that_lies_ahead_has_not_stopped_the_clock(engine: str) -> None:
    """A `planned` date may lie in the future; as a stop it counts once its time has come."""
    definition = BASE + "clock: {start: received, stop: due_at, within: 1 day}\n"
    table = "id | received | due_at\n1 | 2019-02-04 09:00 | 2019-02-05 10:00"
    assert outcomes(engine, definition, contacts=table, as_of="2019-02-05 09:00") == {"1": "not_due"}
    assert outcomes(engine, definition, contacts=table, as_of="2019-02-05 10:00") == {"1": "met"}


def test_what_lies_ahead_is_not_asked_for_its_time_of_day(engine: str) -> None:
    """A planned stop that is a date alone stops no clock in hours; until its day has come, nobody minds."""
    definition = BASE + "clock: {start: received, stop: due_at, within: 24 hours}\n"
    table = "id | received | due_at\n1 | 2019-02-04 09:00 | 2019-02-05"
    assert outcomes(engine, definition, contacts=table, as_of="2019-02-04 23:59") == {"1": "not_due"}
    assert outcomes(engine, definition, contacts=table, as_of="2019-02-05 00:00") == {"1": "unknown: no_time_of_day"}


def test_a_due_date_is_due_at_the_end_of_its_day(engine: str) -> None:
    """`due` may be an expression. A date on or before which: the clock compares dates."""
    table = """
        id | received         | decided          | due_on
        1  | 2019-02-04 09:00 | 2019-02-10 23:59 | 2019-02-10
        2  | 2019-02-04 09:00 | 2019-02-11 00:01 | 2019-02-10
        3  | 2019-02-04 09:00 | 2019-02-10       | 2019-02-10
        4  | 2019-02-04 09:00 | 2019-02-10       |
        5  | 2019-02-04 09:00 |                  | 2019-03-03
        6  | 2019-02-04 09:00 |                  | 2019-03-04
        """
    expected = {
        "1": "met", "2": "not_met", "3": "met", "4": "unknown: no_due", "5": "overdue", "6": "not_due",
    }  # fmt: skip
    assert outcomes(engine, DUE % "due_on", contacts=table) == expected


def test_a_due_datetime_makes_a_clock_in_hours(engine: str) -> None:
    """The moment itself is in time; any of start, stop and due without a time of day: `no_time_of_day`."""
    table = """
        id | received         | decided             | due_at
        1  | 2019-02-04 09:00 | 2019-02-05 12:00    | 2019-02-05 12:00
        2  | 2019-02-04 09:00 | 2019-02-05 12:00:01 | 2019-02-05 12:00
        3  | 2019-02-04 09:00 | 2019-02-05 12:00    | 2019-02-05
        4  | 2019-02-04 09:00 | 2019-02-05          | 2019-02-05 12:00
        5  | 2019-02-04       | 2019-02-05 12:00    | 2019-02-05 12:00
        6  | 2019-02-04 09:00 |                     | 2019-03-04 06:59
        7  | 2019-02-04 09:00 |                     | 2019-03-04 07:00
        """
    expected = {
        "1": "met", "2": "not_met", "3": "unknown: no_time_of_day", "4": "unknown: no_time_of_day",
        "5": "unknown: no_time_of_day", "6": "overdue", "7": "not_due",
    }  # fmt: skip
    assert outcomes(engine, DUE % "due_at", contacts=table) == expected


def test_start_and_stop_may_be_expressions(engine: str) -> None:
    """What is done before the clock starts is in time here: the clock stops no earlier than it starts."""
    stop = "greatest(closed_on, case when closed_on is not null then date(received) end)"
    definition = BASE + f'clock: {{start: received, stop: "{stop}", within: 10 working days}}\n'
    table = """
        id | received         | closed_on
        1  | 2019-02-04 09:00 | 2019-01-07
        2  | 2019-02-04 09:00 | 2019-02-18
        3  | 2019-02-04 09:00 | 2019-02-19
        4  | 2019-02-04 09:00 |
        5  | 2019-02-18 09:00 |
        6  | 2019-02-15 09:00 |
        """
    expected = {"1": "met", "2": "met", "3": "not_met", "4": "overdue", "5": "not_due", "6": "overdue"}
    assert outcomes(engine, definition, contacts=table) == expected


def test_a_clock_runs_from_the_value_of_its_expression(engine: str) -> None:
    """Received on a Friday evening, the clock starts on Monday; the stop is the first of two dates that is there."""
    definition = (
        BASE
        + """
        clock:
          start: "date(received) + interval 1 working day"
          stop: "coalesce(closed_on, due_on)"
          within: 1 day
        """.replace("\n        ", "\n")
    )
    table = """
        id | received         | closed_on  | due_on
        1  | 2019-02-01 18:00 | 2019-02-05 | 2019-02-20
        2  | 2019-02-01 18:00 | 2019-02-06 |
        3  | 2019-02-01 18:00 |            | 2019-02-05
        4  | 2019-02-01 18:00 | 2019-02-03 |
        5  | 2019-02-01 18:00 |            | 2019-03-05
        """
    expected = {
        "1": "met", "2": "not_met", "3": "met", "4": "unknown: stop_before_start", "5": "overdue",
    }  # fmt: skip
    assert outcomes(engine, definition, contacts=table) == expected


def test_the_value_of_an_expression_may_lie_ahead(engine: str) -> None:
    """Then it has not stopped the clock, as with a planned date; nor is it asked for its time of day."""
    definition = BASE + 'clock: {start: received, stop: "decided + interval 2 days", within: 24 hours}\n'
    table = "id | received | decided\n1 | 2019-02-04 09:00 | 2019-02-04"
    assert outcomes(engine, definition, contacts=table, as_of="2019-02-05 09:00") == {"1": "not_due"}
    assert outcomes(engine, definition, contacts=table, as_of="2019-02-05 09:01") == {"1": "overdue"}
    assert outcomes(engine, definition, contacts=table, as_of="2019-02-06 00:00") == {"1": "unknown: no_time_of_day"}


def test_an_expression_is_null_while_its_columns_are_not_known(engine: str) -> None:
    """A later date is hidden from an expression too; one of no value is no start, or no stop yet."""
    definition = BASE + 'clock: {start: "least(due_at, decided)", stop: "greatest(decided, decided)", within: 1 day}\n'
    table = """
        id | received         | due_at           | decided
        1  | 2019-02-04 09:00 |                  | 2019-02-06 09:00
        2  | 2019-02-04 09:00 | 2019-02-04 12:00 | 2019-02-06 09:00
        """
    assert outcomes(engine, definition, contacts=table, as_of="2019-02-05 12:00") == {
        "1": "unknown: no_start", "2": "not_due",
    }  # fmt: skip
    assert outcomes(engine, definition, contacts=table, as_of="2019-02-06 12:00") == {"1": "met", "2": "not_met"}


def test_the_moment_that_an_expression_chooses_must_have_a_time_of_day(engine: str) -> None:
    """Of several, that of the one chosen counts, and a date alone is compared as its midnight."""
    definition = BASE + 'clock: {start: "greatest(received, due_at)", stop: decided, within: 24 hours}\n'
    table = """
        id | received         | due_at           | decided
        1  | 2019-02-04 09:00 | 2019-02-04       | 2019-02-05 09:00
        2  | 2019-02-04 09:00 | 2019-02-05       | 2019-02-05 09:00
        3  | 2019-02-04       | 2019-02-04 10:00 | 2019-02-05 10:00
        4  | 2019-02-04       |                  | 2019-02-04 10:00
        """
    expected = {"1": "met", "2": "unknown: no_time_of_day", "3": "met", "4": "unknown: no_time_of_day"}
    assert outcomes(engine, definition, contacts=table) == expected


def test_every_column_of_an_expression_must_be_readable(engine: str) -> None:
    """Whichever of them gives the value, as everywhere in a definition."""
    definition = BASE + 'clock: {start: received, stop: "coalesce(decided, due_at)", within: 24 hours}\n'
    table = """
        id | received         | decided          | due_at
        1  | 2019-02-04 09:00 | 2019-02-05 09:00 | soon
        2  | 2019-02-04 09:00 | soon             | 2019-02-05 09:00
        """
    assert outcomes(engine, definition, contacts=table) == {"1": "unknown: unreadable", "2": "unknown: unreadable"}


def test_a_case_is_placed_by_what_is_due_from_an_expression(engine: str) -> None:
    """`period: due`: from Thursday 28 February, three days after the next working day is 4 March."""
    definition = (
        BASE.replace("received", "due")
        + """
        clock: {start: "date(received) + interval 1 working day", stop: decided, within: 3 days}
        """.replace("\n        ", "\n")
    )
    table = """
        id | received         | decided
        1  | 2019-02-28 09:00 | 2019-03-01 09:00
        2  | 2019-02-22 09:00 | 2019-02-28 23:00
        3  |                  |
        """
    assert outcomes(engine, definition, contacts=table) == {"2": "met"}
    assert outcomes(engine, definition, contacts=table, months="2019-03") == {"1": "met"}


def test_with_due_the_start_may_be_left_out(engine: str) -> None:
    """Then nothing can stop before it has started."""
    definition = BASE + "clock: {stop: decided, due: due_on}\n"
    table = "id | received | decided | due_on\n1 | 2019-02-04 09:00 | 2019-02-01 | 2019-02-03"
    assert outcomes(engine, definition, contacts=table) == {"1": "met"}


def test_a_due_expression_reckons(engine: str) -> None:
    """`date(received) + interval 1 month` on 31 January is 28 February."""
    table = """
        id | received         | decided
        1  | 2019-01-31 09:00 | 2019-02-28 23:00
        2  | 2019-01-31 09:00 | 2019-03-01 00:30
        """
    definition = DUE % '"date(received) + interval 1 month"'
    assert outcomes(engine, definition, contacts=table, months="2019-01") == {"1": "met", "2": "not_met"}


def test_why_a_clock_cannot_be_read(engine: str) -> None:
    """In this order: no start, no due, no time of day, stop before start."""
    definition = """
        table: contacts
        period: received
        measure: proportion
        clock: {start: due_at, stop: decided, within: 24 hours}
        """
    table = """
        id | received         | due_at           | decided
        1  | 2019-02-04 09:00 |                  | 2019-02-04
        2  | 2019-02-04 09:00 | 2019-02-04       | 2019-02-03
        3  | 2019-02-04 09:00 | 2019-02-04 09:00 | 2019-02-03
        4  | 2019-02-04 09:00 | 2019-02-04 09:00 | 2019-02-04 08:59:59
        """
    expected = {
        "1": "unknown: no_start", "2": "unknown: no_time_of_day", "3": "unknown: no_time_of_day",
        "4": "unknown: stop_before_start",
    }  # fmt: skip
    assert outcomes(engine, definition, contacts=table) == expected


def test_no_due_comes_before_no_time_of_day(engine: str) -> None:
    table = "id | received | decided | due_at\n1 | 2019-02-04 | 2019-02-03 | "
    assert outcomes(engine, DUE % "due_at", contacts=table) == {"1": "unknown: no_due"}


def test_stop_before_start_compares_dates_on_a_clock_of_dates(engine: str) -> None:
    """On the same day an earlier time is no fault of a clock in days."""
    table = """
        id | received         | decided
        1  | 2019-02-04 09:00 | 2019-02-04 08:00
        2  | 2019-02-04 09:00 | 2019-02-03 10:00
        """
    assert outcomes(engine, FLOW % "1 day", contacts=table) == {"1": "met", "2": "unknown: stop_before_start"}


@pytest.mark.parametrize(
    "midnight", ["2019-02-04", "2019-02-04 00:00", "2019-02-04 00:00:00", "2019-02-04T00:00:00.000"]
)
def test_midnight_is_the_lack_of_a_time_of_day(engine: str, midnight: str) -> None:
    """Databases write a date alone as midnight: hours cannot be counted from it, days can."""
    assert decided(engine, "24 hours", midnight, "2019-02-04 12:00") == "unknown: no_time_of_day"
    assert decided(engine, "1 day", midnight, "2019-02-04 12:00") == "met"


def test_a_column_may_say_that_midnight_is_meant(engine: str) -> None:
    """`midnight: true`: 00:00 is a time of day then; a date alone still is none."""
    table = """
        id | received            | decided
        1  | 2019-02-04 00:00:00 | 2019-02-04 23:00
        2  | 2019-02-04          | 2019-02-04 23:00
        """
    assert outcomes(engine, FLOW % "24 hours", declared=MIDNIGHT, contacts=table) == {
        "1": "met",
        "2": "unknown: no_time_of_day",
    }
