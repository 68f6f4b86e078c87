"""From classified cases to outcome counts: one `group by` for every breakdown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlglot import exp

from sgkpi.definitions.indicators import Breakdown, Measure
from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.classify import Group, Placing, category_key, category_text
from sgkpi.engines.duckdb.outcomes import NO_OUTCOME, UNPLACED_BLANK, UNPLACED_UNREADABLE
from sgkpi.engines.duckdb.session import Session
from sgkpi.engines.duckdb.sql import Sql
from sgkpi.engines.outcomes import NOT_RECORDED, Outcome, OutcomeCount, Unplaced, ValueSummary
from sgkpi.engines.plan import IndicatorPlan, reference_day
from sgkpi.periods import Period

# More indicators in one `group by` would make more combinations than they save passes.
_TOGETHER = 12
_VALUES = (Measure.MEAN, Measure.MEDIAN, Measure.MAXIMUM)


@dataclass(frozen=True)
class Counter:
    """Counts the classified cases of a group, which stand in the table `relation`."""

    session: Session
    group: Group
    relation: str

    def outcomes(self) -> Iterator[OutcomeCount]:
        """How many cases have each outcome, in total and by each breakdown."""
        for placing in {placing.name: placing for placing in self.group.placings.values()}.values():
            plans = [each for each in self.group.plans if self.group.placings[each.indicator.id].name == placing.name]
            yield from self._by_breakdown(placing, [(each, None) for each in plans])
            for key in self.group.categories:
                with_it = [(each, by) for each in plans for by in each.breakdowns if category_key(by) == key]
                yield from self._by_breakdown(placing, with_it)

    def _by_breakdown(
        self, placing: Placing, plans: Sequence[tuple[IndicatorPlan, Breakdown | None]]
    ) -> Iterator[OutcomeCount]:
        for start in range(0, len(plans), _TOGETHER):
            part = plans[start : start + _TOGETHER]
            rows = self._grouped(placing, part)
            for place, (plan, breakdown) in enumerate(part):
                seen = ((when, category, outcomes[place], cases) for when, category, *outcomes, cases in rows)
                yield from self._counts(placing, plan, breakdown, seen)

    def _grouped(
        self, placing: Placing, plans: Sequence[tuple[IndicatorPlan, Breakdown | None]]
    ) -> list[tuple[int, str | None, *tuple[int, ...]]]:
        breakdown = plans[0][1]
        category = sql.column(self.group.categories[category_key(breakdown)]) if breakdown else sql.null("VARCHAR")
        grouping = [sql.column(placing.name), category]
        grouping += [sql.column(f"o_{self.group.numbered[plan.indicator.id]}") for plan, _ in plans]
        query = sql.select(*grouping, sql.fn("count", exp.Star())).from_(sql.source(self.relation))
        query = query.where(sql.is_not_null(sql.column(placing.name)))
        keys = [part.copy() for part in grouping if isinstance(part, exp.Column)]
        return self.session.rows(query.group_by(*keys) if keys else query)

    def _counts(
        self,
        placing: Placing,
        plan: IndicatorPlan,
        breakdown: Breakdown | None,
        rows: Iterable[tuple[int, str | None, int, int]],
    ) -> Iterator[OutcomeCount]:
        codes = self.group.codes[plan.indicator.id]
        periods = self._periods_of(placing, plan)
        totals: dict[tuple[Period, str | None, int], int] = {}
        for when, recorded, code, cases in rows:
            if code in (NO_OUTCOME, UNPLACED_BLANK, UNPLACED_UNREADABLE):
                continue
            category = shown_category(breakdown, recorded)
            for period in periods.get(when, ()):
                totals[period, category, code] = totals.get((period, category, code), 0) + cases
        name = breakdown.name if breakdown else None
        for (period, category, code), cases in totals.items():
            outcome, reason = codes.meaning(code)
            yield OutcomeCount(plan.indicator.id, period, name, category, outcome, reason, cases)

    def _periods_of(self, placing: Placing, plan: IndicatorPlan) -> dict[int, list[Period]]:
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
        flows = [plan.indicator for plan in self.group.plans if not plan.indicator.is_stock]
        if not flows:
            return
        columns: list[Sql] = []
        for indicator in flows:
            outcome = sql.column(f"o_{self.group.numbered[indicator.id]}")
            for code in (UNPLACED_BLANK, UNPLACED_UNREADABLE):
                columns.append(sql.filtered(sql.fn("count", exp.Star()), sql.eq(outcome.copy(), sql.number(code))))
        counts = self.session.row(sql.select(*columns).from_(sql.source(self.relation)))
        for place, indicator in enumerate(flows):
            yield Unplaced(indicator.id, counts[2 * place], counts[2 * place + 1])

    def values(self) -> Iterator[ValueSummary]:
        """The values of the counted cases of every mean, median and maximum."""
        for plan in self.group.plans:
            if plan.indicator.measure in _VALUES:
                for period in plan.periods:
                    for breakdown in (None, *plan.breakdowns):
                        yield from self._summaries(plan, period, breakdown)

    def _summaries(self, plan: IndicatorPlan, period: Period, breakdown: Breakdown | None) -> Iterator[ValueSummary]:
        found: dict[str | None, list[tuple[Fraction, int]]] = {}
        for recorded, numerator, denominator, cases in self._values(plan, period, breakdown):
            category = shown_category(breakdown, recorded)
            found.setdefault(category, []).append((Fraction(numerator, denominator), cases))
        name = breakdown.name if breakdown else None
        for category, values in found.items():
            total = sum((value * cases for value, cases in values), Fraction(0))
            number = sum(cases for _, cases in values)
            median, maximum = middle(sorted(values), number), max(value for value, _ in values)
            yield ValueSummary(plan.indicator.id, period, name, category, number, total, median, maximum)

    def _values(
        self, plan: IndicatorPlan, period: Period, breakdown: Breakdown | None
    ) -> list[tuple[str | None, int, int, int]]:
        number = self.group.numbered[plan.indicator.id]
        category = sql.column(self.group.categories[category_key(breakdown)]) if breakdown else sql.null("VARCHAR")
        value = [sql.column(f"n_{number}"), sql.column(f"q_{number}")]
        counted = self.group.codes[plan.indicator.id].code(Outcome.COUNTED)
        query = sql.select(category, *value, sql.fn("count", exp.Star())).from_(sql.source(self.relation))
        query = query.where(sql.eq(sql.column(f"o_{number}"), counted)).where(self._in_period(plan, period))
        keys = [part.copy() for part in (category, *value) if isinstance(part, exp.Column)]
        return self.session.rows(query.group_by(*keys) if keys else query)

    def _in_period(self, plan: IndicatorPlan, period: Period) -> Sql:
        placing = self.group.placings[plan.indicator.id]
        when = [key for key, periods in self._periods_of(placing, plan).items() if period in periods]
        return sql.in_(sql.column(placing.name), [sql.number(each) for each in when])


def shown_category(breakdown: Breakdown | None, recorded: str | None) -> str | None:
    """The category to count under: null for the total, and a name of its own for what is not recorded."""
    if breakdown is None:
        return None
    text = category_text(breakdown, recorded)
    return NOT_RECORDED if text is None else text


def middle(values: Sequence[tuple[Fraction, int]], number: int) -> Fraction:
    """The median of values in order, each with how often it occurs: the mean of the middle two."""
    wanted = ((number - 1) // 2, number // 2)
    passed, found = 0, []
    for value, cases in values:
        found += [value for place in wanted if passed <= place < passed + cases]
        passed += cases
    return sum(found, Fraction(0)) / 2
