"""What is said of a judged case: its key, its outcome, and what led to it."""

from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction

from sgkpi.judge.breakdowns import category
from sgkpi.judge.cases import Case
from sgkpi.judge.judge import Judgement
from sgkpi.judge.values import Moment, day_of, has_time, plain_text
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.model.indicator import Breakdown
from sgkpi.model.periods import Period


def case_outcome(case: Case, judgement: Judgement, period: Period, breakdowns: Iterable[Breakdown]) -> CaseOutcome:
    """A case of a period with its outcome and the categories that it has in the breakdowns.

    Raises ValueError for a case that has no outcome.
    """
    if judgement.outcome is None:
        raise ValueError(f"{case.indicator.id}: a case without an outcome")
    return CaseOutcome(
        indicator=case.indicator.id,
        period=period,
        key=case_key(case),
        person=_text(case, case.indicator.table.person),
        outcome=judgement.outcome,
        reason=judgement.reason,
        start=_shown(judgement.start),
        stop=_shown(judgement.stop),
        due=_shown(judgement.due),
        value=None if judgement.value is None else Fraction(judgement.value),
        categories={breakdown.name: category(breakdown, case) for breakdown in breakdowns},
    )


def case_key(case: Case) -> tuple[str, ...]:
    """The parts of a case's key as they stand in its row, a blank one empty; file and row number without a key."""
    columns = case.indicator.table.key
    if not columns or any(name not in case.row.values for name in columns):
        file, number = case.row.place
        return file, str(number)
    return tuple(_text(case, name) or "" for name in columns)


def _text(case: Case, column: str | None) -> str | None:
    value = case.row.values.get(column) if column is not None else None
    return None if value is None else plain_text(value)


def _shown(moment: date | Moment | None) -> date | datetime | None:
    """A date or a moment; of one without a time of day, its date."""
    return moment.value if has_time(moment) else day_of(moment)  # type: ignore[union-attr]
