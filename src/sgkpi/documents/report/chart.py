"""The chart of an indicator's months, with the table of the same numbers, and the line of months for a cell."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from sgkpi.answers.report.pack import Card
from sgkpi.definitions.wording import long_month
from sgkpi.documents.phrases import is_much_unknown, months_in_words, reach_of, short_month
from sgkpi.documents.report.page import (
    ChartPoint,
    Event,
    Limits,
    Mark,
    MonthsChart,
    PointState,
    Signal,
    Sparkline,
    Table,
    Words,
    column,
)
from sgkpi.documents.report.words import NO_TARGET, PROVISIONAL, cases_words, rating_cell, value_words
from sgkpi.figures.figure import Figure, Status
from sgkpi.figures.limits import LimitsKind
from sgkpi.figures.numbers import show_target, show_value
from sgkpi.figures.signals import JudgedMonth, Variation
from sgkpi.model.indicator import Improvement
from sgkpi.model.measures import Measure, Quantity
from sgkpi.model.periods import MONTHS_IN_YEAR

_SIGNALS = {
    Variation.IMPROVEMENT: Signal.BETTER,
    Variation.CONCERN: Signal.WORSE,
    Variation.NEUTRAL_HIGH: Signal.HIGHER,
    Variation.NEUTRAL_LOW: Signal.LOWER,
}
_BY_CHANCE = "than chance explains"
_MUCH_UNKNOWN = "more than a tenth could not be judged"
_STATUSES = {
    Status.COMPLETE: "complete",
    Status.PROVISIONAL: PROVISIONAL,
    Status.NOT_COVERED: "not covered by the extract",
}


def months_chart(card: Card, anchor: str) -> MonthsChart:
    """Return the chart of a card's months; `anchor` is the id of its section."""
    points = chart_points(card)
    latest = card.months[-1]
    caption = caption_of(card)
    return MonthsChart(
        id=f"{anchor}-months",
        caption=caption,
        description=f"{describe_months(card.months)} The same numbers stand in the table below.",
        points=points,
        is_share=card.indicator.quantity.is_share,
        key=tuple(_key(points, card.judged)),
        table=_table(card.months, points, caption),
        target_words=f"Target {_target(latest)}" if _target(latest) else "",
        events=tuple(_events(card)),
    )


def caption_of(card: Card) -> str:
    """`Contacts decided within 24 hours, March 2018 to February 2019`."""
    first, last = (card.months[place].period.last for place in (0, -1))
    return f"{card.indicator.title}, {months_in_words(first, last)}"


def chart_points(card: Card) -> tuple[ChartPoint, ...]:
    """Return the months of a card as points of its chart, the oldest first."""
    judged = {each.month: each for each in card.judged}
    return tuple(_point(figure, judged.get(figure.period.last)) for figure in card.months)


def sparkline(card: Card) -> Sparkline:
    """Return the last twelve months, with the first and the last value in words."""
    months = card.months[-MONTHS_IN_YEAR:]
    valued = [each for each in months if each.value is not None]
    if not valued:
        return Sparkline((), "no values")
    words = f"from {_at(valued[0])} to {_at(valued[-1])}" if len(valued) > 1 else _at(valued[0])
    return Sparkline(tuple(each.value for each in months), words)


def _point(figure: Figure, judged: JudgedMonth | None) -> ChartPoint:
    states = {Status.NOT_COVERED: PointState.NOT_COVERED, Status.NO_CASES: PointState.NO_CASES}
    limits = judged.limits if judged is not None else None
    is_open = figure.lowest != figure.highest
    return ChartPoint(
        month=figure.period.last,
        state=states.get(figure.status, PointState.VALUE),
        value=figure.value,
        shown=value_words(figure),
        settled=figure.settled,
        ended=figure.period.has_ended(figure.as_of),
        lowest=figure.lowest if is_open else None,
        highest=figure.highest if is_open else None,
        target=None if figure.target_green is None else Fraction(figure.target_green),
        limits=Limits(limits.mean, limits.lower, limits.upper, judged.phase) if limits and judged else None,
        signal=_SIGNALS.get(judged.variation) if judged and judged.variation else None,
        much_unknown=is_much_unknown(figure),
    )


