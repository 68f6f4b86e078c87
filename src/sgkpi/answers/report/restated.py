"""Figures of a snapshot that the extract of a report restates, with the causes."""

from sgkpi.answers.compute import compute_ledger
from sgkpi.answers.inputs import engine_named
from sgkpi.answers.report.pack import Restatements
from sgkpi.answers.snapshot.restate import Present, restate
from sgkpi.answers.snapshot.take import find_former, seal_months
from sgkpi.extracts import scratch as scratch_folders
from sgkpi.extracts.extract import Extract
from sgkpi.figures.build import build_figure_set
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.periods import Month, PeriodKind
from sgkpi.model.request import Request
from sgkpi.planning.request import ResolvedRequest, resolve
from sgkpi.snapshots.calendar import calendar_at
from sgkpi.snapshots.published import publication_of
from sgkpi.snapshots.restatement import FigureLedger
from sgkpi.snapshots.store import Snapshot, Store


def find_restated(
    store: Store,
    snapshot: Snapshot,
    extract: Extract,
    catalogue: Catalogue,
    resolved: ResolvedRequest,
    month: Month,
    *,
    engine: str = "duckdb",
) -> Restatements:
    """Return the ledgers of figures that have changed since a snapshot, of months before that of a report.

    `resolved` is the request of the report, which gives the indicators and the as-of time. Which cases moved is not
    known where the sealed cases of the snapshot cannot be used. Raises SnapshotError if the snapshot cannot be read.
    """
    runner, manifest = engine_named(engine), snapshot.manifest
    ids = tuple(plan.indicator.id for plan in resolved.plan.indicators)
    request = Request(ids, [manifest.month], manifest.asked.history, by=["all"], as_of=resolved.plan.as_of)
    present = resolve(extract, catalogue, request, runner.events)
    figures = build_figure_set(present, compute_ledger(present, runner))
    seal, scratch = store.seal(), scratch_folders.temporary_folder()
    try:
        sealed = seal_months(present, runner, seal, scratch) if seal else None
        calendar = calendar_at(resolved.plan.as_of, catalogue.closures)
        now = Present(present, catalogue, publication_of(figures.figures), calendar.sha256, sealed)
        found = restate(find_former(snapshot, store, seal), now, runner, seal, scratch)
    finally:
        scratch_folders.remove(scratch)
    ledgers = tuple(each for each in found.ledgers if each.indicator in ids and _is_restated(each, month))
    not_followed = tuple(sorted((name, why) for name, why in found.not_followed.items() if name in ids))
    return Restatements(snapshot.name, ledgers, not_followed)


def _is_restated(ledger: FigureLedger, month: Month) -> bool:
    """Return whether a ledger is of the total of an earlier month, in both snapshots, and anything moved it."""
    is_total = ledger.breakdown is None and ledger.period.kind is PeriodKind.MONTH and ledger.period.last < month
    return is_total and ledger.opening is not None and ledger.closing is not None and bool(ledger.movements)
