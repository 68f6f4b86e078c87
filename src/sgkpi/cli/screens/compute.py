"""The screen of `compute`: figures with what came before them, and what they rest on."""

from calendar import month_name
from collections.abc import Sequence
from dataclasses import replace

from rich.text import Text

from sgkpi.cli.screens.column import NEEDED, Column
from sgkpi.cli.screens.footer import PROVISIONAL_MARK, footer_lines
from sgkpi.cli.screens.layout import lay_out
from sgkpi.cli.screens.rows import Row, screen_rows
from sgkpi.cli.screens.terminal import Terminal
from sgkpi.cli.screens.text import printable
from sgkpi.cli.screens.trend import show_spark, show_trend
from sgkpi.figures.figure import Figure, Rating, Status
from sgkpi.figures.show import NOTHING, show_count, show_figure, show_target
from sgkpi.periods import Period, PeriodKind
from sgkpi.results import Results

STYLES = {Rating.GREEN: "bold green", Rating.AMBER: "bold yellow", Rating.RED: "bold red", Rating.NOT_RATED: ""}
CASES, LAST_YEAR, TWELVE_MONTHS = "Cases", "Same month\nlast year", "12 months"
WHERE_KNOWN = (CASES, LAST_YEAR, TWELVE_MONTHS)
WITHOUT_VALUE = {Status.NO_CASES: "no cases", Status.NOT_COVERED: "not covered"}


def render_screen(results: Results, periods: Sequence[Period], terminal: Terminal) -> str:
    """The figures of these periods by theme; the results hold what they are compared with as well."""
    rows = screen_rows(results, periods)
    layout = lay_out(_columns(rows, periods, terminal), terminal)
    heading = [Text(_heading(periods), style="bold"), Text("")] if len(periods) == 1 else []
    body = list(layout.parts) if rows else [Text("No figures.")]
    lines = [Text(line) for line in footer_lines(results, rows, layout.dropped, terminal.width)]
    return terminal.render(*heading, *body, Text(""), *lines)


def _heading(periods: Sequence[Period]) -> str:
    only = periods[0]
    return f"{month_name[only.last.month]} {only.last.year}" if only.kind is PeriodKind.MONTH else only.label


def _columns(rows: Sequence[Row], periods: Sequence[Period], terminal: Terminal) -> list[Column]:
    """The titles, what was asked for, what it is compared with (months only), how it stands, and how to ask again."""
    figures = [row.figure for row in rows]
    monthly = any(each.period.kind is PeriodKind.MONTH for each in figures)
    shown = [
        *([_column("Period", [each.period.label for each in figures])] if len(periods) > 1 else []),
        *_of_value(figures),
        *(_of_comparison(rows) if monthly else []),
        *_of_rating(figures),
        *([Column("Trend", tuple(show_trend(row, unicode=terminal.unicode) for row in rows))] if monthly else []),
        *_beside_value(figures),
        _column(TWELVE_MONTHS, [show_spark(row) if terminal.unicode else "" for row in rows], 20),
        replace(_column("Id", [each.indicator for each in figures], 10), beside_title=True),
    ]
    title = _column("Indicator", [_title(each) for each in figures])
    said = [column for column in shown if column.heading not in WHERE_KNOWN or not column.is_empty]
    return _with_themes(rows, [title, *said])


def _title(figure: Figure) -> str:
    if figure.breakdown is None:
        return figure.title
    return f"  {figure.breakdown}: {printable(figure.category or '')}"


def _of_value(figures: Sequence[Figure]) -> list[Column]:
    return [
        _column("Value", _values(figures), right=True),
        _column(CASES, [_cases(each) for each in figures], right=True),
    ]


def _of_comparison(rows: Sequence[Row]) -> list[Column]:
    return [
        _column("Previous\nmonth", [_bare_value(row.previous) for row in rows], right=True),
        _column(LAST_YEAR, [_bare_value(row.last_year) for row in rows], right=True),
        _column("Year\nto date", [_bare_value(row.year_to_date) for row in rows], right=True),
    ]


def _of_rating(figures: Sequence[Figure]) -> list[Column]:
    return [
        _column("Target", [show_target(each.target_green, each.measure) for each in figures], right=True),
        Column("Rating", tuple(Text(_rating(each), style=STYLES[each.rating]) for each in figures)),
    ]


def _beside_value(figures: Sequence[Figure]) -> list[Column]:
    """The cases that the value leaves out."""
    return [
        _column("Not\ndue", [show_count(each.not_due) for each in figures], right=True),
        _column("Unknown", [show_count(each.unknown) for each in figures], right=True),
    ]


def _column(heading: str, cells: Sequence[str], rank: int = NEEDED, *, right: bool = False) -> Column:
    return Column(heading, tuple(map(Text, cells)), rank, right)


def _values(figures: Sequence[Figure]) -> list[str]:
    """Values, provisional ones marked; where one is, the others leave its room free."""
    marks = [PROVISIONAL_MARK if each.status is Status.PROVISIONAL else " " for each in figures]
    room = PROVISIONAL_MARK in marks
    return [_value(each) + (mark if room else "") for each, mark in zip(figures, marks, strict=True)]


def _value(figure: Figure) -> str:
    return WITHOUT_VALUE.get(figure.status, NOTHING) if figure.value is None else show_figure(figure)


def _bare_value(figure: Figure | None) -> str:
    """A value of another period, held against the bounds of that period."""
    return NOTHING if figure is None else show_figure(figure)


def _cases(figure: Figure) -> str:
    """`384/486`; for a median or maximum, which have no numerator, `of 486`."""
    if figure.denominator is None:
        return ""
    if figure.numerator is None:
        return f"of {show_count(figure.denominator)}"
    return f"{show_count(figure.numerator)}/{show_count(figure.denominator)}"


def _rating(figure: Figure) -> str:
    if figure.rating is Rating.NOT_RATED:
        return "not rated"
    return f"{figure.rating.value}, not firm" if figure.rating_firm is False else figure.rating.value


def _with_themes(rows: Sequence[Row], columns: list[Column]) -> list[Column]:
    """A row above the first of each theme that holds its name and nothing else."""
    first_of_theme = [place for place, row in enumerate(rows) if place == 0 or rows[place - 1].theme != row.theme]
    return [_headed(column, place == 0, rows, first_of_theme) for place, column in enumerate(columns)]


def _headed(column: Column, holds_titles: bool, rows: Sequence[Row], heads: Sequence[int]) -> Column:
    cells: list[Text] = []
    for place, cell in enumerate(column.cells):
        if place in heads:
            cells.append(Text(rows[place].theme if holds_titles else "", style="bold"))
        cells.append(cell)
    return replace(column, cells=tuple(cells))
