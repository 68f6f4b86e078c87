"""Contacts decided within 24 hours, of rows that are not clean: one DuckDB query.

A date that cannot be read is not judged; a blank category has a row of its own. Keys in two rows that differ
are looked for only where the third argument says `repeated`: their cases are not judged either.
"""

import sys

import duckdb

contacts, output, kind = sys.argv[1:]

cells = f"read_csv('{contacts}', all_varchar = true)" if contacts.endswith(".csv") else f"'{contacts}'"
judged = "(decided_at is not null or decided_text is null)"
if kind == "repeated":
    keys = f"select contact_id, person_id from {cells} group by all having count(*) > 1"
    judged = f"{judged} and (contact_id, person_id) not in ({keys})"
query = f"""
    with typed as (
        select
            contact_id,
            person_id,
            try_cast(received_at as timestamp) as received_at,
            try_cast(decided_at as timestamp) as decided_at,
            decided_at as decided_text,
            coalesce(team, '(not recorded)') as team,
            coalesce(source, '(not recorded)') as source,
        from {cells}
    )
    select
        'contacts_decided_24h' as indicator,
        strftime(received_at, '%Y-%m') as period,
        case when grouping(team) = 0 then 'team' when grouping(source) = 0 then 'source' end as breakdown,
        coalesce(team, source) as category,
        count(*) filter (decided_at - received_at <= interval 24 hours) as numerator,
        count(*) as denominator,
        count(distinct person_id) as persons,
    from typed
    where received_at >= '2018-02-01' and received_at < '2019-03-01' and {judged}
    group by grouping sets ((period), (period, team), (period, source))
"""
duckdb.sql(query).write_csv(output)
