"""Which cases of a month's figures the rows at fault lie in, and what outcome those have now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Select, Sql
from sgkpi.engines.duckdb.cases import CaseMaker, Cases
from sgkpi.engines.duckdb.classify import Batch, classified
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.outcomes import UNPLACED_BLANK, UNPLACED_UNREADABLE
from sgkpi.engines.duckdb.quality_found import Flagged
from sgkpi.engines.duckdb.scan import key_part
from sgkpi.engines.duckdb.session import Session
from sgkpi.engines.duckdb.tables import Tables, has_repeated_hash, repeated_hashes
from sgkpi.engines.quality import Check, Found, Touched, columns_concerned, placing_columns
from sgkpi.extracts.extract import Extract
from sgkpi.model.indicator import Indicator, Related
from sgkpi.model.outcomes import Outcome
from sgkpi.planning.columns import columns_read, dating_columns
from sgkpi.planning.plan import IndicatorPlan, Plan, reference_days


@dataclass(frozen=True)
class _Classified:
    """Indicators' cases, each with its outcome in the month: a table of `h`, join values and the codes."""

    group: Batch
    relation: str


class Toucher:
    """Looks for the cases of a plan, which has one month, that rows at fault lie in.

    `doubled` are the tables with keys that repeat, each with the relation of their rows.
    """

    def __init__(
        self,
        session: Session,
        extract: Extract,
        plan: Plan,
        short_rows: Mapping[str, Sequence[int]],
        doubled: Mapping[str, str],
    ) -> None:
        self.session = session
        self.extract = extract
        self.plan = plan
        self.doubled = doubled
        columns, dating = columns_read(plan, extract), dating_columns(plan)
        self.tables = Tables(session, extract, columns, dating=dating, short_rows=short_rows)
        self.cases = CaseMaker(session, self.tables, plan.as_of, reference_days(plan))
        self.flows: dict[str, _Classified] = {}

    def touched(self, found: Sequence[Found], flagged: Sequence[Flagged]) -> tuple[Touched, ...]:
        """For every finding and indicator that it concerns, the cases; none where the month is not covered."""
        if any(each.indicator.is_stock for each in self.plan.indicators):
            self.cases.prepare()
        result: list[Touched] = []
        for each in self.plan.indicators:
            concerned = [
                (place, *columns_concerned(one, each.indicator))
                for place, one in enumerate(found)
                if any(columns_concerned(one, each.indicator))
            ]
            if concerned and each.periods:
                seen = self._classified(each)
                for place, own, related in concerned:
                    result.append(self._touched(seen, each, flagged[place], place, own=own, related=related))
        return tuple(sorted(result, key=lambda one: (one.found, one.indicator)))

    def _classified(self, plan: IndicatorPlan) -> _Classified:
        """The cases of an indicator; flows that need nothing but their own table are classified together."""
        name = plan.indicator.table.name
        if not _is_plain(plan) or not self.extract.tables[name].has_key:
            return self._alone(plan)
        if name not in self.flows:
            plans = [each for each in self.plan.indicators if each.indicator.table.name == name and _is_plain(each)]
            self.flows[name] = self._together(name, plans)
        return self.flows[name]

    def _alone(self, plan: IndicatorPlan) -> _Classified:
        indicator = plan.indicator
        cases = self.cases.of(indicator)
        joins = sorted({related.case_column for related in indicator.related})
        carried = (Name.KEY_HASH, *(Name.value(name) for name in joins))
        group = self.cases.group([plan], self.cases.with_related([indicator], cases), carried)
        relation = f"quality.cases.{indicator.id}"
        self.session.create(relation, classified(group))
        return _Classified(group, relation)

    def _together(self, name: str, plans: Sequence[IndicatorPlan]) -> _Classified:
        """The cases of the month alone, straight from the files, and those that are in no period."""
        relation = f"quality.flow.{name}"
        group = self.cases.group(plans, self.cases.straight_from_files(self.tables.scan(name)), (Name.KEY_HASH,))
        somewhere = sql.or_(
            [sql.binary("<>", sql.column(Name.outcome(n)), sql.number(0)) for n in group.numbered.values()]
        )
        query = sql.select(sql.STAR).from_(sql.source(classified(group)))
        self.session.create(relation, query.where(somewhere))
        if name in self.doubled:
            again = self.cases.group(plans, self._once_each(name), (Name.KEY_HASH,))
            self.session.execute(sql.delete(relation, has_repeated_hash(f"repeated.{name}")))
            self.session.execute(sql.insert(relation, classified(again)))
        return _Classified(group, relation)

    def _once_each(self, name: str) -> Cases:
        hashes = repeated_hashes(self.doubled[name], sql.column(Name.EXISTS))
        self.session.create(f"repeated.{name}", hashes)
        self.tables.read_repeated(name)
        return self.cases.repeated_cases(name)

    def _touched(
        self,
        seen: _Classified,
        plan: IndicatorPlan,
        flagged: Flagged,
        place: int,
        *,
        own: bool,
        related: Sequence[str],
    ) -> Touched:
        indicator = plan.indicator
        ways = [_by_key(flagged)] if own else []
        ways += [_by_join(indicator, indicator.related_named(name), flagged) for name in related]
        codes = seen.group.codes
        counts = dict(self._counted(seen, indicator, sql.or_(ways)))
        outcomes: dict[Outcome, int] = {}
        for code, cases in counts.items():
            if codes.is_outcome(code):
                outcome, _ = codes.meaning(code)
                outcomes[outcome] = outcomes.get(outcome, 0) + cases
        displaces = own and not set(flagged.columns).isdisjoint(placing_columns(indicator))
        unplaced = self._unplaced(indicator, flagged, counts) if displaces else 0
        return Touched(place, indicator.id, outcomes, unplaced)

    def _unplaced(self, indicator: Indicator, flagged: Flagged, counts: Mapping[int, int]) -> int:
        """The cases that a finding keeps out of every period; a stock's are not among those that are classified."""
        if not indicator.is_stock:
            return sum(counts.get(code, 0) for code in (UNPLACED_BLANK, UNPLACED_UNREADABLE))
        if flagged.check not in (Check.UNREADABLE, Check.BLANK, Check.EMPTY):
            return 0
        return self.session.number(sql.select(sql.fn("count")).from_(sql.source(_distinct(Name.KEY_HASH, flagged))))

    def _counted(self, seen: _Classified, indicator: Indicator, condition: Sql) -> Iterator[tuple[int, int]]:
        """How many of the cases have each code; codes of outcomes in the month alone."""
        code = sql.column(Name.outcome(seen.group.numbered[indicator.id]))
        query = sql.select(code, sql.fn("count", sql.STAR)).from_(sql.source(seen.relation))
        query = query.where(condition).group_by(code)
        yield from ((int(each), int(cases)) for each, cases in self.session.rows(query))


def _is_plain(plan: IndicatorPlan) -> bool:
    """Whether a flow needs no other table."""
    return not plan.indicator.is_stock and not plan.indicator.related and bool(plan.periods)


def _by_key(flagged: Flagged) -> Sql:
    return sql.in_query(sql.column(Name.KEY_HASH), _distinct(Name.KEY_HASH, flagged))


def _by_join(indicator: Indicator, related: Related, flagged: Flagged) -> Sql:
    """The cases that join a row at fault."""
    rows = _distinct(Name.compared(related.row_column), flagged)
    return sql.in_query(key_part(indicator.table.columns[related.case_column]), rows)


def _distinct(column: str, flagged: Flagged) -> Select:
    rows = sql.select(sql.column(column)).distinct()
    recorded = sql.and_([sql.column(flagged.flag), sql.is_not_null(sql.column(column))])
    return rows.from_(sql.source(flagged.relation)).where(recorded)
