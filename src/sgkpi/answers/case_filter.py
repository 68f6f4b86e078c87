"""Filters of cases: by outcome, and by conditions such as `team=North`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sgkpi.engines.protocol import Engine
from sgkpi.extracts.cells import normalise_key
from sgkpi.figures.build import order_categories
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.model.errors import UsageError
from sgkpi.model.indicator import Breakdown, Indicator
from sgkpi.model.outcomes import NOT_RECORDED, Outcome, Unknown
from sgkpi.model.problems import did_you_mean
from sgkpi.planning.request import ResolvedRequest

PERSON, REASON = "person", "reason"
_NEXT_CONDITION = re.compile(r",(?=\s*\w+\s*=)")
_MOST_NAMED = 12


@dataclass(frozen=True)
class Condition:
    """A column and the values, separated by commas, of which it must have one."""

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

    indicator: Indicator
    outcomes: frozenset[Outcome]
    conditions: tuple[Condition, ...]

    def select(self, cases: Sequence[CaseOutcome], resolved: ResolvedRequest, engine: Engine) -> list[CaseOutcome]:
        """Return the cases of a request that meet the filter.

        Raises UsageError, with the nearest, for a category that no case has and no definition declares.
        """
        wanted: dict[str, set[str]] = {}
        for condition in self.conditions:
            values = _checked_values(condition, self.indicator, cases, resolved, engine)
            wanted.setdefault(condition.column, set()).update(values)
        return [case for case in cases if self._takes(case, wanted)]

    def _takes(self, case: CaseOutcome, wanted: Mapping[str, set[str]]) -> bool:
        if self.outcomes and case.outcome not in self.outcomes:
            return False
        return all(_value(case, column) in values for column, values in wanted.items())

    def __str__(self) -> str:
        outcomes = [outcome.value for outcome in Outcome if outcome in self.outcomes]
        said = [" or ".join(outcomes)] if outcomes else []
        return "; ".join([*said, *(f"{each.column}={each.text}" for each in self.conditions)])


def parse_filter(indicator: Indicator, outcomes: Iterable[Outcome], where: Iterable[str]) -> Filter:
    """Parse conditions such as `team=North` or `team=North,South`, of which a text may hold several.

    Raises UsageError for a text that is not a condition, and for a column that the indicator's cases do not have.
    """
    conditions = tuple(_condition(part) for text in where for part in _NEXT_CONDITION.split(text))
    known = _columns(indicator)
    for condition in conditions:
        if condition.column not in known:
            nearest = did_you_mean(condition.column, known)
            raise UsageError(f"--where: no breakdown '{condition.column}'{nearest}; there are {', '.join(known)}")
    return Filter(indicator, frozenset(outcomes), conditions)


def _condition(text: str) -> Condition:
    column, equals, value = text.partition("=")
    if not equals or not column.strip() or not value.strip():
        raise UsageError(f"--where: '{text.strip()}' is not a condition; write it as team=North")
    return Condition(column.strip(), value.strip())


def _columns(indicator: Indicator) -> list[str]:
    return list(dict.fromkeys([*(breakdown.name for breakdown in indicator.by), REASON, PERSON]))


def _breakdown(indicator: Indicator, name: str) -> Breakdown | None:
    return next((breakdown for breakdown in indicator.by if breakdown.name == name), None)


def _value(case: CaseOutcome, column: str) -> str | None:
    """Return a case's category, its reason, or its person, spelled as persons are compared."""
    if column in case.categories:
        return case.categories[column]
    if column == PERSON:
        return None if case.person is None else normalise_key(case.person)
    return case.reason


def _checked_values(
    condition: Condition, indicator: Indicator, cases: Sequence[CaseOutcome], resolved: ResolvedRequest, engine: Engine
) -> tuple[str, ...]:
    breakdown = _breakdown(indicator, condition.column)
    if breakdown is None and condition.column == PERSON:
        persons = replace(condition, text=normalise_key(condition.text)).values(_occurring(PERSON, cases))
        return tuple(map(normalise_key, persons))
    known = set(_occurring(condition.column, cases))
    known |= set(_reasons(indicator)) if breakdown is None else {*breakdown.codes, NOT_RECORDED}
    values = condition.values(known)
    if not known.issuperset(values) and breakdown is not None:  # of another month, perhaps
        known |= set(_occurring(condition.column, _cases_of_any_time(resolved, engine)))
        values = condition.values(known)
    for value in values:
        if value not in known:
            raise UsageError(_no_such_value(condition.column, value, _in_order(breakdown, known)))
    return values


def _no_such_value(column: str, value: str, known: Sequence[str]) -> str:
    nearest = did_you_mean(value, known)
    if nearest:
        return f"--where: no {column} '{value}'{nearest}"
    more = ", …" if len(known) > _MOST_NAMED else ""
    return f"--where: no {column} '{value}'; there are {', '.join(known[:_MOST_NAMED])}{more}"


def _in_order(breakdown: Breakdown | None, known: Iterable[str]) -> list[str]:
    return sorted(known) if breakdown is None else order_categories(breakdown, known)


def _occurring(column: str, cases: Iterable[CaseOutcome]) -> Iterable[str]:
    return (value for case in cases if (value := _value(case, column)) is not None)


def _reasons(indicator: Indicator) -> list[str]:
    return [*(each.name for each in (*indicator.exclude, *indicator.because)), *(each.value for each in Unknown)]


def _cases_of_any_time(resolved: ResolvedRequest, engine: Engine) -> Iterable[CaseOutcome]:
    """Yield the cases of every month; of a stock, those of the present and of the periods asked for."""
    plans = (resolved.plan, resolved.plan_of_any_time())
    return (case for plan in plans for case in engine.cases(plan, resolved.extract))
