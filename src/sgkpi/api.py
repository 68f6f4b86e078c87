"""The library: what a notebook or the command line calls.

catalogue = sgkpi.load_catalogue()
extract = sgkpi.open_extract("extract", catalogue)
results = sgkpi.compute(extract, catalogue, months=[Month(2019, 2)])
results.to_pandas()
"""

import atexit
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from sgkpi.definitions.catalogue import Catalogue
from sgkpi.definitions.indicators import Indicator
from sgkpi.engines.engine import Engine, Progress, engine_named
from sgkpi.engines.outcomes import Counts
from sgkpi.engines.plan import Plan, plan_indicator, why_unavailable
from sgkpi.errors import ExtractError, UsageError
from sgkpi.extracts.extract import Extract
from sgkpi.figures.build import FigureRequest, build_figures, build_reasons
from sgkpi.periods import Month, Period, PeriodKind, last_complete_month, periods_for
from sgkpi.problems import Problem, Severity, did_you_mean, sort_problems
from sgkpi.resources import catalogue_path
from sgkpi.results import AsOfSource, Results, Unavailable

if TYPE_CHECKING:
    from sgkpi.lint import LintReport


def load_catalogue(path: Path | str | None = None) -> Catalogue:
    """The catalogue in a folder; without one, that which comes with sgkpi.

    Raises DefinitionsError with every problem found.
    """
    from sgkpi.definitions.load import load_catalogue as load

    return load(Path(path) if path is not None else catalogue_path())


def open_extract(path: Path | str, catalogue: Catalogue) -> Extract:
    """The extract in a folder: which files hold which table. Nothing is read yet but headers.

    Raises ExtractError when there is no such folder, or none of the catalogue's tables in it.
    """
    from sgkpi.extracts.open import open_extract as look_at

    scratch = Path(mkdtemp(prefix="sgkpi-"))
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    return look_at(Path(path), catalogue.tables, scratch=scratch)


def compute(
    extract: Extract,
    catalogue: Catalogue,
    *,
    months: Sequence[Month] | None = None,
    kinds: Sequence[PeriodKind] = (PeriodKind.MONTH,),
    indicators: Sequence[str] = (),
    by: Sequence[str] = (),
    as_of: datetime | None = None,
    history: int = 0,
    engine: str = "duckdb",
    progress: Progress | None = None,
    show_values: bool = False,
) -> Results:
    """Figures of the indicators named (all, when none is) for months, or for the last complete one.

    `by` names breakdowns (`all` for every one); `history` adds so many months before each. A given
    `as_of` is local time in Europe/London. Raises UsageError for what cannot be asked, and
    ExtractError for what the extract cannot carry.
    """
    chosen = catalogue.choose(indicators)
    check_breakdowns(chosen, by)
    runner = engine_named(engine)
    moment, source = _as_of(extract, as_of, runner)
    periods = periods_for(kinds, _months(months, history, moment))
    _check_tables(chosen, extract)
    available, unavailable = _available(chosen, extract, named=bool(indicators))
    plans = tuple(plan_indicator(each, extract, periods, by, moment) for each in available)
    plan = Plan(moment, plans, catalogue.closures)
    counts = runner.compute(plan, extract, progress=progress, show_values=show_values)
    if not counts.outcomes:
        _check_anything_existed(runner.events(extract), extract, moment, source)
    return _results(plan, periods, counts, extract, source, unavailable)


def _results(
    plan: Plan,
    periods: tuple[Period, ...],
    counts: Counts,
    extract: Extract,
    source: AsOfSource,
    unavailable: tuple[Unavailable, ...],
) -> Results:
    """The figures that the counts come to, with what they rest on."""
    requests = [
        FigureRequest(each.indicator, periods, frozenset(each.periods), each.breakdowns) for each in plan.indicators
    ]
    return Results(
        figures=build_figures(requests, counts, plan.as_of),
        reasons=build_reasons(requests, counts),
        indicators=tuple(each.indicator for each in plan.indicators),
        unavailable=unavailable,
        unplaced=counts.unplaced,
        tables=counts.tables,
        extract=extract,
        as_of=plan.as_of,
        as_of_source=source,
        problems=sort_problems([*_extract_problems(extract, plan.as_of, source), *counts.problems]),
    )


def check_breakdowns(indicators: Iterable[Indicator], by: Sequence[str]) -> None:
    """Raises UsageError for a breakdown that none of the indicators has."""
    known = sorted({breakdown.name for indicator in indicators for breakdown in indicator.by})
    unknown = [name for name in by if name != "all" and name not in known]
    if unknown:
        words = "; ".join(f"no breakdown '{name}'{did_you_mean(name, known)}" for name in unknown)
        raise UsageError(f"{words}; these indicators have {', '.join(known) or 'none'} (or 'all')")


def _as_of(extract: Extract, given: datetime | None, runner: Engine) -> tuple[datetime, AsOfSource]:
    if given is not None:
        return given, AsOfSource.OPTION
    if extract.extracted_at is not None:
        return extract.extracted_at, AsOfSource.EXTRACT_TOML
    span = runner.events(extract)
    if span is None:
        raise ExtractError(
            f"{extract.path}: no table has a row with a date, so it cannot be told when the extract was made; "
            "check the files, or give --as-of"
        )
    return span[1], AsOfSource.LATEST_EVENT


def _extract_problems(extract: Extract, moment: datetime, source: AsOfSource) -> list[Problem]:
    return [*extract.problems, *_broken_elsewhere(extract), *_as_of_problems(extract, moment, source)]


def _as_of_problems(extract: Extract, moment: datetime, source: AsOfSource) -> list[Problem]:
    if source is not AsOfSource.LATEST_EVENT:
        return []
    message = (
        f"nothing says when the extract was made; taken as of its latest event, {moment:%Y-%m-%d %H:%M} "
        "(give --as-of, or extracted_at in extract.toml)"
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
    problems = [problem for name in sorted(used) for problem in extract.broken.get(name, ())]
    if problems:
        raise ExtractError(f"{extract.path} cannot be used as it is", problems)


def _broken_elsewhere(extract: Extract) -> list[Problem]:
    """What is wrong with tables that nothing asked for uses."""
    return [replace(each, severity=Severity.WARNING) for problems in extract.broken.values() for each in problems]


def _check_anything_existed(
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


def lint(
    path: Path | str | None = None, ids: Sequence[str] = (), *, today: date, boundaries: bool = False
) -> "LintReport":
    """Check definitions: are they well formed, do their examples hold, is a `review_by` past.

    With `boundaries`, the report has the cases at the edge of each clock as well, and their outcomes.
    """
    from sgkpi.lint import lint_catalogue

    folder = Path(path) if path is not None else catalogue_path()
    return lint_catalogue(folder, ids, today=today, boundaries=boundaries)


def sql_for(catalogue: Catalogue, indicator_id: str) -> str:
    """The SQL that an indicator becomes, for an extract of CSV files with every declared column."""
    from sgkpi.engines.duckdb.explain import explained_sql

    (indicator,) = catalogue.choose([indicator_id])
    return explained_sql(indicator, catalogue)
