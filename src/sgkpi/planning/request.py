"""A request resolved against an extract: indicators, periods and as-of time, once for everything that answers it.

Figures, cases and their verification start from the same resolved request, so that they speak of the same thing.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from sgkpi.definitions.bank_holidays import working_days_in_england
from sgkpi.extracts.extract import Extract
from sgkpi.extracts.settings import settings_path
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import ExtractError, UsageError
from sgkpi.model.indicator import PRODUCT, Breakdown, Indicator
from sgkpi.model.periods import MONTHS_IN_YEAR, Month, Period, PeriodKind, last_complete_month, periods_for
from sgkpi.model.problems import Problem, Severity, sort_problems, unknown_names, warning
from sgkpi.model.request import MOST_HISTORY, AsOfSource, Request
from sgkpi.planning.availability import (
    Unavailable,
    UnavailableBreakdown,
    covered_periods,
    only_with,
    tables_of,
    why_unavailable,
    without_lacking_breakdowns,
)
from sgkpi.planning.plan import IndicatorPlan, Plan, months_counted

# An engine's `events`: the first and the last moment at which a row happened, None when there is none.
Events = Callable[[Extract], tuple[datetime, datetime] | None]
ALL_BREAKDOWNS = "all"
# Where no month is asked for: dates before 1900 are slips, and so are those further ahead.
FIRST_MONTH = Month(1900, 1)
MONTHS_AHEAD = 24


@dataclass(frozen=True)
class ResolvedRequest:
    """A plan over an extract, with the periods asked for, covered or not.

    `months` are those asked for, without their history, in order. `as_of_source` says where the plan's as-of time
    comes from; `unavailable` are indicators that were not asked for by name and cannot be computed from this extract,
    `unavailable_breakdowns` those of the other indicators, and `defined` these indicators with all of them.
    `tables` are those that the indicators use (None: any). `signals_to` is the last month of the series whose signals
    are wanted (None: of none), those of categories as well with `signals_by`.
    """

    extract: Extract
    plan: Plan
    months: tuple[Month, ...]
    periods: tuple[Period, ...]
    as_of_source: AsOfSource
    unavailable: tuple[Unavailable, ...]
    unavailable_breakdowns: tuple[UnavailableBreakdown, ...] = ()
    defined: Mapping[str, Indicator] = field(default_factory=dict)
    holidays_sha256: str | None = None
    tables: frozenset[str] | None = None
    signals_to: Month | None = None
    signals_by: bool = False

    def over(self, periods: tuple[Period, ...]) -> "ResolvedRequest":
        """Return the request for exactly these periods, which are in order: all else stays the same."""
        plans = tuple(replace(each, periods=self._covered(each.indicator, periods)) for each in self.plan.indicators)
        return replace(self, periods=periods, plan=replace(self.plan, indicators=plans))

    def with_signals(self, months: Mapping[str, Collection[Month]]) -> "ResolvedRequest":
        """Return the request with the signals of totals, which rest on these months of the indicators."""
        plans = []
        for each in self.plan.indicators:
            wanted, known = periods_for([PeriodKind.MONTH], months.get(each.indicator.id, ())), frozenset(each.periods)
            further = (period for period in wanted if period not in known)
            plans.append(replace(each, totals_only=self._covered(each.indicator, further)))
        return replace(self, plan=replace(self.plan, indicators=tuple(plans)), signals_to=self.months[-1])

    def for_signals(self, months: Mapping[str, Collection[Month]]) -> "ResolvedRequest":
        """Return the request for signals and no figures; they rest on these months of the indicators."""
        wanted = {name: periods_for([PeriodKind.MONTH], each) for name, each in months.items()}
        plans = tuple(
            replace(each, periods=self._covered(each.indicator, wanted[each.indicator.id]))
            for each in self.plan.indicators
        )
        plan = replace(self.plan, indicators=plans)
        return replace(self, periods=(), plan=plan, signals_to=self.months[-1], signals_by=True)

    def plan_of_months(self) -> Plan:
        """Plan each month of the periods by itself, if it is covered, or counts in a period that is."""
        alone = self.over(periods_for([PeriodKind.MONTH], (month for each in self.periods for month in each.months)))
        plans = []
        for each, months in zip(self.plan.indicators, alone.plan.indicators, strict=True):
            counted = {month for period in each.periods for month in months_counted(each.indicator, period)}
            counted |= {period.last for period in months.periods}
            plans.append(replace(each, periods=periods_for([PeriodKind.MONTH], counted)))
        return replace(self.plan, indicators=tuple(plans))

    def plan_of_any_time(self) -> Plan:
        """Plan every month that a flow's case may belong to, and for a stock the present month; every breakdown."""
        now = Month.of(self.plan.as_of.date())
        every = [Month.from_index(index) for index in range(FIRST_MONTH.index, now.index + MONTHS_AHEAD)]
        flow, stock = periods_for([PeriodKind.MONTH], every), periods_for([PeriodKind.MONTH], [now])
        plans = (
            IndicatorPlan(each, self._covered(each, stock if each.is_stock else flow), each.by)
            for each in (plan.indicator for plan in self.plan.indicators)
        )
        return replace(self.plan, indicators=tuple(plans))

    def _covered(self, indicator: Indicator, periods: Iterable[Period]) -> tuple[Period, ...]:
        # What only an unavailable breakdown needs has no bearing on coverage.
        defined = self.defined.get(indicator.id)
        needed = indicator if defined is None else only_with(defined, indicator.by)
        return covered_periods(needed, periods, self.extract, self.plan.as_of, self.plan.working_days)

    def problems(self, found: Iterable[Problem] = ()) -> tuple[Problem, ...]:
        """Return what is wrong with the files that are used, as the extract was opened, with what was `found` later."""
        files = {name: {file.name for file in source.files} for name, source in self.extract.tables.items()}
        files |= {name: {problem.path for problem in problems} for name, problems in self.extract.broken.items()}
        asked = files.keys() if self.tables is None else self.tables
        used = {file for name in files if name in asked for file in files[name]}
        unused = {file for name in files if name not in asked for file in files[name]} - used
        every = [*(problem for problem in self.extract.problems if problem.path not in unused), *found]
        # An error in a table of an indicator that was asked for by name would have been raised.
        broken = (problem for name, problems in self.extract.broken.items() if name in asked for problem in problems)
        every += [replace(problem, severity=Severity.WARNING) for problem in broken]
        return sort_problems([*every, *self.as_of_problems()])

    def as_of_problems(self) -> Iterator[Problem]:
        """Yield a warning where nothing says the as-of time."""
        if self.as_of_source is AsOfSource.LATEST_EVENT:
            moment, settings = f"{self.plan.as_of:%Y-%m-%d %H:%M}", settings_path(self.extract.path).name
            message = (
                f"nothing says when the extract was made; taken as of its latest event, {moment} "
                f"(give an as-of time, or extracted_at in {settings})"
            )
            yield warning(str(self.extract.path), message, "as-of")


