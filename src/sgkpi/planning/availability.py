"""Availability and coverage: whether an extract has what an indicator needs, in which periods, and why not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal, assert_never

from sgkpi.extracts.extract import Extract, TableSource
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.expressions import column_refs, related_names
from sgkpi.model.indicator import Breakdown, Indicator, Keep, PointInTime, Related
from sgkpi.model.periods import Month, Period, last_complete_month
from sgkpi.model.table import Table
from sgkpi.model.units import Limit, LimitUnit
from sgkpi.planning.columns import (
    columns_of_case,
    named_columns,
    refs_of,
    related_named,
    spell_columns,
    with_rows_above,
)
from sgkpi.planning.plan import reference_day

LackKind = Literal["table", "column"]
PRESENT_ONLY = "only for the month of the extract and the last complete one: it holds the present state, no history"


@dataclass(frozen=True)
class Lack:
    """Why an indicator cannot be computed from an extract; its missing `tables`, or `columns` as `table.column`."""

    reason: str
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def kind(self) -> LackKind | None:
        """Whether it is tables or columns that are missing; None for another reason."""
        if self.tables:
            return "table"
        return "column" if self.columns else None


@dataclass(frozen=True)
class Unavailable:
    """The id of an indicator that cannot be computed from an extract, and why; whether it `lacks` tables or columns."""

    indicator: str
    reason: str
    lacks: LackKind | None = None


@dataclass(frozen=True)
class UnavailableBreakdown:
    """A breakdown of an indicator for which an extract lacks a column or table, and why; the rest can be computed."""

    indicator: str
    breakdown: str
    reason: str


@dataclass(frozen=True)
class Availability:
    """Whether an indicator can be computed from an extract, with the reason why not, or a restriction.

    `lacks` are the missing tables, or the missing columns as `table.column`; `without` the breakdowns that it is
    computed without.
    """

    indicator: Indicator
    available: bool
    reason: str | None = None
    lacks: tuple[str, ...] = ()
    present_only: bool = False
    without: tuple[UnavailableBreakdown, ...] = ()


def availability(indicator: Indicator, extract: Extract) -> Availability:
    """Return whether an indicator can be computed from an extract, with all its breakdowns or without some."""
    lack = why_unavailable(indicator, extract)
    if lack is None:
        whole, lacking = without_lacking_breakdowns(indicator, extract)
        present_only = is_current_only(whole, extract)
        restrictions = [PRESENT_ONLY] if present_only else []
        restrictions += [f"without its breakdown by {each.breakdown}, which {each.reason}" for each in lacking]
        return Availability(indicator, True, "; ".join(restrictions) or None, (), present_only, lacking)
    tables, meanings = tables_of(indicator), []
    for missing in lack.columns:
        table, column = missing.split(".")
        if description := tables[table].columns[column].description:
            meanings.append(f"{column}: {description[:1].lower()}{description[1:].rstrip('.')}")
    reason = f"{lack.reason} ({', '.join(meanings)})" if meanings else lack.reason
    return Availability(indicator, False, reason, lack.tables or lack.columns)


def only_with(indicator: Indicator, breakdowns: tuple[Breakdown, ...]) -> Indicator:
    """Return an indicator with these breakdowns alone, without the related rows that only its others name."""
    asked = replace(indicator, by=breakdowns)
    if not indicator.related:
        return asked
    by_others = related_named(indicator) - related_named(asked)
    needed = with_rows_above(indicator, {each.name for each in indicator.related} - by_others)
    return replace(asked, related=tuple(each for each in indicator.related if each.name in needed))


def without_lacking_breakdowns(
    indicator: Indicator, extract: Extract
) -> tuple[Indicator, tuple[UnavailableBreakdown, ...]]:
    """Return an indicator that can be computed, without the breakdowns for which the extract lacks something.

    Related rows that only these breakdowns name stay where they can be found: the total is what it would be with every
    cell of the lacking columns blank.
    """
    if _why_lacking(indicator, extract) is None:
        return indicator, ()
    reasons = {each.name: _why_lacking(only_with(indicator, (each,)), extract) for each in indicator.by}
    lacking = tuple(UnavailableBreakdown(indicator.id, name, why.reason) for name, why in reasons.items() if why)
    if not lacking:
        return indicator, ()
    breakdowns = tuple(each for each in indicator.by if reasons[each.name] is None)
    needed = only_with(indicator, breakdowns)
    found = {related.name for related in needed.related}
    for related in indicator.related:
        names = with_rows_above(indicator, {*found, related.name})
        whole = replace(needed, related=tuple(each for each in indicator.related if each.name in names))
        # The extract has what chooses these rows, though perhaps not all that is wanted of them.
        can_be_found = related.table.name in extract.tables and _why_lacking(whole, extract) is None
        if names == {*found, related.name} and can_be_found:
            found.add(related.name)
    return replace(needed, related=tuple(each for each in indicator.related if each.name in found)), lacking


def why_unavailable(indicator: Indicator, extract: Extract) -> Lack | None:
    """Return why an indicator cannot be computed from an extract; None when it can. A breakdown does not count."""
    return _why_lacking(only_with(indicator, ()), extract)


def _why_no_history(indicator: Indicator, extract: Extract) -> Lack | None:
    """Return the lack of history: an indicator needs all rows of tables whose file has each person's latest alone."""
    past = set() if indicator.is_stock else {indicator.table.name}
    past |= {each.table.name for each in indicator.related if each.keep in (Keep.EARLIEST, Keep.COUNT)}
    found = [extract.tables[name] for name in sorted(past) if extract.tables[name].is_latest]
    reasons = (
        f"needs the history of {each.table.name}: {each.files[0].name} holds the latest row of each person alone"
        for each in found
    )
    return Lack("; ".join(reasons)) if found else None


