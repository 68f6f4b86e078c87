"""A resolved request, computed by an engine."""

from collections.abc import Collection

from sgkpi.engines.protocol import Engine, Progress, Wanted
from sgkpi.figures.build import FigureRequest, build_figures
from sgkpi.figures.figure import Figure
from sgkpi.ledger.cases import CaseOutcome
from sgkpi.ledger.ledger import Ledger
from sgkpi.model.outcomes import Outcome
from sgkpi.planning.request import ResolvedRequest, check_anything_existed


def figure_requests(resolved: ResolvedRequest) -> tuple[FigureRequest, ...]:
    """Return the figures that are wanted."""
    return tuple(
        FigureRequest(each.indicator, resolved.periods, frozenset(each.periods), each.breakdowns)
        for each in resolved.plan.indicators
    )


def figures_from(resolved: ResolvedRequest, ledger: Ledger) -> tuple[Figure, ...]:
    """Return the figures that a ledger comes to."""
    return build_figures(figure_requests(resolved), ledger, resolved.plan.as_of)


def compute_ledger(
    resolved: ResolvedRequest, engine: Engine, *, progress: Progress | None = None, show_values: bool = False
) -> Ledger:
    """Compute the ledger of a request.

    Raises UsageError or ExtractError when the as-of time lies before everything in the extract.
    """
    ledger = engine.compute(resolved.plan, resolved.extract, progress=progress, show_values=show_values)
    return _checked(resolved, engine, ledger)


def compute_ledger_and_cases(
    resolved: ResolvedRequest,
    engine: Engine,
    wanted: Wanted,
    *,
    progress: Progress | None = None,
    show_values: bool = False,
) -> tuple[Ledger, tuple[CaseOutcome, ...]]:
    """Compute the ledger of a request, and the single cases that are then wanted. Raises as `compute_ledger` does."""
    ledger, cases = engine.compute_and_list(
        resolved.plan, resolved.extract, wanted, progress=progress, show_values=show_values
    )
    return _checked(resolved, engine, ledger), cases


def list_case_outcomes(
    resolved: ResolvedRequest, engine: Engine, outcomes: Collection[Outcome] = tuple(Outcome)
) -> tuple[CaseOutcome, ...]:
    """Return every case with one of the outcomes in the covered periods, once for each indicator and period.

    Raises UsageError or ExtractError when the as-of time lies before everything in the extract.
    """
    found = tuple(engine.cases(resolved.plan, resolved.extract, outcomes))
    if not found:
        _check_existence(resolved, engine)
    return found


def _checked(resolved: ResolvedRequest, engine: Engine, ledger: Ledger) -> Ledger:
    if not ledger.outcomes:
        _check_existence(resolved, engine)
    return ledger


def _check_existence(resolved: ResolvedRequest, engine: Engine) -> None:
    check_anything_existed(
        engine.events(resolved.extract), resolved.extract, resolved.plan.as_of, resolved.as_of_source
    )
