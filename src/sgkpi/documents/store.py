"""A store of snapshots: what is in it, one of them, and whether they are as they were written."""

import json
from collections.abc import Iterable, Iterator

from sgkpi.answers.snapshot.verify import StoreVerification
from sgkpi.documents import document as doc
from sgkpi.documents import records as rec
from sgkpi.documents.phrases import named_or_counted, rows_and_cells
from sgkpi.documents.snapshot import gate_blocks
from sgkpi.figures.columns import Cell
from sgkpi.model.expressions import Kind
from sgkpi.model.problems import Severity
from sgkpi.model.words import plural
from sgkpi.snapshots.store import Contents, Snapshot
from sgkpi.snapshots.verify import StoreFinding

LIST_SCHEMA, VERIFICATION_SCHEMA = "sgkpi.snapshots/1", "sgkpi.store_verification/1"
_LISTED = (
    *rec.text_columns("snapshot", "id", "month"),
    *rec.count_columns("revision"),
    rec.RecordColumn("as_of", Kind.DATETIME),
    *rec.text_columns("sgkpi"),
    *rec.count_columns("indicators", "sealed_cases"),
    *rec.text_columns("previous", "supersedes", "reason"),
)


def list_document(contents: Contents) -> doc.Document:
    """Return a line for each snapshot, the oldest first."""
    rows = [_row(each) for each in contents.snapshots]
    numbers = ("indicators", "sealed_cases")
    columns = (
        doc.TableColumn(name, tuple(rec.show_cell(row[key]) for row in rows), right=key in numbers)
        for name, key in (
            ("Snapshot", "snapshot"),
            ("Id", "id"),
            ("As of", "as_of"),
            ("Indicators", "indicators"),
            ("Sealed\ncases", "sealed_cases"),
            ("Compared\nwith", "previous"),
            ("Reason", "reason"),
        )
    )
    first, *others = columns
    table = doc.TableBlock((first, *doc.filled(others)), when_empty="No snapshots.")
    damaged = tuple(f"Left out: {each.message}" for each in contents.damaged)
    return doc.Document((table, doc.Notes(damaged)))


def list_records(contents: Contents) -> rec.Records:
    """Return a row for each snapshot; JSON has the damaged ones too."""
    table = rec.RecordTable("snapshots", _LISTED, tuple(_row(each) for each in contents.snapshots))
    damaged = rec.Lines({"snapshot": each.name, "message": each.message} for each in contents.damaged)
    return rec.Records(
        table,
        json=lambda: {"schema": LIST_SCHEMA, "snapshots": rec.Lines(table.rows), "damaged": damaged},
    )


def _row(snapshot: Snapshot) -> dict[str, Cell]:
    manifest = snapshot.manifest
    return {
        "snapshot": snapshot.name,
        "id": snapshot.id,
        "month": str(manifest.month),
        **rec.members(manifest, "revision", "as_of", "sgkpi"),
        "indicators": len(manifest.definitions),
        "sealed_cases": manifest.cases.rows if manifest.cases else None,
        "previous": manifest.previous.snapshot if manifest.previous else None,
        **rec.members(manifest, "supersedes", "reason"),
    }


def snapshot_facts(snapshot: Snapshot) -> Iterator[tuple[str, Cell]]:
    """Yield what a snapshot rests on, a label and a fact each."""
    manifest, extract = snapshot.manifest, snapshot.manifest.extract
    yield "Id", snapshot.id
    yield "As of", f"{rec.show_cell(manifest.as_of)} ({manifest.as_of_source})"
    yield "Months before", manifest.asked.history
    yield "Kinds of period", ", ".join(manifest.asked.periods)
    yield "Compared with", manifest.previous.snapshot if manifest.previous else None
    yield "Supersedes", manifest.supersedes
    yield "Reason", manifest.reason
    yield "Gates accepted", ", ".join(manifest.accepted) or None
    yield "Source", extract.source
    for table in extract.tables:
        names = ", ".join(file.name for file in table.files)
        yield f"Table {table.table}", f"{rows_and_cells(table.rows, table.unreadable_cells)}, from {names}"
    yield "Indicators", len(manifest.definitions)
    yield "Cannot be computed", named_or_counted([each.indicator for each in manifest.unavailable]) or None
    yield "Sealed cases", manifest.cases.rows if manifest.cases else "none"
    yield "Computed by", f"sgkpi {manifest.sgkpi}, {manifest.engine.name} {manifest.engine.version}"


