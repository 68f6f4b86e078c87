"""Keys: rows that are the same, rows that share a key, and rows without one."""

import pytest

from tests.spec.pages import TABLES, Page, outcomes

MET = 'table: contacts\nperiod: received\nmeasure: proportion\nmet: "n = 1"\n'


def test_identical_rows_count_once(engine: str) -> None:
    """Identical in what they say, however it is written."""
    table = """
        id  | received         | n
        1   | 2019-02-04       | 1
        1   | 2019-02-04       | 1
        a   | 2019-02-04 09:00 | 1
        A.0 | 04/02/2019 09:00 | 1.0
        """
    page = Page(engine, MET, contacts=table)
    assert page.value("met") == 2
    assert page.outcomes() == {"1": "met", "a": "met"}  # shown as first seen


def test_keys_beyond_ascii(engine: str) -> None:
    """Any space of Unicode is a space and case is folded as Unicode does it; a full-width letter is no other letter."""
    table = """
        id              | received   | n
        a b             | 2019-02-04 | 1
        A\u00a0B        | 2019-02-04 | 1
        \u3000a\u2003b\u00a0 | 2019-02-04 | 1
        a  b            | 2019-02-04 | 1
        \uff21\uff11      | 2019-02-04 | 1
        \uff41\uff11      | 2019-02-04 | 1
        A1              | 2019-02-04 | 1
        STRASSE         | 2019-02-04 | 1
        stra\u00dfe     | 2019-02-04 | 1
        """
    assert outcomes(engine, MET, contacts=table) == dict.fromkeys(
        ["a b", "a  b", "\uff21\uff11", "A1", "STRASSE"], "met"
    )


def test_rows_that_share_a_key_and_differ_are_one_case(engine: str) -> None:
    """It cannot be judged; wherever they differ, in a column that nothing asks for as well."""
    table = "id | received | n | team\n1 | 2019-02-04 | 1 | N\n1 | 2019-02-04 | 1 | S\n2 | 2019-02-04 | 1 | N"
    assert outcomes(engine, MET, contacts=table) == {"1": "unknown: duplicate_key", "2": "met"}


def test_such_a_case_stands_where_the_least_of_its_rows_stands(engine: str) -> None:
    """Over every declared column that the file has, in declared order, nulls last."""
    table = """
        id | received   | team | n
        1  | 2019-02-04 | S    | 1
        1  | 2019-01-04 | Z    | 1
        2  |            | A    | 1
        2  | 2019-02-04 | S    | 1
        3  | 2019-02-04 |      | 1
        3  | 2019-02-04 | S    | 2
        """
    page = Page(engine, MET + "by: [team]\n", contacts=table)
    assert page.categories("team", "unknown") == {"S": 2}
    january = Page(engine, MET + "by: [team]\n", contacts=table, months="2019-01")
    assert january.categories("team", "unknown") == {"Z": 1}


@pytest.mark.parametrize("reverse", [False, True])
def test_an_unreadable_cell_has_no_value_by_which_rows_are_ordered(engine: str, reverse: bool) -> None:
    """What comes after it decides, whatever the order of the rows; if nothing does, the blank one is the lesser."""
    rows = [
        "1 | 2019-02-04 | tbc | S", "1 | 2019-02-04 |     | T",
        "2 | 2019-02-04 |     | U", "2 | 2019-02-04 | tbc |  ",
        "3 | tbc        | 1   | V", "3 |            | 1   | V",
    ]  # fmt: skip
    table = "\n".join(["id | received | n | team", *(reversed(rows) if reverse else rows)])
    page = Page(engine, MET + "by: [team]\n", contacts=table)
    assert page.categories("team", "unknown") == {"S": 1, "U": 1}
    assert page.unplaced() == (1, 0)


