"""From judged cases to a ledger: every `group by` in one statement, which scans the cases once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from itertools import combinations_with_replacement, product

from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.count.persons import keep_cases
from sgkpi.engines.duckdb.count.places import CODE, RECORDED, meant, periods_of, shown_category
from sgkpi.engines.duckdb.ingest.typed_rows import BLANK_ROW, Fault, Flag, Scan
from sgkpi.engines.duckdb.judge.expressions import compile_number
from sgkpi.engines.duckdb.judge.judged import judged
from sgkpi.engines.duckdb.judge.outcomes import UNPLACED_BLANK, UNPLACED_UNREADABLE, Batch, category_key
from sgkpi.engines.duckdb.session.session import Record, Session
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Query, Select, Sql
from sgkpi.ledger.ledger import FigurePlace, Ledger, OutcomeCount, Unplaced, ValueSummary
from sgkpi.model.indicator import Breakdown
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Period
from sgkpi.planning.columns import uses_working_days
from sgkpi.planning.plan import IndicatorPlan

# Outcomes of more indicators at once could have as many combinations as there are cases.
TOGETHER = 12
_READ, _JUDGED = "read", "judged"
_IS_BLANK, _IS_UNLISTED = 1, 2
_PART_BITS = 43  # a third of a whole number
_CELLS = sql.count_where(Name.FLAGS.op("&", BLANK_ROW).eq(0))
Pair = tuple[IndicatorPlan, Breakdown | None]


@dataclass(frozen=True)
class Tally:
    """The counts of one pass over a batch: of its cases, and of the rows they were read from.

    `flags` is the number of rows for each value of `flags`, and `faults` the number of faulty cells in columns that are
    carried as written.
    """

    counted: Ledger
    flags: Mapping[int, int]
    faults: Mapping[Flag, int]


@dataclass(frozen=True)
class GroupBy:
    """One `group by` over the judged cases: by period, category, outcomes and perhaps values.

    `x` and `y` are computed besides the number of cases, and are keys too if `by_value`. `squared` is a whole number
    whose squares are summed. `of_per` says that the numbers are divisors of a ratio. `condition` selects the cases.
    """

    period: Column | None = None
    category: Column | None = None
    outcomes: tuple[Column, ...] = ()
    x: Sql = sql.NULL
    y: Sql = sql.NULL
    by_value: bool = False
    squared: Sql | None = None
    of_per: bool = False
    condition: Sql = sql.TRUE
    pairs: tuple[Pair, ...] = ()

    def query(self, number: int, width: int, cases: Query | str) -> Select:
        """Return its rows over judged cases, in the columns that all share, with `width` outcomes.

        They are numbered as its branch.
        """
        outcomes = (*self.outcomes, *(sql.NULL for _ in range(width - len(self.outcomes))))
        keys = [self.period, self.category, *self.outcomes, *((self.x, self.y) if self.by_value else ())]
        query = sql.select(
            sql.number(number).as_("branch"),
            (self.period or sql.NULL).as_("period_key"),
            (self.category or sql.NULL).as_("category"),
            *(outcome.as_(Name.outcome(place)) for place, outcome in enumerate(outcomes)),
            (self.x if self.x == sql.NULL else self.x.cast("HUGEINT")).as_("x"),
            (self.y if self.y == sql.NULL else self.y.cast("HUGEINT")).as_("y"),
            (_products(self.squared) if self.squared is not None else sql.NULL).as_("products"),
            sql.fn("count", sql.STAR).as_("cases"),
        )
        return query.from_(cases).where(self.condition).group_by(*(key for key in keys if isinstance(key, Column)))


def tally(session: Session, batch: Batch, scan: Scan | None = None, kept: str = "") -> Tally:
    """Count the cases of a batch.

    If they are rows as read by a scan, their key hashes and flags are also stored in the table `kept`, and counted.
    """
    group_bys = list(_group_bys(batch, scan))
    parts: list[tuple[str, Sql]] = []
    if scan is not None and any(uses_working_days(plan.indicator) for plan in batch.plans):
        # The join of due days does not preserve the order of rows, and the stored ones must be in file order.
        parts.append((_READ, sql.select(sql.STAR).from_(batch.cases)))
        batch = replace(batch, cases=_READ)
    cases = judged(batch)
    is_shared = scan is not None or batch.person is not None or len(group_bys) > 1
    if is_shared:
        parts.append((_JUDGED, cases))
    if scan is not None:
        kinds = {Name.KEY_HASH: "UBIGINT", Name.FLAGS: scan.flags_type, Name.FILE: "USMALLINT"}
        session.create(kept, sql.no_rows({column: kinds[column] for column in batch.carried}))
        parts.append(("kept_rows", sql.insert(kept, sql.select(*batch.carried).from_(parts[0][0]))))
    if batch.person is not None:
        parts.append(("kept_cases", keep_cases(batch, _JUDGED)))
    width = max(len(each.outcomes) for each in group_bys)
    rows: list[list[Record]] = [[] for _ in group_bys]
    queries: list[Query] = [
        _means(scan, each, each.query(number, width, _JUDGED if is_shared else cases))
        for number, each in enumerate(group_bys)
    ]
    every = reduce(Query.union_all, queries[1:], queries[0])
    for row in session.records(sql.with_all(every, parts) if parts else every):
        rows[row["branch"]].append(row)
    found = list(zip(group_bys, rows, strict=True))
    return Tally(
        counted=_counted(batch, found),
        flags={row["x"]: row["cases"] for each, part in found if each.x == Name.FLAGS for row in part},
        faults=dict(_faults(scan, found)) if scan else {},
    )


def _group_bys(batch: Batch, scan: Scan | None) -> Iterator[GroupBy]:
    """Yield every `group by`; with a scan, also those that count its faults."""
    uncounted: list[Column | None] = []
    if scan is not None:
        yield GroupBy(x=Name.FLAGS, by_value=True)
        written = (column for column in scan.declared if column.name in scan.as_written)
        uncounted += (Name.raw(column.name) for column in written if any(scan.faults(column)))
    for placing in batch.placing_columns:
        plans = [each for each in batch.plans if batch.placings[each.indicator.id].column == placing]
        by_category: dict[Column | None, list[Pair]] = {}
        for each in plans:
            for by in each.breakdowns:
                by_category.setdefault(batch.categories[category_key(each, by)], []).append((each, by))
        by_category[None] = [(each, None) for each in plans]
        for category, pairs in by_category.items():
            for start in range(0, len(pairs), TOGETHER):
                part = tuple(pairs[start : start + TOGETHER])
                outcomes = tuple(Name.outcome(batch.numbered[plan.indicator.id]) for plan, _ in part)
                if category in uncounted:
                    uncounted.remove(category)
                    if [plan for plan, _ in part] == plans:
                        # Every case is in it, so it gives the totals too: a fifteenth of the time of ten indicators.
                        part += tuple(by_category[None])
                        by_category[None] = []
                    yield GroupBy(placing, category, outcomes, x=_CELLS, pairs=part)
                else:
                    condition = sql.TRUE if category is None else placing.is_not_null()
                    yield GroupBy(placing, category, outcomes, condition=condition, pairs=part)
    yield from (GroupBy(category=column, x=_CELLS) for column in uncounted)
    yield from _of_values(batch)


def _of_values(batch: Batch) -> Iterator[GroupBy]:
    """Yield the values of counted cases: sum and maximum, or each value if they cannot be summed in SQL."""
    for number, plan in enumerate(batch.plans):
        measure, placing = plan.indicator.measure, batch.placings[plan.indicator.id].column
        numbers = [(False, Name.numerator(number), Name.denominator(number))] if plan.indicator.value else []
        if plan.indicator.per is not None:
            numbers.append((True, Name.per_numerator(number), Name.per_denominator(number)))
        for (of_per, top, bottom), breakdown in product(numbers, (None, *plan.breakdowns)):
            by_value = measure is Measure.MEDIAN or _denominator(batch, plan, of_per=of_per) is None
            yield GroupBy(
                period=placing,
                category=batch.categories[category_key(plan, breakdown)] if breakdown else None,
                x=top if by_value else sql.fn("sum", top),
                y=bottom if by_value else sql.fn("max", top),
                by_value=by_value,
                squared=top if measure is Measure.MEAN and not by_value else None,
                of_per=of_per,
                condition=Name.outcome(number).eq(batch.codes.code(Outcome.COUNTED)) & placing.is_not_null(),
                pairs=((plan, breakdown),),
            )


def _products(number: Sql) -> Sql:
    """Return the sums of products from which `_squares` computes the sum of squares of a whole number.

    The square of a 128-bit number has 256 bits, for which DuckDB has no type; products of its thirds fit.
    """
    whole, mask = number.cast("HUGEINT"), (1 << _PART_BITS) - 1
    parts = [whole.op(">>", 2 * _PART_BITS), whole.op(">>", _PART_BITS).op("&", mask), whole.op("&", mask)]
    return sql.fn("list_value", *(sql.fn("sum", one * other) for one, other in combinations_with_replacement(parts, 2)))


def _squares(products: Sequence[int] | None) -> int:
    """Return the sum of squares of a `group by`, or 0; products of two different parts count twice."""
    if products is None:
        return 0
    pairs = zip(products, combinations_with_replacement((2, 1, 0), 2), strict=True)
    return sum(product * (1 if one == other else 2) << (_PART_BITS * (one + other)) for product, (one, other) in pairs)


def _denominator(batch: Batch, plan: IndicatorPlan, *, of_per: bool) -> int | None:
    """Return the common denominator of an indicator's numbers; None if they are divided by a column."""
    number = plan.indicator.per if of_per else plan.indicator.value
    if number is None:
        return None
    bottom = compile_number(number, batch.names(plan.indicator)).denominator
    return bottom if isinstance(bottom, int) else None


