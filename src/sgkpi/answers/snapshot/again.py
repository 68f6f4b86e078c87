"""A restatement worked out again, from the extract of the later snapshot and the sealed cases of the earlier."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sgkpi.answers.cases import joined_key
from sgkpi.answers.inputs import engine_named, load_catalogue, open_extract
from sgkpi.answers.snapshot.restate import Present, Restatement, restate
from sgkpi.answers.snapshot.take import find_former, opened_to_seal, seal_months
from sgkpi.extracts import scratch as scratch_folders
from sgkpi.extracts.extract import Extract
from sgkpi.judge.evidence import sealed_key
from sgkpi.judge.tables import load_table
from sgkpi.judge.values import plain_text
from sgkpi.ledger.movements import Standing
from sgkpi.ledger.sealed import Seal
from sgkpi.model.errors import ExtractError
from sgkpi.planning.request import resolve
from sgkpi.snapshots.calendar import working_days_of
from sgkpi.snapshots.movements import MovedCase
from sgkpi.snapshots.published import read_publication
from sgkpi.snapshots.sources import DEFINITIONS, file_records
from sgkpi.snapshots.store import Snapshot, Store

_DIGITS = 8


@dataclass(frozen=True)
class NamedCase:
    """A case that moved, with its key as the extract has it, or else as the beginning of its digest."""

    key: str
    moved: MovedCase

    @property
    def before(self) -> str:
        """The standing before the step, as `not_met: decided_late`; blank where the figure did not have the case."""
        return _standing(self.moved.before)

    @property
    def after(self) -> str:
        """The standing after the step, in the same form."""
        return _standing(self.moved.after)


def _standing(standing: Standing | None) -> str:
    return ": ".join(part for part in (standing.outcome, standing.reason) if part) if standing else ""


def restate_again(
    store: Store, before: Snapshot, after: Snapshot, data: Path, *, cases_of: str | None = None
) -> tuple[Restatement, tuple[NamedCase, ...]]:
    """Compare two snapshots, given the extract of the later; `cases_of` is an indicator whose moved cases are listed.

    Raises ExtractError where it is another extract, and what `compute` raises.
    """
    manifest = after.manifest
    catalogue = load_catalogue(after.whole_folder(DEFINITIONS))
    extract, engine = open_extract(data, catalogue), engine_named(manifest.engine.name)
    resolved = resolve(extract, catalogue, manifest.request(), engine.events)
    plan = replace(resolved.plan, working_days=working_days_of(after, catalogue.closures))
    resolved = replace(resolved, plan=plan)
    _check_extract(after, extract, data)
    seal, scratch = store.seal(), scratch_folders.temporary_folder()
    try:
        former = find_former(before, store, seal)
        with opened_to_seal(engine, resolved, seal) as engine:
            sealed = seal_months(resolved, engine, seal, scratch) if seal else None
            present = Present(resolved, catalogue, read_publication(after), manifest.calendar.sha256, sealed)
            restatement = restate(former, present, engine, seal, scratch, with_cases=cases_of is not None)
    finally:
        scratch_folders.remove(scratch)
    wanted = [each for each in restatement.cases if each.indicator == cases_of]
    if not wanted or seal is None or cases_of is None:
        return restatement, ()
    keys = key_texts(extract, catalogue.indicators[cases_of].table.name, seal)
    return restatement, tuple(NamedCase(_named(each, keys), each) for each in wanted)


def key_texts(extract: Extract, table: str, seal: Seal) -> Mapping[bytes, str]:
    """Return the keys of a table as the extract has them, by their digests."""
    with extract.reading():
        loaded = load_table(extract.tables[table])
    keys = ((sealed_key(table, row, seal), row) for row in loaded.rows)
    return {
        key: joined_key([plain_text(value) for name in loaded.table.key if (value := row.values[name]) is not None])
        for key, row in keys
        if key is not None
    }


def _check_extract(snapshot: Snapshot, extract: Extract, data: Path) -> None:
    """Raise ExtractError where the files of a snapshot's tables are not those that it was taken from."""
    with extract.reading():
        for table in snapshot.manifest.extract.tables:
            source = extract.tables.get(table.table)
            found = {file.sha256 for file in file_records(source)} if source else set()
            if found != {file.sha256 for file in table.files}:
                raise ExtractError(f"'{data}' is not the extract of {snapshot.name}: {table.table} differs")


def _named(case: MovedCase, keys: Mapping[bytes, str]) -> str:
    if case.key is None:
        return "case without a key"
    return keys.get(case.key) or f"deleted case {case.key.hex()[:_DIGITS]}"