def resolve(extract: Extract, catalogue: Catalogue, request: Request, events: Events) -> ResolvedRequest:
    """Resolve a request against an extract.

    `events` is called for the extract's latest event where nothing else says the as-of time. Raises
    UsageError for what cannot be asked, and ExtractError for what the extract cannot carry.
    """
    if request.history > MOST_HISTORY:
        raise UsageError(f"history: at most {MOST_HISTORY:,} months before each, not {request.history:,}")
    chosen = catalogue.choose(request.indicators)
    _check_breakdowns(chosen, request.by)
    if extract.broken:
        used = {name for each in chosen for name in tables_of(only_with(each, ()))}
        # One broken table stops what is asked for by name, and else its own indicators alone.
        if used.intersection(extract.broken) and (request.indicators or not used.intersection(extract.tables)):
            raise _unusable(extract, used)
    as_of, source = find_as_of(extract, request.as_of, events)
    months = asked_months(request.months, as_of)
    lacks = {indicator: why_unavailable(indicator, extract) for indicator in chosen}
    unavailable = tuple(Unavailable(each.id, lack.reason, lack.kind) for each, lack in lacks.items() if lack)
    if unavailable and (request.indicators or len(unavailable) == len(chosen)):
        # A file that was passed over for its name may be the one that is missing.
        passed_over = [each for each in extract.problems if each.code in ("file-not-read", "part-not-read")]
        raise ExtractError(_why_nothing(extract, unavailable, named=bool(request.indicators)), passed_over)
    carried = [without_lacking_breakdowns(each, extract) for each, lack in lacks.items() if lack is None]
    lacking = tuple(breakdown for _, breakdowns in carried for breakdown in breakdowns)
    check_breakdowns_carried([indicator for indicator, _ in carried], lacking, extract, request.by)
    plans = tuple(IndicatorPlan(each, (), _breakdowns(each, request.by)) for each, _ in carried)
    plan = Plan(as_of, plans, working_days_in_england(catalogue.closures), persons=request.persons)
    tables = frozenset(name for each in chosen for name in tables_of(each))
    defined = {each.indicator: catalogue.indicators[each.indicator] for each in lacking}
    resolved = ResolvedRequest(
        extract, plan, months, (), source, unavailable, lacking, defined, catalogue.holidays_sha256, tables
    )
    return resolved.over(_periods(request, months))


def _periods(request: Request, months: Sequence[Month]) -> tuple[Period, ...]:
    """Return the periods of a request, with those that they are compared with."""
    periods, asked = request.periods(months), request.with_history(months)
    if not request.compared or PeriodKind.MONTH not in request.kinds:
        return periods
    before = (month.plus(-back) for month in asked for back in range(MONTHS_IN_YEAR + 1))
    compared = {*periods_for([PeriodKind.MONTH], before), *periods_for([PeriodKind.YEAR_TO_DATE], asked)}
    return tuple(sorted({*periods, *compared}, key=lambda period: period.sort_key))


