"""From classified cases to outcome counts: one `group by` for every breakdown."""

from collections import Counter as Numbers
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Sql
from sgkpi.engines.duckdb.classify import Group, Placing, category_key, category_text
from sgkpi.engines.duckdb.outcomes import UNPLACED_BLANK, UNPLACED_UNREADABLE
from sgkpi.engines.duckdb.session import Row, Session
from sgkpi.ledger.ledger import OutcomeCount, Unplaced, ValueSummary
from sgkpi.model.indicator import Breakdown
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import NOT_RECORDED, Outcome
from sgkpi.model.periods import Period
from sgkpi.planning.plan import IndicatorPlan, reference_day

# More indicators in one `group by` would make more combinations than they save passes.
_TOGETHER = 12
_VALUES = (Measure.MEAN, Measure.MEDIAN, Measure.MAXIMUM)


@dataclass(frozen=True)
class Pass:
    """One `group by`: indicators that are placed alike, by the same breakdown (or none), and the columns of both."""

    placing: Placing
    category: str | None
    plans: tuple[tuple[IndicatorPlan, Breakdown | None], ...]
    outcome_columns: tuple[str, ...]

    @property
    def indicators(self) -> tuple[str, ...]:
        return tuple(plan.indicator.id for plan, _ in self.plans)


@dataclass
class Collected:
    """What was counted of some indicators."""

    outcomes: list[OutcomeCount] = field(default_factory=list)
    values: list[ValueSummary] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)

    def add(self, other: "Collected") -> None:
        """Take in what was counted of other indicators."""
        self.outcomes += other.outcomes
        self.values += other.values
        self.unplaced += other.unplaced


