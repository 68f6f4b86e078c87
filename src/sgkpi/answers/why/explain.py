"""`why`: one case, its rows, and every question that led to its outcome."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sgkpi.answers.inputs import engine_named
from sgkpi.answers.why.find import find_case
from sgkpi.answers.why.rows import RowReader, SeenRow, cells_of
from sgkpi.answers.why.steps import NO_OUTCOME, PlacedCase, Step, steps_of
from sgkpi.extracts.extract import Extract
from sgkpi.judge.cases import World
from sgkpi.judge.judge import judge
from sgkpi.judge.outcomes import case_outcome, row_key
from sgkpi.judge.tables import Row
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.indicator import Indicator
from sgkpi.model.periods import Month, Period, PeriodKind, period_for
from sgkpi.model.problems import Problem
from sgkpi.model.request import AsOfSource, Request
from sgkpi.planning.availability import covered_periods
from sgkpi.planning.columns import columns_read
from sgkpi.planning.plan import reference_day
from sgkpi.planning.request import resolve


@dataclass(frozen=True)
class Why:
    """One case and how its outcome came about.

    `outcome` is None where the case is in no figure of the period. `reference_day` is a stock's; `rows` are those
    of the case and of what was `looked_for`, the related that its definition names (nothing, before the case
    exists); `steps` the questions asked; the last gives the outcome.
    """

    indicator: Indicator
    key: tuple[str, ...]
    period: Period | None
    reference_day: date | None
    outcome: CaseOutcome | None
    looked_for: tuple[str, ...]
    rows: tuple[SeenRow, ...]
    steps: tuple[Step, ...]
    source: str | None
    as_of: datetime
    as_of_source: AsOfSource
    problems: tuple[Problem, ...] = ()


def explain_case(extract: Extract, catalogue: Catalogue, request: Request, key: Sequence[str]) -> Why:
    """Explain the case of the one indicator asked for that has this key, as known at the as-of time.

    `key` has a part for each column of the table's key, or is one text as `joined_key` gives it, or a place
    (`contacts.csv:12`). Raises UsageError when no case or more than one has the key, and what `resolve` raises.
    """
    resolved = resolve(extract, catalogue, request, engine_named("duckdb").events)
    (plan,) = resolved.plan.indicators
    indicator, as_of = plan.indicator, resolved.plan.as_of
    found = find_case(indicator, extract, key)
    columns = columns_read(resolved.plan, extract, people=True)
    period = resolved.periods[0] if indicator.is_stock else None
    day = reference_day(period, as_of) if period else None
    world = World(found.tables, as_of, resolved.plan.working_days)
    places = {row.place for row in found.rows}
    case = next((case for case in world.cases(indicator, day) if case.row.place in places), None)
    outcome: CaseOutcome | None = None
    looked_for: tuple[str, ...] = ()
    steps: tuple[Step, ...]
    if case is None:
        rows, steps = _not_yet(found.rows, day, as_of, indicator.table.name, columns.get(indicator.table.name, ()))
    else:
        judgement = judge(case)
        asked = request.months[0] if request.months else None
        if judgement.day is not None and asked in (None, Month.of(judgement.day)):
            period = period_for(PeriodKind.MONTH, Month.of(judgement.day))
        asked_of = () if period is None else (period,)
        covered = asked_of == covered_periods(indicator, asked_of, extract, as_of, resolved.plan.working_days)
        placed = PlacedCase(case, judgement, period, asked, covered)
        outcome = case_outcome(case, judgement, period, indicator.by) if placed.counts and period else None
        looked_for = tuple(related.name for related in indicator.related)
        reader = RowReader(case, world, columns)
        related_rows = (row for related in indicator.related for row in reader.related_rows(related))
        rows, steps = [*reader.case_rows(found.rows), *related_rows], steps_of(placed)
    return Why(
        indicator=indicator,
        key=row_key(found.rows[0] if case is None else case.row),
        period=period,
        reference_day=day,
        outcome=outcome,
        looked_for=looked_for,
        rows=tuple(rows),
        steps=steps,
        source=extract.source,
        as_of=as_of,
        as_of_source=resolved.as_of_source,
        problems=resolved.problems(),
    )


def _not_yet(
    rows: Iterable[Row], day: date | None, as_of: datetime, table: str, columns: Iterable[str]
) -> tuple[list[SeenRow], tuple[Step, ...]]:
    """Return the rows and the steps of a case that did not exist at the time."""
    said = "does not exist yet at that time"
    seen = [SeenRow(table, *row.place, "case", said, cells_of(row, None, columns)) for row in rows]
    at = f"the end of the reference day {day}" if day else f"the as-of time {as_of:%Y-%m-%d %H:%M}"
    return seen, (Step("Does it exist yet?", f"No: at {at}, it had not happened or was not recorded."), NO_OUTCOME)
