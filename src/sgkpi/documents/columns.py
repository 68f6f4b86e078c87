"""The long table of figures as an Arrow table: every column with a type of its own."""

from collections.abc import Iterable

import pyarrow as pa

from sgkpi.figures.columns import FIGURE_COLUMNS, figure_row
from sgkpi.figures.figure import Figure

TYPES: dict[str, pa.DataType] = {
    **dict.fromkeys(("period_start", "period_end"), pa.date32()),
    **dict.fromkeys(("denominator", "met", "not_met", "overdue", "counted"), pa.int64()),
    **dict.fromkeys(("not_due", "unknown", "excluded"), pa.int64()),
    **dict.fromkeys(("value", "numerator", "lowest", "highest", "target_green", "target_amber"), pa.float64()),
    "rating_firm": pa.bool_(),
    "as_of": pa.timestamp("us"),
}

SCHEMA = pa.schema([pa.field(name, TYPES.get(name, pa.string())) for name in (each.name for each in FIGURE_COLUMNS)])


def figures_table(figures: Iterable[Figure]) -> pa.Table:
    """The figures, one row each, in the columns of the long table; without figures, the columns alone."""
    rows = [figure_row(figure) for figure in figures]
    columns = [pa.array([_as_double(row[field.name], field) for row in rows], field.type) for field in SCHEMA]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def _as_double(cell: object, field: "pa.Field[pa.DataType]") -> object:
    return float(cell) if field.type == pa.float64() and isinstance(cell, int) else cell
