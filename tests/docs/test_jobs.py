"""The jobs of docs/monthly-job.md, run as a shell or a CI system runs them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.pages import Block, blocks
from tests.docs.test_walkthrough import project  # noqa: F401 - a fixture
from tests.support.program import environment

PAGE = "docs/monthly-job.md"
STOPS_AT_ERRORS = ("-e", "-o", "pipefail")


def block_with(text: str, *languages: str) -> Block:
    (found,) = (block for block in blocks(PAGE, *languages) if text in block.text)
    return found


def scripts() -> dict[str, str]:
    """Each job as one script; a CI system sets the month itself."""
    github: Any = yaml.safe_load(block_with("runs-on:", "yaml").text)
    gitlab: Any = yaml.safe_load(block_with("resource_group:", "yaml").text)
    steps = [step["run"] for step in github["jobs"]["figures"]["steps"] if "run" in step]
    return {
        "shell": block_with("set -e", "sh").text,
        "github": "\n".join(steps),
        "gitlab": "\n".join(gitlab["figures"]["script"]),
    }


@pytest.fixture
def shell(project: Path) -> Any:  # noqa: F811 - a function
    """Run a script where `sgkpi` is this program."""
    (project / "sgkpi.toml").write_text(block_with("snapshot_fail_on", "toml").text, "utf-8")
    program = project / "bin" / "sgkpi"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sgkpi "$@"\n', "utf-8")
    program.chmod(0o755)

    def run(script: str) -> "subprocess.CompletedProcess[str]":
        files = {name: str(project / name.lower()) for name in ("GITHUB_ENV", "GITHUB_STEP_SUMMARY")}
        path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
        env = environment({"MONTH": "2019-02", "PATH": path, **files})
        command = ["bash", *STOPS_AT_ERRORS, "-c", script]
        return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)

    return run


@pytest.mark.slow
@pytest.mark.parametrize("job", ["shell", "github", "gitlab"])
def test_the_job_stops_at_a_gate_and_goes_on_when_that_is_accepted(job: str, shell: Any, project: Path) -> None:  # noqa: F811
    script = scripts()[job]
    stopped = shell(script)
    assert stopped.returncode == 1, stopped.stderr
    assert "nothing was written: no_previous failed" in stopped.stderr
    assert not (project / "snapshots").exists()
    first = "sgkpi snapshot --month 2019-01 --as-of 2019-02-04T07:00 --accept no_previous --reason 'The first one'"
    done = shell(f"{first} && {{\n{script}\n}}")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (project / "snapshots").glob("2019*")) == ["2019-01-r1", "2019-02-r1"]
    (summary,) = (path for path in (project / "summary.md", project / "github_step_summary") if path.exists())
    assert "| Contacts decided within 5 working days | 2019-01 | 97.3% (506/520) | 97.1% (510/525) | -0.2 |" in (
        summary.read_text("utf-8")
    )
