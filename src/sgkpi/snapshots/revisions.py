"""Revisions: by how much a month's figure changes between its first publication and later ones.

No model: every number is a difference of figures that were published.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import groupby

from sgkpi.figures.figure import Status
from sgkpi.model.measures import Measure, Quantity
from sgkpi.model.periods import Month

PROBABILITY = Fraction(4, 5)  # that the interval of the next revision has at least
SHARE_STEADY = Fraction(9, 10)
MONTHS_FOR_STEADY = 6
_HALF = Fraction(1, 2)  # a percentage point, or a unit


REVISION_COLUMNS = (
    *("indicator", "period", "age", "snapshot", "as_of", "status", "value", "numerator", "denominator"),
    *("since_first", "since_before", "on_same_meaning"),
)


@dataclass(frozen=True)
class PublishedTotal:
    """A month's total as a snapshot has it; `taken_for` and `revision` are those of the snapshot."""

    taken_for: Month
    revision: int
    as_of: datetime
    indicator: str
    quantity: Quantity
    meaning: str
    period: Month
    status: Status
    value: Fraction | None
    numerator: Fraction | None
    denominator: Fraction | int | None

    @property
    def snapshot(self) -> str:
        return f"{self.taken_for}-r{self.revision}"

    @property
    def age(self) -> int:
        """The whole months from the end of the month to the as-of time, which has reached it at 23:59:59."""
        reached = self.as_of.replace(microsecond=0) + timedelta(seconds=1)
        return Month.of(reached.date()).index - self.period.index - 1

    @property
    def is_vintage(self) -> bool:
        """Whether the snapshot covers the month and was taken when it had ended."""
        return self.age >= 0 and self.status is not Status.NOT_COVERED


@dataclass(frozen=True)
class Vintage(PublishedTotal):
    """A figure as published at one age, with its differences from the month's first one and from the one before.

    `on_same_meaning` says whether the definition means what it did at the first publication.
    """

    since_first: Fraction | None
    since_before: Fraction | None
    on_same_meaning: bool


@dataclass(frozen=True)
class RevisionSummary:
    """The revisions of an indicator's figures from their first publication to an age, over `n` months.

    `largest` is the largest by size, with its sign. `completeness` is the number of cases of the first publications
    over that of the later ones. The interval holds the revision of the next month with its probability; it is None
    for fewer than nine months.
    """

    indicator: str
    age: int
    n: int
    mean: Fraction
    mean_absolute: Fraction
    largest: Fraction
    up: int
    down: int
    unchanged: int
    completeness: Fraction | None
    interval_lower: Fraction | None
    interval_upper: Fraction | None
    interval_probability: Fraction | None


@dataclass(frozen=True)
class Steady:
    """The age from which an indicator's figures hardly change; None while the number of `months` cannot tell."""

    indicator: str
    age: int | None
    months: int


@dataclass(frozen=True)
class Revisions:
    """The vintages of every indicator and month, in order, and what they come to."""

    vintages: tuple[Vintage, ...]
    summaries: tuple[RevisionSummary, ...]
    steady: tuple[Steady, ...]


def find_revisions(figures: Iterable[PublishedTotal]) -> Revisions:
    """Return the revisions that published figures have seen."""
    vintages = find_vintages(figures)
    by_indicator = {key: tuple(each) for key, each in groupby(vintages, lambda each: each.indicator)}
    return Revisions(
        vintages=vintages,
        summaries=tuple(each for found in by_indicator.values() for each in summarize(found)),
        steady=tuple(map(find_steady_age, by_indicator.values())),
    )


def find_vintages(figures: Iterable[PublishedTotal]) -> tuple[Vintage, ...]:
    """Return the vintages of each indicator and month in the order of their as-of times.

    Of the snapshots taken for one month only the newest revision counts.
    """
    newest: dict[tuple[str, Month, Month], PublishedTotal] = {}
    for each in sorted(figures, key=lambda each: each.revision):
        newest[each.indicator, each.period, each.taken_for] = each
    kept = sorted(
        (each for each in newest.values() if each.is_vintage),
        key=lambda each: (each.indicator, each.period, each.as_of, each.taken_for),
    )
    series = groupby(kept, key=lambda each: (each.indicator, each.period))
    return tuple(vintage for _, published in series for vintage in _compare(list(published)))


def _compare(published: Sequence[PublishedTotal]) -> Iterable[Vintage]:
    """Return the vintages of one month; the first has no difference from one before it."""
    first = published[0]
    for before, each in zip((None, *published), published, strict=False):
        since_before = _difference(before, each) if before else None
        yield Vintage(
            **vars(each),
            since_first=_difference(first, each),
            since_before=since_before,
            on_same_meaning=each.meaning == first.meaning,
        )


