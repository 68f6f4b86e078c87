"""A definition in plain English: what is counted, when a case is met, and when it is unknown."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from sgkpi.definitions.branches import branches_of_clock
from sgkpi.definitions.wording import (
    both,
    choice_in_words,
    column_name,
    condition_in_words,
    either,
    in_words,
    long_date,
    long_month,
    name_of,
    part_in_words,
    words,
)
from sgkpi.model.expressions import Case, Expression, Kind, Listed, Literal, children, column_refs, counts_working_days
from sgkpi.model.indicator import (
    Clock,
    DuePeriod,
    Improvement,
    Indicator,
    Keep,
    PeriodColumn,
    PointInTime,
    Related,
    SetBy,
)
from sgkpi.model.measures import Measure
from sgkpi.model.table import FILE_VERSION, Named, Table
from sgkpi.model.units import Limit, LimitUnit, ValueUnit

_MEASURES = {
    Measure.PROPORTION: "The figure is the share of cases that are met, out of all that are met, not met or overdue.",
    Measure.COUNT: "The figure is the number of these cases.",
    Measure.MEAN: "The figure is the mean of one number per case: {value}.",
    Measure.MEDIAN: "The figure is the median of one number per case: {value}.",
    Measure.MAXIMUM: "The figure is the largest of one number per case: {value}.",
    Measure.RATIO: "The figure is one sum over all cases, of {value}, divided by another, of {per}.",
}
SET_BY = {SetBy.LOCAL: "locally", SetBy.NATIONAL: "nationally"}
_UNITS = {
    ValueUnit.PERCENT: "It is read as a percentage.",
    ValueUnit.DAYS: "It is in days.",
    ValueUnit.HOURS: "It is in hours.",
    ValueUnit.MONTHS: "It is in months.",
    ValueUnit.CASES: "It is a number of cases.",
    ValueUnit.SCORE: "It is a score.",
    ValueUnit.MONEY: "It is in pounds.",
}
_WORKING_DAYS = "Working days are Monday to Friday, without bank holidays in England and local closure days"
_UNIT_NOTES = {
    LimitUnit.HOURS: "Hours are elapsed hours, also when the clocks change.",
    LimitUnit.DAYS: "Days are calendar days; the time of day does not matter.",
    LimitUnit.WORKING_DAYS: f"{_WORKING_DAYS}; day 1 is the first one after the start.",
    LimitUnit.WEEKS: "Weeks are counted in calendar days; the time of day does not matter.",
    LimitUnit.MONTHS: "Months run to the same day of the month, or to the last day of a shorter month.",
}


def explain(indicator: Indicator) -> str:
    """Return an indicator's definition in paragraphs of plain English, each on one line."""
    names = [f"{name_of(one)} ({', '.join(one.codes)})" if one.bands else name_of(one) for one in indicator.by]
    related = (f"{name_of(one)}: {_rows(one, indicator.table)}." for one in indicator.related)
    reason = f"The reason for a case that is {either(map(words, indicator.counts_against))} is the first of these:"
    paragraphs = [
        f"{indicator.title} ({indicator.id})",
        indicator.question,
        *_cases(indicator),
        _list("These related rows are looked up for each case:", related),
        *_versions(indicator),
        _list("These cases are excluded:", map(_named, indicator.exclude)),
        *_judgement(indicator),
        _list(reason, map(_named, indicator.because)),
        _unknown(indicator),
        _unlisted(indicator),
        f"It can be broken down by {both(names)}." if names else "",
        _targets(indicator),
        *_settling_and_limits(indicator),
        answers_in_words(indicator),
        _list("Basis:", indicator.basis),
        f"Owner: {indicator.owner}" if indicator.owner else "",
        f"To be reviewed by {long_date(indicator.review_by)}" if indicator.review_by else "",
    ]
    return "\n\n".join(filter(None, paragraphs))


