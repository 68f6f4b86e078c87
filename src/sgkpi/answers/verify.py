"""`verify`: the figures and cases of two engines that share no rule of meaning, compared."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import zip_longest

from sgkpi.answers.cautions import find_cautions
from sgkpi.answers.compute import compute_ledger
from sgkpi.answers.inputs import engine_named
from sgkpi.engines import sealed_files
from sgkpi.engines.protocol import ENGINES, Engine, Progress
from sgkpi.extracts import scratch
from sgkpi.extracts.extract import Extract
from sgkpi.figures.build import build_figure_set
from sgkpi.figures.figure import Figure
from sgkpi.figures.figure_set import Caution
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.ledger.ledger import Ledger, Unplaced
from sgkpi.ledger.sealed import Seal
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.periods import Period
from sgkpi.model.problems import Problem
from sgkpi.model.request import AsOfSource, Request
from sgkpi.planning.availability import Unavailable, UnavailableBreakdown
from sgkpi.planning.request import ResolvedRequest, resolve

KEPT = 20
_FIGURE_COLUMNS = tuple(each.name for each in fields(Figure))
_CASE_COLUMNS = ("person", "outcome", "reason", "start", "stop", "due", "value", "per")
_FIGURE, _CASE, _UNPLACED, _EVIDENCE = range(4)
_SECRET = bytes(32)  # of digests that are compared and forgotten

Cells = tuple[tuple[str, object], ...]
Compared = Figure | CaseOutcome | Unplaced
# The place of a figure or case: indicator, kind, period, breakdown, category and key.
ComparedPlace = tuple[str, int, tuple[object, ...], str, str, tuple[str, ...]]


@dataclass(frozen=True)
class Difference:
    """A figure or a case in which two engines differ.

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
    """The numbers of figures and cases of an indicator, and of those that are the same on both engines."""

    indicator: str
    title: str
    figures: int
    figures_agreeing: int
    cases: int
    cases_agreeing: int


@dataclass(frozen=True)
class Verification:
    """The result of comparing two engines.

    `differences` are the first, at most `KEPT`; `different` is how many there are in all. `problems` are
    warnings about the extract.
    """

    engines: tuple[str, str]
    agreements: tuple[Agreement, ...]
    differences: tuple[Difference, ...]
    different: int
    periods: tuple[Period, ...]
    unavailable: tuple[Unavailable, ...]
    source: str | None
    as_of: datetime
    as_of_source: AsOfSource
    problems: tuple[Problem, ...] = ()
    unavailable_breakdowns: tuple[UnavailableBreakdown, ...] = ()
    cautions: tuple[Caution, ...] = ()

    @property
    def agrees(self) -> bool:
        return self.different == 0

    def total(self, column: str) -> int:
        """Return the sum of one of the numbers of the agreements."""
        return sum(getattr(each, column) for each in self.agreements)


