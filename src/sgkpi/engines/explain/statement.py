"""The SQL that an indicator becomes, for people: one statement that plain DuckDB runs over typed tables.

It shares nothing with the statements that `compute` runs, so that it can be read: it has the definition's own names,
and takes for granted that every cell can be read and that each key is in one row.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from textwrap import wrap
from typing import assert_never

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Column as ColumnNode
from sgkpi.engines.duckdb.ast import Select, Sql, Word
from sgkpi.engines.explain import values
from sgkpi.engines.explain.layout import Remark, lay_out_with, name
from sgkpi.engines.explain.rows import Relations, free, known_rows, merged_spells, related_rows, relation
from sgkpi.engines.explain.values import Names, as_date, day_of, value_of
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.expressions import Call, ColumnRef, Expression, Kind, children
from sgkpi.model.indicator import Breakdown, Clock, DuePeriod, Indicator, Keep, PeriodColumn, PointInTime
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import JUDGED, NOT_RECORDED, Outcome, Unknown
from sgkpi.model.periods import Month, end_of_day
from sgkpi.model.units import LimitUnit
from sgkpi.planning.columns import expressions_of

_MONTH = Month(2019, 2)
_AS_OF = datetime(2019, 3, 4, 7)
_YEARS_OF_HOLIDAYS = 4
_AGGREGATES = {Measure.MEAN: "avg", Measure.MEDIAN: "median", Measure.MAXIMUM: "max"}
_ASSUMPTIONS = (
    "Codes are spelled as the table's declaration spells them, a month is its first day, and a datetime without a "
    "time of day is at midnight. There are no cells that sgkpi cannot read, and no key is in two rows: their cases "
    "would be unknown. To break the figures down, remove the -- before a column of the last SELECT."
)


def explained_sql(indicator: Indicator, catalogue: Catalogue) -> str:
    """Return the statement that computes an indicator for February 2019, with a comment on how to run it."""
    relations = Relations(indicator)
    lines = [f"{indicator.title}, {_MONTH}.", "", "Runs in DuckDB over these tables:"]
    for table in relations.tables:
        wanted = [
            each for each in table.columns.values() if each in relations.columns(table) or each.name == table.recorded
        ]
        listed = ", ".join(f"{name(each.name)} {values.TYPES[each.kind]}" for each in wanted)
        lines += wrap(f"{name(table.name)} ({listed})", 100, initial_indent="  ", subsequent_indent="    ")
    header = "".join(f"-- {line}".rstrip() + "\n" for line in [*lines, *wrap(_ASSUMPTIONS, 100)])
    statement = _Statement(indicator, relations)
    parts = statement.parts(working_days_in_england(catalogue.closures))
    return f"{header}\n{lay_out_with(parts, statement.figures())};\n"


@dataclass(frozen=True)
class _Statement:
    """The statement of one indicator; each method gives one of its parts."""

    indicator: Indicator
    relations: Relations

    def parts(self, working_days: WorkingDays) -> Iterator[tuple[str, str, Select]]:
        """Yield the name of each part, a comment on it, and its query."""
        indicator, relations = self.indicator, self.relations
        change = "this to ask about another day" if indicator.is_stock else "these to ask about other months"
        yield relations.moments, f"Change {change}.", self._moments()
        if _counts_working_days(indicator):
            first, last = date(_MONTH.year - _YEARS_OF_HOLIDAYS, 1, 1), date(_MONTH.year + 1, 12, 31)
            covers = f"Bank holidays and closure days from {first.year} to {last.year}; add the years that you need."
            holidays = relations.named("holidays")
            yield holidays, covers, _holidays(working_days.closed_weekdays(first, last))
            comment = "How many working days have passed at the end of each day."
            yield relations.named("calendar"), comment, _calendar(first, last, holidays)
        for table in dict.fromkeys(related.table for related in indicator.related):
            known = known_rows(relations, table)
            yield relations.named(f"known_{table.name}"), f"The rows of {table.name} as they were known.", known
        for related in indicator.related:
            if related.merge_adjacent:
                comment = f"Adjacent spells joined into one, with the other columns of the last ({related.name})."
                yield relations.named(f"merged_{related.name}"), comment, merged_spells(relations, related)
        cases = known_rows(relations, indicator.table, as_cases=True)
        still_open = " that are open on the reference day" if indicator.is_stock else ""
        yield relations.cases, f"The rows of {indicator.table.name} as they were known{still_open}.", cases
        because = "; `because` applies to one that is not met or overdue" if indicator.because else ""
        yield relations.named("judged"), f"Each case with its outcome{because}.", self._judged()

    def _moments(self) -> Select:
        """Return as-of time and month; of a stock its day and, where moments matter, up to when things were known."""
        as_of = sql.alias(sql.moment(_AS_OF), "as_of")
        if not self.indicator.is_stock:
            days = (("first_day", _MONTH.first_day), ("last_day", _MONTH.last_day))
            return sql.select(as_of, *(sql.alias(sql.day(day), word) for word, day in days))
        day = sql.select(sql.alias(sql.day(_MONTH.last_day), "reference_day"))
        known_at = sql.moment(min(end_of_day(_MONTH.last_day), _AS_OF))
        return day.select(sql.alias(known_at, "known_at"), as_of) if self.relations.has_moments else day

    def _judged(self) -> Select:
        indicator, relations, names = self.indicator, self.relations, self.relations.names()
        keys = [sql.column(each, relations.cases) for each in indicator.table.key if each not in self._broken_down]
        placing, is_stock = self._placing_day(names), indicator.is_stock
        period = placing if is_stock else sql.fn("strftime", placing, "%Y-%m")
        columns = [*keys, _named(period, self._result(self._period_name))]
        columns += [_named(_category(each, names), each.name) for each in indicator.by]
        columns.append(sql.alias(self._outcome(names), self._result("outcome")))
        if indicator.because:
            reasons = [(value_of(each.expression, names), sql.text(each.name)) for each in indicator.because]
            *others, (condition, last) = reasons
            because = sql.case(others, last) if condition == sql.TRUE else sql.case(reasons, sql.NULL)
            columns.append(sql.alias(because, self._result("because")))
        asked = {"population": indicator.population, "met": indicator.met, "value": indicator.value}
        answers = [sql.alias(value_of(node, names), word) for word, node in asked.items() if node is not None]
        if indicator.value is not None:
            columns.append(self._answer("value"))
        query = sql.select(*columns).from_(relation(relations.cases))
        if not is_stock:
            query = query.join(relation(relations.moments), kind="cross join")
        for related in indicator.related:
            rows = sql.source(related_rows(relations, related), related.name)
            query = query.join(rows, on=sql.TRUE, kind="left join lateral")
        if indicator.clock is not None:
            clock = sql.source(self._clock(indicator.clock, names), relations.named("clock"))
            query = query.join(clock, kind="cross join lateral")
        if answers:
            definition = sql.source(sql.select(*answers), relations.named("definition"))
            query = query.join(definition, kind="cross join lateral")
        if not is_stock:
            for operator, bound in ((">=", "first_day"), ("<=", "last_day")):
                query = query.where(sql.binary(operator, placing, sql.column(bound, relations.moments)))
        if indicator.population is not None:
            query = query.where(sql.fn("coalesce", self._answer("population"), sql.TRUE))
        return query

    @property
    def _broken_down(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.indicator.by)

    def _result(self, word: str) -> str:
        """Return what a column of the result is called beside keys and breakdowns."""
        return free(word, (*self._broken_down, *self.indicator.table.key))

    def _answer(self, word: str) -> Sql:
        return sql.column(word, self.relations.named("definition"))

    @property
    def _period_name(self) -> str:
        return "reference_day" if self.indicator.is_stock else "month"

    def _placing_day(self, names: Names) -> Sql:
        match self.indicator.period:
            case PeriodColumn(column):
                ref = ColumnRef(column, self.indicator.table.columns[column].kind)
                return day_of(ref, value_of(ref, names))
            case DuePeriod():
                return self._due_day(self.indicator.clock) if self.indicator.clock else sql.NULL
            case PointInTime():
                return names.day
            case _:
                assert_never(self.indicator.period)

    def _outcome(self, names: Names) -> Sql:
        """Return the outcome of a case; its questions are asked in the order that docs/figures.md gives."""
        indicator = self.indicator
        several = [
            sql.binary(">", sql.column(self.relations.beside(each.table, "rows_found"), each.name), sql.number(1))
            for each in indicator.related
            if each.keep is Keep.ONLY
        ]
        branches = [(sql.or_(several), _unknown(Unknown.MORE_THAN_ONE))] if several else []
        if indicator.population is not None:
            branches.append((sql.is_null(self._answer("population")), _unknown(Unknown.POPULATION)))
        branches += [
            (value_of(each.expression, names), sql.text(f"{Outcome.EXCLUDED}: {each.name}"))
            for each in indicator.exclude
        ]
        if indicator.not_due is not None:
            branches.append((value_of(indicator.not_due, names), sql.text(Outcome.NOT_DUE)))
        match indicator.measure:
            case Measure.COUNT:
                otherwise = Outcome.COUNTED
            case Measure.MEAN | Measure.MEDIAN | Measure.MAXIMUM:
                branches.append((sql.is_null(self._answer("value")), _unknown(Unknown.VALUE)))
                otherwise = Outcome.COUNTED
            case Measure.PROPORTION if indicator.clock is not None and indicator.met is None:
                judged, otherwise = self._by_clock(indicator.clock, names)
                branches += judged
            case Measure.PROPORTION:
                branches.append((self._answer("met"), sql.text(Outcome.MET)))
                branches.append((sql.is_null(self._answer("met")), _unknown(Unknown.MET)))
                otherwise = Outcome.NOT_MET
            case _:
                assert_never(indicator.measure)
        return sql.case(branches, sql.text(otherwise))

    def _clock(self, clock: Clock, names: Names) -> Select:
        """Return the clock's start, stop and due as known: days or, where moments are compared, in UTC too."""
        by_hours, limit = clock.runs_by_hours, clock.limit
        columns: dict[str, Sql] = {}
        for word, part in (("start", clock.start), ("stop", clock.stop), ("due", clock.due)):
            if part is not None:
                value = value_of(part, names)
                columns[word] = value if by_hours else day_of(part, value)
        stop = clock.stop
        if stop is not None and names.tables[stop.related].columns[stop.column].planned:
            known = sql.binary("<=", value_of(stop, names), names.known_on(stop.kind))
            columns["stop"] = sql.when(known, columns["stop"])
        if by_hours:
            columns |= {f"{word}_utc": values.in_utc(value) for word, value in columns.items()}
        if limit is not None and by_hours:
            columns["due_utc"] = values.hours_later(columns["start_utc"], limit.amount)
            if clock.stop is None or isinstance(self.indicator.period, DuePeriod):
                columns["due"] = values.in_london(columns["due_utc"])
        elif limit is not None:
            columns["due"] = values.by_limit(columns["start"], Kind.DATE, limit, names)
        return sql.select(*(sql.alias(value, word) for word, value in columns.items()))

    def _clock_column(self, word: str) -> Sql:
        return sql.column(word, self.relations.named("clock"))

    def _due_day(self, clock: Clock) -> Sql:
        due = self._clock_column("due")
        return as_date(due) if clock.runs_by_hours else due

    def _by_clock(self, clock: Clock, names: Names) -> tuple[list[tuple[Sql, Sql]], Outcome]:
        """Return what the clock says, and the outcome that is left when none of it holds."""
        by_hours, branches = clock.runs_by_hours, list[tuple[Sql, Sql]]()
        if clock.start is not None:
            no_start = _unknown(Unknown.NO_START) if clock.stop is not None else sql.text(Outcome.OVERDUE)
            branches.append((sql.is_null(self._clock_column("start")), no_start))
        if clock.due is not None or (clock.limit and clock.limit.unit is LimitUnit.WORKING_DAYS):
            branches.append((sql.is_null(self._clock_column("due")), _unknown(Unknown.NO_DUE)))
        if by_hours and (lacking := self._lacking_time(clock, names)):
            branches.append((sql.or_(lacking), _unknown(Unknown.NO_TIME_OF_DAY)))
        if clock.stop is None:
            in_date = sql.binary("<=", names.day, self._due_day(clock))
            return [*branches, (in_date, sql.text(Outcome.MET))], Outcome.OVERDUE
        words = ("start_utc", "stop_utc", "due_utc") if by_hours else ("start", "stop", "due")
        start, stop, due = map(self._clock_column, words)
        if clock.start is not None:
            branches.append((sql.binary("<", stop, start), _unknown(Unknown.STOP_BEFORE_START)))
        known = values.in_utc(names.known_at) if by_hours else names.known_on(Kind.DATE)
        branches += [
            (sql.binary("<=", stop, due), sql.text(Outcome.MET)),
            (sql.is_not_null(self._clock_column("stop")), sql.text(Outcome.NOT_MET)),
            (sql.binary("<", due, known), sql.text(Outcome.OVERDUE)),
        ]
        return branches, Outcome.NOT_DUE

    def _lacking_time(self, clock: Clock, names: Names) -> list[Sql]:
        """Return the conditions under which start, stop or due is a moment without a time of day."""
        found = [values.lacks_time(clock.due, names)] if clock.due is not None else []
        for word, part in (("stop", clock.stop), ("start", clock.start)):
            if part is not None and values.has_time(part, names) != sql.TRUE:
                column = self._clock_column(word)
                is_midnight = sql.eq(sql.cast(column, "TIME"), values.MIDNIGHT)
                found.insert(0, sql.is_not_null(column) if part.kind is Kind.DATE else is_midnight)
        return [each for each in found if each != sql.FALSE]

    def figures(self) -> Select:
        """Return one row for each period, with the columns of a figure."""
        outcome, is_proportion = sql.column(self._result("outcome")), self.indicator.measure is Measure.PROPORTION
        told = (*JUDGED, Outcome.NOT_DUE) if is_proportion else (Outcome.COUNTED, Outcome.NOT_DUE)
        counted = {each: sql.eq(outcome, sql.text(each)) for each in told}
        counted |= {each: sql.fn("starts_with", outcome, each) for each in (Outcome.UNKNOWN, Outcome.EXCLUDED)}
        columns: list[Sql] = [sql.column(self._result(self._period_name))]
        columns += [Remark(sql.column(each)) for each in self._broken_down]
        columns += [sql.alias(sql.count_where(holds), self._result(each)) for each, holds in counted.items()]
        columns.append(sql.alias(self._figure(sql.eq(outcome, sql.text(Outcome.COUNTED))), "figure"))
        figures = sql.select(*columns).from_(relation(self.relations.named("judged")))
        return figures.group_by(Word("ALL")).order_by(Word("ALL"))

    def _figure(self, counted: Sql) -> Sql:
        match self.indicator.measure:
            case Measure.PROPORTION:
                met, *failed = (sql.column(self._result(each)) for each in JUDGED)
                return sql.binary("/", met, sql.fn("nullif", reduce(sql.add, failed, met), 0))
            case Measure.COUNT:
                return sql.column(self._result(Outcome.COUNTED))
            case Measure.MEAN | Measure.MEDIAN | Measure.MAXIMUM as measure:
                return sql.filtered(sql.fn(_AGGREGATES[measure], sql.column("value")), counted)
            case _:
                assert_never(self.indicator.measure)


