"""The reference engine: judges every case, one by one, and counts."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from sgkpi.engines import sealed_files
from sgkpi.engines.protocol import Progress
from sgkpi.extracts.extract import Extract
from sgkpi.judge.cases import Case, World
from sgkpi.judge.evidence import kept_rows, sealed_evidence, sealed_key, whole_key
from sgkpi.judge.expressions import Environment
from sgkpi.judge.judge import Judgement, judge, why_unplaced
from sgkpi.judge.knowledge import exists
from sgkpi.judge.outcomes import case_outcome, category
from sgkpi.judge.related import Lookup
from sgkpi.judge.tables import Row, join_text, load_table
from sgkpi.judge.values import day_of, span_of
from sgkpi.ledger.cases import CaseOutcome, FoundCases, OverdueCases, due_order
from sgkpi.ledger.ledger import FigurePlace, Ledger, OutcomeCount, PersonCount, TableRead, Unplaced, ValueSummary
from sgkpi.ledger.movements import Flow
from sgkpi.ledger.sealed import Seal
from sgkpi.model.errors import UsageError
from sgkpi.model.indicator import Indicator, Related
from sgkpi.model.outcomes import JUDGED, Outcome
from sgkpi.model.periods import Period
from sgkpi.planning.columns import carrying_spells, columns_read, tables_with_persons
from sgkpi.planning.plan import IndicatorPlan, Plan, reference_day

Key = TypeVar("Key")


@dataclass(frozen=True)
class JudgedCase:
    """A case with its judgement and the periods in which it has an outcome (perhaps none)."""

    case: Case
    judgement: Judgement
    periods: tuple[Period, ...]


class ReferenceEngine:
    """Computes a plan case by case. It is meant to be right, not fast."""

    def opened(self, plan: Plan, extract: Extract, seal: Seal | None = None) -> "nullcontext[ReferenceEngine]":  # noqa: ARG002
        """Return this engine; it shares nothing between calls."""
        return nullcontext(self)

    def compute(
        self, plan: Plan, extract: Extract, *, progress: Progress | None = None, show_values: bool = False
    ) -> Ledger:
        """Count the outcomes of every indicator, period and category that the plan asks for.

        `progress` is called with the per cent of indicators that have been judged. Raises ExtractError
        when a file cannot be read or a date lies past the known bank holidays, and UsageError for
        `show_values`: this engine reports no single cells.
        """
        if show_values:
            raise UsageError("the reference engine reports no single cells; showing values goes with the engine duckdb")
        with extract.reading():
            world, parts, counted = open_world(plan, extract), [], tables_with_persons(plan, extract)
        for done, planned in enumerate(plan.indicators, start=1):
            parts.append(_ledger(planned, world, with_persons=planned.indicator.table.name in counted))
            if progress:
                progress(100 * done / len(plan.indicators))
        return Ledger(
            outcomes=tuple(sorted((each for part in parts for each in part.outcomes), key=attrgetter("sort_key"))),
            values=tuple(sorted((each for part in parts for each in part.values), key=attrgetter("sort_key"))),
            unplaced=tuple(each for part in parts for each in part.unplaced),
            tables=_tables_read(world, plan, extract),
            persons=tuple(each for part in parts for each in part.persons),
        )

    def cases(self, plan: Plan, extract: Extract, outcomes: Collection[Outcome] = tuple(Outcome)) -> FoundCases:
        """Return every case that has one of the outcomes, once for each indicator and period to which it belongs.

        Raises ExtractError when a file cannot be read or a date lies past the known bank holidays.
        """
        with extract.reading():
            world = open_world(plan, extract)
        cases = (
            case_outcome(judged.case, judged.judgement, period, planned.breakdowns)
            for planned in plan.indicators
            for judged in judged_cases(planned, world)
            if judged.judgement.outcome in outcomes
            for period in judged.periods
        )
        return FoundCases(tuple(cases), _tables_read(world, plan, extract))

    def overdue(self, plan: Plan, extract: Extract) -> tuple[OverdueCases, ...]:
        """Return how many cases are overdue in each period and category of a plan, and when the first fell due.

        Raises as `cases` does.
        """
        found: defaultdict[FigurePlace, list[CaseOutcome]] = defaultdict(list)
        for case in self.cases(plan, extract, (Outcome.OVERDUE,)):
            for place in ((None, None), *case.categories.items()):
                found[case.indicator, case.period, *place].append(case)
        return tuple(
            OverdueCases(
                *place,
                cases=len(cases),
                earliest_due=min((case.due for case in cases if case.due is not None), key=due_order, default=None),
                without_due=sum(case.due is None for case in cases),
            )
            for place, cases in found.items()
        )

    def seal(self, plan: Plan, extract: Extract, seal: Seal, folder: Path, *, to_compare: bool = False) -> None:
        """Write the sealed cases of a plan of months, judged one by one, into a folder."""
        with extract.reading():
            world = open_world(plan, extract)
        planned = [each for each in plan.indicators if each.periods]
        cases = (row for each in planned for row in _sealed_cases(each, world, seal))
        sealed_files.write_rows(folder / sealed_files.CASES, sealed_files.CASE_COLUMNS, cases)
        known = {name: world.known_rows(loaded, plan.as_of) for name, loaded in world.tables.items()}
        sealed_files.write_rows(folder / sealed_files.KEYS, sealed_files.KEY_COLUMNS, _sealed_keys(known, seal))
        _write_spells(plan, world, seal, folder)
        if to_compare:
            every = {name: loaded.rows for name, loaded in world.tables.items()}
            rows = _sealed_keys(every, seal)
            sealed_files.write_rows(folder / sealed_files.ROWS, sealed_files.KEY_COLUMNS, rows)
            related = (row for each in planned if each.indicator.related for row in _kept_rows(each, world, seal))
            sealed_files.write_rows(folder / sealed_files.RELATED, sealed_files.RELATED_COLUMNS, related)

    def movements(self, plan: Plan, extract: Extract) -> tuple[Flow, ...]:
        """Return who came into each stock and who left it between the two months of a plan."""
        with extract.reading():
            world = open_world(plan, extract)
        return tuple(_flow(each, world) for each in plan.indicators)

    def events(self, extract: Extract) -> tuple[datetime, datetime] | None:
        """Return the first and last `happened` value of the extract; one without a time of day is its whole day."""
        with extract.reading():
            loaded = [load_table(source) for source in extract.tables.values()]
        events = (row.values.get(each.table.happened) for each in loaded for row in each.rows if each.table.happened)
        spans = [span for span in map(span_of, events) if span is not None]
        return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


def open_world(plan: Plan, extract: Extract) -> World:
    """Load the tables that a plan needs, as known at its as-of time."""
    tables = {name: load_table(extract.tables[name]) for name in columns_read(plan, extract)}
    return World(tables, plan.as_of, plan.working_days, plan.recorded_by)


def judged_cases(planned: IndicatorPlan, world: World) -> Iterator[JudgedCase]:
    """Judge every case of an indicator: a flow's once, a stock's on each reference day."""
    days: dict[date | None, list[Period]] = {} if planned.indicator.is_stock else {None: []}
    for period in planned.every_period:
        days.setdefault(reference_day(period, world.as_of) if planned.indicator.is_stock else None, []).append(period)
    for day, periods in days.items():
        for case in world.cases(planned.indicator, day):
            judgement = judge(case)
            yield JudgedCase(case, judgement, tuple(each for each in periods if _belongs(judgement, each, day)))


def _belongs(judgement: Judgement, period: Period, day: date | None) -> bool:
    if judgement.outcome is None:
        return False
    return day is not None or (judgement.day is not None and period.start <= judgement.day <= period.end)


def _ledger(planned: IndicatorPlan, world: World, *, with_persons: bool) -> Ledger:
    """Count the cases of one indicator, and their persons if asked for."""
    indicator, persons = planned.indicator, defaultdict[FigurePlace, set[str]](set)
    outcomes: Counter[tuple[FigurePlace, Outcome, str | None]] = Counter()
    values: dict[FigurePlace, Counter[Fraction]] = {}
    per: defaultdict[FigurePlace, Fraction] = defaultdict(Fraction)
    unplaced: Counter[str | None] = Counter()
    for judged in judged_cases(planned, world):
        judgement = judged.judgement
        unplaced[judgement.unplaced] += 1
        categories = [(by.name, category(by, judged.case)) for by in planned.breakdowns] if judged.periods else []
        for period in judged.periods:
            is_asked = period in planned.periods
            for breakdown, label in [(None, None), *(categories if is_asked else [])]:
                place = (indicator.id, period, breakdown, label)
                if judgement.outcome is not None:
                    outcomes[place, judgement.outcome, judgement.reason] += 1
                if judgement.value is not None:
                    values.setdefault(place, Counter())[Fraction(judgement.value)] += 1
                    per[place] += judgement.per or 0
                is_counted = with_persons and is_asked and judgement.outcome in (*JUDGED, Outcome.COUNTED)
                if is_counted and (who := _person(judged.case)):
                    persons[place].add(who)
    if indicator.is_stock:  # counted once, whatever its population
        unplaced = Counter(map(why_unplaced, world.cases(indicator, world.as_of.date())))
    return Ledger(
        outcomes=tuple(OutcomeCount(*place, outcome, reason, n) for (place, outcome, reason), n in outcomes.items()),
        values=tuple(ValueSummary.of(place, cases, indicator.measure, per[place]) for place, cases in values.items()),
        unplaced=(Unplaced(indicator.id, unplaced["blank"], unplaced["unreadable"]),),
        persons=tuple(PersonCount(*place, len(each)) for place, each in persons.items()),
    )


def _person(case: Case) -> str | None:
    """Return the person of a case as joins compare it, or None if blank."""
    return join_text(case.row.values.get(case.indicator.table.person or ""))


def _sealed_cases(planned: IndicatorPlan, world: World, seal: Seal) -> Iterator[tuple[object, ...]]:
    """Yield the rows of `cases.parquet`; of a case that no date assigns to a period, only the reason."""
    indicator, table = planned.indicator, planned.indicator.table.name

    def unplaced(case: Case) -> tuple[object, ...]:
        return indicator.id, None, sealed_key(table, case.row, seal), None, why_unplaced(case), None, None, [], []

    for judged in judged_cases(planned, world):
        case, judgement = judged.case, judged.judgement
        if judgement.unplaced and not indicator.is_stock:
            yield unplaced(case)
        if judged.periods:
            key, evidence = sealed_key(table, case.row, seal), sealed_evidence(case, seal)
            value, per = (None if each is None else str(Fraction(each)) for each in (judgement.value, judgement.per))
            categories = [category(by, case) for by in planned.breakdowns]
            rest = key, judgement.outcome, judgement.reason, value, per, categories, evidence
            yield from ((indicator.id, period.label, *rest) for period in judged.periods)
    if indicator.is_stock:
        yield from (unplaced(case) for case in world.cases(indicator, world.as_of.date()) if why_unplaced(case))


def _sealed_keys(rows: Mapping[str, Iterable[Row]], seal: Seal) -> Iterator[tuple[str, bytes]]:
    for name, found in sorted(rows.items()):
        keys = {sealed_key(name, row, seal) for row in found}
        yield from ((name, key) for key in keys if key is not None)


def _kept_rows(planned: IndicatorPlan, world: World, seal: Seal) -> Iterator[tuple[object, ...]]:
    """Yield the rows of `related.parquet`."""
    indicator = planned.indicator
    for judged in judged_cases(planned, world):
        key = sealed_key(indicator.table.name, judged.case.row, seal)
        if key is not None:
            rows = kept_rows(judged.case, seal)
            yield from ((indicator.id, period.label, key, rows) for period in judged.periods)


def _flow(planned: IndicatorPlan, world: World) -> Flow:
    """Return the cases on one reference day and not on the other; one without a whole key cannot be found on both."""
    before, after = planned.periods
    opened, closed = (reference_day(each, world.as_of) for each in (before, after))
    keys: dict[Period, list[tuple[str, ...] | None]] = {before: [], after: []}
    for judged in judged_cases(planned, world):
        for period in judged.periods:
            keys[period].append(whole_key(judged.case.row))
    spells = list(_spells(planned.indicator, world, whole_key))
    begun = {key for _, key, start, _ in spells if start is not None and opened < start <= closed}
    ended = {key for _, key, _, end in spells if end is not None and opened < end <= closed}
    known, present = set(keys[before]) - {None}, set(keys[after]) - {None}
    came = [key for key in keys[after] if key not in known]
    went = [key for key in keys[before] if key not in present]
    entered, left = sum(key in begun for key in came), sum(key in ended for key in went)
    return Flow(planned.indicator.id, after.label, entered, left, len(came) - entered, len(went) - left)


def _write_spells(plan: Plan, world: World, seal: Seal, folder: Path) -> None:
    spells = (
        row
        for each in plan.indicators
        for row in _spells(each.indicator, world, partial(sealed_key, each.indicator.table.name, seal=seal))
    )
    sealed_files.write_rows(folder / sealed_files.SPELLS, sealed_files.SPELL_COLUMNS, spells)


def _spells(
    indicator: Indicator, world: World, key_of: Callable[[Row], Key | None]
) -> Iterator[tuple[str, Key, date | None, date | None]]:
    """Yield indicator, key, first day, day after the last, for the own and the related spells of cases with a key."""
    loaded = world.tables[indicator.table.name]
    cases = [(key, row) for row in _existing(world, indicator.table.name) if (key := key_of(row)) is not None]
    for spell in carrying_spells(indicator) if indicator.is_stock and loaded.has_key else ():
        others = _by_join_value(spell.related, world) if spell.related else {}
        for key, case in cases:
            rows = [case]
            if spell.related is not None:
                rows = others.get(join_text(case.values.get(spell.related.case_column)) or "", [])
                is_own = spell.related.table == indicator.table  # a case is never its own related row
                rows = [row for row in rows if not (is_own and key_of(row) == key)]
            for row in rows:
                yield indicator.id, key, day_of(row.values.get(spell.start)), day_of(row.values.get(spell.end))


def _by_join_value(related: Related, world: World) -> Mapping[str, list[Row]]:
    """Return the existing related rows that satisfy `where`, by the value on which they are joined."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    names = Environment({}, world.as_of, None, world.working_days)
    lookup = Lookup(related, world.tables[related.table.name], names)
    for row in _existing(world, related.table.name):
        value = join_text(row.values.get(related.row_column))
        if value is not None and lookup.satisfies_where(row):
            found[value].append(row)
    return found


def _existing(world: World, name: str) -> list[Row]:
    """Return the rows of a table that exist at the as-of time and stand, with all their dates."""
    loaded, recorded_by = world.tables[name], world.recorded_by or world.as_of
    replaced = world.replaced_rows(loaded)
    rows = (row for row in loaded.rows if row.place not in replaced)
    return [row for row in rows if exists(loaded.table, row, world.as_of, recorded_by)]


def _tables_read(world: World, plan: Plan, extract: Extract) -> tuple[TableRead, ...]:
    found = []
    for name, columns in columns_read(plan, extract).items():
        loaded = world.tables[name]
        unreadable = Counter(each for row in loaded.rows for each in row.unreadable.intersection(columns))
        replaced = len(world.replaced_rows(loaded))
        found.append(TableRead(loaded.table.name, loaded.files, len(loaded.rows), dict(unreadable), replaced))
    return tuple(found)
