"""An indicator as SQL for people: one statement that plain DuckDB runs over typed tables.

It is independent of the statements that `compute` runs, so that it is readable: it uses the definition's own names, and
assumes that every cell can be read and that each key has one row, or one of the latest version.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import reduce
from textwrap import wrap
from typing import assert_never

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.definitions.wording import either, words
from sgkpi.engines.explain import values
from sgkpi.engines.explain.rows import columns_of, has_version, known_rows, latest_rows, merged_spells, related_rows
from sgkpi.engines.explain.values import Names, as_date, day_of, free, relation, value_of
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column as ColumnNode
from sgkpi.engines.sql.ast import Select, Sql, Word
from sgkpi.engines.sql.layout import Remark, lay_out_with, name
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.expressions import ColumnRef, Kind, names_due
from sgkpi.model.indicator import Breakdown, Clock, DuePeriod, Indicator, Keep, PeriodColumn, PointInTime
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import JUDGED, NOT_RECORDED, Outcome, Unknown
from sgkpi.model.periods import Month, end_of_day
from sgkpi.model.table import FILE_VERSION
from sgkpi.model.units import LimitUnit
from sgkpi.planning.columns import expressions_of, uses_working_days

_MONTH = Month(2019, 2)
_AS_OF = datetime(2019, 3, 4, 7)
_YEARS_OF_HOLIDAYS = 4
_ASSUMPTIONS = (
    "Codes are spelled as the table's declaration spells them, a month is its first day, and a datetime without a "
    "time of day is at midnight. There are no cells that sgkpi cannot read, and no two rows that count share a key: "
    "their cases would be unknown. To break the figures down, remove the -- before a column of the last SELECT."
)


def explained_sql(indicator: Indicator, catalogue: Catalogue) -> str:
    """Return the statement that computes an indicator for February 2019, with a comment on how to run it."""
    names = Names(indicator)
    lines = [f"{indicator.title}, {_MONTH}.", "", "Runs in DuckDB over these tables:"]
    for table in names.tables:
        read = {table.recorded, table.version, *(each.name for each in columns_of(indicator, table))}
        if table == indicator.table and isinstance(indicator.period, PointInTime):
            read |= {indicator.period.start, indicator.period.end}
        wanted = (each for each in table.columns.values() if each.name in read)
        listed = ", ".join(f"{name(each.name)} {values.TYPES[each.kind]}" for each in wanted)
        lines += wrap(f"{name(table.name)} ({listed})", 100, initial_indent="  ", subsequent_indent="    ")
    assumptions = [_ASSUMPTIONS]
    if exported := [table.name for table in names.tables if table.version == FILE_VERSION]:
        assumptions.append(f"Of repeated exports, load the latest row of each key alone: {', '.join(exported)}.")
    said = [*lines, *(line for each in assumptions for line in wrap(each, 100))]
    header = "".join(f"-- {line}".rstrip() + "\n" for line in said)
    parts = _parts(names, working_days_in_england(catalogue.closures))
    return f"{header}\n{lay_out_with(parts, _figures(names))};\n"


def _parts(names: Names, working_days: WorkingDays) -> Iterator[tuple[str, str, Select]]:
    """Yield the name of each part, a comment on it, and its query."""
    indicator = names.indicator
    other = "another day" if indicator.is_stock else "other months"
    yield names.named("params"), f"Change these to ask about {other}.", _params(names)
    if uses_working_days(indicator):
        first, last = date(_MONTH.year - _YEARS_OF_HOLIDAYS, 1, 1), date(_MONTH.year + 1, 12, 31)
        covers = f"Bank holidays and closure days from {first.year} to {last.year}; add the years that you need."
        holidays = names.named("holidays")
        yield holidays, covers, _holidays(working_days.closed_weekdays(first, last))
        comment = "How many working days have passed at the end of each day."
        yield names.named("calendar"), comment, _calendar(first, last, holidays)
    for table in filter(has_version, names.tables):
        comment = f"Of the rows of {table.name} that share a key, those with the greatest {table.version}."
        yield names.named(f"latest_{table.name}"), comment, latest_rows(names, table)
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
    against = either(map(words, indicator.counts_against))
    because = f"; `because` applies to one that is {against}" if indicator.because else ""
    yield names.named("judged"), f"Each case with its outcome{because}.", _judged(names)


def _params(names: Names) -> Select:
    moments = {"as_of": sql.moment(_AS_OF)}
    if names.indicator.is_stock:
        moments["known_at"] = sql.moment(min(end_of_day(_MONTH.last_day), _AS_OF))
        moments["reference_day"] = sql.day(_MONTH.last_day)
    else:
        moments |= {"first_day": sql.day(_MONTH.first_day), "last_day": sql.day(_MONTH.last_day)}
    return sql.select(*(value.as_(names.moment(word)) for word, value in moments.items()))


def _judged(names: Names) -> Select:
    indicator = names.indicator
    keys = [names.column(each) for each in indicator.table.key if each not in names.breakdowns]
    placing, is_stock = _placing_day(names), indicator.is_stock
    period = placing if is_stock else sql.fn("strftime", placing, "%Y-%m")
    columns = [*keys, _named(period, names.period)]
    columns += [_named(_category(each, names), each.name) for each in indicator.by]
    columns.append(_first_that_holds(_outcomes(names)).as_(names.result("outcome")))
    if indicator.because:
        reasons = ((value_of(each.expression, names), each.name) for each in indicator.because)
        columns.append(_first_that_holds(reasons).as_(names.result("because")))
    asked = {"population": indicator.population, "met": indicator.met, "value": indicator.value, "per": indicator.per}
    answers = [value_of(node, names).as_(word) for word, node in asked.items() if node is not None]
    numbers = [word for word in ("value", "per") if asked[word] is not None]
    columns += [names.of("definition", word) for word in numbers]
    query = sql.select(*columns).from_(relation(names.named("cases")))
    query = query.join(relation(names.named("params")), kind="cross join")
    for related in indicator.related:
        query = query.join(related_rows(names, related), related.name, on=sql.TRUE, kind="left join lateral")
    if indicator.clock is not None:
        query = query.join(_clock(indicator.clock, names), names.named("clock"), kind="cross join lateral")
    if answers:
        query = query.join(sql.select(*answers), names.named("definition"), kind="cross join lateral")
    if not is_stock:
        for operator, bound in ((">=", "first_day"), ("<=", "last_day")):
            query = query.where(placing.op(operator, names.of("params", names.moment(bound))))
    if indicator.population is not None:
        query = query.where(names.of("definition", "population").or_else(sql.TRUE))
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


def _outcomes(names: Names) -> Iterator[tuple[Sql, str]]:
    """Yield conditions with outcomes: a case has the outcome of the first that holds.

    They are in the order of docs/figures.md; the last always holds.
    """
    indicator = names.indicator
    only = [each for each in indicator.related if each.keep is Keep.ONLY]
    if only:
        found = (names.column(free("rows_found", each.table.columns), each.name) > 1 for each in only)
        yield sql.or_(found), _unknown(Unknown.MORE_THAN_ONE)
    if indicator.population is not None:
        yield names.of("definition", "population").is_null(), _unknown(Unknown.POPULATION)
    for each in indicator.exclude:
        yield value_of(each.expression, names), f"{Outcome.EXCLUDED}: {each.name}"
    if indicator.not_due is not None:
        yield value_of(indicator.not_due, names), Outcome.NOT_DUE
    match indicator.measure:
        case Measure.COUNT:
            yield sql.TRUE, Outcome.COUNTED
        case Measure.MEAN | Measure.MEDIAN | Measure.MAXIMUM | Measure.RATIO:
            words = ("value",) if indicator.per is None else ("value", "per")
            yield sql.or_(names.of("definition", word).is_null() for word in words), _unknown(Unknown.VALUE)
            yield sql.TRUE, Outcome.COUNTED
        case Measure.PROPORTION if indicator.clock is not None and indicator.met is None:
            yield from _by_clock(indicator.clock, names)
        case Measure.PROPORTION:
            yield names.of("definition", "met"), Outcome.MET
            yield names.of("definition", "met").is_null(), _unknown(Unknown.MET)
            yield sql.TRUE, Outcome.NOT_MET
        case _:
            assert_never(indicator.measure)


def _clock(clock: Clock, names: Names) -> Select:
    """Return the clock's start, stop and due as known: days or, where moments are compared, in UTC too."""
    by_hours, limit = clock.runs_by_hours, clock.limit
    columns: dict[str, Sql] = {}
    for word, part in (("start", clock.start), ("stop", clock.stop), ("due", clock.due)):
        if part is not None:
            value = value_of(part, names)
            columns[word] = value if by_hours else day_of(part, value)
    stop = clock.stop
    if stop is not None and names.indicator.may_lie_ahead(stop):
        known = value_of(stop, names) <= names.known_on(stop.kind)
        columns["stop"] = sql.when(known, columns["stop"])
    if by_hours:
        columns |= {f"{word}_utc": values.in_utc(value) for word, value in columns.items()}
    if limit is not None and by_hours:
        columns["due_utc"] = values.hours_later(columns["start_utc"], limit.amount)
        is_placed_by_due = isinstance(names.indicator.period, DuePeriod)
        if clock.stop is None or is_placed_by_due or any(map(names_due, expressions_of(names.indicator))):
            columns["due"] = values.in_london(columns["due_utc"])
    elif limit is not None:
        columns["due"] = values.by_limit(columns["start"], Kind.DATE, limit, names)
    return sql.select(*(value.as_(word) for word, value in columns.items()))


