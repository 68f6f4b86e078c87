"""The cases of a month's figures that rows at fault affect, and the outcome that those have now."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from sgkpi.engines.checks import Check
from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Select, Sql
from sgkpi.engines.duckdb.cases import CaseMaker, Cases
from sgkpi.engines.duckdb.classify import Batch, classified
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.count import tally
from sgkpi.engines.duckdb.outcomes import UNPLACED_BLANK, UNPLACED_UNREADABLE
from sgkpi.engines.duckdb.quality_pass import FlaggedRows, QualityPass
from sgkpi.engines.duckdb.scan import key_part
from sgkpi.engines.duckdb.session import Session
from sgkpi.engines.duckdb.tables import Tables, has_repeated_hash
from sgkpi.engines.quality import AffectedCases, RowFinding, columns_concerned, placing_columns
from sgkpi.extracts.extract import Extract
from sgkpi.ledger.ledger import Ledger, OutcomeCount, ValueSummary
from sgkpi.model.indicator import Indicator, Related
from sgkpi.model.outcomes import Outcome, Unknown
from sgkpi.planning.columns import columns_read, dating_columns
from sgkpi.planning.plan import IndicatorPlan, Plan, reference_days


@dataclass(frozen=True)
class _Judged:
    """Indicators' cases, each with its outcome in the month: a table of `h`, join values and the codes."""

    batch: Batch
    relation: str

    def counts(self, session: Session, indicator: Indicator, holds: Sql) -> dict[int, int]:
        """Return how many of the cases for which a condition holds have each code."""
        code = Name.outcome(self.batch.numbered[indicator.id])
        query = sql.select(code, sql.fn("count", sql.STAR)).from_(self.relation).where(holds)
        return {int(each): int(cases) for each, cases in session.rows(query.group_by(code))}

    def outcomes(self, session: Session, indicator: Indicator, holds: Sql) -> Iterator[tuple[Outcome, str | None, int]]:
        """Give the outcomes and reasons of these cases with their number, in the order of the questions asked."""
        counts, codes = self.counts(session, indicator, holds), self.batch.codes
        found = [(*codes.meaning(code), cases) for code, cases in counts.items() if codes.is_outcome(code)]
        yield from sorted(found, key=lambda each: _question(indicator, each[0], each[1]))


