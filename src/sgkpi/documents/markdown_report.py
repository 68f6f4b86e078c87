"""Figures as Markdown, for people: the numbers that a paper quotes, and what they rest on."""

import re
from collections.abc import Iterable, Sequence

from sgkpi.figures.figure import Figure, Rating
from sgkpi.figures.figure_set import FigureSet
from sgkpi.figures.numbers import show_count, show_figure, show_target

COLUMNS = (
    "Indicator", "Period", "By", "Category", "Value", "Numerator", "Denominator", "Target", "Rating", "Status",
    "Not due", "Unknown",
)  # fmt: skip
NUMERIC = frozenset({"Value", "Numerator", "Denominator", "Target", "Not due", "Unknown"})
_SPECIAL = re.compile(r"([\\|`*<\[])")


def render_markdown(results: FigureSet) -> str:
    """A table of figures, with the as-of time and what could not be computed below it."""
    table = render_table(COLUMNS, map(_cells, results.figures), NUMERIC)
    return table + "\n" + "\n".join(_notes(results)) + "\n"


def render_table(columns: Sequence[str], rows: Iterable[Sequence[str]], numeric: frozenset[str] = frozenset()) -> str:
    """A Markdown table; numeric columns stand to the right."""
    rule = ["---:" if name in numeric else "---" for name in columns]
    lines = [_line(columns), _line(rule), *(_line([escape(cell) for cell in row]) for row in rows)]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Text that Markdown shows as it stands, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cells(figure: Figure) -> list[str]:
    return [
        figure.title,
        figure.period.label,
        figure.breakdown or "",
        figure.category or "",
        show_figure(figure),
        show_count(figure.numerator),
        show_count(figure.denominator),
        show_target(figure.target_green, figure.measure),
        _rating(figure),
        figure.status.value.replace("_", " "),
        show_count(figure.not_due),
        show_count(figure.unknown),
    ]


def _rating(figure: Figure) -> str:
    return "not rated" if figure.rating is Rating.NOT_RATED else figure.rating.value


def _notes(results: FigureSet) -> list[str]:
    source = f" Source: {escape(results.source)}." if results.source else ""
    as_of = results.as_of.isoformat(sep=" ", timespec="minutes")
    notes = [f"As of {as_of} ({results.as_of_source.value}).{source}"]
    notes += [f"- Cannot be computed: {each.indicator}: {escape(each.reason)}" for each in results.unavailable]
    return [notes[0], *([""] if notes[1:] else []), *notes[1:]]
