"""The DuckDB engine: a plan and an extract become outcome counts, or single cases.

Single cases are judged by the same statements. Their key and person are read as breakdowns, and the clock's `start`,
`stop` and `due` are returned beside the outcome, each with whether it has a time of day.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TypeVar

from sgkpi.engines.duckdb import locate
from sgkpi.engines.duckdb.cases.cases import batch_of, cases_of, create_reference_days, table_of, unplaced_stock
from sgkpi.engines.duckdb.cases.related import shares_lookups, with_related
from sgkpi.engines.duckdb.cases.tables import SharedRows, Tables
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.count.as_read import count_as_read
from sgkpi.engines.duckdb.count.overdue import count_overdue
from sgkpi.engines.duckdb.count.persons import create_table_of_cases, person_of, with_persons
from sgkpi.engines.duckdb.count.places import periods_of, shown_category
from sgkpi.engines.duckdb.count.tally import TOGETHER, tally
from sgkpi.engines.duckdb.ingest.cells import has_time_of_day
from sgkpi.engines.duckdb.ingest.known_rows import dates_of_key
from sgkpi.engines.duckdb.ingest.typed_rows import typed_rows
from sgkpi.engines.duckdb.ingest.unreadable import unreadable_files_named
from sgkpi.engines.duckdb.judge.clocks import CLOCK_PARTS
from sgkpi.engines.duckdb.judge.expressions import Names
from sgkpi.engines.duckdb.judge.judged import category, category_text, judged
from sgkpi.engines.duckdb.judge.outcomes import category_key
from sgkpi.engines.duckdb.judge.too_large import find_too_large
from sgkpi.engines.duckdb.judge.working_days import create_calendar
from sgkpi.engines.duckdb.seal.cases import create_secret, write_sealed
from sgkpi.engines.duckdb.seal.reconcile import count_movements
from sgkpi.engines.duckdb.seal.spells import write_spells
from sgkpi.engines.duckdb.session.session import NumberTooLargeError, Progress, Record, Session, open_session, watched
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column
from sgkpi.extracts.extract import Extract
from sgkpi.ledger.cases import CaseOutcome, FoundCases, OverdueCases
from sgkpi.ledger.ledger import Ledger, Unplaced
from sgkpi.ledger.movements import Flow
from sgkpi.ledger.sealed import Seal
from sgkpi.model.errors import ExtractError
from sgkpi.model.expressions import ColumnRef, Kind
from sgkpi.model.indicator import Breakdown, Indicator
from sgkpi.model.outcomes import Outcome
from sgkpi.model.table import Table
from sgkpi.planning.plan import IndicatorPlan, Plan

Result = TypeVar("Result")
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class DuckDBEngine:
    """Computes in an embedded DuckDB, which spills to a temporary folder when memory runs short."""

    shared: SharedRows | None = None

    @contextmanager
    def opened(self, plan: Plan, extract: Extract, seal: Seal | None = None) -> Iterator["DuckDBEngine"]:
        """Yield an engine that reads the tables of this extract once and shares them between calls."""
        with extract.reading(), open_session(None, extract) as session:
            if seal is not None:
                create_secret(session, seal)
            yield DuckDBEngine(SharedRows(session, extract, plan, seal))

    def compute(
        self, plan: Plan, extract: Extract, *, progress: Progress | None = None, show_values: bool = False
    ) -> Ledger:
        """Return outcome counts for every indicator, period and category of a plan.

        Raises ExtractError when a number or a date is beyond what can be computed exactly.
        """
        look = partial(_compute, plan, show_values=show_values)
        return look_at(plan, extract, look, progress, shared=self.shared)

    def cases(self, plan: Plan, extract: Extract, outcomes: Collection[Outcome] = tuple(Outcome)) -> FoundCases:
        """Return every case that has one of the outcomes, once for each indicator and period, in the order of keys."""
        return look_at(plan, extract, partial(_single_cases, plan, outcomes), people=True)

    def overdue(self, plan: Plan, extract: Extract) -> tuple[OverdueCases, ...]:
        """Return how many cases are overdue in each period and category of a plan, and when the first fell due."""
        return look_at(plan, extract, partial(_overdue_cases, plan), shared=self.shared)

    def seal(self, plan: Plan, extract: Extract, seal: Seal, folder: Path, *, to_compare: bool = False) -> None:
        """Write the sealed cases of a plan of months into a folder."""
        if self.shared is None or self.shared.extract is not extract or self.shared.seal != seal:
            with self.opened(plan, extract, seal) as opened:
                opened.seal(plan, extract, seal, folder, to_compare=to_compare)
        else:
            look_at(plan, extract, partial(_seal, plan, folder, to_compare=to_compare), shared=self.shared)

    def movements(self, plan: Plan, extract: Extract) -> tuple[Flow, ...]:
        """Return who came into each stock and who left it between the two months of a plan."""
        return look_at(plan, extract, partial(_movements, plan), shared=self.shared)

    def events(self, extract: Extract) -> Span | None:
        """Return the first and the last moment at which a row of the extract happened; None when there is none.

        A value without a time of day covers its whole day.
        """
        found = look_at(None, extract, _spans)
        return (min(first for first, _ in found), max(last for _, last in found)) if found else None


def look_at(
    plan: Plan | None,
    extract: Extract,
    look: Callable[[Tables], Result],
    progress: Progress | None = None,
    *,
    people: bool = False,
    shared: SharedRows | None = None,
) -> Result:
    """Return `look(tables)` for the tables of a plan, or for all; with `people`, the persons of its cases are read too.

    `shared` are rows of the same extract that were read earlier.
    """
    try:
        if plan is not None and shared is not None and shared.extract is extract:
            with extract.reading(), unreadable_files_named(extract.tables.values()), watched(shared.session, progress):
                return _look(plan, look, shared)
        return _look_alone(plan, extract, look, progress, people=people)
    except NumberTooLargeError as error:
        if plan is None:
            raise

        def compute_alone(one: Plan) -> Ledger:
            return _look_alone(one, extract, partial(_compute, one, show_values=False))

        raise ExtractError(error.message, find_too_large(plan, extract, compute_alone)) from error


def _look_alone(
    plan: Plan | None,
    extract: Extract,
    look: Callable[[Tables], Result],
    progress: Progress | None = None,
    *,
    people: bool = False,
) -> Result:
    with extract.reading(), unreadable_files_named(extract.tables.values()), open_session(progress, extract) as session:
        return _look(plan, look, SharedRows(session, extract), people=people)


def _look(plan: Plan | None, look: Callable[[Tables], Result], shared: SharedRows, *, people: bool = False) -> Result:
    while True:
        tables = Tables.of_plan(shared, plan, people=people)
        result = look(tables)
        locate.check_quotation_marks(tables)
        # Rows with fewer cells than the header need a slower reader, used only if there are any.
        if shared.short_rows or not (short := locate.short_rows(tables)):
            return result
        shared.short_rows = short


def _spans(tables: Tables) -> list[Span]:
    """Return the first and the last moment of every table with a `happened` column."""
    spans: list[Span] = []
    for name, source in tables.extract.tables.items():
        happened = source.table.happened
        if happened is None or happened not in source.columns:
            continue
        column = source.table.columns[happened]
        value = Name.value(happened).cast("TIMESTAMP")
        is_moment = sql.FALSE if column.kind is Kind.DATE else has_time_of_day(column)
        last = sql.fn("max", sql.when(is_moment, value, sql.fn("kpi_end_of_day", value)))
        rows = typed_rows(replace(tables.scan(name), columns=(happened,)))
        found = tables.session.rows(sql.select(sql.fn("min", value), last).from_(rows))
        spans += [(first, last) for first, last in found if first is not None]
    return spans


def _compute(plan: Plan, tables: Tables, *, show_values: bool) -> Ledger:
    """Count tables with only simple flows while they are read, and all others once they are stored.

    A table is counted while it is read if it has a key, nothing joins to it, and no other call needs its rows.
    """
    run, by_table = tables.session.run_parallel, dict[str, list[IndicatorPlan]]()
    for each in plan.indicators:
        by_table.setdefault(each.indicator.table.name, []).append(each)
    joined = {row.table.name for each in plan.indicators for row in each.indicator.related}
    once = {
        name: plans
        for name, plans in by_table.items()
        if name not in joined and tables.extract.tables[name].has_key and tables.shared.plan is None
        if not any(each.indicator.is_stock or each.indicator.related for each in plans)
    }
    jobs: list[Callable[[], object]] = [partial(_prepare_days, plan, tables)]
    jobs += [partial(tables.store, name) for name in sorted(tables.columns.keys() - once)]  # which needs no days
    run(jobs)
    read = run([partial(count_as_read, tables, *each) for each in once.items()])
    counted = {name: found for name, found in zip(once, read, strict=True) if found is not None}
    stored = [each for name, plans in by_table.items() if name not in counted for each in plans]
    store(tables, tables.columns.keys() - counted, stored)
    ledgers = (*counted.values(), *run([partial(_tally, tables, plans) for plans in together(tables.session, stored)]))
    stocks = {table_of(each.indicator): each.indicator for each in stored if each.indicator.is_stock}
    lost = dict(zip(stocks, run([partial(_unplaced, tables, each) for each in stocks.values()]), strict=True))
    unplaced = [each for part in ledgers for each in part.unplaced]
    unplaced += (
        Unplaced(each.id, *lost[table_of(each)]) for each in (plan.indicator for plan in stored) if each.is_stock
    )
    return Ledger(
        tuple(count for part in ledgers for count in part.outcomes),
        tuple(value for part in ledgers for value in part.values),
        tuple(sorted(unplaced, key=lambda each: each.indicator)),
        tuple(locate.table_read(tables, name) for name in sorted(tables.columns)),
        tuple(locate.all_problems(tables, sorted(tables.columns), show_values=show_values)),
        tuple(count for part in ledgers for count in part.persons),
    )


def _prepare_days(plan: Plan, tables: Tables) -> None:
    """Create the reference days of stocks and the calendar of working days, if needed."""
    if any(each.indicator.is_stock for each in plan.indicators):
        create_reference_days(tables)
    create_calendar(tables.session, plan.working_days, [each.indicator for each in plan.indicators])


def _store_all(plan: Plan, tables: Tables) -> None:
    """Store every table of a plan and the cases of its indicators, with the days that they need."""
    _prepare_days(plan, tables)
    store(tables, tables.columns, plan.indicators)


def store(tables: Tables, names: Iterable[str], plans: Sequence[IndicatorPlan]) -> None:
    """Store tables and the cases of indicators, each once."""
    tables.session.run_parallel([partial(tables.store, name) for name in sorted(names)])
    wanted = {table_of(each.indicator): each.indicator for each in plans}
    tables.session.run_parallel([partial(cases_of, tables, indicator) for indicator in wanted.values()])


def together(session: Session, plans: Iterable[IndicatorPlan]) -> list[list[IndicatorPlan]]:
    """Group indicators by their cases and, in a large extract, by their related rows.

    Cases of a large extract joined with all related rows at once would not fit in memory; those of a small one take
    longer to plan than to compute.
    """
    found: dict[object, list[IndicatorPlan]] = {}
    for each in plans:
        related = () if session.is_parallel else each.indicator.related
        apart = related if shares_lookups(each.indicator) else each.indicator.id
        found.setdefault((table_of(each.indicator), apart), []).append(each)
    return [group[at : at + TOGETHER] for group in found.values() for at in range(0, len(group), TOGETHER)]


def _tally(tables: Tables, plans: Sequence[IndicatorPlan]) -> Ledger:
    """Count indicators that are judged together."""
    name, cases = plans[0].indicator.table.name, with_related(tables, [each.indicator for each in plans])
    batch = replace(batch_of(tables, plans, cases), person=person_of(tables, tables.readings[name].scan))
    create_table_of_cases(tables.session, batch)
    return with_persons(tables.session, batch, None, tally(tables.session, batch).counted)


def _unplaced(tables: Tables, stock: Indicator) -> tuple[int, int]:
    """Return how many cases of a stock have a blank start date, and how many an unreadable one."""
    unplaced, is_unreadable = unplaced_stock(tables, stock), Column("unreadable")
    if unplaced is None:
        return 0, 0
    counts = sql.select(sql.count_where(~is_unreadable), sql.count_where(is_unreadable)).from_(unplaced)
    ((blank, unreadable),) = tables.session.rows(counts)
    return blank, unreadable


def _seal(plan: Plan, folder: Path, tables: Tables, *, to_compare: bool) -> None:
    """Store the tables and cases of a plan, with the digests of keys, and write the sealed cases."""
    _store_all(plan, tables)
    write_sealed(plan, folder, tables, to_compare=to_compare)
    write_spells(plan, folder, tables)


def _single_cases(plan: Plan, outcomes: Collection[Outcome], tables: Tables) -> FoundCases:
    """Return every case with one of the outcomes, indicator by indicator."""
    _store_all(plan, tables)
    run = tables.session.run_parallel
    found = run([partial(_cases_of_indicator, tables, each, outcomes) for each in plan.indicators])
    # The rows left out are known once every file has been read.
    for place, each in enumerate(plan.indicators):
        if not tables.extract.tables[each.indicator.table.name].has_key:
            found[place] = locate.numbered_as_in_file(tables, found[place])
    read = tuple(locate.table_read(tables, name) for name in sorted(tables.columns))
    return FoundCases(tuple(case for cases in found for case in cases), read)


def _cases_of_indicator(tables: Tables, plan: IndicatorPlan, outcomes: Collection[Outcome]) -> list[CaseOutcome]:
    """Return every case of an indicator with one of the outcomes, in the order of periods and keys.

    Where the files have no key, a case has its file and the number of its row among those that were read.
    """
    table, source = plan.indicator.table, tables.extract.tables[plan.indicator.table.name]
    key = tuple(_as_breakdown(table, name) for name in table.key) if source.has_key else ()
    person = _as_breakdown(table, table.person) if table.person in source.columns and table.person else None
    told_by = (*plan.breakdowns, *key, *([person] if person else []))
    carried, dates = () if key else (Name.FILE_NAME, Name.ROW_NUMBER), dates_of_key(tables.readings[table.name].scan)
    cases, in_key = with_related(tables, [plan.indicator]), [Name.in_key(each.name) for each in chain(*dates.values())]
    batch = batch_of(tables, [replace(plan, breakdowns=told_by)], cases, (*carried, *in_key))
    batch = replace(batch, clock_parts=CLOCK_PARTS)
    placing, outcome = batch.placings[plan.indicator.id].column, Name.outcome(0)
    columns = {by: batch.categories[category_key(plan, by)] for by in told_by}
    is_wanted = outcome.is_in(batch.codes.numbers(outcomes)) if outcomes else sql.FALSE
    # A date in a key is shown as recorded, even if it is not known yet.
    names = Names({None: table}, sql.NULL, sql.NULL, in_key=frozenset(dates))
    recorded = {part: Name.in_key(part.name) for part in key if part.name in dates}
    texts_of_dates = (category(part, names).as_(column) for part, column in recorded.items())
    in_order = [recorded.get(part, columns[part]) for part in key]
    query = sql.select(sql.STAR, *texts_of_dates).from_(judged(batch)).where(placing.is_not_null()).where(is_wanted)
    periods, found = periods_of(batch, plan, plan.every_period), list[CaseOutcome]()
    for cells in tables.session.records(query.order_by(placing, *in_order, *carried)):
        result, reason = batch.codes.meaning(cells[outcome.name])
        value, per = _numbers(plan.indicator, cells) if result is Outcome.COUNTED else (None, None)
        texts = {by: category_text(by, cells[column.name]) for by, column in columns.items()}
        shown = (category_text(part, cells[column.name]) or "" for part, column in zip(key, in_order, strict=True))
        identity = (*shown, *(str(cells[each.name]) for each in carried))
        found += (
            CaseOutcome(
                indicator=plan.indicator.id,
                period=period,
                key=identity,
                person=texts[person] if person else None,
                outcome=result,
                reason=reason,
                **{part: _moment(cells, part) for part in CLOCK_PARTS},
                value=value,
                per=per,
                categories={by.name: shown_category(by, cells[columns[by].name]) or "" for by in plan.breakdowns},
            )
            for period in periods.get(cells[placing.name], ())
        )
    return found


def _numbers(indicator: Indicator, cells: Record) -> tuple[Fraction | None, Fraction | None]:
    """Return the value of a counted case and, of a ratio, what it is divided by."""
    value, per = ((Name.numerator, Name.denominator), (Name.per_numerator, Name.per_denominator))
    wanted = ((indicator.value, value), (indicator.per, per))
    found = (None if each is None else Fraction(*(cells[part(0).name] for part in parts)) for each, parts in wanted)
    return next(found), next(found)


def _overdue_cases(plan: Plan, tables: Tables) -> tuple[OverdueCases, ...]:
    """Return the overdue cases of every indicator that has a clock, counted in DuckDB."""
    plans = tuple(each for each in plan.indicators if each.indicator.clock is not None)
    _store_all(replace(plan, indicators=plans), tables)
    found = tables.session.run_parallel(
        [partial(count_overdue, tables, each) for each in together(tables.session, plans)]
    )
    return tuple(each for some in found for each in some)


def _movements(plan: Plan, tables: Tables) -> tuple[Flow, ...]:
    _store_all(plan, tables)
    return count_movements(plan, tables, together(tables.session, plan.indicators))


def _as_breakdown(table: Table, name: str) -> Breakdown:
    return Breakdown(name, ColumnRef(name, table.columns[name].kind))


def _moment(cells: Record, part: str) -> date | datetime | None:
    """Return a moment that the clock of a single case saw, if any; without a time of day, as a date."""
    seen, timed = Name.clock_part(part, 0)
    value: date | datetime | None = cells.get(seen.name)
    return value.date() if isinstance(value, datetime) and not cells[timed.name] else value