def _due_day(clock: Clock, names: Names) -> Sql:
    due = names.of("clock", "due")
    return as_date(due) if clock.runs_by_hours else due


def _by_clock(clock: Clock, names: Names) -> Iterator[tuple[Sql, str]]:
    """Yield the conditions and outcomes of the clock."""
    by_hours = clock.runs_by_hours
    words = ("start_utc", "stop_utc", "due_utc") if by_hours else ("start", "stop", "due")
    start, stop, due = (names.of("clock", word) for word in words)
    if clock.start is not None:
        no_start = _unknown(Unknown.NO_START) if clock.stop is not None else Outcome.OVERDUE
        yield names.of("clock", "start").is_null(), no_start
    if clock.due is not None or (clock.limit and clock.limit.unit is LimitUnit.WORKING_DAYS):
        yield names.of("clock", "due").is_null(), _unknown(Unknown.NO_DUE)
    if by_hours and (lacking := _lacking_time(clock, names)):
        yield sql.or_(lacking), _unknown(Unknown.NO_TIME_OF_DAY)
    if clock.stop is None:
        yield names.day <= _due_day(clock, names), Outcome.MET
        yield sql.TRUE, Outcome.OVERDUE
        return
    if clock.start is not None:
        yield stop < start, _unknown(Unknown.STOP_BEFORE_START)
    yield stop <= due, Outcome.MET
    yield names.of("clock", "stop").is_not_null(), Outcome.NOT_MET
    yield due < (values.in_utc(names.known_at) if by_hours else names.known_on(Kind.DATE)), Outcome.OVERDUE
    yield sql.TRUE, Outcome.NOT_DUE


