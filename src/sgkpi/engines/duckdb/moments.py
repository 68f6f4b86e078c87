"""Moments in Europe/London, in SQL.

A local time that occurs twice is read as GMT; one that does not exist is read one hour later: that
is how DuckDB's time zone functions read them.
"""

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.model.expressions import Kind

ZONE = "Europe/London"


def has_clock_time(value: Sql) -> Sql:
    """Whether a datetime stands at another time than midnight; null for null."""
    return sql.fn("kpi_has_time", value)


def elapsed(start: Sql, stop: Sql) -> Sql:
    """Microseconds from start to stop."""
    return sql.fn("kpi_elapsed", start, stop)


def elapsed_at_most(start: Sql, stop: Sql, limit: int) -> Sql:
    """Whether no more than `limit` microseconds lie between; null when either is null."""
    return sql.fn("kpi_within", start, stop, limit)


def add_elapsed(start: Sql, microseconds: int) -> Sql:
    """The local time that follows so much elapsed time later."""
    return sql.fn("kpi_later", start, microseconds)


def is_later(value: Sql, kind: Kind, moment: Sql) -> Sql:
    """Whether a date or datetime lies after a moment.

    A value without a time of day is compared by its date; as such a value stands at midnight, the
    plain comparison already does so.
    """
    return value > (moment.cast("DATE") if kind is Kind.DATE else moment)
