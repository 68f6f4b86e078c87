"""The questions that were asked of a case, in plain English: the trace of its judgement as steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from sgkpi.answers.why.rows import show_value
from sgkpi.definitions.wording import condition_in_words, in_words, quoted, words
from sgkpi.judge.cases import Case
from sgkpi.judge.judge import Judgement
from sgkpi.judge.trace import Answer, Question
from sgkpi.model.expressions import Literal
from sgkpi.model.indicator import DuePeriod, PeriodColumn, PointInTime
from sgkpi.model.outcomes import Outcome, Unknown
from sgkpi.model.periods import Month, Period


@dataclass(frozen=True)
class Step:
    """A question and its answer, in words."""

    question: str
    answer: str


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
_WHATEVER_THE_PERIOD = (Question.POPULATION, Question.PLACED, Question.OPEN, Question.BECAUSE)
_WORTH_A_STEP_IF_NOT = (Question.READABLE, Question.ONE_ROW, Question.ONE_RELATED, Question.POPULATION_KNOWN)
NO_OUTCOME = Step("So what is its outcome?", "None: it is in no figure here.")
_PERIOD = "Does it belong to the period?"
_POPULATION = "Is it covered by the population?"


@dataclass(frozen=True)
class Told:
    """A judged case and its period: None when it belongs to none, or not to the month that was asked for."""

    case: Case
    judgement: Judgement
    period: Period | None
    asked: Month | None
    is_covered: bool

    @property
    def counts(self) -> bool:
        """Whether the case is in a figure."""
        return self.judgement.outcome is not None and self.period is not None and self.is_covered


def steps_of(told: Told) -> tuple[Step, ...]:
    """Return the steps from the first question to the outcome."""
    asked = (each for each in told.judgement.trace if told.counts or each.question in _WHATEVER_THE_PERIOD)
    worth_telling = (each for each in asked if each.question not in _WORTH_A_STEP_IF_NOT or not each.answer)
    outcome, reason, last = told.judgement.outcome, told.judgement.reason, NO_OUTCOME
    if outcome is not None and told.counts:
        named = f" ({reason})" if reason else ""
        last = Step(NO_OUTCOME.question, f"{outcome.value}{named}: {OUTCOMES[outcome]}.")
    return (*(step for answer in worth_telling for step in _steps(answer, told)), last)


def _steps(answer: Answer, told: Told) -> Iterator[Step]:  # noqa: C901, PLR0912 - one case a question
    case = told.case
    match answer.question:
        case Question.POPULATION:
            said = "No: it is not a case of this indicator" if answer.answer is False else _yes_or_no(answer)
            yield Step(_POPULATION, f"{said}. {_asked(answer)}")
        case Question.PLACED:
            yield from _placed(told)
        case Question.OPEN:
            yield from _open(told, is_open=answer.answer is True)
        case Question.READABLE:
            own = [quoted(name) for name in case.named.case if name in case.row.unreadable]
            related = [f"a cell of {words(name)}" for name, joined in case.joined.items() if joined.unreadable]
            yield Step("Can all that it names be read?", f"No: {', '.join([*own, *related])} cannot.")
        case Question.ONE_ROW:
            yield Step("Is there one row for its key?", "No: rows that differ share it.")
        case Question.ONE_RELATED:
            several = ", ".join(words(name) for name, joined in case.joined.items() if joined.more_than_one)
            yield Step("Is there one related row?", f"No: there is more than one {several}.")
        case Question.POPULATION_KNOWN:
            yield Step(_POPULATION, "Unknown: a value that decides it is not recorded.")
        case Question.EXCLUDE:
            yield Step(f"Is it left out as {answer.name}?", f"{_yes_or_no(answer, null='No')}. {_asked(answer)}")
        case Question.NOT_DUE:
            said = "Not due yet" if answer.answer is True else "No"
            yield Step("Is it too early to ask?", f"{said}. {_asked(answer)}")
        case Question.COUNTED:
            yield Step("What is counted?", "The case itself.")
        case Question.VALUE:
            value = "not known" if answer.answer is None else show_value(answer.answer)
            yield Step("What is its value?", f"{_words(answer)}: {value}.")
        case Question.MET:
            yield Step("Is it met?", f"{_yes_or_no(answer)}. {_asked(answer)}")
        case Question.START:
            yield Step("When does the time start?", f"{_words(answer)} is {show_value(answer.answer)}.")
        case Question.DUE:
            limit = told.case.indicator.clock.limit if told.case.indicator.clock else None
            due = "unknown" if answer.answer is None else f"due {show_value(answer.answer)}"
            yield Step("When is it due?", f"{f'The time allowed is {limit}' if limit else _words(answer)}: {due}.")
        case Question.STOP:
            planned = case.reading.planned if case.reading else None
            ahead = " That is still to come, so it has not stopped." if planned else ""
            yield Step("When does it stop?", f"{_words(answer)} is {show_value(planned or answer.answer)}.{ahead}")
        case Question.IN_TIME:
            yield Step("Was that in time?", _in_time(told))
        case Question.BECAUSE:
            asked = "" if isinstance(answer.expression, Literal) else f" {_asked(answer)}"
            yield Step(f"Is the reason {answer.name}?", f"{_yes_or_no(answer, null='No')}.{asked}")
        case question:
            assert_never(question)


def _yes_or_no(answer: Answer, *, null: str = "Unknown") -> str:
    return null if answer.answer is None else "Yes" if answer.answer else "No"


def _asked(answer: Answer) -> str:
    """Return the condition that was asked."""
    return f"Asked: {condition_in_words(answer.expression)}." if answer.expression is not None else ""


def _words(answer: Answer) -> str:
    """Return the expression that was asked, to begin a sentence with."""
    text = in_words(answer.expression) if answer.expression is not None else ""
    return text[:1].upper() + text[1:]


def _placed(told: Told) -> Iterator[Step]:
    """Yield the month of a flow's case, or why a case belongs to none; a stock's is told with its reference day."""
    judgement = told.judgement
    match told.case.indicator.period:
        case PeriodColumn(column) | PointInTime(column, _):
            placing, value = quoted(column), _value_of(told.case, column)
        case DuePeriod():
            placing, value = "its due moment", f"it is due {show_value(judgement.due)}"
        case period:
            assert_never(period)
    if judgement.unplaced:
        why = "cannot be read" if judgement.unplaced == "unreadable" else "is not recorded"
        yield Step(_PERIOD, f"It belongs to no period: {placing} {why}.")
    elif judgement.day is not None:
        month = Month.of(judgement.day)
        if told.asked in (None, month):
            yield Step(_PERIOD, f"It belongs to {month}: {value}.")
            yield from _not_covered(told)
        else:
            yield Step(_PERIOD, f"No: {value}, so it belongs to {month}, and not to {told.asked}.")


def _open(told: Told, *, is_open: bool) -> Iterator[Step]:
    spell, day = told.case.indicator.period, told.case.environment.reference_day
    if not isinstance(spell, PointInTime):
        return
    since = _value_of(told.case, spell.start)
    since = "the file does not say when it began" if told.case.is_current_list else since
    said = "Yes: it is open" if is_open else "No: it is not open"
    yield Step(_PERIOD, f"{said} on the reference day, {day}: {since}, and {_value_of(told.case, spell.end)}.")
    if is_open:
        yield from _not_covered(told)


def _not_covered(told: Told) -> Iterator[Step]:
    if told.period is not None and not told.is_covered:
        answer = f"The extract does not cover {told.period.label}, so there is no figure for it."
        yield Step("Does the extract cover the period?", answer)


def _value_of(case: Case, column: str) -> str:
    return f"{quoted(column)} is {show_value(case.row.values.get(column))}"


def _in_time(told: Told) -> str:
    outcome, reason, reading = told.judgement.outcome, told.judgement.reason, told.case.reading
    clock, day = told.case.indicator.clock, told.case.environment.reference_day
    seen_at = show_value(day) if day else f"{told.case.environment.as_of:%Y-%m-%d %H:%M}"
    match outcome:
        case Outcome.UNKNOWN:
            return _CLOCK_UNKNOWN[Unknown(reason or "")]
        case Outcome.MET if reading is not None and reading.stop is None:
            return f"Yes: on {seen_at} it is still in date."
        case Outcome.MET:
            return "Yes: it stopped no later than it was due."
        case Outcome.NOT_MET:
            return "No: it stopped later than it was due."
        case Outcome.OVERDUE if reading is not None and reading.lacks_start:
            return "No: there is nothing that would have started the time."
        case Outcome.OVERDUE if clock is not None and clock.stop is None:
            return f"No: on {seen_at} it is out of date."
        case Outcome.OVERDUE:
            return f"No: at {seen_at} it is still open, and past due."
        case Outcome.NOT_DUE | Outcome.COUNTED | Outcome.EXCLUDED | None:
            return f"It is still open at {seen_at}, and the time allowed has not run out."
        case _:
            assert_never(outcome)
