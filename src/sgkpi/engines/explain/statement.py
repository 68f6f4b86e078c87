"""The SQL that an indicator becomes, for people: one statement that plain DuckDB runs over typed tables.

It shares nothing with the statements that `compute` runs, so that it can be read: it has the definition's own names,
and takes for granted that every cell can be read and that each key is in one row.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import partial, reduce
from textwrap import wrap
from typing import assert_never

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Column as ColumnNode
from sgkpi.engines.duckdb.ast import Select, Sql, Word
from sgkpi.engines.explain import values
from sgkpi.engines.explain.layout import Remark, lay_out_with, name
from sgkpi.engines.explain.rows import columns_of, known_rows, merged_spells, related_rows
from sgkpi.engines.explain.values import Names, as_date, day_of, free, relation, value_of
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
    names = Names(indicator)
    lines = [f"{indicator.title}, {_MONTH}.", "", "Runs in DuckDB over these tables:"]
    for table in names.tables:
        read = {table.recorded, *(each.name for each in columns_of(indicator, table))}
        if table == indicator.table and isinstance(indicator.period, PointInTime):
            read |= {indicator.period.start, indicator.period.end}
        wanted = (each for each in table.columns.values() if each.name in read)
        listed = ", ".join(f"{name(each.name)} {values.TYPES[each.kind]}" for each in wanted)
        lines += wrap(f"{name(table.name)} ({listed})", 100, initial_indent="  ", subsequent_indent="    ")
    header = "".join(f"-- {line}".rstrip() + "\n" for line in [*lines, *wrap(_ASSUMPTIONS, 100)])
    parts = _parts(names, working_days_in_england(catalogue.closures))
    return f"{header}\n{lay_out_with(parts, _figures(names))};\n"


def _parts(names: Names, working_days: WorkingDays) -> Iterator[tuple[str, str, Select]]:
    """Yield the name of each part, a comment on it, and its query."""
    indicator = names.indicator
    other = "another day" if indicator.is_stock else "other months"
    yield names.named("params"), f"Change these to ask about {other}.", _params(names)
    if _counts_working_days(indicator):
        first, last = date(_MONTH.year - _YEARS_OF_HOLIDAYS, 1, 1), date(_MONTH.year + 1, 12, 31)
        covers = f"Bank holidays and closure days from {first.year} to {last.year}; add the years that you need."
        holidays = names.named("holidays")
        yield holidays, covers, _holidays(working_days.closed_weekdays(first, last))
        comment = "How many working days have passed at the end of each day."
        yield names.named("calendar"), comment, _calendar(first, last, holidays)
    for table in dict.fromkeys(related.table for related in indicator.related):
        known = known_rows(names, table)
        yield names.named(f"known_{table.name}"), f"The rows of {table.name} as they were known.", known
    for related in indicator.related:
        if related.merge_adjacent:
            comment = f"Adjacent spells joined into one, with the other columns of the last ({related.name})."
            yield names.named(f"merged_{related.name}"), comment, merged_spells(names, related)
    cases = known_rows(names, indicator.table, as_cases=True)
    still_open = " that are open on the reference day" if indicator.is_stock else ""
    yield names.named("cases"), f"The rows of {indicator.table.name} as they were known{still_open}.", cases
    because = "; `because` applies to one that is not met or overdue" if indicator.because else ""
    yield names.named("judged"), f"Each case with its outcome{because}.", _judged(names)


def _params(names: Names) -> Select:
    moments = {"as_of": sql.moment(_AS_OF)}
    if names.indicator.is_stock:
        moments["known_at"] = sql.moment(min(end_of_day(_MONTH.last_day), _AS_OF))
        moments["reference_day"] = sql.day(_MONTH.last_day)
    else:
        moments |= {"first_day": sql.day(_MONTH.first_day), "last_day": sql.day(_MONTH.last_day)}
    return sql.select(*(sql.alias(value, names.moment(word)) for word, value in moments.items()))


def _judged(names: Names) -> Select:
    indicator = names.indicator
    keys = [names.column(each) for each in indicator.table.key if each not in names.breakdowns]
    placing, is_stock = _placing_day(names), indicator.is_stock
    period = placing if is_stock else sql.fn("strftime", placing, "%Y-%m")
    columns = [*keys, _named(period, names.period)]
    columns += [_named(_category(each, names), each.name) for each in indicator.by]
    columns.append(sql.alias(_outcome(names), names.result("outcome")))
    if indicator.because:
        reasons = [(value_of(each.expression, names), sql.text(each.name)) for each in indicator.because]
        *others, (condition, last) = reasons
        because = sql.case(others, last) if condition == sql.TRUE else sql.case(reasons, sql.NULL)
        columns.append(sql.alias(because, names.result("because")))
    asked = {"population": indicator.population, "met": indicator.met, "value": indicator.value}
    answers = [sql.alias(value_of(node, names), word) for word, node in asked.items() if node is not None]
    if indicator.value is not None:
        columns.append(names.of("definition", "value"))
    query = sql.select(*columns).from_(relation(names.named("cases")))
    query = query.join(relation(names.named("params")), kind="cross join")
    for related in indicator.related:
        rows = sql.source(related_rows(names, related), related.name)
        query = query.join(rows, on=sql.TRUE, kind="left join lateral")
    if indicator.clock is not None:
        clock = sql.source(_clock(indicator.clock, names), names.named("clock"))
        query = query.join(clock, kind="cross join lateral")
    if answers:
        definition = sql.source(sql.select(*answers), names.named("definition"))
        query = query.join(definition, kind="cross join lateral")
    if not is_stock:
        for operator, bound in ((">=", "first_day"), ("<=", "last_day")):
            query = query.where(sql.binary(operator, placing, names.of("params", names.moment(bound))))
    if indicator.population is not None:
        query = query.where(sql.fn("coalesce", names.of("definition", "population"), sql.TRUE))
    return query


def _placing_day(names: Names) -> Sql:
    match names.indicator.period:
        case PeriodColumn(column):
            ref = ColumnRef(column, names.indicator.table.columns[column].kind)
            return day_of(ref, value_of(ref, names))
        case DuePeriod():
            return _due_day(names.indicator.clock, names) if names.indicator.clock else sql.NULL
        case PointInTime():
            return names.day
        case _:
            assert_never(names.indicator.period)


def _outcome(names: Names) -> Sql:
    """Return the outcome of a case; its questions are asked in the order that docs/figures.md gives."""
    indicator = names.indicator
    several = [
        sql.binary(">", names.column(free("rows_found", each.table.columns), each.name), sql.number(1))
        for each in indicator.related
        if each.keep is Keep.ONLY
    ]
    branches = [(sql.or_(several), _unknown(Unknown.MORE_THAN_ONE))] if several else []
    if indicator.population is not None:
        branches.append((sql.is_null(names.of("definition", "population")), _unknown(Unknown.POPULATION)))
    branches += [
        (value_of(each.expression, names), sql.text(f"{Outcome.EXCLUDED}: {each.name}")) for each in indicator.exclude
    ]
    if indicator.not_due is not None:
        branches.append((value_of(indicator.not_due, names), sql.text(Outcome.NOT_DUE)))
    match indicator.measure:
        case Measure.COUNT:
            otherwise = Outcome.COUNTED
        case Measure.MEAN | Measure.MEDIAN | Measure.MAXIMUM:
            branches.append((sql.is_null(names.of("definition", "value")), _unknown(Unknown.VALUE)))
            otherwise = Outcome.COUNTED
        case Measure.PROPORTION if indicator.clock is not None and indicator.met is None:
            judged, otherwise = _by_clock(indicator.clock, names)
            branches += judged
        case Measure.PROPORTION:
            branches.append((names.of("definition", "met"), sql.text(Outcome.MET)))
            branches.append((sql.is_null(names.of("definition", "met")), _unknown(Unknown.MET)))
            otherwise = Outcome.NOT_MET
        case _:
            assert_never(indicator.measure)
    return sql.case(branches, sql.text(otherwise))


def _clock(clock: Clock, names: Names) -> Select:
    """Return the clock's start, stop and due as known: days or, where moments are compared, in UTC too."""
    by_hours, limit = clock.runs_by_hours, clock.limit
    columns: dict[str, Sql] = {}
    for word, part in (("start", clock.start), ("stop", clock.stop), ("due", clock.due)):
        if part is not None:
            value = value_of(part, names)
            columns[word] = value if by_hours else day_of(part, value)
    stop = clock.stop
    if stop is not None and names.table(stop.related).columns[stop.column].planned:
        known = sql.binary("<=", value_of(stop, names), names.known_on(stop.kind))
        columns["stop"] = sql.when(known, columns["stop"])
    if by_hours:
        columns |= {f"{word}_utc": values.in_utc(value) for word, value in columns.items()}
    if limit is not None and by_hours:
        columns["due_utc"] = values.hours_later(columns["start_utc"], limit.amount)
        if clock.stop is None or isinstance(names.indicator.period, DuePeriod):
            columns["due"] = values.in_london(columns["due_utc"])
    elif limit is not None:
        columns["due"] = values.by_limit(columns["start"], Kind.DATE, limit, names)
    return sql.select(*(sql.alias(value, word) for word, value in columns.items()))


