"""The sentences about an indicator: one fact each, for people who read no manual."""

from collections.abc import Iterator
from fractions import Fraction

from sgkpi.answers.overview import Overview, Step, change, days_overdue
from sgkpi.definitions.wording import both, long_date, words
from sgkpi.documents.values import month_in_words, why_unknown
from sgkpi.figures.figure import Figure, Rating, Status
from sgkpi.figures.numbers import show_count, show_figure, show_target, show_value
from sgkpi.model.indicator import Improvement
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome
from sgkpi.model.words import plural

_VALUES = {Measure.MEAN: "the mean of", Measure.MEDIAN: "the median of", Measure.MAXIMUM: "the greatest of"}
_NO_VALUE = {
    Status.NO_CASES: "No case was judged, so there is no value",
    Status.NOT_COVERED: "The extract does not cover this month, so there is no value",
}


def made_of(overview: Overview, figure: Figure) -> str:
    """Return the cases behind the value: `412 of 521 contacts`."""
    noun = words(overview.indicator.table.name)
    if figure.value is None:
        return _NO_VALUE[figure.status]
    if figure.denominator is None:
        return plural(figure.counted or 0, "case", noun)
    if figure.measure in _VALUES:
        return f"{_VALUES[figure.measure]} {plural(figure.denominator, 'case', noun)}"
    return f"{show_count(figure.numerator)} of {plural(figure.denominator, 'case', noun)}"


def standing(overview: Overview) -> Iterator[str]:
    """Yield the rating, with the target, and how many cases are between it and other ratings."""
    yield f"{_rating(overview)}."
    if overview.figure.rating_firm is False:
        yield "This rating could still change: it depends on the cases that could not be judged."
    better = [step for step in overview.steps if step.better]
    worse = [step for step in overview.steps if not step.better]
    yield from (_steps(overview, steps) for steps in (better, worse) if steps)


def _rating(overview: Overview) -> str:
    figure = overview.figure
    if figure.target_green is None:
        return "Not rated: there is no target"
    side, reach = ("or more", "from") if figure.improvement is Improvement.INCREASE else ("or less", "up to")
    target = f"the target is {show_target(figure.target_green, figure.measure)} {side}"
    if figure.target_amber is not None:
        target += f", and AMBER {reach} {show_target(figure.target_amber, figure.measure)}"
    if figure.rating is not Rating.NOT_RATED:
        return f"{figure.rating.value}: {target}"
    if figure.value is None:
        return f"Not rated: there is no value; {target}"
    return f"Not rated yet: the cases that are still open may decide it; {target}"


def _steps(overview: Overview, steps: list[Step]) -> str:
    """`9 more within 24 hours would make this AMBER, 44 more GREEN`, as a sentence."""
    clock, is_share = overview.indicator.clock, overview.figure.measure is Measure.PROPORTION
    limit = f" within {clock.limit}" if is_share and clock and clock.limit else " met" if is_share else ""
    first, *others = [(f"{step.cases:,} {'more' if step.more else 'fewer'}", step.rating.value) for step in steps]
    further = "".join(f", {amount} {rating}" for amount, rating in others)
    return f"{first[0]}{limit} would make this {first[1]}{further}."


def comparisons(overview: Overview) -> Iterator[str]:
    """Yield comparisons with the month before, the same month last year and the year to date; then the bounds."""
    if not overview.has_ended:
        yield f"The month had not ended on {long_date(overview.figures.as_of.date())}, so comparisons are preliminary."
    for figure, what in ((overview.previous, "the month before"), (overview.last_year, "the same month last year")):
        if figure is not None:
            yield f"{month_in_words(figure.period.last)}, {what}: {_compared(overview, figure)}."
    if (year := overview.year_to_date) is not None:
        first, last = month_in_words(year.period.first), month_in_words(year.period.last)
        span = first if first == last else f"{first} to {last}"
        cases = f", {made_of(overview, year)}" if year.value is not None and year.denominator is not None else ""
        rating = f", {year.rating.value}" if year.rating is not Rating.NOT_RATED else ""
        yield f"Year to date, {span}: {_value(year)}{cases}{rating}."
    yield from _bounds(overview.figure)


def _compared(overview: Overview, before: Figure) -> str:
    difference = change(overview.figure, before)
    return _value(before) + ("" if difference is None else f"; {_change(overview, before, difference)}")


