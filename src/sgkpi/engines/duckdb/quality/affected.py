"""The cases of a month's figures that are affected by rows at fault, and their present outcomes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from sgkpi.engines.checks import Check
from sgkpi.engines.duckdb.cases.cases import batch_of, create_reference_days, repeated_cases, seen
from sgkpi.engines.duckdb.cases.related import with_related
from sgkpi.engines.duckdb.cases.tables import Tables
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.count.tally import tally
from sgkpi.engines.duckdb.engine import store, together
from sgkpi.engines.duckdb.ingest.known_rows import has_repeated_hash
from sgkpi.engines.duckdb.ingest.typed_rows import join_part
from sgkpi.engines.duckdb.judge.judged import judged
from sgkpi.engines.duckdb.judge.outcomes import UNPLACED_BLANK, UNPLACED_UNREADABLE, Batch
from sgkpi.engines.duckdb.quality.one_pass import QualityPass
from sgkpi.engines.quality import AffectedCases, RowFinding, columns_concerned
from sgkpi.engines.sql import words as sql
from sgkpi.engines.sql.ast import Column, Select, Sql
from sgkpi.ledger.ledger import Ledger, OutcomeCount
from sgkpi.model.indicator import Indicator
from sgkpi.model.outcomes import Outcome
from sgkpi.planning.availability import tables_of
from sgkpi.planning.columns import placing_columns
from sgkpi.planning.plan import IndicatorPlan, Plan

# A finding, with the relation of its rows and the condition that holds for them.
Located = tuple[RowFinding, str, Sql]


@dataclass(frozen=True)
class _Judged:
    """Judged cases of indicators in the month: a table of key hashes, join values and outcome codes."""

    batch: Batch
    relation: str


@dataclass
class CaseFinder:
    """Finds the cases of a plan of one month that rows at fault affect."""

    tables: Tables
    plan: Plan
    judged: dict[str, _Judged] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.session = self.tables.session
        # Where the month is not covered, there are no cases.
        self.plans = tuple(each for each in self.plan.indicators if each.periods)

    def keep_rows(self, table_pass: QualityPass) -> None:
        """Read the files of a table once: keep of its rows what a pass keeps, and judge the flows that need no other.

        Joined and inserted rows keep their order in `create table` alone: not where a `with` has several readers.
        """
        name, (rows, kept) = table_pass.table, table_pass.rows()
        plans = [each for each in self.plans if each.indicator.table.name == name and _is_plain(each)]
        if not plans or not table_pass.scan.source.has_key:
            self.session.create(table_pass.relation, sql.select(*kept).from_(rows))
            return
        known = seen(self.tables, table_pass.scan, rows)
        cases = known.select(*(each for each in kept if each.name not in known.names))
        batch = replace(batch_of(self.tables, plans, cases, tuple(kept)), as_read=True)
        found = _Judged(batch, f"quality.flow.{name}")
        codes = [Name.outcome(number) for number in batch.numbered.values()]
        self.session.create(table_pass.relation, sql.select(*kept, *codes).from_(judged(batch)))
        # Of the cases, those of the month stay, and those that are in no period.
        flow = sql.select(Name.KEY_HASH, *codes).from_(table_pass.relation).where(sql.or_(code.ne(0) for code in codes))
        self.session.create(found.relation, flow)
        self.judged |= {plan.indicator.id: found for plan in plans}

    def judge(self, located: Iterable[Located]) -> None:
        """Judge the cases whose keys repeat, one a key, in the place of their rows; then those that are not judged yet.

        These are cases of indicators that need other tables than their own, or more than a look at its rows.
        """
        with_twins = {finding.table for finding, _, _ in located if finding.check in _REPEATED}
        for found in {each.relation: each for each in self.judged.values()}.values():
            name = found.batch.plans[0].indicator.table.name
            if name in with_twins:
                self.tables.read_repeated(name)
                cases = repeated_cases(self.tables, name)
                again = batch_of(self.tables, found.batch.plans, cases, (Name.KEY_HASH,))
                columns = [Name.KEY_HASH, *map(Name.outcome, again.numbered.values())]
                self.session.execute(sql.delete(found.relation, has_repeated_hash(f"repeated.{name}")))
                self.session.execute(sql.insert(found.relation, sql.select(*columns).from_(judged(again))))
        if any(each.indicator.is_stock for each in self.plans):
            create_reference_days(self.tables)
        alone = [plan for plan in self.plans if plan.indicator.id not in self.judged]
        store(self.tables, {name for each in alone for name in tables_of(each.indicator)}, alone)
        for some in self.session.run_parallel(
            [partial(self._judge_stored, plans) for plans in together(self.session, alone)]
        ):
            self.judged |= some

    def _judge_stored(self, plans: Sequence[IndicatorPlan]) -> Mapping[str, _Judged]:
        """Judge indicators over the same cases of stored tables."""
        indicators = [each.indicator for each in plans]
        joins = sorted({related.case_column for each in indicators for related in each.related})
        cases = with_related(self.tables, indicators)
        batch = batch_of(self.tables, plans, cases, (Name.KEY_HASH, *map(Name.value, joins)))
        found = _Judged(batch, f"quality.cases.{indicators[0].id}")
        self.session.create(found.relation, judged(batch))
        return dict.fromkeys((each.indicator.id for each in plans), found)

    def _counts(self, indicator: Indicator, holds: Sql) -> Counter[int]:
        """Return how many of an indicator's cases for which a condition holds have each code."""
        judged = self.judged[indicator.id]
        code = Name.outcome(judged.batch.numbered[indicator.id])
        query = sql.select(code, sql.fn("count", sql.STAR)).from_(judged.relation).where(holds)
        return Counter(dict(self.session.rows(query.group_by(code))))

    def ledger(self) -> Ledger:
        """Return the outcomes and values of every indicator in the month."""
        counts = self.session.run_parallel([partial(self._counts, plan.indicator, sql.TRUE) for plan in self.plans])
        outcomes: list[OutcomeCount] = []
        for plan, codes in zip(self.plans, counts, strict=True):
            total = (plan.indicator.id, plan.periods[0], None, None)
            of = self.judged[plan.indicator.id].batch.codes
            outcomes += (
                OutcomeCount(*total, *of.meaning(code), cases) for code, cases in codes.items() if of.is_outcome(code)
            )
        valued = (plan.indicator.id for plan in self.plans if plan.indicator.value is not None)
        batches = {found.relation: found.batch for found in map(self.judged.__getitem__, valued)}
        values = [value for each in batches.values() for value in tally(self.session, each).counted.values]
        return Ledger(tuple(outcomes), tuple(values), (), (), ())

    def affected(self, found: Sequence[Located]) -> tuple[AffectedCases, ...]:
        """Return the cases for every finding and indicator that it concerns."""
        concerned = [
            (place, indicator, own, related)
            for indicator in (plan.indicator for plan in self.plans)
            for place, (finding, _, _) in enumerate(found)
            for own, related in [columns_concerned(finding, indicator)]
            if own or related
        ]
        counted = self.session.run_parallel(
            [
                partial(self._affected, indicator, found[place], related, own=own)
                for place, indicator, own, related in concerned
            ]
        )
        result = (
            AffectedCases(place, indicator.id, *cases)
            for (place, indicator, _, _), cases in zip(concerned, counted, strict=True)
        )
        return tuple(sorted(result, key=lambda one: (one.finding, one.indicator)))

    def _affected(
        self, indicator: Indicator, located: Located, related: Sequence[str], *, own: bool
    ) -> tuple[Mapping[Outcome, int], int]:
        """Return the outcomes of the cases in which rows at fault are, or which join one, and how many are unplaced."""
        ways = [Name.KEY_HASH.is_in(_distinct(Name.KEY_HASH, located))] if own else []
        for each in map(indicator.related_named, related):
            rows = _distinct(Name.compared(each.row_column), located)
            ways.append(join_part(indicator.table.columns[each.case_column]).is_in(rows))
        counts, codes = self._counts(indicator, sql.or_(ways)), self.judged[indicator.id].batch.codes
        outcomes: Counter[Outcome] = Counter()
        for code in filter(codes.is_outcome, counts):
            outcomes[codes.meaning(code)[0]] += counts[code]
        unplaced = 0
        if own and not set(located[0].columns).isdisjoint(placing_columns(indicator)):
            unplaced = counts[UNPLACED_BLANK] + counts[UNPLACED_UNREADABLE]
            if indicator.is_stock and located[0].check in (Check.UNREADABLE, Check.BLANK, Check.EMPTY):
                # A stock's are not among the cases that are judged.
                unplaced = self.session.number(sql.select(sql.fn("count")).from_(_distinct(Name.KEY_HASH, located)))
        return {outcome: outcomes[outcome] for outcome in Outcome if outcomes[outcome]}, unplaced


_REPEATED = (Check.DUPLICATE_KEY, Check.IDENTICAL_ROW, Check.REPLACED_ROW)


def _is_plain(plan: IndicatorPlan) -> bool:
    """Return whether an indicator is a flow whose cases are judged as their rows are read."""
    return not (plan.indicator.is_stock or plan.indicator.related or plan.indicator.value is not None)


def _distinct(column: Column, located: Located) -> Select:
    _, relation, holds = located
    return sql.select(column).distinct().from_(relation).where(holds & column.is_not_null())
