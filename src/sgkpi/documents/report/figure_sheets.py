"""The sheets of a report's figures: at a glance, by team, the long table, and the reasons."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sgkpi.answers.overview import change, worst_first
from sgkpi.answers.report.figures import TEAM
from sgkpi.answers.report.pack import Card, Pack
from sgkpi.definitions.wording import long_month
from sgkpi.documents.chance import difference_in_words
from sgkpi.documents.figures import reason_table
from sgkpi.documents.phrases import shown_category, theme_name
from sgkpi.documents.report.chart import sparkline
from sgkpi.documents.report.month_sheets import sparkline_runs
from sgkpi.documents.report.sheet import MonthLine, Number, Sheet, SheetCell, SheetColumn, Shorthand, columns
from sgkpi.documents.report.sheet_cells import (
    NO_FIGURE,
    NO_INDICATOR,
    count_cell,
    measured_cell,
    target_cell,
    value_cell,
    without_value,
    yes_or_no,
)
from sgkpi.documents.report.words import change_words, direction_at, month_name, outlook_words
from sgkpi.figures.columns import FIGURE_COLUMNS, FigureColumn
from sgkpi.figures.figure import Figure
from sgkpi.model.expressions import Kind
from sgkpi.model.groups import grouped
from sgkpi.model.periods import Period, PeriodKind, date_of

# What cells hold where there is nothing, and the status of the figure does not tell why.
_MISSING = {
    **dict.fromkeys(("target_green", "target_amber", "rating_firm"), Shorthand.NOT_APPLICABLE),
    "persons": Shorthand.NOT_AVAILABLE,
}


def glance_sheet(pack: Pack, lines: Sequence[MonthLine]) -> Sheet:
    """Return a row for each indicator, with its last twelve months in words and as a line beside the table."""
    headings = (
        *("Theme", "Indicator", "Value", "Cases that count", "Of cases", "Target", "Rating"),
        *("Rating could still change", f"Change since {month_name(pack.month.plus(-1))}", "What the change means"),
        *("Direction", "Target is", "Overdue now", "Oldest fell due", "Could not be judged", "12 months"),
    )
    runs = sparkline_runs(lines)
    return Sheet(
        "At a glance",
        f"All indicators at a glance, {long_month(pack.month)}",
        (
            "Each row is an indicator. The change in a share is in percentage points.",
            "The lines beside the table draw the last months with a value; the last column says them in words.",
        ),
        NO_INDICATOR,
        columns(headings, [tuple(_glance(card, pack)) for card in pack.cards]),
        {
            Shorthand.NOT_AVAILABLE: "not available: the extract does not cover it",
            Shorthand.NOT_APPLICABLE: "not applicable: no case was judged, there is no target, or it is no such figure",
        },
        sparklines=tuple(runs[card.indicator.id] for card in pack.cards),
    )


def _glance(card: Card, pack: Pack) -> Iterator[SheetCell]:
    figure, overview, indicator = card.figure, card.overview, card.indicator
    yield from (theme_name(indicator), indicator.title, value_cell(figure))
    yield from (count_cell(figure.numerator, figure), count_cell(figure.denominator, figure))
    yield from (target_cell(figure.target_green, figure), figure.rating)
    yield Shorthand.NOT_APPLICABLE if figure.rating_firm is None else yes_or_no(not figure.rating_firm)
    difference = change(figure, overview.previous)
    yield without_value(overview.previous) if difference is None else measured_cell(difference, figure, signed=True)
    yield Shorthand.NOT_APPLICABLE if difference is None else _meaning_of_change(card) or Shorthand.NOT_APPLICABLE
    yield direction_at(card.icon, pack.month) or Shorthand.NOT_APPLICABLE
    yield outlook_words(card.icon) or Shorthand.NOT_APPLICABLE
    yield from _open(card)
    yield count_cell(figure.unknown, figure)
    yield sparkline(card).words


def _meaning_of_change(card: Card) -> str:
    """Return what the change since the month before means; nothing where the direction says it, or nobody can."""
    before, (shown, _) = card.overview.previous, change_words(card)
    if before is None or shown[0].isalpha():
        return shown
    return difference_in_words(card.overview, before)


def _open(card: Card) -> Iterator[SheetCell]:
    """Yield how many cases are overdue now, and when the oldest fell due."""
    found = card.overview.open_cases
    if not card.overview.can_be_open:
        yield from (Shorthand.NOT_APPLICABLE, Shorthand.NOT_APPLICABLE)
    elif found is None:
        yield from (Shorthand.NOT_AVAILABLE, Shorthand.NOT_AVAILABLE)
    else:
        yield from (Number(found.overdue), date_of(found.oldest_due) if found.oldest_due else Shorthand.NOT_APPLICABLE)


def teams_sheet(pack: Pack) -> Sheet:
    """Return the teams of each indicator in the report's month, the worst first; of a team's report that team alone."""
    headings = (
        *("Indicator", "Id", "Team", "Value", "Cases that count", "Of cases", "Target", "Rating", "All teams together"),
        *("Overdue", "Not due yet", "Could not be judged"),
    )
    by_team = (each for each in pack.figures.figures if each.breakdown == TEAM)
    in_month = (each for each in by_team if each.period.kind is PeriodKind.MONTH and each.period.last == pack.month)
    by_indicator = grouped((each.indicator, each) for each in in_month)
    rows = [
        tuple(_team(card, each))
        for card in pack.cards
        for each in worst_first(by_indicator.get(card.indicator.id, ()))
        if pack.team in (None, each.category)
    ]
    month = long_month(pack.month)
    return Sheet(
        "By team",
        f"Indicators by team, {month}",
        ("Within each indicator the worst team comes first, and teams of fewer than 10 cases last.",),
        f"No indicator of this report has figures by team for {month}.",
        columns(headings, rows),
        NO_FIGURE,
    )


def _team(card: Card, figure: Figure) -> Iterator[SheetCell]:
    yield from (card.indicator.title, card.indicator.id, shown_category(card.indicator, TEAM, figure.category))
    yield from (value_cell(figure), count_cell(figure.numerator, figure), count_cell(figure.denominator, figure))
    yield from (target_cell(figure.target_green, figure), figure.rating)
    yield value_cell(card.council[-1] if card.council else card.figure)
    yield from (count_cell(count, figure) for count in (figure.overdue, figure.not_due, figure.unknown))


def figures_sheet(pack: Pack) -> Sheet:
    """Return the long table, with the columns of `compute` in their order."""
    figures = [each for each in pack.figures.figures if _is_shown(each.period, pack)]
    return Sheet(
        "Figures",
        f"All figures up to {long_month(pack.month)}",
        (
            "One row for each figure: of all cases where breakdown and category are blank, else of a category.",
            "The columns have the names that sgkpi compute gives them, so that programs can read them.",
        ),
        "This report has no figures.",
        tuple(SheetColumn(each.name, _figure_cells(each, figures)) for each in FIGURE_COLUMNS),
        {
            **NO_FIGURE,
            Shorthand.NOT_AVAILABLE: "not available: the extract does not cover the period, or cannot tell persons",
        },
        filters=True,
    )


def _is_shown(period: Period, pack: Pack) -> bool:
    """Return whether a period is among those of the report: its months, and longer periods that have ended by then."""
    return period.last <= pack.month and (period.kind is not PeriodKind.MONTH or pack.months[0] <= period.last)


def _figure_cells(column: FigureColumn, figures: Sequence[Figure]) -> tuple[SheetCell, ...]:
    """Return a column of the long table, with the reason where a number is missing."""
    if column.name == "value":
        return tuple(map(value_cell, figures))
    missing = _MISSING.get(column.name)
    if column.kind in (Kind.NUMBER, Kind.INTEGER):
        return tuple(_number_cell(column, figure) or missing or without_value(figure) for figure in figures)
    cells = map(column.get, figures)
    return tuple(missing if each is None else each for each in cells)  # type: ignore[misc]  # none is a number


def _number_cell(column: FigureColumn, figure: Figure) -> Number | None:
    number = column.get(figure)
    if not isinstance(number, (int, float)):
        return None
    is_share = column.of_measure and figure.quantity.is_share
    return Number(number, 1 if is_share or not float(number).is_integer() else 0, is_share)


def reasons_sheet(pack: Pack) -> Sheet:
    """Return how many cases have each outcome for each reason."""
    shown = tuple(each for each in pack.figures.reasons if _is_shown(each.period, pack))
    titles = {each.id: each.title for each in pack.figures.indicators}
    table = reason_table(replace(pack.figures, reasons=shown))
    headings = ("indicator", "title", *(each.name for each in table.columns[1:]))
    named = ({**row, "title": titles[str(row["indicator"])]} for row in table.rows)
    rows = [tuple(_reason_cell(row[name]) for name in headings) for row in named]
    return Sheet(
        "Reasons",
        f"Reasons for outcomes, up to {long_month(pack.month)}",
        ("One row for each outcome and reason that occurs, with the number of cases.",),
        "No case of these figures has a reason for its outcome.",
        columns(headings, rows),
        {Shorthand.NOT_APPLICABLE: "not applicable: the row is of all cases, without a breakdown"},
    )


def _reason_cell(cell: object) -> SheetCell:
    if cell is None:
        return Shorthand.NOT_APPLICABLE
    return Number(cell) if isinstance(cell, int) else str(cell)
