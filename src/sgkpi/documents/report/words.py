"""The words of a report for an indicator: its value, its direction and outlook, its change since the month before."""

from fractions import Fraction

from sgkpi.answers.overview import change
from sgkpi.answers.report.pack import Card
from sgkpi.definitions.wording import long_month, name_of_month
from sgkpi.documents.phrases import TOO_EARLY, direction_words, is_about_the_same, why_without_value
from sgkpi.documents.report.page import NO_VALUE, Tag, Words
from sgkpi.documents.sentences import VALUES, amber_in_words, made_of, set_by_in_words, target_in_words, value_of
from sgkpi.figures.comparison import Comparison
from sgkpi.figures.figure import Figure, Rating, Status
from sgkpi.figures.numbers import bounds_of, decimals, show_count, show_difference, show_figure, show_value
from sgkpi.figures.signals import Assurance, Icon
from sgkpi.model.measures import Measure
from sgkpi.model.periods import Month

PROVISIONAL = "provisional"
# The meanings of a dash, by what it stands for.
NO_CHANGE = "a month has no value to compare"
NO_DIRECTION = "a figure of one day, or of a single case, has no limits of chance"
NO_TARGET = "there is no target"
_OUTLOOKS = {
    Assurance.HITTING: "safe",
    Assurance.INCONSISTENT: "hit or miss",
    Assurance.FAILING: "out of reach",
}


def outlook_words(icon: Icon | None) -> str:
    """Return whether the target is safe, hit or miss, or out of reach; nothing where nobody can tell."""
    return "" if icon is None or icon.assurance is None else _OUTLOOKS[icon.assurance]


def month_name(month: Month) -> str:
    """`January`."""
    return name_of_month(month.first_day)


def value_words(figure: Figure) -> str:
    """Return the value, or why there is none; a dash if its status does not tell."""
    return show_figure(figure) if figure.value is not None else why_without_value(figure) or NO_VALUE


def target_with_amber(card: Card) -> str:
    """Return the target of the report's month, `90% or more, set locally, Amber from 80%`; nothing if there is none."""
    amber = amber_in_words(card.figure)
    target = target_in_words(card.figure)
    whole = target and f"{target}{set_by_in_words(card.indicator, card.figure)}"
    return whole + (f", Amber {amber}" if amber else "")


def cases_words(figure: Figure) -> str:
    """`395 of 500`, or `median of 12` where no part of the cases is meant; nothing for a count, whose value says it."""
    if figure.denominator is None or figure.value is None:
        return ""
    if figure.measure in VALUES:
        return f"{value_of(figure).removeprefix('the ')} {show_count(figure.denominator)}"
    over = "over" if figure.measure is Measure.RATIO else "of"
    return f"{show_count(figure.numerator)} {over} {show_count(figure.denominator)}"


def value_cell(figure: Figure) -> Words:
    """Return the value, or why there is none, with its cases below it, and whether it is provisional."""
    provisional = PROVISIONAL if figure.status is Status.PROVISIONAL else ""
    return Words(value_words(figure), tuple(filter(None, (cases_words(figure), provisional))))


def rating_cell(figure: Figure) -> Tag:
    """Return the rating, with what is said below it."""
    could_change = figure.rating_firm is False and figure.rating is not Rating.NOT_RATED
    return Tag(figure.rating, ("could still change",) if could_change else ())


def change_words(card: Card) -> tuple[str, str]:
    """Return the change since the month before, `-1.0 points`, and whether that is better or worse.

    Only a change that chance alone seldom makes is called so, and only where the month has no control limits.
    """
    figure, before, overview = card.figure, card.overview.previous, card.overview
    difference = change(figure, before)
    if before is None or difference is None:
        return NO_VALUE, ""
    if not (figure.settled and before.settled):
        return TOO_EARLY.lower(), ""
    if is_about_the_same(figure, before):
        return "the same" if not difference else "about the same", ""
    amount = show_difference(difference, figure.quantity, " points")
    meaning = None if overview.has_limits else overview.difference(before)
    is_meant = meaning is not None and meaning.comparison in (Comparison.BETTER, Comparison.WORSE)
    return f"{'+' if difference > 0 else '−'}{amount}", meaning.comparison.value if meaning and is_meant else ""


def interval_words(figure: Figure) -> str:
    """Return the 95% interval with the decimals of the value, `75.2% to 82.4%`; nothing where there is none."""
    if figure.value is None or figure.interval_lower is None or figure.interval_upper is None:
        return ""
    places = decimals(figure.value, figure.quantity, bounds_of(figure))
    ends = (Fraction(each) for each in (figure.interval_lower, figure.interval_upper))
    return " to ".join(show_value(each, figure.quantity, least=places) for each in ends)


def direction_at(icon: Icon | None, shown: Month) -> str:
    """Return the direction, `Improving at January 2019` where the latest settled month is not the one `shown`."""
    direction = direction_words(icon)
    at = f" at {long_month(icon.month)}" if icon is not None and icon.month not in (None, shown) else ""
    return f"{direction}{at}" if direction else ""


def behind_value(card: Card) -> str:
    """Return the value with its cases: `79.0% (395 of 500 contacts)`; of a count `3 care leavers`."""
    figure, cases = card.figure, made_of(card.overview, card.figure)
    if figure.value is None:
        return value_words(figure)
    return cases if figure.denominator is None else f"{value_words(figure)} ({cases})"
