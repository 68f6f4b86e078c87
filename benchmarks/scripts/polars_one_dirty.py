"""Contacts decided within 24 hours, of rows that are not clean: polars, lazily.

A date that cannot be read is not judged; a blank category has a row of its own. Keys in two rows that differ
are looked for only where the third argument says `repeated`: their cases are not judged either.
"""

import sys
from datetime import datetime

import polars as pl

contacts, output, kind = sys.argv[1:]

scan = pl.scan_csv(contacts, infer_schema=False) if contacts.endswith(".csv") else pl.scan_parquet(contacts)
judged = pl.col("decided_at").is_not_null() | pl.col("decided_text").is_null()
if kind == "repeated":
    judged &= ~pl.struct("contact_id", "person_id").is_duplicated()
cells = (
    scan.with_columns(
        pl.col("decided_at").alias("decided_text"),
        pl.col("received_at", "decided_at").str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False),
        pl.col("team", "source").fill_null("(not recorded)"),
    )
    .filter(judged & pl.col("received_at").is_between(datetime(2018, 2, 1), datetime(2019, 3, 1), closed="left"))
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
