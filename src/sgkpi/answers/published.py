"""Figures compared with those of the latest snapshot: which have changed, and why."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sgkpi.figures.figure import Figure
from sgkpi.figures.numbers import Bounds, show_figure, show_value
from sgkpi.snapshots.published import Amounts, Place, Publication, PublishedFigure, read_publication
from sgkpi.snapshots.restatement import FigureLedger
from sgkpi.snapshots.store import LATEST, Store
from sgkpi.snapshots.stored import Ledgers, read_ledgers


@dataclass(frozen=True)
class Restated:
    """A figure as a snapshot has it, where it has changed since; its ledger says why, if the latest snapshot has one.

    `bounds` are those of its target then.
    """

    snapshot: str
    published: Amounts
    bounds: Bounds
    ledger: FigureLedger | None


@dataclass(frozen=True)
class LastPublished:
    """The latest snapshot's figures of some indicators, with their ledgers; `previous` names the one before."""

    snapshot: str
    previous: str | None
    figures: Publication
    ledgers: Ledgers

    def restated(self, figure: Figure) -> Restated | None:
        """Return how a figure was published, if it was another one, or made of other cases."""
        now, place = PublishedFigure.of(figure).amounts, figure.place
        published, ledger = self.figures.by_place.get(place), self.ledgers.get(place)
        if published is not None and published.amounts.outcomes != now.outcomes:
            return Restated(self.snapshot, published.amounts, published.bounds, None)
        if ledger is not None and self.previous is not None and (opening := ledger.opening) is not None:
            return Restated(self.previous, opening, ledger.bounds_before, ledger)
        return None

    def visibly_restated(self, figures: Iterable[Figure]) -> Mapping[Figure, Restated]:
        """Return the figures that show another value than was published, with what was published."""
        pairs = ((each, self.restated(each)) for each in figures)
        return {
            each: found
            for each, found in pairs
            if found is not None and show_value(found.published.value, each.quantity, found.bounds) != show_figure(each)
        }


def read_last_published(store: Store, indicators: Collection[str]) -> LastPublished:
    """Return what the latest snapshot says of indicators; raise SnapshotError where it cannot be read."""
    contents = store.contents()
    latest = contents.find(LATEST)
    figures, ledgers, previous = read_publication(latest, indicators), dict[Place, FigureLedger](), None
    if latest.manifest.previous is not None:
        before = contents.before(latest)
        previous = before.name
        ledgers.update(read_ledgers(latest, read_publication(before, indicators), figures, indicators))
    return LastPublished(latest.name, previous, figures, ledgers)
