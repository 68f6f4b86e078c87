"""The plan: what is to be computed, worked out once for every engine.

It says which indicators the extract can carry and why it cannot carry the others, which periods it
covers, and which columns each definition names. It knows nothing of how an engine computes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sgkpi.extracts.extract import Extract, TableSource
from sgkpi.model.expressions import ColumnRef, Expression, column_refs
from sgkpi.model.indicator import Breakdown, Indicator, Keep, Moment, PeriodColumn, PointInTime, Related
from sgkpi.model.periods import Period, last_complete_month


@dataclass(frozen=True)
class IndicatorPlan:
    """An indicator with the periods that the extract covers and the breakdowns that were asked for."""

    indicator: Indicator
    periods: tuple[Period, ...]
    breakdowns: tuple[Breakdown, ...]


@dataclass(frozen=True)
class Plan:
    """What an engine is to compute, as known at the as-of time (Europe/London, without a zone)."""

    as_of: datetime
    indicators: tuple[IndicatorPlan, ...]
    closures: Mapping[date, str]


@dataclass(frozen=True)
class NamedColumns:
    """The columns that a definition names anywhere: an unreadable cell in one makes the case unknown.

    `case` are the case's own. By name of the related: `guards` are looked at in every joined row
    (its date or spell, and what `where` names), `kept` only in the row that is kept.
    """

    case: tuple[str, ...]
    guards: Mapping[str, tuple[str, ...]]
    kept: Mapping[str, tuple[str, ...]]


def reference_day(period: Period, as_of: datetime) -> date:
    """The day at which a stock is looked at: the period's last, or the as-of date when that is earlier."""
    return min(period.end, as_of.date())


def reference_days(plan: Plan) -> tuple[date, ...]:
    """Every day at which some stock of a plan is looked at, in order."""
    stocks = [each for each in plan.indicators if each.indicator.is_stock]
    return tuple(sorted({reference_day(period, plan.as_of) for each in stocks for period in each.periods}))


def expressions_of(indicator: Indicator) -> Iterator[Expression]:
    """Every expression of a definition over the case, whether its breakdown is asked for or not."""
    single = (indicator.population, indicator.met, indicator.value, indicator.not_due)
    yield from (expression for expression in single if expression is not None)
    yield from (named.expression for named in (*indicator.exclude, *indicator.because))
    yield from (breakdown.expression for breakdown in indicator.by)
    if indicator.clock:
        clock = indicator.clock
        yield from (part for part in (clock.start, clock.stop, clock.due) if part is not None)


def named_columns(indicator: Indicator) -> NamedColumns:
    """The columns that a definition names, each table's in declared order."""
    refs = {ref for expression in expressions_of(indicator) for ref in column_refs(expression)}
    case = {ref.column for ref in refs if ref.related is None} | set(_placing_columns(indicator))
    case |= {name for related in indicator.related for name in _case_side(indicator, related)}
    guards = {related.name: guard_columns(related) for related in indicator.related}
    kept = {related.name: _kept_columns(related, refs, guards[related.name]) for related in indicator.related}
    return NamedColumns(tuple(name for name in indicator.table.columns if name in case), guards, kept)


def _placing_columns(indicator: Indicator) -> tuple[str, ...]:
    match indicator.period:
        case PeriodColumn(column):
            return (column,)
        case PointInTime(start, end):
            return (start, end)
        case _:
            return ()


def _case_side(indicator: Indicator, related: Related) -> Iterator[str]:
    if related.case_column != indicator.table.person:
        yield related.case_column
    yield from (part for part in (related.until, related.after) if part is not None and not isinstance(part, Moment))


def guard_columns(related: Related) -> tuple[str, ...]:
    """What is looked at in every joined row: date or spell, and the columns of `where`."""
    named = {related.date, related.start, related.end}
    if related.where is not None:
        named |= {ref.column for ref in column_refs(related.where)}
    return tuple(name for name in related.table.columns if name in named)


def _kept_columns(related: Related, refs: Iterable[ColumnRef], guards: Sequence[str]) -> tuple[str, ...]:
    named = {ref.column for ref in refs if ref.related == related.name}
    return tuple(name for name in related.table.columns if name in named and name not in guards)


def spell_columns(indicator: Indicator) -> Iterator[tuple[str, str, str]]:
    """Every spell that a definition looks at, as table, from and to."""
    if isinstance(indicator.period, PointInTime):
        yield indicator.table.name, indicator.period.start, indicator.period.end
    for related in indicator.related:
        if related.keep is Keep.ACTIVE and related.start and related.end:
            yield related.table.name, related.start, related.end


def is_current_list(source: TableSource, start: str) -> bool:
    """Whether a table holds only the present spells: its file has no column for their beginning."""
    return start not in source.columns


def why_unavailable(indicator: Indicator, extract: Extract) -> str | None:
    """Why this extract cannot carry an indicator; None when it can."""
    absent = absent_tables(indicator, extract)
    if absent:
        return f"needs {', '.join(absent)}: this extract has no such table"
    missing = absent_columns(indicator, extract)
    if missing:
        return f"needs {', '.join(missing)}: this extract has no such column"
    return None


def absent_tables(indicator: Indicator, extract: Extract) -> list[str]:
    """The tables that an indicator uses and this extract has not."""
    names = {indicator.table.name, *(related.table.name for related in indicator.related)}
    return sorted(name for name in names if name not in extract.tables and name not in extract.lacking)


