"""The words of control charts: whether a month is more than chance, what limits there are, and what to expect."""

from collections.abc import Iterator, Mapping

from sgkpi.documents.phrases import month_in_words
from sgkpi.figures.figure import Figure
from sgkpi.figures.limits import FEWEST_FIRM, FEWEST_POINTS, LimitsKind, NoLimits
from sgkpi.figures.numbers import show_target, show_value
from sgkpi.figures.series import Series, SeriesMonth
from sgkpi.figures.signals import RUN, Assurance, Signal, Variation

BY_CHANCE = "no more than usual variation"
MORE_THAN_CHANCE = "a change that chance alone seldom makes"
TOO_EARLY = "too early to compare"
UNKNOWN_MARK = "u"
UNKNOWN_NOTE = f"{UNKNOWN_MARK} more than 10% of the cases could not be judged"
CATEGORIES_NOTE = (
    "Of 20 categories in which nothing changes, about one shows a signal at its latest month every three months."
)
SIGNALS: Mapping[Signal, str] = {
    Signal.ABOVE_LIMIT: "above the upper limit",
    Signal.BELOW_LIMIT: "below the lower limit",
    Signal.RISING: f"rising for {RUN} months or more",
    Signal.FALLING: f"falling for {RUN} months or more",
    Signal.TWO_OF_THREE_HIGH: "2 of 3 months near the upper limit",
    Signal.TWO_OF_THREE_LOW: "2 of 3 months near the lower limit",
    Signal.SHIFT_HIGH: f"above the mean for {RUN} months or more",
    Signal.SHIFT_LOW: f"below the mean for {RUN} months or more",
}
_MEANINGS: Mapping[Variation, str] = {Variation.IMPROVEMENT: ", for the better", Variation.CONCERN: ", for the worse"}
_BRIEFLY_WITHOUT: Mapping[NoLimits, str] = {
    NoLimits.STOCK: "a stock",
    NoLimits.MAXIMUM: "a maximum",
    NoLimits.TOO_FEW_POINTS: f"fewer than {FEWEST_POINTS} settled months",
    NoLimits.SMALL_NUMBERS: "small numbers",
}
_WITHOUT_LIMITS: Mapping[NoLimits, str] = {
    NoLimits.STOCK: "the same people are counted month after month, so its months do not vary by chance",
    NoLimits.MAXIMUM: "the greatest of a month's values does not vary as other values do",
    NoLimits.TOO_FEW_POINTS: f"fewer than {FEWEST_POINTS} settled months",
    NoLimits.SMALL_NUMBERS: "the numbers are too small; compare quarters (`--period quarter`)",
}


def signal_words(month: SeriesMonth) -> str:
    """Return the signal of a month; empty without one."""
    signal = month.judged.signal
    if signal is None:
        return ""
    return SIGNALS[signal] + (", or a change in recording" if month.many_unknown else "")


def variation_words(month: SeriesMonth) -> str:
    """Return what a month with limits says: `no more than usual variation`, or its signal with its meaning."""
    variation = month.judged.variation
    if variation is None or variation is Variation.COMMON_CAUSE:
        return BY_CHANCE
    return f"{signal_words(month)}: {MORE_THAN_CHANCE}{_MEANINGS.get(variation, '')}"


def assurance_words(assurance: Assurance, figure: Figure) -> str:
    """Return whether the target is in reach, as a sentence."""
    target = f"The target of {show_target(figure.target_green, figure.measure)}"
    return {
        Assurance.FAILING: f"{target} is out of reach unless something changes.",
        Assurance.HITTING: f"{target} is met every month unless something changes.",
        Assurance.INCONSISTENT: f"{target} is met in some months and missed in others, by chance.",
    }[assurance]


def why_without_limits(reason: NoLimits) -> str:
    """Return why there are no limits, as a sentence."""
    return f"No limits: {_WITHOUT_LIMITS[reason]}."


def reading_words(series: Series) -> str:
    """Return what a series says at its latest point in a few words, or why it has no limits."""
    if series.icon.reason is not None:
        return f"no limits ({_BRIEFLY_WITHOUT[series.icon.reason]})"
    trial = " (trial limits)" if series.icon.limits is LimitsKind.TRIAL else ""
    return "" if series.latest is None else f"{variation_words(series.latest)}{trial}"


def limits_in_words(month: SeriesMonth) -> str:
    """Return the mean of a month with limits, and the limits: `mean 30.4, limits 16.4 to 44.3`."""
    limits, measure = month.judged.limits, month.figure.measure
    if limits is None:
        return ""
    mean, lower, upper = (show_value(each, measure, least=1) for each in (limits.mean, limits.lower, limits.upper))
    return f"mean {mean}, limits {lower} to {upper}"


def series_sentences(series: Series) -> Iterator[str]:
    """Yield what a series says: its latest point, its target, its limits and its phase."""
    latest, icon = series.latest, series.icon
    if icon.reason is not None:
        yield why_without_limits(icon.reason)
        return
    if latest is None:
        return
    yield f"{month_in_words(latest.figure.period.last)}: {variation_words(latest)}."
    if icon.assurance is not None:
        yield assurance_words(icon.assurance, latest.figure)
    words = limits_in_words(latest)
    trial = f" (trial limits: fewer than {FEWEST_FIRM} months make them)" if icon.limits is LimitsKind.TRIAL else ""
    yield f"{words[:1].upper()}{words[1:]}{trial}."
    yield from _phases(series)


def _phases(series: Series) -> Iterator[str]:
    """Yield the phases that begin in the window, and the baseline if it makes limits there."""
    shown = {each.figure.period.last for each in series.months}
    for rebase in series.indicator.rebase:
        if rebase.since in shown:
            yield f"New limits from {month_in_words(rebase.since)}: {rebase.reason.rstrip('.')}."
    if (baseline := series.indicator.baseline) is not None:
        first, last = month_in_words(baseline.first), month_in_words(baseline.last)
        yield f"The months from {first} to {last} are the baseline."


def unsettled_words(figure: Figure) -> str:
    """Return that an unsettled figure is too early to compare, with what may become of it."""
    if figure.lowest is None or figure.highest is None or figure.lowest == figure.highest:
        return TOO_EARLY
    lowest, highest = (show_value(each, figure.measure) for each in (figure.lowest, figure.highest))
    return f"{TOO_EARLY}: {lowest} to {highest}"
