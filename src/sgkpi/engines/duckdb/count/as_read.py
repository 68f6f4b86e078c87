"""Flows of a table that needs no other table, counted while its files are read.

Only the key hash and the fault flags of each row are kept. The few cases whose keys repeat are read and judged again,
and replace the counts of their rows.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sgkpi.engines.duckdb.cases.cases import batch_of, carried_by, repeated_cases, seen
from sgkpi.engines.duckdb.cases.tables import Tables
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.count.persons import create_table_of_cases, person_of, table_of_cases, with_persons
from sgkpi.engines.duckdb.count.tally import tally
from sgkpi.engines.duckdb.ingest.cells import ALWAYS_READABLE
from sgkpi.engines.duckdb.ingest.known_rows import has_repeated_hash
from sgkpi.engines.duckdb.ingest.typed_rows import Scan, typed_rows
from sgkpi.engines.duckdb.judge.outcomes import Batch, plain_column
from sgkpi.engines.sql import words as sql
from sgkpi.ledger.ledger import Ledger, OutcomeCount
from sgkpi.planning.columns import named_columns
from sgkpi.planning.plan import IndicatorPlan


def count_as_read(tables: Tables, name: str, plans: Sequence[IndicatorPlan]) -> Ledger | None:
    """Count indicators that are flows of one table.

    Return None if keys repeat and there are values: a maximum cannot be corrected, so the table must be stored.
    """
    session, relation = tables.session, f"kept.{name}"

    def batch_as_read(scan: Scan) -> Batch:
        batch = batch_of(tables, plans, seen(tables, scan, typed_rows(scan)), carried_by(scan))
        return replace(batch, as_read=True, written=scan.as_written, person=person_of(tables, scan))

    def count(scan: Scan) -> tuple[Ledger, Scan | None]:
        batch = batch_as_read(scan)
        create_table_of_cases(session, batch)
        found = tally(session, batch, scan, relation)
        return found.counted, tables.take_reading(name, scan, relation, found.flags, found.faults)

    scan = _narrowed(tables.scan(name), plans)
    counted, whole = count(scan)
    if whole is not None:
        scan = whole
        counted, _ = count(whole)
    if tables.find_repeated(name):
        if any(each.indicator.value is not None for each in plans):
            return None
        counted = _with_repeated(tables, name, plans, counted)
    return with_persons(session, batch_as_read(scan), scan, counted)


def _with_repeated(tables: Tables, name: str, plans: Sequence[IndicatorPlan], counted: Ledger) -> Ledger:
    """Return the ledger of rows, with rows whose keys repeat replaced by their cases."""
    tables.read_repeated(name)
    full = tables.full_scan(name)
    again = replace(batch_of(tables, plans, seen(tables, full, f"again.{name}")), as_read=True)
    cases = batch_of(tables, plans, repeated_cases(tables, name), (Name.KEY_HASH,))
    cases = replace(cases, person=person_of(tables, full))
    if cases.person is not None:
        tables.session.execute(sql.delete(table_of_cases(cases), has_repeated_hash(f"repeated.{name}")))
    return _exchange(counted, *(tally(tables.session, batch).counted for batch in (again, cases)))


def _narrowed(scan: Scan, plans: Sequence[IndicatorPlan]) -> Scan:
    """Return a scan of one file that counts text used only in breakdowns as it is written.

    Its few distinct spellings are cleaned afterwards. Without this a run of one indicator takes a sixth longer, or a
    quarter longer if one code in six is unlisted.
    """
    if len(scan.source.files) > 1:
        return scan
    used = {*scan.source.table.key, scan.source.table.person}
    for plan in plans:
        joined = {part for by in plan.breakdowns for part in by.parts}
        by_value = tuple(by for by in plan.indicator.by if plain_column(by) is None or by in joined)
        used |= {*named_columns(replace(plan.indicator, by=by_value)).case}
    idle = (each.name for each in scan.declared if each.kind in ALWAYS_READABLE and each.name not in used)
    return replace(scan, as_written=frozenset(idle))


def _exchange(counted: Ledger, rows: Ledger, cases: Ledger) -> Ledger:
    """Replace rows by the cases that they make up."""
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
