"""The cases that are made up at the edge of a clock, whatever it runs between."""

from datetime import date
from pathlib import Path

import pytest

from sgkpi.judge.boundaries.make import Boundaries, boundaries_of
from tests.judge.support import day, load

FLOW = """
    table: contacts
    period: received
    measure: proportion
    clock: {clock}
    """
STOCK = """
    table: leavers
    point_in_time: {{from: begun, to: ended}}
    population: "team in ('north', 'south')"
    related: {{review: {{table: reviews, keep: {keep}, date: done, where: "kind = 'plan' and score = 3"}}}}
    measure: proportion
    clock: {clock}
    """


def made(folder: Path, definition: str, closures: tuple[date, ...] = ()) -> Boundaries:
    return boundaries_of(load(folder, definition)[1], closures)


def rows(boundaries: Boundaries, beginning: str) -> list[str]:
    """Start, stop, due and what became of the cases of a situation."""
    return [
        " ".join(str(part) for part in (each.start, each.stop, each.due, each.outcome, each.reason or "", each.note))
        .replace(":00 ", " ").strip()
        for each in boundaries.cases
        if each.situation.startswith(beginning)
    ]  # fmt: skip


def test_working_days_over_easter_and_christmas(tmp_path: Path) -> None:
    found = made(tmp_path, FLOW.format(clock="{start: received, stop: decided, within: 2 working days}"))
    # After Maundy Thursday: Tuesday 23 April is day 1, Wednesday day 2, open to its end.
    assert rows(found, "over Easter") == [
        "2019-04-18 10:00 2019-04-23 23:59 2019-04-24 met",
        "2019-04-18 10:00 2019-04-24 23:59 2019-04-24 met",
        "2019-04-18 10:00 2019-04-25 00:01 2019-04-24 not_met",
    ]
    # 27 and 28 December 2018 are a Thursday and a Friday.
    assert rows(found, "over Christmas")[1] == "2018-12-24 10:00 2018-12-28 23:59 2018-12-28 met"


def test_a_local_closure_day_has_its_case(tmp_path: Path) -> None:
    clock = "{start: received, stop: decided, within: 1 working day}"
    found = made(tmp_path, FLOW.format(clock=clock), (day("2019-07-03"),))
    # From Tuesday 2 July, with Wednesday closed, Thursday is day 1.
    assert rows(found, "over a local closure")[1] == "2019-07-02 10:00 2019-07-04 23:59 2019-07-04 met"
    assert rows(made(tmp_path, FLOW.format(clock=clock)), "over a local closure") == []


def test_months_end_where_february_does(tmp_path: Path) -> None:
    found = made(tmp_path, FLOW.format(clock="{start: received, stop: decided, within: 6 months}"))
    assert rows(found, "from 31 August, due in a February of 28")[2] == (
        "2018-08-31 10:00 2019-03-01 00:01 2019-02-28 not_met"
    )
    assert rows(found, "from 31 August, due in a February of 29")[1] == (
        "2019-08-31 10:00 2020-02-29 23:59 2020-02-29 met"
    )


@pytest.mark.parametrize(
    ("within", "start"), [("3 days", "2019-06-12"), ("2 weeks", "2019-06-01"), ("1 month", "2019-05-15")]
)
def test_what_is_due_on_a_day_off_is_due_on_it(tmp_path: Path, within: str, start: str) -> None:
    found = made(tmp_path, FLOW.format(clock=f"{{start: received, stop: decided, within: {within}}}"))
    assert rows(found, "due on a Saturday")[1] == f"{start} 10:00 2019-06-15 23:59 2019-06-15 met"


def test_a_due_expression_is_worked_out_and_its_dates_are_given(tmp_path: Path) -> None:
    found = made(tmp_path, FLOW.format(clock="{start: received, stop: decided, due: planned_for}"))
    # A week after the start where nothing says when; a date that is planned may lie in the future.
    assert rows(found, "ordinary days")[1] == "2019-06-11 10:00 2019-06-18 10:00 2019-06-18 10:00 met"
    assert rows(found, "not stopped") == [
        "2019-06-11 10:00 None 2019-06-18 10:00 not_due",
        "2019-06-11 10:00 None 2019-06-18 10:00 not_due",
        "2019-06-11 10:00 None 2019-06-18 10:00 overdue",
    ]
    assert rows(found, "due moment not recorded") == ["2019-06-11 10:00 2019-06-18 10:00 None unknown no_due"]


