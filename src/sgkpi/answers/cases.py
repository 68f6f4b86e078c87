"""`cases`: the cases behind a figure, filtered as a breakdown filters, the most urgent first.

A list has as many rows with an outcome as the figure counts, for the same period, category and as-of time.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sgkpi.answers.cautions import find_cautions
from sgkpi.answers.compute import list_case_outcomes
from sgkpi.answers.inputs import engine_named
from sgkpi.definitions.wording import category_name, reason_in_words
from sgkpi.engines.protocol import Engine
from sgkpi.extracts.cells import normalise_key
from sgkpi.extracts.extract import Extract
from sgkpi.figures.build import order_categories
from sgkpi.figures.figure_set import Caution
from sgkpi.ledger.cases import CaseOutcome, due_order
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import UsageError
from sgkpi.model.indicator import Indicator
from sgkpi.model.outcomes import NOT_RECORDED, Outcome, Unknown
from sgkpi.model.periods import Period
from sgkpi.model.problems import Problem, did_you_mean
from sgkpi.model.request import AsOfSource, Request
from sgkpi.planning.availability import UnavailableBreakdown
from sgkpi.planning.request import ResolvedRequest, check_breakdowns_carried, resolve

KEY_SEPARATOR = ":"
PERSON, REASON = "person", "reason"
_NEXT_CONDITION = re.compile(r",(?=\s*\w+\s*=)")
_MOST_NAMED, _LONGEST_NAMED = 12, 40


@dataclass(frozen=True)
class CaseCondition:
    """A column, and the values that it may have, separated by commas."""

    column: str
    text: str

    def values(self, known: Iterable[str]) -> tuple[str, ...]:
        """Return the values, split at commas except within a known value that holds commas itself."""
        names, parts, found = set(known), self.text.split(","), list[str]()
        while parts:
            lengths = range(len(parts), 1, -1)
            taken = next((length for length in lengths if ",".join(parts[:length]).strip() in names), 1)
            found.append(",".join(parts[:taken]).strip())
            parts = parts[taken:]
        return tuple(found)


@dataclass(frozen=True)
class Filter:
    """Outcomes (none: all) and conditions that a case must meet; conditions on one column add to its values."""

    indicators: tuple[Indicator, ...]
    outcomes: frozenset[Outcome]
    conditions: tuple[CaseCondition, ...]

    def select(self, cases: Sequence[CaseOutcome], resolved: ResolvedRequest, engine: Engine) -> list[CaseOutcome]:
        """Return the cases of a request that meet the filter.

        Raises UsageError, with the nearest, for a category that no case has and no definition declares.
        """
        wanted: dict[str, set[str]] = {}
        for condition in self.conditions:
            values = _checked_values(condition, self.indicators, cases, resolved, engine)
            wanted.setdefault(condition.column, set()).update(values)
        return [
            case
            for case in cases
            if (not self.outcomes or case.outcome in self.outcomes)
            and all(_value(case, column) in values for column, values in wanted.items())
        ]

    def __str__(self) -> str:
        outcomes = [outcome.value for outcome in Outcome if outcome in self.outcomes]
        said = [" or ".join(outcomes)] if outcomes else []
        return "; ".join([*said, *(f"{each.column}={each.text}" for each in self.conditions)])


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
    unavailable_breakdowns: tuple[UnavailableBreakdown, ...] = ()
    cautions: tuple[Caution, ...] = ()


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
    filtered = parse_filter(resolved, outcomes, where)
    found = list_case_outcomes(resolved, runner, outcomes or tuple(Outcome))
    return CaseList(
        indicator=plan.indicator,
        periods=resolved.periods,
        not_covered=tuple(period for period in resolved.periods if period not in plan.periods),
        filtered=filtered,
        cases=tuple(sorted(filtered.select(found.cases, resolved, runner), key=_urgency(plan.indicator))),
        source=extract.source,
        as_of=resolved.plan.as_of,
        as_of_source=resolved.as_of_source,
        problems=resolved.problems(),
        unavailable_breakdowns=resolved.unavailable_breakdowns,
        cautions=find_cautions(resolved, found.tables),
    )


def joined_key(key: Iterable[str]) -> str:
    """Return the parts of a key as one text, `C004402:P000985`; for a row without a key, `contacts.csv:12`."""
    return KEY_SEPARATOR.join(key)


def _urgency(indicator: Indicator) -> Callable[[CaseOutcome], tuple[object, ...]]:
    """Return the sort key of a list of cases.

    By outcome, those that count against the indicator first; then by due moment, which puts the longest overdue first
    and cases without one last; then the greatest value first; then by period, reason and key.
    """
    against = tuple(reversed(indicator.counts_against))
    others = (each for each in (Outcome.OVERDUE, Outcome.NOT_MET, Outcome.MET) if each not in against)
    order = (*against, Outcome.NOT_DUE, Outcome.UNKNOWN, Outcome.COUNTED, *others, Outcome.EXCLUDED)

    def key(case: CaseOutcome) -> tuple[object, ...]:
        value = 0 if case.value is None else -case.value
        moments = (str(moment) for moment in (case.start, case.stop))
        last = (case.person or "", *moments, *sorted(case.categories.items()))
        by_moment = (order.index(case.outcome), *due_order(case.due), value)
        return (*by_moment, case.period.sort_key, case.reason or "", case.key, last)

    return key


def parse_filter(resolved: ResolvedRequest, outcomes: Iterable[Outcome], where: Iterable[str]) -> Filter:
    """Parse conditions such as `team=North` or `Team=North,South`; a text may hold several.

    Raises UsageError for a text that is not a condition, and for a column that no case of the indicators has;
    ExtractError for one that the extract lacks.
    """
    indicators, conditions = [plan.indicator for plan in resolved.plan.indicators], list[CaseCondition]()
    known = list(dict.fromkeys([*(by.name for indicator in indicators for by in indicator.by), REASON, PERSON]))
    by_folded = {name.casefold(): name for name in reversed(known)}
    for part in (part for text in where for part in _NEXT_CONDITION.split(text)):
        column, equals, value = map(str.strip, part.partition("="))
        if not equals or not column or not value:
            raise UsageError(f"'{part.strip()}' is not a condition; write it as team=North")
        named = column if column in known else by_folded.get(column.casefold(), column)
        conditions.append(CaseCondition(named, value))
    for column in (condition.column for condition in conditions):
        if column not in known:
            check_breakdowns_carried(indicators, resolved.unavailable_breakdowns, resolved.extract, [column])
            nearest = did_you_mean(column, known) or _there_are(known)
            raise UsageError(f"no breakdown '{column}'{nearest}")
    return Filter(tuple(indicators), frozenset(outcomes), tuple(conditions))


def _value(case: CaseOutcome, column: str) -> str | None:
    """Return a case's category, its reason, or its person, spelled as persons are compared; None if it has none."""
    if column in case.categories:
        return case.categories[column]
    if column == PERSON:
        return None if case.person is None else normalise_key(case.person)
    return case.reason if column == REASON else None


