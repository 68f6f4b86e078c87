"""The columns that definitions name, and those that an engine must read for a plan."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import assert_never

from sgkpi.extracts.extract import Extract
from sgkpi.model.expressions import (
    Call,
    ColumnRef,
    Expression,
    Kind,
    column_refs,
    counts_working_days,
    nodes,
    related_names,
)
from sgkpi.model.indicator import DuePeriod, Indicator, PeriodColumn, PointInTime, Related
from sgkpi.model.units import LimitUnit
from sgkpi.planning.plan import Plan

_INDICATORS = 1_000  # of which the columns are remembered: the largest catalogues have some hundreds


@dataclass(frozen=True)
class NamedColumns:
    """The columns that a definition names anywhere: an unreadable cell in one makes the case unknown.

    `case` are the case's own. By the name of a related: `guards` matter in every joined row (its date or spell, and
    what `where` names), `kept` only in the row that is kept.
    """

    case: tuple[str, ...]
    guards: Mapping[str, tuple[str, ...]]
    kept: Mapping[str, tuple[str, ...]]

    def of_row(self, related: Related) -> tuple[str, ...]:
        """Return the columns of a related row that matter, the side of the join included."""
        return (related.row_column, *self.guards[related.name], *self.kept[related.name])


def expressions_of(indicator: Indicator) -> Iterator[Expression]:
    """Yield every expression of a definition over the case, whether its breakdown is asked for or not."""
    yield from _deciding(indicator)
    yield from (bound for related in indicator.related for bound in related.bounds)


def with_conditions_of_rows(indicator: Indicator) -> Iterator[Expression]:
    """Yield every expression of a definition, those included that choose among related rows."""
    yield from expressions_of(indicator)
    yield from (related.where for related in indicator.related if related.where is not None)


def working_day_limits(indicator: Indicator) -> Iterator[int]:
    """Yield by how many working days the limits of a definition look ahead or, negative, back."""
    ahead = (1, indicator.clock.limit if indicator.clock is not None else None)
    back = ((-1, related.within) for related in indicator.related)
    for sign, limit in (ahead, *back):
        if limit is not None and limit.unit is LimitUnit.WORKING_DAYS:
            yield sign * limit.amount


def uses_working_days(indicator: Indicator) -> bool:
    """Return whether a definition counts working days anywhere."""
    limits = list(working_day_limits(indicator))
    return bool(limits) or any(map(counts_working_days, with_conditions_of_rows(indicator)))


def _deciding(indicator: Indicator) -> Iterator[Expression]:
    """Yield the expressions that say more than which related rows there are."""
    single = (indicator.population, indicator.met, indicator.value, indicator.per, indicator.not_due)
    yield from (expression for expression in single if expression is not None)
    yield from (named.expression for named in (*indicator.exclude, *indicator.because))
    yield from (breakdown.expression for breakdown in indicator.by)
    if indicator.clock:
        clock = indicator.clock
        yield from (part for part in (clock.start, clock.stop, clock.due) if part is not None)


def refs_of(indicator: Indicator) -> set[ColumnRef]:
    """Return every column that the expressions of a definition name."""
    return {ref for expression in expressions_of(indicator) for ref in column_refs(expression)}


def timed_refs(indicator: Indicator) -> set[ColumnRef]:
    """Return the columns whose time of day an indicator needs, for a clock in hours or for `hours_between`."""
    clock = indicator.clock
    counted = [clock.start, clock.stop, clock.due] if clock is not None and clock.runs_by_hours else []
    counted += [
        node
        for expression in expressions_of(indicator)
        for node in nodes(expression)
        if isinstance(node, Call) and node.function == "hours_between"
    ]
    refs = (column_refs(part) for part in counted if part is not None)
    return {ref for found in refs for ref in found if ref.kind is Kind.DATETIME}


def related_named(indicator: Indicator) -> set[str]:
    """Return the names of the related rows, or of their number, that a definition uses.

    Bounds use what they name only where their own related rows are used.
    """
    return with_rows_above(indicator, {name for each in _deciding(indicator) for name in related_names(each)})


def with_rows_above(indicator: Indicator, names: set[str]) -> set[str]:
    """Return names of related rows with those that their bounds rest on, which are declared above them."""
    found = set(names)
    for related in reversed(indicator.related):
        if related.name in found:
            found |= bounding(related)
    return found


def bounding(related: Related) -> set[str]:
    """Return the names of the other related rows that the bounds of some rest on."""
    return {name for bound in related.bounds for name in related_names(bound)}


@lru_cache(maxsize=_INDICATORS)
def named_columns(indicator: Indicator) -> NamedColumns:
    """Return the columns that a definition names, each table's in declared order."""
    refs = refs_of(indicator)
    of_case = {ref.column for ref in refs if ref.related is None}
    match indicator.period:
        case PeriodColumn(column):
            of_case.add(column)
        case PointInTime(start, end):
            of_case.update((start, end))
        case DuePeriod():
            pass
        case period:
            assert_never(period)
    of_case |= {name for related in indicator.related for name in columns_of_case(indicator, related)}
    guards, kept = {}, {}
    for related in indicator.related:
        wanted = {related.date, related.start, related.end}
        wanted |= {ref.column for ref in column_refs(related.where)} if related.where is not None else set()
        chosen = {ref.column for ref in refs if ref.related == related.name} - wanted
        guards[related.name] = tuple(name for name in related.table.columns if name in wanted)
        kept[related.name] = tuple(name for name in related.table.columns if name in chosen)
    return NamedColumns(tuple(name for name in indicator.table.columns if name in of_case), guards, kept)


