"""The outcome of every case of an indicator, as one small whole number in SQL.

The order of the questions is that of the meaning of outcomes: population, placing, what cannot be
read, exclusions, what is not due, and last what the clock, the condition or the value says.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import assert_never

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.judge_clocks import ClockReading
from sgkpi.engines.duckdb.judge_expressions import Names, compile_expression, compile_number
from sgkpi.model.expressions import Kind, column_refs, related_names
from sgkpi.model.indicator import DuePeriod, Indicator, Keep, PeriodColumn
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome, Unknown
from sgkpi.planning.columns import named_columns

NO_OUTCOME, UNPLACED_BLANK, UNPLACED_UNREADABLE, _FIRST = range(4)
_NARROWEST = 255
Branch = tuple[Sql, Sql]


@dataclass(frozen=True)
class Codes:
    """The whole numbers that stand for the outcomes, with their reasons, that some indicators can have."""

    known: tuple[tuple[Outcome, str | None], ...]

    @classmethod
    def of(cls, indicators: Iterable[Indicator]) -> "Codes":
        known: dict[tuple[Outcome, str | None], None] = {}
        for indicator in indicators:
            known |= dict.fromkeys((outcome, None) for outcome in Outcome)
            known |= dict.fromkeys((Outcome.UNKNOWN, reason) for reason in Unknown)
            known |= dict.fromkeys((Outcome.EXCLUDED, each.name) for each in indicator.exclude)
            explained = (Outcome.NOT_MET, Outcome.OVERDUE)
            known |= dict.fromkeys((outcome, each.name) for each in indicator.because for outcome in explained)
        return cls(tuple(known))

    @property
    def width(self) -> str:
        """The type that holds every code."""
        return "UTINYINT" if _FIRST + len(self.known) <= _NARROWEST else "USMALLINT"

    def code(self, outcome: Outcome, reason: str | None = None) -> Sql:
        return _as_code(_FIRST + self.known.index((outcome, reason)))

    @staticmethod
    def is_outcome(code: int) -> bool:
        """Return whether a number stands for an outcome, and not for none or for a case that has no place."""
        return code >= _FIRST

    def numbers(self, outcomes: Collection[Outcome]) -> list[int]:
        """Return every number that stands for one of these outcomes."""
        return [_FIRST + place for place, (outcome, _) in enumerate(self.known) if outcome in outcomes]

    def meaning(self, code: int) -> tuple[Outcome, str | None]:
        """Return the outcome and reason behind a number that `code` has given."""
        return self.known[code - _FIRST]


def _as_code(number: int) -> Sql:
    return sql.number(number).cast("UTINYINT" if number <= _NARROWEST else "USMALLINT")


@dataclass(frozen=True)
class Situation:
    """Where a case stands in the relation that is classified.

    `exists` is None for a relation that holds existing cases only. `unjudged` is the number of a case that is not
    judged as it does not exist or belongs to no period, and null for others; None for a stock, whose cases
    all have their place. `columns` are the columns of the case that the relation has: a current list has no spell.
    """

    exists: Sql | None
    duplicate: Sql | None
    unjudged: Sql | None
    clock: ClockReading | None
    columns: frozenset[str]


def outcome_code(indicator: Indicator, names: Names, situation: Situation, codes: Codes) -> Sql:
    """Return the outcome of a case as a number of `codes`, or one of the three special ones."""
    branches: list[Branch] = []
    population = compile_expression(indicator.population, names) if indicator.population else None
    unjudged, none = situation.unjudged, _as_code(NO_OUTCOME)
    if unjudged is not None:
        number = unjudged if population is None else sql.when(population.or_else(True), unjudged, none)
        branches.append((unjudged.is_not_null(), number))
    elif situation.exists is not None:
        branches.append((~situation.exists, none))
    if population is not None:
        branches.append((~population.or_else(True), none))
    branches += _cannot_be_read(indicator, names, situation, codes)
    if population is not None:
        branches.append((population.is_null(), codes.code(Outcome.UNKNOWN, Unknown.POPULATION)))
    for excluded in indicator.exclude:
        branches.append((compile_expression(excluded.expression, names), codes.code(Outcome.EXCLUDED, excluded.name)))
    if indicator.not_due is not None:
        branches.append((compile_expression(indicator.not_due, names), codes.code(Outcome.NOT_DUE)))
    judged, otherwise = _judged(indicator, names, situation.clock, codes)
    return sql.case([*branches, *judged], otherwise)


def _cannot_be_read(indicator: Indicator, names: Names, situation: Situation, codes: Codes) -> list[Branch]:
    own = [name for name in named_columns(indicator).case if name in situation.columns]
    cells = [*_unreadable(indicator, own), *(names.related(each.name, "unreadable") for each in indicator.related)]
    branches = [(sql.or_(cells), codes.code(Outcome.UNKNOWN, Unknown.UNREADABLE))] if cells else []
    if situation.duplicate is not None:
        branches.append((situation.duplicate, codes.code(Outcome.UNKNOWN, Unknown.DUPLICATE_KEY)))
    many = [names.related(each.name, "many") for each in indicator.related if each.keep is Keep.ONLY]
    if many:
        branches.append((sql.or_(many), codes.code(Outcome.UNKNOWN, Unknown.MORE_THAN_ONE)))
    return branches


def _unreadable(indicator: Indicator, columns: Iterable[str]) -> list[Sql]:
    always = (Kind.TEXT, Kind.CATEGORY)
    return [Name.unreadable(name) for name in columns if indicator.table.columns[name].kind not in always]


def unjudged_code(indicator: Indicator, names: Names, exists: Sql | None, day: Sql, in_period: Sql) -> Sql:
    """Return the number of a case of a flow that is not judged, null for others.

    `day` is that by which it is placed, and `in_period` whether a month that is asked for holds it.
    """
    branches = [] if exists is None else [(~exists, _as_code(NO_OUTCOME))]
    unreadable = _is_placing_unreadable(indicator, names)
    branches.append((day.is_null(), sql.when(unreadable, _as_code(UNPLACED_UNREADABLE), _as_code(UNPLACED_BLANK))))
    branches.append((~in_period, _as_code(NO_OUTCOME)))
    return sql.case(branches).cast("UTINYINT")


def _is_placing_unreadable(indicator: Indicator, names: Names) -> Sql:
    """Return whether the date that would place a case is unreadable rather than blank."""
    match indicator.period:
        case PeriodColumn(column):
            return Name.unreadable(column)
        case DuePeriod() if indicator.clock is not None and (rests_on := indicator.clock.due or indicator.clock.start):
            own = sorted(ref.column for ref in column_refs(rests_on) if ref.related is None)
            others = (names.related(name, "unreadable") for name in sorted(related_names(rests_on)))
            return sql.or_([*_unreadable(indicator, own), *others])
        case _:
            return sql.FALSE


def _judged(indicator: Indicator, names: Names, clock: ClockReading | None, codes: Codes) -> tuple[list[Branch], Sql]:
    """Return the last questions: what the clock, the condition or the value says; and the code if none answers."""
    match indicator.measure:
        case Measure.COUNT:
            return [], codes.code(Outcome.COUNTED)
        case Measure.MEAN | Measure.MEDIAN | Measure.MAXIMUM:
            value = indicator.value
            has_none = compile_number(value, names).numerator.is_null() if value is not None else sql.TRUE
            return [(has_none, codes.code(Outcome.UNKNOWN, Unknown.VALUE))], codes.code(Outcome.COUNTED)
        case Measure.PROPORTION if indicator.met is not None:
            met = compile_expression(indicator.met, names)
            unknown = (met.is_null(), codes.code(Outcome.UNKNOWN, Unknown.MET))
            return [(met, codes.code(Outcome.MET)), unknown], _because(indicator, names, codes, Outcome.NOT_MET)
        case Measure.PROPORTION:
            if clock is None:
                raise ValueError(f"{indicator.id} has no clock")
            branches = [(condition, codes.code(Outcome.UNKNOWN, reason)) for reason, condition in clock.unknown]
            branches.append((clock.in_time, codes.code(Outcome.MET)))
            if clock.clock.stop is not None:
                branches.append((clock.stop.is_not_null(), _because(indicator, names, codes, Outcome.NOT_MET)))
            branches.append((clock.overdue, _because(indicator, names, codes, Outcome.OVERDUE)))
            return branches, codes.code(Outcome.NOT_DUE)
        case _:
            assert_never(indicator.measure)


def _because(indicator: Indicator, names: Names, codes: Codes, outcome: Outcome) -> Sql:
    """Return the outcome with the first named reason that holds."""
    reasons = [
        (compile_expression(each.expression, names), codes.code(outcome, each.name)) for each in indicator.because
    ]
    return sql.case(reasons, codes.code(outcome))
