"""Cells of a workbook made from figures: values, targets and counts, or the reason why there is none."""

from decimal import Decimal
from fractions import Fraction

from sgkpi.documents.report.sheet import Number, SheetCell, Shorthand
from sgkpi.figures.columns import nearest
from sgkpi.figures.figure import Figure, Status
from sgkpi.figures.numbers import NO_BOUNDS, Bounds, bounds_of, decimals, decimals_in, show_target

NO_INDICATOR = "This report has no indicator."
NO_FIGURE = {
    Shorthand.NOT_AVAILABLE: "not available: the extract does not cover the period",
    Shorthand.NOT_APPLICABLE: "not applicable: no case was judged, or the measure or target has no such number",
}


def value_cell(figure: Figure | None) -> SheetCell:
    """Return the value of a figure."""
    if figure is None:
        return Shorthand.NOT_AVAILABLE
    return measured_cell(figure.value, figure, bounds_of(figure))


def measured_cell(
    value: Fraction | None, figure: Figure, bounds: Bounds = NO_BOUNDS, *, signed: bool = False
) -> SheetCell:
    """Return a number in the unit of a figure's measure, shown so that it does not seem to reach a bound it misses."""
    if value is None:
        return without_value(figure)
    places = decimals(value, figure.quantity, bounds)
    return Number(nearest(value) or 0, places, figure.quantity.is_share, signed)


def target_cell(bound: Decimal | None, figure: Figure) -> SheetCell:
    """Return a bound of the target, with one decimal or as many as it was set with."""
    if bound is None:
        return Shorthand.NOT_APPLICABLE
    is_share = figure.quantity.is_share
    places = decimals_in(show_target(bound, figure.quantity))
    return Number(nearest(bound) or 0, max(places, is_share), is_share)


def count_cell(count: Fraction | int | None, figure: Figure | None) -> SheetCell:
    """Return a number of cases."""
    if count is None:
        return without_value(figure)
    exact = Fraction(count)
    return Number(nearest(exact) or 0, 0 if exact.denominator == 1 else 1)


def without_value(figure: Figure | None) -> Shorthand:
    """Return why a number of a figure is missing."""
    covered = figure is not None and figure.status is not Status.NOT_COVERED
    return Shorthand.NOT_APPLICABLE if covered else Shorthand.NOT_AVAILABLE


def said(text: str) -> SheetCell:
    """Return a text, or that there is none."""
    return text if text.strip() else Shorthand.NOT_AVAILABLE


def yes_or_no(answer: bool) -> str:
    """Return an answer as people write it."""
    return "yes" if answer else "no"
