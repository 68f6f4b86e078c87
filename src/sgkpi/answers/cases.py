"""The cases behind a figure: one row a case, filtered as a breakdown filters, the most urgent first.

A list counts what the figure counts: as many rows have an outcome as the figure says, for the same period,
category and as-of time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sgkpi.answers.case_filter import Filter, parse_filter
from sgkpi.answers.compute import list_case_outcomes
from sgkpi.answers.engines import engine_named
from sgkpi.extracts.extract import Extract
from sgkpi.figures.columns import Cell, nearest
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.expressions import Kind
from sgkpi.model.indicator import Indicator
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Period
from sgkpi.model.problems import Problem
from sgkpi.model.request import AsOfSource, Request
from sgkpi.model.units import LimitUnit
from sgkpi.planning.request import resolve

CASE_COLUMNS = ("key", "person", "period", "outcome", "reason", "start", "stop", "due", "value")
KEY_SEPARATOR = ":"
MOMENTS = ("start", "stop", "due")
# How outcomes follow one another: what somebody can still act on stands first.
URGENCY = (
    Outcome.OVERDUE, Outcome.NOT_MET, Outcome.NOT_DUE, Outcome.UNKNOWN, Outcome.COUNTED, Outcome.MET, Outcome.EXCLUDED,
)  # fmt: skip
_PLACES = {outcome: place for place, outcome in enumerate(URGENCY)}
# Names that a breakdown's column may not take: those of a list of cases, and of a list of what falls due.
_TAKEN = frozenset({*CASE_COLUMNS, "day", "indicator"})


@dataclass(frozen=True)
class CaseTable:
    """Cases as the rows of a table; `kinds` says of every column what its cells are, null apart."""

    columns: tuple[str, ...]
    kinds: Mapping[str, Kind]
    rows: tuple[Mapping[str, Cell], ...]


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
    extract: Extract
    as_of: datetime
    as_of_source: AsOfSource
    problems: tuple[Problem, ...] = ()

    @property
    def table(self) -> CaseTable:
        """The cases with their columns: those of every list, then one for each breakdown."""
        names = breakdown_columns([self.indicator])
        kinds = {**dict.fromkeys(CASE_COLUMNS, Kind.TEXT), "value": Kind.NUMBER, **moment_kinds([self.indicator])}
        rows = tuple(case_row(case, names) for case in self.cases)
        return CaseTable((*CASE_COLUMNS, *names.values()), {**kinds, **_as_text(names.values())}, rows)


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
    question = resolve(extract, catalogue, replace(request, by=["all"]), runner.events)
    (plan,) = question.plan.indicators
    filtered = parse_filter(plan.indicator, outcomes, where)
    cases = list_case_outcomes(question, runner, outcomes or tuple(Outcome))
    return CaseList(
        indicator=plan.indicator,
        periods=question.periods,
        not_covered=tuple(period for period in question.periods if period not in plan.periods),
        filtered=filtered,
        cases=tuple(sorted(filtered.select(cases, question, runner), key=urgency)),
        extract=extract,
        as_of=question.plan.as_of,
        as_of_source=question.as_of_source,
        problems=question.problems(),
    )


def case_row(case: CaseOutcome, breakdowns: Mapping[str, str]) -> dict[str, Cell]:
    """A case as a row; `breakdowns` gives the column of each breakdown."""
    return {
        "key": joined_key(case.key),
        "person": case.person,
        "period": case.period.label,
        "outcome": case.outcome.value,
        "reason": None if case.reason is None else str(case.reason),
        "start": case.start,
        "stop": case.stop,
        "due": case.due,
        "value": nearest(case.value),
        **{column: case.categories.get(name) for name, column in breakdowns.items()},
    }


def joined_key(key: Iterable[str]) -> str:
    """The parts of a key in one text, as `C004402:P000985`; of a row without a key, `contacts.csv:12`."""
    return KEY_SEPARATOR.join(key)


def breakdown_columns(indicators: Iterable[Indicator]) -> dict[str, str]:
    """The column of each breakdown: its name, or with `by_` before it where a column of every list has that name."""
    names = dict.fromkeys(breakdown.name for indicator in indicators for breakdown in indicator.by)
    return {name: f"by_{name}" if name in _TAKEN else name for name in names}


def moment_kinds(indicators: Iterable[Indicator]) -> dict[str, Kind]:
    """Whether start, stop and due are dates or datetimes; datetimes where one of the indicators has them."""
    found: dict[str, set[Kind]] = {name: set() for name in MOMENTS}
    for indicator in indicators:
        for name, kind in _clock_kinds(indicator).items():
            found[name].add(kind)
    return {name: Kind.DATE if kinds == {Kind.DATE} else Kind.DATETIME for name, kinds in found.items()}


def _clock_kinds(indicator: Indicator) -> dict[str, Kind]:
    clock = indicator.clock
    if clock is None:
        return {}
    kinds = {name: part.kind for name, part in (("start", clock.start), ("stop", clock.stop)) if part is not None}
    if clock.due is not None:
        return {**kinds, "due": clock.due.kind}
    by_hours = clock.limit is not None and clock.limit.unit is LimitUnit.HOURS
    return {**kinds, "due": Kind.DATETIME if by_hours else Kind.DATE}


def _as_text(columns: Iterable[str]) -> dict[str, Kind]:
    return dict.fromkeys(columns, Kind.TEXT)


def urgency(case: CaseOutcome) -> tuple[object, ...]:
    """Where a case stands in a list.

    By outcome; then the earliest due first and cases without a due moment last, which puts the longest
    overdue at the head; then the greatest value; then period, reason and key.
    """
    value = 0 if case.value is None else -case.value
    last = (case.person or "", *(str(moment) for moment in (case.start, case.stop)), *sorted(case.categories.items()))
    return (
        _PLACES[case.outcome], *due_order(case.due), value, case.period.sort_key, case.reason or "", case.key, last
    )  # fmt: skip


def due_order(due: date | datetime | None) -> tuple[date, bool, datetime]:
    """Due moments in order: a day is due at its end, and what has none comes last."""
    match due:
        case None:
            return date.max, True, datetime.max
        case datetime():
            return due.date(), False, due
        case _:
            return due, True, datetime.max


def day_of(moment: date | datetime) -> date:
    """The day of a date or moment."""
    return moment.date() if isinstance(moment, datetime) else moment