def _holidays(days: Iterable[date]) -> Select:
    listed = sql.fn("list_value", *(day.isoformat() for day in days))
    return sql.select(sql.alias(as_date(sql.fn("unnest", listed)), "day"))


def _calendar(first: date, last: date, holidays: str) -> Select:
    day = sql.column("day")
    every = sql.fn("unnest", sql.fn("generate_series", sql.day(first), sql.day(last), sql.interval(1, "DAY")))
    days = sql.source(sql.select(sql.alias(as_date(every), "day")), "days")
    closed = sql.in_query(day, sql.select(day).from_(relation(holidays)))
    is_working = sql.and_([sql.binary("<", sql.fn("isodow", day), sql.number(6)), sql.not_(closed)])
    told = sql.source(sql.select(day, sql.alias(is_working, "is_working")).from_(days), "days")
    passed = sql.window(sql.fn("sum", sql.cast(sql.column("is_working"), "INTEGER")), order=[sql.ascending(day)])
    return sql.select(sql.STAR, sql.alias(passed, "working_days")).from_(told)


def _named(value: Sql, called: str) -> Sql:
    return value if isinstance(value, ColumnNode) and value.name == called else sql.alias(value, called)


def _unknown(reason: Unknown) -> Sql:
    return sql.text(f"{Outcome.UNKNOWN}: {reason}")


