"""`snapshot`: publish the figures of a month with their sources, and compare them with the previous snapshot."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from sgkpi import __version__
from sgkpi.answers.compute import compute_ledger
from sgkpi.answers.inputs import engine_named
from sgkpi.answers.snapshot.reconcile import reconcile
from sgkpi.answers.snapshot.restate import Former, Present, Restatement, restate
from sgkpi.engines.protocol import Engine, Progress
from sgkpi.extracts import scratch as scratch_folders
from sgkpi.extracts.extract import Extract
from sgkpi.figures.build import build_figure_set
from sgkpi.figures.figure_set import FigureSet
from sgkpi.ledger.sealed import Seal
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import SnapshotError
from sgkpi.model.periods import Month, PeriodKind
from sgkpi.model.request import Request
from sgkpi.planning.availability import is_current_only, is_present
from sgkpi.planning.request import ResolvedRequest, check_usable, resolve
from sgkpi.snapshots.calendar import CALENDAR, RecordedCalendar, calendar_at
from sgkpi.snapshots.causes import Cause
from sgkpi.snapshots.commit import Committed, Decision, Draft, StoreChanged, commit, complete, decide
from sgkpi.snapshots.digests import meaning_digest
from sgkpi.snapshots.gates import (
    Gate,
    Scope,
    SealedComparison,
    SnapshotComparison,
    evaluate_gates,
    find_lost,
    find_renamed,
    find_shortened,
    stopping_gates,
)
from sgkpi.snapshots.lock import Writer
from sgkpi.snapshots.manifest import (
    CalendarRecord,
    CheckRecord,
    EngineRecord,
    Manifest,
    RequestRecord,
    UnavailableRecord,
)
from sgkpi.snapshots.published import FIGURES, Publication, publication_of, read_publication
from sgkpi.snapshots.reconciliation import Reconciliation
from sgkpi.snapshots.sealed import SealedFiles
from sgkpi.snapshots.secret import KEY_FILE, read_secret
from sgkpi.snapshots.sources import definition_files, definition_records, extract_record
from sgkpi.snapshots.store import Snapshot, Store

HISTORY = 12
KINDS = (PeriodKind.MONTH, PeriodKind.YEAR_TO_DATE)
REASONS, RESTATEMENT, RECONCILIATION = "reasons.csv", "restatement.csv", "reconciliation.csv"


@dataclass(frozen=True)
class SnapshotRequest:
    """A request for a snapshot. `fail_on` are the gates that stop it; the failure of those in `accept` is accepted."""

    month: Month
    history: int = HISTORY
    kinds: tuple[PeriodKind, ...] = KINDS
    as_of: datetime | None = None
    engine: str = "duckdb"
    reason: str | None = None
    fail_on: frozenset[Gate] = frozenset()
    accept: frozenset[Gate] = frozenset()
    dry_run: bool = False


@dataclass(frozen=True)
class Circumstances:
    """Facts from the edge of the program: who writes, the receipt, and random bytes for a first secret."""

    writer: Writer
    receipt: Mapping[str, object]
    new_secret: bytes


@dataclass(frozen=True)
class Renderers:
    """The files of a snapshot that are outputs of answers, as bytes."""

    figures: Callable[[FigureSet], bytes]
    reasons: Callable[[FigureSet], bytes]
    restatement: Callable[[Restatement], bytes]
    reconciliation: Callable[[tuple[Reconciliation, ...]], bytes]


@dataclass(frozen=True)
class SnapshotTaken:
    """A snapshot as it was taken, or as it would be.

    `snapshot` is that in the store; None where nothing was written: it was refused (`refused` says why), gates that
    were asked for failed (`stopped`), or it was a dry run. `is_added` is False where the same was there already.
    """

    manifest: Manifest
    id: str
    figures: FigureSet
    restatement: Restatement
    decision: Decision
    snapshot: Snapshot | None
    is_added: bool
    stopped: tuple[Gate, ...]
    refused: str | None

    @property
    def previous(self) -> Snapshot | None:
        return self.decision.previous

    @property
    def checks(self) -> tuple[CheckRecord, ...]:
        return self.manifest.checks


def take_snapshot(
    extract: Extract,
    catalogue: Catalogue,
    store: Store,
    asked: SnapshotRequest,
    renderers: Renderers,
    circumstances: Circumstances,
    *,
    progress: Progress | None = None,
) -> SnapshotTaken:
    """Take a snapshot, unless the store has the same already, or a gate that was asked for fails.

    Everything is computed, and every gate evaluated, before the store is touched. Raises SnapshotError where the
    store cannot be read or written, ExtractError also where a single table cannot be used, and what `compute` raises.
    """
    engine = engine_named(asked.engine)
    request = Request((), [asked.month], asked.history, asked.kinds, ["all"], asked.as_of, persons=True)
    resolved = resolve(extract, catalogue, request, engine.events)
    check_usable(resolved)
    taking = _Taking(resolved, catalogue, engine, asked, renderers, circumstances, progress)
    scratch = scratch_folders.temporary_folder()
    try:
        try:
            return taking.into(store, scratch / "first")
        except StoreChanged:
            return taking.into(store, scratch / "again")
    finally:
        scratch_folders.remove(scratch)


@dataclass(frozen=True)
class _Computed:
    """The figures of an extract, and their comparison with the previous snapshot; None where there is none."""

    figures: FigureSet
    sealed: Path | None
    restatement: Restatement
    reconciliation: tuple[Reconciliation, ...] = ()
    comparison: SnapshotComparison | None = None


@dataclass(frozen=True)
class _Taking:
    """The taking of one snapshot of a request."""

    resolved: ResolvedRequest
    catalogue: Catalogue
    engine: Engine
    asked: SnapshotRequest
    renderers: Renderers
    circumstances: Circumstances
    progress: Progress | None

    def into(self, store: Store, scratch: Path) -> SnapshotTaken:
        """Compute the figures, compare them with the snapshot before, and commit."""
        contents = store.contents()
        contents.check_whole()
        previous = contents.previous_of(self.asked.month)
        secret = (read_secret(store.private) or self.circumstances.new_secret) if store.private else None
        seal = Seal(secret) if secret else None
        former = find_former(previous, store, seal) if previous else None
        calendar = calendar_at(self.resolved.plan.as_of, self.catalogue.closures)
        with opened_to_seal(self.engine, self.resolved, seal) as engine:
            computed = self._compute(engine, former, calendar, seal, scratch)
        asked = self.asked
        checks = evaluate_gates(self.resolved.as_of_source, computed.comparison, asked.fail_on, asked.accept)
        return self._settle(store, self._draft(computed, checks, calendar, previous, seal), computed)

    def _compute(
        self, engine: Engine, former: Former | None, calendar: RecordedCalendar, seal: Seal | None, scratch: Path
    ) -> _Computed:
        """Compute and seal today's figures, and compare them with the previous snapshot."""
        resolved = self.resolved
        figures = build_figure_set(resolved, compute_ledger(resolved, engine, progress=self.progress))
        sealed = seal_months(resolved, engine, seal, scratch) if seal else None
        if former is None:
            return _Computed(figures, sealed, Restatement(()))
        present = Present(resolved, self.catalogue, publication_of(figures.figures), calendar.sha256, sealed)
        restatement = restate(former, present, engine, seal, scratch)
        reconciliation = reconcile(former, present, self._months)
        comparison = self._comparison(former, present, restatement, reconciliation)
        return _Computed(figures, sealed, restatement, reconciliation, comparison)

    def _settle(self, store: Store, draft: Draft, computed: _Computed) -> SnapshotTaken:
        """Commit a draft, unless it is a dry run, a gate stops it or it needs a reason."""
        decision = decide(store, draft)
        stopped = stopping_gates(draft.manifest.checks, self.asked.fail_on)
        refused = decision.needs_reason if not self.asked.reason else None
        committed: Committed | None = None
        if not (self.asked.dry_run or stopped or refused) or decision.there:
            committed = commit(store, draft, self.circumstances.writer)
        manifest = committed.snapshot.manifest if committed else complete(draft, decision)
        return SnapshotTaken(
            manifest=manifest,
            id=committed.snapshot.id if committed else sha256(manifest.to_bytes()).hexdigest()[:12],
            figures=computed.figures,
            restatement=computed.restatement,
            decision=decision,
            snapshot=committed.snapshot if committed else None,
            is_added=committed is not None and committed.is_added,
            stopped=() if decision.there else stopped,
            refused=refused,
        )

    def _draft(
        self,
        computed: _Computed,
        checks: tuple[CheckRecord, ...],
        calendar: RecordedCalendar,
        previous: Snapshot | None,
        seal: Seal | None,
    ) -> Draft:
        figures, sealed = computed.figures, computed.sealed
        files = {
            FIGURES: self.renderers.figures(figures),
            REASONS: self.renderers.reasons(figures),
            RESTATEMENT: self.renderers.restatement(computed.restatement),
            RECONCILIATION: self.renderers.reconciliation(computed.reconciliation),
            CALENDAR: calendar.to_bytes(),
            **definition_files(self.catalogue, self.resolved.plan),
        }
        accepted = tuple(sorted(each.gate for each in checks if each.status == "accepted"))
        resolved, asked = self.resolved, self.asked
        manifest = Manifest(
            month=asked.month,
            reason=asked.reason,
            accepted=accepted,
            engine=EngineRecord(asked.engine, version("duckdb") if asked.engine == "duckdb" else __version__),
            as_of=resolved.plan.as_of,
            as_of_source=resolved.as_of_source.value,
            asked=RequestRecord(asked.history, tuple(kind.value for kind in asked.kinds), ("all",)),
            extract=extract_record(resolved.extract, figures.tables),
            definitions=definition_records(self.catalogue, resolved.plan),
            calendar=CalendarRecord(calendar.first, calendar.last, calendar.sha256),
            unavailable=tuple(UnavailableRecord(each.indicator, each.reason) for each in resolved.unavailable),
            unplaced=figures.unplaced,
            checks=checks,
        )
        receipt = self.circumstances.receipt
        return Draft(manifest, files, receipt, previous, SealedFiles(sealed) if sealed else None, seal)

    @property
    def _months(self) -> list[Month]:
        """The months asked for."""
        return [self.asked.month.plus(-back) for back in range(self.asked.history + 1)]

    def _comparison(
        self,
        former: Former,
        present: Present,
        restatement: Restatement,
        reconciliation: tuple[Reconciliation, ...],
    ) -> SnapshotComparison:
        """Return the input of the gates that compare two snapshots."""
        manifest, plan = former.snapshot.manifest, self.resolved.plan
        now = frozenset(each.indicator.id for each in plan.indicators)
        by = ((each.indicator.id, by.name) for each in plan.indicators for by in each.breakdowns)
        covered = ((each, period) for each in now for period in present.figures.covered_periods(each))
        before, indicators = _scope(former.figures), (each.indicator for each in plan.indicators)
        # Of indicators that use the latest state, past months are not known any more.
        present_only = {each.id for each in indicators if is_current_only(each, self.resolved.extract)}
        passing = {each for each in before.covered if each[0] in present_only and is_present(each[1], manifest.as_of)}
        scope = Scope(now, frozenset(by), frozenset(covered))
        meanings = {name: meaning_digest(self.catalogue.indicators[name]) for name in now}
        renamed = find_renamed(manifest.meanings, meanings)
        reasons = {each.indicator: each.reason for each in self.resolved.unavailable}
        reasons |= {old: f"{new} means the same" for old, new in renamed.items()}
        republished = ((each, present.figures.by_place.get(each.place)) for each in former.figures.figures)
        sealed = None
        if restatement.keys is not None:
            program = _cases_of(restatement, Cause.PROGRAM)
            shortened = find_shortened(manifest.extract.covers, self.resolved.extract.covers)
            sealed = SealedComparison(restatement.keys, shortened, restatement.months, program, reconciliation)
        return SnapshotComparison(
            sgkpi_before=manifest.sgkpi,
            sgkpi=__version__,
            figures=[(was, now) for was, now in republished if was.is_covered and now and now.is_covered],
            meanings_before=manifest.meanings,
            meanings=meanings,
            lost=find_lost(before, scope, self._months, reasons, passing),
            unmatched=_cases_of(restatement, Cause.UNMATCHED),
            not_followed=restatement.not_followed,
            sealed=sealed,
        )