def _why_lacking(indicator: Indicator, extract: Extract) -> Lack | None:
    tables = tables_of(indicator)
    if broken := {name: extract.broken[name][0] for name in tables if name in extract.broken}:
        return Lack("; ".join(f"needs {name}: {problem.place}: {problem.message}" for name, problem in broken.items()))
    if absent := [name for name in tables if name not in extract.tables and name not in extract.lacking]:
        return Lack(f"needs {', '.join(absent)}: this extract has no such table", tables=tuple(absent))
    if missing := _absent_columns(indicator, extract):
        return Lack(f"needs {', '.join(missing)}: this extract has no such column", columns=tuple(missing))
    return _why_no_history(indicator, extract)


def tables_of(indicator: Indicator) -> dict[str, Table]:
    """Return the tables that an indicator uses, by name and in the order of names."""
    tables = (indicator.table, *(related.table for related in indicator.related))
    return {table.name: table for table in sorted(tables, key=lambda table: table.name)}


def _absent_columns(indicator: Indicator, extract: Extract) -> list[str]:
    """Return the missing columns, as `table.column`, of an indicator whose tables are all there.

    Of a table that a shared list does not carry, they are the required columns that the list lacks.
    """
    lacking = [f"{name}.{column}" for name in tables_of(indicator) for column in extract.lacking.get(name, ())]
    used = _used_columns(indicator, extract) if not lacking else ()
    return lacking or sorted(
        {f"{name}.{column}" for name, column in used if column not in extract.tables[name].columns}
    )