@dataclass
class CaseFinder:
    """Finds the cases of a plan, which has one month, that rows at fault affect."""

    session: Session
    extract: Extract
    plan: Plan
    short_rows: Mapping[str, Sequence[int]]
    judged: dict[str, _Judged] = field(default_factory=dict)

    def __post_init__(self) -> None:
        columns, dating = columns_read(self.plan, self.extract), dating_columns(self.plan)
        self.tables = Tables(self.session, self.extract, columns, dating=dating, short_rows=self.short_rows)
        self.cases = CaseMaker(self.session, self.tables, self.plan.as_of, reference_days(self.plan))

    def keep_rows(self, table_pass: QualityPass) -> None:
        """Read the files of a table once: keep of its rows what a pass keeps, and judge the flows that need no other.

        Joined and inserted rows keep their order in `create table` alone: not where a `with` has several readers.
        """
        name, (rows, kept) = table_pass.table, table_pass.rows()
        plans = [each for each in self.plan.indicators if each.indicator.table.name == name and _is_plain(each)]
        if not plans or not table_pass.scan.source.has_key:
            self.session.create(table_pass.relation, sql.select(*map(sql.column, kept)).from_(rows))
            return
        seen = self.cases.seen(table_pass.scan, rows)
        cases = seen.select(*(sql.column(each) for each in kept if each not in seen.names))
        judged = _Judged(self.cases.group(plans, Cases(cases, True, False), kept), f"quality.flow.{name}")
        codes = [Name.outcome(number) for number in judged.batch.numbered.values()]
        columns = sql.select(*map(sql.column, kept), *codes).from_(classified(judged.batch))
        self.session.create(table_pass.relation, columns)
        # Of the cases, those of the month stay, and those that are in no period.
        somewhere = sql.or_([code.ne(0) for code in codes])
        flow = sql.select(Name.KEY_HASH, *codes).from_(table_pass.relation).where(somewhere)
        self.session.create(judged.relation, flow)
        self.judged |= {plan.indicator.id: judged for plan in plans}

    def judge_repeated(self, flagged: Sequence[FlaggedRows]) -> None:
        """Judge the cases whose keys repeat, one a key, in the place of their rows."""
        relations = {each.table: each.relation for each in flagged if each.check in _REPEATED}
        for judged in {each.relation: each for each in self.judged.values()}.values():
            name = judged.batch.plans[0].indicator.table.name
            if name in relations:
                repeated = f"repeated.{name}"
                hashes = sql.select(Name.KEY_HASH).distinct().from_(relations[name])
                self.session.create(repeated, hashes)
                self.tables.read_repeated(name)
                again = self.cases.group(judged.batch.plans, self.cases.repeated_cases(name), (Name.KEY_HASH.name,))
                columns = [Name.KEY_HASH.name, *(Name.outcome(number).name for number in again.numbered.values())]
                cases = sql.select(*map(sql.column, columns)).from_(classified(again))
                self.session.execute(sql.delete(judged.relation, has_repeated_hash(repeated)))
                self.session.execute(sql.insert(judged.relation, cases))

    def judge_others(self) -> None:
        """Judge the cases of indicators that need other tables than their own, or more than a look at its rows."""
        if any(each.indicator.is_stock for each in self.plan.indicators):
            self.cases.prepare()
        for plan in self.plan.indicators:
            if plan.periods and plan.indicator.id not in self.judged:
                self.judged[plan.indicator.id] = self._judged_alone(plan)

    def ledger(self) -> Ledger:
        """Return the outcomes and values of every indicator in the month."""
        outcomes: list[OutcomeCount] = []
        values: list[ValueSummary] = []
        for plan in self.plan.indicators:
            if not plan.periods:
                continue
            judged, indicator = self.judged[plan.indicator.id], plan.indicator
            for outcome, reason, cases in judged.outcomes(self.session, indicator, sql.TRUE):
                outcomes.append(OutcomeCount(indicator.id, plan.periods[0], None, None, outcome, reason, cases))
            if indicator.value is not None:
                values += tally(self.session, judged.batch).counted.values
        return Ledger(tuple(outcomes), tuple(values), (), (), ())

    def affected(self, found: Sequence[RowFinding], flagged: Sequence[FlaggedRows]) -> tuple[AffectedCases, ...]:
        """Return the cases for every finding and indicator that it concerns; none where the month is not covered."""
        result = []
        for plan in self.plan.indicators:
            for place, one in enumerate(found):
                own, related = columns_concerned(one, plan.indicator)
                if (own or related) and plan.periods:
                    result.append(self._affected(plan.indicator, place, flagged[place], related, own=own))
        return tuple(sorted(result, key=lambda one: (one.finding, one.indicator)))

    def _judged_alone(self, plan: IndicatorPlan) -> _Judged:
        indicator = plan.indicator
        cases = self.cases.of(indicator)
        joins = sorted({related.case_column for related in indicator.related})
        carried = (Name.KEY_HASH.name, *(Name.value(name).name for name in joins))
        batch = self.cases.group([plan], self.cases.with_related([indicator], cases), carried)
        relation = f"quality.cases.{indicator.id}"
        self.session.create(relation, classified(batch))
        return _Judged(batch, relation)

    def _affected(
        self, indicator: Indicator, place: int, flagged: FlaggedRows, related: Sequence[str], *, own: bool
    ) -> AffectedCases:
        ways = [Name.KEY_HASH.is_in(_distinct(Name.KEY_HASH.name, flagged))] if own else []
        ways += [_by_join(indicator, indicator.related_named(name), flagged) for name in related]
        judged, holds = self.judged[indicator.id], sql.or_(ways)
        outcomes: Counter[Outcome] = Counter()
        for outcome, _, cases in judged.outcomes(self.session, indicator, holds):
            outcomes[outcome] += cases
        unplaced = 0
        if own and not set(flagged.columns).isdisjoint(placing_columns(indicator)):
            unplaced = self._unplaced(judged, indicator, flagged, holds)
        return AffectedCases(place, indicator.id, outcomes, unplaced)

    def _unplaced(self, judged: _Judged, indicator: Indicator, flagged: FlaggedRows, holds: Sql) -> int:
        """Return how many cases a finding keeps out of every period; a stock's are not among those that are judged."""
        if not indicator.is_stock:
            counts = judged.counts(self.session, indicator, holds)
            return sum(counts.get(code, 0) for code in (UNPLACED_BLANK, UNPLACED_UNREADABLE))
        if flagged.check not in (Check.UNREADABLE, Check.BLANK, Check.EMPTY):
            return 0
        return self.session.number(sql.select(sql.fn("count")).from_(_distinct(Name.KEY_HASH.name, flagged)))


_FIRST_UNKNOWN = (Unknown.UNREADABLE, Unknown.DUPLICATE_KEY, Unknown.MORE_THAN_ONE, Unknown.POPULATION)


def _question(indicator: Indicator, outcome: Outcome, reason: str | None) -> int:
    """Return the place of the question that gave an outcome among those that an indicator asks."""
    match outcome:
        case Outcome.UNKNOWN:
            return 0 if reason in _FIRST_UNKNOWN else 5 if reason == Unknown.MET else 3
        case Outcome.EXCLUDED:
            return 1
        case Outcome.NOT_DUE:
            return 2 if indicator.not_due is not None else 8
        case Outcome.MET | Outcome.COUNTED:
            return 4
        case Outcome.NOT_MET:
            return 6
        case Outcome.OVERDUE:
            return 7
        case _:
            assert_never(outcome)


_REPEATED = (Check.DUPLICATE_KEY, Check.IDENTICAL_ROW)


def _is_plain(plan: IndicatorPlan) -> bool:
    """Return whether an indicator is a flow whose cases are judged as their rows are read."""
    needs_more = plan.indicator.is_stock or plan.indicator.related or plan.indicator.value is not None
    return not needs_more and bool(plan.periods)


def _by_join(indicator: Indicator, related: Related, flagged: FlaggedRows) -> Sql:
    """Return the condition of cases that join a row at fault."""
    rows = _distinct(Name.compared(related.row_column).name, flagged)
    return key_part(indicator.table.columns[related.case_column]).is_in(rows)


def _distinct(column: str, flagged: FlaggedRows) -> Select:
    recorded = flagged.holds & sql.column(column).is_not_null()
    return sql.select(sql.column(column)).distinct().from_(flagged.relation).where(recorded)
