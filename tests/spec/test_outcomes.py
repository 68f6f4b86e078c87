"""Outcomes: the order in which a case is asked, and the first answer that holds."""

from tests.spec.pages import Page, outcomes

MET = "table: contacts\nperiod: received\nmeasure: proportion\nmet: %s\n"


def test_met_is_a_condition(engine: str) -> None:
    """True `met`, false `not_met`, null `unknown: met`."""
    table = """
        id | received   | n
        1  | 2019-02-04 | 1
        2  | 2019-02-04 | 2
        3  | 2019-02-04 |
        """
    assert outcomes(engine, MET % '"n = 1"', contacts=table) == {"1": "met", "2": "not_met", "3": "unknown: met"}


def test_population_says_which_cases_there_are(engine: str) -> None:
    """False, and a case has no outcome at all; null, and it is unknown whether it is one."""
    table = """
        id | received   | n
        1  | 2019-02-04 | 1
        2  | 2019-02-04 | 2
        3  | 2019-02-04 |
        """
    expected = {"1": "met", "3": "unknown: population"}
    assert outcomes(engine, MET % '"true"' + 'population: "n = 1"\n', contacts=table) == expected


def test_the_first_exclusion_that_is_true_names_the_reason(engine: str) -> None:
    """In the definition's order; a null exclusion does not hold."""
    definition = MET % '"true"' + 'exclude: {small: "n < 3", even: "n = 2 or n = 4"}\n'
    table = """
        id | received   | n
        1  | 2019-02-04 | 2
        2  | 2019-02-04 | 4
        3  | 2019-02-04 | 5
        4  | 2019-02-04 |
        """
    expected = {"1": "excluded: small", "2": "excluded: even", "3": "met", "4": "met"}
    assert outcomes(engine, definition, contacts=table) == expected


def test_not_due_is_asked_before_met_and_clock(engine: str) -> None:
    """Only true makes a case not due; and what is excluded is never asked."""
    definition = MET % '"false"' + 'not_due: "n > 1"\nexclude: {five: "n = 5"}\n'
    table = """
        id | received   | n
        1  | 2019-02-04 | 1
        2  | 2019-02-04 | 2
        3  | 2019-02-04 |
        4  | 2019-02-04 | 5
        """
    expected = {"1": "not_met", "2": "not_due", "3": "not_met", "4": "excluded: five"}
    assert outcomes(engine, definition, contacts=table) == expected


def test_because_names_the_reason_of_a_failure(engine: str) -> None:
    """The first condition that is true names why a case is not met or overdue; there need be none."""
    definition = """
        table: contacts
        period: received
        measure: proportion
        clock: {start: received, stop: decided, within: 1 day}
        because: {no_team: "team is null", north: "team = 'North'"}
        """
    table = """
        id | received   | decided    | team
        1  | 2019-02-04 | 2019-02-04 |
        2  | 2019-02-04 | 2019-02-06 |
        3  | 2019-02-04 | 2019-02-06 | North
        4  | 2019-02-04 |            | North
        5  | 2019-02-04 |            | South
        """
    expected = {"1": "met", "2": "not_met: no_team", "3": "not_met: north", "4": "overdue: north", "5": "overdue"}
    assert outcomes(engine, definition, contacts=table) == expected


def test_because_names_what_counts_against_where_lower_is_better(engine: str) -> None:
    """With `improvement: decrease` being met is the bad news, so the reasons are those of `met` alone."""
    definition = (
        MET % '"n = 1"' + 'improvement: decrease\nbecause: {no_team: "team is null", north: "team = \'North\'"}\n'
    )
    table = """
        id | received   | n | team
        1  | 2019-02-04 | 1 |
        2  | 2019-02-04 | 1 | North
        3  | 2019-02-04 | 1 | South
        4  | 2019-02-04 | 2 | North
        5  | 2019-02-04 |   | North
        """
    expected = {"1": "met: no_team", "2": "met: north", "3": "met", "4": "not_met", "5": "unknown: met"}
    assert outcomes(engine, definition, contacts=table) == expected
    page = Page(engine, definition, contacts=table)
    assert page.reasons() == {("met", "no_team"): 1, ("met", "north"): 1, ("unknown", "met"): 1}
    assert page.values("met", "not_met", "unknown", "value") == [(3, 1, 1, 0.75)]


def test_because_of_a_clock_where_lower_is_better(engine: str) -> None:
    """Re-referred within ten days is met, and explained; later or not yet is what one hopes for."""
    definition = """
        table: contacts
        period: received
        measure: proportion
        clock: {start: received, stop: closed_on, within: 10 days}
        improvement: decrease
        because: {same_team: "team = 'North'", other: "true"}
        """
    table = """
        id | received   | closed_on  | team
        1  | 2019-02-04 | 2019-02-14 | North
        2  | 2019-02-04 | 2019-02-14 |
        3  | 2019-02-04 | 2019-02-15 | North
        4  | 2019-02-04 |            | North
        5  | 2019-02-25 |            | North
        """
    expected = {"1": "met: same_team", "2": "met: other", "3": "not_met", "4": "overdue", "5": "not_due"}
    assert outcomes(engine, definition, contacts=table) == expected


def test_an_unreadable_cell_that_the_definition_names_anywhere(engine: str) -> None:
    """In `because` and in `by` too; a cell that it does not name does no harm."""
    definition = MET % '"true"' + 'because: {few: "n < 1"}\n'
    table = """
        id | received   | n   | cost
        1  | 2019-02-04 | ten | 1
        2  | 2019-02-04 | 1   | dear
        """
    assert outcomes(engine, definition, contacts=table) == {"1": "unknown: unreadable", "2": "met"}
    page = Page(engine, MET % '"true"' + "by: [n]\n", contacts=table)
    assert page.reasons() == {("unknown", "unreadable"): 1}


def test_unreadable_comes_before_a_shared_key_and_population_false_before_both(engine: str) -> None:
    """Case 1 and 2 share their keys with a row that differs; case 3 is not of the population."""
    definition = MET % '"true"' + "population: \"coalesce(team, '-') <> 'Other'\"\nexclude: {never: \"n = 99\"}\n"
    table = """
        id | received   | team  | n
        1  | 2019-02-04 | North | ten
        1  | 2019-02-04 | South | 1
        2  | 2019-02-04 | North | 1
        2  | 2019-02-04 | South | 1
        3  | 2019-02-04 | Other | ten
        """
    assert outcomes(engine, definition, contacts=table) == {"1": "unknown: unreadable", "2": "unknown: duplicate_key"}


def test_a_case_without_the_date_that_places_it(engine: str) -> None:
    """It is in no figure, and counted apart: by blank and by unreadable."""
    table = """
        id | received   | n
        1  |            | 1
        2  | 31/02/2019 | 1
        3  | 2019-02-04 | 1
        """
    page = Page(engine, MET % '"n = 1"', contacts=table)
    assert page.outcomes() == {"3": "met"}
    assert page.unplaced() == (1, 1)


def test_what_the_population_leaves_out_is_not_unplaced(engine: str) -> None:
    """`population` false is asked first, for a flow."""
    table = "id | received | n\n1 | | 2\n2 | | 1\n3 | 2019-02-04 | 1"
    assert Page(engine, MET % '"true"' + 'population: "n = 1"\n', contacts=table).unplaced() == (1, 0)
