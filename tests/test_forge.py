"""The files for a public forge and for other projects say what is true of this one."""

import os
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

import sgkpi
from sgkpi.cli.main import make_app

TOP = Path(__file__).resolve().parents[1]


def read(name: str) -> Any:
    return yaml.load((TOP / name).read_text(encoding="utf-8"), yaml.BaseLoader)  # every scalar as text


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
@pytest.mark.parametrize("script", ["run", "smoke"])
def test_the_ci_scripts_can_be_run(script: str) -> None:
    assert os.access(TOP / ".ci" / script, os.X_OK)


def test_actions_are_pinned_and_may_only_read() -> None:
    workflow = read(".github/workflows/check.yml")
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action) for action in used)
    assert workflow["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in workflow["jobs"].values())


def test_the_workflow_runs_scripts_that_exist() -> None:
    steps = [step for job in read(".github/workflows/check.yml")["jobs"].values() for step in job["steps"]]
    scripts = {step["run"] for step in steps if step.get("run", "").startswith(".ci/")}
    assert scripts == {".ci/run", ".ci/smoke"}
    assert all((TOP / script).is_file() for script in scripts)


def test_the_oldest_python_of_the_workflow_is_the_oldest_that_is_supported() -> None:
    pythons = read(".github/workflows/check.yml")["jobs"]["check"]["strategy"]["matrix"]["python"]
    assert f'requires-python = ">={pythons[0]}"' in (TOP / "pyproject.toml").read_text(encoding="utf-8")


def test_the_hook_runs_a_command_that_exists() -> None:
    (hook,) = read(".pre-commit-hooks.yaml")
    program, command, *arguments = shlex.split(hook["entry"])
    assert program == "sgkpi"
    assert get_command(make_app()).commands[command].make_context(command, arguments)  # type: ignore[attr-defined]
    assert hook["pass_filenames"] == "false"


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("indicators/contacts.yaml", True),
        ("indicators/tables/contacts.yaml", True),
        ("performance/indicators/contacts.yaml", True),
        ("indicators/tables/holidays.csv", True),
        ("indicators/benchmarks.csv", True),
        ("indicators/boards/inspection.yaml", True),
        ("commentary/2019-02/contacts.md", True),
        ("sgkpi.toml", True),
        ("README.md", False),
        ("data/contacts.csv", False),
        (".github/workflows/check.yaml", False),
    ],
)
def test_the_hook_runs_for_changed_definitions(path: str, wanted: bool) -> None:
    (hook,) = read(".pre-commit-hooks.yaml")
    assert bool(re.search(hook["files"], path)) is wanted


def test_the_citation_names_this_version() -> None:
    citation = read("CITATION.cff")
    assert (citation["title"], citation["version"]) == ("sgkpi", sgkpi.__version__)
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
