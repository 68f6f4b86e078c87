"""Words of a text that are the key or person of a case, perhaps copied from a list of cases."""

from collections.abc import Collection
from dataclasses import replace
from functools import partial

from sgkpi.engines.duckdb.cases.tables import Tables
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.engine import look_at
from sgkpi.engines.duckdb.ingest.typed_rows import typed_rows
from sgkpi.engines.sql import words as sql
from sgkpi.extracts.cells import normalise_key
from sgkpi.extracts.extract import Extract, TableSource
from sgkpi.model.expressions import Kind

_IDENTIFIERS = (Kind.TEXT, Kind.INTEGER)


def find_mentions(extract: Extract, words: Collection[str]) -> frozenset[str]:
    """Return the words that are a key, a part of one, or a person in some table of an extract, compared as keys are."""
    by_key: dict[str, list[str]] = {}
    for word in words:
        by_key.setdefault(normalise_key(word), []).append(word)
    found = look_at(None, extract, partial(_find, sorted(by_key))) if by_key else set()
    return frozenset(word for key in found for word in by_key[key])


def _find(keys: list[str], tables: Tables) -> set[str]:
    found: set[str] = set()
    for name, source in tables.extract.tables.items():
        columns = _identifiers(source)
        rows = typed_rows(replace(tables.scan(name), columns=columns))
        for text in (sql.fn("kpi_key", Name.value(column).cast("VARCHAR")) for column in columns):
            query = sql.select(text.as_("key")).distinct().from_(rows).where(text.is_in(keys))
            found.update(key for (key,) in tables.session.rows(query))
    return found


def _identifiers(source: TableSource) -> tuple[str, ...]:
    """Return the columns of the files that identify a case or a person."""
    named = {*source.table.key, source.table.person}
    return tuple(each for each in source.columns if each in named and source.table.columns[each].kind in _IDENTIFIERS)
