"""Flows of a table that ask nothing of other tables: classified in one pass over its files.

Cases whose keys occur more than once are the few that take a second look: they are read again, and counted in the
place of their rows. There are two ways: outcomes are counted as the files are read; values, of which a median cannot
be put together from counts, are asked of a table of classified cases.
"""

from collections import Counter as Numbers
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.cases import CaseMaker, Cases
from sgkpi.engines.duckdb.classify import Group, classified
from sgkpi.engines.duckdb.count import Collected, Counter, collected
from sgkpi.engines.duckdb.lean import lean
from sgkpi.engines.duckdb.scan import Scan
from sgkpi.engines.duckdb.session import Session
from sgkpi.engines.duckdb.tables import Tables, has_repeated_hash
from sgkpi.engines.duckdb.tally import tally
from sgkpi.ledger.ledger import OutcomeCount, Unplaced
from sgkpi.planning.plan import IndicatorPlan

_CARRIED = ("h", "flags", "void", "present")


@dataclass(frozen=True)
class OnePass:
    """Classifies straight from the files of a table, and takes what tells their faults from the same pass."""

    session: Session
    tables: Tables
    cases: CaseMaker

    def collected(self, name: str, plans: list[IndicatorPlan]) -> Collected:
        """What was counted of indicators that are flows of one table."""
        self.session.expect_arrays()
        if any(each.indicator.value is not None for each in plans):
            return self._through_table(name, plans)  # values are put together in more than one way
        return self._as_read(name, plans)

    def _group(self, scan: Scan, plans: list[IndicatorPlan]) -> Group:
        carried = (*_CARRIED, *(f"raw_{column}" for column in scan.written))
        return self.cases.group(plans, self.cases.straight_from_files(scan), carried, scan.as_written)

    def _as_read(self, name: str, plans: list[IndicatorPlan]) -> Collected:
        """Counted while the files are read."""
        scan, hashes = lean(self.tables.scan(name), plans), f"hashes.{name}"
        group = self._group(scan, plans)
        looked_at = [each.name for each in scan.declared if each.name in scan.as_written and any(scan.faults(each))]
        found = tally(self.session, group, hashes, looked_at)
        if self.tables.hides_cells(name, found.void):
            self.tables.require_whole_rows(name)
            return self._as_read(name, plans)
        self.tables.take_flags(name, scan, found.flags)
        cleaned = self.tables.clean(name, scan, lambda column: found.cells.get(column, {}))
        group.spellings = {f"raw_{column}": each.values for column, each in cleaned.items()}
        every = collected(Counter(self.session, group, hashes, found.counts))
        if not self.tables.repeated(name, hashes, sql.TRUE):
            return every
        written = sorted(group.written)
        given = self._counted_again(group, f"classified.{name}", self._single(name, hashes, sql.TRUE, group))
        taken = self._counted_again(group, f"rows.{name}", self.cases.rows_of_repeated(name, written))
        return _exchanged(every, taken, given)

    def _single(self, name: str, relation: str, alive: Sql, group: Group) -> Cases:
        return self.cases.repeated_rows(name, relation, alive, sorted(group.written))

    def _counted_again(self, group: Group, relation: str, cases: Cases) -> Collected:
        carried = tuple(f"raw_{column}" for column in sorted(group.written))
        again = self.cases.group(group.plans, cases, carried, group.written)
        self.session.create(relation, classified(again))
        return collected(Counter(self.session, again, relation))

    def _through_table(self, name: str, plans: list[IndicatorPlan]) -> Collected:
        """Classified into a table, and counted from that."""
        scan, relation = lean(self.tables.scan(name), plans), f"classified.{name}"
        group = self._group(scan, plans)
        self.session.create(relation, classified(group))
        if self.tables.has_hidden_cells(name, relation):
            self.tables.require_whole_rows(name)
            return self._through_table(name, plans)
        self.tables.take_reading(name, relation, scan)
        counter = Counter(self.session, group, relation)
        cleaned = self.tables.clean(name, scan, counter.written)
        group.spellings = {f"raw_{column}": each.values for column, each in cleaned.items()}
        if self.tables.repeated(name, relation, sql.column("present")):
            self._mend(name, relation, group)
            counter = Counter(self.session, group, relation)
        return collected(counter)

    def _mend(self, name: str, relation: str, group: Group) -> None:
        """Put the cases whose keys occur more than once in the place of their rows."""
        cases = self._single(name, relation, sql.column("present"), group)
        again = self.cases.group(group.plans, cases, group.carried, group.written)
        again.codes = group.codes
        self.session.execute(sql.delete(relation, has_repeated_hash("repeated")))
        self.session.execute(sql.insert(relation, classified(again)))


def _exchanged(every: Collected, taken: Collected, given: Collected) -> Collected:
    """What was counted of every row, with cases in the place of the rows that make them up."""
    counts = _numbers(every.outcomes)
    counts.subtract(_numbers(taken.outcomes))
    counts.update(_numbers(given.outcomes))
    if any(cases < 0 for cases in counts.values()):
        raise ValueError("more rows were taken away than were counted")
    outcomes = [replace(each, cases=cases) for each, cases in counts.items() if cases]
    less = {each.indicator: each for each in taken.unplaced}
    more = {each.indicator: each for each in given.unplaced}
    return Collected(
        outcomes, [], [_moved(each, less[each.indicator], more[each.indicator]) for each in every.unplaced]
    )


def _numbers(outcomes: Iterable[OutcomeCount]) -> "Numbers[OutcomeCount]":
    return Numbers({replace(each, cases=0): each.cases for each in outcomes})


def _moved(every: Unplaced, less: Unplaced, more: Unplaced) -> Unplaced:
    blank = every.blank - less.blank + more.blank
    return Unplaced(every.indicator, blank, every.unreadable - less.unreadable + more.unreadable)
