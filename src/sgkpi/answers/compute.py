"""`compute`: the figures of indicators for periods."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from sgkpi.answers.cautions import find_cautions
from sgkpi.answers.inputs import engine_named
from sgkpi.engines.protocol import Engine, Progress
from sgkpi.extracts.extract import Extract
from sgkpi.figures.build import build_figure_set
from sgkpi.figures.figure import Figure
from sgkpi.figures.figure_set import FigureSet
from sgkpi.figures.signals import SeriesRules
from sgkpi.ledger.cases import FoundCases
from sgkpi.ledger.ledger import Ledger
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import ExtractError, UsageError
from sgkpi.model.outcomes import Outcome
from sgkpi.model.periods import Month, Period
from sgkpi.model.problems import Problem, Severity, sort_problems
from sgkpi.model.request import AsOfSource, Request
from sgkpi.planning.request import ResolvedRequest, resolve

if TYPE_CHECKING:
    from sgkpi.extracts.identifiers import Identifier


def compute(
    extract: Extract,
    catalogue: Catalogue,
    request: Request,
    *,
    engine: str = "duckdb",
    progress: Progress | None = None,
    show_values: bool = False,
    signals: bool = False,
) -> FigureSet:
    """Compute the figures that are asked for; `show_values` lets warnings quote cells.

    `signals` adds those of each total, for which the totals of further months are counted.
    Raises UsageError for what cannot be asked, and ExtractError for what the extract cannot carry.
    """
    runner = engine_named(engine)
    resolved = resolve(extract, catalogue, request, runner.events)
    if signals:
        resolved = with_signals(resolved)
    return compute_resolved(resolved, runner, progress=progress, show_values=show_values)


def with_ratings(figures: FigureSet, periods: Collection[Period], ratings: Collection[str]) -> FigureSet:
    """Return the figures of totals and categories that have one of these ratings in the latest of these periods.

    Their figures of other periods are kept as well.
    """
    latest = max((period.last for period in periods), default=None)
    shown = {period for period in periods if period.last == latest}
    rated = {place_of(each) for each in figures.figures if each.period in shown and each.rating in ratings}
    kept = {indicator for indicator, _, _ in rated}
    return replace(
        figures,
        figures=tuple(each for each in figures.figures if place_of(each) in rated),
        reasons=tuple(each for each in figures.reasons if (each.indicator, each.breakdown, each.category) in rated),
        indicators=tuple(each for each in figures.indicators if each.id in kept),
        unplaced=tuple(each for each in figures.unplaced if each.indicator in kept),
        cautions=tuple(each for each in figures.cautions if each.indicator in kept),
        signals=tuple(each for each in figures.signals if (each.indicator.id, each.breakdown, each.category) in rated),
    )


def place_of(figure: Figure) -> tuple[str, str | None, str | None]:
    """Return the indicator, breakdown and category of a figure."""
    return figure.indicator, figure.breakdown, figure.category


def with_signals(resolved: ResolvedRequest) -> ResolvedRequest:
    """Return the request with the signals of the totals that have a chart."""
    months = months_of_signals(resolved)
    charted = (plan.indicator.id for plan in resolved.plan.indicators if SeriesRules.of(plan.indicator).chart)
    return resolved.with_signals({name: months[name] for name in charted})


def months_of_signals(resolved: ResolvedRequest) -> dict[str, tuple[Month, ...]]:
    """Return the months on which the signals of each indicator rest, for the latest month asked for."""
    indicators, last = (plan.indicator for plan in resolved.plan.indicators), resolved.months[-1]
    return {each.id: SeriesRules.of(each).months_needed(last) for each in indicators}


def compute_resolved(
    resolved: ResolvedRequest, runner: Engine, *, progress: Progress | None = None, show_values: bool = False
) -> FigureSet:
    """Compute the figures of a resolved request, with warnings and cautions. Raises as `compute_ledger` does."""
    ledger = compute_ledger(resolved, runner, progress=progress, show_values=show_values)
    figures = build_figure_set(resolved, ledger)
    warnings = _identifier_warnings(resolved.extract, (each.table for each in ledger.tables))
    return replace(
        figures,
        problems=(*warnings, *figures.problems),
        cautions=find_cautions(resolved, ledger.tables, ledger.unplaced),
    )


def _identifier_warnings(extract: Extract, tables: Iterable[str]) -> tuple[Problem, ...]:
    """Return a warning for each column of these tables that identifies people by its header or its first rows."""
    from sgkpi.engines.duckdb.quality.samples import identifiers_at_a_glance

    found = {
        (file, describe_identifier(identifier))
        for name in tables
        if name in extract.tables
        for file, identifier in identifiers_at_a_glance(extract.tables[name])
    }
    problems = (Problem(file, message, "identifier", severity=Severity.WARNING) for file, message in found)
    return sort_problems(problems)


def describe_identifier(identifier: "Identifier") -> str:
    """Describe a column that identifies people, in one sentence."""
    sees = "shows" if identifier.by_header and not identifier.by_values else "show"
    return f"'{identifier.header}' holds {identifier.kind.value}, as {identifier.known_by} {sees}: leave it out"


def compute_ledger(
    resolved: ResolvedRequest, engine: Engine, *, progress: Progress | None = None, show_values: bool = False
) -> Ledger:
    """Compute the ledger of a request.

    Raises UsageError or ExtractError when the as-of time lies before everything in the extract, and ExtractError where
    its tables have no row, or none with a date that can be read.
    """
    ledger = engine.compute(resolved.plan, resolved.extract, progress=progress, show_values=show_values)
    if ledger.tables and not any(each.rows for each in ledger.tables):
        names = ", ".join(each.table for each in ledger.tables)
        raise ExtractError(f"{resolved.extract.path}: no row in {names}, so there is nothing to compute")
    unreadable = any(each.unreadable for each in ledger.unplaced)
    check_existence(resolved, engine, ledger.outcomes, unreadable=unreadable)
    return ledger


def list_case_outcomes(
    resolved: ResolvedRequest, engine: Engine, outcomes: Collection[Outcome] = tuple(Outcome)
) -> FoundCases:
    """Return every case with one of the outcomes in the covered periods, once for each indicator and period.

    Raises as `compute_ledger` does.
    """
    found = engine.cases(resolved.plan, resolved.extract, outcomes)
    check_existence(resolved, engine, found.cases)
    return found


def check_existence(
    resolved: ResolvedRequest, engine: Engine, found: Collection[object], *, unreadable: bool = False
) -> None:
    """Raise an error if nothing was found, and the as-of time lies before everything or all dates are `unreadable`."""
    path, moment, span = resolved.extract.path, resolved.plan.as_of, None if found else engine.events(resolved.extract)
    if span is not None and span[0] > moment:
        message = (
            f"the as-of time {moment:%Y-%m-%d %H:%M} lies before everything in {path}, "
            f"whose first event is of {span[0]:%Y-%m-%d} and last of {span[1]:%Y-%m-%d}; choose a later one"
        )
        raise UsageError(message) if resolved.as_of_source is AsOfSource.OPTION else ExtractError(message)
    if not found and span is None and unreadable:
        raise ExtractError(f"{path}: no row has a date that can be read, so nothing can be computed")
