"""Related rows: which rows of another table belong to a case, and which of them is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never

from sgkpi.judge.clocks import add_limit, hours_between
from sgkpi.judge.expressions import Environment, is_true
from sgkpi.judge.knowledge import tie_break
from sgkpi.judge.tables import LoadedTable, Row, join_text
from sgkpi.judge.values import Moment, Value, compare_moments, day_of
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.indicator import Keep, Related
from sgkpi.model.indicator import Moment as NamedMoment
from sgkpi.model.units import LimitUnit
from sgkpi.planning.columns import NamedColumns


@dataclass(frozen=True)
class Joined:
    """The related row of a case, or the number of them.

    `row` is the row that is kept. `count` is the number of rows (None: `until` or `after` is null).
    `more_than_one` says that `keep: only` found several; `unreadable` that a cell which the
    definition names cannot be read in a row that matters.
    """

    row: Row | None = None
    count: int | None = None
    more_than_one: bool = False
    unreadable: bool = False


@dataclass(frozen=True)
class Moments:
    """The moments that a related and its `where` may name."""

    as_of: datetime
    reference_day: date | None
    working_days: WorkingDays

    def named(self, name: str | NamedMoment | None, case: Row) -> Value:
        """The value of `until` or `after`: a moment, or a column of the case."""
        if name is None:
            return None
        if not isinstance(name, NamedMoment):
            return case.values.get(name)
        match name:
            case NamedMoment.AS_OF:
                return Moment(self.as_of)
            case NamedMoment.REFERENCE_DAY:
                return self.reference_day
            case _:
                assert_never(name)


@dataclass(frozen=True)
class Bounds:
    """The span of a related date: after `after`, and on or before `until`; each only where the definition gives it."""

    related: Related
    until: Value
    after: Value
    working_days: WorkingDays

    @property
    def is_missing(self) -> bool:
        """Whether a bound that the definition gives is null, so that there can be no row."""
        wanted = ((self.related.until, self.until), (self.related.after, self.after))
        return any(name is not None and value is None for name, value in wanted)

    def hold(self, moment: Value) -> bool:
        """Whether a related date lies within the bounds."""
        if self.related.until is not None and compare_moments(moment, self.until) not in (-1, 0):
            return False
        if self.related.after is not None and compare_moments(moment, self.after) != 1:
            return False
        return self.related.within is None or self._is_within(moment)

    def _is_within(self, moment: Value) -> bool:
        """Whether a date lies after `until` less `within`; hours are elapsed ones."""
        limit = self.related.within
        if limit is None or not isinstance(self.until, date | Moment):
            return False
        elapsed = hours_between(moment, self.until)
        if limit.unit is LimitUnit.HOURS and elapsed is not None:
            return elapsed < limit.amount
        return compare_moments(moment, add_limit(self.until, limit, self.working_days, sign=-1)) == 1


def relate(
    related: Related, loaded: LoadedTable, case: Row, rows: Sequence[Row], moments: Moments, named: NamedColumns
) -> Joined:
    """Choose among the known, distinct rows that share the case's join value.

    Of the named columns, guards must be readable in every one of them, the others in the one that is kept.
    """
    is_unreadable = any(not row.unreadable.isdisjoint(named.guards[related.name]) for row in rows)
    found = _found(related, loaded, rows, bounds_for(related, case, moments), moments)
    if found.row is not None and not found.row.unreadable.isdisjoint(named.kept[related.name]):
        is_unreadable = True
    return replace(found, unreadable=is_unreadable)


def bounds_for(related: Related, case: Row, moments: Moments) -> Bounds:
    """Return the bounds of a related for a case."""
    until, after = (moments.named(name, case) for name in (related.until, related.after))
    return Bounds(related, until, after, moments.working_days)


def _found(related: Related, loaded: LoadedTable, rows: Sequence[Row], bounds: Bounds, moments: Moments) -> Joined:
    if bounds.is_missing:
        return Joined()
    wanted = [row for row in rows if satisfies_where(related, row, moments)]
    match related.keep:
        case Keep.LATEST | Keep.EARLIEST:
            return Joined(row=_first_or_last(related, loaded, _dated(related, wanted, bounds)))
        case Keep.COUNT:
            return Joined(count=len(_dated(related, wanted, bounds)))
        case Keep.ONLY:
            found = wanted if related.date is None else _dated(related, wanted, bounds)
            return Joined(row=found[0] if len(found) == 1 else None, more_than_one=len(found) > 1)
        case Keep.ACTIVE:
            return Joined(row=_active(related, loaded, wanted, bounds))
        case keep:
            assert_never(keep)


def satisfies_where(related: Related, row: Row, moments: Moments) -> bool:
    """Whether a row satisfies the condition of a related, if it has one."""
    environment = Environment(row.values, moments.as_of, moments.reference_day, moments.working_days)
    return related.where is None or is_true(related.where, environment)


def _dated(related: Related, rows: Iterable[Row], bounds: Bounds) -> list[Row]:
    """The rows whose date is known and lies within the bounds."""
    dates = ((row, row.values.get(related.date or "")) for row in rows)
    return [row for row, moment in dates if moment is not None and bounds.hold(moment)]


def _first_or_last(related: Related, loaded: LoadedTable, rows: list[Row]) -> Row | None:
    """The row with the latest or earliest date; of several, the greatest."""
    dates = [comparable_date(row, related.date) for row in rows]
    if not dates:
        return None
    date_kept = max(dates) if related.keep is Keep.LATEST else min(dates)
    tied = [row for row, moment in zip(rows, dates, strict=True) if moment == date_kept]
    return max(tied, key=lambda row: tie_break(loaded, row))


def _active(related: Related, loaded: LoadedTable, rows: list[Row], bounds: Bounds) -> Row | None:
    """The spell that is open at `until`: the one that began last; of several, the greatest."""
    is_current_list = related.start not in loaded.columns
    spells = rows if is_current_list else [row for row in rows if row.values.get(related.start or "") is not None]
    if related.merge_adjacent and not is_current_list:
        spells = merge_adjacent(related, loaded, spells)
    open_spells = [spell for spell in spells if is_open(spell, related.start, related.end, bounds.until)]
    if is_current_list:
        return max(open_spells, key=lambda row: tie_break(loaded, row), default=None)
    return max(open_spells, key=lambda row: (comparable_date(row, related.start), tie_break(loaded, row)), default=None)


def is_open(spell: Row, start: str | None, end: str | None, moment: Value) -> bool:
    """Whether `from <= moment < to`; a null `to` is open, and so is a spell of a list without `from`."""
    began = spell.values.get(start or "")
    ended = spell.values.get(end or "")
    has_begun = began is None or compare_moments(began, moment) in (-1, 0)
    return has_begun and (ended is None or compare_moments(moment, ended) == -1)


def merge_adjacent(related: Related, loaded: LoadedTable, spells: list[Row]) -> list[Row]:
    """Join the spells of a person whose next `from` is on or before the last `to`.

    A joined spell begins with its first part, ends with the latest `to` of its parts, and has the
    other columns of the part that begins last.
    """
    start, end = related.start or "", related.end or ""
    in_order = sorted(spells, key=lambda row: (comparable_date(row, start), tie_break(loaded, row)))
    merged: dict[str | None, list[Row]] = {}
    for spell in in_order:
        stays = merged.setdefault(join_text(spell.values.get(loaded.table.person or "")), [])
        last_end = stays[-1].values.get(end) if stays else None
        if stays and (last_end is None or compare_moments(spell.values.get(start), last_end) in (-1, 0)):
            stays[-1] = _join(stays[-1], spell, start, end)
        else:
            stays.append(spell)
    return [stay for stays in merged.values() for stay in stays]


def _join(stay: Row, spell: Row, start: str, end: str) -> Row:
    ends = (stay.values.get(end), spell.values.get(end))
    latest = None if None in ends else max(ends, key=_timeline)
    values = {**spell.values, start: stay.values.get(start)}
    if end in spell.values:
        values[end] = latest
    return replace(spell, values=values)


def comparable_date(row: Row, column: str | None) -> date:
    """Return a date of a related row to compare; a moment without a time of day counts as its midnight."""
    return _timeline(row.values.get(column or ""))


def _timeline(moment: Value) -> date:
    day = day_of(moment)
    if day is None:
        raise ValueError("a related row without a date was kept")
    return moment.value if isinstance(moment, Moment) else day
