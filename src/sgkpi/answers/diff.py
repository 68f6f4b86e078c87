"""`diff`: what changed in the figures from one snapshot to another, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from sgkpi.answers.snapshot.take import SnapshotTaken
from sgkpi.model.catalogue import complete_each
from sgkpi.model.errors import UsageError
from sgkpi.model.problems import did_you_mean
from sgkpi.snapshots.gates import Gate, GateStatus, find_renamed
from sgkpi.snapshots.published import Publication, read_publication
from sgkpi.snapshots.restatement import FigureLedger
from sgkpi.snapshots.store import LATEST, Contents, Snapshot, Store
from sgkpi.snapshots.stored import ledgers_between, read_ledgers

if TYPE_CHECKING:
    from sgkpi.answers.snapshot.again import NamedCase

ALL = "all"


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
class DiffRequest:
    """A request for a diff: of one or two snapshots as the command line names them, or none.

    `indicators` are beginnings of ids (none: all), `by` breakdowns beside the totals. With `every`, figures that did
    not move are there too. `data` is the extract of the later snapshot, to work the ledgers out again; with it, `cases`
    lists those of one indicator that moved.
    """

    snapshots: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    every: bool = False
    data: Path | None = None
    cases: bool = False


@dataclass(frozen=True)
class Diff:
    """The ledgers of figures from one snapshot to another (`before` is None where there is none).

    `path` has the snapshots on the way, both ends included; it is empty where the later one does not come from the
    earlier. `is_followed` is whether every case could be followed; `not_followed` says why those of an indicator could
    not. `cases` are those that moved, None where nobody asked for them. `renamed` are indicators that are gone, with
    the new ones that mean the same.
    """

    before: Version | None
    after: Version
    path: tuple[str, ...]
    ledgers: tuple[FigureLedger, ...]
    is_followed: bool
    not_followed: Mapping[str, str] = field(default_factory=dict)
    cases: "tuple[NamedCase, ...] | None" = None
    renamed: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_changes(self) -> bool:
        return any(each.movements for each in self.ledgers)


def diff_snapshots(store: Store, asked: DiffRequest) -> Diff:
    """Return what changed between two snapshots, from the ledgers that were stored with them.

    Raises SnapshotError where a snapshot is missing or damaged, and UsageError and DefinitionsError for an unknown
    breakdown or indicator.
    """
    contents = store.contents()
    before, after = find_ends(contents, asked.snapshots)
    figures = {each.sha256: read_publication(each) for each in (before, after)}
    then, now = figures[before.sha256], figures[after.sha256]
    path, links = find_path(contents, before, after), None
    if asked.data is not None:
        return _worked_out_again(store, (before, after), (then, now), asked)
    if path:
        links = []
        for earlier, later in pairwise(path):
            for each in (earlier, later):
                figures.setdefault(each.sha256, read_publication(each))
            links.append(read_ledgers(later, figures[earlier.sha256], figures[later.sha256]))
    ledgers = chosen(tuple(ledgers_between(then, now, links)), asked, then, now)
    names = tuple(each.name for each in path)
    renamed, is_followed = _renamed(before, after, ledgers), bool(path) and all(map(_has_followed, path[1:]))
    return Diff(Version.of(before), Version.of(after), names, ledgers, is_followed, renamed=renamed)


def _has_followed(snapshot: Snapshot) -> bool:
    """Whether every case of the snapshot before could be followed."""
    checks = {each.gate: each.status for each in snapshot.manifest.checks}
    return checks.get(Gate.UNMATCHED) == GateStatus.PASSED


def _renamed(before: Snapshot, after: Snapshot, ledgers: Sequence[FigureLedger]) -> Mapping[str, str]:
    """Return the indicators of these ledgers that are gone, each with a new one that means the same."""
    asked = {each.indicator for each in ledgers}
    found = find_renamed(before.manifest.meanings, after.manifest.meanings)
    return {old: new for old, new in found.items() if old in asked or new in asked}


def _worked_out_again(
    store: Store, ends: tuple[Snapshot, Snapshot], figures: tuple[Publication, Publication], asked: DiffRequest
) -> Diff:
    """Return what changed, from the sealed cases of the earlier snapshot and the extract of the later."""
    from sgkpi.answers.snapshot.again import restate_again  # what judges cases in Python, which no snapshot needs

    known = dict.fromkeys(each.indicator for publication in figures for each in publication.figures)
    ids = complete_each(asked.indicators, known)
    if asked.cases and len(ids) != 1:
        raise UsageError("--cases: name one indicator, as in `sgkpi diff contacts_decided_24h --cases --data DIR`")
    if asked.data is None:
        raise ValueError("there is no extract to work from")
    of_cases = ids[0] if asked.cases else None
    restatement, cases = restate_again(store, *ends, asked.data, cases_of=of_cases)
    ledgers = chosen(restatement.ledgers, asked, *figures)
    not_followed = {name: why for name, why in restatement.not_followed.items() if not ids or name in ids}
    before, after = map(Version.of, ends)
    listed, path = cases if asked.cases else None, (before.snapshot, after.snapshot)
    return Diff(before, after, path, ledgers, not not_followed, not_followed, listed, _renamed(*ends, ledgers))


def find_ends(contents: Contents, names: Sequence[str]) -> tuple[Snapshot, Snapshot]:
    """Return the snapshots to compare: two that are named, or one that is named (or the latest) and its previous."""
    if len(names) > 1:
        return contents.find(names[0]), contents.find(names[1])
    after = contents.find(names[0] if names else LATEST)
    return contents.before(after), after


def find_path(contents: Contents, before: Snapshot, after: Snapshot) -> tuple[Snapshot, ...]:
    """Return the snapshots from one to another that comes from it, both included; none where it does not."""
    path = [after]
    while path[-1].sha256 != before.sha256:
        if path[-1].manifest.previous is None:
            return ()
        path.append(contents.before(path[-1]))
    return tuple(reversed(path))


def chosen(
    ledgers: tuple[FigureLedger, ...], asked: DiffRequest, *publications: Publication
) -> tuple[FigureLedger, ...]:
    """Return the ledgers of the indicators and breakdowns that are asked for."""
    known = dict.fromkeys(each.indicator for publication in publications for each in publication.figures)
    ids = set(complete_each(asked.indicators, known) or known)
    names = {each.breakdown for each in ledgers if each.breakdown and each.indicator in ids}
    if unknown := [name for name in asked.by if name not in (*names, ALL)]:
        nearest = did_you_mean(unknown[0], names) or f"; there are {', '.join(sorted(names)) or 'none'}"
        raise UsageError(f"no breakdown '{unknown[0]}'{nearest}")
    wanted = {None, *(names if ALL in asked.by else asked.by)}
    return tuple(
        each
        for each in ledgers
        if each.indicator in ids and each.breakdown in wanted and (asked.every or each.movements)
    )


def diff_of(taken: SnapshotTaken) -> Diff:
    """Return what a snapshot that was just taken, or refused, changes against the one before."""
    manifest = taken.manifest
    before = None if taken.previous is None else Version.of(taken.previous)
    path = () if before is None else (before.snapshot, manifest.name)
    after = Version(manifest.name, taken.id, manifest.as_of)
    moved = tuple(each for each in taken.restatement.ledgers if each.movements)
    not_followed = taken.restatement.not_followed
    return Diff(before, after, path, moved, not not_followed, not_followed)
