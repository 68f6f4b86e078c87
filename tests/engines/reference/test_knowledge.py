"""What is known at a moment, identical rows, rows that share a key."""

from datetime import datetime
from pathlib import Path
from textwrap import dedent

from sgkpi.engines.outcomes import TableRead
from sgkpi.engines.reference.engine import ReferenceEngine
from tests.engines.reference.support import TABLES, World, at, make_world

COUNT = "table: contacts\nperiod: received\nmeasure: count\nby: [team]\n"
DECIDED = """
    table: contacts
    period: received
    measure: proportion
    met: "decided is not null"
    by: [team]
    """


def test_a_row_that_happened_later_does_not_exist(tmp_path: Path) -> None:
    data = """id,person,received,team
              1,a,2019-02-04 09:00,N
              2,a,2019-02-04 09:01,N
              3,a,2019-02-04,N
              4,a,2019-02-05,N"""
    world = make_world(tmp_path, COUNT, contacts=data)
    assert set(world.outcomes(as_of=at("2019-02-04 09:00"))) == {"1", "3"}


def test_any_other_later_date_is_null_unless_planned(tmp_path: Path) -> None:
    indicator = """
        table: contacts
        period: received
        measure: proportion
        met: "decided is not null or planned_for > as_of"
        """
    data = """id,person,received,decided,planned_for
              1,a,2019-02-04 09:00,2019-02-04 10:00,
              2,a,2019-02-04 09:00,2019-02-04 10:01,
              3,a,2019-02-04 09:00,2019-02-04,
              4,a,2019-02-04 09:00,,2019-06-01 09:00"""
    world = make_world(tmp_path, indicator, contacts=data)
    outcomes = world.outcomes(as_of=at("2019-02-04 10:00"))
    assert outcomes == {"1": "met", "2": "unknown: met", "3": "met", "4": "met"}


def test_a_row_recorded_later_than_the_as_of_time_does_not_exist(tmp_path: Path) -> None:
    head, columns = dedent(TABLES["leavers"]).split("columns:\n")
    tables = {"leavers": f"{head}recorded: entered\ncolumns:\n  entered: {{type: datetime}}\n{columns}"}
    indicator = "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: count\n"
    data = """person,begun,ended,entered
              a,2018-01-01,,2018-01-02 09:00
              b,2018-01-01,,2019-02-10 09:00
              c,2018-01-01,,2019-03-05 09:00"""
    world = make_world(tmp_path, indicator, tables, leavers=data)
    # b was entered after the reference day of January, but is known by the as-of time.
    assert world.outcomes("2019-01") == {"a": "counted", "b": "counted"}


def test_identical_rows_count_once_keys_compared_normalised(tmp_path: Path) -> None:
    data = """id,person,received,team,note
              A1,p,2019-02-04 09:00,N,first
              a1 ,P,2019-02-04 09:00:00,N,second
              2.0,p,2019-02-04,N,
              2,p,2019-02-04 00:00:00,N,"""
    world = make_world(tmp_path, COUNT, contacts=data)
    assert world.outcomes() == {"A1": "counted", "2.0": "counted"}  # shown as first seen


def test_rows_that_share_a_key_and_differ_are_one_unknown_case(tmp_path: Path) -> None:
    # The least row by declared order (id, person, received, …): the earlier receipt, in team S.
    data = """id,person,received,team
              1,a,2019-02-05 09:00,N
              1,a,2019-02-04 09:00,S
              2,a,2019-02-04 09:00,N"""
    world = make_world(tmp_path, COUNT, contacts=data)
    assert world.outcomes() == {"1": "unknown: duplicate_key", "2": "counted"}
    assert world.categories("team") == {"S": 1, "N": 1}


def test_of_rows_that_share_a_key_nulls_come_last(tmp_path: Path) -> None:
    data = """id,person,received,decided,team
              1,a,2019-02-04 09:00,,A
              1,a,2019-02-04 09:00,2019-02-05 09:00,Z"""
    world = make_world(tmp_path, COUNT, contacts=data)
    assert world.categories("team") == {"Z": 1}


