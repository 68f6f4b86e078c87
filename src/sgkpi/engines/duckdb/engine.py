"""The DuckDB engine: a plan and an extract become outcome counts."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from sgkpi.engines.duckdb import locate, sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.cases import batch_of, cases_of, create_reference_days, table_of, unplaced_stock
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.count import tally
from sgkpi.engines.duckdb.details import single_cases
from sgkpi.engines.duckdb.flows import count_as_read
from sgkpi.engines.duckdb.ingest import typed_rows
from sgkpi.engines.duckdb.related import with_related
from sgkpi.engines.duckdb.session import Progress, open_session
from sgkpi.engines.duckdb.tables import Tables
from sgkpi.engines.duckdb.working_days import create_calendar, uses_working_days
from sgkpi.extracts.extract import Extract
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.ledger.ledger import Ledger, Unplaced
from sgkpi.model.expressions import Kind
from sgkpi.model.outcomes import Outcome
from sgkpi.planning.plan import IndicatorPlan, Plan

Result = TypeVar("Result")
Span = tuple[datetime, datetime]
# With more indicators in one statement, planning it takes longer than looking at the cases again.
_TOGETHER = 12


class DuckDBEngine:
    """Computes in an embedded DuckDB, which spills to a temporary folder when memory runs short."""

    def compute(
        self, plan: Plan, extract: Extract, *, progress: Progress | None = None, show_values: bool = False
    ) -> Ledger:
        """Return outcome counts for every indicator, period and category of a plan.

        Raises ExtractError when a number or a date is beyond what can be computed exactly.
        """
        return look_at(plan, extract, partial(_compute, plan, show_values=show_values), progress)

    def cases(
        self, plan: Plan, extract: Extract, outcomes: Collection[Outcome] = tuple(Outcome)
    ) -> Iterator[CaseOutcome]:
        """Yield every case that has one of the outcomes, once for each indicator and period, in the order of keys."""
        yield from look_at(plan, extract, partial(_single_cases, plan, outcomes), people=True)

    def events(self, extract: Extract) -> Span | None:
        """Return the first and the last moment at which a row of the extract happened; None when there is none.

        A value without a time of day means the whole of its day.
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
) -> Result:
    """Return the result of a look at the tables of a plan, or at all; `people` reads the persons of its cases too."""
    short: Mapping[str, Sequence[int]] = {}
    while True:
        with open_session(progress, extract) as session:
            if plan is None:
                tables = Tables(session, extract, dict.fromkeys(extract.tables, ()), short)
            else:
                tables = Tables.of_plan(session, plan, extract, short, people=people)
            result = look(tables)
            locate.check_quotation_marks(tables)
            if short:
                return result
            # Rows with fewer cells than the header take a slower reader, so it is used only where there are any.
            short = locate.short_rows(tables)
        if not short:
            return result


def _spans(tables: Tables) -> list[Span]:
    """Return the first and the last moment of every table whose rows happened at some time."""
    spans: list[Span] = []
    for name, source in tables.extract.tables.items():
        happened = source.table.happened
        if happened is None or happened not in source.columns:
            continue
        column = source.table.columns[happened]
        value = Name.value(happened).cast("TIMESTAMP")
        timed: Sql = Name.has_time(happened) if column.midnight else sql.fn("kpi_has_time", value)
        is_moment = sql.FALSE if column.kind is Kind.DATE else timed
        last = sql.fn("max", sql.when(is_moment, value, sql.fn("kpi_end_of_day", value)))
        rows = typed_rows(replace(tables.scan(name), columns=(happened,)))
        found = tables.session.rows(sql.select(sql.fn("min", value), last).from_(rows))
        spans += [(first, last) for first, last in found if first is not None]
    return spans


def _compute(plan: Plan, tables: Tables, *, show_values: bool) -> Ledger:
    """Count every table whose indicators are simple flows as it is read, and all others from stored tables."""
    _prepare_days(plan, tables)
    run, by_table = tables.session.run_parallel, dict[str, list[IndicatorPlan]]()
    for each in plan.indicators:
        by_table.setdefault(each.indicator.table.name, []).append(each)
    once = {name: plans for name, plans in by_table.items() if _is_read_once(plan, tables, name, plans)}
    _store(tables, tables.columns.keys() - once)
    read = run([partial(count_as_read, tables, *each) for each in once.items()])
    counted = {name: found for name, found in zip(once, read, strict=True) if found is not None}
    stored = [each for name, plans in by_table.items() if name not in counted for each in plans]
    _make_cases(tables, stored)
    tallied = run([partial(_tally, tables, part) for part in _together(stored)])
    ledgers = (*counted.values(), *tallied)
    for name in tables.columns.keys() - tables.readings.keys():
        tables.store(name)
    return Ledger(
        tuple(count for part in ledgers for count in part.outcomes),
        tuple(value for part in ledgers for value in part.values),
        tuple(sorted((each for part in ledgers for each in part.unplaced), key=lambda each: each.indicator)),
        tuple(locate.table_read(tables, name) for name in sorted(tables.columns)),
        tuple(locate.all_problems(tables, sorted(tables.columns), show_values=show_values)),
    )


