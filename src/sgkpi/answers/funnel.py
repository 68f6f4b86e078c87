"""`funnel`: which categories of a breakdown differ from the whole by more than chance explains."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sgkpi.answers.compute import compute
from sgkpi.engines.protocol import Progress
from sgkpi.extracts.extract import Extract
from sgkpi.figures.figure import Figure
from sgkpi.figures.figure_set import FigureSet
from sgkpi.figures.funnel import FunnelPoint, expected_beyond, judge_funnel
from sgkpi.figures.numbers import round_half_up
from sgkpi.model.catalogue import Catalogue
from sgkpi.model.errors import UsageError
from sgkpi.model.indicator import PRODUCT, Breakdown, Indicator
from sgkpi.model.measures import Measure
from sgkpi.model.problems import did_you_mean
from sgkpi.model.request import Request
from sgkpi.model.words import plural
from sgkpi.planning.request import ALL_BREAKDOWNS


@dataclass(frozen=True)
class Funnel:
    """The categories of a proportion's breakdown in one period, in their declared order, against the whole.

    `total` is the figure of all categories together, and `categories` are those of each; no point is judged where
    `total` is not settled.
    """

    figures: FigureSet
    breakdown: Breakdown
    total: Figure
    categories: tuple[Figure, ...]
    points: tuple[FunnelPoint, ...]

    @property
    def indicator(self) -> Indicator:
        return self.figures.indicators[0]

    @property
    def is_judged(self) -> bool:
        """Whether there is a funnel, and not only a table."""
        return any(each.limits is not None for each in self.points)

    @property
    def expected_beyond(self) -> str:
        """The number of categories that chance alone would put beyond the 95% limits, with one decimal."""
        return f"{float(round_half_up(expected_beyond(self.points), 1)):.1f}"


def funnel(
    extract: Extract,
    catalogue: Catalogue,
    request: Request,
    *,
    engine: str = "duckdb",
    progress: Progress | None = None,
    show_values: bool = False,
) -> Funnel:
    """Compare the categories of the one breakdown asked for, of one proportion and in one period.

    Raises UsageError where something else is asked for, and what `compute` raises.
    """
    (indicator,) = catalogue.choose(request.indicators)
    breakdown = _breakdown_asked(indicator, request)
    if len(request.kinds) > 1:
        raise UsageError(f"--period: a funnel is of one period; give one kind, not {len(request.kinds)}")
    asked = replace(request, by=[breakdown.name])
    found = compute(extract, catalogue, asked, engine=engine, progress=progress, show_values=show_values)
    (total,) = (each for each in found.figures if each.breakdown is None)
    categories = tuple(each for each in found.figures if each.breakdown is not None)
    points = tuple(
        FunnelPoint(each.category or "", each.met, None if each.met is None else each.judged) for each in categories
    )
    return Funnel(found, breakdown, total, categories, judge_funnel(points) if total.settled else points)


def _breakdown_asked(indicator: Indicator, request: Request) -> Breakdown:
    """Return the breakdown that a request names; raise UsageError, with what to do, where there is no funnel of it."""
    known = [each.name for each in indicator.by]
    if indicator.measure is not Measure.PROPORTION:
        instead = f"; `sgkpi compute {indicator.id} --by {known[0]}` shows its categories" if known else ""
        raise UsageError(f"{indicator.id} is a {indicator.measure.value}, and a funnel compares proportions{instead}")
    if not known:
        raise UsageError(f"{indicator.id} has no breakdown, so there is nothing to compare")
    if fault := _fault_of(request.by, known):
        there = "" if fault.endswith("?") else f"; {indicator.id} has {', '.join(known)}"
        raise UsageError(f"--by: {fault}{there}")
    return next(each for each in indicator.by if each.name == request.by[0])


def _fault_of(named: Sequence[str], known: Sequence[str]) -> str | None:
    """Return why these are not the name of one breakdown; None if they are."""
    if not named:
        return "name the breakdown whose categories are to be compared"
    if len(named) > 1 or PRODUCT in named[0] or named[0] == ALL_BREAKDOWNS:
        said = plural(len(named), "breakdown") if len(named) > 1 else f"'{named[0]}'"
        return f"a funnel is of one breakdown, not of {said}"
    return None if named[0] in known else f"no breakdown '{named[0]}'{did_you_mean(named[0], known)}"
