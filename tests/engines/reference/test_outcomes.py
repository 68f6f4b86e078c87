"""The outcome of a flow's case: clocks, the order of questions, placing, counting."""

from fractions import Fraction
from pathlib import Path
from textwrap import dedent

import pytest

from sgkpi.engines.outcomes import Outcome
from sgkpi.periods import PeriodKind
from tests.engines.reference.support import World, at, make_world

CLOCK = """
    table: contacts
    period: received
    measure: proportion
    clock: {{start: received, stop: decided, within: {within}}}
    """


def world_of(folder: Path, indicator: str, rows: str, columns: str = "id,person,received,decided") -> World:
    return make_world(folder, indicator, contacts=f"{columns}\n{rows}")


@pytest.mark.parametrize(
    ("within", "received", "decided", "outcome"),
    [
        ("24 hours", "2019-02-04 09:00", "2019-02-05 09:00", "met"),
        ("24 hours", "2019-02-04 09:00", "2019-02-05 09:01", "not_met"),
        ("24 hours", "2019-02-04 09:00", "2019-02-04 09:00", "met"),
        ("24 hours", "2019-02-04 09:00", "2019-02-04 08:59", "unknown: stop_before_start"),
        ("24 hours", "2019-02-04 09:00", "2019-02-05", "unknown: no_time_of_day"),
        ("24 hours", "2019-02-04", "2019-02-04 09:00", "unknown: no_time_of_day"),
        ("24 hours", "2019-02-04", "", "unknown: no_time_of_day"),
        ("24 hours", "2019-02-04 09:00", "", "overdue"),
        ("3 days", "2019-02-04", "2019-02-07 23:59", "met"),
        ("3 days", "2019-02-04 23:00", "2019-02-08 00:01", "not_met"),
        ("3 days", "2019-02-04 09:00", "2019-02-04 08:00", "met"),  # dates are compared, and it is the same
        ("3 days", "2019-02-04 09:00", "2019-02-03 10:00", "unknown: stop_before_start"),
        ("2 weeks", "2019-02-04", "2019-02-18", "met"),
        ("2 weeks", "2019-02-04", "2019-02-19", "not_met"),
        ("1 working day", "2019-02-08 09:00", "2019-02-11 23:00", "met"),
        ("1 working day", "2019-02-09 09:00", "2019-02-11 23:00", "met"),
        ("1 working day", "2019-02-08 09:00", "2019-02-12 00:01", "not_met"),
        ("1 months", "2019-02-01", "2019-03-01", "met"),
        ("1 months", "2019-02-01", "2019-03-02", "not_met"),
    ],
)
def test_a_clock_that_has_stopped(tmp_path: Path, within: str, received: str, decided: str, outcome: str) -> None:
    world = world_of(tmp_path, CLOCK.format(within=within), f"1,a,{received},{decided}")
    assert world.outcomes() == {"1": outcome}


@pytest.mark.parametrize(
    ("within", "received", "as_of", "outcome"),
    [
        ("24 hours", "2019-02-27 09:00", "2019-02-28 09:00", "not_due"),
        ("24 hours", "2019-02-27 09:00", "2019-02-28 09:00:00.000001", "overdue"),
        ("1 days", "2019-02-27 09:00", "2019-02-28 23:59", "not_due"),
        ("1 days", "2019-02-27 09:00", "2019-03-01 00:00", "overdue"),
        ("1 working days", "2019-02-22 17:00", "2019-02-25 23:59", "not_due"),
        ("1 working days", "2019-02-22 17:00", "2019-02-26 00:00", "overdue"),
    ],
)
def test_a_clock_that_still_runs(tmp_path: Path, within: str, received: str, as_of: str, outcome: str) -> None:
    world = world_of(tmp_path, CLOCK.format(within=within), f"1,a,{received},")
    assert world.outcomes(as_of=at(as_of)) == {"1": outcome}


def test_a_clock_in_hours_runs_by_elapsed_time(tmp_path: Path) -> None:
    rows = """1,a,2019-03-30 12:00,2019-03-31 13:00
              2,a,2019-03-30 12:00,2019-03-31 13:01"""
    world = world_of(tmp_path, CLOCK.format(within="24 hours"), rows)
    assert world.outcomes("2019-03", at("2019-04-30 09:00")) == {"1": "met", "2": "not_met"}


def test_a_local_time_that_occurs_twice_is_gmt_and_so_is_when_the_clock_runs_out(tmp_path: Path) -> None:
    # From 00:30 BST two hours run to 01:30 GMT, the second 01:30 of that night.
    rows = """1,a,2018-10-28 00:30,2018-10-28 01:30
              2,a,2018-10-28 00:30,2018-10-28 01:31"""
    world = world_of(tmp_path, CLOCK.format(within="2 hours"), rows)
    assert world.outcomes("2018-10") == {"1": "met", "2": "not_met"}
    # One hour runs to the first 01:30, so a stop at a 01:30 read as GMT comes an hour late.
    late = world_of(tmp_path, CLOCK.format(within="1 hours"), rows)
    assert late.outcomes("2018-10") == {"1": "not_met", "2": "not_met"}


