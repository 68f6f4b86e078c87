"""The DuckDB engine: a plan and an extract become outcome counts."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from sgkpi.engines.duckdb import faults, sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.cases import CaseMaker
from sgkpi.engines.duckdb.classify import Batch
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.count import Counted, tally
from sgkpi.engines.duckdb.details import ROW_NUMBER, Identifiers, identifiers, single_cases
from sgkpi.engines.duckdb.flows import count_as_read
from sgkpi.engines.duckdb.moments import has_clock_time
from sgkpi.engines.duckdb.scan import Scan, typed_rows
from sgkpi.engines.duckdb.session import Progress, Session, open_session
from sgkpi.engines.duckdb.tables import Tables
from sgkpi.engines.duckdb.working_days import create_calendar, uses_working_days
from sgkpi.extracts.extract import Extract
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.ledger.ledger import Ledger, Unplaced
from sgkpi.model.expressions import Kind
from sgkpi.model.outcomes import Outcome
from sgkpi.model.table import Column
from sgkpi.planning.columns import columns_read, dating_columns
from sgkpi.planning.plan import IndicatorPlan, Plan, reference_days

Result = TypeVar("Result")
# With more indicators in one statement, planning it takes longer than looking at the cases again.
_TOGETHER = 12


class DuckDBEngine:
    """Computes in an embedded DuckDB, which spills to a temporary folder when memory runs short."""

    def compute(
        self, plan: Plan, extract: Extract, *, progress: Progress | None = None, show_values: bool = False
    ) -> Ledger:
        """Outcome counts for every indicator, period and category of a plan.

        Raises ExtractError when a number or a date is beyond what can be computed exactly.
        """
        return _looked_at(plan, extract, lambda computation: computation.run(show_values=show_values), progress)

    def cases(
        self, plan: Plan, extract: Extract, outcomes: Collection[Outcome] = tuple(Outcome)
    ) -> Iterator[CaseOutcome]:
        """Every case that has one of the outcomes, once for each indicator and period, in the order of keys."""
        found = _looked_at(plan, extract, lambda computation: computation.single_cases(outcomes), people=True)
        yield from found

    def events(self, extract: Extract) -> tuple[datetime, datetime] | None:
        """The first and the last moment at which a row of the extract happened; None when there is none.

        A value without a time of day means the whole of its day.
        """
        with open_session() as session:
            found = _spans(session, extract, {})
            read = Tables(session, extract, dict.fromkeys(extract.tables, ()))
            faults.check_quotation_marks(read)
            short = faults.short_rows(read)
        if short:
            with open_session() as session:
                found = _spans(session, extract, short)
        return (min(first for first, _ in found), max(last for _, last in found)) if found else None


def _spans(session: Session, extract: Extract, short: Mapping[str, Sequence[int]]) -> list[tuple[datetime, datetime]]:
    spans = (_span(session, extract, name, frozenset(short)) for name in extract.tables)
    return [span for span in spans if span is not None]


def _span(session: Session, extract: Extract, name: str, short: frozenset[str]) -> tuple[datetime, datetime] | None:
    source = extract.tables[name]
    happened = source.table.happened
    if happened is None or happened not in source.columns:
        return None
    rows = typed_rows(Scan(source, (happened,), short_rows=short))
    value = Name.value(happened).cast("TIMESTAMP")
    end = sql.when(_timed(source.table.columns[happened], value), value, sql.fn("kpi_end_of_day", value))
    first, last = session.row(sql.select(sql.fn("min", value), sql.fn("max", end)).from_(rows))
    return None if first is None else (first, last)


def _timed(column: Column, value: Sql) -> Sql:
    """Whether an event has a time of day, and does not stand for the whole of its day."""
    if column.kind is Kind.DATE:
        return sql.FALSE
    return Name.has_time(column.name) if column.midnight else has_clock_time(value)


def _looked_at(
    plan: Plan,
    extract: Extract,
    look: Callable[["_Computation"], Result],
    progress: Progress | None = None,
    *,
    people: bool = False,
) -> Result:
    """What a look at the tables of a plan gives; with `people`, the persons of its cases are read too."""
    with open_session(progress, extract) as session:
        tables = _tables(session, plan, extract, {}, people=people)
        result = look(_Computation(session, plan, tables))
        faults.check_quotation_marks(tables)
        short = faults.short_rows(tables)
    if not short:
        return result
    # Rows with fewer cells than the header take a slower reader, so it is asked for only now.
    with open_session(progress, extract) as session:
        return look(_Computation(session, plan, _tables(session, plan, extract, short, people=people)))


def _tables(
    session: Session, plan: Plan, extract: Extract, short: Mapping[str, Sequence[int]], *, people: bool = False
) -> Tables:
    columns, dating = columns_read(plan, extract, people=people), dating_columns(plan)
    return Tables(session, extract, columns, dating=dating, short_rows=short)


class _Computation:
    """One run of a plan."""

    def __init__(self, session: Session, plan: Plan, tables: Tables) -> None:
        self.session = session
        self.plan = plan
        self.tables = tables
        self.cases = CaseMaker(session, tables, plan.as_of, reference_days(plan))

    def run(self, *, show_values: bool) -> Ledger:
        """Count every table whose indicators are simple flows as it is read, and all others from stored tables."""
        self.prepare_days()
        by_table: dict[str, list[IndicatorPlan]] = {}
        for each in self.plan.indicators:
            by_table.setdefault(each.indicator.table.name, []).append(each)
        once = {name: plans for name, plans in by_table.items() if self._is_read_once(name, plans)}
        self._store(self.tables.columns.keys() - once)
        counted = self.session.run_parallel(
            [partial(count_as_read, self.session, self.tables, self.cases, *each) for each in once.items()]
        )
        not_counted = {name for name, found in zip(once, counted, strict=True) if found is None}
        stored = [each for name, plans in by_table.items() if name not in once.keys() - not_counted for each in plans]
        self._make_cases(stored)
        tallied = self.session.run_parallel([partial(self._tally, part) for part in self._together(stored)])
        return self._ledger([each for each in (*counted, *tallied) if each is not None], show_values=show_values)

    def _store(self, names: Iterable[str]) -> None:
        """Store tables, the largest first."""
        files = {name: self.tables.extract.tables[name].files for name in names}
        largest_first = sorted(files, key=lambda name: (-sum(each.path.stat().st_size for each in files[name]), name))
        self.session.run_parallel([partial(self.tables.store, name) for name in largest_first])

    def _make_cases(self, plans: Iterable[IndicatorPlan]) -> None:
        """Make the tables of cases that indicators look at, each once."""
        wanted = {self.cases.name_of(each.indicator): each.indicator for each in plans}
        for indicator in wanted.values():
            self.tables.store(indicator.table.name)
        self.session.run_parallel([partial(self.cases.of, indicator) for indicator in wanted.values()])

    def _tally(self, plans: Sequence[IndicatorPlan]) -> Counted:
        """Count indicators that are classified together, with the unplaced cases of stocks."""
        counted = tally(self.session, self.batch(plans)).counted
        stocks = [each.indicator for each in plans if each.indicator.is_stock]
        unplaced = tuple(Unplaced(each.id, *self.cases.unplaced_stock(each)) for each in stocks)
        return replace(counted, unplaced=(*counted.unplaced, *unplaced))

    def single_cases(self, outcomes: Collection[Outcome]) -> list[CaseOutcome]:
        """Return every case with one of the outcomes, indicator by indicator."""
        self.prepare_days()
        self._store(self.tables.columns)
        self._make_cases(self.plan.indicators)

        def list_cases(plan: IndicatorPlan) -> tuple[Identifiers, list[CaseOutcome]]:
            told_by = identifiers(plan.indicator, self.tables.extract.tables[plan.indicator.table.name])
            detailed = replace(plan, breakdowns=(*plan.breakdowns, *told_by.breakdowns))
            carried = () if told_by.key else ROW_NUMBER
            batch = self.batch([detailed], carried=carried, detailed=True)
            return told_by, list(single_cases(self.session, batch, told_by, plan.breakdowns, outcomes))

        found = self.session.run_parallel([partial(list_cases, plan) for plan in self.plan.indicators])
        # Which rows were left out is known when every file has been read.
        listed = (cases if by.key else faults.numbered_as_in_file(self.tables, cases) for by, cases in found)
        return [case for cases in listed for case in cases]

    def batch(self, plans: Sequence[IndicatorPlan], carried: tuple[str, ...] = (), *, detailed: bool = False) -> Batch:
        """Indicators over cases in a table of the session, with what they know of related rows."""
        indicators = [each.indicator for each in plans]
        cases = self.cases.with_related(indicators, self.cases.of(indicators[0]))
        return self.cases.group(plans, cases, carried, detailed=detailed)

    def prepare_days(self) -> None:
        """Make the reference days of stocks, and the calendar of working days, where they are asked for."""
        if any(each.indicator.is_stock for each in self.plan.indicators):
            self.cases.prepare()
        counting = [each.indicator for each in self.plan.indicators if uses_working_days(each.indicator)]
        if counting:
            create_calendar(self.session, counting, self.plan.closures)

    def _is_read_once(self, name: str, plans: Sequence[IndicatorPlan]) -> bool:
        """Whether a table can be counted as it is read: it has a key, only simple flows use it, nothing joins to it."""
        related = {row.table.name for each in self.plan.indicators for row in each.indicator.related}
        is_simple = not any(each.indicator.is_stock or each.indicator.related for each in plans)
        return is_simple and name not in related and self.tables.extract.tables[name].has_key

    def _together(self, plans: Sequence[IndicatorPlan]) -> Iterator[list[IndicatorPlan]]:
        """The indicators that are classified in one statement: those over the same cases, if they need no other rows.

        Cases of a large extract, joined with all related rows at once, would not find room.
        """
        alike: dict[str, list[IndicatorPlan]] = {}
        for each in plans:
            name = self.cases.name_of(each.indicator)
            alike.setdefault(f"{name}.{each.indicator.id}" if each.indicator.related else name, []).append(each)
        for theirs in alike.values():
            yield from (theirs[start : start + _TOGETHER] for start in range(0, len(theirs), _TOGETHER))

    def _ledger(self, found: Sequence[Counted], *, show_values: bool) -> Ledger:
        names = sorted(self.tables.columns)
        for name in names:
            if name not in self.tables.readings:
                self.tables.store(name)
        return Ledger(
            tuple(count for part in found for count in part.outcomes),
            tuple(value for part in found for value in part.values),
            tuple(sorted((each for part in found for each in part.unplaced), key=lambda each: each.indicator)),
            tuple(faults.table_read(self.tables, name) for name in names),
            tuple(faults.all_problems(self.tables, names, show_values=show_values)),
        )
