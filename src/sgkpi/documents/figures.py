"""Figures as data: the long table with its provenance, and as Markdown the numbers that a paper quotes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from sgkpi.documents.document import Paragraph, TableBlock, TableColumn
from sgkpi.documents.records import (
    Json,
    Lines,
    RecordColumn,
    Records,
    RecordTable,
    Row,
    TextBlock,
    about_answer,
    as_of_sentence,
    json_head,
)
from sgkpi.figures.columns import FIGURE_COLUMNS, Cell, figure_row
from sgkpi.figures.figure import Figure, Rating, ReasonCount
from sgkpi.figures.figure_set import FigureSet
from sgkpi.figures.numbers import show_count, show_figure, show_target, show_value
from sgkpi.model.indicator import Improvement
from sgkpi.model.measures import Measure
from sgkpi.model.words import plural

SCHEMA = "sgkpi.figures/1"
COLUMNS = tuple(RecordColumn(column.name, column.kind, column.of_measure) for column in FIGURE_COLUMNS)


def figure_records(figures: FigureSet) -> Records:
    """Return the long table of figures; JSON has their provenance too, Parquet how the as-of time came about."""
    table = figure_table(figures.figures)
    return Records(
        table=table,
        json=lambda: _json(figures, table),
        text=lambda: _text(figures),
        about=about_figures(figures),
        metadata={"sgkpi.as_of_source": figures.as_of_source.value},
    )


def figure_table(figures: Iterable[Figure]) -> RecordTable:
    """Return figures as rows of the long table."""
    return RecordTable("figures", COLUMNS, tuple(map(figure_row, figures)), _decimals)


def about_figures(figures: FigureSet) -> tuple[tuple[str, Cell], ...]:
    """Return what figures rest on, and what could not be computed."""
    return (
        *about_answer(figures, figures.source),
        *(("Read", f"{each.table}: {plural(each.rows, 'row')}") for each in figures.tables),
        *(("Cannot be computed", f"{each.indicator}: {each.reason}") for each in figures.unavailable),
    )


def tables_read(figures: FigureSet) -> list[Json]:
    """Return what was read, as JSON says it."""
    return [
        {"table": each.table, "files": list(each.files), "rows": each.rows, "unreadable_cells": each.unreadable_cells}
        for each in figures.tables
    ]


def _json(figures: FigureSet, table: RecordTable) -> Json:
    return {
        **json_head(SCHEMA, figures),
        "extract": {"source": figures.source, "tables": Lines(tables_read(figures))},
        "definitions": Lines({"indicator": each.id, "sha256": each.sha256} for each in figures.indicators),
        "unavailable": Lines(vars(each) for each in figures.unavailable),
        "unplaced": Lines(_unplaced(figures)),
        "reasons": Lines(map(_reason, figures.reasons)),
        "figures": Lines(table.rows),
    }


def _unplaced(figures: FigureSet) -> Iterator[Json]:
    """Yield one record for every computed indicator, zeros included."""
    known = {each.indicator: each for each in figures.unplaced}
    for indicator in figures.indicators:
        found = known.get(indicator.id)
        blank, unreadable = (found.blank, found.unreadable) if found else (0, 0)
        yield {"indicator": indicator.id, "blank": blank, "unreadable": unreadable}


def _reason(count: ReasonCount) -> Json:
    return {
        "indicator": count.indicator,
        "period_kind": count.period.kind.value,
        "period": count.period.label,
        "breakdown": count.breakdown,
        "category": count.category,
        "outcome": count.outcome,
        "reason": count.reason,
        "cases": count.cases,
    }


def _decimals(row: Row, column: str) -> int:
    """Return how many decimals people see of a number in the unit of the measure."""
    measure, number = Measure(str(row["measure"])), str(row[column])
    if column in _TARGETS:
        shown = show_target(Decimal(number), measure)
    else:
        targets = [row[name] for name in _TARGETS if column == "value"]
        bounds = [Decimal(str(target)) for target in targets if target is not None]
        shown = show_value(Fraction(number), measure, bounds, Improvement(str(row["improvement"])))
    return len(shown.rstrip("%").partition(".")[2])


_TARGETS = ("target_green", "target_amber")


def _text(figures: FigureSet) -> tuple[TextBlock, ...]:
    """Return a table of figures, with the as-of time and what could not be computed below it."""
    missing = [f"- Cannot be computed: {each.indicator}: {each.reason}" for each in figures.unavailable]
    notes = [as_of_sentence(figures, figures.source), *(["", *missing] if missing else [])]
    columns = (
        TableColumn(heading, tuple(map(show, figures.figures)), right=heading in _NUMERIC)
        for heading, show in _SHOWN.items()
    )
    return TableBlock(tuple(columns)), Paragraph(tuple(notes))


_NUMERIC = frozenset({"Value", "Numerator", "Denominator", "Target", "Not due", "Unknown"})
_SHOWN: Mapping[str, Callable[[Figure], str]] = {
    "Indicator": lambda figure: figure.title,
    "Period": lambda figure: figure.period.label,
    "By": lambda figure: figure.breakdown or "",
    "Category": lambda figure: figure.category or "",
    "Value": show_figure,
    "Numerator": lambda figure: show_count(figure.numerator),
    "Denominator": lambda figure: show_count(figure.denominator),
    "Target": lambda figure: show_target(figure.target_green, figure.measure),
    "Rating": lambda figure: "not rated" if figure.rating is Rating.NOT_RATED else figure.rating.value,
    "Status": lambda figure: figure.status.value.replace("_", " "),
    "Not due": lambda figure: show_count(figure.not_due),
    "Unknown": lambda figure: show_count(figure.unknown),
}
