"""Contacts decided within 24 hours, 13 months, in total, by team and by source: pandas."""

import sys

import pandas as pd

contacts, output = sys.argv[1:]

columns = ["person_id", "received_at", "decided_at", "source", "team"]
if contacts.endswith(".csv"):
    data = pd.read_csv(contacts, usecols=columns, parse_dates=["received_at", "decided_at"])
else:
    data = pd.read_parquet(contacts, columns=columns)

data = data[(data["received_at"] >= "2018-02-01") & (data["received_at"] < "2019-03-01")]
data = data.assign(
    period=data["received_at"].dt.strftime("%Y-%m"),
    in_time=data["decided_at"] - data["received_at"] <= pd.Timedelta(hours=24),
)
parts = []
for breakdown in (None, "team", "source"):
    keys = ["period"] if breakdown is None else ["period", breakdown]
    counts = {"numerator": ("in_time", "sum"), "denominator": ("in_time", "count"), "persons": ("person_id", "nunique")}
    part = data.groupby(keys).agg(**counts).reset_index()
    parts.append(part.rename(columns={breakdown: "category"}).assign(breakdown=breakdown))
figures = pd.concat(parts).assign(indicator="contacts_decided_24h")
figures.to_csv(output, index=False)
