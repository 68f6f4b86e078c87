"""The other columns of a boundary case: the rows of an example moved to other days, or made-up ones."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sgkpi.judge.boundaries.moments import ORDINARY
from sgkpi.judge.clocks import add_months
from sgkpi.judge.tables import typed_cell
from sgkpi.judge.values import Moment, day_of
from sgkpi.model.expressions import And, ColumnRef, Compare, Expression, InList, Kind, Listed, Literal, column_refs
from sgkpi.model.indicator import Clock, Indicator, PeriodColumn, PointInTime
from sgkpi.model.periods import date_of
from sgkpi.model.table import Table
from sgkpi.planning.availability import tables_of

Cells = dict[str, str]
Rows = Mapping[str, tuple[Mapping[str, str], ...]]
Given = date | datetime | None
SOME_DAYS = timedelta(days=7)
_DATED = (Kind.DATE, Kind.DATETIME)
_BY_OUTCOME = ("met", "not_met", "overdue", "not_due")


@dataclass(frozen=True)
class Template:
    """Rows to begin from; `anchor` is the day on which their clock begins, None where they have none."""

    indicator: Indicator
    clock: Clock
    rows: Rows = field(default_factory=dict)
    anchor: date | None = None

    def with_clock(self, start: Given, stop: Given, *, has_due: bool = True) -> Rows:
        """Return the rows of a case whose clock starts and stops then; None: not recorded.

        Without `has_due`, no column behind the due moment but the start is recorded.
        """
        begins = start if start is not None else stop
        given: dict[ColumnRef, Given] = dict.fromkeys(starting_refs(self.clock), start)
        given |= dict.fromkeys(stopping_refs(self.clock), stop)
        own = {ref.column for ref in given if ref.related is None}
        for ref in due_refs(self.clock):
            if not has_due or not any(ref.column in cells for cells in self.rows.get(self._table(ref).name, ())):
                given[ref] = begins + SOME_DAYS if has_due and begins is not None else None
        rows = self._moved(begins)
        case = rows.setdefault(self.indicator.table.name, [{}])[0]
        _set(case, {ref: value for ref, value in given.items() if ref.related is None}, self.indicator.table)
        match self.indicator.period:
            case PeriodColumn(column):
                self._fill(case, own, column, begins or ORDINARY.date())
            case PointInTime(column):
                self._fill(case, own, column, add_months(date_of(begins or ORDINARY), -12))
        self._relate(rows, case, given, own)
        return {table: tuple(cells) for table, cells in rows.items()}

    def _table(self, ref: ColumnRef) -> Table:
        return self.indicator.related_named(ref.related).table if ref.related else self.indicator.table

    def _moved(self, to: Given) -> dict[str, list[Cells]]:
        """Return the template's rows, each date moved by as many days as the clock's start is."""
        days = (date_of(to) - self.anchor).days if to is not None and self.anchor is not None else 0
        tables = tables_of(self.indicator)
        return {
            name: [{cell: _moved(text, cell, tables[name], days) for cell, text in cells.items()} for cells in rows]
            for name, rows in self.rows.items()
            if rows
        }

    def _fill(self, case: Cells, own: Iterable[str], column: str, moment: date | datetime) -> None:
        """Fill a column of the case that its clock does not name and that is not filled yet."""
        if column not in own:
            case.setdefault(column, _written(moment, self.indicator.table.columns[column].kind))

    def _relate(
        self, rows: dict[str, list[Cells]], case: Cells, given: Mapping[ColumnRef, Given], own: Iterable[str]
    ) -> None:
        """Give each related that the clock names the one row that it keeps, and the case the date up to which."""
        named = [self.indicator.related_named(name) for name in dict.fromkeys(ref.related for ref in given) if name]
        # Of the indicator's own table, the first row is the case.
        first = {each.table.name: int(each.table == self.indicator.table) for each in named}
        before = {name: rows.get(name, [])[place:] for name, place in first.items()}
        rows |= {name: rows.get(name, [])[:place] for name, place in first.items()}
        for related in named:
            cells = {ref: value for ref, value in given.items() if ref.related == related.name}
            known = [value for value in cells.values() if value is not None]
            if known:
                # It satisfies `where` so far as it can, and has a date to be kept by.
                row = {**_wanted(related.where), **next(iter(before[related.table.name]), {})}
                _set(row, cells, related.table)
                dated_by = related.date or related.start
                if dated_by is not None and all(ref.column != dated_by for ref in cells):
                    row[dated_by] = _written(known[0], related.table.columns[dated_by].kind)
                rows[related.table.name].append(row)
                if isinstance(related.until, ColumnRef) and related.until.related is None:
                    self._fill(case, own, related.until.column, max(map(date_of, known)))


def templates(indicator: Indicator, clock: Clock) -> Iterator[Template]:
    """Yield templates, the most promising first: examples that are judged by the clock, at last made-up rows."""
    ranked = [each for each in indicator.examples if each.outcome in _BY_OUTCOME]
    own = indicator.table
    for example in sorted(ranked, key=lambda each: _BY_OUTCOME.index(each.outcome)):
        # Other rows of the case's table would be duplicates, where that is not related to itself.
        is_related = any(related.table.name == own.name for related in indicator.related)
        rows = example.rows if is_related else {**example.rows, own.name: example.rows.get(own.name, ())[:1]}
        yield Template(indicator, clock, rows, _anchor(indicator, clock, example.rows))
    yield Template(indicator, clock, {own.name: (_wanted(indicator.population),)})


def starting_refs(clock: Clock) -> list[ColumnRef]:
    """Return the columns that say from when a clock runs."""
    return _dated(clock.start) if clock.start is not None else _resting(clock)


def stopping_refs(clock: Clock) -> list[ColumnRef]:
    """Return the columns, beside those that start it, that say when a clock stopped."""
    started = _dated(clock.start)
    return [ref for ref in _dated(clock.stop) if ref not in started or ref == clock.stop]


def due_refs(clock: Clock) -> list[ColumnRef]:
    """Return the dates beside the start on which a due moment rests."""
    started = _dated(clock.start)
    return [ref for ref in _resting(clock) if ref not in started] if clock.start is not None else []


def _resting(clock: Clock) -> list[ColumnRef]:
    stopped = stopping_refs(clock)
    return [ref for ref in _dated(clock.due) if ref not in stopped]


def _dated(moment: Expression | None) -> list[ColumnRef]:
    dated = [ref for ref in column_refs(moment) if ref.kind in _DATED] if moment is not None else []
    return sorted(dated, key=lambda ref: (ref.related or "", ref.column))


def _anchor(indicator: Indicator, clock: Clock, rows: Rows) -> date | None:
    for ref in [*starting_refs(clock), *stopping_refs(clock)][:1]:
        table = indicator.related_named(ref.related).table if ref.related else indicator.table
        for cells in rows.get(table.name, ()):
            value, _ = typed_cell(cells.get(ref.column), table.columns[ref.column], table)
            if value is not None:
                return day_of(value)
    return None


def _moved(text: str, name: str, table: Table, days: int) -> str:
    """Return a cell with its date moved by a number of days; any other cell unchanged."""
    column, move = table.columns[name], timedelta(days=days)
    value = typed_cell(text, column, table)[0] if column.kind in _DATED and days else None
    try:
        match value:
            case Moment(moment, has_time):
                return _written(moment + move if has_time else moment.date() + move, column.kind)
            case date():
                return (value + move).isoformat()
            case _:
                return text
    except OverflowError:
        return text


def _written(moment: date | datetime, kind: Kind) -> str:
    """Return a cell that holds a moment; of a date column, its day."""
    if kind is Kind.DATE or not isinstance(moment, datetime):
        return date_of(moment).isoformat()
    return moment.isoformat(sep=" ", timespec="minutes")


def _set(cells: Cells, given: Mapping[ColumnRef, Given], table: Table) -> None:
    for ref, value in given.items():
        # A blank cell, not none: what is required would be made up.
        cells[ref.column] = "" if value is None else _written(value, table.columns[ref.column].kind)


def _wanted(condition: Expression | None) -> Cells:
    """Return cells with which the plain parts of a condition hold: a column equal to a value, or one of several."""
    match condition:
        case And(items):
            return {name: text for item in items for name, text in _wanted(item).items()}
        case Compare("=", ColumnRef(column, _, None) | Listed(ColumnRef(column, _, None)), Literal(value)):
            return {column: str(value)}
        case InList(ColumnRef(column, _, None) | Listed(ColumnRef(column, _, None)), (Literal(value), *_)):
            return {column: str(value)}
        case ColumnRef(column, Kind.BOOLEAN, None):
            return {column: "yes"}
        case _:
            return {}
