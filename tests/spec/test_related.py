"""Related rows: which rows of another table belong to a case, and which of them is kept."""

import pytest

from tests.spec.pages import Page, outcomes

LEAVERS = "person | begun | ended\na | 2018-01-01 |"
STOCK = (
    'table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: proportion\nrelated:\n  it: {%s}\nmet: "true"\n'
)
REVIEWS = """
    id | person | done       | kind   | n
    1  | a      | 2018-03-01 | first  | 1
    2  | A      | 2018-09-01 | second | 2
    3  | a      | 2018-12-01 | third  | 3
    4  | b      | 2019-01-01 | other  | 4
    5  | a      | 2019-03-01 | later  | 5
    """


def kept(engine: str, related: str, column: str = "kind", **tables: str) -> object:
    """The column of the row that is kept for leaver a on 28 February 2019."""
    page = Page(engine, STOCK % related + f'by: [{{kept: "it.{column}"}}]\n', **{"leavers": LEAVERS, **tables})
    ((category, _),) = page.categories("kept", "met").items()
    return None if category == "(not recorded)" else category


def test_the_latest_and_the_earliest_up_to_the_reference_day(engine: str) -> None:
    """By `date`; joined on the person, without regard to case. Reviews of 1 March are not known yet."""
    assert kept(engine, "table: reviews, keep: latest, date: done", reviews=REVIEWS) == "third"
    assert kept(engine, "table: reviews, keep: earliest, date: done", reviews=REVIEWS) == "first"


def test_where_narrows_the_rows(engine: str) -> None:
    """Before the latest is taken; what is null does not satisfy it."""
    related = "table: reviews, keep: latest, date: done, where: \"kind <> 'third'\""
    assert kept(engine, related, reviews=REVIEWS + "6 | a | 2018-12-02 | | 6\n    ") == "second"


def test_after_is_exclusive_and_until_inclusive(engine: str) -> None:
    on_the_day = "id | person | done | kind | n\n1 | a | 2018-01-01 | first | 1\n2 | a | 2018-01-02 | second | 2"
    assert kept(engine, "table: reviews, keep: earliest, date: done, after: begun", reviews=on_the_day) == "second"
    assert kept(engine, "table: reviews, keep: latest, date: done, until: begun", reviews=on_the_day) == "first"


def test_a_null_bound_gives_no_row_and_a_null_count(engine: str) -> None:
    """`ended` is null here."""
    assert kept(engine, "table: reviews, keep: latest, date: done, until: ended", reviews=REVIEWS) is None
    assert kept(engine, "table: reviews, keep: latest, date: done, after: ended", reviews=REVIEWS) is None
    assert kept(engine, "table: reviews, keep: count, date: done, until: ended", "count", reviews=REVIEWS) is None


def test_until_compares_moments_where_both_have_a_time_of_day(engine: str) -> None:
    """Else dates: of the decisions of other contacts, those by 4 February, 9:00, are 2 and 4."""
    definition = """
        table: contacts
        period: received
        measure: count
        related: {it: {table: contacts, keep: count, date: decided, until: received}}
        by: [{decided_by_then: "it.count"}]
        """
    table = """
        id | person | received         | decided
        1  | a      | 2019-02-04 09:00 |
        2  | a      | 2019-01-01       | 2019-02-04 08:00
        3  | a      | 2019-01-01       | 2019-02-04 10:00
        4  | a      | 2019-01-01       | 2019-02-04
        5  | a      | 2019-01-01       | 2019-02-05
        """
    assert Page(engine, definition, contacts=table).categories("decided_by_then") == {"2": 1}


def test_a_case_is_not_related_to_other_rows_of_its_key_either(engine: str) -> None:
    definition = """
        table: contacts
        period: received
        measure: count
        related: {it: {table: contacts, keep: count, date: received, until: as_of}}
        by: [{others: "it.count"}]
        """
    table = """
        id | person | received
        1  | a      | 2019-02-04 09:00
        1  | a      | 2019-02-05 09:00
        2  | b      | 2019-02-05 09:00
        """
    page = Page(engine, definition, contacts=table)
    assert page.categories("others", "unknown") == {"0": 1}
    assert page.categories("others", "counted") == {"0": 1}


