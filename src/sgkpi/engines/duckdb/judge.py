"""The cases of one relation, judged for several indicators at once.

The result has one row a case: for every indicator one small whole number that tells its outcome, for every way of
placing cases the month or reference day, for every breakdown the category, and for an indicator with values their
numerator and denominator.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import assert_never

from sgkpi.engines.duckdb import numbers, sql
from sgkpi.engines.duckdb.ast import Column, Query, Select, Sql
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.judge_clocks import ClockReading, due_day, no_clock_columns
from sgkpi.engines.duckdb.judge_expressions import Names, compile_expression, compile_number, has_time
from sgkpi.engines.duckdb.judge_outcomes import Codes, Situation, outcome_code, unjudged_code
from sgkpi.engines.duckdb.working_days import counts_working_days, join_due_days, joined_due
from sgkpi.model.expressions import ColumnRef, Expression, Kind, related_names
from sgkpi.model.indicator import Breakdown, DuePeriod, Indicator, PeriodColumn, PointInTime
from sgkpi.model.periods import MONTHS_IN_YEAR, Month
from sgkpi.planning.plan import IndicatorPlan

CategoryKey = tuple[Expression, tuple[object, ...], str | None]


@dataclass(frozen=True)
class Placing:
    """A way in which cases are placed: in the month of a day, or for a stock, by the number of a reference day.

    `column` has the month or number, `of` is an indicator that places so, and `months` are those that are asked for.
    """

    column: Column
    day: Sql | None
    of: Indicator
    months: tuple[Month, ...] = ()

    @property
    def by_due(self) -> bool:
        """Whether it takes the clock to place a case."""
        return isinstance(self.of.period, DuePeriod)

    @property
    def unjudged(self) -> Column | None:
        """The code of a case that is not judged, null for others; None for a stock, whose cases all have a place."""
        return None if self.day is None else Name.unjudged_code(self.column.name)


@dataclass(frozen=True)
class Batch:
    """Indicators that are judged together, over one relation of cases.

    The relation has the typed columns of the case as known, `known` and `reference_day`; where `has_exists`, also
    `exists` for rows that do not exist; where `has_duplicates`, `is_duplicate`. `carried` are its columns that the
    result has too; `written` are columns that it has as they are written. `detailed` adds what the clock sees; such a
    batch has one indicator.
    """

    plans: tuple[IndicatorPlan, ...]
    source: Query | str
    as_of: datetime
    columns: frozenset[str]
    has_exists: bool
    has_duplicates: bool
    stock_days: tuple[date, ...] = ()
    carried: tuple[Column, ...] = ()
    written: frozenset[str] = frozenset()
    detailed: bool = False

    @property
    def written_columns(self) -> list[Column]:
        return [Name.raw(name) for name in sorted(self.written)]

    @cached_property
    def codes(self) -> Codes:
        return Codes.of(plan.indicator for plan in self.plans)

    @cached_property
    def numbered(self) -> Mapping[str, int]:
        """The number of each indicator among its columns."""
        return {plan.indicator.id: number for number, plan in enumerate(self.plans)}

    @cached_property
    def placings(self) -> Mapping[str, Placing]:
        """How each indicator places its cases."""
        return {plan.indicator.id: self._placing(plan, number) for number, plan in enumerate(self.plans)}

    @cached_property
    def placing_columns(self) -> list[Column]:
        return list(dict.fromkeys(each.column for each in self.placings.values()))

    @cached_property
    def categories(self) -> Mapping[CategoryKey, Column]:
        """The column of each different breakdown."""
        found: dict[CategoryKey, Column] = {}
        for plan in self.plans:
            for breakdown in plan.breakdowns:
                plain, column = plain_column(breakdown), Name.category(len(found))
                if plain is not None and plain.column in self.written:
                    column = Name.raw(plain.column)
                found.setdefault(category_key(plan, breakdown), column)
        return found

    def names(self, indicator: Indicator) -> Names:
        tables = {None: indicator.table} | {related.name: related.table for related in indicator.related}
        return Names(tables, sql.moment(self.as_of), Name.REFERENCE_DAY, indicator.id)

    def clock(self, indicator: Indicator) -> ClockReading | None:
        if indicator.clock is None:
            return None
        due = Name.due(self.numbered[indicator.id])
        return ClockReading(indicator.clock, self.names(indicator), Name.KNOWN, due)

    def _placing(self, plan: IndicatorPlan, number: int) -> Placing:
        period = plan.indicator.period
        match period:
            case PeriodColumn(name):
                day, column = Name.value(name).cast("DATE"), Name.month(name)
                alike = [each for each in self.plans if each.indicator.period == period]
            case DuePeriod():
                day, column, alike = Name.due(number), Name.month_due(number), [plan]
            case PointInTime():
                return Placing(Name.DAY_NUMBER, None, plan.indicator)
            case _:
                assert_never(period)
        months = {month for each in alike for period in each.periods for month in period.months}
        return Placing(column, day, plan.indicator, tuple(sorted(months)))


def plain_column(breakdown: Breakdown) -> ColumnRef | None:
    """Return the column of the case that a breakdown is, if it is no more than that."""
    expression = breakdown.expression
    is_plain = isinstance(expression, ColumnRef) and expression.related is None and not breakdown.bands
    return expression if isinstance(expression, ColumnRef) and is_plain else None


def category_key(plan: IndicatorPlan, breakdown: Breakdown) -> CategoryKey:
    """Return what makes two breakdowns the same; a name of related rows has a meaning in its own definition only."""
    apart = plan.indicator.id if related_names(breakdown.expression) else None
    return breakdown.expression, breakdown.bands, apart


def judged(batch: Batch) -> Select:
    """Return the query that judges every case of a batch.

    Cases that a column places are placed first, so that clocks are looked at only for those that are judged.
    """
    placed = _with(batch.source, _places(batch, by_due=False))
    whole = _with(_with_due_days(batch, placed), _places(batch, by_due=True))
    columns: list[Sql] = [*batch.carried, *batch.written_columns, *batch.placing_columns]
    for number, plan in enumerate(batch.plans):
        indicator, placing = plan.indicator, batch.placings[plan.indicator.id]
        names, clock = batch.names(indicator), batch.clock(indicator)
        situation = Situation(
            exists=Name.EXISTS if batch.has_exists else None,
            duplicate=Name.IS_DUPLICATE if batch.has_duplicates else None,
            unjudged=placing.unjudged,
            clock=clock,
            columns=batch.columns,
        )
        outcome = outcome_code(indicator, names, situation, batch.codes)
        columns.append(outcome.cast(batch.codes.width).as_(Name.outcome(number)))
        if indicator.value is not None:
            ratio = compile_number(indicator.value, names)
            columns += [ratio.numerator.as_(Name.numerator(number)), ratio.bottom.as_(Name.denominator(number))]
        if batch.detailed:
            columns += clock.columns if clock else no_clock_columns()
    return sql.select(*columns, *_categories(batch)).from_(whole)


def _with(cases: Query | str, columns: list[Sql]) -> Query | str:
    """Return the cases with further columns, if any: each query within another costs a small extract time."""
    return sql.select(sql.STAR, *columns).from_(cases) if columns else cases


def _places(batch: Batch, *, by_due: bool) -> list[Sql]:
    """Return the month that holds a case, and the number of one that is not judged, for ways of placing."""
    columns: dict[Column, Sql] = {}
    for placing in batch.placings.values():
        if placing.day is not None and placing.unjudged is not None and placing.by_due is by_due:
            in_period = _is_in_period(placing.day, placing.months)
            month = sql.when(in_period, _month_index(placing.day).cast("SMALLINT"), sql.null("SMALLINT"))
            exists, names = Name.EXISTS if batch.has_exists else None, batch.names(placing.of)
            columns.setdefault(placing.column, month)
            code = unjudged_code(placing.of, names, exists, placing.day, in_period)
            columns.setdefault(placing.unjudged, code)
    return [value.as_(column) for column, value in columns.items()]


def _is_in_period(day: Sql, months: Sequence[Month]) -> Sql:
    """Return whether a day lies in one of the months that are asked for."""
    if not months:
        return sql.FALSE
    first, last = months[0], months[-1]
    within = (day >= sql.day(first.first_day)) & (day <= sql.day(last.last_day))
    if len(months) == last.index - first.index + 1:
        return within
    return within & _month_index(day).is_in([month.index for month in months])


def _month_index(day: Sql) -> Sql:
    return sql.fn("year", day) * MONTHS_IN_YEAR + (sql.fn("month", day) - 1)


def _with_due_days(batch: Batch, cases: Query | str) -> Query | str:
    """Return the cases with the due day of every clock that needs one.

    Working days are looked up by a join: a lookup within an expression would cost a pass of its own.
    """
    query = sql.select(sql.star("s")).from_(cases, "s")
    joined: dict[Sql, str] = {}
    for number, plan in enumerate(batch.plans):
        clock, placing, names = plan.indicator.clock, batch.placings[plan.indicator.id], batch.names(plan.indicator)
        if clock is None or (clock.runs_by_hours and clock.stop is not None and not placing.by_due):
            continue
        is_judged = placing.unjudged.is_null() if placing.unjudged and not placing.by_due else None
        if clock.start is not None and counts_working_days(clock.limit):
            day = names.value(clock.start).cast("DATE")
            start = day if is_judged is None else sql.when(is_judged, day)
            if start not in joined:
                joined[start] = Name.working_days(number).name
                query = join_due_days(query, start, joined[start])
            due = joined_due(day, clock.limit.amount, joined[start])
        else:
            due = due_day(clock, names)
        query = query.select((due if is_judged is None else sql.when(is_judged, due)).as_(Name.due(number)))
    return query if len(query.columns) > 1 else cases


def _categories(batch: Batch) -> Iterator[Sql]:
    """Return the category of each breakdown that is not carried as it is written, for cases in some period."""
    somewhere = sql.or_(column.is_not_null() for column in batch.placing_columns)
    done: set[Column] = {*batch.written_columns}
    for plan in batch.plans:
        for breakdown in plan.breakdowns:
            column = batch.categories[category_key(plan, breakdown)]
            if column not in done:
                done.add(column)
                yield sql.when(somewhere, _category(breakdown, batch.names(plan.indicator))).as_(column)


def _category(breakdown: Breakdown, names: Names) -> Sql:
    """Return the text of a case's category; null where nothing is recorded."""
    expression = breakdown.expression
    if breakdown.bands:
        return _band(breakdown, compile_number(expression, names))
    if expression.kind is Kind.NUMBER:
        ratio = compile_number(expression, names)
        return sql.fn("concat_ws", "/", ratio.numerator.cast("VARCHAR"), ratio.bottom.cast("VARCHAR"))
    value = compile_expression(expression, names)
    match expression.kind:
        case Kind.BOOLEAN:
            return sql.case([(value, "yes"), (~value, "no")])
        case Kind.MONTH:
            return sql.fn("strftime", value, "%Y-%m")
        case Kind.DATETIME:
            return sql.fn("kpi_moment_text", value, has_time(expression, names))
        case Kind.TEXT | Kind.CATEGORY | Kind.INTEGER | Kind.DATE | Kind.NULL:
            return sql.fn("nullif", value.cast("VARCHAR"), "")
        case _:
            assert_never(expression.kind)


