"""Lists of cases as Parquet."""

from datetime import date, datetime, time
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq

from sgkpi.answers.cases import CaseTable
from sgkpi.figures.columns import Cell
from sgkpi.model.expressions import Kind

TYPES: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.NUMBER: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.DATETIME: pa.timestamp("us"),
}


def render_cases_parquet(table: CaseTable) -> bytes:
    """A row for each case, every column with a type of its own; without cases, the columns alone.

    In a column of datetimes, one without a time of day is its midnight, as databases write it.
    """
    schema = pa.schema([pa.field(name, TYPES[table.kinds[name]]) for name in table.columns])
    cells = [[_typed(row[name], table.kinds[name]) for row in table.rows] for name in table.columns]
    columns = [pa.array(column, field.type) for column, field in zip(cells, schema, strict=True)]
    buffer = BytesIO()
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), buffer, compression="zstd", store_schema=False)
    return buffer.getvalue()


def _typed(cell: Cell, kind: Kind) -> Cell:
    if kind is Kind.NUMBER and isinstance(cell, int):
        return float(cell)
    if kind is Kind.DATETIME and isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime.combine(cell, time.min)
    return cell.date() if kind is Kind.DATE and isinstance(cell, datetime) else cell
