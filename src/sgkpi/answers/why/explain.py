"""`why`: one case, its rows, and every question that led to its outcome."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sgkpi.answers.engines import engine_named
from sgkpi.answers.why.find import Found, find_case
from sgkpi.answers.why.rows import RowReader, SeenRow, cells_of
from sgkpi.answers.why.steps import NO_OUTCOME, Step, Told, steps_of
from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.extracts.extract import Extract
from sgkpi.judge.cases import Case, World
from sgkpi.judge.judge import judge
from sgkpi.judge.outcomes import case_key, case_outcome
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.indicator import Indicator
from sgkpi.model.periods import Month, Period, PeriodKind, period_for
from sgkpi.model.problems import Problem
from sgkpi.model.request import AsOfSource, Request
from sgkpi.planning.columns import columns_read
from sgkpi.planning.coverage import is_covered
from sgkpi.planning.plan import Plan, reference_day
from sgkpi.planning.request import ResolvedRequest, resolve


@dataclass(frozen=True)
class Why:
    """One case and what led to its outcome.

    `outcome` is None where the case is in no figure of the period. `reference_day` is a stock's; `rows` are those
    of the case and of what was `looked_for`, the related that its definition names (nothing, before the case
    exists); `steps` the questions asked, the last of which gives the outcome.
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


def explain_case(extract: Extract, catalogue: Catalogue, asked: Request, key: Sequence[str]) -> Why:
    """The case of the one indicator asked for that has this key, as known at the as-of time.

    `key` has a part for each column of the table's key, or is one text as `joined_key` gives it, or a place
    (`contacts.csv:12`). Raises UsageError when no case or more than one has the key, and what `resolve` raises.
    """
    question = resolve(extract, catalogue, asked, engine_named("duckdb").events)
    (plan,) = question.plan.indicators
    found = find_case(plan.indicator, extract, key)
    month = asked.months[0] if asked.months else None
    return _Explainer(question, plan.indicator, found, month).explain()


@dataclass(frozen=True)
class _Explainer:
    question: ResolvedRequest
    indicator: Indicator
    found: Found
    asked: Month | None

    def explain(self) -> Why:
        plan = self.question.plan
        world = World(self.found.tables, plan.as_of, working_days_in_england(plan.closures))
        day = reference_day(self.question.periods[0], plan.as_of) if self.indicator.is_stock else None
        case = self._case(world, day)
        return self._unborn(day) if case is None else self._told(case, world)

    def _case(self, world: World, day: date | None) -> Case | None:
        places = {row.place for row in self.found.rows}
        return next((case for case in world.cases(self.indicator, day) if case.row.place in places), None)

    def _told(self, case: Case, world: World) -> Why:
        judgement = judge(case)
        period = self._period(judgement.day)
        covered = period is None or is_covered(self.indicator, period, self.question.extract, world.as_of)
        told = Told(case, judgement, period, self.asked, covered)
        reader = RowReader(case, world, self._columns())
        rows = [*reader.case_rows(self.found.rows)]
        rows += [row for related in self.indicator.related for row in reader.related_rows(related)]
        outcome = case_outcome(case, judgement, period, self.indicator.by) if told.counts and period else None
        return self._why(case, period, outcome, rows, steps_of(told), case.reference_day)

    def _period(self, day: date | None) -> Period | None:
        """Return the period asked for, of a stock; of a flow the month of the case, unless another was asked for."""
        if self.indicator.is_stock:
            return self.question.periods[0]
        month = Month.of(day) if day else None
        return None if month is None or self.asked not in (None, month) else period_for(PeriodKind.MONTH, month)

    def _unborn(self, day: date | None) -> Why:
        """Answer for a case of which no row exists yet."""
        table = self.indicator.table.name
        columns = self._columns().get(table, ())
        said = "does not exist yet at that time"
        rows = [SeenRow(table, *row.place, "case", said, cells_of(row, None, columns)) for row in self.found.rows]
        as_of = f"{self.question.plan.as_of:%Y-%m-%d %H:%M}"
        at = f"the end of the reference day {day}" if day else f"the as-of time {as_of}"
        step = Step("Does it exist yet?", f"No: at {at}, it had not happened or was not recorded.")
        period = self.question.periods[0] if self.indicator.is_stock else None
        return self._why(None, period, None, rows, (step, NO_OUTCOME), day)

    def _columns(self) -> dict[str, tuple[str, ...]]:
        plan = self.question.plan
        return columns_read(Plan(plan.as_of, plan.indicators, plan.closures), self.question.extract, people=True)

    def _why(
        self, case: Case | None, period: Period | None, outcome: CaseOutcome | None, rows: Iterable[SeenRow],
        steps: tuple[Step, ...], day: date | None,
    ) -> Why:  # fmt: skip
        question = self.question
        key = self.found.key if case is None else case_key(case)
        looked_for = () if case is None else tuple(related.name for related in self.indicator.related)
        return Why(
            self.indicator, key, period, day, outcome, looked_for, tuple(rows), steps,
            question.extract.source, question.plan.as_of, question.as_of_source, question.problems(),
        )  # fmt: skip
