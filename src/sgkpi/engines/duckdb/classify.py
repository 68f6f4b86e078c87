"""The cases of one relation, classified for all its indicators at once.

The result has one row a case: for every indicator one small whole number that tells its outcome, for every way of
placing cases the month or reference day, for every breakdown the category, and for an indicator with values their
numerator and denominator.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import assert_never

from sgkpi.engines.duckdb import numbers, sql
from sgkpi.engines.duckdb.ast import Query, Select, Sql
from sgkpi.engines.duckdb.clocks import clock_columns, due_day, is_hour_clock, time_elapsed
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.expressions import Names, compile_expression, compile_number, has_time
from sgkpi.engines.duckdb.outcomes import CaseOf, Codes, Situation, outcome_code, unjudged_code
from sgkpi.engines.duckdb.working_days import counts_working_days, join_due_days, joined_due
from sgkpi.model.expressions import ColumnRef, Expression, Kind, related_names
from sgkpi.model.indicator import Breakdown, DuePeriod, Indicator, PeriodColumn
from sgkpi.model.periods import MONTHS_IN_YEAR, Month
from sgkpi.planning.plan import IndicatorPlan

CategoryKey = tuple[Expression, tuple[object, ...], str | None]
# As many outcomes with their reasons as one byte tells apart, with room for those that come later.
_NARROW = 240


@dataclass(frozen=True)
class Placing:
    """A way in which cases are placed, and the months (or, for a stock, reference days) that are asked for.

    Days are numbered by their place in `days`; months by their index. `of` is an indicator that places so, and
    `by_due` says that it takes its clock to do it.
    """

    name: str
    day: Sql | None
    of: Indicator
    months: tuple[Month, ...] = ()
    days: tuple[date, ...] = ()

    @property
    def by_due(self) -> bool:
        return isinstance(self.of.period, DuePeriod)


@dataclass(frozen=True)
class Batch:
    """Indicators that are classified together, over one relation of cases.

    The relation has the typed columns of the case as known, `known` and `reference_day`; where `has_exists`, also
    `exists` for rows that do not exist; where `has_duplicates`, `is_duplicate`. `carried` are its columns that the
    result has too; `written` are columns that it has as they are written. `detailed` adds what the clock sees; such a
    batch has one indicator.
    """

    plans: tuple[IndicatorPlan, ...]
    source: Query | str
    as_of_time: datetime
    columns: frozenset[str]
    has_exists: bool
    has_duplicates: bool
    stock_days: tuple[date, ...] = ()
    carried: tuple[str, ...] = ()
    written: frozenset[str] = frozenset()
    detailed: bool = False

    @property
    def written_columns(self) -> list[str]:
        return [Name.raw(name).name for name in sorted(self.written)]

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
    def categories(self) -> Mapping[CategoryKey, str]:
        """The column of each different breakdown."""
        found: dict[CategoryKey, str] = {}
        for plan in self.plans:
            for breakdown in plan.breakdowns:
                plain, name = plain_column(breakdown), Name.category(len(found)).name
                is_written = plain is not None and plain.column in self.written
                found.setdefault(
                    category_key(plan, breakdown), Name.raw(plain.column).name if plain and is_written else name
                )
        return found

    @cached_property
    def elapsed(self) -> Mapping[str, tuple[str, Sql]]:
        """The time from start to stop of every clock in hours, by a column that clocks which run alike share."""
        names: dict[tuple[object, ...], str] = {}
        found: dict[str, tuple[str, Sql]] = {}
        for plan in self.plans:
            indicator, clock = plan.indicator, plan.indicator.clock
            value = time_elapsed(clock, _names(self, indicator), Name.KNOWN) if clock is not None else None
            if clock is not None and value is not None:
                own = any(part.related for part in (clock.start, clock.stop) if part is not None)
                alike = (clock.start, clock.stop, self.placings[indicator.id].name, indicator.id if own else None)
                name = names.setdefault(alike, Name.elapsed(self.numbered[indicator.id]).name)
                found[indicator.id] = (name, _if_judged(_is_judged(self, indicator), value))
        return found

    @property
    def as_of(self) -> Sql:
        """The as-of time as SQL."""
        return sql.moment(self.as_of_time)

    def _placing(self, plan: IndicatorPlan, number: int) -> Placing:
        match plan.indicator.period:
            case PeriodColumn(column):
                day, name = Name.value(column).cast("DATE"), Name.month(column).name
            case DuePeriod():
                day, name = Name.due(number), Name.month_due(number).name
            case _:
                return Placing(Name.DAY_NUMBER.name, None, plan.indicator, days=self.stock_days)
        months = {month for each in self._sharing(plan.indicator) for period in each.periods for month in period.months}
        return Placing(name, day, plan.indicator, tuple(sorted(months)))

    def _sharing(self, indicator: Indicator) -> Iterable[IndicatorPlan]:
        """The indicators that are placed by the same column."""
        if isinstance(indicator.period, DuePeriod):
            return (each for each in self.plans if each.indicator == indicator)
        return (each for each in self.plans if each.indicator.period == indicator.period)


def plain_column(breakdown: Breakdown) -> ColumnRef | None:
    """The column of the case that a breakdown is, where it is no more than that."""
    expression = breakdown.expression
    if isinstance(expression, ColumnRef) and expression.related is None and not breakdown.bands:
        return expression
    return None


def category_key(plan: IndicatorPlan, breakdown: Breakdown) -> CategoryKey:
    """What makes two breakdowns the same; a name of related rows means something in its own definition only."""
    apart = plan.indicator.id if related_names(breakdown.expression) else None
    return breakdown.expression, breakdown.bands, apart


def classified(batch: Batch) -> Select:
    """The query that classifies every case of a batch.

    Cases that a column places are placed first, so that clocks are looked at only for those that are judged.
    """
    placed = _with(batch.source, _places(batch, by_due=False))
    timed = _with_clocks(batch, placed)
    whole = _with(timed, [*_places(batch, by_due=True), *_banded_values(batch)])
    outcomes, gates = _through_gates([_outcome(batch, plan) for plan in batch.plans])
    whole = _with(whole, gates)
    columns = [sql.column(name) for name in (*batch.carried, *batch.written_columns)]
    columns += [sql.column(name) for name in _placing_names(batch)]
    for plan, outcome in zip(batch.plans, outcomes, strict=True):
        columns += _indicator_columns(batch, plan, outcome)
    columns += _category_columns(batch)
    return sql.select(*columns).from_(whole)


def _names(batch: Batch, indicator: Indicator) -> Names:
    tables = {None: indicator.table} | {related.name: related.table for related in indicator.related}
    return Names(tables, batch.as_of, Name.REFERENCE_DAY, indicator.id)


def _with(cases: Query | str, columns: list[Sql]) -> Query | str:
    """The cases with further columns, if there are any: each query within another costs a small extract time."""
    return sql.select(sql.STAR, *columns).from_(cases) if columns else cases


def _places(batch: Batch, *, by_due: bool) -> list[Sql]:
    """The month that holds a case, and the number of one that is not judged, for ways of placing."""
    exists, columns = Name.EXISTS if batch.has_exists else None, []
    for placing in _distinct(batch).values():
        if placing.day is not None and placing.by_due is by_due:
            in_period = _is_in_period(placing.day, placing.months)
            month = sql.when(in_period, _month_index(placing.day).cast("SMALLINT"), sql.null("SMALLINT"))
            columns.append(month.as_(placing.name))
            columns.append(
                unjudged_code(placing.of, _names(batch, placing.of), exists, placing.day, in_period).as_(
                    Name.unjudged_code(placing.name)
                )
            )
    return columns


def _is_judged(batch: Batch, indicator: Indicator) -> Sql | None:
    """Whether a case is placed by its column, where its indicator places cases so."""
    placing = batch.placings[indicator.id]
    return None if placing.day is None or placing.by_due else Name.unjudged_code(placing.name).is_null()


def _if_judged(judged: Sql | None, value: Sql) -> Sql:
    return value if judged is None else sql.when(judged, value)


def _with_clocks(batch: Batch, cases: Query | str) -> Query | str:
    """The cases with the due day of every clock that needs one, and the time from start to stop.

    Working days are looked up by a join: a lookup within an expression would cost a pass of its own.
    """
    elapsed = [value.as_(name) for name, value in dict(batch.elapsed.values()).items()]
    query = sql.select(sql.table_star("s"), *elapsed).from_(cases, "s")
    joined: dict[Sql, str] = {}
    for plan in batch.plans:
        indicator, number = plan.indicator, batch.numbered[plan.indicator.id]
        clock = indicator.clock
        if clock is None or not _needs_due_day(indicator):
            continue
        names, judged = _names(batch, indicator), _is_judged(batch, indicator)
        if clock.start is not None and counts_working_days(clock.limit):
            day = names.value(clock.start).cast("DATE")
            start = _if_judged(judged, day)
            if start not in joined:
                joined[start] = Name.working_days(number).name
                query = join_due_days(query, start, joined[start])
            due = joined_due(day, clock.limit.amount, joined[start])
        else:
            due = due_day(clock, names)
        query = query.select(_if_judged(judged, due).as_(Name.due(number)))
    return query if len(query.columns) > 1 else cases


def _needs_due_day(indicator: Indicator) -> bool:
    clock = indicator.clock
    if clock is None:
        return False
    return not is_hour_clock(clock) or clock.stop is None or isinstance(indicator.period, DuePeriod)


def _distinct(batch: Batch) -> dict[str, Placing]:
    return {placing.name: placing for placing in batch.placings.values()}


def _is_in_period(day: Sql, months: Sequence[Month]) -> Sql:
    """Whether a day lies in one of the months that are asked for."""
    if not months:
        return sql.FALSE
    first, last = months[0], months[-1]
    within = [day >= sql.day(first.first_day), day <= sql.day(last.last_day)]
    if len(months) < last.index - first.index + 1:
        within.append(_month_index(day).is_in([sql.number(month.index) for month in months]))
    return sql.and_(within)


def _month_index(day: Sql) -> Sql:
    years = sql.fn("year", day) * MONTHS_IN_YEAR
    return years + (sql.fn("month", day) - 1)


def _placing_names(batch: Batch) -> list[str]:
    return list(_distinct(batch))


def _outcome(batch: Batch, plan: IndicatorPlan) -> CaseOf:
    """The number of a case's outcome."""
    indicator = plan.indicator
    placing = batch.placings[indicator.id]
    elapsed = batch.elapsed[indicator.id][0] if indicator.id in batch.elapsed else None
    situation = Situation(
        known=Name.KNOWN,
        exists=Name.EXISTS if batch.has_exists else None,
        duplicate=Name.IS_DUPLICATE if batch.has_duplicates else None,
        unjudged=Name.unjudged_code(placing.name) if placing.day is not None else None,
        due=Name.due(batch.numbered[indicator.id]),
        elapsed=sql.column(elapsed) if elapsed is not None else None,
        columns=batch.columns,
    )
    return outcome_code(indicator, _names(batch, indicator), situation, batch.codes)


