"""Ten indicators of contacts, 13 months, in total, by team and by source: ten DuckDB queries.

Each reads the file for itself, as ten analysts' scripts would; they share one process and one session.
Where the third argument says `dirty`, a date that cannot be read is not judged, and a blank category has a row of its
own; where it says `repeated`, keys in two rows that differ are looked for too, and their cases are not judged.
"""

import sys
from pathlib import Path

import duckdb

file, output, kind = sys.argv[1:]
# An outcome that is none of these may be any of them, so its case is not judged.
CODES = ("referral", "early_help", "information_advice", "no_further_action")
contacts = f"'{file}'"
if kind in {"dirty", "repeated"}:
    cells = f"read_csv('{file}', all_varchar = true)" if file.endswith(".csv") else f"'{file}'"
    contacts = f"""(
        select
            contact_id,
            person_id,
            try_cast(received_at as timestamp) as received_at,
            try_cast(decided_at as timestamp) as decided_at,
            decided_at is not null and try_cast(decided_at as timestamp) is null as unreadable,
            outcome,
            coalesce(team, '(not recorded)') as team,
            coalesce(source, '(not recorded)') as source,
        from {cells}
    )"""
readable = "" if kind in {"clean", "unlisted"} else "and not unreadable"
repeated = f"select contact_id, person_id from {contacts} group by all having count(*) > 1"
alone = f"and (contact_id, person_id) not in ({repeated})" if kind == "repeated" else ""

WORKING_DAYS = """
    calendar as (
        select unnest(generate_series(date '2018-01-01', date '2019-06-30', interval 1 day))::date as day
    ), numbered as (
        select day, isodow(day) < 6 and day not in (
            '2018-01-01', '2018-03-30', '2018-04-02', '2018-05-07', '2018-05-28', '2018-08-27', '2018-12-25',
            '2018-12-26', '2019-01-01', '2019-04-19', '2019-04-22', '2019-05-06', '2019-05-27'
        ) as working, count(*) filter (working) over (order by day) as n
        from calendar
    ), due_days as (
        select starts.day, due.day as due_day
        from numbered starts join numbered due on due.working and due.n = starts.n + {days}
    )
"""


def hours(limit: int) -> str:
    """Decided within so many hours; no contact of these months is still waiting for so short a limit."""
    return f"""
        select *, decided_at - received_at <= interval {limit} hours as in_time, true {readable} as judged
        from {contacts}
    """


def days(limit: str) -> str:
    """Decided on or before a day; what is open and not yet due is left out."""
    return f"""
        select *, received_at::date + interval {limit} as due_day, decided_at::date <= due_day as in_time,
            (decided_at is not null or due_day < date '2019-03-04') {readable} as judged
        from {contacts}
    """


def working_days(limit: int) -> str:
    """Decided within so many working days, Easter and Christmas being none."""
    return f"""
        with {WORKING_DAYS.format(days=limit)}
        select contacts.*, decided_at::date <= due_day as in_time,
            (decided_at is not null or due_day < date '2019-03-04') {readable} as judged
        from {contacts} contacts join due_days on due_days.day = received_at::date
    """


QUERIES = {
    "contacts_decided_12h": hours(12),
    "contacts_decided_24h": hours(24),
    "contacts_decided_48h": hours(48),
    "contacts_decided_72h": hours(72),
    "contacts_decided_5_days": days("5 days"),
    "contacts_decided_2_weeks": days("14 days"),
    "contacts_decided_1_month": days("1 month"),
    "contacts_decided_1_working_day": working_days(1),
    "contacts_decided_5_working_days": working_days(5),
    "contacts_referred": f"select *, outcome = 'referral' as in_time, outcome in {CODES} as judged from {contacts}",
}

with Path(output).open("w", encoding="utf-8", newline="") as out:
    out.write("indicator,period,breakdown,category,numerator,denominator,persons\n")
    for indicator, judged_contacts in QUERIES.items():
        rows = duckdb.sql(f"""
            select
                strftime(received_at, '%Y-%m') as period,
                case when grouping(team) = 0 then 'team' when grouping(source) = 0 then 'source' end as breakdown,
                coalesce(team, source) as category,
                count(*) filter (in_time) as numerator,
                count(*) as denominator,
                count(distinct person_id) as persons,
            from ({judged_contacts})
            where received_at >= '2018-02-01' and received_at < '2019-03-01' and judged {alone}
            group by grouping sets ((period), (period, team), (period, source))
        """).fetchall()
        for period, breakdown, category, *counts in rows:
            out.write(f"{indicator},{period},{breakdown or ''},{category or ''},{','.join(map(str, counts))}\n")
