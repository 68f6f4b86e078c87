"""The reconciliation of a stock: from its opening as published, by those who entered and left, to its closing."""

from pathlib import Path

import pytest

from sgkpi.answers.snapshot.take import SnapshotTaken
from sgkpi.snapshots.gates import Gate
from tests.snapshots.worked import Job

TABLES = {
    "leavers": """
        key: person
        person: person
        happened: begun
        columns:
          person: {type: text}
          begun: {type: date}
          ended: {type: date}
        """,
    "stays": """
        key: id
        person: person
        happened: noted
        columns:
          id: {type: text}
          person: {type: text}
          begun: {type: date}
          ended: {type: date}
          kind: {type: text}
          noted: {type: date}
        """,
}
IN_BNB = """
    title: Care leavers in bed and breakfast
    table: leavers
    point_in_time: {from: begun, to: ended}
    measure: count
    related: {home: {table: stays, keep: active, from: begun, to: ended}}
    population: "home.kind is not null and home.kind = 'bnb'"
    """
LEAVERS = "person,begun,ended\n" + "".join(f"P{number},2018-01-01,\n" for number in range(1, 7))


def take_twice(folder: Path, engine: str, january: str, february: str) -> SnapshotTaken:
    """Take the snapshots of January and February of stays, `id,person,begun,ended,kind,noted`, one a line."""
    job = Job(folder / "job", engine, IN_BNB, TABLES)
    header = "id,person,begun,ended,kind,noted\n"
    job.take("2019-02-04T07:00", month="2019-01", leavers=LEAVERS, stays=header + january)
    return job.take("2019-03-04T07:00", leavers=LEAVERS, stays=header + february)


def rows(taken: SnapshotTaken) -> list[str]:
    """Return the rows of reconciliation.csv below its header."""
    assert taken.snapshot is not None
    return taken.snapshot.read("reconciliation.csv").decode().splitlines()[1:]


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_opening_and_flows_come_to_the_closing(tmp_path: Path, engine: str) -> None:
    """Published on 31 January: P1 and P2. Since: P5's stay from the 25th entered, P2's was no B&B: opening P1 and P5.

    P3 came on 10 February and P1 left on the 20th; P6 came on the 12th, left on the 15th, and is in neither count.
    """
    january = "1,P1,2019-01-10,,bnb,\n2,P2,2019-01-12,,bnb,\n"
    february = (
        "1,P1,2019-01-10,2019-02-20,bnb,\n2,P2,2019-01-12,,flat,\n5,P5,2019-01-25,,bnb,\n"
        "3,P3,2019-02-10,,bnb,\n6,P6,2019-02-12,2019-02-15,bnb,\n"
    )
    taken = take_twice(tmp_path, engine, january, february)
    # opening_published, restated, opening, entered, left, moved_in, moved_out, closing
    assert rows(taken) == ["figure,2019-02,2,0,2,1,1,0,0,2"]


def test_who_changes_sides_without_a_date_has_moved(tmp_path: Path) -> None:
    """P1's stay turns from B&B to a flat without an end, P2's the other way round."""
    january = "1,P1,2019-01-10,,bnb,\n2,P2,2019-01-12,,flat,\n"
    february = "1,P1,2019-01-10,2019-02-10,bnb,\n4,P1,2019-01-11,,flat,\n2,P2,2019-01-12,,flat,\n"
    taken = take_twice(tmp_path, "duckdb", january, february)
    assert rows(taken) == ["figure,2019-02,1,-1,0,0,0,0,0,0"]


def test_the_gate_fails_where_many_change_sides_without_a_date(tmp_path: Path) -> None:
    """Three stays of January are noted in February: known on the last day of that month alone, they came undated."""
    stays = "".join(f"{number},P{number},2019-01-10,,bnb,2019-02-05\n" for number in (1, 2, 3))
    taken = take_twice(tmp_path, "duckdb", "9,P6,2019-01-10,,bnb,\n", f"9,P6,2019-01-10,,bnb,\n{stays}")
    assert rows(taken) == ["figure,2019-02,1,0,1,0,0,3,0,4"]
    checks = {check.gate: (check.status, check.detail) for check in taken.checks}
    said = "figure 2019-02: 3 cases moved in or out without a date of a spell; the opening is 1"
    assert checks[Gate.RECONCILIATION] == ("failed", said)
