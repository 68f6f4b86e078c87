"""Contacts decided within 24 hours, 13 months, in total, by team and by source: polars, lazily."""

import sys
from datetime import datetime

import polars as pl

contacts, output = sys.argv[1:]

scan = pl.scan_csv(contacts, try_parse_dates=True) if contacts.endswith(".csv") else pl.scan_parquet(contacts)
cells = (
    scan.filter(pl.col("received_at").is_between(datetime(2018, 2, 1), datetime(2019, 3, 1), closed="left"))
    .select(
        pl.col("received_at").dt.strftime("%Y-%m").alias("period"),
        "team",
        "source",
        "person_id",
        (pl.col("decided_at") - pl.col("received_at") <= pl.duration(hours=24)).alias("in_time"),
    )
    .collect()
)
parts = []
for breakdown in (None, "team", "source"):
    category = pl.lit(None, pl.String) if breakdown is None else pl.col(breakdown)
    part = cells.group_by("period", category.alias("category")).agg(
        pl.col("in_time").sum().alias("numerator"),
        pl.len().alias("denominator"),
        pl.col("person_id").drop_nulls().n_unique().alias("persons"),
    )
    parts.append(part.with_columns(pl.lit(breakdown, pl.String).alias("breakdown")))
pl.concat(parts).with_columns(pl.lit("contacts_decided_24h").alias("indicator")).write_csv(output)
