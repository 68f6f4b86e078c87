"""Comparing: teams with the whole, a month with the one before, a stock's people, and a figure with a published one."""

from math import sqrt

import pytest

from sgkpi.model.periods import PeriodKind
from tests.spec.pages import Page

SHARE = "table: contacts\nperiod: received\nmeasure: proportion\nmet: urgent\nimprovement: %s\n"
BY_TEAM = SHARE % "increase" + "by: [team]\n"
LIMITS = ("lower95", "upper95", "lower998", "upper998")


def contacts(*groups: tuple[str, int, int, str]) -> str:
    """Contacts of a month: those met and those not, of a team."""
    rows = [
        f"{month}{team}{number} | {month}-04 | {team} | {'yes' if number < met else 'no'}"
        for month, met, not_met, team in groups
        for number in range(met + not_met)
    ]
    return "\n".join(["id | received | team | urgent", *rows])


def teams(**cases: tuple[int, int]) -> str:
    return contacts(*(("2019-02", met, not_met, team) for team, (met, not_met) in cases.items()))


def test_a_funnel_has_limits_around_the_whole(engine: str) -> None:
    """15 of 30 in all, so p = 0.5; each of 10: √(0.5 · 0.5 / 10) = 0.15811, times 1.95996 or 3.09023."""
    page = Page(engine, BY_TEAM, contacts=teams(East=(0, 10), North=(5, 5), West=(10, 0)))
    s = sqrt(0.5 * 0.5 / 10)
    near, far = 1.959963984540054 * s, 3.090232306167813 * s
    found = page.funnel("team", "category", "met", "judged", "value", "pooled", "flag")
    assert found == [
        ("East", 0, 10, 0, 0.5, "far_below"),
        ("North", 5, 10, 0.5, 0.5, "within"),
        ("West", 10, 10, 1, 0.5, "far_above"),
    ]
    expected = pytest.approx((0.5 - near, 0.5 + near, 0.5 - far, 0.5 + far))
    assert page.funnel("team", *LIMITS) == [expected] * 3


def test_beyond_the_limits_of_95_per_cent(engine: str) -> None:
    """With 10 of 30, p = 1/3 and s = 0.14907: the limits are 0.0412 and 0.6255, and far ones lie at 0 and 0.794."""
    page = Page(engine, BY_TEAM, contacts=teams(East=(0, 10), North=(3, 7), West=(7, 3)))
    assert page.funnel("team", "category", "flag") == [("East", "below"), ("North", "within"), ("West", "above")]


def test_fewer_than_ten_cases_are_not_judged(engine: str) -> None:
    """They count in the whole: 15 of 36. With fewer than three teams to judge there is no funnel."""
    page = Page(engine, BY_TEAM, contacts=teams(East=(5, 5), North=(5, 5), South=(0, 6), West=(5, 5)))
    found = page.funnel("team", "category", "flag", "pooled")
    whole = pytest.approx(15 / 36)
    assert found == [
        ("East", "within", whole), ("North", "within", whole), ("South", "not_judged", None), ("West", "within", whole),
    ]  # fmt: skip
    page = Page(engine, BY_TEAM, contacts=teams(East=(0, 10), North=(10, 0), South=(0, 9)))
    assert page.funnel("team", "category", "flag") == [
        ("East", "not_judged"), ("North", "not_judged"), ("South", "not_judged"),
    ]  # fmt: skip


def test_who_has_no_team_is_not_judged(engine: str) -> None:
    """Those ten cases count in the whole: 15 of 40."""
    groups = [*(("2019-02", 5, 5, team) for team in ("East", "North", "West")), ("2019-02", 0, 10, "")]
    page = Page(engine, BY_TEAM, contacts=contacts(*groups))
    assert page.funnel("team", "category", "flag", "pooled") == [
        ("East", "within", 0.375), ("North", "within", 0.375), ("West", "within", 0.375),
        ("(not recorded)", "not_judged", None),
    ]  # fmt: skip


