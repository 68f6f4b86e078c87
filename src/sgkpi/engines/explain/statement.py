"""The SQL that an indicator becomes, for people: one statement that plain DuckDB runs over typed tables.

It shares nothing with the statements that `compute` runs, so that it can be read: it has the definition's own names,
and takes for granted that every cell can be read and that each key is in one row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from textwrap import wrap
from typing import assert_never

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Column as ColumnNode
from sgkpi.engines.duckdb.ast import Select, Sql, With, Word
from sgkpi.engines.explain.layout import Part, Remark, lay_out, name
from sgkpi.engines.explain.rows import Relations, free, known_rows, merged_spells, related_rows, tables_of
from sgkpi.engines.explain.values import (
    MIDNIGHT,
    TYPES,
    Names,
    by_limit,
    day_of,
    has_time,
    hours_later,
    in_london,
    in_utc,
    lacks_time,
    value_of,
)
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.expressions import Call, ColumnRef, Expression, Kind, children
from sgkpi.model.indicator import Breakdown, Clock, DuePeriod, Indicator, Keep, PeriodColumn, PointInTime
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import JUDGED, NOT_RECORDED, Outcome, Unknown
from sgkpi.model.periods import Month
from sgkpi.model.units import LimitUnit
from sgkpi.planning.columns import expressions_of

_MONTH = Month(2019, 2)
_AS_OF = datetime(2019, 3, 4, 7)
_YEARS_OF_HOLIDAYS = 4
_ASSUMPTIONS = (
    "Codes are spelled as the table's declaration spells them, a month is its first day, and a datetime without a "
    "time of day is at midnight. There are no cells that sgkpi cannot read, and no key is in two rows: their cases "
    "would be unknown. To break the figures down, remove the -- before a column of the last SELECT."
)


def explained_sql(indicator: Indicator, catalogue: Catalogue) -> str:
    """Return the statement that computes an indicator for February 2019, with a comment on how to run it."""
    statement = _Statement(indicator, Relations.of(indicator))
    return f"{_header(statement)}{lay_out(statement.query(working_days_in_england(catalogue.closures)))};\n"


def _header(statement: "_Statement") -> str:
    indicator = statement.indicator
    lines = [f"{indicator.title}, {_MONTH}.", "", "Runs in DuckDB over these tables:"]
    for table in tables_of(indicator):
        wanted = statement.relations.columns_read(table)
        listed = ", ".join(f"{name(column.name)} {TYPES[column.kind]}" for column in wanted)
        lines += wrap(f"{name(table.name)} ({listed})", 100, initial_indent="  ", subsequent_indent="    ")
    lines += wrap(_ASSUMPTIONS, 100)
    return "".join(f"-- {line}".rstrip() + "\n" for line in lines) + "\n"


@dataclass(frozen=True)
class _Statement:
    """The statement of one indicator; each method gives one of its parts."""

    indicator: Indicator
    relations: Relations

    def query(self, working_days: WorkingDays) -> With:
        indicator, relations = self.indicator, self.relations
        parts: dict[str, Part] = {}
        if indicator.is_stock:
            parts[relations.moments] = Part(self._reference_days(), "Change this to ask about another day.")
        else:
            parts[relations.moments] = Part(self._params(), "Change these to ask about other months.")
        if _counts_working_days(indicator):
            first, last = date(_MONTH.year - _YEARS_OF_HOLIDAYS, 1, 1), date(_MONTH.year + 1, 12, 31)
            covers = f"Bank holidays and closure days from {first.year} to {last.year}; add the years that you need."
            parts[relations.holidays] = Part(_holidays(working_days.closed_weekdays(first, last)), covers)
            calendar = _calendar(first, last, relations.holidays)
            parts[relations.calendar] = Part(calendar, "How many working days have passed at the end of each day.")
        for table in dict.fromkeys(related.table for related in indicator.related):
            known = known_rows(relations, table, relations.related_columns(table))
            parts[relations.known(table)] = Part(known, f"The rows of {table.name} as they were known.")
        for related in indicator.related:
            if related.merge_adjacent:
                comment = f"Adjacent spells joined into one, with the other columns of the last ({related.name})."
                parts[relations.merged(related)] = Part(merged_spells(relations, related), comment)
        cases = known_rows(relations, indicator.table, relations.case_columns(), indicator.period)
        still_open = " that are open on the reference day" if indicator.is_stock else ""
        parts[relations.cases] = Part(cases, f"The rows of {indicator.table.name} as they were known{still_open}.")
        because = "; `because` applies to one that is not met or overdue" if indicator.because else ""
        parts[relations.judged] = Part(self._judged(), f"Each case with its outcome{because}.")
        return With(tuple(parts.items()), self._figures())

    def _params(self) -> Select:
        days = (
            ("as_of", sql.moment(_AS_OF)),
            ("first_day", sql.day(_MONTH.first_day)),
            ("last_day", sql.day(_MONTH.last_day)),
        )
        return sql.select(*(sql.alias(value, word) for word, value in days))

    def _reference_days(self) -> Select:
        """The day at which a stock is looked at and, where moments matter, up to when things were known by then."""
        columns = [sql.alias(sql.day(_MONTH.last_day), "reference_day")]
        if self.relations.has_moments:
            last_moment = datetime.combine(_MONTH.last_day, datetime.min.time()) + timedelta(days=1, microseconds=-1)
            moments = (("known_at", min(last_moment, _AS_OF)), ("as_of", _AS_OF))
            columns += [sql.alias(sql.moment(value), word) for word, value in moments]
        return sql.select(*columns)

    def _judged(self) -> Select:
        indicator, relations, names = self.indicator, self.relations, self.relations.names()
        keys = [sql.column(each, relations.cases) for each in indicator.table.key if each not in self._broken_down]
        columns = [*keys, _named(self._period(names), self._result(self._period_name))]
        columns += [_named(_category(each, names), each.name) for each in indicator.by]
        columns.append(sql.alias(self._outcome(names), self._result("outcome")))
        if indicator.because:
            reasons = [(value_of(each.expression, names), sql.text(each.name)) for each in indicator.because]
            columns.append(sql.alias(_first_that_holds(reasons), self._result("because")))
        asked = {"population": indicator.population, "met": indicator.met, "value": indicator.value}
        answers = [sql.alias(value_of(node, names), word) for word, node in asked.items() if node is not None]
        if indicator.value is not None:
            columns.append(sql.column("value", relations.definition))
        query = sql.select(*columns).from_(sql.source(relations.cases, relations.cases))
        if not indicator.is_stock:
            query = query.join(sql.source(relations.moments, relations.moments), kind="cross join")
        for related in indicator.related:
            rows = sql.source(related_rows(relations, related), related.name)
            query = query.join(rows, on=sql.TRUE, kind="left join lateral")
        if indicator.clock is not None:
            clock = sql.source(self._clock(indicator.clock, names), relations.clock)
            query = query.join(clock, kind="cross join lateral")
        if answers:
            query = query.join(sql.source(sql.select(*answers), relations.definition), kind="cross join lateral")
        if not indicator.is_stock:
            for operator, bound in ((">=", "first_day"), ("<=", "last_day")):
                limit = sql.column(bound, relations.moments)
                query = query.where(sql.binary(operator, self._placing_day(names), limit))
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
        return sql.column(word, self.relations.definition)

    @property
    def _period_name(self) -> str:
        return "reference_day" if self.indicator.is_stock else "month"

    def _period(self, names: Names) -> Sql:
        return names.reference_day if self.indicator.is_stock else sql.fn("strftime", self._placing_day(names), "%Y-%m")

    def _placing_day(self, names: Names) -> Sql:
        match self.indicator.period:
            case PeriodColumn(column):
                ref = ColumnRef(column, self.indicator.table.columns[column].kind)
                return day_of(ref, value_of(ref, names))
            case DuePeriod():
                return self._clock_day("due")
            case PointInTime():
                return names.reference_day
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

    @property
    def _by_hours(self) -> bool:
        """Whether the clock compares moments, and not days."""
        clock = self.indicator.clock
        if clock is None or clock.limit is None:
            return clock is not None and clock.due is not None and clock.due.kind is Kind.DATETIME
        return clock.limit.unit is LimitUnit.HOURS

    def _clock(self, clock: Clock, names: Names) -> Select:
        """The clock's start, stop and due, as known; in UTC too where moments are compared."""
        columns: dict[str, Sql] = {}
        if clock.start is not None:
            columns["start"] = value_of(clock.start, names)
        if clock.stop is not None:
            stop = value_of(clock.stop, names)
            planned = names.tables[clock.stop.related].columns[clock.stop.column].planned
            known = sql.binary("<=", stop, names.known_on(clock.stop.kind))
            columns["stop"] = sql.when(known, stop) if planned else stop
        if clock.due is not None:
            columns["due"] = value_of(clock.due, names)
        elif clock.limit is not None and clock.start is not None and not self._by_hours:
            columns["due"] = by_limit(day_of(clock.start, columns["start"]), Kind.DATE, clock.limit, names)
        if self._by_hours:
            columns |= {f"{word}_utc": in_utc(value) for word, value in columns.items()}
            if clock.limit is not None:
                columns["due_utc"] = hours_later(columns["start_utc"], clock.limit.amount)
                if clock.stop is None or isinstance(self.indicator.period, DuePeriod):
                    columns["due"] = in_london(columns["due_utc"])
        return sql.select(*(sql.alias(value, word) for word, value in columns.items()))

    def _clock_column(self, word: str) -> Sql:
        return sql.column(word, self.relations.clock)

    def _clock_utc(self, word: str) -> Sql:
        return sql.column(f"{word}_utc", self.relations.clock)

    def _clock_day(self, word: str) -> Sql:
        clock = self.indicator.clock
        part = getattr(clock, word)  # due is None for a clock with a limit
        is_day = part.kind is Kind.DATE if part is not None else not self._by_hours
        return self._clock_column(word) if is_day else sql.cast(self._clock_column(word), "DATE")

    def _by_clock(self, clock: Clock, names: Names) -> tuple[list[tuple[Sql, Sql]], Outcome]:
        """Return what the clock says, and the outcome that is left when none of it holds."""
        branches: list[tuple[Sql, Sql]] = []
        if clock.start is not None:
            no_start = _unknown(Unknown.NO_START) if clock.stop is not None else sql.text(Outcome.OVERDUE)
            branches.append((sql.is_null(self._clock_column("start")), no_start))
        if clock.due is not None or (clock.limit and clock.limit.unit is LimitUnit.WORKING_DAYS):
            branches.append((sql.is_null(self._clock_column("due")), _unknown(Unknown.NO_DUE)))
        lacking = self._lacking_time(clock, names) if self._by_hours else []
        if lacking:
            branches.append((sql.or_(lacking), _unknown(Unknown.NO_TIME_OF_DAY)))
        if clock.stop is None:
            in_date = sql.binary("<=", names.reference_day, self._clock_day("due"))
            return [*branches, (in_date, sql.text(Outcome.MET))], Outcome.OVERDUE
        at = self._clock_utc if self._by_hours else self._clock_day
        if clock.start is not None:
            branches.append((sql.binary("<", at("stop"), at("start")), _unknown(Unknown.STOP_BEFORE_START)))
        branches.append((sql.binary("<=", at("stop"), at("due")), sql.text(Outcome.MET)))
        branches.append((sql.is_not_null(self._clock_column("stop")), sql.text(Outcome.NOT_MET)))
        known = in_utc(names.known_at) if self._by_hours else names.known_on(Kind.DATE)
        branches.append((sql.binary("<", at("due"), known), sql.text(Outcome.OVERDUE)))
        return branches, Outcome.NOT_DUE

    def _lacking_time(self, clock: Clock, names: Names) -> list[Sql]:
        """Return the conditions under which start, stop or due is a moment without a time of day."""
        found = []
        for word, part in (("start", clock.start), ("stop", clock.stop)):
            if part is not None and part.kind is Kind.DATE:
                found.append(sql.is_not_null(self._clock_column(word)))
            elif part is not None and has_time(part, names) != sql.TRUE:
                found.append(sql.eq(sql.cast(self._clock_column(word), "TIME"), MIDNIGHT))
        due = lacks_time(clock.due, names) if clock.due is not None else None
        return found if due is None else [*found, due]

    def _figures(self) -> Select:
        """One row for each period, with the columns of a figure."""
        outcome, is_proportion = sql.column(self._result("outcome")), self.indicator.measure is Measure.PROPORTION
        told = (*JUDGED, Outcome.NOT_DUE) if is_proportion else (Outcome.COUNTED, Outcome.NOT_DUE)
        counted = {each: sql.eq(outcome, sql.text(each)) for each in told}
        counted |= {each: sql.fn("starts_with", outcome, each) for each in (Outcome.UNKNOWN, Outcome.EXCLUDED)}
        columns: list[Sql] = [sql.column(self._result(self._period_name))]
        columns += [Remark(sql.column(each)) for each in self._broken_down]
        columns += [sql.alias(sql.count_where(holds), self._result(each)) for each, holds in counted.items()]
        columns.append(sql.alias(self._figure(sql.eq(outcome, sql.text(Outcome.COUNTED))), "figure"))
        figures = sql.select(*columns).from_(sql.source(self.relations.judged, self.relations.judged))
        return figures.group_by(Word("ALL")).order_by(Word("ALL"))

    def _figure(self, counted: Sql) -> Sql:
        match self.indicator.measure:
            case Measure.PROPORTION:
                met, *failed = (sql.column(self._result(each)) for each in JUDGED)
                return sql.binary("/", met, sql.fn("nullif", reduce(sql.add, failed, met), 0))
            case Measure.COUNT:
                return sql.column(self._result(Outcome.COUNTED))
            case Measure.MEAN:
                aggregate = "avg"
            case Measure.MEDIAN:
                aggregate = "median"
            case Measure.MAXIMUM:
                aggregate = "max"
            case _:
                assert_never(self.indicator.measure)
        return sql.filtered(sql.fn(aggregate, sql.column("value")), counted)


