"""Persons: how many different ones the judged or counted cases of a figure are of."""

import pytest

from sgkpi.model.periods import PeriodKind
from tests.spec.pages import Page

COUNT = "table: contacts\nperiod: received\nmeasure: count\nby: [team]\n"
CONTACTS = """
    id | person | received   | team  | urgent
    1  | p1     | 2019-02-04 | North | yes
    2  | p1     | 2019-02-05 | North | no
    3  | p1     | 2019-02-06 | South | yes
    4  | p2     | 2019-02-04 | South |
    5  | p2     | 2019-01-04 | South | yes
    6  | p3     | 2019-01-05 |       | no
    """


def test_a_person_with_several_cases_is_one_person(engine: str) -> None:
    """Three of the four contacts in February are about p1, who is one person in the North and one in the South."""
    page = Page(engine, COUNT, contacts=CONTACTS)
    assert page.values("counted", "persons") == [(4, 2)]
    assert page.categories("team", "persons") == {"North": 1, "South": 2}


def test_persons_of_a_year_are_not_the_sum_of_those_of_its_months(engine: str) -> None:
    """p2 has a contact in January and in February."""
    kinds = [PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR_TO_DATE, PeriodKind.ROLLING_12_MONTHS]
    page = Page(engine, COUNT, contacts=CONTACTS, months="2019-01 2019-02", kinds=kinds)
    assert page.values("period", "counted", "persons") == [
        ("2019-01", 2, 2),
        ("2019-02", 4, 2),
        ("2018-19 Q4", 6, 3),
        ("2018-19 to 2019-01", 2, 2),
        ("2018-19 to 2019-02", 6, 3),
        ("2018-02 to 2019-01", 2, 2),
        ("2018-03 to 2019-02", 6, 3),
    ]


def test_only_judged_and_counted_cases_have_persons(engine: str) -> None:
    """p2's contact of February is unknown: it is in neither numerator nor denominator. January has p2's and p3's."""
    definition = "table: contacts\nperiod: received\nmeasure: proportion\nmet: urgent\nexclude: {one: id = '2'}\n"
    page = Page(engine, definition, contacts=CONTACTS, months="2019-01 2019-02")
    assert page.values("met", "not_met", "unknown", "excluded", "persons") == [(1, 1, 0, 0, 2), (2, 0, 1, 1, 1)]


def test_persons_are_compared_as_joins_compare_them(engine: str) -> None:
    """Trimmed, with case folded and without a trailing .0; a blank is no person."""
    table = """
        id | person | received
        1  | 12     | 2019-02-04
        2  | 12.0   | 2019-02-05
        3  | Ab     | 2019-02-05
        4  | aB     | 2019-02-06
        5  | N/A    | 2019-02-06
        6  |        | 2019-02-06
        7  | 12.0.0 | 2019-02-06
        """
    # 12, ab and 12.0: of a trailing .0 only one is taken off.
    assert Page(engine, COUNT, contacts=table).values("counted", "persons") == [(7, 3)]


def test_spellings_of_a_category_are_put_together(engine: str) -> None:
    """So p1 is one person of the police, and what is not recorded is one category, whatever stands there."""
    table = """
        id | person | received   | source | team
        1  | p1     | 2019-02-04 | police |
        2  | p1     | 2019-02-05 | Police | N/A
        3  | p1     | 2019-02-06 | 7      | (not recorded)
        4  | p2     | 2019-02-06 | home   |
        """
    page = Page(engine, "table: contacts\nperiod: received\nmeasure: count\nby: [source, team]\n", contacts=table)
    assert page.categories("source", "persons") == {"police": 1, "school": 0, "home": 1}
    assert page.categories("team", "persons") == {"(not recorded)": 2}
    both = "table: contacts\nperiod: received\nmeasure: count\nby: [source, {half: cost / 2}]\n"
    table = "id | person | received | source | cost\n1 | p1 | 2019-02-04 | 7 | 1\n2 | p1 | 2019-02-04 | police | 1.0"
    assert Page(engine, both, contacts=table).categories("source*half", "persons") == {"police × 0.5": 1}


