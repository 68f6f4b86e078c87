"""What is more than chance and what is not, in words: variation, differences, movements, published figures.

"Chance" and "not known" are two kinds of doubt, and no sentence mixes them: cases that could not be judged have the
lowest and the highest value to speak for them.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import assert_never

from sgkpi.answers.benchmarks import BesideBenchmark
from sgkpi.answers.overview import Overview
from sgkpi.definitions.wording import long_date
from sgkpi.documents.phrases import TOO_EARLY, is_much_unknown, month_in_words, period_in_words, value_or_why
from sgkpi.figures.comparison import Comparison
from sgkpi.figures.figure import Figure, Status
from sgkpi.figures.limits import FEWEST_FIRM, FEWEST_POINTS, LimitsKind, NoLimits
from sgkpi.figures.numbers import show_target, show_value
from sgkpi.figures.series import Series
from sgkpi.figures.signals import RUN, Assurance, Signal, Variation
from sgkpi.model.words import plural

SELDOM = "a change that chance alone seldom makes"
USUAL = "no more than usual variation"
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
_COMPARISONS = {
    Comparison.BETTER: f"better, {SELDOM}",
    Comparison.WORSE: f"worse, {SELDOM}",
    Comparison.HIGHER: SELDOM,
    Comparison.LOWER: SELDOM,
    Comparison.SIMILAR: "no more than chance alone often makes",
}
_BESIDE = {
    Comparison.BETTER: "better by more than chance explains",
    Comparison.WORSE: "worse by more than chance explains",
    Comparison.HIGHER: "higher by more than chance explains",
    Comparison.LOWER: "lower by more than chance explains",
    Comparison.SIMILAR: "no further apart than chance explains",
}


def settled_in_words(overview: Overview) -> str:
    """Return whether a figure could still change, in brackets; nothing where it has no cases."""
    figure, settles = overview.figure, overview.indicator.settles_after
    if figure.value is None:
        return ""
    if figure.settled:
        return " (settled)"
    if figure.status is Status.PROVISIONAL:
        return f" (provisional: {'some cases are not due yet' if overview.has_ended else 'the month had not ended'})"
    if figure.status is Status.COMPLETE and settles:
        return f" (not settled: late records are awaited for {plural(settles, 'day')} after the month)"
    return ""


def what_is_known(overview: Overview) -> Iterator[str]:
    """Yield whether the figure can be compared, and what is more than chance; of a stock, who came and who left."""
    if overview.figure.value is not None and not overview.figure.settled:
        yield f"{TOO_EARLY}: this figure could still change."
    yield from movements_in_words(overview)
    if overview.series is not None:
        yield from variation_in_words(overview.series)


def variation_in_words(series: Series) -> Iterator[str]:
    """Yield what the latest settled month of a series is: chance, or more; and whether the target is in reach."""
    if series.icon.reason is not None:
        yield from _why_no_limits(series, series.icon.reason)
    if series.latest is None:
        return
    figure, judged = series.latest.figure, series.latest.judged
    limits, variation, month = judged.limits, judged.variation, month_in_words(judged.month)
    if limits is None or variation is None:
        return
    lower, upper = (show_value(each, figure.measure) for each in (limits.lower, limits.upper))
    trial = f" (on trial: {FEWEST_FIRM} months are needed)" if judged.kind is LimitsKind.TRIAL else ""
    reach = f", which reaches from {lower} to {upper}{trial}"
    if judged.signal is None:
        yield f"{month}: {USUAL}{reach}."
    else:
        recording = " or a change in recording" if is_much_unknown(figure) else ""
        reach = reach if judged.signal in (Signal.ABOVE_LIMIT, Signal.BELOW_LIMIT) else trial
        yield f"{month}: {_VARIATIONS[variation]}, {SELDOM}{recording}: {SIGNALS[judged.signal]}{reach}."
    if judged.assurance is not None:
        yield _ASSURANCES[judged.assurance].format(show_target(figure.target_green, figure.measure))


def _why_no_limits(series: Series, reason: NoLimits) -> Iterator[str]:
    match reason:
        case NoLimits.STOCK | NoLimits.MAXIMUM:
            pass
        case NoLimits.TOO_FEW_POINTS:
            yield f"Too few settled months to tell a change from chance: {FEWEST_POINTS} are needed."
        case NoLimits.SMALL_NUMBERS:
            quarters = f"`sgkpi compute {series.indicator.id} --period quarter`"
            yield f"Too few cases a month to tell a change from chance; quarters say more: {quarters}."
        case _:
            assert_never(reason)


def movements_in_words(overview: Overview) -> Iterator[str]:
    """Yield who came into a stock and who left it since the reference day of the month before."""
    flow, previous = overview.movements, overview.previous
    if flow is None:
        return
    since = "" if previous is None else f" since {long_date(previous.period.end)}"
    yield f"In and out{since}: {flow.entered:,} entered and {flow.left:,} left."
    if flow.moved_in or flow.moved_out:
        yield f"Without the date of a spell {flow.moved_in:,} moved in and {flow.moved_out:,} moved out."


def difference_in_words(overview: Overview, before: Figure) -> str:
    """Return what the difference from an earlier month means; nothing where nobody can say, or the limits do.

    The words of the month's control chart stand in place of a comparison of two points.
    """
    if not (overview.figure.settled and before.settled):
        return TOO_EARLY.lower()
    if overview.has_limits:
        return ""
    difference = overview.difference(before)
    return "" if difference is None else _COMPARISONS[difference.comparison]


def benchmarks_in_words(overview: Overview) -> Iterator[str]:
    """Yield each published figure beside the indicator's own, and how they compare where they are alike."""
    for each in overview.benchmarks:
        benchmark, own = each.benchmark, each.own
        published = show_value(Fraction(benchmark.value), own.measure)
        yield (
            f"{benchmark.area}, {period_in_words(benchmark.period)}: {published}; "
            f"here {value_or_why(own)}{_beside(each)}."
        )


def _beside(each: BesideBenchmark) -> str:
    if each.benchmark.differs:
        return f". Not the same definition: {each.benchmark.differs}"
    if each.own.value is not None and not each.own.settled:
        return f"; {TOO_EARLY.lower()}"
    return "" if each.comparison is None else f"; {_BESIDE[each.comparison]}"