def opened_to_seal(engine: Engine, resolved: ResolvedRequest, seal: Seal | None) -> AbstractContextManager[Engine]:
    """Return an engine to compute and seal a request with; without a seal, the engine itself."""
    return engine.opened(resolved.plan, resolved.extract, seal) if seal else nullcontext(engine)


def seal_months(resolved: ResolvedRequest, engine: Engine, seal: Seal, scratch: Path) -> Path:
    """Seal the cases of every month that a period holds, and return their folder."""
    folder = scratch / "sealed"
    folder.mkdir(parents=True)
    engine.seal(resolved.plan_of_months(), resolved.extract, seal, folder)
    return folder


def find_former(previous: Snapshot, store: Store, seal: Seal | None) -> Former:
    """Return a snapshot to compare with, with its sealed cases where they can be compared."""
    figures, cases = read_publication(previous), previous.manifest.cases
    if cases is None:
        return Former(previous, figures, None, f"{previous.name} was taken without sealed cases")
    folder = store.sealed_folder(previous.name, cases.content)
    if folder is None or seal is None:
        return Former(previous, figures, None, "this snapshot is taken without sealed cases")
    if seal.id != cases.key_id:
        why = f"the cases of {previous.name} were sealed with another secret than {folder.parent / KEY_FILE}"
        return Former(previous, figures, None, why)
    if not folder.is_dir():
        return Former(previous, figures, None, f"the sealed cases of {previous.name} are not here: {folder}")
    sealed = SealedFiles(folder)
    # Other bytes, as another program may write them, hold the same cases; the receipt that tells may be gone.
    if not sealed.digests.items() <= previous.receipt_digests.items() and sealed.content != cases.content:
        raise SnapshotError(f"{folder} is not as it was written; restore it, or move it away: no case is followed then")
    return Former(previous, figures, folder)


def _scope(figures: Publication) -> Scope:
    indicators = frozenset(each.indicator for each in figures.figures)
    by = frozenset((each.indicator, each.breakdown) for each in figures.figures if each.breakdown is not None)
    covered = ((each, period) for each in indicators for period in figures.covered_periods(each))
    return Scope(indicators, by, frozenset(covered))


def _cases_of(restatement: Restatement, cause: Cause) -> int:
    """Count the cases of single months that moved for a cause."""
    totals = (each for each in restatement.ledgers if each.breakdown is None and each.period.kind is PeriodKind.MONTH)
    return sum(line.cases or 0 for each in totals for line in each.movements if line.cause is cause)
