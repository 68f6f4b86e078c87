"""The rows that a key names, and the part of an extract that their case needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sgkpi.answers.cases import KEY_SEPARATOR
from sgkpi.definitions.wording import both
from sgkpi.extracts.cells import normalise_key
from sgkpi.extracts.extract import Extract, TableSource
from sgkpi.judge.cases import join_columns
from sgkpi.judge.knowledge import distinct_rows
from sgkpi.judge.tables import LoadedTable, Row, RowFilter, RowPlace, join_text, load_table
from sgkpi.model.errors import UsageError
from sgkpi.model.indicator import Indicator

Parts = tuple[str | None, ...]
_MOST_PLACES = 10


@dataclass(frozen=True)
class FoundCase:
    """The rows of one case, and the tables restricted to what the case needs."""

    rows: tuple[Row, ...]
    tables: dict[str, LoadedTable]


@dataclass(frozen=True)
class _GivenKey:
    """A case as the user names it: a row's place, or the parts of a key as they are compared, one by one or joined."""

    place: RowPlace | None
    parts: Parts | None
    joined: str

    def means(self, row: Row) -> bool:
        if row.place == self.place:
            return True
        key = row.compared_key
        if not key:
            return False
        return key == self.parts or KEY_SEPARATOR.join(part or "" for part in key) == self.joined

    def wanted(self, table_key: Sequence[str]) -> RowFilter | None:
        """Return the rows to load; None for all, as any row may have a key that is given in one text."""
        if self.parts is None:
            return RowFilter({}, frozenset({self.place})) if self.place else None
        named = [(name, part) for name, part in zip(table_key, self.parts, strict=True) if part is not None]
        places = frozenset({self.place} if self.place else ())
        return RowFilter({name: {part} for name, part in named[:1]}, places) if named else None


def find_case(indicator: Indicator, extract: Extract, key: Sequence[str]) -> FoundCase:
    """Return the case that a key names. Raises UsageError when there is none, or more than one."""
    source = extract.tables[indicator.table.name]
    table, named = source.table, _named(source, key)
    rows = _rows(source, named)
    if rows and rows[0].has_key and named.parts is None:
        # Keys with colons in their parts may read the same when joined.
        keys = list(dict.fromkeys(row.compared_key for row in rows))
        if len(keys) > 1:
            raise UsageError(
                f"{len(keys)} cases of {table.name} have keys that read the same in one text; "
                f"give {both(table.key)} one by one: {' '.join(name.upper() for name in table.key)}"
            )
        rows = _rows(source, _GivenKey(None, keys[0], ""))
    if not rows:
        raise UsageError(_none(source))
    _check_one(indicator, source, rows)
    return FoundCase(tuple(rows), _tables(indicator, extract, rows))


def _named(source: TableSource, key: Sequence[str]) -> _GivenKey:
    columns = source.table.key
    joined = normalise_key(KEY_SEPARATOR.join(key))
    parts = list(key)
    if len(key) == 1 and len(columns) > 1:
        parts = key[0].split(KEY_SEPARATOR)
    elif source.has_key and len(key) not in (1, len(columns)):
        raise UsageError(f"the key of {source.table.name} is {both(columns)}; {len(key)} parts are given")
    whole = source.has_key and len(parts) == len(columns)
    # `contacts.csv:12`, or the two as texts of their own.
    file, _, number = KEY_SEPARATOR.join(key).rpartition(KEY_SEPARATOR)
    place = (file, int(number)) if number.isdecimal() and file in {each.name for each in source.files} else None
    return _GivenKey(place, tuple(normalise_key(part) or None for part in parts) if whole else None, joined)


def _rows(source: TableSource, named: _GivenKey) -> list[Row]:
    loaded = load_table(source, named.wanted(source.table.key))
    return [row for row in loaded.rows if named.means(row)]


def _none(source: TableSource) -> str:
    """Return the message for a key that no case has; it does not name the nearest, as keys are pseudonyms."""
    table = source.table
    if not source.has_key:
        example = f"{source.files[0].name}{KEY_SEPARATOR}12"
        return f"no case of {table.name} is in that row; its files have no key, so give a file and a row, as {example}"
    parts = KEY_SEPARATOR.join(name.upper() for name in table.key)
    return (
        f"no case of {table.name} has this key; its key is {both(table.key)}, written as `sgkpi cases` prints it: "
        f"{parts} (case, spaces around it and a final .0 do not matter)"
    )


def _check_one(indicator: Indicator, source: TableSource, rows: Sequence[Row]) -> None:
    """Raise UsageError for several cases: rows with a blank part of the key that differ are each one."""
    if rows[0].has_key or len(rows) == 1:
        return
    loaded = LoadedTable(source.table, source.columns, source.has_key, tuple(rows))
    distinct = distinct_rows(loaded, rows, join_columns(indicator, source.table.name))
    if len(distinct) > 1:
        places = [KEY_SEPARATOR.join((row.place[0], str(row.place[1]))) for row in distinct]
        more = ", …" if len(places) > _MOST_PLACES else ""
        raise UsageError(
            f"{len(distinct)} cases of {source.table.name} have this key, as a part of it is blank; "
            f"say which one by file and row: {', '.join(places[:_MOST_PLACES])}{more}"
        )


def _tables(indicator: Indicator, extract: Extract, rows: Iterable[Row]) -> dict[str, LoadedTable]:
    """Load the case's own rows, and those of other tables that it is joined to."""
    own = indicator.table.name
    values: dict[str, dict[str, set[str]]] = {own: {}}
    for related in indicator.related:
        joined = values.setdefault(related.table.name, {}).setdefault(related.row_column, set())
        joined |= {text for row in rows if (text := join_text(row.values.get(related.case_column))) is not None}
    places = frozenset(row.place for row in rows)
    return {
        name: load_table(extract.tables[name], RowFilter(columns, places if name == own else frozenset()))
        for name, columns in values.items()
    }