def _through_gates(outcomes: Sequence[CaseOf]) -> tuple[list[Sql], list[Sql]]:
    """Outcomes of which the first questions, where several ask the same, are asked once; and what asks them.

    A gate gives the number of the first question that holds; null lets a case through to an indicator's own questions.
    """
    shared = Counter(each.first(asked) for each in outcomes for asked in range(2, len(each.branches) + 1))
    gates: dict[CaseOf, str] = {}
    through: list[Sql] = []
    for each in outcomes:
        longest = [asked for asked in range(2, len(each.branches) + 1) if shared[each.first(asked)] > 1]
        if not longest:
            through.append(each.sql)
            continue
        gate = sql.column(gates.setdefault(each.first(longest[-1]), Name.gate(len(gates)).name))
        own = CaseOf(((gate.is_not_null(), gate), *each.branches[longest[-1] :]), each.otherwise)
        through.append(own.sql)
    return through, [gate.sql.as_(name) for gate, name in gates.items()]


def _indicator_columns(batch: Batch, plan: IndicatorPlan, outcome: Sql) -> list[Sql]:
    indicator = plan.indicator
    number, names = batch.numbered[indicator.id], _names(batch, indicator)
    width = "UTINYINT" if len(batch.codes.known) < _NARROW else "USMALLINT"
    columns = [outcome.cast(width).as_(Name.outcome(number))]
    if indicator.value is not None:
        ratio = compile_number(indicator.value, names)
        columns.append(ratio.numerator.as_(Name.numerator(number)))
        columns.append(ratio.bottom.as_(Name.denominator(number)))
    if batch.detailed:
        columns += clock_columns(indicator, names, Name.KNOWN, Name.due(number))
    return columns


