"""The branches of a definition: the ways in which a case can be judged; each should have an example.

Whether a null can reach a branch is worked out from which columns may be null. Nulls are tracked and values are not:
`x is not null and x = 'a'` can be true or false, and never null. A result found here may be impossible for another
reason; one that is not found cannot occur.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import assert_never

from sgkpi.model import expressions as ex
from sgkpi.model.expressions import ColumnRef, DueRef, Expression, Kind, children, names_due
from sgkpi.model.indicator import Clock, DuePeriod, Indicator, PeriodColumn, PointInTime
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import NO_OUTCOME

MOST_COLUMNS = 10


class Result(StrEnum):
    """The result of an expression: of a condition true, false or null; of anything else a value or null."""

    TRUE = "true"
    FALSE = "false"
    NULL = "null"
    VALUE = "value"


Results = frozenset[Result]
Nulls = Mapping[Expression, bool]
_TRUE, _FALSE, _NULL, _VALUE = (frozenset({result}) for result in Result)
_EITHER = _TRUE | _FALSE


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
        found += branches_of_clock(indicator, indicator.clock)
    if indicator.met is not None:
        found += [Branch("met", "met"), Branch("met", "not_met")]
        if _can_be_null(indicator, indicator.met):
            found.append(Branch("met", "unknown", "met"))
    return tuple(found)


def _of_conditions(indicator: Indicator) -> Iterator[Branch]:
    if (population := indicator.population) is not None:
        yield Branch("population", NO_OUTCOME)
        patterns = null_patterns([population, *_counting_bounds(indicator, [population])])
        if patterns is None or any(_is_possible(indicator, each) and _null(population, each) for each in patterns):
            yield Branch("population", "unknown", "population")
    for named in indicator.exclude:
        yield Branch(f"exclude.{named.name}", "excluded", named.name)
    if indicator.not_due is not None:
        yield Branch("not_due", "not_due")
    # If a case can have several of these outcomes, one of them is enough.
    first, last = indicator.counts_against[0], indicator.counts_against[-1]
    explained = last if indicator.clock and indicator.clock.stop is None else first
    for named in indicator.because:
        yield Branch(f"because.{named.name}", explained, named.name)


def branches_of_clock(indicator: Indicator, clock: Clock) -> Iterator[Branch]:
    """Yield the outcomes that the clock of a proportion can give."""
    yield Branch("clock", "met")
    if clock.stop is None:
        yield Branch("clock", "overdue")
    else:
        yield Branch("clock", "not_met")
        if indicator.may_lie_ahead(clock.stop) or _can_lack(indicator, clock.stop):
            yield Branch("clock", "overdue")
            yield Branch("clock", "not_due")
        if clock.start is not None and _can_lack(indicator, clock.start):
            yield Branch("clock", "unknown", "no_start")
    yield from _of_due(indicator, clock)
    if _can_stop_first(indicator, clock):
        yield Branch("clock", "unknown", "stop_before_start")


def _of_due(indicator: Indicator, clock: Clock) -> Iterator[Branch]:
    is_placed_by_due = isinstance(indicator.period, DuePeriod)
    if clock.due is not None and not is_placed_by_due and _can_be_null(indicator, clock.due):
        yield Branch("clock", "unknown", "no_due")
    if clock.runs_by_hours:
        yield Branch("clock", "unknown", "no_time_of_day")


def _can_stop_first(indicator: Indicator, clock: Clock) -> bool:
    """Whether a stop can be before the start, which the bounds of related rows, or the stop itself, may rule out."""
    start, stop = clock.start, clock.stop
    if start is None or stop is None or start == stop:
        return False
    patterns = null_patterns([start, stop])
    if patterns is not None and all(_is_no_earlier(stop, start, nulls) for nulls in patterns):
        return False
    for column, other, bounds in ((stop, start, ("after", "since")), (start, stop, ("until",))):
        if isinstance(column, ColumnRef) and column.related is not None:
            related = indicator.related_named(column.related)
            if related.date == column.column and any(getattr(related, bound) == other for bound in bounds):
                return False
    return True


def _is_no_earlier(moment: Expression, start: Expression, nulls: Nulls) -> bool:
    """Whether a moment is the start or later, or null, whatever values the columns have that are not null."""
    found = results(moment, nulls)
    if moment == start or found == _NULL or results(start, nulls) == _NULL:
        return True
    match moment:
        case ex.Call("greatest", arguments):
            known = (each for each in arguments if Result.NULL not in results(each, nulls))
            return any(_is_no_earlier(each, start, nulls) for each in known)
        case ex.AddInterval(earlier, amount):
            return amount >= 0 and _is_no_earlier(earlier, start, nulls)
        case ex.Case(branches, otherwise):
            reached = [result for condition, result in branches if results(condition, nulls) >= _TRUE]
            if not any(results(condition, nulls) == _TRUE for condition, _ in branches):
                reached.append(otherwise)
            return all(_is_no_earlier(each, start, nulls) for each in reached)
        case _:
            return False


def _can_lack(indicator: Indicator, moment: Expression) -> bool:
    """Whether a case that is judged by its clock can lack its start or stop."""
    return moment != _due_that_places(indicator) and _can_be_null(indicator, moment)


def _can_be_null(indicator: Indicator, expression: Expression) -> bool:
    """Whether an expression can be null in a case that is judged by its clock, `met` or value."""
    stopping = [*(named.expression for named in indicator.exclude), indicator.not_due]
    due = _what_due_rests_on(indicator, stopping)
    wanted = [expression, indicator.population, *stopping, due, _due_that_places(indicator)]
    patterns = null_patterns([*wanted, *_counting_bounds(indicator, wanted)])
    if patterns is None:
        return True
    if indicator.clock is not None and due is not None:
        patterns = _with_due(indicator.clock, due, patterns)
    population = indicator.population
    return any(
        _null(expression, each)
        and _is_possible(indicator, each)
        and (population is None or Result.TRUE in results(population, each))
        and all(condition is None or results(condition, each) != {Result.TRUE} for condition in stopping)
        for each in patterns
    )


def _what_due_rests_on(indicator: Indicator, conditions: Iterable[Expression | None]) -> Expression | None:
    """Return the expression that is null where `due` is; None where no condition names it."""
    clock = indicator.clock
    if clock is None or not any(condition is not None and names_due(condition) for condition in conditions):
        return None
    return clock.due or clock.start


def _with_due(clock: Clock, rests_on: Expression, patterns: Iterable[Nulls]) -> Iterator[Nulls]:
    """Yield each combination of nulls once for each state that `due` can have in it: null, or not null."""
    due = DueRef(Kind.DATETIME if clock.runs_by_hours else Kind.DATE)
    lacks_time = clock.runs_by_hours and clock.due is None  # perhaps
    for each in patterns:
        found = results(rests_on, each)
        if found >= _NULL or lacks_time:
            yield {**each, due: True}
        if found - _NULL:
            yield {**each, due: False}


def _counting_bounds(indicator: Indicator, expressions: Iterable[Expression | None]) -> list[Expression]:
    """Return the bounds of the related rows that some expressions count, or that these bounds count in turn."""
    counted = {ref.related for ref in _refs(expressions) if isinstance(ref, ex.CountRef)}
    bounds: list[Expression] = []
    for related in reversed(indicator.related):
        if related.name in counted:
            bounds += related.bounds
            counted |= {ref.related for ref in _refs(related.bounds) if isinstance(ref, ex.CountRef)}
    return bounds


def _is_possible(indicator: Indicator, nulls: Nulls) -> bool:
    """Whether a case can have these nulls: it has a period, and a count is null only if one of its bounds is."""
    counts = [
        (indicator.related_named(ref.related), null) for ref, null in nulls.items() if isinstance(ref, ex.CountRef)
    ]
    if any(null and not any(_null(bound, nulls) for bound in related.bounds) for related, null in counts):
        return False
    return _is_placed(indicator, nulls)


def _due_that_places(indicator: Indicator) -> Expression | None:
    """Return the expression without which `period: due` places no case; None for another period."""
    clock = indicator.clock
    return None if clock is None or not isinstance(indicator.period, DuePeriod) else clock.due or clock.start


def _is_placed(indicator: Indicator, nulls: Nulls) -> bool:
    """Whether a case with these nulls can have a period."""
    match indicator.period:
        case PeriodColumn(column) | PointInTime(column, _):
            return not nulls.get(ColumnRef(column, indicator.table.columns[column].kind), False)
        case DuePeriod():
            due = _due_that_places(indicator)
            return due is None or results(due, nulls) != _NULL


def _null(expression: Expression, nulls: Nulls) -> bool:
    return Result.NULL in results(expression, nulls)


def null_patterns(expressions: Iterable[Expression | None]) -> Iterator[Nulls] | None:
    """Return every combination of null and not null columns in some expressions; None if they are too many."""
    refs = list(dict.fromkeys(_refs(expressions)))
    if len(refs) > MOST_COLUMNS:
        return None
    return (dict(zip(refs, nulls, strict=True)) for nulls in product((False, True), repeat=len(refs)))


def _refs(expressions: Iterable[Expression | None]) -> list[ColumnRef | ex.CountRef]:
    every = (node for each in expressions if each is not None for node in ex.nodes(each))
    return [node for node in every if isinstance(node, ColumnRef | ex.CountRef)]


def results(node: Expression, nulls: Nulls) -> Results:  # noqa: C901, PLR0911 - a case for each node
    """Return the results that an expression can have; a column that `nulls` does not name has a value."""
    match node:
        case ex.Literal(value):
            return _NULL if value is None else _VALUE if not isinstance(value, bool) else _TRUE if value else _FALSE
        case ex.ColumnRef() | ex.CountRef() | ex.DueRef():
            return _NULL if nulls.get(node) else _of_kind(node.kind)
        case ex.Listed(item):
            return results(item, nulls)  # a code that is not listed is a fault of the data, and needs no example
        case ex.IsNull(item):
            found = results(item, nulls)
            return (_TRUE if found >= _NULL else frozenset()) | (_FALSE if found - _NULL else frozenset())
        case ex.Not(item):
            return _not(results(item, nulls))
        case ex.And(items):
            return _all_of([results(item, nulls) for item in items])
        case ex.Or(items):
            return _not(_all_of([_not(results(item, nulls)) for item in items]))
        case ex.Case(branches, otherwise):
            return _of_case(branches, otherwise, nulls)
        case ex.Call(function, arguments):
            return _of_call(function, [results(argument, nulls) for argument in arguments])
        case ex.Compare() | ex.AddInterval():
            return _strict([results(child, nulls) for child in children(node)], _of_kind(node.kind))
        case ex.InList(item, options):
            has_null = any(results(option, nulls) >= _NULL for option in options)  # which may be the value
            return _strict([results(item, nulls)], _EITHER | (_NULL if has_null else frozenset()))
        case ex.Arithmetic(operator, left, right):
            by_zero = operator == "/" and not (isinstance(right, ex.Literal) and right.value)
            found = _strict([results(left, nulls), results(right, nulls)], _VALUE)
            return found | _NULL if by_zero else found
        case ex.AsOf() | ex.ReferenceDay():
            return _VALUE
        case _:
            assert_never(node)


def _of_kind(kind: Kind) -> Results:
    return _EITHER if kind is Kind.BOOLEAN else _VALUE


def _not(found: Results) -> Results:
    opposite = {Result.TRUE: Result.FALSE, Result.FALSE: Result.TRUE}
    return frozenset(opposite.get(result, result) for result in found)


def _all_of(parts: list[Results]) -> Results:
    """Return the results of `and` in three-valued logic, given the results that each part can have."""
    found = _TRUE
    for part in parts:
        pairs = [{one, other} for one in found for other in part]
        found = frozenset(
            next(each for each in (Result.FALSE, Result.NULL, Result.TRUE) if each in pair) for pair in pairs
        )
    return found


def _of_case(branches: Iterable[tuple[Expression, Expression]], otherwise: Expression, nulls: Nulls) -> Results:
    found: Results = frozenset()
    for condition, result in branches:
        holds = results(condition, nulls)
        if holds >= _TRUE:
            found |= results(result, nulls)
        if holds == _TRUE:
            return found
    return found | results(otherwise, nulls)


def _of_call(function: str, arguments: list[Results]) -> Results:
    if function in ("coalesce", "least", "greatest"):
        some = frozenset[Result]().union(*arguments)
        return some if all(each >= _NULL for each in arguments) else some - _NULL
    found = _strict(arguments, _VALUE)
    # Either moment may lack a time of day.
    return found | _NULL if function == "hours_between" else found


def _strict(parts: list[Results], otherwise: Results) -> Results:
    can_be_null = any(part >= _NULL for part in parts)
    has_value = all(part - _NULL for part in parts)
    return (_NULL if can_be_null else frozenset()) | (otherwise if has_value else frozenset())
