"""`diff`: what changed in the figures from one snapshot to another, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sgkpi.answers.snapshot.take import SnapshotTaken
from sgkpi.snapshots.restatement import FigureLedger
from sgkpi.snapshots.store import Snapshot


@dataclass(frozen=True)
class Version:
    """A snapshot by its name, its id and its as-of time."""

    snapshot: str
    id: str
    as_of: datetime

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Version":
        return cls(snapshot.name, snapshot.id, snapshot.manifest.as_of)


@dataclass(frozen=True)
class Diff:
    """The ledgers of figures from one snapshot to another (`before` is None where there is none).

    `path` has the snapshots on the way, both ends included. `not_followed` says why the cases of an indicator could
    not be followed.
    """

    before: Version | None
    after: Version
    path: tuple[str, ...]
    ledgers: tuple[FigureLedger, ...]
    not_followed: Mapping[str, str] = field(default_factory=dict)


def diff_of(taken: SnapshotTaken) -> Diff:
    """Return what a snapshot that was just taken, or refused, changes against the one before."""
    manifest = taken.manifest
    before = None if taken.previous is None else Version.of(taken.previous)
    path = () if before is None else (before.snapshot, manifest.name)
    after = Version(manifest.name, taken.id, manifest.as_of)
    moved = tuple(each for each in taken.restatement.ledgers if each.movements)
    return Diff(before, after, path, moved, taken.restatement.not_followed)
