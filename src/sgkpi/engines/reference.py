"""The reference engine: every case judged, one by one, and counted."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from operator import attrgetter

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.engines.protocol import Progress
from sgkpi.extracts.extract import Extract
from sgkpi.judge.cases import Case, World
from sgkpi.judge.judge import Judgement, judge, why_unplaced
from sgkpi.judge.knowledge import replaced_rows
from sgkpi.judge.outcomes import case_outcome, category
from sgkpi.judge.tables import LoadedTable, load_table
from sgkpi.judge.values import span_of
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.ledger.ledger import FigurePlace, Ledger, OutcomeCount, TableRead, Unplaced, ValueSummary
from sgkpi.model.errors import UsageError
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Period
from sgkpi.planning.columns import columns_read
from sgkpi.planning.plan import IndicatorPlan, Plan, reference_day


@dataclass(frozen=True)
class JudgedCase:
    """A case with its judgement, and the periods in which it has an outcome (perhaps none)."""

    case: Case
    judgement: Judgement
    periods: tuple[Period, ...]


class ReferenceEngine:
    """Computes a plan case by case. It is meant to be right, not fast."""

    def compute(
        self, plan: Plan, extract: Extract, *, progress: Progress | None = None, show_values: bool = False
    ) -> Ledger:
        """Count the outcomes of every indicator, period and category that the plan asks for.

        `progress` is called with the per cent of indicators that have been judged. Raises ExtractError
        when a file cannot be read or a date lies past the known bank holidays, and UsageError for
        `show_values`: this engine reports no single cells.
        """
        if show_values:
            raise UsageError("the reference engine reports no single cells; --show-values goes with --engine duckdb")
        with extract.reading():
            world, parts = open_world(plan, extract), []
        for done, planned in enumerate(plan.indicators, start=1):
            parts.append(_ledger(planned, world))
            if progress:
                progress(100 * done / len(plan.indicators))
        read = columns_read(plan, extract)
        return Ledger(
            outcomes=tuple(sorted((each for part in parts for each in part.outcomes), key=attrgetter("sort_key"))),
            values=tuple(sorted((each for part in parts for each in part.values), key=attrgetter("sort_key"))),
            unplaced=tuple(each for part in parts for each in part.unplaced),
            tables=tuple(_table_read(world.tables[name], columns, plan.as_of) for name, columns in read.items()),
        )

    def cases(
        self, plan: Plan, extract: Extract, outcomes: Collection[Outcome] = tuple(Outcome)
    ) -> Iterator[CaseOutcome]:
        """Yield every case that has one of the outcomes, once for each indicator and period to which it belongs.

        Raises ExtractError when a file cannot be read or a date lies past the known bank holidays.
        """
        with extract.reading():
            world = open_world(plan, extract)
        for planned in plan.indicators:
            for judged in judged_cases(planned, world):
                if judged.judgement.outcome in outcomes:
                    for period in judged.periods:
                        yield case_outcome(judged.case, judged.judgement, period, planned.breakdowns)

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
    return World(tables, plan.as_of, working_days_in_england(plan.closures))


def judged_cases(planned: IndicatorPlan, world: World) -> Iterator[JudgedCase]:
    """Judge every case of an indicator: a flow's once, a stock's on each reference day."""
    days: dict[date | None, list[Period]] = {} if planned.indicator.is_stock else {None: []}
    for period in planned.periods:
        days.setdefault(reference_day(period, world.as_of) if planned.indicator.is_stock else None, []).append(period)
    for day, periods in days.items():
        for case in world.cases(planned.indicator, day):
            judgement = judge(case)
            yield JudgedCase(case, judgement, tuple(each for each in periods if _belongs(judgement, each, day)))


def _belongs(judgement: Judgement, period: Period, day: date | None) -> bool:
    if judgement.outcome is None:
        return False
    return day is not None or (judgement.day is not None and period.start <= judgement.day <= period.end)


def _ledger(planned: IndicatorPlan, world: World) -> Ledger:
    """Count the cases of one indicator."""
    indicator = planned.indicator
    outcomes: Counter[tuple[FigurePlace, Outcome, str | None]] = Counter()
    values: dict[FigurePlace, Counter[Fraction]] = {}
    unplaced: Counter[str | None] = Counter()
    for judged in judged_cases(planned, world):
        judgement = judged.judgement
        unplaced[judgement.unplaced] += 1
        categories = [(by.name, category(by, judged.case)) for by in planned.breakdowns] if judged.periods else []
        for period in judged.periods:
            for breakdown, label in [(None, None), *categories]:
                place = (indicator.id, period, breakdown, label)
                if judgement.outcome is not None:
                    outcomes[place, judgement.outcome, judgement.reason] += 1
                if judgement.value is not None:
                    values.setdefault(place, Counter())[Fraction(judgement.value)] += 1
    if indicator.is_stock:  # counted once, whatever its population
        unplaced = Counter(map(why_unplaced, world.cases(indicator, world.as_of.date())))
    is_median = indicator.measure is Measure.MEDIAN
    return Ledger(
        outcomes=tuple(OutcomeCount(*place, outcome, reason, n) for (place, outcome, reason), n in outcomes.items()),
        values=tuple(ValueSummary.of(place, cases, with_counts=is_median) for place, cases in values.items()),
        unplaced=(Unplaced(indicator.id, unplaced["blank"], unplaced["unreadable"]),),
    )


def _table_read(loaded: LoadedTable, columns: Collection[str], as_of: datetime) -> TableRead:
    unreadable = sum(len(row.unreadable.intersection(columns)) for row in loaded.rows)
    replaced = len(replaced_rows(loaded, as_of))
    return TableRead(loaded.table.name, loaded.files, len(loaded.rows), unreadable, replaced)
