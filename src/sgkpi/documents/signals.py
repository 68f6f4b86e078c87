"""Series on their control charts: a document, and records (schema `sgkpi.signals/1`)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import dropwhile

from sgkpi.documents import document as doc
from sgkpi.documents import records as rec
from sgkpi.documents.figures import about_figures, rests_on
from sgkpi.documents.phrases import (
    UNKNOWN_NOTE,
    caution_lines,
    is_much_unknown,
    marked_cell,
    provenance_lines,
    shown_breakdown,
    shown_category,
    unavailable_lines,
    value_or_why,
)
from sgkpi.documents.variation import (
    CATEGORIES_NOTE,
    limits_in_words,
    month_reading,
    reading_in_words,
    reasons_in_words,
    series_in_words,
    signal_in_words,
    unsettled_in_words,
)
from sgkpi.figures.columns import Cell, nearest
from sgkpi.figures.figure import Figure
from sgkpi.figures.figure_set import FigureSet
from sgkpi.figures.numbers import NOTHING, decimals_in, show_target, show_value
from sgkpi.figures.series import Series, SeriesMonth
from sgkpi.figures.signals import Variation
from sgkpi.model.expressions import Kind

SCHEMA = "sgkpi.signals/1"
_MOST_LISTED = 20
_LIMITS = ("mean", "lower", "upper", "near_lower", "near_upper")
_FLAGS = ("outside", "shift", "trend", "two_of_three")
COLUMNS = (
    *rec.category_columns("indicator", "breakdown", "category", "period", "status"),
    rec.RecordColumn("settled", Kind.BOOLEAN),
    rec.RecordColumn("value", Kind.NUMBER, of_measure=True),
    *(rec.RecordColumn(name, Kind.NUMBER) for name in ("numerator", "denominator")),
    *rec.category_columns("chart"),
    *rec.count_columns("phase"),
    *rec.category_columns("limits", "reason"),
    *(rec.RecordColumn(name, Kind.NUMBER, of_measure=True) for name in _LIMITS),
    *rec.count_columns(*_FLAGS),
    *rec.category_columns("signal", "variation", "assurance"),
    rec.RecordColumn("target", Kind.NUMBER, of_measure=True),
)


def signals_document(found: FigureSet, *, every_chart: bool = True) -> doc.Document:
    """Return the chart of each series with what it says.

    Without `every_chart`, only those whose latest point has a signal have one, below a list of all; of many, that list
    has those with limits.
    """
    blocks: list[doc.Block] = []
    is_brief = not every_chart and len(found.signals) > _MOST_LISTED
    listed = [each for each in found.signals if not is_brief or each.icon.reason is None]
    if listed and (len(found.signals) > 1 or not every_chart):
        blocks.append(_overview(listed))
    for each in found.signals:
        if every_chart or each.icon.variation not in (None, Variation.COMMON_CAUSE):
            blocks += _chart_blocks(each)
    unlisted = reasons_in_words(each for each in found.signals if is_brief and each.icon.reason is not None)
    without = [f"Not listed, as they have no limits: {unlisted}"] if unlisted else []
    hint = [] if every_chart else ["`sgkpi signals ID` draws the months of an indicator."]
    by_category = [CATEGORIES_NOTE] if any(each.breakdown for each in found.signals) else []
    notes = (*without, *caution_lines(found.cautions), *by_category, *hint, *provenance_lines(found))
    missing = unavailable_lines(found.unavailable, found.unavailable_breakdowns)
    return doc.Document((*blocks, doc.Notes((*notes, *missing))))


def _overview(series: Sequence[Series]) -> doc.TableBlock:
    """Return a row for each series: its latest point, and what it says."""
    return doc.TableBlock(
        (
            doc.column("Indicator", series, _name),
            doc.column("Month", series, lambda each: str(each.icon.month or NOTHING)),
            doc.column("Value", series, _latest_value, right=True),
            doc.TableColumn("Variation", tuple(map(reading_in_words, series)), wraps=True),
            doc.column("Target", series, lambda each: each.icon.assurance or NOTHING, 20),
            doc.TableColumn("Id", tuple(each.indicator.id for each in series), 10, beside_title=True),
        )
    )


def _name(series: Series) -> str:
    if series.breakdown is None:
        return series.indicator.title
    return f"  {_category(series)}"


def _category(series: Series) -> str:
    indicator, by = series.indicator, series.breakdown or ""
    return f"{shown_breakdown(indicator, by)}: {shown_category(indicator, by, series.category)}"


def _latest_value(series: Series) -> str:
    latest = series.latest
    return NOTHING if latest is None or series.icon.month is None else value_or_why(latest.figure)


def _chart_blocks(series: Series) -> Iterator[doc.Block]:
    about = f"{series.indicator.title} ({series.indicator.id})"
    yield doc.Title((about,) if series.breakdown is None else (f"{about}, {_category(series)}",))
    yield doc.Paragraph(tuple(series_in_words(series)))
    yield chart_of(series)


def chart_of(series: Series) -> doc.ControlChart:
    """Return the months of a series as a chart, from the first that has a value."""
    months = list(dropwhile(lambda each: each.figure.value is None, series.months))
    targets = (show_target(each.figure.target_green, each.figure.quantity) for each in months)
    shown = tuple(dict.fromkeys(target for target in targets if target != NOTHING))
    return doc.ControlChart(tuple(map(_point, months)), shown, _note_of_mark(months))


def _point(month: SeriesMonth) -> doc.ControlPoint:
    figure, limits = month.figure, month.judged.limits
    return doc.ControlPoint(
        label=figure.period.label,
        value=figure.value,
        shown=_marked_value(figure),
        settled=figure.settled,
        limits=None if limits is None else (limits.lower, limits.mean, limits.upper),
        shown_limits=limits_in_words(month),
        target=None if figure.target_green is None else Fraction(figure.target_green),
        words=signal_in_words(month) or unsettled_in_words(figure),
        is_signal=month.judged.signal is not None,
    )


def _marked_value(figure: Figure) -> str:
    """Return the value, or why there is none, with the mark of a month of which many cases could not be judged."""
    return replace(marked_cell(figure), provisional=False).marked


def _note_of_mark(months: Iterable[SeriesMonth]) -> tuple[str, ...]:
    """Return what the mark means, if one of these months has it."""
    return (UNKNOWN_NOTE,) if any(is_much_unknown(each.figure) for each in months) else ()


def signals_records(found: FigureSet) -> rec.Records:
    """Return a row for each series and month; JSON has what they rest on as well."""
    rows = tuple(_row(each, month) for each in found.signals for month in each.months)
    table = rec.RecordTable("signals", COLUMNS, rows, _decimals)
    return rec.Records(
        table=table,
        json=lambda: _json(found, table),
        text=lambda: _text(found),
        about=about_figures(found),
        metadata={"sgkpi.as_of_source": found.as_of_source.value},
    )


def _row(series: Series, month: SeriesMonth) -> dict[str, Cell]:
    """Return a month as a row, with its measure and unit beside the columns."""
    figure, judged, limits = month.figure, month.judged, month.judged.limits
    flags = judged.flags
    return {
        "indicator": figure.indicator,
        "breakdown": figure.breakdown,
        "category": figure.category,
        "period": figure.period.label,
        "status": figure.status.value,
        "settled": figure.settled,
        "value": nearest(figure.value),
        "numerator": nearest(figure.numerator),
        "denominator": nearest(figure.denominator),
        "chart": series.chart and series.chart.value,
        "phase": judged.phase,
        "limits": judged.kind.value,
        "reason": judged.reason and judged.reason.value,
        **{name: None if limits is None else nearest(getattr(limits, name)) for name in _LIMITS},
        **{name: None if flags is None else getattr(flags, name) for name in _FLAGS},
        "signal": judged.signal and judged.signal.value,
        "variation": judged.variation and judged.variation.value,
        "assurance": judged.assurance and judged.assurance.value,
        "target": nearest(figure.target_green),
        "measure": figure.measure.value,
        "unit": figure.unit and figure.unit.value,
    }


def _json(found: FigureSet, table: rec.RecordTable) -> rec.Json:
    names = [column.name for column in table.columns]
    return {
        **rec.json_head(SCHEMA, found),
        **rests_on(found),
        "signals": rec.Lines({name: row[name] for name in names} for row in table.rows),
    }


def _decimals(row: rec.Row, name: str) -> int:
    """Return how many decimals people see of a number in the unit of the measure."""
    quantity, number = rec.quantity_of(row), str(row[name])
    shown = show_target(Decimal(number), quantity) if name == "target" else show_value(Fraction(number), quantity)
    return decimals_in(shown)


def _text(found: FigureSet) -> tuple[doc.TableBlock, doc.Paragraph]:
    """Return a table of the months for people to read, with the as-of time."""
    rows = [(series, month) for series in found.signals for month in series.months]
    table = doc.TableBlock(
        (
            doc.column("Indicator", rows, lambda row: row[0].indicator.title),
            doc.column("By", rows, lambda row: row[0].breakdown or ""),
            doc.column("Category", rows, lambda row: row[0].category or ""),
            doc.column("Month", rows, lambda row: row[1].figure.period.label),
            doc.column("Value", rows, lambda row: _marked_value(row[1].figure), right=True),
            doc.column("Mean and limits", rows, lambda row: limits_in_words(row[1])),
            doc.column("Target", rows, lambda row: show_target(row[1].figure.target_green, row[1].figure.quantity)),
            doc.column("Variation", rows, lambda row: month_reading(row[1]) or unsettled_in_words(row[1].figure)),
        )
    )
    return table, doc.Paragraph((*_note_of_mark(month for _, month in rows), rec.as_of_sentence(found)))