def verify(
    extract: Extract,
    catalogue: Catalogue,
    request: Request,
    *,
    engines: Mapping[str, Engine] | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Compute every figure and case that is asked for with both engines, or with two others by name, and compare.

    Raises UsageError for what cannot be asked, and ExtractError for what the extract cannot carry.
    """
    named = engines or {name: engine_named(name) for name in ENGINES}
    (first, engine), (second, other) = named.items()
    resolved = resolve(extract, catalogue, request, engine.events)
    tell = progress or (lambda _: None)
    ledger, computed = _compute(resolved, engine, tell, 0)
    _, computed_otherwise = _compute(resolved, other, tell, 50)
    there, different = _compare(computed, computed_otherwise)
    different += _compare_evidence(resolved, engine, other)
    unequal = Counter(place[:2] for place, _ in different)

    def counts(indicator: str, kind: int) -> tuple[int, int]:
        return there[indicator, kind], there[indicator, kind] - unequal[indicator, kind]

    indicators = (plan.indicator for plan in resolved.plan.indicators)
    return Verification(
        engines=(first, second),
        agreements=tuple(
            Agreement(each.id, each.title, *counts(each.id, _FIGURE), *counts(each.id, _CASE)) for each in indicators
        ),
        differences=tuple(difference for _, difference in different[:KEPT]),
        different=len(different),
        periods=resolved.periods,
        unavailable=resolved.unavailable,
        source=extract.source,
        as_of=resolved.plan.as_of,
        as_of_source=resolved.as_of_source,
        problems=resolved.problems(ledger.problems),
        unavailable_breakdowns=resolved.unavailable_breakdowns,
        cautions=find_cautions(resolved, ledger.tables, ledger.unplaced),
    )


def _compute(
    resolved: ResolvedRequest, engine: Engine, tell: Progress, done: float
) -> tuple[Ledger, tuple[Compared, ...]]:
    """Return an engine's ledger and what is compared; counting and listing are a quarter of the work each."""
    ledger = compute_ledger(resolved, engine)
    tell(done + 25)
    cases = engine.cases(resolved.plan, resolved.extract)
    tell(done + 50)
    return ledger, (*build_figure_set(resolved, ledger).figures, *cases, *ledger.unplaced)


def _compare(
    first: Iterable[Compared], second: Iterable[Compared]
) -> tuple[Counter[tuple[str, int]], list[tuple[ComparedPlace, Difference]]]:
    """Return how many figures and cases each indicator has, and the differences in the order of their places.

    Cases with a blank key share a place: there, equal ones are matched first.
    """
    places: dict[ComparedPlace, tuple[list[Cells], list[Cells]]] = {}
    periods: dict[ComparedPlace, Period | None] = {}
    for side, found in enumerate((first, second)):
        for each in found:
            place, cells = _placed(each)
            places.setdefault(place, ([], []))[side].append(cells)
            periods[place] = None if isinstance(each, Unplaced) else each.period
    there: Counter[tuple[str, int]] = Counter()
    different = []
    for place, sides in places.items():
        equal = Counter(sides[0]) & Counter(sides[1])
        left = [sorted((Counter(side) - equal).elements(), key=lambda cells: str(dict(cells))) for side in sides]
        there[place[:2]] += equal.total() + max(map(len, left))
        different += [(place, _difference(place, periods[place], *pair)) for pair in zip_longest(*left)]
    return there, sorted(different, key=lambda each: each[0])


def _compare_evidence(resolved: ResolvedRequest, *engines: Engine) -> Iterator[tuple[ComparedPlace, Difference]]:
    """Yield for each indicator how many cases the engines seal otherwise, as a snapshot would keep them."""
    folder, plan, sealed = scratch.temporary_folder(), resolved.plan_of_months(), list[Counter[tuple[object, ...]]]()
    try:
        for engine in engines:
            engine.seal(plan, resolved.extract, Seal(_SECRET), folder)
            sealed.append(Counter(sealed_files.read_evidence(folder / sealed_files.CASES)))
    finally:
        scratch.remove(folder)
    first, second = sealed
    only = [Counter(row[0] for row in left.elements()) for left in (first - second, second - first)]
    for name in sorted({str(each) for side in only for each in side}):
        cells = ({"cases with other evidence": side[name]} for side in only)
        yield (name, _EVIDENCE, (), "", "", ()), Difference(name, None, None, None, None, *cells)


def _placed(found: Compared) -> tuple[ComparedPlace, Cells]:
    """Return the place of a figure, a case or the cases in no period, and the values to compare, by column."""
    match found:
        case Figure():
            at, category = found.breakdown or "", found.category or ""
            place: ComparedPlace = found.indicator, _FIGURE, found.period.sort_key, at, category, ()
            return place, tuple((name, getattr(found, name)) for name in _FIGURE_COLUMNS)
        case CaseOutcome():
            cells = [(name, getattr(found, name)) for name in _CASE_COLUMNS]
            categories = ((f"by {name}", category) for name, category in found.categories.items())
            return (found.indicator, _CASE, found.period.sort_key, "", "", found.key), (*cells, *categories)
        case Unplaced():
            place = found.indicator, _UNPLACED, (), "", "", ()
            return place, (("blank", found.blank), ("unreadable", found.unreadable))


def _difference(place: ComparedPlace, period: Period | None, one: Cells | None, other: Cells | None) -> Difference:
    """Return the columns that differ; every column where one engine has nothing."""
    indicator, kind, _, breakdown, category, key = place
    first, second = (None if each is None else dict(each) for each in (one, other))
    if first is not None and second is not None:
        differing = [name for name in first | second if first.get(name) != second.get(name)]
        first, second = ({name: cells.get(name) for name in differing} for cells in (first, second))
    case_key = key if kind == _CASE else None
    return Difference(indicator, period, breakdown or None, category if breakdown else None, case_key, first, second)
