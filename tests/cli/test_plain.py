"""Plain output, for screen readers: words, one fact on a line, and nothing drawn."""

from pathlib import Path

import pytest

from sgkpi.cli.streams import plain_is_set
from tests.cli.test_compute import project  # noqa: F401 - a fixture
from tests.support.program import run

DRAWN = set("│─┃━▲▼█▁#|")


def test_compute_has_a_line_for_each_fact(project: Path) -> None:  # noqa: F811
    shown = run("compute", "decided", "--by", "team", "--plain", cwd=project).stdout
    # Of February's 1, 2 and 3 two in time, one without a time of day; January 1 of 2; North 1 of 2
    assert shown.startswith(
        "February 2019\n\nHelp and protection\n\nContacts decided within 24 hours  (decided)\n"
        "Value: 66.7% u\nCases: 2/3\n"
        "Previous month: 50.0%\nYear to date: 60.0%\nTarget: 90%\nRating: AMBER so far\nTrend: up\n"
        "Not due: 0\nUnknown: 1\n\nteam: North\nValue: 50.0% u\nCases: 1/2\n"
    )
    assert not DRAWN & set(shown)


def test_list_and_explain(project: Path) -> None:  # noqa: F811
    listed = run("list", "--plain", cwd=project).stdout
    assert listed == (
        "Help and protection\n\nContacts decided within 24 hours\nId: decided\nMeasure: proportion\n"
        "Target: 90% or more\nBy: team\n\n"
        "Contacts received\nId: received\nMeasure: count\n"
    )
    explained = run("explain", "decided", "--no-sql", "--plain", cwd=project).stdout
    assert explained.startswith("Contacts decided within 24 hours (decided)\n")


def test_verify_and_the_edges_of_a_clock(project: Path) -> None:  # noqa: F811
    agreed = run("verify", "received", "--plain", cwd=project).stdout
    assert agreed.startswith("Contacts received  (received)\nFigures agree: 1 of 1\n")
    edges = run("lint", "decided", "--boundaries", "--plain", cwd=project).stdout
    assert "\nordinary days, from a Tuesday: stopped exactly when due\nStart: Tue 2019-06-11 10:00\nStop: Wed" in edges
    assert not DRAWN & set(agreed + edges)


def test_the_environment_asks_for_it_everywhere_and_data_stay_data(project: Path) -> None:  # noqa: F811
    plain = {"SGKPI_PLAIN": "1"}
    assert run("list", cwd=project, env=plain).stdout == run("list", "--plain", cwd=project).stdout
    assert run("list", "--csv", cwd=project, env=plain).stdout.startswith("id,title,theme")
    assert run("list", cwd=project, env={"SGKPI_PLAIN": "0"}).stdout == run("list", cwd=project).stdout


@pytest.mark.parametrize("command", ["compute", "list", "lint"])
def test_what_is_no_screen_cannot_be_plain(project: Path, command: str) -> None:  # noqa: F811
    ran = run(command, "--csv", "--plain", cwd=project)
    assert (ran.code, ran.stdout) == (2, "")
    assert "--plain and csv cannot be combined" in ran.stderr


@pytest.mark.parametrize(("written", "plain"), [("1", True), ("yes", True), ("", False), ("No", False), ("0", False)])
def test_words_that_the_environment_may_hold(written: str, plain: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SGKPI_PLAIN", written)
    assert plain_is_set() is plain
