"""The checks of an extract's data: the code, severity and sentence of each.

`check` shows all of it, `compute` those of its warnings that lie in what it read. The conditions themselves are in the
engine (`duckdb/quality/one_pass.py`). No sentence says what is in a cell.
"""

from collections.abc import Mapping
from enum import StrEnum

from sgkpi.model.expressions import Kind
from sgkpi.model.problems import Severity
from sgkpi.model.words import plural


class Check(StrEnum):
    """The checks, in the order in which their findings are listed within a table and a severity."""

    IDENTIFIER = "identifier"
    FILE = "file"
    RAGGED_ROW = "ragged-row"
    SHORT_ROW = "short-row"
    EMPTY_COLUMN = "empty-column"
    MISSING_DATES = "missing-dates"
    NO_EVENTS = "no-events"
    GAP_IN_EVENTS = "gap-in-events"
    FEW_EVENTS = "few-events"
    UNREADABLE = "unreadable-cell"
    BLANK = "blank-cell"
    EMPTY = "empty-cell"
    UNDATED = "undated-cell"
    UNLISTED = "unlisted-cell"
    SPELLINGS = "several-spellings"
    ROUNDED = "rounded-identifier"
    NO_TIME = "no-time-of-day"
    RULE = "broken-rule"
    DUPLICATE_KEY = "duplicate-key"
    IDENTICAL_ROW = "identical-row"
    REPLACED_ROW = "replaced-row"
    UNKNOWN_PERSON = "unknown-person"
    UNMATCHED_KEY = "unmatched-key"
    OVERLAPPING_SPELL = "overlapping-spell"
    OPEN_SPELL = "open-spell"
    FUTURE_DATE = "future-date"
    REPEATED_HOUR = "repeated-hour"
    MISSING_HOUR = "missing-hour"
    UNDECLARED_COLUMN = "undeclared-column"
    RULE_NOT_CHECKED = "rule-not-checked"


_ERRORS = (Check.EMPTY_COLUMN, Check.MISSING_DATES, Check.IDENTIFIER, Check.RAGGED_ROW, Check.NO_EVENTS)
_NOTES = (
    *(Check.EMPTY, Check.IDENTICAL_ROW, Check.REPLACED_ROW, Check.UNMATCHED_KEY, Check.REPEATED_HOUR),
    *(Check.UNDECLARED_COLUMN, Check.RULE_NOT_CHECKED),
)
SEVERITIES: Mapping[Check, Severity] = (
    dict.fromkeys(Check, Severity.WARNING)
    | dict.fromkeys(_ERRORS, Severity.ERROR)
    | dict.fromkeys(_NOTES, Severity.NOTE)
)
# What a cell cannot be read as, in words.
READ_AS: Mapping[Kind, str] = {
    Kind.DATE: "as a date",
    Kind.DATETIME: "as a date and time",
    Kind.MONTH: "as a month",
    Kind.BOOLEAN: "as yes or no",
    Kind.INTEGER: "as a whole number",
    Kind.NUMBER: "as a number",
}
# Checks of rows. {s} ends a verb whose subject is the rows, cells, times or spells counted.
_SENTENCES = {
    Check.UNREADABLE: "{cells} cannot be read {detail}",
    Check.BLANK: "{cells} {are} blank, though the column is required",
    Check.EMPTY: "{rows} {have} no '{column}': not known yet, or not recorded",
    Check.UNDATED: "{cells} {are} blank: {these} left out of related rows, as a spell needs a start",
    Check.UNLISTED: "{values} of '{column}' {are} not in its list of codes; kept as recorded",
    Check.SPELLINGS: (
        "{spelt} spelt in several ways that differ in case or space alone, in {rows}: each way is a category of its own"
    ),
    Check.ROUNDED: (
        "{cells} {are} in scientific notation, to which Excel rounds long numbers (1.23457E+11): different identifiers "
        "may have become one"
    ),
    Check.NO_TIME: "{times} {have} no time of day, which a clock in hours needs",
    Check.RULE: "{rows} break{s} the rule {detail}",
    Check.DUPLICATE_KEY: "{keys} conflicting rows: {cases} unknown (duplicate_key), and as related rows all count",
    Check.IDENTICAL_ROW: "{rows} {are} the same as one before, and count{s} once with it",
    Check.REPLACED_ROW: "{rows} {are} replaced by a later version, and do{es} not count",
    Check.RAGGED_ROW: "{rows} {have} more cells than the header, and {were} left out",
    Check.SHORT_ROW: "{rows} {have} fewer cells than the header; the missing cells are read as blank",
    Check.OVERLAPPING_SPELL: "{spells} begin{s} before an earlier one has ended ('{column}', '{end}')",
    Check.OPEN_SPELL: "{spells} {have} no '{end}', though a later '{column}' follows",
    Check.UNKNOWN_PERSON: "{rows} {have} a '{column}' that is not in {detail}",
    Check.UNMATCHED_KEY: "{rows} {have} a '{column}' that is in no row of {detail}",
    Check.FUTURE_DATE: "{cells} lie{s} after the as-of time, and {are} read as blank",
    Check.REPEATED_HOUR: "{times} fall{s} in an hour that the clocks showed twice; read as GMT",
    Check.MISSING_HOUR: "{times} fall{s} in an hour that the clocks left out; read one hour later",
}
_FUTURE_ROWS = "{rows} happened after the as-of time ('{column}'), and do{es} not exist yet"


def describe_rows(check: Check, count: int, columns: tuple[str, ...] = (), detail: str = "", keys: int = 0) -> str:
    """Return the sentence on `count` rows of a table, or cells of a column, without their places.

    `detail` is why a cell cannot be read, a rule's name with its condition, or another table; with `FUTURE_DATE` it
    says that whole rows lie ahead. `keys` is how many keys, persons or values are behind the rows. Raises KeyError for
    what is not found in rows.
    """
    one, column = count == 1, columns[0] if columns else ""
    sentence = _FUTURE_ROWS if check is Check.FUTURE_DATE and detail else _SENTENCES[check]
    return sentence.format(
        cells=f"{plural(count, 'cell')} of '{column}'",
        rows=plural(count, "row"),
        values=plural(count, "value"),
        spells=f"{plural(count, 'spell')} of {plural(keys, 'person')}",
        times=f"{plural(count, 'time')} in '{column}'",
        keys=f"{plural(keys, 'key')} {'has' if keys == 1 else 'have'}",
        cases="the case is" if keys == 1 else "the cases are",
        spelt=f"{plural(keys, 'value')} of '{column}' {'is' if keys == 1 else 'are'}",
        column=column,
        end=columns[-1] if columns else "",
        detail=detail,
        are="is" if one else "are",
        these="this row is" if one else "these rows are",
        were="was" if one else "were",
        have="has" if one else "have",
        s="s" if one else "",
        es="es" if one else "",
    )
