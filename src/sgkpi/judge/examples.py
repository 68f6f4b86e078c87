"""The examples of a definition: small cases, made whole and judged like any other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import assert_never

from sgkpi.definitions.branches import Branch
from sgkpi.definitions.checks.examples import NO_OUTCOME
from sgkpi.judge.cases import Case, World
from sgkpi.judge.clocks import add_months
from sgkpi.judge.judge import Judgement, judge
from sgkpi.judge.tables import LoadedTable, RowMaker, typed_cell
from sgkpi.judge.trace import Question
from sgkpi.judge.values import Moment, Value
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.expressions import Kind
from sgkpi.model.indicator import Example, Indicator, Related
from sgkpi.model.indicator import Moment as NamedMoment
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import end_of_day
from sgkpi.model.table import Column, Table
from sgkpi.planning.availability import tables_of

MADE_UP_PERSON = "made-up person"
MORNING = time(9)
# When an example gives no date at all, any time will do.
SOME_DAY = date(2019, 2, 1)
_DATED = (Kind.DATE, Kind.DATETIME)
_FAILED = (Outcome.NOT_MET, Outcome.OVERDUE)
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
    setting = _setting(indicator, example)
    case = _case(setting, working_days)
    return ExampleRun(case, judge(case) if case else None, setting.as_of, setting.reference_day)


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
    if judgement.outcome in _FAILED and judgement.reason is not None:
        yield from (Branch(f"because.{judgement.reason}", failed, judgement.reason) for failed in _FAILED)


def _case(setting: "_Setting", working_days: WorkingDays) -> Case | None:
    indicator = setting.indicator
    tables = {table.name: _load(table, setting) for table in tables_of(indicator).values()}
    world = World(tables, setting.as_of, working_days)
    first = tables[indicator.table.name].rows[:1]
    cases = world.cases(indicator, setting.reference_day)
    own = [case for case in cases if first and _is_of(case, first[0].place, tables[indicator.table.name])]
    return own[0] if own else None


def _is_of(case: Case, place: tuple[str, int], loaded: LoadedTable) -> bool:
    """Whether a case is the one that an example's first row gives, if only by its key."""
    if case.row.place == place:
        return True
    first = next(row for row in loaded.rows if row.place == place)
    return case.row.has_key and first.has_key and loaded.key_of(case.row) == loaded.key_of(first)


@dataclass(frozen=True)
class _Setting:
    """An example with the moments at which it is judged; `given` are the dates written in it."""

    indicator: Indicator
    example: Example
    as_of: datetime
    reference_day: date | None
    given: tuple[datetime, ...]

    @property
    def case(self) -> Cells:
        """The cells that the example gives of its case."""
        return next(iter(self.example.rows.get(self.indicator.table.name, ())), {})


def _setting(indicator: Indicator, example: Example) -> _Setting:
    given = sorted(_given_dates(indicator, example))
    days = [end_of_day(example.reference_day)] if example.reference_day else []
    latest = max([*given, *days], default=end_of_day(SOME_DAY))
    a_year_later = datetime.combine(add_months(latest.date(), 12), latest.time())
    as_of = example.as_of or a_year_later
    day = min(example.reference_day or as_of.date(), as_of.date()) if indicator.is_stock else None
    return _Setting(indicator, example, as_of, day, tuple(given))


def _given_dates(indicator: Indicator, example: Example) -> Iterator[datetime]:
    """Every date that an example gives, as a moment; one without a time of day as the end of its day."""
    for table in tables_of(indicator).values():
        for cells in example.rows.get(table.name, ()):
            yield from (moment for moment in _moments(table, cells).values() if moment is not None)


def _moments(table: Table, cells: Cells) -> dict[str, datetime | None]:
    dated = {name: text for name, text in cells.items() if table.columns[name].kind in _DATED}
    return {name: _as_moment(typed_cell(text, table.columns[name], table)[0]) for name, text in dated.items()}


def _as_moment(value: Value) -> datetime | None:
    match value:
        case Moment(moment, True):
            return moment
        case Moment(moment, False):
            return end_of_day(moment.date())
        case date():
            return end_of_day(value)
        case _:
            return None


