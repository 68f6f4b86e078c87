"""What can be wrong with the data of an extract, and what an engine finds of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sgkpi.extracts.identifiers import Identifier
from sgkpi.model.indicator import Indicator, PeriodColumn, PointInTime
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Month
from sgkpi.planning.columns import named_columns


class Check(StrEnum):
    """What is looked for, in the order in which it is told within a table and a severity."""

    IDENTIFIER = "identifier"
    FILE = "file"
    RAGGED_ROW = "ragged-row"
    SHORT_ROW = "short-row"
    NO_EVENTS = "no-events"
    GAP_IN_EVENTS = "gap-in-events"
    FEW_EVENTS = "few-events"
    UNREADABLE = "unreadable-cell"
    BLANK = "blank-cell"
    EMPTY = "empty-cell"
    UNLISTED = "unlisted-cell"
    RULE = "broken-rule"
    DUPLICATE_KEY = "duplicate-key"
    IDENTICAL_ROW = "identical-row"
    UNKNOWN_PERSON = "unknown-person"
    UNMATCHED_KEY = "unmatched-key"
    OVERLAPPING_SPELL = "overlapping-spell"
    OPEN_SPELL = "open-spell"
    FUTURE_DATE = "future-date"
    REPEATED_HOUR = "repeated-hour"
    MISSING_HOUR = "missing-hour"
    UNDECLARED_COLUMN = "undeclared-column"
    RULE_NOT_CHECKED = "rule-not-checked"


@dataclass(frozen=True)
class Rows:
    """Rows of one file, numbered as a spreadsheet numbers them: how many, and the first of them or all.

    `values` are what stands in them, where that was asked for.
    """

    file: str
    count: int
    rows: tuple[int, ...]
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """Something that is wrong with rows of a table.

    `columns` are those that it lies in; `detail` is the reason of an unreadable cell, the name of a rule, or
    the other table. `keys` is how many keys or persons are behind the rows, where that is counted.
    """

    table: str
    check: Check
    columns: tuple[str, ...]
    count: int
    detail: str = ""
    places: tuple[Rows, ...] = ()
    keys: int | None = None


@dataclass(frozen=True)
class Touched:
    """The cases of a month's figure, by outcome, that a finding (by its place in `Inspection.found`) lies in.

    `unplaced` are those that it keeps out of every period.
    """

    found: int
    indicator: str
    outcomes: Mapping[Outcome, int]
    unplaced: int = 0


@dataclass(frozen=True)
class TableFacts:
    """What a table holds: rows that are not all blank, and how many happened in each month (None: no such column).

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
    """All that an engine finds in the data of an extract."""

    tables: tuple[TableFacts, ...]
    found: tuple[Found, ...]
    touched: tuple[Touched, ...] = ()


@dataclass(frozen=True)
class Looking:
    """What is to be looked at: these tables; every row that is found, or the first few; and what stands in it.

    `definitions` are the indicators of the catalogue: they say which columns, spells and joins matter.
    """

    tables: tuple[str, ...]
    definitions: tuple[Indicator, ...] = ()
    every_row: bool = False
    show_values: bool = False


def columns_concerned(found: Found, indicator: Indicator) -> tuple[bool, tuple[str, ...]]:
    """Whether a finding lies in the cases of an indicator, and in which of its related rows, by their names.

    A finding in cells touches what names their column; one in whole rows, everything over the table.
    """
    named = named_columns(indicator)
    whole = found.check in _WHOLE_ROWS
    in_cases = found.table == indicator.table.name and (
        whole or not set(found.columns).isdisjoint({*named.case, *_joining(found, indicator)})
    )
    in_related = tuple(
        related.name
        for related in indicator.related
        if related.table.name == found.table
        and (
            whole
            or not set(found.columns).isdisjoint(
                {*named.guards[related.name], *named.kept[related.name], related.row_column}
            )
        )
    )
    return in_cases, in_related


def placing_columns(indicator: Indicator) -> tuple[str, ...]:
    """The column without which a case is in no period, or in no stock."""
    match indicator.period:
        case PeriodColumn(column):
            return (column,)
        case PointInTime(start):
            return (start,)
        case _:
            begins = indicator.clock.start if indicator.clock else None
            return (begins.column,) if begins is not None and begins.related is None else ()


_WHOLE_ROWS = (Check.DUPLICATE_KEY, Check.RAGGED_ROW)


def _joining(found: Found, indicator: Indicator) -> set[str]:
    """The columns by which a case finds the related rows of the table that lacks its counterpart."""
    of_table = found.detail if found.check in (Check.UNKNOWN_PERSON, Check.UNMATCHED_KEY) else None
    return {each.case_column for each in indicator.related if of_table in (None, each.table.name)}
