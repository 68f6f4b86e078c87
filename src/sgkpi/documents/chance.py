"""Sentences on what is more than chance and what is not: variation, differences, movements, published figures.

"Chance" and "not known" are two kinds of doubt, and no sentence mixes them: cases that could not be judged have the
lowest and the highest value to speak for them.
"""

from collections.abc import Iterator
from fractions import Fraction

from sgkpi.answers.benchmarks import BesideBenchmark
from sgkpi.answers.overview import Overview
from sgkpi.definitions.wording import long_date
from sgkpi.documents.phrases import SELDOM, TOO_EARLY, period_in_words, value_or_why
from sgkpi.documents.variation import variation_in_words
from sgkpi.figures.comparison import Comparison
from sgkpi.figures.figure import Figure, Status
from sgkpi.figures.numbers import show_value
from sgkpi.model.periods import Period
from sgkpi.model.words import plural

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


def movements_in_words(overview: Overview) -> Iterator[str]:
    """Yield who came into a stock and who left it since the reference day of the month before."""
    flow, previous = overview.movements, overview.previous
    if flow is None:
        return
    since = "" if previous is None else f"Since {long_date(previous.period.end)}, "
    yield f"{since}{flow.entered:,} entered and {flow.left:,} left."
    if flow.moved_in or flow.moved_out:
        yield f"While their spells went on, {flow.moved_in:,} came into scope and {flow.moved_out:,} fell out of it."


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
    """Yield each published figure beside the indicator's own, and how they compare where they are alike.

    Areas of one period that compare alike share a sentence.
    """
    alike: dict[tuple[Period, str], list[tuple[str, str]]] = {}
    for each in overview.benchmarks:
        published = show_value(Fraction(each.benchmark.value), each.own.quantity)
        said = f"here {value_or_why(each.own)}{_beside(each)}."
        alike.setdefault((each.benchmark.period, said), []).append((each.benchmark.area, published))
    for (period, said), areas in alike.items():
        when = period_in_words(period)
        if len(areas) == 1:
            ((area, published),) = areas
            yield f"{area}, {when}: {published}; {said}"
        else:
            yield f"{when}: {', '.join(f'{area} {published}' for area, published in areas)}; {said}"


def _beside(each: BesideBenchmark) -> str:
    if each.benchmark.differs:
        return f". Not the same definition: {each.benchmark.differs}"
    if each.own.value is not None and not each.own.settled:
        return f"; {TOO_EARLY.lower()}"
    return "" if each.comparison is None else f"; {_BESIDE[each.comparison]}"
