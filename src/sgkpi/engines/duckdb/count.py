"""From judged cases to what a ledger keeps: every `group by` in one statement, which goes through the cases once."""

from collections import Counter as Numbers
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Query, Select, Sql
from sgkpi.engines.duckdb.cells import code_of, has_codes, text_steps
from sgkpi.engines.duckdb.classify import Batch, Placing, category_key, category_text, classified
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.expressions import Names, compile_number
from sgkpi.engines.duckdb.outcomes import UNPLACED_BLANK, UNPLACED_UNREADABLE
from sgkpi.engines.duckdb.scan import BLANK_ROW, Fault, Flag, Scan
from sgkpi.engines.duckdb.session import Record, Session
from sgkpi.engines.duckdb.working_days import uses_working_days
from sgkpi.ledger.ledger import OutcomeCount, Unplaced, ValueSummary
from sgkpi.model.indicator import Breakdown
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import NOT_RECORDED, Outcome
from sgkpi.model.periods import Period
from sgkpi.planning.plan import IndicatorPlan, reference_day

# More indicators in one `group by` would make more combinations than they save passes.
_TOGETHER = 12
_VALUES = (Measure.MEAN, Measure.MEDIAN, Measure.MAXIMUM)
_READ, _JUDGED = "read", "judged"
Pair = tuple[IndicatorPlan, Breakdown | None]


