"""The benchmarks compare like with like: sgkpi's figures are those of the hand-written queries."""

import sys
from pathlib import Path

import pytest

from benchmarks.agreement import check_race, compare, read_figures
from benchmarks.commands import prepare_catalogue, prepare_data, races
from benchmarks.processes import rehearse, run

FEBRUARY = ("contacts_decided_24h", "2019-02", "", "")
MARCH = ("contacts_decided_24h", "2018-03", "", "")
MARCH_IN_DAYS = ("contacts_decided_5_days", "2018-03", "", "")


def test_equal_figures_agree() -> None:
    agreement = compare({FEBRUARY: (79, 100)}, {FEBRUARY: (79, 100)})
    assert (agreement.figures, agreement.clock_changes, agreement.differences) == (1, 0, ())


def test_another_numerator_is_a_difference() -> None:
    assert compare({FEBRUARY: (79, 100)}, {FEBRUARY: (80, 100)}).differences == (
        "contacts_decided_24h 2019-02: sgkpi 79 of 100, script 80 of 100",
    )


def test_a_figure_that_only_one_has_is_a_difference() -> None:
    assert compare({FEBRUARY: (79, 100)}, {}).differences == (
        "contacts_decided_24h 2019-02: sgkpi 79 of 100, script no figure",
    )


def test_few_cases_may_differ_where_the_clocks_changed_and_the_limit_is_in_hours() -> None:
    agreement = compare({MARCH: (790, 1000)}, {MARCH: (805, 1000)})
    assert (agreement.clock_changes, agreement.differences) == (1, ())


def test_times_in_the_hour_that_spring_leaves_out_may_be_unknown_to_one() -> None:
    agreement = compare({MARCH: (790, 1000)}, {MARCH: (790, 1005)})
    assert (agreement.clock_changes, agreement.differences) == (1, ())


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({MARCH: (790, 1000)}, {MARCH: (806, 1000)}),
        ({MARCH: (790, 1000)}, {MARCH: (790, 1006)}),
        ({MARCH_IN_DAYS: (790, 1000)}, {MARCH_IN_DAYS: (791, 1000)}),
        ({FEBRUARY: (790, 1000)}, {FEBRUARY: (791, 1000)}),
    ],
    ids=["too many", "too far another denominator", "a limit in days", "a month without a change"],
)
def test_all_else_is_a_difference(ours: dict, theirs: dict) -> None:
    assert len(compare(ours, theirs).differences) == 1


def test_figures_without_cases_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_text(
        "indicator,period,breakdown,category,numerator,denominator\n"
        "contacts_decided_24h,2019-02,,,79,100\n"
        "contacts_decided_24h,2019-02,team,North,0,0\n"
        "contacts_decided_24h,2019-02,team,South,,\n"
    )
    assert read_figures(path) == {FEBRUARY: (79, 100)}


def test_a_command_that_fails_says_what_it_said() -> None:
    with pytest.raises(RuntimeError, match=r"exit 3: (?s:.*)no such luck"):
        run((sys.executable, "-c", "print('no such luck'); raise SystemExit(3)"))


def test_a_run_knows_the_memory_that_its_process_held() -> None:
    assert run((sys.executable, "-c", "held = b'x' * 200_000_000")).peak_bytes > 200_000_000


@pytest.mark.slow
def test_sgkpi_agrees_with_the_hand_written_queries(tmp_path: Path) -> None:
    data = prepare_data(30_000, tmp_path)
    for race in races(data, prepare_catalogue(tmp_path), tmp_path / "figures"):
        # pandas and polars are the benchmarks' own; the queries in DuckDB need nothing else.
        duckdb_and_sgkpi = [each for each in race.contestants if "DuckDB" in each.name or each.name == "sgkpi"]
        rehearse(duckdb_and_sgkpi)
        agreements = check_race(type(race)(race.title, tuple(duckdb_and_sgkpi), race.limit))
        assert [agreement.differences for agreement in agreements.values()] == [()]
        assert all(agreement.figures > 100 for agreement in agreements.values())
