"""From classified cases to outcome counts: one `group by` for every breakdown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlglot import exp

from sgkpi.definitions.indicators import Breakdown, Measure
from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.classify import Group, Placing, category_key, category_text
from sgkpi.engines.duckdb.outcomes import NO_OUTCOME, UNPLACED_BLANK, UNPLACED_UNREADABLE
from sgkpi.engines.duckdb.session import Row, Session
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
                seen = ((row[0], row[1], row[2 + place], row[-1]) for row in rows)
                yield from self._counts(placing, plan, breakdown, seen)

    def _grouped(self, placing: Placing, plans: Sequence[tuple[IndicatorPlan, Breakdown | None]]) -> list[Row]:
        breakdown = plans[0][1]
        category = sql.column(self.group.categories[category_key(breakdown)]) if breakdown else sql.null("VARCHAR")
        grouping = [sql.column(placing.name), category]
        grouping += [sql.column(f"o_{self.group.numbered[plan.indicator.id]}") for plan, _ in plans]
        query = sql.select(*grouping, sql.fn("count", exp.Star())).from_(sql.source(self.relation), copy=False)
        query = query.where(sql.is_not_null(sql.column(placing.name)), copy=False)
        keys = [part for part in grouping if isinstance(part, exp.Column)]
        return self.session.rows(query.group_by(*keys, copy=False) if keys else query)

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
        columns = [
            sql.count_where(sql.eq(sql.column(f"o_{self.group.numbered[indicator.id]}"), sql.number(code)))
            for indicator in flows
            for code in (UNPLACED_BLANK, UNPLACED_UNREADABLE)
        ]
        counts = self.session.row(sql.select(*columns).from_(sql.source(self.relation), copy=False))
        for place, indicator in enumerate(flows):
            yield Unplaced(indicator.id, counts[2 * place], counts[2 * place + 1])

    def values(self) -> Iterator[ValueSummary]:
        """The values of the counted cases of every mean, median and maximum."""
        for plan in self.group.plans:
            if plan.indicator.measure in _VALUES:
                for breakdown in (None, *plan.breakdowns):
                    yield from self._summaries(plan, breakdown)

    def _summaries(self, plan: IndicatorPlan, breakdown: Breakdown | None) -> Iterator[ValueSummary]:
        periods = self._periods_of(self.group.placings[plan.indicator.id], plan)
        found: dict[tuple[Period, str | None], list[tuple[Fraction, int]]] = {}
        for when, recorded, numerator, denominator, cases in self._values(plan, breakdown):
            category = shown_category(breakdown, recorded)
            for period in periods.get(when, ()):
                found.setdefault((period, category), []).append((Fraction(numerator, denominator), cases))
        name = breakdown.name if breakdown else None
        for (period, category), values in found.items():
            yield summary(plan.indicator.id, period, name, category, values)

    def _values(self, plan: IndicatorPlan, breakdown: Breakdown | None) -> list[Row]:
        number = self.group.numbered[plan.indicator.id]
        category = sql.column(self.group.categories[category_key(breakdown)]) if breakdown else sql.null("VARCHAR")
        placing = sql.column(self.group.placings[plan.indicator.id].name)
        columns = [placing, category, sql.column(f"n_{number}"), sql.column(f"q_{number}")]
        counted = self.group.codes[plan.indicator.id].code(Outcome.COUNTED)
        is_counted = sql.and_([sql.eq(sql.column(f"o_{number}"), counted), sql.is_not_null(placing)])
        query = sql.select(*columns, sql.fn("count", exp.Star())).from_(sql.source(self.relation), copy=False)
        keys = [part for part in columns if isinstance(part, exp.Column)]
        return self.session.rows(query.where(is_counted, copy=False).group_by(*keys, copy=False))


def summary(
    indicator: str, period: Period, breakdown: str | None, category: str | None, values: list[tuple[Fraction, int]]
) -> ValueSummary:
    """What values, each with how often it occurs, come to."""
    number = sum(cases for _, cases in values)
    total = sum((value * cases for value, cases in values), Fraction(0))
    median, maximum = middle(sorted(values), number), max(value for value, _ in values)
    return ValueSummary(indicator, period, breakdown, category, number, total, median, maximum)


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