def _means(scan: Scan | None, group_by: GroupBy, query: Select) -> Select:
    """Return the rows of a `group by` with the spellings of its category cleaned; for cells, `y` is their fault."""
    recorded, code = RECORDED, CODE
    fault = sql.case([(recorded.is_null(), _IS_BLANK), (code.is_null(), _IS_UNLISTED)]).cast("HUGEINT")
    return meant(scan, group_by.category, query, {"y": fault} if group_by.x == _CELLS else {})


def _faults(scan: Scan, found: Iterable[tuple[GroupBy, list[Record]]]) -> Iterator[tuple[Flag, int]]:
    """Yield the faults of cells that were carried as written, and how often each occurs."""
    for group_by, rows in found:
        if group_by.x == _CELLS:
            column = next(each for each in scan.declared if Name.raw(each.name) == group_by.category)
            for fault, mark in ((Fault.BLANK, _IS_BLANK), (Fault.UNLISTED, _IS_UNLISTED)):
                cells = sum(row["x"] for row in rows if row["y"] == mark)
                if cells and fault in scan.faults(column):
                    yield Flag(column, fault, 0), cells


def _counted(batch: Batch, found: Iterable[tuple[GroupBy, list[Record]]]) -> Ledger:
    outcomes: list[OutcomeCount] = []
    values: list[ValueSummary] = []
    per: dict[FigurePlace, Fraction] = {}
    unplaced: list[Unplaced] = []
    for group_by, rows in found:
        for place, (plan, breakdown) in enumerate(group_by.pairs):
            if group_by.of_per:
                per |= {each.place: each.total for each in _values(batch, plan, breakdown, rows, group_by)}
                continue
            if not group_by.outcomes:
                values += _values(batch, plan, breakdown, rows, group_by)
                continue
            column = Name.outcome(place % len(group_by.outcomes)).name
            outcomes += _outcomes(batch, plan, breakdown, rows, column)
            if breakdown is None and not plan.indicator.is_stock:
                codes = (UNPLACED_BLANK, UNPLACED_UNREADABLE)
                cases = (sum(row["cases"] for row in rows if row[column] == code) for code in codes)
                unplaced.append(Unplaced(plan.indicator.id, *cases))
    whole = (replace(each, per=per[each.place]) if each.place in per else each for each in values)
    return Ledger(tuple(outcomes), tuple(whole), tuple(unplaced))


