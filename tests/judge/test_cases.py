"""What the reference engine says of single cases: key, person, clock, value and categories."""

from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sgkpi import api
from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.engines.reference import ReferenceEngine
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Month, PeriodKind, period_for
from sgkpi.planning.plan import IndicatorPlan, Plan
from tests.judge.support import at, day, make_world

FEBRUARY = period_for(PeriodKind.MONTH, Month(2019, 2))
IN_A_DAY = """
    table: contacts
    period: received
    measure: proportion
    clock: {start: received, stop: decided, within: 24 hours}
    """
COUNTED = "table: contacts\nperiod: received\nmeasure: count\n"


def test_all_that_is_said_of_a_case(tmp_path: Path) -> None:
    data = """id,person,received,decided,team,source,urgent
               A1 ,P 7,2019-02-04 09:00,2019-02-05 10:00,North,,y"""
    world = make_world(tmp_path, IN_A_DAY + "by: [team, source, urgent]\n", contacts=data)
    assert world.cases() == [
        CaseOutcome(
            indicator="tested",
            period=FEBRUARY,
            key=("A1",),
            person="P 7",
            outcome=Outcome.NOT_MET,
            reason=None,
            start=datetime(2019, 2, 4, 9),
            stop=datetime(2019, 2, 5, 10),
            due=datetime(2019, 2, 5, 9),
            value=None,
            categories={"team": "North", "source": "(not recorded)", "urgent": "yes"},
        )
    ]


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2019-03-30 13:00", at("2019-03-31 14:00")),  # the clocks go forward: 24 hours pass by 14:00
        ("2019-10-26 13:00", at("2019-10-27 12:00")),  # and back
        ("2019-02-04", day("2019-02-05")),  # counted from midnight, and no more is known than the day
    ],
)
def test_due_of_a_clock_in_hours_is_a_moment_on_the_wall(tmp_path: Path, received: str, due: date) -> None:
    world = make_world(tmp_path, IN_A_DAY, contacts=f"id,person,received,decided\n1,a,{received},\n")
    (case,) = world.cases(received[:7], at("2019-12-01 09:00"))
    assert case.due == due
    assert type(case.due) is type(due)


def test_due_of_a_clock_in_days_is_a_day(tmp_path: Path) -> None:
    indicator = IN_A_DAY.replace("24 hours", "2 working days")
    world = make_world(tmp_path, indicator, contacts="id,person,received,decided\n1,a,2019-02-08 16:00,2019-02-11\n")
    (case,) = world.cases()
    assert (case.start, case.stop, case.due) == (at("2019-02-08 16:00"), day("2019-02-11"), day("2019-02-12"))
    assert case.outcome is Outcome.MET


@pytest.mark.parametrize(
    ("planned", "due"), [("2019-03-20 12:00", at("2019-03-20 12:00")), ("2019-03-20", day("2019-03-20"))]
)
def test_due_of_an_expression(tmp_path: Path, planned: str, due: date) -> None:
    indicator = IN_A_DAY.replace("within: 24 hours", 'due: "planned_for"')
    world = make_world(
        tmp_path, indicator, contacts=f"id,person,received,decided,planned_for\n1,a,2019-02-04 09:00,,{planned}\n"
    )
    (case,) = world.cases()
    assert case.due == due


def test_a_stop_that_is_planned_or_not_yet_known_is_none(tmp_path: Path) -> None:
    planned = IN_A_DAY.replace("stop: decided", "stop: planned_for")
    data = "id,person,received,decided,planned_for\n1,a,2019-02-04 09:00,2019-03-05 09:00,2019-03-05 09:00\n"
    for indicator in (planned, IN_A_DAY):
        (case,) = make_world(tmp_path, indicator, contacts=data).cases()
        assert (case.stop, case.outcome) == (None, Outcome.OVERDUE)


