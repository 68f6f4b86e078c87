"""Measures: what a figure's value is, and what it is made of."""

from decimal import Decimal

import pytest

from tests.spec.pages import Page, outcomes

NUMBER = "table: contacts\nperiod: received\nmeasure: %s\nvalue: cost\n"
COSTS = """
    id | received   | cost
    1  | 2019-02-04 | 1.5
    2  | 2019-02-04 | 0.1
    3  | 2019-02-04 | 0.2
    4  | 2019-02-04 | 1,000
    5  | 2019-02-04 |
    """
COLUMNS = ("value", "numerator", "denominator", "counted", "unknown", "lowest", "highest")


def test_a_proportion_is_met_over_judged(engine: str) -> None:
    """`met / (met + not_met + overdue)`; lowest if all that is open failed, highest if all of it succeeded."""
    definition = "table: contacts\nperiod: received\nmeasure: proportion\n"
    definition += "clock: {start: received, stop: decided, within: 30 days}\n"
    table = """
        id | received   | decided
        1  | 2019-02-01 | 2019-02-02
        2  | 2019-02-01 |
        3  | 2019-02-01 | 2019-01-31
        4  | 2019-02-28 |
        5  | 2019-02-01 | 2019-03-04
        """
    # 1 met; 2 overdue since 3 March; 3 stopped before its start; 4 not due; 5 not met, by a day.
    page = Page(engine, definition, contacts=table)
    columns = ("met", "not_met", "overdue", "not_due", "unknown", "numerator", "denominator")
    assert page.values(*columns) == [(1, 1, 1, 1, 1, 1, 3)]
    assert page.values("value", "lowest", "highest", "status") == [(1 / 3, 1 / 5, 3 / 5, "provisional")]


def test_a_count_counts_its_population(engine: str) -> None:
    """Lowest without its unknown cases, highest with them; it has no denominator, and none is 0."""
    definition = 'table: contacts\nperiod: received\nmeasure: count\npopulation: "n = 1"\n'
    table = "id | received | n\n1 | 2019-02-04 | 1\n2 | 2019-02-04 |\n3 | 2019-02-04 | 2\n4 | 2019-02-04 | 1"
    assert Page(engine, definition, contacts=table).values(*COLUMNS) == [(2, 2, None, 2, 1, 2, 3)]
    none = Page(engine, definition, contacts=table, months="2019-01")
    assert none.values("value", "status") == [(0, "complete")]


@pytest.mark.parametrize(
    ("measure", "value", "numerator"),
    [("mean", 250.45, 1001.8), ("median", 0.85, None), ("maximum", 1000, None)],
)
def test_numbers(engine: str, measure: str, value: float, numerator: float | None) -> None:
    """Of 0.1, 0.2, 1.5 and 1,000: their mean, the mean of the middle two, the greatest. Without one: unknown."""
    page = Page(engine, NUMBER % measure, contacts=COSTS)
    assert page.values(*COLUMNS) == [(value, numerator, 4, 4, 1, None, None)]
    assert page.outcomes()["5"] == "unknown: value"


def test_the_median_of_an_odd_number_is_the_middle_one(engine: str) -> None:
    table = "id | received | cost\n1 | 2019-02-04 | 9\n2 | 2019-02-04 | 0.5\n3 | 2019-02-04 | 2"
    assert Page(engine, NUMBER % "median", contacts=table).value() == 2


@pytest.mark.parametrize("measure", ["mean", "median", "maximum"])
def test_numbers_of_no_case(engine: str, measure: str) -> None:
    """No value and no numerator: null, never 0."""
    page = Page(engine, NUMBER % measure, contacts=COSTS, months="2019-01")
    assert page.values(*COLUMNS, "status") == [(None, None, 0, 0, 0, None, None, "no_cases")]


def test_sums_are_exact(engine: str) -> None:
    """Ten times 0.1 is 1, whatever binary floats say, and large numbers keep their last digit."""
    rows = "\n".join(f"{n} | 2019-02-04 | 0.1" for n in range(10))
    assert Page(engine, NUMBER % "mean", contacts=f"id | received | cost\n{rows}").value("numerator") == 1
    table = "id | received | cost\n1 | 2019-02-04 | 9007199254740993\n2 | 2019-02-04 | -1"
    assert Page(engine, NUMBER % "mean", contacts=table).value("numerator") == 9007199254740992
    assert Page(engine, NUMBER % "maximum", contacts=table).value() == 9007199254740993


def test_a_value_is_an_expression(engine: str) -> None:
    """Days from receipt to decision, here; null where one of them is missing."""
    definition = 'table: contacts\nperiod: received\nmeasure: mean\nvalue: "days_between(received, decided) / 2"\n'
    table = "id | received | decided\n1 | 2019-02-04 | 2019-02-05\n2 | 2019-02-04 | 2019-02-08\n3 | 2019-02-04 |"
    page = Page(engine, definition, contacts=table)
    assert page.value() == float(Decimal("1.25"))
    assert outcomes(engine, definition, contacts=table)["3"] == "unknown: value"


def test_a_proportion_of_no_judged_case_is_null(engine: str) -> None:
    """Never 0% and never 100%: `no_cases`, although there is a case."""
    definition = "table: contacts\nperiod: received\nmeasure: proportion\nmet: urgent\n"
    page = Page(engine, definition, contacts="id | received | urgent\n1 | 2019-02-04 |")
    assert page.values("value", "numerator", "denominator", "lowest", "highest", "status") == [
        (None, 0, 0, 0, 1, "no_cases")
    ]
