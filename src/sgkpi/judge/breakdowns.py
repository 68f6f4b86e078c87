"""The category of a case in a breakdown."""

from fractions import Fraction

from sgkpi.judge.cases import Case
from sgkpi.judge.expressions import evaluate
from sgkpi.judge.values import plain_number, plain_text
from sgkpi.model.indicator import Breakdown
from sgkpi.model.outcomes import NOT_RECORDED


def category(breakdown: Breakdown, case: Case) -> str:
    """The category of a case: its value as text, the label of its band, or `(not recorded)`."""
    value = evaluate(breakdown.expression, case.environment)
    if value is None or value == "":
        return NOT_RECORDED
    if breakdown.bands and isinstance(value, int | Fraction):
        return band_label(breakdown, value)
    return plain_text(value)


def band_label(breakdown: Breakdown, number: int | Fraction) -> str:
    """The label of the band that holds a number: the last one whose lower bound it reaches.

    `codes` holds the labels of the bands in order, after that for what lies below them all where
    it is declared.
    """
    reached = sum(Fraction(bound) <= number for bound in breakdown.bands)
    if reached:
        return breakdown.codes[len(breakdown.codes) - len(breakdown.bands) + reached - 1]
    return f"under {plain_number(breakdown.bands[0])}"
