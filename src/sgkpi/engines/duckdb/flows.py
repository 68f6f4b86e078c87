"""Flows of a table that ask nothing of other tables: counted as its files are read.

Of the rows no more is kept than the hash of their key and their faults. Cases whose keys occur more than once are the
few that take a second look: their rows are read again, and they are counted in the place of these.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sgkpi.engines.duckdb.cases import batch_of, carried_by, repeated_cases, rows_of_repeated, seen
from sgkpi.engines.duckdb.cells import ALWAYS_READABLE
from sgkpi.engines.duckdb.count import tally
from sgkpi.engines.duckdb.ingest import Scan, typed_rows
from sgkpi.engines.duckdb.judge import plain_column
from sgkpi.engines.duckdb.tables import Cases, Tables
from sgkpi.ledger.ledger import Ledger, OutcomeCount
from sgkpi.planning.columns import named_columns
from sgkpi.planning.plan import IndicatorPlan


def count_as_read(tables: Tables, name: str, plans: Sequence[IndicatorPlan]) -> Ledger | None:
    """Count indicators that are flows of one table.

    Return None where keys repeat and there are values, whose maximum cannot be taken back: the table must be stored.
    """
    scan, relation = _narrowed(tables.scan(name), plans), f"kept.{name}"

    def count(scan: Scan) -> tuple[Ledger, bool]:
        rows = Cases(seen(tables, scan, typed_rows(scan)), True, False)
        batch = batch_of(tables, plans, rows, carried_by(scan), written=scan.as_written)
        found = tally(tables.session, batch, scan, relation)
        return found.counted, tables.take_reading(name, scan, relation, found.flags, found.faults)

    counted, hides_cells = count(scan)
    if hides_cells:
        counted, _ = count(replace(scan, whole_rows=True))
    if not tables.find_repeated(name):
        return counted
    if any(each.indicator.value is not None for each in plans):
        return None
    tables.read_repeated(name)
    rows, cases = (
        tally(tables.session, batch_of(tables, plans, part)).counted
        for part in (rows_of_repeated(tables, name), repeated_cases(tables, name))
    )
    return _exchange(counted, rows, cases)


def _narrowed(scan: Scan, plans: Sequence[IndicatorPlan]) -> Scan:
    """Return how no more of each column is read than the indicators of a table need.

    Text of one file that only breaks cases down is counted as it is written, and its few different spellings are
    cleaned afterwards: with one code in six unlisted, that takes a tenth off a whole run.
    """
    if len(scan.source.files) > 1:
        return scan
    used = {*scan.source.table.key}
    for plan in plans:
        split = tuple(by for by in plan.indicator.by if plain_column(by) is None)
        used |= {*named_columns(replace(plan.indicator, by=split)).case}
    idle = (each.name for each in scan.declared if each.kind in ALWAYS_READABLE and each.name not in used)
    return replace(scan, as_written=frozenset(idle))


def _exchange(counted: Ledger, rows: Ledger, cases: Ledger) -> Ledger:
    """Put cases in the place of the rows that make them up."""
    counts = _numbers(counted.outcomes)
    counts.subtract(_numbers(rows.outcomes))
    counts.update(_numbers(cases.outcomes))
    if any(number < 0 for number in counts.values()):
        raise ValueError("more rows were taken away than were counted")
    outcomes = tuple(replace(each, cases=number) for each, number in counts.items() if number)
    less = {each.indicator: each for each in rows.unplaced}
    unplaced = (
        replace(
            each,
            blank=each.blank - less[each.indicator].blank,
            unreadable=each.unreadable - less[each.indicator].unreadable,
        )
        for each in (Ledger(unplaced=counted.unplaced) + Ledger(unplaced=cases.unplaced)).unplaced
    )
    return Ledger(outcomes, unplaced=tuple(unplaced))


def _numbers(outcomes: Iterable[OutcomeCount]) -> "Counter[OutcomeCount]":
    return Counter({replace(each, cases=0): each.cases for each in outcomes})
