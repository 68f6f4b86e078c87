"""The number of distinct persons among the judged cases of each requested figure.

Most cases are the only one of their person, so the persons of a figure are its cases less a small surplus. While cases
are counted, those in some period are stored in a narrow table. The ones whose person recurs are found by sorting, and
only these are looked at by category and indicator. If every period is a single month or day, only recurrence within one
matters.

Persons are distinguished by a 64-bit hash: among ten million, the odds that any two share one are 1 in 370,000.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sgkpi.engines.duckdb.cases.tables import Tables
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.count.places import meant, periods_of, shown_category
from sgkpi.engines.duckdb.ingest.typed_rows import Scan, key_part
from sgkpi.engines.duckdb.judge.outcomes import Batch, CategoryKey, category_key
from sgkpi.engines.duckdb.session.session import Session
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Query, Select, Sql, Statement
from sgkpi.ledger.ledger import FigurePlace, Ledger, PersonCount
from sgkpi.model.indicator import Breakdown
from sgkpi.model.outcomes import JUDGED, Outcome
from sgkpi.model.periods import Period
from sgkpi.planning.plan import IndicatorPlan

COUNTED = (*JUDGED, Outcome.COUNTED)
_MOST_KEYS = 60  # months or days that are looked at together: one bit each
_CATEGORY, _SPELLING, _SHOWN, _WHO, _BEFORE = map(Column, ("category", "spelling", "shown", "who", "before"))
Pair = tuple[IndicatorPlan, Breakdown | None]
Names = Mapping[str | None, str | None]


def person_of(tables: Tables, scan: Scan) -> Sql | None:
    """Return the hash of a row's person, null for a blank one; None if the persons of its table are not counted."""
    table, name = scan.source.table, scan.source.table.person
    if name is None or table.name not in tables.with_persons:
        return None
    compared = key_part(table.columns[name])
    return sql.when(Name.value(name).is_not_null(), sql.fn("hash", compared))


def table_of_cases(batch: Batch) -> str:
    """Return the name of the table that stores the cases of a batch."""
    return f"persons.{batch.plans[0].indicator.id}"


def create_table_of_cases(session: Session, batch: Batch) -> None:
    """Create the empty table for the cases of a batch; do nothing if persons are not counted."""
    if batch.person is None:
        return
    kinds = {
        Name.KEY_HASH: "UBIGINT",
        Name.PERSON: "UBIGINT",
        **dict.fromkeys(batch.placing_columns, "SMALLINT"),
        **dict.fromkeys(_outcomes(batch), batch.codes.width),
        **dict.fromkeys(map(Name.category, range(len(batch.categories))), "VARCHAR"),
    }
    session.create(table_of_cases(batch), sql.no_rows(kinds))


def keep_cases(batch: Batch, judged: str) -> Statement:
    """Return the statement that stores the judged cases in some period."""
    key = Name.KEY_HASH if Name.KEY_HASH in batch.carried else sql.null("UBIGINT")
    columns = [key, Name.PERSON, *batch.placing_columns, *_outcomes(batch), *batch.categories.values()]
    wanted = sql.or_(_is_wanted(batch, column) for column in batch.placing_columns)
    return sql.insert(table_of_cases(batch), sql.select(*columns).from_(judged).where(wanted))


def _is_wanted(batch: Batch, placing: Column) -> Sql:
    """Whether a case may lie in a period of which the persons are wanted: not those of which totals alone are."""
    plans = [each for each in batch.plans if batch.placings[each.indicator.id].column == placing]
    if not any(each.totals_only for each in plans):
        return placing.is_not_null()
    keys = {key for each in plans for key in periods_of(batch, each, each.periods)}
    return (placing >= min(keys)) & (placing <= max(keys)) if keys else sql.FALSE


