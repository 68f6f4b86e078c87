"""Stdout and stderr that are closed, full, or have nobody at the other end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sgkpi.cli.streams import abandon, is_terminal
from tests.support.program import SOURCES

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="no device that is always full here")
COMMANDS = ["list", "list --json", "lint", "explain rhi_offered"]


def in_shell(line: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which `sgkpi` is the program; its exit code is that of the first in a pipe."""
    script = f'sgkpi() {{ "{sys.executable}" -m sgkpi "$@"; }}\n{line}\nexit ${{PIPESTATUS[0]}}'
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    return subprocess.run(
        ["bash", "-c", script], cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("command", [*COMMANDS, "compute --data . --json", "compute --data ."])
def test_a_closed_stdout_is_said(command: str, tmp_path: Path) -> None:
    ended = in_shell(f"sgkpi {command} >&-", tmp_path)
    assert (ended.returncode, ended.stderr) == (2, "error: stdout is closed; there is nowhere to write to\n")


@needs_full
@pytest.mark.parametrize("command", [*COMMANDS, "--help", "--version", "list --help"])
def test_a_full_disk_is_no_fault_of_the_extract(command: str, tmp_path: Path) -> None:
    ended = in_shell(f"sgkpi {command} > {FULL}", tmp_path)
    assert (ended.returncode, ended.stderr) == (2, "error: cannot write to stdout: No space left on device\n")


def test_a_file_is_written_without_stdout_and_stderr(tmp_path: Path) -> None:
    assert in_shell("sgkpi list -o list.csv >&- 2>&-", tmp_path).returncode == 0
    assert (tmp_path / "list.csv").read_text(encoding="utf-8").startswith("id,title,")


@needs_full
def test_messages_that_cannot_be_said_are_no_fault(tmp_path: Path) -> None:
    assert in_shell(f"sgkpi list -o list.csv 2> {FULL}", tmp_path).returncode == 0


def test_a_reader_of_both_streams_that_has_seen_enough_is_no_fault(tmp_path: Path) -> None:
    assert in_shell("sgkpi list 2>&1 | true", tmp_path).returncode == 0
    assert in_shell("sgkpi explain nothing 2>&1 | true", tmp_path).returncode == 10
    assert in_shell("sgkpi list --such-an-option 2>&1 | true", tmp_path).returncode == 2


@pytest.mark.parametrize("options", ["--help", "compute --help", "--version"])
def test_a_reader_of_the_help_that_has_seen_enough_is_no_fault(options: str, tmp_path: Path) -> None:
    # The reader is gone before there is anything to read
    ended = in_shell(f"{{ sleep 0.3; sgkpi {options}; echo $? >&2; }} | true", tmp_path)
    assert ended.stderr == "0\n"


def test_what_lint_answers_does_not_hang_on_its_reader(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("title: Nothing else\n", encoding="utf-8")
    ended = in_shell("sgkpi lint --catalogue . | true", tmp_path)
    assert (ended.returncode, ended.stderr) == (1, "")


def test_no_stream_is_no_terminal() -> None:
    assert not is_terminal(None)


def test_an_abandoned_stream_can_be_closed_though_the_pipe_is_broken() -> None:
    reading, writing = os.pipe()
    stream = os.fdopen(writing, "w", encoding="utf-8")
    stream.write("not yet written")
    os.close(reading)
    abandon(stream)
    stream.close()
    abandon(None)
