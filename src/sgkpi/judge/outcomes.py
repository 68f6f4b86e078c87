"""Key, outcome and categories of a judged case."""

from collections.abc import Iterable
from fractions import Fraction

from sgkpi.judge.cases import Case
from sgkpi.judge.expressions import evaluate
from sgkpi.judge.judge import Judgement
from sgkpi.judge.tables import Row
from sgkpi.judge.values import plain_number, plain_text, shown
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.model.indicator import JOINT, Breakdown
from sgkpi.model.outcomes import NOT_RECORDED
from sgkpi.model.periods import Period


def case_outcome(case: Case, judgement: Judgement, period: Period, breakdowns: Iterable[Breakdown]) -> CaseOutcome:
    """Return a case of a period with its outcome and its categories in the breakdowns.

    Raises ValueError for a case that has no outcome.
    """
    if judgement.outcome is None:
        raise ValueError(f"{case.indicator.id}: a case without an outcome")
    return CaseOutcome(
        indicator=case.indicator.id,
        period=period,
        key=row_key(case.row),
        person=_text(case, case.indicator.table.person),
        outcome=judgement.outcome,
        reason=judgement.reason,
        start=shown(judgement.start),
        stop=shown(judgement.stop),
        due=shown(judgement.due),
        value=None if judgement.value is None else Fraction(judgement.value),
        per=None if judgement.per is None else Fraction(judgement.per),
        categories={breakdown.name: category(breakdown, case) for breakdown in breakdowns},
    )


def row_key(row: Row) -> tuple[str, ...]:
    """Return the parts of a row's key as it has them, a blank one empty; without a key, file and row number."""
    if not row.key:
        return tuple(map(str, row.place))
    return tuple("" if value is None else plain_text(value) for value in row.key)


def category(breakdown: Breakdown, case: Case) -> str:
    """Return the category of a case: its value as text, the label of its band, or `(not recorded)`; or several."""
    if breakdown.parts:
        return JOINT.join(category(part, case) for part in breakdown.parts)
    value = evaluate(breakdown.expression, case.environment)
    if value is None or value == "":
        return NOT_RECORDED
    if not (breakdown.bands and isinstance(value, int | Fraction)):
        return plain_text(value)
    # `codes` are the labels of the bands in order, after one for what lies below them all where it is declared.
    reached = sum(Fraction(bound) <= value for bound in breakdown.bands)
    below = f"under {plain_number(breakdown.bands[0])}"
    return breakdown.codes[reached - 1 - len(breakdown.bands)] if reached else below


def _text(case: Case, column: str | None) -> str | None:
    value = case.row.values.get(column) if column is not None else None
    return None if value is None else plain_text(value)
