"""What changed between two snapshots: a document, and records (schema `sgkpi.diff/1`)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from operator import itemgetter

from sgkpi import __version__
from sgkpi.answers.diff import Diff, Version
from sgkpi.answers.snapshot.again import NamedCase
from sgkpi.documents import document as doc
from sgkpi.documents import records as rec
from sgkpi.documents.phrases import period_in_words
from sgkpi.documents.restatement import ledger_table
from sgkpi.figures.numbers import NOTHING, show_count, show_value
from sgkpi.model.measures import Measure
from sgkpi.model.words import plural
from sgkpi.snapshots.causes import Cause, Step
from sgkpi.snapshots.parts import Attribution, shown_parts
from sgkpi.snapshots.published import Amounts
from sgkpi.snapshots.restatement import Compared, FigureLedger, LedgerLine, LineKind

SCHEMA = "sgkpi.diff/1"
MOST_ROWS = 200
CAUSES: Mapping[Cause, str] = {
    Cause.ARRIVED_LATE: "Recorded late: had happened, was not in the records",
    Cause.DELETED: "Deleted: in the records no more",
    Cause.ENTERED_LATE: "Entered late: something that was blank then is filled in",
    Cause.CORRECTED: "Corrected: recorded otherwise than then",
    Cause.MOVED_IN: "Moved in: belongs here since the records changed",
    Cause.MOVED_OUT: "Moved out: does not belong here since the records changed",
    Cause.RECATEGORISED: "Recategorised: in another category than then",
    Cause.PROGRAM: "Judged otherwise by sgkpi, though nothing recorded changed",
    Cause.UNMATCHED: "Not followed: nobody can tell which cases moved",
    Cause.NEW: "New: happened since then",
    Cause.MATURED: "Matured: were not due then",
    Cause.CONTINUED: "Went on since: were still open then",
    Cause.REWOUND: "Not known yet: the as-of time is earlier than then",
    Cause.CALENDAR: "Calendar: other days are no working days",
    Cause.DEFINITION: "Definition: judged by the new one",
}
_NOT_COMPARED: Mapping[Compared, str] = {
    Compared.FIRST: "published for the first time",
    Compared.GONE: "published no more",
    Compared.NOT_COVERED_BEFORE: "not covered then",
    Compared.NOT_COVERED_NOW: "not covered now",
    Compared.MEASURE_CHANGED: "another measure than then",
}
_CASE_COLUMNS = rec.text_columns("indicator", "period", "key", "step", "cause", "before", "after")
POINTS_NOTE = "Changes of percentages are in percentage points, and add up."
IN_ORDER_NOTE = "Changes of medians and maxima are those that the causes make one after the other, as listed."


def diff_document(diff: Diff) -> doc.Document:
    """Return each figure that moved, with the causes of its change."""
    over = f"over {', '.join(diff.path[1:-1])}" if len(diff.path) > 2 else ""
    first = [f"From {_told(diff.before)}"] if diff.before else []
    title = doc.Title((" ".join([*first, f"to {_told(diff.after)}"]),), (over,) if over else ())
    if not diff.ledgers:
        return doc.Document((title, doc.Paragraph(("No figure changed, and none is made of other cases.",))))
    blocks = (changes_table(diff.ledgers), *_cases(diff))
    return doc.Document((title, *blocks, doc.Notes(tuple(notes_of(diff, diff.ledgers)))))


def _cases(diff: Diff) -> Iterator[doc.Block]:
    """Yield the cases that moved, where they were asked for."""
    if diff.cases is not None:
        rows = [_case_row(each) for each in diff.cases]
        columns = ("key", "period", "cause", "before", "after")
        yield doc.Heading("Cases that moved")
        yield doc.TableBlock(tuple(doc.column(name.capitalize(), rows, itemgetter(name)) for name in columns))


def _case_row(case: NamedCase) -> dict[str, str]:
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
    return f"{version.snapshot} (as of {_moment(version.as_of)})"


def is_visible(ledger: FigureLedger) -> bool:
    """Return whether a figure shows another value than it did."""
    return _shown(ledger.opening, ledger.measure) != _shown(ledger.closing, ledger.measure)


def changes_table(ledgers: Sequence[FigureLedger]) -> doc.TableBlock:
    """Return a row for each figure, and below it one for each cause of its change and each figure on the way."""
    rows = [row for ledger in ledgers for row in _rows(ledger)]
    return doc.TableBlock((
        doc.TableColumn("Figure", tuple(row[0] for row in rows)),
        *doc.filled(
            doc.TableColumn(heading, tuple(row[place] for row in rows), right=True)
            for place, heading in enumerate(("Published", "Now", "Change", "Cases\nmoved"), start=1)
        ),
    ))  # fmt: skip


_Row = tuple[str, str, str, str, str]


def _rows(ledger: FigureLedger) -> Iterator[_Row]:
    measure, name = ledger.measure, _name(ledger)
    if ledger.comparison in _NOT_COMPARED and not ledger.movements:
        opening, closing = (_figure(each, measure) for each in (ledger.opening, ledger.closing))
        yield f"{name}: {_NOT_COMPARED[ledger.comparison]}", opening, closing, "", ""
        return
    changes = _changes(ledger)
    yield name, _figure(ledger.opening, measure), _figure(ledger.closing, measure), _total(ledger), ""
    last = [line.step for line in ledger.movements]
    for line in ledger.lines:
        if line.kind is LineKind.MOVEMENT:
            cases = "" if line.cases is None else show_count(line.cases)
            yield f"  {_cause(line)}", "", "", changes.pop(0), cases
        elif line.kind is LineKind.SUBTOTAL:
            yield f"  = {_on_the_way(line.step, last)}", "", _figure(line.amounts, measure), "", ""


def _name(ledger: FigureLedger) -> str:
    category = f", {ledger.breakdown}: {ledger.category}" if ledger.breakdown else ""
    return f"{ledger.title}, {period_in_words(ledger.period)}{category}"


def _cause(line: LedgerLine) -> str:
    text = CAUSES[line.cause] if line.cause else ""
    columns = sorted(line.columns.items(), key=lambda each: (-each[1], each[0]))
    return text + (f" ({', '.join(f'{name} {cases:,}' for name, cases in columns)})" if columns else "")


def _on_the_way(step: Step | None, steps: Sequence[Step | None]) -> str:
    """Return what a figure between two steps is; `steps` are those that moved anything."""
    if step is Step.RECORDS:
        return "with today's records, as the time stood then"
    former = [name for name, each in (("calendar", Step.CALENDAR), ("definition", Step.DEFINITION)) if each in steps]
    return f"on the former {'definition' if step is Step.CALENDAR else ' and '.join(former)}"


def _figure(amounts: Amounts | None, measure: Measure) -> str:
    """`97.3% (506/520)`."""
    if amounts is None or amounts.outcomes is None:
        return NOTHING
    value = "no cases" if amounts.value is None else show_value(amounts.value, measure)
    if amounts.denominator is None or amounts.numerator is None or measure is Measure.MEAN:
        return value
    return f"{value} ({show_count(amounts.numerator)}/{show_count(amounts.denominator)})"


def _shown(amounts: Amounts | None, measure: Measure) -> str:
    return "" if amounts is None else show_value(amounts.value, measure)


def _total(ledger: FigureLedger) -> str:
    """Return the change of the value as shown; nothing where either is missing."""
    values = [each.value if each else None for each in (ledger.opening, ledger.closing)]
    if values[0] is None or values[1] is None:
        return NOTHING
    return _signed(*shown_parts(ledger.measure, values[0], values[1], [values[1] - values[0]]))


def _changes(ledger: FigureLedger) -> list[str]:
    """Return the shown change of each movement; together they are that of the shown values."""
    before, after = (each.value if each else None for each in (ledger.opening, ledger.closing))
    parts = [line.amounts.value for line in ledger.movements]
    known = [part for part in parts if part is not None]
    if before is None or after is None or len(known) != len(parts):
        return [NOTHING for _ in parts]
    return [_signed(part) for part in shown_parts(ledger.measure, before, after, known)]


def _signed(number: Decimal) -> str:
    return f"{number:+,}" if number else str(abs(number))


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
    if any(each.measure is Measure.PROPORTION and each.movements for each in shown):
        yield POINTS_NOTE
    if any(each.attribution is Attribution.IN_ORDER and each.movements for each in shown):
        yield IN_ORDER_NOTE
    reasons: dict[str, list[str]] = {}
    for indicator, why in diff.not_followed.items():
        reasons.setdefault(why, []).append(indicator)
    for why, indicators in reasons.items():
        which = ", ".join(indicators) if len(indicators) <= 3 else plural(len(indicators), "indicator")
        yield f"Cases could not be followed: {which}: {why}"


def text_of(diff: Diff, heading: str) -> Iterator[rec.TextBlock]:
    """Yield the diff as Markdown has it: a table of totals with the two largest causes of each change."""
    yield doc.Heading(heading)
    if diff.before is None:
        yield doc.Paragraph(("There is no earlier snapshot to compare with.",))
        return
    yield doc.Paragraph((f"Compared with {diff.before.snapshot} (as of {_moment(diff.before.as_of)}).",))
    shown = diff.ledgers[:MOST_ROWS]
    if not shown:
        yield doc.Paragraph(("No figure changed.",))
        return
    yield doc.TableBlock((
        doc.column("Indicator", shown, lambda each: each.title + (f", {each.category}" if each.category else "")),
        doc.column("Period", shown, lambda each: each.period.label),
        doc.column("Published", shown, lambda each: _figure(each.opening, each.measure), right=True),
        doc.column("Now", shown, lambda each: _figure(each.closing, each.measure), right=True),
        doc.column("Change", shown, _total, right=True),
        doc.column("Largest causes", shown, _largest),
    ))  # fmt: skip
    if more := len(diff.ledgers) - len(shown):
        yield doc.Paragraph((f"and {more:,} more",))


def _largest(ledger: FigureLedger) -> str:
    """Return the two causes that changed a figure most: `matured 5 cases, -0.2`."""
    told = list(zip(ledger.movements, _changes(ledger), strict=True))
    told.sort(key=lambda each: (abs(each[0].amounts.value or 0), each[0].cases or 0), reverse=True)
    return "; ".join(
        f"{(line.cause or '').replace('_', ' ')}{_with_cases(line)}: {change}" for line, change in told[:2]
    )


def _with_cases(line: LedgerLine) -> str:
    return "" if line.cases is None else f" ({plural(line.cases, 'case')})"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
