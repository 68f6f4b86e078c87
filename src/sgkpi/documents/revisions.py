"""Revisions of published figures: a document, and records (schema `sgkpi.revisions/1`)."""

from collections.abc import Iterator
from fractions import Fraction

from sgkpi import __version__
from sgkpi.documents import document as doc
from sgkpi.documents import records as rec
from sgkpi.figures.columns import Cell, nearest
from sgkpi.figures.numbers import NOTHING, show_value
from sgkpi.model.expressions import Kind
from sgkpi.model.measures import SHARE, Quantity
from sgkpi.model.words import plural
from sgkpi.snapshots.revisions import (
    MONTHS_FOR_STEADY,
    Revisions,
    RevisionSummary,
    Steady,
    Vintage,
)

SCHEMA = "sgkpi.revisions/1"
COLUMNS = (
    *rec.category_columns("indicator", "period"),
    *rec.count_columns("age"),
    *rec.text_columns("snapshot"),
    rec.RecordColumn("as_of", Kind.DATETIME),
    *rec.category_columns("status"),
    *(rec.RecordColumn(name, Kind.NUMBER) for name in ("value", "numerator", "denominator")),
    *(rec.RecordColumn(name, Kind.NUMBER) for name in ("since_first", "since_before")),
    rec.RecordColumn("on_same_meaning", Kind.BOOLEAN),
)
_SUMMARY = (
    *("indicator", "age", "n", "mean", "mean_absolute", "largest", "up", "down", "unchanged", "completeness"),
    *("interval_lower", "interval_upper", "interval_probability"),
)


def revisions_document(revisions: Revisions) -> doc.Document:
    """Return for each indicator how much its figures change, by the months that have passed since."""
    if not revisions.summaries:
        text = "No figure has been published twice yet: revisions need two snapshots that have a month in common."
        return doc.Document((doc.Paragraph((text,)),))
    quantities = {each.indicator: each.quantity for each in revisions.vintages}
    blocks: list[doc.Block] = []
    for steady in revisions.steady:
        own = [each for each in revisions.summaries if each.indicator == steady.indicator]
        if own:
            blocks += [doc.Heading(steady.indicator), _table(own, quantities[steady.indicator])]
            blocks.append(doc.Paragraph(tuple(_said(own[0], steady, quantities[steady.indicator]))))
    has_shares = any(each.is_share for each in quantities.values())
    points = ("Differences of percentages are in percentage points.",) if has_shares else ()
    return doc.Document((*blocks, doc.Notes(points)))


def _table(summaries: list[RevisionSummary], quantity: Quantity) -> doc.TableBlock:
    def signed(value: Fraction) -> str:
        return _difference(value, quantity, sign=True)

    return doc.TableBlock((
        doc.column("Since first\npublished", summaries, lambda each: plural(each.age, "month")),
        doc.column("Months", summaries, lambda each: f"{each.n:,}", right=True),
        doc.column("Mean\nrevision", summaries, lambda each: signed(each.mean), right=True),
        doc.column("Mean\nsize", summaries, lambda each: _difference(each.mean_absolute, quantity), right=True),
        doc.column("Largest", summaries, lambda each: signed(each.largest), right=True),
        doc.column("Up", summaries, lambda each: str(each.up), right=True),
        doc.column("Down", summaries, lambda each: str(each.down), right=True),
        doc.column("Same", summaries, lambda each: str(each.unchanged), right=True),
        doc.column("Cases known\nat first", summaries, lambda each: _share(each.completeness), right=True),
    ))  # fmt: skip


def _said(first: RevisionSummary, steady: Steady, quantity: Quantity) -> Iterator[str]:
    lower, upper, probability = first.interval_lower, first.interval_upper, first.interval_probability
    if lower is None or upper is None or probability is None:
        yield f"What the next first figure is likely to do: not known yet ({plural(first.n, 'month')}; 9 are needed)."
    else:
        span = f"{_difference(lower, quantity, sign=True)} to {_difference(upper, quantity, sign=True)}"
        yield f"The next first figure is likely to change by {span} (with a probability of {_share(probability)})."
    if steady.age is None:
        yield f"Steady: not known yet ({plural(steady.months, 'month')}; {MONTHS_FOR_STEADY} are needed)."
    else:
        yield f"Steady from {plural(steady.age, 'month')} after the end of the month."


def _difference(value: Fraction, quantity: Quantity, *, sign: bool = False) -> str:
    text = show_value(value, quantity).removesuffix("%")
    return f"+{text}" if sign and value > 0 else text


def _share(value: Fraction | None) -> str:
    return NOTHING if value is None else show_value(value, SHARE)


def revisions_records(revisions: Revisions) -> rec.Records:
    """Return a row for each vintage; JSON has the summaries, and from when figures are steady."""
    table = rec.RecordTable("revisions", COLUMNS, tuple(map(_row, revisions.vintages)))
    return rec.Records(
        table,
        json=lambda: {
            "schema": SCHEMA,
            "sgkpi": __version__,
            "vintages": rec.Lines(table.rows),
            "summaries": rec.Lines(map(_summary, revisions.summaries)),
            "steady": rec.Lines(rec.members(each, "indicator", "age") for each in revisions.steady),
        },
        about=(rec.ABOUT_SGKPI,),
    )


def _row(vintage: Vintage) -> dict[str, Cell]:
    return {
        "indicator": vintage.indicator,
        "period": str(vintage.period),
        **rec.members(vintage, "age", "snapshot", "as_of"),
        "status": vintage.status.value,
        "value": nearest(vintage.value),
        "numerator": nearest(vintage.numerator),
        "denominator": nearest(vintage.denominator),
        "since_first": nearest(vintage.since_first),
        "since_before": nearest(vintage.since_before),
        "on_same_meaning": vintage.on_same_meaning,
    }


def _summary(summary: RevisionSummary) -> dict[str, Cell]:
    cells = rec.members(summary, *_SUMMARY)
    return {name: nearest(cell) if isinstance(cell, Fraction) else cell for name, cell in cells.items()}
