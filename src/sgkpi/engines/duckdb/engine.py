"""The DuckDB engine: a plan and an extract become outcome counts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sgkpi.definitions.expressions.nodes import Kind
from sgkpi.definitions.tables import Column
from sgkpi.engines.duckdb import faults, sql
from sgkpi.engines.duckdb.cases import CaseMaker, Cases
from sgkpi.engines.duckdb.classify import Group, classified
from sgkpi.engines.duckdb.count import Counter
from sgkpi.engines.duckdb.details import ROW_NUMBER, CaseReader, identifiers
from sgkpi.engines.duckdb.lean import lean
from sgkpi.engines.duckdb.moments import has_clock_time
from sgkpi.engines.duckdb.scan import Scan, typed_rows
from sgkpi.engines.duckdb.session import Progress, Session, is_small, open_session
from sgkpi.engines.duckdb.sql import Sql
from sgkpi.engines.duckdb.tables import Tables, has_repeated_hash
from sgkpi.engines.duckdb.working_days import create_calendar, uses_working_days
from sgkpi.engines.outcomes import CaseOutcome, Counts, Outcome, OutcomeCount, Unplaced, ValueSummary
from sgkpi.engines.plan import IndicatorPlan, Plan, columns_read, dating_columns, reference_day
from sgkpi.extracts.extract import Extract

# With more indicators in one statement, planning it takes longer than looking at the cases again.
_TOGETHER = 12


@dataclass
class _Collected:
    outcomes: list[OutcomeCount] = field(default_factory=list)
    values: list[ValueSummary] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)


class DuckDBEngine:
    """Computes in an embedded DuckDB, which spills to a temporary folder when memory runs short."""

    def compute(
        self, plan: Plan, extract: Extract, *, progress: Progress | None = None, show_values: bool = False
    ) -> Counts:
        """Outcome counts for every indicator, period and category of a plan.

        Raises ExtractError when a number or a date is beyond what can be computed exactly.
        """
        with open_session(extract, progress) as session:
            computation = _Computation(session, plan, extract, {})
            counts = computation.run(show_values=show_values)
            faults.check_quotation_marks(computation.tables)
            short = faults.short_rows(computation.tables)
        if not short:
            return counts
        # Rows with fewer cells than the header take a slower reader, so it is asked for only now.
        with open_session(extract, progress) as session:
            return _Computation(session, plan, extract, short).run(show_values=show_values)

    def cases(
        self, plan: Plan, extract: Extract, outcomes: Collection[Outcome] = tuple(Outcome)
    ) -> Iterator[CaseOutcome]:
        """Every case that has one of the outcomes, once for each indicator and period, in the order of keys."""
        short: dict[str, list[int]] = {}
        with open_session(extract) as session:
            computation = _Computation(session, plan, extract, {}, people=True)
            readers = computation.classify_in_detail()
            faults.check_quotation_marks(computation.tables)
            short = faults.short_rows(computation.tables)
            if not short:
                yield from (case for reader in readers for case in reader.cases(outcomes))
                return
        with open_session(extract) as session:
            again = _Computation(session, plan, extract, short, people=True).classify_in_detail()
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
        """The SQL that a plan becomes, laid out for reading: a statement for every table that is made."""
        from sgkpi.engines.duckdb.render import text_of

        with open_session(extract) as session:
            _Computation(session, plan, extract, {}).run(show_values=False)
            return [text_of(sql.create(name, query), pretty=True) for name, query in session.made.items()]


def _spans(session: Session, extract: Extract, short: Mapping[str, Sequence[int]]) -> list[tuple[datetime, datetime]]:
    spans = (_span(session, extract, name, frozenset(short)) for name in extract.tables)
    return [span for span in spans if span is not None]


def _span(session: Session, extract: Extract, name: str, short: frozenset[str]) -> tuple[datetime, datetime] | None:
    source = extract.tables[name]
    happened = source.table.happened
    if happened is None or happened not in source.columns:
        return None
    rows = typed_rows(Scan(source, (happened,), {}, short_rows=short))
    value = sql.cast(sql.column(f"v_{happened}"), "TIMESTAMP")
    end = sql.case([(_timed(source.table.columns[happened], value), value)], sql.fn("kpi_end_of_day", value))
    first, last = session.row(sql.select(sql.fn("min", value), sql.fn("max", end)).from_(sql.source(rows)))
    return None if first is None else (first, last)


def _timed(column: Column, value: Sql) -> Sql:
    """Whether an event has a time of day, and does not stand for the whole of its day."""
    if column.kind is Kind.DATE:
        return sql.FALSE
    return sql.column(f"m_{column.name}") if column.midnight else has_clock_time(value)


class _Computation:
    """One run of a plan."""

    def __init__(
        self, session: Session, plan: Plan, extract: Extract, short_rows: dict[str, list[int]], *, people: bool = False
    ) -> None:
        self.session = session
        self.plan = plan
        columns, dating = columns_read(plan, extract, people=people), dating_columns(plan)
        self.tables = Tables(session, extract, columns, dating=dating, short_rows=short_rows)
        self.cases = CaseMaker(session, self.tables, plan.as_of)
        self.found = _Collected()

    def run(self, *, show_values: bool) -> Counts:
        self._prepare_calendar()
        materialised = self._materialised()
        for name, plans in self._flows().items():
            alone = [each for each in plans if not each.indicator.related]
            if alone:
                self._flow_together(name, alone, from_files=name not in materialised and self._has_key(name))
            self._each_case_once([each for each in plans if each.indicator.related])
        self._stocks()
        return self._counts(show_values=show_values)

    def classify_in_detail(self) -> list[CaseReader]:
        """Every indicator classified by itself, with what tells its single cases."""
        self._prepare_calendar()
        stocks = [each for each in self.plan.indicators if each.indicator.is_stock]
        days = self._reference_days(stocks)
        return [self._in_detail(plan, days) for plan in self.plan.indicators]

    def _in_detail(self, plan: IndicatorPlan, days: tuple[date, ...]) -> CaseReader:
        indicator, stock = plan.indicator, plan.indicator.is_stock
        told_by = identifiers(indicator, self.tables.extract.tables[indicator.table.name])
        cases = self.cases.stock(indicator, days) if stock else self.cases.flow(indicator)
        group = self._group(
            [replace(plan, breakdowns=(*plan.breakdowns, *told_by.breakdowns))],
            self.cases.with_related([indicator], cases),
            days if stock else (),
            carried=() if told_by.key else ROW_NUMBER,
            detailed=True,
        )
        relation = f"classified.indicator.{indicator.id}"
        self._create(relation, group)
        return CaseReader(Counter(self.session, group, relation), plan, told_by)

    def _prepare_calendar(self) -> None:
        counting = [each.indicator for each in self.plan.indicators if uses_working_days(each.indicator)]
        if counting:
            create_calendar(self.session, counting, self.plan.closures)

    def _reference_days(self, stocks: list[IndicatorPlan]) -> tuple[date, ...]:
        return tuple(sorted({reference_day(period, self.plan.as_of) for each in stocks for period in each.periods}))

    def _flows(self) -> dict[str, list[IndicatorPlan]]:
        flows: dict[str, list[IndicatorPlan]] = {}
        for each in self.plan.indicators:
            if not each.indicator.is_stock:
                flows.setdefault(each.indicator.table.name, []).append(each)
        return flows

    def _has_key(self, name: str) -> bool:
        """Whether cases are told apart by a key; else whole rows are compared, as known at the as-of time."""
        return self.tables.extract.tables[name].has_key

    def _materialised(self) -> frozenset[str]:
        """The tables that stand typed in the session anyway, as more than one pass is made over them."""
        indicators = [each.indicator for each in self.plan.indicators]
        stocks = {each.table.name for each in indicators if each.is_stock or each.related}
        related = {related.table.name for each in indicators for related in each.related}
        return self.tables.whole | stocks | related

    def _flow_together(self, name: str, plans: list[IndicatorPlan], *, from_files: bool) -> None:
        if not from_files:
            self._classify(plans, self.cases.flow(plans[0].indicator), f"classified.{name}")
            return
        counter = self._from_files(name, plans)
        if self.tables.repeated(name, counter.relation, sql.column("present")):
            self._mend_repeated(name, counter.group)
            counter = Counter(self.session, counter.group, counter.relation)
        self._collect(counter)

    def _from_files(self, name: str, plans: list[IndicatorPlan]) -> Counter:
        """Classify straight from the files into a small table, and keep what tells the faults."""
        relation = f"classified.{name}"
        scan = lean(self.tables.scan(name), plans)
        carried = ("h", "flags", "void", "present", *(f"raw_{column}" for column in scan.written))
        group = self._group(plans, self.cases.straight_from_files(scan), carried=carried, written=scan.as_written)
        self.session.expect_arrays()
        self._create(relation, group)
        if self.tables.has_hidden_cells(name, relation):
            self.tables.require_whole_rows(name)
            return self._from_files(name, plans)
        self.tables.take_reading(name, relation, scan)
        counter = Counter(self.session, group, relation)
        cleaned = self.tables.clean(name, scan, counter.written)
        group.spellings = {f"raw_{column}": each.values for column, each in cleaned.items()}
        return counter

    def _mend_repeated(self, name: str, group: Group) -> None:
        """Put the cases whose keys occur more than once in the place of their rows."""
        relation = f"classified.{name}"
        cases = self.cases.repeated_rows(name, relation, sorted(group.written))
        again = self._group(list(group.plans), cases, carried=group.carried, written=group.written)
        again.codes = group.codes
        self.session.execute(sql.delete(relation, has_repeated_hash("repeated")))
        self.session.execute(sql.insert(relation, classified(again)))

    def _stocks(self) -> None:
        stocks = [each for each in self.plan.indicators if each.indicator.is_stock]
        self._each_case_once(stocks, self._reference_days(stocks))
        for plan in stocks:
            self.found.unplaced.append(Unplaced(plan.indicator.id, *self.cases.unplaced_stock(plan.indicator)))

    def _each_case_once(self, plans: list[IndicatorPlan], days: tuple[date, ...] = ()) -> None:
        """Classify cases that stand in a table of the session, with their related rows, for all that ask of them."""
        asked: dict[Cases, list[IndicatorPlan]] = {}
        for plan in plans:
            indicator = plan.indicator
            cases = self.cases.stock(indicator, days) if indicator.is_stock else self.cases.flow(indicator)
            asked.setdefault(cases, []).append(plan)
        # The cases of a large extract, joined with everything at once, would not find room.
        together = _TOGETHER if is_small(self.tables.extract) else 1
        for cases, theirs in asked.items():
            for start in range(0, len(theirs), together):
                part = theirs[start : start + together]
                joined = self.cases.with_related([each.indicator for each in part], cases)
                self._classify(part, joined, f"classified.indicator.{part[0].indicator.id}", days)

    def _group(
        self,
        plans: list[IndicatorPlan],
        cases: Cases,
        days: tuple[date, ...] = (),
        carried: tuple[str, ...] = (),
        written: frozenset[str] = frozenset(),
        *,
        detailed: bool = False,
    ) -> Group:
        columns = frozenset(self.tables.columns[plans[0].indicator.table.name])
        return Group(
            tuple(plans),
            cases.relation,
            self.plan.as_of,
            columns,
            cases.has_exists,
            cases.has_dup,
            days,
            carried,
            written,
            detailed,
        )

    def _classify(self, plans: list[IndicatorPlan], cases: Cases, relation: str, days: tuple[date, ...] = ()) -> None:
        group = self._group(plans, cases, days)
        self._create(relation, group)
        self._collect(Counter(self.session, group, relation))

    def _create(self, relation: str, group: Group) -> None:
        self.session.create(relation, classified(group))

    def _collect(self, counter: Counter) -> None:
        self.found.outcomes += counter.outcomes()
        self.found.values += counter.values()
        self.found.unplaced += counter.unplaced()

    def _counts(self, *, show_values: bool) -> Counts:
        names = sorted(self.tables.columns)
        for name in names:
            if name not in self.tables.readings:
                self.tables.typed_table(name)
        return Counts(
            tuple(self.found.outcomes),
            tuple(self.found.values),
            tuple(sorted(self.found.unplaced, key=lambda each: each.indicator)),
            tuple(faults.table_read(self.tables, name) for name in names),
            tuple(faults.all_problems(self.tables, names, show_values=show_values)),
        )
