"""The fuzzer: `python -m tests.fuzz --count 20000 --seed 1`, or `make fuzz`.

Each seed mangles one part of a small project and runs one command on it. It fails on a traceback, an exit code that is
not a person's to mend, engines that disagree, a row lost without a word, a cell repeated in a message, a crash of the
process, or a hang.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Timer

from tests.fuzz.mangle import CANARY, Mangled, write_project
from tests.support.program import Ran, run

HANGS_AFTER = 60  # seconds
EXPECTED = {0, 1, 2, 10, 11}
COMMANDS = (
    ("compute", "--month", "2019-02", "--by", "all", "--json"),
    ("compute", "--month", "2019-02", "--by", "all", "--json", "--engine", "reference"),
    ("check", "--json"),
    ("show", "decided", "--month", "2019-02"),
    ("funnel", "decided", "--by", "team", "--month", "2019-02"),
    ("due",),
    ("verify", "--month", "2019-02"),
    ("lint",),
    ("explain", "score"),
    ("list", "--json"),
    ("board", "--month", "2019-02", "--json"),
)
OF_COMMENTARY = (("board", "--month", "2019-02"), ("board", "--month", "2019-02", "--json"), ("lint",))


def main() -> int:
    """Run the seeds that are asked for in child processes; print what fails, and return an exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    seeds = range(asked.seed, asked.seed + asked.count)
    if asked.child:
        for seed in seeds:
            print(json.dumps(try_seed(seed)), flush=True)
        return 0
    kinds, failed = Counter[str](), 0
    for seed, kind, fault in _in_children(seeds):
        kinds[kind] += 1
        if fault:
            failed += 1
            print(f"seed {seed} ({kind}): {fault}", flush=True)
    print(
        f"{len(seeds)} tried, {failed} failed; " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    )
    return 1 if failed else 0


def _in_children(seeds: range) -> Iterator[tuple[int, str, str | None]]:
    """Each seed with what it mangled and what failed; a child that hangs or crashes is followed by another."""
    first = seeds.start
    while first < seeds.stop:
        command = [
            sys.executable,
            "-m",
            "tests.fuzz",
            "--child",
            "--seed",
            str(first),
            "--count",
            str(seeds.stop - first),
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            while line := _line_in_time(child):
                yield (first, *json.loads(line))
                first += 1
        if first < seeds.stop:
            yield first, "crash", f"the process hung for {HANGS_AFTER} s, or ended with {child.returncode}"
            first += 1


def _line_in_time(child: subprocess.Popen[str]) -> str:
    timer = Timer(HANGS_AFTER, child.kill)
    timer.start()
    try:
        assert child.stdout is not None
        return child.stdout.readline()
    finally:
        timer.cancel()


def try_seed(seed: int) -> tuple[str, str | None]:
    """What a seed mangles, and what is wrong with the program's answer; None where nothing is."""
    random = Random(seed)
    with TemporaryDirectory() as name:
        folder = Path(name)
        mangled = write_project(folder, random)
        command = random.choice(OF_COMMENTARY if mangled.kind == "commentary" else COMMANDS)
        data = "data.xlsx" if mangled.kind == "workbook" else "data"
        environment = {"SGKPI_CATALOGUE": "indicators", "SGKPI_CACHE": "off"}
        if not (folder / "sgkpi.toml").exists():
            environment["SGKPI_DATA"] = data
        ran = run(*command, cwd=folder, env=environment)
    fault = fault_of(ran, mangled, command)
    return mangled.kind, None if fault is None else f"{' '.join(command)}: {fault}"


def fault_of(ran: Ran, mangled: Mangled, command: tuple[str, ...]) -> str | None:
    """What is wrong with an answer."""
    if ran.code not in EXPECTED or "Traceback" in ran.stderr:
        return f"exit {ran.code}: {ran.stderr[-300:]}"
    if ran.code not in (0, 1) and not ran.stderr.strip():
        return f"exit {ran.code} without a word"
    if ran.code == 1 and command[0] == "verify":
        return f"the engines disagree: {ran.stdout[-600:]}"
    if CANARY in ran.stderr:
        return "a message repeats a cell"
    if ran.code == 0 and command[0] == "compute" and mangled.rows is not None:
        read = {each["table"]: each["rows"] for each in json.loads(ran.stdout)["extract"]["tables"]}
        if read.get("contacts") not in (None, mangled.rows):
            return f"{mangled.rows} rows of contacts were written, {read['contacts']} read"
    return None


if __name__ == "__main__":
    sys.exit(main())
