"""The indicators of a catalogue, and which of them an extract can carry: a document, and records."""

from collections.abc import Callable, Iterator, Sequence

from sgkpi.answers.list import IndicatorList, Listed
from sgkpi.documents.document import NEEDED, Document, Notes, TableBlock, TableColumn
from sgkpi.documents.records import ABOUT_SGKPI, Json, Records, RecordTable, rows_as_text, text_columns
from sgkpi.documents.values import theme_name
from sgkpi.model.words import plural

COLUMNS = ("id", "title", "theme", "measure", "by")
WITH_EXTRACT = (*COLUMNS, "available", "reason")


def list_document(listed: IndicatorList) -> Document:
    """Return the indicators by theme; with an extract, whether it carries each, and the reasons below."""
    themes = list(dict.fromkeys(each.indicator.theme for each in listed.indicators))
    # Indicators without a theme come last.
    by_theme = sorted(
        listed.indicators, key=lambda each: (not each.indicator.theme, themes.index(each.indicator.theme))
    )

    def column(heading: str, cell: Callable[[Listed], str], priority: int = NEEDED) -> TableColumn:
        return TableColumn(heading, tuple(map(cell, by_theme)), priority)

    columns = (
        column("Title", lambda each: each.indicator.title),
        column("Id", lambda each: each.indicator.id),
        *([column("Available", lambda each: "yes" if each.available else "no")] if listed.with_extract else []),
        column("Measure", lambda each: each.indicator.measure.value, 30),
        column("By", lambda each: ", ".join(breakdown.name for breakdown in each.indicator.by), 20),
    )
    table = TableBlock(columns, tuple(theme_name(each.indicator.theme) for each in by_theme))
    return Document((table, Notes(tuple(_reasons(by_theme))), Notes(())))


def _reasons(indicators: Sequence[Listed]) -> Iterator[str]:
    """One line for the indicators that share a reason."""
    ids: dict[tuple[bool, str], list[str]] = {}
    for each in indicators:
        if each.reason:
            ids.setdefault((bool(each.available), each.reason), []).append(each.indicator.id)
    for (available, reason), named in ids.items():
        yield f"{'Available' if available else 'Not available'}: {', '.join(named)}: {reason}"


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
