"""Targets: bounds in the right order, and a way that is better."""

from sgkpi.definitions.checks.draft import Draft
from sgkpi.definitions.files import BoundsFile, IndicatorFile
from sgkpi.model.indicator import Improvement, Target
from sgkpi.model.measures import Measure


def build_targets(file: IndicatorFile, draft: Draft) -> tuple[Target, ...]:
    """The targets in the order of the months from which they hold."""
    if file.target is None:
        return ()
    if file.improvement is Improvement.NONE and not _is_at_fault("improvement", draft):
        draft.error("a target needs an improvement: increase or decrease", "target", "target")
    if isinstance(file.target, BoundsFile):
        _check_bounds(file.target, file, draft, ("target",))
        return (Target(None, file.target.green, file.target.amber),)
    for since, bounds in file.target.items():
        _check_bounds(bounds, file, draft, ("target", str(since)))
    return tuple(Target(since, bounds.green, bounds.amber) for since, bounds in sorted(file.target.items()))


def _is_at_fault(key: str, draft: Draft) -> bool:
    """Whether a key is given with a value that cannot be read, which is already reported."""
    return draft.document.has(key) and draft.document.data[key] != Improvement.NONE


def _check_bounds(bounds: BoundsFile, file: IndicatorFile, draft: Draft, place: tuple[str, ...]) -> None:
    green, amber = bounds.green, bounds.amber
    if amber is not None and file.improvement is Improvement.INCREASE and green < amber:
        draft.error("when more is better, green is not below amber", "target", *place)
    if amber is not None and file.improvement is Improvement.DECREASE and green > amber:
        draft.error("when less is better, green is not above amber", "target", *place)
    if file.measure is Measure.PROPORTION and max(green, amber or green) > 1:
        draft.warn("a proportion is at most 1: did you mean a percentage, such as 95%?", "target-over-one", *place)
