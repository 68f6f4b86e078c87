"""Intervals: how far chance alone may move a settled figure, at 95%."""

from math import log, sqrt

import pytest

from tests.spec.pages import Page

BOUNDS = ("interval_lower", "interval_upper")
Z = 1.959963984540054


def near(*bounds: float) -> object:
    return pytest.approx(bounds, rel=1e-9)


def contacts(*cells: str) -> str:
    return "id | received | urgent | n | cost\n" + "\n".join(
        f"{number} | 2019-02-04 | {cell}" for number, cell in enumerate(cells)
    )


def test_the_interval_of_a_proportion(engine: str) -> None:
    """Wilson's. 3 of 4: (6 + z² ∓ z · √(z² + 3)) / (2 · (4 + z²)). What is unknown has no part in it."""
    page = Page(
        engine,
        "table: contacts\nperiod: received\nmeasure: proportion\nmet: urgent\n",
        contacts=contacts("yes", "yes", "yes", "no", ""),
    )
    root = Z * sqrt(Z * Z + 3)
    expected = ((6 + Z * Z - root) / (2 * (4 + Z * Z)), (6 + Z * Z + root) / (2 * (4 + Z * Z)))
    assert page.values("met", "denominator", "unknown") == [(3, 4, 1)]
    assert page.values(*BOUNDS) == [near(*expected)]


@pytest.mark.parametrize(
    ("cells", "bounds"), [(("no", "no"), (0, Z * Z / (2 + Z * Z))), (("yes",), (1 / (1 + Z * Z), 1))]
)
def test_none_and_all_are_at_the_very_end(engine: str, cells: tuple[str, ...], bounds: tuple[float, float]) -> None:
    """0 and 1 exactly; the other bound is z² / (n + z²) from there."""
    page = Page(
        engine, "table: contacts\nperiod: received\nmeasure: proportion\nmet: urgent\n", contacts=contacts(*cells)
    )
    ((lower, upper),) = page.values(*BOUNDS)
    assert (lower, upper) == near(*bounds)
    assert lower == 0 or upper == 1


@pytest.mark.parametrize(
    ("cases", "lower", "upper"),
    [(0, 0, log(40)), (1, 0.025317807984289897, 5.571643390938898), (10, 4.7874499139675644, 18.391458605756474)],
)
def test_a_count_of_a_flow_has_a_poisson_interval(engine: str, cases: int, lower: float, upper: float) -> None:
    """Exactly below 10, from 10 by Byar's approximation."""
    other = "| 2019-01-04"  # of another month
    table = "\n".join(["id | received", other, *(f"{number} | 2019-02-04" for number in range(cases))])
    page = Page(engine, "table: contacts\nperiod: received\nmeasure: count\n", contacts=table)
    assert page.value() == cases
    assert page.values(*BOUNDS) == [near(lower, upper)]


MEAN = "table: contacts\nperiod: received\nmeasure: %s\nvalue: %s\n"


@pytest.mark.parametrize("value", ["n", "cost", "n / 1", "cost / n * n"])
def test_the_interval_of_a_mean(engine: str, value: str) -> None:
    """Student's. Of -2, 1, 4 and 7: 2.5, with the variance 15, so 2.5 ∓ t · √(15/4), and t of 3 degrees is 3.18245."""
    table = contacts(*(f"| {number} | {number}" for number in (-2, 1, 4, 7)))
    margin = 3.182446305283710 * sqrt(15 / 4)
    page = Page(engine, MEAN % ("mean", f'"{value}"'), contacts=table)
    assert page.values(*BOUNDS) == [near(2.5 - margin, 2.5 + margin)]


@pytest.mark.parametrize("cells", [(), ("| 3 | 3",)])
def test_a_mean_of_fewer_than_two_has_none(engine: str, cells: tuple[str, ...]) -> None:
    page = Page(engine, MEAN % ("mean", "n"), contacts=contacts(*cells, "| |"))
    assert page.values("denominator", *BOUNDS) == [(len(cells), None, None)]


def test_squares_of_large_numbers_are_exact(engine: str) -> None:
    """They have up to 250 bits. The values lie 2 apart, at a mean that doubles know to the nearest 1,024."""
    table = contacts("| | 9000000000000000000", "| | 8999999999999999998")
    page = Page(engine, MEAN % ("mean", "cost"), contacts=table)
    assert page.values(*BOUNDS) == [(9 * 10**18, 9 * 10**18)]
    table = contacts("| | 50000000000000000000.5", "| | -40000000000000000000.5")
    page = Page(engine, MEAN % ("mean", "cost"), contacts=table)
    margin = 12.706204736174698 * 45000000000000000000.5
    assert page.values(*BOUNDS) == [near(5e18 - margin, 5e18 + margin)]


@pytest.mark.parametrize("measure", ["median", "maximum"])
def test_a_median_and_a_maximum_have_none(engine: str, measure: str) -> None:
    page = Page(engine, MEAN % (measure, "n"), contacts=contacts("| 1 |", "| 2 |"))
    assert page.values("settled", *BOUNDS) == [(True, None, None)]


LEAVERS = "person | begun | ended | team\na | 2018-01-01 | | first\nb | 2018-01-01 | | second"
STOCK = "table: leavers\npoint_in_time: {from: begun, to: ended}\nmeasure: %s\n"


def test_of_a_stock_only_the_count_has_none(engine: str) -> None:
    """A count of one day is complete; what share the same practice would give another time is not known."""
    assert Page(engine, STOCK % "count", leavers=LEAVERS).values(*BOUNDS) == [(None, None)]
    half = Z / (2 * sqrt(2 + Z * Z))
    share = Page(engine, STOCK % "proportion\nmet: team = 'first'", leavers=LEAVERS)
    assert share.values(*BOUNDS) == [near(0.5 - half, 0.5 + half)]
    # 425 and 424 days from 1 January 2018: the mean is 424.5, and the standard error 1/2.
    days = Page(
        engine,
        STOCK % 'mean\nvalue: "days_between(begun, reference_day)"',
        leavers="person | begun | ended\na | 2017-12-30 | \nb | 2017-12-31 |",
    )
    margin = 12.706204736174698 / 2
    assert days.values(*BOUNDS) == [near(424.5 - margin, 424.5 + margin)]


@pytest.mark.parametrize("as_of", ["2019-02-27", "2019-03-04 07:00"])
def test_what_is_not_settled_has_none(engine: str, as_of: str) -> None:
    """Before that its error is not chance: the period has not ended, or late records are awaited."""
    definition = "table: contacts\nperiod: received\nmeasure: count\nsettles_after: 10 days\n"
    page = Page(engine, definition, contacts=contacts("", ""), as_of=as_of)
    assert page.values("value", "settled", *BOUNDS) == [(2, False, None, None)]
