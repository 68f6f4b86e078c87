"""The changes between two snapshots: a document, and records (schema `sgkpi.diff/1`)."""

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING

from sgkpi import __version__
from sgkpi.answers.diff import Diff, Version
from sgkpi.documents import document as doc
from sgkpi.documents import records as rec
from sgkpi.documents.ledgers import changes_table, show_closing, show_opening, shown_changes, total_change, with_cases
from sgkpi.documents.phrases import named_or_counted
from sgkpi.documents.restatement import ledger_table
from sgkpi.model.groups import grouped
from sgkpi.snapshots.parts import Attribution
from sgkpi.snapshots.restatement import FigureLedger

if TYPE_CHECKING:
    from sgkpi.answers.snapshot.again import NamedCase

SCHEMA = "sgkpi.diff/1"
MOST_ROWS = 200
_CASE_COLUMNS = rec.text_columns("indicator", "period", "key", "step", "cause", "before", "after")
POINTS_NOTE = "Changes of percentages are in percentage points, and add up."
IN_ORDER_NOTE = "Changes of medians and maxima are those that the causes make one after the other, as listed."


def diff_document(diff: Diff) -> doc.Document:
    """Return each figure that moved, with the causes of its change."""
    over = f"over {', '.join(diff.path[1:-1])}" if len(diff.path) > 2 else ""
    first = [f"From {_told(diff.before)}"] if diff.before else []
    title = doc.Title((" ".join([*first, f"to {_told(diff.after)}"]),), (over,) if over else ())
    notes = tuple(notes_of(diff, diff.ledgers))
    if not diff.ledgers:
        cases = ", and none is made of other cases" if diff.is_followed else "; whether of the same cases is not known"
        return doc.Document((title, doc.Paragraph((f"No figure in both changed{cases}.",)), doc.Notes(notes)))
    blocks = (changes_table(diff.ledgers), *_cases(diff))
    return doc.Document((title, *blocks, doc.Notes(notes)))


def _cases(diff: Diff) -> Iterator[doc.Block]:
    """Yield the cases that moved, where they were asked for."""
    if diff.cases is not None:
        rows = [_case_row(each) for each in diff.cases]
        columns = ("key", "period", "cause", "before", "after")
        yield doc.Heading("Cases that moved")
        yield doc.TableBlock(tuple(doc.column(name.capitalize(), rows, itemgetter(name)) for name in columns))


def _case_row(case: "NamedCase") -> dict[str, str]:
    moved = case.moved
    return {
        "indicator": moved.indicator,
        "period": moved.month,
        "key": case.key,
        "step": moved.step.value,
        "cause": moved.cause.value,
        "before": case.before,
        "after": case.after,
    }


def diff_records(diff: Diff) -> rec.Records:
    """Return every line of the ledgers; JSON has the snapshots and the way between them, too."""
    cases = None if diff.cases is None else rec.RecordTable("cases", _CASE_COLUMNS, tuple(map(_case_row, diff.cases)))
    versions = [("Before", diff.before), ("After", diff.after)]
    return rec.Records(
        table=cases or ledger_table(diff.ledgers),
        json=lambda: diff_json(diff, **({"cases": rec.Lines(cases.rows)} if cases else {})),
        further=(ledger_table(diff.ledgers),) if cases else (),
        text=lambda: tuple(text_of(diff, f"Changes to {diff.after.snapshot}")),
        about=(("As of", diff.after.as_of), *((name, _told(each)) for name, each in versions if each), rec.ABOUT_SGKPI),
    )


def _told(version: Version) -> str:
    return f"{version.snapshot} (as of {rec.show_cell(version.as_of)})"


def diff_json(diff: Diff, **further: object) -> rec.Json:
    """Return the JSON document of a diff, with further members before its lines."""
    return {
        "schema": SCHEMA,
        "sgkpi": __version__,
        "before": diff.before and _version(diff.before),
        "after": _version(diff.after),
        "path": list(diff.path),
        **further,
        "lines": rec.Lines(ledger_table(diff.ledgers).rows),
    }


def _version(version: Version) -> rec.Json:
    return rec.members(version, "snapshot", "id", "as_of")


def notes_of(diff: Diff, shown: Sequence[FigureLedger]) -> Iterator[str]:
    """Yield how to read the changes shown, and which cases could not be followed."""
    if any(each.quantity.is_share and each.movements for each in shown):
        yield POINTS_NOTE
    if any(each.attribution is Attribution.IN_ORDER and each.movements for each in shown):
        yield IN_ORDER_NOTE
    for old, new in diff.renamed.items():
        yield f"{new} means the same as {old}, which is published no more"
    for why, indicators in grouped((why, indicator) for indicator, why in diff.not_followed.items()).items():
        yield f"Cases could not be followed: {named_or_counted(indicators)}: {why}"


def text_of(diff: Diff, heading: str) -> Iterator[rec.TextBlock]:
    """Yield the diff as Markdown has it: a table of totals with the two largest causes of each change."""
    yield doc.Heading(heading)
    if diff.before is None:
        yield doc.Paragraph(("There is no earlier snapshot to compare with.",))
        return
    yield doc.Paragraph((f"Compared with {diff.before.snapshot} (as of {rec.show_cell(diff.before.as_of)}).",))
    shown = diff.ledgers[:MOST_ROWS]
    if not shown:
        yield doc.Paragraph(("No figure changed.",))
        return
    yield doc.TableBlock((
        doc.column("Indicator", shown, lambda each: each.title + (f", {each.category}" if each.category else "")),
        doc.column("Period", shown, lambda each: each.period.label),
        doc.column("Published", shown, show_opening, right=True),
        doc.column("Now", shown, show_closing, right=True),
        doc.column("Change", shown, total_change, right=True),
        doc.column("Largest causes", shown, _largest),
    ))  # fmt: skip
    if more := len(diff.ledgers) - len(shown):
        yield doc.Paragraph((f"and {more:,} more",))


def _largest(ledger: FigureLedger) -> str:
    """Return the two causes that changed a figure most: `matured 5 cases, -0.2`."""
    told = list(zip(ledger.movements, shown_changes(ledger), strict=True))
    told.sort(key=lambda each: (abs(each[0].amounts.value or 0), each[0].cases or 0), reverse=True)
    return "; ".join(f"{(line.cause or '').replace('_', ' ')}{with_cases(line)}: {change}" for line, change in told[:2])