def _holidays(days: Iterable[date]) -> Select:
    listed = sql.fn("list_value", *(day.isoformat() for day in days))
    return sql.select(sql.alias(sql.cast(sql.fn("unnest", listed), "DATE"), "day"))


def _calendar(first: date, last: date, holidays: str) -> Select:
    day = sql.column("day")
    every = sql.fn("unnest", sql.fn("generate_series", sql.day(first), sql.day(last), sql.interval(1, "DAY")))
    days = sql.source(sql.select(sql.alias(sql.cast(every, "DATE"), "day")), "days")
    closed = sql.in_query(day, sql.select(day).from_(sql.source(holidays, holidays)))
    is_working = sql.and_([sql.binary("<", sql.fn("isodow", day), sql.number(6)), sql.not_(closed)])
    told = sql.source(sql.select(day, sql.alias(is_working, "is_working")).from_(days), "days")
    passed = sql.window(sql.fn("sum", sql.cast(sql.column("is_working"), "INTEGER")), order=[sql.ascending(day)])
    return sql.select(sql.STAR, sql.alias(passed, "working_days")).from_(told)


def _first_that_holds(branches: Sequence[tuple[Sql, Sql]]) -> Sql:
    """Return the value of the first condition that holds; the last may be one that always does."""
    if branches[-1][0] == sql.TRUE:
        return sql.case(branches[:-1], branches[-1][1])
    return sql.case(branches, sql.NULL)


