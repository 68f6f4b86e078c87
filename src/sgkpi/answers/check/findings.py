"""The findings of `check`, each with its severity and the figures that it affects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction

from sgkpi.engines.checks import Check
from sgkpi.engines.quality import Rows, TableFacts
from sgkpi.figures.figure import Figure
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import JUDGED, Outcome
from sgkpi.model.periods import Month
from sgkpi.model.problems import Severity
from sgkpi.model.request import AsOfSource

_SEVERITY_ORDER = {severity: place for place, severity in enumerate(Severity)}
_CHECK_ORDER = {check: place for place, check in enumerate(Check)}


@dataclass(frozen=True)
class Effect:
    """The cases of a month's figure that a finding affects, by their present outcome.

    `unplaced` are those that it keeps out of every period. `lowest` and `highest` are the values of the figure if each
    of its cases had failed, or succeeded; None where the measure has no such bounds, or no case is affected.
    """

    figure: Figure
    cases: Mapping[Outcome, int]
    unplaced: int = 0
    lowest: Fraction | None = None
    highest: Fraction | None = None

    @property
    def indicator(self) -> str:
        return self.figure.indicator

    @property
    def touched(self) -> int:
        """The number of the month's cases that it lies in, without those that are excluded."""
        return sum(cases for outcome, cases in self.cases.items() if outcome is not Outcome.EXCLUDED)


@dataclass(frozen=True)
class Finding:
    """A fault of an extract.

    `table` is None for what concerns no table. `columns` are those that it lies in, `count` how many rows, cells or
    columns. `effects` are the figures whose cases of the month it lies in; `concerned` all indicators that use what
    is wrong, whether or not this month has such a case. `waived` is why the table's declaration accepts it. `values`
    are the most frequent cells with their numbers, where they are asked for.
    """

    severity: Severity
    check: Check
    table: str | None
    message: str
    count: int = 0
    columns: tuple[str, ...] = ()
    detail: str = ""
    places: tuple[Rows, ...] = ()
    effects: tuple[Effect, ...] = ()
    concerned: tuple[str, ...] = ()
    code: str = ""
    waived: str = ""
    values: tuple[tuple[str, int], ...] = ()

    @property
    def identifies_people(self) -> bool:
        """Whether it is a column that identifies people, which no extract may hold."""
        return self.check is Check.IDENTIFIER

    @property
    def named(self) -> str:
        """Its code, as messages show it; that of the problem for one about a file."""
        return self.code or self.check.value


@dataclass(frozen=True)
class QualityReport:
    """The findings on an extract, identifiers first, then table by table, the most severe first.

    `month` is that of the figures that the findings touch.
    """

    source: str | None
    as_of: datetime
    as_of_source: AsOfSource
    month: Month
    tables: tuple[TableFacts, ...]
    findings: tuple[Finding, ...] = field(default=())

    def of_severity(self, severity: Severity, table: str | None = None) -> int:
        """Return the number of findings of this severity, in one table where it is named; none that is waived."""
        found = (each for each in self.findings if not each.waived)
        return sum(each.severity is severity and table in (None, each.table) for each in found)

    def failing(self, least: Severity) -> tuple[Finding, ...]:
        """Return the findings of this severity or a worse one that are not waived."""
        most = _SEVERITY_ORDER[least]
        return tuple(each for each in self.findings if _SEVERITY_ORDER[each.severity] <= most and not each.waived)


def sort_findings(findings: Iterable[Finding], tables: Iterable[str]) -> tuple[Finding, ...]:
    """Sort findings: identifiers first; then those about no table; then table by table, the worst first."""
    places = {name: place for place, name in enumerate(tables)}
    return tuple(
        sorted(
            findings,
            key=lambda each: (
                each.check is not Check.IDENTIFIER,
                places.get(each.table or "", -1),
                _SEVERITY_ORDER[each.severity],
                _CHECK_ORDER[each.check],
            ),
        )
    )


def make_effect(figure: Figure, cases: Mapping[Outcome, int], unplaced: int) -> Effect:
    """Return the effect of these cases on a figure: its value if they all had failed, or succeeded."""
    effect = Effect(figure, cases, unplaced)
    touched = effect.touched
    if not touched or figure.met is None or figure.counted is None:
        return effect
    if figure.measure is Measure.COUNT:
        sure = figure.counted - cases.get(Outcome.COUNTED, 0)
        return replace(effect, lowest=Fraction(sure), highest=Fraction(sure + touched))
    if figure.measure is not Measure.PROPORTION or figure.denominator is None:
        return effect
    met = figure.met - cases.get(Outcome.MET, 0)
    every = figure.denominator - sum(cases.get(outcome, 0) for outcome in JUDGED) + touched
    return replace(effect, lowest=Fraction(met, every), highest=Fraction(met + touched, every))
