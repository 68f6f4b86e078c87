"""Tables: what a declaration says of a file, and what it leaves open."""

import pytest

from sgkpi.model.errors import ExtractError
from tests.spec.pages import Page, outcomes

COUNT = "table: contacts\nperiod: received\nmeasure: count\n"
MET = 'table: contacts\nperiod: received\nmeasure: proportion\nmet: "n = 1"\n'
DECLARED = {
    "contacts": """
        description: Requests for a service
        label: requests
        key: id
        files: [ssd_contacts, "List 1"]
        columns:
          id: {type: text, names: [Contact ID]}
          received: {type: datetime, required: true, names: ["Date of Contact", cont_date]}
          decided: {type: datetime, description: When a manager decided}
          n: {type: integer}
        rules:
          decided_before_received: "decided >= received"
          too_many: {check: "n < 100", severity: error}
        """
}


@pytest.mark.parametrize("file", ["contacts", "ssd_contacts", "List 1", "LIST  1"])
def test_the_names_that_a_file_may_have(engine: str, file: str) -> None:
    """Its table's name, and those under `files`: without regard to case and repeated space."""
    rows = "id | received | n\n1 | 2019-02-04 | 1"
    page = Page(engine, COUNT, declared=DECLARED, **{file: rows})
    assert page.read() == [("contacts", f"{file}.csv", 1, 0)]
    assert page.value() == 1


@pytest.mark.parametrize("header", ["received", "Received", "Date of Contact", "date  of contact", "CONT_DATE"])
def test_the_headers_that_a_column_may_have(engine: str, header: str) -> None:
    """Its name, and those under `names`: without regard to case, surrounding and repeated space."""
    rows = f"id | {header} | n\n1 | 2019-02-04 | 1\n2 | 2019-02-04 | 2"
    assert outcomes(engine, MET, declared=DECLARED, contacts=rows) == {"1": "met", "2": "not_met"}


def test_columns_that_are_not_declared_are_left_alone(engine: str) -> None:
    """Whatever stands in them: rows that differ in nothing else are the same."""
    rows = "id | received | n | notes\n1 | 2019-02-04 | 1 | seen\n1 | 2019-02-04 | 1 | seen again"
    assert outcomes(engine, MET, declared=DECLARED, contacts=rows) == {"1": "met"}


def test_a_required_column_must_be_there(engine: str) -> None:
    """The message names the file, the headers that it may have, and the nearest one found."""
    page = Page(engine, COUNT, declared=DECLARED, contacts="id | date_of_contract | n\n1 | 2019-02-04 | 1")
    wanted = "required column 'received' is missing; its header may be 'received', 'Date of Contact' or 'cont_date'"
    with pytest.raises(ExtractError) as raised:
        page.results()
    (problem,) = raised.value.problems
    assert problem.message == f"{wanted}; the nearest header found is 'date_of_contract'"


def test_another_column_may_lack_as_long_as_nothing_asks_for_it(engine: str) -> None:
    rows = "id | received\n1 | 2019-02-04"
    assert Page(engine, COUNT, declared=DECLARED, contacts=rows).value() == 1
    with pytest.raises(ExtractError, match=r"page needs contacts\.n: this extract has no such column"):
        Page(engine, MET, declared=DECLARED, contacts=rows).results()


def test_rules_and_descriptions_change_no_figure(engine: str) -> None:
    """A row that breaks a rule, however severe, is a case like any other: rules are for looking at the data."""
    rows = "id | received | decided | n\n1 | 2019-02-04 | 2019-02-03 | 1"
    assert outcomes(engine, MET, declared=DECLARED, contacts=rows) == {"1": "met"}


def test_the_person_joins_tables(engine: str) -> None:
    """`person` names the column that related rows are found by; it may have another name in each table."""
    declared = {
        "contacts": """
            key: id
            person: child
            columns: {id: {type: text}, child: {type: text}, received: {type: datetime}}
            """,
    }
    definition = """
        table: contacts
        period: received
        measure: proportion
        related:
          it: {table: reviews, keep: count, date: done, until: received}
        met: "it.count > 0"
        """
    contacts = "id | child | received\n1 | 12 | 2019-02-04\n2 | 13 | 2019-02-04"
    reviews = "id | person | done\n1 | 12.0 | 2019-02-01"
    found = outcomes(engine, definition, declared=declared, contacts=contacts, reviews=reviews)
    assert found == {"1": "met", "2": "not_met"}