def test_a_due_expression(tmp_path: Path) -> None:
    indicator = """
        table: contacts
        period: received
        measure: proportion
        clock: {stop: decided, due: "date(received) + interval 2 days"}
        """
    rows = """1,a,2019-02-04 09:00,2019-02-06 23:59
              2,a,2019-02-04 09:00,2019-02-07
              3,a,2019-02-04 09:00,
              4,a,2019-03-04 06:00,"""
    world = world_of(tmp_path, indicator, rows)
    assert world.outcomes("2019-02 2019-03") == {"1": "met", "2": "not_met", "3": "overdue", "4": "not_due"}


def test_a_due_datetime_makes_it_a_clock_in_hours(tmp_path: Path) -> None:
    indicator = """
        table: contacts
        period: received
        measure: proportion
        clock: {start: received, stop: decided, due: planned_for}
        """
    rows = """1,a,2019-02-04 09:00,2019-02-04 10:00,2019-02-04 10:00
              2,a,2019-02-04 09:00,2019-02-04 10:01,2019-02-04 10:00
              3,a,2019-02-04 09:00,2019-02-04 10:01,2019-02-04
              4,a,2019-02-04 09:00,2019-02-04 10:01,
              5,a,2019-02-04 09:00,,2019-06-01 09:00"""
    world = world_of(tmp_path, indicator, rows, "id,person,received,decided,planned_for")
    assert world.outcomes() == {
        "1": "met",
        "2": "not_met",
        "3": "unknown: no_time_of_day",
        "4": "unknown: no_due",
        "5": "not_due",  # planned: a later date of it is known
    }


def test_a_planned_stop_that_is_still_to_come_is_no_stop(tmp_path: Path) -> None:
    indicator = """
        table: contacts
        period: received
        measure: proportion
        clock: {start: received, stop: planned_for, within: 5 days}
        """
    rows = """1,a,2019-02-04 09:00,2019-06-01 09:00
              2,a,2019-02-27 09:00,2019-02-28 09:00"""
    world = world_of(tmp_path, indicator, rows, "id,person,received,planned_for")
    assert world.outcomes() == {"1": "overdue", "2": "met"}


def test_no_start_comes_first(tmp_path: Path) -> None:
    indicator = """
        table: contacts
        period: received
        measure: proportion
        clock: {start: planned_for, stop: decided, within: 24 hours}
        """
    world = world_of(tmp_path, indicator, "1,a,2019-02-04 09:00,2019-02-05,", "id,person,received,decided,planned_for")
    assert world.outcomes() == {"1": "unknown: no_start"}


def test_the_order_of_the_questions(tmp_path: Path) -> None:
    indicator = """
        table: contacts
        period: received
        population: "days > 0"
        exclude:
          by_school: "source = 'school'"
          by_team: "team = 'North'"
        not_due: "team = 'East'"
        measure: proportion
        met: "urgent"
        because:
          slow: "days > 5"
          other: "true"
        """
    columns = "id,person,received,days,source,team,urgent,cost"
    rows = """1,a,2019-02-04,0,school,North,yes,1
              2,a,2019-02-04,,school,North,yes,1
              3,a,2019-02-04,1,school,North,yes,1
              4,a,2019-02-04,1,police,North,yes,1
              5,a,2019-02-04,1,,East,yes,1
              6,a,2019-02-04,1,police,,yes,1
              7,a,2019-02-04,9,police,West,no,1
              8,a,2019-02-04,1,police,West,no,1
              9,a,2019-02-04,1,police,West,,1
              10,a,2019-02-04,x,police,West,yes,1
              11,a,2019-02-04,0,police,West,perhaps,1
              12,a,2019-02-04,1,police,West,yes,tbc
              13,a,2019-01-31,1,police,West,yes,1"""
    world = world_of(tmp_path, indicator, rows, columns)
    assert world.outcomes() == {
        # 1 has no outcome: its population is false, and so is 11's, unreadable or not
        "2": "unknown: population",
        "3": "excluded: by_school",
        "4": "excluded: by_team",
        "5": "not_due",  # an exclusion that is null does not exclude
        "6": "met",
        "7": "not_met: slow",
        "8": "not_met: other",
        "9": "unknown: met",
        "10": "unknown: unreadable",
        "12": "met",  # the definition does not name its unreadable cost
    }


def test_a_cell_named_in_a_breakdown_only_counts_as_named(tmp_path: Path) -> None:
    indicator = """
        table: contacts
        period: received
        measure: count
        by: [urgent]
        """
    rows = """1,a,2019-02-04,perhaps
              2,a,2019-02-04,yes
              3,a,2019-02-04,"""
    world = world_of(tmp_path, indicator, rows, "id,person,received,urgent")
    assert world.outcomes() == {"1": "unknown: unreadable", "2": "counted", "3": "counted"}
    assert world.categories("urgent") == {"yes": 1, "(not recorded)": 2}


