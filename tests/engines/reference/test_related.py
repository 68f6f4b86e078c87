"""Related rows: which are joined, and which is kept."""

from pathlib import Path

import pytest

from tests.engines.reference.support import at, make_world

LEAVERS = "person,begun,ended,team\na,2018-01-01,,N\n"


def stock(related: str, rest: str) -> str:
    head = "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: proportion\n"
    return f"{head}related:\n  it: {{{related}}}\n{rest}\n"


def flow(related: str, rest: str) -> str:
    return f"table: contacts\nperiod: received\nmeasure: proportion\nrelated:\n  it: {{{related}}}\n{rest}\n"


def kept(folder: Path, related: str, reviews: str, column: str = "kind") -> str | None:
    """The column's value in the review that is kept for leaver a on 28 February 2019."""
    definition = stock(related, f'met: "it.{column} is not null"\nby: [{{kept: "it.{column}"}}]')
    world = make_world(folder, definition, leavers=LEAVERS, reviews=f"id,person,done,kind,score\n{reviews}")
    (category,) = world.categories("kept")
    return None if category == "(not recorded)" else category


def counted(folder: Path, related: str, reviews: str) -> str:
    definition = stock(related, 'met: "it.count > 0"\nby: [{found: "it.count"}]')
    world = make_world(folder, definition, leavers=LEAVERS, reviews=f"id,person,done,kind,score\n{reviews}")
    (category,) = world.categories("found")
    return category


THREE = """1,a,2018-03-01,first,1
           2,A,2018-09-01,second,2
           3,a,2018-12-01,third,3
           4,b,2019-01-01,other,4"""


def test_the_latest_and_the_earliest(tmp_path: Path) -> None:
    assert kept(tmp_path, "table: reviews, keep: latest, date: done", THREE) == "third"
    assert kept(tmp_path, "table: reviews, keep: earliest, date: done", THREE) == "first"


def test_after_a_column_of_the_case(tmp_path: Path) -> None:
    on_the_day = "1,a,2018-01-01,first,1\n2,a,2018-01-02,second,2"
    assert kept(tmp_path, "table: reviews, keep: earliest, date: done, after: begun", on_the_day) == "second"


def test_where_narrows_the_rows_and_null_does_not_satisfy_it(tmp_path: Path) -> None:
    related = "table: reviews, keep: latest, date: done, where: \"kind <> 'third'\""
    assert kept(tmp_path, related, THREE + "\n5,a,2019-01-01,,5", "score") == "2"


def test_rows_without_the_date_are_ignored(tmp_path: Path) -> None:
    assert kept(tmp_path, "table: reviews, keep: earliest, date: done", "1,a,,none,\n" + THREE) == "first"
    assert kept(tmp_path, "table: reviews, keep: latest, date: done", "1,a,,none,\n") is None


@pytest.mark.parametrize(
    ("rows", "winner"),
    [
        ("1,a,2019-01-01,x,\n2,a,2019-01-01,y,", "y"),
        ("9,a,2019-01-01,x,\n10,a,2019-01-01,y,", "x"),  # keys compare as text
        ("B,a,2019-01-01,x,\na,a,2019-01-01,y,", "x"),  # and without regard to case
        ("1,a,2019-01-01,x,\n1,a,2019-01-01,y,", "y"),  # then the other columns, as declared
        ("1,a,2019-01-01,x,5\n1,a,2019-01-01,,9", "x"),  # null least
        (",a,2019-01-01,y,\n1,a,2019-01-01,x,", "x"),  # in a key as well
        ("1,a,2019-01-01,é,\n1,a,2019-01-01,z,", "é"),  # by code point
    ],
)
def test_ties_go_to_the_greatest(tmp_path: Path, rows: str, winner: str) -> None:
    assert kept(tmp_path, "table: reviews, keep: latest, date: done", rows) == winner
    assert kept(tmp_path, "table: reviews, keep: earliest, date: done", rows) == winner


