"""`snapshot verify`: whether a store is as it was written, and its figures what the extract gives."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from sgkpi.answers.compute import compute
from sgkpi.answers.inputs import load_catalogue, open_extract
from sgkpi.figures.figure_set import FigureSet
from sgkpi.snapshots.published import FIGURES
from sgkpi.snapshots.sources import DEFINITIONS
from sgkpi.snapshots.store import Snapshot, Store
from sgkpi.snapshots.verify import StoreFinding, find_unvouched, verify_store


@dataclass(frozen=True)
class StoreVerification:
    """The findings in snapshots.

    `unvouched` are those of them for which nothing in the store vouches, and `recomputed` is the one whose figures were
    computed again.
    """

    snapshots: tuple[Snapshot, ...]
    findings: tuple[StoreFinding, ...]
    unvouched: tuple[Snapshot, ...] = ()
    recomputed: Snapshot | None = None

    @property
    def is_whole(self) -> bool:
        return not any(each.is_damage or each.needs_upgrade for each in self.findings)


def verify_snapshots(
    store: Store, name: str | None, data: Path | None, write_figures: Callable[[FigureSet], bytes]
) -> StoreVerification:
    """Verify every snapshot of a store, or one; with `data`, compute its figures (else the latest's) again.

    Raises SnapshotError where the one that is named is not there, and what `compute` raises.
    """
    contents = store.contents()
    chosen = contents.snapshots if name is None else (contents.find(name),)
    findings = verify_store(store, None if name is None else chosen)
    recomputed = chosen[-1] if data is not None and chosen else None
    if data is not None and recomputed is not None:
        findings = (*findings, *_recompute(recomputed, data, write_figures))
    return StoreVerification(chosen, findings, find_unvouched(contents, chosen), recomputed)


def _recompute(snapshot: Snapshot, data: Path, write_figures: Callable[[FigureSet], bytes]) -> tuple[StoreFinding, ...]:
    """Compute the figures of a snapshot again by its own definitions; return what differs."""
    manifest = snapshot.manifest
    catalogue = load_catalogue(snapshot.folder / DEFINITIONS)
    request, engine = manifest.request(persons=True), manifest.engine.name
    figures = compute(open_extract(data, catalogue), catalogue, request, engine=engine)
    if same_figures((snapshot.folder / FIGURES).read_bytes(), write_figures(figures)):
        return ()
    return (StoreFinding(snapshot.name, f"'{data}' gives other figures than {snapshot.folder / FIGURES}"),)


def same_figures(stored: bytes, computed: bytes) -> bool:
    """Whether stored figures equal those computed now, but for columns that a later version appended."""
    if stored == computed:
        return True
    then, now = (list(csv.reader(StringIO(content.decode(), newline=""))) for content in (stored, computed))
    width = len(then[0]) if then else 0
    return then == [row[:width] for row in now]
