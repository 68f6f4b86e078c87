"""Single cases: the outcome of each with its key, and with what its clock saw.

Key and person are read like breakdowns by them. What the clock saw stands beside the outcome in the
relation that is classified: `start`, `stop` and `due`, each with whether it has a time of day.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sgkpi.engines.duckdb import sql
from sgkpi.engines.duckdb.ast import Select
from sgkpi.engines.duckdb.classify import category_key, category_text
from sgkpi.engines.duckdb.clocks import CLOCK_PARTS
from sgkpi.engines.duckdb.count import Counter, shown_category
from sgkpi.extracts.extract import TableSource
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.model.expressions import ColumnRef
from sgkpi.model.indicator import Breakdown, Indicator
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Period
from sgkpi.planning.plan import IndicatorPlan

ROW_NUMBER = ("file_name", "row_number")


@dataclass(frozen=True)
class Identifiers:
    """What tells one case of a table from another: its key, or file and row number; and the person, if the files say.

    They are read in the way of breakdowns.
    """

    key: tuple[Breakdown, ...]
    person: Breakdown | None

    @property
    def breakdowns(self) -> tuple[Breakdown, ...]:
        return (*self.key, *([self.person] if self.person else []))


def identifiers(indicator: Indicator, source: TableSource) -> Identifiers:
    """The identifiers of an indicator's cases in the files of its table."""
    person = indicator.table.person
    key = tuple(_plain(indicator, name) for name in indicator.table.key) if source.has_key else ()
    return Identifiers(key, _plain(indicator, person) if person in source.columns else None)


def _plain(indicator: Indicator, name: str) -> Breakdown:
    return Breakdown(name, ColumnRef(name, indicator.table.columns[name].kind), name)


@dataclass(frozen=True)
class CaseReader:
    """Reads single cases from a relation that was classified in detail, for the one plan of its group."""

    counter: Counter
    plan: IndicatorPlan
    told_by: Identifiers

    def cases(self, outcomes: Collection[Outcome]) -> Iterator[CaseOutcome]:
        """Every case with one of the outcomes, in the order of periods and keys."""
        group, indicator = self.counter.group, self.plan.indicator
        placing, codes = group.placings[indicator.id], group.codes
        periods = self.counter.periods_of(placing, self.plan)
        number = group.numbered[indicator.id]
        columns = self._columns(placing.name, number)
        wanted = [sql.number(code) for code in codes.numbers(outcomes)]
        if not wanted:
            return
        query = self._query(placing.name, columns).where(sql.in_(sql.column(f"o_{number}"), wanted))
        for row in self.counter.session.rows(query):
            cells = dict(zip(columns, row, strict=True))
            outcome, reason = codes.meaning(cells[f"o_{number}"])
            value = _value(cells, number) if outcome is Outcome.COUNTED else None
            for period in periods.get(cells[placing.name], ()):
                yield self._case(cells, period, outcome, reason, value)

    def _columns(self, placing: str, number: int) -> list[str]:
        names = [placing, f"o_{number}", *(f"{part}{more}" for part in CLOCK_PARTS for more in ("", ".timed"))]
        if self.plan.indicator.value is not None:
            names += [f"n_{number}", f"q_{number}"]
        names += [self._column(breakdown) for breakdown in (*self.plan.breakdowns, *self.told_by.breakdowns)]
        return list(dict.fromkeys([*names, *(() if self.told_by.key else ROW_NUMBER)]))

    def _column(self, breakdown: Breakdown) -> str:
        return self.counter.group.categories[category_key(self.plan, breakdown)]

    def _query(self, placing: str, columns: Sequence[str]) -> Select:
        query = sql.select(*map(sql.column, columns)).from_(sql.source(self.counter.relation))
        query = query.where(sql.is_not_null(sql.column(placing)))
        key = map(self._column, self.told_by.key) if self.told_by.key else ROW_NUMBER
        return query.order_by(*(sql.ascending(sql.column(name)) for name in (placing, *key)))

    def _case(
        self, cells: Mapping[str, Any], period: Period, outcome: Outcome, reason: str | None, value: Fraction | None
    ) -> CaseOutcome:
        key = tuple(self._text(cells, part) or "" for part in self.told_by.key)
        return CaseOutcome(
            indicator=self.plan.indicator.id,
            period=period,
            key=key or tuple(str(cells[name]) for name in ROW_NUMBER),
            person=self._text(cells, self.told_by.person) if self.told_by.person else None,
            outcome=outcome,
            reason=reason,
            **{part: _moment(cells[part], timed=cells[f"{part}.timed"]) for part in CLOCK_PARTS},
            value=value,
            categories={by.name: shown_category(by, cells[self._column(by)]) or "" for by in self.plan.breakdowns},
        )

    def _text(self, cells: Mapping[str, Any], part: Breakdown) -> str | None:
        return category_text(part, cells[self._column(part)])


def _value(cells: Mapping[str, Any], number: int) -> Fraction | None:
    if f"n_{number}" not in cells:
        return None
    return Fraction(cells[f"n_{number}"], cells[f"q_{number}"])


def _moment(value: date | datetime | None, *, timed: bool) -> date | datetime | None:
    """A value without a time of day is given as its date."""
    return value.date() if isinstance(value, datetime) and not timed else value
