"""Restatement: the changes in figures since the snapshot before, through states that are computed anew.

A former state is never computed from the former extract, which is gone: its sealed cases stand for it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sgkpi.engines.duckdb.seal.compare import Comparison, compare_states
from sgkpi.engines.protocol import Engine
from sgkpi.extracts.extract import Extract
from sgkpi.ledger.movements import CaseChange, KeyCounts, Layout, MonthCounts, StandingCount
from sgkpi.ledger.sealed import Seal
from sgkpi.model.calendar import WorkingDays
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.indicator import Indicator
from sgkpi.model.periods import Month, Period, PeriodKind, periods_for
from sgkpi.planning.availability import is_current_only
from sgkpi.planning.columns import uses_working_days
from sgkpi.planning.evidence import evidence_of
from sgkpi.planning.plan import IndicatorPlan, Plan
from sgkpi.planning.request import ResolvedRequest
from sgkpi.snapshots.calendar import working_days_of
from sgkpi.snapshots.causes import Step
from sgkpi.snapshots.digests import meaning_digest
from sgkpi.snapshots.gates import have_changed
from sgkpi.snapshots.movements import Category, Followed, MovedCase, Tally, move, moved_cases
from sgkpi.snapshots.published import Place, Publication, place_order
from sgkpi.snapshots.restatement import FigureLedger, amounts_of, ledger_lines, ledger_of
from sgkpi.snapshots.store import Snapshot

if TYPE_CHECKING:
    from sgkpi.answers.snapshot.former import FormerDefinitions

Item = TypeVar("Item", CaseChange, StandingCount)
LedgerStep = tuple[Step, Comparison]


@dataclass(frozen=True)
class Restatement:
    """The ledgers of all figures of two snapshots, in the order of the long table.

    `keys` and `months` are what became of the keys and cases that the former snapshot knew, None where its sealed cases
    cannot be used. `not_followed` says why the cases of an indicator could not be followed. `cases` are those that
    moved, where they are asked for.
    """

    ledgers: tuple[FigureLedger, ...]
    keys: tuple[KeyCounts, ...] | None = None
    months: tuple[MonthCounts, ...] = ()
    not_followed: Mapping[str, str] = field(default_factory=dict)
    cases: tuple[MovedCase, ...] = ()


@dataclass(frozen=True)
class Former:
    """The former snapshot with its figures, and the folder of its sealed cases; None where they cannot be used."""

    snapshot: Snapshot
    figures: Publication
    sealed: Path | None
    why_not: str = ""


@dataclass(frozen=True)
class Present:
    """Today's figures with what they are computed from, and the folder of their sealed cases (None: there are none)."""

    resolved: ResolvedRequest
    catalogue: Catalogue
    figures: Publication
    calendar_sha256: str
    sealed: Path | None


@dataclass(frozen=True)
class _Names:
    """The names of the breakdowns and of the evidence in the lists that a state has for an indicator."""

    breakdowns: tuple[str, ...]
    evidence: tuple[str, ...]

    @classmethod
    def of(cls, indicator: Indicator) -> "_Names":
        breakdowns = tuple(each.name for each in indicator.by)
        return cls(breakdowns, tuple(each.name for each in evidence_of(indicator)))


