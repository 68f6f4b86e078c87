"""Runs a command as a whole process, and tells how long it took and how much memory it held."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.commands import Contestant, Race

# The kernel counts in bytes on macOS and in kibibytes elsewhere.
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Run:
    """Seconds of wall time, and the most bytes that were resident at once."""

    seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Timing:
    """The runs of every contestant of a race; the runs of one round stand at the same place."""

    race: Race
    runs: dict[str, tuple[Run, ...]]

    def ratios(self, against: str) -> list[float]:
        """How many times as long as another contestant sgkpi took, round by round."""
        pairs = zip(self.runs["sgkpi"], self.runs[against], strict=True)
        return [ours.seconds / theirs.seconds for ours, theirs in pairs]

    def spread(self, contestant: str) -> tuple[float, float, float]:
        """The least, the median and the most seconds of a contestant."""
        seconds = [run.seconds for run in self.runs[contestant]]
        return min(seconds), median(seconds), max(seconds)

    def peak_bytes(self, contestant: str) -> int:
        """The most memory that any run of a contestant held."""
        return max(run.peak_bytes for run in self.runs[contestant])


def run(command: Sequence[str]) -> Run:
    """One run of a command; RuntimeError, with what it said, when it fails."""
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(0)
            words = said.read().decode(errors="replace")
            raise RuntimeError(f"exit {process.returncode}: {' '.join(command)}\n{words}")
    return Run(seconds, usage.ru_maxrss * _MAXRSS_UNIT)


def time_race(race: Race, rounds: int, told: Callable[[str], None]) -> Timing:
    """Runs the contestants in turn, A B A B, so that what else the machine does falls on all of them.

    A first round, which also brings the files into the page cache, must have gone before.
    """
    runs: dict[str, list[Run]] = {contestant.name: [] for contestant in race.contestants}
    for number in range(1, rounds + 1):
        told(f"{race.title}: round {number} of {rounds}")
        for contestant in race.contestants:
            runs[contestant.name].append(run(contestant.command))
    return Timing(race, {name: tuple(each) for name, each in runs.items()})


def rehearse(contestants: Sequence[Contestant]) -> None:
    """One run of each that is not timed: the files come into the page cache, and the figures can be compared."""
    for contestant in contestants:
        run(contestant.command)
