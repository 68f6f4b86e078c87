"""The outcome of every case of an indicator, as one small whole number in SQL.

The order of the questions is that of the meaning of outcomes: population, placing, what cannot be
read, exclusions, what is not due, and last what the clock, the condition or the value says.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import assert_never

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.clocks import clock_parts
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.expressions import Names, compile_expression, compile_number
from sgkpi.model.expressions import Kind, column_refs, related_names
from sgkpi.model.indicator import DuePeriod, Indicator, Keep, PeriodColumn
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome, Unknown
from sgkpi.planning.columns import NamedColumns, named_columns

NO_OUTCOME = 0
UNPLACED_BLANK = 1
UNPLACED_UNREADABLE = 2
_FIRST = 3
_NARROWEST = 255
# The outcomes that `because` explains.
_EXPLAINED = (Outcome.NOT_MET, Outcome.OVERDUE)


@dataclass(frozen=True)
class Codes:
    """The whole numbers that stand for the outcomes, with their reasons, that some indicators can have."""

    known: tuple[tuple[Outcome, str | None], ...]

    @classmethod
    def of(cls, indicators: Iterable[Indicator]) -> "Codes":
        known: dict[tuple[Outcome, str | None], None] = {}
        for indicator in indicators:
            excluded, because = ([each.name for each in named] for named in (indicator.exclude, indicator.because))
            known |= dict.fromkeys((outcome, None) for outcome in Outcome)
            known |= dict.fromkeys((Outcome.UNKNOWN, reason) for reason in Unknown)
            known |= dict.fromkeys((Outcome.EXCLUDED, name) for name in excluded)
            known |= dict.fromkeys((outcome, name) for name in because for outcome in _EXPLAINED)
        return cls(tuple(known))

    def code(self, outcome: Outcome, reason: str | None = None) -> Sql:
        return as_code(_FIRST + self.known.index((outcome, reason)))

    @staticmethod
    def is_outcome(code: int) -> bool:
        """Whether a number stands for an outcome, and not for none or for a case that has no place."""
        return code >= _FIRST

    def numbers(self, outcomes: Collection[Outcome]) -> list[int]:
        """Every number that stands for one of these outcomes."""
        return [_FIRST + place for place, (outcome, _) in enumerate(self.known) if outcome in outcomes]

    def meaning(self, code: int) -> tuple[Outcome, str | None]:
        """The outcome and reason behind a number that `code` has given."""
        return self.known[code - _FIRST]


def as_code(number: int) -> Sql:
    """One of the whole numbers that tell an outcome, in as few bytes as hold it."""
    return sql.number(number).cast("UTINYINT" if number <= _NARROWEST else "USMALLINT")


@dataclass(frozen=True)
class CaseOf:
    """Questions with what follows from each, in order, and what is left when none of them holds."""

    branches: tuple[tuple[Sql, Sql], ...]
    otherwise: Sql

    def first(self, asked: int) -> "CaseOf":
        """The first questions alone; null is left."""
        return CaseOf(self.branches[:asked], sql.NULL)

    @property
    def sql(self) -> Sql:
        return sql.case(self.branches, self.otherwise)


@dataclass(frozen=True)
class Situation:
    """Where a case stands in the relation that is classified.

    `exists` is None for a relation that holds existing cases only. `unjudged` is the number of a case that is not
    judged as it does not exist or belongs to no period, and null for others; None for a stock, whose cases
    all have their place. `due` is the day on which it is due, where there is a clock, and `elapsed` the
    microseconds from its start to its stop, where it is a clock in hours.
    `columns` are the columns of the case that the relation has: a current list has no spell.
    """

    known: Sql
    exists: Sql | None
    duplicate: Sql | None
    unjudged: Sql | None
    due: Sql
    elapsed: Sql | None
    columns: frozenset[str]


def outcome_code(indicator: Indicator, names: Names, situation: Situation, codes: Codes) -> CaseOf:
    """The outcome of a case as a number of `codes`, or one of the three special ones."""
    named = named_columns(indicator)
    branches: list[tuple[Sql, Sql]] = []
    population = compile_expression(indicator.population, names) if indicator.population else None
    covered = sql.fn("coalesce", population, True) if population is not None else None
    if situation.unjudged is not None:
        number = situation.unjudged if covered is None else sql.when(covered, situation.unjudged, as_code(NO_OUTCOME))
        branches.append((situation.unjudged.is_not_null(), number))
    elif situation.exists is not None:
        branches.append((~situation.exists, as_code(NO_OUTCOME)))
    if covered is not None:
        branches.append((~covered, as_code(NO_OUTCOME)))
    branches += _cannot_be_read(indicator, named, names, situation, codes)
    if population is not None:
        branches.append((population.is_null(), codes.code(Outcome.UNKNOWN, Unknown.POPULATION)))
    for excluded in indicator.exclude:
        branches.append((compile_expression(excluded.expression, names), codes.code(Outcome.EXCLUDED, excluded.name)))
    if indicator.not_due is not None:
        branches.append((compile_expression(indicator.not_due, names), codes.code(Outcome.NOT_DUE)))
    judged, otherwise = _judged(indicator, names, situation, codes)
    return CaseOf((*branches, *judged), otherwise)


def unjudged_code(indicator: Indicator, names: Names, exists: Sql | None, day: Sql, in_period: Sql) -> Sql:
    """The number of a case of a flow that is not judged, null for others.

    `day` is that by which it is placed, and `in_period` whether a month that is asked for holds it.
    """
    blank, unreadable = as_code(UNPLACED_BLANK), as_code(UNPLACED_UNREADABLE)
    branches = [] if exists is None else [(~exists, as_code(NO_OUTCOME))]
    branches.append((day.is_null(), sql.when(unreadable_placing(indicator, names), unreadable, blank)))
    branches.append((~in_period, as_code(NO_OUTCOME)))
    return sql.case(branches).cast("UTINYINT")


def unreadable_placing(indicator: Indicator, names: Names) -> Sql:
    """Whether the date that would place a case is unreadable rather than blank."""
    match indicator.period:
        case PeriodColumn(column):
            return Name.unreadable(column)
        case DuePeriod() if indicator.clock is not None:
            rests_on = indicator.clock.due or indicator.clock.start
            if rests_on is None:
                return sql.FALSE
            own = sorted(ref.column for ref in column_refs(rests_on) if ref.related is None)
            others = sorted(related_names(rests_on))
            columns = [Name.unreadable(name) for name in own if _can_be_unreadable(indicator, name)]
            return sql.or_([*columns, *(names.related(name, "unreadable") for name in others)])
        case _:
            return sql.FALSE


def _can_be_unreadable(indicator: Indicator, column: str) -> bool:
    return indicator.table.columns[column].kind not in (Kind.TEXT, Kind.CATEGORY)


def _cannot_be_read(
    indicator: Indicator, named: NamedColumns, names: Names, situation: Situation, codes: Codes
) -> list[tuple[Sql, Sql]]:
    cells: list[Sql] = [
        Name.unreadable(name)
        for name in named.case
        if name in situation.columns and _can_be_unreadable(indicator, name)
    ]
    cells += [names.related(related.name, "unreadable") for related in indicator.related]
    branches = [(sql.or_(cells), codes.code(Outcome.UNKNOWN, Unknown.UNREADABLE))] if cells else []
    if situation.duplicate is not None:
        branches.append((situation.duplicate, codes.code(Outcome.UNKNOWN, Unknown.DUPLICATE_KEY)))
    many = [names.related(each.name, "many") for each in indicator.related if each.keep is Keep.ONLY]
    if many:
        branches.append((sql.or_(many), codes.code(Outcome.UNKNOWN, Unknown.MORE_THAN_ONE)))
    return branches


def _judged(
    indicator: Indicator, names: Names, situation: Situation, codes: Codes
) -> tuple[list[tuple[Sql, Sql]], Sql]:
    """The last questions: what the clock, the condition or the value says; and what is left when none answers."""
    match indicator.measure:
        case Measure.COUNT:
            return [], codes.code(Outcome.COUNTED)
        case Measure.MEAN | Measure.MEDIAN | Measure.MAXIMUM:
            has_none = _has_no_value(indicator, names)
            return [(has_none, codes.code(Outcome.UNKNOWN, Unknown.VALUE))], codes.code(Outcome.COUNTED)
        case Measure.PROPORTION if indicator.met is not None:
            met = compile_expression(indicator.met, names)
            return [
                (met, codes.code(Outcome.MET)),
                (met.is_null(), codes.code(Outcome.UNKNOWN, Unknown.MET)),
            ], _because(indicator, names, codes, Outcome.NOT_MET)
        case Measure.PROPORTION:
            return _by_clock(indicator, names, situation, codes)
        case _:
            assert_never(indicator.measure)


def _has_no_value(indicator: Indicator, names: Names) -> Sql:
    return sql.TRUE if indicator.value is None else compile_number(indicator.value, names).numerator.is_null()


def _by_clock(
    indicator: Indicator, names: Names, situation: Situation, codes: Codes
) -> tuple[list[tuple[Sql, Sql]], Sql]:
    parts = clock_parts(indicator, names, situation.known, situation.due, situation.elapsed)
    branches = [(condition, codes.code(Outcome.UNKNOWN, reason)) for reason, condition in parts.unknown]
    branches.append((parts.in_time, codes.code(Outcome.MET)))
    if indicator.clock and indicator.clock.stop is not None:
        branches.append((parts.stopped, _because(indicator, names, codes, Outcome.NOT_MET)))
    branches.append((parts.overdue, _because(indicator, names, codes, Outcome.OVERDUE)))
    return branches, codes.code(Outcome.NOT_DUE)


def _because(indicator: Indicator, names: Names, codes: Codes, outcome: Outcome) -> Sql:
    """The outcome with the first named reason that holds."""
    reasons = [
        (compile_expression(each.expression, names), codes.code(outcome, each.name)) for each in indicator.because
    ]
    return sql.case(reasons, codes.code(outcome))
