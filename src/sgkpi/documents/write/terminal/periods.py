"""Several periods of one kind side by side: a row for each indicator and category, a column for each period.

The rating stands behind the value where there is room for that, else in a row below it; where the periods
do not fit beside the titles, each row becomes a block in which every period has its value and rating.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.text import Text

from sgkpi.documents.write.terminal.cells import STYLES, marked_value, shown_rating, shown_title, text_column
from sgkpi.documents.write.terminal.column import Column, under_headings
from sgkpi.documents.write.terminal.layout import fits_as_table
from sgkpi.documents.write.terminal.rows import Row
from sgkpi.documents.write.terminal.terminal import Terminal
from sgkpi.figures.build import order_categories
from sgkpi.figures.figure import Figure, Rating
from sgkpi.figures.numbers import NOTHING, show_target
from sgkpi.model.indicator import Indicator
from sgkpi.model.periods import Period

MORE_NOTE = "The cases behind each value, comparisons and trends: ask for one period, or for data with --csv"
RATING_TITLE = "  rating"


@dataclass(frozen=True)
class _Line:
    """An indicator, or one of its categories, in every period in which it has a figure."""

    theme: str
    figures: Mapping[Period, Figure]

    @property
    def latest(self) -> Figure:
        return self.figures[max(self.figures, key=lambda period: (period.last, period.sort_key))]

    @property
    def is_rated(self) -> bool:
        return any(each.rating is not Rating.NOT_RATED for each in self.figures.values())


def period_columns(
    rows: Sequence[Row], indicators: Sequence[Indicator], periods: Sequence[Period], terminal: Terminal
) -> list[Column]:
    """The columns of these rows, the earliest period first."""
    known = {each.id: each for each in indicators}
    themes = dict.fromkeys((row.theme, row.figure.indicator) for row in rows)
    lines = [line for theme, name in themes for line in _lines(theme, known[name], rows)]
    beside = _columns(lines, periods)
    below = _columns(_with_ratings_below(lines), periods)
    return beside if fits_as_table(beside, terminal) or not fits_as_table(below, terminal) else below


def _lines(theme: str, indicator: Indicator, rows: Sequence[Row]) -> Iterator[_Line]:
    """The total, then each breakdown's categories in the order of figures."""
    found: dict[tuple[str | None, str | None], dict[Period, Figure]] = {}
    for figure in (row.figure for row in rows if row.figure.indicator == indicator.id):
        found.setdefault((figure.breakdown, figure.category), {})[figure.period] = figure
    if (None, None) in found:
        yield _Line(theme, found[None, None])
    for breakdown in indicator.by:
        occurring = [category for name, category in found if name == breakdown.name and category is not None]
        for category in order_categories(breakdown, occurring):
            if (breakdown.name, category) in found:
                yield _Line(theme, found[breakdown.name, category])


@dataclass(frozen=True)
class _ValuesOnly(_Line):
    """The row of values where the ratings stand below."""


@dataclass(frozen=True)
class _RatingsOnly(_Line):
    """The row of ratings below that of values."""


def _with_ratings_below(lines: Sequence[_Line]) -> list[_Line]:
    parts: list[_Line] = []
    for line in lines:
        parts.append(_ValuesOnly(line.theme, line.figures))
        parts.extend([_RatingsOnly(line.theme, line.figures)] if line.is_rated else [])
    return parts


def _columns(lines: Sequence[_Line], periods: Sequence[Period]) -> list[Column]:
    columns = [
        text_column("Indicator", [_title(line) for line in lines]),
        *(_of_period(lines, period) for period in periods),
        text_column("Target", [_target(line) for line in lines], right=True),
        replace(text_column("Id", [_id(line) for line in lines], 10), beside_title=True),
    ]
    return under_headings(columns, [line.theme for line in lines])


def _title(line: _Line) -> str:
    return RATING_TITLE if isinstance(line, _RatingsOnly) else shown_title(line.latest)


def _target(line: _Line) -> str:
    return "" if isinstance(line, _RatingsOnly) else show_target(line.latest.target_green, line.latest.measure)


def _id(line: _Line) -> str:
    return "" if isinstance(line, _RatingsOnly) else line.latest.indicator


def _of_period(lines: Sequence[_Line], period: Period) -> Column:
    figures = [line.figures.get(period) for line in lines]
    values = [NOTHING if figure is None else marked_value(figure) for figure in figures]
    room = max((cell_len(value) for value in values), default=0)
    padded = [value.rjust(room) for value in values]
    cells = [_cell(*each) for each in zip(lines, padded, figures, strict=True)]
    alone = any(isinstance(each, _ValuesOnly) for each in lines)
    return Column(period.label.replace(" to ", "\nto "), tuple(cells), right=alone)


def _cell(line: _Line, value: str, figure: Figure | None) -> Text:
    rating = _rating(figure)
    if isinstance(line, _RatingsOnly):
        return rating
    if isinstance(line, _ValuesOnly) or not rating.plain:
        return Text(value)
    return Text.assemble(value, " ", rating)


def _rating(figure: Figure | None) -> Text:
    if figure is None or figure.rating is Rating.NOT_RATED:
        return Text("")
    return Text(shown_rating(figure), style=STYLES[figure.rating])
