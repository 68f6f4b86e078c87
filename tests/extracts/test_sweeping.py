"""What a killed run left in the temporary folder goes at the next start; what is not ours, or in use, stays."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sgkpi.extracts import scratch
from tests.support.program import SOURCES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing is swept there")

KILLED = """
import os, sys
from pathlib import Path
from sgkpi.extracts.scratch import temporary_folder
folder = temporary_folder(Path(sys.argv[1]))
(folder / "0-Annex A.xlsx.csv").write_text("a child's row")
print(folder, flush=True)
if sys.argv[2] == "stay":
    sys.stdin.read()
os.kill(os.getpid(), 9)
"""


def begin(parent: Path, ending: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", KILLED, str(parent), ending],
        env={**os.environ, "PYTHONPATH": str(SOURCES)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    left = Path(begin(tmp_path, "die").communicate()[0].strip())
    assert (left / "0-Annex A.xlsx.csv").exists()
    ours = scratch.temporary_folder(tmp_path)
    assert list(tmp_path.iterdir()) == [ours]


def test_what_another_run_uses_stays(tmp_path: Path) -> None:
    running = begin(tmp_path, "stay")
    assert running.stdout is not None
    used = Path(running.stdout.readline().strip())
    scratch.temporary_folder(tmp_path)
    assert (used / "0-Annex A.xlsx.csv").exists()
    running.communicate()


def test_what_does_not_carry_our_mark_stays(tmp_path: Path) -> None:
    (tmp_path / "sgkpi-notes").mkdir()
    (tmp_path / "sgkpi-notes" / "mine.txt").write_text("mine")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / scratch.MARK).write_text("")
    (tmp_path / "sgkpi-link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "sgkpi-file").write_text("a file")
    (tmp_path / "sgkpi-pipe").mkdir()
    (tmp_path / "sgkpi-pipe" / scratch.MARK).symlink_to(tmp_path / "elsewhere" / scratch.MARK)
    before = sorted(tmp_path.rglob("*"))
    ours = scratch.temporary_folder(tmp_path)
    assert [path for path in sorted(tmp_path.rglob("*")) if ours not in (path, path.parent)] == before


def test_a_folder_is_the_users_alone(tmp_path: Path) -> None:
    assert scratch.temporary_folder(tmp_path).stat().st_mode & 0o777 == 0o700
