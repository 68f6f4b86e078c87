"""Lists of cases as JSON (schemas `sgkpi.cases/1` and `sgkpi.due/1`), CSV and Markdown.

One case stands on a line, so that two outputs can be compared line by line.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime

from sgkpi import __version__
from sgkpi.answers.cases import CaseList, CaseTable
from sgkpi.answers.due import DueList
from sgkpi.documents.csv_report import render_records
from sgkpi.documents.markdown_report import render_table
from sgkpi.figures.columns import Cell

CASES_SCHEMA = "sgkpi.cases/1"
DUE_SCHEMA = "sgkpi.due/1"
NUMERIC = frozenset({"Value"})


def render_cases_json(listed: CaseList) -> str:
    """The cases behind a figure as one JSON object, with a newline at its end."""
    head = {
        "indicator": listed.indicator.id,
        "title": listed.indicator.title,
        "measure": listed.indicator.measure.value,
        "periods": [period.label for period in listed.periods],
        "not_covered": [period.label for period in listed.not_covered],
    }
    return _document(CASES_SCHEMA, listed, head)


def render_due_json(listed: DueList) -> str:
    """What falls due as one JSON object, with a newline at its end."""
    head = {
        "within": listed.within,
        "last_day": listed.last_day.isoformat(),
        "indicators": [each.id for each in listed.indicators],
        "unavailable": [{"indicator": each.indicator, "reason": each.reason} for each in listed.unavailable],
    }
    return _document(DUE_SCHEMA, listed, head)


def render_cases_csv(table: CaseTable) -> str:
    """A row for each case under a header that is always there; empty for null."""
    return render_records(table.columns, table.rows)


def render_cases_markdown(table: CaseTable) -> str:
    """A Markdown table, with moments to the minute."""
    names = [name.replace("_", " ").capitalize() for name in table.columns]
    rows = [[show_cell(row[name]) for name in table.columns] for row in table.rows]
    return render_table(names, rows, NUMERIC)


def show_cell(cell: Cell) -> str:
    """A cell as people read it: empty for null, a moment to the minute."""
    match cell:
        case None:
            return ""
        case datetime():
            return cell.isoformat(sep=" ", timespec="minutes")
        case date():
            return cell.isoformat()
        case float():
            return f"{cell:,.1f}"
        case int():
            return f"{cell:,}"
        case _:
            return cell


def _document(schema: str, listed: CaseList | DueList, head: Mapping[str, object]) -> str:
    whole = {
        "schema": schema,
        "sgkpi": __version__,
        "as_of": listed.as_of.isoformat(),
        "as_of_source": listed.as_of_source.value,
        "extract": {"source": listed.extract.source},
        **head,
    }
    parts = [f'"{key}": {_text(value)}' for key, value in whole.items()]
    return "{\n" + ",\n".join([*parts, f'"cases": {_rows(listed.table)}']) + "\n}\n"


def _rows(table: CaseTable) -> str:
    lines = [f"  {_text({name: _plain(row[name]) for name in table.columns})}" for row in table.rows]
    return "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"


def _plain(cell: Cell) -> object:
    return cell.isoformat() if isinstance(cell, date) else cell


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
