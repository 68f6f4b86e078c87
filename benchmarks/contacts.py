"""Make the contacts that are read: seeded, about three years of them, to the end of February 2019.

    python -m benchmarks.contacts ROWS VARIANT FOLDER

writes FOLDER/csv/contacts.csv and FOLDER/parquet/contacts.parquet. It runs as a process of its own, so
that the process that measures stays small: on Linux a child's peak memory starts from its parent's.
"""

import argparse
from pathlib import Path

import duckdb

SEED = 20190304

# Every draw is a hash of the row's number, so the same rows come out whatever the number of threads.
# No moment is exactly midnight: that is how a database writes a date without a time, and is not judged in hours.
CLEAN = """
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
        i,
        'C' || lpad(i::varchar, 9, '0') as contact_id,
        'P' || lpad(person::varchar, 8, '0') as person_id,
        received + to_seconds((received::time = time '00:00:00')::bigint) as received_at,
        decided + to_seconds((decided::time = time '00:00:00')::bigint) as decided_at,
        $sources[source + 1] as source,
        case when decided is not null then $outcomes[outcome + 1] end as outcome,
        $teams[team + 1] as team,
    from hidden
    order by i
"""
# Codes that `indicators/tables/contacts.yaml` declares.
SOURCES = ["individual", "school", "health", "housing", "local_authority", "police", "other_legal_agency", "anonymous"]
OUTCOMES = ["referral", "early_help", "information_advice", "no_further_action"]
TEAMS = ["North", "South", "East", "West", "Front Door", "Disability 0-25"]

# One code in six is written in a way that the declaration does not list.
UNLISTED = f"""
    select * replace (
        case when hash(i, $seed, 8) % 6 = 0 then $odd[(hash(i, $seed, 9) % 4)::integer + 1] else source end as source,
        case
            when outcome is not null and hash(i, $seed, 10) % 6 = 0 then $odd[(hash(i, $seed, 11) % 4)::integer + 1]
            else outcome
        end as outcome
    ) from ({CLEAN})
"""
ODD_CODES = ["Web form", "Telephone (duty)", "MASH", "to be confirmed"]

DATES_AS_TEXT = f"""
    select * replace (received_at::varchar as received_at, decided_at::varchar as decided_at) from ({CLEAN})
"""

# Besides, one date in a hundred is unreadable, and some cells are blank.
DIRTY = f"""
    select * replace (
        case
            when hash(i, $seed, 12) % 100 = 0 then $unreadable[(hash(i, $seed, 13) % 4)::integer + 1]
            when hash(i, $seed, 14) % 200 = 0 then null
            else received_at::varchar
        end as received_at,
        case
            when hash(i, $seed, 15) % 100 = 0 then $unreadable[(hash(i, $seed, 16) % 4)::integer + 1]
            else decided_at::varchar
        end as decided_at,
        case when hash(i, $seed, 17) % 50 > 0 then source end as source,
        case when hash(i, $seed, 18) % 50 > 0 then team end as team
    ) from ({UNLISTED})
"""
UNREADABLE = ["2018-02-30 10:00:00", "31/02/2019 09:00", "TBC", "not known"]

# Besides, one row in 101 has the key of the row fifty rows before it, so that one key in a hundred has two rows.
REPEATED = f"""
    with contacts as ({DIRTY}), copied as (select i + 50 as i, contact_id, person_id from contacts)
    select contacts.* replace (
        case when contacts.i % 101 = 100 then copied.contact_id else contacts.contact_id end as contact_id,
        case when contacts.i % 101 = 100 then copied.person_id else contacts.person_id end as person_id
    )
    from contacts left join copied on copied.i = contacts.i
    order by contacts.i
"""

VARIANTS = {
    "clean": CLEAN,
    "unlisted": UNLISTED,
    "dates_as_text": DATES_AS_TEXT,  # the clean rows beside the dirty ones, in Parquet: an unreadable date is text
    "dirty": DIRTY,
    "repeated": REPEATED,
}
PARQUET_ONLY = ("dates_as_text",)  # as CSV it is the clean file
DRAWN = {
    "seed": SEED,
    "sources": SOURCES,
    "outcomes": OUTCOMES,
    "teams": TEAMS,
    "odd": ODD_CODES,
    "unreadable": UNREADABLE,
}


def make_contacts(rows: int, variant: str, folder: Path) -> None:
    """Write the contacts of a variant, as CSV and as Parquet."""
    query = VARIANTS[variant]
    parameters = {name: value for name, value in (DRAWN | {"rows": rows}).items() if f"${name}" in query}
    with duckdb.connect() as connection:
        connection.execute(f"create temp table contacts as select * exclude (i) from ({query})", parameters)
        for ending, options in (("csv", "header"), ("parquet", "format parquet")):
            if ending == "csv" and variant in PARQUET_ONLY:
                continue
            target = folder / ending / f"contacts.{ending}"
            target.parent.mkdir(parents=True, exist_ok=True)
            connection.execute(f"copy contacts to '{target}' ({options})")


def main() -> None:
    """Make the contacts that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("variant", choices=VARIANTS)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    make_contacts(asked.rows, asked.variant, asked.folder)


if __name__ == "__main__":
    main()