def test_unplaced_cases_are_counted_by_blank_and_unreadable(tmp_path: Path) -> None:
    indicator = """
        table: contacts
        period: decided
        population: "days > 0"
        measure: count
        """
    rows = """1,a,2019-02-04,,1
              2,a,2019-02-04,tbc,1
              3,a,2019-02-04,2019-03-05,1
              4,a,2019-02-04,,0
              5,a,2019-02-04,,
              6,a,2019-02-04,2019-02-05,1"""
    world = world_of(tmp_path, indicator, rows, "id,person,received,decided,days")
    # Blank: 1, 3 (later than the as-of time) and 5 (population null); not 4 (population false).
    assert world.unplaced() == (3, 1)
    assert world.outcomes() == {"6": "counted"}


def test_a_period_by_due_places_cases_where_their_clock_runs_out(tmp_path: Path) -> None:
    indicator = """
        table: contacts
        period: due
        measure: proportion
        clock: {start: received, stop: decided, within: 24 hours}
        """
    rows = """1,a,2019-01-31 09:00,2019-01-31 10:00
              2,a,2019-02-28 09:00,2019-02-28 10:00
              3,a,2019-01-31,2019-01-31 10:00
              4,a,,2019-02-10 10:00
              5,a,tbc,2019-02-10 10:00"""
    world = world_of(tmp_path, indicator, rows)
    assert world.outcomes() == {"1": "met", "3": "unknown: no_time_of_day"}
    assert world.outcomes("2019-03") == {"2": "met"}
    assert world.unplaced() == (1, 1)


def test_a_case_counts_in_every_period_that_holds_it(tmp_path: Path) -> None:
    world = world_of(tmp_path, "table: contacts\nperiod: received\nmeasure: count\n", "1,a,2018-12-31 23:59,")
    for kind, month, cases in [
        (PeriodKind.MONTH, "2018-12", 1),
        (PeriodKind.QUARTER, "2018-11", 1),
        (PeriodKind.QUARTER, "2019-01", 0),
        (PeriodKind.YEAR_TO_DATE, "2019-02", 1),
        (PeriodKind.ROLLING_12_MONTHS, "2019-12", 0),
        (PeriodKind.FINANCIAL_YEAR, "2018-04", 1),
    ]:
        assert sum(count.cases for count in world.counts(month, kind=kind).outcomes) == cases


def test_values_are_exact(tmp_path: Path) -> None:
    indicator = """
        table: contacts
        period: received
        measure: median
        value: cost
        """
    rows = """1,a,2019-02-04,0.1
              2,a,2019-02-04,0.2
              3,a,2019-02-04,0.4
              4,a,2019-02-04,3
              5,a,2019-02-04,"""
    world = world_of(tmp_path, indicator, rows, "id,person,received,cost")
    counts = world.counts()
    (summary,) = counts.values
    assert (summary.cases, summary.total, summary.median, summary.maximum) == (
        4,
        Fraction(37, 10),
        Fraction(3, 10),
        Fraction(3),
    )
    assert {count.outcome: (count.reason, count.cases) for count in counts.outcomes} == {
        Outcome.COUNTED: (None, 4),
        Outcome.UNKNOWN: ("value", 1),
    }


def test_breakdowns_by_bands_and_expressions(tmp_path: Path) -> None:
    indicator = """
        table: contacts
        period: received
        measure: count
        by:
          - source
          - {length: {value: days, bands: [1, 2, 5]}}
          - {price: {value: cost, bands: [0, 0.5]}}
          - {very: "urgent and days > 3"}
          - {how_much: "cost"}
        """
    rows = """1,a,2019-02-04,0,-1,yes,school
              2,a,2019-02-04,1,0.25,no,elsewhere
              3,a,2019-02-04,4,0.50,yes,school
              4,a,2019-02-04,5,,yes,"""
    world = world_of(tmp_path, indicator, rows, "id,person,received,days,cost,urgent,source")
    assert world.categories("source") == {"school": 2, "elsewhere": 1, "(not recorded)": 1}
    assert world.categories("length") == {"under 1": 1, "1": 1, "2-4": 1, "5+": 1}
    assert world.categories("price") == {"under 0": 1, "0 to under 0.5": 1, "0.5+": 1, "(not recorded)": 1}
    assert world.categories("very") == {"yes": 2, "no": 2}
    assert world.categories("how_much") == {"-1": 1, "0.25": 1, "0.5": 1, "(not recorded)": 1}


def test_outcomes_add_up_to_the_cases_in_scope_in_every_breakdown(tmp_path: Path) -> None:
    indicator = dedent(CLOCK.format(within="24 hours")) + "by: [team, source]\n"
    rows = """1,a,2019-02-04 09:00,2019-02-05 09:00,North,police
              2,a,2019-02-04 09:00,,South,
              3,a,2019-02-04 09:00,x,,school
              4,a,2019-02-04,,North,"""
    world = world_of(tmp_path, indicator, rows, "id,person,received,decided,team,source")
    assert sum(world.categories("team").values()) == 4
    assert sum(world.categories("source").values()) == 4
    assert sum(count.cases for count in world.counts().outcomes if count.breakdown is None) == 4
