"""Related rows: which rows of another table belong to a case, and which of them is kept."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import assert_never

from sgkpi.judge.clocks import add_days, add_limit, hours_between, known_day
from sgkpi.judge.expressions import Environment, evaluate
from sgkpi.judge.knowledge import tie_break
from sgkpi.judge.tables import LoadedTable, Row, join_text
from sgkpi.judge.values import Moment, Value, comparable, compare_moments, day_of, has_time
from sgkpi.model.expressions import And, Expression, Not, Or, column_refs
from sgkpi.model.indicator import Keep, Related
from sgkpi.model.units import LimitUnit
from sgkpi.planning.columns import NamedColumns


@dataclass(frozen=True)
class Joined:
    """The related row of a case, or the number of them.

    `row` is the row that is kept. `count` is the number of rows or spells (None: a bound is null).
    `more_than_one` says that `keep: only` found several; `unreadable` that a cell which the
    definition names cannot be read in a row that matters.
    """

    row: Row | None = None
    count: int | None = None
    more_than_one: bool = False
    unreadable: bool = False


@dataclass(frozen=True)
class Lookup:
    """The lookup of a related for a case; `case` has the columns, moments and rows above that the related may name."""

    related: Related
    loaded: LoadedTable
    case: Environment

    def find(self, rows: Sequence[Row], named: NamedColumns) -> Joined:
        """Choose among the known, distinct rows that share the case's join value.

        A row that `where` leaves out, whatever its unreadable cells hold, has no bearing. In every other one the dates
        and what `where` names must be readable, and in the one that is kept the other columns that are named.
        """
        found = Joined() if self.missing is not None else self._find([row for row in rows if self.satisfies_where(row)])
        guards, kept = named.guards[self.related.name], named.kept[self.related.name]
        is_unreadable = any(not row.unreadable.isdisjoint(guards) and self.may_satisfy_where(row) for row in rows)
        if found.row is not None and not found.row.unreadable.isdisjoint(kept):
            is_unreadable = True
        return replace(found, unreadable=is_unreadable)

    def _find(self, rows: list[Row]) -> Joined:
        related = self.related
        match related.keep:
            case Keep.LATEST:
                return Joined(self._last(self._dated(rows), related.date))
            case Keep.EARLIEST:
                return Joined(self._last(self._dated(rows), related.date, earliest=True))
            case Keep.COUNT:
                return Joined(count=len(self._open(rows) if related.counts_spells else self._dated(rows)))
            case Keep.ONLY:
                found = rows if related.date is None else self._dated(rows)
                return Joined(found[0] if len(found) == 1 else None, more_than_one=len(found) > 1)
            case Keep.ACTIVE:
                return Joined(self._active(rows))
            case keep:
                assert_never(keep)

    @cached_property
    def until(self) -> Value:
        return self.value_of(self.related.until)

    @cached_property
    def after(self) -> Value:
        return self.value_of(self.related.after)

    @cached_property
    def since(self) -> Value:
        return self.value_of(self.related.since)

    def value_of(self, bound: Expression | None) -> Value:
        """Return the value of a bound; None if it is null, or is not given."""
        return None if bound is None else evaluate(bound, self.case)

    @property
    def missing(self) -> Expression | None:
        """The first bound that is null, so that there can be no row."""
        return next((bound for bound in self.related.bounds if self.value_of(bound) is None), None)

    def satisfies_where(self, row: Row) -> bool:
        """Whether a row satisfies the condition of a related, if it has one."""
        where = self.related.where
        return where is None or evaluate(where, replace(self.case, row=row.values, related={}, counts={})) is True

    def may_satisfy_where(self, row: Row) -> bool:
        """Whether a row may satisfy the condition of a related, for all that its unreadable cells do not say."""
        where, names = self.related.where, replace(self.case, row=row.values, related={}, counts={})
        return where is None or may_be(True, where, names, row.unreadable)

    def is_within_bounds(self, moment: Value) -> bool:
        """Whether a date is on or before `until`, after `after`, not before `since`, and `within` of `until`."""
        if self.related.until is not None and compare_moments(moment, self.until) not in (-1, 0):
            return False
        if self.related.after is not None and compare_moments(moment, self.after) != 1:
            return False
        if self.related.since is not None and compare_moments(moment, self.since) not in (0, 1):
            return False
        limit = self.related.within
        if limit is None or not isinstance(self.until, date | Moment):
            return limit is None
        elapsed = hours_between(moment, self.until)
        if limit.unit is LimitUnit.HOURS and elapsed is not None:
            return elapsed < limit.amount
        return compare_moments(moment, add_limit(self.until, limit, self.case.working_days, sign=-1)) == 1

    def _dated(self, rows: Iterable[Row]) -> list[Row]:
        """Return the rows whose date is known and lies within the bounds."""
        dates = ((row, row.values.get(self.related.date or "")) for row in rows)
        return [row for row, moment in dates if moment is not None and self.is_within_bounds(moment)]

    def _last(self, rows: list[Row], by: str | None, *, earliest: bool = False) -> Row | None:
        """Return the row with the latest or earliest date; of several, the greatest."""
        dates = [comparable_date(row, by) if by else () for row in rows]
        wanted = min(dates, default=None) if earliest else max(dates, default=None)
        tied = [row for row, moment in zip(rows, dates, strict=True) if moment == wanted]
        return max(tied, key=lambda row: tie_break(self.loaded, row, self.related.row_column), default=None)

    def _active(self, rows: list[Row]) -> Row | None:
        """Return the spell that is open at `until`: the one that began last; of several, the greatest."""
        if self.related.merge_adjacent and self.start is not None:
            rows = self.merge_adjacent(row for row in rows if row.values.get(self.start) is not None)
        return self._last(self._open(rows), self.start)

    @property
    def start(self) -> str | None:
        """The column with the beginning of spells; None in a current list."""
        return self.related.start if self.related.start in self.loaded.columns else None

    def _open(self, rows: Iterable[Row]) -> list[Row]:
        """Return the spells that are open at `until` or, with `within`, on one of the days that end with it."""
        spells = (row for row in rows if self.start is None or row.values.get(self.start) is not None)
        return [spell for spell in spells if self.is_open(spell)]

    def is_open(self, spell: Row) -> bool:
        """Whether a spell, with a known beginning, is open at `until` or, with `within`, on one of the days before."""
        if self.related.within is None or not isinstance(self.until, date | Moment):
            return is_open(spell, self.start, self.related.end, self.until)
        # The last of its days up to `until` must be one of the days looked at, and not lie before its first.
        last = known_day(self.until)
        day_before = known_day(add_limit(self.until, self.related.within, self.case.working_days, sign=-1))
        ended = day_of(spell.values.get(self.related.end or ""))
        if ended is not None and ended <= last:
            last = add_days(ended, -1)
        return last > day_before and known_day(spell.values.get(self.related.start or "")) <= last

    def merge_adjacent(self, spells: Iterable[Row]) -> list[Row]:
        """Join the spells of a person whose next `from` is on or before the last `to`.

        A joined spell begins with its first part, ends with the latest `to` of its parts, and has the
        other columns of the part that begins last. Its times are those of the clock on the wall.
        """
        start, end, person = self.related.start or "", self.related.end or "", self.loaded.table.person or ""
        spells = [_by_wall_clock(spell, start, end) for spell in spells]
        merged: dict[str | None, list[Row]] = {}
        for spell in sorted(
            spells, key=lambda row: (comparable_date(row, start), tie_break(self.loaded, row, self.related.row_column))
        ):
            stays = merged.setdefault(join_text(spell.values.get(person)), [])
            stay = stays[-1] if stays else spell
            last_end = stay.values.get(end)
            if stay is spell or compare_moments(spell.values.get(start), last_end) == 1:
                stays.append(spell)
                continue
            ends = [last_end, spell.values.get(end)]
            known = [each for each in ends if each is not None]
            # Of two ends at one moment, the one that has a time of day.
            latest = max(known, key=lambda each: (comparable(each), has_time(each))) if known == ends else None
            values = {**spell.values, start: stay.values.get(start), end: latest}
            stays[-1] = replace(spell, values=values)
        return [stay for stays in merged.values() for stay in stays]


def _by_wall_clock(spell: Row, *columns: str) -> Row:
    """Return a spell whose times are read as GMT where they occur twice."""
    moments = ((name, spell.values.get(name)) for name in columns)
    read = {name: replace(moment, summer=False) for name, moment in moments if isinstance(moment, Moment)}
    return replace(spell, values={**spell.values, **read})


def may_be(truth: bool, condition: Expression, names: Environment, unreadable: Collection[str]) -> bool:
    """Whether a condition may be true, or false, if a comparison that names an unreadable cell may be either."""
    match condition:
        case And(items) | Or(items):
            every = all if truth == isinstance(condition, And) else any
            return every(may_be(truth, item, names, unreadable) for item in items)
        case Not(item):
            return may_be(not truth, item, names, unreadable)
        case _:
            is_open = any(ref.column in unreadable for ref in column_refs(condition))
            return is_open or evaluate(condition, names) is truth


def is_open(spell: Row, start: str | None, end: str | None, moment: Value) -> bool:
    """Whether `from <= moment < to`; a null `to` is open, and so is a spell of a list without `from`."""
    began = spell.values.get(start or "")
    ended = spell.values.get(end or "")
    has_begun = began is None or compare_moments(began, moment) in (-1, 0)
    return has_begun and (ended is None or compare_moments(moment, ended) == -1)


def comparable_date(row: Row, column: str) -> tuple[date, ...]:
    """Return a date of a related row to compare; a moment without a time of day counts as its midnight."""
    moment = row.values.get(column)
    return moment.order if isinstance(moment, Moment) else (known_day(moment),)
