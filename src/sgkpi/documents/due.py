"""What falls due, day by day: a document, and records (schema `sgkpi.due/1`)."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from sgkpi.answers.due import TEAM, DueList, due_day
from sgkpi.definitions.wording import long_date
from sgkpi.documents.cases import (
    ABOUT_IDENTIFIERS,
    CASE_NUMBERS,
    breakdown_cells,
    breakdown_columns,
    case_columns,
    case_row,
    shown_key_of,
)
from sgkpi.documents.document import NEEDED, Document, Notes, TableBlock, TableColumn, filled
from sgkpi.documents.notes import IDENTIFIERS, as_of_and_source, unavailable_lines
from sgkpi.documents.records import (
    Json,
    Lines,
    RecordColumn,
    Records,
    RecordTable,
    about_answer,
    json_head,
    rows_as_text,
    show_cell,
)
from sgkpi.model.expressions import Kind
from sgkpi.model.words import plural

if TYPE_CHECKING:
    from sgkpi.ledger.cases import CaseOutcome


SCHEMA = "sgkpi.due/1"

_NAMES = {0: ", today", 1: ", tomorrow"}


def due_document(listed: DueList) -> Document:
    """Return the cases under their days, with a heading, and below them what they rest on."""
    days = [due_day(case) for case in listed.cases]
    cases = Counter(days)
    groups = tuple(f"{_day_in_words(day, listed.as_of.date())}: {cases[day]:,}" for day in days)
    columns = _columns(listed)
    shown = filled(columns) if listed.cases else columns
    caption = f"Due by {long_date(listed.last_day)}: {plural(len(listed.cases), 'case')}"
    table = TableBlock(shown, groups, caption, when_empty="Nothing falls due.")
    return Document((table, Notes(tuple(_notes(listed)))))


def _day_in_words(day: date, today: date) -> str:
    """`Mon 4 Mar, today`: short, as it stands above keys; the year is in the heading."""
    return f"{day:%a} {day.day} {day:%b}{_NAMES.get((day - today).days, '')}"


def _columns(listed: DueList) -> tuple[TableColumn, ...]:
    """Return case, due time, indicator and team first, then the other columns."""

    def column(heading: str, cell: "Callable[[CaseOutcome], str]", priority: int = NEEDED) -> TableColumn:
        return TableColumn(heading, tuple(map(cell, listed.cases)), priority)

    names = list(breakdown_columns(listed.indicators))
    return (
        column("Key", shown_key_of),
        column("Due", lambda case: show_cell(case.due)),
        column("Indicator", lambda case: case.indicator),
        *([column("Team", lambda case: case.categories.get(TEAM, ""))] if TEAM in names else []),
        column("Person", lambda case: case.person or "", 40),
        column("Start", lambda case: show_cell(case.start), 30),
        column("Period", lambda case: case.period.label, 20),
        *breakdown_cells(listed.cases, [name for name in names if name != TEAM]),
    )


def _notes(listed: DueList) -> Iterator[str]:
    yield as_of_and_source(listed, listed.source)
    looked_at = ", ".join(each.id for each in listed.indicators)
    yield f"Indicators: {looked_at}" if looked_at else "No indicator has a clock."
    yield from unavailable_lines(listed.unavailable)
    if listed.cases:
        yield IDENTIFIERS


def due_records(listed: DueList) -> Records:
    """Return a row for each case: its day and indicator, then the columns of a list of cases."""
    breakdowns = breakdown_columns(listed.indicators)
    columns = (RecordColumn("day", Kind.DATE), RecordColumn("indicator"), *case_columns(listed.indicators))
    rows = tuple(
        {"day": due_day(case), "indicator": case.indicator, **case_row(case, breakdowns)} for case in listed.cases
    )
    table = RecordTable("due", columns, rows)
    return Records(
        table=table,
        json=lambda: _json(listed, table),
        text=lambda: rows_as_text(table, CASE_NUMBERS),
        about=(
            *about_answer(listed, listed.source),
            ("Up to", listed.last_day),
            *(("Indicator", f"{each.title} ({each.id})") for each in listed.indicators),
            *(("Cannot be computed", f"{each.indicator}: {each.reason}") for each in listed.unavailable),
            ABOUT_IDENTIFIERS,
        ),
    )


def _json(listed: DueList, table: RecordTable) -> Json:
    return {
        **json_head(SCHEMA, listed),
        "extract": {"source": listed.source},
        "within": listed.within,
        "last_day": listed.last_day,
        "indicators": [each.id for each in listed.indicators],
        "unavailable": [{"indicator": each.indicator, "reason": each.reason} for each in listed.unavailable],
        "cases": Lines(table.rows),
    }
