"""Examples: whether they speak of outcomes, reasons, tables and columns that there are."""

from collections.abc import Mapping

from sgkpi.definitions.checks.draft import Draft
from sgkpi.definitions.files import ExampleFile, IndicatorFile
from sgkpi.definitions.yaml_text import Place
from sgkpi.model.indicator import Example, Indicator
from sgkpi.model.problems import did_you_mean
from sgkpi.model.table import Table

OUTCOMES = ("met", "not_met", "overdue", "counted", "not_due", "unknown", "excluded")
# What an example says of a case that has no outcome, as its population does not cover it.
NO_OUTCOME = "none"
UNKNOWN_REASONS = (
    "unreadable",
    "duplicate_key",
    "more_than_one",
    "population",
    "no_start",
    "no_due",
    "no_time_of_day",
    "stop_before_start",
    "met",
    "value",
)


def build_examples(file: IndicatorFile, indicator: Indicator, draft: Draft) -> tuple[Example, ...]:
    """The examples of an indicator, as they are written."""
    tables = {table.name: table for table in (indicator.table, *(related.table for related in indicator.related))}
    return tuple(_example(number, example, indicator, tables, draft) for number, example in enumerate(file.examples))


def _example(
    number: int, file: ExampleFile, indicator: Indicator, tables: Mapping[str, Table], draft: Draft
) -> Example:
    place = draft.item("examples", number)
    rows = file.__pydantic_extra__ or {}
    _check_rows(rows, tables, draft, place)
    _check_outcome(file, indicator, draft, place)
    if not rows.get(indicator.table.name):
        draft.error(f"the example gives no row of '{indicator.table.name}'", "example", *place)
    if indicator.is_stock and not draft.document.has(*place, "reference_day"):
        draft.error("a stock's example says its reference_day", "example", *place)
    if not indicator.is_stock and draft.document.has(*place, "reference_day"):
        draft.error("only a stock's example has a reference_day", "example", *place, "reference_day")
    line = draft.document.line(*place)
    return Example(file.outcome, file.because, rows, file.as_of, file.reference_day, line)


def _check_rows(
    rows: Mapping[str, tuple[Mapping[str, str], ...]], tables: Mapping[str, Table], draft: Draft, place: Place
) -> None:
    for name, given in rows.items():
        table = tables.get(name)
        if table is None:
            hint = did_you_mean(name, [*tables, "is", "because", "as_of", "reference_day"])
            draft.error(f"'{name}' is no table that this indicator uses{hint}", "unknown-table", *place, name)
            continue
        for row_number, row in enumerate(given):
            _check_cells(row, table, draft, (*place, name), row_number)


def _check_cells(row: Mapping[str, str], table: Table, draft: Draft, place: Place, row_number: int) -> None:
    """A single row stands at its table's place, several at their number below it."""
    at = (*place, row_number) if draft.document.has(*place, row_number) else place
    for column in row:
        draft.column(table, column, *at, column)


def _check_outcome(file: ExampleFile, indicator: Indicator, draft: Draft, place: Place) -> None:
    reasons: dict[str, tuple[str, ...]] = {
        "unknown": UNKNOWN_REASONS,
        "excluded": tuple(named.name for named in indicator.exclude),
        "not_met": tuple(named.name for named in indicator.because),
        "overdue": tuple(named.name for named in indicator.because),
    }
    known = (*OUTCOMES, NO_OUTCOME)
    if file.outcome not in known:
        hint = did_you_mean(file.outcome, known) or f"; it is one of {', '.join(known)}"
        draft.error(f"'{file.outcome}' is no outcome{hint}", "example", *place, "is")
    elif file.because is not None and file.because not in reasons.get(file.outcome, ()):
        hint = did_you_mean(file.because, reasons.get(file.outcome, ()))
        draft.error(f"'{file.because}' is no reason for {file.outcome}{hint}", "example", *place, "because")
