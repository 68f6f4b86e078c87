"""Records as Parquet, and as an Arrow table."""

from datetime import date, datetime, time
from io import BytesIO
from typing import assert_never

import pyarrow as pa
import pyarrow.parquet as pq

from sgkpi.documents.records import RecordColumn, Records, RecordTable
from sgkpi.figures.columns import Cell
from sgkpi.model.expressions import Kind


def write_parquet(records: Records) -> bytes:
    """Return the rows as a Parquet file, every column with a type of its own; without rows, the columns alone."""
    table = arrow_table(records.table)
    if records.metadata:
        table = table.replace_schema_metadata({**records.metadata})
    buffer = BytesIO()
    pq.write_table(table, buffer, compression="zstd", store_schema=False)
    return buffer.getvalue()


def arrow_table(table: RecordTable) -> pa.Table:
    """Return records as an Arrow table; in a column of datetimes, one without a time of day is its midnight."""
    schema = pa.schema([pa.field(column.name, _type(column)) for column in table.columns])
    columns = [
        pa.array([_typed(row[column.name], column.kind) for row in table.rows], field.type)
        for column, field in zip(table.columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _type(column: RecordColumn) -> pa.DataType:
    match column.kind:
        case Kind.INTEGER:
            return pa.int64()
        case Kind.NUMBER:
            return pa.float64()
        case Kind.BOOLEAN:
            return pa.bool_()
        case Kind.DATE:
            return pa.date32()
        case Kind.DATETIME:
            return pa.timestamp("us")
        case Kind.TEXT | Kind.CATEGORY | Kind.MONTH | Kind.NULL:
            return pa.string()
        case _:
            assert_never(column.kind)


def _typed(cell: Cell, kind: Kind) -> Cell:
    if kind is Kind.NUMBER and isinstance(cell, int):
        return float(cell)
    if kind is Kind.DATETIME and isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime.combine(cell, time.min)
    return cell.date() if kind is Kind.DATE and isinstance(cell, datetime) else cell
