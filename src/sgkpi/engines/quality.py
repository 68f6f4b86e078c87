"""The results of inspecting an extract: facts about its tables, findings in their rows, affected cases."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sgkpi.engines.checks import Check
from sgkpi.extracts.identifiers import Identifier
from sgkpi.ledger.ledger import Ledger
from sgkpi.model.indicator import Indicator, PointInTime
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Month
from sgkpi.planning.availability import tables_of
from sgkpi.planning.columns import named_columns, timed_refs


@dataclass(frozen=True)
class Rows:
    """Rows of one file, numbered as in a spreadsheet: their number, and the first of them or all.

    `values` are what is in them, where that was asked for.
    """

    file: str
    count: int
    rows: tuple[int, ...]
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class RowFinding:
    """A finding in rows of a table.

    `columns` are those that it lies in; `detail` is the reason of an unreadable cell, the name of a rule, or
    the other table. `keys` is how many keys or persons are behind the rows, where that is counted, and `values` the
    most frequent cells of the column with their numbers, where they are asked for.
    """

    table: str
    check: Check
    columns: tuple[str, ...]
    count: int
    detail: str = ""
    places: tuple[Rows, ...] = ()
    keys: int | None = None
    values: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class AffectedCases:
    """The cases of a month's figure, by outcome, that a finding (by its place in `Inspection.found`) affects.

    `unplaced` are those that it keeps out of every period.
    """

    finding: int
    indicator: str
    outcomes: Mapping[Outcome, int]
    unplaced: int = 0


@dataclass(frozen=True)
class TableFacts:
    """The number of rows of a table that are not blank, and by month in which they happened (None: no such column).

    `first` and `last` are the days on which the first and the last row known at the as-of time happened.
    `undeclared` are headers that no declaration knows.
    """

    table: str
    files: tuple[str, ...]
    rows: int
    first: date | None = None
    last: date | None = None
    months: Mapping[Month, int] | None = None
    undeclared: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, Identifier], ...] = ()


@dataclass(frozen=True)
class Inspection:
    """The findings of an engine in an extract, and the ledger of the month's figures."""

    tables: tuple[TableFacts, ...]
    found: tuple[RowFinding, ...]
    ledger: Ledger
    affected: tuple[AffectedCases, ...] = ()


@dataclass(frozen=True)
class InspectionOptions:
    """The tables to inspect, and whether to list every faulty row (else the first few) with its values.

    `definitions` are the indicators of the catalogue: they say which columns, spells and joins matter.
    """

    tables: tuple[str, ...]
    definitions: tuple[Indicator, ...] = ()
    every_row: bool = False
    show_values: bool = False


def columns_concerned(found: RowFinding, indicator: Indicator) -> tuple[bool, tuple[str, ...]]:
    """Return whether a finding lies in the cases of an indicator, and in which of its related rows, by their names.

    A finding in cells touches what names their column; one in whole rows, everything over the table; a row without its
    counterpart in another table, what joins the two; a time without a time of day, what counts hours from or to it.
    The blank end of a spell touches nothing: the spell goes on.
    """
    if found.table not in tables_of(indicator):
        return False, ()
    if found.check in (Check.UNKNOWN_PERSON, Check.UNMATCHED_KEY):
        return _joins_concerned(found, indicator)
    if found.check is Check.NO_TIME:
        return _hours_concerned(found, indicator)
    named, columns = named_columns(indicator), set(found.columns)
    whole, is_empty = found.check in (Check.DUPLICATE_KEY, Check.RAGGED_ROW), found.check is Check.EMPTY
    wanted = {*named.case, *(each.case_column for each in indicator.related)}
    if is_empty and isinstance(indicator.period, PointInTime):
        wanted.discard(indicator.period.end)
    in_cases = found.table == indicator.table.name and (whole or not columns.isdisjoint(wanted))
    in_related = tuple(
        each.name
        for each in indicator.related
        if found.table == each.table.name
        and (whole or columns & ({*named.of_row(each)} - ({each.end} if is_empty else set())))
    )
    return in_cases, in_related


def _joins_concerned(found: RowFinding, indicator: Indicator) -> tuple[bool, tuple[str, ...]]:
    """Return as `columns_concerned` does where rows lack their counterpart in the table that the detail names."""
    own, other, column = found.table, found.detail, found.columns[0]
    in_cases = own == indicator.table.name and any(
        each.table.name == other and each.case_column == column for each in indicator.related
    )
    in_related = tuple(
        each.name
        for each in indicator.related
        if other == indicator.table.name and each.table.name == own and each.row_column == column
    )
    return in_cases, in_related


def _hours_concerned(found: RowFinding, indicator: Indicator) -> tuple[bool, tuple[str, ...]]:
    """Return as `columns_concerned` does where a column lacks times of day, which dates are judged without."""
    refs = (ref for ref in timed_refs(indicator) if ref.column in found.columns)
    names = {ref.related for ref in refs if indicator.table_of(ref).name == found.table}
    return None in names, tuple(each.name for each in indicator.related if each.name in names)


def may_move_total(found: RowFinding, indicator: Indicator) -> bool:
    """Return whether what is wrong could change an indicator's total, and not only the category of a case.

    Only an unreadable cell makes a case unknown in the total too, where a breakdown alone names its column.
    """
    if found.check is Check.UNREADABLE or not found.columns:
        return True
    return any(columns_concerned(found, replace(indicator, by=())))