def test_without_a_key_ties_go_to_the_last_file_and_row(tmp_path: Path) -> None:
    definition = stock(
        "table: reviews, keep: latest, date: done", 'met: "it.kind is not null"\nby: [{kept: "it.kind"}]'
    )
    rows = "\n".join(f"a,2019-01-01,{number}" for number in range(12))
    files = {"b.csv": "person,done,kind\na,2019-01-01,zz", "c.csv": f"person,done,kind\n{rows}"}
    world = make_world(tmp_path, definition, leavers=LEAVERS, reviews=files)
    assert world.categories("kept") == {"11": 1}


def test_only(tmp_path: Path) -> None:
    definition = stock("table: reviews, keep: only", "met: \"it.kind = 'x'\"")
    one = make_world(tmp_path, definition, leavers=LEAVERS, reviews="id,person,done,kind\n1,a,2019-01-01,x\n")
    assert one.outcomes() == {"a": "met"}
    two = make_world(
        tmp_path, definition, leavers=LEAVERS, reviews="id,person,done,kind\n1,a,2019-01-01,x\n2,a,2019-01-01,x\n"
    )
    assert two.outcomes() == {"a": "unknown: more_than_one"}
    twin = make_world(
        tmp_path, definition, leavers=LEAVERS, reviews="id,person,done,kind\n1,a,2019-01-01,x\n1,a,2019-01-01,x\n"
    )
    assert twin.outcomes() == {"a": "met"}  # identical rows count once
    none = make_world(tmp_path, definition, leavers=LEAVERS, reviews="id,person,done,kind\n1,b,2019-01-01,x\n")
    assert none.outcomes() == {"a": "unknown: met"}


def test_counting(tmp_path: Path) -> None:
    related = "table: reviews, keep: count, date: done"
    assert counted(tmp_path, related, THREE) == "3"
    assert counted(tmp_path, related + ", within: 6 months", THREE) == "2"
    assert counted(tmp_path, related + ", after: begun", "1,a,2018-01-01,x,\n2,a,2018-01-02,y,") == "1"
    # After 28 February less 180 days, which is 1 September: the review of that day is out.
    assert counted(tmp_path, related + ", within: 180 days", THREE) == "1"
    assert counted(tmp_path, related, "1,b,2019-01-01,x,") == "0"


def test_related_rows_that_share_a_key_and_differ_stand_as_they_are(tmp_path: Path) -> None:
    rows = "1,a,2019-01-01,x,\n1,a,2019-01-02,y,\n1,a,2019-01-02,y,"
    assert counted(tmp_path, "table: reviews, keep: count, date: done", rows) == "2"


def test_counting_within_hours_of_a_moment(tmp_path: Path) -> None:
    definition = """
        table: contacts
        period: received
        measure: proportion
        related:
          earlier: {table: contacts, keep: count, date: received, until: received, within: 24 hours}
        met: "earlier.count = 0"
        by: [{found: "earlier.count"}]
        """
    data = """id,person,received
              1,a,2019-02-04 09:00
              2,a,2019-02-05 08:59
              3,a,2019-02-06 08:59
              4,a,2019-02-06 08:59
              5,b,2019-02-05 09:00"""
    world = make_world(tmp_path, definition, contacts=data)
    # 2 sees 1; 3 and 4 see each other, but not 2, which lies exactly 24 hours before; no case sees itself.
    assert world.categories("found") == {"0": 2, "1": 3}
    assert world.outcomes() == {"1": "met", "2": "not_met", "3": "not_met", "4": "not_met", "5": "met"}


def test_until_a_column_of_the_case_by_date_unless_both_have_a_time_of_day(tmp_path: Path) -> None:
    related = "table: contacts, keep: count, date: decided, until: received"
    definition = flow(related, 'met: "true"\nby: [{found: "it.count"}]')
    data = """id,person,received,decided
              1,a,2019-02-04 09:00,
              2,a,2019-01-01,2019-02-04 08:00
              3,a,2019-01-01,2019-02-04 10:00
              4,a,2019-01-01,2019-02-04
              5,a,2019-01-01,2019-02-05"""
    world = make_world(tmp_path, definition, contacts=data)
    assert world.categories("found") == {"2": 1}


