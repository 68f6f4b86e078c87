"""Availability: whether an extract has what an indicator needs, and in words why not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sgkpi.extracts.extract import Extract
from sgkpi.model.expressions import column_refs
from sgkpi.model.indicator import Indicator, Keep, PointInTime, Related
from sgkpi.model.table import Table
from sgkpi.planning.columns import columns_of_case, named_columns, refs_of
from sgkpi.planning.coverage import is_current_list, is_current_only

PRESENT_ONLY = "only for the month of the extract and the last complete one: it holds the present state, no history"


@dataclass(frozen=True)
class Availability:
    """Whether an indicator can be computed from an extract.

    `reason` says why not or, where it can, what is restricted; None when there is nothing to say.
    """

    indicator: Indicator
    available: bool
    reason: str | None = None


@dataclass(frozen=True)
class Unavailable:
    """The id of an indicator that cannot be computed from an extract, and why."""

    indicator: str
    reason: str


def availability(indicator: Indicator, extract: Extract) -> Availability:
    """Return whether an indicator can be computed from an extract."""
    tables = tables_of(indicator)
    broken = [name for name in tables if name in extract.broken]
    unusable = (f"needs {name}: {extract.broken[name][0].path} cannot be used as it is" for name in broken)
    reason = "; ".join(unusable) or why_unavailable(indicator, extract)
    if reason is None:
        return Availability(indicator, True, PRESENT_ONLY if is_current_only(indicator, extract) else None)
    meanings = ", ".join(_meanings(indicator, extract))
    return Availability(indicator, False, f"{reason} ({meanings})" if meanings else reason)


def why_unavailable(indicator: Indicator, extract: Extract) -> str | None:
    """Return why an indicator cannot be computed from an extract; None when it can."""
    absent = _absent_tables(indicator, extract)
    if absent:
        return f"needs {', '.join(absent)}: this extract has no such table"
    missing = _absent_columns(indicator, extract)
    return f"needs {', '.join(missing)}: this extract has no such column" if missing else None


def tables_of(indicator: Indicator) -> dict[str, Table]:
    """Return the tables that an indicator uses, by name and in the order of names."""
    tables = (indicator.table, *(related.table for related in indicator.related))
    return {table.name: table for table in sorted(tables, key=lambda table: table.name)}


def _absent_tables(indicator: Indicator, extract: Extract) -> list[str]:
    return [name for name in tables_of(indicator) if name not in extract.tables and name not in extract.lacking]


def _absent_columns(indicator: Indicator, extract: Extract) -> list[str]:
    """Return the columns, as `table.column`, that an indicator uses and the tables of an extract lack.

    Of a table that a shared list does not carry, they are the required columns that the list lacks.
    Only where no table is absent.
    """
    lacking = [f"{name}.{column}" for name in tables_of(indicator) for column in extract.lacking.get(name, ())]
    return lacking or sorted(set(_missing_columns(indicator, extract)))


def _meanings(indicator: Indicator, extract: Extract) -> Iterator[str]:
    """Yield the descriptions of the missing columns."""
    tables = tables_of(indicator)
    if _absent_tables(indicator, extract):
        return
    for missing in _absent_columns(indicator, extract):
        table, column = missing.split(".")
        description = tables[table].columns[column].description
        if description:
            yield f"{column}: {description[:1].lower()}{description[1:].rstrip('.')}"


def _missing_columns(indicator: Indicator, extract: Extract) -> Iterator[str]:
    named, own = named_columns(indicator), indicator.table.name
    joins = [related.case_column for related in indicator.related]
    yield from _missing(extract, own, {*named.case} - _spared_of_case(indicator, extract))
    yield from _missing(extract, own, joins)
    for related in indicator.related:
        spared = _spared_of_row(indicator, related, extract)
        yield from _missing(extract, related.table.name, {*named.of_row(related)} - spared)


def _missing(extract: Extract, table: str, columns: Iterable[str]) -> Iterator[str]:
    yield from (f"{table}.{name}" for name in columns if name not in extract.tables[table].columns)


# A current list needs no spell columns, unless the definition uses them for something else.


def _spared_of_case(indicator: Indicator, extract: Extract) -> set[str]:
    spell = indicator.period
    if not isinstance(spell, PointInTime) or not is_current_list(extract.tables[indicator.table.name], spell.start):
        return set()
    used = {ref.column for ref in refs_of(indicator) if ref.related is None}
    used.update(name for related in indicator.related for name in columns_of_case(indicator, related))
    return {spell.start, spell.end} - used


def _spared_of_row(indicator: Indicator, related: Related, extract: Extract) -> set[str]:
    start, end = related.start or "", related.end or ""
    if related.keep is not Keep.ACTIVE or not is_current_list(extract.tables[related.table.name], start):
        return set()
    used = {ref.column for ref in refs_of(indicator) if ref.related == related.name}
    if related.where is not None:
        used.update(ref.column for ref in column_refs(related.where))
    return {start, end} - used