def snapshot_manifest_document(snapshot: Snapshot) -> doc.Document:
    """Return what a snapshot rests on, and how its gates ended."""
    facts = tuple(doc.Fact(label, rec.show_cell(fact)) for label, fact in snapshot_facts(snapshot) if fact is not None)
    item = doc.Item(str(snapshot.folder), facts)
    return doc.Document((doc.Title((snapshot.name,)), doc.Items((item,)), *gate_blocks(snapshot.manifest.checks)))


def snapshot_manifest_records(snapshot: Snapshot) -> rec.Records:
    """Return the files of a snapshot; JSON is its manifest, with its id."""
    columns = (*rec.text_columns("name"), *rec.count_columns("bytes"), *rec.text_columns("sha256"))
    table = rec.RecordTable("files", columns, tuple(vars(each) for each in snapshot.manifest.files))
    manifest = json.loads(snapshot.manifest.to_bytes())
    return rec.Records(table, json=lambda: {"id": snapshot.id, **manifest})


def verification_document(verification: StoreVerification) -> doc.Document:
    """Return what is not as it was written, and the ids of the snapshots for which nothing vouches."""
    items = tuple(
        doc.Item(f"{each.snapshot}: {each.message}", severity=_severity(each)) for each in verification.findings
    )
    ids = tuple(
        f"{each.name} has the id {each.id}: nothing in the store vouches for it, so keep the id elsewhere"
        for each in verification.unvouched
    )
    return doc.Document((
        *([doc.Items(items)] if items else []),
        doc.Verdict(verdict(verification), verification.is_whole),
        doc.Notes(ids),
    ))  # fmt: skip


def _severity(finding: StoreFinding) -> Severity | None:
    return Severity.ERROR if finding.is_damage or finding.needs_upgrade else None


def verdict(verification: StoreVerification) -> str:
    """`3 snapshots are as they were written.`."""
    count = len(verification.snapshots)
    if not verification.is_whole:
        damage = sum(each.is_damage for each in verification.findings)
        told = [f"{plural(damage, 'thing')} {'is' if damage == 1 else 'are'} not as written; restore from a copy."]
        if any(each.needs_upgrade for each in verification.findings):
            told.append("A newer sgkpi wrote what this one cannot read: upgrade sgkpi, then verify again.")
        return " ".join(told if damage else told[1:])
    again = verification.recomputed
    figures = f"; the extract gives the figures of {again.name}, byte for byte" if again else ""
    return f"{plural(count, 'snapshot')} {'is' if count == 1 else 'are'} as written{figures}."


def verification_records(verification: StoreVerification) -> rec.Records:
    """Return a row for each finding; JSON has the ids of the snapshots too."""
    flags = (rec.RecordColumn(name, Kind.BOOLEAN) for name in ("is_damage", "needs_upgrade"))
    columns = (*rec.text_columns("snapshot", "message"), *flags)
    table = rec.RecordTable("findings", columns, tuple(vars(each) for each in verification.findings))
    snapshots = rec.Lines({"snapshot": each.name, "id": each.id} for each in verification.snapshots)
    return rec.Records(
        table,
        json=lambda: {
            "schema": VERIFICATION_SCHEMA,
            "whole": verification.is_whole,
            "recomputed": verification.recomputed and verification.recomputed.name,
            "snapshots": snapshots,
            "findings": rec.Lines(table.rows),
        },
    )


def forgotten_document(names: Iterable[str], month: str) -> doc.Document:
    """Return which sealed cases were removed."""
    removed = list(names)
    if not removed:
        return doc.Document((doc.Paragraph((f"There are no sealed cases of months before {month}.",)),))
    items = tuple(map(doc.Item, removed))
    return doc.Document((doc.Items(items, f"Removed {plural(len(removed), 'folder')} of sealed cases:"),))