def _used_columns(indicator: Indicator, extract: Extract) -> Iterator[tuple[str, str]]:
    """Yield table and name of every column that is needed: a spell of a current list only if something else uses it."""
    named, own, spell = named_columns(indicator), indicator.table.name, indicator.period
    refs = refs_of(indicator)
    spared: set[str] = set()
    if isinstance(spell, PointInTime) and is_current_list(extract.tables[own], spell.start):
        elsewhere = {ref.column for ref in refs if ref.related is None}
        elsewhere.update(name for related in indicator.related for name in columns_of_case(indicator, related))
        spared = {spell.start, spell.end} - elsewhere
    yield from ((own, name) for name in {*named.case} - spared)
    for related in indicator.related:
        yield own, related.case_column
        spared = set()
        is_open = related.start is not None and related.within is None
        if is_open and is_current_list(extract.tables[related.table.name], related.start or ""):
            elsewhere = {ref.column for ref in refs if ref.related == related.name}
            elsewhere |= {ref.column for ref in column_refs(related.where)} if related.where is not None else set()
            spared = {related.start or "", related.end or ""} - elsewhere
        yield from ((related.table.name, name) for name in {*named.of_row(related)} - spared)


def is_current_list(source: TableSource, start: str) -> bool:
    """Whether a table holds only the present spells: its file has no column for their beginning."""
    return start not in source.columns


def is_current_only(indicator: Indicator, extract: Extract) -> bool:
    """Whether a stock or a related row depends on the latest state, so that earlier periods are not known."""
    if any(extract.tables[name].is_latest for name in tables_of(indicator)):
        return True
    if any(is_current_list(extract.tables[table], start) for table, start, _ in spell_columns(indicator)):
        return True
    named = named_columns(indicator)
    if indicator.is_stock and any(indicator.table.columns[name].current for name in named.case):
        return True
    return any(
        related.table.columns[name].current
        for related in indicator.related
        if indicator.is_stock or related.start is not None
        for name in (*named.guards[related.name], *named.kept[related.name])
    )


def covered_periods(
    indicator: Indicator, periods: Iterable[Period], extract: Extract, as_of: datetime, working_days: WorkingDays
) -> tuple[Period, ...]:
    """Return the periods for which the extract holds all that the indicator needs to be known.

    A table of related rows must be complete from as long before the period, or the reference day, as it looks back.
    """
    present_only = is_current_only(indicator, extract)
    own = extract.complete_from(indicator.table.name)
    joined = [
        (start, looks_back(indicator, related))
        for related in indicator.related
        if (start := extract.complete_from(related.table.name)) is not None
    ]

    def is_complete(period: Period) -> bool:
        first = reference_day(period, as_of) if indicator.is_stock else period.start
        return (own is None or own <= first) and all(
            start <= (first if limit is None else earlier(first, limit, working_days)) for start, limit in joined
        )

    return tuple(each for each in periods if not present_only or is_present(each, as_of) if is_complete(each))


def is_present(period: Period, as_of: datetime) -> bool:
    """Whether a period holds the as-of date, or ends with the last complete month before it."""
    return period.start <= as_of.date() <= period.end or period.last == last_complete_month(as_of)


def looks_back(indicator: Indicator, related: Related) -> Limit | None:
    """Return how far before a period, or a reference day, related rows matter; None: no further than it.

    What the definition says; else the limit of a count; else, of a stock whose clock has no stop and starts with the
    related row, the clock's limit.
    """
    clock = indicator.clock
    if related.looks_back or related.within:
        return related.looks_back or related.within
    starts_there = clock is not None and clock.start is not None and related.name in related_names(clock.start)
    return clock.limit if clock and starts_there and indicator.is_stock and clock.stop is None else None


def earlier(day: date, limit: Limit, working_days: WorkingDays) -> date:
    """Return the day that lies a limit before another; the calendar's first where there is none."""
    try:
        match limit.unit:
            case LimitUnit.HOURS:
                return (datetime.combine(day, time.min) - timedelta(hours=limit.amount)).date()
            case LimitUnit.DAYS:
                return day - timedelta(days=limit.amount)
            case LimitUnit.WEEKS:
                return day - timedelta(weeks=limit.amount)
            case LimitUnit.WORKING_DAYS:
                return working_days.add(day, -limit.amount)
            case LimitUnit.MONTHS:
                month = Month.of(day).plus(-limit.amount)
                return month.first_day.replace(day=min(day.day, month.last_day.day))
            case _:
                assert_never(limit.unit)
    except (OverflowError, ValueError):
        return date.min