def test_such_a_case_is_broken_down_by_category_as_any_other(engine: str) -> None:
    """By the code of its least row, however that is spelled."""
    table = "id | received | n | source\n1 | 2019-02-04 | 1 | 2A\n1 | 2019-02-04 | 2 | 2A\n2 | 2019-02-04 | 1 | zoo"
    page = Page(engine, MET + "by: [source]\n", contacts=table)
    assert page.categories("source", "unknown") == {"police": 0, "school": 1, "home": 0, "zoo": 0}
    assert page.categories("source", "met") == {"police": 0, "school": 0, "home": 0, "zoo": 1}


def test_a_blank_key_stands_alone(engine: str) -> None:
    """Rows with a blank part of their key are never duplicates of one another."""
    table = "id | received | n\n | 2019-02-04 | 1\n | 2019-02-04 | 2\n | 2019-02-04 | 2"
    assert Page(engine, MET, contacts=table).values("met", "not_met", "unknown") == [(1, 1, 0)]


def test_a_file_without_a_key_column(engine: str) -> None:
    """File and row number stand in; identical rows still count once."""
    table = "received | n\n2019-02-04 | 1\n2019-02-04 | 1\n2019-02-04 | 2"
    assert Page(engine, MET, contacts=table).values("met", "not_met", "unknown") == [(1, 1, 0)]


def test_a_key_of_two_columns(engine: str) -> None:
    """A contact about two siblings has two rows."""
    declared = {
        "contacts": """
            key: [id, person]
            columns: {id: {type: text}, person: {type: text}, received: {type: datetime}, n: {type: integer}}
            """
    }
    table = "id | person | received | n\n1 | a | 2019-02-04 | 1\n1 | b | 2019-02-04 | 1\n1 | B | 2019-02-04 | 2"
    page = Page(engine, MET, declared=declared, contacts=table)
    assert page.values("met", "unknown") == [(1, 1)]


NEXT = {
    "contacts": """
        key: [id, next]
        person: person
        happened: received
        columns:
          id: {type: text}
          person: {type: text}
          received: {type: datetime}
          n: {type: integer}
          next: {type: datetime, midnight: yes}
        """
}


def test_a_date_in_a_key_counts_as_it_is_recorded(engine: str) -> None:
    """Known yet or not: else a case would become another as time passes. Expressions see what is known, as ever."""
    table = """
        id | received   | n | next
        1  | 2019-02-04 | 1 | 2019-03-10
        1  | 2019-02-04 | 1 | 2019-03-11
        1  | 2019-02-04 | 2 | 2019-03-11
        1  | 2019-02-04 | 1 | 2019-03-12
        1  | 2019-02-04 | 1 | 2019-03-12
        1  | 2019-02-04 | 1 | 2019-03-12 00:00
        2  | 2019-02-04 | 1 | 2019-03-01
        """
    page = Page(engine, MET + 'exclude: {known: "next is not null"}\n', declared=NEXT, contacts=table)
    assert page.values("met", "excluded", "unknown") == [(3, 1, 1)]


def test_a_date_in_the_key_of_related_rows_counts_as_it_is_recorded(engine: str) -> None:
    """A contact's own row is not among the others; of rows with one date, that with the greatest key is kept."""
    definition = """
        table: contacts
        period: received
        measure: mean
        value: others.count
        related:
          others: {table: contacts, keep: count, date: received, until: as_of}
          last: {table: contacts, keep: latest, date: received, until: as_of}
        by: [{last: last.n}]
        """
    table = """
        id | person | received   | n | next
        1  | a      | 2019-02-04 | 5 | 2019-03-10
        1  | a      | 2019-02-04 | 4 | 2019-03-12
        1  | a      | 2019-02-04 | 6 | 2019-03-11
        1  | a      | 2019-02-04 | 6 | 2019-03-09
        """
    page = Page(engine, definition, declared=NEXT, contacts=table)
    assert page.values("value", "counted") == [(3, 4)]
    assert page.categories("last") == {"4": 3, "6": 1}


