"""Ctrl-C, and being told to end: the program stops at once, says nothing, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.program import SOURCES

ROWS = 300_000  # enough for a computation to take seconds
HEADER = "contact_id,person_id,received_at,decided_at,source,outcome,team\n"
COMMAND = ("compute", "--month", "2019-02", "--as-of", "2019-03-04", "--by", "all", "--data", "extract", "-o", "f.csv")
QUERY = "select count(*) from range(1000000) a, range(1000000) b where hash(a.range + b.range) % 7 = 3"
ENDLESS = f"""
import os, signal, threading
from sgkpi.engines.duckdb.session.session import open_session
threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    with open_session() as session:
        session.execute({QUERY!r})
except KeyboardInterrupt:
    print("interrupted")
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("interrupted")
    (folder / "extract").mkdir()
    rows = (f"C{n},P{n},2019-02-{n % 28 + 1:02} 09:00,2019-02-28 10:00,police,,North\n" for n in range(ROWS))
    (folder / "extract" / "contacts.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    return folder


def environment(temporary: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SGKPI_")}
    return {**kept, "PYTHONPATH": str(SOURCES), "TMPDIR": str(temporary)}


def wait_for_work(temporary: Path) -> None:
    """Until the program has made its temporary folder; it ends by no means before."""
    for _ in range(600):
        if any(temporary.iterdir()):
            return
        time.sleep(0.05)
    pytest.fail("no temporary folder was made")


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("later", [0.0, 0.3])
def test_nothing_is_left_behind(folder: Path, tmp_path: Path, sent: signal.Signals, code: int, later: float) -> None:
    command = [sys.executable, "-m", "sgkpi", *COMMAND]
    running = subprocess.Popen(
        command, cwd=folder, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    wait_for_work(tmp_path)
    time.sleep(later)
    running.send_signal(sent)
    stdout, stderr = running.communicate(timeout=60)
    assert (running.returncode, stdout, stderr) == (code, b"", b"")
    assert list(tmp_path.iterdir()) == []
    assert [each.name for each in folder.iterdir()] == ["extract"]


def test_a_query_without_end_is_ended(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ENDLESS], env=environment(tmp_path), capture_output=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"interrupted\n", b"")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_while_a_dataclass_is_made_ends_the_program_as_any_other() -> None:
    """Python runs generated code by `exec`, and dies of a plain KeyboardInterrupt in it even where that is caught."""
    program = (
        "import sgkpi.__main__ as entry, sgkpi.cli.main as program\n"
        "busy = 'import os, signal; os.kill(os.getpid(), signal.SIGINT)\\nfor _ in range(10**8): pass'\n"
        "program.run = lambda: exec(busy)\n"
        "entry.main()\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (130, b"")


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP])
def test_whatever_a_library_makes_of_the_signal_the_program_ends_by_it(sent: signal.Signals) -> None:
    program = (
        "import os, sgkpi.__main__ as entry, sgkpi.cli.main as program\n"
        "def run():\n"
        "    try:\n"
        f"        os.kill(os.getpid(), {int(sent)})\n"
        "        for _ in range(10**8): pass\n"
        "    except BaseException as error:\n"
        "        raise ImportError('initialization failed') from error\n"
        "program.run = run\n"
        "entry.main()\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (128 + sent, b"")


def test_a_signal_that_comes_in_a_finaliser_is_not_lost() -> None:
    program = (
        "import os, time, sgkpi.__main__ as entry, sgkpi.cli.main as program\n"
        "class Thing:\n"
        "    def __del__(self):\n"
        "        os.kill(os.getpid(), 15)\n"
        "        for _ in range(1000): pass\n"
        "def run():\n"
        "    Thing()\n"
        "    time.sleep(30)\n"
        "program.run = run\n"
        "entry.main()\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=20, check=False)
    assert (ended.returncode, ended.stderr) == (143, b"")


def test_a_signal_that_was_ignored_stays_ignored() -> None:
    program = (
        "import os, signal, sgkpi.__main__ as entry, sgkpi.cli.main as program\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "program.run = lambda: os.kill(os.getpid(), signal.SIGHUP)\n"
        "entry.main()\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=20, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
