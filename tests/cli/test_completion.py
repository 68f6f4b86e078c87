"""What a shell suggests: without reading a definition as such, and fast."""

import os
import shlex
import shutil
import subprocess
import sys
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sgkpi.cli.complete import (
    complete_breakdown,
    complete_breakdowns,
    complete_columns,
    complete_faults,
    complete_ids,
    complete_kinds,
    complete_months,
    complete_names_of_report,
    complete_tables,
    complete_teams,
)
from tests.support.program import SOURCES

HEAVY = ("duckdb", "pandas", "sqlglot", "pyarrow", "rich.console")
DECIDED = """\
title: Contacts decided
table: contacts
by: [team, source]
improvement: increase
"""
PLACED = """\
title: Care leavers
table: care_leavers
by:
  - team
  # how old
  - age_band: {value: "age_years(child.birth_month, received_at)", bands: [0, 16]}
measure: count
"""
ALONE = "title: Without breakdowns\ntable: contacts\n"
CONTACTS = """\
description: Requests
columns:
  person_id: {type: text}
  received_at:
    type: datetime
  team: {type: text}
rules: {order: "true"}
"""


def words(suggestions: list[tuple[str, str]]) -> list[str]:
    return [word for word, _ in suggestions]


def context(**params: Any) -> Any:
    """What typer gives of the words written so far."""
    return SimpleNamespace(params=params)


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "tables").mkdir()
    texts = {"decided": DECIDED, "placed": PLACED, "alone": ALONE, "tables/contacts": CONTACTS}
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("SGKPI_CATALOGUE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


class TestBreakdowns:
    @pytest.mark.usefixtures("catalogue")
    def test_of_every_indicator_where_none_is_named(self) -> None:
        assert words(complete_breakdowns(context(ids=None), "")) == ["all", "age_band", "source", "team"]

    @pytest.mark.usefixtures("catalogue")
    def test_of_those_that_are_named(self) -> None:
        assert words(complete_breakdowns(context(ids=["decided"]), "")) == ["all", "source", "team"]
        assert words(complete_breakdowns(context(ids=["alone,placed"]), "")) == ["all", "age_band", "team"]

    @pytest.mark.usefixtures("catalogue")
    def test_after_a_comma_without_what_is_written(self) -> None:
        assert words(complete_breakdowns(context(), "team,s")) == ["team,source"]
        assert words(complete_breakdowns(context(), "team,source,")) == ["team,source,all", "team,source,age_band"]

    @pytest.mark.usefixtures("catalogue")
    def test_after_a_star_without_what_is_written(self) -> None:
        assert words(complete_breakdowns(context(), "team*")) == ["team*age_band", "team*source"]
        assert words(complete_breakdowns(context(), "all,team*s")) == ["all,team*source"]

    @pytest.mark.usefixtures("catalogue")
    def test_one_of_the_indicator_that_is_named(self) -> None:
        assert words(complete_breakdown(context(id_="dec"), "")) == ["source", "team"]
        assert words(complete_breakdown(context(id_="placed"), "a")) == ["age_band"]
        assert words(complete_breakdown(context(id_="placed"), "team,")) == []

    def test_a_definition_that_cannot_be_read_has_none(self, catalogue: Path) -> None:
        (catalogue / "decided.yaml").write_text("by: [team, {\n", encoding="utf-8")
        assert words(complete_breakdowns(context(ids=["decided"]), "")) == ["all"]


class TestColumns:
    @pytest.mark.usefixtures("catalogue")
    def test_breakdowns_and_what_every_case_has(self) -> None:
        assert words(complete_columns(context(id_="dec"), "")) == ["team=", "source=", "reason=", "person="]
        assert words(complete_columns(context(id_="decided"), "so")) == ["source="]


class TestMonths:
    def test_from_the_extract_s_own_back_to_what_it_covers(
        self, catalogue: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        toml = "extracted_at = 2019-03-04T07:00:00\n[covers]\ncontacts = 2018-12-01\nchildren = 2019-01-01\n"
        (catalogue / "extract.toml").write_text(toml, encoding="utf-8")
        monkeypatch.setenv("SGKPI_DATA", str(catalogue))
        assert words(complete_months("")) == ["2019-03", "2019-02", "2019-01", "2018-12"]
        assert words(complete_months("2018-12,2019-0")) == ["2018-12,2019-03", "2018-12,2019-02", "2018-12,2019-01"]

    def test_two_years_where_nothing_says_how_far_back(self, catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (catalogue / "extract.toml").write_text("extracted_at = 2019-03-04T07:00:00\n", encoding="utf-8")
        monkeypatch.setenv("SGKPI_DATA", str(catalogue))
        assert (words(complete_months(""))[0], words(complete_months(""))[-1]) == ("2019-03", "2017-04")

    @pytest.mark.usefixtures("catalogue")
    def test_up_to_this_month_without_an_extract(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SGKPI_DATA", raising=False)
        today = date.today()  # noqa: DTZ011
        assert words(complete_months(""))[0] == f"{today:%Y-%m}"


def test_kinds_of_period() -> None:
    assert words(complete_kinds("month,y")) == ["month,year_to_date"]


@pytest.mark.usefixtures("catalogue")
def test_tables() -> None:
    assert words(complete_tables("")) == ["contacts"]
    assert words(complete_tables("con")) == ["contacts"]
    assert words(complete_tables("x")) == []


def test_faults() -> None:
    assert words(complete_faults(""))
    assert words(complete_faults("no such")) == []


def test_categories_are_the_codes_or_what_the_extract_holds(catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declared = CONTACTS.replace("  team:", "  source: {type: category, codes: {police: [Police], school: []}}\n  team:")
    (catalogue / "tables" / "contacts.yaml").write_text(declared, encoding="utf-8")
    (catalogue / "contacts.csv").write_text("person_id,team,source\nP1,North,\nP2, South ,x\nP3,,\n", encoding="utf-8")
    monkeypatch.setenv("SGKPI_DATA", str(catalogue))
    assert words(complete_columns(context(id_="decided"), "source=")) == ["source=police", "source=school"]
    assert words(complete_columns(context(id_="decided"), "team=S")) == ["team=South"]
    assert words(complete_columns(context(id_="decided"), "person_id=")) == []
    assert words(complete_teams("")) == ["North", "South"]
    assert words(complete_names_of_report(context(kind="team"), "S")) == ["South"]
    assert words(complete_names_of_report(context(kind="indicator"), "dec")) == ["decided"]
    assert words(complete_names_of_report(context(kind="board"), "")) == []
    (catalogue / "contacts.csv").unlink()
    assert words(complete_teams("")) == []


def test_broken_settings_give_nothing_and_no_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sgkpi.toml").write_text("not toml", encoding="utf-8")
    for name in ("SGKPI_CATALOGUE", "SGKPI_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    assert complete_ids("") == complete_breakdowns(context(), "") == complete_columns(context(), "") == []


@pytest.mark.parametrize(
    ("line", "suggested"),
    [
        ("sgkpi compute decided --by s", "source"),
        ("sgkpi show de", "decided"),
        ("sgkpi check co", "contacts"),
        ("sgkpi compute --period qu", "quarter"),
        ("sgkpi compute --month 2019-0", "2019-03"),
    ],
)
def test_the_program_suggests_and_imports_nothing_heavy(catalogue: Path, line: str, suggested: str) -> None:
    (catalogue / "extract.toml").write_text("extracted_at = 2019-03-04T07:00:00\n", encoding="utf-8")
    code = (
        "import atexit, sys\n"
        f"atexit.register(lambda: print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr))\n"
        "from sgkpi.cli.main import run\nrun()"
    )
    asked = {
        "_SGKPI_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split()) - 1),
        "_TYPER_COMPLETE_ARGS": line,
        "SGKPI_DATA": str(catalogue),
        "PYTHONPATH": str(SOURCES),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **asked}, capture_output=True, text=True, check=False
    )
    assert suggested in done.stdout.split("\n"), done.stderr
    assert done.stderr.splitlines()[-1] == "[]"


BASH = """\
compopt() { echo "compopt $*"; }
COMP_WORDS=(%s) COMP_CWORD=%d COMP_LINE=%s COMP_POINT=${#COMP_LINE}
_sgkpi_completion sgkpi
printf '%%s\\n' "${COMPREPLY[@]}"
"""
NO_FILES = "compopt +o default"


@cache
def bash_script() -> str:
    return subprocess.run(
        [sys.executable, "-c", "from sgkpi.cli.main import run; run()", "--show-completion", "bash"],
        env={**os.environ, "PYTHONPATH": str(SOURCES), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("parts", "line", "expected"),
    [
        (["sgkpi", "check", "co"], "sgkpi check co", [NO_FILES, "contacts"]),
        (["sgkpi", "check", "x"], "sgkpi check x", [NO_FILES, ""]),
        (["sgkpi", "compute", "--month", "201"], "sgkpi compute --month 201", [NO_FILES, "2019-03"]),
        (["sgkpi", "compute", "--data", "x"], "sgkpi compute --data x", [""]),
        (["sgkpi", "compute", "--data", "=", "x"], "sgkpi compute --data=x", [""]),
        (["sgkpi", "init", "x"], "sgkpi init x", [""]),
        (
            ["sgkpi", "cases", "decided", "--where", "te"],
            "sgkpi cases decided --where te",
            ["nospace", NO_FILES, "team="],
        ),
        # bash splits words at `=`, and replaces only what follows it.
        (
            ["sgkpi", "cases", "decided", "--where", "team", "=", "No"],
            "sgkpi cases decided --where team=No",
            [NO_FILES, "North\\ East"],
        ),
        (
            ["sgkpi", "cases", "decided", "--where", "team", "="],
            "sgkpi cases decided --where team=",
            [NO_FILES, "North\\ East", "South"],
        ),
        (["sgkpi", "due", "--team", '"No'], 'sgkpi due --team "No', [NO_FILES, "North East"]),
        (["sgkpi", "due", "--team", ""], "sgkpi due --team ", [NO_FILES, "North\\ East", "South"]),
    ],
)
def test_bash_offers_files_only_where_a_path_is_meant(
    catalogue: Path, parts: list[str], line: str, expected: list[str]
) -> None:
    (catalogue / "extract.toml").write_text("extracted_at = 2019-03-04T07:00:00\n[covers]\ncontacts = 2019-03-01\n")
    (catalogue / "contacts.csv").write_text("person_id,team\nP1,North East\nP2,South\n", encoding="utf-8")
    program = catalogue / "sgkpi"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "from sgkpi.cli.main import run; run()" "$@"\n')
    program.chmod(0o755)
    paths = {"PATH": f"{catalogue}:{os.environ['PATH']}", "PYTHONPATH": str(SOURCES), "SGKPI_DATA": str(catalogue)}
    asked = BASH % (" ".join(map(shlex.quote, parts)), len(parts) - 1, shlex.quote(line))
    done = subprocess.run(
        ["bash", "--norc", "-c", f"{bash_script()}\n{asked}"],
        env={**os.environ, **paths},
        capture_output=True,
        text=True,
        check=False,
    )
    said = [word.replace("compopt -o nospace", "nospace") for word in done.stdout.splitlines()]
    assert said == expected, done.stderr
