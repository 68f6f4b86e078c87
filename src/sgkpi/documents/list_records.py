"""Indicators as data."""

from sgkpi.answers.list import IndicatorList, Listed
from sgkpi.documents.records import ABOUT_SGKPI, Json, Records, RecordTable, rows_as_text, text_columns
from sgkpi.model.words import plural

COLUMNS = ("id", "title", "theme", "measure", "by")
WITH_EXTRACT = (*COLUMNS, "available", "reason")


def list_records(listed: IndicatorList) -> Records:
    """Return a row for each indicator; lists in a cell are joined by commas, and truth is `yes` or `no`."""
    names = WITH_EXTRACT if listed.with_extract else COLUMNS
    whole = [_json(each, with_extract=listed.with_extract) for each in listed.indicators]
    table = RecordTable(
        "indicators",
        text_columns(*names),
        tuple({name: flat(cell) for name, cell in record.items()} for record in whole),
    )
    carried = f"{listed.available} of {plural(len(listed.indicators), 'indicator')}"
    about = (("Can be computed", carried), ("Tables that can be read", ", ".join(listed.tables) or "none"))
    return Records(
        table=table,
        json=lambda: whole,
        text=lambda: rows_as_text(table),
        about=(*(about if listed.with_extract else ()), ABOUT_SGKPI),
    )


def _json(listed: Listed, *, with_extract: bool) -> Json:
    indicator = listed.indicator
    record: dict[str, object] = {
        "id": indicator.id,
        "title": indicator.title,
        "theme": indicator.theme,
        "measure": indicator.measure.value,
        "by": [breakdown.name for breakdown in indicator.by],
    }
    return record | ({"available": listed.available, "reason": listed.reason} if with_extract else {})


def flat(cell: object) -> str:
    """Return a member of a record as text."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case list():
            return ", ".join(cell)
        case _:
            return str(cell)
