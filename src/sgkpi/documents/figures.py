"""Figures as data: the long table with its provenance, and as Markdown the numbers that a paper quotes."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from sgkpi.documents import records as rec
from sgkpi.documents.document import Paragraph, TableBlock, column
from sgkpi.documents.phrases import shown_breakdown, shown_category, unavailable_lines
from sgkpi.figures.columns import FIGURE_COLUMNS, Cell, figure_row
from sgkpi.figures.figure import Figure, FigureSet, Rating
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


def _json(figures: FigureSet, table: rec.RecordTable) -> rec.Json:
    unplaced = {each.indicator: rec.members(each, "blank", "unreadable") for each in figures.unplaced}
    none = {"blank": 0, "unreadable": 0}
    return {
        **rec.json_head(SCHEMA, figures),
        "extract": {"source": figures.source, "tables": rec.Lines(tables_read(figures))},
        "definitions": rec.Lines({"indicator": each.id, "sha256": each.sha256} for each in figures.indicators),
        "unavailable": rec.Lines(rec.members(each, "indicator", "reason") for each in figures.unavailable),
        **rec.limits(figures),
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
    columns = (
        column(heading, figures.figures, show, right=heading in _NUMERIC) for heading, show in _shown(figures).items()
    )
    return TableBlock(tuple(columns)), Paragraph(tuple(notes))


_NUMERIC = frozenset({"Value", "Numerator", "Denominator", "Target", "Not due", "Unknown"})


def _shown(figures: FigureSet) -> Mapping[str, Callable[[Figure], str]]:
    """Return what stands under each heading, breakdowns and categories by their labels."""
    known = {each.id: each for each in figures.indicators}
    return {
        "Indicator": lambda figure: figure.title,
        "Period": lambda figure: figure.period.label,
        "By": lambda figure: shown_breakdown(known.get(figure.indicator), figure.breakdown or ""),
        "Category": lambda figure: shown_category(known.get(figure.indicator), figure.breakdown or "", figure.category),
        "Value": show_figure,
        "Numerator": lambda figure: show_count(figure.numerator),
        "Denominator": lambda figure: show_count(figure.denominator),
        "Target": lambda figure: show_target(figure.target_green, figure.quantity),
        "Rating": lambda figure: "not rated" if figure.rating is Rating.NOT_RATED else figure.rating.value,
        "Status": lambda figure: figure.status.value.replace("_", " "),
        "Not due": lambda figure: show_count(figure.not_due),
        "Unknown": lambda figure: show_count(figure.unknown),
    }
