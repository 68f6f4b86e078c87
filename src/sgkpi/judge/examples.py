"""The examples of a definition: small cases, made whole and judged like any other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self, assert_never

from sgkpi.definitions.branches import Branch
from sgkpi.judge.cases import Case, World
from sgkpi.judge.clocks import add_months
from sgkpi.judge.judge import Judgement, judge
from sgkpi.judge.tables import LoadedTable, Row, RowMaker, typed_cell
from sgkpi.judge.trace import Question
from sgkpi.judge.values import span_of
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.expressions import AsOf, ColumnRef, Kind, ReferenceDay
from sgkpi.model.indicator import Example, Indicator, Related
from sgkpi.model.outcomes import NO_OUTCOME, Outcome
from sgkpi.model.periods import end_of_day
from sgkpi.model.table import Column, Table
from sgkpi.planning.availability import tables_of

MADE_UP_PERSON = "made-up person"
MORNING = time(9)
# When an example gives no date at all, any time will do.
SOME_DAY = date(2019, 2, 1)
_DATED = (Kind.DATE, Kind.DATETIME)
# The keys of a definition that decide, by the question that they answer.
_BRANCH_PLACES = {
    Question.POPULATION: "population",
    Question.POPULATION_KNOWN: "population",
    Question.NOT_DUE: "not_due",
    Question.MET: "met",
    Question.IN_TIME: "clock",
}

Cells = Mapping[str, str]


@dataclass(frozen=True)
class ExampleRun:
    """An example with its judgement, and the moments at which it was judged.

    `case` and `judgement` are None where the row did not exist yet.
    """

    case: Case | None
    judgement: Judgement | None
    as_of: datetime
    reference_day: date | None


def run_example(indicator: Indicator, example: Example, working_days: WorkingDays) -> ExampleRun:
    """Make the case of an example whole, and judge it."""
    setting = _Setting.of(indicator, example)
    tables = {table.name: setting.load(table) for table in tables_of(indicator).values()}
    loaded = tables[indicator.table.name]
    cases = World(tables, setting.as_of, working_days).cases(indicator, setting.reference_day)
    case = next((each for each in cases if loaded.rows and _is_of(each, loaded.rows[0])), None)
    return ExampleRun(case, judge(case) if case else None, setting.as_of, setting.reference_day)


def _is_of(case: Case, first: Row) -> bool:
    """Whether a case is the one that an example's first row gives, if only by its key."""
    same_key = case.row.has_key and first.has_key and case.row.compared_key == first.compared_key
    return same_key or case.row.place == first.place


def example_holds(example: Example, judgement: Judgement | None) -> bool:
    """Whether a case has the outcome that its example states, and the reason where it states one."""
    if judgement is None or judgement.outcome is None:
        return example.outcome == NO_OUTCOME
    return example.outcome == judgement.outcome and example.because in (None, judgement.reason)


def branches_reached(run: ExampleRun) -> Iterator[Branch]:
    """Yield the branches of its definition that an example goes through."""
    judgement = run.judgement
    if judgement is None:
        return
    decisive = judgement.decided_by
    is_exclusion = decisive.question is Question.EXCLUDE
    place = f"exclude.{decisive.name}" if is_exclusion else _BRANCH_PLACES.get(decisive.question)
    if place is not None:
        has_reason = judgement.outcome in (Outcome.UNKNOWN, Outcome.EXCLUDED)
        yield Branch(place, judgement.outcome or NO_OUTCOME, judgement.reason if has_reason else None)
    explained = run.case.indicator.counts_against if run.case else ()
    if judgement.outcome in explained and judgement.reason is not None:
        yield from (Branch(f"because.{judgement.reason}", each, judgement.reason) for each in explained)


