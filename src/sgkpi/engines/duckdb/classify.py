"""The cases of one relation, classified for all its indicators at once.

The result has one row a case, and for every indicator one small whole number that tells its outcome
(`o_…`); for every way of placing cases the month or reference day (`month…`); for every breakdown the
category (`c_…`); and for an indicator with values their numerator and denominator (`n_…`, `q_…`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import assert_never

from sgkpi.engines.duckdb import numbers, sql
from sgkpi.engines.duckdb.ast import Query, Select, Sql
from sgkpi.engines.duckdb.clocks import clock_columns, due_day, is_hour_clock, time_taken
from sgkpi.engines.duckdb.expressions import Names, compile_expression, compile_number, has_time
from sgkpi.engines.duckdb.lean import plain_column
from sgkpi.engines.duckdb.outcomes import CaseOf, Codes, Situation, outcome_code, set_apart
from sgkpi.engines.duckdb.working_days import counts_working_days, join_due_days, joined_due
from sgkpi.model.expressions import Expression, Kind, related_names
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


@dataclass
class Group:
    """Indicators that are classified together, over one relation of cases.

    The relation has the typed columns of the case as known, `known` and `reference_day`; where
    `has_exists`, also `present` for rows that do not exist; where `has_dup`, `dup`. `carried` are its columns
    that the result has too; `written` are columns that it has as they are written, with what their `spellings` mean.
    `detailed` adds what the clock sees; such a group has one indicator.
    """

    plans: tuple[IndicatorPlan, ...]
    source: Query | str
    as_of_time: datetime
    columns: frozenset[str]
    has_exists: bool
    has_dup: bool
    stock_days: tuple[date, ...] = ()
    carried: tuple[str, ...] = ()
    written: frozenset[str] = frozenset()
    detailed: bool = False
    codes: Codes = field(default_factory=Codes)
    placings: dict[str, Placing] = field(default_factory=dict)
    categories: dict[CategoryKey, str] = field(default_factory=dict)
    numbered: dict[str, int] = field(default_factory=dict)
    denominators: dict[str, int | None] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    spellings: Mapping[str, Mapping[str | None, str | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, plan in enumerate(self.plans):
            self.numbered[plan.indicator.id] = number
            self.placings[plan.indicator.id] = self._placing(plan, number)
            for breakdown in plan.breakdowns:
                self.categories.setdefault(category_key(plan, breakdown), self._category_column(breakdown))

    def _category_column(self, breakdown: Breakdown) -> str:
        plain = plain_column(breakdown)
        if plain is not None and plain.column in self.written:
            return f"raw_{plain.column}"
        return f"c_{len(self.categories)}"

    @property
    def as_of(self) -> Sql:
        """The as-of time as SQL."""
        return sql.moment(self.as_of_time)

    def _placing(self, plan: IndicatorPlan, number: int) -> Placing:
        match plan.indicator.period:
            case PeriodColumn(column):
                day, name = sql.cast(sql.column(f"v_{column}"), "DATE"), f"month.{column}"
            case DuePeriod():
                day, name = sql.column(f"d_{number}"), f"month of due {number}"
            case _:
                return Placing("day_number", None, plan.indicator, days=self.stock_days)
        months = {month for each in self._sharing(plan.indicator) for period in each.periods for month in period.months}
        return Placing(name, day, plan.indicator, tuple(sorted(months)))

    def _sharing(self, indicator: Indicator) -> Iterable[IndicatorPlan]:
        """The indicators that are placed by the same column."""
        if isinstance(indicator.period, DuePeriod):
            return (each for each in self.plans if each.indicator == indicator)
        return (each for each in self.plans if each.indicator.period == indicator.period)


def category_key(plan: IndicatorPlan, breakdown: Breakdown) -> CategoryKey:
    """What makes two breakdowns the same; a name of related rows means something in its own definition only."""
    apart = plan.indicator.id if related_names(breakdown.expression) else None
    return breakdown.expression, breakdown.bands, apart


def classified(group: Group) -> Select:
    """The query that classifies every case of a group.

    Cases that a column places are placed first, so that clocks are looked at only for those that are judged.
    """
    placed = _with(group.source, _places(group, by_due=False))
    timed = _with_clocks(group, placed)
    whole = _with(timed, [*_places(group, by_due=True), *_banded_values(group)])
    outcomes, gates = _through_gates([_outcome(group, plan) for plan in group.plans])
    whole = _with(whole, gates)
    columns = [sql.column(name) for name in group.carried]
    columns += [sql.column(name) for name in _placing_names(group)]
    for plan, outcome in zip(group.plans, outcomes, strict=True):
        columns += _indicator_columns(group, plan, outcome)
    columns += _category_columns(group)
    return sql.select(*columns).from_(sql.source(whole))


def _names(group: Group, indicator: Indicator) -> Names:
    tables = {None: indicator.table} | {related.name: related.table for related in indicator.related}
    return Names(tables, group.as_of, sql.column("reference_day"), indicator.id)


def _with(cases: Query | str, columns: list[Sql]) -> Query | str:
    """The cases with further columns, if there are any: each query within another costs a small extract time."""
    return sql.select(sql.STAR, *columns).from_(sql.source(cases)) if columns else cases


def _places(group: Group, *, by_due: bool) -> list[Sql]:
    """The month that holds a case, and the number of one that is not judged, for ways of placing."""
    exists, columns = sql.column("present") if group.has_exists else None, []
    for placing in _distinct(group).values():
        if placing.day is not None and placing.by_due is by_due:
            held = _is_held(placing.day, placing.months)
            month = sql.case([(held, sql.cast(_month_index(placing.day), "SMALLINT"))], sql.null("SMALLINT"))
            columns.append(sql.alias(month, placing.name))
            columns.append(
                sql.alias(
                    set_apart(placing.of, _names(group, placing.of), exists, placing.day, held), f"apart.{placing.name}"
                )
            )
    return columns


def _is_judged(group: Group, indicator: Indicator) -> Sql | None:
    """Whether a case is placed by its column, where its indicator places cases so."""
    placing = group.placings[indicator.id]
    return None if placing.day is None or placing.by_due else sql.is_null(sql.column(f"apart.{placing.name}"))


def _if_judged(judged: Sql | None, value: Sql) -> Sql:
    return value if judged is None else sql.case([(judged, value)], sql.null())


def _with_clocks(group: Group, cases: Query | str) -> Query | str:
    """The cases with the due day of every clock that needs one, and the time from start to stop.

    Working days are looked up by a join: a lookup within an expression would cost a pass of its own.
    """
    query = sql.select(sql.table_star("s"), *_times_taken(group)).from_(sql.source(cases, "s"))
    joined: dict[Sql, str] = {}
    for plan in group.plans:
        indicator, number = plan.indicator, group.numbered[plan.indicator.id]
        clock = indicator.clock
        if clock is None or not _needs_due_day(indicator):
            continue
        names, judged = _names(group, indicator), _is_judged(group, indicator)
        if clock.start is not None and counts_working_days(clock.limit):
            day = sql.cast(names.value(clock.start), "DATE")
            start = _if_judged(judged, day)
            if start not in joined:
                joined[start] = f"w_{number}"
                query = join_due_days(query, start, joined[start])
            due = joined_due(day, clock.limit.amount, joined[start])
        else:
            due = due_day(clock, names)
        query = query.select(sql.alias(_if_judged(judged, due), f"d_{number}"))
    return query if len(query.columns) > 1 else cases


def _needs_due_day(indicator: Indicator) -> bool:
    clock = indicator.clock
    if clock is None:
        return False
    return not is_hour_clock(clock) or clock.stop is None or isinstance(indicator.period, DuePeriod)


def _times_taken(group: Group) -> list[Sql]:
    """The time from start to stop of every clock in hours, once for clocks that run alike."""
    names: dict[tuple[object, ...], str] = {}
    columns = []
    for plan in group.plans:
        indicator, clock = plan.indicator, plan.indicator.clock
        taken = time_taken(clock, _names(group, indicator), sql.column("known")) if clock is not None else None
        if clock is None or taken is None:
            continue
        own = any(part.related for part in (clock.start, clock.stop) if part is not None)
        alike = (clock.start, clock.stop, group.placings[indicator.id].name, indicator.id if own else None)
        if alike not in names:
            names[alike] = f"taken_{group.numbered[indicator.id]}"
            columns.append(sql.alias(_if_judged(_is_judged(group, indicator), taken), names[alike]))
        group.taken[indicator.id] = names[alike]
    return columns


def _distinct(group: Group) -> dict[str, Placing]:
    return {placing.name: placing for placing in group.placings.values()}


def _is_held(day: Sql, months: Sequence[Month]) -> Sql:
    """Whether a day lies in one of the months that are asked for."""
    if not months:
        return sql.FALSE
    first, last = months[0], months[-1]
    within = [sql.binary(">=", day, sql.day(first.first_day)), sql.binary("<=", day, sql.day(last.last_day))]
    if len(months) < last.index - first.index + 1:
        within.append(sql.in_(_month_index(day), [sql.number(month.index) for month in months]))
    return sql.and_(within)


def _month_index(day: Sql) -> Sql:
    years = sql.binary("*", sql.fn("year", day), sql.number(MONTHS_IN_YEAR))
    return sql.add(years, sql.subtract(sql.fn("month", day), sql.number(1)))


def _placing_names(group: Group) -> list[str]:
    return list(_distinct(group))


def _outcome(group: Group, plan: IndicatorPlan) -> CaseOf:
    """The number of a case's outcome."""
    indicator = plan.indicator
    placing = group.placings[indicator.id]
    taken = group.taken.get(indicator.id)
    situation = Situation(
        known=sql.column("known"),
        exists=sql.column("present") if group.has_exists else None,
        duplicate=sql.column("dup") if group.has_dup else None,
        apart=sql.column(f"apart.{placing.name}") if placing.day is not None else None,
        due=sql.column(f"d_{group.numbered[indicator.id]}"),
        taken=sql.column(taken) if taken is not None else None,
        columns=group.columns,
    )
    return outcome_code(indicator, _names(group, indicator), situation, group.codes)


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
        gate = sql.column(gates.setdefault(each.first(longest[-1]), f"gate_{len(gates)}"))
        own = CaseOf(((sql.is_not_null(gate), gate), *each.branches[longest[-1] :]), each.otherwise)
        through.append(own.sql)
    return through, [sql.alias(gate.sql, name) for gate, name in gates.items()]


