"""Makes the contacts that are read: seeded, about three years of them, to the end of February 2019.

    python -m benchmarks.contacts ROWS FOLDER

writes FOLDER/csv/contacts.csv and FOLDER/parquet/contacts.parquet. It runs as a process of its own, so
that the process that measures stays small: on Linux a child's peak memory starts from its parent's.
"""

import argparse
from pathlib import Path

import duckdb

SEED = 20190304

# Every draw is a hash of the row's number, so the same rows come out whatever the number of threads.
# No moment is exactly midnight: that is how a database writes a date without a time, and is not judged in hours.
CONTACTS = """
    with drawn as (
        select
            range as i,
            hash(i, $seed, 1) % 900000 as person,
            timestamp '2016-04-01' + to_seconds((hash(i, $seed, 2) % 91929600)::bigint) as received,
            (hash(i, $seed, 3) % 1000)::integer as fate,
            hash(i, $seed, 4)::ubigint as delay,
            (hash(i, $seed, 5) % 8)::integer as source,
            (hash(i, $seed, 6) % 4)::integer as outcome,
            (hash(i, $seed, 7) % 6)::integer as team,
        from range($rows)
    ), timed as (
        select *, case
            when fate < 774 then received + to_seconds((delay % 86400)::bigint)
            when fate < 980 then received + to_seconds((86400 + delay % 600000)::bigint)
        end as decided
        from drawn
    ), hidden as (
        select * replace (case when decided < timestamp '2019-03-04 07:00:00' then decided end as decided) from timed
    )
    select
        'C' || lpad(i::varchar, 9, '0') as contact_id,
        'P' || lpad(person::varchar, 8, '0') as person_id,
        received + to_seconds((received::time = time '00:00:00')::bigint) as received_at,
        decided + to_seconds((decided::time = time '00:00:00')::bigint) as decided_at,
        $sources[source + 1] as source,
        case when decided is not null then $outcomes[outcome + 1] end as outcome,
        $teams[team + 1] as team,
    from hidden
"""
# Codes that `indicators/tables/contacts.yaml` declares.
SOURCES = ["individual", "school", "health", "housing", "local_authority", "police", "other_legal_agency", "anonymous"]
OUTCOMES = ["referral", "early_help", "information_advice", "no_further_action"]
TEAMS = ["North", "South", "East", "West", "Front Door", "Disability 0-25"]


def make_contacts(rows: int, folder: Path) -> None:
    """Writes the contacts, as CSV and as Parquet."""
    drawn = {"rows": rows, "seed": SEED, "sources": SOURCES, "outcomes": OUTCOMES, "teams": TEAMS}
    with duckdb.connect() as connection:
        connection.execute(f"create temp table contacts as {CONTACTS}", drawn)
        for ending, options in (("csv", "header"), ("parquet", "format parquet")):
            target = folder / ending / f"contacts.{ending}"
            target.parent.mkdir(parents=True, exist_ok=True)
            connection.execute(f"copy contacts to '{target}' ({options})")


def main() -> None:
    """Makes the contacts that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    make_contacts(asked.rows, asked.folder)


if __name__ == "__main__":
    main()
