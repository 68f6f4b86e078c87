"""Records as CSV (RFC 4180, with the line ends of Unix): always with a header, empty for null."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from io import StringIO

from sgkpi.figures.columns import FIGURE_COLUMNS, figure_row
from sgkpi.figures.figure import Figure


def render_csv(figures: Iterable[Figure]) -> str:
    """The long table of figures."""
    return render_records([each.name for each in FIGURE_COLUMNS], map(figure_row, figures))


def render_records(columns: Sequence[str], records: Iterable[Mapping[str, object]]) -> str:
    """Records under a header, in the order of the columns."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_written(record[name]) for name in columns] for record in records)
    return text.getvalue()


def _written(cell: object) -> str:
    """A cell that reads back as the same value: doubles at their shortest, whole numbers without `.0`."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, date):
        return cell.isoformat()
    return repr(cell) if isinstance(cell, float) else str(cell)
