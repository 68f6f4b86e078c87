"""Check that examples name outcomes, reasons, tables and columns that exist."""

from collections.abc import Mapping

from sgkpi.definitions.checks.context import CheckContext
from sgkpi.definitions.files import ExampleFile, IndicatorFile
from sgkpi.definitions.wording import either
from sgkpi.definitions.yaml_text import Place
from sgkpi.model.indicator import Example, Indicator
from sgkpi.model.outcomes import Outcome, Unknown
from sgkpi.model.problems import did_you_mean
from sgkpi.model.table import Table

# The outcome in an example of a case that has none, as the population does not include it.
NO_OUTCOME = "none"


def build_examples(file: IndicatorFile, indicator: Indicator, context: CheckContext) -> tuple[Example, ...]:
    """Return the examples of an indicator, with their cells as written."""
    tables = {table.name: table for table in (indicator.table, *(related.table for related in indicator.related))}
    return tuple(_example(number, example, indicator, tables, context) for number, example in enumerate(file.examples))


def _example(
    number: int, file: ExampleFile, indicator: Indicator, tables: Mapping[str, Table], context: CheckContext
) -> Example:
    place = context.item("examples", number)
    rows = file.__pydantic_extra__ or {}
    _check_rows(rows, tables, context, place)
    _check_outcome(file, indicator, context, place)
    if not rows.get(indicator.table.name):
        context.error(f"the example needs a row of '{indicator.table.name}'", "example", *place)
    if indicator.is_stock and not context.document.has(*place, "reference_day"):
        context.error("an example of a stock needs a reference_day", "example", *place)
    if not indicator.is_stock and context.document.has(*place, "reference_day"):
        context.error("only an example of a stock has a reference_day", "example", *place, "reference_day")
    line = context.document.line(*place)
    return Example(file.outcome, file.because, rows, file.as_of, file.reference_day, line)


def _check_rows(
    rows: Mapping[str, tuple[Mapping[str, str], ...]], tables: Mapping[str, Table], context: CheckContext, place: Place
) -> None:
    for name, given in rows.items():
        table = tables.get(name)
        if table is None:
            hint = did_you_mean(name, [*tables, "is", "because", "as_of", "reference_day"])
            context.error(f"this indicator does not use a table '{name}'{hint}", "unknown-table", *place, name)
            continue
        for number, row in enumerate(given):
            # A single row may be written without a list.
            at = (*place, name, number) if context.document.has(*place, name, number) else (*place, name)
            for column in row:
                context.column(table, column, *at, column)


def _check_outcome(file: ExampleFile, indicator: Indicator, context: CheckContext, place: Place) -> None:
    reasons: dict[str, tuple[str, ...]] = {
        Outcome.UNKNOWN: tuple(Unknown),
        Outcome.EXCLUDED: tuple(named.name for named in indicator.exclude),
        **dict.fromkeys(indicator.counts_against, tuple(named.name for named in indicator.because)),
    }
    known = (*Outcome, NO_OUTCOME)
    if file.outcome not in known:
        hint = did_you_mean(file.outcome, known) or f"; use one of {', '.join(known)}"
        context.error(f"'{file.outcome}' is not an outcome{hint}", "example", *place, "is")
    elif file.because is not None and file.because not in reasons.get(file.outcome, ()):
        hint = did_you_mean(file.because, reasons.get(file.outcome, ()))
        explains = [str(outcome) for outcome, names in reasons.items() if file.because in names]
        hint = hint or (f"; it is one for {either(explains)}" if explains else "")
        context.error(f"'{file.because}' is not a reason for {file.outcome}{hint}", "example", *place, "because")
