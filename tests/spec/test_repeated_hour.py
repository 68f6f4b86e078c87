"""October's repeated hour: on 27 October 2019 the clocks showed 01:00 to 02:00 in summer time, then again in GMT.

A cell with a zone says which of the two is meant; one without is read as GMT. 00:30Z is 01:30 in summer time.
"""

import pytest

from tests.spec.pages import Page, outcomes

NIGHT = {"months": "2019-10", "as_of": "2019-11-04 07:00"}
CLOCK = "table: contacts\nperiod: received\nmeasure: proportion\nclock: {start: received, stop: decided, %s}\n"
MET = 'table: contacts\nperiod: received\nmeasure: proportion\nmet: "%s"\n'


def one(engine: str, definition: str, received: str, decided: str) -> str:
    """The outcome of one contact."""
    table = f"id | received | decided\n1 | {received} | {decided}"
    return outcomes(engine, definition, contacts=table, **NIGHT)["1"]


@pytest.mark.parametrize(
    ("received", "decided", "expected"),
    [
        ("2019-10-27T00:30Z", "2019-10-27T01:10Z", "met"),  # 01:30 in summer time, 01:10 in GMT: 40 minutes
        ("2019-10-27 00:30+00", "2019-10-27 02:30+0100", "met"),  # an hour
        ("2019-10-27 01:30 +01:00", "2019-10-27 01:30:01 UTC", "not_met"),  # an hour and a second
        ("2019-10-27T00:30Z", "2019-10-27 01:30", "met"),  # without a zone GMT: an hour
        ("2019-10-27 01:10", "2019-10-27T00:30Z", "unknown: stop_before_start"),
        ("2019-10-27T00:40Z", "2019-10-27T00:30Z", "unknown: stop_before_start"),
        ("2019-10-27T00:30Z", "2019-10-27T00:30Z", "met"),
        ("2019-10-27 00:30", "2019-10-27T00:30Z", "met"),  # from 00:30 to 01:30 in summer time: an hour
        ("2019-10-27 00:29:59", "2019-10-27T00:30Z", "not_met"),
    ],
)
def test_a_zone_says_which_of_the_two_hours_is_meant(engine: str, received: str, decided: str, expected: str) -> None:
    """The limit is an hour."""
    assert one(engine, CLOCK % "within: 1 hour", received, decided) == expected


def test_a_due_moment_in_the_hour(engine: str) -> None:
    """What is done at 00:50Z (01:50 in summer time) is done before 01:10Z, and after 00:40Z (01:40)."""
    table = """
        id | received         | decided           | due_at
        1  | 2019-10-26 09:00 | 2019-10-27T00:50Z | 2019-10-27T01:10Z
        2  | 2019-10-26 09:00 | 2019-10-27T00:50Z | 2019-10-27T00:40Z
        3  | 2019-10-26 09:00 | 2019-10-27T01:10Z | 2019-10-27T00:50Z
        """
    expected = {"1": "met", "2": "not_met", "3": "not_met"}
    assert outcomes(engine, CLOCK % "due: due_at", contacts=table, **NIGHT) == expected


@pytest.mark.parametrize(
    ("received", "october"),
    [("2019-10-27T00:30Z", {"1": "not_met"}), ("2019-10-27T01:30Z", {}), ("2019-10-27 01:30", {})],
)
def test_hours_are_counted_from_the_moment(engine: str, received: str, october: dict[str, str]) -> None:
    """From 00:30Z 119 hours end on 31 October at 23:30; from 01:30Z, half an hour into November."""
    definition = (CLOCK % "within: 119 hours").replace("period: received", "period: due")
    table = f"id | received | decided\n1 | {received} | 2019-11-01 00:31"
    assert outcomes(engine, definition, contacts=table, **NIGHT) == october


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("received < decided", "met"),
        ("received = decided", "not_met"),
        ("decided >= received", "met"),
        ("received in (decided)", "not_met"),
        ("least(received, decided) = received", "met"),
        ("greatest(received, decided) = decided", "met"),
        ("coalesce(received, decided) < decided", "met"),
        ("case when urgent is null then received end < decided", "met"),
        ("hours_between(received, decided) = 0.5", "met"),
        ("hours_between(decided, received) = -0.5", "met"),
        ("hours_between(least(decided, received), decided) = 0.5", "met"),
        ("days_between(received, decided) = 0", "met"),
    ],
)
def test_expressions_compare_the_moments(engine: str, condition: str, expected: str) -> None:
    """From 00:45Z to 01:15Z half an hour passes, though the clock shows 01:45, then 01:15."""
    table = "id | received | decided | urgent\n1 | 2019-10-27T00:45Z | 2019-10-27T01:15Z |"
    assert outcomes(engine, MET % condition, contacts=table, **NIGHT) == {"1": expected}