def _key(points: Sequence[ChartPoint], judged: Sequence[JudgedMonth]) -> Iterator[tuple[Mark, str]]:
    """Yield the marks that occur, with their words."""
    yield Mark.VALUE, "Value"
    if any(point.value is not None and not point.settled for point in points):
        yield Mark.NOT_SETTLED, "Not settled yet"
    if any(point.lowest is not None for point in points):
        yield Mark.REACH, "From the lowest to the highest that it could be"
    if any(point.target is not None for point in points):
        yield Mark.TARGET, "Target"
    if any(point.limits for point in points):
        trial = any(each.kind is LimitsKind.TRIAL for each in judged)
        yield Mark.LIMITS, f"Mean and limits of chance{' (trial: fewer than 12 months)' if trial else ''}"
    for signal in Signal:
        if any(point.signal is signal for point in points):
            yield Mark(signal.value), f"{signal.value.capitalize()} {_BY_CHANCE}"
    if any(point.state is PointState.NO_CASES for point in points):
        words = dict.fromkeys(point.shown for point in points if point.state is PointState.NO_CASES)
        yield Mark.NO_CASES, " or ".join(words)
    if any(point.state is PointState.NOT_COVERED for point in points):
        yield Mark.NOT_COVERED, "not covered by the extract"
    if any(point.much_unknown for point in points):
        yield Mark.MUCH_UNKNOWN, _MUCH_UNKNOWN


def describe_months(months: Sequence[Figure]) -> str:
    """Return the chart in words: first, last, best and worst, and how many months met the target."""
    valued = [each for each in months if each.value is not None]
    if not valued:
        return "No month has a value."
    told = [f"First {_at(valued[0])}", f"last {_at(valued[-1])}"]
    by_value = sorted(valued, key=lambda each: each.value or Fraction())
    names = ("highest", "lowest") if valued[0].improvement is Improvement.NONE else ("best", "worst")
    ends = (by_value[-1], by_value[0])
    if valued[0].improvement is Improvement.DECREASE:
        ends = (by_value[0], by_value[-1])
    told += [f"{name} {_at(each)}" for name, each in zip(names, ends, strict=True)]
    rated = [each for each in valued if each.target_green is not None]
    met = sum(_meets(each) for each in rated)
    in_target = f" In {met} of {len(rated)} months the target was met." if rated else ""
    return f"{', '.join(told)}.{in_target}"


def _at(figure: Figure) -> str:
    return f"{value_words(figure)} in {long_month(figure.period.last)}"


def _meets(figure: Figure) -> bool:
    """Return whether a value reaches its green bound."""
    if figure.value is None or figure.target_green is None:
        return False
    green = Fraction(figure.target_green)
    return figure.value >= green if figure.improvement is Improvement.INCREASE else figure.value <= green


def _table(months: Sequence[Figure], points: Sequence[ChartPoint], caption: str) -> Table:
    is_count = months[-1].measure is Measure.COUNT
    no_cases = "the value is the number of cases" if is_count else "none has been judged"
    columns = [
        column("Month", months, lambda each: short_month(each.period.last)),
        column(
            "Value",
            months,
            lambda each: "" if each.value is None else value_words(each),
            right=True,
            dash="there is none, for the reason under Status",
        ),
        column("Cases", months, cases_words, right=True, dash=no_cases),
        column("Target", months, _target, right=True, dash=NO_TARGET),
        column("Rating", months, rating_cell),
        column("Status", months, lambda each: Words(_STATUSES.get(each.status) or value_words(each), _marks(each))),
    ]
    if any(point.lowest is not None for point in points):
        columns.append(column("Could be", months, _reach, right=True, dash="nothing else, or there is no value"))
    if any(point.limits for point in points):
        quantity = months[-1].quantity
        columns += (
            column(
                "Limits of chance",
                points,
                lambda each: _limits(each, quantity),
                dash="the month is not on the control chart",
            ),
            column("Signal", points, lambda each: f"{each.signal.value} {_BY_CHANCE}" if each.signal else "none"),
        )
    return Table(caption, tuple(columns), wide=True)


def _marks(figure: Figure) -> tuple[str, ...]:
    """Return the mark of a month of which many cases could not be judged: a signal may be a change in recording."""
    return (f"u: {_MUCH_UNKNOWN}",) if is_much_unknown(figure) else ()


def _target(figure: Figure) -> str:
    return "" if figure.target_green is None else show_target(figure.target_green, figure.quantity)


def _reach(figure: Figure) -> str:
    """Return from where to where the value could be, `78.1% to 79.2%`."""
    return " to ".join(reach_of(figure) or ())


def _limits(point: ChartPoint, quantity: Quantity) -> str:
    if point.limits is None:
        return ""
    return " to ".join(show_value(each, quantity) for each in (point.limits.lower, point.limits.upper))


def _events(card: Card) -> Iterator[Event]:
    """Yield the events in the months of the chart, lettered in their order."""
    shown = {figure.period.last for figure in card.months}
    found = sorted((each for each in card.events if each.month in shown), key=lambda each: (each.month, each.text))
    for place, each in enumerate(found):
        yield Event(_letter(place), each.month, each.text)


def _letter(place: int) -> str:
    """Return A to Z, then AA and so on."""
    before, last = divmod(place, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + last)
