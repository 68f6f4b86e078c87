"""Published figures, read back from a snapshot."""

from sgkpi.figures.figure import Rating, Status
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Month, PeriodKind, period_for
from sgkpi.snapshots.published import Amounts, Publication, PublishedFigure


def figure(month: int, breakdown: str | None = None, indicator: str = "waits") -> PublishedFigure:
    period = period_for(PeriodKind.MONTH, Month(2019, month))
    amounts = Amounts(None, None, None, None)
    category = breakdown and "North"
    about = (Measure.PROPORTION, period, breakdown, category, Status.COMPLETE, Rating.NOT_RATED)
    return PublishedFigure(indicator, "Waits", *about, amounts)


def test_breakdowns_are_in_the_order_of_the_definition_though_a_month_without_cases_lists_only_some() -> None:
    """`team` has no declared categories, so that January, in which nothing happened, has rows of `source` alone."""
    months = [(1, None), (1, "source"), (2, None), (2, "team"), (2, "source"), (3, None), (3, "source")]
    found = Publication((*(figure(*each) for each in months), figure(1, "age", "others")))
    assert found.breakdowns("waits") == ("team", "source")
    assert found.breakdowns("others") == ("age",)
    assert found.breakdowns("nothing") == ()
