"""The other columns of a boundary case: the rows of an example moved to other days, or made-up ones."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sgkpi.judge.boundaries.limits import plain_day
from sgkpi.judge.boundaries.situations import TUESDAY
from sgkpi.judge.clocks import add_months
from sgkpi.judge.tables import typed_cell
from sgkpi.judge.values import Moment, day_of
from sgkpi.model.expressions import And, ColumnRef, Compare, Expression, InList, Kind, Literal, column_refs
from sgkpi.model.indicator import Clock, Example, Indicator, PeriodColumn, PointInTime, Related
from sgkpi.model.indicator import Moment as NamedMoment
from sgkpi.model.table import Table
from sgkpi.planning.availability import tables_of

Cells = dict[str, str]
Rows = dict[str, list[Cells]]
Given = date | datetime | None
SOME_DAYS = 7
_DATED = (Kind.DATE, Kind.DATETIME)
_BY_OUTCOME = ("met", "not_met", "overdue", "not_due")


@dataclass(frozen=True)
class Template:
    """Rows to begin from; `anchor` is the day on which their clock begins, None where they have none."""

    indicator: Indicator
    rows: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    anchor: date | None = None

    def with_clock(
        self, start: Given, stop: Given, *, has_due: bool = True
    ) -> Mapping[str, tuple[Mapping[str, str], ...]]:
        """The rows of a case whose clock starts and stops then; None: not recorded.

        Without `has_due`, nothing is recorded of what the due moment rests on beside the start.
        """
        clock = self.indicator.clock
        if clock is None:
            raise ValueError(f"{self.indicator.id} has no clock")
        rows = self._moved(start if start is not None else stop)
        given = _given(clock, start, stop)
        for ref in due_refs(clock):
            if not has_due or not self._gives(ref):
                begins = start if start is not None else stop
                given[ref] = begins + timedelta(days=SOME_DAYS) if has_due and begins is not None else None
        own = rows.setdefault(self.indicator.table.name, [{}])
        _set(own[0], {ref: value for ref, value in given.items() if ref.related is None}, self.indicator.table)
        self._place(own[0], start or stop or TUESDAY)
        self._relate(rows, given)
        return {table: tuple(cells) for table, cells in rows.items()}

    def _gives(self, ref: ColumnRef) -> bool:
        table = self.indicator.related_named(ref.related).table if ref.related else self.indicator.table
        return any(ref.column in cells for cells in self.rows.get(table.name, ()))

    def _moved(self, to: Given) -> Rows:
        """The template's rows, each date moved by as many days as the clock's start is."""
        days = (plain_day(to) - self.anchor).days if to is not None and self.anchor is not None else 0
        tables = tables_of(self.indicator)

        def moved(cells: Mapping[str, str], table: Table) -> Cells:
            return {name: _moved_cell(text, name, table, days) for name, text in cells.items()}

        return {name: [moved(cells, tables[name]) for cells in rows] for name, rows in self.rows.items() if rows}

    def _place(self, case: Cells, moment: date | datetime) -> None:
        """Fill the column that places the case, where nothing else has."""
        match self.indicator.period:
            case PeriodColumn(column):
                day: date | datetime = moment
            case PointInTime(column, _):
                day = add_months(plain_day(moment), -12)
            case _:
                return
        if all(ref.column != column for ref in self._own_refs()):
            case.setdefault(column, written(day, self.indicator.table.columns[column].kind))

    def _relate(self, rows: Rows, given: Mapping[ColumnRef, Given]) -> None:
        """Give each related that the clock names the one row that it keeps."""
        names = list(dict.fromkeys(ref.related for ref in given if ref.related is not None))
        own = self.indicator.table.name
        before = {name: list(cells) for name, cells in rows.items()}
        for name in names:
            table = self.indicator.related_named(name).table.name
            rows[table] = rows[table][:1] if table == own else []
        for name in names:
            related = self.indicator.related_named(name)
            cells = {ref: value for ref, value in given.items() if ref.related == name}
            if any(value is not None for value in cells.values()):
                known = before.get(related.table.name, [])[1 if related.table.name == own else 0 :]
                rows[related.table.name].append(_related_row(related, known, cells))
                self._bound(rows[own][0], related, cells)

    def _bound(self, case: Cells, related: Related, given: Mapping[ColumnRef, Given]) -> None:
        """Fill the column of the case up to which related rows count, where nothing else has."""
        until = related.until
        if until is None or isinstance(until, NamedMoment) or any(ref.column == until for ref in self._own_refs()):
            return
        latest = max(plain_day(value) for value in given.values() if value is not None)
        case.setdefault(until, written(latest, self.indicator.table.columns[until].kind))

    def _own_refs(self) -> list[ColumnRef]:
        return [ref for ref in clock_refs(self.indicator) if ref.related is None]


def templates(indicator: Indicator) -> Iterator[Template]:
    """Yield templates, the most promising first: examples that are judged by the clock, at last made-up rows."""
    ranked = [each for each in indicator.examples if each.outcome in _BY_OUTCOME]
    for example in sorted(ranked, key=lambda each: _BY_OUTCOME.index(each.outcome)):
        yield Template(indicator, _without_duplicates(indicator, example), _anchor(indicator, example))
    yield Template(indicator, {indicator.table.name: (_wanted(indicator.population),)})


def clock_refs(indicator: Indicator) -> list[ColumnRef]:
    """The columns that a boundary case sets: start and stop or, where there is no start, those that due rests on."""
    clock = indicator.clock
    return list(_given(clock, None, None)) if clock else []


def _given(clock: Clock, start: Given, stop: Given) -> dict[ColumnRef, Given]:
    given: dict[ColumnRef, Given] = dict.fromkeys(starting_refs(clock), start)
    if clock.stop is not None:
        given[clock.stop] = stop
    return given


def starting_refs(clock: Clock) -> list[ColumnRef]:
    """The columns that say from when a clock runs."""
    if clock.start is not None:
        return [clock.start]
    return _resting(clock)


def due_refs(clock: Clock) -> list[ColumnRef]:
    """The dates beside the start on which a due moment rests."""
    return [ref for ref in _resting(clock) if ref != clock.start] if clock.start is not None else []


def _resting(clock: Clock) -> list[ColumnRef]:
    dated = [ref for ref in column_refs(clock.due) if ref.kind in _DATED] if clock.due else []
    return sorted((ref for ref in dated if ref != clock.stop), key=lambda ref: (ref.related or "", ref.column))


def _without_duplicates(indicator: Indicator, example: Example) -> Mapping[str, tuple[Mapping[str, str], ...]]:
    """An example's rows; of its own table, where that is not related to itself, the case alone."""
    name = indicator.table.name
    if any(related.table.name == name for related in indicator.related):
        return example.rows
    return {**example.rows, name: example.rows.get(name, ())[:1]}


