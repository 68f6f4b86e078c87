"""Figures as Parquet."""

from io import BytesIO

import pyarrow.parquet as pq

from sgkpi.documents.columns import figures_table
from sgkpi.figures.figure_set import FigureSet


def render_parquet(results: FigureSet) -> bytes:
    """The long table of figures; how the as-of time came about stands in the file's metadata."""
    table = figures_table(results.figures)
    table = table.replace_schema_metadata({"sgkpi.as_of_source": results.as_of_source.value})
    buffer = BytesIO()
    pq.write_table(table, buffer, compression="zstd", store_schema=False)
    return buffer.getvalue()
