"""Control charts a second time, index by index in binary arithmetic, from the text of the rules alone.

Nothing of `sgkpi.figures.limits` and `signals` is used: tests compare the two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import fmean
from typing import Any

NAMES = ("outside", "trend", "two_of_three", "shift")
SIGNALS = {
    ("outside", 1): "above_limit",
    ("outside", -1): "below_limit",
    ("trend", 1): "rising",
    ("trend", -1): "falling",
    ("two_of_three", 1): "two_of_three_high",
    ("two_of_three", -1): "two_of_three_low",
    ("shift", 1): "shift_high",
    ("shift", -1): "shift_low",
}
MEANINGS = {
    ("increase", 1): "improvement",
    ("increase", -1): "concern",
    ("decrease", 1): "concern",
    ("decrease", -1): "improvement",
    ("none", 1): "neutral_high",
    ("none", -1): "neutral_low",
}


@dataclass
class Cell:
    """A month: `top` over `bottom` (1 where the measure is no proportion); no value where top is None."""

    settled: bool
    top: int | None
    bottom: int
    target: float | None


Cells = Mapping[int, Cell]
Row = dict[str, Any]
Rows = dict[int, Row]


def judge(
    cells: Cells,
    measure: str,
    improvement: str,
    rebases: Sequence[int],
    baseline: tuple[int, int] | None,
    last: int,
) -> Rows:
    """Return a row for each month of the window; `cells` by number of month, `baseline` a pair of them or None."""
    settled = [at for at in range(last - 23, last + 1) if at in cells and cells[at].settled]
    end = settled[-1] if settled else last
    rows = {at: blank_row(1 + len([each for each in rebases if each <= at])) for at in range(end - 23, last + 1)}
    points = [at for at in rows if is_point(cells, at)]
    for phase in {rows[at]["phase"] for at in points}:
        own = [at for at in points if rows[at]["phase"] == phase]
        makes = own
        if baseline is not None and 1 + len([each for each in rebases if each <= baseline[0]]) == phase:
            fixed = [at for at in range(baseline[0], baseline[1] + 1) if is_point(cells, at)]
            makes = fixed or own
        fill(rows, cells, own, makes, measure, improvement)
    if points and rows[points[-1]]["limits"] == "firm":
        rows[points[-1]]["assurance"] = assure(rows[points[-1]], cells[points[-1]].target, improvement)
    return rows


def blank_row(phase: int) -> Row:
    names = ("reason", "mean", "lower", "upper", "near_lower", "near_upper", "signal", "variation", "assurance", *NAMES)
    return {"phase": phase, "limits": "none", **dict.fromkeys(names)}


def is_point(cells: Cells, at: int) -> bool:
    return at in cells and cells[at].settled and cells[at].top is not None


def fill(rows: Rows, cells: Cells, own: Sequence[int], makes: Sequence[int], measure: str, improvement: str) -> None:
    tops, bottoms = [cells[at].top for at in makes], [cells[at].bottom for at in makes]
    least = {"proportion": 2, "count": 5, "mean": -1}[measure]
    fewest = min(sum(tops), sum(bottoms) - sum(tops)) if measure == "proportion" else sum(tops)
    if len(makes) < 8 or fewest / len(makes) < least:
        for at in own:
            rows[at]["reason"] = "too_few_points" if len(makes) < 8 else "small_numbers"
        return
    for at in own:
        row = rows[at]
        row["limits"] = "firm" if len(makes) >= 12 else "trial"
        row["mean"] = sum(tops) / (sum(bottoms) if measure == "proportion" else len(tops))
        row["sigma"] = sigma(measure, tops, bottoms, cells[at].bottom)
        for name, times in (("lower", -3), ("upper", 3), ("near_lower", -2), ("near_upper", 2)):
            row[name] = row["mean"] + times * row["sigma"]
        row["clip"] = {"proportion": (0, 1), "count": (0, inf), "mean": (-inf, inf)}[measure]
        row.update(dict.fromkeys(NAMES, 0))
    run_rules(rows, cells, own, tops, bottoms if measure == "proportion" else [1] * len(tops))
    for at in own:
        row = rows[at]
        found = next((name for name in NAMES if row[name]), None)
        row["signal"] = SIGNALS[found, row[found]] if found else None
        row["variation"] = MEANINGS[improvement, row[found]] if found else "common_cause"


def sigma(measure: str, tops: Sequence[int], bottoms: Sequence[int], bottom: int) -> float:
    if measure != "proportion":
        return 2.66 / 3 * screened(tops)
    p = sum(tops) / sum(bottoms)
    z = [(x / n - p) / sqrt(p * (1 - p) / n) for x, n in zip(tops, bottoms, strict=True)]
    return max(1.0, screened(z) / 1.128) * sqrt(p * (1 - p) / bottom)


def screened(values: Sequence[float]) -> float:
    ranges = [abs(values[i + 1] - values[i]) for i in range(len(values) - 1)]
    mean = fmean(ranges)
    left = [each for each in ranges if each < 3.267 * mean]
    return fmean(left) if [each for each in left if each > 0] else mean


def apart(value: float, limit: float) -> int:
    """Return 0 for a value that is the limit but for a rounding."""
    return 0 if abs(value - limit) <= 1e-9 * max(1, abs(limit)) else (1 if value > limit else -1)


def run_rules(rows: Rows, cells: Cells, own: Sequence[int], tops: Sequence[int], bottoms: Sequence[int]) -> None:
    side, near = {}, {}
    for at in own:
        row = rows[at]
        difference = cells[at].top * sum(bottoms) - sum(tops) * cells[at].bottom  # whole numbers: exact
        side[at] = (difference > 0) - (difference < 0)
        value = cells[at].top / cells[at].bottom
        row["outside"] = max(0, apart(value, row["upper"])) + min(0, apart(value, row["lower"]))
        close = max(0, apart(value, row["near_upper"])) + min(0, apart(value, row["near_lower"]))
        near[at] = 0 if row["outside"] else close
    flag_runs(rows, cells, own, side, near)


def flag_runs(rows: Rows, cells: Cells, own: Sequence[int], side: Mapping[int, int], near: Mapping[int, int]) -> None:
    for start in range(len(own)):
        seven, three = own[start : start + 7], own[start : start + 3]
        for way in (1, -1):
            if len(seven) == 7 and all(side[at] == way for at in seven):
                for at in seven:
                    rows[at]["shift"] = way
            close = [at for at in three if near[at] == way]
            if len(close) > 1 and len(three) == 3 and all(side[at] == way for at in three):
                for at in close:
                    rows[at]["two_of_three"] = way
    for start in range(len(own) - 6):  # from left to right, so that a turning point ends up in the later trend
        seven = own[start : start + 7]
        steps = {step(cells, seven[i], seven[i + 1]) for i in range(6)}
        if steps in ({1}, {-1}):
            for at in seven:
                rows[at]["trend"] = max(steps)


def step(cells: Cells, before: int, after: int) -> int:
    difference = cells[after].top * cells[before].bottom - cells[before].top * cells[after].bottom
    return (difference > 0) - (difference < 0)


def assure(row: Row, target: float | None, improvement: str) -> str | None:
    if target is None or improvement == "none":
        return None
    if improvement == "increase":
        far, close, sign = row["upper"], row["lower"], 1
    else:
        far, close, sign = row["lower"], row["upper"], -1
    if apart(target, far) == sign:
        return "failing"
    return "hitting" if apart(target, close) != sign else "inconsistent"
