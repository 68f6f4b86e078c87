"""Figures as data: the long table with its provenance, and as Markdown the numbers that a paper quotes."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from sgkpi.definitions.wording import words
from sgkpi.documents import records as rec
from sgkpi.documents.document import Paragraph, Rated, TableBlock, column
from sgkpi.documents.phrases import shown_breakdown, shown_category, unavailable_lines
from sgkpi.figures.columns import FIGURE_COLUMNS, Cell, figure_row
from sgkpi.figures.figure import Figure
from sgkpi.figures.figure_set import FigureSet
from sgkpi.figures.numbers import Bounds, decimals_in, show_count, show_figure, show_target, show_value
from sgkpi.figures.series import Series
from sgkpi.model.indicator import Improvement
from sgkpi.model.words import plural

SCHEMA = "sgkpi.figures/1"
COLUMNS = tuple(rec.RecordColumn(each.name, each.kind, each.of_measure) for each in FIGURE_COLUMNS)
_TARGETS = ("target_green", "target_amber")


def figure_records(figures: FigureSet) -> rec.Records:
    """Return the long table of figures; JSON has their provenance too, Parquet the source of the as-of time."""
    table = figure_table(figures.figures)
    return rec.Records(
        table=table,
        json=lambda: _json(figures, table),
        text=lambda: _text(figures),
        about=about_figures(figures),
        metadata={"sgkpi.as_of_source": figures.as_of_source.value},
    )


def figure_table(figures: Iterable[Figure]) -> rec.RecordTable:
    """Return figures as rows of the long table."""
    return rec.RecordTable("figures", COLUMNS, tuple(map(figure_row, figures)), _decimals)


def reason_table(figures: FigureSet) -> rec.RecordTable:
    """Return the number of cases for each outcome and reason that occurs."""
    columns = (
        *rec.category_columns("indicator", "period_kind", "period", "breakdown", "category", "outcome", "reason"),
        *rec.count_columns("cases"),
    )
    rows = (
        {
            "indicator": each.indicator,
            "period_kind": each.period.kind.value,
            "period": each.period.label,
            **rec.members(each, "breakdown", "category", "outcome", "reason", "cases"),
        }
        for each in figures.reasons
    )
    return rec.RecordTable("reasons", columns, tuple(rows))


def about_figures(figures: FigureSet) -> tuple[tuple[str, Cell], ...]:
    """Return what figures rest on, and what could not be computed."""
    read = (("Read", f"{each.table}: {plural(each.rows, 'row')}") for each in figures.tables)
    without = (
        ("Cannot be broken down", f"{each.indicator} by {each.breakdown}: {each.reason}")
        for each in figures.unavailable_breakdowns
    )
    return (*rec.about_answer(figures), *read, *rec.about_unavailable(figures.unavailable), *without)


def tables_read(figures: FigureSet) -> list[rec.Json]:
    """Return the tables that were read, as JSON has them."""
    return [rec.members(each, "table", "files", "rows", "unreadable_cells", "replaced_rows") for each in figures.tables]


def rests_on(figures: FigureSet) -> dict[str, object]:
    """Return the members that say what was read, by which definitions, and what could not be computed."""
    return {
        "extract": {"source": figures.source, "tables": rec.Lines(tables_read(figures))},
        "definitions": rec.Lines({"indicator": each.id, "sha256": each.sha256} for each in figures.indicators),
        "unavailable": rec.Lines(rec.members(each, "indicator", "reason") for each in figures.unavailable),
        **rec.limits(figures),
    }


def _json(figures: FigureSet, table: rec.RecordTable) -> rec.Json:
    unplaced = {each.indicator: rec.members(each, "blank", "unreadable") for each in figures.unplaced}
    none = {"blank": 0, "unreadable": 0}
    return {
        **rec.json_head(SCHEMA, figures),
        **rests_on(figures),
        "tables": rec.Lines({"table": name, "sha256": sha256} for name, sha256 in figures.declarations.items()),
        "holidays": {"sha256": figures.holidays_sha256} if figures.holidays_sha256 else None,
        "unplaced": rec.Lines({"indicator": each.id, **unplaced.get(each.id, none)} for each in figures.indicators),
        "reasons": rec.Lines(reason_table(figures).rows),
        "figures": rec.Lines(table.rows),
        "signals": rec.Lines(_icon(each) for each in figures.signals if each.breakdown is None),
    }


def _icon(series: Series) -> rec.Json:
    """Return what `sgkpi signals` says of the latest point."""
    month = None if series.icon.month is None else str(series.icon.month)
    words = rec.members(series.icon, "variation", "assurance", "limits", "reason")
    return {"indicator": series.indicator.id, "month": month, **words}


def _decimals(row: rec.Row, name: str) -> int:
    """Return how many decimals people see of a number in the unit of the measure."""
    quantity, number = rec.quantity_of(row), str(row[name])
    if name in _TARGETS:
        shown = show_target(Decimal(number), quantity)
    else:
        targets = [row[target] for target in _TARGETS if name == "value"]
        limits = tuple(Decimal(str(target)) for target in targets if target is not None)
        shown = show_value(Fraction(number), quantity, Bounds(limits, Improvement(str(row["improvement"]))))
    return decimals_in(shown)


def _text(figures: FigureSet) -> tuple[rec.TextBlock, ...]:
    """Return a table of figures, with the as-of time and what could not be computed below it."""
    missing = [f"- {line}" for line in unavailable_lines(figures.unavailable, figures.unavailable_breakdowns)]
    notes = [rec.as_of_sentence(figures), *(["", *missing] if missing else [])]
    rows, known = figures.figures, {each.id: each for each in figures.indicators}

    def category(each: Figure) -> str:
        return shown_category(known.get(each.indicator), each.breakdown or "", each.category)

    table = TableBlock((
        column("Indicator", rows, lambda each: each.title),
        column("Period", rows, lambda each: each.period.label),
        column("By", rows, lambda each: shown_breakdown(known.get(each.indicator), each.breakdown or "")),
        column("Category", rows, category),
        column("Value", rows, show_figure, right=True),
        column("Numerator", rows, lambda each: show_count(each.numerator), right=True),
        column("Denominator", rows, lambda each: show_count(each.denominator), right=True),
        column("Target", rows, lambda each: show_target(each.target_green, each.quantity), right=True),
        column("Rating", rows, lambda each: Rated(each.rating).words),
        column("Status", rows, lambda each: words(each.status)),
        column("Not due", rows, lambda each: show_count(each.not_due), right=True),
        column("Unknown", rows, lambda each: show_count(each.unknown), right=True),
    ))  # fmt: skip
    return table, Paragraph(tuple(notes))
