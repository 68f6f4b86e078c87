"""`list`: the indicators of a catalogue, and which of them can be computed from an extract."""

from dataclasses import dataclass

from sgkpi.extracts.extract import Extract
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.problems import Problem
from sgkpi.planning.availability import Availability, availability


@dataclass(frozen=True)
class IndicatorList:
    """Indicators in the order of the catalogue; with an extract, its `tables` that can be read and its `problems`.

    Without an extract, none is available.
    """

    indicators: tuple[Availability, ...]
    with_extract: bool = False
    tables: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def available(self) -> int:
        """The number of indicators that can be computed from the extract."""
        return sum(each.available for each in self.indicators)


def list_indicators(catalogue: Catalogue, extract: Extract | None = None) -> IndicatorList:
    """List the indicators of a catalogue; with an extract, say which of them can be computed from it."""
    indicators = catalogue.indicators.values()
    if extract is None:
        return IndicatorList(tuple(Availability(each, available=False) for each in indicators))
    broken = (problem for problems in extract.broken.values() for problem in problems)
    listed = tuple(availability(each, extract) for each in indicators)
    return IndicatorList(listed, True, tuple(extract.tables), (*extract.problems, *broken))
