"""Records as a pandas data frame, every column with a type of its own."""

import pandas as pd
import pyarrow as pa

from sgkpi.documents.records import RecordTable
from sgkpi.documents.write.parquet import arrow_table
from sgkpi.model.expressions import Kind

_TYPES = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype(), pa.string(): pd.StringDtype()}


def write_frame(table: RecordTable) -> pd.DataFrame:
    """Return records as a data frame: dates as dates, counts that may be null, and categories in their order.

    Categories are in the order of their first occurrence; periods are sorted.
    """
    frame = arrow_table(table).to_pandas(types_mapper=_TYPES.get, date_as_object=False)
    for column in table.columns:
        if column.kind is Kind.CATEGORY:
            texts = dict.fromkeys(row[column.name] for row in table.rows if row[column.name] is not None)
            in_order = sorted(texts, key=str) if column.name == "period" else list(texts)
            frame[column.name] = frame[column.name].astype(pd.CategoricalDtype(in_order))
    return frame
