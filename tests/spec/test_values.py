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


RATIO = "table: contacts\nperiod: received\nmeasure: ratio\nvalue: cost\nper: hours\n"
SPENT = """
    id | received   | cost  | hours | team
    1  | 2019-02-04 | 30.5  | 2.5   | North
    2  | 2019-02-04 | -0.5  | 0     | North
    3  | 2019-02-04 | 0     | 0.25  | South
    4  | 2019-02-04 | 12    |       | South
    5  | 2019-02-04 |       | 4     | South
    6  | 2019-03-04 | 7     | 2     | South
    7  | 2019-03-04 | 3     | -2    | South
    """


def test_a_ratio_is_a_sum_over_a_sum(engine: str) -> None:
    """Of the cases that have both numbers: (30.5 - 0.5 + 0) / (2.5 + 0 + 0.25) = 120 / 11. Without one: unknown."""
    page = Page(engine, RATIO, contacts=SPENT)
    assert page.values(*COLUMNS) == [(120 / 11, 30, 2.75, 3, 2, None, None)]
    assert page.values("status", "interval_lower", "interval_upper") == [("complete", None, None)]
    assert [page.outcomes()[case] for case in "345"] == ["counted", "unknown: value", "unknown: value"]
    by_team = Page(engine, RATIO + "by: [team]\n", contacts=SPENT)
    assert by_team.categories("team", "value") == {"North": 12, "South": 0}
    assert by_team.categories("team", "denominator") == {"North": 2.5, "South": 0.25}


def test_a_ratio_over_nothing_has_no_value(engine: str) -> None:
    """`no_cases` where the sum of `per` is 0, which is shown where cases are counted, and null where none is."""
    columns = ("value", "numerator", "denominator", "counted", "status")
    over_zero = Page(engine, RATIO, contacts=SPENT, months="2019-03")
    assert over_zero.values(*columns) == [(None, 10, 0, 2, "no_cases")]
    of_no_case = Page(engine, RATIO, contacts=SPENT, months="2019-01")
    assert of_no_case.values(*columns) == [(None, None, None, 0, "no_cases")]


def test_a_ratio_of_quotients_is_exact(engine: str) -> None:
    """1/3 + 1/6 over 1/2 + 1/4, whose sums have no decimals that end: 2/3. A quotient by zero is null."""
    definition = "table: contacts\nperiod: received\nmeasure: ratio\nvalue: n / cost\nper: n / hours\n"
    table = """
        id | received   | n | cost | hours
        1  | 2019-02-04 | 1 | 3    | 2
        2  | 2019-02-04 | 1 | 6    | 4
        3  | 2019-02-04 | 1 | 1    | 0
        """
    page = Page(engine, definition, contacts=table)
    assert page.values("value", "counted", "unknown") == [(2 / 3, 2, 1)]
    assert page.values("numerator", "denominator") == [(0.5, 0.75)]


def test_a_ratio_is_provisional_without_a_rating(engine: str) -> None:
    """While a case is not due, nobody knows how far the ratio could move."""
    definition = RATIO + "not_due: \"team = 'North'\"\nimprovement: decrease\ntarget: {green: 1, amber: 2}\n"
    page = Page(engine, definition, contacts=SPENT)
    assert page.values("value", "status", "rating", "rating_firm") == [(0, "provisional", "NOT_RATED", None)]


def test_a_unit_changes_no_number(engine: str) -> None:
    """It says how people read the value: 0.5 as 50.0%; data outputs carry the number as it is."""
    definition = NUMBER % "mean" + "unit: percent\nimprovement: increase\ntarget: {green: 80%, amber: 40%}\n"
    page = Page(engine, definition, contacts="id | received | cost\n1 | 2019-02-04 | 0.25\n2 | 2019-02-04 | 0.75")
    assert page.values("value", "target_green", "rating") == [(0.5, 0.8, "AMBER")]


def test_a_proportion_of_no_judged_case_is_null(engine: str) -> None:
    """Never 0% and never 100%: `no_cases`, although there is a case."""
    definition = "table: contacts\nperiod: received\nmeasure: proportion\nmet: urgent\n"
    page = Page(engine, definition, contacts="id | received | urgent\n1 | 2019-02-04 |")
    assert page.values("value", "numerator", "denominator", "lowest", "highest", "status") == [
        (None, 0, 0, 0, 1, "no_cases")
    ]
