"""The rows of a table as known at a moment: those that existed, with dates that were known, grouped into cases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sgkpi.judge.tables import LoadedTable, Row, join_text
from sgkpi.judge.values import Value, comparable, has_time, lies_after
from sgkpi.model.expressions import Kind

# A value to sort by; null comes first.
Sortable = tuple[int, object]
_DATED = (Kind.DATE, Kind.DATETIME)


def known_rows(loaded: LoadedTable, known_at: datetime, as_of: datetime) -> list[Row]:
    """The rows that existed at a moment, later dates made null.

    `known_at` is the as-of time or, for a stock, the end of its reference day when that is earlier.
    When a row was recorded is held against the as-of time alone.
    """
    return [_as_known(loaded, row, known_at) for row in loaded.rows if _exists(loaded, row, known_at, as_of)]


def _exists(loaded: LoadedTable, row: Row, known_at: datetime, as_of: datetime) -> bool:
    table = loaded.table
    happened = row.values.get(table.happened) if table.happened else None
    recorded = row.values.get(table.recorded) if table.recorded else None
    return not lies_after(happened, known_at) and not lies_after(recorded, as_of)


def _as_known(loaded: LoadedTable, row: Row, known_at: datetime) -> Row:
    hidden = {name: None for name in _hideable(loaded) if lies_after(row.values[name], known_at)}
    return replace(row, values={**row.values, **hidden}) if hidden else row


def _hideable(loaded: LoadedTable) -> list[str]:
    columns = loaded.table.columns
    return [name for name in loaded.columns if columns[name].kind in _DATED and not columns[name].planned]


def distinct_rows(loaded: LoadedTable, rows: Iterable[Row], joins: Iterable[str]) -> list[Row]:
    """The rows, identical ones once, as first seen; keys and columns used in joins as they are compared."""
    compared = normalised_columns(loaded, joins)
    first_seen: dict[tuple[object, ...], Row] = {}
    for row in rows:
        values = ((join_text(row.values[name]) if name in compared else row.values[name]) for name in loaded.columns)
        first_seen.setdefault((*values, row.unreadable & {*loaded.columns}), row)
    return list(first_seen.values())


def normalised_columns(loaded: LoadedTable, joins: Iterable[str]) -> frozenset[str]:
    """The columns that are compared trimmed, case-folded and without a trailing `.0`."""
    person = {loaded.table.person} if loaded.table.person else set()
    return frozenset({*loaded.table.key, *person, *joins}) & frozenset(loaded.columns)


@dataclass(frozen=True)
class CaseRows:
    """A case: its row (the least, where rows share the key and differ) and all rows of its key."""

    row: Row
    rows: tuple[Row, ...]

    @property
    def is_duplicate(self) -> bool:
        return len(self.rows) > 1


def cases_of(loaded: LoadedTable, rows: Iterable[Row], joins: Iterable[str]) -> list[CaseRows]:
    """The distinct rows of a table as cases, in the order in which they are first seen."""
    by_key: dict[object, list[Row]] = {}
    for row in rows:
        by_key.setdefault(loaded.key_of(row) if row.has_key else row.place, []).append(row)
    compared = normalised_columns(loaded, joins)
    return [CaseRows(_least(loaded, group, compared), tuple(group)) for group in by_key.values()]


def _least(loaded: LoadedTable, rows: list[Row], compared: frozenset[str]) -> Row:
    """The least row over every declared column in declared order, nulls last."""

    def place(row: Row) -> tuple[object, ...]:
        values = (sortable(row, name, name in compared) for name in loaded.columns)
        return (*((-known, value) for known, value in values), *_beside_values(loaded, row))

    return min(rows, key=place) if len(rows) > 1 else rows[0]


def _beside_values(loaded: LoadedTable, row: Row) -> list[tuple[bool, bool]]:
    """The order of rows whose values are all equal: unreadable cells, then times of day."""
    return [(name in row.unreadable, has_time(row.values[name])) for name in loaded.columns]


def sortable(row: Row, name: str, normalised: bool = False) -> Sortable:
    """A cell to sort by, null least: text by code point, all else by its value."""
    value: Value = row.values.get(name)
    if value is None:
        return 0, False
    return 1, join_text(value) if normalised else comparable(value)


def tie_break(loaded: LoadedTable, row: Row) -> tuple[object, ...]:
    """The order of related rows of the same date, of which the greatest is kept.

    The key as it is compared (without one, file and row number), then the other columns in declared order.
    """
    key = [sortable(row, name, normalised=True) for name in loaded.table.key] if loaded.has_key else [row.place]
    compared = normalised_columns(loaded, ())
    others = [name for name in loaded.columns if name not in loaded.table.key]
    return (*key, *(sortable(row, name, name in compared) for name in others), *_beside_values(loaded, row))


def by_join(rows: Iterable[Row], column: str) -> Mapping[str, list[Row]]:
    """The rows by what they are joined on; rows without it belong to nobody."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        value = join_text(row.values.get(column))
        if value is not None:
            groups.setdefault(value, []).append(row)
    return groups
