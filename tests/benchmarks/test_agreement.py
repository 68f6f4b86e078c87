"""The benchmarks compare like with like: sgkpi's figures are those of the hand-written queries."""

import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.agreement import check_race, compare, read_figures
from benchmarks.catalogues import MANY, prepare_many
from benchmarks.commands import Contestant, Places, figure_races, prepare
from benchmarks.processes import rehearse, run
from sgkpi.api import load_catalogue

FEBRUARY = ("contacts_decided_24h", "2019-02", "", "")
MARCH = ("contacts_decided_24h", "2018-03", "", "")
MARCH_IN_DAYS = ("contacts_decided_5_days", "2018-03", "", "")


def test_equal_figures_agree() -> None:
    agreement = compare({FEBRUARY: (79, 100, 100)}, {FEBRUARY: (79, 100, 100)})
    assert (agreement.figures, agreement.clock_changes, agreement.differences) == (1, 0, ())


def test_another_numerator_is_a_difference() -> None:
    assert compare({FEBRUARY: (79, 100, 100)}, {FEBRUARY: (80, 100, 100)}).differences == (
        "contacts_decided_24h 2019-02: sgkpi 79 of 100, 100 persons, script 80 of 100, 100 persons",
    )


def test_a_figure_that_only_one_has_is_a_difference() -> None:
    assert compare({FEBRUARY: (79, 100, 100)}, {}).differences == (
        "contacts_decided_24h 2019-02: sgkpi 79 of 100, 100 persons, script no figure",
    )


def test_few_cases_may_differ_where_the_clocks_changed_and_the_limit_is_in_hours() -> None:
    agreement = compare({MARCH: (790, 1000, 1000)}, {MARCH: (805, 1000, 1000)})
    assert (agreement.clock_changes, agreement.differences) == (1, ())


def test_times_in_the_hour_that_spring_leaves_out_may_be_unknown_to_one() -> None:
    agreement = compare({MARCH: (790, 1000, 1000)}, {MARCH: (790, 1005, 1005)})
    assert (agreement.clock_changes, agreement.differences) == (1, ())


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({MARCH: (790, 1000, 1000)}, {MARCH: (806, 1000, 1000)}),
        ({MARCH: (790, 1000, 1000)}, {MARCH: (790, 1006, 1006)}),
        ({MARCH: (790, 1000, 1000)}, {MARCH: (790, 1000, 1006)}),
        ({MARCH_IN_DAYS: (790, 1000, 1000)}, {MARCH_IN_DAYS: (791, 1000, 1000)}),
        ({FEBRUARY: (790, 1000, 1000)}, {FEBRUARY: (791, 1000, 1000)}),
        ({FEBRUARY: (790, 1000, 1000)}, {FEBRUARY: (790, 1000, 999)}),
    ],
    ids=["too many", "another denominator", "other persons", "a limit in days", "no change of clocks", "one person"],
)
def test_all_else_is_a_difference(ours: dict, theirs: dict) -> None:
    assert len(compare(ours, theirs).differences) == 1


def test_figures_without_cases_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_text(
        "indicator,period,breakdown,category,numerator,denominator,persons\n"
        "contacts_decided_24h,2019-02,,,79,100,97\n"
        "contacts_decided_24h,2019-02,team,North,0,0,0\n"
        "contacts_decided_24h,2019-02,team,South,,,\n"
    )
    assert read_figures(path) == {FEBRUARY: (79, 100, 97)}


def command(code: str, **settings: Any) -> Contestant:
    return Contestant("tested", (sys.executable, "-c", code), **settings)


def test_a_command_that_fails_says_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"exit 3: (?s:.*)no such luck"):
        run(command("print('no such luck'); raise SystemExit(3)"), tmp_path)


def test_a_command_may_end_with_the_exit_codes_that_it_is_allowed(tmp_path: Path) -> None:
    assert run(command("raise SystemExit(1)", exit_codes=(0, 1)), tmp_path).seconds > 0


def test_a_run_knows_the_memory_that_its_process_held(tmp_path: Path) -> None:
    assert run(command("held = b'x' * 200_000_000"), tmp_path).peak_bytes > 200_000_000


def test_a_first_run_has_an_empty_cache_and_any_other_the_one_that_is_kept(tmp_path: Path) -> None:
    (tmp_path / "kept").touch()
    empty = "import os; assert not os.listdir(os.environ['SGKPI_CACHE'])"
    run(command(empty, first_run=True), tmp_path)
    with pytest.raises(RuntimeError, match="AssertionError"):
        run(command(empty), tmp_path)


def test_a_large_catalogue_has_150_definitions_that_are_in_order(tmp_path: Path) -> None:
    catalogue = load_catalogue(prepare_many(tmp_path / "many"))
    assert len(catalogue.indicators) == MANY == 150
    shipped = [each for each in catalogue.indicators.values() if not each.table.name.endswith(tuple("0123456789"))]
    assert len(shipped) == 13


@pytest.mark.slow
def test_sgkpi_agrees_with_the_hand_written_queries(tmp_path: Path) -> None:
    places = Places(tmp_path, 30_000)
    prepare(places)
    races = [
        race for race in figure_races(places) if race.title.startswith(("One indicator, CSV", "Ten indicators, P"))
    ]
    assert len(races) == 8
    for race in races:
        # pandas and polars are the benchmarks' own; the queries in DuckDB need nothing else.
        duckdb_and_sgkpi = [each for each in race.contestants if "DuckDB" in each.name or each.name == "sgkpi"]
        rehearse(duckdb_and_sgkpi, tmp_path / "kept")
        (agreement,) = check_race(type(race)(race.title, tuple(duckdb_and_sgkpi), race.limit)).values()
        assert agreement.differences == (), race.title
        assert agreement.figures > 100
