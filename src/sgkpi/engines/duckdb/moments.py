"""Moments in Europe/London, in SQL.

A local time that occurs twice is read as GMT; one that does not exist is read one hour later: that
is how DuckDB's time zone functions read them.
"""

from sgkpi.definitions.expressions.nodes import Kind
from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.sql import Sql

ZONE = "Europe/London"
_HOUR = 3_600_000_000
_MIDNIGHT = "00:00:00"
# Since 1948 London's clocks have never differed from one moment to another by more than an hour.
_STEADY_SINCE = "1948-01-01"


def has_clock_time(value: Sql) -> Sql:
    """Whether a datetime stands at another time than midnight; null for null."""
    return sql.binary("<>", sql.cast(value, "TIME"), sql.cast(sql.text(_MIDNIGHT), "TIME"))


def instant(value: Sql) -> Sql:
    """Microseconds since 1970 in UTC."""
    return sql.fn("epoch_us", sql.fn("timezone", ZONE, value.copy()))


def elapsed(start: Sql, stop: Sql) -> Sql:
    """Microseconds from start to stop."""
    return sql.subtract(instant(stop), instant(start))


def elapsed_at_most(start: Sql, stop: Sql, limit: int) -> Sql:
    """Whether no more than `limit` microseconds lie between; null when either is null.

    Time-zone arithmetic is costly, and needed only when the plain difference is within an hour of the limit.
    """
    plain = sql.subtract(sql.fn("epoch_us", stop.copy()), sql.fn("epoch_us", start.copy()))
    steady = sql.cast(sql.text(_STEADY_SINCE), "TIMESTAMP")
    exact = sql.binary("<=", elapsed(start, stop), sql.number(limit))
    return sql.case(
        [
            (sql.binary("<", sql.fn("least", start.copy(), stop.copy()), steady), exact),
            (sql.binary("<=", plain, sql.number(limit - _HOUR)), sql.TRUE.copy()),
            (sql.binary(">", plain.copy(), sql.number(limit + _HOUR)), sql.FALSE.copy()),
        ],
        exact.copy(),
    )


def later_by(start: Sql, microseconds: int) -> Sql:
    """The local time that follows so much elapsed time later."""
    shifted = sql.add(sql.fn("timezone", ZONE, start), sql.fn("to_microseconds", microseconds))
    return sql.fn("timezone", ZONE, shifted)


def is_later(value: Sql, kind: Kind, moment: Sql) -> Sql:
    """Whether a date or datetime lies after a moment.

    A value without a time of day is compared by its date; as such a value stands at midnight, the
    plain comparison already does so.
    """
    return sql.binary(">", value, sql.cast(moment.copy(), "DATE") if kind is Kind.DATE else moment.copy())
