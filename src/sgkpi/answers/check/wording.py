"""What is said of a finding: what is wrong, how often, and what becomes of it; never what stands in a cell."""

from collections.abc import Sequence
from typing import Literal, assert_never

from sgkpi.answers.check.events import EventsFinding
from sgkpi.engines.quality import Check, Found
from sgkpi.figures.numbers import show_count
from sgkpi.model.table import Table


def describe(found: Found, table: Table) -> str:
    """One sentence on a finding in the rows of a table, without where they stand."""
    count, column = found.count, found.columns[0] if found.columns else ""
    match found.check:
        case Check.UNREADABLE:
            return f"{_cells(count)} of '{column}' cannot be read {found.detail}"
        case Check.BLANK:
            return f"{_cells(count)} of '{column}' {_are(count)} blank, though the column is required"
        case Check.EMPTY:
            return f"{_rows(count)} without '{column}': not there yet, or not recorded"
        case Check.UNLISTED:
            return f"{_cells(count)} of '{column}' {_have(count, 'hold')} no code of the declaration; kept as recorded"
        case Check.RULE:
            return (
                f"{_rows(count)} {_have(count, 'break')} the rule '{found.detail}': {_rule_text(table, found.detail)}"
            )
        case Check.FUTURE_DATE:
            return _future(found, table)
        case (
            Check.DUPLICATE_KEY
            | Check.IDENTICAL_ROW
            | Check.RAGGED_ROW
            | Check.SHORT_ROW
            | Check.OVERLAPPING_SPELL
            | Check.OPEN_SPELL
            | Check.UNKNOWN_PERSON
            | Check.UNMATCHED_KEY
            | Check.REPEATED_HOUR
            | Check.MISSING_HOUR
        ):
            return _describe_rows(found, found.check)
        case (
            Check.IDENTIFIER
            | Check.FILE
            | Check.NO_EVENTS
            | Check.GAP_IN_EVENTS
            | Check.FEW_EVENTS
            | Check.UNDECLARED_COLUMN
            | Check.RULE_NOT_CHECKED
        ):
            raise ValueError(f"an engine does not find {found.check}")
        case _:
            assert_never(found.check)


_OfRows = Literal[
    Check.DUPLICATE_KEY,
    Check.IDENTICAL_ROW,
    Check.RAGGED_ROW,
    Check.SHORT_ROW,
    Check.OVERLAPPING_SPELL,
    Check.OPEN_SPELL,
    Check.UNKNOWN_PERSON,
    Check.UNMATCHED_KEY,
    Check.REPEATED_HOUR,
    Check.MISSING_HOUR,
]


def _describe_rows(found: Found, check: _OfRows) -> str:
    count = found.count
    match check:
        case Check.DUPLICATE_KEY:
            keys = found.keys or 0
            stand = "key stands" if keys == 1 else "keys stand"
            unknown = "as cases they are unknown (duplicate_key), as related rows all count"
            return f"{keys:,} {stand} in {_rows(count)} that differ: {unknown}"
        case Check.IDENTICAL_ROW:
            return f"{_rows(count)} {_are(count)} the same as one before, and {_have(count, 'count')} once with it"
        case Check.RAGGED_ROW:
            return f"{_rows(count)} {_has(count)} more cells than the header, and cannot be read: left out"
        case Check.SHORT_ROW:
            return f"{_rows(count)} {_has(count)} fewer cells than the header; those missing are taken as blank"
        case Check.OVERLAPPING_SPELL | Check.OPEN_SPELL:
            return _spells(found)
        case Check.UNKNOWN_PERSON:
            return f"{_rows(count)} {_has(count)} a '{found.columns[0]}' that is not in {found.detail}"
        case Check.UNMATCHED_KEY:
            return f"{_rows(count)} {_has(count)} a '{found.columns[0]}' that is in no row of {found.detail}"
        case Check.REPEATED_HOUR:
            return f"{_times(count)} in '{found.columns[0]}' {_fall(count)} the clocks showed twice; read as GMT"
        case Check.MISSING_HOUR:
            return f"{_times(count)} in '{found.columns[0]}' {_fall(count)} the clocks left out; read one hour later"
        case _:
            assert_never(check)


def describe_events(found: EventsFinding, table: Table) -> str:
    """One sentence on months that lack rows."""
    usual = show_count(found.usual)
    when = str(found.first) if found.first == found.last else f"{found.first} to {found.last}"
    before = f"{usual} a month was usual in the twelve months before"
    match found.check:
        case Check.NO_EVENTS:
            latest = "the latest complete month" if found.months == 1 else "the latest complete months"
            return f"no row has its '{table.happened}' in {when}, {latest}: {before}"
        case Check.GAP_IN_EVENTS:
            return f"no row has its '{table.happened}' in {when}: {before}"
        case Check.FEW_EVENTS:
            return f"only {_rows(found.rows)} of {when}: {before}"
        case _:
            assert_never(found.check)


def describe_undeclared(headers: Sequence[str]) -> str:
    """One sentence on columns that no declaration knows."""
    listed = ", ".join(f"'{header}'" for header in headers)
    columns = "1 column that nobody declared is" if len(headers) == 1 else (
        f"{len(headers):,} columns that nobody declared are"
    )  # fmt: skip
    return f"{columns} not read: {listed}"


def _future(found: Found, table: Table) -> str:
    column, count = found.columns[0], found.count
    if column == table.happened:
        return f"{_rows(count)} happened after the as-of time ('{column}'), and {_do(count)} not exist yet"
    return f"{_cells(count)} of '{column}' {_lie(count)} after the as-of time, and {_are(count)} read as blank"


def _spells(found: Found) -> str:
    start, end = found.columns
    spells = "1 spell" if found.count == 1 else f"{found.count:,} spells"
    persons = "1 person" if found.keys == 1 else f"{found.keys or 0:,} persons"
    if found.check is Check.OPEN_SPELL:
        return f"{spells} of {persons} {_has(found.count)} no '{end}', though a later '{start}' follows"
    return f"{spells} of {persons} {_have(found.count, 'begin')} before an earlier one has ended ('{start}', '{end}')"


def _rule_text(table: Table, name: str) -> str:
    return next((rule.text for rule in table.rules if rule.name == name), "")


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count:,} cells"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _times(count: int) -> str:
    return "1 time" if count == 1 else f"{count:,} times"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _has(count: int) -> str:
    return "has" if count == 1 else "have"


def _do(count: int) -> str:
    return "does" if count == 1 else "do"


def _lie(count: int) -> str:
    return "lies" if count == 1 else "lie"


def _fall(count: int) -> str:
    return "falls in an hour that" if count == 1 else "fall in an hour that"


def _have(count: int, verb: str) -> str:
    """A verb as one or several rows do it."""
    return f"{verb}s" if count == 1 else verb
