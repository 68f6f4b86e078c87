"""Verification: the same figures and cases from two engines that share no line of the meaning, held side by side."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from itertools import zip_longest

from sgkpi.answers.compute import compute_ledger
from sgkpi.answers.engines import engine_named
from sgkpi.engines.protocol import ENGINES, Engine, Progress
from sgkpi.extracts.extract import Extract
from sgkpi.figures.build import build_figure_set
from sgkpi.figures.figure import Figure
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.ledger.ledger import Ledger, Unplaced
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.indicator import Indicator
from sgkpi.model.periods import Period
from sgkpi.model.problems import Problem
from sgkpi.model.request import AsOfSource, Request
from sgkpi.planning.availability import Unavailable
from sgkpi.planning.request import ResolvedRequest, resolve

KEPT = 20
_FIGURE_COLUMNS = tuple(each.name for each in fields(Figure))
_CASE_COLUMNS = ("person", "outcome", "reason", "start", "stop", "due", "value")
_FIGURE, _CASE, _UNPLACED = range(3)
_DONE = 100.0

Cells = dict[str, object]
# What is compared, and where it stands: by indicator, kind, period, breakdown, category and key.
Thing = Figure | CaseOutcome | Unplaced
Place = tuple[str, int, tuple[object, ...], str, str, tuple[str, ...]]
Pair = tuple[Thing | None, Thing | None]


@dataclass(frozen=True)
class Difference:
    """A figure or a case of which two engines do not say the same.

    `key` is the case's, None for a figure; `period` is None for the cases that belong to no period. `first` and
    `second` hold the columns that differ, as each engine has them; None where it has no such figure or case.
    """

    indicator: str
    period: Period | None
    breakdown: str | None
    category: str | None
    key: tuple[str, ...] | None
    first: Mapping[str, object] | None
    second: Mapping[str, object] | None


@dataclass(frozen=True)
class Agreement:
    """How many figures and cases of an indicator are the same on both engines, and how many there are."""

    indicator: str
    title: str
    figures: int
    figures_agreeing: int
    cases: int
    cases_agreeing: int


@dataclass(frozen=True)
class Verification:
    """What came of holding two engines side by side.

    `differences` are the first, at most `KEPT`; `different` is how many there are in all. `problems` are
    warnings about the extract.
    """

    engines: tuple[str, str]
    agreements: tuple[Agreement, ...]
    differences: tuple[Difference, ...]
    different: int
    periods: tuple[Period, ...]
    unavailable: tuple[Unavailable, ...]
    extract: Extract
    as_of: datetime
    as_of_source: AsOfSource
    problems: tuple[Problem, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether everything is the same on both."""
        return self.different == 0

    def total(self, column: str) -> int:
        """The sum of one of the numbers of the agreements."""
        return sum(getattr(each, column) for each in self.agreements)