def _outcomes(
    batch: Batch, plan: IndicatorPlan, breakdown: Breakdown | None, rows: Iterable[Record], column: str
) -> Iterator[OutcomeCount]:
    # Rows are many, as they differ in the outcomes of other indicators too, so alike ones are added up first.
    periods, found = periods_of(batch, plan, plan.periods_by(breakdown)), Counter[tuple[int, str | None, int]]()
    for row in rows:
        if row["period_key"] in periods and batch.codes.is_outcome(row[column]):
            found[row["period_key"], row["category"], row[column]] += row["cases"]
    totals: Counter[tuple[Period, str | None, int]] = Counter()
    for (key, recorded, code), cases in found.items():
        category = shown_category(breakdown, recorded)
        for period in periods[key]:
            totals[period, category, code] += cases
    name = breakdown.name if breakdown else None
    for (period, category, code), cases in totals.items():
        yield OutcomeCount(plan.indicator.id, period, name, category, *batch.codes.meaning(code), cases)


def _values(
    batch: Batch, plan: IndicatorPlan, breakdown: Breakdown | None, rows: Iterable[Record], group_by: GroupBy
) -> Iterator[ValueSummary]:
    denominator = _denominator(batch, plan, of_per=group_by.of_per)
    for place, parts in _placed(batch, plan, breakdown, rows).items():
        if group_by.by_value:
            cases: Counter[Fraction] = Counter()
            for row in parts:
                cases[Fraction(row["x"], row["y"])] += row["cases"]
            yield ValueSummary.of(place, cases, plan.indicator.measure)
        else:
            number, total = (sum(row[name] for row in parts) for name in ("cases", "x"))
            greatest, squares = max(row["y"] for row in parts), sum(_squares(row["products"]) for row in parts)
            yield ValueSummary(
                *place,
                cases=number,
                total=Fraction(total, denominator),
                maximum=Fraction(greatest, denominator),
                squares=Fraction(squares, (denominator or 1) ** 2),
            )


def _placed(
    batch: Batch, plan: IndicatorPlan, breakdown: Breakdown | None, rows: Iterable[Record]
) -> dict[FigurePlace, list[Record]]:
    """Return the rows that count in each period and category."""
    placed: dict[FigurePlace, list[Record]] = {}
    periods, name = periods_of(batch, plan, plan.periods_by(breakdown)), breakdown.name if breakdown else None
    for row in rows:
        for period in periods.get(row["period_key"], ()):
            place = (plan.indicator.id, period, name, shown_category(breakdown, row["category"]))
            placed.setdefault(place, []).append(row)
    return placed
