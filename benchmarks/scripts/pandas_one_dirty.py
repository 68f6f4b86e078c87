"""Contacts decided within 24 hours, of rows that are not clean: pandas.

A date that cannot be read is not judged; a blank category has a row of its own. Keys in two rows that differ
are looked for only where the third argument says `repeated`: their cases are not judged either.
"""

import sys

import pandas as pd

contacts, output, kind = sys.argv[1:]

keys = ["contact_id", "person_id"]
columns = ["person_id", "received_at", "decided_at", "source", "team", *(keys[:1] if kind == "repeated" else [])]
if contacts.endswith(".csv"):
    data = pd.read_csv(contacts, usecols=columns, dtype="str", keep_default_na=False, na_values=[""])
else:
    data = pd.read_parquet(contacts, columns=columns)

received_at = pd.to_datetime(data["received_at"], format="%Y-%m-%d %H:%M:%S", errors="coerce")
decided_at = pd.to_datetime(data["decided_at"], format="%Y-%m-%d %H:%M:%S", errors="coerce")
judged = (decided_at.notna() | data["decided_at"].isna()) & received_at.between("2018-02-01", "2019-02-28 23:59:59")
if kind == "repeated":
    judged &= ~data.duplicated(keys, keep=False)
data = data[["person_id", "source", "team"]].fillna({"source": "(not recorded)", "team": "(not recorded)"})
data = data.assign(in_time=decided_at - received_at <= pd.Timedelta("24h"))
data = data[judged].assign(period=received_at[judged].dt.strftime("%Y-%m"))
parts = []
for breakdown in (None, "team", "source"):
    by = ["period"] if breakdown is None else ["period", breakdown]
    counts = {"numerator": ("in_time", "sum"), "denominator": ("in_time", "count"), "persons": ("person_id", "nunique")}
    part = data.groupby(by).agg(**counts).reset_index()
    parts.append(part.rename(columns={breakdown: "category"}).assign(breakdown=breakdown))
figures = pd.concat(parts).assign(indicator="contacts_decided_24h")
figures.to_csv(output, index=False)
