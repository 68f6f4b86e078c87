"""Codes and their spellings: what is found as it stands means what trimming and folding would have found."""

import pytest

from sgkpi.engines.duckdb.ingest.cells import has_codes, is_blank, usual_spellings
from sgkpi.engines.protocol import ENGINES
from sgkpi.engines.sql.ast import Column as SqlColumn
from sgkpi.engines.sql.printer import text_of
from sgkpi.extracts.cells import match_code
from sgkpi.model.table import Column
from tests.spec.pages import Page
from tests.support.catalogue import shipped

CODED = [
    pytest.param(column, id=f"{table.name}.{column.name}")
    for table in shipped().tables.values()
    for column in table.columns.values()
    if has_codes(column)
]
DECLARED = {
    "contacts": """\
        key: id
        happened: received
        columns:
          id: {type: text, required: true}
          received: {type: date, required: true}
          team:
            type: category
            codes: {north: [N, Team  north, "north\\u00c9", stra\u00dfe], na: [not asked], south: [], "a\\nb": [both]}
        """
}
BY = "table: contacts\nperiod: received\nmeasure: count\nby: [team]\n"


@pytest.mark.parametrize("column", CODED)
def test_usual_spellings_are_accepted_spellings(column: Column) -> None:
    usual = usual_spellings(column)
    assert len(usual) > len(column.codes or {})
    assert all(match_code(spelling, column) == code for spelling, code in usual.items())


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("north", "north"), ("North", "north"), ("NORTH", "north"), ("nORTH", "north"), ("n", "north"), ("N", "north"),
        ("team north", "north"), ("Team North", "north"), ("TEAM   north", "north"), ("\u00a0North", "north"),
        ("northé", "north"), ("NorthÉ", "north"), ("Na", "na"), ("NOT ASKED", "na"), ("n/a", "(not recorded)"),
        ("NULL", "(not recorded)"), ("", "(not recorded)"), ("-", "(not recorded)"), ("South", "south"),
        ("East", "East"), ("Not  Request?", "Not  Request?"),
        ("Stra\u00dfe", "north"), ("Both", "a\nb"), ("both ", "a\nb"),
    ],
)  # fmt: skip
def test_every_spelling_has_its_code(name: str, cell: str, expected: str) -> None:
    page = Page(name, BY, contacts=f"id | received | team\n1 | 2019-02-04 | {cell}", declared=DECLARED)
    assert {team for team, cases in page.categories("team").items() if cases} == {expected}


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("cell", ["north", " North ", "East"])
def test_a_row_that_holds_only_a_code_is_a_row(name: str, cell: str) -> None:
    page = Page(name, BY, contacts=f"id | received | team\n1 | 2019-02-04 | N\n | | {cell}\n | |", declared=DECLARED)
    assert page.unplaced() == (1, 0)


@pytest.mark.parametrize(
    ("words", "longest"),
    [
        ((), 0),
        (("null", "n/a", "-"), 4),
        (("null", "skip"), 12),  # letters of up to three bytes fold to `s` and `k`
        (("né",), 9),
        (("null", "not known"), 2**31),  # of several words, with whatever space between them
    ],
)
def test_only_cells_as_short_as_a_blank_word_are_folded(words: tuple[str, ...], longest: int) -> None:
    assert text_of(is_blank(SqlColumn("x"), words)).endswith(f", {longest})")
