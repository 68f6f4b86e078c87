"""The columns of a Parquet file, from its footer."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from sgkpi.engines.duckdb.ingest.raw_rows import as_pattern
from sgkpi.engines.duckdb.session.database import database
from sgkpi.extracts.cells import ODD, ZONE
from sgkpi.extracts.extract import ParquetColumns, ParquetType

_COLUMNS = """
select name, num_children, repetition_type, case
    when duckdb_type = 'TIMESTAMP' and converted_type like 'TIMESTAMP_%' and logical_type is null then 'INSTANT'
    else duckdb_type end, coalesce(converted_type, '') = 'TIMESTAMP_MILLIS'
from parquet_schema($1) order by column_id
"""
_ROWS = "select num_rows from parquet_file_metadata($1)"
_STATISTICS = "select stats_min, stats_max, stats_min_value, stats_max_value from parquet_metadata($1)"
_SEARCH = """
select coalesce(bool_or(regexp_matches(words, $1)), false), coalesce(bool_or(regexp_matches(words, $2)), false)
from (select rows::varchar as words from read_parquet($3) rows)
"""
# Searching more rows takes longer than handling odd letters and zones where there are none.
_SEARCHED = 10_000
_TYPES = {
    "VARCHAR": ParquetType.TEXT,
    "JSON": ParquetType.TEXT,
    "ENUM": ParquetType.TEXT,
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), ParquetType.INTEGER),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"), ParquetType.INTEGER),
    "FLOAT": ParquetType.FLOAT,
    "DOUBLE": ParquetType.FLOAT,
    "BOOLEAN": ParquetType.BOOLEAN,
    "DATE": ParquetType.DATE,
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP_S"), ParquetType.TIMESTAMP),
    "INSTANT": ParquetType.TIMESTAMP_UTC,
    "TIMESTAMP WITH TIME ZONE": ParquetType.TIMESTAMP_TZ,
    "TIMESTAMPTZ_NS": ParquetType.TIMESTAMP_TZ,
    "BLOB": ParquetType.BINARY,
}


def read_parquet_columns(path: Path) -> ParquetColumns:
    """Return the columns at the top of a file's schema; raise ValueError if the footer cannot be read."""
    with database().cursor() as connection:
        try:
            found = connection.execute(_COLUMNS, [as_pattern(path)]).fetchall()
            elements = [row[:-1] for row in found]
            ((rows,),) = connection.execute(_ROWS, [as_pattern(path)]).fetchall()
            columns = list(_top(elements))
            is_far = any(row[-1] for row in found) and _has_far_moments(connection, path)
        except (duckdb.Error, MemoryError, UnicodeDecodeError, IndexError) as error:
            raise ValueError("its footer cannot be read") from error
        has_odd_letters, has_zones = (True, True) if rows > _SEARCHED else _search(connection, path)
    names, kinds = tuple(name for name, _ in columns), tuple(kind for _, kind in columns)
    # The search sees bytes as codes, and no zone of an instant that DuckDB takes for a local time.
    has_odd_letters |= ParquetType.BINARY in kinds
    has_zones |= not {ParquetType.BINARY, ParquetType.TIMESTAMP_UTC}.isdisjoint(kinds)
    return ParquetColumns(names, kinds, int(rows), is_far, has_odd_letters, has_zones)


def _has_far_moments(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Whether the statistics of millisecond columns have moments out of DuckDB's range, so that it reads no row."""
    try:
        connection.execute(_STATISTICS, [as_pattern(path)]).fetchall()
    except duckdb.ConversionException:
        return True
    return False


def _search(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[bool, bool]:
    """Whether the rows have odd letters, and moments with a zone, or may have some because they cannot be read."""
    try:
        ((has_odd_letters, has_zones),) = connection.execute(_SEARCH, [ODD.pattern, ZONE, as_pattern(path)]).fetchall()
    except duckdb.Error:
        return True, True
    return bool(has_odd_letters), bool(has_zones)


def _top(elements: Sequence[tuple[str, int | None, str, str | None]]) -> Iterator[tuple[str, ParquetType]]:
    """The columns below the root of a schema, which lists its elements depth first."""
    place = 1
    while place < len(elements):
        name, children, repetition, kind = elements[place]
        repeated = children or repetition == "REPEATED"
        yield name, ParquetType.NESTED if repeated else _type(kind or "")
        pending = 1
        while pending:
            pending += (elements[place][1] or 0) - 1
            place += 1


def _type(name: str) -> ParquetType:
    return ParquetType.DECIMAL if name.startswith("DECIMAL") else _TYPES.get(name, ParquetType.OTHER)
