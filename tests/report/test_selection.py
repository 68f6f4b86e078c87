"""What a report says has changed: new ratings, and signals that the month before did not have."""

from dataclasses import replace

import pytest

from sgkpi.answers.overview import make_overview
from sgkpi.answers.report.pack import Card
from sgkpi.answers.report.selection import changed_cards
from sgkpi.figures.figure import Rating
from sgkpi.figures.series import judge_figures
from sgkpi.model.periods import Month
from tests.support.results import DECIDED, month, proportion
from tests.test_overview import of_decided

FEBRUARY = Month(2019, 2)


def card(january: int, february: int, ratings: tuple[Rating, Rating]) -> Card:
    """About 80% of 500 in each of 22 months, then so many in the last two; what is far from 80% is a signal."""
    numbers = [400 + (1 if back % 2 else -1) for back in range(22)] + [january, february]
    figures = [
        proportion(month(str(FEBRUARY.plus(place - 23))), met, 500, rating=ratings[-1] if place == 23 else ratings[0])
        for place, met in enumerate(numbers)
    ]
    results = replace(of_decided(*figures), signals=(judge_figures(DECIDED, figures, FEBRUARY),))
    return Card(make_overview(results, FEBRUARY, []), tuple(figures))


def test_without_limits_the_two_months_are_compared() -> None:
    """Of 1,000 each, 95% and 90% differ by 5 points, give or take 2.3; of 20 each, by 5 give or take some 20."""
    for cases, changed in ((1000, True), (20, False)):
        figures = [
            proportion(month(name), met * cases // 100, cases, rating=Rating.GREEN)
            for name, met in (("2019-01", 95), ("2019-02", 90))
        ]
        one = Card(make_overview(of_decided(*figures), FEBRUARY, []), tuple(figures))
        assert changed_cards([one]) == ((one,) if changed else ())


@pytest.mark.parametrize(
    ("january", "february", "ratings", "changed"),
    [
        (400, 401, (Rating.AMBER, Rating.AMBER), False),
        (400, 401, (Rating.AMBER, Rating.RED), True),
        (400, 200, (Rating.RED, Rating.RED), True),  # a signal of February
        (200, 200, (Rating.RED, Rating.RED), False),  # January had it already
        (500, 200, (Rating.RED, Rating.RED), True),  # and here another one
        (400, 401, (Rating.GREEN, Rating.NOT_RATED), False),  # it may still change, or there was no case
        (400, 401, (Rating.NOT_RATED, Rating.RED), False),
    ],
)
def test_what_has_changed(january: int, february: int, ratings: tuple[Rating, Rating], *, changed: bool) -> None:
    one = card(january, february, ratings)
    assert changed_cards([one]) == ((one,) if changed else ())