def _lacking_time(clock: Clock, names: Names) -> list[Sql]:
    """Return the conditions under which start, stop or due is a moment without a time of day."""
    found = []
    for word, part in (("start", clock.start), ("stop", clock.stop)):
        column = names.of("clock", word)
        if part is not None and not isinstance(part, ColumnRef):
            lacks = values.lacks_time(part, names)
            found += [] if lacks == sql.FALSE else [column.is_not_null() & lacks]
        elif part is not None and values.has_time(part, names) != sql.TRUE:
            is_midnight = column.cast("TIME").eq(values.MIDNIGHT)
            found.append(column.is_not_null() if part.kind is Kind.DATE else is_midnight)
    due = values.lacks_time(clock.due, names) if clock.due is not None else sql.FALSE
    return found if due == sql.FALSE else [*found, due]


def _figures(names: Names) -> Select:
    """Return one row for each period, with the columns of a figure."""
    outcome, is_proportion = sql.column(names.result("outcome")), names.indicator.measure is Measure.PROPORTION
    told = (*JUDGED, Outcome.NOT_DUE) if is_proportion else (Outcome.COUNTED, Outcome.NOT_DUE)
    counted = {each: outcome.eq(each) for each in told}
    counted |= {each: sql.fn("starts_with", outcome, each) for each in (Outcome.UNKNOWN, Outcome.EXCLUDED)}
    columns: list[Sql] = [sql.column(names.period)]
    columns += [Remark(sql.column(each)) for each in names.breakdowns]
    columns += [sql.count_where(holds).as_(names.result(each)) for each, holds in counted.items()]
    columns.append(_figure(names, outcome.eq(Outcome.COUNTED)).as_("figure"))
    figures = sql.select(*columns).from_(relation(names.named("judged")))
    return figures.group_by(Word("ALL")).order_by(Word("ALL"))


