"""The program as a person runs it: in this process, or in one of its own where only a process shows the same."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from sgkpi.cli import main
from sgkpi.definitions.cache import set_cache_dir

_CACHE = TemporaryDirectory(prefix="sgkpi-tests-", ignore_cleanup_errors=True)
SOURCES = Path(__file__).parents[2] / "src"


@dataclass(frozen=True)
class Ran:
    """How a run ended."""

    code: int
    stdout: str
    stderr: str
    raw: bytes


def run(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> Ran:
    """Run `sgkpi` with these arguments in this process, which takes a tenth of the time.

    It has the environment, the working directory and the streams that `run_process` would give it.
    """
    stdout, stderr, code = io.BytesIO(), io.BytesIO(), 0
    with _in_the_place_of_this_program(arguments, cwd, environment(env), stdout, stderr):
        try:
            main.run()
        except SystemExit as ending:
            code = _exit_code(ending)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    raw = stdout.getvalue()
    return Ran(code, raw.decode("utf-8", "replace"), stderr.getvalue().decode(), raw)


def run_process(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None, encoding: str = "utf-8") -> Ran:
    """Run `sgkpi` with these arguments in a process of its own; stdout and stderr are pipes in this encoding."""
    command = [sys.executable, "-m", "sgkpi", *arguments]
    variables = {**environment(env), "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, cwd=cwd, env=variables, capture_output=True, timeout=120, check=False)
    return Ran(done.returncode, done.stdout.decode(encoding, "replace"), done.stderr.decode(encoding), done.stdout)


def environment(env: Mapping[str, str] | None) -> dict[str, str]:
    """Return this process's environment with nothing of its settings, and these variables."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("SGKPI_", "COLUMNS", "LINES"))
    }
    return {**inherited, "PYTHONPATH": str(SOURCES), "SGKPI_CACHE": _CACHE.name, **(env or {})}


@contextmanager
def _in_the_place_of_this_program(
    arguments: tuple[str, ...], cwd: Path, variables: Mapping[str, str], stdout: io.BytesIO, stderr: io.BytesIO
) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, chdir(cwd):
        for name in os.environ.keys() - variables.keys():
            patch.delenv(name)
        for name, value in variables.items():
            patch.setenv(name, value)
        out = io.TextIOWrapper(stdout, encoding="utf-8")
        errors = io.TextIOWrapper(stderr, encoding="utf-8", errors="backslashreplace")
        for name, stream in {"stdout": out, "__stdout__": out, "stderr": errors, "__stderr__": errors}.items():
            patch.setattr(sys, name, stream)
        patch.setattr(sys, "argv", ["sgkpi", *arguments])
        try:
            yield
        finally:
            set_cache_dir(None)
            out.detach()
            errors.detach()


def _exit_code(ending: SystemExit) -> int:
    if ending.code is None or isinstance(ending.code, int):
        return ending.code or 0
    print(ending.code, file=sys.stderr)  # noqa: T201 - as Python does
    return 1
