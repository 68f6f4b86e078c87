"""The program as a person runs it: a process of its own, with nothing of this one's settings."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

_CACHE = TemporaryDirectory(prefix="sgkpi-tests-", ignore_cleanup_errors=True)
SOURCES = Path(__file__).parents[2] / "src"


@dataclass(frozen=True)
class Ran:
    """How a run ended."""

    code: int
    stdout: str
    stderr: str
    raw: bytes


def run(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None, encoding: str = "utf-8") -> Ran:
    """Run `sgkpi` with these arguments; stdout and stderr are pipes in this encoding."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SGKPI_", "COLUMNS"))}
    environment = {
        **kept,
        "PYTHONPATH": str(SOURCES),
        "PYTHONIOENCODING": encoding,
        "SGKPI_CACHE": _CACHE.name,
        **(env or {}),
    }
    command = [sys.executable, "-m", "sgkpi", *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, timeout=120, check=False)
    return Ran(done.returncode, done.stdout.decode(encoding, "replace"), done.stderr.decode(encoding), done.stdout)
