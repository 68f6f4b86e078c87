"""A funnel: which categories differ from the whole, as a document and as records (schema `sgkpi.funnel/1`)."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from sgkpi.answers.funnel import Funnel
from sgkpi.documents import document as doc
from sgkpi.documents import records as rec
from sgkpi.documents.figures import about_figures, tables_read
from sgkpi.documents.phrases import (
    TOO_EARLY,
    breakdown_name,
    cases_cell,
    caution_lines,
    period_in_words,
    provenance_lines,
    shown_category,
    value_cell,
    value_or_why,
)
from sgkpi.figures.columns import nearest
from sgkpi.figures.figure import Figure
from sgkpi.figures.funnel import FEWEST_CASES, FEWEST_CATEGORIES, FunnelFlag, FunnelPoint, expected_beyond
from sgkpi.figures.numbers import show_value
from sgkpi.model.expressions import Kind
from sgkpi.model.indicator import Improvement
from sgkpi.model.measures import SHARE
from sgkpi.model.words import capitalized

SCHEMA = "sgkpi.funnel/1"
COLUMNS = (
    *rec.category_columns("indicator", "period_kind", "period", "breakdown", "category"),
    *rec.count_columns("met", "judged"),
    *(
        rec.RecordColumn(name, Kind.NUMBER, of_measure=True)
        for name in ("value", "pooled", "lower95", "upper95", "lower998", "upper998")
    ),
    *rec.category_columns("flag"),
)
_WORDS = {
    FunnelFlag.FAR_BELOW: "far below",
    FunnelFlag.BELOW: "below",
    FunnelFlag.WITHIN: "within",
    FunnelFlag.ABOVE: "above",
    FunnelFlag.FAR_ABOVE: "far above",
    FunnelFlag.NOT_JUDGED: "not judged",
}
_HIGH, _LOW = (FunnelFlag.ABOVE, FunnelFlag.FAR_ABOVE), (FunnelFlag.BELOW, FunnelFlag.FAR_BELOW)


def funnel_document(found: Funnel) -> doc.Document:
    """Return the categories between their limits; without limits, a table of their values with why there are none."""
    total, by = found.total, breakdown_name(found.breakdown)
    name = f"{found.indicator.title} ({found.indicator.id}), {period_in_words(total.period)}, by {by}"
    whole = value_or_why(total) + (f", {cases_cell(total)}" if total.value is not None else "")
    lines = [f"All together: {whole}.", *_why_no_limits(found), *caution_lines(found.figures.cautions)]
    shown = _chart(found) if found.is_judged else _table(found)
    notes = (*_notes(found), *provenance_lines(found.figures))
    return doc.Document((doc.Title((name,)), doc.Paragraph(tuple(lines)), shown, doc.Notes(notes)))


def _why_no_limits(found: Funnel) -> Iterator[str]:
    if found.total.value is None or found.is_judged:
        return
    if not found.total.settled:
        yield f"{TOO_EARLY}: the period could still change."
    else:
        yield (
            f"Not compared: fewer than {FEWEST_CATEGORIES} categories have {FEWEST_CASES} cases or more; "
            "a longer --period has more."
        )


def _chart(found: Funnel) -> doc.FunnelChart:
    rows = tuple(_row(found, *each) for each in zip(found.categories, found.points, strict=True))
    whole = next(each.pooled for each in found.points if each.pooled is not None)
    return doc.FunnelChart(rows, whole, show_value(whole, SHARE))


def _row(found: Funnel, figure: Figure, point: FunnelPoint) -> doc.FunnelRow:
    better = _is_better(point.flag, figure.improvement)
    label = shown_category(found.indicator, found.breakdown.name, point.category)
    words = _WORDS[point.flag] + ("" if better is None else ": better" if better else ": worse")
    row = doc.FunnelRow(label, point.value, value_or_why(figure), cases_cell(figure), words, better)
    if (limits := point.limits) is None:
        return row
    shown = " to ".join(show_value(Fraction(each), figure.quantity) for each in (limits.lower95, limits.upper95))
    ordered = limits.lower998, limits.lower95, limits.upper95, limits.upper998
    return replace(row, limits=ordered, shown_limits=shown)


def _is_better(flag: FunnelFlag, improvement: Improvement) -> bool | None:
    """Return whether a category is on the better side; None where it is within the limits or neither side is."""
    if improvement is Improvement.NONE or flag not in (*_HIGH, *_LOW):
        return None
    return (flag in _HIGH) is (improvement is Improvement.INCREASE)


def _table(found: Funnel) -> doc.TableBlock:
    figures, by = found.categories, found.breakdown.name
    names = doc.column(
        capitalized(breakdown_name(found.breakdown)),
        figures,
        lambda each: shown_category(found.indicator, by, each.category),
    )
    others = (
        doc.column("Value", figures, value_cell, right=True),
        doc.column("Cases", figures, lambda each: "" if each.value is None else cases_cell(each), right=True),
        doc.column("Lowest", figures, lambda each: show_value(each.lowest, each.quantity), right=True),
        doc.column("Highest", figures, lambda each: show_value(each.highest, each.quantity), right=True),
    )
    return doc.TableBlock((names, *doc.filled(others)), when_empty="No categories.")


def _notes(found: Funnel) -> Iterator[str]:
    """Yield what the limits mean, and what they suppose."""
    if not found.is_judged:
        return
    judged = sum(each.flag is not FunnelFlag.NOT_JUDGED for each in found.points)
    yield "below, above: beyond the 95% limits, a difference that chance alone seldom makes; far: beyond those of 99.8%"
    yield (
        f"Of {judged} categories, chance alone would put {found.expected_beyond} beyond the 95% limits. "
        "The limits suppose that all have cases alike."
    )
    if len(found.points) > judged:
        yield (
            f"Not judged: what has fewer than {FEWEST_CASES} cases, and cases without a recorded category. "
            "They count in the value of all."
        )


def funnel_records(found: Funnel) -> rec.Records:
    """Return a row for each category, in its declared order."""
    rows = tuple(_record(found, point) for point in found.points)
    table = rec.RecordTable("funnel", COLUMNS, tuple({**row, "measure": "proportion"} for row in rows), lambda *_: 1)
    return rec.Records(
        table=table,
        json=lambda: _json(found, rows),
        text=lambda: (rec.rows_as_text(_as_read(table)), doc.Paragraph((rec.as_of_sentence(found.figures),))),
        about=(*about_figures(found.figures), ("Expected beyond the 95% limits by chance", found.expected_beyond)),
    )


def _record(found: Funnel, point: FunnelPoint) -> rec.Row:
    limits = point.limits
    return {
        "indicator": found.indicator.id,
        "period_kind": found.total.period.kind.value,
        "period": found.total.period.label,
        "breakdown": found.breakdown.name,
        **rec.members(point, "category", "met", "judged"),
        "value": nearest(point.value),
        "pooled": nearest(point.pooled),
        **{name: getattr(limits, name) if limits else None for name in ("lower95", "upper95", "lower998", "upper998")},
        "flag": point.flag.value,
    }


def _as_read(table: rec.RecordTable) -> rec.RecordTable:
    """Return a table with shares as percentages, as people read them."""
    shares = [each.name for each in table.columns if each.of_measure]

    def shown(row: rec.Row) -> rec.Row:
        known = {name: row[name] for name in shares if row[name] is not None}
        return {**row, **{name: show_value(Fraction(str(cell)), SHARE) for name, cell in known.items()}}

    return rec.RecordTable(table.name, table.columns, tuple(map(shown, table.rows)))


def _json(found: Funnel, rows: tuple[rec.Row, ...]) -> rec.Json:
    figures = found.figures
    return {
        **rec.json_head(SCHEMA, figures),
        "extract": {"source": figures.source, "tables": tables_read(figures)},
        **rec.limits(figures),
        "indicator": rec.members(found.indicator, "id", "title", "sha256"),
        "settled": found.total.settled,
        "expected_beyond": nearest(expected_beyond(found.points)),
        "funnel": rec.Lines(rows),
    }