@dataclass(frozen=True)
class Counted:
    """What was counted of some indicators."""

    outcomes: tuple[OutcomeCount, ...] = ()
    values: tuple[ValueSummary, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()

    def exchange(self, rows: "Counted", cases: "Counted") -> "Counted":
        """Put cases in the place of the rows that make them up."""
        counts = _numbers(self.outcomes)
        counts.subtract(_numbers(rows.outcomes))
        counts.update(_numbers(cases.outcomes))
        if any(number < 0 for number in counts.values()):
            raise ValueError("more rows were taken away than were counted")
        less, more = ({each.indicator: each for each in part.unplaced} for part in (rows, cases))
        unplaced = (
            Unplaced(
                each.indicator,
                each.blank - less[each.indicator].blank + more[each.indicator].blank,
                each.unreadable - less[each.indicator].unreadable + more[each.indicator].unreadable,
            )
            for each in self.unplaced
        )
        outcomes = (replace(each, cases=number) for each, number in counts.items() if number)
        return Counted(tuple(outcomes), (), tuple(unplaced))


def _numbers(outcomes: Iterable[OutcomeCount]) -> "Numbers[OutcomeCount]":
    return Numbers({replace(each, cases=0): each.cases for each in outcomes})


@dataclass(frozen=True)
class Tally:
    """What was counted in one pass over the cases of a batch: of them, and of the rows that they were read from.

    `flags` tells how many rows have each value of `flags`, and `faults` how many cells of columns that are carried as
    they are written have a fault.
    """

    counted: Counted
    flags: Mapping[int, int]
    faults: Mapping[Flag, int]


@dataclass(frozen=True)
class GroupBy:
    """One `group by` over the judged cases: by the column that places them, a category, outcomes, and perhaps values.

    `x` and `y` are what is worked out besides the number of cases: keys to group by where `by_value`, else a sum and a
    maximum. `conditions` say which cases are counted. `total` is what its rows add up to, if that is asked for too;
    where it `counts_cells`, `x` are the cells that have the category as it is written.
    """

    period: str | None = None
    category: str | None = None
    outcomes: tuple[str, ...] = ()
    x: Sql = sql.NULL
    y: Sql = sql.NULL
    by_value: bool = False
    conditions: tuple[Sql, ...] = ()
    pairs: tuple[Pair, ...] = ()
    total: "GroupBy | None" = None
    counts_cells: bool = False

    @property
    def keys(self) -> dict[str, Sql]:
        """What is grouped by, by the names that it has afterwards."""
        keys = {"period_key": self.period, "category": self.category} | {
            Name.outcome(place).name: name for place, name in enumerate(self.outcomes)
        }
        values = {"x": self.x, "y": self.y} if self.by_value else {}
        values = {name: value for name, value in values.items() if sql.is_column(value)}
        return {name: sql.column(key) for name, key in keys.items() if key is not None} | values

    @property
    def query(self) -> Select:
        columns = self.keys | {name: value for name, value in (("x", self.x), ("y", self.y)) if name not in self.keys}
        named = [value.as_(name) for name, value in columns.items()]
        query = sql.select(*named, sql.fn("count", sql.STAR).as_("cases")).from_(_JUDGED)
        for condition in self.conditions:
            query = query.where(condition)
        return query.group_by(*self.keys.values())


@dataclass(frozen=True)
class _Branch:
    """One part of the rows that the statement gives: of a `group by`, of its total, or of the faults of its cells."""

    of: GroupBy
    origin: int
    faults_of: str | None = None


def tally(session: Session, batch: Batch, scan: Scan | None = None, kept: str | None = None) -> Tally:
    """Count the cases of a batch.

    Where they are rows as a scan reads them, their hashes and faults are kept in a table, and counted too.
    """
    written = [column for column in scan.declared if column.name in scan.as_written] if scan else []
    looked_at = [Name.raw(column.name).name for column in written if scan and any(scan.faults(column))]
    group_bys = list(_group_bys(batch, looked_at, with_flags=scan is not None))
    branches = list(_branches(group_bys))
    parts: list[tuple[str, Sql]] = []
    joins = any(uses_working_days(plan.indicator) for plan in batch.plans)
    if kept is not None and joins and not isinstance(batch.source, str):
        # Behind the join of due days, rows come in the order of DuckDB's threads; what is kept must be in the files'.
        parts.append((_READ, batch.source))
        batch = replace(batch, source=_READ)
    origin = parts[0][0] if parts else _JUDGED
    parts.append((_JUDGED, classified(batch)))
    if kept is not None:
        kinds = {
            Name.KEY_HASH.name: "UBIGINT",
            Name.FLAGS.name: scan.flags_type if scan else "UTINYINT",
            Name.FILE.name: "USMALLINT",
        }
        columns = [sql.null(kinds[name]).as_(name) for name in batch.carried]
        session.create(kept, sql.select(*columns).limit(0))
        carried = sql.select(*map(sql.column, batch.carried)).from_(origin)
        parts.append(("kept_rows", sql.insert(kept, carried)))
    parts += [(f"g_{place}", each.query) for place, each in enumerate(group_bys)]
    cleaned = {Name.raw(column.name).name: _cleaned(column.name, scan) for column in written if scan}
    width = max(len(each.outcomes) for each in group_bys)
    rows: list[list[Record]] = [[] for _ in branches]
    queries: list[Query] = [_rows_of(branch, place, width, cleaned) for place, branch in enumerate(branches)]
    for row in session.records(sql.with_all(reduce(Query.union_all, queries), parts)):
        rows[row["branch"]].append(row)
    found = [(branch, part) for branch, part in zip(branches, rows, strict=True)]
    return Tally(
        counted=_counted(batch, [(branch.of, part) for branch, part in found if branch.faults_of is None]),
        flags={row["x"]: row["cases"] for branch, part in found if branch.of == _FLAGS for row in part},
        faults=dict(_faults(scan, found)) if scan else {},
    )


_FLAGS = GroupBy(x=Name.FLAGS, by_value=True)


def _group_bys(batch: Batch, looked_at: Sequence[str], *, with_flags: bool) -> Iterator[GroupBy]:
    """Every `group by`; a total comes from a breakdown of the same indicators, if there is one."""
    if with_flags:
        yield _FLAGS
    uncounted = list(looked_at)
    for placing in {placing.name: placing for placing in batch.placings.values()}.values():
        plans = [each for each in batch.plans if batch.placings[each.indicator.id].name == placing.name]
        totals = _in_parts(batch, placing, None, [(each, None) for each in plans])
        somewhere = (sql.column(placing.name).is_not_null(),)
        for key, column in batch.categories.items():
            with_it = [(each, by) for each in plans for by in each.breakdowns if category_key(each, by) == key]
            for part in _in_parts(batch, placing, column, with_it):
                total = next((total for total in totals if total.outcomes == part.outcomes), None)
                totals = [each for each in totals if each != total]
                cells = column in uncounted
                uncounted = [each for each in uncounted if each != column]
                conditions = () if cells or total else somewhere
                x = _CELLS if cells else sql.NULL
                yield replace(part, x=x, total=total, counts_cells=cells, conditions=conditions)
        yield from totals
    yield from (GroupBy(category=column, x=_CELLS, counts_cells=True) for column in uncounted)
    yield from _of_values(batch)


def _branches(group_bys: Sequence[GroupBy]) -> Iterator[_Branch]:
    """What is made of each `group by`: its rows, its total, the faults of its cells."""
    for place, each in enumerate(group_bys):
        yield _Branch(each, place)
        if each.total is not None:
            yield _Branch(each.total, place)
        if each.counts_cells:
            yield _Branch(each, place, faults_of=each.category)


_HAS_CELLS = Name.FLAGS.op("&", BLANK_ROW).eq(0)
_CELLS = sql.count_where(_HAS_CELLS)


def _in_parts(batch: Batch, placing: Placing, category: str | None, pairs: Sequence[Pair]) -> list[GroupBy]:
    found = []
    for start in range(0, len(pairs), _TOGETHER):
        part = tuple(pairs[start : start + _TOGETHER])
        outcomes = tuple(Name.outcome(batch.numbered[plan.indicator.id]).name for plan, _ in part)
        found.append(GroupBy(placing.name, category, outcomes, pairs=part))
    return found


def _of_values(batch: Batch) -> Iterator[GroupBy]:
    """The values of the counted cases: a sum and a maximum, or every value where they cannot be added up in SQL."""
    for plan in batch.plans:
        if plan.indicator.measure not in _VALUES:
            continue
        number, placing = batch.numbered[plan.indicator.id], batch.placings[plan.indicator.id].name
        is_counted = Name.outcome(number).eq(batch.codes.code(Outcome.COUNTED))
        numerator, bottom = Name.numerator(number), Name.denominator(number)
        by_value = plan.indicator.measure is Measure.MEDIAN or _denominator(plan) is None
        for breakdown in (None, *plan.breakdowns):
            yield GroupBy(
                period=placing,
                category=batch.categories[category_key(plan, breakdown)] if breakdown else None,
                x=numerator if by_value else sql.fn("sum", numerator),
                y=bottom if by_value else sql.fn("max", numerator),
                by_value=by_value,
                conditions=(is_counted, sql.column(placing).is_not_null()),
                pairs=((plan, breakdown),),
            )


def _denominator(plan: IndicatorPlan) -> int | None:
    """The common denominator of an indicator's values; None for quotients by a column, which have none."""
    indicator = plan.indicator
    if indicator.value is None:
        return None
    tables = {None: indicator.table} | {related.name: related.table for related in indicator.related}
    bottom = compile_number(indicator.value, Names(tables, sql.NULL, sql.NULL, indicator.id)).denominator
    return bottom if isinstance(bottom, int) else None


def _cleaned(name: str, scan: Scan | None) -> tuple[Sql, Sql, Sql]:
    """What the spelling `category` of a column means: trimmed, then `recorded`, then the `code` that it stands for."""
    if scan is None:
        raise TypeError("only what a scan reads is carried as it is written")
    column = scan.source.table.columns[name]
    trimmed, recorded = text_steps(sql.column("category"), column, scan.source.table)
    folded = sql.fn("kpi_folded", sql.column("recorded"))
    code = code_of(folded, column) if has_codes(column) else sql.null("VARCHAR")
    return trimmed, recorded.as_("recorded"), code.as_("code")


def _rows_of(branch: _Branch, number: int, width: int, cleaned: Mapping[str, tuple[Sql, ...]]) -> Select:
    """The rows of a branch, in the columns that all have: spellings are cleaned, and what is then alike is one row."""
    of, origin = branch.of, sql.source(f"g_{branch.origin}")
    category = sql.column("category") if of.category else sql.null("VARCHAR")
    # A total takes its rows from a breakdown, so that several are one.
    is_written = of.category is not None and of.category in cleaned
    together = branch.faults_of is None and (is_written or (not of.category and not of.by_value))
    if of.category is not None and is_written:
        for step in cleaned[of.category]:
            origin = sql.source(sql.select(sql.STAR, step).from_(origin))
        category = sql.fn("coalesce", sql.column("code"), sql.column("recorded"))
    x, y, cases = sql.column("x"), sql.column("y"), sql.column("cases")
    if branch.faults_of is not None:
        recorded, listed = sql.column("recorded"), sql.column("code").is_not_null()
        unlisted = recorded.is_not_null() & ~listed
        x, y = (sql.fn("sum", x).where(each) for each in (recorded.is_null(), unlisted))
        cases, category = sql.number(0), sql.null("VARCHAR")
    keys = [
        sql.column("period_key") if of.period and branch.faults_of is None else sql.null("SMALLINT"),
        category,
        *(
            Name.outcome(place) if place < len(of.outcomes) and branch.faults_of is None else sql.null("USMALLINT")
            for place in range(width)
        ),
    ]
    if together:
        groups = [*keys, *([x, y] if of.by_value else [])]
        x, y = (x, y) if of.by_value else (sql.fn("sum", x), sql.fn("max", y))
        cases = sql.fn("sum", cases)
    names = ["period_key", "category", *(Name.outcome(place).name for place in range(width))]
    columns = [key.as_(name) for key, name in zip(keys, names, strict=True)]
    sums = [each.cast("HUGEINT").as_(name) for each, name in ((x, "x"), (y, "y"), (cases, "cases"))]
    query = sql.select(sql.number(number).as_("branch"), *columns, *sums).from_(origin)
    return query.group_by(*groups) if together else query


def _faults(scan: Scan, found: Iterable[tuple[_Branch, list[Record]]]) -> Iterator[tuple[Flag, int]]:
    """The faults of cells that were carried as they are written, and how often each occurs."""
    for branch, (row, *_) in ((branch, rows) for branch, rows in found if branch.faults_of is not None):
        column = next(each for each in scan.declared if Name.raw(each.name).name == branch.faults_of)
        occurring = {Fault.BLANK: row["x"], Fault.UNLISTED: row["y"]}
        yield from ((Flag(column, fault, 0), occurring[fault]) for fault in scan.faults(column) if occurring[fault])


def _counted(batch: Batch, found: Iterable[tuple[GroupBy, list[Record]]]) -> Counted:
    outcomes: list[OutcomeCount] = []
    values: list[ValueSummary] = []
    unplaced: list[Unplaced] = []
    for of, rows in found:
        if of.outcomes:
            for place, (plan, breakdown) in enumerate(of.pairs):
                outcomes += _outcomes(batch, plan, breakdown, rows, Name.outcome(place).name)
                if breakdown is None and batch.placings[plan.indicator.id].day is not None:
                    unplaced.append(_unplaced(plan, rows, Name.outcome(place).name))
        for plan, breakdown in of.pairs if not of.outcomes else ():
            values += _values(batch, plan, breakdown, rows, by_value=of.by_value)
    return Counted(tuple(outcomes), tuple(values), tuple(unplaced))


def _outcomes(
    batch: Batch, plan: IndicatorPlan, breakdown: Breakdown | None, rows: Iterable[Record], outcome: str
) -> Iterator[OutcomeCount]:
    months: Numbers[tuple[int, str | None, int]] = Numbers()
    for row in rows:
        if row["period_key"] is not None and batch.codes.is_outcome(row[outcome]):
            months[row["period_key"], row["category"], row[outcome]] += row["cases"]
    totals: Numbers[tuple[Period, str | None, int]] = Numbers()
    periods = periods_of(batch, plan)
    for (month, recorded, code), cases in months.items():
        for period in periods.get(month, ()):
            totals[period, shown_category(breakdown, recorded), code] += cases
    name = breakdown.name if breakdown else None
    for (period, category, code), cases in totals.items():
        yield OutcomeCount(plan.indicator.id, period, name, category, *batch.codes.meaning(code), cases)


def _unplaced(plan: IndicatorPlan, rows: Iterable[Record], outcome: str) -> Unplaced:
    cases = {UNPLACED_BLANK: 0, UNPLACED_UNREADABLE: 0}
    for row in rows:
        if row[outcome] in cases:
            cases[row[outcome]] += row["cases"]
    return Unplaced(plan.indicator.id, *cases.values())


def _values(
    batch: Batch, plan: IndicatorPlan, breakdown: Breakdown | None, rows: Iterable[Record], *, by_value: bool
) -> Iterator[ValueSummary]:
    placed: dict[tuple[Period, str | None], list[Record]] = {}
    periods = periods_of(batch, plan)
    for row in rows:
        for period in periods.get(row["period_key"], ()) if row["cases"] else ():
            placed.setdefault((period, shown_category(breakdown, row["category"])), []).append(row)
    name, denominator = breakdown.name if breakdown else None, _denominator(plan)
    for (period, category), parts in placed.items():
        if by_value:
            cases: Numbers[Fraction] = Numbers()
            for row in parts:
                cases[Fraction(row["x"], row["y"])] += row["cases"]
            is_median = plan.indicator.measure is Measure.MEDIAN
            yield ValueSummary.of((plan.indicator.id, period, name, category), cases, with_counts=is_median)
        else:
            number, total = sum(row["cases"] for row in parts), sum(row["x"] for row in parts)
            greatest = Fraction(max(row["y"] for row in parts), denominator)
            yield ValueSummary(
                plan.indicator.id, period, name, category, number, Fraction(total, denominator), greatest
            )


def periods_of(batch: Batch, plan: IndicatorPlan) -> dict[int, list[Period]]:
    """The periods to which each month, or each numbered reference day, belongs."""
    placing, found = batch.placings[plan.indicator.id], dict[int, list[Period]]()
    for period in plan.periods:
        if placing.day is None:
            found.setdefault(placing.days.index(reference_day(period, batch.as_of_time)), []).append(period)
        else:
            for month in period.months:
                found.setdefault(month.index, []).append(period)
    return found


def shown_category(breakdown: Breakdown | None, recorded: str | None) -> str | None:
    """The category to count under: null for the total, and a name of its own for what is not recorded."""
    if breakdown is None:
        return None
    text = category_text(breakdown, recorded)
    return NOT_RECORDED if text is None else text