def with_persons(session: Session, batch: Batch, scan: Scan | None, ledger: Ledger) -> Ledger:
    """Return the ledger with the number of persons of each figure, if the cases of the batch have been kept for it."""
    if batch.person is None:
        return ledger
    persons: Counter[FigurePlace] = Counter()
    wanted = {plan.indicator.id: frozenset(plan.periods) for plan in batch.plans}
    for each in ledger.outcomes:
        if each.outcome in COUNTED and each.period in wanted[each.indicator]:
            persons[each.place] += each.cases
    for number, placing in enumerate(batch.placing_columns):
        persons.subtract(_Recurring(session, batch, scan, placing, f"{table_of_cases(batch)}.{number}").surplus())
    counts = (PersonCount(*place, number) for place, number in persons.items() if number)
    return replace(ledger, persons=tuple(counts))


def _outcomes(batch: Batch) -> list[Column]:
    return [Name.outcome(number) for number in range(len(batch.plans))]


@dataclass(frozen=True)
class _Recurring:
    """The cases, placed by one column, that may be too many: their person recurs, or is blank and so no person."""

    session: Session
    batch: Batch
    scan: Scan | None
    placing: Column
    table: str

    def surplus(self) -> Counter[FigurePlace]:
        """Return how many more judged cases than persons there are."""
        found: Counter[FigurePlace] = Counter()
        if not self._keys or not self.session.create(self.table, self._query()):
            return found
        for key, pairs in self._pairs().items():
            relation, names = self._named(key, pairs[0][1])
            for spelled, period, numbers in self._surplus_of(relation, [plan for plan, _ in pairs]):
                for (plan, by), number in zip(pairs, numbers, strict=True):
                    if period in plan.periods:
                        found[plan.indicator.id, period, by.name if by else None, names[spelled]] += number
        return found

    @cached_property
    def _plans(self) -> list[IndicatorPlan]:
        placings = self.batch.placings
        return [each for each in self.batch.plans if placings[each.indicator.id].column == self.placing]

    @cached_property
    def _keys(self) -> dict[Period, list[int]]:
        """The months or days of every period, in order."""
        found: dict[Period, dict[int, None]] = {}
        for plan in self._plans:
            for key, periods in sorted(periods_of(self.batch, plan, plan.periods).items()):
                for period in periods:
                    found.setdefault(period, {})[key] = None
        return {period: sorted(keys) for period, keys in found.items()}

    def _query(self) -> Query:
        is_single = all(len(keys) == 1 for keys in self._keys.values())
        who = sql.fn("hash", Name.PERSON, self.placing) if is_single else Name.PERSON
        cases = sql.select(sql.STAR).from_(table_of_cases(self.batch)).where(self.placing.is_not_null())
        before = sql.fn("lag", _WHO).over(order=[_WHO]).as_(_BEFORE)
        known = sql.select(who.as_(_WHO)).from_(table_of_cases(self.batch))
        known = known.where(self.placing.is_not_null() & Name.PERSON.is_not_null())
        repeated = sql.select(_WHO).from_(sql.select(_WHO, before).from_(known)).where(_WHO.eq(_BEFORE))
        return cases.where(Name.PERSON.is_null() | who.is_in(repeated))

    def _pairs(self) -> dict[CategoryKey | None, list[Pair]]:
        """Return the figures by breakdown; None for the totals."""
        found: dict[CategoryKey | None, list[Pair]] = {None: [(plan, None) for plan in self._plans]}
        for plan in self._plans:
            for breakdown in plan.breakdowns:
                found.setdefault(category_key(plan, breakdown), []).append((plan, breakdown))
        return found

    def _named(self, key: CategoryKey | None, breakdown: Breakdown | None) -> tuple[Query, Names]:
        """Return the cases with their category, and the names of categories; spellings of one category are merged."""
        if key is None:
            return sql.select(sql.STAR, sql.null("VARCHAR").as_(_CATEGORY)).from_(self.table), {None: None}
        column = Name.category(list(self.batch.categories).index(key))
        spelled = sql.select(column.as_(_CATEGORY), column.as_(_SPELLING)).distinct().from_(self.table)
        rows = self.session.records(meant(self.scan, self.batch.categories[key], spelled, {}))
        names = {row[_SPELLING.name]: shown_category(breakdown, row[_CATEGORY.name]) for row in rows}
        if len(set(names.values())) == len(names):
            return sql.select(sql.STAR, column.as_(_CATEGORY)).from_(self.table), names
        known = sql.select(sql.each_of(names).as_(_SPELLING), sql.each_of(names.values()).as_(_SHOWN))
        cases = sql.select(sql.star("c"), _SHOWN.of("n").as_(_CATEGORY)).from_(self.table, "c")
        joined = cases.join(known, "n", column.of("c").same_as(_SPELLING.of("n")))
        return joined, {name: name for name in names.values()}

    def _surplus_of(
        self, relation: Query, plans: Sequence[IndicatorPlan]
    ) -> Iterator[tuple[str | None, Period, Sequence[int]]]:
        """Yield the judged cases of each category and period by indicator, and their persons to subtract."""
        for row in self.session.records(self._cases(relation, plans)):
            for period in (period for period, keys in self._keys.items() if row["period_key"] in keys):
                yield row[_CATEGORY.name], period, row["counts"]
        for periods in self._chunks():
            for row in self.session.records(self._persons(relation, plans, periods)):
                yield row[_CATEGORY.name], periods[row["period"]], [-number for number in row["counts"]]

    def _chunks(self) -> Iterator[list[Period]]:
        """Yield all periods in groups whose months or days are few enough for one bit each."""
        chunk: list[Period] = []
        for period in sorted(self._keys, key=self._keys.__getitem__):
            if chunk and self._keys[period][-1] - self._keys[chunk[0]][0] >= _MOST_KEYS:
                yield chunk
                chunk = []
            chunk.append(period)
        yield chunk

    def _cases(self, relation: Query, plans: Sequence[IndicatorPlan]) -> Select:
        """Return the number of judged cases of each month or day."""
        counts = sql.fn("list_value", *(sql.count_where(self._is_counted(plan)) for plan in plans))
        query = sql.select(_CATEGORY, self.placing.as_("period_key"), counts.as_("counts"))
        return query.from_(relation).group_by(_CATEGORY, self.placing)

    def _persons(self, relation: Query, plans: Sequence[IndicatorPlan], periods: Sequence[Period]) -> Select:
        """Return the number of persons of each period: those with a bit for one of its months or days."""
        keys = [self._keys[period] for period in periods]
        first, last = keys[0][0], max(each[-1] for each in keys)
        bit = sql.number(1).cast("UBIGINT").op("<<", (self.placing - first).cast("UBIGINT", tried=True))
        bits = [Column(f"bits_{place}") for place in range(len(plans))]
        seen = (sql.fn("bit_or", sql.when(self._is_counted(plan), bit)) for plan in plans)
        each = sql.select(_CATEGORY, *(value.as_(column) for column, value in zip(bits, seen, strict=True)))
        each = each.from_(relation).where(Name.PERSON.is_not_null() & (self.placing >= first) & (self.placing <= last))
        each = each.group_by(_CATEGORY, Name.PERSON)
        mask, period = Column("mask"), Column("period")
        masks = (sql.number(sum(1 << (key - first) for key in each)).cast("UBIGINT") for each in keys)
        numbered = sql.select(sql.each_of(masks).as_(mask), sql.each_of(range(len(keys))).as_(period))
        none = sql.number(0).cast("UBIGINT")
        counts = (sql.count_where(column.op("&", mask).ne(none)) for column in bits)
        # A filter for each period would take far longer to plan than this join.
        query = sql.select(_CATEGORY, period, sql.fn("list_value", *counts).as_("counts"))
        return query.from_(each, "e").join(numbered, "p", kind="cross").group_by(_CATEGORY, period)

    def _is_counted(self, plan: IndicatorPlan) -> Sql:
        number = self.batch.numbered[plan.indicator.id]
        return Name.outcome(number).is_in(self.batch.codes.numbers(COUNTED))