def _indicator_columns(group: Group, plan: IndicatorPlan, outcome: Sql) -> list[Sql]:
    indicator = plan.indicator
    number, names = group.numbered[indicator.id], _names(group, indicator)
    width = "UTINYINT" if len(group.codes.known) < _NARROW else "USMALLINT"
    columns = [sql.alias(sql.cast(outcome, width), f"o_{number}")]
    if indicator.value is not None:
        ratio = compile_number(indicator.value, names)
        group.denominators[indicator.id] = ratio.denominator if isinstance(ratio.denominator, int) else None
        columns.append(sql.alias(ratio.numerator, f"n_{number}"))
        columns.append(sql.alias(ratio.bottom, f"q_{number}"))
    if group.detailed:
        columns += clock_columns(indicator, names, sql.column("known"), sql.column(f"d_{number}"))
    return columns


def _category_columns(group: Group) -> list[Sql]:
    """The category of each breakdown, for cases that are in some period."""
    somewhere = sql.or_([sql.is_not_null(sql.column(name)) for name in _placing_names(group)])
    columns = []
    for key, (breakdown, names) in _breakdowns(group).items():
        column = group.categories[key]
        if column in group.carried:
            continue
        value = (
            _band(breakdown, _banded_value(column, breakdown, names)) if breakdown.bands else category(breakdown, names)
        )
        columns.append(sql.alias(sql.case([(somewhere, value)], sql.null()), column))
    return columns