def _figure(names: Names, counted: Sql) -> Sql:
    match names.indicator.measure:
        case Measure.PROPORTION:
            met, *failed = (sql.column(names.result(each)) for each in JUDGED)
            return met.op("/", sql.fn("nullif", reduce(Sql.__add__, failed, met), 0))
        case Measure.COUNT:
            return sql.column(names.result(Outcome.COUNTED))
        case Measure.MEAN:
            return sql.fn("avg", sql.column("value")).where(counted)
        case Measure.MEDIAN:
            return sql.fn("median", sql.column("value")).where(counted)
        case Measure.MAXIMUM:
            return sql.fn("max", sql.column("value")).where(counted)
        case Measure.RATIO:
            value, per = (sql.fn("sum", sql.column(word)).where(counted) for word in ("value", "per"))
            return value.op("/", sql.fn("nullif", per, 0))
        case _:
            assert_never(names.indicator.measure)


def _holidays(days: Iterable[date]) -> Select:
    listed = sql.fn("list_value", *(day.isoformat() for day in days))
    return sql.select(as_date(sql.fn("unnest", listed)).as_("day"))


def _calendar(first: date, last: date, holidays: str) -> Select:
    day = sql.column("day")
    every = sql.fn("unnest", sql.fn("generate_series", sql.day(first), sql.day(last), sql.interval(1, "DAY")))
    days = sql.select(as_date(every).as_("day"))
    closed = day.is_in(sql.select(day).from_(relation(holidays)))
    is_working = sql.and_([sql.fn("isodow", day) < 6, ~closed])
    told = sql.select(day, is_working.as_("is_working")).from_(days, "days")
    passed = sql.fn("sum", sql.column("is_working").cast("INTEGER")).over(order=[day])
    return sql.select(sql.STAR, passed.as_("working_days")).from_(told, "days")


def _named(value: Sql, called: str) -> Sql:
    return value if isinstance(value, ColumnNode) and value.name == called else value.as_(called)


def _first_that_holds(branches: Iterable[tuple[Sql, str]]) -> Sql:
    *others, (condition, last) = branches
    return sql.case(others, last) if condition == sql.TRUE else sql.case([*others, (condition, last)])


def _unknown(reason: Unknown) -> str:
    return f"{Outcome.UNKNOWN}: {reason}"


def _category(breakdown: Breakdown, names: Names) -> Sql:
    value, kind = value_of(breakdown.expression, names), breakdown.expression.kind
    if breakdown.bands:
        labels = breakdown.codes[-len(breakdown.bands) :]
        below = breakdown.codes[0] if len(labels) < len(breakdown.codes) else f"under {breakdown.bands[0]}"
        lowers = [value >= Word(f"{lower:f}") for lower in breakdown.bands]
        bands = [*zip(lowers, labels, strict=True)]
        return sql.case([(value.is_null(), NOT_RECORDED), *reversed(bands)], below)
    match kind:
        case Kind.BOOLEAN:
            return sql.case([(value, "yes"), (~value, "no")], NOT_RECORDED)
        case Kind.TEXT | Kind.CATEGORY:
            text = value
        case Kind.MONTH:
            text = sql.fn("strftime", value, "%Y-%m")
        case Kind.INTEGER | Kind.NUMBER | Kind.DATE | Kind.DATETIME | Kind.NULL:
            text = value.cast("VARCHAR")
        case _:
            assert_never(kind)
    return text.or_else(NOT_RECORDED)