def _due_day(clock: Clock, names: Names) -> Sql:
    due = names.of("clock", "due")
    return as_date(due) if clock.runs_by_hours else due


def _by_clock(clock: Clock, names: Names) -> tuple[list[tuple[Sql, Sql]], Outcome]:
    """Return the outcomes that the clock gives with their conditions, and the outcome when none holds."""
    by_hours, branches = clock.runs_by_hours, list[tuple[Sql, Sql]]()
    if clock.start is not None:
        no_start = _unknown(Unknown.NO_START) if clock.stop is not None else sql.text(Outcome.OVERDUE)
        branches.append((sql.is_null(names.of("clock", "start")), no_start))
    if clock.due is not None or (clock.limit and clock.limit.unit is LimitUnit.WORKING_DAYS):
        branches.append((sql.is_null(names.of("clock", "due")), _unknown(Unknown.NO_DUE)))
    if by_hours and (lacking := _lacking_time(clock, names)):
        branches.append((sql.or_(lacking), _unknown(Unknown.NO_TIME_OF_DAY)))
    if clock.stop is None:
        in_date = sql.binary("<=", names.day, _due_day(clock, names))
        return [*branches, (in_date, sql.text(Outcome.MET))], Outcome.OVERDUE
    words = ("start_utc", "stop_utc", "due_utc") if by_hours else ("start", "stop", "due")
    start, stop, due = map(partial(names.of, "clock"), words)
    if clock.start is not None:
        branches.append((sql.binary("<", stop, start), _unknown(Unknown.STOP_BEFORE_START)))
    known = values.in_utc(names.known_at) if by_hours else names.known_on(Kind.DATE)
    branches += [
        (sql.binary("<=", stop, due), sql.text(Outcome.MET)),
        (sql.is_not_null(names.of("clock", "stop")), sql.text(Outcome.NOT_MET)),
        (sql.binary("<", due, known), sql.text(Outcome.OVERDUE)),
    ]
    return branches, Outcome.NOT_DUE


