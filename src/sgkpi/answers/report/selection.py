"""The opening of a report: how many indicators have which rating, what changed, and what needs attention."""

from collections.abc import Iterable, Mapping, Sequence

from sgkpi.answers.overview import change
from sgkpi.answers.report.pack import Card
from sgkpi.figures.comparison import Comparison
from sgkpi.figures.figure import Rating
from sgkpi.figures.signals import Variation
from sgkpi.model.indicator import Improvement

MOST_ATTENTION = 5
_URGENT = (Rating.RED, Rating.AMBER)


def count_ratings(cards: Iterable[Card]) -> Mapping[Rating, int]:
    """Return how many indicators have each rating."""
    counts = dict.fromkeys(Rating, 0)
    for card in cards:
        counts[card.figure.rating] += 1
    return counts


def count_not_judged(cards: Iterable[Card]) -> int:
    """Return how many indicators have cases of the month that could not be judged."""
    return sum(bool(card.figure.unknown) for card in cards)


def is_change_for_the_worse(card: Card) -> bool:
    """Return whether the value has got worse since the month before, where one way is better and the month is over."""
    difference = change(card.figure, card.overview.previous)
    if difference is None or not card.overview.has_ended:
        return False
    worse = {Improvement.INCREASE: difference < 0, Improvement.DECREASE: difference > 0, Improvement.NONE: False}
    return worse[card.indicator.improvement]


def has_new_rating(card: Card) -> bool:
    """Return whether the rating differs from that of the month before; False while the month has not ended.

    A month without a rating, which has no cases or could still change, is not compared.
    """
    before, now = card.overview.previous, card.figure.rating
    if before is None or not card.overview.has_ended or Rating.NOT_RATED in (before.rating, now):
        return False
    return before.rating is not now


def has_worse_rating(card: Card) -> bool:
    """Return whether the rating is worse than that of the month before."""
    before, order = card.overview.previous, (Rating.GREEN, Rating.AMBER, Rating.RED)
    if before is None or before.rating not in order or card.figure.rating not in order:
        return False
    return order.index(card.figure.rating) > order.index(before.rating)


def has_signal(card: Card) -> bool:
    """Return whether the month's own value is a change that chance alone seldom makes."""
    icon = card.icon
    return icon is not None and icon.month == card.figure.period.last and icon.variation is not Variation.COMMON_CAUSE


def has_new_signal(card: Card) -> bool:
    """Return whether the month has a signal that the month before did not have already."""
    months = card.overview.series.months if card.overview.series is not None else ()
    before = card.figure.period.last.plus(-1)
    was = {each.judged.variation for each in months if each.figure.period.last == before}
    return has_signal(card) and card.icon is not None and card.icon.variation not in was


def has_moved(card: Card) -> bool:
    """Return whether the value differs from that of the month before by more than chance explains.

    That is asked where the month has no control limits, which say more.
    """
    difference = None if card.overview.has_limits else card.overview.difference(card.overview.previous)
    return difference is not None and difference.comparison is not Comparison.SIMILAR


def changed_cards(cards: Iterable[Card]) -> tuple[Card, ...]:
    """Return the indicators with a new rating, a new signal or a change beyond chance in the report's month."""
    return tuple(card for card in cards if has_new_rating(card) or has_new_signal(card) or has_moved(card))


def attention_cards(cards: Sequence[Card], most: int = MOST_ATTENTION) -> tuple[Card, ...]:
    """Return the indicators that need attention first: red before amber, then signals and changes for the worse."""

    def order(card: Card) -> tuple[object, ...]:
        is_concern = has_signal(card) and card.icon is not None and card.icon.variation is Variation.CONCERN
        place = 0 if is_concern else 1 if is_change_for_the_worse(card) else 2
        return _URGENT.index(card.figure.rating), place, card.indicator.title

    urgent = (card for card in cards if card.figure.rating in _URGENT)
    return tuple(sorted(urgent, key=order)[:most])
