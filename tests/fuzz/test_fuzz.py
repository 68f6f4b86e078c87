"""A few hundred mangled inputs in every check; `make fuzz` tries as many as one likes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("first", [1, 101, 201, 301])
def test_mangled_inputs_are_refused_or_read(first: int) -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--count", "100", "--seed", str(first)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "100 tried, 0 failed" in done.stdout