def test_rows_without_the_date_are_ignored(engine: str) -> None:
    table = "id | person | done | kind | n\n1 | a | | none | 1\n2 | a | 2018-05-01 | dated | 2"
    assert kept(engine, "table: reviews, keep: earliest, date: done", reviews=table) == "dated"


@pytest.mark.parametrize(
    ("rows", "winner"),
    [
        ("1 | a | 2019-01-01 | x |\n2 | a | 2019-01-01 | y |", "y"),
        ("9 | a | 2019-01-01 | x |\n10 | a | 2019-01-01 | y |", "x"),  # keys compare as text
        ("B | a | 2019-01-01 | x |\na | a | 2019-01-01 | y |", "x"),  # and without regard to case
        ("1 | a | 2019-01-01 | x |\n1 | a | 2019-01-01 | y |", "y"),  # then the other columns, as declared
        ("1 | a | 2019-01-01 | é |\n1 | a | 2019-01-01 | z |", "é"),  # by code point
        ("1 | a | 2019-01-01 | x | 5\n1 | a | 2019-01-01 | | 9", "x"),  # what is blank is least
        ("  | a | 2019-01-01 | y |\n1 | a | 2019-01-01 | x |", "x"),  # in a key as well
    ],
)
def test_ties_go_to_the_greatest(engine: str, rows: str, winner: str) -> None:
    """The greatest key, then the greatest of the other columns in declared order."""
    table = f"id | person | done | kind | n\n{rows}"
    assert kept(engine, "table: reviews, keep: latest, date: done", reviews=table) == winner
    assert kept(engine, "table: reviews, keep: earliest, date: done", reviews=table) == winner


SPELLS = """
    id | person | begun      | ended      | kind
    1  | a      | 2018-01-01 | 2018-06-01 | first
    2  | a      | 2018-06-01 | 2019-01-01 | second
    3  | a      | 2019-01-01 |            | third
    4  | b      | 2019-02-01 |            | other
    """
ACTIVE = "table: stays, keep: active, from: begun, to: ended"


def test_the_active_spell(engine: str) -> None:
    """`from <= until < to`; of several, the one that began last."""
    assert kept(engine, ACTIVE, stays=SPELLS) == "third"
    assert kept(engine, ACTIVE + ", until: begun", stays=SPELLS) == "first"
    assert kept(engine, ACTIVE, stays=SPELLS + "5 | a | 2019-02-10 | | new\n    ") == "new"
    assert kept(engine, ACTIVE, stays="id | person | begun | ended | kind\n1 | a | 2018-01-01 | 2019-02-28 | x") is None


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ("1 | a | 2018-01-01 | 2019-03-01 | open", "open"),
        ("1 | a | 2018-01-01 | 2019-06-01 | open", "open"),  # an end still to come is not known
        ("1 | a | 2019-02-28 | | today", "today"),
        ("1 | a | 2018-06-01 | | x\n2 | a | 2018-06-01 | | y", "y"),  # ties go to the greatest
        ("1 | a | | | undated", None),
    ],
)
def test_which_spell_is_active(engine: str, rows: str, kind: str | None) -> None:
    assert kept(engine, ACTIVE, stays=f"id | person | begun | ended | kind\n{rows}") == kind


@pytest.mark.parametrize(
    ("rows", "begun", "kind"),
    [
        ("1 | a | 2019-01-01 | 2019-02-02 | x\n2 | a | 2019-02-01 | | y", "2019-01-01", "y"),
        ("1 | a | 2019-01-01 | 2019-01-31 | x\n2 | a | 2019-02-01 | | y", "2019-02-01", "y"),  # a night apart
        ("1 | a | 2019-01-01 | | x\n2 | a | 2019-02-01 | 2019-02-10 | y", "2019-01-01", "y"),  # within an open one
        (
            "1 | a | 2019-01-01 | 2019-02-20 | x\n2 | a | 2019-01-05 | 2019-01-10 | y\n3 | a | 2019-02-15 | | z",
            "2019-01-01",
            "z",
        ),
        ("1 | b | 2019-01-01 | 2019-02-01 | x\n2 | a | 2019-02-01 | | y", "2019-02-01", "y"),  # another person's
        ("2 | a | 2019-02-01 | | y\n1 | a | 2019-01-01 | 2019-02-01 | x", "2019-01-01", "y"),  # in any order
    ],
)
def test_which_spells_are_adjacent(engine: str, rows: str, begun: str, kind: str) -> None:
    table = f"id | person | begun | ended | kind\n{rows}"
    assert kept(engine, ACTIVE + ", merge: adjacent", "begun", stays=table) == begun
    assert kept(engine, ACTIVE + ", merge: adjacent", "kind", stays=table) == kind


