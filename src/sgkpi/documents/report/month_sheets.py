"""The sheets of a report's months: a line for each value and target, and the charts that are drawn from these lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from sgkpi.answers.report.pack import Card, Pack
from sgkpi.documents.phrases import months_in_words, short_month
from sgkpi.documents.report.chart import caption_of, chart_points, describe_months
from sgkpi.documents.report.sheet import (
    MonthLine,
    Number,
    Run,
    Sheet,
    SheetChart,
    Shorthand,
    columns,
)
from sgkpi.documents.report.sheet_cells import NO_FIGURE, NO_INDICATOR, target_cell, value_cell
from sgkpi.figures.figure import Figure
from sgkpi.model.periods import MONTHS_IN_YEAR, Month

BY_MONTH = "By month"
VALUE, COUNCIL, TARGET = "Value", "All teams together", "Target"
_NAMES = ("Indicator", "Id", "Line")
MONTHS_FROM = len(_NAMES)  # the place of the first month among the columns


def month_lines(pack: Pack) -> tuple[MonthLine, ...]:
    """Return the lines of every indicator, in the order of the report."""
    lines = (line for card in pack.cards for line in _lines(card, pack.months))
    return tuple(replace(line, row=row) for row, line in enumerate(lines))


def _lines(card: Card, months: Sequence[Month]) -> Iterator[MonthLine]:
    yield _values(card, VALUE, card.months, months)
    if card.council:
        yield _values(card, COUNCIL, card.council, months)
    own = _by_month(card.months)
    targets = tuple(
        target_cell(own[month].target_green, own[month]) if month in own else Shorthand.NOT_APPLICABLE
        for month in months
    )
    if any(isinstance(each, Number) for each in targets):
        yield MonthLine(card, TARGET, targets)


def _values(card: Card, name: str, figures: Sequence[Figure], months: Sequence[Month]) -> MonthLine:
    own = _by_month(figures)
    open_ = [short_month(each.period.last) for each in figures if each.value is not None and not each.settled]
    return MonthLine(card, name, tuple(value_cell(own.get(month)) for month in months), ", ".join(open_) or "none")


def _by_month(figures: Sequence[Figure]) -> Mapping[Month, Figure]:
    return {each.period.last: each for each in figures}


def by_month_sheet(pack: Pack, lines: Sequence[MonthLine]) -> Sheet:
    """Return the lines under their months."""
    headings = (*_NAMES, *map(short_month, pack.months), "Not settled yet")
    rows = [
        (each.card.indicator.title, each.card.indicator.id, each.name, *each.cells, each.not_settled) for each in lines
    ]
    return Sheet(
        BY_MONTH,
        f"Values by month, {months_in_words(pack.months[0], pack.month)}",
        (
            "Each indicator has a line of values and, where it has a target, a line of the targets in force.",
            "The last column names the months whose value may still change.",
        ),
        NO_INDICATOR,
        columns(headings, rows),
        NO_FIGURE,
    )


def charts_sheet(pack: Pack, lines: Sequence[MonthLine], by_month: Sheet) -> Sheet:
    """Return a chart for each indicator that has a value in any month."""
    of_indicators = (tuple(own) for _, own in groupby(lines, lambda each: each.card.indicator.id))
    has_value = (own for own in of_indicators if any(number is not None for number in own[0].numbers))
    charts = tuple(_chart(own, by_month) for own in has_value)
    return Sheet(
        "Charts",
        f"Charts, {months_in_words(pack.months[0], pack.month)}",
        (
            f"The charts are drawn from the sheet {BY_MONTH}, and begin with the first month that has a value.",
            "A hollow point may still change. A month without a value is a gap. The dashed line is the target.",
        ),
        "There is no chart: no indicator has a value in these months.",
        charts=charts,
    )


def _chart(lines: Sequence[MonthLine], by_month: Sheet) -> SheetChart:
    """Return the chart of an indicator's lines, the first of which has its values."""
    card, drawn = lines[0].card, tuple(each for each in lines if each.name != TARGET)
    numbers = [by_month.header_row + each.row + 2 for each in lines]
    where = f"row {numbers[0]}" if len(numbers) == 1 else f"rows {numbers[0]} to {numbers[-1]}"
    points = chart_points(card)
    return SheetChart(
        title=card.indicator.title,
        description=(
            f"{caption_of(card)}. {describe_months(card.months)} "
            f"The same numbers stand in {where} of the sheet {BY_MONTH}."
        ),
        first=next(place for place, number in enumerate(drawn[0].numbers) if number is not None),
        lines=drawn,
        target=next((each for each in lines if each.name == TARGET), None),
        settled=tuple(each.settled or each.value is None for each in points),
        scale=(*points, *(chart_points(replace(card, months=card.council)) if card.council else ())),
        is_share=card.indicator.quantity.is_share,
    )


def sparkline_runs(lines: Sequence[MonthLine]) -> Mapping[str, Run | None]:
    """Return, by indicator, the last months of its values next to one another, of the last twelve.

    None where fewer than two are so. Excel draws text as nought, so a sparkline may not reach over a month without a
    value.
    """
    return {line.card.indicator.id: _run(line.row, line.numbers) for line in lines if line.name == VALUE}


def _run(row: int, numbers: Sequence[int | float | None]) -> Run | None:
    last = max((place for place, number in enumerate(numbers) if number is not None), default=0)
    first = last
    while first > max(0, len(numbers) - MONTHS_IN_YEAR) and numbers[first - 1] is not None:
        first -= 1
    return Run(row, first, last) if first < last else None