def _prepare_days(plan: Plan, tables: Tables) -> None:
    """Make the reference days of stocks, and the calendar of working days, where they are asked for."""
    if any(each.indicator.is_stock for each in plan.indicators):
        create_reference_days(tables)
    counting = [each.indicator for each in plan.indicators if uses_working_days(each.indicator)]
    if counting:
        create_calendar(tables.session, counting, plan.closures)


def _is_read_once(plan: Plan, tables: Tables, name: str, plans: Sequence[IndicatorPlan]) -> bool:
    """Return whether a table can be counted as it is read: only simple flows use it, it has a key, nothing joins it."""
    related = {row.table.name for each in plan.indicators for row in each.indicator.related}
    is_simple = not any(each.indicator.is_stock or each.indicator.related for each in plans)
    return is_simple and name not in related and tables.extract.tables[name].has_key


def _store(tables: Tables, names: Iterable[str]) -> None:
    """Store tables, the largest first."""
    files = {name: tables.extract.tables[name].files for name in names}
    largest_first = sorted(files, key=lambda name: (-sum(each.path.stat().st_size for each in files[name]), name))
    tables.session.run_parallel([partial(tables.store, name) for name in largest_first])


def _make_cases(tables: Tables, plans: Sequence[IndicatorPlan]) -> None:
    """Make the tables of cases that indicators look at, each once."""
    for name in {each.indicator.table.name for each in plans}:
        tables.store(name)
    wanted = {table_of(each.indicator): each.indicator for each in plans}
    tables.session.run_parallel([partial(cases_of, tables, indicator) for indicator in wanted.values()])


def _together(plans: Sequence[IndicatorPlan]) -> Iterator[list[IndicatorPlan]]:
    """Yield the indicators that are judged in one statement: those over the same cases, if they need no other rows.

    Cases of a large extract, joined with all related rows at once, would not find room.
    """
    alike: dict[str, list[IndicatorPlan]] = {}
    for each in plans:
        name = table_of(each.indicator)
        alike.setdefault(f"{name}.{each.indicator.id}" if each.indicator.related else name, []).append(each)
    for theirs in alike.values():
        yield from (theirs[start : start + _TOGETHER] for start in range(0, len(theirs), _TOGETHER))


def _tally(tables: Tables, plans: Sequence[IndicatorPlan]) -> Ledger:
    """Count indicators that are judged together, with the unplaced cases of stocks."""
    indicator = plans[0].indicator
    cases = with_related(tables, indicator, cases_of(tables, indicator))
    counted = tally(tables.session, batch_of(tables, plans, cases)).counted
    if not indicator.is_stock:
        return counted
    blank_and_unreadable = unplaced_stock(tables, indicator)
    return replace(counted, unplaced=tuple(Unplaced(each.indicator.id, *blank_and_unreadable) for each in plans))


def _single_cases(plan: Plan, outcomes: Collection[Outcome], tables: Tables) -> list[CaseOutcome]:
    """Return every case with one of the outcomes, indicator by indicator."""
    _prepare_days(plan, tables)
    _store(tables, tables.columns)
    _make_cases(tables, plan.indicators)

    def find(each: IndicatorPlan) -> list[CaseOutcome]:
        cases = with_related(tables, each.indicator, cases_of(tables, each.indicator))
        return list(single_cases(tables, each, cases, outcomes))

    found = tables.session.run_parallel([partial(find, each) for each in plan.indicators])
    # Which rows were left out is known when every file has been read.
    keyed = (tables.extract.tables[each.indicator.table.name].has_key for each in plan.indicators)
    listed = (
        part if has_key else locate.numbered_as_in_file(tables, part)
        for part, has_key in zip(found, keyed, strict=True)
    )
    return [case for cases in listed for case in cases]
