"""Contacts decided within 24 hours, 13 months, in total, by team and by source: one DuckDB query."""

import sys

import duckdb

contacts, output = sys.argv[1:]

query = f"""
    select
        'contacts_decided_24h' as indicator,
        strftime(received_at, '%Y-%m') as period,
        case when grouping(team) = 0 then 'team' when grouping(source) = 0 then 'source' end as breakdown,
        coalesce(team, source) as category,
        count(*) filter (decided_at - received_at <= interval 24 hours) as numerator,
        count(*) as denominator,
        count(distinct person_id) as persons,
    from '{contacts}'
    where received_at >= '2018-02-01' and received_at < '2019-03-01'
    group by grouping sets ((period), (period, team), (period, source))
"""
duckdb.sql(query).write_csv(output)
