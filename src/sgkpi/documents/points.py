"""Sentences on a point of an inspection, shared by the terminal and reports."""

from collections.abc import Iterator
from datetime import datetime

from sgkpi.answers.board import PointIndicator, PointState
from sgkpi.definitions.wording import both, long_date, long_month
from sgkpi.model.board import BoardPoint
from sgkpi.model.periods import Month

UNAVAILABLE = "cannot be computed"
ASSESSED_NOTE = "“Assessed” is the judgement of people; it is never worked out from the figures."


def words_of_point(point: BoardPoint) -> str:
    """Return the words of a point with the paragraphs that they come from."""
    numbers = list(map(str, point.paragraphs))
    where = f" (paragraph{'s' if len(numbers) > 1 else ''} {both(numbers)})" if numbers else ""
    return f"{point.words}{where}"


def in_target(each: PointIndicator) -> str:
    """Return in how many of the last months an indicator was in target: `3 of 6`; nothing where none has a rating."""
    return f"{each.months_in_target} of {each.months_rated}" if each.months_rated else ""


def assessment_facts(state: PointState, month: Month, as_of: datetime) -> Iterator[tuple[str, str]]:
    """Yield what people say of a point in a month, each with its label; an earlier month is named, once if it can."""
    judged, step = state.assessment, state.step
    if judged:
        written = f" (written in {long_month(judged.month)})" if judged.month != month else ""
        yield "Assessed", f"{judged.assessed}{written}"
    if step:
        needs_month = step.month not in (month, judged and judged.month)
        written = f"written in {long_month(step.month)}" if needs_month else ""
        day = f"{'was due' if step.was_due(as_of) else 'by'} {long_date(step.when)}" if step.when else ""
        more = ", ".join(part for part in (step.who, day, written) if part)
        yield "Next step", f"{step.next_step} ({more})" if step.next_step and more else step.next_step or more