def _list(heading: str, items: Iterable[str]) -> str:
    """Return a heading with a list below it; nothing without items."""
    lines = [f"- {item}" for item in items]
    return "\n".join([heading, *lines]) if lines else ""


def explain_briefly(indicator: Indicator) -> tuple[str, ...]:
    """Return the paragraphs on which cases an indicator looks at and how they are judged."""
    return (*_cases(indicator), *_judgement(indicator))


def _cases(indicator: Indicator) -> list[str]:
    described = indicator.table.description.rstrip(".")
    about = f" ({described[:1].lower()}{described[1:]})" if described else ""
    rows = f"Each row of {name_of(indicator.table)} is a case{about}. {_placement(indicator)}"
    if indicator.population is None:
        return [rows]
    condition = condition_in_words(indicator.population)
    return [rows, f"Counts only cases where {condition}. If that cannot be determined, the case is unknown."]


def _placement(indicator: Indicator) -> str:
    match indicator.period:
        case PeriodColumn(column):
            return f"It belongs to the period of its {column_name(indicator.table, column)}."
        case DuePeriod():
            placed, clock = "It belongs to the period in which it is due", indicator.clock
            if clock is None or indicator.measure is Measure.PROPORTION:  # how it is judged says when that is
                return f"{placed}."
            return f"{placed}: {choice_in_words(clock.due) if clock.due else _due(clock)}.{_note(clock)}"
        case PointInTime(first, last):
            start, end = (column_name(indicator.table, name) for name in (first, last))
            return (
                "The figure is for one day, the reference day: the last day of the period, or the as-of date if that "
                f"is earlier. It includes the cases that are open on that day: {start} is on or before it, and "
                f"{end} is after it or not recorded."
            )


def _rows(related: Related, case: Table) -> str:
    rows = f"rows of {name_of(related.table)} with the same {column_name(case, related.case_column)}"
    match related.keep:
        case Keep.LATEST | Keep.EARLIEST:
            kept = f"the {related.keep.value}, by {column_name(related.table, related.date)}, of the {rows}"
        case Keep.ACTIVE:
            kept = f"the open one, {_span(related)}, of the {rows}"
        case Keep.COUNT:
            by = f"by {column_name(related.table, related.date)}"
            kept = f"the number of {rows}, {f'open {_span(related)}' if related.counts_spells else by}"
        case Keep.ONLY:
            kept = f"the only one of the {rows}; a case with more than one is unknown"
        case _:
            assert_never(related.keep)
    where = f", where {condition_in_words(related.where)}" if related.where is not None else ""
    when = "up to" if related.start is None else "on" if related.within is None else "on any day up to"
    until = f", {when} {in_words(related.until)}" if related.until else ""
    after = f", after {in_words(related.after)}" if related.after else ""
    since = f", not before {in_words(related.since)}" if related.since else ""
    within = f", going back {related.within} (exactly {related.within} back is too long ago)" if related.within else ""
    joined = "; adjoining spells count as one" if related.merge_adjacent else ""
    back = f"; they matter as far as {related.looks_back} before the period" if related.looks_back else ""
    return kept + where + until + after + since + within + joined + back


def _span(spell: Related) -> str:
    return f"from {column_name(spell.table, spell.start)} to {column_name(spell.table, spell.end)}"


def _versions(indicator: Indicator) -> Iterator[str]:
    """Yield which of the rows that share a key count, for the tables with versions."""
    tables: dict[str, list[str]] = {}
    for table in dict.fromkeys((indicator.table, *(related.table for related in indicator.related))):
        if table.version == FILE_VERSION:
            tables.setdefault("in the later file", []).append(name_of(table))
        elif table.version is not None:
            greatest = f"with the greatest {column_name(table, table.version)}"
            tables.setdefault(greatest, []).append(name_of(table))
    for which, named in tables.items():
        yield f"Of the rows of {both(named)} that share a key, only those {which} count."