def _breakdowns(group: Group) -> dict[CategoryKey, tuple[Breakdown, Names]]:
    """Every different breakdown of a group."""
    return {
        category_key(plan, breakdown): (breakdown, _names(group, plan.indicator))
        for plan in group.plans
        for breakdown in plan.breakdowns
    }


def _banded_values(group: Group) -> list[Sql]:
    """The number behind every band, worked out once though each band looks at it."""
    columns = []
    for key, (breakdown, names) in _breakdowns(group).items():
        if breakdown.bands:
            ratio = compile_number(breakdown.expression, names)
            columns.append(sql.alias(ratio.numerator, f"{group.categories[key]}.value"))
            columns.append(sql.alias(ratio.bottom, f"{group.categories[key]}.over"))
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
        return sql.fn("concat_ws", "/", sql.cast(ratio.numerator, "VARCHAR"), sql.cast(ratio.bottom, "VARCHAR"))
    value = compile_expression(expression, names)
    match expression.kind:
        case Kind.BOOLEAN:
            return sql.case([(value, sql.text("yes")), (sql.not_(value), sql.text("no"))], sql.null())
        case Kind.MONTH:
            return sql.fn("strftime", value, "%Y-%m")
        case Kind.DATETIME:
            return sql.fn("kpi_moment_text", value, has_time(expression, names))
        case Kind.TEXT | Kind.CATEGORY | Kind.INTEGER | Kind.DATE | Kind.NULL:
            return sql.fn("nullif", sql.cast(value, "VARCHAR"), "")
        case _:
            assert_never(expression.kind)


def _band(breakdown: Breakdown, value: numbers.Ratio) -> Sql:
    branches: list[tuple[Sql, Sql]] = [(sql.is_null(value.numerator), sql.null())]
    labels = breakdown.codes[-len(breakdown.bands) :]
    for lower, label in reversed(list(zip(breakdown.bands, labels, strict=True))):
        exact = Fraction(lower)
        reached = numbers.compare(">=", value, numbers.constant(exact.numerator, exact.denominator))
        branches.append((reached, sql.text(label)))
    below = breakdown.codes[0] if len(labels) < len(breakdown.codes) else f"under {breakdown.bands[0]}"
    return sql.case(branches, sql.text(below))


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
