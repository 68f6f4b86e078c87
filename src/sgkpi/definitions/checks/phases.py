"""Check the phases of an indicator's control chart: the months with which they begin, and the baseline of one."""

from sgkpi.definitions.checks.context import CheckContext
from sgkpi.definitions.files import IndicatorFile
from sgkpi.model.indicator import Baseline, Rebase
from sgkpi.model.measures import Measure
from sgkpi.model.periods import MONTHS_IN_YEAR, Month
from sgkpi.model.problems import Severity
from sgkpi.model.words import plural


def build_phases(file: IndicatorFile, context: CheckContext) -> tuple[tuple[Rebase, ...], Baseline | None]:
    """Return the rebases in the order of their months, and the baseline.

    A stock and a maximum have no control limits; a warning says so where they have either.
    """
    rebases: dict[Month, Rebase] = {}
    for number, item in enumerate(file.rebase):
        if item.since in rebases:
            context.error(f"rebase '{item.since}' is listed twice", "duplicate-name", *context.item("rebase", number))
        rebases[item.since] = Rebase(item.since, item.reason)
    baseline = Baseline(file.baseline.first, file.baseline.last) if file.baseline else None
    whose = _without_limits(file, context)
    for key in filter(context.document.has, ("rebase", "baseline") if whose else ()):
        message = f"{whose} has no control limits, so '{key}' has no effect; remove it"
        context.error(message, "needless-key", key, severity=Severity.WARNING)
    if baseline is not None:
        _check_baseline(file, baseline, context, has_limits=not whose)
    return tuple(rebases[since] for since in sorted(rebases)), baseline


def _without_limits(file: IndicatorFile, context: CheckContext) -> str:
    """Return what kind of indicator it is, if that kind has no control limits."""
    if context.document.has("point_in_time"):
        return "a stock"
    return "a maximum" if file.measure is Measure.MAXIMUM and "measure" not in context.unsure else ""


def _check_baseline(file: IndicatorFile, baseline: Baseline, context: CheckContext, *, has_limits: bool) -> None:
    if baseline.months < 1:
        message = f"the baseline ends in {baseline.last}, before it begins in {baseline.first}; swap 'from' and 'to'"
        context.error(message, "baseline", "baseline", "to")
        return
    for number, item in enumerate(file.rebase):
        if baseline.first < item.since <= baseline.last:
            message = (
                f"a new phase begins in {item.since}, within the baseline of {baseline.first} to {baseline.last}; "
                f"end the baseline in {item.since.plus(-1)}, or begin it in {item.since}"
            )
            context.error(message, "baseline", *context.item("rebase", number))
    if has_limits and baseline.months < MONTHS_IN_YEAR:
        message = (
            f"the baseline has {plural(baseline.months, 'month')}, and limits are firm from 12; choose a longer one"
        )
        context.error(message, "short-baseline", "baseline", severity=Severity.WARNING)
