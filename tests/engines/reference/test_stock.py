"""A stock: who is open on the reference day, and what was known by its end."""

from pathlib import Path

import pytest

from tests.engines.reference.support import at, make_world

OPEN = "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: count\nby: [team]\n"
REVIEWED = """
    table: leavers
    point_in_time: {from: begun, to: ended}
    related:
      review: {table: reviews, keep: latest, date: done}
    measure: proportion
    clock: {start: review.done, within: 6 months}
    because:
      none_yet: "review.done is null"
      too_old: "true"
    not_due: "review.done is null and reference_day <= begun + interval 3 months"
    """


def test_open_from_its_first_day_until_the_day_before_its_last(tmp_path: Path) -> None:
    data = """person,begun,ended,team
              a,2019-02-28,,
              b,2019-03-01,,
              c,2018-01-01,2019-02-28,
              d,2018-01-01,2019-03-01,
              e,2018-01-01,2019-06-01,"""
    world = make_world(tmp_path, OPEN, leavers=data)
    assert set(world.outcomes("2019-02")) == {"a", "d", "e"}
    assert set(world.outcomes("2019-03")) == {"a", "b", "e"}


def test_the_reference_day_is_the_as_of_date_when_that_is_earlier(tmp_path: Path) -> None:
    data = """person,begun,ended,team
              a,2019-02-10,,
              b,2019-02-11,,
              c,2018-01-01,2019-02-10,"""
    world = make_world(tmp_path, OPEN, leavers=data)
    assert set(world.outcomes("2019-02", at("2019-02-10 12:00"))) == {"a"}


def test_a_stock_knows_nothing_later_than_its_reference_day(tmp_path: Path) -> None:
    leavers = "person,begun,ended\na,2018-01-01,\n"
    reviews = """id,person,done,kind
                 1,a,2018-07-15,first
                 2,a,2019-02-15,second"""
    world = make_world(tmp_path, REVIEWED, leavers=leavers, reviews=reviews)
    assert world.outcomes("2018-12") == {"a": "met"}
    assert world.outcomes("2019-01") == {"a": "overdue: too_old"}  # the second review is still to come
    assert world.outcomes("2019-02") == {"a": "met"}


@pytest.mark.parametrize(
    ("done", "begun", "outcome"),
    [
        ("2018-08-28", "2018-01-01", "met"),  # six months to 28 February
        ("2018-08-27", "2018-01-01", "overdue: too_old"),
        ("2018-08-31", "2018-01-01", "met"),  # clamped to 28 February
        ("", "2018-01-01", "overdue: none_yet"),
        ("", "2018-11-28", "not_due"),
        ("", "2018-11-27", "overdue: none_yet"),
        ("tbc", "2018-01-01", "unknown: unreadable"),
    ],
)
def test_a_clock_without_a_stop(tmp_path: Path, done: str, begun: str, outcome: str) -> None:
    world = make_world(
        tmp_path, REVIEWED, leavers=f"person,begun,ended\na,{begun},\n", reviews=f"id,person,done\n1,A ,{done}\n"
    )
    assert world.outcomes() == {"a": outcome}


@pytest.mark.parametrize(
    ("received", "outcome"),
    [("2019-02-27 23:59", "met"), ("2019-02-26 09:00", "overdue"), ("2019-02-27", "unknown: no_time_of_day")],
)
def test_a_clock_in_hours_without_a_stop_compares_the_day_on_which_it_runs_out(
    tmp_path: Path, received: str, outcome: str
) -> None:
    indicator = """
        table: contacts
        point_in_time: {from: received, to: planned_for}
        measure: proportion
        clock: {start: received, within: 24 hours}
        """
    world = make_world(tmp_path, indicator, contacts=f"id,person,received,planned_for\n1,a,{received},\n")
    assert world.outcomes() == {"1": outcome}


@pytest.mark.parametrize(
    ("stopped", "month", "outcome"),
    [
        ("2019-02-10", "2019-02", "met"),
        ("2019-02-20", "2019-02", "not_met"),
        ("2019-02-10", "2019-01", "not_due"),
        ("", "2019-02", "overdue"),
    ],
)
def test_a_clock_with_a_stop_is_read_at_the_end_of_the_reference_day(
    tmp_path: Path, stopped: str, month: str, outcome: str
) -> None:
    indicator = """
        table: contacts
        point_in_time: {from: received, to: planned_for}
        measure: proportion
        clock: {start: received, stop: decided, within: 14 days}
        """
    world = make_world(
        tmp_path, indicator, contacts=f"id,person,received,decided,planned_for\n1,a,2019-01-30 09:00,{stopped},\n"
    )
    assert world.outcomes(month) == {"1": outcome}


def test_unplaced_cases_of_a_stock_are_counted_once_whatever_their_population(tmp_path: Path) -> None:
    data = """person,begun,ended,team
              a,,,N
              b,tbc,,S
              c,,2018-01-01,S
              d,2018-01-01,,N
              e,2019-04-01,,N"""
    world = make_world(tmp_path, OPEN + "population: \"team = 'N'\"\n", leavers=data)
    assert world.unplaced() == (2, 1)  # e has not happened yet, so it does not exist
    assert world.outcomes("2019-01 2019-02") == {"d": "counted"}


def test_an_unreadable_end_is_unknown(tmp_path: Path) -> None:
    world = make_world(tmp_path, OPEN, leavers="person,begun,ended,team\na,2018-01-01,tbc,\n")
    assert world.outcomes() == {"a": "unknown: unreadable"}


def test_in_a_current_list_every_row_is_open_unless_it_has_ended(tmp_path: Path) -> None:
    data = """person,ended,team
              a,,N
              b,2019-02-28,N
              c,2019-03-01,N"""
    world = make_world(tmp_path, OPEN, leavers=data)
    assert set(world.outcomes()) == {"a", "c"}
    assert world.unplaced() == (0, 0)
    assert set(make_world(tmp_path, OPEN, leavers="person,team\na,N\nb,N\n").outcomes()) == {"a", "b"}
