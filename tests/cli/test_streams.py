"""Stdout and stderr that are closed, full, or have nobody at the other end."""

import errno
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sgkpi.cli.output import write_stdout
from sgkpi.cli.streams import abandon, is_terminal, visible, write_whole
from sgkpi.model.errors import UsageError
from tests.support.program import SOURCES, run

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

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


@pytest.mark.slow
@pytest.mark.parametrize("command", [*COMMANDS, "compute --data . --json", "compute --data ."])
def test_a_closed_stdout_is_said(command: str, tmp_path: Path) -> None:
    ended = in_shell(f"sgkpi {command} >&-", tmp_path)
    assert (ended.returncode, ended.stderr) == (2, "error: stdout is closed; there is nowhere to write to\n")


@pytest.mark.slow
@needs_full
@pytest.mark.parametrize("command", [*COMMANDS, "--help", "--version", "list --help"])
def test_a_full_disk_is_no_fault_of_the_extract(command: str, tmp_path: Path) -> None:
    ended = in_shell(f"sgkpi {command} > {FULL}", tmp_path)
    assert (ended.returncode, ended.stderr) == (2, "error: cannot write to stdout: No space left on device\n")


@pytest.mark.slow
def test_a_file_is_written_without_stdout_and_stderr(tmp_path: Path) -> None:
    assert in_shell("sgkpi list -o list.csv >&- 2>&-", tmp_path).returncode == 0
    assert (tmp_path / "list.csv").read_text(encoding="utf-8").startswith("id,title,")


@pytest.mark.slow
@needs_full
def test_messages_that_cannot_be_said_are_no_fault(tmp_path: Path) -> None:
    assert in_shell(f"sgkpi list -o list.csv 2> {FULL}", tmp_path).returncode == 0


@pytest.mark.slow
def test_a_reader_of_both_streams_that_has_seen_enough_is_no_fault(tmp_path: Path) -> None:
    assert in_shell("sgkpi list 2>&1 | true", tmp_path).returncode == 0
    assert in_shell("sgkpi explain nothing 2>&1 | true", tmp_path).returncode == 10
    assert in_shell("sgkpi list --such-an-option 2>&1 | true", tmp_path).returncode == 2


@pytest.mark.slow
@pytest.mark.parametrize("options", ["--help", "compute --help", "--version"])
def test_a_reader_of_the_help_that_has_seen_enough_is_no_fault(options: str, tmp_path: Path) -> None:
    # The reader is gone before there is anything to read
    ended = in_shell(f"{{ sleep 0.3; sgkpi {options}; echo $? >&2; }} | true", tmp_path)
    assert ended.stderr == "0\n"


@pytest.mark.slow
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


class TakesAPart(io.RawIOBase):
    """A raw file that takes ten bytes at a time and is full after thirty, as a disk may."""

    def __init__(self) -> None:
        self.taken = b""

    def writable(self) -> bool:
        return True

    def write(self, content: "Buffer", /) -> int:
        if len(self.taken) >= 30:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        part = bytes(content)[:10]
        self.taken += part
        return len(part)


def test_a_stream_without_a_buffer_is_written_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = TakesAPart()
    stream = io.TextIOWrapper(raw, "utf-8", write_through=True)  # type: ignore[type-var]
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setattr("sys.stderr", io.StringIO())
    write_whole()
    write_stdout("x" * 25, as_text=False)
    assert raw.taken == b"x" * 25
    with pytest.raises(UsageError, match="cannot write to stdout: No space left on device"):
        write_stdout("y" * 25, as_text=False)
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë\t“a”\n", "Zoë\t“a”\n"),
        ("\x1b]52;c;x\x07", r"\x1b]52;c;x\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("a\u202eb\u2066\r", r"a\u202eb\u2066\r"),
    ],
)
def test_nothing_commands_the_terminal(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_message_repeats_no_control_character(tmp_path: Path) -> None:
    for arguments in (("compute", "--month", "\x1b[31m"), ("compute", "--\x1b[31m"), ("show", "\x1b[31m")):
        ran = run(*arguments, "--data", ".", cwd=tmp_path)
        assert "\x1b" not in ran.stderr
        assert r"\x1b[31m" in ran.stderr


def test_data_on_a_terminal_is_shown_with_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    terminal = io.TextIOWrapper(written, "utf-8")
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdout", terminal)
    write_stdout("team\nNorth\x1b[31m\n", as_text=False)
    assert written.getvalue() == b"team\nNorth\\x1b[31m\n"