@dataclass(frozen=True)
class _Setting:
    """An example with the moments at which it is judged; `given` are the dates written in it."""

    indicator: Indicator
    example: Example
    as_of: datetime
    reference_day: date | None
    given: tuple[datetime, ...]

    @classmethod
    def of(cls, indicator: Indicator, example: Example) -> Self:
        rows = ((table, cells) for table in tables_of(indicator).values() for cells in example.rows.get(table.name, ()))
        given = [moment for table, cells in rows for moment in _moments(table, cells).values()]
        days = [end_of_day(example.reference_day)] if example.reference_day else []
        latest = max([*given, *days], default=end_of_day(SOME_DAY))
        as_of = example.as_of or datetime.combine(add_months(latest.date(), 12), latest.time())
        day = min(example.reference_day or as_of.date(), as_of.date()) if indicator.is_stock else None
        return cls(indicator, example, as_of, day, tuple(given))

    @property
    def case(self) -> Cells:
        """The cells that the example gives of its case."""
        return next(iter(self.example.rows.get(self.indicator.table.name, ())), {})

    def load(self, table: Table) -> LoadedTable:
        """Load an example's rows of a table; cells that it does not give are made up."""
        columns = tuple(table.columns)
        make = RowMaker(table, {name: place for place, name in enumerate(columns)}, has_key=bool(table.key))
        rows = []
        for number, cells in enumerate(self.example.rows.get(table.name, ()), start=1):
            whole = self._whole(table, cells, number)
            rows.append(make.row([whole.get(name) for name in columns], ("example", number)))
        return LoadedTable(table, columns, bool(table.key), tuple(rows), ("example",))

    def _whole(self, table: Table, cells: Cells, number: int) -> Cells:
        """Add person, key, joins and required columns to the cells of a row, where they are not given."""
        whole, is_case = dict(cells), table.name == self.indicator.table.name and number == 1
        for ours, theirs in self._links(table, is_case):
            whole.setdefault(ours, self.case.get(theirs) or _filler(table.columns[ours], MADE_UP_PERSON))
        for name in table.key:
            whole.setdefault(name, _filler(table.columns[name], f"made-up {table.name} {number}", number))
        for name, column in table.columns.items():
            if column.required and column.kind not in _DATED:
                whole.setdefault(name, _filler(column, "made-up"))
            elif column.required and name not in whole:
                moment = self._early() if is_case else self._in_time(table, name, cells)
                whole[name] = min(moment, self.as_of).isoformat(sep=" ")
        return whole

    def _links(self, table: Table, is_case: bool) -> Iterator[tuple[str, str]]:
        """Yield the columns of a row that must hold what a column of the case holds, for them to belong together."""
        if table.person:
            yield table.person, self.indicator.table.person or table.person
        for related in self.indicator.related:
            if is_case:
                yield related.case_column, related.case_column
            elif related.table.name == table.name:
                yield related.row_column, related.case_column

    def _early(self) -> datetime:
        """Return a morning before every date of the example; of a stock, a year before its reference day or earlier."""
        days = [moment.date() - timedelta(days=1) for moment in self.given]
        if self.reference_day is not None:
            days.append(add_months(self.reference_day, -12))
        return datetime.combine(min(days, default=SOME_DAY), MORNING)

    def _in_time(self, table: Table, column: str, cells: Cells) -> datetime:
        """Return a date of a related row: `until` or the row's first date for what it is kept by, any other early."""
        related = next((each for each in self.indicator.related if each.table.name == table.name), None)
        is_dated_by = related is not None and column in (related.date, related.start)
        until = self._until(related) if related is not None and is_dated_by else None
        return self._early() if until is None else min([until, *_moments(table, cells).values()])

    def _until(self, related: Related) -> datetime | None:
        match related.until:
            case AsOf():
                return self.as_of
            case ReferenceDay():
                return datetime.combine(self.reference_day or SOME_DAY, MORNING)
            case ColumnRef(column, _, None):
                return _moments(self.indicator.table, self.case).get(column)
            case _:
                return None


def _moments(table: Table, cells: Cells) -> dict[str, datetime]:
    """Return the dates among the cells of a row; one without a time of day as the end of its day."""
    dated = {name: text for name, text in cells.items() if table.columns[name].kind in _DATED}
    spans = {name: span_of(typed_cell(text, table.columns[name], table)[0]) for name, text in dated.items()}
    return {name: span[1] for name, span in spans.items() if span is not None}


def _filler(column: Column, text: str, number: int = 1) -> str:
    """Return a made-up cell that is readable in its column, and no date."""
    match column.kind:
        case Kind.INTEGER | Kind.NUMBER:
            return str(number)
        case Kind.BOOLEAN:
            return "no"
        case Kind.MONTH:
            return "2005-01"
        case Kind.DATE | Kind.DATETIME:
            return f"{date(2000, 1, 1) + timedelta(days=number - 1)} 09:00"
        case Kind.TEXT | Kind.CATEGORY | Kind.NULL:
            return next(iter(column.codes), text) if column.codes else text
        case _:
            assert_never(column.kind)
