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
from sgkpi.engines.duckdb.classify import Batch, category_key, category_text, classified
from sgkpi.engines.duckdb.clocks import CLOCK_PARTS
from sgkpi.engines.duckdb.columns import Name
from sgkpi.engines.duckdb.count import periods_of, shown_category
from sgkpi.engines.duckdb.session import Session
from sgkpi.extracts.extract import TableSource
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.model.expressions import ColumnRef
from sgkpi.model.indicator import Breakdown, Indicator
from sgkpi.model.outcomes import Outcome

ROW_NUMBER = (Name.FILE_NAME.name, Name.ROW_NUMBER.name)


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


def single_cases(
    session: Session,
    batch: Batch,
    told_by: Identifiers,
    breakdowns: Sequence[Breakdown],
    outcomes: Collection[Outcome],
) -> Iterator[CaseOutcome]:
    """Every case with one of the outcomes of a detailed batch, in the order of periods and keys."""
    (plan,) = batch.plans
    wanted = [sql.number(code) for code in batch.codes.numbers(outcomes)]
    if not wanted:
        return
    placing, number = batch.placings[plan.indicator.id].name, batch.numbered[plan.indicator.id]
    names = {by: batch.categories[category_key(plan, by)] for by in plan.breakdowns}
    key = [names[part] for part in told_by.key] or ROW_NUMBER
    query = sql.select(sql.STAR).from_(classified(batch)).where(sql.column(placing).is_not_null())
    query = query.where(Name.outcome(number).is_in(wanted))
    query = query.order_by(*(sql.column(name) for name in (placing, *key)))
    periods = periods_of(batch, plan)
    for cells in session.records(query):
        outcome, reason = batch.codes.meaning(cells[Name.outcome(number).name])
        value = _value(cells, number) if outcome is Outcome.COUNTED else None
        texts = {by: category_text(by, cells[name]) for by, name in names.items()}
        for period in periods.get(cells[placing], ()):
            yield CaseOutcome(
                indicator=plan.indicator.id,
                period=period,
                key=tuple(texts[part] or "" for part in told_by.key) or tuple(str(cells[name]) for name in ROW_NUMBER),
                person=texts[told_by.person] if told_by.person else None,
                outcome=outcome,
                reason=reason,
                **{part: _moment(cells[part], timed=cells[f"{part}.timed"]) for part in CLOCK_PARTS},
                value=value,
                categories={by.name: shown_category(by, cells[names[by]]) or "" for by in breakdowns},
            )


def _value(cells: Mapping[str, Any], number: int) -> Fraction | None:
    if Name.numerator(number).name not in cells:
        return None
    return Fraction(cells[Name.numerator(number).name], cells[Name.denominator(number).name])


def _moment(value: date | datetime | None, *, timed: bool) -> date | datetime | None:
    """A value without a time of day is given as its date."""
    return value.date() if isinstance(value, datetime) and not timed else value
