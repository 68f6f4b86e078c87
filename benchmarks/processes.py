"""Run a command as a whole process, and measure its time and its peak memory."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from statistics import median

from benchmarks.commands import Contestant, Race

# The kernel counts in bytes on macOS and in kibibytes elsewhere.
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Run:
    """Seconds by the clock and of processors, and the most bytes that were resident at once."""

    seconds: float
    processor_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Timing:
    """The runs of every contestant of a race; the runs of one round stand at the same place."""

    race: Race
    runs: dict[str, tuple[Run, ...]]

    def ratios(self, against: str) -> list[float]:
        """Return, for each round, sgkpi's time over that of another contestant."""
        taken = attrgetter("processor_seconds" if self.race.limit.processor else "seconds")
        pairs = zip(self.runs["sgkpi"], self.runs[against], strict=True)
        return [taken(ours) / taken(theirs) for ours, theirs in pairs]

    def measured(self) -> float:
        """Return the median of what the limit is about: ratios to a contestant, or seconds."""
        against = self.race.limit.against
        return median(self.ratios(against)) if against else self.spread("sgkpi")[1]

    def spread(self, contestant: str) -> tuple[float, float, float]:
        """Return the least, the median and the most seconds of a contestant."""
        seconds = [run.seconds for run in self.runs[contestant]]
        return min(seconds), median(seconds), max(seconds)

    def processor_seconds(self, contestant: str) -> float:
        """Return the median of the processor time of a contestant."""
        return median(run.processor_seconds for run in self.runs[contestant])

    def peak_bytes(self, contestant: str) -> int:
        """Return the most memory that any run of a contestant held."""
        return max(run.peak_bytes for run in self.runs[contestant])


def run(contestant: Contestant, cache: Path) -> Run:
    """Run a contestant once; raise RuntimeError with its output when it fails.

    `cache` is where sgkpi keeps what it keeps between runs; a contestant of first runs gets an empty folder instead.
    """
    with tempfile.TemporaryFile() as said, tempfile.TemporaryDirectory(prefix="sgkpi-bench-") as empty:
        environment = {**os.environ, "SGKPI_CACHE": empty if contestant.first_run else str(cache)}
        # An installed program has its modules compiled, as the libraries that it is compared with have theirs.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for command in contestant.before:
            subprocess.run(command, check=True, env=environment, capture_output=True)
        started = time.perf_counter()
        process = subprocess.Popen(
            contestant.command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, env=environment
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in contestant.exit_codes:
            said.seek(0)
            words = said.read().decode(errors="replace")
            raise RuntimeError(f"exit {process.returncode}: {' '.join(contestant.command)}\n{words}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _MAXRSS_UNIT)


def time_race(race: Race, rounds: int, cache: Path, told: Callable[[str], None]) -> Timing:
    """Run the contestants in turn, A B A B, so that what else the machine does falls on all of them.

    A first round, which also brings the files into the page cache, must have gone before.
    """
    runs: dict[str, list[Run]] = {contestant.name: [] for contestant in race.contestants}
    for number in range(1, rounds + 1):
        told(f"{race.title}: round {number} of {rounds}")
        for contestant in race.contestants:
            runs[contestant.name].append(run(contestant, cache))
    return Timing(race, {name: tuple(each) for name, each in runs.items()})


def rehearse(contestants: Sequence[Contestant], cache: Path) -> None:
    """Run each once, not timed: the files come into the page cache, and the figures can be compared."""
    for contestant in contestants:
        run(contestant, cache)
