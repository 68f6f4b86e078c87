"""Rows of several files without a key, and the latest event. All else that is known or not is in tests/spec."""

from datetime import datetime
from pathlib import Path

from sgkpi.engines.reference import ReferenceEngine
from tests.judge.support import World, at, make_world

COUNT = "table: contacts\nperiod: received\nmeasure: count\nby: [team]\n"


def test_without_a_key_column_every_distinct_row_is_a_case(tmp_path: Path) -> None:
    files = {
        "one.csv": "person,received,team\na,2019-02-04 09:00,N\na,2019-02-04 10:00,N",
        "two.csv": "person,received,team\na,2019-02-04 09:00,S",
    }
    world = make_world(tmp_path, COUNT, contacts=files)
    assert world.categories("team") == {"N": 2, "S": 1}


def test_without_a_key_ties_go_to_the_last_file_and_row(tmp_path: Path) -> None:
    definition = """
        table: leavers
        point_in_time: {from: begun, to: ended}
        measure: count
        related: {it: {table: reviews, keep: latest, date: done}}
        by: [{kept: "it.kind"}]
        """
    rows = "\n".join(f"a,2019-01-01,{number}" for number in range(12))
    files = {"b.csv": "person,done,kind\na,2019-01-01,zz", "c.csv": f"person,done,kind\n{rows}"}
    world = make_world(tmp_path, definition, leavers="person,begun,ended,team\na,2018-01-01,,N\n", reviews=files)
    assert world.categories("kept") == {"11": 1}


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
