"""Flows of a table that ask nothing of other tables: counted as its files are read.

Of the rows no more is kept than the hash of their key and their faults. Cases whose keys occur more than once are the
few that take a second look: their rows are read again, and they are counted in the place of these.
"""

from collections.abc import Sequence
from dataclasses import replace

from sgkpi.engines.duckdb.cases import CaseMaker, carried_by
from sgkpi.engines.duckdb.cells import ALWAYS_READABLE, has_codes
from sgkpi.engines.duckdb.classify import plain_column
from sgkpi.engines.duckdb.count import Counted, tally
from sgkpi.engines.duckdb.scan import BLANK_ROW, Scan
from sgkpi.engines.duckdb.session import Session
from sgkpi.engines.duckdb.tables import Tables
from sgkpi.model.indicator import Indicator
from sgkpi.planning.columns import named_columns
from sgkpi.planning.plan import IndicatorPlan


def count_as_read(
    session: Session, tables: Tables, cases: CaseMaker, name: str, plans: Sequence[IndicatorPlan]
) -> Counted | None:
    """Count indicators that are flows of one table.

    None where keys repeat and there are values, whose maximum cannot be taken back: the table must be stored.
    """
    scan = narrowed(tables.scan(name), plans)
    relation = f"kept.{name}"

    def count(scan: Scan) -> tuple[Counted, int]:
        rows = cases.straight_from_files(scan)
        batch = cases.group(plans, rows, carried_by(scan), written=scan.as_written)
        found = tally(session, batch, scan, relation)
        tables.take_reading(name, scan, relation, found.flags, found.faults)
        return found.counted, sum(rows for value, rows in found.flags.items() if value & BLANK_ROW)

    counted, blank_rows = count(scan)
    if tables.hides_cells(scan, blank_rows):
        counted, _ = count(replace(scan, whole_rows=True))
    if not tables.find_repeated(name):
        return counted
    if any(each.indicator.value is not None for each in plans):
        return None
    tables.read_repeated(name)
    taken, given = (
        tally(session, cases.group(plans, part)).counted
        for part in (cases.rows_of_repeated(name), cases.repeated_cases(name))
    )
    return counted.exchange(taken, given)


def narrowed(scan: Scan, plans: Sequence[IndicatorPlan]) -> Scan:
    """Read no more of each column than the indicators of a table need.

    Text of one file that only breaks cases down is counted as it is written, and its few different spellings are
    cleaned afterwards; text that is only part of the key is read as keys are compared.
    """
    used = {name for plan in plans for name in _values_used(plan.indicator)}
    split = {plain.column for plan in plans for by in plan.indicator.by if (plain := plain_column(by)) is not None}
    idle = [column for column in scan.declared if column.kind in ALWAYS_READABLE and column.name not in used]
    key, is_one_file = scan.source.table.key, len(scan.source.files) == 1
    written = frozenset(column.name for column in idle if column.name not in key)
    compared = (each.name for each in idle if each.name in key and each.name not in split and not has_codes(each))
    return replace(scan, as_written=written if is_one_file else frozenset(), as_keys=frozenset(compared))


def _values_used(indicator: Indicator) -> tuple[str, ...]:
    """The columns whose values are asked for, and not only counted by."""
    return named_columns(replace(indicator, by=tuple(by for by in indicator.by if plain_column(by) is None))).case
