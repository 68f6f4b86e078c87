"""The indicators of a catalogue, and which can be computed from an extract: a document, and records."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sgkpi.answers.list import IndicatorList
from sgkpi.documents import records as rec
from sgkpi.documents.document import Document, Notes, TableBlock, column
from sgkpi.documents.phrases import rating_cell, theme_name, theme_order
from sgkpi.documents.sentences import bound_in_words
from sgkpi.figures.figure import Figure
from sgkpi.model.groups import grouped
from sgkpi.model.indicator import Answers, Indicator
from sgkpi.model.words import plural

if TYPE_CHECKING:
    from sgkpi.planning.availability import Availability

COLUMNS = ("id", "title", "theme", "measure", "by", "paragraphs", "points")
WITH_EXTRACT = (*COLUMNS, "available", "reason")
RATED = ("period", "rating")
_MOST_REASONS = 20  # indicators that are not available, beyond which they are numbers


def list_document(listed: IndicatorList) -> Document:
    """Return the indicators by theme; with an extract, whether each can be computed from it, and the reasons below.

    Of a large catalogue, only those that can be are rows, and the reasons for the others are counted.
    """
    themes = list(dict.fromkeys(each.indicator.theme for each in listed.indicators))
    every = sorted(
        listed.indicators, key=lambda each: (*theme_order(each.indicator), themes.index(each.indicator.theme))
    )
    carried = [each for each in every if each.available]
    is_brief = listed.with_extract and len(every) - len(carried) > _MOST_REASONS
    rows = carried if is_brief else every
    available = column("Available", rows, lambda each: "yes" if each.available else "no")
    ratings = _ratings(listed)
    columns = (
        column("Title", rows, lambda each: each.indicator.title),
        column("Id", rows, lambda each: each.indicator.id),
        *([column("Rating", rows, lambda each: rating_cell(ratings[each.indicator.id]))] if ratings else []),
        *([available] if listed.with_extract and listed.rated is None and not is_brief else []),
        column("Measure", rows, lambda each: each.indicator.measure.value, 30),
        column("Target", rows, lambda each: _target(each.indicator), 10),
        column("By", rows, lambda each: ", ".join(breakdown.name for breakdown in each.indicator.by), 20),
    )
    table = TableBlock(columns, tuple(theme_name(each.indicator) for each in rows))
    lines = _in_numbers(every) if is_brief else _reasons(every)
    return Document((*([table] if rows or not is_brief else []), Notes(tuple(lines)), Notes(())))


def _reasons(rows: "Iterable[Availability]") -> Iterator[str]:
    """Yield a line for each reason with the indicators that it concerns."""
    reasons = grouped(((each.available, each.reason), each.indicator.id) for each in rows if each.reason)
    for (available, reason), ids in reasons.items():
        yield f"{'Available' if available else 'Not available'}: {', '.join(ids)}: {reason}"


def _in_numbers(rows: "Sequence[Availability]") -> Iterator[str]:
    """Yield what the extract lacks, with the number of indicators that need it, and the restrictions of the others."""
    if present := [each.indicator.id for each in rows if each.present_only]:
        yield f"Only for the month of the extract and the last complete one: {', '.join(present)}"
    without = Counter(each.breakdown for row in rows for each in row.without)
    if without:
        yield f"Without a breakdown: {_counted(without, 'by ')}"
    lacking = Counter(name for row in rows for name in row.lacks)
    tables = Counter({name: number for name, number in lacking.items() if "." not in name})
    if tables:
        yield f"Tables that are missing, and how many indicators need them: {_counted(tables)}"
    if columns := lacking - tables:
        yield f"Columns that are missing, and how many indicators need them: {_counted(columns)}"
    yield from _reasons(row for row in rows if not row.available and not row.lacks)
    yield "To see why one is not available, name it or its --theme, or write all to a file with -o indicators.csv"


def _counted(numbers: Counter[str], before: str = "") -> str:
    """Return `looked_after 30, placements 9`, the greatest number first."""
    ordered = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{before}{name} {number}" for name, number in ordered)


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