def test_the_time_on_the_clock_is_shown(engine: str) -> None:
    """Both of these show 01:30, and are one category."""
    table = "id | received\n1 | 2019-10-27T00:30Z\n2 | 2019-10-27T01:30Z\n3 | 2019-10-27T00:59:59.5Z"
    definition = "table: contacts\nperiod: received\nmeasure: count\nby: [{at: received}]\n"
    page = Page(engine, definition, contacts=table, **NIGHT)
    assert page.categories("at") == {"2019-10-27T01:30:00": 2, "2019-10-27T01:59:59.500000": 1}


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2019-10-27 00:59:59", {"0": "met"}),
        ("2019-10-27 01:00", {"0": "met", "1": "met", "2": "met"}),  # read as GMT: the hour of summer time is over
        ("2019-10-27 01:29", {"0": "met", "1": "met", "2": "met"}),
        ("2019-10-27 01:30", {"0": "met", "1": "met", "2": "met", "3": "met"}),
    ],
)
def test_what_happened_in_summer_time_is_known_in_the_hour_of_gmt(
    engine: str, as_of: str, expected: dict[str, str]
) -> None:
    table = """
        id | received
        0  | 2019-10-26 09:00
        1  | 2019-10-27T00:30Z
        2  | 2019-10-27T00:00:00.1Z
        3  | 2019-10-27T01:30Z
        """
    assert outcomes(engine, MET % "true", contacts=table, months="2019-10", as_of=as_of) == expected


def test_a_decision_of_summer_time_is_known_in_the_hour_of_gmt(engine: str) -> None:
    table = "id | received | decided\n1 | 2019-10-26 | 2019-10-27T00:30Z\n2 | 2019-10-26 | 2019-10-27T01:30Z"
    known = MET % "decided is not null"
    expected = {"1": "met", "2": "not_met"}
    assert outcomes(engine, known, contacts=table, months="2019-10", as_of="2019-10-27 01:10") == expected


RELATED = """
    table: contacts
    period: received
    measure: count
    related: {it: {table: contacts, on: person, %s}}
    by: [{kept: "%s"}]
    """
OTHERS = """
    id | person | received          | decided           | team
    1  | a      | 2019-10-27T00:50Z |                   |
    2  | a      | 2019-09-01 09:00  | 2019-10-27T00:40Z | summer
    3  | a      | 2019-09-01 09:00  | 2019-10-27T01:10Z | winter
    4  | a      | 2019-09-01 09:00  | 2019-10-27T00:35Z | sooner
    """


@pytest.mark.parametrize(
    ("related", "kept", "expected"),
    [
        ("keep: latest, date: decided, until: received", "it.team", "summer"),
        ("keep: earliest, date: decided, after: received, until: as_of", "it.team", "winter"),
        ("keep: earliest, date: decided, until: as_of", "it.team", "sooner"),
        ("keep: latest, date: decided, until: as_of", "it.team", "winter"),
        ("keep: count, date: decided, until: received", "it.count", "2"),
        ("keep: count, date: decided, after: received, until: as_of", "it.count", "1"),
        ("keep: count, date: decided, until: received, within: 1 hour", "it.count", "2"),
    ],
)
def test_related_rows_are_kept_in_the_order_of_the_moments(engine: str, related: str, kept: str, expected: str) -> None:
    """Contact 1 came at 00:50Z: the others were decided at 00:35Z, 00:40Z and 01:10Z (01:35, 01:40, 01:10)."""
    page = Page(engine, RELATED % (related, kept), contacts=OTHERS, **NIGHT)
    found = {category: cases for category, cases in page.categories("kept").items() if cases}
    assert found == {expected: 1}


def test_a_later_version_of_the_hour_stands(engine: str) -> None:
    """01:10Z is later than 00:50Z, though the clock showed 01:10 after 01:50."""
    declared = {
        "contacts": """
            key: id
            version: changed
            columns: {id: {type: text}, received: {type: datetime}, changed: {type: datetime}, team: {type: text}}
            """
    }
    table = """
        id | received         | changed           | team
        1  | 2019-10-01 09:00 | 2019-10-27T00:50Z | first
        1  | 2019-10-01 09:00 | 2019-10-27T01:10Z | second
        1  | 2019-10-01 09:00 |                   | none
        """
    definition = "table: contacts\nperiod: received\nmeasure: count\nby: [team]\n"
    page = Page(engine, definition, contacts=table, declared=declared, **NIGHT)
    assert page.categories("team") == {"second": 1}


def test_rows_that_differ_in_the_hour_alone_differ(engine: str) -> None:
    """01:30 in summer time and 01:30 in GMT are two moments, so the rows do not count as one."""
    table = (
        "id | received\n1 | 2019-10-27T00:30Z\n1 | 2019-10-27T01:30Z\n2 | 2019-10-27T00:30Z\n2 | 2019-10-27 01:30+01"
    )
    assert outcomes(engine, MET % "true", contacts=table, **NIGHT) == {"1": "unknown: duplicate_key", "2": "met"}