def _checked_values(
    condition: CaseCondition,
    indicators: Sequence[Indicator],
    cases: Sequence[CaseOutcome],
    resolved: ResolvedRequest,
    engine: Engine,
) -> tuple[str, ...]:
    name = condition.column
    breakdowns = [each for indicator in indicators for each in indicator.by if each.name == name]
    if not breakdowns and name == PERSON:
        persons = replace(condition, text=normalise_key(condition.text)).values(_occurring(PERSON, cases))
        return tuple(map(normalise_key, persons))
    reasons = {each.name for indicator in indicators for each in (*indicator.exclude, *indicator.because)}
    codes = {code for breakdown in breakdowns for code in breakdown.codes}
    known = {*codes, NOT_RECORDED} if breakdowns else {*reasons, *(each.value for each in Unknown)}
    known.update(_occurring(name, cases))
    labels = {category_name(by, code).casefold(): code for by in breakdowns for code in by.codes}
    for reason in () if breakdowns else known:
        labels |= {reason_in_words(outcome, reason).casefold(): reason for outcome in (Outcome.MET, Outcome.UNKNOWN)}

    def read() -> tuple[str, ...]:
        values = condition.values(known)
        return tuple(value if value in known else labels.get(value.casefold(), value) for value in values)

    values = read()
    if not known.issuperset(values) and breakdowns:  # of another month, perhaps
        plans = (resolved.plan, resolved.plan_of_any_time())
        known.update(_occurring(name, (case for plan in plans for case in engine.cases(plan, resolved.extract))))
        values = read()
    for value in values:
        if value not in known:
            in_order = order_categories(breakdowns[0], known) if breakdowns else sorted(known)
            raise UsageError(f"no {name} '{value}'{did_you_mean(value, in_order) or _there_are(in_order)}")
    return values


def _there_are(known: Sequence[str]) -> str:
    """List the first of the known values, each cut where it is very long."""
    shown = [value if len(value) <= _LONGEST_NAMED else f"{value[:_LONGEST_NAMED]}…" for value in known[:_MOST_NAMED]]
    return f"; there are {', '.join(shown)}{', …' if len(known) > _MOST_NAMED else ''}"


def _occurring(column: str, cases: Iterable[CaseOutcome]) -> Iterable[str]:
    return (value for case in cases if (value := _value(case, column)) is not None)
