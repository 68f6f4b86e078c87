"""A screen's rows: each figure that was asked for, with the figures that it is compared with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sgkpi.figures.figure import Figure
from sgkpi.figures.figure_set import FigureSet
from sgkpi.model.periods import MONTHS_IN_YEAR, Period, PeriodKind, period_for

OTHER = "Other"
Key = tuple[str, Period, str | None, str | None]


@dataclass(frozen=True)
class Row:
    """A figure; None for each comparison that is not known. `history` are twelve months, its own last."""

    theme: str
    figure: Figure
    previous: Figure | None = None
    last_year: Figure | None = None
    year_to_date: Figure | None = None
    history: tuple[Figure | None, ...] = ()

    @property
    def has_ended(self) -> bool:
        """Whether the period was over at the as-of time."""
        return self.figure.period.has_ended(self.figure.as_of)


def screen_rows(results: FigureSet, periods: Iterable[Period]) -> list[Row]:
    """The figures of these periods, those of one theme together, in the order of figures otherwise."""
    wanted = set(periods)
    known = {_key(figure, figure.period): figure for figure in results.figures}
    themes = {each.id: theme_name(each.theme) for each in results.indicators}
    rows = [
        _row(figure, themes.get(figure.indicator, OTHER), known)
        for figure in results.figures
        if figure.period in wanted
    ]
    places = {theme: place for place, theme in reversed(list(enumerate(row.theme for row in rows)))}
    return sorted(rows, key=lambda row: (row.theme == OTHER, places[row.theme]))


def theme_name(theme: str) -> str:
    """`help_and_protection` as `Help and protection`."""
    words = theme.replace("_", " ").strip()
    return words[:1].upper() + words[1:] if words else OTHER


def _key(figure: Figure, period: Period) -> Key:
    return figure.indicator, period, figure.breakdown, figure.category


def _row(figure: Figure, theme: str, known: Mapping[Key, Figure]) -> Row:
    if figure.period.kind is not PeriodKind.MONTH:
        return Row(theme, figure)
    month = figure.period.last

    def of(kind: PeriodKind, back: int = 0) -> Figure | None:
        return known.get(_key(figure, period_for(kind, month.plus(-back))))

    history = tuple(of(PeriodKind.MONTH, back) for back in reversed(range(MONTHS_IN_YEAR)))
    last_year = of(PeriodKind.MONTH, MONTHS_IN_YEAR)
    return Row(theme, figure, of(PeriodKind.MONTH, 1), last_year, of(PeriodKind.YEAR_TO_DATE), history)