def _named(one: Named) -> str:
    """Return a condition of a list whose first true condition applies."""
    is_last_resort = isinstance(one.expression, Literal) and one.expression.value is True
    when = "in any other case" if is_last_resort else condition_in_words(one.expression)
    return f"{words(one.name)}: {when}."


def _judgement(indicator: Indicator) -> list[str]:
    say = choice_in_words if indicator.per is None else part_in_words
    value, per = ("" if each is None else say(each) for each in (indicator.value, indicator.per))
    unit = f" {_UNITS[indicator.unit]}" if indicator.unit else ""
    paragraphs = [_MEASURES[indicator.measure].format(value=value, per=per) + unit]
    if indicator.not_due is not None:
        condition = condition_in_words(indicator.not_due)
        paragraphs.append(f"A case is not due yet, and not counted, when {condition}.")
    if indicator.met is not None:
        paragraphs.append(_met(indicator.met))
    if indicator.clock and indicator.measure is Measure.PROPORTION:
        paragraphs.extend(_clock(indicator.clock))
    return paragraphs


def _met(condition: Expression) -> str:
    if isinstance(condition, Case):
        return f"Whether a case is met: {choice_in_words(condition)}."
    return f"A case is met when {condition_in_words(condition)}. Otherwise it is not met."


def _clock(clock: Clock) -> list[str]:
    if isinstance(clock.due, Case):
        return [f"When a case is due: {choice_in_words(clock.due)}.{_note(clock)}", *_clock_runs(clock, "")]
    return _clock_runs(clock, _note(clock))


def _note(clock: Clock) -> str:
    """Return a sentence on how the time allowed is counted, to follow another; empty if none is needed."""
    if clock.due is not None:
        return f" {_WORKING_DAYS}." if counts_working_days(clock.due) else ""
    return f" {_UNIT_NOTES[clock.limit.unit]}" if clock.limit else ""


def _clock_runs(clock: Clock, note: str) -> list[str]:
    if clock.stop is None:
        startless = f", as is a case without {in_words(clock.start)}" if clock.start else ""
        met = f"A case is met while the reference day is no later than {_due(clock)}."
        return [f"{met} After that day it is overdue{startless}.{note}"]
    stop = in_words(clock.stop)
    met = f"A case is met when {stop} is no later than {_due(clock)}. If it is later, the case is not met.{note}"
    waiting = f"While {stop} is not recorded, a case is not due, and not counted, until that time has passed."
    return [met, f"{waiting} After that it is overdue, and counts as not met."]


def _due(clock: Clock) -> str:
    if isinstance(clock.due, Case):
        return "that moment" if clock.due.kind is Kind.DATETIME else "the end of that day" if clock.stop else "that day"
    if clock.due is not None:
        day = "the end of " if clock.due.kind is Kind.DATE and clock.stop else ""
        return f"{day}{in_words(clock.due)}"
    return f"{clock.limit} after {in_words(clock.start)}" if clock.start else str(clock.limit)


def _unknown(indicator: Indicator) -> str:
    reasons = [
        "a value that this definition uses cannot be read",
        "two rows with its key differ",
        *_clock_unknowns(indicator),
    ]
    if indicator.met is not None:
        reasons.append("it cannot be determined whether it is met")
    if indicator.per is not None:
        reasons.append("one of its two numbers is missing")
    elif indicator.value is not None:
        reasons.append("its number is missing")
    items = [*(f"{reason};" for reason in reasons[:-1]), f"{reasons[-1]}."]
    return _list("A case is unknown, and not counted, when:", items)