@dataclass(frozen=True)
class _Way:
    """An indicator on its way from the former snapshot to today's.

    `indicator` is the definition on the way, over its `extract`: today's where it means the same as the former.
    `periods` are those that both snapshots cover.
    """

    indicator: Indicator
    extract: Extract
    today: Indicator
    before: _Names
    periods: tuple[Period, ...]

    @property
    def is_redefined(self) -> bool:
        return self.indicator is not self.today

    @cached_property
    def counts_working_days(self) -> bool:
        return uses_working_days(self.indicator) or uses_working_days(self.today)

    @cached_property
    def followed(self) -> Followed:
        """The parts of the indicator that both snapshots have; evidence is only for the step of records."""
        own, now = self.indicator, [each.name for each in self.today.by]
        breakdowns = tuple(name for name in self.before.breakdowns if name in now)
        evidence = tuple(each for each in evidence_of(own) if each.name in self.before.evidence)
        related = tuple(each.name for each in own.related)
        return Followed(own.id, own.measure, own.is_stock, breakdowns, evidence, related)

    @cached_property
    def plan(self) -> IndicatorPlan:
        """The months of all periods, each by itself."""
        months = {Month.parse(each) for period in self.periods for each in self.followed.months(period)}
        return IndicatorPlan(self.indicator, periods_for([PeriodKind.MONTH], months), self.indicator.by)

    def layout(self, before: _Names, after: _Names, step: Step) -> Layout:
        """Return the places of the followed categories and evidence in the lists of two states."""
        own, evidence = self.indicator, list[str]()
        if step is Step.RECORDS:
            evidence = [each.name for each in self.followed.evidence]
        return Layout(
            own.id,
            own.is_stock,
            own.table.name,
            tuple(each.table.name for each in own.related),
            _places(before.breakdowns, self.followed.breakdowns),
            _places(after.breakdowns, self.followed.breakdowns),
            _places(before.evidence, evidence),
            _places(after.evidence, evidence),
        )


def _places(names: Sequence[str], wanted: Iterable[str]) -> tuple[int, ...]:
    """Return the places of names in a list, from 1."""
    return tuple(names.index(name) + 1 for name in wanted)


def restate(
    former: Former, present: Present, engine: Engine, seal: Seal | None, scratch: Path, *, with_cases: bool = False
) -> Restatement:
    """Compare today's figures with the former snapshot, case by case where the sealed cases of both can be compared.

    `scratch` is a private folder for the states on the way. `with_cases` lists the cases that moved as well.
    """
    if seal is None or former.sealed is None or present.sealed is None:
        reason = former.why_not or "this snapshot has no sealed cases"
        ids = dict.fromkeys(each.indicator for each in present.figures.figures)
        return Restatement(tuple(_with_uncompared({}, former, present)), not_followed=dict.fromkeys(ids, reason))
    ways, not_followed = _ways(former, present)
    steps = _compare(ways, former, present, engine, seal, scratch, with_keys=with_cases)
    keys = {each.table: each for _, _, comparison in steps for each in comparison.keys}
    lost = {table: f"most keys of {table} are other ones than before" for table in keys if have_changed(keys[table])}
    lost |= _without_key(former, present)
    ledgers: dict[Place, FigureLedger] = {}
    cases = list[MovedCase]()
    for way in ways:
        own = [(step, comparison) for ids, step, comparison in steps if way.indicator.id in ids]
        if why := lost.get(way.indicator.table.name):
            not_followed[way.indicator.id] = why
            own = [_all_unmatched(own)]
        ledgers.update(_ledgers(way, own, former, present))
        for step, comparison in own if with_cases else ():
            changes = _of(comparison.changes, way.today.id)
            cases += moved_cases(way.followed, step, changes, is_rewound=_is_rewound(former, present))
    every = _with_uncompared(ledgers, former, present)
    followed = {(way.today.id, period.label) for way in ways for period in way.plan.periods}
    counted = (each for _, _, comparison in steps for each in comparison.months)
    months = tuple(each for each in counted if (each.indicator, each.month) in followed)
    return Restatement(tuple(every), tuple(keys.values()), months, not_followed, tuple(cases))


def _without_key(former: Former, present: Present) -> dict[str, str]:
    """Return the tables of which one extract alone has the key, so that no case can be followed, with which it is."""
    had = {each.table: each.has_key for each in former.snapshot.manifest.extract.tables}
    has = {name: table.has_key for name, table in present.resolved.extract.tables.items()}
    one_sided = (name for name, has_key in has.items() if had.get(name, has_key) is not has_key)
    return {
        name: f"{name} has a key now, and had none" if has[name] else f"{name} has no key now" for name in one_sided
    }


