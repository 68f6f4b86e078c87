"""The rows of a table as known at a moment: those that existed, with dates that were known, grouped into cases."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sgkpi.judge.tables import LoadedTable, Row, RowPlace, join_text
from sgkpi.judge.values import Moment, Value, comparable, has_time, lies_after
from sgkpi.model.expressions import Kind
from sgkpi.model.table import FILE_VERSION, Table

_DATED = (Kind.DATE, Kind.DATETIME)


def known_rows(loaded: LoadedTable, known_at: datetime, as_of: datetime, recorded_by: datetime) -> list[Row]:
    """Return the rows that existed at a moment, later dates made null.

    `known_at` is the as-of time or, for a stock, the end of its reference day when that is earlier.
    When a row was recorded is held against `recorded_by` alone, which is mostly the as-of time.
    """
    table, columns = loaded.table, loaded.table.columns
    hideable = [name for name in loaded.columns if columns[name].kind in _DATED and not columns[name].planned]
    known, replaced = [], replaced_rows(loaded, as_of, recorded_by)
    for row in loaded.rows:
        if exists(table, row, known_at, recorded_by) and row.place not in replaced:
            hidden = {name: None for name in hideable if lies_after(row.values[name], known_at)}
            known.append(replace(row, values={**row.values, **hidden}) if hidden else row)
    return known


def exists(table: Table, row: Row, known_at: datetime, recorded_by: datetime) -> bool:
    """Whether a row had happened at a moment and had been recorded by another."""
    happened, recorded = row.values.get(table.happened or ""), row.values.get(table.recorded or "")
    return not lies_after(happened, known_at) and not lies_after(recorded, recorded_by)


def replaced_rows(loaded: LoadedTable, as_of: datetime, recorded_by: datetime) -> frozenset[RowPlace]:
    """Return the places of the rows that another row of their key replaces: one with a greater version.

    They are compared among the rows that exist at the as-of time. A version that is blank, unreadable or later than
    `recorded_by` is the least.
    """
    version, by_key = loaded.table.version, dict[object, list[Row]]()
    if version is None or (version != FILE_VERSION and version not in loaded.columns):
        return frozenset()
    for row in loaded.rows:
        if row.has_key and exists(loaded.table, row, as_of, recorded_by):
            by_key.setdefault(row.compared_key, []).append(row)

    def rank(row: Row) -> tuple[int, object]:
        if version == FILE_VERSION:
            return 1, loaded.files.index(row.place[0])
        value = row.values[version]
        return (0, False) if value is None or lies_after(value, recorded_by) else (1, comparable(value))

    replaced = set[RowPlace]()
    for rows in by_key.values():
        greatest = max(map(rank, rows))
        replaced.update(row.place for row in rows if rank(row) != greatest)
    return frozenset(replaced)


def distinct_rows(loaded: LoadedTable, rows: Iterable[Row], joins: Iterable[str]) -> list[Row]:
    """Return the rows, identical ones once, as first seen; keys and columns used in joins as they are compared.

    Rows whose keys differ as recorded are never identical, whatever of them is known.
    """
    compared = normalised_columns(loaded, joins)
    first_seen: dict[tuple[object, ...], Row] = {}
    for row in rows:
        values = (_folded(row.values[name]) if name in compared else row.values[name] for name in loaded.columns)
        first_seen.setdefault((*values, *map(_folded, row.key), row.unreadable & {*loaded.columns}), row)
    return list(first_seen.values())


def _folded(value: Value) -> Value:
    return join_text(value) if isinstance(value, str) else value


def normalised_columns(loaded: LoadedTable, joins: Iterable[str]) -> frozenset[str]:
    """Return the columns that are compared trimmed, case-folded and without a trailing `.0`."""
    person = {loaded.table.person} if loaded.table.person else set()
    return frozenset({*loaded.table.key, *person, *joins}) & frozenset(loaded.columns)


def cases_of(loaded: LoadedTable, rows: Iterable[Row], joins: Iterable[str]) -> list[tuple[Row, list[Row]]]:
    """Group distinct rows by key into cases, as first seen: the least row, which represents the case, and all rows."""
    by_key: dict[object, list[Row]] = {}
    for row in rows:
        by_key.setdefault(row.compared_key if row.has_key else row.place, []).append(row)
    compared = normalised_columns(loaded, joins)

    def place(row: Row) -> tuple[object, ...]:
        """The order over every declared column in declared order, nulls last."""
        values = (sortable(row.values[name], name in compared) for name in loaded.columns)
        return (*((-known, value) for known, value in values), *_beside_values(loaded, row))

    return [(min(group, key=place) if len(group) > 1 else group[0], group) for group in by_key.values()]


def _beside_values(loaded: LoadedTable, row: Row) -> list[tuple[bool, bool, bool]]:
    """Return the order of rows whose values are all equal: unreadable cells, then times of day, then summer time."""
    values = ((name in row.unreadable, row.values[name]) for name in loaded.columns)
    return [(unreadable, has_time(value), isinstance(value, Moment) and value.summer) for unreadable, value in values]


def sortable(value: Value, normalised: bool = False) -> tuple[int, object]:
    """Return a cell to sort by, null least: text by code point (of a key, as it is compared), moments by the clock."""
    if value is None:
        return 0, False
    if isinstance(value, Moment):
        return 1, value.value
    return 1, join_text(value) if normalised and isinstance(value, str) else value


def tie_break(loaded: LoadedTable, row: Row, joined: str) -> tuple[object, ...]:
    """Return the sort key of related rows of the same date; the greatest is kept.

    The key as it is recorded and compared (without one, file and row number), then the other columns in declared order;
    person and the column by which rows are `joined` as they are compared there.
    """
    key: list[object] = [(sortable(value, normalised=True), has_time(value)) for value in row.key] or [row.place]
    compared = normalised_columns(loaded, (joined,))
    others = [name for name in loaded.columns if name not in loaded.table.key]
    values = (sortable(row.values[name], name in compared) for name in others)
    return (*key, *values, *_beside_values(loaded, row))
