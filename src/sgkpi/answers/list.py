"""`list`: the indicators that a catalogue holds, and which of them an extract can carry."""

from dataclasses import dataclass

from sgkpi.extracts.extract import Extract
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.indicator import Indicator
from sgkpi.model.problems import Problem
from sgkpi.planning.availability import availability


@dataclass(frozen=True)
class Listed:
    """An indicator; with an extract, whether it can be computed from it, and why not or with what restriction."""

    indicator: Indicator
    available: bool | None = None
    reason: str | None = None


@dataclass(frozen=True)
class IndicatorList:
    """Indicators in the order of the catalogue; with an extract, its `tables` that can be read and its `problems`."""

    indicators: tuple[Listed, ...]
    with_extract: bool = False
    tables: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def available(self) -> int:
        """The number of indicators that the extract can carry."""
        return sum(bool(each.available) for each in self.indicators)


def list_indicators(catalogue: Catalogue, extract: Extract | None = None) -> IndicatorList:
    """List the indicators of a catalogue; with an extract, say which of them can be computed from it."""
    if extract is None:
        return IndicatorList(tuple(map(Listed, catalogue.indicators.values())))
    broken = (problem for problems in extract.broken.values() for problem in problems)
    return IndicatorList(
        tuple(
            Listed(each.indicator, each.available, each.reason)
            for each in (availability(indicator, extract) for indicator in catalogue.indicators.values())
        ),
        with_extract=True,
        tables=tuple(extract.tables),
        problems=(*extract.problems, *broken),
    )
