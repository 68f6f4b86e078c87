"""The one list of what is looked for in the data of an extract: code, severity, and the sentence on what was found.

`check` tells all of it, `compute` those of its warnings that lie in what it read. The conditions themselves are in the
engine (`duckdb/quality_rows.py`). No sentence says what is in a cell.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import assert_never

from sgkpi.model.problems import Severity
from sgkpi.model.words import plural


class Check(StrEnum):
    """What is looked for, in the order in which it is listed within a table and a severity."""

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


SEVERITIES: Mapping[Check, Severity] = {
    **dict.fromkeys(Check, Severity.WARNING),
    Check.IDENTIFIER: Severity.ERROR,
    Check.RAGGED_ROW: Severity.ERROR,
    Check.NO_EVENTS: Severity.ERROR,
    Check.EMPTY: Severity.NOTE,
    Check.IDENTICAL_ROW: Severity.NOTE,
    Check.UNMATCHED_KEY: Severity.NOTE,
    Check.REPEATED_HOUR: Severity.NOTE,
    Check.UNDECLARED_COLUMN: Severity.NOTE,
    Check.RULE_NOT_CHECKED: Severity.NOTE,
}


def describe_rows(  # noqa: C901, PLR0911, PLR0912 (one case a check)
    check: Check, count: int, columns: tuple[str, ...] = (), detail: str = "", keys: int = 0
) -> str:
    """Return the sentence on `count` rows of a table, or cells of a column, without their places.

    `detail` is why a cell cannot be read, a rule's name with its condition, or another table. `keys` is how many keys
    or persons are behind the rows; no number of rows is given where `count` is 0.
    """
    one, column = count == 1, columns[0] if columns else ""
    cells, rows = f"{plural(count, 'cell')} of '{column}'", plural(count, "row")
    are, have = ("is", "has") if one else ("are", "have")
    match check:
        case Check.UNREADABLE:
            return f"{cells} cannot be read {detail}"
        case Check.BLANK:
            return f"{cells} {are} blank, though the column is required"
        case Check.EMPTY:
            return f"{rows} without '{column}': not there yet, or not recorded"
        case Check.UNLISTED:
            return f"{cells} {'holds' if one else 'hold'} no code of the declaration; kept as recorded"
        case Check.RULE:
            return f"{rows} {'breaks' if one else 'break'} the rule {detail}"
        case Check.DUPLICATE_KEY:
            stand = f"{keys:,} {'key stands' if keys == 1 else 'keys stand'} in {rows if count else 'rows'} that differ"
            return f"{stand}: as cases they are unknown (duplicate_key), as related rows all count"
        case Check.IDENTICAL_ROW:
            return f"{rows} {are} the same as one before, and {'counts' if one else 'count'} once with it"
        case Check.RAGGED_ROW:
            return f"{rows} {have} more cells than the header, and cannot be read: left out"
        case Check.SHORT_ROW:
            return f"{rows} {have} fewer cells than the header; those missing are taken as blank"
        case Check.OVERLAPPING_SPELL:
            spells = f"{plural(count, 'spell')} of {plural(keys, 'person')} {'begins' if one else 'begin'}"
            return f"{spells} before an earlier one has ended ('{column}', '{columns[1]}')"
        case Check.OPEN_SPELL:
            spells = f"{plural(count, 'spell')} of {plural(keys, 'person')} {have}"
            return f"{spells} no '{columns[1]}', though a later '{column}' follows"
        case Check.UNKNOWN_PERSON:
            return f"{rows} {have} a '{column}' that is not in {detail}"
        case Check.UNMATCHED_KEY:
            return f"{rows} {have} a '{column}' that is in no row of {detail}"
        case Check.FUTURE_DATE if detail:
            return f"{rows} happened after the as-of time ('{column}'), and {'does' if one else 'do'} not exist yet"
        case Check.FUTURE_DATE:
            return f"{cells} {'lies' if one else 'lie'} after the as-of time, and {are} read as blank"
        case Check.REPEATED_HOUR:
            return f"{_in_hour(count, column)} the clocks showed twice; read as GMT"
        case Check.MISSING_HOUR:
            return f"{_in_hour(count, column)} the clocks left out; read one hour later"
        case (
            Check.IDENTIFIER
            | Check.FILE
            | Check.NO_EVENTS
            | Check.GAP_IN_EVENTS
            | Check.FEW_EVENTS
            | Check.UNDECLARED_COLUMN
            | Check.RULE_NOT_CHECKED
        ):
            raise ValueError(f"{check} is not found in rows")
        case _:
            assert_never(check)


def _in_hour(count: int, column: str) -> str:
    return f"{plural(count, 'time')} in '{column}' {'falls' if count == 1 else 'fall'} in an hour that"
