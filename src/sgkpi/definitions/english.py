"""A definition in plain English: what is counted, what counts as met, and what cannot be judged."""

from decimal import Decimal

from sgkpi.definitions.wording import both, condition_in_words, in_words, long_date, quoted, words
from sgkpi.model.expressions import Expression, Kind, Literal
from sgkpi.model.indicator import (
    Breakdown,
    Clock,
    DuePeriod,
    Improvement,
    Indicator,
    Keep,
    Moment,
    PeriodColumn,
    PointInTime,
    Related,
    Target,
)
from sgkpi.model.measures import Measure
from sgkpi.model.table import Named
from sgkpi.model.units import Limit, LimitUnit

_MEASURES = {
    Measure.PROPORTION: "The figure is the share of cases that are met, among all that are met, not met or overdue.",
    Measure.COUNT: "The figure is the number of these cases.",
    Measure.MEAN: "The figure is the mean of a number that each case has: {value}.",
    Measure.MEDIAN: "The figure is the median of a number that each case has: {value}.",
    Measure.MAXIMUM: "The figure is the greatest of a number that each case has: {value}.",
}
_MOMENTS = {Moment.REFERENCE_DAY: "the reference day", Moment.AS_OF: "the as-of time"}
_UNIT_NOTES = {
    LimitUnit.HOURS: "Hours are hours that have truly passed, when the clocks change too.",
    LimitUnit.DAYS: "Days are calendar days, whatever the time of day.",
    LimitUnit.WORKING_DAYS: (
        "Working days are Monday to Friday without bank holidays in England and local closure days; "
        "the first one after the start is day 1."
    ),
    LimitUnit.WEEKS: "Weeks are counted by calendar days, whatever the time of day.",
    LimitUnit.MONTHS: "Months run to the same day of the month, or to the month's last day where it has none.",
}


def explain(indicator: Indicator) -> str:
    """An indicator's definition in paragraphs of plain English, without a line break within one."""
    sections = (_heading, _cases, _related, _exclusions, _judgement, _reasons, _unknown, _breakdowns, _targets, _basis)
    return "\n\n".join(paragraph for section in sections for paragraph in section(indicator))


def explain_briefly(indicator: Indicator) -> tuple[str, ...]:
    """Which cases an indicator looks at and what becomes of them, in paragraphs, without the finer points."""
    return (*_cases(indicator), *_judgement(indicator))


def _heading(indicator: Indicator) -> list[str]:
    return [f"{indicator.title} ({indicator.id})", *([indicator.question] if indicator.question else [])]


def _cases(indicator: Indicator) -> list[str]:
    table = words(indicator.table.name)
    described = indicator.table.description.rstrip(".")
    rows = f"Each row of {table} is a case{f' ({_lowered(described)})' if described else ''}. {_placement(indicator)}"
    if indicator.population is None:
        return [rows]
    condition = condition_in_words(indicator.population)
    covered = f"Only cases are looked at for which this holds: {condition}."
    return [rows, f"{covered} Where that cannot be told, the case is unknown."]


def _placement(indicator: Indicator) -> str:
    match indicator.period:
        case PeriodColumn(column):
            return f"It belongs to the period that holds its {quoted(column)}."
        case DuePeriod():
            return "It belongs to the period in which it is due."
        case PointInTime(start, end):
            return (
                "The figure looks at one day, the reference day: the last day of the period, or the as-of date when "
                f"that is earlier. It takes the cases that are open on that day: {quoted(start)} lies on or before it, "
                f"and {quoted(end)} after it or is not recorded."
            )


def _related(indicator: Indicator) -> list[str]:
    if not indicator.related:
        return []
    return ["\n".join(["Each case is seen together with:", *(_item(_one_related(one)) for one in indicator.related)])]


def _one_related(related: Related) -> str:
    rows = f"rows of {words(related.table.name)} with the same {quoted(related.case_column)}"
    where = f", where {condition_in_words(related.where)}" if related.where is not None else ""
    joined = "; spells that follow on one another count as one" if related.merge_adjacent else ""
    return f"{words(related.name)}: {_kept(related, rows)}{where}{_bounds(related)}{joined}."


def _kept(related: Related, rows: str) -> str:
    match related.keep:
        case Keep.LATEST | Keep.EARLIEST:
            return f"the {related.keep.value}, by {quoted(str(related.date))}, of the {rows}"
        case Keep.ACTIVE:
            return f"the open one, from {quoted(str(related.start))} to {quoted(str(related.end))}, of the {rows}"
        case Keep.COUNT:
            return f"the number of {rows}, by {quoted(str(related.date))}"
        case Keep.ONLY:
            return f"the only one of the {rows}; a case with more than one is unknown"


def _bounds(related: Related) -> str:
    until = f", up to {_moment(related.until)}" if related.until else ""
    after = f", after {_moment(related.after)}" if related.after else ""
    within = f", going back {related.within}" if related.within else ""
    return until + after + within


def _moment(moment: str | Moment) -> str:
    return _MOMENTS[moment] if isinstance(moment, Moment) else quoted(moment)


def _exclusions(indicator: Indicator) -> list[str]:
    return _named("These cases are left out, and shown as excluded:", indicator.exclude)


def _reasons(indicator: Indicator) -> list[str]:
    return _named("The reason given for a case that is not met or overdue is the first of:", indicator.because)