def test_a_duplicate_is_placed_by_its_least_row(tmp_path: Path) -> None:
    data = """id,person,received,team
              1,a,2019-02-05 09:00,N
              1,a,2019-01-31 09:00,N"""
    world = make_world(tmp_path, COUNT, contacts=data)
    assert world.outcomes("2019-02") == {}
    assert world.outcomes("2019-01") == {"1": "unknown: duplicate_key"}


def test_duplicates_are_resolved_as_known_at_the_as_of_time(tmp_path: Path) -> None:
    data = """id,person,received,decided,team
              1,a,2019-02-04 09:00,,N
              1,a,2019-02-04 09:00,2019-02-10 09:00,N"""
    world = make_world(tmp_path, COUNT, contacts=data)
    assert world.outcomes(as_of=at("2019-02-05 09:00")) == {"1": "counted"}
    assert world.outcomes(as_of=at("2019-02-20 09:00")) == {"1": "unknown: duplicate_key"}


def test_a_row_with_a_blank_key_stands_alone(tmp_path: Path) -> None:
    data = """id,person,received,team
              ,a,2019-02-04 09:00,N
              ,b,2019-02-04 09:00,N"""
    world = make_world(tmp_path, COUNT, contacts=data)
    assert sum(world.categories("team").values()) == 2
    assert all(each.judgement.outcome == "counted" for each in world.judged())


def test_without_a_key_column_every_distinct_row_is_a_case(tmp_path: Path) -> None:
    files = {
        "one.csv": "person,received,team\na,2019-02-04 09:00,N\na,2019-02-04 10:00,N",
        "two.csv": "person,received,team\na,2019-02-04 09:00,S",
    }
    world = make_world(tmp_path, COUNT, contacts=files)
    assert world.categories("team") == {"N": 2, "S": 1}


def test_an_unreadable_cell_is_not_the_same_as_a_blank_one(tmp_path: Path) -> None:
    data = """id,person,received,decided,team
              1,a,2019-02-04 09:00,,N
              1,a,2019-02-04 09:00,tbc,N"""
    world = make_world(tmp_path, DECIDED, contacts=data)
    assert world.outcomes() == {"1": "unknown: duplicate_key"}


def test_rows_and_unreadable_cells_are_of_the_columns_read(tmp_path: Path) -> None:
    data = """id,person,received,decided,team,cost
              1,a,2019-02-04 09:00,tbc,N,x
              1,a,2019-02-04 09:00,tbc,N,x
              2,a,soon,,N,x
              ,,,,,
              NULL,-,,n/a,,"""
    world = make_world(tmp_path, DECIDED, contacts=data)
    (read,) = world.counts().tables
    assert read == TableRead("contacts", ("contacts.csv",), rows=3, unreadable_cells=3)


def test_a_row_with_a_cell_in_a_column_that_is_not_declared_is_a_row(tmp_path: Path) -> None:
    world = make_world(tmp_path, COUNT, contacts="id,note,received,team\n,a remark,,\n,,,\n")
    assert world.counts().tables[0].rows == 1


def last_event(world: World) -> datetime:
    span = ReferenceEngine().events(world.extract)
    assert span is not None
    return span[1]


def test_the_latest_event_of_the_extract(tmp_path: Path) -> None:
    contacts = "id,person,received\n1,a,2019-02-04 09:00\n2,a,soon\n3,a,"
    world = make_world(tmp_path, COUNT, contacts=contacts)
    assert last_event(world) == at("2019-02-04 09:00")
    untimed = make_world(tmp_path, COUNT, contacts=contacts + "\n4,a,2019-02-04")
    assert last_event(untimed) == at("2019-02-04 23:59:59.999999")
    nothing = make_world(tmp_path, COUNT, contacts="id,person,received\n1,a,")
    assert ReferenceEngine().events(nothing.extract) is None