def _is_rewound(former: Former, present: Present) -> bool:
    """Whether today's as-of time lies before that of the former snapshot."""
    return present.resolved.plan.as_of < former.snapshot.manifest.as_of


def _ways(former: Former, present: Present) -> tuple[list[_Way], dict[str, str]]:
    """Return the indicators that can be followed, and of the others why they cannot."""
    known = {each.indicator: each for each in former.snapshot.manifest.definitions}
    ways, not_followed = list[_Way](), dict[str, str]()
    changed = {  # of whole definitions, with the breakdowns, too, that the extract lacks
        name
        for name in (each.indicator.id for each in present.resolved.plan.indicators)
        if name in known and known[name].meaning != meaning_digest(present.catalogue.indicators[name])
    }
    definitions = _former_definitions(former, present) if changed else None
    for today in (each.indicator for each in present.resolved.plan.indicators):
        if today.id not in known:
            continue
        indicator, read = today, present.resolved.extract
        if definitions is not None and today.id in changed:
            found = definitions.indicator(today)
            if isinstance(found, str):
                not_followed[today.id] = found
                continue
            indicator, read = found, definitions.extract
        if indicator.measure is not today.measure:
            continue
        if indicator.is_stock is not today.is_stock:
            not_followed[today.id] = "the definition counts the cases of a day now, or no longer"
            continue
        breakdowns = former.figures.breakdowns(today.id)
        if not former.figures.has_cases(today.id):
            breakdowns = tuple(each.name for each in indicator.by)
        before = _Names(breakdowns, known[today.id].evidence)
        was_covered, is_covered = (each.covered_periods(today.id) for each in (former.figures, present.figures))
        periods = tuple(each for each in was_covered if each in is_covered)
        # Without a period in common the keys of tables are compared, unless rows leave them when they are over.
        if periods or (was_covered and is_covered and not is_current_only(today, present.resolved.extract)):
            ways.append(_Way(indicator, read, today, before, periods))
    return ways, not_followed


def _former_definitions(former: Former, present: Present) -> "FormerDefinitions":
    # What reads definitions takes longer to import than most snapshots to compare; few follow a change of meaning.
    from sgkpi.answers.snapshot.former import FormerDefinitions

    return FormerDefinitions.of(former.snapshot, present.resolved.extract, present.catalogue)


def _compare(
    ways: Sequence[_Way],
    former: Former,
    present: Present,
    engine: Engine,
    seal: Seal,
    scratch: Path,
    *,
    with_keys: bool,
) -> list[tuple[frozenset[str], Step, Comparison]]:
    """Return the comparison of each step, with the indicators that go the same way."""
    found: list[tuple[frozenset[str], Step, Comparison]] = []
    groups: defaultdict[tuple[bool, bool], list[_Way]] = defaultdict(list)
    then = _former_days(former, present)
    for way in ways:
        groups[way.is_redefined, then is not None and way.counts_working_days].append(way)
    for (is_redefined, is_recalculated), group in groups.items():
        plan = replace(present.resolved.plan, indicators=tuple(way.plan for way in group))
        steps = list(_steps(plan, former, then if is_recalculated else None, is_redefined=is_redefined))
        own = {way.today.id: _Names.of(way.indicator) for way in group}
        states = [(former.sealed, {way.today.id: way.before for way in group})]
        for step, state in steps[:-1]:
            folder = scratch / f"{len(found)}-{len(states)}"
            folder.mkdir()
            engine.seal(state, group[0].extract, seal, folder, to_compare=step is Step.RECORDS)
            states.append((folder, own))
        states.append((present.sealed, {way.today.id: _Names.of(way.today) for way in group}))
        months = sorted({period.label for way in group for period in way.plan.periods})
        for (step, _), ((before, old), (after, new)) in zip(steps, pairwise(states), strict=True):
            if before is None or after is None:
                raise ValueError("there are no sealed cases to compare")
            layouts = [way.layout(old[way.today.id], new[way.today.id], step) for way in group]
            of_records = step is Step.RECORDS
            comparison = compare_states(before, after, layouts, months, of_records=of_records, with_keys=with_keys)
            found.append((frozenset(own), step, comparison))
    return found


