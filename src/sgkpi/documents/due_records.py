"""What falls due as data (schema `sgkpi.due/1`)."""

from sgkpi.answers.cases import breakdown_columns
from sgkpi.answers.due import DueList, due_day
from sgkpi.documents.cases_records import ABOUT_IDENTIFIERS, CASE_NUMBERS, case_columns, case_row
from sgkpi.documents.records import (
    Json,
    Lines,
    RecordColumn,
    Records,
    RecordTable,
    about_answer,
    json_head,
    rows_as_text,
)
from sgkpi.model.expressions import Kind

SCHEMA = "sgkpi.due/1"


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
            *about_answer(listed, listed.extract.source),
            ("Up to", listed.last_day),
            *(("Indicator", f"{each.title} ({each.id})") for each in listed.indicators),
            *(("Cannot be computed", f"{each.indicator}: {each.reason}") for each in listed.unavailable),
            ABOUT_IDENTIFIERS,
        ),
    )


def _json(listed: DueList, table: RecordTable) -> Json:
    return {
        **json_head(SCHEMA, listed),
        "extract": {"source": listed.extract.source},
        "within": listed.within,
        "last_day": listed.last_day,
        "indicators": [each.id for each in listed.indicators],
        "unavailable": [{"indicator": each.indicator, "reason": each.reason} for each in listed.unavailable],
        "cases": Lines(table.rows),
    }
