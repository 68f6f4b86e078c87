"""Repeated keys are found wherever they stand among others."""

import pytest

from tests.spec.pages import Page

MET = 'table: contacts\nperiod: received\nmeasure: proportion\nmet: "n = 1"\nby: [team]\n'


def contacts(*extra: str) -> str:
    single = [f"{number} | 2019-02-04 | 1 | N" for number in range(20)]
    return "\n".join(["id | received | n | team", *single, *extra])


def test_keys_that_stand_once() -> None:
    assert Page("duckdb", MET, contacts=contacts()).categories("team", "met") == {"N": 20}


@pytest.mark.parametrize("number", range(20))
def test_every_key_that_stands_twice_is_found(number: int) -> None:
    page = Page("duckdb", MET, contacts=contacts(f"{number}.0 | 2019-02-05 | 1 | S"))
    assert page.categories("team", "met") == {"N": 19}
    assert page.categories("team", "unknown") == {"N": 1}


def test_rows_without_a_key_are_compared_whole() -> None:
    blank = (" | 2019-02-05 | 1 | S", " | 2019-02-05 | 1 | S", " | 2019-02-06 | 1 | S")
    assert Page("duckdb", MET, contacts=contacts(*blank)).categories("team", "met") == {"N": 20, "S": 2}
