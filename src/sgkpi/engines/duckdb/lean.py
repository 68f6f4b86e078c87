"""What may be read in a cheaper form, and what it means in the end.

A column of text that only breaks cases down is carried as it is written, and its few different
spellings are cleaned once each, after counting. A column that is only part of the key is read
straight as keys are compared.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.cells import ALWAYS_READABLE, code_of, has_codes, text_reader
from sgkpi.engines.duckdb.scan import Fault, Scan
from sgkpi.engines.duckdb.session import Session
from sgkpi.model.expressions import ColumnRef
from sgkpi.model.indicator import Breakdown, Indicator
from sgkpi.model.measures import Measure
from sgkpi.model.table import Column
from sgkpi.planning.columns import named_columns
from sgkpi.planning.plan import IndicatorPlan


@dataclass(frozen=True)
class Spellings:
    """What the different spellings of a column mean, and how many cells have each fault."""

    values: Mapping[str | None, str | None]
    faults: Mapping[Fault, int]


def lean(scan: Scan, plans: Sequence[IndicatorPlan]) -> Scan:
    """A scan that reads no more of each column than the indicators of a table need."""
    used = {name for plan in plans for name in _values_used(plan.indicator)}
    split = {plain.column for plan in plans for by in plan.indicator.by if (plain := plain_column(by)) is not None}
    idle = [column for column in scan.declared if column.kind in ALWAYS_READABLE and column.name not in used]
    key = scan.source.table.key
    return replace(
        scan,
        as_written=frozenset(column.name for column in idle if column.name not in key),
        as_keys=frozenset(
            column.name for column in idle if column.name in key and column.name not in split and not has_codes(column)
        ),
    )


def plain_column(breakdown: Breakdown) -> ColumnRef | None:
    """The column of the case that a breakdown is, where it is no more than that."""
    expression = breakdown.expression
    if isinstance(expression, ColumnRef) and expression.related is None and not breakdown.bands:
        return expression
    return None


def _values_used(indicator: Indicator) -> tuple[str, ...]:
    """The columns whose values are asked for, and not only counted by."""
    # A median cannot be put together from the medians of several spellings.
    if indicator.measure is Measure.MEDIAN:
        return named_columns(indicator).case
    return named_columns(replace(indicator, by=tuple(by for by in indicator.by if plain_column(by) is None))).case


def cleaned_spellings(session: Session, scan: Scan, cells: Mapping[str | None, int], column: Column) -> Spellings:
    """What the different spellings of a column mean, given with how many cells hold each."""
    different = sql.select(sql.alias(sql.fn("unnest", sql.parameter(1, "VARCHAR[]")), "raw"))
    reader = text_reader(sql.column("raw"), column, scan.source.table)
    first = [sql.alias(value, name) for name, value in reader.first.items()]
    read = sql.select(sql.STAR, *first).from_(sql.source(different))
    recorded = sql.alias(reader.second.value, "recorded")
    read = sql.select(sql.column("raw"), recorded).from_(sql.source(read))
    folded = sql.fn("kpi_folded", sql.column("recorded"))
    code = code_of(folded, column) if has_codes(column) else sql.null("VARCHAR")
    query = sql.select(sql.column("raw"), sql.column("recorded"), code).from_(sql.source(read))
    rows = ((raw, cells[raw], recorded, meant) for raw, recorded, meant in session.rows(query, [list(cells)]))
    return _spellings(rows, scan.faults(column))


def _spellings(
    rows: Iterable[tuple[str | None, int, str | None, str | None]], looked_for: Iterable[Fault]
) -> Spellings:
    values: dict[str | None, str | None] = {}
    found = dict.fromkeys(looked_for, 0)
    for raw, cells, recorded, code in rows:
        values[raw] = recorded if code is None else code
        if recorded is None and Fault.BLANK in found:
            found[Fault.BLANK] += cells
        if recorded is not None and code is None and Fault.UNLISTED in found:
            found[Fault.UNLISTED] += cells
    return Spellings(values, {fault: cells for fault, cells in found.items() if cells})