def test_spells_are_joined_as_they_were_known_on_each_reference_day(engine: str) -> None:
    """On 31 March the second of two adjacent stays has ended, on 2 March; on 28 February nobody knew."""
    definition = STOCK % (ACTIVE + ", merge: adjacent") + 'by: [{since: "it.begun"}]\n'
    stays = """
        id | person | begun      | ended      | kind
        1  | a      | 2019-01-10 | 2019-02-05 | x
        2  | a      | 2019-02-05 | 2019-03-02 | y
        """
    for month, since in [("2019-01", "2019-01-10"), ("2019-02", "2019-01-10"), ("2019-03", "(not recorded)")]:
        page = Page(engine, definition, leavers=LEAVERS, stays=stays, months=month, as_of="2019-04-01")
        assert page.categories("since", "met") == {since: 1}


def test_adjacent_spells_are_one(engine: str) -> None:
    """Joined where the next begins on or before the last ends; with the other columns of the last part."""
    merged = ACTIVE + ", merge: adjacent"
    assert kept(engine, merged, "begun", stays=SPELLS) == "2018-01-01"
    assert kept(engine, merged, "kind", stays=SPELLS) == "third"
    gap = SPELLS.replace("2019-01-01 | second", "2018-12-31 | second")
    assert kept(engine, merged, "begun", stays=gap) == "2019-01-01"
    first_gone = merged + ", where: \"kind <> 'second'\""
    assert kept(engine, first_gone, "begun", stays=SPELLS) == "2019-01-01"


def test_adjacent_spells_by_time_of_day(engine: str) -> None:
    """Where midnight is a time of day: from the 3rd at 00:00 to 10:00 is a gap, and from the 3rd at no time is none.

    A joined spell began when its first part did, and ends when the latest of its parts does, at that time of day.
    """
    declared = {
        "stays": """
            key: id
            person: person
            columns:
              id: {type: text}
              person: {type: text}
              begun: {type: datetime, midnight: yes}
              ended: {type: datetime, midnight: yes}
              kind: {type: text}
            """
    }
    definition = """
        table: contacts
        period: received
        measure: median
        related: {it: {table: stays, keep: active, from: begun, to: ended, until: received, merge: adjacent}}
        value: "hours_between(it.begun, received)"
        """
    contacts = "id | person | received\n" + "\n".join(f"{who} | {who} | 2019-02-04 12:00" for who in "abcd")
    stays = """
        id | person | begun            | ended            | kind
        1  | a      | 2019-02-01 12:00 | 2019-02-03 00:00 | x
        2  | a      | 2019-02-03 10:00 |                  | y
        3  | b      | 2019-02-01 12:00 | 2019-02-03 00:00 | x
        4  | b      | 2019-02-03       |                  | y
        5  | c      | 2019-02-01 00:00 | 2019-02-04 13:00 | x
        6  | c      | 2019-02-02       | 2019-02-03       | y
        7  | d      | 2019-02-01       | 2019-02-04 13:00 | x
        8  | d      | 2019-02-02 00:00 | 2019-02-03       | y
        """
    page = Page(engine, definition + "by: [id]\n", contacts=contacts, stays=stays, declared=declared)
    # c has no gap: 84 hours from midnight of the 1st; when d's stay began that day is not known.
    assert page.categories("id", "value") == {"a": 26, "b": 72, "c": 84, "d": None}
    assert page.categories("id", "unknown") == {"a": 0, "b": 0, "c": 0, "d": 1}


def test_how_many_rows_there_are(engine: str) -> None:
    """On or before the reference day, and after it less `within`: 28 August is out, 29 August is in."""
    counted = "table: reviews, keep: count, date: done"
    assert kept(engine, counted, "count", reviews=REVIEWS) == "3"
    edge = "id | person | done | kind | n\n1 | a | 2018-08-28 | x |\n2 | a | 2018-08-29 | x |"
    assert kept(engine, counted + ", within: 6 months", "count", reviews=edge) == "1"
    assert kept(engine, counted, "count", reviews="id | person | done | kind | n\n1 | b | 2019-01-01 | x |") == "0"
    # After 28 February less 180 days, which is 1 September: the review of that day is out, that of December is in.
    assert kept(engine, counted + ", within: 180 days", "count", reviews=REVIEWS) == "1"
    assert kept(engine, counted + ", after: begun", "count", reviews=edge.replace("2018-08-28", "2018-01-01")) == "1"