def _change(overview: Overview, before: Figure, difference: Fraction) -> str:
    figure = overview.figure
    if not difference or show_figure(figure) == show_figure(before):
        return "now the same"
    up = difference > 0
    amount = show_value(abs(difference), figure.measure).removesuffix("%")
    unit = " percentage points" if figure.measure is Measure.PROPORTION else ""
    better = {Improvement.INCREASE: up, Improvement.DECREASE: not up}.get(figure.improvement)
    word = "" if better is None or not overview.has_ended else ", better" if better else ", worse"
    return f"now {amount}{unit} {'more' if up else 'less'}{word}"


def _value(figure: Figure) -> str:
    if figure.value is not None:
        return show_figure(figure)
    return {Status.NOT_COVERED: "not covered by the extract"}.get(figure.status, "no cases")


def _bounds(figure: Figure) -> Iterator[str]:
    """Yield the lowest and highest possible value, if some case could still count either way."""
    if figure.lowest is None or figure.highest is None or figure.lowest == figure.highest:
        return
    lowest, highest = (show_value(each, figure.measure) for each in (figure.lowest, figure.highest))
    if figure.measure is Measure.COUNT:
        yield f"Lowest and highest: {lowest} without the cases that could not be judged, {highest} with them."
        return
    yield f"Lowest and highest: {lowest} if every case not yet judged failed, {highest} if every one succeeded."


def open_cases(overview: Overview) -> Iterator[str]:
    """Yield how many cases are overdue at the as-of time, how old the oldest is, and how many are not due yet."""
    found, indicator = overview.open_cases, overview.indicator
    if found is None:
        yield "The extract does not cover what is open now."
        return
    since = "" if indicator.is_stock else f" from the months since {month_in_words(found.since)}"
    if indicator.clock is not None and indicator.measure is Measure.PROPORTION:
        yield f"Overdue: {plural(found.overdue, 'case') if found.overdue else 'none'}{since}.{_oldest(overview)}"
    yield f"Not due yet: {plural(found.not_due, 'case') if found.not_due else 'none'}."


def _oldest(overview: Overview) -> str:
    found = overview.open_cases
    if found is None or not found.overdue:
        return ""
    undated = f" {plural(found.without_due, 'of them has', 'of them have')} no due date." if found.without_due else ""
    if found.oldest_due is None:
        return undated
    days = days_overdue(found.oldest_due, overview.figures.as_of)
    ago = f"{plural(days, 'day')} ago" if days else "today"
    return f" The oldest fell due on {long_date(found.oldest_due)}, {ago}.{undated}"


def not_judged(overview: Overview) -> Iterator[str]:
    """Yield how many cases could not be judged, were left out or were not met, and why."""
    figure, unplaced = overview.figure, overview.unplaced
    yield from _counted("could not be judged", figure.unknown, _why_unknown(overview))
    left_out = "was left out" if figure.excluded == 1 else "were left out"
    yield from _counted(left_out, figure.excluded, _why(overview, Outcome.EXCLUDED))
    late, overdue = figure.not_met or 0, figure.overdue or 0
    not_met = f"{'was' if late + overdue == 1 else 'were'} not met{' in time' if overview.indicator.clock else ''}"
    still_open = [*([f"{late:,} done late"] if late else []), f"{overdue:,} still not done"]
    yield from _counted(not_met, late + overdue, still_open if overdue else [])
    if missed_for := _why(overview, Outcome.NOT_MET, Outcome.OVERDUE):
        yield f"Of those not met: {both(missed_for)}."
    without_month = unplaced.blank + unplaced.unreadable
    if without_month == 1:
        yield "1 case belongs to no month: its date is missing or unreadable."
    elif without_month:
        yield f"{without_month:,} cases belong to no month: their date is missing or unreadable."


def _counted(what: str, count: int | None, reasons: list[str]) -> Iterator[str]:
    """`6 cases could not be judged: 3 have no time of day and 3 have no value`; no number where one reason holds."""
    if count:
        reasons = [reasons[0].removeprefix(f"{count:,} ")] if len(reasons) == 1 else reasons
        yield f"{plural(count, 'case')} {what}{f': {both(reasons)}' if reasons else ''}."


def _why_unknown(overview: Overview) -> list[str]:
    found = overview.reasons(Outcome.UNKNOWN)
    if len(found) == 1:
        reason, cases = found[0]
        return [f"{'it' if cases == 1 else 'they'} {why_unknown(reason, cases)}"]
    return [f"{cases:,} {why_unknown(reason, cases)}" for reason, cases in found]


def _why(overview: Overview, *outcomes: Outcome) -> list[str]:
    return [f"{cases:,} {words(reason)}" for reason, cases in overview.reasons(*outcomes)]
