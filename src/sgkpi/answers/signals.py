"""`signals`: the months of indicators on their control charts, and which of them are more than chance."""

from sgkpi.answers.compute import compute_resolved, months_of_signals
from sgkpi.answers.inputs import engine_named
from sgkpi.engines.protocol import Progress
from sgkpi.extracts.extract import Extract
from sgkpi.figures.figure_set import FigureSet
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.request import Request
from sgkpi.planning.request import resolve


def find_signals(
    extract: Extract,
    catalogue: Catalogue,
    request: Request,
    *,
    engine: str = "duckdb",
    progress: Progress | None = None,
    show_values: bool = False,
) -> FigureSet:
    """Return the series of the indicators asked for, up to the month asked for, and no figures.

    There is one of each total, and with breakdowns one of each category. Raises what `compute` raises.
    """
    runner = engine_named(engine)
    resolved = resolve(extract, catalogue, request, runner.events)
    asked = resolved.for_signals(months_of_signals(resolved))
    return compute_resolved(asked, runner, progress=progress, show_values=show_values)
