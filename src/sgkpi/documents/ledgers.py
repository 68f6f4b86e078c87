"""Ledgers in words: how a figure was published, what it is now, and the causes of its change."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from sgkpi.answers.published import Restated
from sgkpi.documents import document as doc
from sgkpi.documents.phrases import period_in_words
from sgkpi.figures.figure import Figure
from sgkpi.figures.numbers import NOTHING, Bounds, decimals, show_count, show_value
from sgkpi.model.measures import Measure, Quantity
from sgkpi.model.words import plural
from sgkpi.snapshots.causes import Cause, Step
from sgkpi.snapshots.parts import shown_parts
from sgkpi.snapshots.published import Amounts
from sgkpi.snapshots.restatement import Compared, FigureLedger, LedgerLine, LineKind

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


def is_visible(ledger: FigureLedger) -> bool:
    """Return whether a figure shows another value than it did."""
    return _value(ledger.opening, ledger, ledger.bounds_before) != _value(ledger.closing, ledger, ledger.bounds)


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
    category = f", {ledger.breakdown}: {ledger.category}" if ledger.breakdown else ""
    name = f"{ledger.title}, {period_in_words(ledger.period)}{category}"
    opening, closing = show_opening(ledger), show_closing(ledger)
    if ledger.comparison in _NOT_COMPARED and not ledger.movements:
        yield f"{name}: {_NOT_COMPARED[ledger.comparison]}", opening, closing, "", ""
        return
    changes = shown_changes(ledger)
    yield name, opening, closing, total_change(ledger), ""
    last = [line.step for line in ledger.movements]
    for line in ledger.lines:
        if line.kind is LineKind.MOVEMENT:
            cases = "" if line.cases is None else show_count(line.cases)
            yield f"  {cause_words(line)}", "", "", changes.pop(0), cases
        elif line.kind is LineKind.SUBTOTAL:
            yield f"  = {_on_the_way(line.step, last)}", "", _show(line.amounts, ledger, ledger.bounds), "", ""


def why_lines(restated: Restated, figure: Figure) -> Iterator[str]:
    """Yield how a figure was published, and the causes of its change where they are known."""
    ledger = restated.ledger
    if ledger is None:
        was = _show_amounts(restated.published, figure.quantity, restated.bounds)
        yield f"Published as {was} in {restated.snapshot}; this extract gives another figure."
        return
    yield f"Published as {show_opening(ledger)} in {restated.snapshot}. Since then:"
    for line, change in zip(ledger.movements, shown_changes(ledger), strict=True):
        moved = change_in_words(change, ledger)
        yield f"- {cause_words(line)}{with_cases(line)}{f': {moved}' if moved else ''}"


def restated_line(restated: Mapping[Figure, Restated]) -> Iterator[str]:
    """Yield which figures were published with another value."""
    told = [
        f"{each.indicator} {each.period.label}{f' {each.breakdown}: {each.category}' if each.breakdown else ''}"
        f" ({show_value(found.published.value, each.quantity, found.bounds)} in {found.snapshot})"
        for each, found in restated.items()
    ]
    if told:
        yield f"Restated since published: {', '.join(told)}; `sgkpi diff` says why"


def cause_words(line: LedgerLine) -> str:
    """Return a cause in words, with the columns that hold something else."""
    text = CAUSES[line.cause] if line.cause else ""
    columns = sorted(line.columns.items(), key=lambda each: (-each[1], each[0]))
    return text + (f" ({', '.join(f'{name} {cases:,}' for name, cases in columns)})" if columns else "")


def _on_the_way(step: Step | None, steps: Sequence[Step | None]) -> str:
    """Return what a figure after a step is; `steps` are those that moved anything."""
    order = list(Step)
    later = [each for each in steps if step is not None and each is not None and order.index(each) > order.index(step)]
    if Step.TIME in later:
        return "with today's records, as the time stood then"
    former = [name for name, each in (("calendar", Step.CALENDAR), ("definition", Step.DEFINITION)) if each in later]
    return f"on the former {' and '.join(former)}"


def show_opening(ledger: FigureLedger) -> str:
    """Return a figure as published, `97.3% (506/520)`, with the decimals that all values of its ledger have."""
    if ledger.quantity_before is not None:  # in its own unit
        return _show_amounts(ledger.opening, ledger.quantity_before, ledger.bounds_before)
    return _show(ledger.opening, ledger, ledger.bounds_before)


def show_closing(ledger: FigureLedger) -> str:
    """Return a figure as it is now, in the same way."""
    return _show(ledger.closing, ledger, ledger.bounds)


def _show(amounts: Amounts | None, ledger: FigureLedger, bounds: Bounds) -> str:
    return _show_amounts(amounts, ledger.quantity, bounds, _least_decimals(ledger))


def _show_amounts(amounts: Amounts | None, quantity: Quantity, bounds: Bounds, least: int = 0) -> str:
    if amounts is None or amounts.outcomes is None:
        return NOTHING
    value = "no cases" if amounts.value is None else show_value(amounts.value, quantity, bounds, least)
    if amounts.denominator is None or amounts.numerator is None or quantity.measure is Measure.MEAN:
        return value
    return f"{value} ({show_count(amounts.numerator)}/{show_count(amounts.denominator)})"


def _value(amounts: Amounts | None, ledger: FigureLedger, bounds: Bounds) -> str:
    return "" if amounts is None else show_value(amounts.value, ledger.quantity, bounds, _least_decimals(ledger))


def _least_decimals(ledger: FigureLedger) -> int:
    """Return the decimals that every value of a ledger has, where one needs more than one not to mislead; else 0."""
    values = [
        (line.amounts.value, ledger.bounds_before if line.kind is LineKind.OPENING else ledger.bounds)
        for line in ledger.lines
        if line.kind is not LineKind.MOVEMENT and line.amounts.value is not None
        if line.kind is not LineKind.OPENING or ledger.quantity_before is None
    ]
    least, most = 0, max((decimals(value, ledger.quantity, bounds) for value, bounds in values), default=0)
    while most > max(least, 1):
        least, most = most, max(decimals(value, ledger.quantity, bounds, most) for value, bounds in values)
    return least


def total_change(ledger: FigureLedger) -> str:
    """Return the change of the value as shown; nothing where either is missing."""
    values = [each.value if each else None for each in (ledger.opening, ledger.closing)]
    if values[0] is None or values[1] is None or ledger.quantity_before is not None:
        return NOTHING
    change = [values[1] - values[0]]
    return _signed(*shown_parts(ledger.quantity, values[0], values[1], change, _least_decimals(ledger)))


def shown_changes(ledger: FigureLedger) -> list[str]:
    """Return the shown change of each movement; together they are that of the shown values."""
    before, after = (each.value if each else None for each in (ledger.opening, ledger.closing))
    parts = [line.amounts.value for line in ledger.movements]
    known = [part for part in parts if part is not None]
    if before is None or after is None or len(known) != len(parts):
        return [NOTHING for _ in parts]
    shown = shown_parts(ledger.quantity, before, after, known, _least_decimals(ledger))
    return [_signed(part) for part in shown]


def change_in_words(change: str, ledger: FigureLedger) -> str:
    """Return a shown change with its unit: `+0.2 points`, `+2 days`, `-£3`; nothing where there is no number."""
    if change == NOTHING:
        return ""
    return f"{change} points" if ledger.quantity.is_share else ledger.quantity.with_unit(change)


def _signed(number: Decimal) -> str:
    return f"{number:+,}" if number else str(abs(number))


def with_cases(line: LedgerLine) -> str:
    """` (2 cases)`; nothing where their number is not known."""
    return "" if line.cases is None else f" ({plural(line.cases, 'case')})"
