"""The screen of `compute`: figures with what came before them, and what they rest on."""

from calendar import month_name
from collections.abc import Sequence
from dataclasses import replace

from rich.text import Text

from sgkpi.documents.write.terminal.cells import (
    PROVISIONAL_MARK,
    rating_cell,
    shown_cases,
    shown_title,
    shown_value,
    text_column,
)
from sgkpi.documents.write.terminal.column import Column, under_headings
from sgkpi.documents.write.terminal.footer import footer_lines, no_room_line
from sgkpi.documents.write.terminal.layout import lay_out
from sgkpi.documents.write.terminal.periods import MORE_NOTE, period_columns
from sgkpi.documents.write.terminal.rows import Row, screen_rows
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.documents.write.terminal.trend import show_spark, show_trend
from sgkpi.figures.figure import Figure, Status
from sgkpi.figures.figure_set import FigureSet
from sgkpi.figures.numbers import NOTHING, show_count, show_figure, show_target
from sgkpi.model.periods import Period, PeriodKind

CASES, LAST_YEAR, TWELVE_MONTHS = "Cases", "Same month\nlast year", "12 months"
WHERE_KNOWN = (CASES, LAST_YEAR, TWELVE_MONTHS)


def render_screen(results: FigureSet, periods: Sequence[Period], terminal: Terminal) -> str:
    """The figures of these periods by theme; the results hold what they are compared with as well."""
    rows = screen_rows(results, periods)
    side_by_side = _repeats_a_kind(periods)
    columns = (
        period_columns(rows, results.indicators, periods, terminal)
        if side_by_side
        else _columns(rows, periods, terminal)
    )
    layout = lay_out(columns, terminal)
    heading = [Text(_heading(periods), style="bold"), Text("")] if len(periods) == 1 else []
    body = list(layout.parts) if rows else [Text("No figures.")]
    hints = [*([MORE_NOTE] if side_by_side else []), *([no_room_line(layout.dropped)] if layout.dropped else [])]
    lines = [Text(line) for line in footer_lines(results, rows, hints, terminal.width)]
    return terminal.render(*heading, *body, Text(""), *lines)


def _repeats_a_kind(periods: Sequence[Period]) -> bool:
    """Whether there are several months, or several of another kind: they stand side by side."""
    return len({period.kind for period in periods}) < len(periods)


def _heading(periods: Sequence[Period]) -> str:
    only = periods[0]
    return f"{month_name[only.last.month]} {only.last.year}" if only.kind is PeriodKind.MONTH else only.label


def _columns(rows: Sequence[Row], periods: Sequence[Period], terminal: Terminal) -> list[Column]:
    """The titles, what was asked for, what it is compared with (months only), how it stands, and how to ask again."""
    figures = [row.figure for row in rows]
    monthly = any(each.period.kind is PeriodKind.MONTH for each in figures)
    shown = [
        *([text_column("Period", [each.period.label for each in figures])] if len(periods) > 1 else []),
        *_of_value(figures),
        *(_of_comparison(rows) if monthly else []),
        *_of_rating(figures),
        *([Column("Trend", tuple(show_trend(row, unicode=terminal.unicode) for row in rows))] if monthly else []),
        *_beside_value(figures),
        text_column(TWELVE_MONTHS, [show_spark(row) if terminal.unicode else "" for row in rows], 20),
        replace(text_column("Id", [each.indicator for each in figures], 10), beside_title=True),
    ]
    title = text_column("Indicator", [shown_title(each) for each in figures])
    said = [column for column in shown if column.heading not in WHERE_KNOWN or not column.is_empty]
    return under_headings([title, *said], [row.theme for row in rows])


def _of_value(figures: Sequence[Figure]) -> list[Column]:
    return [
        text_column("Value", _values(figures), right=True),
        text_column(CASES, [shown_cases(each) for each in figures], right=True),
    ]


def _of_comparison(rows: Sequence[Row]) -> list[Column]:
    return [
        text_column("Previous\nmonth", [_bare_value(row.previous) for row in rows], right=True),
        text_column(LAST_YEAR, [_bare_value(row.last_year) for row in rows], right=True),
        text_column("Year\nto date", [_bare_value(row.year_to_date) for row in rows], right=True),
    ]


def _of_rating(figures: Sequence[Figure]) -> list[Column]:
    return [
        text_column("Target", [show_target(each.target_green, each.measure) for each in figures], right=True),
        Column("Rating", tuple(rating_cell(each) for each in figures)),
    ]


def _beside_value(figures: Sequence[Figure]) -> list[Column]:
    """The cases that the value leaves out."""
    return [
        text_column("Not\ndue", [show_count(each.not_due) for each in figures], right=True),
        text_column("Unknown", [show_count(each.unknown) for each in figures], right=True),
    ]


def _values(figures: Sequence[Figure]) -> list[str]:
    """Values, provisional ones marked; where one is, the others leave its room free."""
    marks = [PROVISIONAL_MARK if each.status is Status.PROVISIONAL else " " for each in figures]
    room = PROVISIONAL_MARK in marks
    return [shown_value(each) + (mark if room else "") for each, mark in zip(figures, marks, strict=True)]


def _bare_value(figure: Figure | None) -> str:
    """A value of another period, held against the bounds of that period."""
    return NOTHING if figure is None else show_figure(figure)
