"""The document of `compute`: figures with what came before them, and what they rest on."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sgkpi.answers.compute import place_of
from sgkpi.documents import document as doc
from sgkpi.documents.phrases import (
    AS_USUAL,
    PROVISIONAL_NOTE,
    SELDOM,
    UNKNOWN_NOTE,
    USUAL,
    cases_cell,
    caution_lines,
    is_about_the_same,
    marked_cell,
    period_in_words,
    problems_line,
    provenance_lines,
    rating_cell,
    row_name,
    theme_name,
    theme_order,
    unavailable_lines,
    unknown_reasons,
    value_cell,
)
from sgkpi.figures.build import order_categories
from sgkpi.figures.figure import Figure, Rating, Status
from sgkpi.figures.figure_set import FigureSet
from sgkpi.figures.numbers import NOTHING, show_count, show_figure, show_target
from sgkpi.figures.signals import JudgedMonth, Variation
from sgkpi.model.groups import grouped
from sgkpi.model.indicator import PRODUCT, Indicator
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import MONTHS_IN_YEAR, Period, PeriodKind, last_complete_month, period_for
from sgkpi.model.request import Request

if TYPE_CHECKING:
    from sgkpi.answers.published import LastPublished

AS_USUAL_NOTE = f"{AS_USUAL}: {USUAL}; better or worse: {SELDOM} (`sgkpi signals ID`)"
MORE_NOTE = "For counts and trends, ask for one month at a time, or use --csv"
# Kinds whose periods follow one another; those of the others overlap, and have "to" in their labels.
_IN_A_ROW = frozenset({PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.FINANCIAL_YEAR})
_FEWEST = 3
_MOST_BLOCKS = 20
_FEW_IDS, _FEW_LINES = 3, 4  # in notes, beyond which they are brief
_Place = tuple[str, str | None, str | None]  # indicator, breakdown, category


@dataclass(frozen=True)
class ComparedFigure:
    """A figure; None for each comparison that is not known. `history` are twelve months, its own last.

    `judged` is the month of a total on its control chart.
    """

    theme: str
    figure: Figure
    previous: Figure | None = None
    last_year: Figure | None = None
    year_to_date: Figure | None = None
    history: tuple[Figure | None, ...] = ()
    judged: JudgedMonth | None = None


def compute_document(
    figures: FigureSet, periods: Sequence[Period], published: "LastPublished | None" = None
) -> doc.Document:
    """Return the figures of these periods by theme; `figures` hold what they are compared with as well.

    Those that `published`, the latest snapshot, says to have been restated are named below.
    """
    rows = figure_rows(figures, periods)
    several_of_a_kind = len({period.kind for period in periods}) < len(periods)
    hints = [MORE_NOTE] if several_of_a_kind else []
    shown = [row.figure for row in rows]
    usual = [AS_USUAL_NOTE] if not several_of_a_kind and any(row.judged and row.judged.flags for row in rows) else []
    notes = doc.Notes((*_restated(published, shown), *usual, *_notes(figures, shown), *hints))
    caption = period_in_words(periods[0]) if len(periods) == 1 else ""
    if not rows:
        return doc.Document((*([doc.Title((caption,))] if caption else []), doc.Paragraph(("No figures.",)), notes))
    if several_of_a_kind:
        return doc.Document((_periods_table(rows, figures.indicators, periods), notes))
    columns = _columns(rows, {each.id: each for each in figures.indicators}, with_period=len(periods) > 1)
    return doc.Document((doc.TableBlock(columns, tuple(row.theme for row in rows), caption), notes))


def _restated(published: "LastPublished | None", figures: Sequence[Figure]) -> Iterable[str]:
    """Return the line on figures that were published with another value."""
    if published is None:
        return ()
    from sgkpi.documents.ledgers import restated_line

    return restated_line(published.visibly_restated(figures))


def periods_of(request: Request, as_of: datetime) -> tuple[Period, ...]:
    """Return the periods that are asked for, once the as-of time is known."""
    return request.periods(request.months or (last_complete_month(as_of),))


def figure_rows(figures: FigureSet, periods: Iterable[Period]) -> list[ComparedFigure]:
    """Return the figures of these periods, those of one theme together, in the order of figures otherwise."""
    wanted = set(periods)
    known = {(place_of(each), each.period): each for each in figures.figures}
    indicators = {each.id: each for each in figures.indicators}
    months = (month for series in figures.signals for month in series.months)
    judged = {(place_of(month.figure), month.figure.period): month.judged for month in months}
    rows = [
        replace(_row(each, indicators.get(each.indicator), known), judged=judged.get((place_of(each), each.period)))
        for each in figures.figures
        if each.period in wanted
    ]
    themes = list(dict.fromkeys(row.theme for row in rows))
    return sorted(rows, key=lambda row: (theme_order(indicators.get(row.figure.indicator)), themes.index(row.theme)))


def _row(figure: Figure, indicator: Indicator | None, known: Mapping[tuple[_Place, Period], Figure]) -> ComparedFigure:
    """Return a figure with those that it is compared with; the year to date of a stock would be its month again."""
    theme, place, month = theme_name(indicator), place_of(figure), figure.period.last
    if figure.period.kind is not PeriodKind.MONTH:
        return ComparedFigure(theme, figure)

    def of(kind: PeriodKind, back: int = 0) -> Figure | None:
        return known.get((place, period_for(kind, month.plus(-back))))

    history = tuple(of(PeriodKind.MONTH, back) for back in reversed(range(MONTHS_IN_YEAR)))
    last_year = of(PeriodKind.MONTH, MONTHS_IN_YEAR)
    year_to_date = None if indicator and indicator.is_stock else of(PeriodKind.YEAR_TO_DATE)
    return ComparedFigure(theme, figure, of(PeriodKind.MONTH, 1), last_year, year_to_date, history)


def _columns(
    rows: Sequence[ComparedFigure], indicators: Mapping[str, Indicator], *, with_period: bool
) -> tuple[doc.TableColumn, ...]:
    """Return titles, values, comparisons (of months only), ratings, counts of cases left out, and ids."""
    figures = [row.figure for row in rows]
    monthly = any(each.period.kind is PeriodKind.MONTH for each in figures)
    # In a narrow window few rows are blocks of lines, with all columns; of many blocks nobody would see the whole.
    first = doc.WANTED if len(rows) > _MOST_BLOCKS else doc.NEEDED
    last_year = doc.column("Same month\nlast year", rows, lambda row: _bare_value(row.last_year), first, right=True)
    compared = [
        doc.column("Previous\nmonth", rows, lambda row: _bare_value(row.previous), first + 2, right=True),
        *doc.filled([last_year]),
        doc.column("Year\nto date", rows, lambda row: _bare_value(row.year_to_date), first + 1, right=True),
    ]
    sparks = tuple(doc.Spark(tuple(each.value if each else None for each in row.history)) for row in rows)
    return (
        doc.column("Indicator", figures, lambda each: row_name(each, indicators)),
        *([doc.column("Period", figures, lambda each: each.period.label)] if with_period else []),
        doc.TableColumn("Value", tuple(map(marked_cell, figures)), right=True, hanging_marks=True),
        *doc.filled([doc.column("Cases", figures, cases_cell, right=True)]),
        *(compared if monthly else []),
        doc.column("Target", figures, lambda each: show_target(each.target_green, each.quantity), right=True),
        doc.column("Rating", figures, rating_cell),
        *([doc.column("Trend", rows, trend_of)] if monthly else []),
        doc.column("Not\ndue", figures, lambda each: show_count(each.not_due), first + 3, right=True),
        doc.column("Unknown", figures, lambda each: show_count(each.unknown), right=True),
        *(
            [doc.TableColumn("12 months", sparks, 20)]
            if any(len(spark.values) - spark.values.count(None) > 1 for spark in sparks)
            else []
        ),
        doc.TableColumn("Id", tuple(each.indicator for each in figures), 10, beside_title=True),
    )


def _bare_value(figure: Figure | None) -> str:
    """Return a value of another period, rounded with regard to the bounds of that period."""
    return NOTHING if figure is None else show_figure(figure)


def trend_of(row: ComparedFigure) -> doc.Trend | str:
    """Return the direction of a change that is more than chance, and whether it is better; `usual` where none is.

    Without control limits, no more than the direction since the month before; nothing before a figure is settled. Two
    values that look alike are the same: a reader could not see which way they go.
    """
    figure, previous, flags = row.figure, row.previous, None if row.judged is None else row.judged.flags
    if flags is not None and row.judged is not None:
        better = {Variation.IMPROVEMENT: True, Variation.CONCERN: False}
        variation = row.judged.variation or Variation.COMMON_CAUSE
        return doc.Trend(flags.direction > 0, better.get(variation)) if flags.direction else AS_USUAL
    if previous is None or figure.value is None or previous.value is None or not figure.settled:
        return NOTHING
    return doc.Trend(None if is_about_the_same(figure, previous) else figure.value > previous.value)


def _notes(results: FigureSet, figures: Sequence[Figure]) -> Iterator[str]:
    if any(figure.status is Status.PROVISIONAL for figure in figures):
        yield PROVISIONAL_NOTE
    if any(marked_cell(figure).much_unknown for figure in figures):
        yield UNKNOWN_NOTE
    yield from caution_lines(results.cautions)
    yield from provenance_lines(results)
    tables = {each.id: each.table.name for each in results.indicators}
    yield from _unplaced(results, tables)
    yield from _unknown(results, figures, tables)
    yield from unavailable_lines(results.unavailable, results.unavailable_breakdowns)
    yield from problems_line(results.problems)


def _unplaced(results: FigureSet, tables: Mapping[str, str]) -> list[str]:
    """Return how many cases belong to no period, and why; more than a few lines are one, by table."""
    said = [(each.indicator, _without_date(each.blank, each.unreadable)) for each in results.unplaced]
    lines = _by_text("Cases in no period", said, name_all=lambda ids: ", ".join(_briefly(ids, tables)))
    if len(lines) <= _FEW_LINES:
        return lines
    most: dict[str, tuple[int, int]] = {}
    for each in sorted(results.unplaced, key=lambda each: tables[each.indicator]):
        blank, unreadable = most.get(tables[each.indicator], (0, 0))
        most[tables[each.indicator]] = max(blank, each.blank), max(unreadable, each.unreadable)
    by_table = "; ".join(f"{table}: {text}" for table, counts in most.items() if (text := _without_date(*counts)))
    return [f"Cases in no period, by table, the most of any one indicator (`sgkpi show ID` has each): {by_table}"]


def _without_date(blank: int, unreadable: int) -> str:
    parts = [f"{blank:,} {'has' if blank == 1 else 'have'} no date"] if blank else []
    parts += [f"{unreadable:,} {'has' if unreadable == 1 else 'have'} an unreadable date"] if unreadable else []
    return ", ".join(parts)


def _unknown(results: FigureSet, figures: Sequence[Figure], tables: Mapping[str, str]) -> list[str]:
    """Return why cases could not be judged, for the totals shown; with several periods, in which of them.

    More than a few lines for one period are one, by table.
    """
    shown = {(figure.indicator, figure.period) for figure in figures}
    counts: dict[tuple[str, Period], Counter[str]] = {}
    for each in results.reasons:
        place = each.indicator, each.period
        if each.breakdown is None and place in shown and str(each.outcome) == Outcome.UNKNOWN.value:
            counts.setdefault(place, Counter())[each.reason] += each.cases
    if len({period for _, period in shown}) > 1:
        return _by_text("Could not be judged", _in_periods(counts), name_all="; ".join)
    reasons = {indicator: found for (indicator, _), found in counts.items()}
    lines = _by_text("Could not be judged", ((id_, unknown_reasons(found)) for id_, found in reasons.items()))
    return lines if len(lines) <= _FEW_LINES else [_unknown_by_table(reasons, tables)]


def _unknown_by_table(reasons: Mapping[str, Counter[str]], tables: Mapping[str, str]) -> str:
    """Return the reasons by table, with the greatest number that an indicator of the table has of each."""
    most: dict[str, Counter[str]] = {}
    for indicator, found in sorted(reasons.items(), key=lambda item: tables[item[0]]):
        most[tables[indicator]] = most.get(tables[indicator], Counter()) | found
    said = "; ".join(f"{table}: {unknown_reasons(found)}" for table, found in most.items())
    return f"Could not be judged, by table, the most of any one indicator (`sgkpi show ID` has each): {said}"


def _briefly(indicators: Sequence[str], tables: Mapping[str, str]) -> Iterator[str]:
    """Yield the ids; those of a table that has more than a few among them, as their number."""
    for table, ids in grouped((tables.get(each, ""), each) for each in indicators).items():
        yield from ids if len(ids) <= _FEW_IDS else [f"{len(ids)} indicators of {table}"]


def _in_periods(counts: Mapping[tuple[str, Period], Counter[str]]) -> Iterator[tuple[str, str]]:
    """Yield `a, b in 2018-04 to 2018-06` with the reasons there; indicators with the same ones share a line."""
    periods: dict[str, dict[str, list[Period]]] = {}
    for (indicator, period), reasons in counts.items():
        periods.setdefault(unknown_reasons(reasons), {}).setdefault(indicator, []).append(period)
    for text, by_indicator in periods.items():
        indicators = grouped((name_periods(found), indicator) for indicator, found in by_indicator.items())
        for named, which in indicators.items():
            yield f"{', '.join(which)} in {named}", text


def _by_text(
    heading: str, said: Iterable[tuple[str, str]], name_all: Callable[[list[str]], str] = ", ".join
) -> list[str]:
    """Group labels that share a text into one line; drop empty texts."""
    labels = grouped((text, label) for label, text in said if text)
    return [f"{heading}: {text}: {name_all(named)}" for text, named in labels.items()]


def _periods_table(
    rows: Sequence[ComparedFigure], indicators: Sequence[Indicator], periods: Sequence[Period]
) -> doc.TableBlock:
    """Return a row for each indicator and category, with a column for each period, the earliest first."""
    lines: dict[_Place, dict[Period, Figure]] = {}
    for figure in (row.figure for row in rows):
        lines.setdefault(place_of(figure), {})[figure.period] = figure
    known, themes = {each.id: each for each in indicators}, {row.figure.indicator: row.theme for row in rows}
    places = [place for name in themes for place in _in_order(known[name], lines)]
    newest = (max(lines[place], key=lambda period: (period.last, period.sort_key)) for place in places)
    latest = [lines[place][period] for place, period in zip(places, newest, strict=True)]
    columns = (
        doc.column("Indicator", latest, lambda each: row_name(each, known)),
        *(
            doc.column(period.label.replace(" to ", "\nto "), (lines[place].get(period) for place in places), _cell)
            for period in periods
        ),
        doc.column("Target", latest, lambda each: show_target(each.target_green, each.quantity), right=True),
        doc.TableColumn("Id", tuple(each.indicator for each in latest), 10, beside_title=True),
    )
    return doc.TableBlock(columns, tuple(themes[indicator] for indicator, _, _ in places))


def _in_order(indicator: Indicator, places: Iterable[_Place]) -> Iterator[_Place]:
    """Yield the total of an indicator, then each breakdown's categories in the order of figures."""
    own = {place for place in places if place[0] == indicator.id}
    total = (indicator.id, None, None)
    yield from [total] if total in own else []
    products = {name: None for _, name, _ in own if name is not None and PRODUCT in name}
    asked = [*indicator.by, *map(indicator.breakdown_named, sorted(products))]
    for breakdown in (each for each in asked if each is not None):
        occurring = [category for _, name, category in own if name == breakdown.name and category is not None]
        of_breakdown = ((indicator.id, breakdown.name, category) for category in order_categories(breakdown, occurring))
        yield from (place for place in of_breakdown if place in own)


def _cell(figure: Figure | None) -> doc.Value:
    if figure is None:
        return doc.Value(NOTHING)
    rated = None if figure.rating is Rating.NOT_RATED else rating_cell(figure)
    return replace(value_cell(figure), rated=rated)


def name_periods(periods: Iterable[Period]) -> str:
    """`2018-04 to 2018-11, 2019-01`: each of the periods, three and more that follow one another as one span."""
    runs: list[list[Period]] = []
    for period in sorted(set(periods), key=lambda each: each.sort_key):
        before = runs[-1][-1] if runs else None
        in_a_row = before is not None and before.kind is period.kind and before.kind in _IN_A_ROW
        if before is not None and in_a_row and before.last.plus(1) == period.first:
            runs[-1].append(period)
        else:
            runs.append([period])
    return ", ".join(
        f"{run[0].label} to {run[-1].label}" if len(run) >= _FEWEST else ", ".join(each.label for each in run)
        for run in runs
    )