def test_a_clock_of_a_stock_is_as_known_on_its_reference_day(tmp_path: Path) -> None:
    indicator = """
        table: leavers
        point_in_time: {from: begun, to: ended}
        related:
          review: {table: reviews, keep: latest, date: done}
        measure: proportion
        clock: {start: review.done, within: 6 months}
        """
    world = make_world(
        tmp_path,
        indicator,
        leavers="person,begun,ended\na,2018-01-01,\n",
        reviews="id,person,done\n1,a,2018-07-15\n2,a,2019-02-15\n",
    )
    clocks = {(case.period.label, case.start, case.due) for case in world.cases("2019-01 2019-02")}
    assert clocks == {
        ("2019-01", day("2018-07-15"), day("2019-01-15")),
        ("2019-02", day("2019-02-15"), day("2019-08-15")),
    }


def test_a_key_is_shown_as_first_seen_and_a_blank_part_of_it_empty(tmp_path: Path) -> None:
    tables = {
        "contacts": """
            key: [id, person]
            columns: {id: {type: text}, person: {type: text}, received: {type: date}}
            """
    }
    data = """id,person,received
              A.0,b,2019-02-04
              a,B,2019-02-04
              ,b,2019-02-04
              ,b,2019-02-05"""
    world = make_world(tmp_path, COUNTED, tables, contacts=data)
    assert [(case.key, case.person) for case in world.cases()] == [
        (("A.0", "b"), None),
        (("", "b"), None),
        (("", "b"), None),
    ]


def test_file_and_row_number_stand_in_for_a_key(tmp_path: Path) -> None:
    data = {
        "2018.csv": "received\n2019-02-04\n2019-02-04\n,\n2019-02-05\n",
        "2019.csv": "received\n2019-02-04\n2019-02-06\n",
    }
    cases = make_world(tmp_path, COUNTED, contacts=data).cases()
    assert [case.key for case in cases] == [("2018.csv", "2"), ("2018.csv", "5"), ("2019.csv", "3")]


def test_the_first_row_of_a_parquet_file_is_row_1(tmp_path: Path) -> None:
    world = make_world(tmp_path, COUNTED, contacts="received\n2019-02-04\n")
    (tmp_path / "data").mkdir()
    pq.write_table(pa.table({"received": ["2019-02-04", "2019-02-05"]}), tmp_path / "data" / "contacts.parquet")
    catalogue = api.load_catalogue(tmp_path / "indicators")
    extract = api.open_extract(tmp_path / "data", catalogue)
    plan = Plan(at("2019-03-04 07:00"), (IndicatorPlan(world.indicator, (FEBRUARY,), ()),), working_days_in_england())
    keys = [case.key for case in ReferenceEngine().cases(plan, extract)]
    assert keys == [("contacts.parquet", "1"), ("contacts.parquet", "2")]


def test_a_value_is_exact_and_only_that_of_a_counted_case(tmp_path: Path) -> None:
    indicator = """
        table: contacts
        period: received
        measure: mean
        value: "cost / 3"
        exclude: {free: "cost = 0"}
        """
    data = """id,person,received,cost
              1,a,2019-02-04,10.5
              2,a,2019-02-04,0
              3,a,2019-02-04,"""
    cases = make_world(tmp_path, indicator, contacts=data).cases()
    assert [(case.key, case.outcome, case.reason, case.value) for case in cases] == [
        (("1",), Outcome.COUNTED, None, Fraction(7, 2)),
        (("2",), Outcome.EXCLUDED, "free", None),
        (("3",), Outcome.UNKNOWN, "value", None),
    ]


def test_a_case_stands_once_in_each_period_that_holds_it(tmp_path: Path) -> None:
    data = "id,person,received\n1,a,2019-01-07\n2,a,2019-02-04\n3,a,2018-12-31\n"
    cases = make_world(tmp_path, COUNTED, contacts=data).cases("2019-01 2019-02")
    assert [(case.key, case.period.label) for case in cases] == [(("1",), "2019-01"), (("2",), "2019-02")]