def test_a_null_until_gives_no_row_and_a_null_count(tmp_path: Path) -> None:
    definition = flow("table: contacts, keep: count, date: received, until: decided", 'met: "it.count >= 0"')
    world = make_world(tmp_path, definition, contacts="id,person,received,decided\n1,a,2019-02-04,\n2,a,2019-02-04,\n")
    assert world.outcomes() == {"1": "unknown: met", "2": "unknown: met"}


def test_a_case_is_never_its_own_related_row_not_even_with_another_row_of_its_key(tmp_path: Path) -> None:
    definition = flow("table: contacts, keep: count, date: received, until: as_of", 'met: "it.count = 0"')
    definition += 'by: [{found: "it.count"}]\n'
    data = """id,person,received
              1,a,2019-02-04 09:00
              1,a,2019-02-05 09:00
              2,b,2019-02-05 09:00"""
    world = make_world(tmp_path, definition, contacts=data)
    assert world.categories("found") == {"0": 2}


def test_a_join_on_a_null_gives_no_rows(tmp_path: Path) -> None:
    definition = flow("table: contacts, on: team, keep: count, date: received, until: as_of", 'met: "it.count = 0"')
    data = """id,person,received,team
              1,a,2019-02-04 09:00,
              2,a,2019-02-04 09:00,
              3,a,2019-02-04 09:00,North
              4,b,2019-02-04 09:00,NORTH"""
    world = make_world(tmp_path, definition, contacts=data)
    assert world.outcomes() == {"1": "met", "2": "met", "3": "not_met", "4": "not_met"}


@pytest.mark.parametrize(
    ("rows", "outcome"),
    [
        ("1,a,tbc,x,1", "unknown: unreadable"),
        ("1,b,tbc,x,1", "met"),  # not joined
        ("1,a,2019-01-01,x,many", "unknown: unreadable"),  # the row that is kept
        ("1,a,2018-01-01,x,many\n2,a,2019-01-01,x,1", "met"),  # a row that is not
    ],
)
def test_unreadable_cells_of_related_rows(tmp_path: Path, rows: str, outcome: str) -> None:
    definition = stock("table: reviews, keep: latest, date: done", 'met: "coalesce(it.score, 1) > 0"')
    world = make_world(tmp_path, definition, leavers=LEAVERS, reviews=f"id,person,done,kind,score\n{rows}")
    assert world.outcomes() == {"a": outcome}


def test_an_unreadable_cell_that_where_names_counts_in_every_joined_row(tmp_path: Path) -> None:
    definition = stock('table: reviews, keep: latest, date: done, where: "score > 0"', 'met: "it.kind is null"')
    world = make_world(
        tmp_path, definition, leavers=LEAVERS, reviews="id,person,done,kind,score\n1,a,2019-01-01,x,1\n2,a,,y,many\n"
    )
    assert world.outcomes() == {"a": "unknown: unreadable"}


ACTIVE = "table: stays, keep: active, from: begun, to: ended"


def stay(folder: Path, related: str, rows: str, column: str = "kind") -> str | None:
    definition = stock(related, f'met: "it.{column} is not null"\nby: [{{kept: "it.{column}"}}]')
    world = make_world(folder, definition, leavers=LEAVERS, stays=f"id,person,begun,ended,kind\n{rows}")
    (category,) = world.categories("kept")
    return None if category == "(not recorded)" else category


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ("1,a,2018-01-01,,open", "open"),
        ("1,a,2018-01-01,2019-02-28,ended", None),  # not on its last day
        ("1,a,2018-01-01,2019-03-01,open", "open"),
        ("1,a,2019-02-28,,today", "today"),
        ("1,a,2018-01-01,,old\n2,a,2018-06-01,,new", "new"),
        ("1,a,2018-06-01,,x\n2,a,2018-06-01,,y", "y"),
        ("1,a,,,undated", None),
        ("1,a,2018-01-01,2019-06-01,open", "open"),  # an end still to come is not known
    ],
)
def test_the_active_spell(tmp_path: Path, rows: str, kind: str | None) -> None:
    assert stay(tmp_path, ACTIVE, rows) == kind


