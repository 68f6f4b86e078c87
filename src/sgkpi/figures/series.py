"""The months of an indicator, or of one of its categories, judged by their control chart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sgkpi.figures.figure import Figure
from sgkpi.figures.limits import Chart, Observation
from sgkpi.figures.signals import WINDOW, Icon, JudgedMonth, SeriesRules, icon_of, judge_series, latest_settled
from sgkpi.model.indicator import Indicator
from sgkpi.model.periods import Month


@dataclass(frozen=True)
class SeriesMonth:
    """The figure of a month, and how it is judged among the others."""

    figure: Figure
    judged: JudgedMonth


@dataclass(frozen=True)
class Series:
    """The months of a control chart, from the first of its window to the one asked for.

    `breakdown` and `category` are None for the total. Where only icons are wanted, a series without a chart has no
    months.
    """

    indicator: Indicator
    breakdown: str | None
    category: str | None
    months: tuple[SeriesMonth, ...]
    icon: Icon

    @property
    def chart(self) -> Chart | None:
        return SeriesRules.of(self.indicator).chart

    @property
    def latest(self) -> SeriesMonth | None:
        """The latest point."""
        return next((each for each in reversed(self.months) if each.judged.is_point), None)


def judge_months(indicator: Indicator, figure_of: Callable[[Month], Figure], last: Month) -> Series:
    """Return the series up to a month, of one category or of the total; figures are made of the months it needs."""
    window = (figure_of(last.plus(-back)) for back in range(WINDOW))
    settled = latest_settled(map(_observe, window), last)
    months = SeriesRules.of(indicator).months_needed(last, settled)
    return judge_figures(indicator, [figure_of(month) for month in months], last)


def judge_figures(indicator: Indicator, figures: Sequence[Figure], last: Month) -> Series:
    """Return the series up to a month of the monthly figures of one category, or of the total.

    There must be one for each month of the window; those before it count in a baseline.
    """
    rules = SeriesRules.of(indicator)
    judged = judge_series(rules, map(_observe, figures), last)
    by_month = {each.period.last: each for each in figures}
    months = tuple(SeriesMonth(by_month[each.month], each) for each in judged)
    return Series(indicator, figures[0].breakdown, figures[0].category, months, icon_of(rules, judged))


def _observe(figure: Figure) -> Observation:
    target = None if figure.target_green is None else Fraction(figure.target_green)
    return Observation(figure.period.last, figure.value, figure.settled, figure.numerator, figure.denominator, target)