def _load(table: Table, setting: _Setting) -> LoadedTable:
    """Load an example's rows of a table; cells that it does not give are made up."""
    columns = tuple(table.columns)
    make = RowMaker(table, {name: place for place, name in enumerate(columns)}, has_key=bool(table.key))
    rows = []
    for number, cells in enumerate(setting.example.rows.get(table.name, ()), start=1):
        is_case = table.name == setting.indicator.table.name and number == 1
        whole = _made_whole(table, cells, number, is_case, setting)
        rows.append(make.row([whole.get(name) for name in columns], ("example", number)))
    return LoadedTable(table, columns, bool(table.key), tuple(rows))


def _made_whole(table: Table, cells: Cells, number: int, is_case: bool, setting: _Setting) -> Cells:
    """Add person, key, joins and required columns to the cells of a row, where they are not given."""
    whole = dict(cells)
    for ours, theirs in _links(table, is_case, setting.indicator):
        whole.setdefault(ours, setting.case.get(theirs) or _filler(table.columns[ours], MADE_UP_PERSON))
    for name in table.key:
        whole.setdefault(name, _filler(table.columns[name], f"made-up {table.name} {number}", number))
    for name, column in table.columns.items():
        if column.required and name not in whole:
            whole[name] = _made_up(table, column, cells, is_case, setting)
    return whole


def _links(table: Table, is_case: bool, indicator: Indicator) -> Iterator[tuple[str, str]]:
    """The columns of a row that must hold what a column of the case holds, for them to belong together."""
    if table.person:
        yield table.person, indicator.table.person or table.person
    for related in indicator.related:
        if is_case:
            yield related.case_column, related.case_column
        elif related.table.name == table.name:
            yield related.row_column, related.case_column


def _filler(column: Column, text: str, number: int = 1) -> str:
    """A made-up cell that is readable in its column, and no date."""
    match column.kind:
        case Kind.INTEGER | Kind.NUMBER:
            return str(number)
        case Kind.BOOLEAN:
            return "no"
        case Kind.MONTH:
            return "2005-01"
        case Kind.DATE | Kind.DATETIME:
            return f"2000-01-{number:02d} 09:00"
        case Kind.TEXT | Kind.CATEGORY | Kind.NULL:
            return next(iter(column.codes), text) if column.codes else text
        case _:
            assert_never(column.kind)


def _made_up(table: Table, column: Column, cells: Cells, is_case: bool, setting: _Setting) -> str:
    if column.kind not in _DATED:
        return _filler(column, "made-up")
    moment = _early(setting) if is_case else _in_time(table, column, cells, setting)
    return min(moment, setting.as_of).isoformat(sep=" ")


def _early(setting: _Setting) -> datetime:
    """A morning before every date of the example; of a stock, a year before its reference day or earlier."""
    days = [moment.date() - timedelta(days=1) for moment in setting.given]
    if setting.reference_day is not None:
        days.append(add_months(setting.reference_day, -12))
    return datetime.combine(min(days, default=SOME_DAY), MORNING)


def _in_time(table: Table, column: Column, cells: Cells, setting: _Setting) -> datetime:
    """Return a date with which a related row counts: at `until`, but not after any date that the row gives.

    Other dates of the row lie before all that the example gives.
    """
    related = next((each for each in setting.indicator.related if each.table.name == table.name), None)
    if related is None or column.name not in (related.date, related.start):
        return _early(setting)
    own = [moment for moment in _moments(table, cells).values() if moment is not None]
    until = _until(related, setting)
    return min([until, *own]) if until is not None else _early(setting)


def _until(related: Related, setting: _Setting) -> datetime | None:
    until = related.until
    if until is None:
        return None
    if not isinstance(until, NamedMoment):
        return _moments(setting.indicator.table, setting.case).get(until)
    match until:
        case NamedMoment.AS_OF:
            return setting.as_of
        case NamedMoment.REFERENCE_DAY:
            return datetime.combine(setting.reference_day or SOME_DAY, MORNING)
        case _:
            assert_never(until)
