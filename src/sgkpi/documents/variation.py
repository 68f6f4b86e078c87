"""The words of control charts: whether a month is more than chance, what limits there are, and what to expect."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import assert_never

from sgkpi.definitions.wording import long_month
from sgkpi.documents.phrases import AS_USUAL, SELDOM, TOO_EARLY, USUAL, or_recording, reach_of
from sgkpi.figures.figure import Figure
from sgkpi.figures.limits import FEWEST_COUNTED, FEWEST_EITHER_WAY, FEWEST_FIRM, FEWEST_POINTS, LimitsKind, NoLimits
from sgkpi.figures.numbers import show_target, show_value
from sgkpi.figures.series import Series, SeriesMonth
from sgkpi.figures.signals import RUN, Assurance, Signal, Variation
from sgkpi.model.measures import Measure

CATEGORIES_NOTE = (
    "Of 20 categories in which nothing changes, about one shows a signal at its latest month every three months."
)
SIGNALS = {
    Signal.ABOVE_LIMIT: "above the limits of usual variation",
    Signal.BELOW_LIMIT: "below the limits of usual variation",
    Signal.RISING: f"{RUN} months or more that rise without a break",
    Signal.FALLING: f"{RUN} months or more that fall without a break",
    Signal.TWO_OF_THREE_HIGH: "two of three months near the upper limit",
    Signal.TWO_OF_THREE_LOW: "two of three months near the lower limit",
    Signal.SHIFT_HIGH: f"{RUN} months or more in a row above the mean",
    Signal.SHIFT_LOW: f"{RUN} months or more in a row below the mean",
}
_VARIATIONS = {
    Variation.IMPROVEMENT: "an improvement",
    Variation.CONCERN: "a cause for concern",
    Variation.NEUTRAL_HIGH: "higher than usual",
    Variation.NEUTRAL_LOW: "lower than usual",
}
_ASSURANCES = {
    Assurance.FAILING: "Unless something changes, every month will miss the target of {}.",
    Assurance.HITTING: "Unless something changes, every month will reach the target of {}.",
    Assurance.INCONSISTENT: "As it is, chance decides which months reach the target of {}.",
}
_BRIEFLY_WITHOUT = {
    NoLimits.STOCK: "a stock",
    NoLimits.MAXIMUM: "a maximum",
    NoLimits.TOO_FEW_POINTS: f"fewer than {FEWEST_POINTS} settled months",
    NoLimits.SMALL_NUMBERS: "small numbers",
}


def series_in_words(series: Series) -> Iterator[str]:
    """Yield what a series says: its latest settled month or why that has no limits, the target, and its phases."""
    match series.icon.reason:
        case NoLimits.STOCK:
            shown = f"`sgkpi show {series.indicator.id}`"
            yield f"No limits: the same people are counted month after month. {shown} says how many came and left."
        case NoLimits.MAXIMUM:
            yield "No limits: the greatest of a month's values does not vary as other values do."
        case NoLimits.TOO_FEW_POINTS | NoLimits.SMALL_NUMBERS | None:
            yield from variation_in_words(series)
            if series.latest is not None and (limits := series.latest.judged.limits) is not None:
                yield f"The mean is {show_value(limits.mean, series.indicator.quantity, least=1)}."
            yield from _phases(series)
        case _:
            assert_never(series.icon.reason)


def variation_in_words(series: Series) -> Iterator[str]:
    """Yield what the latest settled month of a series is: chance, or more; and whether the target is in reach."""
    if series.icon.reason is not None:
        yield from _why_no_limits(series, series.icon.reason)
    if series.latest is None:
        return
    figure, judged = series.latest.figure, series.latest.judged
    limits, variation, month = judged.limits, judged.variation, long_month(judged.month)
    if limits is None or variation is None:
        return
    lower, upper = (show_value(each, figure.quantity) for each in (limits.lower, limits.upper))
    trial = f" (on trial: {FEWEST_FIRM} months are needed)" if judged.kind is LimitsKind.TRIAL else ""
    reach = f", which reaches from {lower} to {upper}{trial}"
    if judged.signal is None:
        yield f"{month}: {USUAL}{reach}."
    else:
        reach = reach if judged.signal in (Signal.ABOVE_LIMIT, Signal.BELOW_LIMIT) else trial
        yield f"{month}: {_VARIATIONS[variation]}, {SELDOM}{or_recording(figure)}: {SIGNALS[judged.signal]}{reach}."
    if judged.assurance is not None:
        yield _ASSURANCES[judged.assurance].format(show_target(figure.target_green, figure.quantity))


def _why_no_limits(series: Series, reason: NoLimits) -> Iterator[str]:
    match reason:
        case NoLimits.STOCK | NoLimits.MAXIMUM:
            pass
        case NoLimits.TOO_FEW_POINTS:
            which = " in the baseline" if series.latest is not None and series.latest.judged.by_baseline else ""
            yield f"Too few settled months{which} to tell a change from chance: {FEWEST_POINTS} are needed."
        case NoLimits.SMALL_NUMBERS:
            few = f"Fewer than {FEWEST_COUNTED} cases a month, on average"
            if series.indicator.measure is Measure.PROPORTION:
                few = f"Fewer than {FEWEST_EITHER_WAY} cases a month, on average, are met or are not met"
            quarters = f"`sgkpi compute {series.indicator.id} --period quarter`"
            yield f"{few}: too few to tell a change from chance. Quarters say more: {quarters}."
        case _:
            assert_never(reason)


def _phases(series: Series) -> Iterator[str]:
    """Yield the phases that begin among the months shown, and the baseline where it makes limits of some of them."""
    shown = {each.figure.period.last for each in series.months}
    for rebase in series.indicator.rebase:
        if rebase.since in shown:
            yield f"New limits from {long_month(rebase.since)}: {rebase.reason.rstrip('.')}."
    baseline = series.indicator.baseline
    if baseline is not None and any(each.judged.by_baseline for each in series.months):
        first, last = long_month(baseline.first), long_month(baseline.last)
        yield f"The months from {first} to {last} are the baseline."


def reading_in_words(series: Series) -> str:
    """Return what a series says at its latest settled month in a few words, or why it has no limits."""
    if series.icon.reason is not None:
        return f"no limits ({_BRIEFLY_WITHOUT[series.icon.reason]})"
    if series.latest is None:
        return ""
    reading = AS_USUAL if series.icon.variation is Variation.COMMON_CAUSE else month_reading(series.latest)
    return f"{reading} (limits on trial)" if series.icon.limits is LimitsKind.TRIAL else reading


def reasons_in_words(series: Iterable[Series]) -> str:
    """Return how many of these series have no limits for each reason: `30 (a stock), 41 (small numbers)`."""
    counts = Counter(each.icon.reason for each in series)
    return ", ".join(f"{counts[reason]} ({words})" for reason, words in _BRIEFLY_WITHOUT.items() if counts[reason])


def month_reading(month: SeriesMonth) -> str:
    """Return what a month is: `no more than usual variation`, or its meaning with its signal; empty without limits."""
    variation = month.judged.variation
    if variation is None or variation is Variation.COMMON_CAUSE:
        return "" if variation is None else USUAL
    return f"{_VARIATIONS[variation]}: {signal_in_words(month)}"


def signal_in_words(month: SeriesMonth) -> str:
    """Return the signal of a month; empty without one."""
    signal = month.judged.signal
    if signal is None:
        return ""
    recording = or_recording(month.figure)
    return f"{SIGNALS[signal]},{recording}" if recording else SIGNALS[signal]


def limits_in_words(month: SeriesMonth) -> str:
    """Return the mean and the limits of a month: `mean 30.4, limits 16.4 to 44.3`; empty without limits."""
    limits, quantity = month.judged.limits, month.figure.quantity
    if limits is None:
        return ""
    mean, lower, upper = (show_value(each, quantity, least=1) for each in (limits.mean, limits.lower, limits.upper))
    return f"mean {mean}, limits {lower} to {upper}"


def unsettled_in_words(figure: Figure) -> str:
    """Return that an unsettled value is too early to compare, with what may become of it; empty for any other."""
    if figure.settled or figure.value is None:
        return ""
    reach = reach_of(figure)
    return f"{TOO_EARLY.lower()}: {' to '.join(reach)}" if reach else TOO_EARLY.lower()
