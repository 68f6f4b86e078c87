"""The DuckDB engine: a plan and an extract become outcome counts."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from sgkpi.engines.duckdb import faults, sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.cases import CaseMaker
from sgkpi.engines.duckdb.classify import classified
from sgkpi.engines.duckdb.count import Collected, Counter, collected
from sgkpi.engines.duckdb.details import ROW_NUMBER, CaseReader, identifiers
from sgkpi.engines.duckdb.moments import has_clock_time
from sgkpi.engines.duckdb.one_pass import OnePass
from sgkpi.engines.duckdb.printer import text_of
from sgkpi.engines.duckdb.scan import Scan, typed_rows
from sgkpi.engines.duckdb.session import Progress, Session, is_small, open_session
from sgkpi.engines.duckdb.tables import Tables
from sgkpi.engines.duckdb.working_days import create_calendar, uses_working_days
from sgkpi.engines.protocol import Wanted
from sgkpi.extracts.extract import Extract
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.ledger.ledger import Ledger, Unplaced
from sgkpi.model.expressions import Kind
from sgkpi.model.indicator import Indicator
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

    def compute_and_list(
        self,
        plan: Plan,
        extract: Extract,
        wanted: Wanted,
        *,
        progress: Progress | None = None,
        show_values: bool = False,
    ) -> tuple[Ledger, tuple[CaseOutcome, ...]]:
        """What `compute` gives, and the single cases that are then wanted, in a small extract from the same tables."""
        if not is_small(extract):
            counts = self.compute(plan, extract, progress=progress, show_values=show_values)
            further = wanted(counts)
            return counts, tuple(self.cases(further[0], extract, further[1])) if further else ()

        def look(computation: _Computation) -> tuple[Ledger, tuple[CaseOutcome, ...]]:
            counts = computation.run(show_values=show_values)
            further = wanted(counts)
            if further is None:
                return counts, ()
            readers = computation.go_on(further[0]).classify_in_detail()
            return counts, tuple(case for reader in readers for case in reader.cases(further[1]))

        return _looked_at(plan, extract, look, progress)

    def cases(
        self, plan: Plan, extract: Extract, outcomes: Collection[Outcome] = tuple(Outcome)
    ) -> Iterator[CaseOutcome]:
        """Every case that has one of the outcomes, once for each indicator and period, in the order of keys."""
        short: dict[str, list[int]] = {}
        with open_session(extract) as session:
            computation = _Computation(session, plan, _tables(session, plan, extract, short, people=True))
            readers = computation.classify_in_detail()
            faults.check_quotation_marks(computation.tables)
            short = faults.short_rows(computation.tables)
            if not short:
                yield from (case for reader in readers for case in reader.cases(outcomes))
                return
        with open_session(extract) as session:
            tables = _tables(session, plan, extract, short, people=True)
            again = _Computation(session, plan, tables).classify_in_detail()
            yield from (case for reader in again for case in reader.cases(outcomes))

    def events(self, extract: Extract) -> tuple[datetime, datetime] | None:
        """The first and the last moment at which a row of the extract happened; None when there is none.

        A value without a time of day means the whole of its day.
        """
        with open_session(extract) as session:
            found = _spans(session, extract, {})
            read = Tables(session, extract, dict.fromkeys(extract.tables, ()))
            faults.check_quotation_marks(read)
            short = faults.short_rows(read)
        if short:
            with open_session(extract) as session:
                found = _spans(session, extract, short)
        return (min(first for first, _ in found), max(last for _, last in found)) if found else None

    def statements(self, plan: Plan, extract: Extract) -> list[str]:
        """The SQL that a plan becomes: a statement for every table that is made."""
        with open_session(extract) as session:
            _Computation(session, plan, _tables(session, plan, extract, {})).run(show_values=False)
            return [text_of(sql.create(name, query)) for name, query in session.made.items()]


def _spans(session: Session, extract: Extract, short: Mapping[str, Sequence[int]]) -> list[tuple[datetime, datetime]]:
    spans = (_span(session, extract, name, frozenset(short)) for name in extract.tables)
    return [span for span in spans if span is not None]


def _span(session: Session, extract: Extract, name: str, short: frozenset[str]) -> tuple[datetime, datetime] | None:
    source = extract.tables[name]
    happened = source.table.happened
    if happened is None or happened not in source.columns:
        return None
    rows = typed_rows(Scan(source, (happened,), short_rows=short))
    value = sql.cast(sql.column(f"v_{happened}"), "TIMESTAMP")
    end = sql.case([(_timed(source.table.columns[happened], value), value)], sql.fn("kpi_end_of_day", value))
    first, last = session.row(sql.select(sql.fn("min", value), sql.fn("max", end)).from_(sql.source(rows)))
    return None if first is None else (first, last)


def _timed(column: Column, value: Sql) -> Sql:
    """Whether an event has a time of day, and does not stand for the whole of its day."""
    if column.kind is Kind.DATE:
        return sql.FALSE
    return sql.column(f"m_{column.name}") if column.midnight else has_clock_time(value)


def _looked_at(
    plan: Plan, extract: Extract, look: Callable[["_Computation"], Result], progress: Progress | None
) -> Result:
    """What a look at the tables of a plan gives."""
    with open_session(extract, progress) as session:
        tables = _tables(session, plan, extract, {})
        result = look(_Computation(session, plan, tables))
        faults.check_quotation_marks(tables)
        short = faults.short_rows(tables)
    if not short:
        return result
    # Rows with fewer cells than the header take a slower reader, so it is asked for only now.
    with open_session(extract, progress) as session:
        return look(_Computation(session, plan, _tables(session, plan, extract, short)))


def _tables(
    session: Session, plan: Plan, extract: Extract, short: Mapping[str, Sequence[int]], *, people: bool = False
) -> Tables:
    """The tables that a plan reads; with `people`, the persons of its cases too."""
    columns, dating = columns_read(plan, extract, people=people), dating_columns(plan)
    return Tables(session, extract, columns, dating=dating, short_rows=short)


class _Computation:
    """One run of a plan."""

    def __init__(self, session: Session, plan: Plan, tables: Tables) -> None:
        self.session = session
        self.plan = plan
        self.tables = tables
        self.cases = CaseMaker(session, tables, plan.as_of, reference_days(plan))
        self.found = Collected()

    def go_on(self, plan: Plan) -> "_Computation":
        """A run of another plan as of the same time, for single cases; tables that were read whole still stand."""
        extract = self.tables.extract
        columns, dating = columns_read(plan, extract, people=True), dating_columns(plan)
        further = _Computation(self.session, plan, self.tables.for_columns(columns, dating))
        further.cases.made |= self.cases.standing_flows()
        return further

    def run(self, *, show_values: bool) -> Ledger:
        by_table = self._by_table()
        once = {name for name, plans in by_table.items() if self._is_read_once(name, plans)}
        self._read(self.tables.columns.keys() - once)
        standing: list[IndicatorPlan] = []
        for name, plans in by_table.items():
            if name in once:
                self.found.add(OnePass(self.session, self.tables, self.cases).collected(name, plans))
            else:
                standing += plans
        self._classify_standing(standing)
        return self._counts(show_values=show_values)

    def classify_in_detail(self) -> list[CaseReader]:
        """Every indicator classified by itself, with what tells its single cases."""
        self._read(self.tables.columns)
        self._make_cases(self.plan.indicators)
        return self.session.side_by_side([partial(self._in_detail, plan) for plan in self.plan.indicators])

    def _in_detail(self, plan: IndicatorPlan) -> CaseReader:
        indicator = plan.indicator
        told_by = identifiers(indicator, self.tables.extract.tables[indicator.table.name])
        cases = self.cases.of(indicator)
        group = self.cases.group(
            [replace(plan, breakdowns=(*plan.breakdowns, *told_by.breakdowns))],
            self.cases.with_related([indicator], cases),
            carried=() if told_by.key else ROW_NUMBER,
            detailed=True,
        )
        relation = f"classified.indicator.{indicator.id}"
        self.session.create(relation, classified(group))
        return CaseReader(Counter(self.session, group, relation), plan, told_by)

    def _read(self, names: Iterable[str]) -> None:
        """Make what everything else asks for: tables that more than one pass is made over, the largest first."""
        largest_first = sorted(names, key=self._bytes_of, reverse=True)
        jobs: list[Callable[[], object]] = [partial(self.tables.typed_table, name) for name in largest_first]
        if any(each.indicator.is_stock for each in self.plan.indicators):
            jobs.append(self.cases.prepare)
        self.session.side_by_side([*jobs, self._prepare_calendar])

    def _bytes_of(self, name: str) -> int:
        return sum(file.path.stat().st_size for file in self.tables.extract.tables[name].files)

    def _prepare_calendar(self) -> None:
        counting = [each.indicator for each in self.plan.indicators if uses_working_days(each.indicator)]
        if counting:
            create_calendar(self.session, counting, self.plan.closures)

    def _by_table(self) -> dict[str, list[IndicatorPlan]]:
        found: dict[str, list[IndicatorPlan]] = {}
        for each in self.plan.indicators:
            found.setdefault(each.indicator.table.name, []).append(each)
        return found

    def _is_read_once(self, name: str, plans: Sequence[IndicatorPlan]) -> bool:
        """Whether one pass over the files of a table does for all that ask of it.

        It does not where its rows are related rows too, or are told apart by all that stands in them, as known at the
        as-of time.
        """
        related = {row.table.name for each in self.plan.indicators for row in each.indicator.related}
        is_simple = not any(each.indicator.is_stock or each.indicator.related for each in plans)
        return is_simple and name not in self.tables.whole | related and self.tables.extract.tables[name].has_key

    def _make_cases(self, plans: Sequence[IndicatorPlan]) -> None:
        """Make the tables of cases that indicators look at, each once."""
        wanted = {self.cases.name_of(each.indicator): each.indicator for each in plans}
        self.session.side_by_side([partial(self.cases.of, indicator) for indicator in wanted.values()])

    def _classify_standing(self, plans: Sequence[IndicatorPlan]) -> None:
        """Classify cases that stand in tables of the session, each once for all that ask of them."""
        self._make_cases(plans)
        jobs = [partial(self._classified, f"classified.{name}", part) for name, part in self._together(plans).items()]
        jobs += [partial(self._unplaced, each.indicator) for each in plans if each.indicator.is_stock]
        for found in self.session.side_by_side(jobs):
            self.found.add(found)

    def _together(self, plans: Sequence[IndicatorPlan]) -> dict[str, list[IndicatorPlan]]:
        """The indicators that are classified in one statement, by a name for it; what is most work comes first."""
        small = is_small(self.tables.extract)
        alike: dict[str, list[IndicatorPlan]] = {}
        for each in plans:
            name = self.cases.name_of(each.indicator)
            # The cases of a large extract, joined with all related rows at once, would not find room.
            by_itself = bool(each.indicator.related) and not small
            alike.setdefault(f"{name}.{each.indicator.id}" if by_itself else name, []).append(each)
        parts = {
            f"{name}.{start}": theirs[start : start + _TOGETHER]
            for name, theirs in alike.items()
            for start in range(0, len(theirs), _TOGETHER)
        }
        return dict(sorted(parts.items(), key=lambda part: -sum(len(each.indicator.related) for each in part[1])))

    def _classified(self, relation: str, plans: list[IndicatorPlan]) -> Collected:
        cases = self.cases.of(plans[0].indicator)
        group = self.cases.group(plans, self.cases.with_related([each.indicator for each in plans], cases))
        self.session.create(relation, classified(group))
        return collected(Counter(self.session, group, relation))

    def _unplaced(self, indicator: Indicator) -> Collected:
        return Collected(unplaced=[Unplaced(indicator.id, *self.cases.unplaced_stock(indicator))])

    def _counts(self, *, show_values: bool) -> Ledger:
        names = sorted(self.tables.columns)
        for name in names:
            if name not in self.tables.readings:
                self.tables.typed_table(name)
        return Ledger(
            tuple(self.found.outcomes),
            tuple(self.found.values),
            tuple(sorted(self.found.unplaced, key=lambda each: each.indicator)),
            tuple(faults.table_read(self.tables, name) for name in names),
            tuple(faults.all_problems(self.tables, names, show_values=show_values)),
        )