def _parts(name: str) -> list[str]:
    """Return the breakdowns that a name asks for at once: `team` and `source` of `team*source`."""
    return [part.strip() for part in name.split(PRODUCT)]


def _breakdowns(indicator: Indicator, by: Sequence[str]) -> tuple[Breakdown, ...]:
    """Return an indicator's breakdowns that are asked for, then the products of those that it has."""
    single = tuple(each for each in indicator.by if ALL_BREAKDOWNS in by or each.name in by)
    asked = dict.fromkeys(PRODUCT.join(_parts(name)) for name in by if PRODUCT in name)
    products = (indicator.breakdown_named(name) for name in asked)
    return (*single, *(each for each in products if each is not None))


def _check_breakdowns(indicators: Iterable[Indicator], by: Sequence[str]) -> None:
    """Raise UsageError for a breakdown that none of the indicators has."""
    chosen = tuple(indicators)
    known = sorted({breakdown.name for indicator in chosen for breakdown in indicator.by})
    asked = [part for name in by if name != ALL_BREAKDOWNS for part in _parts(name)]
    unknown = [name for name in dict.fromkeys(asked) if name not in known]
    if not unknown:
        for name in by:
            parts = _parts(name)
            if len(set(parts)) < len(parts):
                raise UsageError(f"'{name}' names a breakdown twice")
            if name != ALL_BREAKDOWNS and not any(map(partial(_breakdowns, by=[name]), chosen)):
                raise UsageError(f"no indicator has all breakdowns of '{name}'")
    else:
        there = f"these indicators have {', '.join(known) or 'none'} (or 'all')"
        raise UsageError(unknown_names("breakdown", unknown, known, there))


def _why_nothing(extract: Extract, unavailable: Iterable[Unavailable], *, named: bool) -> str:
    """Return why indicators named cannot be computed, or none of the catalogue's."""
    words = _by_reason((each.indicator, each.reason) for each in unavailable)
    return f"{'cannot' if named else 'no indicator can'} be computed from {extract.path}: {words}"


def _by_reason(lacking: Iterable[tuple[str, str]]) -> str:
    """Return what is lacking with its reason; those that share a reason share a clause."""
    found: dict[str, list[str]] = {}
    for what, reason in lacking:
        found.setdefault(reason, []).append(what)
    return "; ".join(f"{', '.join(them)}{':' if len(them) > 1 else ''} {reason}" for reason, them in found.items())


def check_breakdowns_carried(
    indicators: Sequence[Indicator], lacking: Sequence[UnavailableBreakdown], extract: Extract, by: Iterable[str]
) -> None:
    """Raise ExtractError for a breakdown by which the extract lets none of the indicators be broken down."""
    for name in by:
        asked = [each for each in lacking if each.breakdown in _parts(name)]
        if asked and not any(_breakdowns(indicator, [name]) for indicator in indicators):
            words = _by_reason((f"{each.indicator} by {each.breakdown}", each.reason) for each in asked)
            raise ExtractError(f"cannot be broken down from {extract.path}: {words}")


def find_as_of(extract: Extract, given: datetime | None, events: Events) -> tuple[datetime, AsOfSource]:
    """Return the as-of time of an extract, and where it comes from. Raises ExtractError when nothing gives one."""
    if given is not None:
        return given, AsOfSource.OPTION
    if extract.extracted_at is not None:
        return extract.extracted_at, AsOfSource.EXTRACT_TOML
    span = events(extract)
    if span is None and extract.broken:
        raise _unusable(extract, extract.broken)
    if span is None:
        raise ExtractError(
            f"{extract.path}: no row has a date that can be read, so the as-of time is unknown; give an as-of time, "
            "with which `sgkpi check` says what is wrong with the dates"
        )
    return span[1], AsOfSource.LATEST_EVENT


def asked_months(months: Sequence[Month] | None, as_of: datetime) -> tuple[Month, ...]:
    """Return the months asked for in order, or the last complete one. Raises UsageError for one that had not begun."""
    asked = tuple(sorted(set(months or (last_complete_month(as_of),))))
    future = [month for month in asked if month.first_day > as_of.date()]
    if future:
        raise UsageError(
            f"{', '.join(map(str, future))} had not begun at the as-of time {as_of:%Y-%m-%d %H:%M}; "
            f"the last complete month is {last_complete_month(as_of)}"
        )
    return asked


def check_usable(resolved: ResolvedRequest) -> None:
    """Raise ExtractError where a table that the indicators use is there and cannot be used."""
    if broken := (resolved.tables or frozenset()).intersection(resolved.extract.broken):
        raise _unusable(resolved.extract, broken)


def _unusable(extract: Extract, tables: Iterable[str]) -> ExtractError:
    """Return the error that lists what is wrong with the files of these tables."""
    problems = [problem for name in sorted(tables) for problem in extract.broken.get(name, ())]
    return ExtractError(f"{extract.path} cannot be used as it is", problems)
