"""The ledger: the result of an engine, as data that adds up.

Two parts of an extract that share no person and no key have ledgers whose sum is the ledger of the whole, as long
as both are taken as of the same time: no number in a ledger depends on the cases of another person.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol, Self, TypeVar

from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Period
from sgkpi.model.problems import Problem, sort_problems

# Indicator, period, breakdown and category; breakdown and category are None for all cases together.
FigurePlace = tuple[str, Period, str | None, str | None]
_OUTCOME_ORDER = {outcome: number for number, outcome in enumerate(Outcome)}


@dataclass(frozen=True)
class Placed:
    """Something counted of an indicator, period and category."""

    indicator: str
    period: Period
    breakdown: str | None
    category: str | None

    @property
    def place(self) -> FigurePlace:
        return self.indicator, self.period, self.breakdown, self.category

    @property
    def sort_key(self) -> tuple[object, ...]:
        """By indicator and period, the total first, then by breakdown and category."""
        return self.indicator, self.period.sort_key, self.breakdown or "", self.category or ""


@dataclass(frozen=True)
class OutcomeCount(Placed):
    """The number of cases of an indicator, period and category that have an outcome and reason."""

    outcome: Outcome
    reason: str | None
    cases: int

    @property
    def sort_key(self) -> tuple[object, ...]:
        return *super().sort_key, _OUTCOME_ORDER[self.outcome], self.reason or ""

    def __add__(self, other: "OutcomeCount") -> "OutcomeCount":
        return replace(self, cases=self.cases + other.cases)


@dataclass(frozen=True)
class ValueSummary(Placed):
    """The exact values of the counted cases of a mean, median, maximum or ratio.

    `squares` is the sum of the squares of the values; it is kept for a mean alone, whose interval needs it. `counts`
    lists each value with its number of cases, in ascending order. It is kept for a median alone, which cannot be put
    together from sums. `per` is the sum of what the values of a ratio are divided by.
    """

    cases: int
    total: Fraction
    maximum: Fraction
    squares: Fraction = Fraction()
    counts: tuple[tuple[Fraction, int], ...] = ()
    per: Fraction = Fraction()

    @classmethod
    def of(
        cls, place: FigurePlace, cases: Mapping[Fraction, int], measure: Measure, per: Fraction = Fraction()
    ) -> "ValueSummary":
        """Summarize values, given the number of cases that have each; there must be at least one."""
        total = sum((value * number for value, number in cases.items()), Fraction())
        summary = cls(*place, sum(cases.values()), total, max(cases))
        if measure is Measure.MEAN:
            squares = sum((value * value * number for value, number in cases.items()), Fraction())
            return replace(summary, squares=squares)
        if measure is Measure.RATIO:
            return replace(summary, per=per)
        return replace(summary, counts=tuple(sorted(cases.items()))) if measure is Measure.MEDIAN else summary

    def __add__(self, other: "ValueSummary") -> "ValueSummary":
        return replace(
            self,
            cases=self.cases + other.cases,
            total=self.total + other.total,
            maximum=max(self.maximum, other.maximum),
            squares=self.squares + other.squares,
            counts=tuple(sorted((Counter(dict(self.counts)) + Counter(dict(other.counts))).items())),
            per=self.per + other.per,
        )


@dataclass(frozen=True)
class PersonCount(Placed):
    """The number of different persons among the judged or counted cases of an indicator, period and category."""

    persons: int

    def __add__(self, other: "PersonCount") -> "PersonCount":
        return replace(self, persons=self.persons + other.persons)


@dataclass(frozen=True)
class Unplaced:
    """The number of cases in no period, because the date that would place them is blank or unreadable."""

    indicator: str
    blank: int
    unreadable: int

    @property
    def sort_key(self) -> tuple[object, ...]:
        return (self.indicator,)

    def __add__(self, other: "Unplaced") -> "Unplaced":
        return Unplaced(self.indicator, self.blank + other.blank, self.unreadable + other.unreadable)


@dataclass(frozen=True)
class TableRead:
    """The numbers of rows of a table that are not all blank, and of replaced rows.

    `unreadable` has the number of cells that fit no format, by column. A row is replaced if another with its key has
    a greater version.
    """

    table: str
    files: tuple[str, ...]
    rows: int
    unreadable: Mapping[str, int]
    replaced_rows: int = 0

    @property
    def unreadable_cells(self) -> int:
        return sum(self.unreadable.values())

    @property
    def sort_key(self) -> tuple[object, ...]:
        return (self.table,)

    def __add__(self, other: "TableRead") -> "TableRead":
        files = tuple(sorted({*self.files, *other.files}))
        unreadable = Counter(self.unreadable) + Counter(other.unreadable)
        rows, replaced = self.rows + other.rows, self.replaced_rows + other.replaced_rows
        return TableRead(self.table, files, rows, dict(unreadable), replaced)


@dataclass(frozen=True)
class Ledger:
    """The result of an engine for a plan. Only outcomes and persons that occur have a count."""

    outcomes: tuple[OutcomeCount, ...] = ()
    values: tuple[ValueSummary, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    tables: tuple[TableRead, ...] = ()
    problems: tuple[Problem, ...] = ()
    persons: tuple[PersonCount, ...] = ()

    def renamed(self, name: Callable[[str, str, str], str]) -> "Ledger":
        """Return the ledger with other categories: `name` gives one for an indicator, breakdown and category.

        Those that get the same name are added up. Persons are left out, as one may be in several of them.
        """
        outcomes = _add((_renamed(each, name) for each in self.outcomes), ())
        values = _add((_renamed(each, name) for each in self.values), ())
        persons = tuple(each for each in self.persons if _renamed(each, name) is each)
        return replace(self, outcomes=outcomes, values=values, persons=persons)

    def __add__(self, other: "Ledger") -> "Ledger":
        """Return the ledger of both parts together; problems are joined, as their texts cannot be added."""
        return Ledger(
            outcomes=_add(self.outcomes, other.outcomes),
            values=_add(self.values, other.values),
            unplaced=_add(self.unplaced, other.unplaced),
            tables=_add(self.tables, other.tables),
            problems=sort_problems((*self.problems, *other.problems)),
            persons=_add(self.persons, other.persons),
        )


_Named = TypeVar("_Named", bound=Placed)


def _renamed(part: _Named, name: Callable[[str, str, str], str]) -> _Named:
    """Return a part of a ledger with another category; itself where that stays the same."""
    if part.breakdown is None or part.category is None:
        return part
    category = name(part.indicator, part.breakdown, part.category)
    return part if category == part.category else replace(part, category=category)


class _Addable(Protocol):
    @property
    def sort_key(self) -> tuple[object, ...]: ...

    def __add__(self, other: Self, /) -> Self: ...


_Part = TypeVar("_Part", bound=_Addable)


def _add(ones: Iterable[_Part], others: Iterable[_Part]) -> tuple[_Part, ...]:
    """Add up the parts that have the same sort key, and return them in its order."""
    found: dict[tuple[object, ...], _Part] = {}
    for each in (*ones, *others):
        key = each.sort_key
        found[key] = found[key] + each if key in found else each
    return tuple(found[key] for key in sorted(found))
