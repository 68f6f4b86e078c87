"""How many cases have each outcome: every case judged, one by one, and counted."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from fractions import Fraction

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.engines.protocol import Wanted
from sgkpi.extracts.extract import Extract
from sgkpi.judge.breakdowns import category
from sgkpi.judge.cases import Case, World
from sgkpi.judge.judge import Judgement, judge, why_unplaced
from sgkpi.judge.outcomes import case_outcome
from sgkpi.judge.tables import LoadedTable, load_table
from sgkpi.judge.values import Moment, Value, has_time
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.ledger.ledger import Ledger, OutcomeCount, Place, TableRead, Unplaced, ValueSummary
from sgkpi.model.errors import UsageError
from sgkpi.model.indicator import Breakdown
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Period, end_of_day
from sgkpi.planning.columns import columns_read
from sgkpi.planning.plan import IndicatorPlan, Plan, reference_day


@dataclass(frozen=True)
class JudgedCase:
    """A case of a period with its judgement."""

    case: Case
    judgement: Judgement
    period: Period


@dataclass
class Tally:
    """Outcomes and values, as they are counted."""

    outcomes: Counter[tuple[Place, Outcome, str | None]] = field(default_factory=Counter)
    values: dict[Place, Counter[Fraction]] = field(default_factory=dict)
    medians: set[str] = field(default_factory=set)

    def add(self, judged: JudgedCase, breakdowns: Iterable[Breakdown]) -> None:
        """Counts a case in the total and in its category of each breakdown."""
        indicator, judgement = judged.case.indicator, judged.judgement
        if indicator.measure is Measure.MEDIAN:
            self.medians.add(indicator.id)
        categories = [(breakdown.name, category(breakdown, judged.case)) for breakdown in breakdowns]
        for name, label in [(None, None), *categories]:
            group = (indicator.id, judged.period, name, label)
            if judgement.outcome is not None:
                self.outcomes[group, judgement.outcome, judgement.reason] += 1
            if judgement.value is not None:
                self.values.setdefault(group, Counter())[Fraction(judgement.value)] += 1


class ReferenceEngine:
    """Computes a plan case by case. It is meant to be right, not fast."""

    def compute(
        self,
        plan: Plan,
        extract: Extract,
        *,
        progress: Callable[[float], None] | None = None,
        show_values: bool = False,
    ) -> Ledger:
        """The outcome counts of every indicator, period and category that the plan asks for.

        `progress` is told in per cent how many of the indicators have been judged. Raises ExtractError
        when a file cannot be read or a date lies past the known bank holidays, and UsageError for
        `show_values`: this engine says nothing of single cells.
        """
        if show_values:
            raise UsageError("the reference engine reports no single cells; --show-values goes with --engine duckdb")
        world = open_world(plan, extract)
        tally = Tally()
        unplaced = []
        for done, each in enumerate(plan.indicators, start=1):
            unplaced.append(_count(each, world, tally))
            if progress:
                progress(100 * done / len(plan.indicators))
        return Ledger(
            outcomes=_outcome_counts(tally),
            values=_value_summaries(tally),
            unplaced=tuple(unplaced),
            tables=tuple(_table_read(world.tables[name], read) for name, read in columns_read(plan, extract).items()),
        )

    def cases(
        self, plan: Plan, extract: Extract, outcomes: Collection[Outcome] = tuple(Outcome)
    ) -> Iterator[CaseOutcome]:
        """Every case that has one of the outcomes, once for each indicator and period to which it belongs.

        Raises ExtractError when a file cannot be read or a date lies past the known bank holidays.
        """
        world = open_world(plan, extract)
        for planned in plan.indicators:
            for each in judged_cases(planned, world):
                if each.judgement.outcome in outcomes:
                    yield case_outcome(each.case, each.judgement, each.period, planned.breakdowns)

    def compute_and_list(
        self,
        plan: Plan,
        extract: Extract,
        wanted: Wanted,
        *,
        progress: Callable[[float], None] | None = None,
        show_values: bool = False,
    ) -> tuple[Ledger, tuple[CaseOutcome, ...]]:
        """What `compute` gives, and then what `cases` gives of the plan that is wanted."""
        counts = self.compute(plan, extract, progress=progress, show_values=show_values)
        further = wanted(counts)
        return counts, tuple(self.cases(further[0], extract, further[1])) if further else ()

    def events(self, extract: Extract) -> tuple[datetime, datetime] | None:
        """The first and last `happened` value of the whole extract; without a time of day, the whole of its day."""
        loaded = (load_table(source) for source in extract.tables.values())
        spans = [span for table in loaded for span in _events(table)]
        return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


def open_world(plan: Plan, extract: Extract) -> World:
    """The tables that a plan needs, read, and known at its as-of time."""
    tables = {name: load_table(extract.tables[name]) for name in columns_read(plan, extract)}
    return World(tables, plan.as_of, working_days_in_england(plan.closures))


def _count(planned: IndicatorPlan, world: World, tally: Tally) -> Unplaced:
    """Counts the cases of an indicator; gives how many belong to no period."""
    reasons: Counter[str | None] = Counter()
    for case, judgement, periods in _judged(planned, world):
        reasons[judgement.unplaced] += 1
        for period in periods:
            tally.add(JudgedCase(case, judgement, period), planned.breakdowns)
    if planned.indicator.is_stock:
        reasons = Counter(map(why_unplaced, world.cases(planned.indicator, world.as_of.date())))
    return Unplaced(planned.indicator.id, blank=reasons["blank"], unreadable=reasons["unreadable"])


def judged_cases(planned: IndicatorPlan, world: World) -> Iterator[JudgedCase]:
    """Every case of an indicator that has an outcome, once for each period that it belongs to."""
    for case, judgement, periods in _judged(planned, world):
        yield from (JudgedCase(case, judgement, period) for period in periods)


def _judged(planned: IndicatorPlan, world: World) -> Iterator[tuple[Case, Judgement, list[Period]]]:
    """Every case, judged, with the periods to which it belongs (none: it has no outcome there).

    A flow's case is judged once; a stock's on each reference day.
    """
    for day, periods in _days(planned, world.as_of).items():
        for case in world.cases(planned.indicator, day):
            judgement = judge(case)
            yield case, judgement, [period for period in periods if _belongs(judgement, period, day)]


def _days(planned: IndicatorPlan, as_of: datetime) -> dict[date | None, list[Period]]:
    """The reference days of a stock, each with its periods; for a flow, no day and all periods."""
    if not planned.indicator.is_stock:
        return {None: list(planned.periods)}
    days: dict[date | None, list[Period]] = {}
    for period in planned.periods:
        days.setdefault(reference_day(period, as_of), []).append(period)
    return days


def _belongs(judgement: Judgement, period: Period, day: date | None) -> bool:
    if judgement.outcome is None:
        return False
    return day is not None or (judgement.day is not None and period.start <= judgement.day <= period.end)


def _table_read(loaded: LoadedTable, columns: Iterable[str]) -> TableRead:
    return TableRead(
        table=loaded.table.name,
        files=loaded.files,
        rows=len(loaded.rows),
        unreadable_cells=loaded.unreadable_cells(columns),
    )


def _events(loaded: LoadedTable) -> Iterator[tuple[datetime, datetime]]:
    happened = loaded.table.happened
    if happened in loaded.columns:
        values = (row.values[happened] for row in loaded.rows)
        yield from (span for span in map(_span, values) if span is not None)


def _span(event: Value) -> tuple[datetime, datetime] | None:
    """The moment of an event; without a time of day, the beginning and the end of its day."""
    match event:
        case Moment(value) if has_time(event):
            return value, value
        case Moment(value):
            return value, end_of_day(value.date())
        case date():
            return datetime.combine(event, time.min), end_of_day(event)
        case _:
            return None


def _outcome_counts(tally: Tally) -> tuple[OutcomeCount, ...]:
    counted = tally.outcomes.items()
    counts = (OutcomeCount(*place, outcome, reason, cases) for (place, outcome, reason), cases in counted)
    return tuple(sorted(counts, key=lambda count: count.sort_key))


def _value_summaries(tally: Tally) -> tuple[ValueSummary, ...]:
    counted = tally.values.items()
    summaries = (ValueSummary.of(place, cases, with_counts=place[0] in tally.medians) for place, cases in counted)
    return tuple(sorted(summaries, key=lambda summary: summary.sort_key))
