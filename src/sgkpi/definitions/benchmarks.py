"""Published figures: `benchmarks.csv`, one in each row.

An area is England, one of its regions, `Statistical neighbours` or a council. Councils come and go, so any name is
taken for one that is not nearly that of another area.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path

from sgkpi.definitions.csv_rows import read_rows
from sgkpi.definitions.fields import parse_bound
from sgkpi.model.benchmarks import Benchmark
from sgkpi.model.indicator import Indicator
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Period, PeriodKind
from sgkpi.model.problems import Problem, did_you_mean

COLUMNS = ("indicator", "area", "period_kind", "period", "value", "source", "differs", "note")
_NEEDED = {
    "indicator": "write the id of the indicator",
    "area": "write whose figure it is, such as England",
    "period_kind": f"write one of {', '.join(PeriodKind)}",
    "period": "write it as figures do, such as 2018-19",
    "value": "write the published figure, or leave the row out",
    "source": "say where the figure was published",
}
AREAS = (
    *("England", "North East", "North West", "Yorkshire and The Humber", "East Midlands", "West Midlands"),
    *("East of England", "London", "South East", "South West", "Statistical neighbours"),
)
_CODE = "benchmarks"
_NEARLY = 0.85  # 'Englnd' and 'Statistical neighbors', and the name of no council


def read_benchmarks(
    path: Path, shown: str, names: Collection[str], indicators: Mapping[str, Indicator]
) -> tuple[tuple[Benchmark, ...], list[Problem]]:
    """Return the benchmarks of a file in its order, and every problem in it; both are empty if there is no file.

    `names` are those of all indicators, `indicators` those whose definitions are right.
    """
    rows, problems = read_rows(path, shown, _CODE)
    if not rows:
        return (), problems
    (line, header), *rows = rows
    columns = [cell.casefold().replace(" ", "_") for cell in header]
    problems += (Problem(shown, fault, _CODE, line) for fault in _faults_of_header(columns, header))
    if not set(COLUMNS).issubset(columns):
        return (), problems
    reading = _Reading(shown, names, indicators, problems)
    for line, cells in rows:
        if len(cells) != len(columns):
            fault = f"expected {len(columns)} cells, found {len(cells)}; put a text with a comma into quotation marks"
            reading.report(line, fault)
        else:
            reading.read(line, dict(zip(columns, cells, strict=True)))
    return tuple(reading.found), problems


def _faults_of_header(columns: Sequence[str], written: Sequence[str]) -> Iterator[str]:
    if len(columns) == 1 and (";" in columns[0] or "\t" in columns[0]):
        yield "the cells are not separated by commas; save the file as CSV with commas"
        return
    if missing := [name for name in COLUMNS if name not in columns]:
        yield f"the first line lacks {', '.join(missing)}; it must name {', '.join(COLUMNS)}"
    for place, (name, as_written) in enumerate(zip(columns, written, strict=True)):
        if name not in COLUMNS:
            hint = did_you_mean(name, COLUMNS) or "; take it out, or write what it says into note"
            yield f"unknown column '{as_written}'{hint}"
        elif name in columns[:place]:
            yield f"column '{as_written}' is listed twice; take one of them out"


@dataclass
class _Reading:
    """The benchmarks read so far, with the lines on which areas and benchmarks first occur."""

    shown: str
    names: Collection[str]
    indicators: Mapping[str, Indicator]
    problems: list[Problem]
    found: list[Benchmark] = field(default_factory=list)
    areas: dict[str, str] = field(default_factory=lambda: {area.casefold(): area for area in AREAS})
    lines: dict[tuple[str, str, Period], int] = field(default_factory=dict)

    def report(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.shown, message, _CODE, line))

    def read(self, line: int, row: Mapping[str, str]) -> None:
        """Add the benchmark of a row, or report everything that is wrong with it."""
        before = len(self.problems)
        for name, wanted in _NEEDED.items():
            if not row[name]:
                self.report(line, f"{name} is empty; {wanted}")
        if (indicator := row["indicator"]) and indicator not in self.names:
            hint = did_you_mean(indicator, self.names) or "; `sgkpi list` shows them all"
            self.report(line, f"no indicator '{indicator}'{hint}")
        self._check_area(line, row["area"])
        period = self._period(line, row["period_kind"], row["period"])
        value = self._value(line, row["value"], self.indicators.get(indicator))
        if len(self.problems) > before or period is None or value is None:
            return
        place = indicator, row["area"], period
        if (first := self.lines.setdefault(place, line)) != line:
            self.report(line, f"{indicator} has a value for {row['area']}, {period.label}, on line {first} already")
            return
        self.found.append(Benchmark(indicator, row["area"], period, value, row["source"], row["differs"], row["note"]))

    def _check_area(self, line: int, area: str) -> None:
        known = self.areas.setdefault(area.casefold(), area)
        if area != known:
            self.report(line, f"area '{area}' is written '{known}' elsewhere; write it in one way")
        elif area not in AREAS:
            near = get_close_matches(area.casefold(), [name.casefold() for name in AREAS], n=1, cutoff=_NEARLY)
            if near:
                self.report(line, f"no area '{area}'; did you mean '{self.areas[near[0]]}'?")

    def _period(self, line: int, kind: str, text: str) -> Period | None:
        if kind and kind not in list(PeriodKind):
            hint = did_you_mean(kind, PeriodKind) or f"; use {', '.join(PeriodKind)}"
            self.report(line, f"no kind of period '{kind}'{hint}")
        elif kind and text:
            try:
                return Period.parse(PeriodKind(kind), text)
            except ValueError as error:
                self.report(line, str(error))
        return None

    def _value(self, line: int, text: str, indicator: Indicator | None) -> Decimal | None:
        if not text:
            return None
        try:
            value = parse_bound(text)
        except ValueError:
            self.report(line, f"'{text}' is not a value; write it as 21.9%, 0.219 or 3")
            return None
        if indicator is not None and (fault := _fault_of_value(value, text, indicator)):
            self.report(line, fault)
        return value


def _fault_of_value(value: Decimal, text: str, indicator: Indicator) -> str | None:
    """Return why an indicator of this measure can have no such value; None if it can."""
    if not indicator.quantity.is_share and "%" in text:
        return f"{indicator.id} is a {indicator.measure}, so its value has no %"
    if indicator.measure in (Measure.PROPORTION, Measure.COUNT) and value < 0:
        return f"{indicator.id} is a {indicator.measure}, and {text} is below 0"
    if indicator.measure is Measure.PROPORTION and value > 1:
        hint = "" if "%" in text or value > 100 else f"; write {text}%"
        return f"{indicator.id} is a proportion, at most 1, which is 100%, and this is {text}{hint}"
    if indicator.quantity.is_share and value > 1 and "%" not in text:
        return f"{indicator.id} is in percent, where 1 is 100%; write {text}%"
    return None