def _steps(today: Plan, former: Former, then: WorkingDays | None, *, is_redefined: bool) -> Iterator[tuple[Step, Plan]]:
    """Yield the steps, each with the plan of the state that it leads to; the last one leads to today's.

    `then` are the working days of the former snapshot, None where today's are the same.
    """
    plan = today if then is None else replace(today, working_days=then)
    yield Step.RECORDS, replace(plan, as_of=former.snapshot.manifest.as_of, recorded_by=today.as_of)
    yield Step.TIME, plan
    if then is not None:
        yield Step.CALENDAR, today
    if is_redefined:
        yield Step.DEFINITION, today


def _former_days(former: Former, present: Present) -> WorkingDays | None:
    """Return the working days of the former snapshot; None where they are those of today."""
    if former.snapshot.manifest.calendar.sha256 == present.calendar_sha256:
        return None
    return working_days_of(former.snapshot, present.catalogue.closures)


def _all_unmatched(steps: Sequence[LedgerStep]) -> LedgerStep:
    """Return the whole way as one step in which all cases leave and all come, as none can be followed."""
    before, after = steps[0][1].before, steps[-1][1].after
    gone = [CaseChange(each.indicator, each.standing, None, each.cases, is_followed=False) for each in before]
    come = [CaseChange(each.indicator, None, each.standing, each.cases, is_followed=False) for each in after]
    return Step.RECORDS, Comparison((*gone, *come), before, after)


def _ledgers(
    way: _Way, steps: Sequence[LedgerStep], former: Former, present: Present
) -> Iterator[tuple[Place, FigureLedger]]:
    """Yield the ledger of every figure of an indicator that both snapshots cover."""
    followed, own = way.followed, way.today.id
    is_rewound = _is_rewound(former, present)
    moved = [
        (step, move(followed, step, _of(comparison.changes, own), way.periods, is_rewound=is_rewound))
        for step, comparison in steps
    ]
    opening: defaultdict[tuple[Period, Category], Tally] = defaultdict(Tally)
    months = {period: followed.months(period) for period in way.periods}
    for each in _of(steps[0][1].before, own):
        for period, counted in months.items():
            if each.standing.period in counted:
                for at in followed.categories(each.standing):
                    opening[period, at].add(each.standing, each.cases)
    then, now = former.figures.by_place, present.figures.by_place
    passed = ((own, period, *at) for _, found in moved for period, at in found)
    for place in dict.fromkeys(each for each in chain(then, now, passed) if each[0] == own):
        _, period, breakdown, category = place
        if period in months and (breakdown is None or breakdown in followed.breakdowns):
            figure = period, (breakdown, category)
            movements = [(step, found.get(figure, {})) for step, found in moved]
            lines = tuple(ledger_lines(followed.measure, opening[figure], movements))
            pair = then.get(place), now.get(place)
            if pair == (None, None):  # no snapshot has the category: cases came and went on the way
                total = now[own, period, None, None]
                empty = amounts_of(followed.measure, Tally())
                pair = (replace(total, breakdown=breakdown, category=category, amounts=empty),) * 2
            yield place, ledger_of(*pair, lines)


def _of(items: Iterable[Item], indicator: str) -> list[Item]:
    return [each for each in items if each.indicator == indicator]


def _with_uncompared(ledgers: Mapping[Place, FigureLedger], former: Former, present: Present) -> Iterator[FigureLedger]:
    """Yield the ledgers of all figures in the order of the long table, with those of cases that were not followed."""
    before, now = former.figures.by_place, present.figures.by_place
    places = dict.fromkeys((*now, *before, *ledgers))
    for place in sorted(places, key=place_order(places, present.catalogue)):
        yield ledgers.get(place) or ledger_of(before.get(place), now.get(place))
