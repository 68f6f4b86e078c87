"""`snapshot revisions`: how much the figures of a month change after they are first published."""

from collections.abc import Iterator, Sequence

from sgkpi.model.catalogue import complete_each
from sgkpi.model.periods import PeriodKind
from sgkpi.snapshots.published import read_publication
from sgkpi.snapshots.revisions import PublishedTotal, Revisions, find_revisions
from sgkpi.snapshots.store import Snapshot, Store


def revisions_of(store: Store, indicators: Sequence[str] = ()) -> Revisions:
    """Return the revisions in a store, of the indicators whose ids begin so (none: all).

    Raises SnapshotError where a snapshot is damaged, and DefinitionsError for an unknown indicator.
    """
    contents = store.contents()
    contents.check_whole()
    totals = [total for snapshot in contents.snapshots for total in _totals(snapshot)]
    ids = set(complete_each(indicators, dict.fromkeys(each.indicator for each in totals)))
    return find_revisions(each for each in totals if not ids or each.indicator in ids)


def _totals(snapshot: Snapshot) -> Iterator[PublishedTotal]:
    """Yield the totals of months that a snapshot has."""
    manifest = snapshot.manifest
    for each in read_publication(snapshot).figures:
        if each.breakdown is None and each.period.kind is PeriodKind.MONTH:
            yield PublishedTotal(
                taken_for=manifest.month,
                revision=manifest.revision,
                as_of=manifest.as_of,
                indicator=each.indicator,
                quantity=each.quantity,
                meaning=manifest.meanings.get(each.indicator, ""),
                period=each.period.last,
                status=each.status,
                value=each.amounts.value,
                numerator=each.amounts.numerator,
                denominator=each.amounts.denominator,
            )