PLACED = """
    table: leavers
    point_in_time: {from: begun, to: ended}
    measure: count
    related:
      present: {table: stays, keep: active, from: begun, to: ended}
      it: {table: reviews, keep: %s, date: done, %s}
    by: [person, {kept: it.%s}]
    """


def test_a_bound_from_a_related_row(engine: str) -> None:
    """Rows declared above: the first review since the present stay began, on 10 January; its own day belongs to it.

    b has no stay, so `present.begun` is null: there is no row, and no count.
    """
    leavers = "person | begun | ended\na | 2018-01-01 |\nb | 2018-01-01 |"
    stays = "id | person | begun | ended | kind\n1 | a | 2018-01-01 | 2019-01-10 | x\n2 | a | 2019-01-10 | | y"
    reviews = """
        id | person | done       | kind | n
        1  | a      | 2019-01-09 | nine | 1
        2  | a      | 2019-01-10 | ten  | 2
        3  | a      | 2019-01-17 | week | 3
        4  | a      | 2019-01-18 | late | 4
        5  | b      | 2019-01-17 | b    | 5
        """

    def of_a_and_b(keep: str, bounds: str, column: str = "kind") -> dict[str | None, int]:
        page = Page(engine, PLACED % (keep, bounds, column), leavers=leavers, stays=stays, reviews=reviews)
        return {category: cases for category, cases in page.categories("kept").items() if cases}

    none = "(not recorded)"
    assert of_a_and_b("earliest", "since: present.begun") == {"ten": 1, none: 1}
    assert of_a_and_b("earliest", "after: present.begun") == {"week": 1, none: 1}
    within_a_week = 'since: present.begun, until: "present.begun + interval 1 week"'
    assert of_a_and_b("latest", within_a_week) == {"week": 1, none: 1}
    assert of_a_and_b("count", within_a_week, "count") == {"2": 1, none: 1}
    # Where there is no stay, all counts from the day of leaving care.
    assert of_a_and_b("earliest", 'since: "coalesce(present.begun, begun)"') == {"ten": 1, "b": 1}


def test_bounds_one_upon_the_other(engine: str) -> None:
    """The second contact after the first, and the third after that; each knows those declared above."""
    definition = """
        table: contacts
        period: received
        measure: count
        related:
          second: {table: contacts, keep: earliest, date: received, until: as_of, after: received}
          third: {table: contacts, keep: earliest, date: received, until: as_of, after: second.received}
          seen: {table: contacts, keep: count, date: received, until: third.received, since: received}
        by: [id, {third: third.id}, {seen: seen.count}]
        """
    table = """
        id | person | received
        1  | a      | 2019-02-04 09:00
        2  | a      | 2019-02-05 09:00
        3  | a      | 2019-02-05 10:00
        4  | b      | 2019-02-05 09:00
        """
    page = Page(engine, definition, contacts=table)
    assert page.categories("third", "counted") == {"3": 1, "(not recorded)": 3}
    # Beside itself, 1 has 2 and 3; without a third there is no bound, and no count.
    assert page.categories("seen", "counted") == {"2": 1, "(not recorded)": 3}


def test_bounds_compare_moments_where_both_have_a_time_of_day(engine: str) -> None:
    """A day after 4 February, 9:00 is the 5th, 9:00: the decision of 10:00 is later, one of that day alone is not."""
    definition = """
        table: contacts
        period: received
        measure: count
        related:
          it: {table: contacts, keep: count, date: decided, since: received, until: "received + interval 1 day"}
        by: [{decided: "it.count"}]
        """
    table = """
        id | person | received         | decided
        1  | a      | 2019-02-04 09:00 |
        2  | a      | 2019-01-01       | 2019-02-04 08:59
        3  | a      | 2019-01-01       | 2019-02-04 09:00
        4  | a      | 2019-01-01       | 2019-02-04
        5  | a      | 2019-01-01       | 2019-02-05 09:00
        6  | a      | 2019-01-01       | 2019-02-05
        7  | a      | 2019-01-01       | 2019-02-05 10:00
        """
    assert Page(engine, definition, contacts=table).categories("decided") == {"4": 1}