def columns_of_case(indicator: Indicator, related: Related) -> Iterator[str]:
    """Yield the columns of the case that a related names: its side of the join, unless that is the person; bounds."""
    if related.case_column != indicator.table.person:
        yield related.case_column
    yield from (ref.column for bound in related.bounds for ref in column_refs(bound) if ref.related is None)


def placing_columns(indicator: Indicator) -> tuple[str, ...]:
    """Return the column without which a case is in no period, or in no stock."""
    match indicator.period:
        case PeriodColumn(column):
            return (column,)
        case PointInTime(start):
            return (start,)
        case DuePeriod():
            begins = indicator.clock.start if indicator.clock else None
            return (begins.column,) if isinstance(begins, ColumnRef) and begins.related is None else ()
        case _:
            assert_never(indicator.period)


def spell_columns(indicator: Indicator) -> Iterator[tuple[str, str, str]]:
    """Yield table, from and to of every spell that a definition looks at."""
    if isinstance(indicator.period, PointInTime):
        yield indicator.table.name, indicator.period.start, indicator.period.end
    for related in indicator.related:
        if related.start and related.end:
            yield related.table.name, related.start, related.end


@dataclass(frozen=True)
class Spell:
    """The columns with the beginning and the end of a spell: of the case itself, or of a related row."""

    start: str
    end: str
    related: Related | None = None


def carrying_spells(indicator: Indicator) -> Iterator[Spell]:
    """Yield the spells by which a case is among those of a stock: its own, and the open ones of its population.

    Spells that are counted `within` some time go on carrying a case when they have ended.
    """
    if isinstance(indicator.period, PointInTime):
        yield Spell(indicator.period.start, indicator.period.end)
    named = related_names(indicator.population) if indicator.population is not None else frozenset()
    for related in indicator.related:
        if related.name in named and related.start and related.end and related.within is None:
            yield Spell(related.start, related.end, related)


def columns_read(plan: Plan, extract: Extract, *, people: bool = False) -> dict[str, tuple[str, ...]]:
    """Return the columns to read of each table: its key, its moments, and what the definitions name.

    `people` adds the person of every case.
    """
    wanted: dict[str, set[str]] = {}
    for indicator in (each.indicator for each in plan.indicators):
        named = named_columns(indicator)
        of_case = wanted.setdefault(indicator.table.name, set())
        of_case.update(named.case, (related.case_column for related in indicator.related))
        if people and indicator.table.person is not None:
            of_case.add(indicator.table.person)
        for related in indicator.related:
            of_row = wanted.setdefault(related.table.name, set())
            of_row.update(named.of_row(related))
            if related.merge_adjacent and related.table.person is not None:
                of_row.add(related.table.person)
    read = {}
    for name, columns in sorted(wanted.items()):
        table = extract.tables[name].table
        columns |= {*table.key, table.happened or "", table.recorded or "", table.version or ""}
        read[name] = tuple(column for column in extract.tables[name].columns if column in columns)
    return read


def tables_with_persons(plan: Plan, extract: Extract) -> frozenset[str]:
    """Return the tables of cases whose persons a plan counts: those that have the column."""
    tables = (extract.tables[each.indicator.table.name] for each in plan.indicators if plan.persons)
    return frozenset(each.table.name for each in tables if each.table.person in each.columns)


def columns_that_should_hold_something(indicator: Indicator, extract: Extract) -> dict[str, set[str]]:
    """Return, by table, the columns that an indicator uses, but the ends of spells and what may well be empty."""
    named, spells = named_columns(indicator), {(table, end) for table, _, end in spell_columns(indicator)}
    wanted = {indicator.table.name: set(named.case)}
    for related in indicator.related:
        wanted.setdefault(related.table.name, set()).update(named.of_row(related))
    return {
        table: {
            name
            for name in names
            if (table, name) not in spells
            and name in extract.tables[table].columns
            and not extract.tables[table].table.columns[name].may_be_empty
        }
        for table, names in wanted.items()
    }


def spell_starts(plan: Plan) -> dict[str, frozenset[str]]:
    """Return, by table, the columns in which the spells begin that indicators use as related rows.

    The date of other related rows may well be blank: a review that is due has not been held yet.
    """
    found: dict[str, set[str]] = {}
    for each in plan.indicators:
        for related in each.indicator.related:
            if related.start is not None:
                found.setdefault(related.table.name, set()).add(related.start)
    return {name: frozenset(columns) for name, columns in found.items()}
