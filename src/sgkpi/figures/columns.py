"""The columns of the long table of figures, each once: every row, schema and header is made from `FIGURE_COLUMNS`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter

from sgkpi.figures.figure import Figure
from sgkpi.model.expressions import Kind
from sgkpi.model.outcomes import Outcome

Cell = str | int | float | bool | date | datetime | None


@dataclass(frozen=True)
class FigureColumn:
    """A column of the long table: its name, the type of its cells, and how to read one from a figure.

    `of_measure` marks numbers in the unit of the figure: fractions of 1 where it is a share.
    """

    name: str
    kind: Kind
    get: Callable[[Figure], Cell]
    of_measure: bool = False


def nearest(number: Fraction | Decimal | float | None) -> float | int | None:
    """Return the nearest double to an exact number; a whole number stays whole."""
    if number is None:
        return None
    numerator, denominator = number.as_integer_ratio()
    return numerator if denominator == 1 else numerator / denominator


def _text(name: str, get: Callable[[Figure], str | None]) -> FigureColumn:
    return FigureColumn(name, Kind.CATEGORY, get)


def _value(name: str, get: Callable[[Figure], Fraction | Decimal | float | None]) -> FigureColumn:
    return FigureColumn(name, Kind.NUMBER, lambda figure: nearest(get(figure)), of_measure=True)


FIGURE_COLUMNS: tuple[FigureColumn, ...] = (
    _text("indicator", lambda figure: figure.indicator),
    _text("title", lambda figure: figure.title),
    _text("measure", lambda figure: figure.measure.value),
    _text("period_kind", lambda figure: figure.period.kind.value),
    _text("period", lambda figure: figure.period.label),
    FigureColumn("period_start", Kind.DATE, lambda figure: figure.period.start),
    FigureColumn("period_end", Kind.DATE, lambda figure: figure.period.end),
    _text("breakdown", lambda figure: figure.breakdown),
    _text("category", lambda figure: figure.category),
    _text("status", lambda figure: figure.status.value),
    _value("value", lambda figure: figure.value),
    FigureColumn("numerator", Kind.NUMBER, lambda figure: nearest(figure.numerator)),
    FigureColumn("denominator", Kind.NUMBER, lambda figure: nearest(figure.denominator)),
    *(FigureColumn(outcome.value, Kind.INTEGER, attrgetter(outcome.value)) for outcome in Outcome),
    _value("lowest", lambda figure: figure.lowest),
    _value("highest", lambda figure: figure.highest),
    _value("target_green", lambda figure: figure.target_green),
    _value("target_amber", lambda figure: figure.target_amber),
    _text("improvement", lambda figure: figure.improvement.value),
    _text("rating", lambda figure: figure.rating.value),
    FigureColumn("rating_firm", Kind.BOOLEAN, lambda figure: figure.rating_firm),
    FigureColumn("as_of", Kind.DATETIME, lambda figure: figure.as_of),
    FigureColumn("settled", Kind.BOOLEAN, lambda figure: figure.settled),
    _value("interval_lower", lambda figure: figure.interval_lower),
    _value("interval_upper", lambda figure: figure.interval_upper),
    FigureColumn("persons", Kind.INTEGER, lambda figure: figure.persons),
    _text("unit", lambda figure: figure.unit and figure.unit.value),
)


def figure_row(figure: Figure) -> dict[str, Cell]:
    """Return a figure as a row of the long table, in its column order."""
    return {column.name: column.get(figure) for column in FIGURE_COLUMNS}