def _named(heading: str, conditions: tuple[Named, ...]) -> list[str]:
    items = [_item(f"{words(one.name)}: {_when(one.expression)}.") for one in conditions]
    return ["\n".join([heading, *items])] if items else []


def _when(condition: Expression) -> str:
    """A condition of a list of which the first that holds counts."""
    is_last_resort = isinstance(condition, Literal) and condition.value is True
    return "in any other case" if is_last_resort else condition_in_words(condition)


def _judgement(indicator: Indicator) -> list[str]:
    value = in_words(indicator.value) if indicator.value is not None else ""
    paragraphs = [_MEASURES[indicator.measure].format(value=value)]
    if indicator.not_due is not None:
        condition = condition_in_words(indicator.not_due)
        paragraphs.append(f"A case is not due yet, and counts neither way, when {condition}.")
    if indicator.met is not None:
        paragraphs.append(f"A case is met when {condition_in_words(indicator.met)}. Otherwise it is not met.")
    if indicator.clock and indicator.measure is Measure.PROPORTION:
        paragraphs.extend(_clock(indicator.clock))
    return paragraphs


def _clock(clock: Clock) -> list[str]:
    stop = in_words(clock.stop) if clock.stop else ""
    note = f" {_UNIT_NOTES[clock.limit.unit]}" if clock.limit else ""
    if not stop:
        met = f"A case is met while the reference day is not later than {_due(clock)}; that day itself still counts."
        return [f"{met} After it the case is overdue{_startless(clock)}.{note}"]
    met = f"A case is met when {stop} is not later than {_due(clock)}; exactly then still counts."
    waiting = f"While {stop} is not recorded, a case is not due until that time has passed, and counts neither way."
    return [
        f"{met} If it is later, the case is not met.{note}",
        f"{waiting} Once it has passed, the case is overdue, and counts as not met.",
    ]


def _due(clock: Clock) -> str:
    if clock.due is not None:
        day = "the end of " if clock.due.kind is Kind.DATE and clock.stop else ""
        return f"{day}{in_words(clock.due)}"
    return f"{clock.limit} after {in_words(clock.start)}" if clock.start else str(clock.limit)


def _startless(clock: Clock) -> str:
    return f", and so it is with no {in_words(clock.start)}" if clock.start else ""


def _unknown(indicator: Indicator) -> list[str]:
    reasons = [
        "a value that this definition names cannot be read",
        "rows that differ share its key",
        *_clock_unknowns(indicator),
        *(["it cannot be told whether it is met"] if indicator.met is not None else []),
        *(["it has no such number"] if indicator.value is not None else []),
    ]
    items = [_item(f"{reason};") for reason in reasons[:-1]]
    heading = "A case is unknown, and counts neither way, when:"
    return ["\n".join([heading, *items, _item(f"{reasons[-1]}.")])]


def _clock_unknowns(indicator: Indicator) -> list[str]:
    clock = indicator.clock
    if clock is None or indicator.measure is not Measure.PROPORTION:
        return []
    reasons = [f"{in_words(clock.start)} is not recorded"] if clock.start and clock.stop else []
    if clock.due is not None:
        reasons.append("it cannot be told when it is due")
    if _is_in_hours(clock.limit, clock):
        reasons.append("one of its times is a date without a time of day")
    if clock.start and clock.stop:
        reasons.append(f"{in_words(clock.stop)} lies before {in_words(clock.start)}")
    return reasons


def _is_in_hours(limit: Limit | None, clock: Clock) -> bool:
    by_moment = clock.due is not None and clock.due.kind is Kind.DATETIME
    return by_moment or (limit is not None and limit.unit is LimitUnit.HOURS)


def _breakdowns(indicator: Indicator) -> list[str]:
    if not indicator.by:
        return []
    return [f"It can be broken down by {both(_breakdown(one) for one in indicator.by)}."]


def _breakdown(breakdown: Breakdown) -> str:
    return f"{words(breakdown.name)} ({', '.join(breakdown.codes)})" if breakdown.bands else words(breakdown.name)


def _targets(indicator: Indicator) -> list[str]:
    better = {Improvement.INCREASE: "More is better.", Improvement.DECREASE: "Less is better."}
    direction = better.get(indicator.improvement)
    targets = [_target(target, indicator) for target in indicator.targets]
    return [" ".join([*([direction] if direction else []), *targets])] if direction or targets else []


def _target(target: Target, indicator: Indicator) -> str:
    side = "or more" if indicator.improvement is Improvement.INCREASE else "or less"
    bounds = [f"{_bound(target.green, indicator)} {side} is green"]
    if target.amber is not None:
        bounds.append(f"{_bound(target.amber, indicator)} {side} is amber")
    since = f"From {long_date(target.since.first_day)[2:]}" if target.since else "Target"
    return f"{since}: {', '.join(bounds)}, and anything else is red."


def _bound(bound: Decimal, indicator: Indicator) -> str:
    if indicator.measure is Measure.PROPORTION:
        return f"{(bound * 100).normalize():f}%"
    return f"{bound.normalize():f}"


def _basis(indicator: Indicator) -> list[str]:
    paragraphs = ["\n".join(["Basis:", *(_item(one) for one in indicator.basis)])] if indicator.basis else []
    if indicator.owner:
        paragraphs.append(f"Owner: {indicator.owner}")
    if indicator.review_by:
        paragraphs.append(f"To be reviewed by {long_date(indicator.review_by)}")
    return paragraphs


def _item(text: str) -> str:
    return f"- {text}"


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