def test_an_unreadable_cell_that_a_bound_names(engine: str) -> None:
    """Of the case (a), or of the related row above that is kept (b); that of a row that is not kept does not matter."""
    definition = """
        table: contacts
        period: received
        measure: count
        related:
          first: {table: reviews, keep: earliest, date: done, until: as_of, where: "kind = 'first'"}
          it:
            table: stays
            keep: active
            from: begun
            to: ended
            until: "case when first.n > 1 then closed_on else date(received) end"
        """
    contacts = """
        id | person | received   | closed_on
        a  | a      | 2019-02-04 | soon
        b  | b      | 2019-02-04 | 2019-02-05
        c  | c      | 2019-02-04 | 2019-02-05
        """
    reviews = """
        id | person | done       | kind   | n
        1  | a      | 2019-01-01 | first  | 1
        2  | b      | 2019-01-01 | first  | one
        3  | c      | 2019-01-01 | first  | 1
        4  | c      | 2019-01-02 | first  | one
        """
    expected = {"a": "unknown: unreadable", "b": "unknown: unreadable", "c": "counted"}
    stays = "id | person | begun | ended | kind\n1 | a | 2019-01-01 | | x"
    assert outcomes(engine, definition, contacts=contacts, reviews=reviews, stays=stays) == expected


OPEN = "table: stays, keep: count, from: begun, to: ended"


def test_how_many_spells_are_open(engine: str) -> None:
    """`from <= until < to`, on 28 February: 1 and 2 have ended, 3 is open, and 4 is another person's."""
    assert kept(engine, OPEN, "count", stays=SPELLS) == "1"
    assert kept(engine, OPEN, "count", stays=SPELLS + "5 | a | 2019-02-28 | | today\n    ") == "2"
    assert kept(engine, OPEN, "count", stays=SPELLS + "5 | a | 2019-01-01 | 2019-02-28 | x\n    ") == "1"
    assert kept(engine, OPEN + ", until: begun", "count", stays=SPELLS) == "1"
    assert kept(engine, OPEN + ", until: ended", "count", stays=SPELLS) is None
    assert kept(engine, OPEN + ", where: \"kind <> 'third'\"", "count", stays=SPELLS) == "0"


@pytest.mark.parametrize(
    ("begun", "ended", "within", "count"),
    [
        ("2018-01-01", "2018-03-01", "12 months", "0"),  # last open on 28 February 2018, exactly 12 months back
        ("2018-01-01", "2018-03-02", "12 months", "1"),  # on 1 March, the first of the days
        ("2018-01-01", "", "12 months", "1"),
        ("2019-02-28", "", "12 months", "1"),
        ("2018-06-01", "2018-06-01", "12 months", "0"),  # open on no day
        ("2018-06-02", "2018-06-01", "12 months", "0"),  # ended before it began
        ("", "2018-06-01", "12 months", "0"),
        ("2019-02-20", "2019-02-22", "1 week", "0"),  # the days from 22 February
        ("2019-02-20", "2019-02-23", "1 week", "1"),
        ("2019-02-20", "2019-02-22", "5 working days", "0"),  # back from Thursday: after Thursday the 21st
        ("2019-02-20", "2019-02-23", "5 working days", "1"),
        ("2019-02-20", "2019-02-28", "1 day", "0"),  # the day itself
        ("2019-02-20", "", "0 days", "0"),  # no day at all
        ("2019-02-20", "2019-03-02", "1 day", "1"),  # an end that is still to come
    ],
)
def test_how_many_spells_were_open_within(engine: str, begun: str, ended: str, within: str, count: str) -> None:
    """On any day d with `until` less `within` < d <= `until`, which is 28 February: 12 months back begin on 1 March."""
    stays = f"id | person | begun | ended | kind\n1 | a | {begun} | {ended} | x"
    assert kept(engine, f"{OPEN}, within: {within}", "count", stays=stays) == count


