"""The branches of a definition: the ways in which a case can be judged, each of which should have an example."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sgkpi.definitions.checks.examples import NO_OUTCOME
from sgkpi.definitions.expressions.possible import Nulls, Result, null_patterns, results
from sgkpi.model.expressions import ColumnRef, Expression
from sgkpi.model.indicator import Clock, Indicator, Moment, PeriodColumn, PointInTime
from sgkpi.model.measures import Measure


@dataclass(frozen=True)
class Branch:
    """One way to judge a case: the key that decides, and the outcome and reason that follow."""

    place: str
    outcome: str
    because: str | None = None


def branches(indicator: Indicator) -> tuple[Branch, ...]:
    """Return the branches of a definition; those that depend on a null only if they are possible."""
    found = list(_of_conditions(indicator))
    if indicator.measure is Measure.PROPORTION and indicator.clock is not None:
        found += _of_clock(indicator, indicator.clock)
    if indicator.met is not None:
        found += [Branch("met", "met"), Branch("met", "not_met")]
        found += _if_null(indicator, indicator.met, Branch("met", "unknown", "met"))
    return tuple(found)


def _of_conditions(indicator: Indicator) -> Iterator[Branch]:
    if (population := indicator.population) is not None:
        yield Branch("population", NO_OUTCOME)
        patterns = null_patterns([population])
        if patterns is None or any(_is_placed(indicator, each) and _null(population, each) for each in patterns):
            yield Branch("population", "unknown", "population")
    for named in indicator.exclude:
        yield Branch(f"exclude.{named.name}", "excluded", named.name)
    if indicator.not_due is not None:
        yield Branch("not_due", "not_due")
    # If a case can have either outcome, one of them is enough.
    failure = "overdue" if indicator.clock and indicator.clock.stop is None else "not_met"
    for named in indicator.because:
        yield Branch(f"because.{named.name}", failure, named.name)


def _of_clock(indicator: Indicator, clock: Clock) -> Iterator[Branch]:
    yield Branch("clock", "met")
    if clock.stop is None:
        yield Branch("clock", "overdue")
    else:
        yield Branch("clock", "not_met")
        if _is_planned(indicator, clock.stop) or _can_lack(indicator, clock.stop):
            yield Branch("clock", "overdue")
            yield Branch("clock", "not_due")
        if clock.start is not None and _can_lack(indicator, clock.start):
            yield Branch("clock", "unknown", "no_start")
    yield from _of_due(indicator, clock)
    if _can_stop_first(indicator, clock):
        yield Branch("clock", "unknown", "stop_before_start")


def _of_due(indicator: Indicator, clock: Clock) -> Iterator[Branch]:
    places_by_due = not isinstance(indicator.period, PeriodColumn | PointInTime)
    if clock.due is not None and not places_by_due:
        yield from _if_null(indicator, clock.due, Branch("clock", "unknown", "no_due"))
    if clock.runs_by_hours:
        yield Branch("clock", "unknown", "no_time_of_day")


def _is_planned(indicator: Indicator, column: ColumnRef) -> bool:
    table = indicator.related_named(column.related).table if column.related else indicator.table
    return table.columns[column.column].planned


def _can_stop_first(indicator: Indicator, clock: Clock) -> bool:
    """Whether a stop can be before the start, which the bounds of related rows may rule out."""
    start, stop = clock.start, clock.stop
    if start is None or stop is None or start == stop:
        return False
    for column, other, bound in ((stop, start, "after"), (start, stop, "until")):
        if column.related is not None and other.related is None:
            related = indicator.related_named(column.related)
            limit: str | Moment | None = getattr(related, bound)
            if related.date == column.column and limit == other.column:
                return False
    return True


def _can_lack(indicator: Indicator, column: ColumnRef) -> bool:
    """Whether a case that is judged by its clock can lack this column."""
    if indicator.clock is not None and not isinstance(indicator.period, PeriodColumn | PointInTime):
        places = indicator.clock.due or indicator.clock.start  # `period: due`
        if column == places:
            return False
    return _comes_to_measure(indicator, column, lambda nulls: nulls.get(column, False))


def _if_null(indicator: Indicator, expression: Expression, branch: Branch) -> Iterator[Branch]:
    if _comes_to_measure(indicator, expression, lambda nulls: _null(expression, nulls)):
        yield branch


def _comes_to_measure(indicator: Indicator, asked: Expression, test: Callable[[Nulls], bool]) -> bool:
    """Whether a case can be judged by its clock, `met` or value while its null columns pass a test."""
    stopping = [*(named.expression for named in indicator.exclude), indicator.not_due]
    patterns = null_patterns([asked, indicator.population, *stopping])
    if patterns is None:
        return True
    population = indicator.population
    return any(
        test(each)
        and _is_placed(indicator, each)
        and (population is None or Result.TRUE in results(population, each))
        and all(condition is None or results(condition, each) != {Result.TRUE} for condition in stopping)
        for each in patterns
    )


def _is_placed(indicator: Indicator, nulls: Nulls) -> bool:
    """Whether the column that places a case in a period has a value."""
    match indicator.period:
        case PeriodColumn(column) | PointInTime(column, _):
            return not nulls.get(ColumnRef(column, indicator.table.columns[column].kind), False)
        case _:
            return True


def _null(expression: Expression, nulls: Nulls) -> bool:
    return Result.NULL in results(expression, nulls)