def _anchor(indicator: Indicator, example: Example) -> date | None:
    for ref in clock_refs(indicator)[:1]:
        table = indicator.related_named(ref.related).table if ref.related else indicator.table
        for cells in example.rows.get(table.name, ()):
            value, _ = typed_cell(cells.get(ref.column), table.columns[ref.column], table)
            if value is not None:
                return day_of(value)
    return None


def _moved_cell(text: str, name: str, table: Table, days: int) -> str:
    column = table.columns[name]
    if column.kind not in _DATED or not days:
        return text
    try:
        match typed_cell(text, column, table)[0]:
            case Moment(moment, with_time):
                moved = moment + timedelta(days=days)
                return written(moved if with_time else moved.date(), column.kind)
            case date() as day:
                return (day + timedelta(days=days)).isoformat()
    except OverflowError:
        return text
    return text


def written(moment: date | datetime, kind: Kind) -> str:
    """A cell that holds a moment; of a date column, its day."""
    if kind is Kind.DATE or not isinstance(moment, datetime):
        return plain_day(moment).isoformat()
    return moment.isoformat(sep=" ", timespec="minutes")


def _set(cells: Cells, given: Mapping[ColumnRef, Given], table: Table) -> None:
    for ref, value in given.items():
        # A blank cell, not none: what is required would be made up.
        cells[ref.column] = "" if value is None else written(value, table.columns[ref.column].kind)


def _related_row(related: Related, known: Iterable[Mapping[str, str]], given: Mapping[ColumnRef, Given]) -> Cells:
    """A row with the clock's cells, which satisfies `where` so far as it can, and has the date to be kept by."""
    cells = {**_wanted(related.where), **next(iter(known), {})}
    _set(cells, given, related.table)
    moment = next(value for value in given.values() if value is not None)
    dated_by = related.date or related.start
    if dated_by is not None and all(ref.column != dated_by for ref in given):
        cells[dated_by] = written(moment, related.table.columns[dated_by].kind)
    return cells


def _wanted(condition: Expression | None) -> Cells:
    """Cells with which the plain parts of a condition hold: a column equal to a value, or one of several."""
    match condition:
        case And(items):
            return {name: text for item in items for name, text in _wanted(item).items()}
        case Compare("=", ColumnRef(column, _, None), Literal(value)) if value is not None:
            return {column: str(value)}
        case InList(ColumnRef(column, _, None), (Literal(value), *_)) if value is not None:
            return {column: str(value)}
        case ColumnRef(column, Kind.BOOLEAN, None):
            return {column: "yes"}
        case _:
            return {}
