"""Records as CSV (RFC 4180, with the line ends of Unix): always with a header, empty for null."""

import csv
from datetime import date
from io import StringIO

from sgkpi.documents.records import RecordTable
from sgkpi.figures.columns import Cell


def write_csv(table: RecordTable) -> str:
    """Return the rows under a header."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [column.name for column in table.columns]
    writer.writerow(names)
    writer.writerows([_spelled(row[name]) for name in names] for row in table.rows)
    return text.getvalue()


def _spelled(cell: Cell) -> str:
    """Return a cell that reads back as the same value: doubles at their shortest, whole numbers without `.0`."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case date():
            return cell.isoformat()
        case _:
            return str(cell)