def _difference(before: PublishedTotal, after: PublishedTotal) -> Fraction | None:
    if before.value is None or after.value is None or before.quantity.measure is not after.quantity.measure:
        return None
    return after.value - before.value


def summarize(vintages: Sequence[Vintage]) -> tuple[RevisionSummary, ...]:
    """Return the summaries of an indicator's vintages, one for every age after that of the first publications.

    The months that count were first published at the least age, normally 0: a month that was older when the first
    snapshot was taken has no first publication. Vintages after a redefinition do not count.
    """
    months = _months(vintages)
    first_age = min(min(by_age) for by_age in months)
    pairs: defaultdict[int, list[tuple[Vintage, Vintage]]] = defaultdict(list)
    for first, *later in (by_age.values() for by_age in months):
        for each in later:
            if first.age == first_age and each.since_first is not None:
                pairs[each.age].append((first, each))
    return tuple(_summary(age, pairs[age]) for age in sorted(pairs))


def _months(vintages: Iterable[Vintage]) -> Sequence[Mapping[int, Vintage]]:
    """Return for every month its vintages on the first meaning, by age in order.

    Of two of one age the later one counts, but for the first publication.
    """
    months: defaultdict[Month, dict[int, Vintage]] = defaultdict(dict)
    for each in vintages:
        by_age = months[each.period]
        if each.on_same_meaning and each.age not in list(by_age)[:1]:
            by_age[each.age] = each
    return list(months.values())


def _summary(age: int, pairs: Sequence[tuple[Vintage, Vintage]]) -> RevisionSummary:
    revisions = sorted(each.since_first for _, each in pairs if each.since_first is not None)
    n = len(revisions)
    lower, upper, probability = next_revision(revisions)
    first_cases, cases = (sum(map(_cases, side)) for side in zip(*pairs, strict=True))
    return RevisionSummary(
        indicator=pairs[0][0].indicator,
        age=age,
        n=n,
        mean=sum(revisions, Fraction()) / n,
        mean_absolute=sum(map(abs, revisions), Fraction()) / n,
        largest=max(revisions, key=lambda each: (abs(each), each)),
        up=sum(each > 0 for each in revisions),
        down=sum(each < 0 for each in revisions),
        unchanged=revisions.count(Fraction()),
        completeness=first_cases / cases if cases else None,
        interval_lower=lower,
        interval_upper=upper,
        interval_probability=probability,
    )


def _cases(vintage: Vintage) -> Fraction:
    """Return the number of cases that a figure rests on; 0 for a ratio, whose denominator is no number of cases."""
    if vintage.quantity.measure is Measure.RATIO:
        return Fraction()
    return Fraction((vintage.numerator if vintage.quantity.measure is Measure.COUNT else vintage.denominator) or 0)


def next_revision(revisions: Sequence[Fraction]) -> tuple[Fraction, Fraction, Fraction] | tuple[None, None, None]:
    """Return the narrowest interval that holds the next revision with at least 80%, and its probability.

    `revisions` are in ascending order. If months are exchangeable, the next one lies between the j-th least and the
    j-th greatest of n with a probability of (n + 1 - 2j) / (n + 1), whatever the distribution (Wilks 1941). Three
    times None for fewer than nine, which cannot promise as much.
    """
    n = len(revisions)
    j = int((n + 1) * (1 - PROBABILITY) / 2)
    if not j:
        return None, None, None
    return revisions[j - 1], revisions[n - j], Fraction(n + 1 - 2 * j, n + 1)


def find_steady_age(vintages: Sequence[Vintage]) -> Steady:
    """Return the least age from which an indicator's figures are steady.

    A month is steady from an age if its figure was complete then and no later one lies more than half a point (one
    case of a count) from it. At least 90% of at least six months must be.
    """
    steady: defaultdict[int, list[bool]] = defaultdict(list)
    for by_age in _months(vintages):
        each_in_order = list(by_age.values())
        for place, each in enumerate(each_in_order[:-1]):
            steady[each.age].append(_is_steady(each, each_in_order[place + 1 :]))
    ages = (
        age
        for age, months in sorted(steady.items())
        if len(months) >= MONTHS_FOR_STEADY and sum(months) >= SHARE_STEADY * len(months)
    )
    return Steady(vintages[0].indicator, next(ages, None), max(map(len, steady.values()), default=0))


def _is_steady(vintage: Vintage, later: Iterable[Vintage]) -> bool:
    is_count = vintage.quantity.measure is Measure.COUNT
    tolerance = Fraction(1) if is_count else _HALF / vintage.quantity.scale
    values = [each.value for each in (vintage, *later)]
    known = [value for value in values if value is not None]
    close = len(known) == len(values) and all(abs(value - known[0]) <= tolerance for value in known)
    return close and vintage.status is Status.COMPLETE