def _category_columns(batch: Batch) -> list[Sql]:
    """The category of each breakdown, for cases that are in some period."""
    somewhere = sql.or_([sql.column(name).is_not_null() for name in _placing_names(batch)])
    columns = []
    for key, (breakdown, names) in _breakdowns(batch).items():
        column = batch.categories[key]
        if column in batch.written_columns:
            continue
        value = (
            _band(breakdown, _banded_value(column, breakdown, names)) if breakdown.bands else category(breakdown, names)
        )
        columns.append(sql.when(somewhere, value).as_(column))
    return columns


def _breakdowns(batch: Batch) -> dict[CategoryKey, tuple[Breakdown, Names]]:
    """Every different breakdown of a batch."""
    return {
        category_key(plan, breakdown): (breakdown, _names(batch, plan.indicator))
        for plan in batch.plans
        for breakdown in plan.breakdowns
    }


def _banded_values(batch: Batch) -> list[Sql]:
    """The number behind every band, worked out once though each band looks at it."""
    columns = []
    for key, (breakdown, names) in _breakdowns(batch).items():
        if breakdown.bands:
            ratio = compile_number(breakdown.expression, names)
            columns.append(ratio.numerator.as_(f"{batch.categories[key]}.value"))
            columns.append(ratio.bottom.as_(f"{batch.categories[key]}.over"))
    return columns