def test_spells_by_time_of_day(engine: str) -> None:
    """Open at a moment, they are compared by it; `within` asks for days, whatever the time."""
    declared = {
        "stays": """
            key: id
            person: person
            columns:
              id: {type: text}
              person: {type: text}
              begun: {type: datetime}
              ended: {type: datetime}
              kind: {type: text}
            """
    }
    definition = """
        table: contacts
        period: received
        measure: count
        related: {it: {table: stays, keep: count, from: begun, to: ended, until: received%s}}
        by: [id, {stays: it.count}]
        """
    contacts = "id | person | received\n1 | a | 2019-02-04 12:00\n2 | b | 2019-02-04"
    stays = """
        id | person | begun            | ended            | kind
        1  | a      | 2019-02-04 12:00 | 2019-02-04 12:01 | x
        2  | a      | 2019-02-04 12:01 |                  | x
        3  | a      | 2019-02-03       | 2019-02-04 12:00 | x
        4  | b      | 2019-02-04 12:01 |                  | x
        5  | b      | 2019-02-03       | 2019-02-04 23:00 | x
        """

    def counted(within: str) -> dict[str | None, int]:
        return Page(engine, definition % within, contacts=contacts, stays=stays, declared=declared).categories("stays")

    # At noon: 1 and none of the others. On the day of b: 4, as 5 ended that day.
    assert counted("") == {"1": 2}
    # On 3 or 4 February: 2 and 3, as 1 began and ended on one day; of b both.
    assert counted(", within: 2 days") == {"2": 2}


def test_an_unreadable_end_of_a_counted_spell(engine: str) -> None:
    """Nobody knows whether it is open; a spell that `where` leaves out has no bearing."""
    stays = "id | person | begun | ended | kind\n1 | a | 2018-01-01 | soon | x"
    definition = STOCK % (OPEN + "%s")
    assert outcomes(engine, definition % "", leavers=LEAVERS, stays=stays) == {"a": "unknown: unreadable"}
    without = definition % ", where: \"kind = 'y'\""
    assert outcomes(engine, without, leavers=LEAVERS, stays=stays) == {"a": "met"}


def test_other_spells_of_the_same_table(engine: str) -> None:
    """A case is none of its own related spells: 1 overlaps with 2, and 3 with nothing."""
    definition = """
        table: stays
        point_in_time: {from: begun, to: ended}
        measure: proportion
        related: {others: {table: stays, keep: count, from: begun, to: ended}}
        met: others.count = 0
        """
    stays = """
        id | person | begun      | ended      | kind
        1  | a      | 2018-01-01 |            | x
        2  | a      | 2019-02-01 |            | x
        3  | b      | 2019-02-01 |            | x
        4  | b      | 2019-01-01 | 2019-02-01 | x
        """
    assert outcomes(engine, definition, stays=stays) == {"1": "not_met", "2": "not_met", "3": "met"}


def test_only(engine: str) -> None:
    """One row is the row; none is null; more than one cannot be judged. Identical rows count once."""
    definition = STOCK.replace('"true"', "\"it.kind = 'x'\"") % "table: reviews, keep: only"
    leavers = "person | begun | ended\n" + "\n".join(f"{each} | 2018-01-01 |" for each in "abcd")
    table = """
        id | person | done       | kind | n
        1  | a      | 2019-01-01 | x    |
        2  | b      | 2019-01-01 | x    |
        3  | b      | 2019-01-02 | x    |
        4  | c      | 2019-01-02 | x    |
        4  | c      | 2019-01-02 | x    |
        """
    expected = {"a": "met", "b": "unknown: more_than_one", "c": "met", "d": "unknown: met"}
    assert outcomes(engine, definition, leavers=leavers, reviews=table) == expected


def test_a_flow_says_until(engine: str) -> None:
    """How many other contacts in the 24 hours before each one: a case is never its own related row."""
    definition = """
        table: contacts
        period: received
        measure: proportion
        related:
          earlier: {table: contacts, keep: count, date: received, until: received, within: 24 hours}
        met: "earlier.count = 0"
        """
    table = """
        id | person | received
        1  | a      | 2019-02-04 09:00
        2  | a      | 2019-02-05 08:59
        3  | a      | 2019-02-06 08:59
        4  | b      | 2019-02-05 09:00
        """
    # 2 has 1 before it; 3 lies exactly 24 hours after 2, which is no longer within.
    expected = {"1": "met", "2": "not_met", "3": "met", "4": "met"}
    assert outcomes(engine, definition, contacts=table) == expected