def _band(breakdown: Breakdown, value: numbers.Ratio) -> Sql:
    labels = breakdown.codes[-len(breakdown.bands) :]
    below = breakdown.codes[0] if len(labels) < len(breakdown.codes) else f"under {breakdown.bands[0]}"
    branches: list[tuple[Sql, str | None]] = [(value.numerator.is_null(), None)]
    for lower, label in reversed(list(zip(breakdown.bands, labels, strict=True))):
        branches.append((numbers.compare(">=", value, numbers.constant(Fraction(lower))), label))
    return sql.case(branches, below)


def category_text(breakdown: Breakdown, recorded: str | None) -> str | None:
    """Return a category as it is shown: a number as a plain decimal."""
    if recorded is None or breakdown.bands or breakdown.expression.kind is not Kind.NUMBER:
        return recorded
    return decimal_text(Fraction(recorded)) if "/" in recorded else None


def decimal_text(exact: Fraction) -> str:
    """Return the shortest decimal that is the number, or that of the nearest double to one that has none."""
    if exact.denominator == 1:
        return str(exact.numerator)
    bottom = exact.denominator
    for prime in (2, 5):
        while bottom % prime == 0:
            bottom //= prime
    if bottom != 1:
        return decimal_text(Fraction(repr(float(exact))))
    places = next(n for n in range(1, 400) if 10**n % exact.denominator == 0)
    digits = f"{abs(exact.numerator) * 10**places // exact.denominator:0{places + 1}d}"
    return f"{'-' if exact < 0 else ''}{digits[:-places]}.{digits[-places:]}"