def test_the_active_spell_of_a_current_list(tmp_path: Path) -> None:
    definition = stock(ACTIVE, 'met: "it.kind is not null"\nby: [{kept: "it.kind"}]')
    world = make_world(
        tmp_path, definition, leavers=LEAVERS, stays="id,person,ended,kind\n1,a,,x\n2,a,,y\n3,a,2019-01-01,z\n"
    )
    assert world.categories("kept") == {"y": 1}


MERGED = ACTIVE + ", merge: adjacent, where: \"kind <> 'home'\""


@pytest.mark.parametrize(
    ("rows", "begun", "kind"),
    [
        ("1,a,2019-01-01,2019-02-01,x\n2,a,2019-02-01,,y", "2019-01-01", "y"),
        ("1,a,2019-01-01,2019-02-02,x\n2,a,2019-02-01,,y", "2019-01-01", "y"),
        ("1,a,2019-01-01,2019-01-31,x\n2,a,2019-02-01,,y", "2019-02-01", "y"),  # a night apart
        ("1,a,2019-01-01,,x\n2,a,2019-02-01,2019-02-10,y", "2019-01-01", "y"),  # within an open one
        ("1,a,2019-01-01,2019-02-20,x\n2,a,2019-01-05,2019-01-10,y\n3,a,2019-02-15,,z", "2019-01-01", "z"),
        ("1,a,2019-01-01,2019-01-20,x\n2,a,2019-01-20,2019-02-01,home\n3,a,2019-02-01,,z", "2019-02-01", "z"),
        ("1,b,2019-01-01,2019-02-01,x\n2,a,2019-02-01,,y", "2019-02-01", "y"),  # another person's
        ("2,a,2019-02-01,,y\n1,a,2019-01-01,2019-02-01,x", "2019-01-01", "y"),
    ],
)
def test_adjacent_spells_are_one(tmp_path: Path, rows: str, begun: str, kind: str) -> None:
    assert stay(tmp_path, MERGED, rows, "begun") == begun
    assert stay(tmp_path, MERGED, rows) == kind


def test_spells_are_merged_as_known_at_each_reference_day(tmp_path: Path) -> None:
    definition = stock(MERGED, 'met: "it.begun is not null"\nby: [{kept: "it.begun"}]')
    stays = "id,person,begun,ended,kind\n1,a,2019-01-10,2019-02-05,x\n2,a,2019-02-05,2019-03-02,y\n"
    world = make_world(tmp_path, definition, leavers=LEAVERS, stays=stays)
    assert world.categories("kept", "2019-01") == {"2019-01-10": 1}
    assert world.categories("kept", "2019-02") == {"2019-01-10": 1}
    assert world.categories("kept", "2019-03", at("2019-04-01 09:00")) == {"(not recorded)": 1}


def test_a_clock_may_stop_in_a_related_row(tmp_path: Path) -> None:
    definition = """
        table: contacts
        period: received
        measure: proportion
        related:
          next: {table: contacts, keep: earliest, date: received, until: as_of, after: received}
        clock: {start: received, stop: next.received, within: 24 hours}
        """
    data = """id,person,received
              1,a,2019-02-04 09:00
              2,a,2019-02-05 09:00
              3,a,2019-02-06 09:01"""
    world = make_world(tmp_path, definition, contacts=data)
    assert world.outcomes() == {"1": "met", "2": "not_met", "3": "overdue"}


def test_the_age_of_a_child_by_its_birth_month(tmp_path: Path) -> None:
    definition = """
        table: contacts
        period: received
        measure: count
        related:
          child: {table: children, keep: only}
        by:
          - {age: {value: "age_years(child.birth_month, received)", bands: [0, 1, 5, 10, 16, 18]}}
        """
    contacts = "id,person,received\n1,a,2019-02-04\n2,b,2019-02-04\n3,c,2019-02-04\n4,d,2019-02-04\n"
    children = "person,birth_month\na,2018-03\nb,2018-02\nc,2003-02\nd,2019-03\n"
    world = make_world(tmp_path, definition, contacts=contacts, children=children)
    assert world.categories("age") == {"0": 1, "1-4": 1, "16-17": 1, "under 0": 1}
