"""`cases`: the cases behind a figure, filtered as a breakdown filters, the most urgent first.

A list has as many rows with an outcome as the figure counts, for the same period, category and as-of time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sgkpi.answers.case_filter import Filter, parse_filter
from sgkpi.answers.compute import list_case_outcomes
from sgkpi.answers.inputs import engine_named
from sgkpi.extracts.extract import Extract
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.indicator import Indicator
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Period
from sgkpi.model.problems import Problem
from sgkpi.model.request import AsOfSource, Request
from sgkpi.planning.request import resolve

KEY_SEPARATOR = ":"
# The order of outcomes in a list: first what somebody can still act on.
URGENCY = (
    Outcome.OVERDUE, Outcome.NOT_MET, Outcome.NOT_DUE, Outcome.UNKNOWN, Outcome.COUNTED, Outcome.MET, Outcome.EXCLUDED,
)  # fmt: skip
_PLACES = {outcome: place for place, outcome in enumerate(URGENCY)}


@dataclass(frozen=True)
class CaseList:
    """The cases of an indicator in the periods asked for, as known at the as-of time, the most urgent first.

    `not_covered` are the periods about which the extract says nothing; `problems` are warnings about it.
    """

    indicator: Indicator
    periods: tuple[Period, ...]
    not_covered: tuple[Period, ...]
    filtered: Filter
    cases: tuple[CaseOutcome, ...]
    source: str | None
    as_of: datetime
    as_of_source: AsOfSource
    problems: tuple[Problem, ...] = ()


def list_cases(
    extract: Extract,
    catalogue: Catalogue,
    request: Request,
    *,
    outcomes: Sequence[Outcome] = (),
    where: Sequence[str] = (),
    engine: str = "duckdb",
) -> CaseList:
    """List the cases of the one indicator asked for; only these outcomes, and where these conditions hold, if given.

    Raises UsageError for what cannot be asked, and ExtractError for what the extract cannot carry.
    """
    runner = engine_named(engine)
    resolved = resolve(extract, catalogue, replace(request, by=["all"]), runner.events)
    (plan,) = resolved.plan.indicators
    filtered = parse_filter(plan.indicator, outcomes, where)
    cases = list_case_outcomes(resolved, runner, outcomes or tuple(Outcome))
    return CaseList(
        indicator=plan.indicator,
        periods=resolved.periods,
        not_covered=tuple(period for period in resolved.periods if period not in plan.periods),
        filtered=filtered,
        cases=tuple(sorted(filtered.select(cases, resolved, runner), key=urgency)),
        source=extract.source,
        as_of=resolved.plan.as_of,
        as_of_source=resolved.as_of_source,
        problems=resolved.problems(),
    )


def joined_key(key: Iterable[str]) -> str:
    """Return the parts of a key as one text, `C004402:P000985`; for a row without a key, `contacts.csv:12`."""
    return KEY_SEPARATOR.join(key)


def urgency(case: CaseOutcome) -> tuple[object, ...]:
    """Return the sort key of a list of cases.

    By outcome; then by due moment, which puts the longest overdue first and cases without one last; then the
    greatest value first; then by period, reason and key.
    """
    value = 0 if case.value is None else -case.value
    last = (case.person or "", *(str(moment) for moment in (case.start, case.stop)), *sorted(case.categories.items()))
    return (
        _PLACES[case.outcome], *due_order(case.due), value, case.period.sort_key, case.reason or "", case.key, last
    )  # fmt: skip


def due_order(due: date | datetime | None) -> tuple[date, bool, datetime]:
    """Return the sort key of due moments: a day is due at its end, and what has none comes last."""
    match due:
        case None:
            return date.max, True, datetime.max
        case datetime():
            return due.date(), False, due
        case _:
            return due, True, datetime.max


def day_of(moment: date | datetime) -> date:
    """Return the day of a date or moment."""
    return moment.date() if isinstance(moment, datetime) else moment
