"""The questions that are asked of a case, in their order, and how each was answered: up to the one that decides."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sgkpi.answers.why.rows import show_value
from sgkpi.definitions.wording import condition_in_words, in_words, quoted, words
from sgkpi.judge.cases import Case
from sgkpi.judge.clocks import Reading
from sgkpi.judge.expressions import evaluate, is_true
from sgkpi.judge.judge import Judgement, covers, is_open_on_reference_day, read_clock
from sgkpi.judge.values import Value
from sgkpi.model.expressions import Expression, Literal
from sgkpi.model.indicator import Clock, DuePeriod, PeriodColumn, PointInTime
from sgkpi.model.measures import Measure
from sgkpi.model.outcomes import Outcome, Unknown
from sgkpi.model.periods import Month, Period

OUTCOMES = {
    Outcome.MET: "it counts in the numerator and the denominator",
    Outcome.NOT_MET: "it counts in the denominator only",
    Outcome.OVERDUE: "it counts in the denominator only",
    Outcome.COUNTED: "it counts in the value",
    Outcome.NOT_DUE: "it counts neither way yet",
    Outcome.UNKNOWN: "it counts neither way",
    Outcome.EXCLUDED: "it counts neither way",
}
_CLOCK_UNKNOWN = {
    Unknown.NO_START: "There is no start, so the clock cannot be read.",
    Unknown.NO_DUE: "There is no due moment, so the clock cannot be read.",
    Unknown.NO_TIME_OF_DAY: "One of these is a date without a time of day, and the clock counts moments.",
    Unknown.STOP_BEFORE_START: "It stopped before it started, so one of the two must be wrong.",
}


@dataclass(frozen=True)
class Step:
    """A question and its answer; `decides` says that no further question was asked."""

    question: str
    answer: str
    decides: bool = False


@dataclass(frozen=True)
class Telling:
    """A judged case, and the period for which it is told (None: it belongs to none, or to none that was asked for)."""

    case: Case
    judgement: Judgement
    period: Period | None
    asked: Month | None
    is_covered: bool


def steps_of(told: Telling) -> tuple[Step, ...]:
    """The steps from the first question to the one that decides, then the reason and the outcome."""
    taken: list[Step] = []
    for ask in _QUESTIONS:
        for step in ask(told):
            taken.append(step)
            if step.decides:
                return (*taken, *_because(told), _outcome(told))
    return (*taken, _outcome(told))


def _population(told: Telling) -> Iterator[Step]:
    condition = told.case.indicator.population
    if condition is None:
        return
    truth = covers(told.case)
    answer = {True: "Yes", False: "No: it is no case of this indicator", None: "It cannot be told"}[truth]
    yield Step(
        "Is it covered by the population?", f"{answer}. Request: {condition_in_words(condition)}.", truth is False
    )


def _placed(told: Telling) -> Iterator[Step]:
    unplaced = told.judgement.unplaced
    question = "Does it belong to the period?"
    if unplaced:
        why = "cannot be read" if unplaced == "unreadable" else "is not recorded"
        yield Step(question, f"It belongs to no period: {_placing_words(told)} {why}.", decides=True)
        return
    if told.case.reference_day is not None:
        yield _open(told, question)
    else:
        yield _in_month(told, question)
    if told.period is not None and not told.is_covered:
        answer = f"The extract does not cover {told.period.label}, so there is no figure for it."
        yield Step("Does the extract cover the period?", answer, decides=True)


def _placing_words(told: Telling) -> str:
    match told.case.indicator.period:
        case PeriodColumn(column) | PointInTime(column, _):
            return quoted(column)
        case DuePeriod():
            return "its due moment"


def _open(told: Telling, question: str) -> Step:
    values, day = told.case.row.values, told.case.reference_day
    spell = told.case.indicator.period
    end = values.get(spell.end) if isinstance(spell, PointInTime) else None
    since = "the file does not say when it began" if told.case.is_current_list else _value_of(told.case, _start(told))
    until = f"{quoted(spell.end)} is {show_value(end)}" if isinstance(spell, PointInTime) else ""
    if is_open_on_reference_day(told.case):
        return Step(question, f"Yes: it is open on the reference day, {day}: {since}, and {until}.")
    return Step(question, f"No: it is not open on the reference day, {day}: {since}, and {until}.", decides=True)


def _start(told: Telling) -> str:
    spell = told.case.indicator.period
    return spell.start if isinstance(spell, PointInTime) else ""


def _value_of(case: Case, column: str) -> str:
    return f"{quoted(column)} is {show_value(case.row.values.get(column))}"


def _in_month(told: Telling, question: str) -> Step:
    day = told.judgement.day
    match told.case.indicator.period:
        case PeriodColumn(column):
            why = _value_of(told.case, column)
        case _:
            why = f"it is due {show_value(told.judgement.due)}"
    month = Month.of(day) if day else None
    if told.asked is not None and month != told.asked:
        return Step(question, f"No: {why}, so it belongs to {month}, and not to {told.asked}.", decides=True)
    return Step(question, f"It belongs to {month}: {why}.")


def _readable(told: Telling) -> Iterator[Step]:
    case = told.case
    own = [quoted(name) for name in case.named.case if name in case.row.unreadable]
    related = [f"a cell of {words(name)}" for name, joined in case.joined.items() if joined.unreadable]
    if own or related:
        yield Step("Can all that it names be read?", f"No: {', '.join([*own, *related])} cannot.", decides=True)


def _one_row(told: Telling) -> Iterator[Step]:
    if told.case.is_duplicate:
        yield Step("Is there one row for its key?", "No: rows that differ share it.", decides=True)
    several = [words(name) for name, joined in told.case.joined.items() if joined.more_than_one]
    if several and not told.case.is_duplicate:
        yield Step("Is there one related row?", f"No: there is more than one {', '.join(several)}.", decides=True)


def _population_null(told: Telling) -> Iterator[Step]:
    if covers(told.case) is None:
        answer = "That cannot be told, as something that it rests on is not recorded."
        yield Step("Is it covered by the population?", answer, decides=True)


def _exclusions(told: Telling) -> Iterator[Step]:
    for exclusion in told.case.indicator.exclude:
        holds = is_true(exclusion.expression, told.case.environment)
        asked = f"Request: {condition_in_words(exclusion.expression)}."
        yield Step(f"Is it left out as {exclusion.name}?", f"{'Yes' if holds else 'No'}. {asked}", holds)


def _not_due(told: Telling) -> Iterator[Step]:
    condition = told.case.indicator.not_due
    if condition is not None:
        holds = is_true(condition, told.case.environment)
        answer = f"{'Not due yet' if holds else 'No'}. Request: {condition_in_words(condition)}."
        yield Step("Is it too early to ask?", answer, holds)


def _measured(told: Telling) -> Iterator[Step]:
    indicator = told.case.indicator
    if indicator.measure is Measure.COUNT:
        yield Step("What is counted?", "The case itself.", decides=True)
    elif indicator.value is not None:
        value = show_value(told.judgement.value) if told.judgement.value is not None else "not known"
        yield Step("What is its value?", f"{_capital(in_words(indicator.value))}: {value}.", decides=True)
    elif indicator.met is not None:
        truth = evaluate(indicator.met, told.case.environment)
        answer = "It cannot be told" if truth is None else "Yes" if truth else "No"
        yield Step("Is it met?", f"{answer}. Request: {condition_in_words(indicator.met)}.", decides=True)
    else:
        yield from _clock(told)


def _clock(told: Telling) -> Iterator[Step]:
    clock, reading = told.case.indicator.clock, read_clock(told.case)
    if clock is None or reading is None:
        return
    if clock.start is not None:
        yield Step("When does the time start?", _moment(clock.start, reading.start))
    yield Step("When is it due?", f"{_allowed(clock)}{_due(reading)}.")
    if clock.stop is not None:
        yield Step("When does it stop?", _stopped(told.case, clock.stop, reading))
    yield Step("Was that in time?", _in_time(told, reading), decides=True)


def _moment(expression: Expression, value: Value) -> str:
    return f"{_capital(in_words(expression))} is {show_value(value)}."


def _stopped(case: Case, stop: Expression, reading: Reading) -> str:
    planned = evaluate(stop, case.environment)
    if reading.stop is None and planned is not None:
        return f"{_moment(stop, planned)} That is still to come, so it has not stopped."
    return _moment(stop, reading.stop)


def _allowed(clock: Clock) -> str:
    if clock.limit is not None:
        return f"The time allowed is {clock.limit}: due "
    return f"{_capital(in_words(clock.due))}: due " if clock.due is not None else ""


def _due(reading: Reading) -> str:
    return "cannot be told" if reading.due is None else show_value(reading.due)


def _in_time(told: Telling, reading: Reading) -> str:
    outcome, reason = told.judgement.outcome, told.judgement.reason
    if outcome is Outcome.UNKNOWN:
        return _CLOCK_UNKNOWN[Unknown(reason or "")]
    seen_at = show_value(told.case.reference_day) if told.case.reference_day else f"{told.case.as_of:%Y-%m-%d %H:%M}"
    match outcome:
        case Outcome.MET if reading.stop is None:
            return f"Yes: on {seen_at} it is still in date."
        case Outcome.MET:
            return "Yes: it stopped no later than it was due."
        case Outcome.NOT_MET:
            return "No: it stopped later than it was due."
        case Outcome.OVERDUE if reading.start is None and reading.needs_start:
            return "No: there is nothing that would have started the time."
        case Outcome.OVERDUE if told.case.indicator.clock and told.case.indicator.clock.stop is None:
            return f"No: on {seen_at} it is out of date."
        case Outcome.OVERDUE:
            return f"No: at {seen_at} it is still open, and past due."
        case _:
            return f"It is still open at {seen_at}, and the time allowed has not run out."


def _because(told: Telling) -> Iterator[Step]:
    """The named reasons that were tried for a failure, up to the one that holds."""
    if told.judgement.outcome not in (Outcome.NOT_MET, Outcome.OVERDUE):
        return
    for named in told.case.indicator.because:
        holds = is_true(named.expression, told.case.environment)
        otherwise = isinstance(named.expression, Literal)
        asked = "" if otherwise else f" Request: {condition_in_words(named.expression)}."
        yield Step(f"Is the reason {named.name}?", f"{'Yes' if holds else 'No'}.{asked}", holds)
        if holds:
            return


def _outcome(told: Telling) -> Step:
    outcome, reason = told.judgement.outcome, told.judgement.reason
    if outcome is None or told.period is None or not told.is_covered:
        return Step("So what is its outcome?", "None: it is in no figure here.", decides=True)
    named = f" ({reason})" if reason else ""
    return Step("So what is its outcome?", f"{outcome.value}{named}: {OUTCOMES[outcome]}.", decides=True)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_QUESTIONS: tuple[Callable[[Telling], Iterator[Step]], ...] = (
    _population, _placed, _readable, _one_row, _population_null, _exclusions, _not_due, _measured,
)  # fmt: skip
