"""What is asked of an extract, worked out once for everything that answers it.

Which indicators the extract can carry, for which periods, and as of when: figures, cases and their verification
start from the same question, so that they speak of the same thing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sgkpi.extracts.extract import Extract
from sgkpi.extracts.settings import settings_path
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import ExtractError, UsageError
from sgkpi.model.indicator import Indicator
from sgkpi.model.periods import Month, Period, last_complete_month, periods_for
from sgkpi.model.problems import Problem, Severity, did_you_mean, sort_problems
from sgkpi.model.request import AsOfSource, Request
from sgkpi.planning.availability import Unavailable
from sgkpi.planning.plan import Plan, plan_indicator, why_unavailable

# An engine's `events`: the first and the last moment at which a row happened, None when there is none.
Events = Callable[[Extract], tuple[datetime, datetime] | None]


@dataclass(frozen=True)
class ResolvedRequest:
    """A plan over an extract, with the periods asked for, covered or not.

    `as_of_source` says where the plan's as-of time comes from; `unavailable` are indicators that were not
    asked for by name and that this extract cannot carry.
    """

    extract: Extract
    plan: Plan
    periods: tuple[Period, ...]
    as_of_source: AsOfSource
    unavailable: tuple[Unavailable, ...]

    def problems(self, found: Iterable[Problem] = ()) -> tuple[Problem, ...]:
        """Return what is wrong with the extract as it was opened, with the problems `found` as it was read."""
        return sort_problems(
            [
                *self.extract.problems,
                *_broken_elsewhere(self.extract),
                *_as_of_problems(self.extract, self.plan.as_of, self.as_of_source),
                *found,
            ]
        )


def resolve(extract: Extract, catalogue: Catalogue, asked: Request, events: Events) -> ResolvedRequest:
    """The question that is asked of an extract.

    `events` is asked for the extract's latest event where nothing else says the as-of time. Raises
    UsageError for what cannot be asked, and ExtractError for what the extract cannot carry.
    """
    chosen = catalogue.choose(asked.indicators)
    check_breakdowns(chosen, asked.by)
    _check_tables(chosen, extract)
    moment, source = find_as_of(extract, asked.as_of, events)
    periods = periods_for(asked.kinds, _months(asked.months, asked.history, moment))
    available, unavailable = _available(chosen, extract, named=bool(asked.indicators))
    plans = tuple(plan_indicator(each, extract, periods, asked.by, moment) for each in available)
    return ResolvedRequest(extract, Plan(moment, plans, catalogue.closures), periods, source, unavailable)


def check_breakdowns(indicators: Iterable[Indicator], by: Sequence[str]) -> None:
    """Raises UsageError for a breakdown that none of the indicators has."""
    known = sorted({breakdown.name for indicator in indicators for breakdown in indicator.by})
    unknown = [name for name in by if name != "all" and name not in known]
    if unknown:
        words = "; ".join(f"no breakdown '{name}'{did_you_mean(name, known)}" for name in unknown)
        raise UsageError(f"{words}; these indicators have {', '.join(known) or 'none'} (or 'all')")


def find_as_of(extract: Extract, given: datetime | None, events: Events) -> tuple[datetime, AsOfSource]:
    """The as-of time of an extract, and what says it. Raises ExtractError when nothing does."""
    if given is not None:
        return given, AsOfSource.OPTION
    if extract.extracted_at is not None:
        return extract.extracted_at, AsOfSource.EXTRACT_TOML
    span = events(extract)
    if span is None and extract.broken:
        raise _unusable(extract, extract.broken)
    if span is None:
        raise ExtractError(
            f"{extract.path}: no table has a row with a date, so it cannot be told when the extract was made; "
            "check the files, or give --as-of"
        )
    return span[1], AsOfSource.LATEST_EVENT


def _as_of_problems(extract: Extract, moment: datetime, source: AsOfSource) -> list[Problem]:
    if source is not AsOfSource.LATEST_EVENT:
        return []
    message = (
        f"nothing says when the extract was made; taken as of its latest event, {moment:%Y-%m-%d %H:%M} "
        f"(give --as-of, or extracted_at in {settings_path(extract.path).name})"
    )
    return [Problem(str(extract.path), message, "as-of", severity=Severity.WARNING)]


def _months(months: Sequence[Month] | None, history: int, as_of: datetime) -> list[Month]:
    """Every month asked for, those of the history too. Raises UsageError for one that had not begun."""
    asked = list(months) if months else [last_complete_month(as_of)]
    _check_months(asked, as_of)
    return sorted({month.plus(-back) for month in asked for back in range(history + 1)})


def _check_months(months: Sequence[Month], as_of: datetime) -> None:
    future = sorted(month for month in set(months) if month.first_day > as_of.date())
    if future:
        raise UsageError(
            f"{', '.join(map(str, future))} had not begun at the as-of time {as_of:%Y-%m-%d %H:%M}; "
            f"the last complete month is {last_complete_month(as_of)}"
        )


def _available(
    chosen: Sequence[Indicator], extract: Extract, *, named: bool
) -> tuple[tuple[Indicator, ...], tuple[Unavailable, ...]]:
    reasons = {indicator: why_unavailable(indicator, extract) for indicator in chosen}
    unavailable = tuple(Unavailable(each.id, reason) for each, reason in reasons.items() if reason is not None)
    if unavailable and named:
        words = "; ".join(f"{each.indicator} {each.reason}" for each in unavailable)
        raise ExtractError(f"cannot be computed from {extract.path}: {words}")
    return tuple(each for each, reason in reasons.items() if reason is None), unavailable


def _check_tables(indicators: Iterable[Indicator], extract: Extract) -> None:
    """Raises ExtractError when a table that these indicators use has a file that cannot be taken as it is."""
    used = {name for each in indicators for name in (each.table.name, *(row.table.name for row in each.related))}
    if used.intersection(extract.broken):
        raise _unusable(extract, used)


def _unusable(extract: Extract, tables: Iterable[str]) -> ExtractError:
    """What is wrong with the files of these tables."""
    problems = [problem for name in sorted(tables) for problem in extract.broken.get(name, ())]
    return ExtractError(f"{extract.path} cannot be used as it is", problems)


def _broken_elsewhere(extract: Extract) -> list[Problem]:
    """What is wrong with tables that nothing asked for uses."""
    return [replace(each, severity=Severity.WARNING) for problems in extract.broken.values() for each in problems]


def check_anything_existed(
    span: tuple[datetime, datetime] | None, extract: Extract, moment: datetime, source: AsOfSource
) -> None:
    """An as-of time before everything would give figures of nothing."""
    if span is None or span[0] <= moment:
        return
    message = (
        f"the as-of time {moment:%Y-%m-%d %H:%M} lies before everything in {extract.path}, "
        f"whose first event is of {span[0]:%Y-%m-%d} and last of {span[1]:%Y-%m-%d}; choose a later one"
    )
    raise UsageError(message) if source is AsOfSource.OPTION else ExtractError(message)
