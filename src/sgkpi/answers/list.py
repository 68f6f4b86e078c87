"""`list`: the indicators of a catalogue, and which of them can be computed from an extract."""

from collections.abc import Collection
from dataclasses import dataclass

from sgkpi.answers.compute import compute, with_ratings
from sgkpi.extracts.extract import Extract
from sgkpi.figures.figure_set import FigureSet
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.problems import Problem
from sgkpi.model.request import Request
from sgkpi.planning.availability import Availability, availability


@dataclass(frozen=True)
class IndicatorList:
    """Indicators in the order of the catalogue; with an extract, its `tables` that can be read and its `problems`.

    Without an extract, none is available. `rated` are the figures by which they were chosen, if they were.
    """

    indicators: tuple[Availability, ...]
    with_extract: bool = False
    tables: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    rated: FigureSet | None = None

    @property
    def available(self) -> int:
        """The number of indicators that can be computed from the extract."""
        return sum(each.available for each in self.indicators)


def rate_indicators(catalogue: Catalogue, extract: Extract, ratings: Collection[str]) -> FigureSet:
    """Return the figures of the last complete month that have one of these ratings. Raises as `compute` does."""
    figures = compute(extract, catalogue, Request(()))
    return with_ratings(figures, {each.period for each in figures.figures}, ratings)


def list_indicators(
    catalogue: Catalogue, extract: Extract | None = None, rated: FigureSet | None = None
) -> IndicatorList:
    """List the indicators of a catalogue, of those that are `rated`.

    With an extract, say which of them can be computed from it.
    """
    indicators = catalogue.indicators.values() if rated is None else rated.indicators
    if extract is None:
        return IndicatorList(tuple(Availability(each, available=False) for each in indicators))
    broken = (problem for problems in extract.broken.values() for problem in problems)
    listed = tuple(availability(each, extract) for each in indicators)
    return IndicatorList(listed, True, tuple(extract.tables), (*extract.problems, *broken), rated)
