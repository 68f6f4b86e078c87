"""The sentences about an indicator that screens and reports share: what its value is made of, and how it stands."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from sgkpi.answers.overview import FEWEST_RANKED, Overview, RatingStep, change, days_overdue, has_few_cases
from sgkpi.definitions.english import SET_BY
from sgkpi.definitions.wording import both, column_name, long_date, long_month, name_of, words
from sgkpi.documents.chance import difference_in_words
from sgkpi.documents.phrases import is_about_the_same, months_in_words, reach_of, why_unknown
from sgkpi.figures.figure import Figure, Rating, Status
from sgkpi.figures.numbers import show_count, show_difference, show_figure, show_target
from sgkpi.figures.ratings import target_for
from sgkpi.model.indicator import DuePeriod, Improvement, Indicator, PeriodColumn, PointInTime
from sgkpi.model.measures import Measure, Quantity
from sgkpi.model.outcomes import Outcome
from sgkpi.model.units import ValueUnit
from sgkpi.model.words import plural

VALUES = {Measure.MEAN: "the mean of", Measure.MEDIAN: "the median of", Measure.MAXIMUM: "the greatest of"}
_NO_VALUE = {
    Status.NO_CASES: "No case was judged, so there is no value",
    Status.NOT_COVERED: "The extract does not cover this month, so there is no value",
}


def order_in_words(figures: Sequence[Figure]) -> str:
    """Return the order of categories in words; nothing where they have no better and worse."""
    valued = [each for each in figures if each.value is not None]
    if figures[0].improvement is Improvement.NONE or len(figures) == 1:
        return ""
    if valued and all(map(has_few_cases, valued)):
        return f" (not ranked: fewer than {FEWEST_RANKED} cases each)"
    few = f", fewer than {FEWEST_RANKED} cases below" if any(map(has_few_cases, valued)) else ""
    return f", the worst first{few}"


def made_of(overview: Overview, figure: Figure) -> str:
    """Return the cases behind the value: `412 of 521 contacts`, `6 of 8 cases` of a table such as adoption."""
    table, name = overview.indicator.table, name_of(overview.indicator.table)
    noun = name if table.label or name.endswith(("s", "children")) else "cases"
    if figure.value is None:
        return "The sum to divide by is 0, so there is no value" if figure.judged else _NO_VALUE[figure.status]
    if figure.denominator is None:
        return plural(figure.counted or 0, "case", noun)
    cases = plural(figure.judged, "case", noun)
    if figure.measure is Measure.RATIO:
        return f"{show_count(figure.numerator)} over {show_count(figure.denominator)}, the sums of {cases}"
    if figure.measure in VALUES:
        return f"{value_of(figure)} {cases}"
    return f"{show_count(figure.numerator)} of {cases}"


def value_of(figure: Figure) -> str:
    """Return what the value is of its cases: `the mean of`, `the longest of`."""
    is_time = figure.unit in (ValueUnit.DAYS, ValueUnit.HOURS, ValueUnit.MONTHS)
    return "the longest of" if is_time and figure.measure is Measure.MAXIMUM else VALUES[figure.measure]


def standing(overview: Overview) -> Iterator[str]:
    """Yield the rating, with the target, and how many cases are between it and other ratings."""
    yield f"{_rating(overview)}."
    if overview.figure.rating_firm is False:
        yield "This rating could still change: it depends on the cases that could not be judged."
    yield from steps_to_ratings(overview, lambda rating: rating.value)


def steps_to_ratings(overview: Overview, named: Callable[[Rating], str]) -> Iterator[str]:
    """Yield how many cases are between the figure and better ratings, and a worse one; `named` gives their names."""
    better = [step for step in overview.steps if step.better]
    worse = [step for step in overview.steps if not step.better]
    yield from (_steps(overview, steps, named) for steps in (better, worse) if steps)


def _rating(overview: Overview) -> str:
    figure = overview.figure
    if figure.target_green is None:
        return "Not rated: there is no target"
    target = f"the target is {target_in_words(figure)}{set_by_in_words(overview.indicator, figure)}"
    if figure.target_amber is not None:
        target += f", and AMBER {amber_in_words(figure)}"
    if figure.rating is not Rating.NOT_RATED:
        return f"{figure.rating.value}: {target}"
    if figure.value is None:
        return f"Not rated: there is no value; {target}"
    if not overview.has_ended and not overview.indicator.is_stock:
        return f"Not rated yet: the month has not ended; {target}"
    return f"Not rated yet: the cases that are still open may decide it; {target}"


def target_in_words(figure: Figure) -> str:
    """Return the target in force, `90% or more`; nothing where there is none."""
    return bound_in_words(figure.target_green, figure.quantity, figure.improvement)


def bound_in_words(green: Decimal | None, quantity: Quantity, improvement: Improvement) -> str:
    """Return the bound for GREEN, `90% or more`; nothing where there is none."""
    if green is None:
        return ""
    rises = improvement is Improvement.INCREASE
    side = " or more" if rises else f" or {quantity.fewer}"
    if green == (1 if rises and quantity.is_share else None if rises else 0):
        side = ""  # nothing lies beyond it
    return show_target(green, quantity) + side


def set_by_in_words(indicator: Indicator, figure: Figure) -> str:
    """Return who set the target in force, `, set locally`; nothing where the definition does not say it."""
    target = target_for(indicator, figure.period)
    return f", set {SET_BY[target.set_by]}" if target is not None and target.set_by is not None else ""


def amber_in_words(figure: Figure) -> str:
    """Return where amber begins, `from 80%`; nothing where there is no amber."""
    if figure.target_amber is None:
        return ""
    reach = "from" if figure.improvement is Improvement.INCREASE else "up to"
    return f"{reach} {show_target(figure.target_amber, figure.quantity)}"


def _steps(overview: Overview, steps: list[RatingStep], named: Callable[[Rating], str]) -> str:
    """`9 more within 24 hours would make this AMBER, 44 more GREEN`, as a sentence."""
    clock, is_share = overview.indicator.clock, overview.figure.measure is Measure.PROPORTION
    is_bad = Outcome.MET in overview.indicator.counts_against
    in_time = f" within {clock.limit}" if clock and clock.limit else "" if is_bad else " met"
    in_time = " in date" if clock and clock.stop is None else in_time
    first, *others = [(f"{step.cases:,} {'more' if step.more else 'fewer'}", named(step.rating)) for step in steps]
    further = "".join(f", {amount} {rating}" for amount, rating in others)
    return f"{first[0]}{in_time if is_share else ''} would make this {first[1]}{further}."


def comparisons(overview: Overview) -> Iterator[str]:
    """Yield comparisons with the month before, the same month last year and the year to date; then the bounds."""
    for figure, what in ((overview.previous, "the month before"), (overview.last_year, "the same month last year")):
        if figure is not None:
            yield f"{long_month(figure.period.last)}, {what}: {compared_with(overview, figure)}."
    if (year := overview.year_to_date) is not None:
        span = months_in_words(year.period.first, year.period.last)
        cases = f", {made_of(overview, year)}" if year.value is not None and year.denominator is not None else ""
        rating = f", {year.rating.value}" if year.rating is not Rating.NOT_RATED else ""
        yield f"Year to date, {span}: {_value(year)}{cases}{rating}."
    yield from bounds(overview.figure)


def compared_with(overview: Overview, before: Figure) -> str:
    """Return the value of another month, and how the figure differs: `80.0%; down 1.0 percentage points`."""
    difference = change(overview.figure, before)
    return _value(before) + ("" if difference is None else f"; {_change(overview, before, difference)}")


def _change(overview: Overview, before: Figure, difference: Fraction) -> str:
    """Return a difference and, where anybody knows, whether it is more than chance makes."""
    meaning = difference_in_words(overview, before)
    if not (overview.figure.settled and before.settled):
        return meaning
    if not difference:
        return "the same"
    if is_about_the_same(overview.figure, before):
        return "about the same"
    amount = show_difference(difference, overview.figure.quantity)
    return f"{'up' if difference > 0 else 'down'} {amount}{f': {meaning}' if meaning else ''}"


def _value(figure: Figure) -> str:
    if figure.value is not None:
        return show_figure(figure)
    return {Status.NOT_COVERED: "not covered by the extract"}.get(figure.status, "no cases")


def bounds(figure: Figure) -> Iterator[str]:
    """Yield the lowest and highest possible value, if some case could still count either way."""
    if (reach := reach_of(figure)) is None:
        return
    lowest, highest = reach
    if figure.measure is Measure.COUNT:
        yield f"Lowest and highest: {lowest} without the cases that could not be judged, {highest} with them."
        return
    if figure.improvement is Improvement.DECREASE:  # there met is no success
        yield f"Lowest and highest: {lowest} if no case not yet judged is met, {highest} if every one is."
        return
    yield f"Lowest and highest: {lowest} if every case not yet judged failed, {highest} if every one succeeded."


def open_cases(overview: Overview) -> Iterator[str]:
    """Yield how many cases are overdue at the as-of time, how old the oldest is, and how many are not due yet."""
    found, indicator = overview.open_cases, overview.indicator
    if found is None:
        yield "The extract does not cover what is open now."
        return
    since = "" if indicator.is_stock else f" from the months since {long_month(found.since)}"
    if indicator.clock is not None and indicator.measure is Measure.PROPORTION:
        yield f"Overdue: {plural(found.overdue, 'case') if found.overdue else 'none'}{since}.{_oldest(overview)}"
    yield f"Not due yet: {plural(found.not_due, 'case') if found.not_due else 'none'}."


def _oldest(overview: Overview) -> str:
    found = overview.open_cases
    if found is None or not found.overdue:
        return ""
    undated = f" {plural(found.without_due, 'of them has', 'of them have')} no due date." if found.without_due else ""
    if undated and found.overdue == 1:
        undated = " It has no due date."
    if found.oldest_due is None:
        return undated
    days = days_overdue(found.oldest_due, overview.figures.as_of)
    ago = f"{plural(days, 'day')} earlier" if days else "the same day"
    return f" The oldest fell due on {long_date(found.oldest_due)}, {ago}.{undated}"


def not_judged(overview: Overview) -> Iterator[str]:
    """Yield how many cases could not be judged, were left out or count against the indicator, and why."""
    figure, unplaced = overview.figure, overview.unplaced
    yield from _counted("could not be judged", figure.unknown, _why_unknown(overview))
    left_out = "was left out" if figure.excluded == 1 else "were left out"
    why = [f"{cases:,} {words(reason)}" for reason, cases in overview.reasons(Outcome.EXCLUDED)]
    yield from _counted(left_out, figure.excluded, why)
    yield from _against(overview)
    if without_month := unplaced.blank + unplaced.unreadable:
        found = [("blank", unplaced.blank), ("unreadable", unplaced.unreadable)]
        how = [f"{state} in {cases:,}" if cases < without_month else state for state, cases in found if cases]
        belong = "case belongs" if without_month == 1 else "cases belong"
        yield f"{without_month:,} {belong} to no month: {_placed_by(overview.indicator)} is {both(how)}."


def _against(overview: Overview) -> Iterator[str]:
    """Yield how many cases count against the indicator, and why: those not met or, if lower is better, those met."""
    figure, against = overview.figure, overview.indicator.counts_against
    if Outcome.MET in against:
        yield from _counted(
            "was met, and counts against it" if figure.met == 1 else "were met, and count against it", figure.met, []
        )
    else:
        late, overdue = figure.not_met or 0, figure.overdue or 0
        not_met = f"{'was' if late + overdue == 1 else 'were'} not met{' in time' if overview.indicator.clock else ''}"
        still_open = [*([f"{late:,} done late"] if late else []), f"{overdue:,} still not done"]
        yield from _counted(not_met, late + overdue, still_open if overdue else [])
    if reasons := overview.reasons(*against):
        why = "Why met" if Outcome.MET in against else "Why not met"
        yield f"{why}: {', '.join(f'{words(reason)} {cases:,}' for reason, cases in reasons)}."


def _placed_by(indicator: Indicator) -> str:
    """Return the column that places a case in a month, in words."""
    match indicator.period:
        case PeriodColumn(column) | PointInTime(column, _):
            return column_name(indicator.table, column)
        case DuePeriod():
            return "the day on which it is due"
        case _:
            assert_never(indicator.period)


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
