"""A snapshot that was taken, or would be: a document, and records (schema `sgkpi.diff/1`)."""

from collections.abc import Iterator
from dataclasses import replace

from sgkpi.answers.diff import diff_of
from sgkpi.answers.snapshot.take import SnapshotTaken
from sgkpi.documents import document as doc
from sgkpi.documents import records as rec
from sgkpi.documents.diff import diff_json, notes_of, text_of
from sgkpi.documents.ledgers import changes_table, is_visible
from sgkpi.documents.phrases import as_of_and_source, caution_lines, problems_line, unavailable_lines
from sgkpi.documents.restatement import ledger_table
from sgkpi.model.groups import grouped
from sgkpi.model.periods import PeriodKind
from sgkpi.model.problems import Severity
from sgkpi.model.words import plural
from sgkpi.snapshots.gates import GateStatus
from sgkpi.snapshots.manifest import CheckRecord
from sgkpi.snapshots.restatement import Compared, FigureLedger


def snapshot_document(taken: SnapshotTaken, *, dry_run: bool = False) -> doc.Document:
    """Return what was taken, what changed in figures published before, and how the gates ended."""
    return doc.Document(tuple(_blocks(taken, dry_run=dry_run)))


def _blocks(taken: SnapshotTaken, *, dry_run: bool) -> Iterator[doc.Block]:
    yield doc.Title((headline(taken, dry_run=dry_run),), tuple(_below(taken)))
    moved = _of_months(taken)
    visible = [each for each in moved if is_visible(each)]
    if taken.previous is not None and not taken.decision.there:
        yield doc.Heading("What changed in figures published before")
        if visible:
            yield changes_table(visible)
        yield doc.Paragraph(tuple(_others(taken, visible)))
    yield from gate_blocks(taken.checks)
    figures = taken.figures
    yield doc.Notes((
        *caution_lines(figures.cautions),
        *notes_of(diff_of(taken), visible),
        *unavailable_lines(figures.unavailable, figures.unavailable_breakdowns),
        *problems_line(figures.problems),
    ))  # fmt: skip


def headline(taken: SnapshotTaken, *, dry_run: bool = False) -> str:
    """`2019-02-r1 taken: 13 indicators, 26 periods, 5,231 cases sealed (id 3fa91c0be27d)`."""
    manifest = taken.manifest
    if taken.decision.there is not None:
        cases = " and cases" if taken.decision.has_same_cases else "; its cases were not compared"
        return f"{manifest.name} is there already, with the same figures{cases} (id {taken.id})"
    sealed = f"{plural(manifest.cases.rows, 'case')} sealed" if manifest.cases else "no sealed cases"
    periods = len({each.period for each in taken.figures.figures})
    made = f"{plural(len(manifest.definitions), 'indicator')}, {plural(periods, 'period')}, {sealed}"
    if taken.snapshot is not None:
        return f"{manifest.name} taken: {made} (id {taken.id})"
    if taken.refused:
        return f"{manifest.name} needs a reason, nothing is written: {made}"
    if taken.stopped:
        return f"{manifest.name} is stopped by a gate, nothing is written: {made}"
    return f"{manifest.name} would be taken: {made}" if dry_run else f"{manifest.name}: {made}"


def _below(taken: SnapshotTaken) -> Iterator[str]:
    yield f"{as_of_and_source(taken.figures)}."
    previous, decision = taken.previous, taken.decision
    if previous is not None and not decision.there:
        verb = "Would supersede" if taken.snapshot is None else "Supersedes"
        known = f"{previous.name}, as of {previous.manifest.as_of:%Y-%m-%d %H:%M}"
        yield f"{verb} {known}" if decision.supersedes else f"Compared with {known}"
    if decision.there and decision.differs:
        yield f"What differs: {', '.join(decision.differs)}"
    if decision.later:
        yield f"{decision.later.name} is later, and does not look back at this one"


def _of_months(taken: SnapshotTaken) -> list[FigureLedger]:
    """Return the totals of months that moved."""
    totals = (each for each in taken.restatement.ledgers if each.breakdown is None and each.movements)
    return [each for each in totals if each.period.kind is PeriodKind.MONTH]


def _others(taken: SnapshotTaken, visible: list[FigureLedger]) -> Iterator[str]:
    """Yield how many more figures moved, and where they are shown."""
    moved = [each for each in taken.restatement.ledgers if each.movements]
    same = len(_of_months(taken)) - len(visible)
    longer = sum(each.breakdown is None and each.period.kind is not PeriodKind.MONTH for each in moved)
    within = sum(each.breakdown is not None for each in moved)
    if not moved:
        yield _nothing_moved(taken)
    if same:
        yield f"{plural(same, 'more figure')} of months with the same value, made of other cases: sgkpi diff"
    if longer:
        yield f"{plural(longer, 'figure')} of longer periods moved with them: sgkpi diff"
    if within:
        yield f"{plural(within, 'figure')} of categories moved: sgkpi diff --by all"


def _nothing_moved(taken: SnapshotTaken) -> str:
    restatement = taken.restatement
    if not any(each.comparison is Compared.SAME for each in restatement.ledgers):
        return "Nothing can be compared: no figure that was published before can be computed now."
    cases = "; whether of the same cases is not known" if restatement.not_followed else ", and made of the same cases"
    return f"Nothing: every figure that can be compared is the same{cases}."


def gate_blocks(checks: tuple[CheckRecord, ...]) -> Iterator[doc.Block]:
    """Yield how the gates ended: those that did not pass, each with why."""
    told = gate_lines(checks)
    if not told:
        yield doc.Paragraph(("Gates: all passed",))
        return
    passed = sum(each.status == GateStatus.PASSED for each in checks)
    items = (doc.Item(text, severity=Severity.ERROR if is_failed else None) for text, is_failed in told)
    yield doc.Items(tuple(items), f"Gates: {passed} of {len(checks)} passed")


def gate_lines(checks: tuple[CheckRecord, ...]) -> list[tuple[str, bool]]:
    """Return a line for each gate that did not pass, and whether it failed; those not evaluated share their reasons."""
    told = [
        (f"{each.status}: {each.gate}: {each.detail}", each.status == GateStatus.FAILED)
        for each in checks
        if each.status in (GateStatus.FAILED, GateStatus.ACCEPTED)
    ]
    reasons = grouped((each.detail, each.gate) for each in checks if each.status == GateStatus.NOT_EVALUATED)
    return [*told, *((f"not evaluated: {', '.join(gates)}: {why}", False) for why, gates in reasons.items())]


def snapshot_records(taken: SnapshotTaken, *, dry_run: bool = False) -> rec.Records:
    """Return every line of the ledgers; JSON has the gates too, Markdown what a summary of a job says."""
    diff = diff_of(taken)
    totals = replace(diff, ledgers=tuple(each for each in diff.ledgers if each.breakdown is None))
    head = headline(taken, dry_run=dry_run)
    told = [f"- {text}" for text, _ in gate_lines(taken.checks)]
    gates = doc.Paragraph(("Gates:", "", *told) if told else ("Gates: all passed",))
    return rec.Records(
        table=ledger_table(diff.ledgers),
        json=lambda: diff_json(
            diff, snapshot=taken.manifest.name, id=taken.id, checks=rec.Lines(vars(each) for each in taken.checks)
        ),
        text=lambda: (*text_of(totals, head), gates),
        about=rec.about_answer(taken.figures),
    )
