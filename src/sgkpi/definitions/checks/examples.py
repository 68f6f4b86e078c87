"""Check that examples name outcomes, reasons, tables and columns that exist."""

from collections.abc import Mapping

from sgkpi.definitions.checks.context import CheckContext
from sgkpi.definitions.files import ExampleFile, IndicatorFile
from sgkpi.definitions.wording import either
from sgkpi.definitions.yaml_text import Place
from sgkpi.model.indicator import Example, Indicator
from sgkpi.model.outcomes import NO_OUTCOME, Outcome, Unknown
from sgkpi.model.problems import did_you_mean
from sgkpi.model.table import Table

# The key of a row that stands for several, and how many at most.
TIMES = "times"
MOST_TIMES = 1000


def build_examples(file: IndicatorFile, indicator: Indicator, context: CheckContext) -> tuple[Example, ...]:
    """Return the examples of an indicator, with their cells as written."""
    tables = {table.name: table for table in (indicator.table, *(related.table for related in indicator.related))}
    return tuple(_example(number, example, indicator, tables, context) for number, example in enumerate(file.examples))


def _example(
    number: int, file: ExampleFile, indicator: Indicator, tables: Mapping[str, Table], context: CheckContext
) -> Example:
    place = context.item("examples", number)
    rows = _rows(file.__pydantic_extra__ or {}, tables, context, place)
    _check_outcome(file, indicator, context, place)
    if not rows.get(indicator.table.name):
        context.error(f"the example needs a row of '{indicator.table.name}'", "example", *place)
    if indicator.is_stock and not context.document.has(*place, "reference_day"):
        context.error("an example of a stock needs a reference_day", "example", *place)
    if not indicator.is_stock and context.document.has(*place, "reference_day"):
        context.error("only an example of a stock has a reference_day", "example", *place, "reference_day")
    line = context.document.line(*place)
    return Example(file.outcome, file.because, rows, file.as_of, file.reference_day, line)


def _rows(
    given: Mapping[str, tuple[Mapping[str, str], ...]],
    tables: Mapping[str, Table],
    context: CheckContext,
    place: Place,
) -> Mapping[str, tuple[Mapping[str, str], ...]]:
    """Return the rows of an example by table, one with `times` as often as it says."""
    rows: dict[str, tuple[Mapping[str, str], ...]] = {}
    for name, listed in given.items():
        table = tables.get(name)
        if table is None:
            hint = did_you_mean(name, [*tables, "is", "because", "as_of", "reference_day"])
            context.error(f"this indicator does not use a table '{name}'{hint}", "unknown-table", *place, name)
            continue
        rows[name] = ()
        for number, row in enumerate(listed):
            # A single row may be written without a list.
            at = (*place, name, number) if context.document.has(*place, name, number) else (*place, name)
            rows[name] += _copies(row, table, context, at)
    return rows


def _copies(row: Mapping[str, str], table: Table, context: CheckContext, place: Place) -> tuple[Mapping[str, str], ...]:
    times, cells = 1, dict(row)
    if TIMES in row and TIMES not in table.columns:
        text = cells.pop(TIMES)
        times = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MOST_TIMES)) else 0
        if not 1 <= times <= MOST_TIMES:
            message = f"'{text}' is not a number of rows; write a whole number from 1 to {MOST_TIMES}"
            context.error(message, "example", *place, TIMES)
        elif times > 1 and table.key and set(table.key) <= cells.keys():
            message = f"the {times} rows have the key that the example gives, and would count as one; leave it out"
            context.error(message, "example", *place, TIMES)
    for column in cells:
        context.column(table, column, *place, column)
    return (cells,) * max(times, 1)


def _check_outcome(file: ExampleFile, indicator: Indicator, context: CheckContext, place: Place) -> None:
    excluding, against = ([named.name for named in part] for part in (indicator.exclude, indicator.because))
    reasons: dict[str, tuple[str, ...]] = {
        Outcome.UNKNOWN: tuple(Unknown),
        Outcome.EXCLUDED: tuple(excluding),
        **dict.fromkeys(indicator.counts_against, tuple(against)),
    }
    wrong = context.left_out("exclude", excluding) | context.left_out("because", against)
    known = (*Outcome, NO_OUTCOME)
    if file.outcome not in known:
        hint = did_you_mean(file.outcome, known) or f"; use one of {', '.join(known)}"
        context.error(f"'{file.outcome}' is not an outcome{hint}", "example", *place, "is")
    elif file.because is not None and file.because not in {*reasons.get(file.outcome, ()), *wrong}:
        hint = did_you_mean(file.because, reasons.get(file.outcome, ()))
        explains = [str(outcome) for outcome, names in reasons.items() if file.because in names]
        hint = hint or (f"; it is one for {either(explains)}" if explains else "")
        context.error(f"'{file.because}' is not a reason for {file.outcome}{hint}", "example", *place, "because")
