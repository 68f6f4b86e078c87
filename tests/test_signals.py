"""Series of figures: which months they rest on, that figures do not depend on them, and that engines agree."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sgkpi import api
from sgkpi.answers.compute import compute
from sgkpi.answers.signals import find_signals
from sgkpi.definitions.bundled import sample_path
from sgkpi.extracts.extract import Extract
from sgkpi.figures.figure_set import FigureSet
from sgkpi.figures.series import Series
from sgkpi.figures.signals import LimitsKind, NoLimits
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.periods import Month, PeriodKind
from sgkpi.model.request import Request
from tests.support.catalogue import shipped

FEBRUARY = Month(2019, 2)
TABLE = """
description: Requests
key: id
person: who
happened: made
columns:
  id: {type: text}
  made: {type: date}
  answered: {type: date}
  team: {type: category, codes: {north: [], south: []}}
  source: {type: text}
  who: {type: text}
"""
ANSWERED = """
title: Answered in five days
table: requests
period: made
measure: proportion
improvement: increase
clock: {start: made, stop: answered, within: 5 days}
target: {green: 90%}
by: [team, source]
"""
MADE = "title: Requests\ntable: requests\nperiod: made\nmeasure: count\nby: [team, source]\n"
OPEN = "title: Open\ntable: requests\npoint_in_time: {from: made, to: answered}\nmeasure: count\n"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Extract, Catalogue]:
    """Requests of four years, answered after 1 to 8 days: 10 a month, and 15 from 2018 on; `south` has some of 2019."""
    folder = tmp_path_factory.mktemp("requests")
    (folder / "indicators" / "tables").mkdir(parents=True)
    (folder / "indicators" / "tables" / "requests.yaml").write_text(TABLE, "utf-8")
    baseline = "baseline: {from: 2016-01, to: 2016-12}\n"
    for name, text in (("answered", ANSWERED), ("made", MADE), ("open", OPEN), ("based", MADE + baseline)):
        (folder / "indicators" / f"{name}.yaml").write_text(text, "utf-8")
    (folder / "data").mkdir()
    lines = ["id,made,answered,team,source,who", *_requests()]
    (folder / "data" / "requests.csv").write_text("\n".join(lines) + "\n", "utf-8")
    catalogue = api.load_catalogue(folder / "indicators")
    return api.open_extract(folder / "data", catalogue), catalogue


def _requests() -> Iterator[str]:
    for number in range(48):
        month = Month(2015, 4).plus(number)
        for case in range(15 if month.year >= 2018 else 10):
            day, days = 1 + case % 19, 1 + (case * 7 + number) % 8
            team = "south" if month.year == 2019 and case % 3 == 0 else "north"
            source = "fax" if month == Month(2015, 5) and case == 0 else "mail"
            yield f"{month}-{case},{month}-{day:02d},{month}-{day + days:02d},{team},{source},P{case % 6}"


def of(figures: FigureSet, indicator: str, category: str | None = None) -> Series:
    (found,) = [each for each in figures.signals if each.indicator.id == indicator and each.category == category]
    return found


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
@pytest.mark.parametrize(
    "request_",
    [
        Request(months=[FEBRUARY]),
        Request(months=[FEBRUARY], by=["team"], persons=True),
        Request(months=[Month(2018, 2), FEBRUARY], history=2, by=["all"], kinds=list(PeriodKind), persons=True),
        Request(months=[FEBRUARY], history=40, by=["team"]),
        Request(months=[FEBRUARY], kinds=[PeriodKind.QUARTER]),
    ],
)
def test_figures_do_not_depend_on_signals(world: tuple[Extract, Catalogue], request_: Request, engine: str) -> None:
    asked = replace(request_, as_of=api.read_as_of("2019-03-31"))
    plain = compute(*world, asked, engine=engine)
    with_signals = compute(*world, asked, engine=engine, signals=True)
    assert plain.signals == ()
    assert replace(with_signals, signals=()) == plain
    alone = find_signals(*world, replace(asked, by=(), kinds=(PeriodKind.MONTH,)), engine=engine)
    assert alone.figures == ()
    assert [each.icon for each in with_signals.signals] == [each.icon for each in alone.signals]


def test_engines_agree_on_series(world: tuple[Extract, Catalogue]) -> None:
    asked = Request(months=[FEBRUARY], by=["all"], as_of=api.read_as_of("2019-03-02"))
    duckdb, reference = (find_signals(*world, asked, engine=name).signals for name in ("duckdb", "reference"))
    assert duckdb == reference
    assert {each.indicator.id for each in duckdb} == {"answered", "made", "open", "based"}


def test_the_window_holds_24_months_and_those_not_settled_after_it(world: tuple[Extract, Catalogue]) -> None:
    # On 20 February the month is not over, so the window ends with January.
    found = find_signals(*world, Request(months=[FEBRUARY], as_of=api.read_as_of("2019-02-20")))
    answered, stock = of(found, "answered"), of(found, "open")
    assert [answered.months[0].figure.period.label, len(answered.months)] == ["2017-02", 25]
    assert [each.figure.settled for each in answered.months[-2:]] == [True, False]
    assert answered.icon.month == Month(2019, 1)
    assert (stock.icon.limits, stock.icon.reason) == (LimitsKind.NONE, NoLimits.STOCK)
    assert [each.judged.reason for each in stock.months] == [NoLimits.STOCK] * 24 + [None]


def test_a_baseline_before_the_window_is_counted(world: tuple[Extract, Catalogue]) -> None:
    found = find_signals(*world, Request(months=[FEBRUARY], as_of=api.read_as_of("2019-03-31")))
    limits = of(found, "based").months[-1].judged.limits
    assert limits is not None
    assert limits.mean == 10  # of 2016; the window's mean is 10 × 10 + 15 × 14 by 24
    whole = of(found, "made").months[-1].judged.limits
    assert whole is not None
    assert whole.mean * 24 == 310


def test_a_category_has_every_month_and_only_those_of_its_months_are_listed(
    world: tuple[Extract, Catalogue],
) -> None:
    found = find_signals(*world, Request(["made"], [FEBRUARY], by=["all"], as_of=api.read_as_of("2019-03-31")))
    assert [(each.breakdown, each.category) for each in found.signals] == [
        (None, None),
        ("team", "north"),
        ("team", "south"),
        ("source", "mail"),
    ]  # fmt: skip - the one fax came before the window
    south = of(found, "made", "south")
    assert [each.figure.value for each in south.months] == [0] * 22 + [5, 5]
    assert south.icon.reason is NoLimits.SMALL_NUMBERS


def test_of_the_latest_month_asked_for(world: tuple[Extract, Catalogue]) -> None:
    asked = Request(["made"], [FEBRUARY, Month(2018, 1)], as_of=api.read_as_of("2019-03-31"))
    assert compute(*world, asked, signals=True).signals[0].icon.month == FEBRUARY


def test_the_sample_s_stocks_have_no_months_where_icons_alone_are_wanted() -> None:
    catalogue = shipped()
    found = compute(api.open_extract(sample_path(), catalogue), catalogue, Request(months=[FEBRUARY]), signals=True)
    stocks = [each for each in found.signals if each.indicator.is_stock]
    assert {each.months for each in stocks} == {()}
    assert {each.icon.reason for each in stocks} == {NoLimits.STOCK}