def test_working_days_back_keep_the_time_of_day(engine: str) -> None:
    """From Tuesday 10:00 one working day back is Monday 10:00; from Monday, Friday. Without a time, days count."""
    definition = """
        table: contacts
        period: received
        measure: count
        related:
          earlier: {table: contacts, keep: count, date: received, until: received, within: 1 working day}
        by: [id, {before: earlier.count}]
        """
    table = """
        id | person | received
        1  | a      | 2019-02-04 09:00
        2  | a      | 2019-02-04 11:00
        3  | a      | 2019-02-05 10:00
        4  | b      | 2019-02-01 16:00
        5  | b      | 2019-02-04 15:00
        6  | c      | 2019-02-04 23:00
        7  | c      | 2019-02-05
        """
    page = Page(engine, definition, contacts=table)
    # Before 2 comes 1; before 3 only 2, as 1 is further back; before 5 comes 4; 6 is of the day where 7 stops looking.
    assert page.categories("before", "counted") == {"0": 4, "1": 3}


def test_another_column_to_join_on(engine: str) -> None:
    """`on: team`, say: keys are compared trimmed, without regard to case and without a trailing `.0`."""
    definition = """
        table: contacts
        period: received
        measure: proportion
        related:
          others: {table: contacts, keep: count, date: received, until: as_of, on: team}
        met: "others.count > 0"
        """
    table = "id | received | team\n1 | 2019-02-04 | 7\n2 | 2019-02-04 | 7.0\n3 | 2019-02-04 | 8\n4 | 2019-02-04 |"
    expected = {"1": "met", "2": "met", "3": "not_met", "4": "not_met"}
    assert outcomes(engine, definition, contacts=table) == expected


def test_an_unreadable_date_of_any_joined_row(engine: str) -> None:
    """`date`, `from`, `to` and the columns of `where` are looked at in every row; others in the row kept."""
    definition = STOCK.replace('"true"', '"it.n > 0"') % "table: reviews, keep: latest, date: done"
    leavers = "person | begun | ended\n" + "\n".join(f"{each} | 2018-01-01 |" for each in "abc")
    table = """
        id | person | done       | kind | n
        1  | a      | 2019-01-01 | x    | 1
        2  | a      | soon       | x    | 1
        3  | b      | 2019-01-01 | x    | one
        4  | b      | 2019-01-02 | x    | 1
        5  | c      | 2019-01-01 | x    | 1
        6  | c      | 2019-01-02 | x    | one
        """
    expected = {"a": "unknown: unreadable", "b": "met", "c": "unknown: unreadable"}
    assert outcomes(engine, definition, leavers=leavers, reviews=table) == expected


def test_rows_are_not_joined_on_a_date_that_is_still_to_come(engine: str) -> None:
    """It is not known yet in the other table, even where the case's own may be `planned`."""
    columns = "id: {type: text}, person: {type: text}, received: {type: date}"
    declared = {
        "contacts": f"key: id\nperson: person\ncolumns: {{{columns}, due: {{type: date, planned: yes}}}}\n",
        "visits": "key: id\nperson: person\ncolumns: {id: {type: text}, person: {type: text}, due: {type: date}}\n",
    }
    definition = """
        table: contacts
        period: received
        measure: proportion
        related: {visit: {table: visits, on: due, keep: only}}
        met: "visit.id is not null"
        """
    contacts = "id | person | received | due\n1 | a | 2019-02-04 | 2019-03-04\n2 | a | 2019-02-04 | 2019-03-05"
    visits = "id | person | due\n7 | a | 2019-03-04\n8 | a | 2019-03-05"
    page = Page(engine, definition, declared=declared, contacts=contacts, visits=visits)
    assert page.outcomes() == {"1": "met", "2": "not_met"}


def test_related_rows_that_share_a_key_stand_as_they_are(engine: str) -> None:
    table = (
        "id | person | done | kind | n\n1 | a | 2019-01-01 | x |\n1 | a | 2019-01-02 | x |\n1 | a | 2019-01-02 | x |"
    )
    assert kept(engine, "table: reviews, keep: count, date: done", "count", reviews=table) == "2"


