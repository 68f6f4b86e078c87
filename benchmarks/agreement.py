"""Whether two ways to the same figures agree: a time is worth nothing when the number is wrong."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.commands import Race

# The scripts subtract wall times. Where the clocks changed between start and stop they are an hour out,
# for a limit in hours and in these two months; sgkpi is not. Few cases lie so close to a limit.
CLOCK_CHANGES = ("2018-03", "2018-10")
HOURS = ("12h", "24h", "48h", "72h")
CLOCK_CHANGE_SHARE = 0.01
CLOCK_CHANGE_CASES = 5

Cell = tuple[str, str, str, str]
Counts = tuple[int, int, int]  # numerator, denominator, persons
Figures = Mapping[Cell, Counts]


@dataclass(frozen=True)
class Agreement:
    """How many figures two outputs share, how many differ for a change of the clocks, and every other difference."""

    figures: int
    clock_changes: int
    differences: tuple[str, ...]


def read_figures(path: Path) -> Figures:
    """Counts by indicator, period, breakdown and category; figures without cases are left out."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    figures = {
        (row["indicator"], row["period"], row["breakdown"], row["category"]): (
            int(float(row["numerator"] or 0)),
            int(float(row["denominator"] or 0)),
            int(row["persons"] or 0),
        )
        for row in rows
    }
    return {cell: counts for cell, counts in figures.items() if counts[1]}


def compare(ours: Figures, theirs: Figures) -> Agreement:
    """Every figure of the one against the other."""
    clock_changes, differences = 0, []
    for cell in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(cell), theirs.get(cell)
        if mine == other:
            continue
        if mine and other and _clocks_changed(cell, mine, other):
            clock_changes += 1
        else:
            differences.append(f"{' '.join(filter(None, cell))}: sgkpi {_shown(mine)}, script {_shown(other)}")
    return Agreement(len(ours), clock_changes, tuple(differences))


def check_race(race: Race) -> dict[str, Agreement]:
    """Compare sgkpi's figures with those of every other contestant that wrote any, from the files they last wrote."""
    outputs = {each.name: read_figures(each.output) for each in race.contestants if each.output}
    ours = outputs.pop("sgkpi", {})
    return {name: compare(ours, theirs) for name, theirs in outputs.items()}


def _clocks_changed(cell: Cell, ours: Counts, theirs: Counts) -> bool:
    indicator, period, *_ = cell
    allowed = CLOCK_CHANGE_CASES + CLOCK_CHANGE_SHARE * theirs[1]
    # A receipt in the hour that spring leaves out is read an hour later, which may be after its decision: unknown.
    near = all(abs(mine - other) <= CLOCK_CHANGE_CASES for mine, other in zip(ours[1:], theirs[1:], strict=True))
    return near and abs(ours[0] - theirs[0]) <= allowed and period in CLOCK_CHANGES and indicator.endswith(HOURS)


def _shown(counts: Counts | None) -> str:
    return f"{counts[0]} of {counts[1]}, {counts[2]} persons" if counts else "no figure"
