"""As-of: what was known at a moment, and what was not."""

import pytest

from tests.spec.pages import Page, outcomes

MET = 'table: contacts\nperiod: received\nmeasure: proportion\nmet: "%s"\n'
RECORDED = {
    "contacts": """
        key: id
        happened: received
        recorded: entered
        columns:
          id: {type: text}
          received: {type: datetime}
          ended: {type: date}
          entered: {type: datetime}
        """
}


def test_a_row_that_happened_later_does_not_exist(engine: str) -> None:
    """`happened` at the very moment is known; a value without a time of day is compared by its date."""
    table = """
        id | received
        1  | 2019-02-04 09:00
        2  | 2019-02-04 09:00:01
        3  | 2019-02-04
        4  | 2019-02-05
        """
    assert outcomes(engine, MET % "true", contacts=table, as_of="2019-02-04 09:00") == {"1": "met", "3": "met"}


def test_any_other_later_date_is_null(engine: str) -> None:
    """A decision of the afternoon is not known in the morning."""
    table = "id | received | decided\n1 | 2019-02-04 | 2019-02-04 12:00\n2 | 2019-02-04 | 2019-02-04"
    known = MET % "decided is not null"
    assert outcomes(engine, known, contacts=table, as_of="2019-02-04 11:59") == {"1": "not_met", "2": "met"}
    assert outcomes(engine, known, contacts=table, as_of="2019-02-04 12:00") == {"1": "met", "2": "met"}


def test_unless_it_is_planned(engine: str) -> None:
    """A `planned` date may lie in the future."""
    table = "id | received | due_on | closed_on\n1 | 2019-02-04 | 2030-01-01 | 2030-01-01"
    assert outcomes(engine, MET % "due_on is not null", contacts=table) == {"1": "met"}
    assert outcomes(engine, MET % "closed_on is not null", contacts=table) == {"1": "not_met"}


def test_a_date_that_places_a_case_and_lies_later_is_blank(engine: str) -> None:
    definition = "table: contacts\nperiod: closed_on\nmeasure: count\n"
    table = "id | received | closed_on\n1 | 2019-02-04 | 2019-02-05\n2 | 2019-02-04 | 2019-03-05"
    page = Page(engine, definition, contacts=table)
    assert page.outcomes() == {"1": "counted"}
    assert page.unplaced() == (1, 0)


def test_a_row_recorded_later_does_not_exist_either(engine: str) -> None:
    """However early it happened; a row that does not say when it was recorded exists."""
    table = """
        id | received   | ended | entered
        1  | 2019-02-04 |       | 2019-02-05 09:00
        2  | 2019-02-04 |       | 2019-02-05 09:01
        3  | 2019-02-04 |       |
        """
    page = {"declared": RECORDED, "contacts": table, "as_of": "2019-02-05 09:00"}
    assert outcomes(engine, MET % "true", **page) == {"1": "met", "3": "met"}


def test_when_it_was_recorded_is_held_against_the_as_of_time_alone(engine: str) -> None:
    """A stock of January, looked at in March, knows what was entered in February."""
    definition = "table: contacts\npoint_in_time: {from: received, to: ended}\nmeasure: count\n"
    table = """
        id | received   | ended | entered
        1  | 2019-01-04 |       | 2019-02-05 09:00
        2  | 2019-01-04 |       | 2019-03-05 09:00
        """
    page = Page(engine, definition, declared=RECORDED, contacts=table, months="2019-01")
    assert page.outcomes() == {"1": "counted"}


def test_an_expression_may_ask_for_the_as_of_time(engine: str) -> None:
    """`as_of` is a datetime, on a flow."""
    table = "id | received\n1 | 2019-02-25\n2 | 2019-02-24"
    known = MET % "days_between(received, as_of) <= 7"
    assert outcomes(engine, known, contacts=table) == {"1": "met", "2": "not_met"}


def test_who_says_the_as_of_time(engine: str) -> None:
    """The option; without it `extracted_at` of extract.toml; without that the latest event of the whole extract."""
    definition = "table: contacts\nperiod: received\nmeasure: count\n"
    tables = {
        "contacts": "id | received\n1 | 2019-02-04 09:00\n2 | 2019-02-05 10:30",
        "reviews": "id | person | done\n1 | a | 2019-02-03",
    }
    asked = Page(engine, definition, as_of="2019-02-28", extracted_at="2019-02-27T07:00:00", **tables)
    assert asked.known_at() == ("2019-02-28 23:59:59.999999", "option")
    told = Page(engine, definition, as_of=None, extracted_at="2019-02-27T07:00:00", **tables)
    assert told.known_at() == ("2019-02-27 07:00:00", "extract.toml")
    silent = Page(engine, definition, as_of=None, **tables)
    assert silent.known_at() == ("2019-02-05 10:30:00", "latest event")


def test_the_latest_event_may_stand_in_any_row_that_is_read(engine: str) -> None:
    """In one with fewer cells than the header as well; a date alone means the end of its day."""
    table = "id | received | n\n1 | 2019-02-04 09:00 | 1\n2 | 2019-02-05"
    page = Page(engine, "table: contacts\nperiod: received\nmeasure: count\n", as_of=None, contacts=table)
    assert page.known_at() == ("2019-02-05 23:59:59.999999", "latest event")
    assert page.value() == 2


@pytest.mark.parametrize(
    ("midnight", "expected"), [("no", "2019-02-05 23:59:59.999999"), ("yes", "2019-02-05 10:30:00")]
)
def test_the_latest_event_is_that_which_ends_last(engine: str, midnight: str, expected: str) -> None:
    """One without a time of day lasts until midnight, beside others of its day that have one."""
    declared = f"""
        key: id
        happened: received
        columns:
          id: {{type: text}}
          received: {{type: datetime, midnight: {midnight}}}
        """
    table = "id | received\n1 | 2019-02-05 10:30\n2 | 2019-02-05 00:00:00\n3 | 2019-02-04"
    page = Page(
        engine,
        "table: contacts\nperiod: received\nmeasure: count\n",
        as_of=None,
        declared={"contacts": declared},
        contacts=table,
    )
    assert page.known_at() == (expected, "latest event")


@pytest.mark.parametrize(("as_of", "kind"), [("2019-02-04", "old"), ("2019-02-05", "new")])
def test_related_rows_are_known_from_when_they_happened(engine: str, as_of: str, kind: str) -> None:
    definition = MET.replace("met:", "related: {it: {table: reviews, keep: latest, date: done, until: as_of}}\nmet:")
    reviews = "id | person | done | kind | n\n1 | a | 2019-02-01 | old |\n2 | a | 2019-02-05 | new |"
    table = "id | person | received\n1 | a | 2019-02-01"
    page = {"contacts": table, "reviews": reviews, "as_of": as_of}
    assert outcomes(engine, definition % f"it.kind = '{kind}'", **page) == {"1": "met"}
