"""Key, outcome and categories of a judged case."""

from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction

from sgkpi.judge.cases import Case
from sgkpi.judge.expressions import evaluate
from sgkpi.judge.judge import Judgement
from sgkpi.judge.values import Moment, day_of, has_time, plain_number, plain_text
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.model.indicator import Breakdown
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
    """Return the parts of a case's key as its row has them, a blank one empty; without a key, file and row number."""
    columns = case.indicator.table.key
    if not columns or any(name not in case.row.values for name in columns):
        file, number = case.row.place
        return file, str(number)
    return tuple(_text(case, name) or "" for name in columns)


def category(breakdown: Breakdown, case: Case) -> str:
    """Return the category of a case: its value as text, the label of its band, or `(not recorded)`."""
    value = evaluate(breakdown.expression, case.environment)
    if value is None or value == "":
        return NOT_RECORDED
    if breakdown.bands and isinstance(value, int | Fraction):
        return _band_label(breakdown, value)
    return plain_text(value)


def _band_label(breakdown: Breakdown, number: int | Fraction) -> str:
    """Return the label of the last band whose lower bound a number reaches.

    `codes` holds the labels of the bands in order, after one for what lies below them all where it is declared.
    """
    reached = sum(Fraction(bound) <= number for bound in breakdown.bands)
    if reached:
        return breakdown.codes[len(breakdown.codes) - len(breakdown.bands) + reached - 1]
    return f"under {plain_number(breakdown.bands[0])}"


def _text(case: Case, column: str | None) -> str | None:
    value = case.row.values.get(column) if column is not None else None
    return None if value is None else plain_text(value)


def _shown(moment: date | Moment | None) -> date | datetime | None:
    """Return a date or a moment; without a time of day, its date."""
    return moment.value if isinstance(moment, Moment) and has_time(moment) else day_of(moment)
