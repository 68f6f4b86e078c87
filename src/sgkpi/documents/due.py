"""The cases that fall due, day by day: a document, and records (schema `sgkpi.due/1`)."""

from collections import Counter
from collections.abc import Iterator

from sgkpi.answers.due import TEAM, DueList, due_day
from sgkpi.definitions.wording import long_date
from sgkpi.documents import cases as case_list
from sgkpi.documents import records as rec
from sgkpi.documents.document import Document, Notes, TableBlock, TableColumn, column, filled
from sgkpi.documents.phrases import IDENTIFIERS, as_of_and_source, unavailable_lines
from sgkpi.model.expressions import Kind
from sgkpi.model.words import plural

SCHEMA = "sgkpi.due/1"

_NAMES = {0: ", today", 1: ", tomorrow"}


def due_document(listed: DueList) -> Document:
    """Return the cases under their days, with a heading, and below them what they rest on."""
    days = [due_day(case) for case in listed.cases]
    cases, today = Counter(days), listed.as_of.date()
    # `Mon 4 Mar, today: 3`: short, as it stands above keys; the year is in the caption.
    groups = (f"{day:%a} {day.day} {day:%b}{_NAMES.get((day - today).days, '')}: {cases[day]:,}" for day in days)
    columns = _columns(listed)
    caption = f"Due by {long_date(listed.last_day)}: {plural(len(listed.cases), 'case')}"
    shown = filled(columns) if listed.cases else columns
    table = TableBlock(shown, tuple(groups), caption, when_empty="Nothing falls due.")
    return Document((table, Notes(tuple(_notes(listed)))))


def _columns(listed: DueList) -> tuple[TableColumn, ...]:
    """Return case, due time, indicator and team first, then the other columns."""
    cases, names = listed.cases, list(case_list.breakdown_columns(listed.indicators))
    return (
        column("Key", cases, lambda case: case_list.shown_key(case.key)),
        column("Due", cases, lambda case: rec.show_cell(case.due)),
        column("Indicator", cases, lambda case: case.indicator),
        *([column("Team", cases, lambda case: case.categories.get(TEAM, ""))] if TEAM in names else []),
        column("Person", cases, lambda case: case.person or "", 40),
        column("Start", cases, lambda case: rec.show_cell(case.start), 30),
        column("Period", cases, lambda case: case.period.label, 20),
        *case_list.breakdown_cells(cases, [name for name in names if name != TEAM]),
    )


def _notes(listed: DueList) -> Iterator[str]:
    yield as_of_and_source(listed)
    looked_at = ", ".join(each.id for each in listed.indicators)
    yield f"Indicators: {looked_at}" if looked_at else "No indicator has a clock."
    yield from unavailable_lines(listed.unavailable)
    if listed.cases:
        yield IDENTIFIERS


def due_records(listed: DueList) -> rec.Records:
    """Return a row for each case: its day and indicator, then the columns of a list of cases."""
    breakdowns = case_list.breakdown_columns(listed.indicators)
    first = (rec.RecordColumn("day", Kind.DATE), rec.RecordColumn("indicator"))
    rows = tuple(
        {"day": due_day(case), "indicator": case.indicator, **case_list.case_row(case, breakdowns)}
        for case in listed.cases
    )
    table = rec.RecordTable("due", (*first, *case_list.case_columns(listed.indicators)), rows)
    return rec.Records(
        table=table,
        json=lambda: _json(listed, table),
        text=lambda: rec.rows_as_text(table, case_list.CASE_NUMBERS),
        about=(
            *rec.about_answer(listed),
            ("Up to", listed.last_day),
            *(("Indicator", f"{each.title} ({each.id})") for each in listed.indicators),
            *rec.about_unavailable(listed.unavailable),
            case_list.ABOUT_IDENTIFIERS,
        ),
    )


def _json(listed: DueList, table: rec.RecordTable) -> rec.Json:
    return {
        **rec.json_head(SCHEMA, listed),
        "extract": {"source": listed.source},
        "within": listed.within,
        "last_day": listed.last_day,
        "indicators": [each.id for each in listed.indicators],
        "unavailable": [rec.members(each, "indicator", "reason") for each in listed.unavailable],
        "cases": rec.Lines(table.rows),
    }