def _category(breakdown: Breakdown, names: Names) -> Sql:
    value, kind = value_of(breakdown.expression, names), breakdown.expression.kind
    if breakdown.bands:
        labels = breakdown.codes[-len(breakdown.bands) :]
        below = breakdown.codes[0] if len(labels) < len(breakdown.codes) else f"under {breakdown.bands[0]}"
        lowers = [sql.binary(">=", value, Word(f"{lower:f}")) for lower in breakdown.bands]
        bands = [*zip(lowers, map(sql.text, labels), strict=True)]
        return sql.case([(sql.is_null(value), sql.text(NOT_RECORDED)), *reversed(bands)], sql.text(below))
    match kind:
        case Kind.BOOLEAN:
            return sql.case([(value, sql.text("yes")), (sql.not_(value), sql.text("no"))], sql.text(NOT_RECORDED))
        case Kind.TEXT | Kind.CATEGORY:
            text = value
        case Kind.MONTH:
            text = sql.fn("strftime", value, "%Y-%m")
        case Kind.INTEGER | Kind.NUMBER | Kind.DATE | Kind.DATETIME | Kind.NULL:
            text = sql.cast(value, "VARCHAR")
        case _:
            assert_never(kind)
    return sql.fn("coalesce", text, sql.text(NOT_RECORDED))


def _counts_working_days(indicator: Indicator) -> bool:
    limits = [indicator.clock.limit if indicator.clock else None, *(each.within for each in indicator.related)]
    wheres = (each.where for each in indicator.related if each.where is not None)
    calls = any(map(_calls_working_days, (*expressions_of(indicator), *wheres)))
    return calls or any(limit is not None and limit.unit is LimitUnit.WORKING_DAYS for limit in limits)


def _calls_working_days(node: Expression) -> bool:
    own = isinstance(node, Call) and node.function == "working_days_between"
    return own or any(map(_calls_working_days, children(node)))