def test_a_clock_may_run_on_related_rows(engine: str) -> None:
    """The inspection's care leavers: a plan that was reviewed in the last six months."""
    definition = """
        table: leavers
        point_in_time: {from: begun, to: ended}
        measure: proportion
        related:
          review: {table: reviews, keep: latest, date: done}
        clock: {start: review.done, within: 6 months}
        because: {no_plan: "review.done is null", out_of_date: "true"}
        not_due: "review.done is null and reference_day <= begun + interval 3 months"
        """
    leavers = """
        person | begun      | ended
        a      | 2018-01-01 |
        b      | 2018-01-01 |
        c      | 2018-01-01 |
        d      | 2018-11-28 |
        e      | 2018-11-27 |
        """
    table = "id | person | done | kind | n\n1 | a | 2018-08-28 | |\n2 | b | 2018-08-27 | |"
    expected = {
        "a": "met",
        "b": "overdue: out_of_date",
        "c": "overdue: no_plan",
        "d": "not_due",
        "e": "overdue: no_plan",
    }
    assert outcomes(engine, definition, leavers=leavers, reviews=table) == expected


def test_an_unreadable_cell_that_where_names(engine: str) -> None:
    """It counts in every joined row, as nobody can tell whether the row belongs."""
    definition = STOCK % "table: reviews, keep: latest, date: done, where: n > 0"
    reviews = "id | person | done | kind | n\n1 | a | 2019-01-01 | x | 1\n2 | a | | y | many"
    assert outcomes(engine, definition, leavers=LEAVERS, reviews=reviews) == {"a": "unknown: unreadable"}
    other = reviews.replace("2 | a", "2 | b")
    assert outcomes(engine, definition, leavers=LEAVERS, reviews=other) == {"a": "met"}


FULL = """
    table: leavers
    point_in_time: {from: begun, to: ended}
    measure: proportion
    related: {it: {table: reviews, keep: latest, date: done, where: "%s"}}
    met: it.done is not null
    """


def test_a_row_that_where_leaves_out_has_no_bearing(engine: str) -> None:
    """Its unreadable date may be anything: a draft is no review (a). Where it may be kept, nothing is known (b, c).

    Whatever the n of a draft is, it is left out (d); a blank kind leaves a row out as well (e).
    """
    definition = FULL % "kind = 'full' and n > 1"
    leavers = "person | begun | ended\n" + "\n".join(f"{person} | 2018-01-01 |" for person in "abcde")
    reviews = """
        id | person | done       | kind  | n
        1  | a      | spring     | draft | 2
        2  | a      | 2019-02-01 | full  | 2
        3  | b      | spring     | full  | 2
        4  | c      | 2019-02-01 | full  | two
        5  | d      | 2019-02-01 | draft | two
        6  | d      | 2019-02-01 | full  | 2
        7  | e      | spring     |       | 2
        """
    expected = {"a": "met", "b": "unknown: unreadable", "c": "unknown: unreadable", "d": "met", "e": "not_met"}
    assert outcomes(engine, definition, leavers=leavers, reviews=reviews) == expected


@pytest.mark.parametrize(
    ("where", "outcome"),
    [
        ("n > 1 or kind = 'full'", "unknown: unreadable"),  # n may be 2
        ("not (n > 1 and kind = 'draft')", "unknown: unreadable"),
        ("not (n > 1 or kind = 'draft')", "not_met"),  # it is a draft, whatever n is
        ("n > 1 and not kind = 'draft'", "not_met"),
        ("coalesce(n, 5) > 1", "unknown: unreadable"),
        ("n is null", "unknown: unreadable"),
    ],
)
def test_a_row_that_where_may_keep(engine: str, where: str, outcome: str) -> None:
    """What an unreadable cell holds may decide: then the case cannot be judged."""
    reviews = "id | person | done | kind | n\n1 | a | 2019-02-01 | draft | two"
    assert outcomes(engine, FULL % where, leavers=LEAVERS, reviews=reviews) == {"a": outcome}


def test_a_clock_may_stop_in_a_related_row(engine: str) -> None:
    """The person's next contact, within 24 hours."""
    definition = """
        table: contacts
        period: received
        measure: proportion
        related:
          next: {table: contacts, keep: earliest, date: received, until: as_of, after: received}
        clock: {start: received, stop: next.received, within: 24 hours}
        """
    table = """
        id | person | received
        1  | a      | 2019-02-04 09:00
        2  | a      | 2019-02-05 09:00
        3  | a      | 2019-02-06 09:01
        """
    assert outcomes(engine, definition, contacts=table) == {"1": "met", "2": "not_met", "3": "overdue"}