def verify(
    extract: Extract,
    catalogue: Catalogue,
    asked: Request,
    *,
    engines: Mapping[str, Engine] | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Every figure and case that is asked for, from both engines (or from two others, by name), compared.

    `progress` is told in per cent. Raises UsageError for what cannot be asked, and ExtractError for what
    the extract cannot carry.
    """
    first, second = (engines or {name: engine_named(name) for name in ENGINES}).items()
    question = resolve(extract, catalogue, asked, first[1].events)
    told = progress or _tell_nobody
    answers = [_answer(question, engine, told, step) for step, (_, engine) in enumerate((first, second))]
    return _compared(question, (first[0], second[0]), answers[0], answers[1])


def _tell_nobody(_: float) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class _Answer:
    """What one engine gives for a question."""

    counts: Ledger
    figures: tuple[Figure, ...]
    cases: tuple[CaseOutcome, ...]

    @property
    def things(self) -> tuple[Thing, ...]:
        """All that is compared."""
        return (*self.figures, *self.cases, *self.counts.unplaced)


def _answer(question: ResolvedRequest, engine: Engine, told: Progress, step: int) -> _Answer:
    """Of the four parts of the work, two are this engine's: counting, then single cases."""
    quarter = _DONE / 4
    counts = compute_ledger(question, engine)
    told((2 * step + 1) * quarter)
    cases = tuple(engine.cases(question.plan, question.extract))
    told((2 * step + 2) * quarter)
    return _Answer(counts, build_figure_set(question, counts).figures, cases)


def _compared(question: ResolvedRequest, names: tuple[str, str], first: _Answer, second: _Answer) -> Verification:
    found = _Comparison()
    for pair in _pairs(first.things, second.things):
        found.add(pair)
    different = sorted(found.different, key=lambda pair: _place(_either(pair)))
    return Verification(
        engines=names,
        agreements=tuple(found.agreement(each.indicator) for each in question.plan.indicators),
        differences=tuple(map(_difference, different[:KEPT])),
        different=len(different),
        periods=question.periods,
        unavailable=question.unavailable,
        extract=question.extract,
        as_of=question.plan.as_of,
        as_of_source=question.as_of_source,
        problems=question.problems(first.counts.problems),
    )


@dataclass
class _Comparison:
    """How many things there are of each indicator and kind, how many of them are the same, and which are not."""

    there: Counter[tuple[str, int]] = field(default_factory=Counter)
    same: Counter[tuple[str, int]] = field(default_factory=Counter)
    different: list[Pair] = field(default_factory=list)

    def add(self, pair: Pair) -> None:
        """Counts two things that stand at the same place."""
        kind = _place(_either(pair))[:2]
        self.there[kind] += 1
        if pair[0] == pair[1]:
            self.same[kind] += 1
        else:
            self.different.append(pair)

    def agreement(self, indicator: Indicator) -> Agreement:
        """The figures and cases of an indicator."""
        figures, cases = (indicator.id, _FIGURE), (indicator.id, _CASE)
        counts = self.there[figures], self.same[figures], self.there[cases], self.same[cases]
        return Agreement(indicator.id, indicator.title, *counts)


def _pairs(first: Iterable[Thing], second: Iterable[Thing]) -> Iterator[Pair]:
    """Things of the same place side by side; None where there is no other."""
    left, right = _by_place(first), _by_place(second)
    for place in left | right:
        yield from _paired(left.get(place, []), right.get(place, []))


def _by_place(things: Iterable[Thing]) -> dict[Place, list[Thing]]:
    """The things at each place: one, but for cases with a blank part of their key."""
    places: dict[Place, list[Thing]] = {}
    for thing in things:
        places.setdefault(_place(thing), []).append(thing)
    return places


def _paired(ones: list[Thing], others: list[Thing]) -> Iterator[Pair]:
    """The things of one place in pairs, those first that are the same."""
    waiting: dict[tuple[object, ...], list[Thing]] = {}
    for other in others:
        waiting.setdefault(_identity(other), []).append(other)
    alone = []
    for one in ones:
        same = waiting.get(_identity(one))
        if same:
            yield one, same.pop()
        else:
            alone.append(one)
    left = (other for same in waiting.values() for other in same)
    yield from zip_longest(sorted(alone, key=_in_words), sorted(left, key=_in_words))


def _place(thing: Thing) -> Place:
    match thing:
        case Figure():
            place = (thing.breakdown or "", thing.category or "", ())
            return (thing.indicator, _FIGURE, thing.period.sort_key, *place)
        case CaseOutcome():
            return (thing.indicator, _CASE, thing.period.sort_key, "", "", thing.key)
        case Unplaced():
            return (thing.indicator, _UNPLACED, (), "", "", ())


def _cells(thing: Thing) -> Cells:
    """All that is said of a thing, by column."""
    match thing:
        case Figure():
            return {name: getattr(thing, name) for name in _FIGURE_COLUMNS}
        case CaseOutcome():
            categories = {f"by {name}": category for name, category in thing.categories.items()}
            return {name: getattr(thing, name) for name in _CASE_COLUMNS} | categories
        case Unplaced():
            return {"blank": thing.blank, "unreadable": thing.unreadable}


def _identity(thing: Thing) -> tuple[object, ...]:
    return tuple(_cells(thing).items())


def _in_words(thing: Thing) -> str:
    return str(_cells(thing))


def _either(pair: Pair) -> Thing:
    thing = pair[0] if pair[0] is not None else pair[1]
    if thing is None:
        raise ValueError("a pair of nothing")
    return thing


def _difference(pair: Pair) -> Difference:
    thing = _either(pair)
    first, second = (None if each is None else _cells(each) for each in pair)
    if first is not None and second is not None:
        differing = [name for name in first | second if first.get(name) != second.get(name)]
        first, second = ({name: cells.get(name) for name in differing} for cells in (first, second))
    return Difference(
        indicator=thing.indicator,
        period=None if isinstance(thing, Unplaced) else thing.period,
        breakdown=thing.breakdown if isinstance(thing, Figure) else None,
        category=thing.category if isinstance(thing, Figure) else None,
        key=thing.key if isinstance(thing, CaseOutcome) else None,
        first=first,
        second=second,
    )
