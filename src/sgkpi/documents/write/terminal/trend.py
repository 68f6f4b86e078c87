"""Which way a figure goes, in a word and a few marks."""

from fractions import Fraction

from rich.text import Text

from sgkpi.documents.write.terminal.rows import Row
from sgkpi.figures.figure import Figure
from sgkpi.figures.numbers import NOTHING, show_figure
from sgkpi.model.indicator import Improvement

SPARKS = "▁▂▃▄▅▆▇█"
MIDDLE = "▄"
BETTER, WORSE, SAME = "better", "worse", "same"
STYLES = {BETTER: "green", WORSE: "red"}


def show_trend(row: Row, *, unicode: bool) -> Text:
    """Against the month before: up or down, and whether that is better; not while the month runs.

    Two values that are shown alike are the same: a reader could not see which way they go.
    """
    now, before = _value(row.figure), _value(row.previous)
    if row.previous is None or now is None or before is None or not row.has_ended:
        return Text(NOTHING)
    if now == before or show_figure(row.figure) == show_figure(row.previous):
        return Text(SAME)
    up = now > before
    word = _meaning(up, row.figure.improvement)
    arrow = ("▲" if up else "▼") if unicode else ("up" if up else "down")
    plain = f"{arrow} {word}" if word else (f"{arrow} up" if up else f"{arrow} down") if unicode else arrow
    return Text(plain, style=STYLES.get(word, ""))


def show_spark(row: Row) -> str:
    """Twelve months as bars between their least and greatest value; a month without value is a gap."""
    values = [_value(figure) for figure in row.history]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    return "".join(_bar(value, min(known), max(known)) for value in values)


def _value(figure: Figure | None) -> Fraction | None:
    return figure.value if figure else None


def _meaning(up: bool, improvement: Improvement) -> str:
    if improvement is Improvement.NONE:
        return ""
    return BETTER if up == (improvement is Improvement.INCREASE) else WORSE


def _bar(value: Fraction | None, least: Fraction, greatest: Fraction) -> str:
    if value is None:
        return " "
    if least == greatest:
        return MIDDLE
    return SPARKS[int((value - least) / (greatest - least) * (len(SPARKS) - 1))]