def test_rows_are_identical_or_not_as_they_were_known(engine: str) -> None:
    """Two rows that differ only in a date after the as-of time are, until then, the same row."""
    table = "id | received | n | closed_on\n1 | 2019-02-04 | 1 |\n1 | 2019-02-04 | 1 | 2019-03-10"
    assert outcomes(engine, MET, contacts=table) == {"1": "met"}
    assert outcomes(engine, MET, contacts=table, as_of="2019-03-11") == {"1": "unknown: duplicate_key"}


def test_on_a_stock_as_they_were_known_on_its_reference_day(engine: str) -> None:
    """On 31 January nobody knew that one of the two would end in February. Without a key there is no other sign."""
    definition = "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: count\n"
    declared = {"leavers": "columns: {begun: {type: date}, ended: {type: date}, team: {type: text}}"}
    table = "begun | ended | team\n2019-01-04 | | N\n2019-01-04 | 2019-02-20 | N"
    page = Page(engine, definition, declared=declared, leavers=table, months="2019-01 2019-02")
    assert page.values("period", "value") == [("2019-01", 1), ("2019-02", 1)]


def test_what_has_no_value_yet_has_no_time_of_day_either(engine: str) -> None:
    """A placeholder, a blank cell and a time after the reference day are the same nothing, midnight or not."""
    definition = "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: count\n"
    declared = {
        "leavers": """
            key: id
            columns:
              id: {type: text}
              begun: {type: date}
              ended: {type: date}
              seen: {type: datetime, midnight: yes}
            """
    }
    table = """
        id | begun      | ended | seen
        1  | 2019-01-04 |       | 2019-02-03 00:00
        1  | 2019-01-04 |       | 1900-01-01 00:00
        1  | 2019-01-04 |       |
        """
    page = Page(engine, definition, declared=declared, leavers=table, months="2019-01 2019-02")
    assert page.values("period", "value", "unknown") == [("2019-01", 1, 0), ("2019-02", 0, 1)]


def test_an_unreadable_cell_is_not_the_same_as_a_blank_one(engine: str) -> None:
    table = "id | received | n | closed_on\n1 | 2019-02-04 | 1 |\n1 | 2019-02-04 | 1 | tbc"
    assert outcomes(engine, MET, contacts=table) == {"1": "unknown: duplicate_key"}


CHANGED = """
    key: id
    person: person
    happened: received
    %s
    columns:
      id: {type: text}
      person: {type: text}
      received: {type: datetime}
      decided: {type: datetime}
      changed: {type: %s}
      team: {type: text}
    """
DECIDED = """
    table: contacts
    period: received
    measure: proportion
    clock: {start: received, stop: decided, within: 24 hours}
    """


def test_the_greatest_version_stands(engine: str) -> None:
    """Of the rows of a key the one that was changed last; what still differs among these is a duplicate as ever (c)."""
    table = """
        id | received         | decided          | changed
        a  | 2019-02-04 09:00 |                  | 2019-02-05
        A  | 2019-02-04 09:00 | 2019-02-09 09:00 | 2019-02-10
        b  | 2019-02-04 09:00 | 2019-02-04 10:00 | 2019-02-05
        b  | 2019-02-04 09:00 | 2019-02-04 11:00 |
        c  | 2019-02-04 09:00 | 2019-02-04 10:00 | 2019-02-05
        c  | 2019-02-04 09:00 | 2019-02-04 11:00 | 2019-02-05
        c  | 2019-02-04 09:00 | 2019-02-04 12:00 | 2019-02-04
        """
    declared = {"contacts": CHANGED % ("version: changed", "date")}
    page = Page(engine, DECIDED, contacts=table, declared=declared)
    assert page.outcomes() == {"A": "not_met", "b": "met", "c": "unknown: duplicate_key"}
    assert page.replaced() == {"contacts": 3}