def test_ends_that_are_expressions_are_given_the_columns_that_they_name(tmp_path: Path) -> None:
    stop = "greatest(decided, case when decided is not null then received end)"
    found = made(tmp_path, FLOW.format(clock=f'{{start: received, stop: "{stop}", within: 2 working days}}'))
    assert rows(found, "over Easter")[1:] == [
        "2019-04-18 10:00 2019-04-24 23:59 2019-04-24 met",
        "2019-04-18 10:00 2019-04-25 00:01 2019-04-24 not_met",
    ]
    # What is done before the start counts as done at the start.
    assert rows(found, "stopped before the start") == [
        "2019-06-11 10:00 2019-06-11 10:00 2019-06-13 met  the clock took another stop than the one given"
    ]
    clock = '{start: "date(received) + interval 1 working day", stop: decided, within: 1 day}'
    assert rows(made(tmp_path, FLOW.format(clock=clock)), "over a weekend")[1] == (
        "2019-06-17 2019-06-18 23:59 2019-06-18 met"  # from Friday on to Monday, and a day
    )


def test_a_due_expression_without_a_start(tmp_path: Path) -> None:
    definition = FLOW.format(clock='{stop: decided, due: "date(received) + interval 10 days"}')
    found = made(tmp_path, definition.replace("period: received", "period: due"))
    assert rows(found, "ordinary days")[2] == "2019-06-11 10:00 2019-06-22 00:01 2019-06-21 not_met"
    assert found.clock == "to decided, due: 10 days after the date of “received”"


def test_a_stock_without_a_stop_is_looked_at_around_its_due_day(tmp_path: Path) -> None:
    found = made(tmp_path, STOCK.format(keep="latest", clock="{start: review.done, within: 6 months}"))
    assert rows(found, "ordinary days") == [
        "2019-06-11 None 2019-12-11 met",
        "2019-06-11 None 2019-12-11 met",
        "2019-06-11 None 2019-12-11 overdue",
    ]
    looked = [each.reference_day for each in found.cases if each.situation.startswith("ordinary")]
    assert looked == [day("2019-12-10"), day("2019-12-11"), day("2019-12-12")]
    assert rows(found, "start not recorded") == ["None None None overdue"]


def test_a_stop_on_a_related_row_is_the_row_that_is_kept(tmp_path: Path) -> None:
    found = made(tmp_path, STOCK.format(keep="earliest", clock="{start: begun, stop: review.done, within: 12 weeks}"))
    assert rows(found, "ordinary days") == [
        "2019-06-11 2019-09-02 2019-09-03 met",
        "2019-06-11 2019-09-03 2019-09-03 met",
        "2019-06-11 2019-09-04 2019-09-03 not_met",
    ]
    assert rows(found, "not stopped")[2] == "2019-06-11 None 2019-09-03 overdue"


def test_a_table_related_to_itself(tmp_path: Path) -> None:
    definition = """
        table: contacts
        period: received
        related: {next: {table: contacts, keep: earliest, date: received, after: received, until: as_of}}
        measure: proportion
        clock: {start: received, stop: next.received, within: 1 days}
        """
    found = made(tmp_path, definition)
    assert rows(found, "ordinary days")[2] == "2019-06-11 10:00 2019-06-13 00:01 2019-06-12 not_met"
    # A contact before this one is not the next: the case is as if nothing had come.
    (before,) = rows(found, "stopped before")
    assert before.endswith("overdue  the clock took another stop than the one given")


def test_the_other_columns_come_from_an_example_that_comes_to_its_clock(tmp_path: Path) -> None:
    definition = """
        table: contacts
        period: received
        population: "team is not null and days > 1 and days_between(planned_for, received) = 3"
        measure: proportion
        clock: {start: received, stop: decided, within: 3 days}
        """
    examples = """examples:
          - {is: met, contacts: {received: 2019-02-04 09:00, decided: 2019-02-04 10:00}}
          - {is: met, contacts: {received: 2019-02-04 09:00, decided: 2019-02-05 10:00, team: A, days: 2,
             planned_for: 2019-02-01}}
        """
    assert all(each.note == "not in the population" for each in made(tmp_path, definition).cases[:3])
    assert [each.outcome for each in made(tmp_path, definition + examples).cases[:3]] == ["met", "met", "not_met"]


def test_a_case_that_never_comes_to_its_clock_says_so(tmp_path: Path) -> None:
    definition = FLOW.format(clock="{start: received, stop: decided, within: 1 hours}")
    found = made(tmp_path, definition + "exclude: {all: 'received is not null'}\n")
    assert {(each.outcome, each.reason) for each in found.cases[:9]} == {("excluded", "all")}
    assert found.cases[0].note == "excluded before the clock is asked"


def test_a_definition_without_a_clock_to_judge_by_says_so(tmp_path: Path) -> None:
    count = "table: contacts\nperiod: received\nmeasure: count\n"
    assert made(tmp_path, count).why_none == "has no clock, so no case is near a limit"
    placed = count.replace("received", "due") + "clock: {start: received, stop: decided, within: 1 days}\n"
    assert made(tmp_path, placed).why_none == "only places its cases by its clock"
