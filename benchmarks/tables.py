"""What was measured, as Markdown that can stand in `docs/performance.md`."""

import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.processes import Timing

LIBRARIES = ("duckdb", "pandas", "polars", "pyarrow")


def machine() -> str:
    """The machine and the versions that the numbers were measured with."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{_processor()}, {os.cpu_count()} processors, {memory:.0f} GiB memory, {platform.system()}; "
        f"Python {platform.python_version()}, {libraries}."
    )


def sizes(clean: Path) -> str:
    """The clean files, and how large they are."""
    files = sorted(clean.glob("*/contacts.*"))
    return ", ".join(f"`{file.name}` {file.stat().st_size / 10**6:,.0f} MB" for file in files)


def times_table(timings: Iterable[Timing]) -> str:
    """Seconds, processor time and peak memory of every contestant of every race."""
    rows = [
        (
            timing.race.title,
            name,
            *(f"{each:.2f}" for each in (*timing.spread(name), timing.processor_seconds(name))),
            _megabytes(timing, name),
        )
        for timing in timings
        for name in timing.runs
    ]
    return _table(("question", "by", "least s", "median s", "most s", "processor s", "peak MB"), rows)


def ratios_table(timings: Iterable[Timing]) -> str:
    """How many times what each other contestant took sgkpi took, round by round, and the limits."""
    rows = [row for timing in timings for row in _ratio_rows(timing)]
    return _table(("question", "sgkpi against", "least", "median", "most", "limit", "aim"), rows)


def verdicts(timings: Iterable[Timing]) -> tuple[str, ...]:
    """Return a sentence for each limit that was passed."""
    over = []
    for timing in timings:
        limit, measured = timing.race.limit, timing.measured()
        if measured > limit.most:
            unit = f"times the {limit.against}" if limit.against else "s"
            unit += ", in processor time" * limit.processor
            over.append(f"{timing.race.title}: {measured:.2f} {unit}; the limit is {limit.most:g}")
        if timing.peak_bytes("sgkpi") >= limit.most_bytes:
            most = f"{limit.most_bytes / 10**6:,.0f}"
            over.append(f"{timing.race.title}: peak memory {_megabytes(timing, 'sgkpi')} MB; the limit is {most}")
    return tuple(over)


def commands(timings: Iterable[Timing]) -> str:
    """The commands of sgkpi that were timed, as one would type them."""
    ours = (contestant.command for timing in timings for contestant in timing.race.contestants[-1:])
    return "\n".join("    sgkpi " + " ".join(_relative(each[3:])) for each in ours)


def _relative(words: Sequence[str]) -> list[str]:
    here = str(Path.cwd()) + os.sep
    return [word.removeprefix(here) for word in words]


def _ratio_rows(timing: Timing) -> Iterator[tuple[str, ...]]:
    limit = timing.race.limit
    asked = (f"{limit.most:g}", f"{limit.aim:g}" if limit.aim else "")
    for name in timing.runs:
        if name != "sgkpi":
            ratios = timing.ratios(name)
            shown = (f"{each:.2f}" for each in (min(ratios), median(ratios), max(ratios)))
            yield (
                timing.race.title,
                name + ", processor time" * limit.processor,
                *shown,
                *(asked if limit.against == name else ("", "")),
            )
    if limit.against is None:
        yield (timing.race.title, "the clock, s", *(f"{each:.2f}" for each in timing.spread("sgkpi")), *asked)


def _megabytes(timing: Timing, name: str) -> str:
    return f"{timing.peak_bytes(name) / 10**6:,.0f}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headers, ["---", "---", *("---:" for _ in headers[2:])], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