@pytest.mark.parametrize(
    ("kind", "lesser", "greater"),
    [
        ("integer", "9", "10"),
        ("number", "9.5", "10.25"),
        ("datetime", "2019-02-05", "2019-02-05 00:01"),
        ("date", "5 February", "2019-02-05"),  # unreadable: as a blank
        ("date", "2019-03-05", "2019-02-05"),  # later than the as-of time: as a blank
        ("datetime", "", "2019-02-05 09:00"),
    ],
)
def test_how_versions_compare(engine: str, kind: str, lesser: str, greater: str) -> None:
    """By their value; one that is blank, unreadable or later than the as-of time is the least."""
    rows = f"a | 2019-02-04 09:00 | 2019-02-04 10:00 | {greater}\na | 2019-02-04 09:00 | | {lesser}"
    declared = {"contacts": CHANGED % ("version: changed", kind)}
    page = Page(engine, DECIDED, contacts=f"id | received | decided | changed\n{rows}", declared=declared)
    assert page.outcomes() == {"a": "met"}


def test_an_earlier_as_of_time_sees_what_stood_then(engine: str) -> None:
    """On 6 February the change of the 10th was not known; nor was a row that had not been recorded."""
    table = """
        id | received         | decided          | changed
        a  | 2019-02-04 09:00 |                  | 2019-02-05
        a  | 2019-02-04 09:00 | 2019-02-04 10:00 | 2019-02-10
        """
    declared = {"contacts": CHANGED % ("version: changed", "date")}
    assert Page(engine, DECIDED, contacts=table, declared=declared).outcomes() == {"a": "met"}
    early = Page(engine, DECIDED, contacts=table, declared=declared, as_of="2019-02-06")
    assert early.outcomes() == {"a": "overdue"}
    recorded = {"contacts": CHANGED % ("version: changed\n    recorded: changed", "date")}
    early = Page(engine, DECIDED, contacts=table, declared=recorded, as_of="2019-02-06")
    assert early.outcomes() == {"a": "overdue"}


def test_versions_of_a_stock_and_of_related_rows(engine: str) -> None:
    """Compared among the rows that exist at the as-of time, for a past reference day too (a); b's began in March."""
    leavers = """
        person | begun      | ended | team  | checked
        a      | 2018-01-01 |       | North | 2019-02-01
        a      | 2018-01-01 |       | South | 2019-03-01
        b      | 2018-01-01 |       | North | 2019-02-01
        b      | 2019-03-01 |       | South | 2019-03-01
        """
    declared = {"leavers": TABLES["leavers"].replace("happened: begun", "happened: begun\n        version: checked")}
    stock = "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: count\nby: [team]\n"
    assert Page(engine, stock, leavers=leavers, declared=declared).categories("team") == {"South": 1}
    flow = "table: contacts\nperiod: received\nmeasure: count\nby: [{theirs: who.team}]\n"
    flow += "related: {who: {table: leavers, keep: only}}\n"
    contacts = "id | person | received\n1 | a | 2019-02-04\n2 | b | 2019-02-04"
    page = Page(engine, flow, contacts=contacts, leavers=leavers, declared=declared)
    assert page.categories("theirs") == {"South": 2}


def test_the_later_file_stands(engine: str) -> None:
    """`version: file`, for a folder of repeated exports: what was open in January's is decided in February's."""
    tables = {
        "contacts/2019-02": """
            id | received         | decided
            a  | 2019-02-04 09:00 |
            b  | 2019-02-04 09:00 | 2019-02-04 10:00
            c  | 2019-02-04 09:00 | 2019-02-04 10:00
            """,
        "contacts/2019-03": """
            id | received         | decided
            a  | 2019-02-04 09:00 | 2019-02-09 10:00
            c  | 2019-02-04 09:00 | 2019-02-04 10:00
            c  | 2019-02-04 09:00 | 2019-02-05 10:00
            """,
    }
    declared = {"contacts": CHANGED % ("version: file", "date")}
    page = Page(engine, DECIDED, declared=declared, **tables)
    assert page.outcomes() == {"a": "not_met", "b": "met", "c": "unknown: duplicate_key"}
    assert page.replaced() == {"contacts": 2}
