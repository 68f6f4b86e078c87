"""The indicators of a catalogue, and which can be computed from an extract: a document, and records."""

from typing import TYPE_CHECKING

from sgkpi.answers.list import IndicatorList
from sgkpi.documents import records as rec
from sgkpi.documents.document import Document, Notes, TableBlock, column
from sgkpi.documents.phrases import rating_cell, theme_name, theme_order
from sgkpi.documents.show import bound_in_words
from sgkpi.figures.figure import Figure
from sgkpi.model.indicator import Answers, Indicator
from sgkpi.model.words import plural

if TYPE_CHECKING:
    from sgkpi.planning.availability import Availability

COLUMNS = ("id", "title", "theme", "measure", "by", "paragraphs", "points")
WITH_EXTRACT = (*COLUMNS, "available", "reason")
RATED = ("period", "rating")


def list_document(listed: IndicatorList) -> Document:
    """Return the indicators by theme; with an extract, whether it carries each, and the reasons below."""
    themes = list(dict.fromkeys(each.indicator.theme for each in listed.indicators))
    rows = sorted(
        listed.indicators, key=lambda each: (*theme_order(each.indicator), themes.index(each.indicator.theme))
    )
    available = column("Available", rows, lambda each: "yes" if each.available else "no")
    ratings = _ratings(listed)
    columns = (
        column("Title", rows, lambda each: each.indicator.title),
        column("Id", rows, lambda each: each.indicator.id),
        *([column("Rating", rows, lambda each: rating_cell(ratings[each.indicator.id]))] if ratings else []),
        *([available] if listed.with_extract and listed.rated is None else []),
        column("Measure", rows, lambda each: each.indicator.measure.value, 30),
        column("Target", rows, lambda each: _target(each.indicator), 10),
        column("By", rows, lambda each: ", ".join(breakdown.name for breakdown in each.indicator.by), 20),
    )
    reasons: dict[tuple[bool, str], list[str]] = {}
    for each in rows:
        if each.reason:
            reasons.setdefault((each.available, each.reason), []).append(each.indicator.id)
    lines = (
        f"{'Available' if available else 'Not available'}: {', '.join(ids)}: {reason}"
        for (available, reason), ids in reasons.items()
    )
    table = TableBlock(columns, tuple(theme_name(each.indicator) for each in rows))
    return Document((table, Notes(tuple(lines)), Notes(())))


def _target(indicator: Indicator) -> str:
    """Return the latest target, which may not be in force yet; nothing where there is none."""
    green = indicator.targets[-1].green if indicator.targets else None
    return bound_in_words(green, indicator.quantity, indicator.improvement)


def _ratings(listed: IndicatorList) -> dict[str, Figure]:
    return {each.indicator: each for each in listed.rated.figures} if listed.rated else {}


def list_records(listed: IndicatorList) -> rec.Records:
    """Return a row for each indicator; lists in a cell are joined by commas, and truth is `yes` or `no`."""
    names = (*(WITH_EXTRACT if listed.with_extract else COLUMNS), *(RATED if listed.rated else ()))
    ratings = _ratings(listed)
    whole = [
        _json(each, ratings.get(each.indicator.id), with_extract=listed.with_extract) for each in listed.indicators
    ]
    rows = tuple({name: flat(cell) for name, cell in record.items()} for record in whole)
    table = rec.RecordTable("indicators", rec.text_columns(*names), rows)
    available = f"{listed.available} of {plural(len(listed.indicators), 'indicator')}"
    about = (("Can be computed", available), ("Tables that can be read", ", ".join(listed.tables) or "none"))
    return rec.Records(
        table=table,
        json=lambda: whole,
        text=lambda: rec.rows_as_text(table),
        about=(*(about if listed.with_extract else ()), rec.ABOUT_SGKPI),
    )


def _json(listed: "Availability", rated: Figure | None, *, with_extract: bool) -> rec.Json:
    indicator = listed.indicator
    answers = indicator.answers or Answers()
    record = {
        **rec.members(indicator, "id", "title", "theme"),
        "measure": indicator.measure.value,
        "by": [breakdown.name for breakdown in indicator.by],
        "paragraphs": list(answers.paragraphs),
        "points": list(answers.points),
    }
    record |= rec.members(listed, "available", "reason") if with_extract else {}
    return record | ({"period": rated.period.label, "rating": rated.rating.value} if rated else {})


def flat(cell: object) -> str:
    """Return a member of a record as text."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case list():
            return ", ".join(map(str, cell))
        case _:
            return str(cell)
