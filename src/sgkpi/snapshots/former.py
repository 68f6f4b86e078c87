"""The former definitions over today's extract, with which a state before a redefinition is computed."""

from collections.abc import Mapping
from dataclasses import replace

from sgkpi.model.catalogue import Catalogue
from sgkpi.model.table import Table


def with_todays_names(former: Catalogue, today: Mapping[str, Table]) -> Catalogue:
    """Return the former catalogue with its files and columns found as today's tables find them, and today's new tables.

    Otherwise a header that a supplier has renamed would make earlier months unreadable, and so would an extract that
    speaks of new tables. How a column is found does not change what it means: keys, types and codes stay those of the
    former declarations.
    """
    tables = dict(today)
    tables |= {name: _found_as(table, today[name]) if name in today else table for name, table in former.tables.items()}
    indicators = {}
    for name, each in former.indicators.items():
        related = tuple(replace(other, table=tables[other.table.name]) for other in each.related)
        indicators[name] = replace(each, table=tables[each.table.name], related=related)
    return replace(former, tables=tables, indicators=indicators)


def _found_as(former: Table, today: Table) -> Table:
    columns = dict(former.columns)
    for name in columns.keys() & today.columns.keys():
        names = tuple(dict.fromkeys((*today.columns[name].names, *columns[name].names)))
        columns[name] = replace(columns[name], names=names)
    return replace(former, columns=columns, files=today.files, latest=today.latest)