@dataclass(frozen=True)
class Counter:
    """Counts the classified cases of a group, which stand in the table `relation`."""

    session: Session
    group: Group
    relation: str
    counts_of: dict[Pass, list[Row]] = field(default_factory=dict)

    def outcomes(self) -> Iterator[OutcomeCount]:
        """How many cases have each outcome, in total and by each breakdown."""
        for each in self.passes():
            rows = self._rows(each)
            for place, (plan, breakdown) in enumerate(each.plans):
                seen = ((row[0], row[1], row[2 + place], row[-1]) for row in rows)
                yield from self._counts(each.placing, plan, breakdown, seen)

    def written(self, column: str) -> dict[str | None, int]:
        """How many cells hold each spelling of a column that is carried as it is written; rows without cells left out.

        Where cases are broken down by it they are counted in the same pass, so the relation must not change after it.
        """
        cells = sql.count_where(sql.not_(sql.column("void")))
        found: dict[str | None, int] = {}
        first = next((each for each in self.passes() if each.category == column), None)
        if first is None:
            query = sql.select(sql.column(column), cells).from_(sql.source(self.relation))
            return dict(self.session.rows(query.group_by(sql.column(column))))
        rows = self._grouped(first, cells)
        self.counts_of[first] = [(*row[:-2], row[-1]) for row in rows]
        for row in rows:
            found[row[1]] = found.get(row[1], 0) + row[-2]
        return found

    def passes(self) -> Iterator[Pass]:
        """Everything that is counted, in total before by breakdowns."""
        for placing in {placing.name: placing for placing in self.group.placings.values()}.values():
            plans = [each for each in self.group.plans if self.group.placings[each.indicator.id].name == placing.name]
            yield from self._in_parts(placing, None, [(each, None) for each in plans])
            for key, column in self.group.categories.items():
                with_it = [(each, by) for each in plans for by in each.breakdowns if category_key(each, by) == key]
                yield from self._in_parts(placing, column, with_it)

    def _in_parts(
        self, placing: Placing, category: str | None, plans: Sequence[tuple[IndicatorPlan, Breakdown | None]]
    ) -> Iterator[Pass]:
        for start in range(0, len(plans), _TOGETHER):
            part = tuple(plans[start : start + _TOGETHER])
            columns = tuple(f"o_{self.group.numbered[plan.indicator.id]}" for plan, _ in part)
            yield Pass(placing, category, part, columns)

    def _rows(self, each: Pass) -> list[Row]:
        """Cases counted by month, category and outcomes; in total, those of no month too."""
        if each not in self.counts_of:
            finer = next((other for other in self.counts_of if is_finer(other, each)), None)
            if finer is None:
                self.counts_of[each] = self._grouped(each)
            else:
                self.counts_of[each] = [(row[0], None, *row[2:]) for row in self.counts_of[finer]]
        return self.counts_of[each]

    def _grouped(self, each: Pass, *also: Sql) -> list[Row]:
        """Cases counted by month, category and outcomes; in total or with something else, those of no month too."""
        category = sql.column(each.category) if each.category else sql.null("VARCHAR")
        grouping = [sql.column(each.placing.name), category]
        grouping += map(sql.column, each.outcome_columns)
        query = sql.select(*grouping, *also, sql.fn("count", sql.STAR)).from_(sql.source(self.relation))
        if each.category is not None and not also:
            query = query.where(sql.is_not_null(sql.column(each.placing.name)))
        keys = [part for part in grouping if sql.is_column(part)]
        return self.session.rows(query.group_by(*keys) if keys else query)

    def _counts(
        self,
        placing: Placing,
        plan: IndicatorPlan,
        breakdown: Breakdown | None,
        rows: Iterable[tuple[int | None, str | None, int, int]],
    ) -> Iterator[OutcomeCount]:
        codes = self.group.codes
        periods = self.periods_of(placing, plan)
        months: Numbers[tuple[int, str | None, int]] = Numbers()
        for when, recorded, code, cases in rows:
            if when is not None and codes.is_outcome(code):
                months[when, recorded, code] += cases
        totals: Numbers[tuple[Period, str | None, int]] = Numbers()
        for (when, recorded, code), cases in months.items():
            category = self._category(plan, breakdown, recorded)
            for period in periods.get(when, ()):
                totals[period, category, code] += cases
        name = breakdown.name if breakdown else None
        for (period, category, code), cases in totals.items():
            outcome, reason = codes.meaning(code)
            yield OutcomeCount(plan.indicator.id, period, name, category, outcome, reason, cases)

    def _category(self, plan: IndicatorPlan, breakdown: Breakdown | None, recorded: str | None) -> str | None:
        """The category to count under, where its column may carry it as it is written."""
        if breakdown is None:
            return None
        written = self.group.spellings.get(self.group.categories[category_key(plan, breakdown)])
        # Cases whose key repeats already stand with their value there.
        return shown_category(breakdown, recorded if written is None else written.get(recorded, recorded))

    def periods_of(self, placing: Placing, plan: IndicatorPlan) -> dict[int, list[Period]]:
        """The periods to which each month, or each numbered reference day, belongs."""
        found: dict[int, list[Period]] = {}
        for period in plan.periods:
            if placing.day is None:
                found.setdefault(placing.days.index(reference_day(period, self.group.as_of_time)), []).append(period)
            else:
                for month in period.months:
                    found.setdefault(month.index, []).append(period)
        return found

    def unplaced(self) -> Iterator[Unplaced]:
        """The cases of each flow that belong to no period."""
        for each in self.passes():
            if each.category is None and each.placing.day is not None:
                for place, (plan, _) in enumerate(each.plans):
                    cases = {UNPLACED_BLANK: 0, UNPLACED_UNREADABLE: 0}
                    for row in self._rows(each):
                        if row[2 + place] in cases:
                            cases[row[2 + place]] += row[-1]
                    yield Unplaced(plan.indicator.id, *cases.values())

    def values(self) -> Iterator[ValueSummary]:
        """The values of the counted cases of every mean, median and maximum."""
        for plan in self.group.plans:
            if plan.indicator.measure in _VALUES:
                for breakdown in (None, *plan.breakdowns):
                    yield from self._summaries(plan, breakdown)

    def _summaries(self, plan: IndicatorPlan, breakdown: Breakdown | None) -> Iterator[ValueSummary]:
        denominator = self.group.denominators[plan.indicator.id]
        if denominator is None or plan.indicator.measure is Measure.MEDIAN:
            return self._one_by_one(plan, breakdown, denominator)
        return self._sums(plan, breakdown, denominator)

    def _one_by_one(
        self, plan: IndicatorPlan, breakdown: Breakdown | None, denominator: int | None
    ) -> Iterator[ValueSummary]:
        """Count the cases of each value: of a median, or of quotients by a column, which have no common denominator."""
        number = self.group.numbered[plan.indicator.id]
        parts = [sql.column(f"n_{number}"), *([sql.column(f"q_{number}")] if denominator is None else [])]
        rows = self._counted(plan, breakdown, [*parts, sql.fn("count", sql.STAR)], by=parts)
        found: dict[tuple[Period, str | None], Numbers[Fraction]] = {}
        for place, (numerator, *bottom, cases) in self._placed(plan, breakdown, rows):
            found.setdefault(place, Numbers())[Fraction(numerator, *(bottom or [denominator]))] += cases
        name, is_median = breakdown.name if breakdown else None, plan.indicator.measure is Measure.MEDIAN
        for (period, category), values in found.items():
            yield ValueSummary.of((plan.indicator.id, period, name, category), values, with_counts=is_median)

    def _sums(self, plan: IndicatorPlan, breakdown: Breakdown | None, denominator: int) -> Iterator[ValueSummary]:
        """Counts, sums and maxima by month, put together for each period."""
        numerator = sql.column(f"n_{self.group.numbered[plan.indicator.id]}")
        sums = [sql.fn("count", sql.STAR), sql.fn("sum", numerator), sql.fn("max", numerator)]
        found: dict[tuple[Period, str | None], ValueParts] = {}
        for place, (cases, total, greatest) in self._placed(plan, breakdown, self._counted(plan, breakdown, sums)):
            parts = ValueParts(cases, Fraction(total, denominator), Fraction(greatest, denominator))
            found[place] = found[place].with_more(parts) if place in found else parts
        name = breakdown.name if breakdown else None
        for (period, category), parts in found.items():
            yield ValueSummary(plan.indicator.id, period, name, category, parts.cases, parts.total, parts.maximum)

    def _counted(
        self,
        plan: IndicatorPlan,
        breakdown: Breakdown | None,
        columns: list[Sql],
        by: Sequence[Sql] = (),
    ) -> list[Row]:
        """The counted cases: month, category, then the columns asked for."""
        placing = sql.column(self.group.placings[plan.indicator.id].name)
        category = (
            sql.column(self.group.categories[category_key(plan, breakdown)]) if breakdown else sql.null("VARCHAR")
        )
        first = [placing, category]
        counted = self.group.codes.code(Outcome.COUNTED)
        is_counted = sql.eq(sql.column(f"o_{self.group.numbered[plan.indicator.id]}"), counted)
        query = sql.select(*first, *columns).from_(sql.source(self.relation))
        query = query.where(sql.and_([is_counted, sql.is_not_null(placing)]))
        keys = [part for part in (*first, *by) if sql.is_column(part)]
        if keys:
            return self.session.rows(query.group_by(*keys))
        # Without groups there is a row even where there are no cases.
        return [row for row in self.session.rows(query) if row[len(first)]]

    def _placed(
        self, plan: IndicatorPlan, breakdown: Breakdown | None, rows: Iterable[Row]
    ) -> Iterator[tuple[tuple[Period, str | None], Row]]:
        """Each row for every period that holds its month."""
        periods = self.periods_of(self.group.placings[plan.indicator.id], plan)
        for when, recorded, *values in rows:
            for period in periods.get(when, ()):
                yield (period, self._category(plan, breakdown, recorded)), tuple(values)


def collected(counter: Counter) -> Collected:
    """Everything that a counter counts."""
    return Collected(list(counter.outcomes()), list(counter.values()), list(counter.unplaced()))


def is_finer(one: Pass, total: Pass) -> bool:
    """Whether the cases of a total, those of no month too, were counted by a breakdown already."""
    return total.category is None and one.placing == total.placing and one.indicators == total.indicators


@dataclass(frozen=True)
class ValueParts:
    """What the values of some cases come to."""

    cases: int
    total: Fraction
    maximum: Fraction

    def with_more(self, other: "ValueParts") -> "ValueParts":
        """These values and others together."""
        return ValueParts(self.cases + other.cases, self.total + other.total, max(self.maximum, other.maximum))


def shown_category(breakdown: Breakdown | None, recorded: str | None) -> str | None:
    """The category to count under: null for the total, and a name of its own for what is not recorded."""
    if breakdown is None:
        return None
    text = category_text(breakdown, recorded)
    return NOT_RECORDED if text is None else text