def _banded_value(column: str, breakdown: Breakdown, names: Names) -> numbers.Ratio:
    known = compile_number(breakdown.expression, names).denominator
    return numbers.Ratio(
        sql.column(f"{column}.value"), known if isinstance(known, int) else sql.column(f"{column}.over")
    )


def category(breakdown: Breakdown, names: Names) -> Sql:
    """The text of a case's category, for a breakdown without bands; null where nothing is recorded."""
    expression = breakdown.expression
    if expression.kind is Kind.NUMBER:
        ratio = compile_number(expression, names)
        return sql.fn("concat_ws", "/", ratio.numerator.cast("VARCHAR"), ratio.bottom.cast("VARCHAR"))
    value = compile_expression(expression, names)
    match expression.kind:
        case Kind.BOOLEAN:
            return sql.case([(value, sql.text("yes")), (~value, sql.text("no"))])
        case Kind.MONTH:
            return sql.fn("strftime", value, "%Y-%m")
        case Kind.DATETIME:
            return sql.fn("kpi_moment_text", value, has_time(expression, names))
        case Kind.TEXT | Kind.CATEGORY | Kind.INTEGER | Kind.DATE | Kind.NULL:
            return sql.fn("nullif", value.cast("VARCHAR"), "")
        case _:
            assert_never(expression.kind)


def _band(breakdown: Breakdown, value: numbers.Ratio) -> Sql:
    branches: list[tuple[Sql, Sql]] = [(value.numerator.is_null(), sql.NULL)]
    labels = breakdown.codes[-len(breakdown.bands) :]
    for lower, label in reversed(list(zip(breakdown.bands, labels, strict=True))):
        exact = Fraction(lower)
        reached = numbers.compare(">=", value, numbers.constant(exact.numerator, exact.denominator))
        branches.append((reached, sql.text(label)))
    below = breakdown.codes[0] if len(labels) < len(breakdown.codes) else f"under {breakdown.bands[0]}"
    return sql.case(branches, below)


def category_text(breakdown: Breakdown, recorded: str | None) -> str | None:
    """A category as it is shown: a number as a plain decimal."""
    if recorded is None or breakdown.bands or breakdown.expression.kind is not Kind.NUMBER:
        return recorded
    if "/" not in recorded:
        return None
    return decimal_text(Fraction(recorded))


def decimal_text(exact: Fraction) -> str:
    """The shortest decimal that is the number, or that of the nearest double to one that has none."""
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
    sign = "-" if exact < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"