def _named(value: Sql, called: str) -> Sql:
    return value if isinstance(value, ColumnNode) and value.name == called else sql.alias(value, called)


def _unknown(reason: Unknown) -> Sql:
    return sql.text(f"{Outcome.UNKNOWN}: {reason}")


def _category(breakdown: Breakdown, names: Names) -> Sql:
    value, kind = value_of(breakdown.expression, names), breakdown.expression.kind
    if breakdown.bands:
        labels = breakdown.codes[-len(breakdown.bands) :]
        below = breakdown.codes[0] if len(labels) < len(breakdown.codes) else f"under {breakdown.bands[0]}"
        bands = [
            (sql.binary(">=", value, Word(f"{lower:f}")), sql.text(label))
            for lower, label in zip(reversed(breakdown.bands), reversed(labels), strict=True)
        ]
        return sql.case([(sql.is_null(value), sql.text(NOT_RECORDED)), *bands], sql.text(below))
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
    if any(limit is not None and limit.unit is LimitUnit.WORKING_DAYS for limit in limits):
        return True
    wheres = (each.where for each in indicator.related if each.where is not None)
    return any(map(_calls_working_days, (*expressions_of(indicator), *wheres)))


def _calls_working_days(node: Expression) -> bool:
    own = isinstance(node, Call) and node.function == "working_days_between"
    return own or any(map(_calls_working_days, children(node)))
