"""The former definitions, for which today's extract is read: what a state before a redefinition is computed with."""

from collections.abc import Mapping
from dataclasses import replace

from sgkpi.model.catalogue import Catalogue
from sgkpi.model.indicator import Indicator
from sgkpi.model.table import Column, Table


def with_todays_names(former: Catalogue, today: Mapping[str, Table]) -> Catalogue:
    """Return the former catalogue with its files and columns found as today's tables find them, and today's new tables.

    Otherwise a header that a supplier has renamed would make earlier months unreadable, and so would an extract that
    speaks of new tables. How a column is found does not change what it means: keys, types and codes stay those of the
    former declarations.
    """
    tables = dict(today)
    tables |= {name: _found_as(table, today[name]) if name in today else table for name, table in former.tables.items()}
    indicators = {name: _over(each, tables) for name, each in former.indicators.items()}
    return replace(former, tables=tables, indicators=indicators)


def _found_as(former: Table, today: Table) -> Table:
    columns = {
        name: replace(column, names=_names(column, today.columns[name])) if name in today.columns else column
        for name, column in former.columns.items()
    }
    return replace(former, columns=columns, files=today.files, latest=today.latest)


def _names(former: Column, today: Column) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*today.names, *former.names)))


def _over(indicator: Indicator, tables: Mapping[str, Table]) -> Indicator:
    related = tuple(replace(each, table=tables[each.table.name]) for each in indicator.related)
    return replace(indicator, table=tables[indicator.table.name], related=related)