def test_what_could_still_change_is_not_judged(engine: str) -> None:
    """The quarter runs until the end of March."""
    cases = teams(East=(0, 10), North=(5, 5), West=(10, 0))
    page = Page(engine, BY_TEAM, contacts=cases, kinds=[PeriodKind.QUARTER])
    assert page.funnel("team", "category", "met", "judged", "flag", "pooled") == [
        ("East", 0, 10, "not_judged", None), ("North", 5, 10, "not_judged", None), ("West", 10, 10, "not_judged", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("january", "february", "improvement", "comparison"),
    [
        ((4, 16), (16, 4), "increase", "better"),
        ((16, 4), (4, 16), "increase", "worse"),
        ((16, 4), (4, 16), "decrease", "better"),
        ((4, 16), (16, 4), "none", "higher"),
        ((16, 4), (4, 16), "none", "lower"),
        ((10, 10), (12, 8), "increase", "similar"),
    ],
)
def test_a_month_differs_where_chance_alone_seldom_makes_it(
    engine: str, january: tuple[int, int], february: tuple[int, int], improvement: str, comparison: str
) -> None:
    """Newcombe's interval of the difference lies on one side of 0, or around it."""
    table = contacts(("2019-01", *january, "A"), ("2019-02", *february, "A"))
    page = Page(engine, SHARE % improvement, contacts=table)
    assert page.compared("comparison") == (comparison,)


def test_the_interval_of_a_difference(engine: str) -> None:
    """16 of 20 after 4 of 20: 0.6, with Wilson's bounds 0.58398, 0.91934 and 0.08066, 0.41602."""
    page = Page(engine, SHARE % "increase", contacts=contacts(("2019-01", 4, 16, "A"), ("2019-02", 16, 4, "A")))
    away = sqrt((0.8 - 0.58398) ** 2 + (0.41602 - 0.2) ** 2), sqrt((0.91934 - 0.8) ** 2 + (0.2 - 0.08066) ** 2)
    expected = pytest.approx((0.6, 0.6 - away[0], 0.6 + away[1]), abs=1e-5)
    assert page.compared("change", "difference_lower", "difference_upper") == expected


@pytest.mark.parametrize("definition", ["measure: count", "measure: mean\nvalue: n"])
def test_another_measure_is_not_compared(engine: str, definition: str) -> None:
    page = Page(
        engine,
        f"table: contacts\nperiod: received\n{definition}\n",
        contacts="id | received | n\n1 | 2019-01-04 | 1\n2 | 2019-02-04 | 100",
    )
    assert page.compared("difference_lower", "difference_upper", "comparison") == (None, None, None)


STOCK = "table: leavers\npoint_in_time: {from: begun, to: ended}\n"


def test_a_stock_is_not_compared(engine: str) -> None:
    """It counts the same people again; who came and who left is told instead."""
    page = Page(
        engine,
        f"{STOCK}measure: proportion\nmet: team = 'A'\n",
        leavers="""
            person | begun | ended | team
            1 | 2018-01-01 | 2019-02-10 | A
            2 | 2018-01-01 | | A
            3 | 2019-02-01 | | B
            """,
    )
    assert page.compared("comparison") == (None,)
    assert page.movements() == {"entered": 1, "left": 1, "moved_in": 0, "moved_out": 0}


def test_movements_between_two_reference_days(engine: str) -> None:
    """1 left on the last day of February, which is no day of theirs any more; 2 came on that day, and 3 in January.
    4 came and went in between and is in neither count. 5 left in January."""
    page = Page(
        engine,
        f"{STOCK}measure: count\n",
        leavers="""
            person | begun | ended
            1 | 2018-01-01 | 2019-02-28
            2 | 2019-02-28 |
            3 | 2019-01-31 |
            4 | 2019-02-05 | 2019-02-20
            5 | 2018-01-01 | 2019-01-31
            """,
    )
    assert page.movements() == {"entered": 1, "left": 1, "moved_in": 0, "moved_out": 0}


def test_whoever_changes_sides_without_the_date_of_a_spell_has_moved(engine: str) -> None:
    """1's stay that counts ends in February, and 2's begins: left and entered. 3's latest stay is another one from
    10 February, while the one that counted goes on: moved out, as no spell of theirs has ended."""
    page = Page(
        engine,
        f"{STOCK}measure: count\npopulation: home.kind = 'b'\n"
        "related: {home: {table: stays, keep: active, from: begun, to: ended}}\n",
        leavers="person | begun | ended\n1 | 2018-01-01 |\n2 | 2018-01-01 |\n3 | 2018-01-01 |",
        stays="""
            id | person | begun | ended | kind
            a | 1 | 2018-01-01 | 2019-02-10 | b
            b | 1 | 2019-02-10 | | c
            c | 2 | 2018-01-01 | 2019-02-10 | c
            d | 2 | 2019-02-10 | | b
            e | 3 | 2018-01-01 | | b
            f | 3 | 2019-02-10 | | c
            """,
    )
    assert page.movements() == {"entered": 1, "left": 1, "moved_in": 0, "moved_out": 1}


def test_movements_are_those_of_all_cases_of_a_stock(engine: str) -> None:
    """1 is met in January and not in February, and stays. 2, who entered, and 3, who left, are excluded. Of 4, who
    entered as well, nobody can tell whether the condition is met."""
    page = Page(
        engine,
        f"{STOCK}measure: proportion\nmet: home.kind = 'b'\nexclude: {{of_b: team = 'B'}}\n"
        "related: {home: {table: stays, keep: active, from: begun, to: ended}}\n",
        leavers="""
            person | begun | ended | team
            1 | 2018-01-01 | | A
            2 | 2019-02-01 | | B
            3 | 2018-01-01 | 2019-02-10 | B
            4 | 2019-02-01 | | A
            """,
        stays="""
            id | person | begun | ended | kind
            a | 1 | 2018-01-01 | 2019-02-10 | b
            b | 1 | 2019-02-10 | | c
            c | 4 | 2019-02-01 | |
            """,
    )
    assert page.movements() == {"entered": 2, "left": 1, "moved_in": 0, "moved_out": 0}


def test_the_month_that_runs_goes_up_to_the_as_of_day(engine: str) -> None:
    """From 28 February to 4 March: 2 came on 1 March, 1 left on the 4th."""
    page = Page(
        engine,
        f"{STOCK}measure: count\n",
        months="2019-03",
        leavers="person | begun | ended\n1 | 2018-01-01 | 2019-03-04\n2 | 2019-03-01 |\n3 | 2019-02-28 |",
    )
    assert page.movements() == {"entered": 1, "left": 1, "moved_in": 0, "moved_out": 0}


@pytest.mark.parametrize(
    ("covers", "leavers"),
    [({"leavers": "2019-02-01"}, "person | begun | ended\n1 | 2019-02-05 |"), ({}, "begun | ended\n2019-02-05 |")],
)
def test_movements_that_nobody_knows(engine: str, covers: dict[str, str], leavers: str) -> None:
    """The extract does not cover 31 January; its cases have no key."""
    assert Page(engine, f"{STOCK}measure: count\n", covers=covers, leavers=leavers).movements() is None


def test_a_flow_has_no_movements(engine: str) -> None:
    assert Page(engine, SHARE % "increase", contacts=teams(A=(1, 0))).movements() is None


BESIDE = ("area", "period", "own_value", "comparison")
PUBLISHED = "indicator | area | period_kind | period | value | source | differs | note\n"


@pytest.mark.parametrize(
    ("improvement", "value", "comparison"),
    [
        ("increase", "40%", "better"),
        ("increase", "0.95", "worse"),
        ("decrease", "40%", "worse"),
        ("none", "40%", "higher"),
        ("none", "95%", "lower"),
        ("increase", "70%", "similar"),
    ],
)
def test_a_published_figure_against_the_interval(engine: str, improvement: str, value: str, comparison: str) -> None:
    """16 of 20 in the quarter of December: the interval is 0.584 to 0.919, and the published value taken as exact."""
    page = Page(
        engine,
        SHARE % improvement,
        contacts=contacts(("2018-12", 16, 4, "A"), ("2019-02", 1, 0, "A")),
        benchmarks=f"{PUBLISHED}page | England | quarter | 2018-19 Q3 | {value} | DfE | |",
    )
    assert page.beside(*BESIDE) == [("England", "2018-19 Q3", 0.8, comparison)]
    assert page.beside("interval_lower", "interval_upper") == [pytest.approx((0.58398, 0.91934), abs=1e-5)]


def test_only_like_with_like_is_compared(engine: str) -> None:
    """Not where the definition differs, nor where the own figure is not known; both numbers stand there."""
    page = Page(
        engine,
        SHARE % "increase",
        contacts=contacts(("2018-12", 16, 4, "A"), ("2019-02", 1, 0, "A")),
        covers={"contacts": "2018-10-01"},
        benchmarks=f"""{PUBLISHED}
            page | England | quarter | 2018-19 Q3 | 40% | DfE | cases closed |
            page | Bristol | year_to_date | 2018-19 to 2019-02 | 40% | DfE | |
            page | South West | financial_year | 2016-17 | 40% | DfE | |
            """,
    )
    assert page.beside(*BESIDE) == [
        ("England", "2018-19 Q3", 0.8, None),
        ("Bristol", "2018-19 to 2019-02", None, None),
        ("South West", "2016-17", None, None),
    ]


def test_the_latest_that_ends_by_the_month(engine: str) -> None:
    """For each area and kind; the year 2018-19 ends in March."""
    page = Page(
        engine,
        SHARE % "increase",
        contacts=contacts(("2018-12", 16, 4, "A"), ("2019-02", 1, 0, "A")),
        benchmarks=f"""{PUBLISHED}
            page | England | quarter | 2018-19 Q2 | 40% | DfE | |
            page | England | quarter | 2018-19 Q3 | 41% | DfE | |
            page | England | quarter | 2018-19 Q4 | 42% | DfE | |
            page | England | financial_year | 2018-19 | 43% | DfE | |
            page | England | month | 2019-02 | 44% | DfE | |
            """,
    )
    assert page.beside("period_kind", "period", "value") == [
        ("quarter", "2018-19 Q3", 0.41),
        ("month", "2019-02", 0.44),
    ]
