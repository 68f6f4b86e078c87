"""Cautions: warnings about an extract that belong beside an indicator's figures, because they would mislead."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from sgkpi.engines.checks import Check
from sgkpi.extracts.extract import Extract
from sgkpi.figures.figure_set import Caution
from sgkpi.ledger.ledger import TableRead, Unplaced
from sgkpi.model.table import Table
from sgkpi.model.words import plural
from sgkpi.planning.columns import columns_that_should_hold_something, placing_columns
from sgkpi.planning.request import ResolvedRequest

_FEWEST_ROWS = 20


def find_cautions(
    resolved: ResolvedRequest, read: Iterable[TableRead], unplaced: Iterable[Unplaced] = ()
) -> tuple[Caution, ...]:
    """Return cautions for columns that an indicator uses and that are blank throughout, or lack most of their dates."""
    tables, wanted = {each.table: each for each in read}, dict[str, dict[str, list[str]]]()
    for indicator in (plan.indicator for plan in resolved.plan.indicators):
        for name, columns in columns_that_should_hold_something(indicator, resolved.extract).items():
            for column in columns:
                wanted.setdefault(name, {}).setdefault(column, []).append(indicator.id)
    found = []
    for name, users in sorted(wanted.items()):
        rows = tables[name].rows if name in tables else 0
        for column in empty_columns_of(resolved.extract, name, users, rows):
            message = describe_empty_column(resolved.extract.tables[name].table, column, rows)
            found += [Caution(indicator, Check.EMPTY_COLUMN.value, message) for indicator in users[column]]
    blank = {each.indicator for each in found}
    found += (each for each in _missing_dates(resolved, tables, unplaced) if each.indicator not in blank)
    return tuple(sorted(found, key=lambda each: (each.indicator, each.message)))


def _missing_dates(
    resolved: ResolvedRequest, tables: Mapping[str, TableRead], unplaced: Iterable[Unplaced]
) -> Iterator[Caution]:
    """Yield a caution for each indicator most of whose cases have no date that places them."""
    blanks = {each.indicator: each.blank for each in unplaced}
    for indicator in (plan.indicator for plan in resolved.plan.indicators):
        read, blank = tables[indicator.table.name], blanks.get(indicator.id, 0)
        for name in placing_columns(indicator):
            unreadable = read.unreadable.get(name, 0)
            if message := describe_missing_dates(indicator.table, name, unreadable, blank, read.rows):
                yield Caution(indicator.id, Check.MISSING_DATES.value, message)


def describe_missing_dates(table: Table, column: str, unreadable: int, blank: int, rows: int) -> str | None:
    """Describe a column in which more than half of the cells that would place cases have no date, in one sentence.

    Return None for any other column. A blank cell is one of them only where the column is required: elsewhere it says
    that nothing has happened yet.
    """
    required = table.columns[column].required
    without, of = (unreadable + blank, rows) if required else (unreadable, rows - blank)
    if 2 * without <= of:
        return None
    counts = {"unreadable": unreadable, "blank": blank}
    told = " and ".join(f"{word} in {count:,}" for word, count in counts.items() if count)
    return f"'{table.label_of(column)}' of {table.name} is {told} of {plural(rows, 'row')}: figures leave these out"


def empty_columns_of(extract: Extract, table: str, names: Collection[str], rows: int) -> tuple[str, ...]:
    """Return which of a table's columns are blank in every row; none in a table of a few rows."""
    from sgkpi.engines.duckdb.quality.samples import empty_columns

    return empty_columns(extract.tables[table], names) if rows >= _FEWEST_ROWS and names else ()


def describe_empty_column(table: Table, column: str, rows: int) -> str:
    """Describe a wholly blank column, in one sentence."""
    return f"'{table.label_of(column)}' of {table.name} is blank in all {rows:,} rows: was it exported?"