def _lacking_time(clock: Clock, names: Names) -> list[Sql]:
    """Return the conditions under which start, stop or due is a moment without a time of day."""
    found = []
    for word, part in (("start", clock.start), ("stop", clock.stop)):
        if part is not None and values.has_time(part, names) != sql.TRUE:
            column = names.of("clock", word)
            is_midnight = sql.eq(sql.cast(column, "TIME"), values.MIDNIGHT)
            found.append(sql.is_not_null(column) if part.kind is Kind.DATE else is_midnight)
    due = values.lacks_time(clock.due, names) if clock.due is not None else sql.FALSE
    return found if due == sql.FALSE else [*found, due]


def _figures(names: Names) -> Select:
    """Return one row for each period, with the columns of a figure."""
    outcome, is_proportion = sql.column(names.result("outcome")), names.indicator.measure is Measure.PROPORTION
    told = (*JUDGED, Outcome.NOT_DUE) if is_proportion else (Outcome.COUNTED, Outcome.NOT_DUE)
    counted = {each: sql.eq(outcome, sql.text(each)) for each in told}
    counted |= {each: sql.fn("starts_with", outcome, each) for each in (Outcome.UNKNOWN, Outcome.EXCLUDED)}
    columns: list[Sql] = [sql.column(names.period)]
    columns += [Remark(sql.column(each)) for each in names.breakdowns]
    columns += [sql.alias(sql.count_where(holds), names.result(each)) for each, holds in counted.items()]
    columns.append(sql.alias(_figure(names, sql.eq(outcome, sql.text(Outcome.COUNTED))), "figure"))
    figures = sql.select(*columns).from_(relation(names.named("judged")))
    return figures.group_by(Word("ALL")).order_by(Word("ALL"))


def _figure(names: Names, counted: Sql) -> Sql:
    match names.indicator.measure:
        case Measure.PROPORTION:
            met, *failed = (sql.column(names.result(each)) for each in JUDGED)
            return sql.binary("/", met, sql.fn("nullif", reduce(sql.add, failed, met), 0))
        case Measure.COUNT:
            return sql.column(names.result(Outcome.COUNTED))
        case Measure.MEAN | Measure.MEDIAN | Measure.MAXIMUM as measure:
            return sql.filtered(sql.fn(_AGGREGATES[measure], sql.column("value")), counted)
        case _:
            assert_never(names.indicator.measure)


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