def test_rows_that_share_a_key_are_one_case(engine: str) -> None:
    """Identical rows are one case of one person; rows that differ cannot be judged, and are none of anybody."""
    table = """
        id | person | received   | team
        1  | p1     | 2019-02-04 | North
        1  | p1     | 2019-02-04 | North
        2  | p2     | 2019-02-04 | North
        2  | p3     | 2019-02-04 | North
        3  | p1     | 2019-02-04 | South
        """
    page = Page(engine, COUNT, contacts=table)
    assert page.values("counted", "unknown", "persons") == [(2, 1, 1)]
    assert page.categories("team", "persons") == {"North": 1, "South": 1}


def test_persons_of_a_stock_are_those_of_its_day(engine: str) -> None:
    stays = """
        id | person | begun      | ended      | kind
        1  | p1     | 2018-12-01 |            | own
        2  | p1     | 2019-01-15 | 2019-02-10 | own
        3  | p2     | 2018-12-01 | 2019-02-10 | own
        """
    definition = "table: stays\npoint_in_time: {from: begun, to: ended}\nmeasure: count\n"
    page = Page(engine, definition, stays=stays, months="2019-01 2019-02")
    assert page.values("period", "counted", "persons") == [("2019-01", 3, 2), ("2019-02", 1, 1)]


def test_persons_behind_related_rows_and_values(engine: str) -> None:
    """What else is asked of a case makes no difference: a mean has the persons of the values that it is of."""
    definition = """
        table: contacts
        period: received
        measure: mean
        value: n
        related: {review: {table: reviews, keep: latest, date: done, until: received}}
        by: [{kind: review.kind}]
        """
    contacts = "id | person | received | n\n1 | p1 | 2019-02-04 | 3\n2 | p1 | 2019-02-05 | 5\n3 | p2 | 2019-02-05 |"
    page = Page(engine, definition, contacts=contacts, reviews="id | person | done | kind\n1 | p1 | 2019-02-01 | first")
    assert page.values("value", "unknown", "persons") == [(4, 1, 1)]
    assert page.categories("kind", "persons") == {"first": 1, "(not recorded)": 0}


NO_PERSON = """
    key: id
    columns:
      id: {type: text}
      opened: {type: date}
    """


def test_without_a_person_there_is_no_number(engine: str) -> None:
    """The table names none, the file lacks the column, or the period is not covered: null. No case is 0 persons."""
    places = "table: places\nperiod: opened\nmeasure: count\n"
    opened = "id | opened\n1 | 2019-02-04"
    assert Page(engine, places, declared={"places": NO_PERSON}, places=opened).value("persons") is None
    assert Page(engine, COUNT, contacts="id | received | team\n1 | 2019-02-04 |").value("persons") is None
    assert Page(engine, COUNT, contacts=CONTACTS, covers={"contacts": "2019-02-05"}).value("persons") is None
    assert Page(engine, COUNT, contacts=CONTACTS, months="2018-12").value("persons") == 0


@pytest.mark.parametrize(
    "months",
    [
        "2019-02",
        " ".join(f"{year}-{month:02}" for year in range(2012, 2019) for month in range(1, 13)) + " 2019-01 2019-02",
    ],
)
def test_any_number_of_months(engine: str, months: str) -> None:
    """More months than one whole number has bits for; p1 had a contact in 2012 too."""
    kinds = [PeriodKind.MONTH, PeriodKind.FINANCIAL_YEAR]
    table = CONTACTS + "    7  | p1     | 2012-03-05 | North | yes\n    8  | p1     | 2012-04-05 | North | yes\n"
    page = Page(engine, COUNT, contacts=table, months=months, kinds=kinds)
    found = {period: persons for period, persons in page.values("period", "persons") if persons}
    early = {"2012-03": 1, "2012-04": 1, "2011-12": 1, "2012-13": 1, "2019-01": 2}
    assert found == {"2019-02": 2, "2018-19": 3, **(early if " " in months else {})}