def absent_columns(indicator: Indicator, extract: Extract) -> list[str]:
    """The columns, as `table.column`, that an indicator uses and the tables of this extract have not.

    Of a table that a shared list does not carry, they are the required columns that the list lacks.
    Only where no table is absent.
    """
    names = {indicator.table.name, *(related.table.name for related in indicator.related)}
    lacking = [f"{name}.{column}" for name in sorted(names) for column in extract.lacking.get(name, ())]
    return lacking or sorted(set(_missing_columns(indicator, extract)))


def _missing_columns(indicator: Indicator, extract: Extract) -> Iterator[str]:
    named = named_columns(indicator)
    spared = _spared_columns(indicator, extract)
    yield from _absent(extract, indicator.table.name, named.case, spared[None])
    for related in indicator.related:
        yield from _absent(extract, indicator.table.name, [related.case_column], frozenset())
        wanted = (related.row_column, *named.guards[related.name], *named.kept[related.name])
        yield from _absent(extract, related.table.name, wanted, spared[related.name])


def _absent(extract: Extract, table: str, columns: Iterable[str], spared: frozenset[str]) -> Iterator[str]:
    present = extract.tables[table].columns
    yield from (f"{table}.{name}" for name in columns if name not in present and name not in spared)


def _spared_columns(indicator: Indicator, extract: Extract) -> dict[str | None, frozenset[str]]:
    """A current list needs no spell columns, unless the definition uses them for something else."""
    refs = {ref for expression in expressions_of(indicator) for ref in column_refs(expression)}
    spared: dict[str | None, frozenset[str]] = {None: frozenset()}
    if isinstance(indicator.period, PointInTime):
        spell = (indicator.period.start, indicator.period.end)
        used = {ref.column for ref in refs if ref.related is None}
        used |= {name for related in indicator.related for name in _case_side(indicator, related)}
        spared[None] = _spare(extract.tables[indicator.table.name], spell, used)
    for related in indicator.related:
        used = {ref.column for ref in refs if ref.related == related.name}
        if related.where is not None:
            used |= {ref.column for ref in column_refs(related.where)}
        spell = (related.start or "", related.end or "")
        active = related.keep is Keep.ACTIVE
        spared[related.name] = _spare(extract.tables[related.table.name], spell, used) if active else frozenset()
    return spared


def _spare(source: TableSource, spell: tuple[str, str], used: set[str]) -> frozenset[str]:
    return frozenset(spell) - used if is_current_list(source, spell[0]) else frozenset()


def is_current_only(indicator: Indicator, extract: Extract) -> bool:
    """Whether a stock or active row rests on the latest state, so that earlier periods are not known."""
    named = named_columns(indicator)
    for table, start, _ in spell_columns(indicator):
        if is_current_list(extract.tables[table], start):
            return True
    if indicator.is_stock and any(indicator.table.columns[name].current for name in named.case):
        return True
    return any(
        related.table.columns[name].current
        for related in indicator.related
        if indicator.is_stock or related.keep is Keep.ACTIVE
        for name in (*named.guards[related.name], *named.kept[related.name])
    )


def is_covered(indicator: Indicator, period: Period, extract: Extract, as_of: datetime) -> bool:
    """Whether the extract holds all that the indicator needs to be known in a period."""
    first = reference_day(period, as_of) if indicator.is_stock else period.start
    for table in (indicator.table, *(related.table for related in indicator.related)):
        complete_from = extract.complete_from(table.name)
        if complete_from is not None and first < complete_from:
            return False
    return not is_current_only(indicator, extract) or _is_present(period, as_of)


def _is_present(period: Period, as_of: datetime) -> bool:
    holds_as_of = period.start <= as_of.date() <= period.end
    return holds_as_of or period.last == last_complete_month(as_of)


def plan_indicator(
    indicator: Indicator, extract: Extract, periods: Iterable[Period], by: Sequence[str], as_of: datetime
) -> IndicatorPlan:
    """What to compute of an indicator: covered periods only, and the breakdowns asked for (`all`: every one)."""
    covered = tuple(period for period in periods if is_covered(indicator, period, extract, as_of))
    asked = tuple(each for each in indicator.by if "all" in by or each.name in by)
    return IndicatorPlan(indicator, covered, asked)


def columns_read(plan: Plan, extract: Extract, *, people: bool = False) -> dict[str, tuple[str, ...]]:
    """The columns that must be read of each table: its key, its moments, and what the definitions name.

    `people` adds the person of every case.
    """
    wanted: dict[str, set[str]] = {}
    for each in plan.indicators:
        named = named_columns(each.indicator)
        wanted.setdefault(each.indicator.table.name, set()).update(named.case, _joins(each.indicator))
        if people and each.indicator.table.person is not None:
            wanted[each.indicator.table.name].add(each.indicator.table.person)
        for related in each.indicator.related:
            of_row = {related.row_column, *named.guards[related.name], *named.kept[related.name]}
            if related.merge_adjacent and related.table.person is not None:
                of_row.add(related.table.person)
            wanted.setdefault(related.table.name, set()).update(of_row)
    return {name: _with_moments(extract.tables[name], columns) for name, columns in sorted(wanted.items())}


def dating_columns(plan: Plan) -> dict[str, frozenset[str]]:
    """By table, the columns by which its rows are placed in time as related rows."""
    found: dict[str, set[str]] = {}
    for each in plan.indicators:
        for related in each.indicator.related:
            columns = {related.date, related.start} - {None}
            found.setdefault(related.table.name, set()).update(name for name in columns if name is not None)
    return {name: frozenset(columns) for name, columns in found.items()}


def _joins(indicator: Indicator) -> set[str]:
    return {related.case_column for related in indicator.related}


def _with_moments(source: TableSource, columns: set[str]) -> tuple[str, ...]:
    table = source.table
    wanted = columns | set(table.key) | {table.happened, table.recorded}
    return tuple(name for name in source.columns if name in wanted)