def _unlisted(indicator: Indicator) -> str:
    """Return the effect of an unlisted code on conditions; empty if none compares a code."""
    asked = [indicator.population, indicator.met, indicator.value, indicator.per, indicator.not_due]
    asked += [named.expression for named in (*indicator.exclude, *indicator.because)]
    asked += [breakdown.expression for breakdown in indicator.by]
    asked += [each for related in indicator.related for each in (related.where, *related.bounds)]
    compared = dict.fromkeys(column for each in asked if each is not None for column in _coded_columns(each))
    if not compared:
        return ""
    value = f"A value of {either(compared)} that is not one of its codes"
    return f"{value} could be any of them: a condition that compares it is neither true nor false."


def _coded_columns(node: Expression) -> Iterator[str]:
    """Yield the category columns that an expression compares with literals, by their labels or names."""
    if isinstance(node, Listed):
        refs = sorted((ref for ref in column_refs(node) if ref.kind is Kind.CATEGORY), key=lambda ref: ref.column)
        yield from (f"“{ref.label or words(ref.column)}”" for ref in refs)
    for child in children(node):
        yield from _coded_columns(child)


def _clock_unknowns(indicator: Indicator) -> list[str]:
    """Return the reasons for which the clock can leave the outcome of a case unknown."""
    clock = indicator.clock
    if clock is None or indicator.measure is not Measure.PROPORTION:
        return []
    possible = {each.because for each in branches_of_clock(indicator, clock)}
    reasons = []
    if clock.start is not None and "no_start" in possible:
        reasons.append(f"{in_words(clock.start)} is not recorded")
    if "no_due" in possible:
        reasons.append("its due date cannot be determined")
    if "no_time_of_day" in possible:
        reasons.append("one of its times is a date without a time of day")
    if clock.start is not None and clock.stop is not None and "stop_before_start" in possible:
        reasons.append(f"{in_words(clock.stop)} is before {in_words(clock.start)}")
    return reasons


def _targets(indicator: Indicator) -> str:
    better = {Improvement.INCREASE: ["Higher is better."], Improvement.DECREASE: ["Lower is better."]}
    sentences = better.get(indicator.improvement, [])
    side = "or more" if indicator.improvement is Improvement.INCREASE else f"or {indicator.quantity.fewer}"
    for target in indicator.targets:
        amber = f" {indicator.quantity.show_bound(target.amber)} {side} is amber," if target.amber is not None else ""
        since = f"From {long_month(target.since)}" if target.since else "Target"
        green = f"{indicator.quantity.show_bound(target.green)} {side} is green,"
        by = f" It was set {SET_BY[target.set_by]}." if target.set_by else ""
        sentences.append(f"{since}: {green}{amber} and anything else is red.{by}")
    return " ".join(sentences)


def answers_in_words(indicator: Indicator) -> str:
    """Return `Answers paragraphs 13 and 22, and point 5, of the inspection.`; nothing where it answers nothing."""
    answers = indicator.answers
    if answers is None or not (answers.paragraphs or answers.points):
        return ""
    parts = (("paragraph", answers.paragraphs), ("point", answers.points))
    named = [f"{word}{'s' if len(each) > 1 else ''} {both(list(map(str, each)))}" for word, each in parts if each]
    return f"Answers {', and '.join(named)}{',' if len(named) > 1 else ''} of the inspection."


def _settling_and_limits(indicator: Indicator) -> Iterator[str]:
    """Yield when a figure is settled, if not at the end of its period, and what control limits are made of."""
    if indicator.settles_after is not None:
        days = Limit(indicator.settles_after, LimitUnit.DAYS)
        no_longer_open = "" if indicator.is_stock else ", if no case is still to become due"
        yield f"A figure is settled {days} after the end of its period{no_longer_open}."
    phases = (f"{long_month(rebase.since)}: {rebase.reason}" for rebase in indicator.rebase)
    yield _list("A new phase of its control chart begins in:", phases)
    if indicator.baseline is not None:
        first, last = map(long_month, (indicator.baseline.first, indicator.baseline.last))
        whose = "the control limits of their phase" if indicator.rebase else "its control limits"
        yield f"The months from {first} to {last} make {whose}."
